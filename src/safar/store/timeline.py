"""One person's events, newest first: a few row groups are read, whatever the size of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safar.vocabulary.window import to_microseconds

from .heads import Head, Heads
from .parts import customer_keys, shards_of
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
    """Finds persons in one log. Thread-safe."""

    def __init__(self, shard_count: int, heads: Heads) -> None:
        self._shard_count = shard_count
        self._heads = heads

    def of(
        self, view: View, ids: Sequence[str], *, before: tuple[datetime, int] | None, limit: int
    ) -> list[TimelineEvent]:
        """Return the newest ``limit`` events of the ids, before ``(occurred_at, sequence)`` if given, newest first.

        Raises
        ------
        FileNotFoundError
            A part of ``view`` has been merged away: take a new view.
        """
        latest = None if before is None else (to_microseconds(before[0]), before[1])
        keys = customer_keys(pa.array(ids, pa.string()))
        shards = shards_of(keys, self._shard_count)
        tables = [_of_customers(view.tail, ids)]
        for head in self._heads.of(view.snapshot):
            wanted = keys[shards == head.part.shard]
            if len(wanted) and (latest is None or head.part.first_at <= latest[0]):
                tables.append(_of_customers(self._rows(head, wanted), ids))
        return _newest(pa.concat_tables(tables), latest, limit)

    def _rows(self, head: Head, keys: NDArray[np.uint64]) -> pa.Table:
        """Return rows of the part that hold every row of the keys' customers: whole row groups."""
        groups: set[int] = set()
        starts = head.index.starts
        for customer in head.customers(keys).tolist():
            first, last = head.groups_of(
                np.array([starts[customer], starts[customer + 1] - 1], np.int64)
            ).tolist()
            groups.update(range(first, last + 1))
        return self._heads.read_groups(head, sorted(groups))


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
