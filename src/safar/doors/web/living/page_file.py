"""A poster as one page of HTML that needs nothing else, and leads nowhere: to be kept, printed, mailed, or shared."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from safar.doors.web.design.static_files import FOLDER
from safar.show.maps.blocks import Block
from safar.show.maps.paper import windows_of
from safar.show.maps.poster import CellRow, LegendLine, Poster, PosterStep

#: Steps that one table shows on paper and on a narrow screen, beside its lanes.
_ON_PAPER: Final = 6
_COLUMN: Final = 160
_LANE: Final = 132
_NARROW_LANE: Final = 92
_SHEETS: Final = ("tokens", "living-file", "drawings")
_FACES: Final = (("Vazirmatn", "vazirmatn-arabic"), ("Inter", "inter-latin"))


@dataclass(frozen=True, slots=True)
class RowShown:
    """A lane as a row of a table: its drawing, or its cells with whether their step is hot."""

    name: str
    note: str
    svg: SafeString | None
    legend: tuple[tuple[LegendLine, str], ...]
    cells: tuple[tuple[bool, tuple[Block, ...]], ...]


@dataclass(frozen=True, slots=True)
class TableShown:
    """A stretch of a map as a table.

    Attributes
    ----------
    name
        For those who do not see it.
    stages
        Name, what it is about, and columns.
    """

    name: str
    columns: int
    stages: tuple[tuple[str, str, int], ...]
    steps: tuple[PosterStep, ...]
    rows: tuple[RowShown, ...]


@dataclass(frozen=True, slots=True)
class FilePage:
    """What the template is given.

    Attributes
    ----------
    whole
        The map in one table, for screens that are wide enough.
    parts
        The same stage by stage, for paper and for telephones; empty where the whole does for paper as well.
    policy
        What the page may do: show its own style and faces, and nothing else.
    """

    poster: Poster
    whole: TableShown
    parts: tuple[TableShown, ...]
    style: SafeString
    policy: str


def page_file(poster: Poster) -> FilePage:
    """Return a poster as the page of a file."""
    style = _style(len(poster.steps))
    windows = windows_of(poster, _ON_PAPER)
    return FilePage(
        poster=poster,
        whole=_table(poster, (0, len(poster.steps)), "whole"),
        parts=tuple(_table(poster, window, f"part-{number}") for number, window in enumerate(windows)),
        style=mark_safe(style),  # noqa: S308 - our own style sheets
        policy=policy_of(style),
    )


def rendered(page: FilePage) -> str:
    """Return the page as text."""
    return render_to_string("living/file.html", {"page": page, "poster": page.poster})


def policy_of(style: str) -> str:
    """Return the policy under which a page may have this style, its own faces, and nothing else."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )


def _table(poster: Poster, window: tuple[int, int], name: str) -> TableShown:
    first, last = window
    return TableShown(
        name=poster.title,
        columns=last - first,
        stages=tuple(_stages(poster, window)),
        steps=poster.steps[first:last],
        rows=tuple(
            _row(poster, row_number, window, f"{name}-{row_number}") for row_number in range(len(poster.rows))
        ),
    )


def _row(poster: Poster, number: int, window: tuple[int, int], drawing_id: str) -> RowShown:
    row = poster.rows[number]
    if isinstance(row, CellRow):
        hot = [step.is_hot for step in poster.steps]
        cells = tuple((hot[place], row.cells[place]) for place in range(*window))
        return RowShown(row.name, row.note, None, (), cells)
    svg = row.draw(window, float(_COLUMN), True, drawing_id)
    return RowShown(row.name, row.note, mark_safe(svg), row.legend, ())  # noqa: S308 - drawn by us, escaped


def _stages(poster: Poster, window: tuple[int, int]) -> Sequence[tuple[str, str, int]]:
    found, place = [], 0
    for stage in poster.stages:
        columns = min(place + stage.steps, window[1]) - max(place, window[0])
        if columns > 0:
            found.append((stage.name, stage.about, columns))
        place += stage.steps
    return found


def _style(columns: int) -> str:
    tokens, *sheets = [(Path(FOLDER) / "css" / f"{name}.css").read_text("utf-8") for name in _SHEETS]
    # The faces of the tokens are fetched by address; a file that stands alone has its own.
    tokens = ":root {" + tokens.partition(":root {")[2]
    whole = f".whole table {{ min-inline-size: {_LANE + columns * _COLUMN}px; }}"
    parts = " ".join(
        f".parts .columns-{each} {{ min-inline-size: {_NARROW_LANE + each * _COLUMN}px; }}"
        for each in range(2, _ON_PAPER + 1)
    )
    least = f"@media screen {{ {whole} {parts} }}"
    narrow = (
        "" if columns > _ON_PAPER else "@media print { .whole { display: block; } .parts { display: none; } }"
    )
    # A page in a page of style would end it: no sheet of ours holds such a mark.
    return "\n".join([_faces(), tokens, *sheets, least, narrow]).replace("</", "")


@cache
def _faces() -> str:
    """Return our faces within the style, so that nothing has to be fetched."""
    said = []
    for family, name in _FACES:
        data = b64encode((Path(FOLDER) / "vendor" / f"{name}.woff2").read_bytes()).decode()
        said.append(
            f'@font-face {{ font-family: "{family}"; font-weight: 100 900;'
            f' src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
        )
    return "\n".join(said)
