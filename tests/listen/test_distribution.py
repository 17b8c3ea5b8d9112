"""Distributions: every point of a scale, bins of round width, the middle."""

from __future__ import annotations

import numpy as np

from safar.listen.answer_counts import Scale
from safar.listen.distribution import distribution


def test_every_point_is_there() -> None:
    found = distribution(((0.0, 1), (9.0, 2), (10.0, 1)), Scale(0, 10))
    assert found is not None
    assert [each.count for each in found.bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1]
    assert (found.median, found.bins[9].share.value) == (9.0, 0.5)
    assert found.mean is not None
    assert found.mean.value == 7.0
    assert found.deviation == np.std([0, 9, 9, 10], ddof=1)


def test_a_slider_and_numbers_are_put_into_round_bins() -> None:
    found = distribution(((0.0, 1), (10.0, 1), (10.5, 1), (100.0, 2)), Scale(0, 100))
    assert found is not None
    assert [(each.low, each.high) for each in found.bins] == [
        (10.0 * step, 10.0 * step + 10) for step in range(10)
    ]
    assert [each.count for each in found.bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    found = distribution(tuple((float(value), 1) for value in range(18, 80)), None)
    assert found is not None
    assert (found.bins[0].low, found.bins[0].high, found.bins[-1].high) == (10.0, 20.0, 80.0)
    assert sum(each.count for each in found.bins) == 62
    few = distribution(((3.5, 1), (4.0, 2)), None)
    assert few is not None
    assert [(each.low, each.count) for each in few.bins] == [(3.5, 1), (4.0, 2)]


def test_halves_of_goals_and_nobody() -> None:
    found = distribution(((0.0, 1), (0.5, 2), (1.0, 1)), Scale(0, 1))
    assert found is not None
    assert [each.count for each in found.bins] == [1, 2, 1]
    assert distribution((), Scale(1, 5)) is None
    alone = distribution(((4.0, 1),), Scale(1, 5))
    assert alone is not None
    assert (alone.mean, alone.deviation, alone.median) == (None, 0.0, 4.0)
