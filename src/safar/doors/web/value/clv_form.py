"""The form of lifetime value: how far ahead, at what rates, by which model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.measure.clv import CLVQuestion

from .form import ValueForm

#: A year, where nothing else is asked for.
USUAL_HORIZON: Final = "365"
USUAL_DISCOUNT: Final = 10
MODEL_NAMES: Final[dict[str, Any]] = {
    "bgnbd": _("Leave after a purchase (BG/NBD)"),
    "mbgnbd": _("May leave after the first purchase too (MBG/NBD)"),
    "pareto_nbd": _("May leave at any time (Pareto/NBD)"),
}


class CLVForm(ValueForm):
    """How far ahead, and how later money counts."""

    horizon = forms.ChoiceField(
        label=_("How far ahead"),
        required=False,
        choices=[
            ("91", _("3 months")),
            ("182", _("6 months")),
            ("", _("1 year")),
            ("730", _("2 years")),
            ("1095", _("3 years")),
        ],
    )
    discount = NumberField(
        label=_("Discount, percent a year"),
        required=False,
        least=Decimal(0),
        most=Decimal(1_000),
        initial=USUAL_DISCOUNT,
        help_text=_("What money is worth less when it comes a year later. It includes inflation."),
    )
    inflation = NumberField(
        label=_("Inflation, percent a year"),
        required=False,
        least=Decimal(0),
        most=Decimal(1_000),
        help_text=_("Earlier amounts are restated in today's prices, and later ones rise."),
    )
    model = forms.ChoiceField(
        label=_("Model"),
        required=False,
        choices=[("", pgettext_lazy("model", "The one that predicted best")), *MODEL_NAMES.items()],
    )
    serving = forms.BooleanField(
        label=_("Less what serving them costs"),
        required=False,
        help_text=_("What their conversations say they cost is taken off."),
    )
    of_more = ("discount", "inflation", "model", "serving", "margin", "until")

    def question(self) -> CLVQuestion:
        """Return the question."""
        return CLVQuestion(**self.terms())

    def terms(self) -> dict[str, Any]:
        """Return what the fields say, by the names of the question."""
        found = self.cleaned_data
        return {
            "until": self.until_day,
            "currency": found["currency"] or None,
            "margin_share": self.margin_share,
            "time_zone": self.locale.time_zone,
            "horizon_days": int(found["horizon"] or USUAL_HORIZON),
            "discount_rate": _rate(found["discount"]),
            "inflation": _rate(found["inflation"]),
            "model": found["model"] or None,
            "less_serving": found["serving"],
        }


def _rate(percent: Decimal | None) -> float:
    return float(percent or 0) / 100
