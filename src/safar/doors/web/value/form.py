"""The form that questions about value share: up to which day, in which currency, of what margin."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.doors.web.journeys.forms import QuestionForm, Scope
from safar.observe.among import EVERYBODY
from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.window import Window, to_microseconds

#: Fields of questions about journeys that no question about value has.
_NOT_ASKED = ("period", "since", "pause", "events", "channel", "segment", "where")


class ValueForm(QuestionForm):
    """Up to which day the log is read, in which currency, and what share of revenue is margin."""

    currency = forms.ChoiceField(label=_("Currency"), required=False)
    margin = NumberField(
        label=_("Margin, percent of revenue"),
        required=False,
        least=Decimal(0),
        most=Decimal(100),
        help_text=_(
            "Where orders do not tell their own. Revenue stands for margin where nothing is written."
        ),
    )

    of_scope: ClassVar[tuple[str, ...]] = ("currency", "margin", "until")
    of_more: ClassVar[tuple[str, ...]] = ("until",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _NOT_ASKED:
            self.fields.pop(name, None)
        self.fields["until"].label = _("As it was at the end of")
        asked = str(self.data.get("currency", ""))
        known = [each for each in self.known.present.currencies if each in EXPONENTS]
        known += [asked] if asked in EXPONENTS and asked not in known else []
        names = [(each, self.locale.currency_name(each)) for each in known]
        self.fields["currency"].choices = [("", pgettext_lazy("currency", "That of most orders")), *names]  # type: ignore[attr-defined]

    @property
    def scope(self) -> Scope:
        """From the first event to the day that was asked for."""
        return Scope(self._window(), EVERYBODY, None)

    @property
    def until_day(self) -> date | None:
        """The first day that is not looked at; None for all there is."""
        found: date | None = self.cleaned_data.get("until")
        return None if found is None else found + timedelta(days=1)

    @property
    def margin_share(self) -> float:
        """The share of revenue that is margin."""
        found = self.cleaned_data.get("margin")
        return 1.0 if found is None else float(found) / 100

    def _window(self) -> Window | None:
        _since, until = self.instants()
        first = self.known.first_at
        if until is None or first is None:
            return None
        return Window.from_us(min(to_microseconds(first), to_microseconds(until) - 1), to_microseconds(until))
