"""A table of events in memory as paths: for people who come with a data frame and have no log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.time_zone import instants_of_local

from .parts import customer_keys
from .pathindex import narrow
from .paths import Paths, PathShard
from .row_column import RowColumn

#: Microseconds of the years 2 to 9998: what calendars reach in every time zone.
_FIRST: Final = -62_104_060_800_000_000
_LAST: Final = 253_370_764_800_000_000 - 1


class FrameRefused(Refusal, ValueError):
    """The table cannot be read as events."""

    code = "frame.refused"


@dataclass(frozen=True, slots=True)
class FrameColumns:
    """Which column of a table is what; all others are properties.

    Attributes
    ----------
    customer, time, event
        Who, when, what.
    channel
        By which channel; none when None.
    amount, currency
        How much, in whole units, and of what; none when None.
    """

    customer: str
    time: str
    event: str
    channel: str | None = None
    amount: str | None = None
    currency: str | None = None


class FramePaths:
    """The paths of a table of events.

    Attributes
    ----------
    notes
        What was left out or taken for granted: ``frame.no_customer``, ``frame.no_time``, ``frame.no_event``,
        ``frame.naive_times``.

    Parameters
    ----------
    frame
        Of pandas, polars or Arrow, or whatever gives its columns as an Arrow stream (``__arrow_c_stream__``).
    columns
        Which is what.
    time_zone
        IANA name of the zone whose clocks times without one show; UTC, with a note, when None.

    Raises
    ------
    FrameRefused
    """

    def __init__(self, frame: object, columns: FrameColumns, *, time_zone: str | None = None) -> None:
        table = _table(frame)
        _check_names(table, columns)
        customers = _texts(table, columns.customer)
        names = _texts(table, columns.event)
        instants, naive = _instants(table, columns.time, time_zone)
        notes = [Note.of("frame.naive_times", column=columns.time)] if naive and time_zone is None else []
        kept: pa.ChunkedArray | None = None
        for code, column in (("customer", customers), ("time", instants), ("event", names)):
            there = pc.is_valid(column)
            left_out = pc.sum(pc.invert(there) if kept is None else pc.and_(kept, pc.invert(there))).as_py()
            kept = there if kept is None else pc.and_(kept, there)
            if left_out:
                notes.append(Note.of(f"frame.no_{code}", count=int(left_out)))
        self.notes = tuple(notes)
        whole = table.filter(kept)
        self._customers, shard = _shard(
            customers.filter(kept),
            _microseconds(instants.filter(kept)),
            names.filter(kept),
            None if columns.channel is None else pc.fill_null(_texts(whole, columns.channel), ""),
            FrameRows(whole, columns),
        )
        self._paths = Paths(_version(shard), (shard,) if len(shard.first) else ())

    def paths(self) -> Paths:
        """Return everybody's path."""
        return self._paths

    def ids_of(self, persons: NDArray[np.uint64]) -> list[str]:
        """Return the ids of persons, in the order given."""
        return [self._customers[person] for person in persons.tolist()]


class FrameRows:
    """The other columns of a table, in the order of the paths."""

    def __init__(self, table: pa.Table, columns: FrameColumns) -> None:
        self._table = table
        self._of = {"@amount": columns.amount, "@currency": columns.currency}
        self._order: NDArray[np.int64] = np.arange(table.num_rows)
        self._kept: dict[str, RowColumn] = {}

    def sort(self, order: NDArray[np.int64]) -> None:
        """Take the rows in this order from now on."""
        self._order = order

    def column(self, name: str) -> RowColumn:
        """Return one column of every row; nothing anywhere when there is none of that name."""
        if name not in self._kept:
            self._kept[name] = self._read(self._of.get(name, name))
        return self._kept[name]

    def _read(self, name: str | None) -> RowColumn:
        if name is None or name not in self._table.column_names:
            return RowColumn(np.zeros(self._table.num_rows, np.uint8), ("",))
        codes, values = _coded(self._table.column(name))
        texts = ["" if value is None or value != value else _json(value) for value in values]  # noqa: PLR0124 - NaN
        known = {"": 0}
        places = np.array([known.setdefault(text, len(known)) for text in texts], np.uint32)
        found = places[codes] if len(places) else np.zeros(len(codes), np.uint32)
        return RowColumn(narrow(found[self._order], len(known)), tuple(known))


def _table(frame: object) -> pa.Table:
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return _plain_columns(pa.table(frame))
    if not hasattr(frame, "__arrow_c_stream__"):
        raise FrameRefused(
            f"A {type(frame).__name__} is no table.",
            hint="Give a data frame of pandas or polars, or an Arrow table.",
        )
    try:
        table = pa.RecordBatchReader.from_stream(frame).read_all()
    except (pa.ArrowException, TypeError, ValueError) as unreadable:
        raise FrameRefused(
            f"The table cannot be read: {unreadable}", hint="Give each column values of one type."
        ) from unreadable
    return _plain_columns(table)


def _plain_columns(table: pa.Table) -> pa.Table:
    """Return the table without the index of a data frame, its texts in one form."""
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise FrameRefused(
            f"The table has several columns {twice[0]!r}.", hint="Give each its own name.", column=twice[0]
        )
    return pa.table({name: _plain(table.column(name)) for name in names})


