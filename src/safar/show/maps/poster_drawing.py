"""A poster as one drawing: everything is measured by the same code that draws it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from safar.show.drawing.canvas import Canvas, EmptyDrawing
from safar.show.drawing.lettering import text_width
from safar.show.drawing.paint import (
    ANAR,
    CARD,
    FIRUZE,
    LAJVARD,
    LINE,
    SAFFRON,
    SUNKEN,
    Paint,
)

from .blocks import CARD_PAINT, Block, height_of, lettering, write
from .poster import CellRow, LegendLine, Part, Poster, PosterStage, PosterStep, Sheet, StripRow, whole
from .wrapping import printable, wrapped

#: Width of the column of lanes, units.
LANE: Final = 128.0
_MARGIN: Final = 26.0
_PAD: Final = 10.0
_BETWEEN: Final = 5.0
_ROW_PAD: Final = 9.0
_GROUND: Final = Paint("poster-ground", fill=CARD)
_LANE_GROUND: Final = Paint("poster-lane", fill="#fdfcfa")
_RULE: Final = Paint("poster-rule", stroke=SUNKEN)
_STAGE_RULE: Final = Paint("poster-stage-rule", stroke=LINE, stroke_width=1.4)
_HOT: Final = Paint("poster-hot", fill=ANAR, fill_opacity=0.05)
_HEIGHT: Final = re.compile(r'height="([0-9.]+)"')


def draw_poster(poster: Poster, part: Part | None = None, *, drawing_id: str = "poster") -> Sheet:
    """Draw a sheet.

    Parameters
    ----------
    poster
        What it says.
    part
        Which columns and rows; all by default.
    drawing_id
        Unique on the page.

    Returns
    -------
    Sheet

    Raises
    ------
    EmptyDrawing
        The map has no steps.
    """
    if not poster.steps:
        raise EmptyDrawing("A poster needs at least one step.", hint="Add a step to the map.")
    return _Drawn(poster, part or whole(poster), drawing_id).sheet()


def row_heights(poster: Poster, part: Part) -> list[float]:
    """Return how high each row of a map is where its columns are as in the part."""
    drawn = _Drawn(poster, part, "measured")
    return [drawn.row_height(number) for number in range(len(poster.rows))]


def head_height(poster: Poster, part: Part) -> float:
    """Return how high all is that stands over the first row and under the last."""
    drawn = _Drawn(poster, part, "measured")
    return drawn.top_of_rows() + drawn.foot_height()


class _Drawn:
    """A sheet in the making."""

    def __init__(self, poster: Poster, part: Part, drawing_id: str) -> None:
        self.poster = poster
        self.part = part
        self.drawing_id = drawing_id
        self.first, self.last = part.window
        self.column = part.column
        self.table = LANE + (self.last - self.first) * self.column
        self.width = self.table + 2 * _MARGIN
        self.strips: dict[int, str] = {}

    def sheet(self) -> Sheet:
        """Return the drawing."""
        rows = range(*self.part.rows)
        heights = {number: self.row_height(number) for number in rows}
        top = self.top_of_rows()
        height = top + sum(heights.values()) + self.foot_height()
        canvas = Canvas(self.width, height, direction=self.poster.direction)
        canvas.rect(0, 0, self.width, height, _GROUND)
        under = self._head(canvas)
        canvas.rect(_MARGIN, under, self.table, top - under + sum(heights.values()), CARD_PAINT, radius=10)
        self._lane_ground(canvas, under, top + sum(heights.values()))
        self._hot_ground(canvas, under, top + sum(heights.values()))
        self._stages(canvas, under)
        for number in rows:
            canvas.line(_MARGIN, top, _MARGIN + self.table, top, _RULE)
            self._row(canvas, number, top)
            top += heights[number]
        self._foot(canvas, top)
        svg = canvas.svg("drawing-poster", title=self._title(), drawing_id=self.drawing_id)
        return Sheet(svg, self.width, height)

    def _title(self) -> str:
        return " · ".join(filter(None, (self.poster.title, self.poster.state, self.part.label)))

    # Above the rows

    def _room(self) -> float:
        return self.table

    def _titles(self) -> list[str]:
        size = 24 if self.part.is_first else 15
        return wrapped(printable(self.poster.title), size=size, room=self._room(), is_bold=True, most=2)

    def _abouts(self) -> list[str]:
        if not self.part.is_first:
            return []
        return wrapped(printable(self.poster.about), size=12.5, room=self._room(), most=3)

    def _states(self) -> list[str]:
        said = " · ".join(filter(None, (self.poster.state, self.part.label)))
        return wrapped(said, size=12, room=self._room(), most=2)

    def _head(self, canvas: Canvas | None) -> float:
        """Draw the heads, or only measure them without a canvas; return where the table begins."""
        size = 24 if self.part.is_first else 15
        top = _MARGIN
        for lines, letters, gap in (
            (self._titles(), lettering("plain", size, is_bold=True), 0.0),
            (self._abouts(), lettering("soft", 12.5), 2.0),
            (self._states(), lettering("soft", 12), 2.0),
        ):
            if lines:
                top += gap
                if canvas:
                    write(canvas, _MARGIN, top, lines, letters)
                top += height_of(lines, letters.size)
        if self.part.is_first:
            top = self._personas(canvas, top + 8)
            top = self._facts(canvas, top + 4)
        return top + 10

    def _personas(self, canvas: Canvas | None, top: float) -> float:
        if not self.poster.personas:
            return top
        along, tall = _MARGIN, 40.0
        for persona in self.poster.personas:
            name, note = printable(persona.name), persona.note
            long = max(text_width(name, size=12.5, is_bold=True), text_width(note, size=11)) + 24
            long = min(long, 260.0, self.table)
            if along > _MARGIN and along + long > _MARGIN + self.table:
                along, top = _MARGIN, top + tall + 8
            if canvas:
                edge = CARD_PAINT if not persona.is_chosen else _CHOSEN
                canvas.rect(along, top, long, tall, edge, radius=9)
                middle = 17 if note else 25
                letters = lettering("plain", 12.5, is_bold=True)
                canvas.words(along + 12, top + middle, name, letters, room=long - 20, is_name=True)
                canvas.words(along + 12, top + 32, note, lettering("soft", 11), room=long - 20)
            along += long + 8
        return top + tall + 8

    def _facts(self, canvas: Canvas | None, top: float) -> float:
        facts = self.poster.facts
        if not facts:
            return top
        most = max(1, min(len(facts), int((self.table + 10) // 180)))
        long = (self.table - (most - 1) * 10) / most
        if most < 3:
            long = min(long, 320.0)
        for start in range(0, len(facts), most):
            group = facts[start : start + most]
            notes = [wrapped(fact.note, size=11, room=long - 24, most=3) for fact in group]
            tall = 56 + max(height_of(lines, 11) for lines in notes)
            for place, (fact, lines) in enumerate(zip(group, notes, strict=True)):
                if canvas:
                    along = _MARGIN + place * (long + 10)
                    canvas.rect(along, top, long, tall, CARD_PAINT, radius=9)
                    canvas.words(along + 12, top + 20, fact.name, lettering("soft", 11.5), room=long - 24)
                    value = lettering(fact.tone, 20, is_bold=True)
                    canvas.words(along + 12, top + 44, fact.value, value, room=long - 24)
                    write(
                        canvas,
                        along + 12,
                        top + 49,
                        lines,
                        lettering("soft", 11),
                        direction=self.poster.direction,
                    )
            top += tall + 8
        return top

    def _stage_parts(self) -> list[tuple[PosterStage, int, int]]:
        """Return the stages that are seen, with the first and the last of their columns that are."""
        found, place = [], 0
        for stage in self.poster.stages:
            start, end = max(place, self.first), min(place + stage.steps, self.last)
            if start < end:
                found.append((stage, start, end))
            place += stage.steps
        return found

    def _stage_lines(self, stage: PosterStage, start: int, end: int) -> tuple[list[str], list[str]]:
        room = (end - start) * self.column - 2 * _PAD
        name = wrapped(printable(stage.name), size=14, room=room, is_bold=True, most=3)
        return name, wrapped(printable(stage.about), size=11, room=room, most=3)

    def _step_lines(self, step: PosterStep) -> tuple[list[str], list[str]]:
        room = self.column - 2 * _PAD
        name = wrapped(printable(step.name), size=12.5, room=room, is_bold=True, most=4)
        return name, wrapped(printable(step.about), size=11, room=room, most=4)

    def _stages_height(self) -> float:
        lines = [self._stage_lines(*each) for each in self._stage_parts()]
        return max((height_of(name, 14) + height_of(about, 11) for name, about in lines), default=0) + 14

    def _steps_height(self) -> float:
        lines = [self._step_lines(step) for step in self.poster.steps[self.first : self.last]]
        return max(height_of(name, 12.5) + height_of(about, 11) for name, about in lines) + 14

    def top_of_rows(self) -> float:
        """Return where the first row begins."""
        return self._head(None) + self._stages_height() + self._steps_height()

    def _at(self, place: int) -> float:
        return _MARGIN + LANE + (place - self.first) * self.column

    def _stages(self, canvas: Canvas, top: float) -> None:
        for stage, start, end in self._stage_parts():
            name, about = self._stage_lines(stage, start, end)
            along = self._at(start) + _PAD
            under = write(canvas, along, top + 8, name, lettering("plain", 14, is_bold=True))
            write(canvas, along, under, about, lettering("soft", 11))
            if start > self.first:
                canvas.line(self._at(start), top, self._at(start), top + self._stages_height(), _STAGE_RULE)
        top += self._stages_height()
        canvas.line(_MARGIN + LANE, top, _MARGIN + self.table, top, _RULE)
        for place in range(self.first, self.last):
            name, about = self._step_lines(self.poster.steps[place])
            along = self._at(place) + _PAD
            under = write(canvas, along, top + 7, name, lettering("plain", 12.5, is_bold=True))
            write(canvas, along, under, about, lettering("soft", 11))

    def _lane_ground(self, canvas: Canvas, top: float, bottom: float) -> None:
        canvas.rect(_MARGIN + 0.5, top + 8, LANE, bottom - top - 16, _LANE_GROUND)
        canvas.line(_MARGIN + LANE, top, _MARGIN + LANE, bottom, _RULE)

    def _hot_ground(self, canvas: Canvas, top: float, bottom: float) -> None:
        top += self._stages_height()
        for place in range(self.first, self.last):
            if self.poster.steps[place].is_hot:
                canvas.rect(self._at(place), top, self.column, bottom - top, _HOT)

    # Rows

    def row_height(self, number: int) -> float:
        """Return how high a row is."""
        row = self.poster.rows[number]
        lane = sum(height_of(lines, size) for lines, size in self._lane_lines(row))
        if isinstance(row, StripRow):
            found = _HEIGHT.search(self._strip(number, row))
            assert found is not None
            inside = float(found[1]) + self._legend_height(row)
        else:
            room = self.column - 2 * _PAD
            inside = max(self._cell_height(cell, room) for cell in row.cells[self.first : self.last])
        return max(lane, inside) + 2 * _ROW_PAD

    def _lane_lines(self, row: CellRow | StripRow) -> list[tuple[list[str], float]]:
        room = LANE - 2 * _PAD
        return [
            (wrapped(printable(row.name), size=12.5, room=room, is_bold=True, most=3), 12.5),
            (wrapped(row.note, size=10.5, room=room, most=4), 10.5),
        ]

    def _cell_height(self, cell: Sequence[Block], room: float) -> float:
        if not cell:
            return 14.0
        return sum(block.tall(room) for block in cell) + _BETWEEN * (len(cell) - 1)

    def _strip(self, number: int, row: StripRow) -> str:
        if number not in self.strips:
            drawing_id = f"{self.drawing_id}-{number}"
            self.strips[number] = row.draw(self.part.window, self.column, False, drawing_id)
        return self.strips[number]

    def _row(self, canvas: Canvas, number: int, top: float) -> None:
        row = self.poster.rows[number]
        (names, _), (notes, _) = self._lane_lines(row)
        under = write(canvas, _MARGIN + _PAD, top + _ROW_PAD, names, lettering("plain", 12.5, is_bold=True))
        write(canvas, _MARGIN + _PAD, under, notes, lettering("soft", 10.5))
        if isinstance(row, StripRow):
            svg = self._strip(number, row)
            canvas.nested(_MARGIN + LANE, top + _ROW_PAD, self.table - LANE, svg)
            self._legend(canvas, row, top + self.row_height(number) - _ROW_PAD - self._legend_height(row))
            return
        room = self.column - 2 * _PAD
        for place in range(self.first, self.last):
            along, down = self._at(place) + _PAD, top + _ROW_PAD
            if place > self.first:
                canvas.line(self._at(place), top, self._at(place), top + self.row_height(number), _RULE)
            if not row.cells[place]:
                canvas.words(along, down + 12, "—", lettering("soft", 12))
            for block in row.cells[place]:
                block.put(canvas, along, down, room)
                down += block.tall(room) + _BETWEEN

    def _legend_places(self, row: StripRow) -> list[tuple[LegendLine, str, float, float]]:
        along, down, found = 0.0, 0.0, []
        for line, words in row.legend:
            long = 32 + text_width(words, size=11) + 16
            if along and along + long > self.table - LANE - 2 * _PAD:
                along, down = 0.0, down + 17
            found.append((line, words, along, down))
            along += long
        return found

    def _legend_height(self, row: StripRow) -> float:
        return max((down + 22 for *_, down in self._legend_places(row)), default=0.0)

    def _legend(self, canvas: Canvas, row: StripRow, top: float) -> None:
        for line, words, along, down in self._legend_places(row):
            at, middle = _MARGIN + LANE + _PAD + along, top + down + 12
            _sample(canvas, line, at, middle)
            canvas.words(at + 30, middle + 4, words, lettering("soft", 11))

    # Below the rows

    def _foots(self) -> list[str]:
        lines = [wrapped(printable(line), size=11, room=self._room()) for line in self.poster.foot]
        return [line for each in lines for line in each]

    def foot_height(self) -> float:
        """Return how high all is below the rows."""
        return height_of(self._foots(), 11) + 26 + _MARGIN

    def _foot(self, canvas: Canvas, top: float) -> None:
        under = write(
            canvas,
            _MARGIN,
            top + 10,
            self._foots(),
            lettering("soft", 11),
            direction=self.poster.direction,
        )
        canvas.words(_MARGIN, under + 13, self.poster.brand, lettering("good", 12, is_bold=True))


def _sample(canvas: Canvas, line: LegendLine, along: float, middle: float) -> None:
    """Draw what a line of the legend looks like."""
    if line in {"band", "lost"}:
        colour, opacity = (FIRUZE, 0.2) if line == "band" else (ANAR, 0.2)
        canvas.rect(along, middle - 5, 24, 10, Paint("poster-sample", fill=colour, fill_opacity=opacity))
        return
    if line == "hot":
        canvas.rect(along + 9, middle - 6, 6, 12, Paint("poster-sample", fill=ANAR), radius=3)
        return
    stroke, dash, wide = _SAMPLES[line]
    canvas.line(
        along, middle, along + 24, middle, Paint("poster-sample", stroke=stroke, stroke_width=wide, dash=dash)
    )


_SAMPLES: Final[dict[LegendLine, tuple[str, str, float]]] = {
    "whole": (FIRUZE, "", 3.0),
    "dotted": (SAFFRON, "1.5 4.5", 2.2),
    "dashed": (LAJVARD, "7 5", 2.0),
    "skip": (LAJVARD, "4 3", 1.2),
    "arc": (SAFFRON, "5 4", 2.4),
}

_CHOSEN: Final = Paint("poster-chosen", fill=CARD, stroke=FIRUZE, stroke_width=1.6)
