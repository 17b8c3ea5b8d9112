"""Generates journeys: a Markov log with a few very active customers, as a real log of Safar and as sorted Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit
from numpy.typing import NDArray

from safar.store.log import Log
from safar.store.schema import batch_of
from safar.vocabulary.event import Coded, EventColumns, constant, new_event_ids

from .journeys_log import CHANNELS, DAY, EVENTS, PLANS, START, Made

PROPERTIES = [f'{{"plan":"{plan}","items":{items}}}' for plan in PLANS for items in range(10)]
_FEWEST, _EXPONENT, _MOST = 3.4, 1.5, 20_000
_CUSTOMERS = 200_000


@dataclass(frozen=True)
class Chunk:
    """Some customers with all their events, in order."""

    first: int
    customer: NDArray[np.int32]
    event: NDArray[np.int32]
    time: NDArray[np.int64]
    channel: NDArray[np.int32]
    properties: NDArray[np.int32]

    def until(self, rows: int) -> Chunk:
        arrays = (self.customer, self.event, self.time, self.channel, self.properties)
        return Chunk(self.first, *(array[:rows] for array in arrays))


def chains(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return cumulative chances: with which event a path begins, and which one follows which."""
    width = len(EVENTS)
    follow = 0.6 * rng.dirichlet(np.full(width, 0.3), width)
    follow[np.arange(width), (np.arange(width) + 1) % width] += 0.25
    follow[:, 0] += 0.15
    return np.cumsum(rng.dirichlet(np.full(width, 0.5))), np.cumsum(follow, axis=1)


@njit(nogil=True, cache=True)
def _walk(seed: int, lengths: Any, begins: Any, follows: Any, event: Any, times: Any, channel: Any) -> None:
    np.random.seed(seed)
    row = 0
    for length in lengths:
        now = START + np.int64(np.random.random() * 182 * DAY)
        rest = min(6.0, 480.0 / length)
        here = np.searchsorted(begins, np.random.random())
        by = np.random.randint(6)
        for _ in range(length):
            event[row], times[row], channel[row] = min(here, 29), now, by
            row += 1
            here = np.searchsorted(follows[min(here, 29)], np.random.random())
            if np.random.random() < 0.75:
                now += 1 + np.int64(np.random.lognormal(4.0, 1.0) * 1_000_000)
            else:
                now += 1 + np.int64(np.random.exponential(rest) * DAY)
            if np.random.random() < 0.2:
                by = np.random.randint(6)


def chunks(events: int, seed: int = 1) -> Iterator[Chunk]:
    """Yield the events of one customer after the other, some two million at a time."""
    rng = np.random.default_rng(seed)
    begins, follows = chains(rng)
    first = rows = 0
    while rows < events:
        lengths = np.minimum(_FEWEST * rng.random(_CUSTOMERS) ** (-1 / _EXPONENT), _MOST).astype(np.int64)
        count = int(lengths.sum())
        event, channel = np.empty(count, np.int32), np.empty(count, np.int32)
        times = np.empty(count, np.int64)
        _walk(seed + first, lengths, begins, follows, event, times, channel)
        customer = np.repeat(np.arange(_CUSTOMERS, dtype=np.int32), lengths)
        properties = rng.integers(0, len(PROPERTIES), count).astype(np.int32)
        yield Chunk(first, customer, event, times, channel, properties).until(events - rows)
        first, rows = first + _CUSTOMERS, rows + count


def write(found: Made, columns: Callable[[Chunk], EventColumns]) -> None:
    """Write the log, through the writer and compaction, and the Parquet file: that of the chunks as they are."""
    with (
        Log.create(found.log) as log,
        pq.ParquetWriter(found.parquet, _SCHEMA, compression="zstd") as parquet,
    ):
        for number, chunk in enumerate(chunks(found.events), start=1):
            parquet.write_table(_table(chunk), row_group_size=1_000_000)
            with log.writer() as writer:
                writer.append_batch(batch_of(columns(chunk)))
                writer.sync()
            if number % 2 == 0:
                log.compact(merges=0)
        log.compact(settle=True)
        with log.alone() as compactor:
            compactor.clean(grace_seconds=0)


def columns_of(chunk: Chunk) -> EventColumns:
    """Return the events of a chunk as they are."""
    count = len(chunk.event)
    ids = [f"c{number:09d}" for number in range(chunk.first, chunk.first + int(chunk.customer[-1]) + 1)]
    return EventColumns(
        event_id=new_event_ids(count),
        customer_id=Coded(chunk.customer, ids),
        event_name=Coded(chunk.event, EVENTS),
        occurred_at=chunk.time,
        received_at=chunk.time,
        channel=Coded(chunk.channel, CHANNELS),
        source=constant("key:web", count),
        amount=np.zeros(count, np.int64),
        currency=constant("", count),
        properties=Coded(chunk.properties, PROPERTIES),
    )


_TEXT = pa.dictionary(pa.int8(), pa.string())
_SCHEMA = pa.schema(
    {
        "customer": pa.uint32(),
        "event": _TEXT,
        "time": pa.timestamp("us"),
        "channel": _TEXT,
        "plan": _TEXT,
        "items": pa.uint8(),
    }
)


def _table(chunk: Chunk) -> pa.Table:
    def coded(codes: NDArray[np.int32], texts: list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), texts)

    return pa.table(
        [
            pa.array((chunk.customer + chunk.first).astype(np.uint32)),
            coded(chunk.event, EVENTS),
            pa.array(chunk.time).view(pa.timestamp("us")),
            coded(chunk.channel, CHANNELS),
            coded(chunk.properties // 10, PLANS),
            pa.array((chunk.properties % 10).astype(np.uint8)),
        ],
        schema=_SCHEMA,
    )
