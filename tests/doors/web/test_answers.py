"""Answers are computed once for each version of the log, however many ask at once; dear ones last a little longer."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from builders import an_event
from safar.doors.web.design import answers
from safar.doors.web.design.answer_size import bytes_of
from safar.doors.web.design.answers import answer, answer_behind, kept_answer, latest_answer, wait_for
from safar.store.log import Log
from safar.store.table import Table


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=1) as log:
        yield log


def happen(log: Log, number: int = 0) -> None:
    with log.writer() as writer:
        writer.append(an_event("page", f"2026-03-21T09:{number:02}"))
        writer.sync()


def count(log: Log) -> int:
    return int(log.sql("SELECT count(*) FROM events").one()[0])


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_kept_until_the_log_changes(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "DEAR_SECONDS", 60.0)  # quick on the busiest machine
    asked = []

    def quick(log: Log, question: str) -> int:
        asked.append(question)
        return count(log)

    assert [answer("w", log, quick, "how many?") for _ in range(3)] == [0, 0, 0]
    assert answer("other", log, quick, "how many?") == 0
    happen(log)
    found = kept_answer("w", log, quick, "how many?")
    assert (found.answer, found.is_current) == (1, True)
    assert len(asked) == 3


def test_many_at_once_compute_once(log: Log) -> None:
    asked, go = [], threading.Event()

    def slow(log: Log, question: int) -> int:
        asked.append(question)
        go.wait(10)
        return question * 2

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(answer("w", log, slow, 21))) for _ in range(8)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert (found, asked) == ([42] * 8, [21])


def test_an_error_is_not_kept(log: Log) -> None:
    outcomes = iter([ValueError("once"), 7])

    def sometimes(log: Log, question: str) -> int:
        outcome = next(outcomes)
        if isinstance(outcome, ValueError):
            raise outcome
        return outcome

    with pytest.raises(ValueError, match="once"):
        answer("w", log, sometimes, "q")
    assert answer("w", log, sometimes, "q") == 7


def test_a_dear_answer_is_shown_while_the_next_is_computed(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "REST_TIMES", 0.0)
    monkeypatch.setattr(answers, "DEAR_SECONDS", -1.0)  # every answer is dear
    asked, go = [], threading.Event()
    go.set()

    def dear(log: Log, question: str) -> int:
        asked.append(threading.current_thread())
        go.wait(10)
        return count(log)

    assert kept_answer("w", log, dear, "q").is_current
    go.clear()
    happen(log)
    older = [kept_answer("w", log, dear, "q") for _ in range(5)]
    assert {(each.answer, each.is_current) for each in older} == {(0, False)}
    eventually(lambda: len(asked) == 2)
    assert asked[0] is threading.current_thread()
    assert asked[1] is not threading.current_thread()
    go.set()
    eventually(lambda: kept_answer("w", log, dear, "q").is_current)
    newest = kept_answer("w", log, dear, "q")
    assert (newest.answer, len(asked)) == (1, 2)
    assert newest.as_of > older[0].as_of


def test_dear_answers_rest_before_they_are_computed_again(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "DEAR_SECONDS", -1.0)
    monkeypatch.setattr(answers, "REST_TIMES", 1e9)
    asked = []

    def dear(log: Log, question: str) -> int:
        asked.append(question)
        return count(log)

    for number in range(5):
        found = kept_answer("w", log, dear, "q")
        assert (found.answer, found.is_current) == (0, number == 0)
        happen(log, number)
    assert asked == ["q"]


def test_who_asks_for_an_exact_answer_waits_for_it(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "DEAR_SECONDS", -1.0)

    def dear(log: Log, question: str) -> int:
        return count(log)

    for number in range(3):
        assert answer("w", log, dear, "q", exact=True) == number
        happen(log, number)


def test_an_answer_that_is_too_old_is_not_shown(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "DEAR_SECONDS", -1.0)
    monkeypatch.setattr(answers, "STALE_SECONDS", -1.0)

    def dear(log: Log, question: str) -> int:
        return count(log)

    for number in range(3):
        found = kept_answer("w", log, dear, "q")
        assert (found.answer, found.is_current) == (number, True)
        happen(log, number)


def test_an_error_behind_a_readers_back_is_told_to_the_next(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "REST_TIMES", 0.0)
    monkeypatch.setattr(answers, "DEAR_SECONDS", -1.0)
    failing, asked = threading.Event(), []

    def dear(log: Log, question: str) -> int:
        asked.append(question)
        if failing.is_set():
            raise ValueError("behind")
        return count(log)

    assert answer("w", log, dear, "q") == 0
    failing.set()
    happen(log)
    assert kept_answer("w", log, dear, "q").answer == 0
    eventually(lambda: len(asked) == 2)
    monkeypatch.setattr(answers, "STALE_SECONDS", -1.0)
    with pytest.raises(ValueError, match="behind"):
        answer("w", log, dear, "q")
    failing.clear()
    assert answer("w", log, dear, "q") == 1


def test_what_is_kept_is_bounded(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_KEPT", 3)
    asked = []

    def quick(log: Log, question: int) -> int:
        asked.append(question)
        return question

    for question in (1, 2, 3, 1, 4, 1, 2):
        assert answer("bounded", log, quick, question) == question
    assert asked == [1, 2, 3, 4, 2]


@dataclass(frozen=True)
class Large:
    """An answer with a table of so many million bytes."""

    table: Table

    @classmethod
    def of(cls, megabytes: int) -> Large:
        return cls(Table.of({"customers": np.zeros(megabytes * 125_000)}))


def test_what_is_kept_is_bounded_by_its_bytes(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_BYTES", 10_000_000)
    asked = []

    def large(log: Log, megabytes: float) -> Large:
        asked.append(megabytes)
        return Large.of(int(megabytes))

    def small(log: Log, question: str) -> str:
        asked.append(question)
        return question

    for question in (4.1, 4.2):
        answer("bytes", log, large, question)
    answer("bytes", log, small, "small")
    assert latest_answer("bytes", log, large, 4.1) is not None, "who looks uses it"
    answer("bytes", log, large, 4.3)
    for question in (4.1, 4.3):
        answer("bytes", log, large, question)
    answer("bytes", log, small, "small")
    assert asked == [4.1, 4.2, "small", 4.3], "what was used longest ago went, though the small one is older"
    assert latest_answer("bytes", log, large, 4.2) is None
    answer("bytes", log, large, 30.0)
    assert len(answer("bytes", log, large, 30.0).table) == 3_750_000
    assert asked[4:] == [30.0], "the newest stays, or its page would never have it"
    assert latest_answer("bytes", log, small, "small") is None
    answer("bytes", log, small, "small")
    assert latest_answer("bytes", log, large, 30.0) is None


def test_an_answer_is_measured_with_all_that_it_holds() -> None:
    million = np.zeros(125_000)
    fixed = bytes_of(None)
    assert bytes_of(million) - fixed == pytest.approx(1_000_000, abs=100)
    assert bytes_of(million[:10]) - fixed == pytest.approx(1_000_000, abs=100), "a view keeps the whole"
    assert bytes_of(Large.of(3)) - fixed == pytest.approx(3_000_000, abs=1_000)
    assert bytes_of({"a": (million, million), "b": Large(Table.of({"c": [1]}))}) == pytest.approx(
        1_000_000, rel=0.01
    )
    texts = tuple(f"customer {number:09}" for number in range(100_000))
    assert bytes_of(texts) == pytest.approx(sum(map(sys.getsizeof, texts)) + sys.getsizeof(texts), rel=0.01)
    assert bytes_of([*range(100)]) < 10_000
    round_about: list[object] = []
    round_about.append(round_about)
    assert bytes_of(round_about) < fixed + 200


def test_nobody_waits_for_what_is_answered_behind(log: Log) -> None:
    asked, go = [], threading.Event()

    def slow(log: Log, question: str) -> int:
        asked.append(question)
        go.wait(10)
        return count(log)

    def behind(seconds: float = 3600.0) -> int | None:
        found = answer_behind("w", log, slow, "behind?", seconds=seconds)
        return None if found is None else found.answer

    assert [behind() for _ in range(3)] == [None, None, None]
    go.set()
    eventually(lambda: behind() == 0)
    assert asked == ["behind?"]  # one at a time, however many look
    happen(log)
    assert behind() == 0  # not old enough to be asked anew
    assert asked == ["behind?"]
    eventually(lambda: behind(seconds=0.0) == 1)


def test_what_cannot_be_answered_is_not_begun_again_with_every_look(log: Log) -> None:
    asked = []

    def refusing(log: Log, question: str) -> int:
        asked.append(question)
        raise ValueError(question)

    def look() -> object:
        found = answer_behind("w", log, refusing, "why?", seconds=0.0)
        wait_for("w", refusing, ["why?", "never asked"], 10)
        return found

    assert look() is None
    for _ in range(3):
        with pytest.raises(ValueError, match="why"):
            look()
    assert asked == ["why?"]
    happen(log)
    assert look() is None  # another version of the log may have an answer
    assert asked == ["why?", "why?"]
    with pytest.raises(ValueError, match="why"):
        kept_answer("w", log, refusing, "why?")  # who waits for it asks it again
    assert len(asked) == 3
