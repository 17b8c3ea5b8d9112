"""The form of releases: what was released, when, for whom, and what it was to move."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import DateField
from safar.doors.web.events.words import happening
from safar.doors.web.journeys.fields import LONGEST_RULE
from safar.doors.web.journeys.forms import SEGMENT_RULES
from safar.doors.web.journeys.words import refusal_in_words
from safar.explain.experiments.release import ReleaseQuestion
from safar.explain.experiments.release_counts import ReleaseMetric
from safar.explain.step_experience import StepExperienceQuestion
from safar.explain.usual_experiences import usual_steps
from safar.observe.among import Did, Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.rule_text import rule_of
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import CONVERSATION_STARTED

from .experience_names import EXPERIENCE_NAMES
from .form import ValueForm
from .question_choices import questions_in_words

CONTACTS: Final = "contacts"
#: Beginnings of choices that go on with a name.
SCORE: Final = "score:"
EXPERIENCE: Final = "experience:"
EVENT: Final = "event:"
WHO_DID: Final = "did"
WHO_HAS: Final = "has"
IN_STEPS: Final = "steps"

#: Days of a period, and how many periods are looked at before and after.
_PERIODS: Final = {"": (7, 12, 12), "day": (1, 28, 28), "month": (30, 6, 6)}
_TEXT: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "auto"}


class ReleaseForm(ValueForm):
    """What was released, when, for whom, and what it was to move."""

    name = forms.CharField(
        label=_("What was released"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    at = DateField(label=_("First day with it"), required=False)
    metric = forms.ChoiceField(label=_("What it was to move"), required=False)
    got_it = forms.ChoiceField(
        label=_("Who got it"),
        required=False,
        choices=[
            ("", pgettext_lazy("who got it", "Everybody")),
            (WHO_DID, pgettext_lazy("who got it", "Customers who did something")),
            (WHO_HAS, pgettext_lazy("who got it", "Customers with a property")),
            (IN_STEPS, pgettext_lazy("who got it", "One customer after another")),
        ],
    )
    who = forms.CharField(
        label=_("Which customers"),
        required=False,
        max_length=LONGEST_RULE,
        widget=forms.TextInput({**_TEXT, "list": SEGMENT_RULES}),
        help_text=_(
            "A segment, or what they did, such as: did order_placed >= 2. Or a property of their events, such as: city"
            " = Tehran. Of one customer after another: the event that shows that a customer was reached."
        ),
    )
    counted = forms.ChoiceField(
        label=_("Counted"),
        required=False,
        choices=[
            ("", pgettext_lazy("counted", "Week by week")),
            ("day", pgettext_lazy("counted", "Day by day")),
            ("month", pgettext_lazy("counted", "By 30 days")),
        ],
    )
    of_scope = ("currency",)
    of_more = ("counted", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "until"):
            self.fields.pop(name, None)
        self.experiences: dict[str, StepExperienceQuestion] = {
            each.name: step
            for step in usual_steps(self.known.present.names).values()
            for each in step.experiences
        }
        names = list(self.known.present.names)
        asked = str(self.data.get("metric", ""))
        if asked.startswith(EVENT) and asked.removeprefix(EVENT) not in names:
            names.append(asked.removeprefix(EVENT))
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            ("", _("Revenue")),
            ("orders", _("Orders")),
            ("ordered", _("Customers who ordered")),
            (CONTACTS, _("Turning to support")),
            (_("Scores"), [(SCORE + key, words) for key, words in questions_in_words(self.known).items()]),
            (
                _("How often something went wrong"),
                [(EXPERIENCE + name, EXPERIENCE_NAMES.get(name, name)) for name in self.experiences],
            ),
            (_("Events"), [(EVENT + name, happening(name).words) for name in names]),
        ]

    def clean(self) -> dict[str, object]:
        """Refuse a group without saying which, and means of customers who are reached one after another."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        is_mean = str(found.get("metric", "")).startswith((SCORE, EXPERIENCE))
        if is_mean and found.get("got_it") == IN_STEPS:
            self.add_error("metric", _("One customer after another: choose revenue, orders or events."))
        if found.get("got_it") and not found.get("who"):
            self.add_error("who", _("Say which customers."))
        elif found.get("got_it"):
            try:
                self._whom()
            except Refusal as error:
                self.add_error("who", refusal_in_words(error, str(found["who"])))
        return found

    @property
    def cautions(self) -> tuple[str, ...]:
        """That no day was chosen."""
        if self.cleaned_data.get("at"):
            return ()
        return (
            gettext(
                "No day is chosen yet: the page looks at the latest time, as if a change had begun with it."
            ),
        )

    @property
    def asked_metric(self) -> ReleaseMetric:
        """What is counted."""
        asked = self.cleaned_data["metric"]
        if asked.startswith(SCORE):
            return ReleaseMetric("score", question_key=asked.removeprefix(SCORE))
        if asked == CONTACTS:
            return ReleaseMetric("events", StepRule(CONTACTS, tuple(sorted(CONVERSATION_STARTED))))
        if asked.startswith(EVENT):
            name = asked.removeprefix(EVENT)
            return ReleaseMetric("events", StepRule(name, (name,)))
        if asked.startswith(EXPERIENCE):
            name = asked.removeprefix(EXPERIENCE)
            return ReleaseMetric("experience", at=self.experiences[name], experience=name)
        return ReleaseMetric(asked or "revenue")

    def _whom(self) -> Segment | StepRule:
        """Return who got it, or what shows that somebody was reached.

        Raises
        ------
        Refusal
        """
        text = self.cleaned_data["who"].strip()
        if self.cleaned_data["got_it"] == WHO_DID:
            return segment_of(text)
        if self.cleaned_data["got_it"] == WHO_HAS:
            return Segment(text, (Did(rule_of(f"* [{text}]")),))
        return rule_of(text)

    def _of_whom_it_is_known(self) -> Segment | None:
        """Return those who have the property at all: of the others it is not known whether they got it."""
        if self.cleaned_data["got_it"] != WHO_HAS:
            return None
        rule = rule_of(f"* [{self.cleaned_data['who'].strip()}]")
        there = tuple(dict.fromkeys(Condition(each.of, Comparison.IS_THERE) for each in rule.where))
        return Segment(rule.name, (Did(StepRule(rule.name, (), (), there)),))

    def question(self) -> ReleaseQuestion:
        """Return the question."""
        found = self.cleaned_data
        whom = self._whom() if found["got_it"] else None
        days, before, after = _PERIODS[found["counted"]]
        return ReleaseQuestion(
            found["at"],
            self.asked_metric,
            whom if isinstance(whom, Segment) else None,
            whom if isinstance(whom, StepRule) else None,
            among=self._of_whom_it_is_known(),
            name=found["name"].strip(),
            period_days=days,
            before_periods=before,
            after_periods=after,
            currency=found["currency"] or None,
            time_zone=self.locale.time_zone,
        )
