"""What is out of the ordinary in a series: farther from its own trend and season than chance takes it.

A robust decomposition in the manner of STL: a line through the neighbourhood of each point (medians of slopes, so that
what is sought does not bend it), the season as medians of what remains by hour or day of the week or month of the
year, and a spread from the median absolute deviation that is never smaller than what counting alone makes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.interval import Estimate, Interval

Numbers = NDArray[np.float64]

#: Spreads from what is expected beyond which a point is marked (Iglewicz and Hoaglin 1993).
THRESHOLD: Final = 3.5
#: The level of such bounds, were there nothing but chance of a normal kind.
_BOUNDS_LEVEL: Final = math.erf(THRESHOLD / math.sqrt(2))
#: Fewer points than these tell nothing about what is ordinary.
FEWEST_POINTS: Final = 12
#: Of each place of the season so many points are needed for it to be taken out.
_FEWEST_CYCLES: Final = 3
_ROUNDS: Final = 2
_MAD_TO_DEVIATION: Final = 1.4826


@dataclass(frozen=True, slots=True)
class Expected:
    """What each point of a series was expected to be.

    Attributes
    ----------
    value, low, high
        Of shape (points,), in the unit of the series: marked is what lies outside. NaN where the series has no value.
    is_marked
        Which points lie outside.
    known
        How many points have a value.
    """

    value: Numbers
    low: Numbers
    high: Numbers
    is_marked: NDArray[np.bool_]
    known: int

    def estimates(self, *, last: int) -> list[Estimate | None]:
        """Return what each of the last points was expected to be, with the bounds beyond which it is marked."""
        value, low, high = (each[-last:] for each in (self.value, self.low, self.high))
        intervals = map(Interval, low.tolist(), high.tolist(), repeat(_BOUNDS_LEVEL))
        found: list[Estimate | None] = list(map(Estimate, value.tolist(), intervals, repeat(self.known)))
        for place in np.flatnonzero(np.isnan(value)).tolist():
            found[place] = None
        return found


def expected(
    values: Numbers,
    spread: Numbers,
    places: NDArray[np.int64] | None,
    *,
    is_count: bool,
    clustering: float = 1.0,
) -> Expected | None:
    """Return what each point was expected to be, and which lie outside; None where there are too few points.

    Parameters
    ----------
    values
        Of shape (points,), by time; NaN where there is none.
    spread
        The standard error of each value: the least by which chance moves it. Not looked at for counts.
    places
        Of each point in what repeats (0 for Monday, …); None where nothing does.
    is_count
        Counts are compared as :math:`2 \\sqrt{x/D + 3/8}`, which chance moves by about 1 whatever the count.
    clustering
        The design effect :math:`D` of counts.

    Notes
    -----
    With :math:`r_i` what remains of point :math:`i` in units of its spread, the scale is :math:`\\max(1, 1.4826
    \\operatorname{median} |r|)`, and a point is marked when :math:`|r_i|` is more than 3.5 times the scale. Of ordinary
    points (Poisson counts of any size, with a week's season and a trend) fewer than 1 in 200 are marked; see
    ``tests/observe/test_anomalies.py``. A point of a short series that is extreme with its neighbours is the ordinary:
    what lasts longer than half the neighbourhood (7 points to either side) is a change of level, no anomaly.

    Source: R. B. Cleveland et al. (1990), Journal of Official Statistics 6 (STL); A. F. Siegel (1982), Biometrika 69
    (repeated medians); B. Iglewicz, D. Hoaglin (1993), How to Detect and Handle Outliers (the threshold); F. J.
    Anscombe (1948), Biometrika 35 (the root).
    """
    there = np.flatnonzero(np.isfinite(values))
    if len(there) < FEWEST_POINTS:
        return None
    known = values[there]
    if is_count:
        unit = np.ones(len(known))
        level = 2 * np.sqrt(np.maximum(known, 0) / clustering + 3 / 8)
    else:
        unit = _filled(spread[there])
        level = known
    fit = _fitted(level, there, None if places is None else places[there])
    rest = (level - fit) / unit
    scale = max(1.0, _MAD_TO_DEVIATION * float(np.median(np.abs(rest))))
    reach = THRESHOLD * scale * unit
    ends = [fit, fit - reach, fit + reach]
    if is_count:
        ends = [clustering * np.maximum((np.maximum(end, 0) / 2) ** 2 - 3 / 8, 0) for end in ends]
    found = [np.full(len(values), np.nan) for _ in ends]
    for whole, end in zip(found, ends, strict=True):
        whole[there] = end
    marked = np.zeros(len(values), np.bool_)
    marked[there] = np.abs(rest) > THRESHOLD * scale
    return Expected(found[0], found[1], found[2], marked, len(there))


def _filled(spread: Numbers) -> Numbers:
    """Return the spreads, the median one where there is none."""
    good = np.isfinite(spread) & (spread > 0)
    usual = float(np.median(spread[good])) if good.any() else 1.0
    return np.where(good, spread, usual)


def _fitted(level: Numbers, at: NDArray[np.int64], places: NDArray[np.int64] | None) -> Numbers:
    """Return trend and season at each point."""
    if places is None:
        return _trend(level, at)
    _, place, sizes = np.unique(places, return_inverse=True, return_counts=True)
    if sizes.min() < _FEWEST_CYCLES:
        return _trend(level, at)
    season = np.zeros(len(level))
    for _ in range(_ROUNDS):
        medians = _medians(level - _trend(level - season, at), place, sizes)
        season = (medians - medians.mean())[place]
    return _trend(level - season, at) + season


def _trend(level: Numbers, at: NDArray[np.int64]) -> Numbers:
    """Return the trend at each point."""
    from .trend_kernels import fit_lines  # noqa: PLC0415 - compiled code only when needed

    found = np.empty(len(level))
    fit_lines(level, at.astype(np.float64), found)
    return found


def _medians(values: Numbers, group: NDArray[np.int64], sizes: NDArray[np.int64]) -> Numbers:
    """Return the median of each group."""
    ordered = values[np.lexsort((values, group))]
    starts = np.cumsum(sizes) - sizes
    middle: Numbers = (ordered[starts + (sizes - 1) // 2] + ordered[starts + sizes // 2]) / 2
    return middle
