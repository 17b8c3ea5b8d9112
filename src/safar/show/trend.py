"""A trend: one number over equal stretches of time, small enough to stand inside a card.

The drawing is plain SVG: presentation attributes for notebooks and reports, classes for pages that bring
their own colours (`trend`, `trend-bar`, `trend-band`, `trend-line`, `trend-dot`, `trend-zero`,
`is-partial`). No script, no style, no text inside: the words stand beside it, and a table with the same
numbers goes with it. Time runs from left to right in every language.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from safar.vocabulary.errors import Refusal

WIDTH: Final = 320.0
HEIGHT: Final = 64.0
_MARGIN: Final = 5.0
_TEAL: Final = "#0b7a75"
_GREY: Final = "#c9c5bb"
#: Above this many points single dots would be a smear.
_MOST_DOTS: Final = 45
_ROUND: Final = (1, 2, 3, 4, 5, 6, 8, 10)


class EmptyTrend(Refusal, ValueError):
    """A trend of no stretch of time."""

    code = "trend.empty"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One stretch of time.

    Attributes
    ----------
    label
        Which, in the reader's words: shown when a pointer rests on it.
    value
        The number; None where there is none (nobody answered), which leaves a gap.
    text
        The number in the reader's words, with its interval where it has one.
    low, high
        Ends of the interval; None for a count, or where the band is not to be drawn.
    is_partial
        The stretch is not over yet (or began before the window): drawn lighter.
    """

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    is_partial: bool = False


def trend(
    points: Sequence[TrendPoint],
    *,
    title: str,
    kind: Literal["bars", "line"] = "line",
    trend_id: str = "trend",
    reach: tuple[float, float] | None = None,
) -> str:
    """Draw the points as an SVG element.

    Parameters
    ----------
    points
        Oldest first, equal stretches of time.
    title
        What is drawn, for those who do not see it: a whole sentence.
    kind
        ``bars`` for counts and sums, from zero up; ``line`` for rates and scores, with a band for the
        interval.
    trend_id
        Unique on the page; ties title and drawing.
    reach
        The values at the foot and at the head of the drawing, as `trend_reach` gives them; None lets a line reach a
        little beyond its own values, and bars from zero to the largest.

    Returns
    -------
    str
        One ``<svg>`` element, 320 by 64 units, text escaped.

    Raises
    ------
    EmptyTrend
        There are no points.

    Notes
    -----
    A band of a stretch with few answers may cover every possible value. So that it does not flatten the
    line, the drawing reaches at most 60 % of the line's own range (at least a twentieth of its largest
    value) beyond it; the band is cut there. The table twin has the whole interval.

    Examples
    --------
    >>> drawing = trend([TrendPoint("Mon", 3.0, "3"), TrendPoint("Tue", 4.0, "4")], title="Orders",
    ...                 kind="bars")
    >>> drawing.count("<rect class=\\"trend-bar\\"")
    2
    """
    if not points:
        raise EmptyTrend("A trend needs at least one stretch of time.", hint="Choose a longer window.")
    plot = _Plot(points, reach or trend_reach(points, kind=kind))
    parts = [
        (
            f'<svg class="trend" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" direction="ltr"'
            f' aria-labelledby="{escape(trend_id)}" xmlns="http://www.w3.org/2000/svg">'
        ),
        f'<title id="{escape(trend_id)}">{escape(title)}</title>',
        *(_bars(plot) if kind == "bars" else _line(plot)),
        *_pointers(plot),
        "</svg>",
    ]
    return "".join(parts)


def trend_reach(
    points: Sequence[TrendPoint],
    *,
    kind: Literal["bars", "line"] = "line",
    limits: tuple[float, float | None] | None = None,
) -> tuple[float, float]:
    """Return the values at the foot and at the head of a drawing: what its axis is to say.

    Parameters
    ----------
    points
        What is drawn.
    kind
        As for `trend`; bars always start from zero.
    limits
        Of a line: the ends of its scale, such as (-100, 100) for NPS. A high end of None is the next round number
        above the values: a rate of 6 % is not lost on a scale up to 100 %.

    Returns
    -------
    tuple of float
        Low below high, in the unit of the values.

    Examples
    --------
    >>> trend_reach([TrendPoint("Mon", 0.066, "6.6%")], limits=(0.0, None))
    (0.0, 0.08)
    """
    values = [point.value for point in points if point.value is not None]
    if kind == "bars":
        low, high = min([0.0, *values]), max([0.0, *values])
    elif limits is None:
        low, high = _reach(points, values)
    else:
        low = limits[0]
        high = _round_above(max(values, default=0.0)) if limits[1] is None else limits[1]
    return low, high if high > low else low + 1.0


