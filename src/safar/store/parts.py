"""Parts: Parquet files of one shard, sorted by (customer, time, arrival), each with its path index beside it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .disk import new_file
from .manifest import Part
from .pathindex import PathIndex, narrow
from .schema import PART_SCHEMA

ROW_GROUP_ROWS: Final = 32_768
#: Columns with few distinct texts: kept as a dictionary and codes.
_CODED: Final = ("event_name", "channel", "source", "currency")
_FILE_SCHEMA: Final = pa.schema(
    [
        PART_SCHEMA.field("event_id").with_type(pa.uuid()),
        *(
            field.with_type(pa.dictionary(pa.int32(), pa.string()))
            if field.name in {"customer_id", *_CODED}
            else field
            for field in list(PART_SCHEMA)[1:]
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class SortedRows:
    """Rows in the order of a part: by shard, customer, time, arrival.

    ``table`` has the columns of `schema.PART_SCHEMA` but ``customer_id``, coded columns as dictionaries.
    Customer ``c`` is ``customers[c]`` with key ``keys[c]`` in shard ``shards[c]``; its rows are
    ``starts[c]:starts[c + 1]``.
    """

    table: pa.Table
    customers: pa.StringArray
    keys: NDArray[np.uint64]
    shards: NDArray[np.int64]
    starts: NDArray[np.int64]

    def of_customers(self, first: int, last: int) -> SortedRows:
        """Return the rows of customers ``first`` … ``last - 1``."""
        row, end = int(self.starts[first]), int(self.starts[last])
        return SortedRows(
            self.table.slice(row, end - row),
            self.customers.slice(first, last - first),
            self.keys[first:last],
            self.shards[first:last],
            self.starts[first : last + 1] - row,
        )

    def by_shard(self) -> Iterator[tuple[int, SortedRows]]:
        """Yield each shard that has rows, with its rows."""
        present, firsts = np.unique(self.shards, return_index=True)
        edges = [*firsts.tolist(), len(self.shards)]
        for place, shard in enumerate(present.tolist()):
            yield shard, self.of_customers(edges[place], edges[place + 1])


def customer_keys(customers: pa.StringArray) -> NDArray[np.uint64]:
    """Return the 64-bit key of each customer id: its leading bits choose the shard."""
    from .kernels import hash_texts  # noqa: PLC0415 - compiled code only when needed

    keys = np.empty(len(customers), dtype=np.uint64)
    if len(customers):
        _, offsets, data = customers.buffers()
        places = np.frombuffer(offsets, dtype=np.int32)[
            customers.offset : customers.offset + len(customers) + 1
        ]
        letters = (
            np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        )
        hash_texts(places, letters, keys)
    return keys


def shards_of(keys: NDArray[np.uint64], shard_count: int) -> NDArray[np.int64]:
    """Return the shard of each customer key: its leading bits."""
    bits = shard_count.bit_length() - 1
    return (keys >> np.uint64(64 - bits)).astype(np.int64) if bits else np.zeros(len(keys), np.int64)


def sort_rows(table: pa.Table, shard_count: int) -> SortedRows:
    """Sort a table of `schema.PART_SCHEMA` for parts. Rows of one customer at one instant keep their ``sequence``."""
    from .kernels import order_rows  # noqa: PLC0415 - compiled code only when needed

    encoded = table.column("customer_id").combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    customers = encoded.dictionary
    keys = customer_keys(customers)
    shards = shards_of(keys, shard_count)
    by_text = np.empty(len(customers), dtype=np.int64)
    by_text[pc.array_sort_indices(customers).to_numpy()] = np.arange(len(customers))
    order_of_customers = np.lexsort((by_text, shards))
    rank_of_code = np.empty(len(customers), dtype=np.int32)
    rank_of_code[order_of_customers] = np.arange(len(customers), dtype=np.int32)
    rank = rank_of_code[encoded.indices.to_numpy()]
    occurred_at = _int64(table.column("occurred_at"))
    order = order_rows(rank, len(customers), occurred_at, _int64(table.column("sequence")))
    columns = {}
    for field in PART_SCHEMA:
        if field.name == "customer_id":
            continue
        column = table.column(field.name).combine_chunks()
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        columns[field.name] = column.dictionary_encode() if field.name in _CODED else column
    starts = np.zeros(len(customers) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rank, minlength=len(customers)), out=starts[1:])
    return SortedRows(
        pa.table(columns).take(pa.array(order)),
        customers.take(pa.array(order_of_customers)),
        keys[order_of_customers],
        shards[order_of_customers],
        starts,
    )


def _only_used(table: pa.Table) -> pa.Table:
    """Return the table with dictionaries that hold no text of other rows: those of another shard may be erased."""
    for name in _CODED:
        place = table.schema.get_field_index(name)
        chunks = [_compact(chunk) for chunk in table.column(place).chunks]
        table = table.set_column(place, name, pa.chunked_array(chunks, table.schema.field(place).type))
    return table


def _compact(chunk: pa.DictionaryArray) -> pa.DictionaryArray:
    codes = pc.fill_null(chunk.indices, 0).to_numpy()
    known = pc.is_valid(chunk.indices).to_numpy(zero_copy_only=False) if chunk.null_count else None
    used = np.bincount(codes if known is None else codes[known], minlength=len(chunk.dictionary)) > 0
    if used.all():
        return chunk
    places = (np.cumsum(used) - 1).astype(np.int32)
    codes = places[codes] if len(places) else codes
    indices = pa.array(codes, pa.int32(), mask=None if known is None else ~known)
    return pa.DictionaryArray.from_arrays(indices, chunk.dictionary.filter(pa.array(used)))


def _int64(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.ascontiguousarray(column.combine_chunks().view(pa.int64()).to_numpy())


class PartWriter:
    """Writes one part, row group by row group, and its path index. Rows must come in the order of the part.

    Parameters
    ----------
    folder
        The log's ``parts`` folder.
    name
        File name without ending.
    """

    def __init__(self, folder: Path, name: str, *, shard: int, level: int, run: str) -> None:
        self.name, self._folder = name, folder
        self._shard, self._level, self._run = shard, level, run
        self._rows = 0
        self._first_sequence = np.iinfo(np.int64).max
        self._starts: list[NDArray[np.int64]] = []
        self._keys: list[NDArray[np.uint64]] = []
        self._times: list[NDArray[np.int64]] = []
        self._codes: dict[str, list[NDArray[np.int64]]] = {"event_name": [], "channel": []}
        self._texts: dict[str, dict[str, int]] = {"event_name": {}, "channel": {}}
        self._stack = ExitStack()
        self._temporary = folder
        try:
            self._temporary = self._stack.enter_context(new_file(folder / f"{name}.parquet"))
            self._sink = self._stack.enter_context(pa.OSFile(str(self._temporary), "wb"))
            self._parquet = parquet_writer(self._sink)
        except BaseException as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise

    def add(self, rows: SortedRows) -> None:
        """Append rows; whole customers only, behind all customers added before."""
        rows = replace(rows, table=_only_used(rows.table))
        customer_of_row = np.repeat(np.arange(len(rows.customers), dtype=np.int32), np.diff(rows.starts))
        for start in range(0, rows.table.num_rows, ROW_GROUP_ROWS):
            self._parquet.write_table(
                self._row_group(rows, customer_of_row, start), row_group_size=ROW_GROUP_ROWS
            )
        self._first_sequence = min(self._first_sequence, int(pc.min(rows.table.column("sequence")).as_py()))
        self._starts.append(rows.starts[:-1] + self._rows)
        self._keys.append(rows.keys)
        self._times.append(_int64(rows.table.column("occurred_at")))
        for name, codes in self._codes.items():
            codes.append(self._one_dictionary(name, rows.table.column(name)))
        self._rows += rows.table.num_rows

    def finish(self) -> Part:
        """Flush both files under their names and return what the manifest has to know. The folder is not flushed."""
        self._parquet.close()
        self._sink.close()
        size, crc = self._temporary.stat().st_size, file_crc(self._temporary)
        self._stack.close()
        time = np.concatenate(self._times)
        PathIndex(
            starts=np.concatenate([*self._starts, np.array([self._rows])]).astype(np.uint32),
            customer_key=np.concatenate(self._keys),
            time=time,
            code=narrow(np.concatenate(self._codes["event_name"]), len(self._texts["event_name"])),
            channel_code=narrow(np.concatenate(self._codes["channel"]), len(self._texts["channel"])),
            event_names=tuple(self._texts["event_name"]),
            channels=tuple(self._texts["channel"]),
        ).write(self._folder / f"{self.name}.path")
        return Part(
            self.name,
            self._shard,
            self._level,
            self._run,
            self._rows,
            self._first_sequence,
            int(time.min()),
            int(time.max()),
            size,
            crc,
        )

    def abandon(self, error: BaseException) -> None:
        """Remove what was written so far."""
        self._parquet.is_open = False  # it would write its footer, for which there may be no room
        self._stack.__exit__(type(error), error, error.__traceback__)

    def _row_group(self, rows: SortedRows, customer_of_row: NDArray[np.int32], start: int) -> pa.Table:
        part = rows.table.slice(start, ROW_GROUP_ROWS)
        codes = customer_of_row[start : start + part.num_rows]
        first, last = int(codes[0]), int(codes[-1])
        customers = pa.DictionaryArray.from_arrays(
            codes - first, rows.customers.slice(first, last - first + 1)
        )
        part = part.add_column(1, "customer_id", customers)
        ids = part.column("event_id").combine_chunks()
        ids = pa.ExtensionArray.from_storage(pa.uuid(), ids)
        return part.set_column(0, "event_id", ids).cast(_FILE_SCHEMA)

    def _one_dictionary(self, name: str, column: pa.ChunkedArray) -> NDArray[np.int64]:
        known = self._texts[name]
        pieces = []
        for chunk in column.chunks:
            places = np.array([known.setdefault(text, len(known)) for text in chunk.dictionary.to_pylist()])
            used = chunk.indices.to_numpy()
            pieces.append(places[used] if len(places) else np.zeros(0, np.int64))
        return np.concatenate(pieces)


def parquet_writer(sink: pa.NativeFile) -> pq.ParquetWriter:
    """Return a writer of Parquet as parts have it."""
    return pq.ParquetWriter(
        sink,
        _FILE_SCHEMA,
        compression={field.name: "NONE" if field.name == "event_id" else "ZSTD" for field in PART_SCHEMA},
        compression_level={field.name: 1 for field in PART_SCHEMA if field.name != "event_id"},
        use_dictionary=["customer_id", "amount", *_CODED],
        column_encoding={
            "event_id": "PLAIN",
            "occurred_at": "DELTA_BINARY_PACKED",
            "received_at": "DELTA_BINARY_PACKED",
            "sequence": "DELTA_BINARY_PACKED",
            "properties": "PLAIN",
        },
        write_statistics=["customer_id", "event_name", "occurred_at", "source", "sequence"],
        store_schema=False,
    )


def read_rows(
    path: Path, row_groups: Sequence[int] | None = None, columns: Sequence[str] | None = None
) -> pa.Table:
    """Read a part (or some row groups, some columns) in the types of `schema.PART_SCHEMA`."""
    with pq.ParquetFile(path) as file:
        groups = range(file.num_row_groups) if row_groups is None else row_groups
        names = None if columns is None else list(columns)
        return plain(file.read_row_groups(list(groups), columns=names, use_threads=False))


def plain(table: pa.Table) -> pa.Table:
    """Return a table read from a part in the plain types of `schema.PART_SCHEMA`."""
    place = table.schema.get_field_index("event_id")
    if place >= 0 and table.schema.field(place).type == pa.uuid():
        chunks = [chunk.storage for chunk in table.column(place).chunks]
        table = table.set_column(place, "event_id", pa.chunked_array(chunks, pa.binary(16)))
    return table.cast(pa.schema([PART_SCHEMA.field(name) for name in table.column_names]))


def file_crc(path: Path) -> int:
    """Return the CRC-32 of a file's bytes."""
    crc = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            crc = zlib.crc32(piece, crc)
    return crc


def row_group_count(path: Path) -> int:
    """Return into how many row groups a part is split."""
    with pq.ParquetFile(path) as file:
        return int(file.num_row_groups)


def row_groups_of(path: Path, first: str, last: str) -> list[int]:
    """Return the row groups of a part that may hold customers between two ids, both included, by their statistics."""
    found = []
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            statistics = file.metadata.row_group(group).column(1).statistics
            unknown = statistics is None or not statistics.has_min_max
            if unknown or (statistics.max >= first and statistics.min <= last):
                found.append(group)
    return found
