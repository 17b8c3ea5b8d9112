"""Columns of a part: made when asked for, made anew when damaged, never in the way of an answer, gone with the part."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from builders import an_event, together
from logs import flip, write
from safar.observe.among import Among
from safar.observe.flow import FlowQuestion
from safar.observe.questions import KINDS
from safar.observe.rule_text import condition_of
from safar.store import columns
from safar.store.disk import DiskFull
from safar.store.doctor_log import doctor_log
from safar.store.log import Log
from safar.store.paths import Paths
from safar.store.shelf import ReadersOverrun

QUESTION = FlowQuestion(among=Among(where=(condition_of("plan = pro"),)))
PRO_EVENTS = 6


class Between:
    """Paths that something happens to right after they were taken, the first time."""

    def __init__(self, log: Log, happens) -> None:
        self._log, self._happens = log, [happens]

    def paths(self) -> Paths:
        paths = self._log.paths()
        if self._happens:
            self._happens.pop()()
        return paths


@pytest.fixture
def log(tmp_path: Path) -> Log:
    with Log.create(tmp_path / "log", shard_count=1) as made:
        for day in (1, 2):
            write(
                made,
                together(
                    *(
                        an_event(
                            "pay",
                            f"2026-01-0{day}T0{number}:00",
                            customer=f"c{number}",
                            properties={"plan": "pro" if number % 2 else "basic"},
                        )
                        for number in range(6)
                    )
                ),
            )
            made.compact()
        yield made


def asked(lived: object) -> int:
    return KINDS["flow"].ask(lived, QUESTION).events


def column_files(log: Log) -> list[Path]:
    return [path for path in log.layout.parts.iterdir() if ".column" in path.name]


def test_a_question_outlives_the_parts_it_began_with(log: Log) -> None:
    def merge() -> None:
        log.compact(settle=True)
        with log.alone() as compactor:
            compactor.clean(grace_seconds=0)

    assert asked(Between(log, merge)) == PRO_EVENTS
    assert len(column_files(log)) == 1


def test_a_question_during_an_erasure_is_answered_without_the_erased(log: Log) -> None:
    assert asked(Between(log, lambda: log.erase("c1", seal_seconds=0))) == PRO_EVENTS - 2


def test_a_search_for_customers_outlives_the_parts_it_began_with(log: Log) -> None:
    def erase() -> None:
        log.erase("c1", seal_seconds=0)

    edge = {"source": "pay", "target": "pay"}
    found = KINDS["flow"].behind(Between(log, erase), QUESTION, edge)
    assert sorted(log.ids_of(found.persons)) == ["c3", "c5"]
    assert not found.has_more


def test_a_garbled_column_is_found_by_the_doctor_and_never_a_crash(log: Log) -> None:
    assert asked(log) == PRO_EVENTS
    assert doctor_log(log.layout.folder) == []
    file = min(column_files(log))
    whole = file.read_bytes()
    for place in range(0, len(whole), 11):
        flip(file, place, 7)
        assert [(found.code, found.path) for found in doctor_log(log.layout.folder)] == [
            ("doctor.column_damaged", file)
        ]
        with Log.open(log.layout.folder) as again:
            KINDS["flow"].ask(again, QUESTION)
        file.write_bytes(whole)


def test_files_that_vanish_again_and_again_are_a_coded_fault(log: Log) -> None:
    class Vanishing:
        def paths(self) -> Paths:
            raise FileNotFoundError

    with pytest.raises(ReadersOverrun):
        asked(Vanishing())
    with pytest.raises(ReadersOverrun):
        KINDS["flow"].behind(Vanishing(), QUESTION, {"source": "pay", "target": "pay"})


def test_a_column_written_while_its_part_is_erased_does_not_stay(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_arrays, erased = columns.write_arrays, []

    def erasing(*of: object) -> None:
        if not erased:
            erased.append(log.erase("c1", seal_seconds=0))
        write_arrays(*of)

    monkeypatch.setattr(columns, "write_arrays", erasing)
    assert asked(log) == PRO_EVENTS - 2
    named = {part.name for part in log.manifest.snapshot().parts}
    assert {path.name.split(".")[0] for path in column_files(log)} == named


@pytest.mark.parametrize("error", [DiskFull("No room.", hint=""), PermissionError(errno.EROFS, "read-only")])
def test_a_column_that_cannot_be_kept_is_answered_from(
    log: Log, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def refusing(*_: object) -> None:
        raise error

    monkeypatch.setattr(columns, "write_arrays", refusing)
    assert asked(log) == PRO_EVENTS
    assert column_files(log) == []


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data[:30] + b"x" * 30 + data[60:]],
    ids=["empty", "cut off", "another head"],
)
def test_a_damaged_column_is_made_anew(log: Log, damage) -> None:
    asked(log)
    before = {path: path.read_bytes() for path in column_files(log)}
    for path, data in before.items():
        path.unlink()  # the old one stays mapped by the log
        path.write_bytes(damage(data))
    with Log.open(log.layout.folder) as again:
        assert asked(again) == PRO_EVENTS
    assert {path: path.read_bytes() for path in column_files(log)} == before


def test_several_processes_may_make_the_same_column(log: Log) -> None:
    logs = [Log.open(log.layout.folder) for _ in range(6)]
    found: list[int] = []
    threads = [threading.Thread(target=lambda each=each: found.append(asked(each))) for each in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in logs:
        each.close()
    assert found == [PRO_EVENTS] * len(logs)
    assert [path for path in column_files(log) if path.suffix == ".tmp"] == []
