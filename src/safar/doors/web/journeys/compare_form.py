"""The form of comparisons: which numbers, and of which two groups or stretches of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final

import numpy as np
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.error_sentences import sentence_of
from safar.observe.among import Segment
from safar.observe.comparables import Comparable
from safar.observe.compare import CompareQuestion, between_segments, between_windows, those_not_in
from safar.observe.flow import FlowQuestion
from safar.observe.funnel import FunnelQuestion
from safar.observe.goals import GoalsQuestion
from safar.observe.lines import Breakdown, By
from safar.observe.retention import RetentionQuestion
from safar.observe.searches import SearchesQuestion
from safar.observe.segment_text import segment_of
from safar.observe.series import SeriesQuestion
from safar.observe.sessions import USUAL_PAUSE, SessionsQuestion
from safar.observe.variants import VariantsQuestion
from safar.observe.web_pages import PagesBy, PagesQuestion
from safar.vocabulary.errors import Refusal
from safar.vocabulary.periods import Periodic
from safar.vocabulary.time_zone import day_starts, local_days
from safar.vocabulary.window import Window

from .fields import LONGEST_RULE, DurationField, StepsField
from .forms import QuestionForm

_TEXT: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "auto"}
_CALENDARS: Final = ("jalali", "hijri", "gregorian")
#: Rows of lists, and lines, that are looked at.
_MOST: Final = 50
_WEEKS: Final = 8
_GROUPS: Final = "groups"


class SegmentField(forms.CharField):
    """One group of customers by what they did, as text. The value is a `Segment`, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_RULE)
        kwargs.setdefault("widget", forms.TextInput(_TEXT))
        super().__init__(**kwargs)

    def clean(self, value: object) -> Any:
        """Return the segment."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return segment_of(text)
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error


class CompareForm(QuestionForm):
    """Which numbers of which two."""

    about = forms.ChoiceField(
        label=_("What is compared"),
        required=False,
        choices=[
            ("", pgettext_lazy("compare", "Which step follows which")),
            ("funnel", pgettext_lazy("compare", "Conversion from step to step")),
            ("variants", pgettext_lazy("compare", "Whole paths")),
            ("sessions", pgettext_lazy("compare", "How visits begin and end")),
            ("retention", pgettext_lazy("compare", "Who comes back, week by week")),
            ("events", pgettext_lazy("compare", "What happens")),
            ("channels", pgettext_lazy("compare", "Through which channels")),
            ("pages", pgettext_lazy("compare", "Pages")),
            ("sources", pgettext_lazy("compare", "Where visits come from")),
            ("searches", pgettext_lazy("compare", "Searches")),
            ("goals", pgettext_lazy("compare", "Goals, carts and checkouts")),
        ],
    )
    against = forms.ChoiceField(
        label=_("With what"),
        required=False,
        choices=[
            ("", pgettext_lazy("compare", "The same length of time before")),
            ("jalali", pgettext_lazy("compare", "A Jalali year before")),
            ("hijri", pgettext_lazy("compare", "A Hijri year before")),
            ("gregorian", pgettext_lazy("compare", "A Gregorian year before")),
            (_GROUPS, pgettext_lazy("compare", "Two groups of customers with each other")),
        ],
    )
    one = SegmentField(
        label=_("The one group"),
        required=False,
        help_text=_("What they did, such as Buyers: did order_placed. Only for two groups."),
    )
    other = SegmentField(
        label=_("The other group"), required=False, help_text=_("All others where nothing is written.")
    )
    step = StepsField(
        label=_("Steps"),
        help_text=_(
            "For conversion the steps in order; else only these steps. Every event where nothing is written."
        ),
    )
    within = DurationField(
        label=_("From first to last within"),
        required=False,
        initial="7d",
        help_text=_("Only for conversion: such as 30m, 7d or 2w."),
    )
    of_more: ClassVar = ("within", *QuestionForm.of_more)

    def clean(self) -> Any:
        """Ask for what is missing: the one group, the steps of a conversion."""
        found = super().clean()
        said = self.cleaned_data
        if said.get("against") == _GROUPS and "one" not in self.errors and said.get("one") is None:
            self.add_error("one", forms.ValidationError(_("Say what the one group did."), code="missing"))
        if (
            said.get("about") == "funnel"
            and "step" not in self.errors
            and len(said.get("step") or ()) < _STEPS
        ):
            self.add_error("step", forms.ValidationError(_("Give at least two steps."), code="missing"))
        return found

    def question(self) -> CompareQuestion:
        """Return the question."""
        found, window = self.cleaned_data, self.bounded_window
        question = _QUESTIONS[found["about"] or "flow"](self, window)
        if found["against"] == _GROUPS:
            one, other = found["one"], found["other"]
            return between_segments(question, one, _other(one, other))
        before = self._before(window)
        return between_windows(question, window, before, (self._days(window), self._days(before)))

    def _before(self, window: Window) -> Window:
        """Return the time that a window is compared with."""
        season = self.cleaned_data["against"]
        if not season:
            # Whole days of the reader's calendar: data that end at noon would have the earlier time begin at noon.
            first, last = local_days([window.start_us, window.end_us - 1], self.locale.time_zone)
            starts = day_starts([2 * int(first) - int(last) - 1, int(first)], self.locale.time_zone)
            return Window.from_us(int(starts[0]), int(starts[1]))
        days = Periodic("day", season, self.locale.week_starts, self.locale.time_zone)
        shown = days.touching(window)
        ends = days.same_season(shown.of(np.array([0, len(shown) - 1])), season)
        return Window.from_us(int(ends.starts[0]), int(ends.ends[1]))

    def _days(self, window: Window) -> str:
        """Return what readers call a stretch of time."""
        first, last = local_days([window.start_us, window.end_us - 1], self.locale.time_zone)
        return self.locale.range(int(first), int(last) + 1)

    def pause_of_visits(self) -> timedelta:
        """Return what ends a visit where the question is about visits whatever a path is."""
        return self.scope.pause or USUAL_PAUSE


_STEPS: Final = 2


def _other(one: Segment, other: Segment | None) -> Segment:
    return those_not_in(one, str(_("All others"))) if other is None else other


def _series(by: By) -> Callable[[CompareForm, Window], Comparable]:
    return lambda form, window: SeriesQuestion(
        window,
        periodic=Periodic("month", form.locale.calendar, form.locale.week_starts, form.locale.time_zone),
        breakdown=Breakdown(by, most=_MOST),
        among=form.scope.among,
    )


def _pages(by: PagesBy) -> Callable[[CompareForm, Window], Comparable]:
    return lambda form, window: PagesQuestion(
        by, window, pause=form.pause_of_visits(), among=form.scope.among
    )


#: Each question by its name in addresses.
_QUESTIONS: Final[Mapping[str, Callable[[CompareForm, Window], Comparable]]] = {
    "flow": lambda form, window: FlowQuestion(
        form.cleaned_data["step"], window, pause=form.scope.pause, among=form.scope.among
    ),
    "funnel": lambda form, window: FunnelQuestion(
        form.cleaned_data["step"],
        form.cleaned_data["within"] or timedelta(days=7),
        window=window,
        pause=form.scope.pause,
        among=form.scope.among,
    ),
    "variants": lambda form, window: VariantsQuestion(
        _MOST, form.cleaned_data["step"], window, pause=form.scope.pause, among=form.scope.among
    ),
    "sessions": lambda form, window: SessionsQuestion(
        form.pause_of_visits(), form.cleaned_data["step"], window, among=form.scope.among
    ),
    "retention": lambda form, window: RetentionQuestion(
        window,
        "week",
        most=_WEEKS,
        calendar=form.locale.calendar,
        week_starts=form.locale.week_starts,
        time_zone=form.locale.time_zone,
        among=form.scope.among,
    ),
    "events": _series(By.EVENT),
    "channels": _series(By.CHANNEL),
    "pages": _pages(PagesBy.PAGE),
    "sources": _pages(PagesBy.REFERRER),
    "searches": lambda form, window: SearchesQuestion(
        window, pause=form.pause_of_visits(), among=form.scope.among
    ),
    "goals": lambda form, window: GoalsQuestion(
        window=window, pause=form.pause_of_visits(), among=form.scope.among
    ),
}
