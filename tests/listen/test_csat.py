"""Customer satisfaction: top two boxes, scales apart."""

from __future__ import annotations

import pytest

from safar.listen.answer_counts import Scale, UnknownScale
from safar.listen.csat import CsatQuestion, csat, csat_of_values
from safar.store.log import Log
from safar.vocabulary.answer import Note


def test_top_two_boxes_of_five() -> None:
    score = csat_of_values({5: 50, 4: 30, 3: 10, 2: 6, 1: 4})
    assert score is not None
    assert (score.satisfied, score.estimate.value, score.estimate.n) == (80, 0.8, 100)
    interval = score.estimate.interval
    assert (round(interval.low, 6), round(interval.high, 6)) == (0.711171, 0.866633)
    assert score.mean is not None
    assert score.mean.value == 4.16


def test_top_two_boxes_of_seven() -> None:
    score = csat_of_values({7: 1, 6: 1, 5: 2}, Scale(1, 7))
    assert score is not None
    assert score.estimate.value == 0.5


def test_no_answers_and_one_answer() -> None:
    assert csat_of_values({}) is None
    alone = csat_of_values({5: 1})
    assert alone is not None
    assert (alone.estimate.value, alone.mean) == (1.0, None)


def test_scales_are_never_mixed(log: Log, answered, day) -> None:
    answered("csat", 5, 4, 1)
    answered("csat", 7, 6, first_customer=10, scale_max=7)
    five, seven = (csat(log, CsatQuestion((day(21),), highest=highest)) for highest in (5, 7))
    assert five.scores[0] is not None
    assert (five.scores[0].satisfied, five.scores[0].estimate.n) == (2, 3)
    assert five.notes == (Note.of("csat.other_scale", count=2),)
    assert seven.scores[0] is not None
    assert (seven.scores[0].satisfied, seven.scores[0].estimate.n) == (2, 2)
    assert seven.notes == (Note.of("csat.other_scale", count=3),)


def test_a_scale_that_csat_is_not_defined_on(day) -> None:
    with pytest.raises(UnknownScale) as refused:
        CsatQuestion((day(21),), highest=10)
    assert "1 to 10" in str(refused.value)
