"""Foreign Parquet files, read as columns of Python values a piece at a time.

The importer (`safar.collect`) may not name an engine; it is handed `parquet` by its caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from safar.collect.opening import DEFAULT_LIMITS, refuse_growth
from safar.vocabulary.errors import Refusal

#: Values of a piece, written out; a piece of longer ones has fewer rows.
_PIECE_BYTES: Final = 64 << 20
#: Rows of a piece where texts stand inside of lists and the like: a dictionary is written out there as it is read.
_NESTED_ROWS: Final = 1_000


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
            with pq.ParquetFile(path) as file:
                texts, has_nested = _texts(file)
            # A text that stands in a dictionary once and in a million rows stays one text.
            self._file = pq.ParquetFile(path, read_dictionary=texts)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, error) from error
        self._path = path
        self._size = path.stat().st_size
        self._most_rows = _NESTED_ROWS if has_nested else self._file.metadata.num_rows
        refuse_growth(path, self._size, _unpacked(self._file.metadata), DEFAULT_LIMITS)
        self.names: Sequence[str] = self._file.schema_arrow.names
        self.row_count: int = self._file.metadata.num_rows

    def pieces(self, rows: int) -> Iterator[Sequence[Sequence[object]]]:
        """Yield columns of Python values, at most ``rows`` rows at a time, in file order.

        Instants in nanoseconds are cut to microseconds; maps become dictionaries.

        Raises
        ------
        ParquetUnreadable
            When a page is damaged.
        FileExpandsTooFar
            When few bytes stand for absurdly many.
        """
        written_out = 0
        try:
            for batch in self._file.iter_batches(
                batch_size=max(1, min(rows, self._most_rows)), use_threads=False
            ):
                written_out += _bytes_of(batch)
                refuse_growth(self._path, self._size, written_out, DEFAULT_LIMITS)
                for piece in _small(batch):
                    yield [_values(column) for column in piece.columns]
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._path, error) from error


def parquet(path: Path) -> ParquetTable:
    """Open a Parquet file for the importer.

    Raises
    ------
    ParquetUnreadable
    """
    return ParquetTable(path)


def _texts(file: pq.ParquetFile) -> tuple[list[str], bool]:
    """Return the columns of texts at the top level, and whether there are texts inside of others."""
    paths = [
        column.path
        for column in map(file.schema.column, range(len(file.schema)))
        if column.physical_type == "BYTE_ARRAY"
    ]
    whole = [path for path in paths if path in file.schema_arrow.names]
    return whole, len(whole) < len(paths)


def _unpacked(metadata: pq.FileMetaData) -> int:
    return sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))


def _bytes_of(batch: pa.RecordBatch) -> int:
    """Return how many bytes the values have when each row has its own."""
    return sum(_bytes_of_column(column) for column in batch.columns)


def _bytes_of_column(column: pa.Array) -> int:
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).take(column.indices)
    return pc.sum(lengths.cast(pa.int64())).as_py() or 0


def _is_text(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_binary,
        pa.types.is_large_binary,
    )
    return any(test(kind) for test in tests)


def _small(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield a batch in pieces that are not too much for the memory, in order."""
    if batch.num_rows < 2 or _bytes_of(batch) <= _PIECE_BYTES:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _small(batch.slice(0, half))
    yield from _small(batch.slice(half))


def _values(column: pa.Array) -> list[object]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        found = _values(column.dictionary)
        return [None if place is None else found[place] for place in column.indices.to_pylist()]
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
