"""Named points between two scales: what matters by how well it is done.

Two lines part the field in four. Names stand beside their points, and aside where they would cover one another; each
point has a number as well, so that a telephone shows all and the table below says which is which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from .canvas import Canvas, EmptyDrawing, Mark, joined
from .lettering import Direction, text_width
from .paint import AXIS, LABEL, NUMBER, RULE, SHEET, SMALL, TERMINAL_END, WHISKER

_MARGIN: Final = 14.0
_FOOT: Final = 34.0
_RADIUS: Final = 11.0
_NAME: Final = replace(LABEL, has_halo=True)


@dataclass(frozen=True, slots=True)
class ScatterPoint(Mark):
    """One point.

    Attributes
    ----------
    label
        What it is.
    x, y
        Its place on the two scales.
    number
        What stands in the point, in the reader's digits.
    text
        Both numbers in the reader's words.
    y_low, y_high
        Ends of the interval of ``y``; None for none.
    """

    label: str
    x: float
    y: float
    number: str
    text: str = ""
    y_low: float | None = None
    y_high: float | None = None


@dataclass(frozen=True, slots=True)
class Axes:
    """The two scales.

    Attributes
    ----------
    x_name, y_name
        What they measure.
    x_middle, y_middle
        Where the field is parted.
    corners
        What is said in the corners: start bottom, end bottom, start top, end top; empty for nothing.
    """

    x_name: str
    y_name: str
    x_middle: float
    y_middle: float
    corners: tuple[str, str, str, str] = ("", "", "", "")


def draw_scatter(
    points: Sequence[ScatterPoint],
    axes: Axes,
    *,
    title: str,
    direction: Direction,
    width: float = 760.0,
    drawing_id: str = "scatter",
) -> str:
    """Draw named points as an SVG element.

    Parameters
    ----------
    points
        In order of their numbers.
    axes
        The scales.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading: the first scale grows along the line, the second upward.
    width
        Units, 300 or more; the height follows.
    drawing_id
        Unique on the page.

    Raises
    ------
    EmptyDrawing
        There are no points.
    """
    if not points:
        raise EmptyDrawing("There is no point to draw.", hint="Ask about more than one driver.")
    height = min(width * 0.62, 460.0) if width >= 520 else width * 0.9
    canvas = Canvas(width, height, direction=direction)
    left, right, top, bottom = _MARGIN, width - _MARGIN, _MARGIN + 16, height - _FOOT
    xs = _reach([point.x for point in points], axes.x_middle)
    ys = _reach(
        [each for point in points for each in (point.y, point.y_low, point.y_high) if each is not None],
        axes.y_middle,
    )

    def along(value: float) -> float:
        return left + (value - xs[0]) / (xs[1] - xs[0]) * (right - left)

    def down(value: float) -> float:
        return bottom - (value - ys[0]) / (ys[1] - ys[0]) * (bottom - top)

    canvas.rect(left, top, right - left, bottom - top, SHEET, radius=4)
    canvas.line(along(axes.x_middle), top, along(axes.x_middle), bottom, RULE)
    canvas.line(left, down(axes.y_middle), right, down(axes.y_middle), RULE)
    canvas.line(left, bottom, right, bottom, AXIS)
    canvas.line(left, top, left, bottom, AXIS)
    room = (right - left) / 2 - 16
    for place, words in enumerate(axes.corners):
        at = left + 8 if place % 2 == 0 else right - 8
        base = bottom - 8 if place < 2 else top + 15
        canvas.words(at, base, words, SMALL, anchor="start" if place % 2 == 0 else "end", room=room)
    canvas.words(left, _MARGIN + 6, axes.y_name, SMALL, room=right - left)
    canvas.words(right, height - 12, axes.x_name, SMALL, anchor="end", room=right - left)
    # No name stands on a point, nor on another name.
    taken = [(along(point.x) - _RADIUS, along(point.x) + _RADIUS, down(point.y)) for point in points]
    for point in points:
        if point.y_low is not None and point.y_high is not None:
            canvas.line(along(point.x), down(point.y_low), along(point.x), down(point.y_high), WHISKER)
    for point in points:
        at, base = along(point.x), down(point.y)
        with canvas.mark("drawing-mark", point, title=joined(point.label, point.text)):
            canvas.circle(at, base, _RADIUS, TERMINAL_END)
            canvas.words(at, base + 4, point.number, NUMBER, anchor="middle")
            _name(canvas, point, (at, base), right, taken)
    return canvas.svg("drawing-scatter", title=title, drawing_id=drawing_id)


def _name(
    canvas: Canvas,
    point: ScatterPoint,
    place: tuple[float, float],
    right: float,
    taken: list[tuple[float, float, float]],
) -> None:
    """Write the name of a point where it covers no other name; nowhere when there is no such place."""
    at, base = place
    wide = text_width(point.label, size=LABEL.size, is_bold=True)
    after = (at + _RADIUS + 5, at + _RADIUS + 5 + wide)
    before = (at - _RADIUS - 5 - wide, at - _RADIUS - 5)
    for (near, far), anchor in ((after, "start"), (before, "end")):
        if near < _MARGIN or far > right:
            continue
        if any(abs(base - line) < 15 and near < end and far > start for start, end, line in taken):
            continue
        taken.append((near, far, base))
        canvas.words(
            near if anchor == "start" else far,
            base + 4,
            point.label,
            _NAME,
            anchor="start" if anchor == "start" else "end",
            is_name=True,
        )
        return


def _reach(values: Sequence[float], middle: float) -> tuple[float, float]:
    low, high = min(middle, *values), max(middle, *values)
    room = (high - low) * 0.12 or 1.0
    return low - room, high + room
