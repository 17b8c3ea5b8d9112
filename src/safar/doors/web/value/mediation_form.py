"""The form of what goes through satisfaction: at which step, which answer stands between, how long afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.explain.mediation_rows import MediationQuestion
from safar.explain.usual_experiences import usual_steps

from .form import ValueForm
from .question_choices import offer_questions, question_field
from .value_at_risk_form import AN_ORDER, STEP_NAMES, USUAL_HORIZON


class MediationForm(ValueForm):
    """At which step, through which answer, and how long afterwards people may come back."""

    step = forms.ChoiceField(label=_("Step"), required=False)
    horizon = forms.ChoiceField(
        label=_("Coming back within"),
        required=False,
        choices=[("91", _("3 months")), ("", _("6 months")), ("365", _("1 year"))],
    )
    question_key = question_field(_("Question that stands between"))
    of_more = ("question_key", "margin", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # where no event tells what went wrong, orders are asked about all the same: the page says what is lacking
        self.steps = usual_steps(self.known.present.names) or usual_steps(AN_ORDER)
        choices = [(name if place else "", STEP_NAMES[name]) for place, name in enumerate(self.steps)]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]
        offer_questions(self, "question_key", _("The one that is answered most after this step"))

    def question(self) -> MediationQuestion:
        """Return the question."""
        found = self.cleaned_data
        step = self.steps[found["step"] or next(iter(self.steps))]
        return MediationQuestion(
            replace(
                step,
                horizon=timedelta(days=int(found["horizon"] or USUAL_HORIZON)),
                currency=found["currency"] or None,
                margin_share=self.margin_share,
                window=self.scope.window,
            ),
            found["question_key"].strip(),
        )
