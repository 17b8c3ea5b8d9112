"""The form of what annoys and what delights: of what, and which answers before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.explain.driver_rows import RETURN
from safar.explain.penalty_reward_rows import PenaltyRewardQuestion

from .drivers_form import USUAL_BEFORE, USUAL_OUTCOME
from .form import ValueForm
from .question_choices import questions_in_words


class PenaltyRewardForm(ValueForm):
    """What is moved, and how old the answers before it may be."""

    outcome = forms.ChoiceField(label=_("What is moved"), required=False)
    before = forms.ChoiceField(
        label=_("Answers of the"),
        required=False,
        choices=[
            ("30", pgettext_lazy("drivers", "30 days before")),
            ("", pgettext_lazy("drivers", "90 days before")),
            ("365", pgettext_lazy("drivers", "365 days before")),
        ],
    )
    of_scope = ("until",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("margin")
        self.fields.pop("currency")
        asked = str(self.data.get("outcome", ""))
        found = questions_in_words(self.known, asked=() if asked == RETURN else (asked,))
        if asked != USUAL_OUTCOME:
            found.pop(USUAL_OUTCOME, None)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            ("", _("NPS: would they recommend it")),
            (RETURN, _("Coming back: another order")),
            *found.items(),
        ]

    def question(self) -> PenaltyRewardQuestion:
        """Return the question."""
        found = self.cleaned_data
        return PenaltyRewardQuestion(
            found["outcome"] or USUAL_OUTCOME,
            within=timedelta(days=int(found["before"] or USUAL_BEFORE)),
            window=self.scope.window,
        )
