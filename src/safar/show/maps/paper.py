"""A poster on paper: PDF from A4 to A0, its faces embedded, its words selectable, on several sheets where need be.

Set by Typst, which embeds each sheet's SVG as vectors and text. It is given our two faces and none of the machine's,
no package and no network, and a fixed date, so that the same poster gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final, Literal, get_args

import typst

from safar.show.drawing.document import FONTS, checked_fonts, standalone
from safar.vocabulary.errors import Refusal

from .poster import Part, Poster, whole
from .poster_drawing import LANE, draw_poster, head_height, row_heights

PaperSize = Literal["A4", "A3", "A2", "A1", "A0"]
Orientation = Literal["landscape", "portrait"]
SIZES: Final[tuple[PaperSize, ...]] = get_args(PaperSize)

#: Millimetres, the short side first.
_SIDES: Final[dict[PaperSize, tuple[float, float]]] = {
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "A1": (594, 841),
    "A0": (841, 1189),
}
_MARGIN: Final = 8.0
#: Between parts that stand on one page, for what is rounded.
_SLACK: Final = 0.5
_POINT: Final = 25.4 / 72
#: The least size, in points, of what is 12 units high on a sheet: below, nobody reads it at arm's length.
_LEAST: Final = 4.5
_COLUMNS: Final = (150.0, 170.0, 190.0, 215.0, 240.0, 280.0)
#: A map of few short lanes is not blown up beyond this on large paper, millimetres a unit.
_LARGEST: Final = 1.1


#: What a sheet among several is called.
Label = Callable[[int, int], str]


def _numbered(number: int, of: int) -> str:
    return f"{number} / {of}"


class UnknownPaper(Refusal, ValueError):
    """There is no paper of that name."""

    code = "poster.unknown_paper"


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper and which way it lies.

    Parameters
    ----------
    size
        ``A4`` … ``A0``.
    orientation
        ``landscape`` or ``portrait``.
    """

    size: PaperSize = "A3"
    orientation: Orientation = "landscape"

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise UnknownPaper(
                f"There is no paper {self.size!r}.", hint=f"Use one of {', '.join(SIZES)}.", size=self.size
            )
        if self.orientation not in get_args(Orientation):
            raise UnknownPaper(
                f"Paper does not lie {self.orientation!r}.",
                hint="Use landscape or portrait.",
                orientation=self.orientation,
            )

    @property
    def millimetres(self) -> tuple[float, float]:
        """Width and height."""
        short, long = _SIDES[self.size]
        return (long, short) if self.orientation == "landscape" else (short, long)


