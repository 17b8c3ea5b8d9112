"""Forms of the settings."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import (
    CurrencyField,
    DateField,
    EmailField,
    NumberField,
    PageForm,
    TimeZoneField,
)
from safar.doors.web.design.reader import CalendarChoice, LanguageChoice
from safar.doors.web.error_sentences import sentence_of
from safar.store.registry import LONGEST_RETENTION_DAYS, Workspace

from .models import MOST_BACKUPS_KEPT

_PLAIN: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "ltr"}


class WorkspaceForm(PageForm):
    """What a workspace is called, and how it counts days and money."""

    name = forms.CharField(
        label=pgettext_lazy("of a workspace", "Name"), max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LanguageChoice,
        help_text=_(
            "What messages to all members are written in. Each member reads in a language of his own."
        ),
    )
    calendar = forms.ChoiceField(
        label=_("Calendar"),
        choices=[choice for choice in CalendarChoice.choices if choice[0]],
        help_text=_("How days, weeks and months are grouped."),
    )
    time_zone = TimeZoneField(
        label=_("Time zone"),
        help_text=_("Where a day begins. Type a city, such as Tehran."),
    )
    currency = CurrencyField(
        label=_("Currency"),
        help_text=_(
            "Of reports, and of amounts that come in without one. Type its name, or three letters such as IRR."
        ),
    )

    @classmethod
    def of(cls, workspace: Workspace, **kwargs: Any) -> WorkspaceForm:
        """Return the form as the workspace stands."""
        names = ("name", "language", "calendar", "time_zone", "currency")
        return cls(initial={name: getattr(workspace, name) for name in names}, **kwargs)


class NewWorkspaceForm(WorkspaceForm):
    """A workspace to be made."""

    workspace_id = forms.RegexField(
        r"\A[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?\Z",
        label=_("Id"),
        required=False,
        max_length=48,
        widget=forms.TextInput(_PLAIN),
        help_text=_(
            "Part of its addresses: small Latin letters, digits and hyphens. It never changes; left empty, it is made"
            " of the name."
        ),
        error_messages={"invalid": _("A workspace id has only small Latin letters, digits and hyphens.")},
    )
    field_order = ("name", "workspace_id")


class RetentionForm(PageForm):
    """How many days events are kept."""

    days = NumberField(
        label=_("Days that events are kept"),
        required=False,
        whole=True,
        least=1,
        most=LONGEST_RETENTION_DAYS,
        help_text=_("Empty keeps them for ever."),
    )


class TwoFactorForm(PageForm):
    """Whether the workspace opens only to members with a second factor."""

    needed = forms.BooleanField(
        label=_("Require two-factor sign-in"),
        required=False,
        help_text=_("Members without it are led to set it up before they see anything of this workspace."),
    )


class RoleForm(PageForm):
    """A role for somebody; only those that the asker may give."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """Somebody to invite."""

    email = EmailField(label=_("E-mail address"), max_length=254)
    field_order = ("email", "role")


class KeyForm(PageForm):
    """A key to be made."""

    name = forms.CharField(
        label=pgettext_lazy("of a key", "Name"),
        max_length=100,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text=_("Where its events come from, such as website or shop-server."),
    )
    channel = forms.CharField(
        label=_("Channel"),
        required=False,
        max_length=64,
        widget=forms.TextInput({**_PLAIN, "list": "channels"}),
        help_text=_("The channel of events that name none, such as web or app."),
    )
    origins = forms.CharField(
        label=_("Allowed web origins"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({**_PLAIN, "rows": 2}),
        help_text=_(
            "From which sites a browser may send, one on each line, such as https://shop.example. Only a server of your"
            " own needs none: its key may read what is recommended to each customer. A key inside an app can be taken"
            " out of it: write * for it."
        ),
    )
    requests_per_second = NumberField(
        label=_("Requests a second"),
        required=False,
        least=0,
        help_text=_("Empty takes the door's own limit."),
    )

    def clean_origins(self) -> list[str]:
        """Part the lines; each is checked where the key is made."""
        return [
            line.strip()
            for line in self.cleaned_data["origins"].replace(",", "\n").splitlines()
            if line.strip()
        ]


class ChangesForm(PageForm):
    """Which changes are shown."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    what = forms.ChoiceField(label=_("What"), required=False)
    since = DateField(label=pgettext_lazy("a day", "From"), required=False)
    until = DateField(label=pgettext_lazy("a day", "To"), required=False)

    def __init__(
        self, *args: Any, actors: list[tuple[str, str]], actions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Everybody")), *actors]  # type: ignore[attr-defined]
        self.fields["what"].choices = [("", _("Everything")), *actions]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("since") and found.get("until") and found["until"] < found["since"]:
            self.add_error("until", sentence_of("window.reversed"))
        return found


class BackupPlanForm(PageForm):
    """Whether a backup is made by itself, and how many are kept."""

    is_daily = forms.BooleanField(label=_("Make a backup every day"), required=False)
    keep = NumberField(
        label=_("How many backups are kept"),
        whole=True,
        least=1,
        most=MOST_BACKUPS_KEPT,
        help_text=_("When the daily backup is done, older ones than these are deleted from the folder."),
    )
