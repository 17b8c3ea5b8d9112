"""The answer of a query: named columns of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Table:
    """What `Log.sql` returns. ``arrow`` is the Arrow table itself (pandas: ``.arrow.to_pandas()``)."""

    arrow: pa.Table

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

    def _repr_html_(self) -> str:
        return str(self.arrow.slice(0, 50).to_pandas().to_html(index=False))

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.names)})"
