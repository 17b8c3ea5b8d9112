"""Releases: before and after, differences in differences, steps, and forecasts scored."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.explain.experiments.before_after import interrupted, paired
from safar.explain.experiments.clustered import clustered_least_squares
from safar.explain.experiments.difference_in_differences import difference_in_differences, of_rows
from safar.explain.experiments.forecast_scores import ForecastScore, calibration, scored
from safar.explain.experiments.measured import Floats
from safar.explain.experiments.refusals import ColumnsDoNotFit, TooFewCustomers
from safar.explain.experiments.staggered import NEVER, Compared, staggered
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate, ImpossibleLevel, Interval


def half_of(estimate: Estimate) -> float:
    return estimate.interval.high - estimate.value


def test_a_paired_change_by_hand() -> None:
    found = paired([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    assert (found.before, found.after, found.change.value) == (2.0, 4.0, 2.0)
    assert half_of(found.change) == pytest.approx(4.302653 * 1 / 3**0.5)
    assert found.notes == (Note.of("before_after.no_comparison"),)


def test_a_series_is_judged_beside_its_own_trend_and_week(rng: np.random.Generator) -> None:
    time = np.arange(84)
    week = np.array([0.0, 1.0, 2.0, 3.0, 2.0, 1.0, 5.0])[time % 7]
    found = interrupted(10 + 0.1 * time + week + 4.0 * (time >= 56), 56, season=7)
    assert found.change.value == pytest.approx(4.0)
    assert found.after - found.before == pytest.approx(4.0)


def test_steps_that_are_not_there_are_rarely_seen_also_where_days_are_alike(rng: np.random.Generator) -> None:
    noise = rng.normal(0, 1, (500, 120))
    for day in range(1, 120):
        noise[:, day] += 0.3 * noise[:, day - 1]
    false = np.mean([0 not in interrupted(each, 60).change.interval for each in noise])
    assert false <= 0.12, "plain least squares would see 0.17"


def test_a_difference_in_differences_by_hand() -> None:
    # treated move by 3 and 4, others by 1 and 1.5
    found = difference_in_differences(
        [[1.0, 4.0], [2.0, 6.0], [1.0, 2.0], [3.0, 4.5]], [True, True, False, False], 1
    )
    assert found.effect.value == 2.25
    assert half_of(found.effect) == pytest.approx(4.302653 * (0.5 / 2 + 0.125 / 2) ** 0.5)
    assert found.notes == (Note.of("did.no_times_before"), Note.of("did.few_clusters", count=2))


def panel(rng: np.random.Generator, customers: int, drift: float = 0.0) -> tuple[Floats, Floats]:
    """Return outcomes of six periods with customers' own levels, dependent errors and an effect of 1 from period 3."""
    got_it = np.arange(customers) % 2 == 0
    rows = rng.normal(0, 2, (customers, 1)) + np.cumsum(rng.normal(0, 0.5, (customers, 6)), axis=1)
    rows += 0.3 * np.arange(6) + drift * np.arange(6) * got_it[:, None]
    rows[:, 3:] += got_it[:, None]
    return rows, got_it


def test_effects_are_covered_and_trends_falsely_seen_as_often_as_promised(rng: np.random.Generator) -> None:
    covered = alarms = 0
    for _ in range(400):
        found = difference_in_differences(*panel(rng, 80), 3)
        covered += 1.0 in found.effect.interval
        alarms += Note.of("did.not_parallel") in found.notes
    assert 0.92 <= covered / 400 <= 0.975
    assert 0.02 <= alarms / 400 <= 0.09


def test_trends_apart_are_said(rng: np.random.Generator) -> None:
    found = difference_in_differences(*panel(rng, 200, drift=0.5), 3)
    assert found.trend_p_value is not None
    assert found.trend_p_value < 0.001
    assert Note.of("did.not_parallel") in found.notes
    assert [each.distance for each in found.times] == [-3, -2, 0, 1, 2]


