"""The newest events of a log, page by page: found through the path indexes, so that only the rows shown are read.

The order is total and survives compaction: newest first; at one instant by the key of the customer's id; of one
customer at one instant, what arrived last comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .heads import Head, Heads
from .parts import customer_keys, shards_of
from .schema import PART_SCHEMA
from .sources import SourceRows
from .tail import View

#: Microseconds before every event, and behind every one.
EARLIEST: Final = -(1 << 62)
LATEST: Final = 1 << 62
_LAST_KEY: Final = (1 << 64) - 1
#: The tail stands where a part's number would.
_TAIL: Final = -1

#: Time, key, part (or the tail) and row of events.
Pairs = list[tuple[int, int, int, int]]
Heap = tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]


class EventPlace(NamedTuple):
    """Where an event stands in the order of all events: the next page starts behind it.

    Attributes
    ----------
    at
        ``occurred_at`` in microseconds UTC.
    key
        The key of its customer's id.
    sequence, event_id
        Order of arrival, and the id in hexadecimal. An event that waits for compaction may get another sequence by it;
        then its id says where it stands.
    """

    at: int
    key: int
    sequence: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are sought.

    Attributes
    ----------
    names, channels, sources
        Any of these; all when empty. Sources are in no index: the first search for one reads their column.
    ids
        Customer ids as events came with them; everybody when None.
    lowest, highest
        Bounds of ``occurred_at`` in microseconds UTC, half-open.
    one_each
        Only each customer id's newest event that fits: who was here last. A customer id whose newest one is not below
        the page's start is left out, which holds for each part by itself.
    """

    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None
    lowest: int = EARLIEST
    highest: int = LATEST
    one_each: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extent:
    """How many events a customer id has, and from when to when, in microseconds UTC.

    Attributes
    ----------
    last_wanted
        The newest of the events asked for; `EARLIEST` without one.
    """

    events: int
    first: int
    last: int
    last_wanted: int

    def with_those_of(self, other: Extent) -> Extent:
        """Return the extent of both together."""
        return Extent(
            self.events + other.events,
            min(self.first, other.first),
            max(self.last, other.last),
            max(self.last_wanted, other.last_wanted),
        )


class Newest:
    """Finds the newest events of one log. Thread-safe."""

    def __init__(self, shard_count: int, heads: Heads) -> None:
        self._shard_count = shard_count
        self._heads = heads
        self._sources = SourceRows(heads)

    def page(
        self,
        view: View,
        selection: Selection,
        *,
        before: EventPlace | None,
        limit: int,
        columns: Sequence[str],
    ) -> pa.Table:
        """Return the newest ``limit`` events below ``before``, newest first.

        Returns
        -------
        pa.Table
            ``columns`` of `schema.PART_SCHEMA` in its order; always with ``event_id``, ``occurred_at``, ``sequence``,
            and ``key``, the ``uint64`` key of the customer's id.

        Raises
        ------
        FileNotFoundError
            A part of ``view`` has been merged away: take a new view.
        """
        search = _Search(view, self._heads.of(view.snapshot), selection, self._shard_count, self._sources)
        bound = (LATEST, _LAST_KEY) if before is None else (before.at, before.key)
        found = search.newest(bound, limit)
        if len(found) == limit and not selection.one_each:
            # Of the last pair any events may have been taken: all of them are read, so that arrival decides.
            least = min(found)[:2]
            found = [each for each in found if each[:2] != least] + search.at(*least)
        names = _with_order(columns)
        if before is not None and not selection.one_each:
            tied = self._read(search, search.at(before.at, before.key), names)
            rest = self._read(search, found, names)
            return pa.concat_tables([_behind(_ordered(tied), before), _ordered(rest)]).slice(0, limit)
        return _ordered(self._read(search, found, names)).slice(0, limit)

    def extents(self, view: View, ids: Sequence[str], names: Sequence[str]) -> dict[int, Extent]:
        """Return from when to when each customer id has events, by the key of the id; ids without events are left out.

        Parameters
        ----------
        names
            The events that `Extent.last_wanted` speaks of; all when empty.

        Raises
        ------
        FileNotFoundError
            A part of ``view`` has been merged away: take a new view.
        """
        keys = customer_keys(pa.array(ids, pa.string()))
        shards = set(shards_of(keys, self._shard_count).tolist())
        found: dict[int, Extent] = {}
        for head in self._heads.of(view.snapshot):
            if head.part.shard not in shards:
                continue
            index, codes = head.index, _mask(head.index.event_names, names)
            for customer in head.customers(keys).tolist():
                first, last = int(index.starts[customer]), int(index.starts[customer + 1])
                _widen(
                    found,
                    int(index.customer_key[customer]),
                    index.time[first:last],
                    codes[index.code[first:last]],
                )
        rows = _tail_rows(view.tail, Selection(ids=tuple(ids)))
        of_tail = view.tail.select(["customer_id", "occurred_at", "event_name"]).take(pa.array(rows))
        tail_keys = customer_keys(_one_chunk(of_tail.column("customer_id")))
        times = np.asarray(of_tail.column("occurred_at").cast(pa.int64()))
        wanted = np.array(
            [not names or name in names for name in of_tail.column("event_name").to_pylist()], np.bool_
        )
        for key in np.unique(tail_keys):
            own = tail_keys == key
            _widen(found, int(key), times[own], wanted[own])
        return found

    def _read(self, search: _Search, found: Pairs, columns: list[str]) -> pa.Table:
        tables = []
        by_part: dict[int, Pairs] = {}
        for each in found:
            by_part.setdefault(each[2], []).append(each)
        for part, wanted in by_part.items():
            wanted.sort(key=lambda each: each[3])
            rows = np.array([row for _, _, _, row in wanted], np.int64)
            keys = pa.array(np.array([key for _, key, _, _ in wanted], np.uint64))
            table = (
                search.view.tail.select(columns).take(pa.array(rows))
                if part == _TAIL
                else self._heads.read_rows(search.heads[part], rows, columns)
            )
            tables.append(table.append_column("key", keys))
        if tables:
            return pa.concat_tables(tables)
        schema = pa.schema([*(PART_SCHEMA.field(name) for name in columns), pa.field("key", pa.uint64())])
        return schema.empty_table()


