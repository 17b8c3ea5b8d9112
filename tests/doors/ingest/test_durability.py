"""What was acknowledged is there, exactly once: after a stop, after a kill, with two processes, with a full disk."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest

from safar.store.home import Home
from serving import Server, basic, events, now, start

Serve = Callable[..., Server]


class Senders:
    """Threads that send batches on kept connections until the server goes away, and remember what was acknowledged."""

    def __init__(self, *servers: Server, threads: int = 4, events: int = 20) -> None:
        self.acknowledged: list[str] = []
        self.statuses: set[int] = set()
        self._stop = threading.Event()
        self._events = events
        self._threads = [
            threading.Thread(target=self._send, args=(server,)) for server in servers for _ in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def _send(self, server: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": basic(server.secret), "Content-Type": "application/json"}
        while not self._stop.is_set():
            ids = [str(uuid.uuid4()) for _ in range(self._events)]
            batch = [
                {"type": "track", "event": "x", "userId": f"c{place}", "messageId": name, "timestamp": now()}
                for place, name in enumerate(ids)
            ]
            try:
                connection.request("POST", "/v1/batch", json.dumps({"batch": batch}), headers)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                break
            self.statuses.add(answer.status)
            if answer.status == 202:
                assert json.loads(body)["accepted"] == self._events
                self.acknowledged.extend(ids)
        connection.close()

    def wait_for(self, count: int) -> None:
        """Return when so many events are acknowledged."""
        deadline = time.monotonic() + 60
        while len(self.acknowledged) < count:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def finish(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def ids_in_log(home: Path) -> list[str]:
    return [name for (name,) in events(home, "select event_id::text from events").rows()]


def test_a_stop_under_load_loses_nothing(served: Serve, shop: Any) -> None:
    server = served()
    senders = Senders(server)
    senders.wait_for(2000)
    assert server.stop() == 0
    senders.finish()
    kept = ids_in_log(shop.home)
    assert len(kept) == len(set(kept))
    assert set(senders.acknowledged) <= set(kept)
    assert senders.statuses <= {202, 503}
    with Home.open(shop.home) as home:
        assert list(home.log("shop").layout.segments.glob("*.open")) == []


@pytest.mark.crash
def test_a_kill_under_load_loses_nothing_acknowledged(served: Serve, shop: Any) -> None:
    acknowledged: list[str] = []
    for wanted in (200, 1500, 4000, 300):
        server = served()
        senders = Senders(server)
        senders.wait_for(wanted)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        senders.finish()
        acknowledged += senders.acknowledged
    kept = ids_in_log(shop.home)
    assert len(kept) == len(set(kept))
    assert set(acknowledged) <= set(kept)
    # What is there beyond that was on its way when the server died: at most one batch a connection.
    assert len(kept) - len(acknowledged) <= 4 * 4 * 20


def test_two_processes_ingest_into_one_home_at_once(served: Serve, shop: Any) -> None:
    servers = served(), served()
    senders = Senders(*servers, threads=2)
    senders.wait_for(4000)
    senders.finish()
    redelivered = [{"type": "track", "event": "x", "userId": "c0", "messageId": senders.acknowledged[0]}]
    for server in servers:
        assert server.batch(redelivered).status == 202
    assert [server.stop() for server in servers] == [0, 0]
    kept = ids_in_log(shop.home)
    assert sorted(kept) == sorted(senders.acknowledged)


@pytest.fixture
def small_disk(tmp_path: Path, missing: Callable[[str], NoReturn]) -> Iterator[Path]:
    """A file system of 8 MB, mounted on a folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "safar-test", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        missing("Mounting a small tmpfs needs rights that this user does not have.")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_recovered_from(
    small_disk: Path, tmp_path: Path, a_shop: Callable[[Path], Any]
) -> None:
    shop = a_shop(small_disk / "home")
    server = start(shop.home, tmp_path / "errors", secret=shop.secret, compaction=False)
    try:
        assert server.track("before").status == 202
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        large = [
            {"type": "track", "event": "refused", "userId": "c", "properties": {"x": "y" * 20_000}}
            for _ in range(20)
        ]
        for _ in range(3):
            answer = server.batch(large)
            assert (answer.status, answer.json["code"]) == (507, "log.disk_full")
            assert int(answer.headers["retry-after"]) > 0
            assert str(small_disk) not in answer.body.decode()
        assert server.ask("GET", "/i/health").status == 200
        ballast.unlink()
        assert server.track("after").status == 202
        assert server.stop() == 0
    finally:
        server.stop()
    assert events(shop.home, "select event_name from events order by sequence").rows() == [
        ("before",),
        ("after",),
    ]
