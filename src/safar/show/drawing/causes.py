"""Boxes joined by arrows: what is assumed to lead to what, and how strongly.

Each arrow has its number beside it and is as thick as that is large. One that goes the other way is dashed, one that
may be nothing is dotted and grey, so that nobody needs the colours. On telephones what ran along the line runs down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .canvas import Canvas, DrawingMismatch, EmptyDrawing, Mark, joined, room_for
from .lettering import Direction, text_width
from .paint import (
    EDGE,
    EDGE_BACK,
    EDGE_BACK_HEAD,
    EDGE_HEAD,
    LABEL,
    ON_EDGE,
    SHEET,
    SMALL,
    TERMINAL_END,
    Paint,
)

#: ``up``: more of the one, more of the other. ``down``: less. ``open``: it may be nothing.
Way = Literal["up", "down", "open"]

_MARGIN: Final = 10.0
_NARROW: Final = 520.0
_BOX: Final = 46.0
_PITCH: Final = 96.0
_PITCH_NARROW: Final = 104.0
_HEAD: Final = 9.0
_THINNEST, _WIDEST = 1.4, 6.0
_OPEN: Final = Paint("drawing-axis", stroke="#8d9298", dash="2 4")
_OPEN_HEAD: Final = Paint("drawing-block-others", fill="#8d9298")
_PAINTS: Final[dict[Way, tuple[Paint, Paint]]] = {
    "up": (EDGE, EDGE_HEAD),
    "down": (EDGE_BACK, EDGE_BACK_HEAD),
    "open": (_OPEN, _OPEN_HEAD),
}
#: Where along an arrow its number may stand, the best place first.
_PLACES: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)
_Point = tuple[float, float]
_Area = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CauseBox(Mark):
    """Something that leads to others, or to which others lead.

    Attributes
    ----------
    node
        What arrows call it; unique.
    label
        Its name.
    along, across
        Its place in the model, in boxes: along the line of reading, and from its upper side.
    text
        A number of it in the reader's words; empty for none.
    is_goal
        Whether it is what is asked about.
    """

    node: str
    label: str
    along: float
    across: float
    text: str = ""
    is_goal: bool = False


@dataclass(frozen=True, slots=True)
class CauseArrow(Mark):
    """One box leading to another.

    Attributes
    ----------
    source, target
        Nodes.
    size
        How strongly, from 0 for the thinnest arrow to 1 for the thickest.
    text
        The number in the reader's words.
    way
        Which way it works.
    """

    source: str
    target: str
    size: float
    text: str
    way: Way = "up"


def draw_causes(
    boxes: Sequence[CauseBox],
    arrows: Sequence[CauseArrow],
    *,
    title: str,
    direction: Direction,
    width: float = 760.0,
    drawing_id: str = "causes",
) -> str:
    """Draw boxes and arrows as an SVG element.

    Parameters
    ----------
    boxes
        Places that leave a free way for each arrow are chosen by who asks: arrows are straight.
    arrows
        Between two of them.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading.
    width
        Units, 300 or more; below 520 the model runs down the page, for telephones.
    drawing_id
        Unique on the page.

    Raises
    ------
    EmptyDrawing
        There is no box.
    DrawingMismatch
        An arrow joins a box that is not there, or one with itself.

    Examples
    --------
    >>> drawing = draw_causes(
    ...     [CauseBox("late", "Late", 0, 1), CauseBox("nps", "Content", 1, 0), CauseBox("back", "Back", 2, 1)],
    ...     [CauseArrow("late", "nps", 0.8, "-1.2", "down"), CauseArrow("nps", "back", 0.3, "+4")],
    ...     title="What lateness does", direction="rtl")
    >>> drawing.count('class="drawing-mark"')
    5
    """
    if not boxes:
        raise EmptyDrawing("There is no box to draw.", hint="Name what leads to what.")
    nodes = {box.node for box in boxes}
    for arrow in arrows:
        if arrow.source == arrow.target or not {arrow.source, arrow.target} <= nodes:
            raise DrawingMismatch(
                f"An arrow from {arrow.source!r} to {arrow.target!r} joins no two boxes.",
                hint="Draw arrows between boxes that are there.",
            )
    sheet = _Sheet(boxes, width)
    canvas = Canvas(width, sheet.height, direction=direction)
    taken = [sheet.area(box) for box in boxes]
    for arrow in arrows:
        _draw_arrow(canvas, arrow, sheet.ends(arrow))
    for arrow in arrows:
        _write(canvas, arrow, sheet.ends(arrow), taken, width)
    for box in boxes:
        _draw_box(canvas, box, sheet.area(box))
    return canvas.svg("drawing-causes", title=title, drawing_id=drawing_id)


class _Sheet:
    """Where boxes stand, and where arrows begin and end."""

    def __init__(self, boxes: Sequence[CauseBox], width: float) -> None:
        self._boxes = {box.node: box for box in boxes}
        self._is_down = width < _NARROW
        columns, rows = (max(each) for each in zip(*(self._place(box) for box in boxes), strict=True))
        wanted = 26 + max(
            room_for([box.label for box in boxes], LABEL, most=width),
            room_for([box.text for box in boxes], SMALL, most=width),
        )
        room = (width - 2 * _MARGIN) / (columns + 1)
        self._wide = (
            min(max(wanted, 76.0), room - (8 if self._is_down else 56)) if columns else min(wanted, room)
        )
        self._pitch = (width - 2 * _MARGIN - self._wide) / columns if columns else 0.0
        self._step = _PITCH_NARROW if self._is_down else _PITCH
        self.height = 2 * _MARGIN + _BOX + rows * self._step

    def _place(self, box: CauseBox) -> _Point:
        return (box.across, box.along) if self._is_down else (box.along, box.across)

    def area(self, box: CauseBox) -> _Area:
        """Return the start, top, end and bottom of a box."""
        column, row = self._place(box)
        start, top = _MARGIN + column * self._pitch, _MARGIN + row * self._step
        return start, top, start + self._wide, top + _BOX

    def ends(self, arrow: CauseArrow) -> tuple[_Point, _Point]:
        """Return where an arrow leaves a box and where it meets the other, on the line between their middles."""
        source, target = (self.area(self._boxes[node]) for node in (arrow.source, arrow.target))
        return _edge(source, _middle(target), 0.0), _edge(target, _middle(source), 2.0)


def _middle(area: _Area) -> _Point:
    return (area[0] + area[2]) / 2, (area[1] + area[3]) / 2


def _edge(area: _Area, towards: _Point, gap: float) -> _Point:
    """Return where the line from the middle of a box towards a point leaves it, and a little farther."""
    x, y = _middle(area)
    dx, dy = towards[0] - x, towards[1] - y
    half = (area[2] - area[0]) / 2, (area[3] - area[1]) / 2
    part = min(half[0] / abs(dx) if dx else math.inf, half[1] / abs(dy) if dy else math.inf)
    part += gap / math.hypot(dx, dy)
    return x + dx * part, y + dy * part


def _draw_arrow(canvas: Canvas, arrow: CauseArrow, ends: tuple[_Point, _Point]) -> None:
    line, head = _PAINTS[arrow.way]
    (x, y), (to_x, to_y) = ends
    length = math.hypot(to_x - x, to_y - y)
    ux, uy = (to_x - x) / length, (to_y - y) / length
    thick = _THINNEST + (_WIDEST - _THINNEST) * min(max(arrow.size, 0.0), 1.0)
    wing = _HEAD * 0.45 + thick * 0.45
    back_x, back_y = to_x - ux * _HEAD, to_y - uy * _HEAD
    with canvas.mark("drawing-mark", arrow, title=arrow.text):
        canvas.line(x, y, back_x, back_y, line.stroked(thick))
        canvas.path(
            [
                ("M", (to_x, to_y)),
                ("L", (back_x - uy * wing, back_y + ux * wing)),
                ("L", (back_x + uy * wing, back_y - ux * wing)),
                ("Z", ()),
            ],
            head,
        )


def _write(
    canvas: Canvas, arrow: CauseArrow, ends: tuple[_Point, _Point], taken: list[_Area], width: float
) -> None:
    """Write the number of an arrow on it, where it covers no box and no other number."""
    (x, y), (to_x, to_y) = ends
    half = text_width(arrow.text, size=ON_EDGE.size) / 2 + 3
    for part in _PLACES:
        at, line = x + (to_x - x) * part, y + (to_y - y) * part
        at = min(max(at, half + 2), width - half - 2)
        area = (at - half, line - 8, at + half, line + 8)
        if not any(_meet(area, other) for other in taken):
            break
    taken.append(area)
    canvas.words(at, line + 4, arrow.text, ON_EDGE, anchor="middle")


def _meet(one: _Area, other: _Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_box(canvas: Canvas, box: CauseBox, area: _Area) -> None:
    start, top, end, bottom = area
    middle, room = (start + end) / 2, end - start - 10
    with canvas.mark("drawing-mark", box, title=joined(box.label, box.text)):
        canvas.rect(start, top, end - start, bottom - top, TERMINAL_END if box.is_goal else SHEET, radius=6)
        first = top + 28 if not box.text else top + 20
        canvas.words(middle, first, box.label, LABEL, anchor="middle", room=room, is_name=True)
        canvas.words(middle, top + 36, box.text, SMALL, anchor="middle", room=room)
