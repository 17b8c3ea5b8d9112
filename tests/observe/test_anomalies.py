"""Anomalies: ordinary series raise no alarm, what was put in is found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.observe.anomalies import FEWEST_POINTS, THRESHOLD, expected
from safar.observe.trend_kernels import REACH, fit_lines

WEEK = np.array([1.0, 0.9, 0.95, 1.0, 1.3, 1.6, 0.7])
NONE = np.zeros(0)


def ordinary(rng: np.random.Generator, days: int, size: float) -> np.ndarray:
    """Return Poisson counts with a season of the week and a trend that doubles them in a year."""
    day = np.arange(days)
    return rng.poisson(size * WEEK[day % 7] * 2 ** (day / 365)).astype(np.float64)


@pytest.mark.parametrize("size", [0.5, 4.0, 40.0, 4_000.0])
def test_ordinary_counts_are_marked_less_than_once_in_two_hundred(
    rng: np.random.Generator, size: float
) -> None:
    marked = points = 0
    for _ in range(60):
        found = expected(ordinary(rng, 86, size), NONE, np.arange(86) % 7, is_count=True)
        assert found is not None
        marked += int(found.is_marked.sum())
        points += 86
    assert marked / points < 1 / 200


def test_clusters_raise_no_alarms_when_they_are_known(rng: np.random.Generator) -> None:
    marked = {1.0: 0, 9.0: 0}
    for _ in range(60):
        counts = 9.0 * rng.poisson(3.0, 30).astype(np.float64)  # everything comes by nines
        for clustering in marked:
            found = expected(counts, NONE, None, is_count=True, clustering=clustering)
            assert found is not None
            marked[clustering] += int(found.is_marked.sum())
    assert marked[9.0] / 1_800 < 1 / 200


@pytest.mark.parametrize("place", [3, 40, 85])
def test_a_day_half_as_large_again_is_found(rng: np.random.Generator, place: int) -> None:
    hits = others = 0
    for _ in range(60):
        counts = ordinary(rng, 86, 400.0)
        counts[place] *= 1.5
        found = expected(counts, NONE, np.arange(86) % 7, is_count=True)
        assert found is not None
        hits += int(found.is_marked[place])
        others += int(found.is_marked.sum()) - int(found.is_marked[place])
        assert found.low[place] <= found.value[place] <= found.high[place]
    assert hits >= 57
    assert others / (60 * 85) < 1 / 200


def test_a_weekend_is_no_anomaly_and_a_missing_one_is() -> None:
    counts = np.tile([100.0, 100, 100, 100, 100, 300, 300], 8)
    found = expected(counts, NONE, np.arange(56) % 7, is_count=True)
    assert found is not None
    assert not found.is_marked.any()
    assert np.allclose(found.value, counts, rtol=1e-9)
    counts[33] = 100.0
    found = expected(counts, NONE, np.arange(56) % 7, is_count=True)
    assert found is not None
    assert np.flatnonzero(found.is_marked).tolist() == [33]
    assert math.isclose(found.value[33], 300.0)


def test_the_bounds_of_counts_by_hand() -> None:
    found = expected(np.full(20, 100.0), NONE, None, is_count=True)
    assert found is not None
    root = 2 * math.sqrt(100 + 3 / 8)
    assert math.isclose(found.low[7], ((root - THRESHOLD) / 2) ** 2 - 3 / 8)
    assert math.isclose(found.high[7], ((root + THRESHOLD) / 2) ** 2 - 3 / 8)
    point = found.estimates(last=20)[7]
    assert point is not None
    assert (round(point.value, 9), point.n) == (100.0, 20)


def test_shares_stand_on_their_own_errors(rng: np.random.Generator) -> None:
    tries = rng.integers(30, 3_000, 60)
    shares = rng.binomial(tries, 0.2) / tries
    errors = np.sqrt(0.2 * 0.8 / tries)
    shares[50] = 0.2 + 8 * errors[50]
    found = expected(shares, errors, None, is_count=False)
    assert found is not None
    assert np.flatnonzero(found.is_marked).tolist() == [50]
    assert found.high[50] - found.low[50] >= 2 * THRESHOLD * errors[50] * 0.999


def test_points_that_are_not_known_stay_so() -> None:
    counts = np.full(30, 50.0)
    counts[[4, 29]] = np.nan
    found = expected(counts, NONE, None, is_count=True)
    assert found is not None
    assert np.isnan(found.value[[4, 29]]).all()
    assert found.estimates(last=30)[4] is None
    assert not found.is_marked.any()
    assert expected(np.full(FEWEST_POINTS - 1, 5.0), NONE, None, is_count=True) is None


@pytest.mark.parametrize("size", [12, 15, 16, 40])
def test_the_line_through_a_neighbourhood_is_that_of_the_definition(
    rng: np.random.Generator, size: int
) -> None:
    at = np.cumsum(rng.integers(1, 4, size)).astype(np.float64)
    for level in (rng.normal(0, 3, size), rng.poisson(2.0, size).astype(np.float64), np.zeros(size)):
        found = np.empty(size)
        fit_lines(level, at, found)
        for here in range(size):
            near = range(max(0, here - REACH), min(size, here + REACH + 1))
            slope = np.median(
                [np.median([(level[b] - level[a]) / (at[b] - at[a]) for b in near if b != a]) for a in near]
            )
            assert found[here] == np.median([level[a] - slope * (at[a] - at[here]) for a in near])
