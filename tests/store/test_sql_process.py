"""Members' SQL in a process apart: the same answers, and whatever it does, it does to that process alone."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from builders import a_path, an_event, together
from safar.store.log import Log
from safar.store.sql_child import answered, weight
from safar.store.sql_process import QueryBusy, SqlProcesses
from safar.store.sql_rules import QueryRefused, QueryTooLarge, QueryTooLong
from safar.store.table import Table

_LONG = timedelta(seconds=20)
_SHORT = timedelta(seconds=1)
_ENDLESS = "select count(*) from range(100000000000) a, range(1000) b"


@pytest.fixture(scope="module")
def processes() -> Iterator[SqlProcesses]:
    made = SqlProcesses(megabytes=256)
    yield made
    made.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as made:
        with made.writer() as writer:
            writer.append(a_path("visit 09:00 > pay 09:20"))
            writer.sync()
        made.compact()
        yield made
        assert list(made.layout.scratch.iterdir()) == []  # nothing is left of what a query spilled


def _ask(
    processes: SqlProcesses,
    log: Log,
    query: str,
    *parameters: object,
    within: timedelta = _LONG,
    limit: int = 100,
) -> Table:
    return processes.answer(log, query, list(parameters) or None, within=within, limit=limit)


def _children() -> set[int]:
    path = Path(f"/proc/{os.getpid()}/task")
    return {int(each) for task in path.iterdir() for each in (task / "children").read_text().split()}


def test_a_process_apart_answers_as_this_one_does(processes: SqlProcesses, log: Log) -> None:
    with log.writer() as writer:  # in the tail, and of a person with two ids
        writer.append(together(an_event("visit", "2026-03-22T09:00", customer="other")))
        writer.sync()
    (first,) = set(log.sql("select customer_id from events where event_name = 'pay'").column("customer_id"))
    log.identity.merge(first, "other", "test", "test")
    for query, parameters in (
        ("select * from events order by sequence", []),
        ("select customer_id, count(*) from events where event_name = ? group by 1", ["visit"]),
        ("describe events", []),
        ("select 9007199254740993::bigint, interval 1 day, [1, 2], {'a': 'سفر'}, now() is null", []),
    ):
        here = log.sql(query, parameters or None)
        apart = _ask(processes, log, query, *parameters)
        assert (apart.names, apart.rows()) == (here.names, here.rows())
    assert _ask(processes, log, "select count(*) from events").one() == (3,)
    assert _ask(processes, log, "select i from range(9000) t(i)", limit=3).rows() == [(0,), (1,), (2,)]


def test_a_bomb_of_memory_ends_itself_alone(processes: SqlProcesses, log: Log) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of those that other tests started
    for bomb in (
        "select list_sum(range(2000000000))",
        "select length(repeat('x', 1000000000))",
        "select list(i) from range(1000000000) t(i)",
    ):
        with pytest.raises(QueryTooLarge, match="256 MB"):
            _ask(processes, log, bomb)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert children < max(700_000, largest + 1)  # kilobytes: what a process has from the start, and 256 MB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    assert _ask(processes, log, "select count(*) from events").one() == (2,)


@pytest.mark.parametrize(
    "query",
    [
        "with recursive t(i) as (select 1 union all select i + 1 from t) select count(*) from t",
        _ENDLESS,
        "select count(*) from events a, range(1000000000) b, range(1000000000) c where b.range + c.range < 0",
    ],
    ids=["recursion", "cross join", "cross join of events"],
)
def test_a_query_without_an_end_is_killed(processes: SqlProcesses, log: Log, query: str) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryTooLong, match="longer than 1 seconds"):
        _ask(processes, log, query, within=_SHORT)
    assert time.monotonic() - begun < 15  # seconds, on a machine that is busy


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/proc/self/environ')",
        "select * from glob('/etc/*')",
        "from '{manifest}'",
        "from '{other}'",
        "attach '{manifest}' as m",
        "attach ':memory:' as m",
        "copy (select 1) to '{out}'",
        "copy events to '{out}'",
        "explain analyze copy (select 1) to '{out}'",
        "explain /**/ analyze copy (select 1) to '{out}'",
        "export database '{out}'",
        "pragma database_size",
        "pragma enable_profiling",
        "set memory_limit = '100GB'",
        "set enable_external_access = true",
        "reset temp_directory",
        "install httpfs",
        "load httpfs",
        "create table t as select 1",
        "select 1; select 2",
        "select * from hidden",
        "",
    ],
)
def test_what_is_no_select_over_events_is_refused(
    processes: SqlProcesses, log: Log, tmp_path: Path, query: str
) -> None:
    other = log.layout.parts / "other.parquet"  # in the folder of the log, and none of what is asked about
    other.write_bytes(log.layout.parquet(log.manifest.snapshot().parts[0].name).read_bytes())
    out = tmp_path / "out"
    hidden = pa.table({"a": [1]})
    with pytest.raises(QueryRefused):
        _ask(processes, log, query.format(manifest=log.layout.manifest, other=other, out=out))
    assert hidden.num_rows == 1
    assert not out.exists()
    other.unlink()


def test_an_answer_that_is_too_large_is_not_sent(processes: SqlProcesses, log: Log) -> None:
    for query in (
        "select repeat('x', 1000) from range(40000)",
        "select range(1000) from range(1100)",
        "select [null, null, null] from range(300000)",
    ):
        with pytest.raises(QueryTooLarge, match="1000000 values or 32 MB"):
            _ask(processes, log, query, limit=400_000)


def test_values_are_weighed_as_they_are_written_out() -> None:
    assert weight(pa.array([1, 2], pa.int64())) == (2, 16)
    assert weight(pa.array([[None] * 5, [None]]))[0] == 8
    assert weight(pa.array([{"a": 1, "b": [1, 2]}]))[0] == 5
    assert weight(pa.array([[("k", "v")]], pa.map_(pa.string(), pa.string())))[0] == 3
    assert weight(pa.array([[1, 2]], pa.list_(pa.int8(), 2)))[0] == 3
    shown_often = pa.array(["x" * 1000] * 500).dictionary_encode()
    assert shown_often.nbytes < 10_000
    assert weight(shown_often)[1] > 500_000
    assert weight(pa.StructArray.from_arrays([shown_often], ["a"]))[1] > 500_000


def test_a_process_has_nothing_of_ours(
    processes: SqlProcesses, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFAR_SECRET_OF_THIS_TEST", "hush")
    before = _children()
    with (log.layout.folder / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        processes.close()
        mine = SqlProcesses(megabytes=256)
        _ask(mine, log, "select 1")
        (ready,) = _children() - before
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        while os.getpriority(os.PRIO_PROCESS, ready) != ours + 10:  # it is starting
            time.sleep(0.01)
        environment = Path(f"/proc/{ready}/environ").read_bytes()
        open_files = sorted(str(each.readlink()) for each in Path(f"/proc/{ready}/fd").iterdir())
        mine.close()
    assert {each.split(b"=")[0] for each in environment.split(b"\0") if each} == {
        b"PYTHONPATH",
        b"ARROW_DEFAULT_MEMORY_POOL",
        b"MALLOC_ARENA_MAX",
        b"LC_ALL",
    }
    assert [each for each in open_files if not each.startswith(("pipe:", "/dev/null"))] == []
    assert _children() <= before


def test_a_process_that_is_killed_is_a_refusal_and_the_next_one_answers(
    processes: SqlProcesses, log: Log
) -> None:
    raised: list[QueryTooLarge] = []

    def ask() -> None:
        try:
            _ask(mine, log, _ENDLESS)
        except QueryTooLarge as error:
            raised.append(error)

    before = _children()
    mine = SqlProcesses(megabytes=256)
    thread = threading.Thread(target=ask)
    thread.start()
    while not list(log.layout.scratch.glob("query-*")):
        time.sleep(0.01)
    (running,) = _children() - before
    time.sleep(0.3)
    os.kill(running, signal.SIGKILL)
    thread.join()
    assert [error.message for error in raised] == [
        "The process of the query ended before it answered; it may take 256 MB."
    ]
    (ready,) = _children() - before
    os.kill(ready, signal.SIGKILL)
    assert _ask(mine, log, "select 1").one() == (1,)
    mine.close()
    assert _children() <= before


def test_two_run_at_once_and_a_third_is_asked_to_wait(log: Log) -> None:
    mine = SqlProcesses(megabytes=256, at_once=2)
    ended: list[str] = []

    def ask() -> None:
        try:
            _ask(mine, log, _ENDLESS, within=timedelta(seconds=4))
        except QueryTooLong as error:
            ended.append(error.code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(list(log.layout.scratch.glob("query-*"))) < 2:
        time.sleep(0.01)
    with pytest.raises(QueryBusy) as caught:
        _ask(mine, log, "select 1")
    assert caught.value.context == {"retry_after": 5}
    for thread in threads:
        thread.join()
    assert ended == ["query.too_long"] * 2
    assert _ask(mine, log, "select 1").one() == (1,)
    mine.close()


def test_a_server_that_dies_takes_its_queries_along(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom datetime import timedelta\nfrom safar.store.log import Log\n"
        "from safar.store.sql_process import SqlProcesses\n"
        f"with Log.create(sys.argv[1]) as log:\n    SqlProcesses().answer(log, {_ENDLESS!r},"
        " within=timedelta(seconds=60), limit=1)"
    )
    server = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "log")])
    scratch = tmp_path / "log" / "scratch"
    while not list(scratch.glob("query-*")):
        time.sleep(0.02)
    time.sleep(0.3)
    (child,) = (
        int(each)
        for task in Path(f"/proc/{server.pid}/task").iterdir()
        for each in (task / "children").read_text().split()
    )
    server.kill()
    server.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and "zombie" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    assert list(scratch.iterdir()) == []


def test_a_file_that_is_gone_is_told_apart_from_a_wrong_query(log: Log, tmp_path: Path) -> None:
    question = {
        "query": "select * from events",
        "parameters": None,
        "limit": 10,
        "megabytes": 256,
        "files": [str(tmp_path / "gone.parquet")],
        "scratch": str(tmp_path),
    }
    nobody = pa.table({"id": pa.array([], pa.string()), "person_id": pa.array([], pa.string())})
    with pytest.raises(FileNotFoundError):
        answered(question, log.view().tail, nobody)


def test_a_server_with_a_thousand_open_files_asks_all_the_same(log: Log) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limits[1], 4_096), limits[1]))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    processes = SqlProcesses()
    try:
        assert processes.answer(log, "select 7", within=timedelta(seconds=20), limit=1).one() == (7,)
    finally:
        processes.close()
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
