"""Counts, sums and means of what comes by customer: by hand, against published numbers, at their level."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.vocabulary.interval import (
    ImpossibleSample,
    mean,
    mean_by_customer,
    rate_of_count,
    student_p_value,
    sum_by_customer,
)


def test_a_count_has_the_score_interval() -> None:
    # the ends are where (count - rate)² = z² rate
    found = rate_of_count(10)
    for end in (found.interval.low, found.interval.high):
        assert math.isclose((10 - end) ** 2, 1.959964**2 * end, rel_tol=1e-6)
    assert (found.value, found.n) == (10, 10)
    assert rate_of_count(0).interval.low == 0.0
    assert math.isclose(rate_of_count(0).interval.high, 1.959964**2, rel_tol=1e-6)


def test_clusters_widen_a_count() -> None:
    # forty events that come by fours are as ten: every end is four times as far
    alone, clustered = rate_of_count(10), rate_of_count(40, clustering=4.0)
    assert math.isclose(clustered.interval.low, 4 * alone.interval.low)
    assert math.isclose(clustered.interval.high, 4 * alone.interval.high)
    for count, clustering in ((-1, 1.0), (3, 0.0)):
        with pytest.raises(ImpossibleSample):
            rate_of_count(count, clustering=clustering)


@pytest.mark.parametrize("truth", [5.0, 20.0, 200.0])
def test_a_count_covers_at_its_level(rng: np.random.Generator, truth: float) -> None:
    drawn = rng.poisson(truth, 20_000)
    covers = np.array([truth in rate_of_count(count).interval for count in range(int(drawn.max()) + 1)])
    assert 0.935 <= covers[drawn].mean() <= 0.965


def test_a_clustered_count_covers_at_its_level(rng: np.random.Generator) -> None:
    covered = []
    for _ in range(4_000):
        each = rng.geometric(0.4, rng.poisson(80))
        effect = float((each**2).sum() / each.sum())
        covered.append(80 / 0.4 in rate_of_count(int(each.sum()), clustering=effect).interval)
    assert 0.935 <= np.mean(covered) <= 0.965


def test_one_value_a_customer_is_students_mean() -> None:
    values = [5.0, 7.0, 9.0, 4.0]
    squares = sum(value**2 for value in values)
    found = mean_by_customer(sum(values), 4, 4, squares=squares, products=sum(values), n_squares=4)
    plain = mean(sum(values), squares, 4)
    assert found is not None
    assert plain is not None
    assert (found.value, found.n) == (plain.value, plain.n)
    assert math.isclose(found.interval.low, plain.interval.low)
    assert math.isclose(found.interval.high, plain.interval.high)
    assert mean_by_customer(5.0, 1, 1, squares=25.0, products=5.0, n_squares=1) is None


def test_values_of_one_customer_go_together(rng: np.random.Generator) -> None:
    truth, covered = 10.0, []
    for _ in range(3_000):
        customers = 60
        sizes = rng.integers(1, 6, customers)
        sums = np.array([truth * n + rng.normal(0, 2) * n + rng.normal(0, 1, n).sum() for n in sizes])
        found = mean_by_customer(
            float(sums.sum()),
            int(sizes.sum()),
            customers,
            squares=float(sums @ sums),
            products=float(sums @ sizes),
            n_squares=float(sizes @ sizes),
        )
        assert found is not None
        covered.append(truth in found.interval)
    assert 0.935 <= np.mean(covered) <= 0.965


def test_a_sum_covers_at_its_level(rng: np.random.Generator) -> None:
    covered = []
    for _ in range(4_000):
        sums = rng.gamma(2.0, 50.0, rng.poisson(120))
        found = sum_by_customer(float(sums.sum()), len(sums), squares=float(sums @ sums))
        assert found is not None
        covered.append(120 * 100.0 in found.interval)
    assert 0.935 <= np.mean(covered) <= 0.965
    assert sum_by_customer(0.0, 0, squares=0.0) is None


@pytest.mark.parametrize(
    ("t", "degrees", "p"), [(2.228139, 10, 0.05), (12.706205, 1, 0.05), (1.959964, 1e9, 0.05), (0.0, 5, 1.0)]
)
def test_p_values_of_the_tables(t: float, degrees: float, p: float) -> None:
    assert math.isclose(student_p_value(t, degrees), p, rel_tol=1e-5)
    assert student_p_value(-t, degrees) == student_p_value(t, degrees)
    assert student_p_value(40.0, 46) < 1e-30
