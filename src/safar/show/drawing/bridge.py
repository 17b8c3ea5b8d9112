"""A bridge from one total to another: what was lost and won between two times, piece by piece.

Each piece begins where the one before it ended. What lowers the total hangs down in another colour and hatched, so that
nobody needs the colours. Totals stand on the ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .canvas import Canvas, DrawingMismatch, EmptyDrawing, Mark, hatch, joined, room_for
from .lettering import Direction
from .paint import AXIS, BAR, BAR_BELOW, BAR_OTHER, CARD, LABEL, NUMBER, RULE, TRACK, Paint

_MARGIN: Final = 12.0
_NARROW: Final = 520.0
_ROW: Final = 34.0
_ROW_NARROW: Final = 46.0
_THICK: Final = 18.0


@dataclass(frozen=True, slots=True)
class BridgeStep(Mark):
    """One row of a bridge.

    Attributes
    ----------
    label
        What it is.
    value
        A total, or what is added to the running total; below zero for what is lost.
    text
        The number in the reader's words.
    is_total
        Whether it stands on the ground.
    """

    label: str
    value: float
    text: str
    is_total: bool = False


def draw_bridge(
    steps: Sequence[BridgeStep],
    *,
    title: str,
    direction: Direction,
    width: float = 760.0,
    drawing_id: str = "bridge",
) -> str:
    """Draw a bridge as an SVG element: from the top down, each piece from where the one before it ended.

    Parameters
    ----------
    steps
        Totals and pieces in order; the first one is a total.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading: values grow along the line.
    width
        Units, 300 or more; below 520 labels stand over the pieces, for telephones.
    drawing_id
        Unique on the page.

    Raises
    ------
    EmptyDrawing
        There are no steps.
    DrawingMismatch
        The first step is no total.

    Examples
    --------
    >>> drawing = draw_bridge(
    ...     [BridgeStep("March", 10, "10", is_total=True), BridgeStep("Left", -4, "-4"), BridgeStep("New", 3, "+3"),
    ...      BridgeStep("April", 9, "9", is_total=True)], title="From March to April", direction="rtl")
    >>> drawing.count('class="drawing-mark"')
    4
    """
    if not steps:
        raise EmptyDrawing("A bridge needs at least one total.", hint="Choose times with orders.")
    if not steps[0].is_total:
        raise DrawingMismatch("A bridge begins with a total.", hint="Put the total of the first time first.")
    spans = _spans(steps)
    is_narrow = width < _NARROW
    row = _ROW_NARROW if is_narrow else _ROW
    texts = 0.0 if is_narrow else room_for([step.text for step in steps], NUMBER, most=width * 0.3) + 12
    labels = 0.0 if is_narrow else room_for([step.label for step in steps], LABEL, most=width * 0.3) + 14
    low = min(0.0, *(min(span) for span in spans))
    high = max(0.0, *(max(span) for span in spans))
    high = high if high > low else low + 1.0
    start, end = _MARGIN + labels, width - _MARGIN - texts
    canvas = Canvas(width, 2 * _MARGIN + row * len(steps), direction=direction)
    canvas.define(hatch(drawing_id, "below", CARD, opacity=0.55))

    def x(value: float) -> float:
        return start + (value - low) / (high - low) * (end - start)

    for place, (step, span) in enumerate(zip(steps, spans, strict=True)):
        top = _MARGIN + place * row
        bar_top = top + 20 if is_narrow else top + (row - _THICK) / 2
        with canvas.mark("drawing-mark", step, title=joined(step.label, step.text)):
            if is_narrow:
                room = width - 2 * _MARGIN - room_for([step.text], NUMBER, most=width * 0.5) - 12
                canvas.words(_MARGIN, top + 13, step.label, LABEL, room=room, is_name=True)
                canvas.words(width - _MARGIN, top + 13, step.text, NUMBER, anchor="end")
            else:
                canvas.words(_MARGIN, top + row / 2 + 4, step.label, LABEL, room=labels - 10, is_name=True)
                canvas.words(width - _MARGIN, top + row / 2 + 4, step.text, NUMBER, anchor="end", room=texts)
            canvas.rect(start, bar_top, end - start, _THICK, TRACK, radius=3)
            near, far = sorted(map(x, span))
            canvas.rect(near, bar_top, max(far - near, 1.5), _THICK, _paint(step), radius=2)
            if step.value < 0 and not step.is_total:
                hatched = Paint("drawing-hatched", fill=f"url(#{drawing_id}-below)")
                canvas.rect(near, bar_top, max(far - near, 1.5), _THICK, hatched, radius=2)
        if place + 1 < len(steps):
            canvas.line(x(span[1]), bar_top + _THICK, x(span[1]), bar_top + row, RULE)
    if low < 0:
        canvas.line(x(0), _MARGIN - 4, x(0), canvas.height - _MARGIN + 4, AXIS)
    return canvas.svg("drawing-bridge", title=title, drawing_id=drawing_id)


def _paint(step: BridgeStep) -> Paint:
    if step.is_total:
        return BAR_OTHER
    return BAR_BELOW if step.value < 0 else BAR


def _spans(steps: Sequence[BridgeStep]) -> list[tuple[float, float]]:
    """Return from where to where each step goes."""
    found, running = [], 0.0
    for step in steps:
        start = 0.0 if step.is_total else running
        running = start + step.value
        found.append((start, running))
    return found
