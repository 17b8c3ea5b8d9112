"""Backlog: by hand in Jalali months, and it adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from builders import micros
from safar.measure.backlog import BacklogQuestion, BacklogRefused, backlog_of
from safar.measure.conversations import Conversations
from safar.vocabulary.periods import Periodic
from safar.vocabulary.window import Window
from safar.vocabulary.working_time import WorkingTime


def test_by_hand_in_jalali_months() -> None:
    """a is open over Nowruz; b opens and closes in Farvardin and is opened again in Ordibehesht."""
    found = Conversations.of(
        ["a", "a", "b", "b", "b", "b"],
        ["started", "resolved", "started", "resolved", "resolved", "reopened"],
        [
            micros(at)
            for at in ("2026-03-10", "2026-03-25", "2026-04-01", "2026-04-02", "2026-04-03", "2026-05-01")
        ],
        until=micros("2026-05-11"),
    )
    window = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 10, tzinfo=UTC))
    question = BacklogQuestion(window, Periodic("month", "jalali", "saturday", "Asia/Tehran"))
    told = [
        (point.opened.n, point.closed, point.open_at_end, point.is_whole)
        for point in backlog_of(found, question).points
    ]
    assert told == [(1, 0, 1, True), (1, 2, 0, True), (1, 0, 1, False)]
    last = backlog_of(found, question).points[-1]
    assert last.median_age_seconds == 10 * 24 * 3600


def test_what_was_promised_is_kept_in_working_time() -> None:
    """a takes 2 hours of a Wednesday, b from Wednesday afternoon to Saturday noon: 4 hours; c comes back and stays."""
    times = {
        "a": [("started", "2026-11-18 06:30"), ("resolved", "2026-11-18 08:30")],
        "b": [("started", "2026-11-18 12:30"), ("resolved", "2026-11-21 08:30")],
        "c": [
            ("started", "2026-11-18 06:30"),
            ("resolved", "2026-11-18 06:40"),
            ("reopened", "2026-11-19 06:40"),
        ],
    }
    rows = [(key, kind, micros(at)) for key, moves in times.items() for kind, at in moves]
    found = Conversations.of(*zip(*rows, strict=True), until=micros("2026-11-22"))
    week = Window(datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    shop = WorkingTime.usual("09:00", "17:00", weekend="thursday-friday", time_zone="Asia/Tehran")
    periodic = Periodic("week", "jalali", "saturday", "Asia/Tehran")

    def kept(within: timedelta, working: WorkingTime | None) -> list[tuple[float, int] | None]:
        question = BacklogQuestion(week, periodic, within, working)
        each = [point.kept for point in backlog_of(found, question).points]
        return [(one.value, one.n) if one else None for one in each]

    (point,) = backlog_of(found, BacklogQuestion(week, periodic)).points
    assert (point.opened.n, point.reopened, point.closed, point.kept) == (4, 1, 2, None)
    assert kept(timedelta(hours=3), shop) == [(1.0, 1)]
    both = BacklogQuestion(
        Window(week.start, datetime(2026, 11, 22, tzinfo=UTC)), periodic, timedelta(hours=4), shop
    )
    answer = backlog_of(found, both)
    assert [one.kept and one.kept.value for one in answer.points] == [1.0, 1.0]
    assert answer.kept is not None
    assert (answer.kept.value, answer.kept.n) == (1.0, 2)
    assert answer.reopened is not None
    assert (answer.reopened.value, answer.reopened.n) == (1 / 3, 3)
    always = backlog_of(found, replace(both, working=None)).kept
    assert always is not None
    assert always.value == 0.5
    with pytest.raises(BacklogRefused):
        replace(both, promised=timedelta(0))


def test_it_adds_up(rng: np.random.Generator) -> None:
    begun = micros("2026-01-01") + rng.integers(0, 90 * 86_400_000_000, 300)
    ended = begun + rng.integers(0, 20 * 86_400_000_000, 300)
    found = Conversations.of(
        np.repeat(np.arange(300), 2), ["started", "resolved"] * 300, np.column_stack([begun, ended]).ravel()
    )
    window = Window(datetime(2025, 12, 25, tzinfo=UTC), datetime(2026, 4, 25, tzinfo=UTC))
    points = backlog_of(found, BacklogQuestion(window, Periodic("week"))).points
    before = 0
    for point in points:
        assert point.open_at_end == before + point.opened.n - point.closed
        before = point.open_at_end
    assert sum(point.opened.n for point in points) == 300
