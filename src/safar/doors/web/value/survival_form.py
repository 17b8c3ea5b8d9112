"""The form of how long customers stay: who is followed, until what, told apart by what."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.events.words import in_words, visible
from safar.measure.lifetimes import (
    SUBSCRIPTION_CANCELLED,
    SUBSCRIPTION_STARTED,
    YES,
    LengthUnit,
    SurvivalQuestion,
    days_in,
)
from safar.vocabulary.lifecycle import ORDER_PLACED

from .form import ValueForm

CONTRACT: Final = "contract"
SILENCE: Final = "silence"
TOLD: Final = "told"
#: What rows of a table of customers without dates become.
CUSTOMER_SEEN: Final = "customer_seen"
USUAL_SILENCE: Final = "90"
#: After how many of each unit the share still there is told.
AFTER: Final[dict[LengthUnit, tuple[int, ...]]] = {
    "day": (30, 90, 180, 365),
    "week": (4, 12, 26, 52),
    "month": (1, 12, 24, 48, 72),
    "year": (1, 2, 3, 5),
}
_PROPERTY: Final = {
    "autocomplete": "off",
    "autocapitalize": "off",
    "spellcheck": "false",
    "dir": "auto",
    "list": "property-plain-names",
}
_CHANNEL: Final = "@channel"
#: Longest name of a property that an address may hold.
_LONGEST: Final = 100
_LASTED: Final = ("tenure", "tenure_months", "months", "age")
_ENDED: Final = ("churn", "churned", "left", "cancelled")


class SurvivalForm(ValueForm):
    """Contracts, customers who order, or rows that say how long it lasted."""

    follow = forms.ChoiceField(
        label=_("Who is followed"),
        required=False,
        choices=[
            (CONTRACT, _("Contracts, until they are cancelled")),
            (SILENCE, _("Customers, from their first order until they order nothing any more")),
            (TOLD, _("Rows of a table that say how long it lasted")),
        ],
    )
    silence = forms.ChoiceField(
        label=_("Customers have left when they order nothing for"),
        required=False,
        choices=[
            ("30", _("30 days")),
            ("60", _("60 days")),
            ("", _("90 days")),
            ("180", _("180 days")),
            ("365", _("1 year")),
        ],
    )
    by = forms.ChoiceField(label=_("Told apart by"), required=False)
    factors = forms.CharField(
        label=_("What may matter"),
        required=False,
        max_length=500,
        widget=forms.TextInput(_PROPERTY),
        help_text=_(
            "Properties with commas between, such as: city, payment_method. All that are fit where nothing is written."
        ),
    )
    begins = forms.ChoiceField(label=_("It begins with"), required=False)
    ends = forms.ChoiceField(label=_("It ends with"), required=False)
    lasted = forms.ChoiceField(label=_("How long it lasted, of a table"), required=False)
    unit = forms.ChoiceField(
        label=_("Counted in"),
        required=False,
        choices=[
            ("day", pgettext_lazy("counted in", "Days")),
            ("week", pgettext_lazy("counted in", "Weeks")),
            ("", pgettext_lazy("counted in", "Months")),
            ("year", pgettext_lazy("counted in", "Years")),
        ],
    )
    ended = forms.ChoiceField(label=_("Whether it ended, of a table"), required=False)
    of_scope = ()
    of_more = ("begins", "ends", "lasted", "unit", "ended", "factors")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("currency", "margin", "until"):
            del self.fields[name]
        self._offer_names()

    def _fill_in(self) -> None:
        """Let what is followed stand at what the log has: contracts, else a table of customers, else orders."""
        names = set(self.known.present.names)
        self.fields["follow"].initial = (
            CONTRACT
            if names & set(SUBSCRIPTION_STARTED)
            else TOLD
            if CUSTOMER_SEEN in names and not names & ORDER_PLACED
            else SILENCE
        )
        super()._fill_in()

    def _offer_names(self) -> None:
        names = [(name, in_words(name)) for name in self.known.present.names if visible(name) == name]
        for field in ("begins", "ends"):
            self.fields[field].choices = [("", pgettext_lazy("event", "As usual")), *names]  # type: ignore[attr-defined]
        together = [("", _("Nothing: all together")), (_CHANNEL, _("Channel"))]
        for field, first in (("by", together), ("lasted", [("", "—")]), ("ended", [("", "—")])):
            asked = str(self.data.get(field, ""))
            own = [asked] if 0 < len(asked) <= _LONGEST and asked != _CHANNEL else []
            texts = dict.fromkeys((*self.known.present.properties, *own))
            self.fields[field].choices = [*first, *((text, visible(text)) for text in texts)]  # type: ignore[attr-defined]

    @property
    def follows(self) -> str:
        """What is followed: one of ``contract``, ``silence``, ``told``."""
        return str(self.cleaned_data["follow"] or self.fields["follow"].initial)

    @property
    def length_unit(self) -> LengthUnit:
        """The unit in which lengths are told."""
        if self.follows != TOLD:
            return "day"
        return cast("LengthUnit", self.cleaned_data["unit"] or "month")

    def clean(self) -> dict[str, object]:
        """Refuse a table without the properties that say how long, and whether it ended."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        if (found.get("follow") or self.fields["follow"].initial) == TOLD:
            for field, usual in (("lasted", _LASTED), ("ended", _ENDED)):
                found[field] = found.get(field) or self._usual(usual)
                if not found[field]:
                    self.add_error(field, _("Say which property tells it."))
        return found

    def _usual(self, names: tuple[str, ...]) -> str:
        known = {name.casefold(): name for name in self.known.present.properties}
        return next((known[name] for name in names if name in known), "")

    def question(self) -> SurvivalQuestion:
        """Return the question."""
        found = self.cleaned_data
        named = tuple(name.strip() for name in found["factors"].replace("،", ",").split(",") if name.strip())
        begins, ends = _usual_names(self.follows)
        return SurvivalQuestion(
            (found["begins"],) if found["begins"] else begins,
            (found["ends"],) if found["ends"] else ends,
            by=found["by"] or None,
            silent_days=int(found["silence"] or USUAL_SILENCE) if self.follows == SILENCE else None,
            lasted=found["lasted"] if self.follows == TOLD else None,
            lasted_in=self.length_unit,
            ended=found["ended"] if self.follows == TOLD else None,
            ended_as=YES,
            properties=named or None,
            after_days=tuple(days_in(count, self.length_unit) for count in AFTER[self.length_unit]),
        )


def _usual_names(follows: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if follows == CONTRACT:
        return SUBSCRIPTION_STARTED, SUBSCRIPTION_CANCELLED
    if follows == TOLD:
        return (CUSTOMER_SEEN,), (CUSTOMER_SEEN,)
    orders = tuple(sorted(ORDER_PLACED))
    return orders, orders
