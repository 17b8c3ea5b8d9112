"""An experiment read whole: judged together, broken assignment said, and chance that anybody computes again."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from safar.explain.experiments.assignment import OUTSIDE, assigned, position, sample_ratio
from safar.explain.experiments.experiment import Metric, experiment
from safar.explain.experiments.refusals import ColumnsDoNotFit, ImpossiblePlan
from safar.vocabulary.answer import Note

IDS = [f"customer-{number}" for number in range(20_000)]


def test_the_position_of_a_customer_is_fixed_for_ever() -> None:
    assert round(position("customer-7", "new-checkout"), 12) == 0.635096100082
    assert position("customer-7", "new-checkout") != position("customer-7", "old-checkout")


def test_arms_get_their_shares_and_stay() -> None:
    shares = {"control": 0.5, "blue": 0.3, "green": 0.2}
    found = assigned(IDS, shares, salt="colours")
    assert not sample_ratio(Counter(found), shares).is_off
    assert assigned(IDS[5:6], shares, salt="colours") == found[5:6]


def test_more_traffic_moves_nobody_to_another_arm() -> None:
    some = assigned(IDS, {"a": 0.5, "b": 0.5}, salt="x", traffic=0.2)
    more = assigned(IDS, {"a": 0.5, "b": 0.5}, salt="x", traffic=0.6)
    assert Counter(some)[OUTSIDE] == pytest.approx(16_000, abs=250)
    assert all(one in (OUTSIDE, other) for one, other in zip(some, more, strict=True))


def test_experiments_are_independent_of_each_other() -> None:
    one = np.array(assigned(IDS, {"a": 0.5, "b": 0.5}, salt="first")) == "a"
    other = np.array(assigned(IDS, {"a": 0.5, "b": 0.5}, salt="second")) == "a"
    assert (one & other).mean() == pytest.approx(0.25, abs=0.012)


def test_the_sample_ratio_by_hand() -> None:
    # (60 - 50)² / 50 + (40 - 50)² / 50 = 4 with one degree of freedom
    assert round(sample_ratio({"a": 60, "b": 40}).p_value, 4) == 0.0455
    assert sample_ratio({"a": 6_000, "b": 4_000}, {"a": 0.6, "b": 0.4}).p_value == 1.0


def test_alarms_of_the_sample_ratio_are_as_rare_as_promised(rng: np.random.Generator) -> None:
    counts = rng.multinomial(5_000, [0.5, 0.3, 0.2], 2_000)
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    p_values = [sample_ratio(dict(zip("abc", each, strict=True)), shares).p_value for each in counts.tolist()]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("shares", [{}, {"a": 0.5, "b": 0.6}, {"a": 1.5, "b": -0.5}, {"": 0.5, "b": 0.5}])
def test_shares_that_do_not_divide_everybody_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ImpossiblePlan):
        assigned(["c"], shares, salt="x")


def test_arms_that_are_not_as_planned_are_said() -> None:
    found = experiment(["a"] * 700 + ["b"] * 300, [Metric("x", np.arange(1_000))], control="a")
    assert found.notes == (Note.of("experiment.sample_ratio"),)
    planned = experiment(
        ["a"] * 700 + ["b"] * 300, [Metric("x", np.arange(1_000))], control="a", shares={"a": 0.7, "b": 0.3}
    )
    assert planned.notes == ()


def test_metrics_are_judged_together_the_primary_one_by_itself(rng: np.random.Generator) -> None:
    arms = np.repeat(["old", "new"], 400)
    lift = np.repeat([0.0, 0.4], 400)
    metrics = [Metric(f"m{place}", rng.normal(0, 1, 800) + lift * (place == 0)) for place in range(6)]
    alone = experiment(arms, metrics[:1], control="old").of("m0").p_value
    together = experiment(arms, metrics, control="old")
    primary = experiment(arms, metrics, control="old", primary="m0")
    assert together.of("m0").p_value == pytest.approx(6 * alone)
    assert primary.of("m0").p_value == pytest.approx(alone)
    assert together.notes == (Note.of("experiment.looked_at", count=6),)


def test_nothing_is_found_more_often_than_promised_where_nothing_is(rng: np.random.Generator) -> None:
    arms = np.repeat(["old", "new", "newer"], 100)
    any_found = 0
    for _ in range(400):
        metrics = [Metric(f"m{place}", rng.normal(0, 1, 300)) for place in range(4)]
        any_found += any(each.is_clear for each in experiment(arms, metrics, control="old").results)
    assert any_found / 400 <= 0.075


def test_rare_and_skewed_values_are_said() -> None:
    few = Metric("bought", [1] * 4 + [0] * 96 + [1] * 9 + [0] * 91)
    skewed = Metric("spent", [0.0] * 100 + [1_000.0] + [0.0] * 99)
    found = experiment(["a"] * 100 + ["b"] * 100, [few, skewed], control="a")
    assert set(found.notes[1:]) == {
        Note.of("experiment.few_events", count=1),
        Note.of("experiment.skewed", count=1),
    }


def test_a_share_stays_one_where_an_arm_has_all_of_a_kind() -> None:
    found = experiment(["a"] * 3 + ["b"] * 3, [Metric("x", [0, 0, 0, 1, 0, 1])], control="a").of("x")
    assert (found.kind, found.control.value) == ("share", 0.0)


def test_the_order_of_customers_changes_nothing(rng: np.random.Generator) -> None:
    arms, values = np.repeat(["a", "b"], 50), rng.normal(3, 1, 100)
    before = values + rng.normal(0, 1, 100)
    order = rng.permutation(100)
    one = experiment(arms, [Metric("x", values, before=before)], control="a").of("x").best.absolute
    other = experiment(arms[order], [Metric("x", values[order], before=before[order])], control="a")
    assert other.of("x").best.absolute.interval.low == pytest.approx(one.interval.low)


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ColumnsDoNotFit, match='Did you mean "old"'):
        experiment(["old", "new"] * 5, [Metric("x", [1] * 10)], control="odl")
    with pytest.raises(ColumnsDoNotFit, match="for 10 customers"):
        experiment(["old", "new"] * 5, [Metric("x", [1] * 9)], control="old")
    ratio = Metric("x", [1, 2] * 5, denominators=[1] * 10, before=[1] * 10)
    with pytest.raises(ColumnsDoNotFit, match="ratio and has a time before"):
        experiment(["old", "new"] * 5, [ratio], control="old")
