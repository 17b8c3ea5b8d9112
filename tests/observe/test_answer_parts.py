"""All tables of an answer by name; single numbers as one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import an_event, together
from logs import write
from safar.observe.answer_parts import UnknownPart, part, part_names
from safar.observe.funnel import FunnelBreakdown, FunnelQuestion, funnel
from safar.observe.lines import Breakdown, By
from safar.observe.retention import RetentionQuestion, retention
from safar.observe.series import SeriesQuestion, series
from safar.observe.sessions import SessionsQuestion, sessions
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import Estimate, Interval
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Together:
    """A part of an answer."""

    label: str
    views: int
    rate: Estimate | None


@dataclass(frozen=True, slots=True)
class Found:
    """An answer with each kind of field."""

    rows: tuple[int, ...]
    scores: NDArray[np.int64]
    visits: int
    median: timedelta | None
    rate: Estimate
    missing: Estimate | None
    total: Together
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        return Table.of({"row": list(self.rows)})

    @property
    def groups_table(self) -> Table:
        return Table.of({"group": ["a", "b"]})

    @property
    def customer_table(self) -> Table:
        return Table.of({"customer_id": ["x"]})


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer of lists alone."""

    rows: tuple[int, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        return Table.of({"row": list(self.rows)})


WHERE = Provenance(None, "1", 3)
ANSWER = Found(
    (1, 2),
    np.array([4, 5, 5]),
    3,
    None,
    Estimate(0.5, Interval(0.25, 0.75), 4),
    None,
    Together("", 7, None),
    (Note.of("a.note"),),
    WHERE,
)


def test_tables_that_name_customers_are_no_parts() -> None:
    assert part_names(ANSWER) == ("main", "totals", "groups")
    assert part_names(Plain((1,), WHERE)) == ("main",)
    with pytest.raises(UnknownPart, match="has no table 'customer'"):
        part(ANSWER, "customer")


def test_each_part_is_its_table() -> None:
    assert part(ANSWER, "main").column("row") == [1, 2]
    assert part(ANSWER, "groups").column("group") == ["a", "b"]


def test_totals_are_one_row_of_what_stands_in_no_list() -> None:
    assert part(ANSWER, "totals").columns() == {
        "visits": [3],
        "median": [None],
        "rate": [0.5],
        "rate_low": [0.25],
        "rate_high": [0.75],
        "missing": [None],
        "missing_low": [None],
        "missing_high": [None],
        "total_views": [7],
        "total_rate": [None],
        "total_rate_low": [None],
        "total_rate_high": [None],
    }


def test_a_name_that_is_not_there_is_told_those_that_are() -> None:
    with pytest.raises(UnknownPart) as refused:
        part(ANSWER, "group")
    assert refused.value.code == "question.no_such_part"
    assert 'Did you mean "groups"' in str(refused.value.hint)
    with pytest.raises(UnknownPart) as refused:
        part(Plain((1,), WHERE), "xyz")
    assert refused.value.hint == "It has: main."


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Two who look and then pay after 10 minutes and after 2 days, one who looks and goes away."""
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            together(
                *(
                    an_event(name, START + timedelta(minutes=minutes), customer=who, channel=channel)
                    for who, name, minutes, channel in (
                        ("a", "look", 0, "web"),
                        ("a", "pay", 10, "web"),
                        ("b", "look", 0, "app"),
                        ("b", "pay", 2 * 24 * 60, "app"),
                        ("c", "look", 5, "web"),
                        ("c", "leave", 6, "web"),
                    )
                )
            ),
        )
        yield log


def test_the_parts_of_a_funnel(log: Log) -> None:
    steps = StepRule("look", ("look",)), StepRule("pay", ("pay",))
    question = FunnelQuestion(steps, timedelta(days=7), by=FunnelBreakdown("@channel"))
    answer = funnel(log, question)
    assert part_names(answer) == ("main", "groups", "differences", "times", "next")
    groups = part(answer, "groups")
    assert list(zip(groups.column("group"), groups.column("step"), groups.column("count"), strict=True)) == [
        ('"web"', "look", 2),
        ('"web"', "pay", 1),
        ('"app"', "look", 1),
        ('"app"', "pay", 1),
    ]
    times = {row[0]: row[2] for row in part(answer, "times").rows() if row[2]}
    assert times == {timedelta(minutes=10): 1, timedelta(days=2): 1}
    assert part(answer, "next").rows() == [("look", "leave", 1)]


def test_the_parts_of_sessions(log: Log) -> None:
    answer = sessions(log, SessionsQuestion())
    assert part_names(answer) == ("main", "totals", "depths", "lengths")
    totals = part(answer, "totals").columns()
    assert [totals[name] for name in ("sessions", "customers", "events")] == [[4], [3], [6]]
    assert (totals["bounce_rate"], totals["mean_events"]) == ([0.5], [1.5])
    assert part(answer, "depths").rows() == [(1, 2, 2), (2, 3, 2)]
    assert sum(part(answer, "lengths").column("count")) == 4


def test_the_part_of_retention(log: Log) -> None:
    days = Window(START, START + timedelta(days=1))
    answer = retention(log, RetentionQuestion(days, "day", most=2, time_zone="UTC"))
    together = part(answer, "together").columns()
    assert [together[name] for name in ("periods_after", "n", "count", "is_whole")] == [
        [cell.periods_after for cell in answer.together],
        [cell.retention_rate.n for cell in answer.together],
        [cell.count for cell in answer.together],
        [cell.is_whole for cell in answer.together],
    ]
    assert together["n"][0] == 3


def test_the_lines_of_a_series(log: Log) -> None:
    days = Window(START, START + timedelta(days=3))
    answer = series(log, SeriesQuestion(days, breakdown=Breakdown(By.CHANNEL)))
    lines = part(answer, "lines").columns()
    assert (lines["line"], lines["is_total"], lines["value"]) == (
        ["web", "app", ""],
        [False, False, True],
        [4, 2, 6],
    )
    assert lines["before"] == [None, None, None]
