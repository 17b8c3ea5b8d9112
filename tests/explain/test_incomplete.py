"""Moments of answers with gaps: plain without gaps, unbiased with them, as sure as the truth allows."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain.columns import ColumnsRefused
from safar.explain.incomplete import moments


def answers(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return common * [1.0, 0.8, 0.6] + rng.normal(size=(n, 3)) * [0.5, 0.8, 1.0] + [3.0, -1.0, 10.0]


def test_without_gaps_they_are_the_plain_moments() -> None:
    values = answers(50, 1)
    weights = np.random.default_rng(2).uniform(0.5, 2, 50)
    found = moments(values, weights)
    assert found.steps == 0
    assert found.mean.tolist() == pytest.approx(np.average(values, axis=0, weights=weights).tolist())
    plain = np.cov(values.T, aweights=weights, ddof=0)
    assert found.covariance.tolist() == [pytest.approx(row) for row in plain.tolist()]


def test_without_gaps_resamples_are_the_very_ones() -> None:
    values = answers(40, 1)
    found = moments(values, np.ones(40)).resampled(3, np.random.default_rng(7))
    drawn = np.random.default_rng(7).multinomial(40, np.full(40, 1 / 40), size=3)
    for counts, covariance in zip(drawn, found, strict=True):
        plain = np.cov(np.repeat(values, counts, axis=0).T, ddof=0)
        assert covariance.tolist() == [pytest.approx(row) for row in plain.tolist()]


def test_one_gap_pattern_by_the_formula_of_anderson() -> None:
    """With y missing for some, its mean is that of the regression on x at the mean of all x (T. Anderson 1957)."""
    values = answers(200, 3)[:, :2]
    values[120:, 1] = np.nan
    found = moments(values, np.ones(200))
    x, y = values[:120].T
    slope = np.cov(x, y, ddof=0)[0, 1] / x.var()
    assert found.mean[1] == pytest.approx(y.mean() + slope * (values[:, 0].mean() - x.mean()), abs=1e-7)
    left = (y - y.mean() - slope * (x - x.mean())).var()
    assert found.covariance[1, 1] == pytest.approx(left + slope**2 * values[:, 0].var(), abs=1e-6)
    assert found.covariance[0, 1] == pytest.approx(slope * values[:, 0].var(), abs=1e-6)


def test_what_is_skipped_for_a_known_reason_biases_nothing() -> None:
    """Who is unhappy with the first thing skips the second one: complete rows mislead, all answers do not."""
    values = answers(40_000, 4)
    truth = np.cov(values.T, ddof=0)
    rng = np.random.default_rng(5)
    values[(values[:, 0] < 3) & (rng.random(40_000) < 0.8), 1] = np.nan
    found = moments(values, np.ones(40_000))
    whole = values[~np.isnan(values).any(axis=1)]
    assert abs(whole[:, 1].mean() - -1.0) > 0.2
    assert found.mean[1] == pytest.approx(-1.0, abs=0.02)
    assert found.covariance[1, 2] == pytest.approx(truth[1, 2], abs=0.02)
    assert abs(np.cov(whole.T)[1, 2] - truth[1, 2]) > 0.05


def test_resamples_spread_as_new_samples_do() -> None:
    spreads, found = [], []
    for seed in range(60):
        values = answers(300, 100 + seed)
        values[np.random.default_rng(seed).random((300, 3)) < 0.3] = np.nan
        values = values[(~np.isnan(values)).any(axis=1)]
        made = moments(values, np.ones(len(values)))
        found.append(made.covariance[0, 1])
        if seed < 10:
            spreads.append(made.resampled(200, np.random.default_rng(seed))[:, 0, 1].std())
    assert np.mean(spreads) == pytest.approx(np.std(found), rel=0.25)


def test_customers_are_drawn_whole() -> None:
    """Rows that repeat a customer tell nothing new: the spread is that of the customers."""
    values = answers(100, 6)
    repeated = np.repeat(values, 4, axis=0)
    who = np.repeat(np.arange(100), 4)
    once = moments(values, np.ones(100)).resampled(400, np.random.default_rng(1))
    whole = moments(repeated, np.ones(400)).resampled(400, np.random.default_rng(1), customers=who)
    assert whole.tolist() == [[pytest.approx(row) for row in each] for each in once.tolist()]


def test_what_nobody_answers_together_is_refused() -> None:
    values = answers(60, 7)
    values[:30, 0], values[30:, 1] = np.nan, np.nan
    with pytest.raises(ColumnsRefused, match="answered together by 0"):
        moments(values, np.ones(60))
    constant = answers(60, 7)
    constant[:, 2] = 4
    with pytest.raises(ColumnsRefused, match="never vary"):
        moments(constant, np.ones(60))
