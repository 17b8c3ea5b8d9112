"""How sure: counts, sums and means of things that come by customer.

Orders of one customer go together, so many of few customers tell less than as many of many. The formulas are those of
`safar.vocabulary.interval` with the variance taken over customers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from .interval import (
    DEFAULT_LEVEL,
    Estimate,
    ImpossibleSample,
    Interval,
    normal_quantile,
    student_quantile,
    wilson_of_share,
)


@dataclass(frozen=True, slots=True)
class Clustered:
    """A count of things that come by customer.

    Attributes
    ----------
    total
        Sum over customers of how many each has.
    squares
        Sum of the squares of the same.
    """

    total: int
    squares: int


def rate_of_count(count: int, *, clustering: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return a count as an estimate of what such a stretch of time brings, with the score interval of a Poisson count.

    .. math:: D \\left( \\frac{c}{D} + \\frac{z^2}{2} \\pm z \\sqrt{\\frac{c}{D} + \\frac{z^2}{4}} \\right)

    Parameters
    ----------
    count
        Things that happened.
    clustering
        The design effect :math:`D` where they come in clusters: sum of squares by customer over the sum; 1 for
        independent things.
    level
        Confidence level.

    Source: L. Barker (2002), The American Statistician 56, "A comparison of nine confidence intervals for a Poisson
    parameter when the expected number of events is ≤ 5", the score interval.

    Examples
    --------
    >>> found = rate_of_count(10).interval
    >>> round(found.low, 3), round(found.high, 3)
    (5.432, 18.409)
    """
    if count < 0 or clustering <= 0:
        raise ImpossibleSample(
            f"A count of {count} with a clustering of {clustering} is impossible.",
            hint="Counts are not negative; clustering is above 0.",
            count=count,
        )
    return rates_of_counts([count], clustering=clustering, level=level)[0]


def rates_of_counts(
    counts: Sequence[int], *, clustering: float = 1.0, level: float = DEFAULT_LEVEL
) -> list[Estimate]:
    """Return each of some counts, none of them negative, as an estimate: see `rate_of_count`."""
    z = normal_quantile(level)
    sizes = np.asarray(counts, np.float64) / clustering
    centres, halves = sizes + z * z / 2, z * np.sqrt(sizes + z * z / 4)
    lows = np.where(sizes > 0, np.maximum(centres - halves, 0.0), 0.0) * clustering
    highs = (centres + halves) * clustering
    intervals = map(Interval, lows.tolist(), highs.tolist(), repeat(level))
    return list(map(Estimate, counts, intervals, counts))


def mean_by_customer(
    total: float,
    n: int,
    customers: int,
    *,
    squares: float,
    products: float,
    n_squares: float,
    level: float = DEFAULT_LEVEL,
) -> Estimate | None:
    """Return a mean of values that come by customer, with Student's interval; None below two customers.

    By linearisation the variance of :math:`\\bar y = \\sum y_i / \\sum n_i` over :math:`C` customers is
    :math:`\\frac{C}{C-1} \\sum (y_i - \\bar y n_i)^2 / (\\sum n_i)^2`. With one value a customer it is Student's.

    Parameters
    ----------
    total, n
        Sum of all values, and how many there are.
    customers
        Who have them.
    squares, products, n_squares
        Sums over customers: of the square of a customer's sum; of that sum times how many; of the square of how many.
    level
        Confidence level.

    Source: W. G. Cochran (1977), Sampling Techniques, 3rd ed., §6.3, the ratio estimator.
    """
    if customers < 2:
        return None
    average = total / n
    spread = max(0.0, squares - 2 * average * products + average * average * n_squares)
    half = student_quantile(level, customers - 1) * math.sqrt(customers / (customers - 1) * spread) / n
    return Estimate(average, Interval(average - half, average + half, level), n)


