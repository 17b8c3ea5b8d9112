"""Contracts (shifted beta-geometric) and fixed occasions (BG/BB): published numbers, slopes, refusals."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from safar.measure import bgbb, sbg
from safar.measure.bgbb import OccasionsRefused
from safar.measure.sbg import CohortRefused, DiscountRefused

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]


@pytest.mark.parametrize(
    ("cohort", "alpha", "beta", "likelihood", "survival", "residual", "off"),
    [
        (
            REGULAR, 0.70408, 1.18204, -1680.2652, [0.2201, 0.2044, 0.1912, 0.1799, 0.1700],
            [2.9644, 4.1031, 5.8941], 0.015,
        ),
        (
            HIGH_END, 0.66809, 3.80610, -1611.1581, [0.4604, 0.4358, 0.4142, 0.3951, 0.3780],
            [5.4145, 5.9014, 6.8967], 0.028,
        ),
    ],
)  # fmt: skip
def test_cohorts_of_the_paper(
    cohort: list[int],
    alpha: float,
    beta: float,
    likelihood: float,
    survival: list[float],
    residual: list[float],
    off: float,
) -> None:
    fit = sbg.fit(cohort[:8])
    assert (fit.alpha, fit.beta) == pytest.approx((alpha, beta), abs=6e-6)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=6e-5)
    later = fit.survival(np.arange(8, 13))
    assert later == pytest.approx(survival, abs=6e-5)
    assert np.abs(later / (np.array(cohort[8:]) / 1000) - 1).mean() == pytest.approx(off, abs=6e-4)
    assert fit.residual_lifetime([1, 2, 5], 0.1) == pytest.approx(residual, abs=6e-5)


def test_retention_is_the_ratio_of_survival() -> None:
    fit = sbg.fit(REGULAR[:8])
    times = np.arange(1, 30)
    assert fit.retention_rate(times) == pytest.approx(
        fit.survival(times) / fit.survival(times - 1), rel=1e-10
    )


def test_residual_lifetime_is_the_discounted_sum() -> None:
    fit = sbg.fit(HIGH_END[:8])
    ahead = np.arange(4000)
    by_hand = float((fit.survival(3 + ahead) / fit.survival(2) / 1.1**ahead).sum())
    assert fit.residual_lifetime(3, 0.1) == pytest.approx(by_hand, rel=1e-8)


def test_customers_are_as_good_as_their_cohort() -> None:
    renewed = np.concatenate([np.repeat(np.arange(7), -np.diff(REGULAR[:8])), np.repeat(7, REGULAR[7])])
    ended = np.arange(1000) < 1000 - REGULAR[7]
    fit, whole = sbg.fit(*sbg.survivors_of(renewed, ended=ended)), sbg.fit(REGULAR[:8])
    assert fit.parameters == pytest.approx(whole.parameters, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)


def test_cohorts_of_different_lengths_are_one_likelihood() -> None:
    fit = sbg.fit(HIGH_END[:4], HIGH_END[:8])
    slopes = [sbg.fit(HIGH_END[:4]), sbg.fit(HIGH_END[:8])]
    assert fit.log_likelihood <= sum(each.log_likelihood for each in slopes)
    assert min(each.alpha for each in slopes) < fit.alpha < max(each.alpha for each in slopes)


def test_intervals_of_contracts_hold_the_truth() -> None:
    held = np.zeros(2)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        life = rng.geometric(np.maximum(rng.beta(0.8, 2.5, 800), 1e-9))
        fit = sbg.fit([int((life > t).sum()) for t in range(8)])
        held += [truth in around for truth, around in zip((0.8, 2.5), fit.interval().values(), strict=True)]
    assert (held >= 180).all(), held


@pytest.mark.parametrize(
    "wrong", [[100], [100, 120], [100, -1], [100, float("nan")], [[1, 2], [3, 4]], [10, 10]]
)
def test_cohorts_that_cannot_be_are_refused(wrong: list[float]) -> None:
    with pytest.raises(CohortRefused):
        sbg.fit(wrong)


def test_no_cohort_and_no_discount_are_refused() -> None:
    with pytest.raises(CohortRefused, match="no cohort"):
        sbg.fit()
    with pytest.raises(DiscountRefused):
        sbg.fit(REGULAR[:8]).residual_lifetime(1, 0.0)
    with pytest.raises(CohortRefused):
        sbg.survivors_of([1, -1], ended=[True, False])


@pytest.mark.data
def test_donations_as_published(shared_data: Path) -> None:
    with gzip.open(shared_data / "donations_bgbb" / "donations.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    x, last, occasions, weights = (
        np.array([float(row[name]) for row in rows])
        for name in ("frequency", "recency", "periods", "weights")
    )
    fit = bgbb.fit(x, last, occasions, weights)
    assert weights.sum() == 11_104
    assert fit.parameters == pytest.approx([1.2035, 0.7497, 0.6567, 2.7834], abs=6e-5)
    assert fit.log_likelihood == pytest.approx(-33225.5813, abs=6e-5)
    assert float(fit.expected_purchases(5) @ weights) == pytest.approx(12884.2, abs=0.05)
    alive = {
        (int(row["frequency"]), int(row["recency"])): each
        for row, each in zip(rows, fit.p_alive(), strict=True)
    }
    assert [alive[0, 0], alive[2, 4], alive[6, 6]] == pytest.approx([0.11, 0.59, 0.93], abs=5e-3)
    shares = fit.probability_of(np.arange(7), 6) * weights.sum()
    assert (shares[0], shares[6]) == pytest.approx((3454.9, 1253.1), abs=0.05)


def test_chances_of_occasions_add_up_and_have_the_mean_of_lives(rng: np.random.Generator) -> None:
    fit = bgbb.fit([0, 1, 1, 2, 3], [0, 1, 3, 3, 3], [3] * 5, [40, 12, 6, 14, 22]).with_parameters(
        (1.2, 0.8, 0.7, 2.8)
    )
    chances = fit.probability_of(np.arange(9), 8)
    assert chances.sum() == pytest.approx(1, abs=1e-10)
    buys, leaves = rng.beta(1.2, 0.8, 60_000), rng.beta(0.7, 2.8, 60_000)
    alive, bought = np.ones(60_000, bool), np.zeros(60_000)
    for _ in range(8):
        alive &= rng.random(60_000) >= leaves
        bought += alive & (rng.random(60_000) < buys)
    assert fit.expected_purchases_of_new(8) == pytest.approx(bought.mean(), rel=0.02)
    assert chances == pytest.approx(np.bincount(bought.astype(int), minlength=9) / 60_000, abs=0.01)


def test_slopes_of_occasions_are_those_of_the_likelihood() -> None:
    x, last, occasions = (np.array(each) for each in ([0, 1, 2, 3], [0, 2, 4, 3], [4, 4, 4, 4]))
    terms, weight, place = (
        bgbb._Terms.of(x, last, occasions),
        np.array([5.0, 2, 3, 1]),
        np.array([1.1, 0.8, 0.6, 2.5]),
    )
    here = terms.slopes(place, weight)
    for one in range(4):
        step = np.zeros(4)
        step[one] = 1e-5
        above, below = terms.slopes(place + step, weight), terms.slopes(place - step, weight)
        assert (above.value - below.value) / 2e-5 == pytest.approx(here.gradient[one], rel=1e-6, abs=1e-8)
        assert (above.gradient - below.gradient) / 2e-5 == pytest.approx(
            here.hessian[one], rel=1e-5, abs=1e-7
        )


@pytest.mark.parametrize(
    ("x", "last", "occasions"),
    [
        ([2], [1], [3]),
        ([1], [4], [3]),
        ([0], [2], [3]),
        ([1], [0], [3]),
        ([0.5], [1], [3]),
        ([0], [0], [3]),
        ([], [], []),
    ],
)
def test_occasions_that_cannot_be_are_refused(x: list[float], last: list[int], occasions: list[int]) -> None:
    with pytest.raises(OccasionsRefused):
        bgbb.fit(x, last, occasions)
