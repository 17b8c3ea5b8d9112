"""The first rows of a file as a mapping reads them: cells as they stand, and which of them are mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .formats import decide_formats
from .import_record import ShownEvent
from .importing import shown_events
from .mapping import Mapping
from .mapping_columns import columns_of
from .mapping_file import check_columns
from .opening import DEFAULT_LIMITS, Limits
from .reasons import RejectedRow, Rejection
from .rows import OpenForeign, Rows
from .shape import FileShape, detect_shape, read_rows
from .translate import Translator

#: Rows that are shown as they stand, and mistaken rows that are shown after them.
ROWS_SHOWN: Final = 20
MISTAKES_SHOWN: Final = 5
#: Rows that mistakes are looked for in.
ROWS_LOOKED_AT: Final = 10_000
LONGEST_CELL: Final = 300


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file.

    Attributes
    ----------
    number
        In the file, from 1, the header counted.
    cells
        In the order of the columns, cut at 300 characters.
    rejection
        Why it would be rejected, if it would.
    """

    number: int
    cells: tuple[str, ...]
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The start of a file.

    Attributes
    ----------
    shape
        What kind of file it is.
    names
        The columns that are shown.
    rows
        The first twenty.
    mistakes
        The first five rows after them that would be rejected.
    rows_looked_at, rejected
        How many rows were looked at, and how many of them would be rejected.
    events
        The first ten that rows would become.
    """

    shape: FileShape
    names: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    mistakes: tuple[PreviewRow, ...] = ()
    rows_looked_at: int = 0
    rejected: int = 0
    events: tuple[ShownEvent, ...] = ()


def raw_preview(
    path: Path,
    shape: FileShape,
    *,
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Preview:
    """Return the first rows without any meaning, for a file that nobody has a mapping for yet."""
    rows: list[PreviewRow] = []
    for piece in read_rows(path, shape, foreign=foreign, limits=limits):
        rows += _rows(piece, shape.names, ROWS_SHOWN - len(rows))
        if len(rows) >= ROWS_SHOWN:
            break
    return Preview(shape, shape.names, tuple(rows))


def preview(
    path: Path,
    mapping: Mapping,
    *,
    time_zone: str = "UTC",
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Preview:
    """Return the first rows of a file as a mapping reads them.

    Parameters
    ----------
    path, mapping, time_zone, foreign, limits
        As in `safar.collect.importing.try_import`, whose errors it raises.
    """
    shape = detect_shape(path, mapping.file, foreign=foreign, limits=limits)
    check_columns(mapping, shape.names, loose=shape.format in ("jsonl", "xes"))
    # A template may name columns inside of the objects of a row that its first rows do not have.
    wanted = list(dict.fromkeys([*shape.names, *(column for column, _ in columns_of(mapping))]))
    pieces = read_rows(path, shape, wanted=wanted, foreign=foreign, limits=limits)
    formats = decide_formats(mapping, pieces, time_zone=time_zone)
    translator = Translator(mapping, formats, shape.names, source="", received_at=0)
    shown: list[PreviewRow] = []
    found: list[RejectedRow] = []
    events: list[ShownEvent] = []
    looked_at = 0
    for piece in read_rows(path, shape, wanted=wanted, foreign=foreign, limits=limits):
        taken = piece.part(0, ROWS_LOOKED_AT - looked_at)
        is_whole = len(taken) == len(piece)
        taken.broken = [each for each in piece.broken if is_whole or each.number <= taken.numbers[-1]]
        if len(shown) < ROWS_SHOWN:
            shown += _rows(taken, shape.names, ROWS_SHOWN - len(shown))
        made = translator.translate(taken)
        found += made.rejected
        if len(made.events) and not events:
            events = shown_events(made.events, 10)
        looked_at += made.rows
        if looked_at >= ROWS_LOOKED_AT:
            break
    by_number = {row.number: row for row in found}
    return Preview(
        shape,
        shape.names,
        tuple(_with_mistake(row, by_number) for row in shown),
        tuple(
            PreviewRow(row.number, tuple(map(_cut, row.cells)), row.rejection)
            for row in found
            if not shown or row.number not in {each.number for each in shown}
        )[:MISTAKES_SHOWN],
        looked_at,
        len(found),
        tuple(events),
    )


def _rows(piece: Rows, names: tuple[str, ...], most: int) -> list[PreviewRow]:
    """Return rows that could be taken apart and rows that could not, in the order of the file."""
    count = min(len(piece), most)
    columns = [piece.texts(name)[:count] for name in names]
    rows = [
        PreviewRow(number, tuple(_cut(column[place]) for column in columns))
        for place, number in enumerate(piece.numbers[:count].tolist())
    ]
    rows += [
        PreviewRow(each.number, tuple(map(_cut, each.cells)), Rejection(each.reason, detail=each.detail))
        for each in piece.broken[:most]
    ]
    return sorted(rows, key=lambda row: row.number)[:most]


def _with_mistake(row: PreviewRow, found: dict[int, RejectedRow]) -> PreviewRow:
    if row.number not in found:
        return row
    return PreviewRow(row.number, row.cells, found[row.number].rejection)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
