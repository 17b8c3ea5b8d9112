"""Ratios under many drawn parameters: read off a surface where it tells them, worked out where it does not."""

from __future__ import annotations

import numpy as np
import pytest

from safar.measure.drawn_ratios import drawn_ratios


def a_thousand_and(more: int) -> np.ndarray:
    """Draws of three parameters around 1, 2 and 3."""
    return np.array([1.0, 2.0, 3.0]) * np.exp(0.3 * np.random.default_rng(1).normal(size=(1_000 + more, 3)))


def test_up_to_a_thousand_are_worked_out() -> None:
    told: list[tuple[int, int]] = []
    drawn = a_thousand_and(0)
    found = drawn_ratios(drawn, lambda one: float(one[0] * one[2]), lambda done, of: told.append((done, of)))
    assert found == pytest.approx(drawn[:, 0] * drawn[:, 2], rel=1e-15)
    assert told == [(place, 1_000) for place in range(0, 1_000, 25)]


def test_of_more_the_rest_is_read_off() -> None:
    """A cubic in logarithms is met to the digits; the smooth ratio of a saturating total to a thousandth."""
    drawn, asked = a_thousand_and(4_000), []

    def cubic(one: np.ndarray) -> float:
        asked.append(1)
        a, b, c = np.log(one)
        return float(np.exp(0.2 + a - 0.3 * b * c + 0.1 * a**3))

    a, b, c = np.log(drawn).T
    assert drawn_ratios(drawn, cubic) == pytest.approx(np.exp(0.2 + a - 0.3 * b * c + 0.1 * a**3), rel=1e-9)
    assert len(asked) == 1_000

    def saturating(one: np.ndarray) -> float:
        return float(one[0] * (1 - np.exp(-one[1])) / (1 + one[2]))

    exact = np.array([saturating(one) for one in drawn])
    assert np.abs(drawn_ratios(drawn, saturating) / exact - 1).mean() < 1e-3


def test_what_no_surface_tells_is_worked_out() -> None:
    drawn = a_thousand_and(300)
    steps = drawn_ratios(drawn, lambda one: 2.0 if one[0] > 1 else 1.0)
    assert steps.tolist() == np.where(drawn[:, 0] > 1, 2.0, 1.0).tolist()
    with_nothing = drawn_ratios(drawn, lambda one: max(float(one[0]) - 1.0, 0.0))
    assert with_nothing == pytest.approx(np.maximum(drawn[:, 0] - 1.0, 0.0))


def test_what_is_raised_ends_it() -> None:
    def enough(done: int, of: int) -> None:
        if 2 * done >= of:
            raise InterruptedError

    asked: list[int] = []
    with pytest.raises(InterruptedError):
        drawn_ratios(a_thousand_and(0), lambda one: float(len(asked) or asked.append(1) or 1), enough)
