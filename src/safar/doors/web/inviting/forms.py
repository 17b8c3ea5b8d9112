"""Forms of asking: a link, a round of invitations, the budget of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from safar.doors.web.design.forms import NumberField, PageForm
from safar.listen.contact_budget import ContactBudget

from .models import Link, Round
from .rounds import RoundPlan
from .widget_rules import Appears, told_rules

LINK_KINDS: Final[dict[str, Promise | str]] = {
    Link.Kind.OPEN: gettext_lazy("A link for everybody: for a page, a poster, a QR code"),
    Link.Kind.WIDGET: gettext_lazy("On pages of a site: it appears when and to whom you say"),
    Link.Kind.KIOSK: gettext_lazy("A kiosk: a tablet in the shop, one after the other"),
    Link.Kind.TEST: gettext_lazy("For trying out: answers are marked as a test and count nowhere"),
}
CHANNELS: Final[dict[str, Promise | str]] = {
    Round.Channel.EMAIL: gettext_lazy("By e-mail, with the first question inside"),
    Round.Channel.SMS: gettext_lazy("By SMS: texts with personal links, to take away as a file"),
}
LOOKS: Final[dict[str, Promise | str]] = {
    "pop_over": gettext_lazy("In a corner, over the page"),
    "inline": gettext_lazy("In the page, where its place is"),
}
CORNERS: Final[dict[str, Promise | str]] = {
    "end": gettext_lazy("Where a line ends"),
    "start": gettext_lazy("Where a line begins"),
}
TRIGGERS: Final[dict[str, Promise | str]] = {
    "page": gettext_lazy("When the page is opened"),
    "event": gettext_lazy("After an event"),
    "exit": gettext_lazy("When the visitor is about to leave"),
}
_LONGEST_DAYS: Final = 366


class NumbersForm(PageForm):
    """A form whose numbers stand in the reader's digits from the beginning."""

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what stands in a field."""
        value = super().get_initial_for_field(field, field_name)
        is_number = isinstance(field, NumberField) and isinstance(value, int | float)
        return self.locale.shape(f"{value:g}") if is_number else value


class LinkForm(PageForm):
    """A new link to a survey."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=list(LINK_KINDS.items()),
        widget=forms.RadioSelect,
        initial=Link.Kind.OPEN,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For yourselves: where the link hangs."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, *args: Any, languages: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("That of the respondent")), *languages]  # type: ignore[attr-defined]


class RoundForm(NumbersForm):
    """Who is asked, how and when."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    channel = forms.ChoiceField(
        label=gettext_lazy("How"), choices=list(CHANNELS.items()), widget=forms.RadioSelect
    )
    segment = forms.ChoiceField(
        label=pgettext_lazy("of customers", "Segment"),
        required=False,
        help_text=gettext_lazy(
            "Who of it would be asked, and who not and why, is told below before anybody is."
        ),
    )
    event = forms.CharField(
        label=gettext_lazy("After this event"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Everybody to whom it happens from now on; with a segment, everybody of it. Empty: the whole segment, now,"
            " once."
        ),
        widget=forms.TextInput({"list": "event-names", "dir": "ltr", "autocomplete": "off"}),
    )
    delay_hours = NumberField(
        label=gettext_lazy("So many hours after the event"), required=False, least=0, most=_LONGEST_DAYS * 24
    )
    share = NumberField(
        label=gettext_lazy("Share that is asked, in percent"),
        least=0,
        most=100,
        help_text=gettext_lazy("A random sample; who falls out of it is told apart from who did not answer."),
    )
    remind_days = NumberField(
        label=gettext_lazy("Remind after so many days"),
        required=False,
        least=1,
        most=_LONGEST_DAYS,
        help_text=gettext_lazy("Once, and only who has not answered. Empty: never."),
    )
    open_days = NumberField(
        label=gettext_lazy("Can be answered for so many days"), least=1, most=_LONGEST_DAYS, whole=True
    )

    def __init__(self, *args: Any, segments: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody_yet = ("", _("Choose a segment, or name an event"))
        self.fields["segment"].choices = [nobody_yet, *segments]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody must be named."""
        found: dict[str, Any] = super().clean() or {}
        if not found.get("segment") and not found.get("event"):
            self.add_error("segment", _("Choose a segment, or an event after which to ask."))
        return found

    def plan(self) -> RoundPlan:
        """Return what was asked for."""
        given = self.cleaned_data
        remind = given["remind_days"]
        return RoundPlan(
            name=given["name"],
            channel=given["channel"],
            segment_id=given["segment"],
            event_names=(given["event"].strip(),) if given["event"].strip() else (),
            delay=timedelta(hours=float(given["delay_hours"] or 0)),
            rate=float(given["share"]) / 100,
            remind_after=None if remind is None else timedelta(days=float(remind)),
            open_for=timedelta(days=int(given["open_days"])),
        )


