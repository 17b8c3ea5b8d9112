"""Survival curves: by hand, as published, and covering at their level."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from safar.measure import survival
from safar.measure.survival_inputs import SurvivalRefused
from survival_data import columns, rossi

#: Weeks of remission under 6-MP (Freireich and others 1963), the first nine ended.
WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
ENDED = [True] * 9 + [False] * 12


def test_a_tiny_case_by_hand() -> None:
    (curve,) = survival.fit([1, 2, 2, 3, 4], [1, 1, 0, 1, 0]).curves
    assert (curve.times.tolist(), curve.at_risk.tolist(), curve.events.tolist()) == (
        [1, 2, 3],
        [5, 4, 2],
        [1, 1, 1],
    )
    assert curve.survival.tolist() == pytest.approx([0.8, 0.6, 0.3])
    assert (curve.n, curve.observed, curve.last) == (5, 3, 4.0)
    assert curve.median is not None
    assert curve.median.value == 3.0
    # Areas: 1 until 1, then .8 until 2, .6 until 3, .3 until 4.
    assert curve.restricted_mean(4).value == pytest.approx(1 + 0.8 + 0.6 + 0.3)
    assert curve.at(5) is None


def test_remission_under_6_mp_as_published() -> None:
    (curve,) = survival.fit(WEEKS, ENDED).curves
    found = [curve.at(week) for week in (6, 7, 10, 13, 16, 22, 23)]
    assert [round(each.value, 4) for each in found if each] == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip


def test_arrests_of_released_convicts_as_lifelines_has_them() -> None:
    weeks, arrested, _ = rossi()
    found = survival.fit(weeks, arrested).curves[0].at(52)
    assert found is not None
    assert found.value == pytest.approx(0.736111, abs=5e-7)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.69186, 0.775063), abs=5e-7)


def test_flies_by_group_as_lifelines_has_them() -> None:
    flies = columns("waltons")
    days, died = flies["T"].astype(float), flies["E"].astype(int)
    everybody = survival.fit(days, died).curves[0]
    median = everybody.median
    assert median is not None
    assert (median.value, median.interval.low, median.interval.high) == (56.0, 53.0, 58.0)
    assert everybody.restricted_mean(50).value == pytest.approx(43.15604585605545)
    by_group = survival.fit(days, died, groups=flies["group"])
    assert {each.label: each.median.value for each in by_group.curves if each.median} == {
        "control": 58.0,
        "miR-137": 26.0,
    }
    test = by_group.log_rank
    assert test is not None
    assert (test.degrees, test.observed) == (1, (122, 34))
    assert test.statistic == pytest.approx(122.24912557300615)
    assert test.p_value == pytest.approx(2.0359832222855426e-28, rel=1e-9)


@pytest.mark.data
def test_who_leaves_a_telephone_company(shared_data: Path) -> None:
    table = gzip.decompress((shared_data / "telco_churn/Telco-Customer-Churn.csv.gz").read_bytes()).decode()
    rows = [line.split(",") for line in table.splitlines()]
    place = {name: spot for spot, name in enumerate(rows[0])}
    months = [int(row[place["tenure"]]) for row in rows[1:]]
    left = [row[place["Churn"]] == "Yes" for row in rows[1:]]
    everybody = survival.fit(months, left).curves[0]
    assert (everybody.n, everybody.observed) == (7043, 1869)
    assert _at(everybody, 1, 12, 24, 36, 48, 60, 72) == [
        0.94596, 0.8432, 0.78874, 0.74855, 0.70884, 0.6644, 0.59279,
    ]  # fmt: skip
    found = survival.fit(months, left, groups=[row[place["Contract"]] for row in rows[1:]])
    assert _at(found["Month-to-month"], 12, 24, 48, 72) == [0.7031, 0.58592, 0.39726, 0.12895]
    assert _at(found["One year"], 12, 24, 48, 72) == [0.99081, 0.97827, 0.91655, 0.56815]
    assert _at(found["Two year"], 12, 24, 48, 72) == [1.0, 1.0, 0.99572, 0.93574]
    assert found.log_rank is not None
    assert round(found.log_rank.statistic, 2) == 2352.87


def _at(curve: survival.SurvivalCurve, *times: float) -> list[float]:
    return [round(found.value, 5) for time in times if (found := curve.at(time))]


def test_the_interval_covers_at_its_level(rng: np.random.Generator) -> None:
    """True survival at 0.7 of exponential lives of mean 1, censored uniformly over 0 to 2, 60 of them."""
    truth, inside = np.exp(-0.7), 0
    for _ in range(1_500):
        lives, watched = rng.exponential(size=60), rng.uniform(0, 2, 60)
        found = survival.fit(np.minimum(lives, watched), lives <= watched).curves[0].at(0.7)
        inside += found is not None and truth in found.interval
    assert 0.935 < inside / 1_500 < 0.967  # 0.95 and three standard errors


def test_late_entries_are_no_survivors_before_they_came(rng: np.random.Generator) -> None:
    """Those who had left before watching began are not there to be counted: without `entry` the curve is too high."""
    lives, since = rng.exponential(size=20_000), rng.uniform(0, 1.5, 20_000)
    there = lives > since
    found = survival.fit(lives[there], entry=since[there]).curves[0].at(1.0)
    naive = survival.fit(lives[there]).curves[0].at(1.0)
    assert found is not None
    assert naive is not None
    assert np.exp(-1.0) in found.interval
    assert naive.value > 0.55


@given(
    arrays.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 9)).flatmap(
        lambda times: st.tuples(
            st.just(times), arrays.arrays(np.bool_, len(times)), st.permutations(range(len(times)))
        )
    )
)
def test_order_changes_nothing_and_the_curve_falls_within_its_interval(drawn) -> None:
    times, ended, order = drawn
    one = survival.fit(times, ended).curves[0]
    other = survival.fit(times[list(order)], ended[list(order)]).curves[0]
    assert one.survival.tolist() == other.survival.tolist()
    assert (np.diff(np.concatenate([[1.0], one.survival])) <= 1e-12).all()
    assert (one.low <= one.survival + 1e-12).all()
    assert (one.survival <= one.high + 1e-12).all()
    assert ((one.low >= 0) & (one.high <= 1)).all()


def test_certainty_is_never_claimed_at_the_ends() -> None:
    (curve,) = survival.fit([5, 6], [1, 1]).curves
    before, after = curve.at(1), curve.at(100)
    assert before is not None
    assert after is not None
    assert (before.value, round(before.interval.low, 4)) == (1.0, 0.1581)  # 0.025 ** (1 / 2)
    assert (after.value, after.interval.low) == (0.0, 0.0)
    assert after.interval.high > 0.9


@pytest.mark.parametrize(
    ("durations", "observed", "more", "said"),
    [
        ([], [], {}, "nobody"),
        ([1.0, -2.0], [1, 1], {}, "row 2"),
        ([1.0, float("nan")], [1, 1], {}, "missing"),
        ([1.0, 2.0], [1, 2], {}, "beside true and false"),
        ([1.0, 2.0], [1], {}, "2 durations, 1 ends"),
        (["a"], [1], {}, "no number"),
        ([1.0, 2.0], [1, 1], {"entry": [0, 3]}, "before they are watched"),
        ([1.0, 2.0], [1, 1], {"groups": ["a"]}, "labels"),
    ],
)
def test_what_is_no_survival_is_refused(durations, observed, more, said: str) -> None:
    with pytest.raises(SurvivalRefused, match=said):
        survival.fit(durations, observed, **more)
    with pytest.raises(SurvivalRefused, match="Nobody was followed"):
        survival.fit([1, 2], [1, 0]).curves[0].restricted_mean(3)
