"""Scores in the reader's words: what a metric, a value, a difference and a verdict are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.table import Tone
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.doors.web.surveys.queries import AskedNames
from safar.listen.answer_rows import CHANNEL, LANGUAGE, STEP, VERSION, WAVE, Kind
from safar.listen.gaps import Gap
from safar.listen.groups import By
from safar.listen.scoring import Scoring
from safar.listen.surveys import SURVEY
from safar.show.locale import Locale
from safar.vocabulary.civil import Period
from safar.vocabulary.interval import FEWEST_FOR_VERDICT, Estimate
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window

METRICS: Final[dict[str, Promise | str]] = {
    "nps": pgettext_lazy("metric", "Recommendation (NPS)"),
    "csat": pgettext_lazy("metric", "Satisfaction (CSAT)"),
    "ces": pgettext_lazy("metric", "Ease (CES)"),
    "rating": pgettext_lazy("metric", "Rating"),
    "goal": pgettext_lazy("metric", "Goal completion"),
    "findability": pgettext_lazy("metric", "Findability"),
    "number": pgettext_lazy("metric", "Number"),
    "rank": pgettext_lazy("metric", "Rank"),
    "sum": pgettext_lazy("metric", "Part of a sum"),
}
SIDE_NAMES: Final[dict[str, Promise | str]] = {
    CHANNEL: pgettext_lazy("side of answers", "Channel"),
    LANGUAGE: pgettext_lazy("side of answers", "Language"),
    SURVEY: pgettext_lazy("side of answers", "Survey"),
    VERSION: pgettext_lazy("side of answers", "Version of the survey"),
    STEP: pgettext_lazy("side of answers", "Step"),
    WAVE: pgettext_lazy("side of answers", "Wave"),
    "segment": pgettext_lazy("side of answers", "Segment"),
}
MARKS: Final[dict[str, Promise | str]] = {
    "speeder": pgettext_lazy("quality mark", "answered too fast"),
    "straight_liner": pgettext_lazy("quality mark", "the same answer in every row"),
    "duplicate": pgettext_lazy("quality mark", "answered twice"),
}
_LANGUAGES: Final[dict[str, Promise | str]] = {
    "fa": pgettext_lazy("language", "Persian"),
    "ar": pgettext_lazy("language", "Arabic"),
    "en": pgettext_lazy("language", "English"),
}
_LONGEST: Final = 60
#: A mean from here on is said without decimals.
_WHOLE_FROM: Final = 1000
#: Where nobody needs the names of surveys.
_NO_NAMES: Final = AskedNames({}, {})
_RLM: Final = "\u200f"


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """What a score of one metric on one scale is called.

    Attributes
    ----------
    locale, scoring
        Whose words, of what.
    names
        What surveys and questions are called.
    unit
        What is counted, in the reader's words, such as rials; empty where the metric says it.
    """

    locale: Locale
    scoring: Scoring
    names: AskedNames = _NO_NAMES
    unit: str = ""

    def group(self, by: By, name: str) -> str:
        """Return what a group is called."""
        return group_name(by, name, self.names)

    def value(self, value: float | None) -> str:
        """Return a score."""
        return self.locale.number(None) if value is None else self._with_unit(self._bare(value))

    def _bare(self, value: float) -> str:
        if self.scoring.unit == "share":
            return self.locale.percent(value, decimals=1)
        return self.locale.number(value, decimals=self._decimals(value))

    def _with_unit(self, said: str) -> str:
        # its letters, not those of an isolate, decide the direction in which both are read
        return f"{said} {visible(self.unit)}" if self.unit else said

    def axis(self, value: float) -> str:
        """Return a score on an axis."""
        if self.scoring.unit == "share":
            return self.locale.percent(value)
        return self.locale.compact(value) if abs(value) >= 1 else self.locale.number(value)

    def interval(self, estimate: Estimate | None) -> str:
        """Return how sure a score is."""
        if estimate is None:
            return ""
        return self.between(estimate.interval.low, estimate.interval.high)

    def between(self, low: float, high: float) -> str:
        """Return two scores with the word between them."""
        said = filled(_("%(low)s to %(high)s"), low=self._bare(low), high=self._bare(high))
        return self._with_unit(said)

    def difference(self, difference: float) -> str:
        """Return a difference with its sign; of shares in percentage points."""
        if self.scoring.unit == "share":
            # a mark of the number must not turn number and unit around where the first letter decides (<bdi>)
            mark = "" if self.locale.direction == "ltr" else _RLM
            return mark + filled(_("%(points)s pp"), points=self.locale.points(difference))
        return self.locale.signed(difference, decimals=self._decimals(difference))

    def size(self, difference: float) -> str:
        """Return the size of a difference, without a sign and with its unit."""
        if self.scoring.unit == "share":
            points = self.locale.number(abs(difference) * 100, decimals=1)
            return filled(_("%(points)s percentage points"), points=points)
        if self.scoring.unit == "points":
            return filled(
                pgettext("NPS", "%(points)s points"), points=self.locale.number(abs(difference), decimals=1)
            )
        return self._with_unit(self.locale.number(abs(difference), decimals=self._decimals(difference)))

    def difference_interval(self, change: Estimate) -> str:
        """Return how sure a difference is."""
        return filled(
            _("%(low)s to %(high)s"),
            low=self.difference(change.interval.low),
            high=self.difference(change.interval.high),
        )

    def _decimals(self, value: float) -> int:
        """Return how many decimals tell something: of sums in the thousands none."""
        if self.scoring.unit == "points":
            return 1
        return 2 if abs(value) < _WHOLE_FROM else 0

    def tone(self, gap: Gap | None) -> Tone:
        """Return whether a difference is for the better, as a tone; none where it may be chance."""
        if gap is None or not gap.is_clear:
            return ""
        return "good" if (gap.change.value > 0) == self.scoring.is_higher_better else "bad"

    def p_value(self, p_value: float) -> str:
        """Return a p-value; below a thousandth only that."""
        if p_value < 0.001:
            return filled("< %(p)s", p=self.locale.number(0.001, decimals=3))
        return self.locale.number(p_value, decimals=3)

    def point(self, value: float) -> str:
        """Return a value that was answered."""
        return self.locale.number(value)


def verdict(gap: Gap | None) -> str:
    """Return in two or three words whether a difference may be chance."""
    if gap is None:
        return ""
    if gap.change.n < FEWEST_FOR_VERDICT:
        return _("too few answers to say")
    return _("more than chance") if gap.is_clear else _("may be chance")


def metric_name(metric: str) -> str:
    """Return what a metric is called."""
    return str(METRICS.get(metric, metric))


def kind_name(kind: Kind, locale: Locale) -> str:
    """Return what a metric on its scale is called."""
    if kind.scale is None:
        return metric_name(kind.metric)
    sentence = (
        _("%(metric)s, on a scale from %(low)s to %(high)s")
        if kind.scale.direction == "higher_is_better"
        else _("%(metric)s, on a scale from %(low)s to %(high)s where low is good")
    )
    return filled(
        sentence,
        metric=metric_name(kind.metric),
        low=locale.number(kind.scale.lowest),
        high=locale.number(kind.scale.highest),
    )


def by_name(by: By, names: AskedNames = _NO_NAMES) -> str:
    """Return what a grouping is called."""
    if by.kind == "question":
        asked = cut(visible(names.question(by.key)), _LONGEST)
        return filled(_("What was chosen at “%(key)s”"), key=asked)
    return str(SIDE_NAMES[by.kind])


def group_name(by: By, name: str, names: AskedNames = _NO_NAMES) -> str:
    """Return what a group is called; of segments their own names are given."""
    if not name:
        return {
            "segment": pgettext("group of answers", "in none of the segments"),
            "question": pgettext("group of answers", "chose nothing there"),
        }.get(by.kind, pgettext("group of answers", "not said"))
    if by.kind == CHANNEL:
        return channel_in_words(name)
    if by.kind == LANGUAGE:
        return str(_LANGUAGES.get(name, name))
    if by.kind == SURVEY:
        return cut(visible(names.survey(name)), _LONGEST)
    return cut(visible(name), _LONGEST)


def mark_name(mark: str) -> str:
    """Return what a quality mark is called."""
    return str(MARKS.get(mark, visible(mark)))


def answers_in_words(count: int, locale: Locale) -> str:
    """Return how many answers, as a phrase."""
    return filled(ngettext("%(count)s answer", "%(count)s answers", count), count=locale.number(count))


def stretches(locale: Locale, period: Period, *, short: bool = False) -> Callable[[Window], str]:
    """Return what says a period in the reader's calendar; without its year where it is short."""

    def said(window: Window) -> str:
        day = int(local_days([window.start_us], locale.time_zone)[0])
        return locale.period(day, period, short=short)

    return said
