"""What each metric makes of answers: the number of one answer, and the score of many with its interval.

Every score is a mean of one number an answer: 100, 0 or -100 points for NPS, 1 or 0 for shares such as CSAT, the answer
itself for means such as CES. So weights, gaps, trends and splits of a change are defined once, for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    Estimate,
    Interval,
    mean,
    mean_on_scale,
    share,
    student_quantile,
    wilson_of_share,
)

from . import ces, csat, nps
from .answer_counts import Scale
from .surveys import HIGHER_IS_BETTER

Floats = NDArray[np.float64]
#: ``points``: share of promoters less share of detractors, -100…100. ``share``: 0…1. ``mean``: in points of the scale.
Unit = Literal["points", "share", "mean"]

GOAL: Final = "goal"
FINDABILITY: Final = "findability"
#: Metrics whose answers are numbers of no scale.
UNSCALED: Final = frozenset({"number", "rank", "sum"})
#: Every metric that has a score.
SCORED: Final = frozenset({nps.METRIC, csat.METRIC, ces.METRIC, "rating", GOAL, FINDABILITY}) | UNSCALED

#: Answers apart from the commonest one below which Student's interval of a mean cannot be trusted.
_ENOUGH_SPREAD: Final = 30.0
_ADDED_AT_EACH_END: Final = 0.5


@dataclass(frozen=True, slots=True)
class Scoring:
    """How answers of one metric on one scale become a score.

    Attributes
    ----------
    metric
        As the answers have it: ``nps``, ``csat``, ``ces``, ``rating``, ``goal``, ``findability``, ``number``, ``rank``,
        ``sum``.
    scale
        The points that could be chosen; None for numbers of no scale.
    unit
        What the score is.
    tops
        The least answer that counts as one, of a ``share``.
    """

    metric: str
    scale: Scale | None
    unit: Unit
    tops: float = 0.0

    @property
    def is_higher_better(self) -> bool:
        """Whether a higher score is the better one; a rank of 1 is better than one of 2."""
        if self.scale is None:
            return self.metric != "rank"
        return self.scale.direction == HIGHER_IS_BETTER

    @property
    def reach(self) -> tuple[float, float] | None:
        """The least and the largest score there can be; None where there are no such."""
        if self.unit == "points":
            return -100.0, 100.0
        if self.unit == "share":
            return 0.0, 1.0
        return None if self.scale is None else (float(self.scale.lowest), float(self.scale.highest))

    def is_readable(self, values: Floats) -> NDArray[np.bool_]:
        """Return which values are answers: points of the scale; of goals anything between its ends; any number."""
        there = np.isfinite(values)
        if self.scale is None:
            return there
        there &= (values >= self.scale.lowest) & (values <= self.scale.highest)
        if self.metric == GOAL:
            return there
        whole: NDArray[np.bool_] = there & (np.floor(values) == values)
        return whole

    def worth(self, values: Floats) -> Floats:
        """Return the number of each answer, whose mean is the score."""
        if self.unit == "points":
            return 100.0 * ((values >= nps.PROMOTERS[0]).astype(np.float64) - (values <= nps.DETRACTORS[-1]))
        if self.unit == "share":
            return (values >= self.tops).astype(np.float64)
        return values.astype(np.float64)


def scoring_of(metric: str, scale: Scale | None) -> Scoring:
    """Return how answers of a metric on a scale are scored.

    A metric that is not defined on its scale (an NPS question asked from 1 to 5) has no score of its own name; its
    answers have a mean and a distribution like any rating.

    Examples
    --------
    >>> scoring_of("csat", Scale(1, 5)).unit, scoring_of("csat", Scale(1, 5)).tops
    ('share', 4.0)
    >>> scoring_of("nps", Scale(1, 5)).unit
    'mean'
    """
    if scale is not None:
        if metric == nps.METRIC and scale == nps.SCALE:
            return Scoring(metric, scale, "points")
        if metric == csat.METRIC and scale in csat.SCALES:
            return Scoring(metric, scale, "share", float(scale.points[-csat.TOP_BOXES]))
        if metric in {GOAL, FINDABILITY}:
            return Scoring(metric, scale, "share", float(scale.highest))
    return Scoring(metric, scale, "mean")


@dataclass(frozen=True, slots=True)
class Score:
    """The score of some answers.

    Attributes
    ----------
    estimate
        The score with its interval and ``n``, the count of answers; None for a mean of fewer than two.
    n
        Count of answers.
    counts
        Each value that was given with how many gave it, lowest first; not weighted.
    standard_error
        Of the score, in its unit; of weighted answers by linearisation.
    effective_n
        Kish's :math:`(\\sum w)^2 / \\sum w^2`: what so uneven weights leave of ``n``; ``n`` where all weigh the same.
    design_effect
        The variance of the score, times that of as many answers that weigh the same and are spread alike.
    """

    estimate: Estimate | None
    n: int
    counts: tuple[tuple[float, int], ...]
    standard_error: float
    effective_n: float
    design_effect: float


def score_of(
    scoring: Scoring,
    values: Floats,
    weights: Floats | None = None,
    *,
    level: float = DEFAULT_LEVEL,
) -> Score | None:
    """Return the score of answers, or None without any.

    Without weights it is that of `safar.listen.nps`, `csat` and `ces`, interval and all. With weights

    .. math:: \\hat m = \\frac{\\sum w_i y_i}{\\sum w_i}, \\quad
              \\widehat{\\mathrm{SE}} = \\frac{\\sqrt{\\frac{n}{n-1} \\sum w_i^2 (y_i - \\hat m)^2}}{\\sum w_i}

    and the same interval as ever, made as of :math:`n^* = s^2 / \\widehat{\\mathrm{SE}}^2` answers, with :math:`s^2`
    the weighted variance of one answer: adjusted Wald for NPS, Wilson for a share, Student for a mean.

    Parameters
    ----------
    scoring
        See `scoring_of`.
    values
        Readable answers.
    weights
        Above 0, one for each; their unit does not matter. None where all weigh the same.
    level
        Confidence level.

    Source: L. Kish (1965), Survey Sampling (effective size); linearisation as C.-E. Särndal, B. Swensson, J. Wretman
    (1992), 5.7; the effective size inside Wilson's interval after E. Korn, B. Graubard (1998), Survey Methodology 24.

    Examples
    --------
    >>> two_groups = np.array([10.0] * 36 + [7.0] * 18 + [0.0] * 6 + [10.0] * 10 + [7.0] * 16 + [0.0] * 14)
    >>> weights = np.array([0.4 / 0.6] * 60 + [0.6 / 0.4] * 40)
    >>> found = score_of(scoring_of("nps", Scale(0, 10)), two_groups, weights)
    >>> round(found.estimate.value, 6), round(found.effective_n, 3), round(found.standard_error, 4)
    (14.0, 85.714, 8.6305)
    """
    n = len(values)
    if not n:
        return None
    points, counts = np.unique(values, return_counts=True)
    counted = tuple(zip(points.tolist(), counts.tolist(), strict=True))
    if weights is None or bool((weights == weights[0]).all()):
        estimate, error = _plain(scoring, dict(counted), level)
        return Score(estimate, n, counted, error, float(n), 1.0)
    return _weighted(scoring, values, weights, counted, level)


def _plain(scoring: Scoring, counts: Mapping[float, int], level: float) -> tuple[Estimate | None, float]:
    """Return the estimate and the standard error of answers that weigh the same."""
    return _PLAIN[scoring.unit](scoring, counts, level)


def _plain_points(_: Scoring, counts: Mapping[float, int], level: float) -> tuple[Estimate | None, float]:
    found = nps.nps_of_values({int(value): count for value, count in counts.items()}, level=level)
    return (None, 0.0) if found is None else (found.estimate, found.standard_error)


def _plain_share(
    scoring: Scoring, counts: Mapping[float, int], level: float
) -> tuple[Estimate | None, float]:
    n = sum(counts.values())
    tops = sum(count for value, count in counts.items() if value >= scoring.tops)
    return share(tops, n, level=level), math.sqrt(tops / n * (1 - tops / n) / n)


def _plain_mean(scoring: Scoring, counts: Mapping[float, int], level: float) -> tuple[Estimate | None, float]:
    n = sum(counts.values())
    total, squares = (math.fsum(value**power * count for value, count in counts.items()) for power in (1, 2))
    average = total / n
    variance = max(0.0, squares - n * average * average) / max(n - 1, 1)
    error = math.sqrt(variance / n)
    if scoring.scale is None:
        return mean(total, squares, n, level=level), error
    of_points = {int(value): count for value, count in counts.items()}
    return mean_on_scale(of_points, scoring.scale.lowest, scoring.scale.highest, level=level), error


_PLAIN: Final[
    Mapping[Unit, Callable[[Scoring, Mapping[float, int], float], tuple[Estimate | None, float]]]
] = {"points": _plain_points, "share": _plain_share, "mean": _plain_mean}


def _weighted(
    scoring: Scoring,
    values: Floats,
    weights: Floats,
    counts: tuple[tuple[float, int], ...],
    level: float,
) -> Score:
    n, total = len(values), float(weights.sum())
    of_each = scoring.worth(values)
    value = float((weights * of_each).sum()) / total
    apart = of_each - value
    spread = float((weights * apart * apart).sum()) / total
    error = math.sqrt(n / (n - 1) * float((weights**2 * apart**2).sum())) / total
    kish = total * total / float((weights * weights).sum())
    # Where all said the same the spread tells nothing of the weights' cost: Kish's count does.
    tells = spread / (error * error) if error else kish
    interval = _INTERVALS[scoring.unit](scoring, values, weights / total, tells, level)
    held = Interval(min(interval.low, value), max(interval.high, value), level)
    return Score(Estimate(value, held, n), n, counts, error, kish, n / tells)


def _points_interval(_: Scoring, values: Floats, shares: Floats, tells: float, level: float) -> Interval:
    promoters = float(shares[values >= nps.PROMOTERS[0]].sum())
    detractors = float(shares[values <= nps.DETRACTORS[-1]].sum())
    return nps.nps_interval(promoters * tells, detractors * tells, tells, level=level)


def _share_interval(scoring: Scoring, values: Floats, shares: Floats, tells: float, level: float) -> Interval:
    tops = float(shares[values >= scoring.tops].sum())
    return wilson_of_share(min(tops, 1.0), tells, level=level)


def _mean_interval(scoring: Scoring, values: Floats, shares: Floats, tells: float, level: float) -> Interval:
    """Return Student's interval, with half an answer more at either end of the scale while answers are few."""
    size, reach = max(tells, 2.0), scoring.reach
    centre, squares = float((shares * values).sum()), float((shares * values * values).sum())
    is_few = reach is not None and size * (1 - _largest_share(values, shares)) < _ENOUGH_SPREAD
    if reach is not None and is_few:
        added = _ADDED_AT_EACH_END
        whole = size + 2 * added
        squares = (size * squares + added * (reach[0] ** 2 + reach[1] ** 2)) / whole
        centre = (size * centre + added * (reach[0] + reach[1])) / whole
        size = whole
    variance = max(0.0, squares - centre * centre) * size / (size - 1)
    half = student_quantile(level, size - 1) * math.sqrt(variance / size)
    low, high = centre - half, centre + half
    return (
        Interval(low, high, level)
        if reach is None
        else Interval(max(low, reach[0]), min(high, reach[1]), level)
    )


def _largest_share(values: Floats, shares: Floats) -> float:
    _, places = np.unique(values, return_inverse=True)
    return float(np.bincount(places, shares).max())


_INTERVALS: Final[Mapping[Unit, Callable[[Scoring, Floats, Floats, float, float], Interval]]] = {
    "points": _points_interval,
    "share": _share_interval,
    "mean": _mean_interval,
}