class WidgetForm(NumbersForm):
    """On which sites a survey appears, when, and to whom."""

    origins = forms.CharField(
        label=gettext_lazy("Sites"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(
            {"rows": 2, "dir": "ltr", "class": "mono", "placeholder": "https://shop.example"}
        ),
        help_text=gettext_lazy("One a line: the address of a site up to its first slash."),
    )
    look = forms.ChoiceField(
        label=gettext_lazy("How it looks"), choices=list(LOOKS.items()), widget=forms.RadioSelect
    )
    corner = forms.ChoiceField(label=gettext_lazy("Corner"), choices=list(CORNERS.items()))
    pages = forms.CharField(
        label=gettext_lazy("On these pages"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea({"rows": 2, "dir": "ltr", "class": "mono", "placeholder": "/checkout/*"}),
        help_text=gettext_lazy("One path a line; * stands for anything. Empty: on every page."),
    )
    trigger = forms.ChoiceField(label=gettext_lazy("When"), choices=list(TRIGGERS.items()))
    event_name = forms.CharField(
        label=gettext_lazy("Event"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"list": "event-names", "dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("Needed when it waits for an event."),
    )
    delay_seconds = NumberField(label=gettext_lazy("So many seconds later"), least=0, most=600, whole=True)
    segment_id = forms.ChoiceField(
        label=pgettext_lazy("of customers", "Segment"),
        required=False,
        help_text=gettext_lazy("Only visitors who are known to be in it."),
    )
    share = NumberField(label=gettext_lazy("To so many percent of visitors"), least=1, most=100)
    again_after_days = NumberField(
        label=gettext_lazy("To the same visitor again after so many days"),
        required=False,
        least=1,
        most=3_650,
        whole=True,
        help_text=gettext_lazy("Empty: never again."),
    )

    def __init__(self, *args: Any, segments: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment_id"].choices = [("", _("Everybody")), *segments]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(origins: Sequence[str], appears: Appears) -> dict[str, object]:
        """Return what stands in the form for a link."""
        return {
            **told_rules(appears),
            "look": appears.look,
            "corner": appears.corner,
            "trigger": appears.trigger,
            "delay_seconds": appears.delay_seconds,
            "origins": "\n".join(origins),
            "pages": "\n".join(appears.pages),
            "share": appears.share * 100,
        }

    def given(self) -> tuple[tuple[str, ...], dict[str, object]]:
        """Return the sites, and the rules as a link keeps them."""
        said = self.cleaned_data
        again = said["again_after_days"]
        rules = {
            **{field: said[field] for field in ("look", "corner", "trigger", "segment_id")},
            "event_name": said["event_name"].strip() if said["trigger"] == "event" else "",
            "pages": said["pages"].split(),
            "delay_seconds": int(said["delay_seconds"]),
            "share": float(said["share"]) / 100,
            "again_after_days": None if again is None else int(again),
        }
        return tuple(said["origins"].split()), rules


class BudgetForm(NumbersForm):
    """How often customers may be asked."""

    most = NumberField(label=gettext_lazy("At most so many invitations"), least=0, most=100, whole=True)
    within = NumberField(label=gettext_lazy("In so many days"), least=1, most=3_660, whole=True)
    quarantine = NumberField(
        label=gettext_lazy("Days of rest after an answer"), least=0, most=3_660, whole=True
    )
    same_survey = NumberField(
        label=gettext_lazy("Days until the same survey again"), least=0, most=3_660, whole=True
    )
    consent = forms.CharField(
        label=gettext_lazy("Consent that is needed"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("The purpose as events name it, such as surveys. Empty: none is needed."),
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )

    @staticmethod
    def initial_of(budget: ContactBudget) -> dict[str, object]:
        """Return what the form shows of a budget."""
        return {
            "most": budget.most,
            "within": budget.within.days,
            "quarantine": budget.quarantine.days,
            "same_survey": budget.same_survey_after.days,
            "consent": budget.consent,
        }

    def budget(self) -> ContactBudget:
        """Return what was asked for."""
        given = self.cleaned_data
        return ContactBudget(
            given["most"],
            timedelta(days=given["within"]),
            timedelta(days=given["quarantine"]),
            timedelta(days=given["same_survey"]),
            given["consent"].strip(),
        )
