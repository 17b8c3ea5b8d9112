"""Foreign Parquet files, read as columns of Python values a piece at a time.

The importer (`safar.collect`) may not name an engine; it is handed `parquet` by its caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from safar.vocabulary.errors import Refusal


class ParquetUnreadable(Refusal, ValueError):
    """The file is no Parquet, is damaged, or is encrypted."""

    code = "import.parquet_unreadable"


class ParquetTable:
    """A Parquet file, open.

    Attributes
    ----------
    names
        Its columns at the top level.
    row_count
        Its rows.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, error) from error
        self._path = path
        self.names: Sequence[str] = self._file.schema_arrow.names
        self.row_count: int = self._file.metadata.num_rows

    def pieces(self, rows: int) -> Iterator[Sequence[Sequence[object]]]:
        """Yield columns of Python values, at most ``rows`` rows at a time, in file order.

        Instants in nanoseconds are cut to microseconds; maps become dictionaries.

        Raises
        ------
        ParquetUnreadable
            When a page is damaged.
        """
        try:
            for batch in self._file.iter_batches(batch_size=rows, use_threads=False):
                yield [_values(column) for column in batch.columns]
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._path, error) from error


def parquet(path: Path) -> ParquetTable:
    """Open a Parquet file for the importer.

    Raises
    ------
    ParquetUnreadable
    """
    return ParquetTable(path)


def _values(column: pa.Array) -> list[object]:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_time64(kind) and kind.unit == "ns":
        column = column.cast(pa.time64("us"), safe=False)
    elif pa.types.is_duration(kind) and kind.unit == "ns":
        column = column.cast(pa.duration("us"), safe=False)
    values: list[object] = column.to_pylist()
    if pa.types.is_map(kind):
        return [dict(value) if isinstance(value, list) else value for value in values]
    return values


def _unreadable(path: Path, error: Exception) -> ParquetUnreadable:
    return ParquetUnreadable(
        f"{path.name} cannot be read as Parquet: {error}.",
        hint="Write it again, without encryption.",
        file=path.name,
    )
