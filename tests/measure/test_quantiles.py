"""Quantiles and their intervals: by hand, and covering whatever the shape."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.measure.quantiles import QuantileRefused, quantile


def test_the_median_of_a_hundred() -> None:
    found = quantile(range(1, 101), 0.5)
    assert found is not None
    # Binomial(100, 1/2): P(at most 39) = .0176, P(at most 40) = .0284, so ranks 40 and 61 (Conover 1999, table A3).
    assert (found.value, found.interval.low, found.interval.high, found.n) == (50.5, 40.0, 61.0, 100)


def test_what_few_values_cannot_bound_is_infinite() -> None:
    found = quantile(range(10), 0.9)
    assert found is not None
    assert (found.value, found.interval.low, found.interval.high) == (pytest.approx(8.1), 6.0, math.inf)
    alone = quantile([3.0], 0.5)
    assert alone is not None
    assert (alone.interval.low, alone.interval.high) == (-math.inf, math.inf)
    assert quantile([], 0.5) is None


@pytest.mark.parametrize(("n", "share"), [(25, 0.5), (60, 0.9), (200, 0.9)])
def test_the_interval_covers_whatever_the_shape(n: int, share: float, rng: np.random.Generator) -> None:
    truth = -math.log(1 - share)
    inside = sum(
        found is not None and truth in found.interval
        for found in (quantile(rng.exponential(size=n), share) for _ in range(2_000))
    )
    assert 0.94 < inside / 2_000 < 0.985


def test_what_is_none_is_refused() -> None:
    with pytest.raises(QuantileRefused, match="no quantile at 1"):
        quantile([1.0], 1)
    with pytest.raises(QuantileRefused, match="missing"):
        quantile([1.0, math.nan], 0.5)