def _round_above(value: float) -> float:
    """Return the next of 1, 2, 3, 4, 5, 6, 8, 10 times a power of ten; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = math.floor(math.log10(value))
    for digit in _ROUND:
        found = float(f"{digit}e{power}")
        if found >= value:
            return found
    return float(f"1e{power + 1}")


class _Plot:
    """Where values and stretches lie on the drawing."""

    def __init__(self, points: Sequence[TrendPoint], reach: tuple[float, float]) -> None:
        self.points = points
        self.step = (WIDTH - 2 * _MARGIN) / len(points)
        self.low, self.high = reach

    def x(self, place: int) -> float:
        """Return the middle of a stretch."""
        return _MARGIN + (place + 0.5) * self.step

    def y(self, value: float) -> float:
        """Return the height of a value, cut to the drawing."""
        inside = min(max(value, self.low), self.high)
        return HEIGHT - _MARGIN - (inside - self.low) / (self.high - self.low) * (HEIGHT - 2 * _MARGIN)

    def runs(self) -> Iterator[list[tuple[int, TrendPoint, float]]]:
        """Yield stretches that follow one another without a gap, with their values."""
        run: list[tuple[int, TrendPoint, float]] = []
        for place, point in enumerate(self.points):
            if point.value is not None:
                run.append((place, point, point.value))
            elif run:
                yield run
                run = []
        if run:
            yield run


def _reach(points: Sequence[TrendPoint], values: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and highest value that the drawing shows."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = max((high - low) * 0.6, 0.05 * max(abs(low), abs(high)))
    lows = [point.low for point in points if point.low is not None]
    highs = [point.high for point in points if point.high is not None]
    return max(min([low, *lows]), low - room), min(max([high, *highs]), high + room)


def _bars(plot: _Plot) -> Iterator[str]:
    zero = plot.y(0.0)
    width = max(plot.step * 0.72, min(plot.step, 1.0))
    for run in plot.runs():
        for place, point, value in run:
            top, bottom = sorted((plot.y(value), zero))
            height = max(bottom - top, 0.75 if value else 0.0)
            yield (
                f'<rect class="trend-bar{_partial(point)}" x="{plot.x(place) - width / 2:.2f}"'
                f' y="{bottom - height:.2f}" width="{width:.2f}" height="{height:.2f}" rx="1"'
                f' fill="{_TEAL}"/>'
            )
    yield _rule(zero)


def _line(plot: _Plot) -> Iterator[str]:
    if plot.low < 0 < plot.high:
        yield _rule(plot.y(0.0))
    for run in plot.runs():
        yield from _band(plot, run)
    for run in plot.runs():
        whole = run[:-1] if len(run) > 1 and run[-1][1].is_partial else run
        yield _track(plot, whole, "trend-line")
        if whole is not run:  # where a stretch that is not over yet stands may still move
            yield _track(plot, run[-2:], "trend-line is-partial")
    for run in plot.runs():
        for place, point, value in run:
            is_last = place == len(plot.points) - 1
            if is_last or len(run) == 1 or len(plot.points) <= _MOST_DOTS:
                radius = 3.2 if is_last else 1.9
                yield (
                    f'<circle class="trend-dot{_partial(point)}" cx="{plot.x(place):.2f}"'
                    f' cy="{plot.y(value):.2f}" r="{radius}" fill="{_TEAL}"/>'
                )


def _track(plot: _Plot, run: Sequence[tuple[int, TrendPoint, float]], classes: str) -> str:
    track = " ".join(f"{plot.x(place):.2f},{plot.y(value):.2f}" for place, _, value in run)
    return (
        f'<polyline class="{classes}" points="{track}" fill="none" stroke="{_TEAL}" stroke-width="2"'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _band(plot: _Plot, run: Sequence[tuple[int, TrendPoint, float]]) -> Iterator[str]:
    """Draw the intervals of a run, where they are given; a lonely stretch gets a bar of its own width."""
    part: list[tuple[float, float, float]] = []
    for place, point, _ in run:
        if point.low is not None and point.high is not None:
            part.append((plot.x(place), point.low, point.high))
        elif part:
            yield _band_part(plot, part)
            part = []
    if part:
        yield _band_part(plot, part)


def _band_part(plot: _Plot, known: Sequence[tuple[float, float, float]]) -> str:
    if len(known) == 1:
        x, low, high = known[0]
        half = min(plot.step / 2, 4.0)
        known = [(x - half, low, high), (x + half, low, high)]
    upper = [f"{x:.2f},{plot.y(high):.2f}" for x, _, high in known]
    lower = [f"{x:.2f},{plot.y(low):.2f}" for x, low, _ in reversed(known)]
    corners = " ".join(upper + lower)
    return f'<polygon class="trend-band" points="{corners}" fill="{_TEAL}" fill-opacity="0.14"/>'


def _pointers(plot: _Plot) -> Iterator[str]:
    """Lay an invisible field over each stretch: resting on it shows its words."""
    for place, point in enumerate(plot.points):
        words = f"{escape(point.label)}: {escape(point.text)}"
        yield (
            f'<rect class="trend-field" x="{_MARGIN + place * plot.step:.2f}" y="0" width="{plot.step:.2f}"'
            f' height="{HEIGHT:g}" fill="transparent"><title>{words}</title></rect>'
        )


def _rule(y: float) -> str:
    return (
        f'<line class="trend-zero" x1="{_MARGIN:g}" x2="{WIDTH - _MARGIN:g}" y1="{y:.2f}" y2="{y:.2f}"'
        f' stroke="{_GREY}" stroke-width="1"/>'
    )


def _partial(point: TrendPoint) -> str:
    return " is-partial" if point.is_partial else ""
