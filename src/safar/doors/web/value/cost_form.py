"""The form of cost to serve: of which time, in which currency, as conversations say or by rates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.doors.web.journeys.forms import QuestionForm, Scope
from safar.measure.cost_to_serve import CostQuestion, Rate, rate
from safar.observe.among import EVERYBODY
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import EXPONENTS

_NOT_ASKED: Final = ("pause", "events", "channel", "segment", "where")
#: Beginning of the fields of channels' rates, and what stands between rates.
_RATE_OF: Final = "rate-"
_APART: Final = re.compile("[;؛\n]")
#: What no channel may hold whose rate an address is to name.
_BETWEEN: Final = re.compile(r"[\s:=;؛]")
#: ``phone 3.5`` or ``phone: 3.5``.
_RATE: Final = re.compile(r"\s*(?P<channel>[^\s:=]+)\s*[:=]?\s*(?P<amount>[-\d]\S*)\s*")


class CostForm(QuestionForm):
    """Conversations of a time, and what they cost where they do not say so."""

    currency = forms.ChoiceField(label=_("Currency"), required=False)
    conversation = NumberField(
        label=_("A conversation costs"),
        required=False,
        least=Decimal(0),
        help_text=_("Where conversations do not say themselves what they cost."),
    )
    message = NumberField(label=_("And each answer in it"), required=False, least=Decimal(0))
    #: As addresses have it: ``phone 3.5; chat 1.2``. Readers fill in a field for each channel.
    rates = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    of_scope = ("period", "since", "until")
    of_more = ("conversation", "message", "rates", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _NOT_ASKED:
            self.fields.pop(name, None)
        asked = str(self.data.get("currency", ""))
        known = [each for each in self.known.present.currencies if each in EXPONENTS]
        known += [asked] if asked in EXPONENTS and asked not in known else []
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("currency", "That of most conversations")),
            *((each, self.locale.currency_name(each)) for each in known),
        ]

    def _fill_in(self) -> None:
        """Let the rates that were filled in stand as one text, and each of that text in its field."""
        filled_in = {
            name.removeprefix(_RATE_OF): "".join(str(amount).split())
            for name, amount in self.data.items()
            if name.startswith(_RATE_OF)
        }
        if filled_in:
            kept = self.data.copy()  # type: ignore[attr-defined]
            kept["rates"] = "; ".join(
                f"{channel} {amount}" for channel, amount in filled_in.items() if amount
            )
            self.data = kept
        super()._fill_in()
        found = map(_RATE.fullmatch, _APART.split(str(self.data.get("rates", ""))))
        told = filled_in or {each["channel"]: each["amount"] for each in found if each}
        known = [each for each in self.known.present.channels if each and not _BETWEEN.search(each)]
        for channel in dict.fromkeys((*known, *told)):
            self.fields[_RATE_OF + channel] = NumberField(
                label=filled(gettext("A conversation costs: %(channel)s"), channel=channel_in_words(channel)),
                required=False,
                least=Decimal(0),
            )
            self.data[_RATE_OF + channel] = told.get(channel, "")  # type: ignore[index]

    @property
    def own_fields(self) -> Iterator[forms.BoundField]:
        """The currency; rates of channels stand behind the others."""
        return (each for each in super().own_fields if not each.name.startswith(_RATE_OF))

    @property
    def more_fields(self) -> Iterator[forms.BoundField]:
        """Rates in all, then by channel, then days."""
        names = [name for name in self.of_more if name != "rates"]
        rates = [name for name in self.fields if name.startswith(_RATE_OF)]
        return (self[name] for name in (*names[:2], *rates, *names[2:]))

    def state(self) -> list[tuple[str, str]]:
        """Return the pairs of the address: all rates of channels are one of them."""
        return [pair for pair in super().state() if not pair[0].startswith(_RATE_OF)]

    @property
    def scope(self) -> Scope:
        """The time in which conversations began."""
        return Scope(self._window(), EVERYBODY, None)

    def clean_rates(self) -> tuple[tuple[str, Decimal], ...]:
        """Read the rates of channels."""
        found = []
        for part in _APART.split(self.cleaned_data["rates"]):
            if not part.strip():
                continue
            told = _RATE.fullmatch(part)
            try:
                amount = parse_number(told["amount"]) if told else None
            except Refusal:
                amount = None
            if told is None or amount is None or amount < 0:
                raise forms.ValidationError(
                    _("Write a channel and what it costs, such as: phone 3.5"), code="rates"
                )
            found.append((told["channel"], Decimal(amount)))
        return tuple(found)

    def clean(self) -> dict[str, object]:
        """Say what is wrong with a rate once: at its field, where it has one."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        if any(name.startswith(_RATE_OF) for name in self.errors):
            self.errors.pop("rates", None)
        return found

    def question(self) -> CostQuestion:
        """Return the question."""
        found = self.cleaned_data
        return CostQuestion(self._rates(), self._window(), found["currency"] or None)

    def _rates(self) -> tuple[Rate, ...]:
        """Return the rates that are named; none where conversations are to say it themselves."""
        found = self.cleaned_data
        if found["conversation"] is None and found["message"] is None and not found["rates"]:
            return ()
        currency = found["currency"] or self.known.currency or "USD"
        message = found["message"] or Decimal(0)
        return (
            rate("", found["conversation"] or Decimal(0), message, currency),
            *(rate(channel, amount, message, currency) for channel, amount in found["rates"]),
        )