def test_rows_of_a_whole_panel_give_the_same_effect(rng: np.random.Generator) -> None:
    rows, got_it = panel(rng, 60)
    both = rows[:, [0, 5]]
    of_panel = difference_in_differences(both, got_it, 1).effect
    found, _ = of_rows(
        both.ravel(), np.repeat(got_it, 2), np.tile([0, 1], 60), np.repeat(np.arange(60), 2).tolist()
    )
    assert found.value == pytest.approx(of_panel.value)
    assert half_of(found) == pytest.approx(half_of(of_panel), rel=0.02)


def test_errors_by_customer_are_wider_than_errors_by_row(rng: np.random.Generator) -> None:
    whose = np.repeat(np.arange(40), 25)
    design = np.column_stack([np.ones(1_000), rng.integers(0, 2, 40)[whose]])
    outcome = rng.normal(0, 1, 40)[whose] + rng.normal(0, 1, 1_000)
    by_customer = clustered_least_squares(design, outcome, whose).covariance[1, 1]
    by_row = clustered_least_squares(design, outcome, np.arange(1_000)).covariance[1, 1]
    assert by_customer > 5 * by_row


#: csdid 0.4.3 on the panel below: overall effect by group with its error; effects by distance with theirs.
CSDID = {
    "never": (
        (0.8327395496, 0.0871432719),
        [1.04118611, 0.77691005, 0.57621434],
        [0.04329371, -0.02724198, 0.05758851, 0.00348357, 0.52133336, 0.92258665, 1.09515429, 1.45807568],
        [0.18006947, 0.1707041, 0.11714423, 0.08655679, 0.08923313, 0.1164855],
    ),
    "not_yet": (
        (0.8313055083, 0.0885959222),
        [1.04656313, 0.76750734, 0.57621434],
        [-0.00410517, 0.0110021, 0.0291441, -0.00236479, 0.52887953, 0.9118344, 1.0931583, 1.45807568],
        [0.16808655, 0.16290606, 0.11093687, 0.08863953, 0.08944332, 0.11044243, 0.11367386, 0.17181131],
    ),
}


def released_in_steps() -> tuple[Floats, Floats]:
    chance = np.random.default_rng(5)
    groups = chance.choice([NEVER, 2, 3, 5], 600, p=[0.4, 0.2, 0.25, 0.15])
    own = chance.normal(0, 1, 600) + 0.3 * (groups > 0)
    rows = own[:, None] + 0.2 * np.arange(6) + chance.normal(0, 1, (600, 6))
    rows += np.cumsum(chance.normal(0, 0.3, (600, 6)), axis=1)
    for period in range(6):
        rows[:, period] += np.where((groups > 0) & (period >= groups), 0.5 + 0.3 * (period - groups), 0)
    return rows, groups


@pytest.mark.parametrize("compare", ["never", "not_yet"])
def test_releases_in_steps_are_as_csdid_has_them(compare: Compared) -> None:
    (value, error), by_group, by_distance, errors = CSDID[compare]
    found = staggered(*released_in_steps(), compare=compare)
    assert found.effect.value == pytest.approx(value, abs=1e-9)
    assert half_of(found.effect) / 1.959963985 == pytest.approx(error, abs=1e-8)
    assert [each.value for _, each in found.groups] == pytest.approx(by_group, abs=1e-8)
    assert [each.distance for each in found.times] == list(range(-4, 4))
    assert [each.effect.value for each in found.times] == pytest.approx(by_distance, abs=1e-8)
    ratio = half_of(found.times[0].effect) / errors[0]
    assert ratio > 2.4, "the intervals hold together"
    assert [half_of(each.effect) / ratio for each in found.times[: len(errors)]] == pytest.approx(
        errors, abs=1e-7
    )


def test_one_step_alone_is_the_plain_comparison(rng: np.random.Generator) -> None:
    rows, got_it = panel(rng, 100)
    found = staggered(rows, np.where(got_it, 3, NEVER))
    plain = difference_in_differences(rows, got_it, 3)
    since = [each.effect.value for each in plain.times if each.distance >= 0]
    assert found.effect.value == pytest.approx(np.mean(since))


