"""The form of value at risk: at which step, how long afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField
from safar.doors.web.events.words import in_words, visible
from safar.doors.web.journeys.words import refusal_in_words
from safar.explain.learners import Learner
from safar.explain.occasions import CHANNEL, Experience
from safar.explain.step_experience import StepExperienceQuestion
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_at_risk import Support, ValueAtRiskQuestion
from safar.maps.anatomy import said
from safar.observe.rule_scanner import quoted
from safar.observe.rule_text import rule_of, text_of
from safar.vocabulary.errors import Refusal

from .experience_names import EXPERIENCE_NAMES
from .form import ValueForm

USUAL_HORIZON: Final = "180"
#: Days within which an experience of one's own belongs to its occasion.
USUAL_WITHIN: Final = 30
#: Events of which orders and late ones can be told.
AN_ORDER: Final = ("order_placed", "order_delivered")
STEP_NAMES: Final[dict[str, Any]] = {
    "order": pgettext_lazy("step", "An order"),
    "checkout": pgettext_lazy("step", "The checkout"),
    "search": pgettext_lazy("step", "A search"),
}


class ValueAtRiskForm(ValueForm):
    """At which step, and how long afterwards value counts."""

    step = forms.ChoiceField(label=_("Step"), required=False)
    horizon = forms.ChoiceField(
        label=_("Value within"),
        required=False,
        choices=[("91", _("3 months")), ("", _("6 months")), ("365", _("1 year"))],
    )
    learner = forms.ChoiceField(
        label=_("Compared by"),
        required=False,
        choices=[
            ("", pgettext_lazy("compared by", "Lines or trees, whichever errs less")),
            ("linear", pgettext_lazy("compared by", "Lines (quick)")),
            ("boosting", pgettext_lazy("compared by", "Trees")),
        ],
    )
    evidence = forms.ChoiceField(
        label=_("It is supported by"),
        required=False,
        choices=[
            ("", pgettext_lazy("evidence", "Nothing: an association")),
            ("experiment", pgettext_lazy("evidence", "An experiment")),
            ("staggered", pgettext_lazy("evidence", "A release in stages")),
        ],
        help_text=_(
            "Only what spared some customers the experience by chance, or some before others, supports it."
        ),
    )
    supported = forms.ChoiceField(label=_("Which experience it supports"), required=False)
    supported_by = forms.CharField(
        label=_("Its name"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    own_name = forms.CharField(
        label=_("An experience of your own"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text=_("What it is called. It is asked about in place of the step above."),
    )
    own_at = forms.ChoiceField(label=_("It happens to those who come through"), required=False)
    own_shown = forms.ChoiceField(label=_("It is shown by"), required=False)
    own_days = NumberField(label=_("Within days"), required=False, least=0, most=366, whole=True)
    of_more = (
        "learner",
        "margin",
        "until",
        "evidence",
        "supported",
        "supported_by",
        "own_name",
        "own_at",
        "own_shown",
        "own_days",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # where no event tells what went wrong, orders are asked about all the same: the page says what is lacking
        self.steps = usual_steps(self.known.present.names) or usual_steps(AN_ORDER)
        choices = [(name if place else "", STEP_NAMES[name]) for place, name in enumerate(self.steps)]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]
        names = [each.name for step in self.steps.values() for each in step.experiences]
        own = str(self.data.get("own_name", "")).strip()
        names += [own] if own and own not in names else []
        self.fields["supported"].choices = [  # type: ignore[attr-defined]
            ("", _("All of this step")),
            *((name, EXPERIENCE_NAMES.get(name, name)) for name in names),
        ]
        offered = self._offered()
        for name in ("own_at", "own_shown"):
            asked = str(self.data.get(name, ""))
            known = {text for group in offered for text, _words in group[1]}
            further = [(asked, asked)] if asked and asked not in known else []
            self.fields[name].choices = [("", "—"), *offered, *further]  # type: ignore[attr-defined]

    def _offered(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what an experience can be described by: the steps of maps, and events."""
        steps = [
            (text_of(each.rule), said(each.name, self.locale.language, *each.languages))
            for each in self.known.map_steps()
        ]
        events = [
            (quoted(name), in_words(name)) for name in self.known.present.names if visible(name) == name
        ]
        groups = [(gettext("Steps of maps"), steps), (gettext("Events"), events)]
        return [group for group in groups if group[1]]

    def clean(self) -> dict[str, object]:
        """Refuse evidence without a name, and an experience that is half described."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        if found.get("evidence") and not found.get("supported_by"):
            self.add_error("supported_by", _("Name the experiment or the release."))
        own = [found.get(name) for name in ("own_name", "own_at", "own_shown")]
        if any(own) and not all(own):
            self.add_error("own_name", _("An experience needs a name, a step and what shows it."))
        for name in ("own_at", "own_shown"):
            try:
                rule_of(str(found.get(name) or "page"))
            except Refusal as error:
                self.add_error(name, refusal_in_words(error, str(found[name])))
        return found

    @property
    def asked_step(self) -> StepExperienceQuestion:
        """The step with its experiences: one of the usual ones, or as it is described here."""
        found = self.cleaned_data
        if not found["own_name"]:
            return self.steps[found["step"] or next(iter(self.steps))]
        days = found["own_days"]
        experience = Experience(
            found["own_name"].strip(),
            rule_of(found["own_shown"]),
            timedelta(days=USUAL_WITHIN if days is None else int(days)),
        )
        return StepExperienceQuestion(rule_of(found["own_at"]), (experience,), known=(CHANNEL,))

    @property
    def support(self) -> Support | None:
        """What makes an effect of an experience."""
        found = self.cleaned_data
        if not found["evidence"]:
            return None
        return Support(found["evidence"], found["supported_by"].strip(), found["supported"])

    def question(self) -> ValueAtRiskQuestion:
        """Return the question."""
        found = self.cleaned_data
        step = self.asked_step
        return ValueAtRiskQuestion(
            replace(
                step,
                horizon=timedelta(days=int(found["horizon"] or USUAL_HORIZON)),
                currency=found["currency"] or None,
                margin_share=self.margin_share,
                window=self.scope.window,
            ),
            support=self.support,
            learner=cast("Learner", found["learner"] or "best"),
        )
