"""What such companies lose: a number that somebody published, with its source, beside which pages set their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField


@dataclass(frozen=True, slots=True)
class Industry:
    """The average churn of an industry, as a share of customers, and who published it."""

    churn: float
    source: str


def industry_field() -> NumberField:
    """Return the field of the number."""
    return NumberField(
        label=_("Such companies lose, percent of customers"),
        required=False,
        least=Decimal(0),
        most=Decimal(100),
        help_text=_("The average of your industry in such a period, where somebody published it."),
    )


def source_field() -> forms.CharField:
    """Return the field of the source."""
    return forms.CharField(
        label=_("Published by"), required=False, max_length=200, help_text=_("Who, where and in which year.")
    )


def check_source(form: forms.Form, found: Mapping[str, Any]) -> None:
    """Refuse a number without its source."""
    if found.get("industry") is not None and not found.get("source"):
        form.add_error("source", _("Say where the number was published: nobody can check it else."))


def industry_of(found: Mapping[str, Any]) -> Industry | None:
    """Return what a valid form says; None where it says nothing."""
    industry = found["industry"]
    return None if industry is None else Industry(float(industry) / 100, found["source"])