def test_growing_effects_do_not_turn_round_as_they_do_in_one_regression() -> None:
    groups = np.repeat([1, 4], 50)
    rows = np.zeros((100, 6))
    for period in range(6):
        rows[:, period] = np.where(period >= groups, 1.0 + 2.0 * (period - groups), 0.0)
    found = staggered(rows, groups)
    assert [round(each.effect.value, 9) for each in found.times if each.distance >= 0] == [1.0, 3.0, 5.0]
    assert Note.of("did.last_group_compares") in found.notes
    treated = (np.arange(6) >= groups[:, None]).astype(float)
    flat = treated - treated.mean(0) - treated.mean(1, keepdims=True) + treated.mean()
    one_regression = (flat * rows).sum() / (flat * treated).sum()
    assert one_regression < 1.0 < found.effect.value


def test_who_was_always_reached_is_left_out_and_said(rng: np.random.Generator) -> None:
    rows, got_it = panel(rng, 100)
    reached = np.where(got_it, 3, NEVER)
    reached[:6] = 0
    found = staggered(rows, reached)
    assert Note.of("did.always_reached", count=6) in found.notes
    assert found.effect.n == 47


def test_panels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ColumnsDoNotFit):
        difference_in_differences([[1.0, 2.0]], [True, False], 1)
    with pytest.raises(ColumnsDoNotFit, match="not seen"):
        difference_in_differences([[1.0, math.nan], [1.0, 2.0]], [True, False], 1)
    with pytest.raises(TooFewCustomers):
        difference_in_differences([[1.0, 3.0], [1.0, 2.0]], [True, False], 1)
    with pytest.raises(TooFewCustomers):
        staggered([[1.0, 3.0], [1.0, 2.0]], [1, 1])


def of(value: float, half: float, level: float = 0.95) -> Estimate:
    return Estimate(value, Interval(value - half, value + half, level), 100)


def test_a_forecast_is_scored_by_hand() -> None:
    found = scored(of(10.0, 4.0), of(15.0, 3.0))
    assert (found.is_inside, found.is_hit, found.error) == (False, True, 5.0)
    assert found.z == pytest.approx(1.959964, abs=1e-6), "5 is the joint half width: √(16 + 9)"
    assert found.interval_score == pytest.approx(8.0 + 40.0 * 1.0)
    with pytest.raises(ImpossibleLevel):
        scored(of(10.0, 4.0), of(15.0, 3.0, 0.9))


def forecasts(
    rng: np.random.Generator, *, stretched: float = 1.0, promised: float = 0.0
) -> list[ForecastScore]:
    true = rng.normal(10, 5, 400)
    said, came = true + rng.normal(0, 2, 400) + promised, true + rng.normal(0, 1, 400)
    return [scored(of(s, 1.96 * 2 * stretched), of(c, 1.96)) for s, c in zip(said, came, strict=True)]


def test_honest_forecasts_are_called_honest(rng: np.random.Generator) -> None:
    found = calibration(forecasts(rng))
    assert 0.95 in found.hits.interval
    assert found.notes == ()
    assert found.widening == pytest.approx(1.0, abs=0.1)
    assert found.kept_share == pytest.approx(1.0, abs=0.05)


def test_forecasts_too_sure_or_too_high_are_told(rng: np.random.Generator) -> None:
    assert calibration(forecasts(rng, stretched=0.3)).notes == (Note.of("forecasts.too_sure"),)
    high = calibration(forecasts(rng, promised=3.0))
    assert Note.of("forecasts.too_high") in high.notes
    assert high.kept_share == pytest.approx(10 / 13, abs=0.05)
    assert calibration(forecasts(rng)[:3]).notes == (Note.of("forecasts.few", count=3),)
    with pytest.raises(TooFewCustomers):
        calibration([])
