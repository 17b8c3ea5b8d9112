"""The form of share of wallet: which question asks it, of how long, in which currency."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.measure.wallet import Asks, WalletQuestion

from .form import ValueForm
from .question_choices import offer_questions, question_field

USUAL_KEY: Final = "spend_everywhere"
USUAL_DAYS: Final = "30"


class WalletForm(ValueForm):
    """The question of a survey that asks customers what they spend."""

    key = question_field(_("Question that asks what they spend"))
    asks = forms.ChoiceField(
        label=_("It asks what they spend"),
        required=False,
        choices=[("", _("Everywhere, here included")), ("elsewhere", _("Elsewhere alone"))],
    )
    days = forms.ChoiceField(
        label=_("In the time before"),
        required=False,
        choices=[("7", _("7 days")), ("", _("30 days")), ("90", _("90 days")), ("365", _("1 year"))],
    )
    of_scope = ("currency",)
    of_more = ("currency",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "until"):
            del self.fields[name]
        usual = self.known.question_words().get(USUAL_KEY)
        others = set(self.known.number_keys()) - {USUAL_KEY}
        offer_questions(self, "key", usual or _("The usual one: what they spend in all shops"), keys=others)

    def question(self) -> WalletQuestion:
        """Return the question."""
        found = self.cleaned_data
        return WalletQuestion(
            found["key"] or USUAL_KEY,
            cast("Asks", found["asks"] or "everywhere"),
            int(found["days"] or USUAL_DAYS),
            found["currency"] or None,
        )
