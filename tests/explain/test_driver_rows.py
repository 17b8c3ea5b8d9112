"""Drivers asked of a log: which answer is whose, and the ranks that are planted in the simulated company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS
from safar.demo.company import simulate
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.explain.driver_rows import DriversQuestion, cannot_be_judged, drivers_of
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_at_risk import Support, ValueAtRiskQuestion
from safar.listen.answer_rows import NoSuchScore
from safar.observe.conditions import Comparison, Condition
from safar.observe.question_json import read, told
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

UNTIL = datetime(2026, 11, 21, tzinfo=UTC)
LATE = StepRule("late", ("order_delivered",), where=(Condition("late_days", Comparison.ABOVE, ("0",)),))


def answered(customer: str, day: int, key: str, value: int, *, highest: int = 5) -> EventColumns:
    told = {"question_key": key, "metric": "rating", "scale_min": 1, "scale_max": highest, "value": value}
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return an_event("survey_answered", at, customer=customer, properties=told)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


@pytest.fixture(scope="module")
def naranj(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    with Log.create(tmp_path_factory.mktemp("naranj") / "log", shard_count=1) as log:
        with log.writer() as writer:
            for batch in simulate(2_000, seed=1, until=UNTIL):
                writer.append(batch)
        log.compact(settle=True)
        yield log


def test_what_people_say_matters_stands_beside_what_goes_with_it(log: Log) -> None:
    """The last word of each of 60 customers on a scale of 1 to 5: 30 say 5, 30 say 3, so 75 of 100 on average."""
    events = []
    for number in range(60):
        name, speed = f"c{number}", 1 + number % 5
        events += [
            answered(name, 10, "speed", speed),
            answered(name, 10, "staff", 1 + (number // 5) % 5),
            answered(name, 11, "speed_importance", 1),  # said otherwise later
            answered(name, 15, "speed_importance", 5 if number % 2 else 3),
            answered(name, 20, "overall", speed),
        ]
    events.append(answered("stranger", 15, "speed_importance", 1))  # is in no row
    write(log, together(*events))
    asked = DriversQuestion("overall", stated=(("speed", "speed_importance"),), resamples=5)
    found = drivers_of(log, asked)
    assert set(found.table.column("driver")) == {"speed", "staff"}
    said = found.stated["speed"]
    assert (said.value, said.n, set(found.stated)) == (75.0, 60, {"speed"})
    half = 2.0010 * 25 * (60 / 59) ** 0.5 / 60**0.5  # Student's t of 59 degrees
    assert (said.interval.low, said.interval.high) == pytest.approx((75 - half, 75 + half), abs=0.01)
    rows = dict(zip(found.table.column("driver"), found.table.column("stated"), strict=True))
    assert rows == {"speed": 75.0, "staff": None}
    assert read(told(asked)) == asked
    for wrong in ((("speed", "speed"),), (("speed", "a"), ("speed", "b"))):
        with pytest.raises(ColumnsRefused):
            DriversQuestion("overall", stated=wrong)
    with pytest.raises(ColumnsRefused):
        DriversQuestion("overall", ("staff",), stated=(("speed", "speed_importance"),))


def test_the_last_answer_before_counts_and_only_for_a_while(log: Log) -> None:
    events = []
    for number in range(60):
        name, speed = f"c{number}", 1 + number % 5
        events += [
            answered(name, 0, "speed", 6 - speed),  # an older answer
            answered(name, 10, "speed", speed),
            answered(name, 20, "overall", speed),
            answered(name, 30, "speed", 3),  # said afterwards
        ]
    write(log, together(*events))
    found = drivers_of(log, DriversQuestion("overall", ("speed",), resamples=5))
    assert found.fit.r_squared.value == pytest.approx(1)
    assert (found.fit.n, found.customers, found.performance) == (60, 60, {"speed": 50.0})
    forgotten = DriversQuestion("overall", ("speed",), within=timedelta(days=5), resamples=5)
    with pytest.raises(TooFewRows):
        drivers_of(log, forgotten)


def test_what_nearly_nobody_answers_otherwise_cannot_be_judged() -> None:
    """Of 200 answers 15 have to differ from the commonest one, whichever that is."""
    outcome = np.arange(200.0)
    columns = {
        "15 of 200": np.where(np.arange(200) < 15, 1.0, 5.0),
        "14 of 200": np.where(np.arange(200) < 14, 1.0, 5.0),
        "15, each its own": np.where(np.arange(200) >= 185, np.arange(200.0), 3.0),
        "all alike": np.full(200, 4.0),
    }
    assert cannot_be_judged(outcome, columns) == {"14 of 200": 200, "all alike": 200}
    # only rows with an outcome count
    outcome[0] = np.nan
    assert cannot_be_judged(outcome, {"15 of 200": columns["15 of 200"]}) == {"15 of 200": 199}


def test_the_simulated_company_is_moved_by_lateness(naranj: Log) -> None:
    question = DriversQuestion(
        "nps",
        ("csat_delivery", "csat_product"),
        (
            LATE,
            StepRule("turned to support", ("conversation_started",)),
            StepRule("never", ("no_such_event",)),
        ),
        within=timedelta(days=120),
        resamples=50,
    )
    found = drivers_of(naranj, question)
    assert found.fit.outcome == "nps"
    # delivered late: told by the answer about delivery, too
    assert found.fit["late"].correlation < -0.15
    assert found.fit["csat_delivery"].correlation > 0.2
    assert Note.of("drivers.left_out", driver="never", count=found.fit.n, because="alike") in found.notes
    assert found.table.column("driver") == [each.name for each in found.ranked]


def test_questions_are_told_as_json_and_read_back() -> None:
    assert {"drivers", "value_at_risk"} <= set(KINDS)
    question = DriversQuestion("@return", ("csat_delivery",), (LATE,))
    assert read(told(question)) == question
    (orders,) = usual_steps(["order_placed", "order_delivered", "conversation_started"]).values()
    risks = ValueAtRiskQuestion(orders, ("late_delivery",), support=Support("experiment", "couriers by lot"))
    assert read(told(risks)) == risks


def test_where_no_rating_is_named_all_are_taken(naranj: Log) -> None:
    found = drivers_of(naranj, DriversQuestion("nps", resamples=5))
    assert {each.name for each in found.ranked} <= {
        "csat_delivery", "csat_product", "csat_support", "ces_checkout", "ces_support",
    }  # fmt: skip
    assert len(found.ranked) >= 2
    assert all(50 < part < 90 for part in found.performance.values())


def test_coming_back_and_spending(naranj: Log) -> None:
    for outcome in ("@return", "@spend"):
        found = drivers_of(naranj, DriversQuestion(outcome, ("csat_delivery",), (LATE,), resamples=20))
        assert found.fit.outcome == outcome[1:]
        assert any(note.code == "experience.not_followed" for note in found.notes)
        assert 0 < found.fit.r_squared.value < 0.2


def test_what_cannot_be_asked(naranj: Log) -> None:
    with pytest.raises(ColumnsRefused, match="told apart"):
        DriversQuestion("nps", ("nps",))
    with pytest.raises(ColumnsRefused, match="Nothing lies within"):
        DriversQuestion("@return", (), (LATE,), within=timedelta(0))
    with pytest.raises(NoSuchScore):
        drivers_of(naranj, DriversQuestion("nsp", ("csat_delivery",)))
