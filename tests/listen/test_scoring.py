"""Scores of any metric, plain and weighted: by hand, beside the published cases, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safar.listen.answer_counts import Scale
from safar.listen.ces import ces_of_values
from safar.listen.csat import csat_of_values
from safar.listen.nps import nps_of_values
from safar.listen.scoring import Score, score_of, scoring_of

NPS = scoring_of("nps", Scale(0, 10))
CSAT = scoring_of("csat", Scale(1, 5))
CES = scoring_of("ces", Scale(1, 7))


def scored(scoring, counts: dict[int, int], weights=None) -> Score:
    values = np.repeat(np.array(list(counts), float), list(counts.values()))
    found = score_of(scoring, values, weights)
    assert found is not None
    return found


def test_plain_scores_are_those_of_their_metrics() -> None:
    counts = {10: 16, 8: 9, 3: 11}
    nps = nps_of_values(counts)
    assert nps is not None
    assert scored(NPS, counts).estimate == nps.estimate
    assert round(scored(NPS, counts).standard_error, 4) == 14.2469
    counts = {5: 50, 4: 30, 3: 10, 2: 6, 1: 4}
    csat = csat_of_values(counts)
    assert csat is not None
    assert scored(CSAT, counts).estimate == csat.estimate
    counts = {7: 40, 6: 25, 5: 15, 4: 8, 3: 6, 2: 4, 1: 2}
    ces = ces_of_values(counts)
    assert ces is not None
    assert scored(CES, counts).estimate == ces.mean
    assert scored(CES, counts).counts == ((1, 2), (2, 4), (3, 6), (4, 8), (5, 15), (6, 25), (7, 40))


def test_a_metric_on_another_scale_is_a_mean() -> None:
    odd = scoring_of("nps", Scale(1, 5))
    assert (odd.unit, odd.reach) == ("mean", (1.0, 5.0))
    assert scored(odd, {5: 1, 4: 1}).estimate.value == 4.5
    assert scoring_of("ces", Scale(1, 5, "lower_is_better")).is_higher_better is False
    assert scoring_of("rank", None).is_higher_better is False


def test_what_is_an_answer() -> None:
    values = np.array([0.0, 10.0, 11.0, 4.5, math.nan, -1.0])
    assert NPS.is_readable(values).tolist() == [True, True, False, False, False, False]
    goal = scoring_of("goal", Scale(0, 1))
    assert goal.is_readable(np.array([0.0, 0.5, 1.0, 2.0])).tolist() == [True, True, True, False]
    assert goal.worth(np.array([0.0, 0.5, 1.0])).tolist() == [0.0, 0.0, 1.0]
    assert scoring_of("number", None).is_readable(np.array([1e9, math.nan])).tolist() == [True, False]


def test_nobody_and_one() -> None:
    assert score_of(CES, np.zeros(0)) is None
    assert scored(CES, {5: 1}).estimate is None
    assert scored(NPS, {9: 1}).estimate.value == 100.0


def test_weights_of_two_groups_as_published() -> None:
    values = np.repeat([10.0, 7.0, 0.0, 10.0, 7.0, 0.0], [36, 18, 6, 10, 16, 14])
    weights = np.repeat([0.4 / 0.6, 0.6 / 0.4], [60, 40])
    plain, found = score_of(NPS, values), score_of(NPS, values, weights)
    assert plain is not None
    assert found is not None
    assert plain.estimate.value == 26.0
    assert found.estimate.value == pytest.approx(14.0)
    assert round(found.effective_n, 3) == 85.714
    assert round(found.standard_error, 4) == 8.6305
    # adjusted Wald of as many answers as the error is worth
    assert found.n / found.design_effect == pytest.approx((100**2 * 0.64 - 14**2) / 8.6305**2, abs=1e-3)
    # the unit of weights does not matter
    again = score_of(NPS, values, weights * 1_000)
    assert again is not None
    assert again.estimate.value == pytest.approx(found.estimate.value)
    assert again.estimate.interval.low == pytest.approx(found.estimate.interval.low)


def test_weights_that_are_all_alike_change_nothing() -> None:
    assert scored(CSAT, {5: 3, 2: 4}, np.full(7, 2.5)) == scored(CSAT, {5: 3, 2: 4})


def test_weighted_means_of_few_equal_answers_are_not_certain() -> None:
    found = scored(CES, {7: 4}, np.array([1.0, 2.0, 1.0, 2.0]))
    assert found.estimate.value == 7.0
    assert found.estimate.interval.low < 6.5
    assert found.estimate.interval.high == 7.0


@pytest.mark.parametrize("scoring", [NPS, CSAT, CES], ids=["nps", "csat", "ces"])
def test_weighted_intervals_hold_their_level(scoring, rng: np.random.Generator) -> None:
    """Two strata of known share, one answers three times as often; the truth is of everybody."""
    scale = scoring.scale
    points = np.array(scale.points, float)
    chances = [rng.dirichlet(np.full(len(points), 2.0)) for _ in range(2)]
    truth = sum(
        half * (of * scoring.worth(points)).sum() for half, of in zip((0.5, 0.5), chances, strict=True)
    )
    held, rounds = 0, 800
    for _ in range(rounds):
        sizes = rng.multinomial(150, [0.75, 0.25])
        values = np.concatenate(
            [rng.choice(points, size, p=of) for size, of in zip(sizes, chances, strict=True)]
        )
        weights = np.repeat([0.5 / 0.75, 0.5 / 0.25], sizes)
        found = score_of(scoring, values, weights)
        assert found is not None
        held += truth in found.estimate.interval
    # 95 % of 800, four standard errors of the simulation below and above
    assert 0.92 <= held / rounds <= 0.985