class _Masks(NamedTuple):
    """Which codes of names and of channels are wanted, and the code of each row's channel."""

    codes: NDArray[np.bool_]
    channels: NDArray[np.bool_]
    channel: NDArray[np.unsignedinteger[Any]]


class _Search:
    """One search: which rows of which parts, and of the tail."""

    def __init__(
        self, view: View, heads: list[Head], selection: Selection, shard_count: int, sources: SourceRows
    ) -> None:
        self.view = view
        self.heads = heads
        self._selection = selection
        self._sources = sources
        ids = selection.ids
        self._keys = None if ids is None else customer_keys(pa.array(ids, pa.string()))
        self._shards = None if self._keys is None else set(shards_of(self._keys, shard_count).tolist())
        self._tail_rows = _tail_rows(view.tail, selection)
        self._tail_times = np.asarray(view.tail.column("occurred_at").cast(pa.int64()))[self._tail_rows]

    def newest(self, bound: tuple[int, int], limit: int) -> Pairs:
        """Return the greatest pairs (time, key) below a pair, at most ``limit``, in no order, each with its row."""
        from .newest_kernels import take_newest  # noqa: PLC0415 - compiled code only when needed

        heap: Heap = (
            np.empty(limit, np.int64),
            np.empty(limit, np.uint64),
            np.empty(limit, np.int64),
            np.empty(limit, np.int64),
        )
        count = self._of_tail(bound, heap)
        selection = self._selection
        for place in sorted(range(len(self.heads)), key=lambda place: -self.heads[place].part.last_at):
            head = self.heads[place]
            too_old = count == limit and head.part.last_at < heap[0][0]
            masks = None if too_old else self._masks(head)
            if masks is None or head.part.first_at > bound[0]:
                continue
            index = head.index
            everyone = self._keys is None
            count = take_newest(
                index.starts, index.customer_key, index.time, index.code, masks.channel, masks.codes, masks.channels,
                np.zeros(0, np.int64) if self._keys is None else head.customers(self._keys), everyone,
                selection.lowest, selection.highest, bound[0], np.uint64(bound[1]), selection.one_each,
                place, heap[0], heap[1], heap[2], heap[3], count,
            )  # fmt: skip
        return list(zip(*(column[:count].tolist() for column in heap), strict=True))

    def at(self, time: int, key: int) -> Pairs:
        """Return every row of exactly this pair."""
        found: Pairs = []
        for place, head in enumerate(self.heads):
            masks = self._masks(head) if head.part.first_at <= time <= head.part.last_at else None
            if masks is None:
                continue
            index = head.index
            for customer in np.flatnonzero(index.customer_key == np.uint64(key)).tolist():
                first, last = int(index.starts[customer]), int(index.starts[customer + 1])
                left, right = np.searchsorted(index.time[first:last], [time, time + 1]) + first
                rows = np.arange(left, right)
                wanted = masks.codes[index.code[left:right]] & masks.channels[masks.channel[left:right]]
                found += [(time, key, place, row) for row in rows[wanted].tolist()]
        rows = self._tail_rows[self._tail_times == time]
        keys = self._tail_keys(rows)
        return found + [(time, key, _TAIL, row) for row in rows[keys == np.uint64(key)].tolist()]

    def _masks(self, head: Head) -> _Masks | None:
        """Return which codes of names and channels are wanted; None when the part has nothing that is."""
        selection, part = self._selection, head.part
        if part.last_at < selection.lowest or part.first_at >= selection.highest:
            return None
        if self._shards is not None and part.shard not in self._shards:
            return None
        codes = _mask(head.index.event_names, selection.names)
        channels = _mask(head.index.channels, selection.channels)
        if not codes.any() or not channels.any():
            return None
        if not selection.sources:
            return _Masks(codes, channels, head.index.channel_code)
        rows = self._sources.of(head, selection.sources)
        # A row of another source is given a channel of its own that nobody wants.
        other = len(channels)
        channel = np.where(rows, head.index.channel_code, np.array(other, np.min_scalar_type(other)))
        return _Masks(codes, np.append(channels, False), channel) if rows.any() else None

    def _of_tail(self, bound: tuple[int, int], heap: Heap) -> int:
        """Put the newest rows of the tail into the heap, least first, which is a heap's order too."""
        limit = len(heap[0])
        rows, times = self._tail_rows, self._tail_times
        if not self._selection.one_each:
            below = times <= bound[0]
            rows, times = rows[below], times[below]
            spare = limit + int(np.count_nonzero(times == bound[0]))
            if len(times) > spare:
                least = np.partition(times, len(times) - spare)[len(times) - spare]
                rows, times = rows[times >= least], times[times >= least]
        keys = self._tail_keys(rows)
        order = np.lexsort((rows, keys, times))[::-1]
        if self._selection.one_each:
            _, firsts = np.unique(keys[order], return_index=True)
            order = order[np.sort(firsts)]
        pairs_below = (times[order] < bound[0]) | (
            (times[order] == bound[0]) & (keys[order] < np.uint64(bound[1]))
        )
        order = order[pairs_below][:limit][::-1]
        count = len(order)
        for column, values in zip(heap, (times[order], keys[order], _TAIL, rows[order]), strict=True):
            column[:count] = values
        return count

    def _tail_keys(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        return customer_keys(_one_chunk(self.view.tail.column("customer_id").take(pa.array(rows))))


def _one_chunk(column: pa.ChunkedArray) -> pa.StringArray:
    combined = column.combine_chunks()
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def _widen(found: dict[int, Extent], key: int, times: NDArray[np.int64], wanted: NDArray[np.bool_]) -> None:
    """Add a customer id's events in one place to what is known of it."""
    last_wanted = int(times[wanted].max()) if wanted.any() else EARLIEST
    known = found.get(key)
    own = Extent(len(times), int(times.min()), int(times.max()), last_wanted)
    found[key] = own if known is None else known.with_those_of(own)


def _mask(texts: Sequence[str], wanted: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([not wanted or text in wanted for text in texts], np.bool_)


def _tail_rows(tail: pa.Table, selection: Selection) -> NDArray[np.int64]:
    """Return the rows of the tail that fit, ascending."""
    fits = np.ones(tail.num_rows, np.bool_)
    for column, wanted in (
        ("event_name", selection.names),
        ("channel", selection.channels),
        ("source", selection.sources),
        ("customer_id", selection.ids),
    ):
        if wanted or (column == "customer_id" and wanted is not None):
            fits &= np.asarray(pc.is_in(tail.column(column), pa.array(wanted, pa.string())))
    if selection.lowest > EARLIEST or selection.highest < LATEST:
        times = np.asarray(tail.column("occurred_at").cast(pa.int64()))
        fits &= (times >= selection.lowest) & (times < selection.highest)
    return np.flatnonzero(fits)


def _with_order(columns: Sequence[str]) -> list[str]:
    wanted = {*columns, "event_id", "occurred_at", "sequence"}
    return [field.name for field in PART_SCHEMA if field.name in wanted]


def _ordered(table: pa.Table) -> pa.Table:
    keys = [("occurred_at", "descending"), ("key", "descending"), ("sequence", "descending")]
    return table.sort_by(keys)


def _behind(tied: pa.Table, before: EventPlace) -> pa.Table:
    """Return what comes after the event of a place among events of the same customer and instant, in their order."""
    ids = tied.column("event_id").to_pylist()
    event_id = bytes.fromhex(before.event_id)
    if event_id in ids:
        return tied.slice(ids.index(event_id) + 1)
    return tied.filter(pc.less(tied.column("sequence"), before.sequence))


def key_of_id(customer_id: str) -> int:
    """Return the key by which a customer id is found."""
    return int(customer_keys(pa.array([customer_id], pa.string()))[0])
