"""The form of recommendations: how many items, by which model, what may be shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.act.recommend.asked import ModelName, RecommendationsQuestion
from safar.doors.web.design.forms import NumberField

from .form import ValueForm

USUAL_ITEMS: Final = 10
MODEL_NAMES: Final[dict[str, Any]] = {
    "popular": _("What many buy now"),
    "also_bought": _("Bought together"),
    "item_cosine": _("Alike by who has them"),
    "graph_filter": _("Graph filter (GF-CF)"),
    "ease": _("Best linear guess (EASE)"),
}


class RecommendationsForm(ValueForm):
    """What customers are shown, and whose list is looked at."""

    customer = forms.CharField(
        label=_("Customer"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text=_("The customer's id; those who came last where nothing is written."),
    )
    items = NumberField(
        label=_("Items shown"), required=False, least=Decimal(1), most=Decimal(50), initial=USUAL_ITEMS
    )
    again = forms.ChoiceField(
        label=_("What a customer has had"),
        required=False,
        choices=[("", _("Does not come again")), ("yes", _("May come again"))],
    )
    model = forms.ChoiceField(
        label=_("Model"),
        required=False,
        choices=[("", pgettext_lazy("model", "The one that did best")), *MODEL_NAMES.items()],
    )
    of_a_group = NumberField(
        label=_("Of one category at most"), required=False, least=Decimal(1), most=Decimal(50)
    )
    season = forms.BooleanField(label=_("What is in season moves up"), required=False)
    of_scope = ()
    of_more = ("model", "of_a_group", "season")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("currency", "margin", "until"):
            self.fields.pop(name, None)

    def question(self) -> RecommendationsQuestion:
        """Return the question."""
        found = self.cleaned_data
        return RecommendationsQuestion(
            k=int(found["items"] or USUAL_ITEMS),
            model=cast("ModelName", found["model"]) if found["model"] else None,
            again=found["again"] == "yes",
            customer_ids=(found["customer"].strip(),) if found["customer"].strip() else (),
            most_of_a_group=int(found["of_a_group"]) if found["of_a_group"] else None,
            in_season=bool(found["season"]),
            calendar=self.locale.calendar,
        )
