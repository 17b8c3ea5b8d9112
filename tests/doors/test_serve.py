"""One process, one port: pages and events, a start, a stop, and the upkeep between them."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import an_event
from safar.doors.serve import AddressUnavailable, ModesExclude, serve
from safar.doors.upkeep import Upkeep, has_work
from safar.store.disk import exclusive
from safar.store.home import Home
from serving import Server, events, start


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """The write key of a workspace ``shop`` in the home ``home``."""
    with Home.create(tmp_path / "home") as home:
        home.create_workspace("Shop")
        return home.create_key("shop", name="website")[1]


@pytest.fixture
def served(tmp_path: Path, secret: str) -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def begin(**options: object) -> Server:
        running.append(start(tmp_path / "home", tmp_path / "errors", secret=secret, **options))
        return running[-1]

    yield begin
    for server in running:
        server.stop()


def test_pages_and_events_on_one_port(served: Callable[..., Server], tmp_path: Path) -> None:
    server = served(ingest_only=False)
    assert server.track("order_placed").status == 202
    page = server.ask("GET", "/", secret="")
    assert (page.status, page.headers["location"].partition("?")[0]) == (302, "/sign-in")
    sign_in = server.ask("GET", "/sign-in", secret="")
    assert sign_in.status == 200
    assert sign_in.headers["content-type"] == "text/html; charset=utf-8"
    assert server.ask("GET", "/nothing-here", secret="").status in {302, 404}
    assert server.ask("GET", "/i/nothing", secret="").json["code"] == "ingest.not_found"
    assert server.stop() == 0
    assert events(tmp_path / "home", "select event_name from events").rows() == [("order_placed",)]


def test_odd_requests_reach_the_pages_without_harm(served: Callable[..., Server]) -> None:
    server = served(ingest_only=False)
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall("GET /sign-in?next=/سفر HTTP/1.1\r\nHost: localhost\r\nX_Odd: 1\r\n\r\n".encode())
        assert connection.recv(1000).startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 400 "))
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(b"GET /sign-in?next=%FF&q=a%20b HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert server.ask("GET", "/i/health", secret="").status == 200


def test_an_ingest_process_serves_no_pages_and_loads_no_django(served: Callable[..., Server]) -> None:
    server = served()
    for path in ("/", "/sign-in", "/live/x"):
        answer = server.ask("GET", path, secret="")
        assert (answer.status, answer.json["code"]) == (404, "ingest.not_found")
    maps = Path(f"/proc/{server.process.pid}/maps")
    if maps.exists():
        assert "uvloop" in maps.read_text()
    names = "import sys, safar.doors.serve, safar.doors.ingest.app; print([m for m in sys.modules if 'django' in m])"
    assert (
        subprocess.run([sys.executable, "-c", names], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_a_port_in_use_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressUnavailable, match=f"port {port}") as refused:
            serve(tmp_path / "home", port=port)
    assert "port 0" in refused.value.hint
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("host", "port"), [("no-such-host.invalid", 0), ("203.0.113.1", 0), ("127.0.0.1", 70_000)]
)
def test_an_address_that_is_not_ours_is_refused(tmp_path: Path, host: str, port: int) -> None:
    with pytest.raises(AddressUnavailable):
        serve(tmp_path / "home", host=host, port=port)


def test_a_kept_connection_does_not_hold_up_the_end(served: Callable[..., Server]) -> None:
    server = served()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/i/health")
    connection.getresponse().read()
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    connection.close()


def test_serving_compacts_what_is_sealed(served: Callable[..., Server], tmp_path: Path) -> None:
    server = served()
    for number in range(3):
        assert server.track("x", f"c{number}").status == 202
    with Home.open(tmp_path / "home") as home:
        log = home.log("shop")
        deadline = time.monotonic() + 60
        while log.info().waiting_events:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert (log.info().events, log.info().parts > 0) == (3, True)


def test_without_compaction_segments_wait(served: Callable[..., Server], tmp_path: Path) -> None:
    server = served(compaction=False)
    assert server.track("x").status == 202
    assert server.stop() == 0
    with Home.open(tmp_path / "home") as home:
        log = home.log("shop")
        assert has_work(log)
        log.compact()
        assert not has_work(log)


def test_upkeep_leaves_a_log_that_another_process_compacts(tmp_path: Path, secret: str) -> None:
    del secret
    with Home.open(tmp_path / "home") as home:
        log = home.log("shop")
        with log.writer() as writer:
            writer.append(an_event("x", "2026-03-21T09:00"))
        upkeep = Upkeep(home)
        with exclusive(log.layout.lock, wait=True):
            upkeep.start()
            time.sleep(2.5)
            assert has_work(log)
        deadline = time.monotonic() + 30
        while has_work(log):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        upkeep.stop()
        assert log.info().parts == 1


def test_headers_without_end_are_cut_off(served: Callable[..., Server]) -> None:
    server = served()
    for piece in (b"X-A: " + b"a" * 1000 + b"\r\n", b"a" * 1000):  # many headers; one header without end
        with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
            connection.sendall(b"GET /i/health HTTP/1.1\r\nHost: x\r\nX-B: ")
            with suppress(ConnectionError):
                for _ in range(400):
                    connection.sendall(piece)
                    time.sleep(0.0005)
                answer = connection.recv(1000)
                assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    # A head of many pieces that stays small is as good as any.
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        for piece in (b"GET /i/hea", b"lth HTTP/1.1\r\nHo", b"st: x\r\n", b"\r\n"):
            connection.sendall(piece)
            time.sleep(0.02)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"GET /i/health HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_upkeep_forgets_what_is_older_than_the_workspace_keeps(tmp_path: Path, secret: str) -> None:
    del secret
    now = datetime.now(UTC)
    with Home.open(tmp_path / "home") as home:
        home.create_workspace("For ever")
        for workspace_id in ("shop", "for-ever"):
            with home.log(workspace_id).writer() as writer:
                for days in (29, 31, 400):
                    writer.append(an_event(f"{days}_days_ago", (now - timedelta(days=days)).isoformat()))
        home.change_workspace("shop", retention_days=30)
        names = "select event_name from events order by occurred_at"
        upkeep = Upkeep(home)
        upkeep.start()
        try:
            deadline = time.monotonic() + 30
            while home.forgets_before("shop", datetime.now(UTC)) is not None:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            upkeep.stop()
        assert home.log("shop").sql(names).rows() == [("29_days_ago",)]
        assert home.log("for-ever").sql(names).rows() == [
            ("400_days_ago",),
            ("31_days_ago",),
            ("29_days_ago",),
        ]


@pytest.mark.parametrize("options", [{}, {"ingest_only": False}, {"ingest_only": False, "web_only": True}])
def test_a_process_says_that_it_lives_and_nothing_else(
    served: Callable[..., Server], options: dict[str, object]
) -> None:
    answer = served(**options).ask("GET", "/healthz", secret="")
    assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, b"ok\n", "no-store")


def test_a_process_for_pages_takes_no_events_and_compacts_nothing(
    served: Callable[..., Server], tmp_path: Path
) -> None:
    server = served(ingest_only=False, web_only=True)
    assert server.ask("GET", "/sign-in", secret="").status == 200
    assert server.track("order_placed").status in {403, 404}
    with Home.open(tmp_path / "home") as home:
        log = home.log("shop")
        with log.writer() as writer:
            writer.append(an_event("x", "2026-03-21T09:00"))
        time.sleep(2.5)
        assert has_work(log)
    assert server.stop() == 0
    assert events(tmp_path / "home", "select event_name from events").rows() == [("x",)]


def test_a_process_for_work_listens_nowhere_and_looks_after_the_log(tmp_path: Path, secret: str) -> None:
    del secret
    with Home.open(tmp_path / "home") as home, home.log("shop").writer() as writer:
        writer.append(an_event("x", "2026-03-21T09:00"))
    command = [
        sys.executable,
        "-m",
        "safar.doors.cli",
        "serve",
        "--worker-only",
        "--home",
        str(tmp_path / "home"),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "does the background work" in process.stderr.readline()
        deadline = time.monotonic() + 30
        with Home.open(tmp_path / "home") as home:
            while has_work(home.log("shop")):
                assert time.monotonic() < deadline
                time.sleep(0.1)
        sockets = Path(f"/proc/{process.pid}/net/tcp")
        assert sockets.exists()
        own = {
            path.readlink().name for path in Path(f"/proc/{process.pid}/fd").iterdir() if path.is_symlink()
        }
        listening = [line.split() for line in sockets.read_text().splitlines()[1:] if line.split()[3] == "0A"]
        assert not [line for line in listening if f"socket:[{line[9]}]" in own]
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    "modes",
    [
        {"ingest_only": True, "web_only": True},
        {"web_only": True, "worker_only": True},
        {"ingest_only": True, "worker_only": True},
    ],
)
def test_ways_of_serving_that_exclude_each_other_are_refused(tmp_path: Path, modes: dict[str, bool]) -> None:
    with pytest.raises(ModesExclude) as refused:
        serve(tmp_path / "home", port=0, **modes)
    assert all(f"--{name.replace('_', '-')}" in str(refused.value) for name in modes)
    assert not (tmp_path / "home").exists()


def test_a_process_without_a_port_is_given_none(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "safar.doors.cli", "serve", "--worker-only", "--port", "8001"]
    ran = subprocess.run(
        [*command, "--home", str(tmp_path / "home")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "leave --port out" in ran.stderr
    assert not (tmp_path / "home").exists()


def test_threads_take_short_turns_while_it_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, during = sys.getswitchinterval(), []
    monkeypatch.setattr(
        "safar.doors.serve._Server.run", lambda *_, **__: during.append(sys.getswitchinterval())
    )
    monkeypatch.setattr("safar.doors.serve._speak", lambda: None)
    serve(tmp_path / "home", port=0, ingest_only=True)
    assert (during, sys.getswitchinterval()) == ([0.0005], before)
