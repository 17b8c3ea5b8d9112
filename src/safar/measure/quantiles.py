"""Medians and other quantiles with intervals that assume nothing about the shape of what is measured."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile


class QuantileRefused(Refusal, ValueError):
    """There is no such quantile."""

    code = "quantiles.refused"


def quantile(values: ArrayLike, share: float, *, level: float = DEFAULT_LEVEL) -> Estimate | None:
    """Return the value below which a share of values lies, with an interval from their order alone; None of nothing.

    How many of n values lie below the true quantile is binomial. The interval goes from the value at the lower end of
    that binomial to the value at its upper end, so it covers at its level or a little above, whatever the shape. Where
    n is too small for an end to be a value (the 90th percentile of ten), that end is infinite.

    Parameters
    ----------
    values
        In any one unit; not a number is refused.
    share
        Between 0 and 1, ends not included.

    Notes
    -----
    The value itself interpolates between the two nearest ones (Hyndman and Fan's type 7, as NumPy and pandas do).

    Source: H. A. David, H. N. Nagaraja (2003), Order Statistics, 3rd ed., §7.1.

    Examples
    --------
    >>> found = quantile(range(1, 101), 0.5)
    >>> found.value, found.interval.low, found.interval.high
    (50.5, 40.0, 61.0)
    """
    normal_quantile(level)
    if not 0 < share < 1:
        raise QuantileRefused(
            f"There is no quantile at {share}.", hint="Ask for a share between 0 and 1, such as 0.9."
        )
    ordered = np.sort(np.asarray(values, np.float64))
    n = len(ordered)
    if not n:
        return None
    if np.isnan(ordered[-1]):
        raise QuantileRefused("Some values are missing.", hint="Leave them out.")
    low, high = _ranks(n, share, level)
    return Estimate(
        float(np.quantile(ordered, share)),
        Interval(
            float(ordered[low - 1]) if low else -math.inf,
            float(ordered[high - 1]) if high <= n else math.inf,
            level,
        ),
        n,
    )


def _ranks(n: int, share: float, level: float) -> tuple[int, int]:
    """Return the ranks, from 1, of both ends: 0 and n + 1 where there is no such value."""
    from scipy.special import bdtr  # noqa: PLC0415 - scipy only where it is needed

    tail = (1 - level) / 2
    counts = np.arange(n + 1)
    below = bdtr(counts, n, share)  # the chance that at most so many lie below
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1 - tail, side="left")) + 1
    return low, high
