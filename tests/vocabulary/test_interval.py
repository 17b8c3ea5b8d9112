"""Intervals: golden numbers from the literature, and coverage at the level they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.interval import (
    Estimate,
    ImpossibleLevel,
    ImpossibleSample,
    Interval,
    difference,
    is_clear,
    mean,
    mean_on_scale,
    normal_quantile,
    share,
    student_p_value,
    student_quantile,
    wilson,
)

counts = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.255289, 0.366210),  # Newcombe (1998), table I
        (15, 148, 0.062386, 0.160487),
        (0, 20, 0.0, 0.161125),
        (1, 29, 0.006113, 0.171755),
        (80, 100, 0.711171, 0.866633),
        (412, 500, 0.788186, 0.854874),
    ],
)
def test_wilson_gives_the_published_limits(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert (round(found.low, 6), round(found.high, 6)) == (low, high)
    assert found.level == 0.95


def test_nothing_tried_nothing_known() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)
    assert share(0, 0) is None
    assert share(1, 4) == Estimate(0.25, wilson(1, 4), 4)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ImpossibleSample) as refused:
        wilson(successes, n)
    assert refused.value.context == {"successes": successes, "n": n}


@given(counts)
def test_wilson_holds_its_share_and_mirrors(pair: tuple[int, int]) -> None:
    successes, n = pair
    found, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert 0 <= found.low <= found.high <= 1
    if n:
        assert successes / n in found
    assert math.isclose(found.low, 1 - mirrored.high, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("degrees", "level", "quantile"),
    [
        (1, 0.95, 12.706205),
        (2, 0.95, 4.302653),
        (10, 0.95, 2.228139),
        (29, 0.95, 2.045230),
        (99, 0.95, 1.984217),
        (5, 0.99, 4.032143),
        (1000, 0.95, 1.962339),
        (10**7, 0.95, 1.959964),
    ],
)
def test_student_gives_the_tabled_quantiles(degrees: int, level: float, quantile: float) -> None:
    assert round(student_quantile(level, degrees), 6) == quantile


def test_student_shrinks_to_the_normal() -> None:
    quantiles = [student_quantile(0.9, degrees) for degrees in (1, 3, 10, 100, 10_000, 1_000_000)]
    assert quantiles == sorted(quantiles, reverse=True)
    assert math.isclose(quantiles[-1], normal_quantile(0.9), rel_tol=1e-5)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5])
def test_a_level_outside_0_and_1_is_refused(level: float) -> None:
    with pytest.raises(ImpossibleLevel):
        normal_quantile(level)


def test_a_level_next_to_1_has_a_quantile() -> None:
    assert round(normal_quantile(math.nextafter(1, 0)), 4) == 8.2924


def test_mean_of_answers_on_seven_points() -> None:
    answers = [7] * 40 + [6] * 25 + [5] * 15 + [4] * 8 + [3] * 6 + [2] * 4 + [1] * 2
    found = mean(sum(answers), sum(answer**2 for answer in answers), len(answers))
    assert found is not None
    assert (found.value, found.n) == (5.65, 100)
    assert (round(found.interval.low, 5), round(found.interval.high, 5)) == (5.33929, 5.96071)


def test_one_observation_has_no_interval() -> None:
    assert mean(5, 25, 1) is None
    assert mean(0, 0, 0) is None
    equal = mean(10, 50, 2)
    assert equal is not None
    assert equal.interval == Interval(5.0, 5.0)
    with pytest.raises(ImpossibleSample):
        mean(0, 0, -1)


def test_a_difference_of_shares_is_newcombes_method_10() -> None:
    now, before = share(56, 70), share(48, 80)
    assert now is not None
    assert before is not None
    change = difference(now, before)
    assert [round(number, 4) for number in (change.value, change.interval.low, change.interval.high)] == [
        0.2,
        0.0524,
        0.3339,
    ]
    assert change.n == 70


def test_levels_are_not_mixed() -> None:
    now, before = share(5, 10, level=0.9), share(5, 10)
    assert now is not None
    assert before is not None
    with pytest.raises(ImpossibleLevel):
        difference(now, before)


@given(counts, counts)
def test_a_difference_turned_round_is_its_mirror(one: tuple[int, int], other: tuple[int, int]) -> None:
    a, b = share(*one), share(*other)
    if a is None or b is None:
        return
    there, back = difference(a, b), difference(b, a)
    assert math.isclose(there.interval.low, -back.interval.high, abs_tol=1e-12)
    assert there.value in there.interval


@pytest.mark.parametrize(("n", "rate"), [(10, 0.3), (30, 0.1), (100, 0.03), (200, 0.5)])
def test_wilson_covers_at_its_level(rng: np.random.Generator, n: int, rate: float) -> None:
    drawn = rng.binomial(n, rate, size=4000)
    covered = np.array([rate in wilson(successes, n) for successes in range(n + 1)])
    assert 0.92 <= covered[drawn].mean() <= 0.99


@pytest.mark.parametrize("n", [5, 40])
def test_student_covers_at_its_level(rng: np.random.Generator, n: int) -> None:
    drawn = rng.normal(3.0, 2.0, size=(4000, n))
    found = [mean(row.sum(), (row**2).sum(), n) for row in drawn]
    covered = np.mean([estimate is not None and 3.0 in estimate.interval for estimate in found])
    assert 0.94 <= covered <= 0.96


def test_a_difference_covers_at_its_level(rng: np.random.Generator) -> None:
    nows, befores = rng.binomial(60, 0.35, size=3000), rng.binomial(40, 0.2, size=3000)
    covered = []
    for now, before in zip(nows.tolist(), befores.tolist(), strict=True):
        a, b = share(now, 60), share(before, 40)
        assert a is not None
        assert b is not None
        covered.append(0.15 in difference(a, b).interval)
    assert 0.935 <= np.mean(covered) <= 0.97


SEVEN = np.arange(1, 8)


def on_seven(*answers: int) -> Estimate:
    found = mean_on_scale({point: answers.count(point) for point in set(answers)}, 1, 7)
    assert found is not None
    return found


def test_few_answers_on_a_scale_are_neither_certain_nor_beyond_it() -> None:
    assert on_seven(7, 7) == Estimate(7.0, Interval(1.0, 7.0), 2)
    assert on_seven(6, 7) == Estimate(6.5, Interval(1.0, 7.0), 2)
    # by hand: five times 7, and 1 and 7 by halves: mean 6.5, variance (250 - 6 * 42.25 + 20) / 5 = 3.3, ...
    five = on_seven(*[7] * 5)
    half = 2.570582 * math.sqrt((5 * 49 + 25 - 6 * 6.5**2) / 5 / 6)
    assert math.isclose(five.interval.low, 6.5 - half, abs_tol=1e-6)
    assert five.interval.high == 7.0


def test_many_answers_of_all_kinds_have_students_interval() -> None:
    counts = {7: 40, 6: 25, 5: 15, 4: 8, 3: 6, 2: 4, 1: 2}
    plain = mean(
        sum(point * count for point, count in counts.items()),
        sum(point**2 * count for point, count in counts.items()),
        100,
    )
    assert mean_on_scale(counts, 1, 7) == plain
    assert mean_on_scale({7: 1}, 1, 7) is None
    assert mean_on_scale({}, 1, 7) is None


@pytest.mark.parametrize("counts", [{8: 2}, {0: 2}, {7: 3, 6: -1}])
def test_answers_off_the_scale_are_refused(counts: dict[int, int]) -> None:
    with pytest.raises(ImpossibleSample):
        mean_on_scale(counts, 1, 7)


@given(st.dictionaries(st.integers(1, 7), st.integers(0, 60)))
def test_the_interval_of_a_mean_stays_on_the_scale_and_holds_it(counts: dict[int, int]) -> None:
    found = mean_on_scale(counts, 1, 7)
    if found is not None:
        assert 1 <= found.interval.low <= found.interval.high <= 7
        assert found.interval.low - 1e-12 <= found.value <= found.interval.high + 1e-12
        mirrored = mean_on_scale({8 - point: count for point, count in counts.items()}, 1, 7)
        assert mirrored is not None
        assert math.isclose(mirrored.interval.low, 8 - found.interval.high, abs_tol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 5, 10, 20, 60, 200])
@pytest.mark.parametrize(
    "chances",
    [
        [0.01, 0.01, 0.01, 0.01, 0.02, 0.04, 0.90],
        [0.02, 0.02, 0.03, 0.05, 0.10, 0.18, 0.60],
        [0.05, 0.02, 0.02, 0.02, 0.03, 0.06, 0.80],
        [0.30, 0.00, 0.00, 0.00, 0.00, 0.00, 0.70],
        [0.05, 0.10, 0.20, 0.30, 0.20, 0.10, 0.05],
    ],
)
def test_a_mean_on_a_scale_covers_whatever_the_answers(
    rng: np.random.Generator, n: int, chances: list[float]
) -> None:
    truth = float(np.dot(chances, SEVEN))
    drawn = rng.multinomial(n, chances, size=2000)
    found = [mean_on_scale(dict(zip(range(1, 8), row, strict=True)), 1, 7) for row in drawn.tolist()]
    assert np.mean([each is not None and truth in each.interval for each in found]) >= 0.925


def test_tiny_samples_get_no_verdict() -> None:
    assert not is_clear(difference(on_seven(*[7] * 9), on_seven(*[1] * 40)))
    assert is_clear(difference(on_seven(*[7] * 10), on_seven(*[1] * 10)))
    assert not is_clear(difference(on_seven(*[7] * 10), on_seven(*[7] * 10)))


@pytest.mark.parametrize(
    ("t", "degrees", "p"), [(2.228139, 10, 0.05), (12.706205, 1, 0.05), (1.959964, 1e9, 0.05), (0.0, 5, 1.0)]
)
def test_p_values_of_the_tables(t: float, degrees: float, p: float) -> None:
    assert math.isclose(student_p_value(t, degrees), p, rel_tol=1e-5)
    assert student_p_value(-t, degrees) == student_p_value(t, degrees)
    assert student_p_value(40.0, 46) < 1e-30
