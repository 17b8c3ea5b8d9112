"""A number over time as a drawing: one line each, what it stands beside, and what is out of the ordinary."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safar.show.drawing import Ghost, Series, SeriesPoint, Tick, draw_series
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.lines import LineName
    from safar.observe.series import Line, Point, SeriesAnswer
    from safar.vocabulary.window import Window

#: Lines that are told apart.
MOST_DRAWN: Final = 8
_MOST_TICKS: Final = 8


@dataclass(frozen=True, slots=True)
class SeriesWords:
    """What a drawing says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    line
        What a line is called.
    stretch
        What a period is called.
    tick
        What it is called on the axis; as everywhere where None.
    before
        What the line is called that another one stands beside.
    number
        A value in the reader's words.
    axis
        A value on the axis; as everywhere where None.
    anomaly
        What is said of a value out of the ordinary.
    """

    line: Callable[[LineName], str]
    stretch: Callable[[Window], str]
    number: Callable[[float | None], str]
    title: str = "The number over time."
    before: Callable[[str], str] = "{} before".format
    anomaly: str = "Out of the ordinary"
    tick: Callable[[Window], str] | None = None
    axis: Callable[[float | None], str] | None = None


def series_drawing(
    answer: SeriesAnswer,
    locale: Locale,
    words: SeriesWords,
    *,
    href: Callable[[Line, Point], str | None] = lambda _line, _point: None,
    width: float = 760.0,
    height: float = 280.0,
    drawing_id: str = "series",
) -> str:
    """Return lines over time as an SVG element; time runs from left to right in every language.

    Parameters
    ----------
    answer
        The lines.
    locale
        Direction of the reader.
    words
        What the drawing says.
    href
        Where a point leads.
    width, height, drawing_id
        See `safar.show.drawing.series.draw_series`.

    Raises
    ------
    EmptyDrawing
        There are no periods.
    """
    lines = answer.lines[:MOST_DRAWN]
    first = lines[0].points if lines else ()
    tick, axis = words.tick or words.stretch, words.axis or words.number
    values = [point.value.value for line in lines for point in line.points if point.value is not None]
    ghosts = [
        Ghost(words.before(words.line(line.name)), tuple(_value(point.before) for point in line.points))
        for line in lines
        if len(lines) == 1 and any(point.before is not None for point in line.points)
    ]
    return draw_series(
        [
            Series(words.line(line.name), tuple(_point(line, point, words, href) for point in line.points))
            for line in lines
        ],
        labels=[words.stretch(point.window) for point in first],
        ticks=[Tick(float(place), tick(first[place].window)) for place in _spread(len(first))],
        value_ticks=[Tick(value, axis(value)) for value in round_values(values)],
        title=words.title,
        direction=locale.direction,
        ghosts=ghosts,
        width=width,
        height=height,
        drawing_id=drawing_id,
    )


def round_values(values: Sequence[float]) -> list[float]:
    """Return round values, from zero or below the smallest to at least the largest, for the ticks of an axis.

    >>> round_values([3.0, 17.0])
    [0.0, 5.0, 10.0, 15.0, 20.0]
    """
    low, high = min([0.0, *values]), max([0.0, *values])
    reach = high - low or 1.0
    power = 10.0 ** math.floor(math.log10(reach / 4))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if reach / (each * power) <= 4)
    start, end = math.floor(low / step), math.ceil((high or low + reach) / step)
    return [place * step for place in range(start, end + 1)]


def _spread(count: int) -> range:
    return range(0, count, max(1, -(-count // _MOST_TICKS)))


def _value(estimate: object) -> float | None:
    return None if estimate is None else float(estimate.value)  # type: ignore[attr-defined]


def _point(
    line: Line, point: Point, words: SeriesWords, href: Callable[[Line, Point], str | None]
) -> SeriesPoint:
    value = point.value
    return SeriesPoint(
        None if value is None else value.value,
        words.number(None if value is None else value.value),
        None if value is None else value.interval.low,
        None if value is None else value.interval.high,
        not point.is_whole,
        words.anomaly if point.is_anomaly else "",
        href=href(line, point),
    )