def parts_on(poster: Poster, paper: Paper, label: Label = _numbered) -> tuple[Part, ...]:
    """Return what stands on each sheet: all on one where it can be read there, else stage by stage and row by row.

    Parameters
    ----------
    poster
        What is printed.
    paper
        On what.
    label
        What a sheet among several is called: its number and how many there are, in the reader's words.

    Returns
    -------
    tuple of Part
        Stages stay whole where a sheet is wide enough for them.
    """
    wide, tall = (side - 2 * _MARGIN for side in paper.millimetres)
    best, scale = max(
        (
            (part, _scale(poster, part, wide, tall))
            for part in (whole(poster, column=each) for each in _COLUMNS)
        ),
        key=lambda found: found[1],
    )
    least = _LEAST * _POINT / 12
    if scale >= least:
        return (best,)
    windows = windows_of(poster, int((wide / least - LANE - 52) // _COLUMNS[0]))
    widest = max(last - first for first, last in windows)
    # Columns are alike on all sheets, so that sheets laid side by side go on. Of widths that can be read, that with
    # the fewest pages, and of those the one with the largest letters.
    broadest = max((wide / least - LANE - 52) / widest, _COLUMNS[0])
    widths = {min(broadest, _COLUMNS[3]), *(each for each in _COLUMNS if each <= broadest)}
    *_, found = min(
        (_cut_to(poster, windows, column, wide, tall) for column in sorted(widths)),
        key=lambda cut: cut[:2],
    )
    return tuple(replace(part, label=label(number, len(found))) for number, part in enumerate(found, start=1))


def pdf(poster: Poster, paper: Paper, *, label: Label = _numbered, made_at: datetime | None = None) -> bytes:
    """Return a poster as a PDF file.

    Parameters
    ----------
    poster
        What is printed.
    paper
        Size and orientation of its pages.
    label
        See `parts_on`.
    made_at
        Written into the file; none by default.

    Returns
    -------
    bytes
        A PDF file, the same for the same poster.

    Raises
    ------
    FontsMissing
        The build has not brought the faces.
    EmptyDrawing
        The map has no steps.
    """
    checked_fonts()
    drawn = [
        draw_poster(poster, part, drawing_id=f"sheet-{number}")
        for number, part in enumerate(parts_on(poster, paper, label))
    ]
    wide, tall = paper.millimetres
    room = tall - 2 * _MARGIN
    pages: list[str] = []
    left = 0.0
    # One scale for all, and one edge: letters of one size, columns under one another.
    scale = min(_LARGEST, *(min((wide - 2 * _MARGIN) / sheet.width, room / sheet.height) for sheet in drawn))
    place = "center + horizon" if len(drawn) == 1 else "start + top"
    for number, sheet in enumerate(drawn):
        image = (
            f"#align({place}, image(bytes(sys.inputs.sheet{number}),"
            f' format: "svg", alt: sys.inputs.title, width: {sheet.width * scale:.3f}mm,'
            f" height: {sheet.height * scale:.3f}mm))"
        )
        # Parts that are low stand one under the other.
        if pages and sheet.height * scale <= left:
            pages[-1] += f"\n{image}"
        else:
            pages.append(image)
            left = room
        left -= sheet.height * scale + _SLACK
    source = (
        f"#set page(width: {wide}mm, height: {tall}mm, margin: {_MARGIN}mm, fill: none)\n"
        f'#set text(font: "Vazirmatn", lang: "{_language(poster)}", dir: {poster.direction})\n'
        "#set document(title: sys.inputs.title)\n#set block(spacing: 0mm)\n#set par(spacing: 0mm)\n"
        + "\n#pagebreak()\n".join(pages)
    )
    inputs = {f"sheet{number}": standalone(sheet.svg) for number, sheet in enumerate(drawn)}
    return _set(source, {**inputs, "title": poster.title or "Safar"}, made_at)


def _set(source: str, inputs: dict[str, str], made_at: datetime | None) -> bytes:
    found: bytes = typst.compile(
        source.encode(),
        format="pdf",
        font_paths=_faces(),
        sys_inputs=inputs,
        timestamp=int(made_at.timestamp()) if made_at else 0,
    )
    return found


@cache
def _faces() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _language(poster: Poster) -> str:
    return poster.language if poster.language.isalpha() and len(poster.language) <= 3 else "en"


def _scale(poster: Poster, part: Part, wide: float, tall: float) -> float:
    width, height = _size(poster, part)
    return min(wide / width, tall / height)


def _size(poster: Poster, part: Part) -> tuple[float, float]:
    return _size_across(part), head_height(poster, part) + sum(row_heights(poster, part))


def _size_across(part: Part) -> float:
    return LANE + (part.window[1] - part.window[0]) * part.column + 52


def windows_of(poster: Poster, most: int) -> list[tuple[int, int]]:
    """Return stretches of at most so many columns that together are all: as few as can be, alike in width.

    Stages stay whole where they fit.
    """
    most = max(most, 1)
    fewest = len(_cut(poster, most))
    narrow = -(-len(poster.steps) // fewest)
    return next(found for each in range(narrow, most + 1) if len(found := _cut(poster, each)) == fewest)


def _cut(poster: Poster, most: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = place = 0
    for stage in poster.stages:
        end = place + stage.steps
        if end - start > most and place > start:
            found.append((start, place))
            start = place
        while end - start > most:
            found.append((start, start + most))
            start += most
        place = end
    return [*found, (start, place)] if place > start else found


def _cut_to(
    poster: Poster, windows: Sequence[tuple[int, int]], column: float, wide: float, tall: float
) -> tuple[int, float, list[Part]]:
    """Return a map in parts that fit paper at one scale, after how many pages they take and how small they are.

    The widest part fills the width, unless a row is too high.
    """
    parts = [
        Part(window, (0, len(poster.rows)), column, "0 / 0", is_first=number == 0)
        for number, window in enumerate(windows)
    ]
    heights = [row_heights(poster, part) for part in parts]
    widest = max(_size_across(part) for part in parts)
    highest = max(
        head_height(poster, part) + max(rows, default=0.0) for part, rows in zip(parts, heights, strict=True)
    )
    scale = min(wide / widest, tall / highest, _LARGEST)
    found: list[Part] = []
    pages, left = 0, 0.0
    for part, rows in zip(parts, heights, strict=True):
        for each in _by_rows(poster, part, rows, tall / scale):
            found.append(each)
            high = scale * (head_height(poster, each) + sum(rows[slice(*each.rows)]))
            if high > left:
                pages, left = pages + 1, tall
            left -= high + _SLACK
    return pages, 1 / scale, found


def _by_rows(poster: Poster, part: Part, heights: Sequence[float], room: float) -> list[Part]:
    """Return a part in as many as its rows need, each no higher than the room; a row alone may be."""
    found: list[Part] = []
    start, is_first = 0, part.is_first
    left = room - head_height(poster, part)
    for number, height in enumerate(heights):
        if height > left and number > start:
            found.append(replace(part, rows=(start, number), is_first=is_first))
            start, is_first = number, False
            left = room - head_height(poster, replace(part, is_first=False))
        left -= height
    return [*found, replace(part, rows=(start, len(heights)), is_first=is_first)]