def _check_names(table: pa.Table, columns: FrameColumns) -> None:
    named = {
        "customer": columns.customer,
        "time": columns.time,
        "event": columns.event,
        "channel": columns.channel,
        "amount": columns.amount,
        "currency": columns.currency,
    }
    for role, name in named.items():
        if name is not None and not isinstance(name, str):
            raise FrameRefused(
                f"The column of the {role} is named by {name!r}, which is no text.",
                hint="Name the columns by texts, such as frame.rename(columns=str).",
            )
        if name is not None and name not in table.column_names:
            hint = nearest(name, table.column_names) or f"The columns are: {', '.join(table.column_names)}."
            raise FrameRefused(f"The table has no column {name!r} ({role}).", hint=hint, column=name)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column with texts of one type, whatever form the data frame keeps them in."""
    if pa.types.is_dictionary(column.type):
        values = [_plain_text(chunk.dictionary).take(chunk.indices) for chunk in column.chunks]
        return pa.chunked_array(values) if values else pa.chunked_array([], pa.string())
    return _plain_text(column)


def _plain_text(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        return values.cast(pa.string())
    return values


def _texts(table: pa.Table, name: str) -> pa.ChunkedArray:
    """Return a column as texts; nothing, NaN and the empty text are null."""
    column = table.column(name)
    if pa.types.is_floating(column.type):
        # pandas keeps whole numbers as floating-point ones where some are missing
        column = pc.if_else(pc.is_finite(column), column, None)
        whole = pc.cast(column, pa.int64(), safe=False)
        is_whole = pc.equal(pc.cast(whole, column.type, safe=False), column)
        texts = pc.if_else(is_whole, whole.cast(pa.string()), column.cast(pa.string()))
    else:
        try:
            texts = column.cast(pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as unreadable:
            raise FrameRefused(
                f"The column {name!r} holds no texts but {column.type}.",
                hint="Make texts of it first.",
                column=name,
            ) from unreadable
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _instants(table: pa.Table, name: str, zone: str | None) -> tuple[pa.ChunkedArray, bool]:
    """Return a column as instants, and whether its times had no zone."""
    column = table.column(name)
    if pa.types.is_string(column.type):
        column = _parsed(column, name)
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("us"))
    if not pa.types.is_timestamp(column.type):
        raise FrameRefused(
            f"The column {name!r} holds no times but {column.type}.",
            hint="Make times of it first, such as pandas.to_datetime(…, unit='s', utc=True).",
            column=name,
        )
    shown = _in_microseconds(column, name)
    if column.type.tz is not None:
        return shown, False
    if zone is not None:
        mask = pc.is_valid(shown)
        instants = instants_of_local(pc.fill_null(shown.cast(pa.int64()), 0).to_numpy(), zone)
        shown = pc.if_else(mask, pa.array(instants).cast(pa.timestamp("us")), None)
    return shown.cast(pa.timestamp("us", "UTC")), True


def _in_microseconds(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return times in microseconds, finer ones cut; those of a zone as UTC."""
    kind = pa.timestamp("us", None if column.type.tz is None else "UTC")
    try:
        times = column.cast(kind, safe=column.type.unit != "ns")
    except pa.ArrowInvalid as unreadable:
        raise _times_out_of_reach(name) from unreadable
    span = pc.min_max(times.cast(pa.int64())).as_py()
    if span["min"] is not None and (span["min"] < _FIRST or span["max"] > _LAST):
        raise _times_out_of_reach(name)
    return times


def _times_out_of_reach(name: str) -> FrameRefused:
    return FrameRefused(
        f"The column {name!r} holds times outside the years 2 to 9998.",
        hint="Look at the unit that they were made with, and make them null where they are not known.",
        column=name,
    )


def _parsed(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return texts as times: all with a zone, or all without one."""
    filled = pc.if_else(pc.equal(column, ""), None, column)
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            return filled.cast(kind)
        except pa.ArrowInvalid:
            continue
    raise FrameRefused(
        f"The texts of the column {name!r} are not all times of ISO 8601, or some have a zone and some none.",
        hint="Make times of them first, such as pandas.to_datetime(…, utc=True).",
        column=name,
    )


def _microseconds(instants: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.ascontiguousarray(instants.cast(pa.int64()).to_numpy())


def _shard(
    customers: pa.ChunkedArray,
    time: NDArray[np.int64],
    names: pa.ChunkedArray,
    channels: pa.ChunkedArray | None,
    rows: FrameRows,
) -> tuple[Mapping[int, str], PathShard]:
    """Return the id of each key, and the paths: by time, events of one instant in the order of the table."""
    from .kernels import order_rows  # noqa: PLC0415 - compiled code only when needed

    rank, ids = _coded(customers)
    order = order_rows(rank.astype(np.int32), len(ids), time, np.arange(len(time)))
    rows.sort(order)
    keys = customer_keys(pa.array(ids, pa.string()))
    edges = np.concatenate([[0], np.cumsum(np.bincount(rank, minlength=len(ids)))]).astype(np.uint32)
    code, event_names = _coded(names)
    channel_code, channel_names = (
        (np.zeros(len(time), np.uint8), [""]) if channels is None else _coded(channels)
    )
    shard = PathShard(
        edges[:-1],
        edges[1:],
        time[order],
        narrow(code, len(event_names))[order],
        narrow(channel_code, len(channel_names))[order],
        tuple(event_names),
        tuple(channel_names),
        keys,
        rows,
        int(time.max()) if len(time) else None,
    )
    return dict(zip(keys.tolist(), ids, strict=True)), shard


def _coded(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    """Return for each row the place of its value among the distinct ones, and these, in the order they come."""
    try:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists and records are told apart by their JSON
        texts = [None if value is None else _json(value) for value in column.to_pylist()]
        places, values = _coded(pa.chunked_array([pa.array(texts, pa.string())]))
        return places, [None if value is None else json.loads(value) for value in values]
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))


def _version(shard: PathShard) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for array in (shard.first, shard.time, shard.code, shard.channel_code, shard.person):
        digest.update(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
    digest.update(_json([shard.event_names, shard.channels]).encode())
    return f"table-{digest.hexdigest()}"
