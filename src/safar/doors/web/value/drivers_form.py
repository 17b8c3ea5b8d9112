"""The form of drivers: of what, which experiences beside the answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.words import filled
from safar.explain.driver_rows import RETURN, SPEND, DriversQuestion
from safar.explain.usual_experiences import usual_steps
from safar.observe.steps import StepRule

from .form import ValueForm
from .question_choices import questions_in_words

USUAL_OUTCOME: Final = "nps"
USUAL_BEFORE: Final = "90"
_OWN: Final = "own"
#: What names of fields begin with that say which question asks how important the thing of another one is.
_STATED: Final = "stated_"
_MOST_RATED: Final = 10


class DriversForm(ValueForm):
    """What is explained, and what may explain it."""

    outcome = forms.ChoiceField(label=_("What is explained"), required=False)
    #: Of addresses that say ``outcome=own``.
    question_key = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    before = forms.ChoiceField(
        label=_("Answers and experiences of the"),
        required=False,
        choices=[
            ("30", pgettext_lazy("drivers", "30 days before")),
            ("", pgettext_lazy("drivers", "90 days before")),
            ("365", pgettext_lazy("drivers", "365 days before")),
        ],
    )
    of_more = ("before", "margin", "until")
    of_scope = ("currency", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = str(self.data.get("outcome", ""))
        offered = questions_in_words(self.known, asked=() if asked in {RETURN, SPEND, _OWN} else (asked,))
        if asked != USUAL_OUTCOME:
            offered.pop(USUAL_OUTCOME, None)
        choices = [
            ("", _("NPS: would they recommend it")),
            (RETURN, _("Coming back: another order")),
            (SPEND, _("Spending: what later orders bring")),
            *offered.items(),
        ]
        if asked == _OWN:
            key = str(self.data.get("question_key", ""))
            choices.append((_OWN, questions_in_words(self.known, asked=(key,)).get(key, key)))
        else:
            del self.fields["question_key"]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Refuse a question of one's own without its key."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        if found.get("outcome") == _OWN and not found.get("question_key"):
            self.add_error("outcome", _("Choose what is explained."))
        return found

    def _fill_in(self) -> None:
        """Add a choice for each question that may drive the outcome before the fields are filled in."""
        asked = [name.removeprefix(_STATED) for name in self.data if name.startswith(_STATED)]
        said = questions_in_words(self.known, asked=asked)
        first = [key for key in asked if key in said]
        self.rated = tuple(dict.fromkeys([*first, *said]))[:_MOST_RATED] if len(said) > 1 else ()
        for key in self.rated:
            others = [(each, words) for each, words in said.items() if each != key]
            self.fields[f"{_STATED}{key}"] = forms.ChoiceField(
                label=filled(gettext("Says how important it is: “%(question)s”"), question=said[key]),
                required=False,
                choices=[("", _("Nobody was asked")), *others],
            )
        self.of_more = (*DriversForm.of_more, *(f"{_STATED}{key}" for key in self.rated))  # type: ignore[assignment,misc] # as many as this log has
        super()._fill_in()

    @property
    def outcome_key(self) -> str:
        """The question key, or the name of the outcome."""
        found = self.cleaned_data
        return str(found["question_key"] if found["outcome"] == _OWN else found["outcome"] or USUAL_OUTCOME)

    @property
    def experiences(self) -> tuple[StepRule, ...]:
        """What may have gone wrong, as far as the log tells it."""
        steps: dict[str, Any] = usual_steps(self.known.present.names)
        return tuple(each.shown_by for step in steps.values() for each in step.experiences)

    def question(self) -> DriversQuestion:
        """Return the question."""
        found = self.cleaned_data
        return DriversQuestion(
            self.outcome_key,
            experiences=self.experiences,
            within=timedelta(days=int(found["before"] or USUAL_BEFORE)),
            stated=tuple((key, found[f"{_STATED}{key}"]) for key in self.rated if found[f"{_STATED}{key}"]),
            currency=found["currency"] or None,
            window=self.scope.window,
        )
