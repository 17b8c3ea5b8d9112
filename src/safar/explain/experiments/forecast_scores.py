"""Forecasts scored: what was promised of an initiative beforehand, beside what came of it.

Every estimate that speaks for an initiative is kept with its interval; when the outcome is measured, it is scored. One
hit or miss says little. Over many it shows whether intervals are as wide as they should be, and whether promises are
usually too high.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate, ImpossibleLevel, mean, normal_quantile, share

from .refusals import TooFewCustomers

#: Below so many scored forecasts nothing is said of calibration.
FEWEST: Final = 5
_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """One forecast beside its outcome.

    Attributes
    ----------
    forecast, outcome
        The estimates, at one level and in one unit.
    is_hit
        Whether the outcome's value lies in the interval that the forecast has for a measured outcome: its own and the
        outcome's uncertainty together.
    is_inside
        Whether it lies in the forecast's own interval.
    error
        Outcome less forecast: below 0, too much was promised.
    z
        The error in standard deviations of both together.
    position
        Where the outcome lies in the forecast's distribution, 0…1: even over many calibrated forecasts.
    interval_score
        Width of the interval, and 2/α times how far the outcome lies outside; the smaller the better.
    """

    forecast: Estimate
    outcome: Estimate
    is_hit: bool
    is_inside: bool
    error: float
    z: float
    position: float
    interval_score: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How good forecasts have been.

    Attributes
    ----------
    hits
        Share of forecasts that hit, with its interval; beside ``level`` it says whether intervals are honest.
    level
        What the share should be.
    bias
        Mean error in standard deviations: below 0, too much is promised. None for fewer than two.
    kept_share
        The sum of outcomes as a part of the sum of forecasts: 0.6 means that six tenths of what was promised came. None
        where the sum of forecasts is 0.
    widening
        By how much intervals would have to be stretched to be honest: the root mean square of z.
    mean_interval_score
        The mean of `ForecastScore.interval_score`; comparable within one unit.
    notes
        ``forecasts.few``: too few to judge; ``forecasts.too_sure``, ``forecasts.too_unsure``: the level lies outside
        the interval of the share; ``forecasts.too_high``, ``forecasts.too_low``: the bias is clearly not 0.
    """

    hits: Estimate
    level: float
    bias: Estimate | None
    kept_share: float | None
    widening: float
    mean_interval_score: float
    notes: tuple[Note, ...]


def scored(forecast: Estimate, outcome: Estimate) -> ForecastScore:
    """Return how well a forecast did.

    Parameters
    ----------
    forecast
        What was said beforehand, with its interval.
    outcome
        What was measured, with its own: an experiment's effect, a difference in differences.

    Raises
    ------
    ImpossibleLevel
        The two intervals are not at one level.

    Source: T. Gneiting, A. E. Raftery (2007), "Strictly proper scoring rules", JASA 102, eq. (43) for the interval
    score.

    Examples
    --------
    >>> from safar.vocabulary.interval import Interval
    >>> said = Estimate(10.0, Interval(6.0, 14.0), 500)
    >>> came = Estimate(15.0, Interval(12.0, 18.0), 900)
    >>> found = scored(said, came)
    >>> found.is_inside, found.is_hit, found.error, round(found.interval_score, 6)
    (False, True, 5.0, 48.0)
    """
    said, came = forecast.interval, outcome.interval
    if said.level != came.level:
        raise ImpossibleLevel(
            f"A {said.level} interval and a {came.level} interval cannot be compared.",
            hint="Compute both at one level.",
        )
    value, alpha = outcome.value, 1 - said.level
    error = value - forecast.value
    # on the side where the outcome lies; forecasts of value are often skewed
    above = error >= 0
    own = said.high - forecast.value if above else forecast.value - said.low
    others = outcome.value - came.low if above else came.high - outcome.value
    half = math.hypot(own, others)
    quantile = normal_quantile(said.level)
    z = error / (half / quantile) if half else math.copysign(math.inf, error) if error else 0.0
    outside = max(said.low - value, value - said.high, 0.0)
    return ForecastScore(
        forecast,
        outcome,
        abs(error) <= half,
        value in said,
        error,
        z,
        _NORMAL.cdf(z) if math.isfinite(z) else float(z > 0),
        (said.high - said.low) + 2 / alpha * outside,
    )


def calibration(scores: Sequence[ForecastScore]) -> Calibration:
    """Return how good forecasts have been, over many of them.

    Parameters
    ----------
    scores
        Of forecasts that do not stand for the same outcome; all at one level.

    Raises
    ------
    TooFewCustomers
        There are none.
    ImpossibleLevel
        Their levels differ.
    """
    if not scores:
        raise TooFewCustomers("No forecast has an outcome yet.", hint="Score one first.")
    levels = {each.forecast.interval.level for each in scores}
    if len(levels) > 1:
        raise ImpossibleLevel("The forecasts are at different levels.", hint="Score one level at a time.")
    level = levels.pop()
    hits = share(sum(each.is_hit for each in scores), len(scores))
    assert hits is not None
    z = np.array([each.z for each in scores])
    bias = mean(float(z.sum()), float(z @ z), len(z)) if np.isfinite(z).all() else None
    promised = sum(each.forecast.value for each in scores)
    return Calibration(
        hits,
        level,
        bias,
        sum(each.outcome.value for each in scores) / promised if promised else None,
        float(np.sqrt((z**2).mean())),
        float(np.mean([each.interval_score for each in scores])),
        _verdict(hits, level, bias),
    )


def _verdict(hits: Estimate, level: float, bias: Estimate | None) -> tuple[Note, ...]:
    if hits.n < FEWEST:
        return (Note.of("forecasts.few", count=hits.n),)
    notes = []
    if level not in hits.interval:
        notes.append(Note.of("forecasts.too_sure" if hits.value < level else "forecasts.too_unsure"))
    if bias is not None and 0 not in bias.interval:
        notes.append(Note.of("forecasts.too_high" if bias.value < 0 else "forecasts.too_low"))
    return tuple(notes)
