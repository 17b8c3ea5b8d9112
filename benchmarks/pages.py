"""What pages cost: a hundred signed-in members at once over a real server, while events arrive.

    python benchmarks/pages.py                         # a table of Markdown, and one JSON object
    SAFAR_DATABASE_URL=postgresql://… python benchmarks/pages.py

A simulated company of a million events; members who read Persian, Arabic and English, each with a session of his own,
who load a page every few seconds and read it; 500 events a second through the ingest door. Load generator and server
share the machine, on which nothing else should run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from ingest import ENVIRONMENT, machine, memory

WORKSPACE = "bench"
LANGUAGES = ("fa", "ar", "en")
PERIODS = ("", "?period=7d", "?period=90d", "?period=month", "?period=year", "?period=30d&by=week")
#: Pages, and how often each is opened for one opening of the others. ``{customer}`` and ``{period}`` vary.
PAGES: Mapping[str, tuple[str, int]] = {
    "Today": ("/w/bench/today{period}", 6),
    "Events": ("/w/bench/events", 2),
    "Events of one name": ("/w/bench/events?name=order_placed", 1),
    "Customers": ("/w/bench/customers", 2),
    "Customer": ("/w/bench/customer?id={customer}", 3),
    "Imports": ("/w/bench/imports", 1),
    "Work": ("/w/bench/work", 1),
    "Settings: workspace": ("/w/bench/settings/workspace", 1),
    "Settings: members": ("/w/bench/settings/members", 1),
    "Settings: keys": ("/w/bench/settings/keys", 1),
    "Settings: changes": ("/w/bench/settings/changes", 1),
    "Settings: health": ("/w/bench/settings/health", 1),
    "Own account": ("/me", 1),
}


@dataclass
class Seen:
    """What a member's browser saw of one kind of page."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    failed: int = 0


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--customers", type=int, default=7_100, help="of the simulated company: a million events"
    )
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument(
        "--think", type=float, default=5.0, help="seconds between two pages of a member, on average"
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--events-per-second", type=int, default=500)
    parser.add_argument("--home", type=Path, help="keep the home here, and use it again")
    options = parser.parse_args()
    folder = options.home or Path(tempfile.mkdtemp())
    try:
        prepared = _prepared(folder, options.customers, options.members)
        with _serving(folder / "home") as (server, prepared["port"]):
            time.sleep(5)  # what is warmed in the background
            asyncio.run(_offered(prepared, options, 8.0))  # templates, connections
            cpu = _cpu_seconds(server.pid)
            seen = asyncio.run(_offered(prepared, options, options.seconds))
            cpu = _cpu_seconds(server.pid) - cpu
            full = asyncio.run(_as_fast_as_possible(prepared, 10.0))
            rss = memory(server.pid, "VmRSS")
        pages = sum(len(each.seconds) for each in seen.values())
        found = {
            "machine": machine(),
            "members": options.members,
            "pages_per_second": round(pages / options.seconds, 1),
            "events_per_second": options.events_per_second,
            "server_cpu_share_of_one_core": round(cpu / options.seconds, 2),
            "most_pages_per_second": full,
            "rss_mib": rss,
            "queries": prepared["queries"],
            "pages": {name: _summary(each) for name, each in seen.items()},
        }
        print(_table(found["pages"], prepared["queries"]), file=sys.stderr)
        print(json.dumps(found, indent=1, ensure_ascii=False))
    finally:
        if options.home is None:
            shutil.rmtree(folder, ignore_errors=True)


_SERVE = (
    "import sys; from safar.doors.serve import serve;"
    "serve(sys.argv[1], port=0, on_ready=lambda address: print(address, flush=True))"
)


@contextmanager
def _serving(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve the home on a free port until the block ends."""
    command = [sys.executable, "-c", _SERVE, str(home)]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process, int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.terminate()
        process.wait(timeout=120)


def _prepared(folder: Path, customers: int, members: int) -> dict[str, object]:
    """Make the home in a process of its own, so that the server starts from nothing."""
    command = [sys.executable, __file__.replace("pages.py", "pages_home.py"), str(folder / "home")]
    command += [str(customers), str(members)]
    return dict(json.loads(subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True).stdout))


async def _offered(
    prepared: Mapping[str, object], options: argparse.Namespace, seconds: float
) -> dict[str, Seen]:
    """Let every member open pages for so long, while events arrive."""
    seen: dict[str, Seen] = defaultdict(Seen)
    end = time.perf_counter() + seconds
    readers = [
        _member(cookie, prepared, seen, end, options.think, number)
        for number, cookie in enumerate(prepared["cookies"])
    ]
    sender = asyncio.create_task(_events(prepared, options.events_per_second, end))
    await asyncio.gather(*readers)
    await sender
    return seen


async def _member(
    cookie: str, prepared: Mapping[str, object], seen: dict[str, Seen], end: float, think: float, number: int
) -> None:
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, think))
    names = [name for name, (_, weight) in PAGES.items() for _ in range(weight)]
    while time.perf_counter() < end:
        name = chance.choice(names)
        path = _path(name, prepared, chance)
        begin = time.perf_counter()  # the connection of the page before has been closed meanwhile
        reader, writer = await asyncio.open_connection("127.0.0.1", int(prepared["port"]))
        status, size = await _get(reader, writer, path, cookie)
        writer.close()
        each = seen[name]
        each.seconds.append(time.perf_counter() - begin)
        each.bytes += size
        each.failed += status != 200
        await asyncio.sleep(chance.expovariate(1 / think))


def _path(name: str, prepared: Mapping[str, object], chance: random.Random) -> str:
    customers = prepared["customers"]
    assert isinstance(customers, list)
    return PAGES[name][0].format(period=chance.choice(PERIODS), customer=quote(chance.choice(customers)))


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, cookie: str
) -> tuple[int, int]:
    """Return the status and the size of one answer."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if "content-length" in fields:
        return status, len(await reader.readexactly(int(fields["content-length"])))
    size = 0
    while count := int((await reader.readline()).strip(), 16):
        size += len(await reader.readexactly(count + 2)) - 2
    await reader.readline()
    return status, size


async def _events(prepared: Mapping[str, object], per_second: int, end: float) -> None:
    """Send events as they happen, in five batches a second."""
    if not per_second:
        return
    reader, writer = await asyncio.open_connection("127.0.0.1", int(prepared["port"]))
    chance = random.Random(1)
    names = ["page"] * 8 + ["product_viewed", "order_placed"]
    while time.perf_counter() < end:
        begin = time.perf_counter()
        now = datetime.now(UTC).isoformat()
        batch = [
            {
                "type": "track",
                "messageId": str(uuid4()),
                "userId": f"live-{chance.randrange(5000)}",
                "event": chance.choice(names),
                "timestamp": now,
                "properties": {"path": f"/p/{chance.randrange(300)}"},
            }
            for _ in range(per_second // 5)
        ]
        body = json.dumps({"batch": batch, "writeKey": prepared["key"]}).encode()
        writer.write(
            b"POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if " 202 " not in head.split("\r\n")[0]:
            raise SystemExit(head)
        length = [line for line in head.lower().split("\r\n") if line.startswith("content-length")]
        await reader.readexactly(int(length[0].split(":")[1]) if length else 0)
        await asyncio.sleep(max(0.0, 0.2 - (time.perf_counter() - begin)))
    writer.close()


async def _as_fast_as_possible(prepared: Mapping[str, object], seconds: float) -> float:
    """Return how many pages a second eight connections get that never wait, no events arriving."""
    end = time.perf_counter() + seconds
    counts = [0] * 8

    async def one(number: int) -> None:
        chance = random.Random(number)
        cookies = prepared["cookies"]
        assert isinstance(cookies, list)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(prepared["port"]))
        names = [name for name, (_, weight) in PAGES.items() for _ in range(weight)]
        while time.perf_counter() < end:
            await _get(reader, writer, _path(chance.choice(names), prepared, chance), chance.choice(cookies))
            counts[number] += 1
        writer.close()

    await asyncio.gather(*(one(number) for number in range(8)))
    return round(sum(counts) / seconds, 1)


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _summary(seen: Seen) -> dict[str, float]:
    ordered = sorted(seen.seconds)
    cuts = statistics.quantiles(ordered, n=100, method="inclusive") if len(ordered) > 1 else ordered * 99
    return {
        "count": len(ordered),
        "failed": seen.failed,
        "p50_ms": round(cuts[49] * 1000, 1),
        "p95_ms": round(cuts[94] * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
        "kib": round(seen.bytes / len(ordered) / 1024, 1),
    }


def _table(pages: Mapping[str, Mapping[str, float]], queries: object) -> str:
    assert isinstance(queries, dict)
    lines = ["| page | p50 | p95 | p99 | KiB | SQL queries |", "|---|---|---|---|---|---|"]
    for name in PAGES:
        if name in pages:
            each = pages[name]
            lines.append(
                f"| {name} | {each['p50_ms']} ms | {each['p95_ms']} ms | {each['p99_ms']} ms | {each['kib']} |"
                f" {queries[name]} |" + (f" {each['failed']} failed" if each["failed"] else "")
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
