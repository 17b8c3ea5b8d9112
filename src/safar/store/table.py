"""The answer of a query: named columns of equal length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from safar.vocabulary.interval import Estimate


@dataclass(frozen=True, slots=True)
class Table:
    """What `Log.sql` returns. ``arrow`` is the Arrow table itself (pandas: ``.arrow.to_pandas()``)."""

    arrow: pa.Table

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> Self:
        """Return a table of these columns; instants are aware, lengths of time are `timedelta`."""
        return cls(pa.table({name: pa.array(values) for name, values in columns.items()}))

    def pandas(self) -> Any:
        """Return a pandas ``DataFrame``; pandas must be installed."""
        return self.arrow.to_pandas()

    def polars(self) -> Any:
        """Return a polars ``DataFrame``; polars must be installed."""
        return import_module("polars").from_arrow(self.arrow)

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return list(self.arrow.column_names)

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def columns(self) -> dict[str, list[Any]]:
        """Return each column as a list of Python values (instants as aware UTC datetimes)."""
        return {name: self.arrow.column(place).to_pylist() for place, name in enumerate(self.names)}

    def column(self, name: str) -> list[Any]:
        """Return one column as a list of Python values."""
        return list(self.arrow.column(name).to_pylist())

    def of_rows(self, rows: Sequence[int]) -> Table:
        """Return these rows alone, in the order given."""
        return Table(self.arrow.take(pa.array(rows, pa.int64())))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows as tuples."""
        columns = [column.to_pylist() for column in self.arrow.columns]
        return list(zip(*columns, strict=True))

    def one(self) -> tuple[Any, ...]:
        """Return the only row."""
        (row,) = self.rows()
        return row

    def in_seconds(self) -> Table:
        """Return the table with lengths of time as seconds, in columns whose names say so: ``gap_seconds``."""
        names, columns = [], []
        for name, column in zip(self.names, self.arrow.columns, strict=True):
            is_length = pa.types.is_duration(column.type)
            names.append(f"{name}_seconds" if is_length else name)
            columns.append(_seconds(column) if is_length else column)
        return Table(pa.table(columns, names))

    def kinds(self) -> list[str]:
        """Return what each column holds: ``integer``, ``number``, ``boolean``, ``instant``, ``list`` or ``text``."""
        return [_kind(column.type) for column in self.arrow.columns]

    def arrow_stream(self) -> bytes:
        """Return the table as a stream of Arrow's own format."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.arrow.schema) as writer:
            writer.write_table(self.arrow)
        return bytes(sink.getvalue())

    def parquet(self) -> bytes:
        """Return the table as a Parquet file."""
        sink = pa.BufferOutputStream()
        pq.write_table(self.arrow, sink, compression="zstd")
        return bytes(sink.getvalue())

    def _repr_html_(self) -> str:
        return str(self.arrow.slice(0, 50).to_pandas().to_html(index=False))

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.names)})"


def estimates(name: str, values: Sequence[Estimate | None]) -> dict[str, list[float | None]]:
    """Return three columns of estimates: the value and both ends of its interval; null where there is none."""
    return {
        name: [None if each is None else each.value for each in values],
        f"{name}_low": [None if each is None else each.interval.low for each in values],
        f"{name}_high": [None if each is None else each.interval.high for each in values],
    }


def _seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    microseconds = column.cast(pa.duration("us")).cast(pa.int64())
    return pc.divide(microseconds.cast(pa.float64()), 1e6)


def _kind(of: pa.DataType) -> str:
    for kind, is_kind in _KINDS.items():
        if is_kind(of):
            return kind
    return "text"


_KINDS: Final[Mapping[str, Callable[[pa.DataType], bool]]] = {
    "integer": pa.types.is_integer,
    "number": lambda of: bool(pa.types.is_floating(of) or pa.types.is_decimal(of)),
    "boolean": pa.types.is_boolean,
    "instant": pa.types.is_timestamp,
    "list": lambda of: bool(pa.types.is_list(of) or pa.types.is_large_list(of)),
}
