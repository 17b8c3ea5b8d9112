"""Workers in processes of their own, killed and asked to end, on SQLite and on PostgreSQL.

The test reads their tables through a Django of its own in a child process: this one's is bound to another home.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from postgresql import Postgresql, postgresql
from working import LEASE_SECONDS, WorkingProcess, begin

_ASK = """
import json, sys
from safar.doors.web.setup import prepare
prepare(sys.argv[1])
import work_jobs
from safar.doors.web.audit.actor import SYSTEM
from safar.doors.web.work.models import Work
from safar.doors.web.work.services import start, cancel, retry
for line in sys.stdin:
    wish = json.loads(line)
    if wish["do"] == "start":
        for _ in range(wish.get("times", 1)):
            work = start(getattr(work_jobs, wish["job"]), by=SYSTEM, **wish["arguments"])
        said = str(work.work_id)
    elif wish["do"] == "states":
        found = Work.objects.filter(kind__startswith="test.").order_by("pk")
        said = list(found.values_list("status", "error_code", "attempts", "done"))
    elif wish["do"] == "retry":
        said = str(retry(wish["work_id"], by=SYSTEM).status)
    else:
        said = str(cancel(wish["work_id"], by=SYSTEM).status)
    print(json.dumps(said), flush=True)
"""


class Asker:
    """Starts work in a home and looks how it goes, from a process that does none."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ASK, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def ask(self, do: str, **wish: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **wish}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, job: str, *, times: int = 1, **arguments: Any) -> str:
        return self.ask("start", job=job, times=times, arguments=arguments)

    def states(self) -> list[list[Any]]:
        return self.ask("states")

    def until(self, true: Callable[[list[list[Any]]], object], seconds: float = 40.0) -> list[list[Any]]:
        deadline = time.monotonic() + seconds
        while not true(found := self.states()):
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgresql]:
    with postgresql() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a home will be, which the first of its processes prepares."""
    if request.param == "postgresql":
        monkeypatch.setenv("SAFAR_DATABASE_URL", request.getfixturevalue("server").database())
    return tmp_path / "home"


@pytest.fixture
def asker(home: Path) -> Iterator[Asker]:
    made = Asker(home)
    yield made
    made.close()


@pytest.fixture
def workers(home: Path, tmp_path: Path) -> Iterator[Callable[..., WorkingProcess]]:
    running: list[WorkingProcess] = []

    def make(**lanes: int) -> WorkingProcess:
        running.append(begin(home, tmp_path / f"errors-{len(running)}", **lanes))
        return running[-1]

    yield make
    for each in running:
        if each.process.poll() is None:
            each.kill()


def ended(states: list[list[Any]]) -> bool:
    return all(state[0] in {"succeeded", "failed", "cancelled"} for state in states)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.crash
def test_two_processes_never_do_the_same_work(
    asker: Asker, workers: Callable[..., WorkingProcess], tmp_path: Path
) -> None:
    done = tmp_path / "done"
    asker.start("mark", times=50, file=str(done))
    both = [workers(default=3, heavy=1), workers(default=3, heavy=1)]
    asker.start("mark", times=50, file=str(done))
    states = asker.until(ended)
    assert states == [["succeeded", "", 1, 0]] * 100
    doers = lines(done)
    assert len(doers) == 100
    assert set(doers) == {str(each.process.pid) for each in both}
    assert [each.stop() for each in both] == [0, 0]


@pytest.mark.crash
def test_work_of_a_killed_process_is_done_by_another_or_marked(
    asker: Asker, workers: Callable[..., WorkingProcess], tmp_path: Path
) -> None:
    first = workers()
    asker.start("count_again", file=str(tmp_path / "again"), to=30)
    once = asker.start("count", file=str(tmp_path / "once"), to=10_000)
    asker.until(lambda _: len(lines(tmp_path / "again")) > 5 and len(lines(tmp_path / "once")) > 5)
    first.kill()
    killed_at = time.monotonic()
    assert [state[0] for state in asker.states()] == ["running", "running"]
    second = workers()
    asker.until(ended)
    assert time.monotonic() - killed_at < LEASE_SECONDS + 15
    assert [state[:3] for state in asker.states()] == [
        ["succeeded", "", 2],
        ["failed", "work.process_ended", 1],
    ]
    assert lines(tmp_path / "again")[-30:] == [str(number) for number in range(1, 31)]
    before = len(lines(tmp_path / "once"))
    assert asker.ask("retry", work_id=once) == "waiting"
    asker.until(lambda _: len(lines(tmp_path / "once")) > before + 5)
    asker.ask("cancel", work_id=once)
    assert asker.until(ended)[1][0] == "cancelled"
    assert second.stop() == 0


@pytest.mark.crash
@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_work_that_kills_its_process_is_not_tried_for_ever(
    asker: Asker, workers: Callable[..., WorkingProcess]
) -> None:
    asker.start("deadly")
    for attempt in range(1, 4):
        assert asker.states() == [["waiting" if attempt == 1 else "running", "", attempt - 1, 0]]
        assert workers().process.wait(30) == 9
    last = workers()
    assert asker.until(ended) == [["failed", "work.process_ended", 3, 0]]
    assert last.stop() == 0


def test_an_ending_process_puts_its_work_back(
    asker: Asker, workers: Callable[..., WorkingProcess], tmp_path: Path
) -> None:
    first = workers()
    asker.start("count_again", file=str(tmp_path / "again"), to=60)
    asker.until(lambda _: len(lines(tmp_path / "again")) > 3)
    assert first.stop() == 0
    assert asker.states() == [["waiting", "", 0, asker.states()[0][3]]]
    second = workers()
    assert asker.until(ended)[0][:3] == ["succeeded", "", 1]
    assert second.stop() == 0
    assert "Traceback" not in first.errors.read_text() + second.errors.read_text()
