"""Planned looks: where this one is, which bound it has, and how often all of them together are wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.act import questions
from safar.explain.experiments.effects import Effect, effect
from safar.explain.experiments.experiment import Metric, experiment
from safar.explain.experiments.group_sequential import Shape, bounds
from safar.explain.experiments.logged import ExperimentQuestion
from safar.explain.experiments.measured import Measured
from safar.explain.experiments.planned_looks import PlannedLooks, looks_table
from safar.explain.experiments.refusals import ImpossibleLooks
from safar.observe.question_json import read, told

FIRST = (0.2, 0.4)


def found(z: float, n: int = 1_000) -> Effect:
    """Return an effect of z standard errors of 0.1."""
    return effect(Measured(n, z * 0.1, n * 0.005), Measured(n, 0.0, n * 0.005))


def test_a_look_by_its_number_has_the_published_bound() -> None:
    # Jennison and Turnbull (2000), tables 2.1 and 2.3: K = 5, α = .05
    thirds: list[tuple[Shape, float]] = [
        ("pocock", 2.4132),
        ("obrien_fleming", 2.6337),
        ("spending_obrien_fleming", 2.6803),
    ]
    for shape, third in thirds:
        look = PlannedLooks(5, shape, look=3).at(found(2.65), 1_000, 1_000)
        assert (look.place, look.count, look.information) == (2, 5, 0.6)
        assert round(look.bound, 4) == third
        assert round(look.z, 6) == 2.65
        assert look.ends is (third < 2.65)
        assert not look.is_last
    assert PlannedLooks(5, "pocock", look=5).at(found(1.0), 1_000, 1_000).is_last


def test_the_interval_of_a_look_is_the_bound_times_the_standard_error() -> None:
    look = PlannedLooks(5, "obrien_fleming", look=3).at(found(2.0), 1_000, 1_000)
    assert look.estimate.value == pytest.approx(0.2)
    assert look.estimate.interval.low == pytest.approx(0.2 - 2.6337 * 0.1, abs=1e-5)
    assert look.estimate.interval.high == pytest.approx(0.2 + 2.6337 * 0.1, abs=1e-5)


def test_the_information_follows_from_the_customers() -> None:
    planned = PlannedLooks(5, customers=1_000)
    # as many in both: n / N
    assert planned.timing(500, 500).information == (*FIRST, 0.5, 0.8, 1.0)
    # 2 · 900 · 300 / 1200 / 1000 = 0.45: the smaller arm counts for more
    assert planned.timing(900, 300).information == (0.2, 0.45, 0.6, 0.8, 1.0)
    # before the first planned look it takes its place
    assert (planned.timing(50, 50).place, planned.timing(50, 50).information[0]) == (0, 0.05)
    # nearly at the end: one more is to come
    assert planned.timing(940, 940).information == (*FIRST, 0.6, 0.8, 0.94, 1.0)
    # within a hundredth of it: the last
    last = planned.timing(995, 995)
    assert (last.place, len(last.information), last.information[-1], last.spent_at[-1]) == (4, 5, 1.0, 1.0)


def test_more_customers_than_planned_leave_alpha_as_it_was() -> None:
    planned = PlannedLooks(5, customers=1_000)
    timing = planned.timing(1_250, 1_250)
    assert timing.information == pytest.approx((0.16, 0.32, 0.48, 0.64, 1.0))
    assert timing.spent_at == pytest.approx((0.2, 0.4, 0.6, 0.8, 1.0))
    look = planned.at(found(2.05), 1_250, 1_250)
    assert look.bounds.critical[:4] == pytest.approx(bounds(5).critical[:4], abs=1e-6), "as they were"
    assert look.bounds.false_alarms()[-1] == pytest.approx(0.05, abs=1e-8)
    assert look.bound > bounds(5).critical[4], "looks lie further apart: they are less alike"
    assert look.is_last
    assert not look.ends


def test_arms_share_what_may_be_wrong() -> None:
    one = PlannedLooks(3, look=2).at(found(2.4), 1_000, 1_000, arms=2, level=0.95)
    assert one.bound == pytest.approx(bounds(3, level=0.975).critical[1])
    assert one.estimate.interval.level == pytest.approx(0.975)


def test_without_spread_the_bound_is_reached_or_nothing_is_there() -> None:
    constant = Measured(10, 1.0, 0.0)
    planned = PlannedLooks(2, look=1)
    assert planned.at(effect(constant, constant), 10, 10).z == 0.0
    assert planned.at(effect(constant, Measured(10, 0.0, 0.0)), 10, 10).z == 9.0


def test_an_experiment_ends_where_the_metric_that_decides_passes_its_bound() -> None:
    """17 against 10 in 100 with 500 in each arm: z = 3.26, by hand."""
    arms = ["old"] * 500 + ["new"] * 500
    metrics = [Metric("bought", [1] * 50 + [0] * 450 + [1] * 85 + [0] * 415)]
    z = 0.07 / math.sqrt((0.1 * 0.9 + 0.17 * 0.83) / 500)
    clear = {}
    for number in (1, 2, 3, 4, 5):
        planned = PlannedLooks(5, "obrien_fleming", look=number)
        result = experiment(arms, metrics, control="old", primary="bought", looks=planned).of("bought")
        assert result.look is not None
        assert result.look.z == pytest.approx(z)
        assert result.is_clear is result.look.ends
        assert result.estimate.interval == result.look.estimate.interval
        clear[number] = result.is_clear
    # 4.56, 3.23, 2.63, 2.28, 2.04
    assert clear == {1: False, 2: True, 3: True, 4: True, 5: True}
    plain = experiment(arms, metrics, control="old").of("bought")
    assert plain.look is None
    assert plain.estimate == plain.best.absolute


def test_the_table_of_looks_says_what_each_has_spent() -> None:
    look = PlannedLooks(2, "pocock", look=1).at(found(1.0), 100, 100)
    table = looks_table([("new", look)])
    assert table["look"] == [1, 2]
    assert table["z"] == [pytest.approx(1.0), None]
    assert table["is_now"] == [True, False]
    # Pocock's bound of two looks is 2.178: 2 (1 − Φ(2.178)) = .0294 at the first
    assert [round(each, 4) for each in table["false_alarm_rate"]] == [0.0294, 0.05]  # type: ignore[call-overload]
    assert [round(each, 3) for each in table["z_bound"]] == [2.178, 2.178]  # type: ignore[call-overload]


def test_false_alarms_of_looks_that_come_when_they_come(rng: np.random.Generator) -> None:
    """Nothing happens in two arms; looks come early, late, and after more customers than were planned."""
    runs, planned, at = 4_000, PlannedLooks(3, customers=600), (150, 420, 700)
    sums = np.cumsum(
        [rng.normal(0, math.sqrt(n), (3, runs)) for n in np.diff((0, *at))], axis=0
    )  # look, arm, run
    alarmed = np.zeros(runs, np.bool_)
    for number, n in enumerate(at):
        timing = planned.timing(n, n)
        assert timing.place == number
        limit = bounds(timing.information, planned.shape, level=0.975, spent_at=timing.spent_at)
        z = (sums[number, 1:] - sums[number, 0]) / math.sqrt(2 * n)
        alarmed |= (np.abs(z) >= limit.critical[number]).any(axis=0)
    # two arms share a control: a little less than α
    assert 0.033 <= alarmed.mean() <= 0.055


def test_what_cannot_be_planned_is_refused() -> None:
    for wrong in (
        {"count": 1, "look": 1},
        {"count": 21, "look": 1},
        {"count": 5},
        {"count": 5, "look": 2, "customers": 100},
        {"count": 5, "look": 6},
        {"count": 5, "customers": 0},
    ):
        with pytest.raises(ImpossibleLooks):
            PlannedLooks(**wrong)  # type: ignore[arg-type]


def test_a_question_with_looks_is_its_json() -> None:
    asked = ExperimentQuestion("checkout", looks=PlannedLooks(5, "pocock", customers=800))
    assert "experiment" in questions.KINDS
    assert told(asked)["looks"] == {"count": 5, "shape": "pocock", "customers": 800}
    assert read(told(asked)) == asked
