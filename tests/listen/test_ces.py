"""Customer effort: agreement on seven points, the old scale kept out."""

from __future__ import annotations

import math

from safar.listen.ces import CesQuestion, ces, ces_of_values
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import student_quantile


def test_mean_and_share_that_agreed() -> None:
    score = ces_of_values({7: 40, 6: 25, 5: 15, 4: 8, 3: 6, 2: 4, 1: 2})
    assert score is not None
    assert (score.agreeing, score.n, score.share.value) == (80, 100, 0.8)
    assert score.mean is not None
    assert score.mean.value == 5.65
    assert (round(score.mean.interval.low, 5), round(score.mean.interval.high, 5)) == (5.33929, 5.96071)
    half = (score.mean.interval.high - score.mean.interval.low) / 2
    assert round(half / student_quantile(0.95, 99) * math.sqrt(100), 6) == 1.565893


def test_one_answer_has_a_share_but_no_mean_with_interval() -> None:
    score = ces_of_values({6: 1})
    assert score is not None
    assert (score.mean, score.share.value) == (None, 1.0)
    assert ces_of_values({}) is None


def test_the_old_effort_scale_is_left_out(log: Log, answered, day) -> None:
    answered("ces", 7, 5, 3)
    answered("ces", 1, 2, first_customer=10, scale_max=5, direction="lower_is_better")  # CES 1.0
    found = ces(log, CesQuestion((day(21), day(22))))
    assert found.scores[0] is not None
    assert found.scores[0].mean is not None
    assert (found.scores[0].mean.value, found.scores[0].agreeing) == (5.0, 2)
    assert found.scores[1] is None
    assert found.notes == (Note.of("ces.other_scale", count=2),)
