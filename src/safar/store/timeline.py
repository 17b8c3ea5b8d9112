"""One person's events, newest first: a few row groups are read, whatever the size of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .layout import Layout
from .manifest import Part
from .parts import customer_keys, plain, shards_of
from .pathindex import PathIndex
from .schema import PART_SCHEMA
from .tail import View


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event of a person. Instants are aware UTC; ``amount`` is in minor units of ``currency``, None without one."""

    event_id: UUID
    original_id: str
    event_name: str
    occurred_at: datetime
    received_at: datetime
    channel: str
    source: str
    amount: int | None
    currency: str | None
    properties: str
    sequence: int


class Timelines:
    """Finds persons in one log. Keeps the heads of its parts in memory. Thread-safe."""

    def __init__(self, layout: Layout, shard_count: int) -> None:
        self._layout = layout
        self._shard_count = shard_count
        self._heads: dict[str, _Head] = {}

    def of(
        self, view: View, ids: Sequence[str], *, before: tuple[datetime, int] | None, limit: int
    ) -> list[TimelineEvent]:
        """Return the newest ``limit`` events of the ids, before ``(occurred_at, sequence)`` if given, newest first.

        Raises
        ------
        FileNotFoundError
            A part of ``view`` has been merged away: take a new view.
        """
        latest = None if before is None else (_microseconds(before[0]), before[1])
        keys = customer_keys(pa.array(ids, pa.string()))
        shards = shards_of(keys, self._shard_count)
        heads = {part.name: self._head(part) for part in view.snapshot.parts}
        self._heads = heads  # replaced whole: other threads may be at other snapshots
        tables = [_of_customers(view.tail, ids)]
        for part in view.snapshot.parts:
            wanted = keys[shards == part.shard]
            if len(wanted) and (latest is None or part.first_at <= latest[0]):
                tables.append(_of_customers(self._rows(part, heads[part.name], wanted), ids))
        return _newest(pa.concat_tables(tables), latest, limit)

    def _head(self, part: Part) -> _Head:
        known = self._heads.get(part.name)
        if known is None:
            index = PathIndex.open(self._layout.path_index(part.name))
            metadata = pq.read_metadata(self._layout.parquet(part.name))
            sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
            known = _Head(index, metadata, np.cumsum(sizes))
        return known

    def _rows(self, part: Part, head: _Head, keys: NDArray[np.uint64]) -> pa.Table:
        """Return rows of the part that hold every row of the keys' customers: whole row groups."""
        groups: set[int] = set()
        for key in keys:
            for customer in np.flatnonzero(head.index.customer_key == key).tolist():
                first, end = int(head.index.starts[customer]), int(head.index.starts[customer + 1])
                first_group, last_group = np.searchsorted(
                    head.group_ends, [first, end - 1], side="right"
                ).tolist()
                groups.update(range(first_group, last_group + 1))
        if not groups:
            return PART_SCHEMA.empty_table()
        with pq.ParquetFile(self._layout.parquet(part.name), metadata=head.metadata) as file:
            return plain(file.read_row_groups(sorted(groups), use_threads=False))


@dataclass(frozen=True, slots=True)
class _Head:
    index: PathIndex
    metadata: Any
    group_ends: NDArray[np.int64]


def _newest(found: pa.Table, latest: tuple[int, int] | None, limit: int) -> list[TimelineEvent]:
    if latest is not None:
        at = found.column("occurred_at").cast(pa.int64())
        earlier = pc.less(at, latest[0])
        tied = pc.and_(pc.equal(at, latest[0]), pc.less(found.column("sequence"), latest[1]))
        found = found.filter(pc.or_(earlier, tied))
    order = pc.select_k_unstable(
        found,
        k=min(limit, found.num_rows),
        sort_keys=[("occurred_at", "descending"), ("sequence", "descending")],
    )
    return [_event(row) for row in found.take(order).to_pylist()]


def _event(row: dict[str, Any]) -> TimelineEvent:
    row["event_id"] = UUID(bytes=row["event_id"])
    row["original_id"] = row.pop("customer_id")
    return TimelineEvent(**row)


def _of_customers(table: pa.Table, ids: Sequence[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column("customer_id"), pa.array(ids, pa.string())))


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
