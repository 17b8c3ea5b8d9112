"""Forms of next best actions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.act.decided_outcomes import Counted
from safar.doors.web.design.forms import DateField, NameField, NumberField, PageForm
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.show.locale import LANGUAGES

from .models import OfferedAction
from .queries import ActionFacts, ChoosingFacts
from .services import ActionWords

_DIRECTIONS: Final = {"fa": "rtl", "ar": "rtl", "en": "ltr"}
_MACHINE: Final = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
COUNTED_NAMES: Final = {
    "any": _("Whether it happens"),
    "how_many": _("How many times"),
    "amount": _("Their amounts"),
}


class ActionForm(PageForm):
    """What can be done for a customer, for whom, and how often.

    Parameters
    ----------
    segments
        Pairs of a public id and a name.
    zone
        In which days begin.
    is_new
        Whether it gets its key.
    """

    key = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,59}$",
        label=_("Key"),
        widget=forms.TextInput({**_MACHINE, "placeholder": "call_back"}),
        help_text=_(
            "What events and programs name it by: small Latin letters, digits and _. It never changes."
        ),
    )
    kind = forms.ChoiceField(
        label=_("What it is"), choices=OfferedAction.Kind.choices, widget=forms.RadioSelect
    )
    channel = forms.CharField(
        label=_("Channel"),
        required=False,
        max_length=60,
        widget=forms.TextInput({**_MACHINE, "list": "channels"}),
        help_text=_("As the log names it, such as email or phone."),
    )
    segment = forms.ChoiceField(label=_("Who may get it"), required=False)
    consent = forms.CharField(
        label=_("Consent it needs"),
        required=False,
        max_length=60,
        widget=forms.TextInput({**_MACHINE, "placeholder": "email"}),
        help_text=_("The purpose that a customer has agreed to. Empty where none is needed."),
    )
    at_most = NumberField(
        label=_("For one customer at most so many times"),
        required=False,
        whole=True,
        least=0,
        most=1000,
        help_text=_("Empty: as often as it is chosen."),
    )
    within_days = NumberField(label=_("Within so many days"), whole=True, least=1, most=366)
    since = DateField(label=_("From this day on"), required=False)
    until = DateField(label=_("Up to this day"), required=False)

    def __init__(
        self, *args: Any, segments: tuple[tuple[str, str], ...], zone: str, is_new: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(zone)
        self.fields["segment"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("who may get an action", "Everybody")),
            *segments,
        ]
        self.languages = tuple(sorted(LANGUAGES, key=lambda each: each != self.locale.language))
        names: dict[str, forms.Field] = {
            f"name_{each}": NameField(
                label=_("Name (%(language)s)") % {"language": LANGUAGE_NAMES[each]},
                required=False,
                max_length=120,
                widget=forms.TextInput({"autocomplete": "off", "dir": _DIRECTIONS[each], "lang": each}),
            )
            for each in self.languages
        }
        if not is_new:
            del self.fields["key"]
        self.fields = {**names, **self.fields}

    @classmethod
    def initial_of(cls, facts: ActionFacts | None, zone: str) -> dict[str, Any]:
        """Return what the form begins with."""
        if facts is None:
            return {"kind": OfferedAction.Kind.MESSAGE, "at_most": 1, "within_days": 7}
        names = {f"name_{language}": text for language, text in facts.name.items()}
        return names | {
            "kind": facts.kind,
            "channel": facts.channel,
            "segment": facts.segment_id,
            "consent": facts.consent,
            "at_most": facts.at_most,
            "within_days": facts.within_days,
            "since": None if facts.since is None else facts.since.astimezone(ZoneInfo(zone)).date(),
            "until": None
            if facts.until is None
            else (facts.until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date(),
        }

    def clean(self) -> dict[str, Any]:
        """Check that it is called something, and ends after it begins."""
        found = super().clean() or {}
        if not any(found.get(f"name_{each}", "") for each in self.languages):
            self.add_error(f"name_{self.languages[0]}", _("Give the action a name."))
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        return found

    @property
    def words(self) -> ActionWords:
        """What was said."""
        found = self.cleaned_data
        names = {each: found[f"name_{each}"] for each in sorted(self.languages)}
        return ActionWords(
            name={language: text for language, text in names.items() if text},
            kind=found["kind"],
            channel=found["channel"].strip(),
            segment_id=found["segment"],
            consent=found["consent"].strip(),
            at_most=found["at_most"],
            within_days=found["within_days"],
            since=self._begins(found["since"]),
            until=self._begins(found["until"] and found["until"] + timedelta(days=1)),
        )

    def _begins(self, day: date | None) -> datetime | None:
        return None if not day else datetime.combine(day, time(), self._zone)


class ChoosingForm(PageForm):
    """What counts as having worked, how much is left to trying, how much one customer gets together."""

    event = forms.CharField(
        label=_("What counts"),
        required=False,
        max_length=200,
        widget=forms.TextInput({**_MACHINE, "list": "event-names"}),
        help_text=_("An event after the decision; orders where nothing is written."),
    )
    within_days = NumberField(label=_("Within so many days"), whole=True, least=1, most=366)
    counted = forms.ChoiceField(
        label=_("What of it"), choices=list(COUNTED_NAMES.items()), widget=forms.RadioSelect
    )
    trying = NumberField(
        label=_("Chance left to trying, percent"),
        least=Decimal(1),
        most=Decimal(100),
        help_text=_(
            "Shared evenly by all that is allowed, doing nothing among them. Without it nobody could learn what else"
            " would work."
        ),
    )
    at_most_in_all = NumberField(
        label=_("For one customer at most so many actions together"),
        required=False,
        whole=True,
        least=0,
        most=1000,
        help_text=_("However good they are. Empty: each by its own limit."),
    )
    in_all_days = NumberField(label=_("Together within so many days"), whole=True, least=1, most=366)

    @classmethod
    def initial_of(cls, facts: ChoosingFacts) -> dict[str, Any]:
        """Return what the form begins with."""
        outcome = facts.outcome
        return {
            "event": next(iter(outcome.event_names), ""),
            "within_days": round(outcome.within_days),
            "counted": outcome.counted,
            "trying": Decimal(repr(round(100 * facts.epsilon, 2))).normalize().__format__("f"),
            "at_most_in_all": facts.at_most_in_all,
            "in_all_days": facts.in_all_days,
        }

    @property
    def event_names(self) -> tuple[str, ...]:
        """The events that count; none for orders."""
        said = self.cleaned_data["event"].strip()
        return (said,) if said else ()

    @property
    def counted_as(self) -> Counted:
        """What of them is counted."""
        said = self.cleaned_data["counted"]
        return "amount" if said == "amount" else "how_many" if said == "how_many" else "any"
