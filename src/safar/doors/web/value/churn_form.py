"""The form of customers at risk: within what time they stay away, by which method, who comes first."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.measure.churn import ChurnQuestion, Method, Order

from .form import ValueForm
from .industry_fields import Industry, check_source, industry_field, industry_of, source_field

USUAL_HORIZON: Final = "90"


class ChurnForm(ValueForm):
    """Who has churned, and who is listed first."""

    horizon = forms.ChoiceField(
        label=_("Have left if they order nothing for"),
        required=False,
        choices=[
            ("30", _("30 days")),
            ("60", _("60 days")),
            ("", _("90 days")),
            ("180", _("180 days")),
        ],
    )
    order = forms.ChoiceField(
        label=_("Come first"),
        required=False,
        choices=[("", _("Those dearest to lose")), ("risk", _("Those likeliest to leave"))],
    )
    method = forms.ChoiceField(
        label=_("Told from"),
        required=False,
        choices=[
            ("", _("All that customers did, as earlier ones did before they left")),
            ("p_alive", _("The days of their purchases alone")),
        ],
    )
    industry = industry_field()
    source = source_field()
    of_scope = ("currency", "margin")
    of_more = ("method", "industry", "source", "margin")
    of_showing = ("industry", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The risk is that of today: what came later is what earlier days are learnt from.
        del self.fields["until"]

    def clean(self) -> dict[str, object]:
        """Refuse a number of the industry without its source."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        check_source(self, found)
        return found

    @property
    def beside(self) -> Industry | None:
        """What such companies lose, where somebody said it."""
        return industry_of(self.cleaned_data)

    def question(self) -> ChurnQuestion:
        """Return the question."""
        found = self.cleaned_data
        return ChurnQuestion(
            horizon_days=int(found["horizon"] or USUAL_HORIZON),
            method=cast("Method", found["method"] or "classifier"),
            order=cast("Order", found["order"] or "expected_loss"),
            currency=found["currency"] or None,
            margin_share=self.margin_share,
        )
