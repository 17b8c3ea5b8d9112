"""Releases in a log: who got it, periods that are over, the planted change, and the times before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from safar.act import questions
from safar.explain.experiments.difference_in_differences import difference_in_differences
from safar.explain.experiments.refusals import ReleaseRefused, TooFewCustomers
from safar.explain.experiments.release import ReleaseQuestion, release
from safar.explain.experiments.release_counts import ReleaseMetric
from safar.explain.occasions import Experience
from safar.explain.step_experience import StepExperienceQuestion
from safar.measure.purchases import NothingBought
from safar.observe.among import Did, Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.question_json import read, told
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.event import EventColumns

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
RELEASED = date(2026, 3, 30)
WEEKS_BEFORE, WEEKS_AFTER, CUSTOMERS = 12, 8, 160
SOUTH = Segment("south", (Did(StepRule("there", (), (), (Condition("region", Comparison.IS, ("south",)),))),))
ORDERS = ReleaseMetric("orders")
LATE = ReleaseMetric(
    "experience",
    at=StepExperienceQuestion(
        StepRule("order", ("order_placed",)),
        (
            Experience(
                "late",
                StepRule(
                    "late", ("order_delivered",), (), (Condition("late_days", Comparison.ABOVE, ("0",)),)
                ),
                among=StepRule("delivered", ("order_delivered",)),
            ),
        ),
        same="order_id",
        horizon=timedelta(days=1),
    ),
    experience="late",
)


def weekly(
    chance: np.random.Generator, gained: float, spared: float, *, second: int = WEEKS_BEFORE
) -> Iterator[EventColumns]:
    """Yield a visit of each customer before all, then orders week by week; the south has more, and fewer late ones,
    from the release on, half of it from a second week on."""
    for number in range(CUSTOMERS):
        customer, south = f"c{number}", number % 2 == 0
        region = {"region": "south" if south else "north"}
        yield an_event("page", START - timedelta(days=2), customer=customer, properties=region)
        reached = WEEKS_BEFORE if number % 4 == 0 else second
        if south:
            yield an_event("told", START + timedelta(weeks=reached, hours=-3), customer=customer)
        for week in range(WEEKS_BEFORE + WEEKS_AFTER):
            has_it = south and week >= reached
            for order in range(chance.poisson(0.6 + 0.02 * week + gained * has_it)):
                at = START + timedelta(weeks=week, hours=6 * order)
                named = {"order_id": f"{customer}-{week}-{order}"}
                yield an_event(
                    "order_placed", at, customer=customer, amount=2_000, currency="USD", properties=named
                )
                late = int(chance.random() < 0.5 - spared * has_it)
                yield an_event(
                    "order_delivered", at + timedelta(hours=3), customer=customer,
                    properties={**named, "late_days": late},
                )  # fmt: skip
                answer = {"question_key": "csat", "metric": "csat", "scale_min": 1, "scale_max": 5}
                yield an_event(
                    "survey_answered", at + timedelta(hours=4), customer=customer,
                    properties={**answer, "value": 2 if late else 5},
                )  # fmt: skip
    yield an_event("page", START + timedelta(weeks=20, days=1), customer="c0")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    with Log.create(tmp_path_factory.mktemp("released") / "log", shard_count=2) as log:
        with log.writer() as writer:
            writer.append(together(*weekly(np.random.default_rng(4), 0.5, 0.3)))
            writer.sync()
        yield log


def test_beside_the_others_the_planted_change_is_found(log: Log) -> None:
    found = release(log, ReleaseQuestion(RELEASED, ORDERS, SOUTH))
    assert (found.way, found.customers, found.others, len(found.periods)) == ("beside_others", 80, 80, 20)
    assert 0.5 in found.effect.interval
    assert found.effect.interval.low > 0.2
    assert found.trend_p_value is not None
    assert found.is_side_by_side
    assert found.with_it - found.without == pytest.approx(found.effect.value)
    assert found.total is not None
    assert found.total.value == pytest.approx(found.effect.value * 80 * 8)
    assert [found.periods[place].distance for place in (0, 11, 12, 19)] == [-12, -1, 0, 7]
    assert [found.periods[place].starts_on for place in (0, 12)] == [date(2026, 1, 5), RELEASED]
    assert found.periods[11].effect is None
    assert [note.code for note in found.notes] == ["release.partial"]


def test_only_those_are_compared_of_whom_it_is_known(log: Log) -> None:
    with pytest.raises(TooFewCustomers, match="80 customers got it, 0 did not"):
        release(log, ReleaseQuestion(RELEASED, ORDERS, SOUTH, among=SOUTH))


def test_it_is_the_same_as_from_plain_columns(log: Log) -> None:
    found = release(log, ReleaseQuestion(RELEASED, ORDERS, SOUTH))
    rows = np.array([[each.value, each.other] for each in found.periods]).T
    change = rows[:, 12:].mean(axis=1) - rows[:, :12].mean(axis=1)
    assert found.effect.value == pytest.approx(change[0] - change[1])
    money = release(log, ReleaseQuestion(RELEASED, ReleaseMetric("revenue"), SOUTH))
    assert (money.currency, money.effect.value) == ("USD", pytest.approx(20 * found.effect.value))
    panel = np.zeros((2, 20)) + 1
    with pytest.raises(TooFewCustomers):
        difference_in_differences(panel, [True, False], 12)


def test_where_everybody_got_it_only_its_own_trend_is_beside_it(log: Log) -> None:
    found = release(log, ReleaseQuestion(RELEASED, ORDERS))
    assert (found.way, found.others, found.trend_p_value) == ("before_after", 0, None)
    assert 40 in found.effect.interval  # half an order more of eighty customers
    assert [note.code for note in found.notes] == ["before_after.no_comparison", "release.partial"]
    assert not found.is_side_by_side
    expected = np.mean([each.other for each in found.periods[12:]])
    assert found.without == pytest.approx(expected)
    assert found.total is not None
    assert found.total.value == pytest.approx(8 * found.effect.value)
    share = release(log, ReleaseQuestion(RELEASED, LATE))
    assert share.effect.value < 0
    assert share.total is None


def test_shares_and_scores_are_means_over_what_happened(log: Log) -> None:
    late = release(log, ReleaseQuestion(RELEASED, LATE, SOUTH))
    assert -0.3 in late.effect.interval
    assert late.effect.interval.high < -0.15
    assert late.total is None
    score = release(log, ReleaseQuestion(RELEASED, ReleaseMetric("score", question_key="csat"), SOUTH))
    assert score.effect.value == pytest.approx(
        -late.effect.value
    )  # satisfied are those whose parcel was punctual
    assert score.effect.interval.low == pytest.approx(-late.effect.interval.high)
    assert score.trend_p_value == pytest.approx(late.trend_p_value)


def test_customer_after_customer(tmp_path: Path) -> None:
    told_of = StepRule("told", ("told",))
    with Log.create(tmp_path / "log", shard_count=1) as log:
        with log.writer() as writer:
            writer.append(together(*weekly(np.random.default_rng(6), 0.5, 0.0, second=15)))
            writer.sync()
        found = release(log, ReleaseQuestion(RELEASED, ORDERS, reached_by=told_of))
    assert (found.way, found.customers, found.others) == ("staggered", 80, 80)
    assert 0.5 in found.effect.interval
    assert found.effect.interval.low > 0.1
    assert "release.by_reach" in [note.code for note in found.notes]
    assert {each.distance for each in found.periods} == set(range(-12, 8))
    with pytest.raises(ReleaseRefused, match="not known of every customer"):
        ReleaseQuestion(RELEASED, LATE, reached_by=told_of)
    with pytest.raises(ReleaseRefused, match="one customer after another"):
        ReleaseQuestion(RELEASED, ORDERS, SOUTH, reached_by=told_of)


def test_a_change_that_did_nothing_is_not_seen(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=1) as log:
        with log.writer() as writer:
            writer.append(together(*weekly(np.random.default_rng(5), 0.0, 0.0)))
            writer.sync()
        for metric in (ORDERS, LATE):
            assert 0 in release(log, ReleaseQuestion(RELEASED, metric, SOUTH)).effect.interval


def test_periods_that_are_not_over_do_not_count_and_none_is_refused(log: Log) -> None:
    question = ReleaseQuestion(RELEASED, ORDERS, SOUTH)
    fewer = release(log, replace(question, before_periods=4, after_periods=2))
    assert [note.code for note in fewer.notes] == []
    assert len(fewer.periods) == 6
    with pytest.raises(ReleaseRefused, match="after 2026-05-24"):
        release(log, replace(question, at=date(2026, 5, 24)))
    with pytest.raises(ReleaseRefused, match="before 2026-01-04"):
        release(log, replace(question, at=date(2026, 1, 4)))
    with pytest.raises(TooFewCustomers, match="4 on each side"):
        release(log, ReleaseQuestion(RELEASED, ORDERS, before_periods=3))
    nobody = Segment("nobody", (Did(StepRule("x", ("never",))),))
    with pytest.raises(TooFewCustomers, match="0 customers got it"):
        release(log, replace(question, got_it=nobody))
    with pytest.raises(NothingBought):
        release(log, replace(question, currency="IRR"))


def test_a_question_says_what_it_counts(log: Log) -> None:
    for metric in ({"counted": "events"}, {"counted": "score"}, {"counted": "experience"}):
        with pytest.raises(ReleaseRefused, match="does not say which"):
            ReleaseMetric(**metric)
    with pytest.raises(ReleaseRefused, match="cannot be"):
        ReleaseQuestion(RELEASED, period_days=0)
    question = ReleaseQuestion(RELEASED, LATE, SOUTH, name="couriers")
    assert hash(question) == hash(replace(question))
    assert "release" in questions.KINDS
    assert read(told(question)) == question


def test_tables(log: Log) -> None:
    found = release(log, ReleaseQuestion(RELEASED, ORDERS, SOUTH))
    assert found.table.column("distance")[:2] == [-12, -11]
    assert found.summary.column("customers") == [80]
