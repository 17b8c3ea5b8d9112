"""Drawings of a score: its distribution, its way over time, its groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.drawings import Drawing, twice
from safar.doors.web.design.words import filled
from safar.listen.breakdown import GroupScore
from safar.listen.distribution import Bin, Distribution
from safar.listen.nps import DETRACTORS, PROMOTERS
from safar.listen.scoring import Scoring
from safar.listen.trend import TrendPoint
from safar.show.drawing import Bar, Ghost, Series, SeriesPoint, Tick, draw_bars, draw_series
from safar.show.drawing.bars import Tone
from safar.show.journeys.series import round_values
from safar.vocabulary.window import Window

from .words import ScoreWords

_WIDE: Final = 940.0
_NARROW: Final = 340.0
_MOST_TICKS: Final = 8


def bin_name(one: Bin, words: ScoreWords) -> str:
    """Return what a bin of answers is called: its point, or both its ends."""
    if one.low == one.high:
        return words.point(one.low)
    return filled(_("%(low)s to %(high)s"), low=words.point(one.low), high=words.point(one.high))


def distribution_drawing(found: Distribution, words: ScoreWords, href: Callable[[Bin], str]) -> Drawing:
    """Draw how many chose each point, with the interval of each share."""
    bars = [
        Bar(
            bin_name(one, words),
            one.share.value,
            f"{words.locale.percent(one.share.value, decimals=1)} ({words.locale.number(one.count)})",
            one.share.interval.low,
            one.share.interval.high,
            tone=_tone(one, words.scoring),
            href=href(one) if one.count else None,
        )
        for one in found.bins
    ]
    title = _("How many chose each answer; the table below has the same numbers.")

    def draw(width: float, drawing_id: str) -> str:
        return draw_bars(
            bars, title=title, direction=words.locale.direction, width=width, drawing_id=drawing_id
        )

    return twice(draw, "distribution", wide=_WIDE, narrow=_NARROW)


def _tone(one: Bin, scoring: Scoring) -> Tone:
    """Return how a bar looks: what counts as one, what does not, what stands between."""
    if scoring.unit == "points":
        return "plain" if one.low in PROMOTERS else "other" if one.low in DETRACTORS else "soft"
    if scoring.unit == "share":
        return "plain" if one.low >= scoring.tops else "soft"
    return "plain"


def trend_drawing(
    points: tuple[TrendPoint, ...],
    words: ScoreWords,
    said: Callable[[Window], str],
    *,
    tick: Callable[[Window], str],
    before_name: str,
    href: Callable[[TrendPoint], str],
) -> Drawing:
    """Draw the score of each period with its interval, and what it stands beside."""

    def point(one: TrendPoint) -> SeriesPoint:
        found = None if one.score is None else one.score.estimate
        if found is None:
            return SeriesPoint(None, _("no answers"), is_partial=not one.is_whole)
        text = f"{words.value(found.value)} ({words.interval(found)})"
        return SeriesPoint(
            found.value,
            text,
            found.interval.low,
            found.interval.high,
            not one.is_whole,
            href=href(one) or None,
        )

    values = [each.score.estimate.value for each in points if each.score and each.score.estimate]
    befores = tuple(
        each.before.estimate.value if each.before and each.before.estimate else None for each in points
    )
    step = max(1, -(-len(points) // _MOST_TICKS))
    ghosts = (
        [Ghost(before_name, befores)] if before_name and any(each is not None for each in befores) else []
    )
    title = _("The score over time; the table below has the same numbers.")

    def draw(width: float, drawing_id: str) -> str:
        return draw_series(
            [Series(_("Score"), tuple(map(point, points)))],
            labels=[said(each.window) for each in points],
            ticks=[Tick(float(place), tick(points[place].window)) for place in range(0, len(points), step)],
            value_ticks=[Tick(value, words.axis(value)) for value in round_values(values)],
            title=title,
            direction=words.locale.direction,
            ghosts=ghosts,
            width=width,
            height=300.0 if width > _NARROW else 240.0,
            drawing_id=drawing_id,
        )

    return twice(draw, "trend", wide=_WIDE, narrow=_NARROW)


def groups_drawing(
    groups: tuple[GroupScore, ...], words: ScoreWords, name: Callable[[str], str]
) -> Drawing | None:
    """Draw the score of each group with its interval; None where no group has one."""
    bars = [
        Bar(
            _("Others") if one.is_rest else name(one.name),
            one.score.estimate.value,
            words.value(one.score.estimate.value),
            one.score.estimate.interval.low,
            one.score.estimate.interval.high,
            tone="plain" if one.gap is not None and one.gap.is_clear else "soft",
        )
        for one in groups
        if one.score.estimate is not None
    ]
    if not bars:
        return None
    reach = words.scoring.reach if words.scoring.unit != "mean" else None

    def draw(width: float, drawing_id: str) -> str:
        return draw_bars(
            bars,
            title=_("The score of each group; the table below has the same numbers."),
            direction=words.locale.direction,
            reach=reach,
            width=width,
            drawing_id=drawing_id,
        )

    return twice(draw, "groups", wide=_WIDE, narrow=_NARROW)
