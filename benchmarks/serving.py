"""What serving costs: time to the first answer, memory idle and with a million events, how soon an event shows.

    python benchmarks/serving.py

Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from ingest import PORT, event_door, load, machine, memory, new_home, running
from log import batches

from safar.store.home import Home


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument(
        "--events-per-second", type=float, default=100_000, help="while visibility is measured"
    )
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        home, secret = new_home(folder)
        found = {"machine": machine(), **start(home), **filled(home, options.events)}
        found |= visibility(home, secret, options.events_per_second)
        print(json.dumps(found, indent=1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(home: Path) -> dict[str, float]:
    """Time from the command to the first page answered, and memory after ten idle seconds."""
    with running(event_door(home, pages=True)):
        pass  # the first start makes the tables of the people's door
    begin = time.perf_counter()
    with running(event_door(home, pages=True)) as server:
        _page()
        took = time.perf_counter() - begin
        time.sleep(10)
        return {"start_seconds": round(took, 2), "idle_rss_mib": memory(server.pid, "VmRSS")}


def filled(home: Path, events: int) -> dict[str, float]:
    """Memory of a server that has taken, compacted and been asked about that many events."""
    with Home.open(home) as opened:
        log = opened.log("bench")
        with log.writer() as writer:
            for columns in batches(events):
                writer.append(columns)
                writer.sync()
    with running(event_door(home, pages=True)) as server:
        with Home.open(home) as opened:
            while opened.log("bench").info().waiting_events:
                time.sleep(0.5)
        _page()
        return {"rss_with_events_mib": memory(server.pid, "VmRSS"), "events": events}


def visibility(home: Path, secret: str, events_per_second: float) -> dict[str, float]:
    """Seconds from an acknowledgement until a query of another process counts the event, while others arrive."""
    waits: list[float] = []
    with running(event_door(home)), Home.open(home) as opened:
        log = opened.log("bench")
        sender = threading.Thread(target=load, args=(1000, 20.0, secret, events_per_second))
        sender.start()
        for number in range(15):
            name = f"marker-{number}"
            _send(secret, name)
            acknowledged = time.perf_counter()
            while not log.sql("select count(*) from events where event_name = ?", [name]).one()[0]:
                time.sleep(0.005)
            waits.append(time.perf_counter() - acknowledged)
            time.sleep(0.5)
        sender.join()
    return {
        "visible_after_seconds_median": round(statistics.median(waits), 3),
        "visible_after_seconds_worst": round(max(waits), 3),
        "visible_while_events_per_second": events_per_second,
    }


def _page() -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=30).close()


def _send(secret: str, name: str) -> None:
    body = json.dumps({"userId": "marker", "event": name, "writeKey": secret}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/v1/track", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()


if __name__ == "__main__":
    main()
