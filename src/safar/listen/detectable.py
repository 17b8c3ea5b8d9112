"""What can be told at all: the smallest change that so many answers detect, and how many a wished change needs."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile

from .scoring import Score

#: How often a real change of the size told is noticed.
USUAL_POWER: Final = 0.8


class ImpossiblePower(Refusal, ValueError):
    """A power outside 0…1, or a change of 0, cannot be planned for."""

    code = "score.impossible_power"


def spread_of(score: Score) -> float:
    """Return the variance of one answer of a score, in its unit, weights counted in."""
    return score.standard_error**2 * score.n


def detectable_change(
    spread: float,
    n: int,
    *,
    other_n: int | None = None,
    level: float = DEFAULT_LEVEL,
    power: float = USUAL_POWER,
) -> float:
    """Return the smallest true change of a score that is told as more than chance with a probability of ``power``.

    .. math:: \\delta = (z_{(1+\\text{level})/2} + z_{\\text{power}}) \\sqrt{\\sigma^2 (1/n_1 + 1/n_2)}

    Parameters
    ----------
    spread
        Variance of one answer, :math:`\\sigma^2`, as `spread_of` gives it.
    n, other_n
        Answers in the two windows or groups, 1 or more; the same when None.
    level
        Confidence level of the verdict.
    power
        How often such a change is noticed.

    Returns
    -------
    float
        In the score's unit. Smaller changes may be there: so few answers cannot show them.

    Raises
    ------
    ImpossiblePower, ImpossibleLevel

    Source: two-sample comparison of means, normal approximation; J. Cohen (1988), Statistical Power Analysis.

    Examples
    --------
    With 50 % promoters and 20 % detractors, 958 answers each time show a change of 10 points.

    >>> round(detectable_change(10_000 * (0.7 - 0.3**2), 958), 2)
    10.0
    """
    other = n if other_n is None else other_n
    if min(n, other) < 1:
        raise ImpossiblePower("Nothing is detected without answers.", hint="Give counts of 1 or more.")
    return _factor(level, power) * math.sqrt(spread * (1 / n + 1 / other))


def answers_needed(
    spread: float, change: float, *, level: float = DEFAULT_LEVEL, power: float = USUAL_POWER
) -> int:
    """Return how many answers each of two windows needs so that a change of this size is noticed.

    Parameters
    ----------
    spread, level, power
        As of `detectable_change`.
    change
        In the score's unit; its sign does not matter.

    Raises
    ------
    ImpossiblePower, ImpossibleLevel

    Examples
    --------
    >>> [answers_needed(10_000 * (0.7 - 0.3**2), points) for points in (5, 10)]
    [3831, 958]
    """
    if not change:
        raise ImpossiblePower(
            "No number of answers shows a change of 0.", hint="Give a change you care about."
        )
    return max(2, math.ceil(2 * spread * (_factor(level, power) / change) ** 2 - 1e-9))


def _factor(level: float, power: float) -> float:
    if not 0.5 <= power < 1:
        raise ImpossiblePower(
            f"A power of {power!r} was asked for; it lies from 0.5 up to 1.",
            hint="0.8 is usual.",
            power=power,
        )
    return normal_quantile(level) + NormalDist().inv_cdf(power)
