"""The form of baskets: which orders, how many products are paired, and what is too rare to be told."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField
from safar.measure.baskets import BasketsQuestion

from .form import ValueForm


class BasketsForm(ValueForm):
    """Which orders count, and which pairs."""

    products = forms.ChoiceField(
        label=_("Products that are paired"),
        required=False,
        choices=[
            ("50", _("The 50 most frequent")),
            ("", _("The 100 most frequent")),
            ("300", _("The 300 most frequent")),
        ],
    )
    fewest = NumberField(
        label=_("Tell pairs from so many orders on"),
        required=False,
        least=Decimal(1),
        most=Decimal(1_000_000),
        help_text=_(
            "10 where nothing is written. Rarer pairs are looked at all the same, so chance is judged rightly."
        ),
    )
    of_scope = ("currency", "until")
    of_more = ("fewest", "until")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("margin", None)

    def question(self) -> BasketsQuestion:
        """Return the question."""
        found = self.cleaned_data
        return BasketsQuestion(
            self.until_day,
            found["currency"] or None,
            self.locale.time_zone,
            products=int(found["products"] or 100),
            fewest_orders=int(found["fewest"] or 10),
        )
