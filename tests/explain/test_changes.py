"""What changed: by hand, never more false alarms than promised, and a real change is found."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from builders import an_event, together
from safar.explain.changes import (
    ChangesAnswer,
    ChangesQuestion,
    Moved,
    changes,
    judged_together,
)
from safar.observe.presence import Presence, PresenceQuestion, WindowsOverlap, presence
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.interval import Estimate, Interval
from safar.vocabulary.many_looks import ImpossibleRate
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)
WEEK = timedelta(days=7)
BEFORE, NOW = Window(START, START + WEEK), Window(START + WEEK, START + 2 * WEEK)
ASKED = ChangesQuestion(NOW, BEFORE)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def write(log: Log, events: EventColumns) -> None:
    with log.writer() as writer:
        writer.append(events)
        writer.sync()


def many_fortnights(rng: np.random.Generator, names: list[str], draw, count: int) -> Iterator[ChangesAnswer]:
    """Fill one log with fortnights that have nothing to do with one another; yield the answer about each.

    ``draw(rng)`` returns for a fortnight who had which event in which week.
    """
    people, kinds, weeks, fortnights = [], [], [], []
    for fortnight in range(count):
        for week in (0, 1):
            whose, what = draw(rng, week)
            people.append([f"c{fortnight}-{number}" for number in whose])
            kinds.append(what)
            weeks.append(np.full(len(whose), week))
            fortnights.append(np.full(len(whose), fortnight))
    which = np.concatenate(kinds)
    size = len(which)
    begin = (START - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    week_us = WEEK // timedelta(microseconds=1)
    week_of = 2 * np.concatenate(fortnights) + np.concatenate(weeks)
    occurred_at = begin + week_of * week_us + rng.integers(0, week_us, size)
    ids = np.zeros((size, 16), np.uint8)
    ids[:, :8] = np.arange(size, dtype="<u8").reshape(-1, 1).view(np.uint8)
    events = EventColumns(
        event_id=ids,
        customer_id=[person for some in people for person in some],
        event_name=[names[kind] for kind in which.tolist()],
        occurred_at=occurred_at,
        received_at=occurred_at,
        channel=["web"] * size,
        source=["test"] * size,
        amount=np.zeros(size, np.int64),
        currency=[""] * size,
        properties=["{}"] * size,
    )
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=1) as log:
        write(log, events)
        for fortnight in range(count):
            first = START + 2 * fortnight * WEEK
            yield changes(
                log, ChangesQuestion(Window(first + WEEK, first + 2 * WEEK), Window(first, first + WEEK))
            )


def test_nothing_at_all(log: Log) -> None:
    found = changes(log, ASKED)
    assert (found.changes, found.clear) == ((), ())
    assert found.notes == (Note.of("changes.too_few", count=7),)


def test_presence_by_hand(log: Log) -> None:
    write(
        log,
        together(
            an_event("page", START, customer="a"),
            an_event("page", START + timedelta(hours=1), customer="a"),
            an_event("page", START, customer="b", channel="app"),
            an_event("page", START + WEEK, customer="b"),
            an_event("cart", START + WEEK, customer="b"),
            an_event("page", START - timedelta(hours=1), customer="c"),  # before both
            an_event("page", START + 2 * WEEK, customer="c"),  # after both
        ),
    )
    log.identity.merge("a", "b", "manual", "sara@example.com")
    assert presence(log, PresenceQuestion(NOW, BEFORE)).of == {
        "page": Presence(now=1, before=1, both=1, events_now=1, events_before=3),
        "cart": Presence(now=1, before=0, both=0, events_now=1, events_before=0),
    }
    assert presence(log, PresenceQuestion(NOW, BEFORE, "channel")).of == {
        "web": Presence(now=1, before=1, both=1, events_now=2, events_before=2),
        "app": Presence(now=0, before=1, both=0, events_now=0, events_before=1),
    }


def test_a_change_by_hand(log: Log) -> None:
    """120 customers before, 60 of them again and 140 new ones now: 200."""
    events = [an_event("page", START + timedelta(minutes=n), customer=f"c{n}") for n in range(120)]
    events += [
        an_event("page", START + WEEK + timedelta(minutes=n), customer=f"c{n}") for n in range(60, 260)
    ]
    write(log, together(*events))
    found = changes(log, ASKED)
    by_kind = {(each.kind, each.subject): each for each in found.changes}
    assert set(by_kind) == {
        ("customers", ""),
        ("new_customers", ""),
        ("conversion", ""),
        ("event", "page"),
        ("channel", "web"),
    }
    moved = by_kind["customers", ""]
    assert (moved.now, moved.before, moved.is_ratio, moved.is_up, moved.is_clear) == (
        200,
        120,
        True,
        True,
        True,
    )
    assert moved.change.value == pytest.approx(200 / 120)
    # pairs: 140 only now against 60 only before, one more on each side: clustering (200 + 2) / 320
    size = 320 / ((200 * 120 / 200 + 120 * 200 / 120 - 2 * 60 + 2) / 320)
    z = (200 / 320 - 0.5) / math.sqrt(0.25 / size)
    assert moved.p_value == pytest.approx(2 * NormalDist().cdf(-z))
    assert by_kind["event", "page"].p_value == moved.p_value
    still = by_kind["conversion", ""]  # nobody ordered in either week
    assert (still.now, still.before, still.p_value, still.is_clear) == (0, 0, 1.0, False)
    assert found.notes == (
        Note.of("changes.looked_at", count=5),
        Note.of("changes.too_few", count=4),  # orders, NPS, CSAT, CES
    )
    assert found.provenance.rows_read == 200


def test_what_nobody_had_before(log: Log) -> None:
    write(
        log,
        together(
            *(an_event("page", START + timedelta(minutes=n), customer=f"c{n}") for n in range(30)),
            *(an_event("chat", START + WEEK + timedelta(minutes=n), customer=f"c{n}") for n in range(30)),
        ),
    )
    by_name = {each.subject: each for each in changes(log, ASKED).changes if each.kind == "event"}
    new, gone = by_name["chat"], by_name["page"]
    assert (new.now, new.before, new.is_up, new.is_clear) == (30, 0, True, True)
    assert (gone.now, gone.before, gone.is_up, gone.is_clear) == (0, 30, False, True)
    assert new.change.value == math.inf
    assert new.change.interval.low == pytest.approx(1 / gone.change.interval.high)
    assert new.p_value == pytest.approx(gone.p_value)


def test_benjamini_and_hochberg_by_hand() -> None:
    """Their own example (1995, section 3.2): of fifteen p-values the four smallest are kept."""
    p_values = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0000,
    ]
    change = Estimate(2.0, Interval(1.1, 4.0), 100)
    found = [
        Moved("event", str(place), 2, 1, change, is_ratio=True, p_value=p_value)
        for place, p_value in enumerate(p_values)
    ]
    judged = judged_together(reversed(found), rate=0.05)
    assert [each.p_value for each in judged] == p_values
    assert [each.is_clear for each in judged] == [True] * 4 + [False] * 11


def test_questions_that_have_no_answer() -> None:
    with pytest.raises(WindowsOverlap):
        ChangesQuestion(BEFORE, NOW)
    with pytest.raises(ImpossibleRate):
        ChangesQuestion(NOW, BEFORE, false_discovery_rate=1.0)


def test_nothing_has_changed_is_seldom_told_otherwise() -> None:
    """Customers of very different habits, the same in both weeks: at most one week in twenty tells of anything."""
    names = [f"e{number}" for number in range(15)]
    customers = 400
    habits: dict[str, np.ndarray] = {}

    def draw(rng: np.random.Generator, week: int) -> tuple[np.ndarray, np.ndarray]:
        if week == 0:  # few customers have most of the events, each of them some kinds
            habits["often"] = rng.gamma(0.5, 4.0, customers)
            habits["taste"] = rng.dirichlet(np.full(len(names), 0.5), customers).cumsum(axis=1)
        whose = np.repeat(np.arange(customers), rng.poisson(habits["often"]))
        kinds = (habits["taste"][whose] < rng.random((len(whose), 1))).sum(axis=1)
        return whose, np.minimum(kinds, len(names) - 1)

    weeks = alarms = 0
    for answer in many_fortnights(np.random.default_rng(7), names, draw, 200):
        # everybody is new in the first week: that fewer are in the second is no chance
        judged = judged_together([each for each in answer.changes if each.kind != "new_customers"], rate=0.05)
        assert len(judged) >= 15
        weeks += 1
        alarms += any(each.is_clear for each in judged)
    assert weeks == 200
    assert alarms <= 17  # 5 % is 10; more than 17 of 200 has a chance of one in seventy


def test_a_real_change_is_found_and_little_else() -> None:
    """One name of twelve is had by half as many again: found nearly always."""
    names = [f"e{number}" for number in range(12)]

    def draw(rng: np.random.Generator, week: int) -> tuple[np.ndarray, np.ndarray]:
        chances = np.full(len(names), 0.2)
        chances[3] += 0.1 * week
        return np.nonzero(rng.random((700, len(names))) < chances)

    found_it = others = 0
    for answer in many_fortnights(np.random.default_rng(11), names, draw, 100):
        events = [each for each in answer.changes if each.kind == "event"]
        clear = {each.subject for each in judged_together(events, rate=0.05) if each.is_clear}
        found_it += "e3" in clear
        others += len(clear - {"e3"})
    assert found_it >= 95
    assert others <= 12  # 5 % of some 105 told, and chance
