"""Forms of estimates: to keep one, to score it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import CurrencyField, DateField, NameField, NumberField, PageForm
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval

from .sources import Measure


class NumbersForm(PageForm):
    """A number with the ends of its interval."""

    value = NumberField(label=_("Number"), required=False)
    low = NumberField(label=_("From"), required=False)
    high = NumberField(label=_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a number outside of its interval."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        value, low, high = (found.get(name) for name in ("value", "low", "high"))
        if None not in {value, low, high} and not low <= value <= high:  # type: ignore[operator]
            self.add_error("value", _("The number lies within its interval."))
        return found

    @property
    def estimate(self) -> Estimate:
        """The number of a valid form, at the usual level."""
        value, low, high = (float(self.cleaned_data[name]) for name in ("value", "low", "high"))
        return Estimate(value, Interval(low, high, DEFAULT_LEVEL), 0)


class KeepForm(NumbersForm):
    """What is estimated, and when its outcome can be told.

    Parameters
    ----------
    has_number
        The number comes from a page: it is not typed.
    """

    name = NameField(label=_("What will be done"), max_length=160)
    metric = NameField(
        label=_("What it will move"), max_length=160, help_text=_("With its unit, such as: revenue a year.")
    )
    currency = CurrencyField(label=_("Currency"), required=False, help_text=_("Empty where it is no money."))
    due_on = DateField(label=_("The outcome can be told from"), required=False)
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )
    field_order = ("name", "metric", "value", "low", "high", "currency", "due_on", "notes")

    def __init__(self, *args: Any, has_number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_number:
            for name in ("value", "low", "high", "currency"):
                del self.fields[name]
        else:
            for name in ("value", "low", "high"):
                self.fields[name].required = True


class ScoreForm(NumbersForm):
    """What came: by a saved release or experiment, or as somebody measured it."""

    measure = forms.ChoiceField(label=_("Measured by"), required=False)
    measured_by = NameField(label=_("Else: what it was measured by"), required=False, max_length=160)
    field_order = ("measure", "measured_by", "value", "low", "high")

    def __init__(self, *args: Any, measures: Iterable[Measure] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.key, each.name) for each in measures]
        self.fields["measure"].choices = [("", _("The numbers below")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the numbers where nothing measures them."""
        found = super().clean()
        if not found.get("measure") and "measure" not in self.errors:
            for name in ("value", "low", "high"):
                if name not in self.errors and found.get(name) is None:
                    self.add_error(name, _("Write a number."))
            if not found.get("measured_by"):
                self.add_error("measured_by", _("Say what it was measured by."))
        return found