def sum_by_customer(
    total: float, customers: int, *, squares: float, level: float = DEFAULT_LEVEL
) -> Estimate | None:
    """Return a sum as an estimate of what such a stretch of time brings; None without customers.

    Customers come as a Poisson process, each with a sum of his own: the variance is the sum of squares (compound
    Poisson), with Student's quantile. A few large customers make it wide, and rightly.

    Parameters
    ----------
    total, squares
        Sum of all values; sum over customers of the square of a customer's sum.
    customers
        Who have values.
    level
        Confidence level.
    """
    if not customers:
        return None
    half = student_quantile(level, max(customers - 1, 1)) * math.sqrt(squares)
    return Estimate(total, Interval(total - half, total + half, level), customers)


def ratio_of_counts(
    now: int,
    before: int,
    *,
    exposure: float = 1.0,
    clustering: float = 1.0,
    level: float = DEFAULT_LEVEL,
) -> Estimate | None:
    """Return how many times as many ``now`` as ``before``, each per time, or None when there were none before.

    Given their sum, the first of two Poisson counts of equal rates is binomial with share ½. Wilson's interval
    :math:`l, u` of the share ``now / (now + before)`` gives that of the ratio: :math:`l/(1-l)` to :math:`u/(1-u)`.
    Where the things counted come in clusters, both counts are divided by the design effect first, as Rao and Scott do.
    An interval that holds 1 may be chance.

    Parameters
    ----------
    now, before
        Counts of things that happen.
    exposure
        How many times as long the time of ``now`` is as that of ``before``.
    clustering
        How many times the variance of counts of independent things; see `clustering_of`. 1 for first visits.
    level
        Confidence level.

    Raises
    ------
    ImpossibleSample
        A count is negative; exposure or clustering is not above 0.

    Source: J. Przyborowski, H. Wilenski (1940), Biometrika 31 (the conditional test); with Wilson's interval for the
    binomial share as R. G. Newcombe (2013), Confidence Intervals for Proportions, advises; J. N. K. Rao, A. J. Scott
    (1992), Biometrics 48 (clustered counts).

    Examples
    --------
    >>> change = ratio_of_counts(229, 247)
    >>> round(change.value, 3), round(change.interval.low, 3), round(change.interval.high, 3)
    (0.927, 0.775, 1.109)
    """
    if min(now, before) < 0 or min(exposure, clustering) <= 0:
        raise ImpossibleSample(
            f"Counts of {now} and {before}, exposure {exposure} and clustering {clustering} are impossible together.",
            hint="Counts are not negative; exposure and clustering are above 0.",
            count=before if before < 0 else now,
        )
    if not before:
        return None
    found = wilson_of_share(now / (now + before), (now + before) / clustering, level=level)
    low = found.low / (1 - found.low) / exposure
    high = math.inf if found.high == 1 else found.high / (1 - found.high) / exposure
    return Estimate(now / before / exposure, Interval(low, high, level), now + before)


def clustering_of(now: Clustered, before: Clustered, *, products: float = 0.0) -> float:
    """Return the design effect of comparing two counts that come by customer: 1 for independent things.

    By linearisation the variance of the logarithm of :math:`X/Y`, with :math:`X=\\sum x_i`, :math:`Y=\\sum y_i` over
    customers, is :math:`\\sum x^2/X^2 + \\sum y^2/Y^2 - 2\\sum xy/(XY)`; of independent things it is :math:`1/X + 1/Y`.
    The design effect is the first over the second. One customer more on each side keeps it from vanishing where the
    same few customers come again and again (for customers counted once it is then McNemar's comparison of those who
    came only now with those who came only before).

    Parameters
    ----------
    now, before
        The count and the sum of its squares by customer, in each window.
    products
        Sum over customers of the product of their two counts: for customers counted once, how many are in both.
    """
    if not now.total or not before.total:
        one = now if now.total else before
        return (one.squares + 1) / one.total if one.total else 1.0
    spread = now.squares * before.total / now.total + before.squares * now.total / before.total - 2 * products
    return (max(spread, 0.0) + 2) / (now.total + before.total)
