"""How fast the log keeps what it is given, how small it is on disk, and how fast one person is found again.

    python benchmarks/log.py --events 10_000_000

Events are generated here: a few customers with many events, many with few; 30 names, 6 channels, random ids, small
properties. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from safar.store.log import Log
from safar.store.schema import batch_of
from safar.store.segment import LogWriter
from safar.vocabulary.event import Coded, EventColumns, constant, new_event_ids

BATCH = 100_000
START = 1_767_225_600_000_000  # 2026-01-01
CHANNELS = ["web", "app", "store", "phone", "chat", "sms"]


def batches(events: int, seed: int = 1) -> Iterator[EventColumns]:
    """Yield batches of events in order of arrival, as a web site with many visitors makes them."""
    rng = np.random.default_rng(seed)
    customers = max(1, events // 10)
    names = [f"event_{number}" for number in range(30)]
    properties = [
        f'{{"path":"/p/{page}","position":{position}}}'.encode()
        for page in range(300)
        for position in range(7)
    ]
    weight = np.sort(rng.pareto(1.5, customers) + 0.1)
    cumulative = np.cumsum(weight / weight.sum())
    for first in range(0, events, BATCH):
        count = min(BATCH, events - first)
        received_at = START + (np.arange(first, first + count) * 200)
        who = np.minimum(np.searchsorted(cumulative, rng.random(count)), customers - 1)
        present, codes = np.unique(who, return_inverse=True)
        yield EventColumns(
            event_id=new_event_ids(count),
            customer_id=Coded(
                codes.astype(np.int32), [f"customer-{number:08d}" for number in present.tolist()]
            ),
            event_name=Coded(np.minimum(rng.geometric(0.12, count) - 1, 29).astype(np.int32), names),
            occurred_at=received_at - rng.integers(0, 2_000_000, count),
            received_at=received_at // 10_000 * 10_000,
            channel=Coded(rng.integers(0, 6, count).astype(np.int32), CHANNELS),
            source=constant("key:web", count),
            amount=np.zeros(count, dtype=np.int64),
            currency=constant("", count),
            properties=Coded(
                rng.integers(0, len(properties), count).astype(np.int32), [p.decode() for p in properties]
            ),
        )


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--compact-every", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, help="where to make the log (default: a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="leave the log there")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        print(json.dumps(measured(folder, options.events, options.compact_every), indent=1))
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def measured(folder: Path, events: int, compact_every: int) -> dict[str, object]:
    write_cpu = write_wall = compact_cpu = compact_wall = 0.0
    waiting = merged = 0
    with Log.create(folder / "log") as log:
        warm_up(folder)
        writer = log.writer()
        for columns in batches(events):
            batch = batch_of(columns)
            cpu, wall = time.process_time(), time.perf_counter()
            writer.append_batch(batch)
            writer.sync()
            write_cpu, write_wall = (
                write_cpu + time.process_time() - cpu,
                write_wall + time.perf_counter() - wall,
            )
            waiting += len(columns)
            if waiting >= compact_every:
                cpu, wall = compacted(writer, log)
                compact_cpu, compact_wall, waiting = compact_cpu + cpu, compact_wall + wall, 0
        cpu, wall = compacted(writer, log)
        compact_cpu, compact_wall = compact_cpu + cpu, compact_wall + wall
        writer.close()
        info = log.info()
        settled = {"parquet": info.parquet_bytes / info.events, "index": info.index_bytes / info.events}
        person = [
            found(log, f"customer-{number:08d}")
            for number in np.linspace(0, events // 10 - 1, 101).astype(int)
        ]
        merged = info.parts
        start = time.perf_counter()
        log.sql("select event_name, count(*), count(distinct customer_id) from events group by 1")
        query = time.perf_counter() - start
    return {
        "machine": f"{platform.machine()} {platform.system()} Python {platform.python_version()}",
        "events": events,
        "append_and_flush_events_per_cpu_second": round(events / write_cpu),
        "append_and_flush_events_per_second": round(events / write_wall),
        "compact_events_per_cpu_second": round(events / compact_cpu),
        "compact_events_per_second": round(events / compact_wall),
        "parts": merged,
        "parquet_bytes_per_event": round(settled["parquet"], 1),
        "index_bytes_per_event": round(settled["index"], 1),
        "timeline_ms_median": round(statistics.median(person) * 1000, 1),
        "timeline_ms_p99": round(sorted(person)[99] * 1000, 1),
        "timeline_ms_first": round(person[0] * 1000, 1),
        "group_by_name_seconds": round(query, 2),
    }


def warm_up(folder: Path) -> None:
    """Compile the loops before the clock starts."""
    with Log.create(folder / "warm") as log:
        with log.writer() as writer:
            writer.append(next(batches(1000)))
            writer.sync()
        log.compact()


def compacted(writer: LogWriter, log: Log) -> tuple[float, float]:
    writer.close()
    cpu, wall = time.process_time(), time.perf_counter()
    log.compact()
    return time.process_time() - cpu, time.perf_counter() - wall


def found(log: Log, customer_id: str) -> float:
    start = time.perf_counter()
    log.timeline(customer_id, limit=100)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
