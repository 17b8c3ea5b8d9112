"""Answers are computed once for each version of the log, however many ask at once; dear ones last a little longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders import an_event
from safar.doors.web.design import answers
from safar.doors.web.design.answers import answer, kept_answer
from safar.store.log import Log


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


def test_kept_until_the_log_changes(log: Log) -> None:
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
