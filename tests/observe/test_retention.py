"""Retention: by hand in three calendars, and against a plain reference."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.retention import (
    RetentionQuestion,
    RetentionRefused,
    Returned,
    adds_to_cohort,
    retention,
)
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.interval import share
from safar.vocabulary.window import Window
from walks import NAMES, Walked, walks

NOWRUZ = datetime(2026, 3, 21, 9, tzinfo=UTC)  # 1 Farvardin 1405, a Saturday


@pytest.fixture
def log(tmp_path: Path):
    days = {"a": (0, 7, 8, 21), "b": (1, 14), "c": (2,), "d": (9, 10, 16)}
    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(
            log,
            together(
                *(
                    an_event("visit", NOWRUZ + timedelta(days=day), customer=customer)
                    for customer, each in days.items()
                    for day in each
                )
            ),
        )
        yield log


def weeks(count: int) -> Window:
    return Window(NOWRUZ, NOWRUZ + timedelta(weeks=count))


def told(log: Log, question: RetentionQuestion) -> list[tuple[int, list[int]]]:
    return [
        (cohort.size, [cell.count for cell in cohort.cells]) for cohort in retention(log, question).cohorts
    ]


def test_persian_weeks_by_hand(log: Log) -> None:
    asked = {"calendar": "jalali", "week_starts": "saturday", "time_zone": "Asia/Tehran"}
    question = RetentionQuestion(weeks(2), "week", most=3, **asked)
    answer = retention(log, question)
    assert [(cohort.size, [cell.count for cell in cohort.cells]) for cohort in answer.cohorts] == [
        (3, [1, 1, 1]),
        (1, [1, 0]),
        (0, []),
    ]
    first = answer.cohorts[0]
    assert first.window == Window(
        datetime(2026, 3, 20, 20, 30, tzinfo=UTC), datetime(2026, 3, 27, 20, 30, tzinfo=UTC)
    )
    assert first.cells[0].retention_rate == share(1, 3)
    assert [cell.is_whole for cell in first.cells] == [True, True, False]
    later = RetentionQuestion(weeks(2), "week", most=3, returned=Returned.IN_OR_AFTER, **asked)
    assert told(log, later) == [(3, [2, 2, 1]), (1, [1, 0]), (0, [])]


def test_all_cohorts_together_where_periods_are_over(log: Log) -> None:
    question = RetentionQuestion(
        weeks(2), "week", most=3, calendar="jalali", week_starts="saturday", time_zone="Asia/Tehran"
    )
    together = retention(log, question).together
    assert [(cell.count, cell.retention_rate.n, cell.is_whole) for cell in together] == [
        (2, 4, True),  # a and d
        (1, 3, False),  # b; the second week of d's cohort is not over
    ]
    assert together[0].retention_rate == share(2, 4)


def test_months_are_those_of_the_calendar(log: Log) -> None:
    jalali = RetentionQuestion(Window(NOWRUZ, NOWRUZ + timedelta(days=1)), "month", calendar="jalali")
    assert told(log, jalali) == [(4, [])]
    gregorian = RetentionQuestion(Window(NOWRUZ, NOWRUZ + timedelta(days=1)), "month", most=1)
    assert told(log, gregorian) == [(4, [3])]


def test_a_window_without_length_has_the_cohort_of_its_day(log: Log) -> None:
    assert told(log, RetentionQuestion(Window(NOWRUZ, NOWRUZ), "day", most=1)) == [(1, [0])]


def test_what_begins_and_what_returns(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            an_event("visit", NOWRUZ, customer="a"),
            an_event("order", NOWRUZ + timedelta(days=1), customer="a", channel="app"),
            an_event("visit", NOWRUZ + timedelta(days=2), customer="a"),
            an_event("order", NOWRUZ + timedelta(days=3), customer="a", channel="web"),
        )
        order = StepRule("order", ("order",))
        on_web = StepRule("order", ("order",), channels=("web",))
        ask = Window(NOWRUZ, NOWRUZ + timedelta(days=3))
        assert told(log, RetentionQuestion(ask, "day", order, most=2)) == [
            (0, []),
            (1, [1, 1]),
            (0, []),
            (0, []),
        ]
        assert told(log, RetentionQuestion(ask, "day", order, order, most=2))[1] == (1, [0, 1])
        assert told(log, RetentionQuestion(ask, "day", None, on_web, most=3))[0] == (1, [0, 0, 1])
        assert told(log, RetentionQuestion(ask, "day", on_web, most=3))[3] == (1, [])


def test_nonsense_is_refused() -> None:
    with pytest.raises(RetentionRefused):
        RetentionQuestion(weeks(1), "week", most=0)


def test_an_empty_log_has_empty_cohorts(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        assert told(log, RetentionQuestion(weeks(1), "week")) == [(0, []), (0, [])]


@given(
    walked=walks(),
    begins=st.sampled_from([None, *NAMES]),
    returns=st.sampled_from([None, *NAMES]),
    returned=st.sampled_from(Returned),
)
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked, begins, returns, returned) -> None:
    """Seconds become days, so that there is something to retain."""
    events = [(customer, name, at // 20) for customer, name, at in walked.events]
    walked = Walked(
        tuple((customer, name, at * 86_400) for customer, name, at in events),
        (0, 1),
        0,
        walked.shards,
        walked.cuts,
    )
    start = datetime(2026, 3, 21, tzinfo=UTC)
    question = RetentionQuestion(
        Window(start, start + timedelta(days=12)),
        "day",
        begins and StepRule("begin", (begins,)),
        returns and StepRule("return", (returns,)),
        most=5,
        returned=returned,
    )
    with walked.log(tmp_path_factory.mktemp("retention")) as log:
        answer = retention(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert retention(log, question, executor=executor) == answer
    by_customer = defaultdict(list)
    for customer, name, day in events:
        by_customer[customer].append((name, day))
    sizes, counts = defaultdict(int), defaultdict(int)
    for steps in by_customer.values():
        first = min((day for name, day in steps if begins in (None, name)), default=None)
        if first is None:
            continue
        sizes[first] += 1
        days = {day - first for name, day in steps if returns in (None, name) and day > first}
        for after in range(1, 6):
            came = after in days if returned is Returned.IN else any(day >= after for day in days)
            counts[first, after] += came
    last = max((day for _, _, day in events), default=0)
    for day, cohort in enumerate(answer.cohorts):
        assert cohort.size == sizes[day]
        expected = [counts[day, after] for after in range(1, 6) if day + after <= last and sizes[day]]
        assert [cell.count for cell in cohort.cells] == expected


def test_each_on_their_own_clock_by_hand(tmp_path: Path) -> None:
    hours = {"a": (0, 23, 24, 49), "b": (12, 35, 36.5), "c": (20,)}
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            together(
                *(
                    an_event("visit", NOWRUZ + timedelta(hours=hour), customer=customer)
                    for customer, each in hours.items()
                    for hour in each
                )
            ),
        )
        ask = Window(NOWRUZ, NOWRUZ + timedelta(hours=1))
        own = RetentionQuestion(ask, "week", most=3, every=timedelta(days=1))
        # a comes back 24 and 49 hours after the first visit, b 23 and 24.5; the log ends with hour 49: 48 hours have
        # passed for a alone, 24 to 36 for b and c, whose second day has not
        assert told(log, own) == [(3, [1])]
        assert retention(log, own).cohorts[0].cells[0].retention_rate == share(1, 1)
        assert told(log, RetentionQuestion(ask, "day", most=2))[0] == (2, [2, 1])
        later = RetentionQuestion(ask, "week", most=3, every=timedelta(days=1), returned=Returned.IN_OR_AFTER)
        assert told(log, later) == [(3, [1])]
        write(log, an_event("visit", NOWRUZ + timedelta(hours=72), customer="d"))
        assert told(log, own) == [(3, [2, 1])]
        cells = retention(log, own).cohorts[0].cells
        assert [(cell.retention_rate, cell.is_whole) for cell in cells] == [
            (share(2, 3), True),
            (share(1, 1), False),
        ]
        with pytest.raises(RetentionRefused, match="stretches"):
            RetentionQuestion(ask, "week", every=timedelta(0))


@given(walked=walks(), hours=st.sampled_from([1, 24, 100]), returned=st.sampled_from(Returned))
def test_own_clocks_and_who_is_behind_a_cell(tmp_path_factory, walked: Walked, hours: int, returned) -> None:
    """Seconds become hours."""
    events = [(customer, name, at * 3_600) for customer, name, at in walked.events]
    walked = Walked(tuple(events), (0, 1), 0, walked.shards, walked.cuts)
    start = datetime(2026, 3, 21, tzinfo=UTC)
    every = timedelta(hours=hours)
    question = RetentionQuestion(
        Window(start, start + timedelta(days=20)), "week", most=4, every=every, returned=returned
    )
    with walked.log(tmp_path_factory.mktemp("own")) as log:
        answer = retention(log, question)
        paths = log.paths()
        first = {who: min(at for other, _, at in events if other == who) for who, *_ in events}
        came = {
            who: {(at - first[who]) // (hours * 3_600) for other, _, at in events if other == who}
            for who in first
        }
        last = max((at for _, _, at in events), default=0)
        for cohort in answer.cohorts:
            of_cohort = {who for who, at in first.items() if start + timedelta(seconds=at) in cohort.window}
            assert cohort.size == len(of_cohort)
            for cell in cohort.cells:
                after = cell.periods_after
                known = {who for who in of_cohort if first[who] + (after + 1) * hours * 3_600 <= last}
                assert (cell.retention_rate.n, cell.is_whole) == (len(known), known == of_cohort)
                back = {
                    who
                    for who in known
                    if (after in came[who] if returned is Returned.IN else max(came[who]) >= after)
                }
                assert cell.count == len(back)
                for lost, who in ((0, back), (1, known - back)):
                    adds = adds_to_cohort(
                        paths, question, {"cohort": cohort.key, "periods_after": after, "lost": lost}
                    )
                    found = persons_behind(paths.shards, adds).persons
                    assert set(log.ids_of(found)) == {f"c{each}" for each in who}
        for wrong in ({"cohort": "x"}, {"cohort": "2026-03-16", "periods_after": 5}):
            with pytest.raises(CellRefused):
                adds_to_cohort(paths, question, wrong)
