"""Counts, sums and means of what comes by customer: by hand, against published numbers, at their level."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.vocabulary.interval import (
    Estimate,
    ImpossibleSample,
    Interval,
    mean,
    normal_quantile,
    wilson,
)
from safar.vocabulary.interval_by_customer import (
    Clustered,
    clustering_of,
    mean_by_customer,
    rate_of_count,
    rates_of_counts,
    ratio_of_counts,
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


def test_two_counts_compared() -> None:
    change = ratio_of_counts(60, 30)
    assert change is not None
    assert (change.value, change.n) == (2.0, 90)
    third = wilson(60, 90)
    assert change.interval == Interval(third.low / (1 - third.low), third.high / (1 - third.high))
    assert ratio_of_counts(5, 0) is None
    with pytest.raises(ImpossibleSample):
        ratio_of_counts(5, -1)


def test_a_ratio_of_counts_covers_at_its_level(rng: np.random.Generator) -> None:
    drawn = zip(rng.poisson(60, 4000).tolist(), rng.poisson(40, 4000).tolist(), strict=True)
    found = [ratio_of_counts(now, before) for now, before in drawn]
    assert 0.935 <= np.mean([each is not None and 1.5 in each.interval for each in found]) <= 0.965


def test_exposure_makes_a_ratio_of_rates() -> None:
    """As many a day in 31 days as in 28 is no growth."""
    found = ratio_of_counts(3100, 2800, exposure=31 / 28)
    assert found is not None
    assert math.isclose(found.value, 1.0)
    assert 1 in found.interval
    bare = ratio_of_counts(3100, 2800)
    assert bare is not None
    assert 1 not in bare.interval


def test_clustering_by_hand() -> None:
    # independent things, one a customer: 1, and one customer more on each side
    assert clustering_of(Clustered(50, 50), Clustered(50, 50)) == 1.02
    # ten customers with five each now, others before: five times the variance
    assert clustering_of(Clustered(50, 250), Clustered(50, 250)) == 5.02
    # the same customers with five each in both: no chance but that of the one added on each side
    assert clustering_of(Clustered(50, 250), Clustered(50, 250), products=250) == 0.02
    assert clustering_of(Clustered(0, 0), Clustered(10, 20)) == 2.1
    assert clustering_of(Clustered(0, 0), Clustered(0, 0)) == 1.0


@pytest.mark.parametrize(("exposure", "clustering"), [(0.0, 1.0), (1.0, 0.0)])
def test_impossible_ratios_are_refused(exposure: float, clustering: float) -> None:
    with pytest.raises(ImpossibleSample):
        ratio_of_counts(1, 1, exposure=exposure, clustering=clustering)
    with pytest.raises(ImpossibleSample):
        ratio_of_counts(-1, 1)


@pytest.mark.parametrize("customers", [60, 400])
def test_orders_of_keen_customers_keep_the_level(rng: np.random.Generator, customers: int) -> None:
    """Customers differ much in how often they order; nothing changes; two windows of the same customers."""
    wrong = plainly_wrong = 0
    for _ in range(1500):
        rates = rng.gamma(0.4, 4.0, size=customers)
        # who is keen now is not always who was keen before
        now, before = (
            rng.poisson(rates),
            rng.poisson(np.where(rng.random(customers) < 0.5, rates, rates[::-1])),
        )
        x, y = int(now.sum()), int(before.sum())
        effect = clustering_of(
            Clustered(x, int((now**2).sum())),
            Clustered(y, int((before**2).sum())),
            products=int((now * before).sum()),
        )
        found, plain = ratio_of_counts(x, y, clustering=effect), ratio_of_counts(x, y)
        assert found is not None
        assert plain is not None
        wrong += 1 not in found.interval
        plainly_wrong += 1 not in plain.interval
    assert wrong / 1500 <= 0.065
    assert plainly_wrong / 1500 > 0.1


def test_customers_in_both_windows_are_compared_as_pairs(rng: np.random.Generator) -> None:
    wrong, seen = 0, 0
    for _ in range(1500):
        chances = rng.beta(0.3, 0.6, size=300)
        now, before = rng.random(300) < chances, rng.random(300) < chances
        x, y, both = int(now.sum()), int(before.sum()), int((now & before).sum())
        found = ratio_of_counts(
            x, y, clustering=clustering_of(Clustered(x, x), Clustered(y, y), products=both)
        )
        assert found is not None
        wrong += 1 not in found.interval
        more = rng.random(300) < np.minimum(chances * 1.4, 1)
        z, common = int(more.sum()), int((more & before).sum())
        grown = ratio_of_counts(
            z, y, clustering=clustering_of(Clustered(z, z), Clustered(y, y), products=common)
        )
        assert grown is not None
        seen += 1 not in grown.interval
    assert wrong / 1500 <= 0.06
    assert seen / 1500 > 0.5


def test_the_rates_of_many_counts_are_the_formula_to_the_last_digit() -> None:
    z = normal_quantile(0.9)
    counts = [0, 1, 2, 7, 400, 12_345_678]
    for count, found in zip(counts, rates_of_counts(counts, clustering=1.7, level=0.9), strict=True):
        size = count / 1.7
        half = z * math.sqrt(size + z * z / 4)
        low = max(0.0, size + z * z / 2 - half) if count else 0.0
        assert found == Estimate(count, Interval(low * 1.7, (size + z * z / 2 + half) * 1.7, 0.9), count)
        assert found == rate_of_count(count, clustering=1.7, level=0.9)
