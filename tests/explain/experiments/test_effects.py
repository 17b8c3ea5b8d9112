"""Effects of arms: by hand, as gbstats has them, as published for Hillstrom's e-mails, and how often intervals hold."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from safar.explain.experiments.cuped import cuped
from safar.explain.experiments.effects import effect, relative_error_of
from safar.explain.experiments.experiment import Metric, experiment
from safar.explain.experiments.measured import mean_of, mean_of_sums, measured, ratio_of, share_of
from safar.explain.experiments.refusals import ColumnsDoNotFit, TooFewCustomers
from safar.vocabulary.interval import difference, share

CONTROL, TREATED = mean_of_sums(3407, 1396.87, 52377.9767), mean_of_sums(3461, 2422.7, 134698.29)


def test_two_arms_of_three_by_hand() -> None:
    found = effect(mean_of([2.0, 4.0, 6.0]), mean_of([1.0, 2.0, 3.0]))
    assert found.absolute.value == 2.0
    assert found.standard_error == pytest.approx((4 / 3 + 1 / 3) ** 0.5)
    assert found.relative is None, "a control of 2 ± 2.5 is not clearly different from 0"


def test_means_are_as_gbstats_has_them() -> None:
    found = effect(TREATED, CONTROL)
    assert round(found.absolute.value, 2) == 0.29
    assert [round(end, 5) for end in (found.absolute.interval.low, found.absolute.interval.high)] == [
        0.04538,
        0.53462,
    ]
    assert round(found.p_value, 5) == 0.02016
    assert found.relative is not None
    assert round(found.relative.value, 5) == 0.70732
    assert round(relative_error_of(TREATED, CONTROL), 5) == 0.37879


def test_few_successes_are_compared_by_newcombe() -> None:
    found = effect(share_of(9, 60), share_of(2, 60))
    assert found.absolute == difference(share(9, 60), share(2, 60))  # type: ignore[arg-type]
    many = effect(share_of(90, 600), share_of(60, 600)).absolute
    assert many != difference(share(90, 600), share(60, 600))  # type: ignore[arg-type]


def test_a_ratio_has_the_variance_of_its_linearisation(rng: np.random.Generator) -> None:
    orders = rng.poisson(2.0, 500) + 1.0
    revenue = orders * 10 + rng.normal(0, 5, 500)
    found = ratio_of(revenue, orders)
    assert found.value == pytest.approx(revenue.sum() / orders.sum())
    draws = [revenue[drawn].sum() / orders[drawn].sum() for drawn in rng.integers(0, 500, (2_000, 500))]
    assert found.standard_error == pytest.approx(np.std(draws), rel=0.06)


def test_a_ratio_of_ones_is_the_mean(rng: np.random.Generator) -> None:
    values = rng.normal(5, 2, 50)
    as_ratio, as_mean = ratio_of(values, np.ones(50)), mean_of(values)
    assert as_ratio.value == pytest.approx(as_mean.value)
    assert as_ratio.variance == pytest.approx(as_mean.variance)


def test_intervals_cover_at_their_level(rng: np.random.Generator) -> None:
    absolute = relative = 0
    for _ in range(2_000):
        treated, control = mean_of(rng.gamma(2.0, 6.0, 120)), mean_of(rng.gamma(2.0, 5.0, 80))
        found = effect(treated, control)
        absolute += 2.0 in found.absolute.interval
        assert found.relative is not None
        relative += 0.2 in found.relative.interval
    assert 0.935 <= absolute / 2_000 <= 0.965
    assert 0.93 <= relative / 2_000 <= 0.967


def test_the_published_example_of_cuped() -> None:
    chance = np.random.default_rng(11)
    before = chance.gamma(2, 10, 20_000)
    noise = chance.normal(0, 12, 20_000)
    is_new = chance.random(20_000) < 0.5
    values = 0.8 * before + noise + 0.5 * is_new
    plain = effect(mean_of(values[is_new]), mean_of(values[~is_new]))
    found = cuped([values[~is_new], values[is_new]], [before[~is_new], before[is_new]])
    adjusted = effect(found.arms[1], found.arms[0])
    assert (round(plain.absolute.value, 6), round(plain.standard_error, 6)) == (0.607372, 0.233590)
    assert adjusted.absolute.value == pytest.approx(0.579215, abs=2e-6)
    assert round(adjusted.standard_error, 6) == 0.169655
    # the published θ and ρ are of both arms together; within arms they are a hair different
    assert found.theta[0] == pytest.approx(0.801778, abs=5e-5)
    assert found.variance_ratio == pytest.approx(0.527618, abs=2e-4)


def test_cuped_leaves_the_effect_and_narrows_it(rng: np.random.Generator) -> None:
    plain, adjusted, covered = [], [], 0
    for _ in range(600):
        before = rng.normal(0, 1, (400, 2))
        values = before @ [1.0, 0.5] + rng.normal(0, 1, 400) + np.repeat([0.0, 0.3], 200)
        arms = [values[:200], values[200:]]
        found = cuped(arms, [before[:200], before[200:]])
        plain.append(effect(mean_of(arms[1]), mean_of(arms[0])).absolute.value)
        better = effect(found.arms[1], found.arms[0]).absolute
        adjusted.append(better.value)
        covered += 0.3 in better.interval
    assert np.mean(adjusted) == pytest.approx(0.3, abs=0.012)
    assert np.var(adjusted) / np.var(plain) == pytest.approx(1 / 2.25, rel=0.15)
    assert 0.93 <= covered / 600 <= 0.97


def test_a_customer_without_a_past_is_left_as_he_is() -> None:
    values = [np.array([1.0, 2.0, 9.0]), np.array([2.0, 4.0, 5.0])]
    before = [np.array([1.0, 2.0, np.nan]), np.array([1.0, 3.0, 2.0])]
    found = cuped(values, before)
    assert found.arms[0].n == 3
    filled = [np.array([1.0, 2.0, 1.8]), np.array([1.0, 3.0, 2.0])]
    assert cuped(values, filled).arms[0].value == pytest.approx(found.arms[0].value, rel=0.05)


@pytest.mark.data
def test_hillstroms_e_mails_bring_what_was_published(shared_data: Path) -> None:
    folder = shared_data / "hillstrom"
    published = json.loads((folder / "oracle.json").read_text())["lift_vs_no_email"]
    with gzip.open(folder / "hillstrom.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    metrics = [Metric(name, [float(row[name]) for row in rows]) for name in ("visit", "conversion", "spend")]
    found = experiment([row["segment"] for row in rows], metrics, control="No E-Mail")
    assert found.arms == {"No E-Mail": 21306, "Mens E-Mail": 21307, "Womens E-Mail": 21387}
    assert not found.sample_ratio.is_off
    for arm, by_metric in published.items():
        for metric, lift in by_metric.items():
            result = found.of(metric, arm)
            assert round(result.effect.absolute.value, 6) == lift["abs"]
            assert result.effect.relative is not None
            assert round(result.effect.relative.value, 4) == lift["rel"]
            ends = result.effect.absolute.interval
            assert (ends.low, ends.high) == pytest.approx(lift["ci95"], abs=6e-6), (
                "published with z, ours with t"
            )
            assert result.is_clear


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(TooFewCustomers):
        mean_of([1.0])
    with pytest.raises(ColumnsDoNotFit, match=r"first in the rows \[1\]"):
        mean_of([1.0, float("nan"), 2.0])
    with pytest.raises(ColumnsDoNotFit, match="sum to 0"):
        ratio_of([1.0, 2.0], [0.0, 0.0])
    with pytest.raises(ColumnsDoNotFit):
        share_of(3, 2)


def test_what_is_measured_follows_from_the_values() -> None:
    assert measured([0, 1, 1]).kind == "share"
    assert measured([0, 1, 2]).kind == "mean"
    assert measured([0, 1, 1], [1, 1, 2]).kind == "ratio"
