"""Looking early: sequences and bounds as published, and how often they are wrong when nothing happens."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain.experiments.effects import effect
from safar.explain.experiments.group_sequential import Shape, bounds, crossing
from safar.explain.experiments.measured import Measured, mean_of_sums
from safar.explain.experiments.planning import detectable_effect, plan
from safar.explain.experiments.refusals import ImpossiblePlan
from safar.explain.experiments.sequential import (
    always_valid,
    half_width,
    msprt_half_width,
    msprt_p_value,
    tuning,
)


def test_half_widths_of_sequences_are_as_published() -> None:
    assert round(tuning(5_000), 7) == 0.0398401
    assert round(half_width(1.0, 1_000, expected_n=5_000), 7) == 0.1063755
    assert round(half_width(1.0, 5_000, expected_n=5_000), 7) == 0.0429243
    fixed = 1.959964 / 5_000**0.5
    assert round(half_width(1.0, 5_000, expected_n=5_000) / fixed, 3) == 1.549


def test_a_relative_sequence_is_as_gbstats_has_it() -> None:
    control, treated = mean_of_sums(3_000, 1396.87, 52377.9767), mean_of_sums(3461, 2422.7, 134698.29)
    found = always_valid(treated, control, expected_n=1_000).relative
    assert found is not None
    assert [round(each, 5) for each in (found.value, found.interval.low, found.interval.high)] == [
        0.50336,
        -0.55844,
        1.56516,
    ]


def test_the_p_value_of_a_sequence_is_alpha_where_an_end_is_zero() -> None:
    control = Measured(2_000, 0.0, 1.0)
    half = half_width(2.0 / 2_000 * 4_000, 4_000, expected_n=4_000)
    at_the_end = always_valid(Measured(2_000, half, 1.0), control, expected_n=4_000)
    assert at_the_end.p_value == pytest.approx(0.05)


def test_the_mixture_test_is_as_published_and_agrees_with_its_interval() -> None:
    assert round(msprt_p_value(0.1, 2.0, 1_000, prior_variance=0.01), 6) == 0.304997
    half = msprt_half_width(2.0, 1_000, prior_variance=0.01)
    assert msprt_p_value(half, 2.0, 1_000, prior_variance=0.01) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("shape", "published"),
    [
        ("obrien_fleming", [4.5617, 3.2256, 2.6337, 2.2809, 2.0401]),
        ("pocock", [2.4132] * 5),
        ("spending_obrien_fleming", [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]),
        ("spending_pocock", [2.4380, 2.4268, 2.4102, 2.3966, 2.3860]),
    ],
)
def test_bounds_of_five_looks_are_as_published(shape: Shape, published: list[float]) -> None:
    found = bounds(5, shape)
    assert [round(each, 4) for each in found.critical] == published
    assert sum(crossing(found.information, found.critical)) == pytest.approx(0.05, abs=1e-8)


def test_what_looks_cost_is_as_jennison_and_turnbull_have_it() -> None:
    # Group Sequential Methods (2000), tables 2.2 and 2.4: K = 5, α = .05
    assert round(bounds(5, "pocock").inflation(0.9), 3) == 1.206
    assert round(bounds(5, "pocock").inflation(0.8), 3) == 1.228
    assert round(bounds(5, "obrien_fleming").inflation(0.9), 3) == 1.026
    assert round(bounds(5, "obrien_fleming").inflation(0.8), 3) == 1.028


def test_one_look_at_the_end_is_the_usual_test() -> None:
    assert round(bounds(1, "pocock").critical[0], 6) == 1.959964
    assert bounds([1.0]).inflation() == pytest.approx(1.0, abs=1e-5)


def test_spending_leaves_early_bounds_when_later_looks_move() -> None:
    one, other = bounds([0.2, 0.5, 1.0]), bounds([0.2, 0.7, 0.8, 1.0])
    assert one.critical[0] == other.critical[0]


def test_false_alarms_of_a_hundred_looks(rng: np.random.Generator) -> None:
    runs, looks, each = 2_000, 100, 50
    sums = rng.normal(0, 1, (runs, looks)) * each**0.5
    n = np.arange(1, looks + 1) * each
    means = np.cumsum(sums, axis=1) / n
    fixed = (np.abs(means) > 1.959964 / np.sqrt(n)).any(axis=1).mean()
    halves = np.array([half_width(1.0, int(size), expected_n=5_000) for size in n])
    sequence = (np.abs(means) > halves).any(axis=1).mean()
    mixture = np.array([msprt_half_width(1.0, int(size), prior_variance=0.01) for size in n])
    wide = (np.abs(means) > mixture).any(axis=1).mean()
    planned = bounds(5, "obrien_fleming")
    z = (means * np.sqrt(n))[:, 19::20]
    grouped = (np.abs(z) > np.array(planned.critical)).any(axis=1).mean()
    assert 0.34 <= fixed <= 0.41, "published: .3725"
    assert sequence <= 0.03, "published: .0150"
    assert wide <= 0.035, "published: .0193"
    assert grouped == pytest.approx(0.05, abs=0.013), "published: .0478"


def test_the_interval_at_a_look_ends_it_exactly_where_the_bound_does() -> None:
    planned = bounds(3)
    control = Measured(1_000, 0.0, 1.0)
    for look, bound in enumerate(planned.critical):
        spread = (2 / 1_000) ** 0.5
        for factor, ends in ((1.001, True), (0.999, False)):
            found = effect(Measured(1_000, bound * spread * factor, 1.0), control)
            assert planned.ends(look, found.absolute.value / found.standard_error) is ends
            assert (0 not in planned.interval(look, found).interval) is ends


def test_a_plan_keeps_its_power(rng: np.random.Generator) -> None:
    planned = plan(4.0, 0.5)
    assert detectable_effect(4.0, planned.treated, planned.control) == pytest.approx(0.5, rel=0.003)
    z = rng.normal(0.5 / (4.0 * 2 / planned.treated) ** 0.5, 1, 20_000)
    assert (np.abs(z) > 1.959964).mean() == pytest.approx(0.8, abs=0.01)


def test_plans_by_hand() -> None:
    # 2 · 25 · ((1.959964 + 0.841621) / 1)² = 392.4
    found = plan(25.0, 1.0)
    assert (found.treated, found.control, found.customers) == (393, 393, 786)
    assert found.duration(100).days == 14
    assert plan(25.0, 1.0, variance_ratio=0.5).treated == 197
    assert plan(25.0, 1.0, arms=3).treated == 524
    small = plan(25.0, 1.0, control_share=0.2)
    assert (small.treated, small.control) == (982, 246)
    assert small.customers > found.customers


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(ImpossiblePlan):
        plan(1.0, 0.0)
    with pytest.raises(ImpossiblePlan):
        bounds([0.5, 0.4])
    with pytest.raises(ImpossiblePlan):
        bounds(0)
    with pytest.raises(ImpossiblePlan):
        msprt_p_value(0.1, 0.0, 10, prior_variance=1.0)
