"""A matrix with a tint in each cell: cohorts against periods, steps against positions, steps against next steps.

The number stands in every cell, so that the tint only helps to find; it stays light enough to be read through. Cells
of stretches that are not over are hatched and carry an asterisk, cells below zero another tint and their sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .canvas import Canvas, DrawingMismatch, EmptyDrawing, Mark, hatch, joined, room_for
from .lettering import Direction
from .paint import LABEL, RULE, SMALL, SOFT, TINT, TINT_BELOW, TRACK, WORDS, Paint

_MARGIN: Final = 12.0
_ROW: Final = 30.0
_DENSEST: Final = 0.46


@dataclass(frozen=True, slots=True)
class HeatHead(Mark):
    """What a row or a column stands for.

    Attributes
    ----------
    label
        Its name.
    text
        Its size in the reader's words: of a row beside its name, of a column under it.
    """

    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class HeatCell(Mark):
    """A cell.

    Attributes
    ----------
    value
        For the tint; None leaves the cell plain.
    text
        The number in the reader's words.
    is_partial
        Its stretch of time is not over.
    """

    value: float | None
    text: str
    is_partial: bool = False


def draw_heat(
    rows: Sequence[HeatHead],
    columns: Sequence[HeatHead],
    cells: Sequence[Sequence[HeatCell | None]],
    *,
    title: str,
    direction: Direction,
    corner: str = "",
    sizes: str = "",
    most: float | None = None,
    drawing_id: str = "heat",
) -> str:
    """Draw a matrix as an SVG element.

    Parameters
    ----------
    rows, columns
        Heads; columns run from the start of the line.
    cells
        A sequence for each row, a cell for each column; None for none.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading.
    corner, sizes
        Words over the names and over the sizes of rows.
    most
        The value (or the value below zero) of the densest tint; None for the largest there is.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element at its own size; put it where it can be scrolled.

    Raises
    ------
    EmptyDrawing
        There is no row or no column.
    DrawingMismatch
        There are not as many cells as rows and columns.

    Examples
    --------
    >>> drawing = draw_heat([HeatHead("May", "120")], [HeatHead("0"), HeatHead("1")],
    ...                     [[HeatCell(1.0, "100%"), HeatCell(0.4, "40%", is_partial=True)]],
    ...                     title="Who came back", direction="ltr")
    >>> "40%*" in drawing
    True
    """
    if not rows or not columns:
        raise EmptyDrawing("A matrix needs at least one row and one column.", hint="Choose a longer window.")
    if len(cells) != len(rows) or any(len(row) != len(columns) for row in cells):
        raise DrawingMismatch(
            f"A matrix of {len(rows)} rows and {len(columns)} columns needs a cell for each.",
            hint="Put None where there is none.",
        )
    return _Heat(
        rows, columns, cells, sizes=sizes, most=most, direction=direction, drawing_id=drawing_id
    ).drawn(title, corner, sizes)


class _Heat:
    """Columns, rows, and the drawing of them."""

    def __init__(
        self,
        rows: Sequence[HeatHead],
        columns: Sequence[HeatHead],
        cells: Sequence[Sequence[HeatCell | None]],
        *,
        sizes: str,
        most: float | None,
        direction: Direction,
        drawing_id: str,
    ) -> None:
        self.rows, self.columns, self.cells = rows, columns, cells
        self.drawing_id = drawing_id
        there = [cell for row in cells for cell in row if cell is not None]
        self.most = (
            most or max((abs(cell.value) for cell in there if cell.value is not None), default=0.0) or 1.0
        )
        self.names = room_for([row.label for row in rows], LABEL, least=40.0, most=170.0) + 14
        self.sizes = (
            room_for([sizes, *(row.text for row in rows)], SMALL, most=90.0)
            if any(row.text for row in rows)
            else 0.0
        )
        self.first = _MARGIN + self.names + (self.sizes + 14 if self.sizes else 0.0)
        words = [cell.text + "*" for cell in there] + [
            line for head in columns for line in (head.label, head.text)
        ]
        self.wide = room_for(words, WORDS, least=36.0, most=96.0) + 12
        self.head = 38.0 if any(column.text for column in columns) else 26.0
        width = self.first + self.wide * len(columns) + _MARGIN
        height = _MARGIN + self.head + _ROW * len(rows) + _MARGIN / 2
        self.canvas = Canvas(width, height, direction=direction)

    def drawn(self, title: str, corner: str, sizes: str) -> str:
        """Return the drawing."""
        canvas = self.canvas
        canvas.define(hatch(self.drawing_id, "partial", SOFT, opacity=0.28))
        baseline = _MARGIN + 12
        canvas.words(_MARGIN, baseline, corner, SMALL, room=self.names - 8)
        if self.sizes:
            canvas.words(self.first - 12, baseline, sizes, SMALL, anchor="end", room=self.sizes + 10)
        for place, column in enumerate(self.columns):
            middle = self.first + (place + 0.5) * self.wide
            with canvas.mark("drawing-mark", column, title=joined(column.label, column.text)):
                canvas.words(middle, baseline, column.label, SMALL, anchor="middle", room=self.wide - 4)
                canvas.words(middle, baseline + 14, column.text, SMALL, anchor="middle", room=self.wide - 4)
        for place, row in enumerate(self.rows):
            self._row(place, row)
        return canvas.svg("drawing-heat", title=title, drawing_id=self.drawing_id)

    def _row(self, place: int, row: HeatHead) -> None:
        canvas, top = self.canvas, _MARGIN + self.head + place * _ROW
        baseline = top + _ROW / 2 + 4
        if place:
            canvas.line(_MARGIN, top, self.first - 6, top, RULE)
        with canvas.mark("drawing-mark", row, title=joined(row.label, row.text)):
            canvas.words(_MARGIN, baseline, row.label, LABEL, room=self.names - 10, is_name=True)
            canvas.words(self.first - 12, baseline, row.text, SMALL, anchor="end")
        for number, cell in enumerate(self.cells[place]):
            if cell is not None:
                about = joined(row.label, self.columns[number].label, cell.text)
                with canvas.mark("drawing-mark", cell, title=about):
                    self._cell(cell, self.first + number * self.wide, top)

    def _cell(self, cell: HeatCell, along: float, top: float) -> None:
        canvas, wide, high = self.canvas, self.wide - 2, _ROW - 2
        if cell.value is None:
            canvas.rect(along + 1, top + 1, wide, high, TRACK, radius=4)
        else:
            paint = TINT if cell.value >= 0 else TINT_BELOW
            density = 0.04 + (_DENSEST - 0.04) * min(abs(cell.value) / self.most, 1.0)
            canvas.rect(along + 1, top + 1, wide, high, paint.tinted(density), radius=4)
        if cell.is_partial:
            hatched = Paint("drawing-hatched", fill=f"url(#{self.drawing_id}-partial)")
            canvas.rect(along + 1, top + 1, wide, high, hatched, radius=4)
        words = f"{cell.text}*" if cell.is_partial and cell.text else cell.text
        canvas.words(
            along + self.wide / 2, top + _ROW / 2 + 4, words, WORDS, anchor="middle", room=self.wide - 4
        )
