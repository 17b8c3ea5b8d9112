"""The form of referral: for how long customers are followed, in which currency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.measure.referral import ReferralQuestion

from .form import ValueForm

USUAL_WITHIN: Final = "180"


class ReferralForm(ValueForm):
    """Whom customers bring, and what those are worth, within a time."""

    within = forms.ChoiceField(
        label=_("Followed for"),
        required=False,
        choices=[("90", _("90 days")), ("", _("180 days")), ("365", _("1 year"))],
        help_text=_("From the first order on. Only customers who have been followed so long are compared."),
    )
    of_scope = ("currency",)
    of_more = ("currency",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "until"):
            del self.fields[name]

    def question(self) -> ReferralQuestion:
        """Return the question."""
        found = self.cleaned_data
        return ReferralQuestion(
            within=timedelta(days=int(found["within"] or USUAL_WITHIN)),
            currency=found["currency"] or None,
        )
