"""The form of a change explained: of which score, between which times or segments, grouped by what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.journeys.forms import SEGMENT_RULES, Scope
from safar.explain.change_rows import ChangeExplainedQuestion, Side
from safar.explain.usual_experiences import usual_steps
from safar.listen.groups import By
from safar.observe.among import EVERYBODY, Among
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window, to_microseconds

from .form import ValueForm
from .question_choices import offer_questions, question_field

USUAL_DAYS: Final = "90"
_DAY_US: Final = 86_400_000_000
_RULE: Final = forms.TextInput(
    {
        "dir": "auto",
        "autocomplete": "off",
        "placeholder": "did order_placed >= 2; did not order_returned",
        "list": SEGMENT_RULES,
    }
)


class ChangeExplainedForm(ValueForm):
    """Two times of one length, one after the other; or two segments in the same time."""

    question_key = question_field(_("Score of the question"))
    span = forms.ChoiceField(
        label=_("Compared"),
        required=False,
        choices=[
            ("30", _("The last 30 days with the 30 before")),
            ("", _("The last 90 days with the 90 before")),
            ("182", _("The last half year with the one before")),
            ("365", _("The last year with the one before")),
        ],
    )
    by = forms.ChoiceField(
        label=_("Those who answered are grouped by"),
        required=False,
        choices=[
            ("", pgettext_lazy("side of answers", "Channel")),
            ("step", pgettext_lazy("side of answers", "Step")),
            ("survey", pgettext_lazy("side of answers", "Survey")),
            ("language", pgettext_lazy("side of answers", "Language")),
        ],
    )
    before = forms.ChoiceField(
        label=_("What they lived through counts"),
        required=False,
        choices=[
            ("7", _("7 days before the answer")),
            ("", _("30 days before the answer")),
            ("90", _("90 days before the answer")),
        ],
    )
    group = forms.CharField(
        label=_("Only customers who"),
        required=False,
        max_length=2_000,
        widget=_RULE,
        help_text=_("A segment, or what they did, such as: did order_placed >= 2; did not order_returned"),
    )
    beside = forms.CharField(
        label=_("Compared with customers who"),
        required=False,
        max_length=2_000,
        widget=_RULE,
        help_text=_("Where something is written, two groups are compared in the last of the two times."),
    )
    of_more = ("before", "group", "beside", "until")
    of_scope = ("until",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "currency"):
            del self.fields[name]
        offer_questions(self, "question_key", _("The one with most answers"))

    def clean_group(self) -> Among:
        """Read who is meant."""
        return self._among("group")

    def clean_beside(self) -> Among:
        """Read with whom they are compared."""
        return self._among("beside")

    def _among(self, name: str) -> Among:
        text = self.cleaned_data[name]
        if not text:
            return EVERYBODY
        try:
            return Among(segment=segment_of(text))
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error

    def clean(self) -> dict[str, object]:
        """Refuse two groups that are the same."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        if found.get("beside") not in {None, EVERYBODY} and found.get("beside") == found.get("group"):
            self.add_error("beside", _("Both groups are the same."))
        return found

    @property
    def are_groups(self) -> bool:
        """Whether two groups are compared, not two times."""
        return bool(self.cleaned_data["beside"] != EVERYBODY)

    @property
    def touchpoints(self) -> tuple[StepRule, ...]:
        """What may have gone wrong, as far as the log tells it."""
        steps = usual_steps(self.known.present.names)
        return tuple(each.shown_by for step in steps.values() for each in step.experiences)

    @property
    def windows(self) -> tuple[Window, Window]:
        """The last time and the one before it."""
        asked = self._window()
        end = 1 if self.known.last_at is None else to_microseconds(self.known.last_at) + 1
        if asked is not None:
            end = min(asked.end_us, end)
        length = int(self.cleaned_data["span"] or USUAL_DAYS) * _DAY_US
        return Window.from_us(end - length, end), Window.from_us(end - 2 * length, end - length)

    @property
    def scope(self) -> Scope:
        """Both times, or the one in which groups are compared."""
        now, before = self.windows
        return Scope(now if self.are_groups else Window.from_us(before.start_us, now.end_us), EVERYBODY, None)

    def question(self) -> ChangeExplainedQuestion:
        """Return the question."""
        found = self.cleaned_data
        now, before = self.windows
        sides = Side(now, found["group"]), Side(before, found["group"])
        if self.are_groups:
            sides = Side(now, found["group"]), Side(now, found["beside"])
        return ChangeExplainedQuestion(
            *sides,
            found["question_key"].strip(),
            self.touchpoints,
            By(found["by"] or "channel"),
            timedelta(days=int(found["before"] or 30)),
        )
