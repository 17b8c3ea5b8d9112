"""Completion: who came to the end, in what time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from answers_said import write
from builders import an_event
from safar.listen.completion import CompletionQuestion, completion, typical_seconds
from safar.store.log import Log
from safar.vocabulary.answer import Note


def ended(
    how: str,
    response: str,
    *,
    at: str = "2026-03-21T12:00",
    survey: str = "a",
    seconds: float | None = None,
    is_screened: bool = False,
):
    said = {
        "survey": survey,
        "response_id": response,
        "duration_seconds": seconds,
        "is_screened": is_screened,
    }
    kept = {name: value for name, value in said.items() if value}
    return an_event(f"survey_{how}", at, customer=f"of {response}", properties=kept)


def test_completed_of_those_who_began(log: Log, day) -> None:
    write(
        log,
        ended("completed", "r1", seconds=40),
        ended("completed", "r2", seconds=90),
        ended("completed", "r2", at="2026-03-21T12:01", seconds=90),  # told twice
        ended("stopped", "r3"),
        ended("stopped", "r1", at="2026-03-21T11:00"),  # gave up, came back, and finished
        ended("completed", "r4", survey="b"),
        ended("stopped", "", at="2026-03-21T15:00"),
    )
    found = completion(log, CompletionQuestion((day(21), day(22))))
    first, nobody = found.completions
    assert (first.began, first.completed) == (5, 3)
    assert first.estimate is not None
    assert first.estimate.value == 0.6
    assert first.seconds is not None
    assert first.seconds.value == pytest.approx(60)
    assert (nobody.began, nobody.estimate, nobody.seconds) == (0, None, None)
    assert found.notes == (Note.of("completion.no_response", count=1),)
    of_b = completion(log, CompletionQuestion((day(21),), ("b",))).completions[0]
    assert (of_b.began, of_b.completed) == (1, 1)


def test_whom_a_quota_turned_away_did_not_give_up(log: Log, day) -> None:
    write(
        log,
        ended("completed", "r1"),
        ended("stopped", "r2"),
        ended("stopped", "r3", is_screened=True),
        ended("stopped", "r3", at="2026-03-21T12:01", is_screened=True),  # told twice
        ended("stopped", "r4", at="2026-03-21T11:00"),  # gave up, came back, and was turned away
        ended("stopped", "r4", is_screened=True),
        ended("stopped", "r5", at="2026-03-22T11:00", is_screened=True),
    )
    found = completion(log, CompletionQuestion((day(21), day(22))))
    assert [(each.began, each.completed, each.screened) for each in found.completions] == [
        (2, 1, 2),
        (0, 0, 1),
    ]
    assert found.notes == (Note.of("completion.screened", count=2),)


def test_typical_times_as_published() -> None:
    """Sauro and Lewis, Quantifying the User Experience, chapter 3: ten task times."""
    found = typical_seconds(np.array([94.0, 95, 96, 113, 121, 132, 190, 193, 255, 298]))
    assert found is not None
    assert [round(each) for each in (found.value, found.interval.low, found.interval.high)] == [146, 107, 198]
    assert typical_seconds(np.array([5.0, math.nan, 0.0])) is None
