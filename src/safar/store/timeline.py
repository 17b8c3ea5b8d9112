"""One person's events, newest first: a few row groups are read, whatever the size of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .layout import Layout
from .parts import plain, row_groups_between, shard_of
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


def timeline(
    layout: Layout,
    shard_count: int,
    view: View,
    ids: Sequence[str],
    *,
    before: tuple[datetime, int] | None,
    limit: int,
) -> list[TimelineEvent]:
    """Return the newest ``limit`` events of the ids, before ``(occurred_at, sequence)`` if given, newest first."""
    latest = None if before is None else (_microseconds(before[0]), before[1])
    wanted: dict[int, list[str]] = {}
    for customer_id in ids:
        wanted.setdefault(shard_of(customer_id, shard_count), []).append(customer_id)
    tables = [_of_customers(view.tail, list(ids))]
    for part in view.snapshot.parts:
        if part.shard in wanted and (latest is None or part.first_at <= latest[0]):
            tables += [_in_part(layout.parquet(part.name), customer_id) for customer_id in wanted[part.shard]]
    return _newest(pa.concat_tables(tables), latest, limit)


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


def _in_part(path: Path, customer_id: str) -> pa.Table:
    groups = row_groups_between(_metadata(path), customer_id, customer_id)
    with pq.ParquetFile(path, metadata=_metadata(path)) as file:
        return _of_customers(plain(file.read_row_groups(groups, use_threads=False)), [customer_id])


def _of_customers(table: pa.Table, ids: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column("customer_id"), pa.array(ids, pa.string())))


@lru_cache(maxsize=1024)
def _metadata(path: Path) -> Any:
    return pq.read_metadata(path)


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
