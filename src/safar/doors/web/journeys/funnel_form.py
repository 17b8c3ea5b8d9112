"""The form of a funnel: steps to build, the time for them, what voids and what groups them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import happening, visible
from safar.observe.among import Segment
from safar.observe.funnel import FunnelBreakdown, FunnelOrder, FunnelQuestion
from safar.observe.labels import CHANNEL
from safar.observe.rule_text import text_of
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.vocabulary.civil import Period
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import CART_ADDED, CHECKOUT_STARTED, ORDER_PLACED, PRODUCT_VIEWED, VISITED

from .fields import DurationField, StepsField
from .forms import QuestionForm

_USUAL_WITHIN: Final = "7d"
#: What a shop's funnel begins as where its events are known.
_USUAL_STEPS: Final = (VISITED, PRODUCT_VIEWED, CART_ADDED, CHECKOUT_STARTED, ORDER_PLACED)
_PERIODS: Final[dict[str, Any]] = {
    "day": pgettext_lazy("funnel by", "The day it begins"),
    "week": pgettext_lazy("funnel by", "The week it begins"),
    "month": pgettext_lazy("funnel by", "The month it begins"),
    "quarter": pgettext_lazy("funnel by", "The quarter it begins"),
}
_CHANNEL: Final = "channel"
#: In addresses before the name of a property.
_OF: Final = "of:"


class SegmentsField(StepsField):
    """Groups of customers by what they did, each a segment as text. The value is a tuple of `Segment`."""

    def clean(self, value: Any) -> tuple[Segment, ...]:  # type: ignore[override] # other things in a list
        """Return the segments."""
        texts = list(value or ())
        if len(texts) > self.most:
            raise forms.ValidationError(
                _("Give at most %(most)s groups."), code="number", params={"most": self.most}
            )
        return tuple(_segment(text) for text in texts)


class FunnelForm(QuestionForm):
    """Steps, and how they must be done."""

    step = StepsField(
        label=_("Steps, in order"),
        least=2,
        required=False,
        help_text=_("Names of events. Pay: order_placed [channel = web] is a step called Pay."),
    )
    within = DurationField(
        label=_("From first to last within"),
        required=False,
        initial=_USUAL_WITHIN,
        help_text=_("Such as 30m, 7d or 2w."),
    )
    order = forms.ChoiceField(
        label=_("The steps are done"),
        required=False,
        choices=[
            ("", _("In this order, with anything in between")),
            ("strict", _("One right after the other")),
            ("unordered", _("In any order")),
        ],
    )
    by = forms.ChoiceField(label=_("Told apart by"), required=False)
    first = forms.BooleanField(label=_("Only from the first time the first step is done"), required=False)
    unless = StepsField(
        label=_("Begun anew after"),
        most=5,
        help_text=_("Whoever does one of these between the steps must begin anew."),
    )
    hold = forms.CharField(
        label=_("Steps share their"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            {"autocomplete": "off", "dir": "auto", "spellcheck": "false", "list": "property-plain-names"}
        ),
        help_text=_("A property whose value must be the same in all steps, such as cart_id."),
    )
    group = SegmentsField(
        label=_("Compare customers who"),
        most=20,
        help_text=_(
            "Loyal: did order_placed >= 2 is a group called Loyal. Of two groups the difference is told."
        ),
    )
    of_more = ("first", "unless", "hold", "group", *QuestionForm.of_more)
    of_scope = QuestionForm.of_scope

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_suggested = not self.data.getlist("step")  # type: ignore[attr-defined] # a QueryDict
        if self.is_suggested:
            self.data.setlist("step", self._suggested())  # type: ignore[attr-defined]
        asked = str(self.data.get("by", ""))
        known = [name for name in self.known.present.properties if visible(name) == name]
        if asked.startswith(_OF) and asked.removeprefix(_OF) not in known:
            known.append(asked.removeprefix(_OF))
        self.fields["by"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("funnel by", "Nothing: all together")),
            *_PERIODS.items(),
            (_CHANNEL, pgettext_lazy("line by", "Channel")),
            (str(_("A property of the first step")), [(f"{_OF}{name}", name) for name in known]),
        ]

    def _suggested(self) -> list[str]:
        """Return the steps to begin with: what the log has of a shop's way to an order."""
        names = set(self.known.present.names)
        found = [tuple(sorted(names & step)) for step in _USUAL_STEPS if names & step]
        return [
            each[0] if len(each) == 1 else text_of(StepRule(str(happening(each[0]).words), each))
            for each in found
        ]

    def question(self) -> FunnelQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        return FunnelQuestion(
            found["step"],
            found["within"] or timedelta(days=7),
            window=scope.window,
            order=FunnelOrder(found["order"] or "ordered"),
            first_only=found["first"],
            exclusions=found["unless"],
            pause=scope.pause,
            hold=found["hold"].strip() or None,
            by=self._breakdown(),
            among=scope.among,
        )

    def _breakdown(self) -> FunnelBreakdown | None:
        by, groups = self.cleaned_data["by"], self.cleaned_data["group"]
        if groups:
            return FunnelBreakdown(segments=groups)
        if not by:
            return None
        if by == _CHANNEL or by.startswith(_OF):
            return FunnelBreakdown(of=CHANNEL if by == _CHANNEL else by.removeprefix(_OF))
        return FunnelBreakdown(
            period=cast("Period", by),
            calendar=self.locale.calendar,
            week_starts=self.locale.week_starts,
            time_zone=self.locale.time_zone,
        )


def _segment(text: str) -> Segment:
    try:
        return segment_of(text)
    except Refusal as error:
        message = _("%(text)s: %(why)s") % {"text": text, "why": sentence_of(error.code)}
        raise forms.ValidationError(message, code=error.code) from error
