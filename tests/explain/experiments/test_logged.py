"""An experiment in a log: who is in it, what counts, and the same numbers as from plain columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from safar.act import questions
from safar.explain.experiments.experiment import Metric, experiment
from safar.explain.experiments.logged import (
    ArmShare,
    ExperimentQuestion,
    LoggedMetric,
    logged_experiment,
)
from safar.explain.experiments.refusals import ColumnsDoNotFit, ImpossiblePlan, UnknownExperiment
from safar.explain.experiments.sequential import half_width
from safar.observe.question_json import read, told
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

START = datetime(2026, 3, 1, tzinfo=UTC)
ORDERS = LoggedMetric("orders", ("order_placed",), "how_many")
BOUGHT = LoggedMetric("bought", ("order_placed",))
REVENUE = LoggedMetric("revenue", ("order_placed",), "amount")
BY_ORDER = LoggedMetric("by order", ("order_placed",), "amount_by_event")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def write(log: Log, *events: EventColumns) -> None:
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()


def shown(customer: str, arm: str, day: float, name: str = "checkout") -> EventColumns:
    return an_event(
        "experiment_viewed",
        START + timedelta(days=day),
        customer=customer,
        properties={"experiment": name, "variation": arm},
    )


def order(customer: str, day: float, cents: int, currency: str = "USD") -> EventColumns:
    return an_event(
        "order_placed", START + timedelta(days=day), customer=customer, amount=cents, currency=currency
    )


def small(log: Log) -> None:
    write(
        log,
        *(shown(each, "old", 10) for each in ("a", "b", "c")),
        *(shown(each, "new", 10) for each in ("d", "e", "f")),
        shown("g", "new", 10),
        shown("g", "old", 11),
        shown("late", "new", 39),
        shown("other", "x", 5, name="colours"),
        order("a", 5, 1_000),
        order("a", 12, 2_000),
        order("b", 30, 9_900),
        order("d", 12, 3_000),
        order("d", 13, 5_000),
        order("e", 14, 4_000),
        order("e", 15, 700, "EUR"),
        order("nobody", 40, 100),
    )


def test_only_what_comes_after_counts_and_only_for_so_long(log: Log) -> None:
    small(log)
    found = logged_experiment(
        log,
        ExperimentQuestion("checkout", "old", (BOUGHT, ORDERS, REVENUE, BY_ORDER), within_days=7),
    )
    assert found.result.arms == {"old": 3, "new": 3}
    values = {each.metric: (each.control.value, each.treated.value) for each in found.result.results}
    assert values["bought"] == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert values["orders"] == (pytest.approx(1 / 3), pytest.approx(4 / 3))
    assert values["revenue"] == (pytest.approx(20 / 3), 40.0)
    assert values["by order"] == (20.0, 40.0)
    assert (found.name, found.currency, found.others) == ("checkout", "USD", ("colours",))
    assert set(found.notes) >= {
        Note.of("experiment.in_two_arms", count=1),
        Note.of("experiment.not_over", count=1),
        Note.of("experiment.other_currency", count=1),
    }


def test_without_a_limit_all_that_came_after_counts(log: Log) -> None:
    small(log)
    found = logged_experiment(log, ExperimentQuestion("checkout", "old", (ORDERS,))).result.of("orders")
    assert found.control.value == pytest.approx(2 / 3)
    assert found.treated.n == 4, "the late one is in it"


def test_tables_have_a_row_for_each_number(log: Log) -> None:
    small(log)
    found = logged_experiment(log, ExperimentQuestion("checkout", "old", (BOUGHT, ORDERS), within_days=7))
    assert found.table.column("metric") == ["bought", "orders"]
    assert found.table.column("value") == pytest.approx([2 / 3, 4 / 3])
    assert found.table.column("control_low")[0] < 1 / 3 < found.table.column("control_high")[0]
    assert found.arms.column("planned") == [3.0, 3.0]


def test_a_log_says_what_plain_columns_say(log: Log, rng: np.random.Generator) -> None:
    arms = np.where(rng.random(200) < 0.5, "new", "old")
    before, after = rng.poisson(1.0, 200), rng.poisson(np.where(arms == "new", 2.0, 1.5))
    events = [shown(f"c{each}", arm, 20) for each, arm in enumerate(arms.tolist())]
    for each in range(200):
        events += [order(f"c{each}", 5 + place / 10, 100) for place in range(before[each])]
        events += [order(f"c{each}", 22 + place / 10, 100) for place in range(after[each])]
    write(log, *events)
    of_log = logged_experiment(log, ExperimentQuestion(control="old", metrics=(ORDERS,))).result.of("orders")
    plain = experiment(arms, [Metric("orders", after, before=before)], control="old").of("orders")
    assert of_log.adjusted is not None
    assert plain.adjusted is not None
    assert of_log.adjusted.absolute.value == pytest.approx(plain.adjusted.absolute.value)
    assert of_log.adjusted.absolute.interval.low == pytest.approx(plain.adjusted.absolute.interval.low)
    assert of_log.p_value == pytest.approx(plain.p_value)


def test_other_properties_can_name_the_arm(log: Log) -> None:
    names = [("a", "A"), ("b", "A"), ("c", "B"), ("d", "B")]
    events = [
        an_event("mail_sent", START, customer=who, properties={"it's": arm, "n": "x"}) for who, arm in names
    ]
    write(log, *events, order("c", 1, 100))
    asked = ExperimentQuestion(
        metrics=(BOUGHT,), event_names=("mail_sent",), arm_property="it's", name_property="none"
    )
    assert logged_experiment(log, asked).result.of("bought").treated.value == 0.5


def test_what_is_not_there_is_refused(log: Log) -> None:
    small(log)
    with pytest.raises(UnknownExperiment, match='Did you mean "checkout"'):
        logged_experiment(log, ExperimentQuestion("chekout"))
    assert logged_experiment(log, ExperimentQuestion(control="old")).name == "checkout", "shown most"
    with pytest.raises(ColumnsDoNotFit, match="no control 'odl'"):
        logged_experiment(log, ExperimentQuestion("checkout", "odl"))
    with pytest.raises(ImpossiblePlan):
        ExperimentQuestion(within_days=0)
    with pytest.raises(ImpossiblePlan):
        ExperimentQuestion(shares=(ArmShare("a", 0.4), ArmShare("b", 0.4)))
    with pytest.raises(ColumnsDoNotFit):
        LoggedMetric("", ("x",))


def test_a_log_without_experiments_is_refused(log: Log) -> None:
    write(log, order("a", 1, 100))
    with pytest.raises(UnknownExperiment, match="experiment_viewed"):
        logged_experiment(log, ExperimentQuestion())


def test_a_question_is_its_json() -> None:
    asked = ExperimentQuestion(
        "checkout",
        "old",
        (BOUGHT, REVENUE),
        "bought",
        (ArmShare("old", 0.5), ArmShare("new", 0.5)),
        within_days=7.0,
    )
    assert "experiment" in questions.KINDS
    assert read(told(asked)) == asked


def test_always_valid_intervals_are_tuned_before_the_first_look(log: Log) -> None:
    """With as many customers as there are by now they would be another sequence at each look, valid at none."""
    write(
        log, *(shown(f"c{n}", ("old", "new")[n % 2], n / 10) for n in range(80)),
        *(order(f"c{n}", 20 + n / 10, 100) for n in range(60) if n % 3 or n % 2),
    )  # fmt: skip
    (found,) = logged_experiment(log, ExperimentQuestion(control="old", metrics=(BOUGHT,))).result.results
    pair = found.adjusted or found.effect
    half = half_width(pair.standard_error**2 * 80, 80, expected_n=5_000)
    around = found.always_valid.absolute
    assert around.interval.high - around.value == pytest.approx(half)
    other = logged_experiment(log, ExperimentQuestion(control="old", metrics=(BOUGHT,), expected_n=80))
    assert other.result.results[0].always_valid.absolute.interval.high < around.interval.high
    with pytest.raises(ImpossiblePlan):
        ExperimentQuestion(expected_n=0)
