"""Net Promoter Score: golden numbers, coverage, and what is counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.listen.nps import (
    DETRACTORS,
    PASSIVES,
    PROMOTERS,
    NpsQuestion,
    nps,
    nps_interval,
    nps_of_counts,
    nps_of_values,
)
from safar.store.log import Log
from safar.vocabulary.answer import Note, NoWindows
from safar.vocabulary.interval import ImpossibleLevel, ImpossibleSample


@pytest.mark.parametrize(
    ("counts", "value", "error", "interval"),
    [  # standard error: R package NPS 1.1; interval: adjusted Wald, Rocks (2016)
        ((50, 30, 20), 30.0, 7.8102, (14.0511, 44.2013)),
        ((60, 20, 20), 40.0, 8.0, (23.3799, 54.2900)),
        ((16, 9, 11), 13.8889, 14.2469, (-13.7051, 39.3462)),
        ((5, 5, 0), 50.0, 15.8114, (6.2069, 70.7161)),
        ((500, 300, 200), 30.0, 2.4698, (25.0770, 34.7435)),
        ((0, 10, 0), 0.0, 0.0, (-18.4650, 18.4650)),
    ],
)
def test_golden_scores(
    counts: tuple[int, int, int], value: float, error: float, interval: tuple[float, float]
) -> None:
    score = nps_of_counts(*counts)
    assert score is not None
    assert round(score.estimate.value, 4) == value
    assert round(score.standard_error, 4) == error
    found = score.estimate.interval
    assert (round(found.low, 4), round(found.high, 4)) == interval
    assert score.estimate.n == sum(counts)


def test_the_adjusted_wald_interval_stands_around_its_own_centre() -> None:
    around = nps_interval(50, 20, 100)
    assert round((around.low + around.high) / 2, 4) == 29.1262
    nobody = nps_interval(0, 0, 10)
    assert (round(nobody.low, 3), round(nobody.high, 3)) == (-18.465, 18.465)


def test_how_far_a_change_is_from_none() -> None:
    before, now = nps_of_counts(40, 30, 30), nps_of_counts(50, 30, 20)
    assert before is not None
    assert now is not None
    error = math.hypot(before.standard_error, now.standard_error)
    assert round((now.estimate.value - before.estimate.value) / error, 5) == 1.75412


def test_half_promoters_and_a_fifth_detractors_of_400() -> None:
    score = nps_of_counts(200, 120, 80)
    assert score is not None
    assert (score.estimate.value, round(score.standard_error, 3)) == (30.0, 3.905)
    assert round(1.96 * score.standard_error, 2) == 7.65


def test_every_point_of_the_scale_belongs_to_one_group() -> None:
    assert sorted([*DETRACTORS, *PASSIVES, *PROMOTERS]) == list(range(11))
    score = nps_of_values(dict.fromkeys(range(11), 1))
    assert score is not None
    assert (score.promoters, score.passives, score.detractors) == (2, 2, 7)


def test_no_answers_no_score() -> None:
    assert nps_of_counts(0, 0, 0) is None
    with pytest.raises(ImpossibleSample):
        nps_of_counts(3, -1, 0)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_its_score_within_the_scale(promoters: int, passives: int, detractors: int) -> None:
    score, mirrored = (
        nps_of_counts(promoters, passives, detractors),
        nps_of_counts(detractors, passives, promoters),
    )
    if score is None or mirrored is None:
        assert promoters + passives + detractors == 0
        return
    assert -100 <= score.estimate.interval.low <= score.estimate.value <= score.estimate.interval.high <= 100
    assert math.isclose(score.estimate.interval.low, -mirrored.estimate.interval.high, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("n", "shares"), [(15, (0.5, 0.3, 0.2)), (40, (0.8, 0.15, 0.05)), (400, (0.5, 0.3, 0.2))]
)
def test_the_interval_covers_at_its_level(
    rng: np.random.Generator, n: int, shares: tuple[float, float, float]
) -> None:
    true_score = 100 * (shares[0] - shares[2])
    drawn = rng.multinomial(n, shares, size=3000).tolist()
    scores = [nps_of_counts(*row) for row in drawn]
    covered = np.mean([score is not None and true_score in score.estimate.interval for score in scores])
    assert 0.935 <= covered <= 0.975


def test_answers_of_the_log_by_window(log: Log, answered, day) -> None:
    answered("nps", 10, 9, 8, 3)
    answered("nps", 0, on=22, first_customer=9)
    question = NpsQuestion((day(21), day(22), day(23)))
    found = nps(log, question)
    today, tomorrow, later = found.scores
    assert today is not None
    assert (today.promoters, today.passives, today.detractors, today.estimate.value) == (2, 1, 1, 25.0)
    assert tomorrow is not None
    assert tomorrow.estimate.value == -100.0
    assert later is None
    assert found.notes == ()
    assert (found.provenance.question, found.provenance.rows_read) == (question, 4)
    assert found.provenance.log_version == log.version


def test_other_scales_are_left_out_and_said(log: Log, answered, day) -> None:
    answered("nps", 10, 9)
    answered("nps", 10, 10, 10, first_customer=10, scale_min=1)  # a scale of 1-10 has no 0: another question
    answered("nps", 10, first_customer=20, direction="lower_is_better")
    answered("nps", 11, 7.5, "ten", None, first_customer=30)
    answered("nps", 0, first_customer=1, survey="again")  # c1 answers a second time
    answered("csat", 5, first_customer=50)
    found = nps(log, NpsQuestion((day(21), day(22))))
    score = found.scores[0]
    assert score is not None
    assert (score.promoters, score.detractors, score.estimate.n) == (2, 1, 3)
    assert found.notes == (
        Note.of("nps.other_scale", count=4),
        Note.of("nps.unreadable", count=4),
        Note.of("nps.repeated", count=1),
    )


def test_one_question_of_many(log: Log, answered, day) -> None:
    answered("nps", 10, 10)
    answered("nps", 0, first_customer=5, question_key="nps_delivery")
    found = nps(log, NpsQuestion((day(21),), "nps_delivery"))
    assert found.scores[0] is not None
    assert found.scores[0].estimate.value == -100.0


def test_the_order_of_answers_changes_nothing(log: Log, answered, day) -> None:
    answered("nps", 3, 10, 8)
    one = nps(log, NpsQuestion((day(21),))).scores
    with log.writer() as writer:
        writer.sync()
    log.compact()
    assert nps(log, NpsQuestion((day(21),))).scores == one


def test_questions_that_cannot_be_asked(day) -> None:
    with pytest.raises(NoWindows):
        NpsQuestion(())
    with pytest.raises(ImpossibleLevel):
        NpsQuestion((day(21),), level=95)
