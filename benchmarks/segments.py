"""Live segments kept current while events arrive, beside a full recomputation and beside DuckDB's SQL.

    python benchmarks/segments.py                                       # 1 M customers, 200 segments, 5 k events/s
    python benchmarks/segments.py --customers 20000 --rounds 2          # a look whether it works

Events are written through the log's writer as the door does, ``--seconds`` of them at ``--rate`` at once; then they are
compacted and the segments caught up. A round keeps pace where both together take less than these seconds. The same
members are then counted anew by Safar, and by one SQL query of DuckDB over the same Parquet files; all sizes must be
equal, or the program ends with an error. The log is made anew below ``build/segments``. Nothing else should run
meanwhile.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src")]

from safar.act.audiences import AudienceKeeper
from safar.observe.executors import shared_executor
from safar.observe.segment_text import segment_of
from safar.store.log import Log
from safar.vocabulary.event import Coded, EventColumns

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = (*(f"event_{place:02}" for place in range(20)), "identify", "order_placed")
PLANS = ("free", "pro", "team")
PROPERTIES = ("{}", *(json.dumps({"plan": plan, "age": age}) for plan in PLANS for age in range(20, 40)))
#: Events of one writing while the log is made.
BLOCK = 500_000


def definitions(count: int) -> dict[str, tuple[str, str]]:
    """Return so many segments: by their ids, each as text and as SQL over one customer's events."""
    found = {}
    for place in range(count):
        name, days, times = f"event_{place % 20:02}", 1 + place // 20, 1 + place % 3
        lately = f"occurred_at > $now::TIMESTAMPTZ - INTERVAL {days} DAY"
        done = f"count(*) FILTER (event_name = '{name}')"
        ordered = f"count(*) FILTER (event_name = 'order_placed' AND {lately})"
        spent = f"sum(amount) FILTER (event_name = 'order_placed' AND {lately})"
        kinds = (
            (
                f"did {name} >= {times} within last {days}d",
                f"count(*) FILTER (event_name = '{name}' AND {lately}) >= {times}",
            ),
            (
                f"did {name}; did not order_placed within last {days}d",
                f"{done} >= 1 AND {ordered} = 0",
            ),
            (
                f"has plan = {PLANS[place % 3]}; has age >= {20 + place % 20}",
                f"coalesce(any_value(plan) = '{PLANS[place % 3]}' AND any_value(age) >= {20 + place % 20}, false)",
            ),
            (
                f"spent >= {times * 40} USD within last {days}d",
                f"coalesce({spent}, 0) >= {times * 4000}",
            ),
        )
        found[f"s{place}"] = kinds[place % 4]
    return found


