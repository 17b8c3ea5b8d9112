"""Rows of a file on their way to becoming events: a piece of the file at a time, a column at a time.

Every reader yields `Rows`; nothing after it knows which format the file had. Text formats give texts, typed formats
(JSON, Excel, Parquet, XES) give Python values, which `as_text` turns into the text a person would have typed.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

#: Cells and rows in one piece: what bounds the memory of a reader. Small pieces stay in the cache of a processor.
CELLS_AT_A_TIME: Final = 400_000
MOST_ROWS_AT_A_TIME: Final = 10_000
#: Stands between the cells of a row when the whole row is taken as one text. No text file has it inside a cell.
CELL_END: Final = "\x1f"
#: Writes JSON with decimals as plain numbers.
JSON: Final = msgspec.json.Encoder(decimal_format="number")
_OBJECT: Final = msgspec.json.Decoder(dict[str, object])


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that the reader could not take apart.

    Attributes
    ----------
    number
        The row's number in the file, from 1, the header counted.
    reason
        A key of `safar.collect.reasons.REASONS`.
    detail
        What exactly, for the sentence.
    cells
        What there was.
    """

    number: int
    reason: str
    detail: str
    cells: list[str]


@dataclass(slots=True)
class Rows:
    """A piece of a file.

    Attributes
    ----------
    names
        The columns, in the order of the file.
    columns
        Each column's cells, equal lengths. All cells are texts unless ``typed``.
    numbers
        Each row's number in the file, from 1, the header counted.
    wholes
        Each whole row as one text: what makes a row itself.
    typed
        Whether cells are Python values rather than texts.
    as_lines
        Whether a rejected row is shown as its whole text rather than as cells.
    broken
        Rows between these that could not be taken apart.
    done
        Share of the file that has been read with this piece, 0 to 1.
    """

    names: tuple[str, ...]
    columns: dict[str, Sequence[object]]
    numbers: NDArray[np.int64]
    wholes: list[str]
    typed: bool = False
    as_lines: bool = False
    broken: list[BrokenRow] = field(default_factory=list)
    done: float = 0.0
    _texts: dict[str, Sequence[str]] = field(default_factory=dict)
    _objects: dict[str, Sequence[dict[str, object] | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def texts(self, name: str) -> Sequence[str]:
        """Return a column as texts; an absent value is the empty text, a column that no row has is all empty."""
        found = self._texts.get(name)
        if found is None:
            cells = self.columns.get(name)
            if cells is None or self.typed:
                values = self.values(name)
                found = [
                    "" if value is None else value if value.__class__ is str else as_text(value)
                    for value in values
                ]
            else:
                found = cells  # type: ignore[assignment]
            self._texts[name] = found  # type: ignore[assignment]
        return found  # type: ignore[return-value]

    def values(self, name: str) -> Sequence[object]:
        """Return a column as it stands in the file: texts, or Python values in a typed format.

        A dotted name that is no column is looked for inside the JSON objects of the column before the dot.
        """
        if name in self.columns:
            return self.columns[name]
        outer = next((each for each in reversed(ancestors(name)) if each in self.columns), None)
        if outer is None:
            return [None] * len(self)
        inner = name[len(outer) + 1 :].split(".")
        return [_inside(members, inner) for members in self.objects(outer)]

    def objects(self, name: str) -> Sequence[dict[str, object] | None]:
        """Return a column's JSON objects: empty ones where there is nothing, None where something else is."""
        found = self._objects.get(name)
        if found is None:
            found = self._objects[name] = list(map(_members, self.values(name)))
        return found

    def cells(self, places: Sequence[int]) -> list[list[str]]:
        """Return some rows as the rejects file shows them."""
        if self.as_lines:
            return [[self.wholes[place]] for place in places]
        columns = [self.texts(name) for name in self.names]
        return [[column[place] for column in columns] for place in places]

    def part(self, start: int, stop: int) -> Rows:
        """Return some neighbouring rows, without the broken ones."""
        columns = {name: cells[start:stop] for name, cells in self.columns.items()}
        return replace(
            self,
            columns=columns,
            numbers=self.numbers[start:stop],
            wholes=self.wholes[start:stop],
            broken=[],
            _texts={},
            _objects={},
        )

    def followed_by(self, later: Rows) -> Rows:
        """Return these rows and the ones of the next piece as one."""
        names = tuple(dict.fromkeys((*self.names, *later.names)))
        return replace(
            later,
            names=names,
            columns={name: [*self.values(name), *later.values(name)] for name in names},
            numbers=np.concatenate([self.numbers, later.numbers]),
            wholes=self.wholes + later.wholes,
            broken=self.broken + later.broken,
            _texts={},
            _objects={},
        )


class ForeignTable(Protocol):
    """A file whose engine lives elsewhere (Parquet): handed in by whoever may import the engine."""

    names: Sequence[str]
    row_count: int

    def pieces(self, rows: int) -> Iterator[Sequence[Sequence[object]]]:
        """Yield columns of Python values, at most ``rows`` rows at a time."""


#: Opens a Parquet file; `safar.store.foreign.parquet` is one.
OpenForeign = Callable[[Path], ForeignTable]


def ancestors(name: str) -> list[str]:
    """Return the columns that a dotted name may be inside of, the outermost first.

    >>> ancestors("context.page.url")
    ['context', 'context.page']
    """
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _members(value: object) -> dict[str, object] | None:
    if isinstance(value, dict):
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        return {}
    try:
        return _OBJECT.decode(value) if isinstance(value, str) else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _inside(members: dict[str, object] | None, path: Sequence[str]) -> object:
    value: object = members
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def rows_at_a_time(columns: int) -> int:
    """Return how many rows of that many columns make a piece."""
    return max(500, min(MOST_ROWS_AT_A_TIME, CELLS_AT_A_TIME // max(1, columns)))


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names with empty ones filled in (``column_1``) and repeated ones numbered (``date_2``).

    >>> unique_names(["", "date", "date"])
    ('column_1', 'date', 'date_2')
    """
    taken = {name.strip() for name in names}
    seen: set[str] = set()
    found = []
    for place, raw in enumerate(names, start=1):
        name = base = raw.strip() or f"column_{place}"
        again = 2
        while name in seen or (name != raw.strip() and name in taken):
            name, again = f"{base}_{again}", again + 1
        seen.add(name)
        found.append(name)
    return tuple(found)


def typed_rows(
    names: tuple[str, ...], columns: Sequence[Sequence[object]], first_number: int, *, done: float
) -> Rows:
    """Return a piece of a table of Python values (Excel, Parquet)."""
    count = len(columns[0]) if columns else 0
    piece = Rows(
        names,
        dict(zip(names, columns, strict=True)),
        np.arange(first_number, first_number + count, dtype=np.int64),
        [],
        typed=True,
        done=done,
    )
    piece.wholes = list(map(CELL_END.join, zip(*(piece.texts(name) for name in names), strict=True)))
    return piece


def as_text(value: object) -> str:
    """Return a value of a typed format as the text a person would have typed: a whole float without ``.0``.

    >>> as_text(17850.0), as_text(None), as_text(True), as_text({"a": 1})
    ('17850', '', 'true', '{"a":1}')
    """
    write = _WRITERS.get(type(value))
    return write(value) if write else _as_json(value)


def _as_json(value: object) -> str:
    return JSON.encode(value).decode()


def _float_text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


_WRITERS: Final[dict[type, Callable[..., str]]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _float_text,
    Decimal: lambda value: format(value, "f"),
    dt.datetime: lambda value: value.isoformat(sep=" "),
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: lambda value: str(value.total_seconds()),
    bytes: _bytes_text,
    uuid.UUID: str,
}
