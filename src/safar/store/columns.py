"""Properties of all rows of a part as arrays beside its path index, taken out of the JSON when first asked for.

A part never changes, so neither does a column of it: it is kept in a file of its own, memory-mapped, and goes when the
part goes. Reading a property of a hundred million events is then a matter of bytes, not of JSON.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safar.vocabulary.money import EXPONENTS

from .arrays import map_arrays, write_arrays
from .layout import Layout
from .pathindex import narrow
from .row_column import RowColumn
from .sql import Engine

#: Written into each file; one of another number is made anew.
_FORMAT: Final = 1


class PackedValues:
    """Distinct values as one run of UTF-8 bytes and where each ends."""

    def __init__(self, ends: NDArray[np.int64], text: NDArray[np.uint8]) -> None:
        self._ends = ends
        self._text = text

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[str]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int, /) -> str:
        first = int(self._ends[place - 1]) if place else 0
        return self._text[first : int(self._ends[place])].tobytes().decode()


class ColumnShelf:
    """The columns of one log's parts. Thread-safe: who asks for the same one at once waits for the first."""

    def __init__(self, layout: Layout, engine: Engine) -> None:
        self._layout = layout
        self._engine = engine
        self._kept: dict[tuple[str, str], RowColumn] = {}
        self._lock = threading.Lock()

    def column(self, part: str, name: str) -> RowColumn:
        """Return one property of every row of a part.

        Raises
        ------
        FileNotFoundError
            The part was merged away meanwhile: take a new view and ask again.
        """
        with self._lock:
            found = self._kept.get((part, name))
            if found is None:
                found = self._kept[part, name] = self._read(part, name)
            return found

    def forget_all_but(self, parts: frozenset[str]) -> None:
        """Let go of the columns of other parts."""
        with self._lock:
            self._kept = {key: column for key, column in self._kept.items() if key[0] in parts}

    def of_table(self, table: pa.Table, name: str) -> RowColumn:
        """Return one property of every row of a table of events."""
        found = self._engine.extracted([], table, f"SELECT {json_of(name)} AS value FROM rows")
        codes, values = _encoded(found.column("value"))
        return RowColumn(codes, tuple(values.to_pylist()))

    def _read(self, part: str, name: str) -> RowColumn:
        path = self._layout.column(
            part, hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        )
        # One that is cut off, garbled, of another format or gone meanwhile is made anew.
        with suppress(OSError, ValueError, KeyError, TypeError):
            facts, arrays = map_arrays(path)
            if facts["format"] == _FORMAT:
                _check(arrays)
                return _column_of(arrays)
        found = self._engine.extracted([part], None, f"SELECT {json_of(name)} AS value FROM rows")
        arrays = _packed(*_encoded(found.column("value")))
        with suppress(OSError):  # a full disk, or one that is only read: it is kept in memory alone
            self._keep(path, arrays)
            _, arrays = map_arrays(path)
        if not self._layout.parquet(part).exists():
            # Erased while it was read: nothing of it may stay behind.
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise FileNotFoundError(part)
        return _column_of(arrays)

    @staticmethod
    def _keep(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
        """Write a column under a name of its own first: another process may be writing the same one."""
        arriving = path.with_name(f"{path.name}-{secrets.token_hex(4)}.tmp")
        try:
            write_arrays(arriving, {"format": _FORMAT}, arrays)
            arriving.replace(path)
        except BaseException:
            with suppress(OSError):
                arriving.unlink(missing_ok=True)
            raise


def _packed(codes: NDArray[np.unsignedinteger[Any]], values: pa.Array) -> dict[str, NDArray[Any]]:
    """Return a column as the arrays of its file."""
    texts = values.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1)
    text = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    return {"codes": codes, "ends": offsets[1:] - offsets[0], "text": text}


def _check(arrays: dict[str, NDArray[Any]]) -> None:
    """Raise ValueError where codes name no value or values are no texts. (`check_arrays` finds all else.)"""
    codes, ends = arrays["codes"], arrays["ends"]
    offsets = np.concatenate([np.zeros(1, np.int64), ends])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(arrays["text"])]
    pa.Array.from_buffers(pa.large_string(), len(ends), buffers).validate(full=True)
    if codes.dtype.kind != "u" or (len(codes) and int(codes.max()) >= len(ends)):
        raise ValueError("A code of the column names no value.")


def _column_of(arrays: dict[str, NDArray[Any]]) -> RowColumn:
    return RowColumn(arrays["codes"], PackedValues(arrays["ends"], arrays["text"]))


class PartRows:
    """The rows of a part, in its order."""

    def __init__(self, columns: ColumnShelf, part: str) -> None:
        self._columns = columns
        self._part = part

    def column(self, name: str) -> RowColumn:
        """Return one property of every row."""
        return self._columns.column(self._part, name)


class TableRows:
    """The rows of a table of events, in an order of their own."""

    def __init__(self, columns: ColumnShelf, table: pa.Table, order: NDArray[np.int64]) -> None:
        self._columns = columns
        self._table = table
        self._order = order
        self._kept: dict[str, RowColumn] = {}

    def column(self, name: str) -> RowColumn:
        """Return one property of every row."""
        if name not in self._kept:
            column = self._columns.of_table(self._table, name)
            self._kept[name] = RowColumn(column.codes[self._order], column.values)
        return self._kept[name]


def json_of(name: str) -> str:
    """Return what takes a property out of a row as JSON, in SQL; NULL or ``null`` where there is none."""
    if name == "@amount":
        units = " ".join(
            f"WHEN {_quoted(currency)} THEN {10**exponent}"
            for currency, exponent in EXPONENTS.items()
            if exponent != 2
        )
        return f"to_json(amount::DOUBLE / CASE currency {units} ELSE 100 END)::VARCHAR"
    if name in {"@currency", "@source"}:
        return f"to_json({name[1:]})::VARCHAR"
    whole = f"json_extract(properties, {_quoted(_pointer([name]))})"
    if "." not in name:
        return f"{whole}::VARCHAR"
    return f"coalesce({whole}, json_extract(properties, {_quoted(_pointer(name.split('.')))}))::VARCHAR"


def _pointer(names: list[str]) -> str:
    """Return the JSON pointer (RFC 6901) of a name within names."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _encoded(column: pa.ChunkedArray) -> tuple[NDArray[np.unsignedinteger[Any]], pa.Array]:
    """Return codes and distinct texts of a column; the first text is empty, for rows without a value."""
    none = pa.array(["null"], pa.string())
    filled = pc.if_else(pc.is_in(column, none), None, column)
    encoded = filled.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return np.zeros(0, np.uint8), pa.array([""], pa.string())
    texts = encoded.chunk(0).dictionary
    values = pa.concat_arrays([pa.array([""], texts.type), texts])
    places = np.concatenate(
        [pc.fill_null(pc.add(chunk.indices, 1), 0).to_numpy(zero_copy_only=False) for chunk in encoded.chunks]
    )
    return narrow(places, len(values)), values
