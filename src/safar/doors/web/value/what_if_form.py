"""The form of what would come of fewer bad experiences: at which step, and a slider for each of its experiences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField
from safar.doors.web.design.parts import Tab
from safar.doors.web.journeys.fields import RangeInput
from safar.explain.step_experience import StepExperienceQuestion
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_what_if import Left, ValueWhatIfQuestion

from .experience_names import EXPERIENCE_NAMES
from .form import ValueForm
from .question_choices import offer_questions, question_field
from .value_at_risk_form import AN_ORDER, STEP_NAMES, USUAL_HORIZON

#: Where a slider stands that nobody has moved, and where it ends: twice as often.
AS_IT_IS: Final = 100
_MOST: Final = 200
_LEFT: Final = "left_"


class ValueWhatIfForm(ValueForm):
    """At which step, what is left of its experiences, and how long afterwards value counts."""

    step = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    horizon = forms.ChoiceField(
        label=_("Value within"),
        required=False,
        choices=[("91", _("3 months")), ("", _("6 months")), ("365", _("1 year"))],
    )
    question_key = question_field(_("Question that says how content they are"))
    of_more = ("question_key", "margin", "until")
    replaces_address: ClassVar = True

    def _fill_in(self) -> None:
        """Add a slider for each experience of the step before the fields are filled in."""
        names = self.known.present.names
        # where no event tells what went wrong, orders are asked about all the same: the page says what is lacking
        self.steps: Mapping[str, StepExperienceQuestion] = usual_steps(names) or usual_steps(AN_ORDER)
        first = next(iter(self.steps))
        choices = [("" if name == first else name, STEP_NAMES[name]) for name in self.steps]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]
        asked = str(self.data.get("step", ""))
        self.step_name = asked if asked in self.steps else first
        self.fields = {
            "saved": self.fields.pop("saved"),
            **{
                f"{_LEFT}{each.name}": NumberField(
                    label=EXPERIENCE_NAMES[each.name],
                    required=False,
                    least=Decimal(0),
                    most=Decimal(_MOST),
                    whole=True,
                    initial=AS_IT_IS,
                    widget=RangeInput({"min": 0, "max": _MOST, "step": 5, "data-live": ""}),
                )
                for each in self.steps[self.step_name].experiences
            },
            **self.fields,
        }
        super()._fill_in()
        offer_questions(self, "question_key", _("The one that is answered most after this step"))

    @property
    def sliders(self) -> list[forms.BoundField]:
        """A slider for each experience."""
        return [self[name] for name in self.fields if name.startswith(_LEFT)]

    @property
    def own_fields(self) -> Any:
        """The other fields of the kind's own; sliders stand before them."""
        return (self["step"], self["horizon"])

    @property
    def step_tabs(self) -> tuple[Tab, ...]:
        """The steps, one of which is asked about; none where there is one alone."""
        if len(self.steps) < 2:
            return ()
        kept = [pair for pair in self.state() if pair[0] != "step" and not pair[0].startswith(_LEFT)]
        first = next(iter(self.steps))
        return tuple(
            Tab(
                str(STEP_NAMES[name]),
                f"?{urlencode([*kept, *([] if name == first else [('step', name)])])}",
                name == self.step_name,
            )
            for name in self.steps
        )

    @property
    def left(self) -> tuple[Left, ...]:
        """What is left of the experiences whose sliders were moved."""
        found = ((name, self.cleaned_data[name]) for name in self.fields if name.startswith(_LEFT))
        return tuple(
            Left(name.removeprefix(_LEFT), float(percent) / 100)
            for name, percent in found
            if percent is not None and int(percent) != AS_IT_IS
        )

    def question(self) -> ValueWhatIfQuestion:
        """Return the question."""
        found = self.cleaned_data
        return ValueWhatIfQuestion(
            replace(
                self.steps[self.step_name],
                horizon=timedelta(days=int(found["horizon"] or USUAL_HORIZON)),
                currency=found["currency"] or None,
                margin_share=self.margin_share,
                window=self.scope.window,
            ),
            self.left,
            found["question_key"].strip(),
        )