def events(count: int, customers: int, since: float, until: float, rng: np.random.Generator) -> EventColumns:
    """Return events of random customers between two ages of the log, in seconds, by time."""
    code = rng.choice(len(NAMES), count, p=[*(0.045,) * 20, 0.04, 0.06]).astype(np.int32)
    is_order, is_told = code == len(NAMES) - 1, code == len(NAMES) - 2
    at = np.sort(rng.uniform(since, until, count)) * 1e6 + START.timestamp() * 1e6
    return EventColumns(
        event_id=rng.integers(0, 256, (count, 16), dtype=np.uint8),
        customer_id=[f"c{number}" for number in rng.integers(0, customers, count).tolist()],
        event_name=Coded(code, list(NAMES)),
        occurred_at=at.astype(np.int64),
        received_at=at.astype(np.int64),
        channel=Coded(np.zeros(count, np.int32), ["web"]),
        source=Coded(np.zeros(count, np.int32), ["benchmark"]),
        amount=np.where(is_order, rng.integers(100, 20_000, count), 0),
        currency=Coded(is_order.astype(np.int32), ["", "USD"]),
        properties=Coded(
            np.where(is_told, rng.integers(1, len(PROPERTIES), count), 0).astype(np.int32), list(PROPERTIES)
        ),
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def by_sql(log: Log, live: dict[str, tuple[str, str]], now: datetime) -> dict[str, int]:
    """Return the sizes that one SQL query finds."""
    columns = ", ".join(f"({sql}) AS {name}" for name, (_, sql) in live.items())
    sums = ", ".join(f"count(*) FILTER ({name})" for name in live)
    newest = "FILTER (event_name = 'identify') OVER (PARTITION BY customer_id)"
    told = (
        f"arg_max(properties->>'plan', occurred_at) {newest} AS plan,"
        f" arg_max((properties->>'age')::INTEGER, occurred_at) {newest} AS age"
    )
    query = (
        f"WITH each AS (SELECT customer_id, event_name, occurred_at, amount, {told} FROM events),"
        f" persons AS (SELECT {columns} FROM each GROUP BY customer_id) SELECT {sums} FROM persons"
    )
    (row,) = log.sql(query, {"now": now.isoformat()}).rows()
    return dict(zip(live, row, strict=True))


def filled(folder: Path, asked: argparse.Namespace, rng: np.random.Generator) -> Log:
    shutil.rmtree(folder, ignore_errors=True)
    log = Log.create(folder / "log")
    for begin, end in blocks(asked.events):
        with log.writer() as writer:
            span = asked.days * 86_400 / asked.events
            writer.append(events(end - begin, asked.customers, begin * span, end * span, rng))
            writer.sync()
        log.compact()
    log.compact(settle=True)
    return log


def blocks(count: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, count, BLOCK):
        yield begin, min(begin + BLOCK, count)


def main() -> int:
    """Measure, print a table, and return whether all sizes were equal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=lambda text: int(float(text)), help="Default: 50 for each customer.")
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--rate", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "segments")
    parser.add_argument("--no-peer", action="store_true", help="Without DuckDB's SQL.")
    asked = parser.parse_args()
    asked.events = asked.events or 50 * asked.customers
    rng = np.random.default_rng(7)
    live = definitions(asked.segments)
    segments = {name: segment_of(text) for name, (text, _) in live.items()}
    executor = shared_executor()
    is_equal = True
    with filled(asked.folder, asked, rng) as log:
        keeper = AudienceKeeper(asked.folder / "kept")
        took, first = timed(lambda: keeper.catch_up(log, segments, executor=executor))
        print(f"{first.customers:,} customers, {asked.events:,} events, {len(live)} segments")
        print(f"first look at everybody: {took:.2f} s")
        print("| round | compact s | catch up s | looked at | counted anew s | DuckDB SQL s | equal |")
        print("|---|---|---|---|---|---|---|")
        age = asked.days * 86_400.0
        for number in range(asked.rounds):
            batch = events(asked.rate * asked.seconds, asked.customers, age, age + asked.seconds, rng)
            age += asked.seconds
            with log.writer() as writer:
                writer.append(batch)
                writer.sync()
            compacting, _ = timed(lambda: log.compact(merges=2))
            catching, changes = timed(lambda: keeper.catch_up(log, segments, executor=executor))
            anew = AudienceKeeper(asked.folder / f"anew-{number}")
            counting, whole = timed(lambda anew=anew: anew.catch_up(log, segments, executor=executor))
            sizes = {name: change.size for name, change in changes.segments.items()}
            same = sizes == {name: change.size for name, change in whole.segments.items()}
            asking = float("nan")
            if not asked.no_peer:
                now = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=changes.now)
                asking, found = timed(lambda now=now: by_sql(log, live, now))
                same &= sizes == found
            is_equal &= same
            print(
                f"| {number + 1} | {compacting:.2f} | {catching:.2f} | {changes.looked_at:,} | {counting:.2f}"
                f" | {asking:.2f} | {'yes' if same else 'NO'} |",
                flush=True,
            )
    return 0 if is_equal else 1


if __name__ == "__main__":
    sys.exit(main())
