"""A whole journey map as one sheet: heads, stages, steps, every lane, river, emotions, facts, legend and foot.

What the sheet says is a `Poster`: words of a language, ready to be drawn (`safar.show.maps.poster_drawing`) or written
as a page. A sheet may show a stretch of the columns and some of the rows, so that a map that is too wide for its paper
goes on several.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from safar.show.drawing.lettering import Direction

from .blocks import Block, Tone
from .strip import COLUMN

LegendLine = Literal["whole", "dotted", "dashed", "band", "skip", "arc", "lost", "hot"]


@dataclass(frozen=True, slots=True)
class PosterFact:
    """A number of the whole map."""

    name: str
    value: str
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class PosterPersona:
    """Whom the map is about; the one whose numbers are shown is chosen."""

    name: str
    note: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class PosterStage:
    """A stage over its steps."""

    name: str
    about: str
    steps: int


@dataclass(frozen=True, slots=True)
class PosterStep:
    """The head of a column."""

    name: str
    about: str = ""
    is_hot: bool = False


@dataclass(frozen=True, slots=True)
class CellRow:
    """A lane with one cell a step.

    Attributes
    ----------
    name, note
        Of the lane, in the reader's words.
    cells
        Blocks by column.
    """

    name: str
    note: str
    cells: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True)
class StripRow:
    """A lane with one drawing under all steps.

    Attributes
    ----------
    draw
        ``(window, column, is_fluid, drawing_id) -> svg``, such as of `safar.show.maps.lived.river_drawing`.
    legend
        What its lines are, in the reader's words.
    """

    name: str
    note: str
    draw: Callable[[tuple[int, int], float, bool, str], str]
    legend: tuple[tuple[LegendLine, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Poster:
    """What a sheet says.

    Attributes
    ----------
    title, about
        Of the map.
    language, direction
        Of the words.
    state
        Such as “as it is”; with the period and persona, what the numbers are about.
    facts, personas, stages, steps, rows
        From the start of the line, from above.
    foot
        Lines below: period, n, when, by whom.
    """

    title: str
    about: str
    language: str
    direction: Direction
    state: str
    stages: tuple[PosterStage, ...]
    steps: tuple[PosterStep, ...]
    rows: tuple[CellRow | StripRow, ...]
    facts: tuple[PosterFact, ...] = ()
    personas: tuple[PosterPersona, ...] = ()
    foot: tuple[str, ...] = ()
    brand: str = "Safar"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a map a sheet shows.

    Attributes
    ----------
    window
        The first column and the one after the last.
    rows
        The first row and the one after the last.
    column
        Width of a column, units.
    label
        Which sheet of how many; empty on the only one, which has the facts and the personas as the first has.
    is_first
        Whether facts and personas stand on it.
    """

    window: tuple[int, int]
    rows: tuple[int, int]
    column: float = COLUMN
    label: str = ""
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn sheet: its SVG element and its size, units."""

    svg: str
    width: float
    height: float


def whole(poster: Poster, *, column: float = COLUMN) -> Part:
    """Return the part that is all of a map."""
    return Part((0, len(poster.steps)), (0, len(poster.rows)), column)
