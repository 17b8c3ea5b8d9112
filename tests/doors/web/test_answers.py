"""Answers are computed once for each version of the log, however many ask at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from builders import an_event
from safar.doors.web.design.answers import answer
from safar.store.log import Log


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=1) as log:
        yield log


def test_kept_until_the_log_changes(log: Log) -> None:
    asked = []

    def count(log: Log, question: str) -> int:
        asked.append(question)
        return int(log.sql("SELECT count(*) FROM events").one()[0])

    assert [answer("w", log, count, "how many?") for _ in range(3)] == [0, 0, 0]
    assert answer("other", log, count, "how many?") == 0
    with log.writer() as writer:
        writer.append(an_event("page", "2026-03-21T09:00"))
        writer.sync()
    assert answer("w", log, count, "how many?") == 1
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
