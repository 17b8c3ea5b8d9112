"""How sure: intervals around shares, means and differences, defined once.

Every estimate on a page carries an interval and the count behind it. The formulas are the ones with the
coverage they promise in small samples: Wilson for a share, Student for a mean (with half an answer added at
either end of a scale while answers are few), and the MOVER rule for a difference of two estimates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Final

from .errors import Refusal
from .incomplete_beta import incomplete_beta

#: The level used wherever nobody asks for another.
DEFAULT_LEVEL: Final = 0.95

#: Observations in either sample below which a difference gets no verdict: intervals of so few hold, but a reader who
#: looks at many numbers would be told of a change too often.
FEWEST_FOR_VERDICT: Final = 10

#: Answers apart from the commonest one from which Student's interval of a mean holds its level as it is.
_ENOUGH_SPREAD: Final = 30
#: Answers added at each end of the scale below that.
_ADDED_AT_EACH_END: Final = 0.5


class ImpossibleSample(Refusal, ValueError):
    """The counts cannot come from a sample: negative, or more successes than tries."""

    code = "interval.impossible_sample"


class ImpossibleLevel(Refusal, ValueError):
    """A confidence level outside the open range 0…1."""

    code = "interval.impossible_level"


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that covers the true value in a share ``level`` of repeated samples.

    Attributes
    ----------
    low, high
        The ends, in the unit of the estimate.
    level
        0.95 for a 95 % interval.
    """

    low: float
    high: float
    level: float = DEFAULT_LEVEL

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def scaled(self, factor: float) -> Interval:
        """Return the interval in another unit, ``factor`` of the new unit in one of the old. ``factor`` >
        0."""
        return Interval(self.low * factor, self.high * factor, self.level)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number from a sample: the value, how sure it is, and from how many.

    Attributes
    ----------
    value
        The estimate, in the unit its owner states.
    interval
        How sure.
    n
        The count of observations behind it.
    """

    value: float
    interval: Interval
    n: int


@lru_cache(maxsize=64)
def normal_quantile(level: float) -> float:
    """Return z such that a standard normal lies within ±z with probability ``level``: 1.95996 for 0.95.

    Raises
    ------
    ImpossibleLevel
        ``level`` is not strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise ImpossibleLevel(
            f"A confidence level of {level!r} was asked for; it must lie between 0 and 1.",
            hint="0.95 is usual.",
            level=level,
        )
    if 0.5 + level / 2 == 1:  # as near to 1 as numbers come: the tail still tells them apart
        return -NormalDist().inv_cdf((1 - level) / 2)
    return NormalDist().inv_cdf(0.5 + level / 2)


@lru_cache(maxsize=4096)
def student_quantile(level: float, degrees: float) -> float:
    """Return t such that Student's t with ``degrees`` of freedom lies within ±t with probability ``level``.

    Parameters
    ----------
    level
        Probability between 0 and 1.
    degrees
        Degrees of freedom, at least 1; need not be whole (Welch).

    Notes
    -----
    Newton's method on the exact distribution, which is a regularised incomplete beta function (Abramowitz
    & Stegun 26.7.1) by its continued fraction (26.5.8, modified Lentz). Agrees with published tables to
    all their digits.

    Examples
    --------
    >>> round(student_quantile(0.95, 10), 6)
    2.228139
    """
    z = normal_quantile(level)
    # Cornish-Fisher start (A&S 26.7.5), exact enough alone from some thousand degrees on.
    quantile = z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
    if degrees > 1e5:
        return quantile
    log_scale = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - 0.5 * math.log(degrees * math.pi)
    low, high = 0.0, math.inf
    for _ in range(200):
        excess = 1 - student_p_value(quantile, degrees) - level
        if excess < 0:
            low = quantile
        else:
            high = quantile
        density = 2 * math.exp(log_scale - (degrees + 1) / 2 * math.log1p(quantile**2 / degrees))
        following = quantile - excess / density
        if not low < following < high:  # Newton left the bracket: fall back to halving or doubling
            following = (low + high) / 2 if math.isfinite(high) else 2 * max(quantile, 1.0)
        if abs(following - quantile) <= 1e-12 * quantile:
            return following
        quantile = following
    return quantile


def student_p_value(t: float, degrees: float) -> float:
    """Return the chance of a Student's t with ``degrees`` of freedom at least as far from 0, on either side.

    Exact far out too: it is the incomplete beta function :math:`I_x(\\nu/2, 1/2)` with :math:`x = \\nu/(\\nu + t^2)`
    (Abramowitz & Stegun 26.7.1).

    Examples
    --------
    >>> round(student_p_value(2.228139, 10), 6)
    0.05
    """
    return incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) if t else 1.0


def wilson(successes: int, n: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return Wilson's score interval of a share, each end between 0 and 1.

    .. math:: \\frac{p + z^2/2n \\pm z \\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    successes, n
        Counts, ``0 <= successes <= n``. With ``n == 0`` nothing is known: the interval is 0…1.
    level
        Confidence level.

    Raises
    ------
    ImpossibleSample
        The counts contradict each other.

    Source: E. B. Wilson (1927), JASA 22; checked against R. G. Newcombe (1998), Statistics in Medicine 17,
    table I.

    Examples
    --------
    >>> interval = wilson(81, 263)
    >>> round(interval.low, 6), round(interval.high, 6)
    (0.255289, 0.36621)
    """
    _check_counts(successes, n)
    if n == 0:
        return Interval(0.0, 1.0, level)
    return wilson_of_share(successes / n, n, level=level)


def wilson_of_share(share: float, n: float, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return Wilson's interval of a share of ``n`` tries, which need not be whole: weighted answers tell as much as
    fewer plain ones."""
    z = normal_quantile(level)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # Rounding must not push the end past the bound, nor past the share itself at 0 and 1.
    low = 0.0 if share == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if share == 1 else min(1.0, (centre + half) / scale)
    return Interval(low, high, level)


def share(successes: int, n: int, *, level: float = DEFAULT_LEVEL) -> Estimate | None:
    """Return a share with its Wilson interval, or None when ``n`` is 0: no tries, no share."""
    _check_counts(successes, n)
    return Estimate(successes / n, wilson_of_share(successes / n, n, level=level), n) if n else None


def share_by_variance(
    value: float, variance: float, n: int, *, degrees: float, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return a share whose variance was found otherwise (clustered, weighted, modelled) with Wilson's interval.

    The variance amounts to a sample of :math:`p(1-p)/v` independent tries; it shrinks by :math:`(z/t)^2` for the
    degrees of freedom the variance has itself.

    Parameters
    ----------
    value
        0…1.
    variance
        Of the share; 0 where it is not known.
    n
        Customers behind it. Where the variance is not known, and below 30 of them, the sample is taken
        for no larger than this.
    degrees
        Of freedom of the variance.
    level
        Confidence level.

    Source: E. L. Korn, B. I. Graubard (1998), Survey Methodology 24, with Wilson's interval in place of the exact one.

    Examples
    --------
    >>> found = share_by_variance(0.5, 0.5 * 0.5 / 100, 80, degrees=1e9).interval
    >>> (round(found.low, 4), round(found.high, 4)) == tuple(round(each, 4) for each in (wilson(50, 100).low, 0.5962))
    True
    """
    size = float(n)
    if variance > 0 and 0 < value < 1:
        shrunk = (normal_quantile(level) / student_quantile(level, degrees)) ** 2
        found = value * (1 - value) / variance * shrunk
        size = found if n >= _ENOUGH_SPREAD else min(found, size)
    return Estimate(
        value, wilson_of_share(value, size, level=level) if size else Interval(0.0, 1.0, level), n
    )


def mean(total: float, total_of_squares: float, n: int, *, level: float = DEFAULT_LEVEL) -> Estimate | None:
    """Return a mean with Student's interval from sums, or None below two observations.

    Parameters
    ----------
    total, total_of_squares
        Sum of the observations and of their squares.
    n
        How many there are.
    level
        Confidence level.

    Source: Student (1908). Assumes independent observations and a mean that is roughly normal (any scale
    of a few points is, from some ten answers on).
    """
    if n < 0:
        raise ImpossibleSample(f"A sample of {n} observations does not exist.", n=n)
    if n < 2:
        return None
    average = total / n
    variance = max(0.0, (total_of_squares - n * average * average) / (n - 1))
    half = student_quantile(level, n - 1) * math.sqrt(variance / n)
    return Estimate(average, Interval(average - half, average + half, level), n)


def mean_on_scale(
    counts: Mapping[int, int], lowest: int, highest: int, *, level: float = DEFAULT_LEVEL
) -> Estimate | None:
    """Return the mean of answers on a scale of points, with an interval inside the scale; None below two answers.

    Student's interval takes equal answers for certainty and reaches beyond the scale where there are few. While fewer
    than 30 answers differ from the commonest one, the interval is Student's of the answers and half an answer more at
    either end of the scale, as Agresti and Coull add to a share; from there on it is Student's alone. Either is cut to
    the scale, and always holds the mean, which is that of the answers themselves.

    Parameters
    ----------
    counts
        Point of the scale → how many chose it.
    lowest, highest
        Ends of the scale.
    level
        Confidence level.

    Raises
    ------
    ImpossibleSample
        A count is negative, or a point is not on the scale.

    Source: A. Agresti, B. A. Coull (1998), The American Statistician 52(2), the idea of added answers, with Student's
    quantile; Safar's choice for means. Simulated coverage on a scale of 1-7, answers skewed or of two kinds, 2 to 100
    of them: 92 % or more (see ``tests/vocabulary/test_interval.py``).

    Examples
    --------
    >>> found = mean_on_scale({7: 2}, 1, 7)
    >>> found.value, found.interval.low, found.interval.high
    (7.0, 1.0, 7.0)
    """
    if any(count < 0 or not lowest <= point <= highest for point, count in counts.items()):
        raise ImpossibleSample(
            f"Counts {dict(counts)} cannot come from a scale of {lowest} to {highest}.",
            hint="Counts are not negative, and every point lies on the scale.",
        )
    n = sum(counts.values())
    if n < 2:
        return None
    sums = [sum(point**power * count for point, count in counts.items()) for power in (1, 2)]
    plain = mean(sums[0], sums[1], n, level=level)
    if plain is None:
        return None
    low, high = plain.interval.low, plain.interval.high
    if n - max(counts.values()) < _ENOUGH_SPREAD:
        added = _ADDED_AT_EACH_END
        size = n + 2 * added
        centre = (sums[0] + added * (lowest + highest)) / size
        squares = sums[1] + added * (lowest**2 + highest**2)
        variance = max(0.0, (squares - size * centre * centre) / (size - 1))
        half = student_quantile(level, size - 1) * math.sqrt(variance / size)
        # The centre leans towards the middle; the mean itself stays inside.
        low, high = min(centre - half, plain.value), max(centre + half, plain.value)
    return Estimate(plain.value, Interval(max(low, float(lowest)), min(high, float(highest)), level), n)


def is_clear(change: Estimate) -> bool:
    """Return whether a `difference` is more than chance: 0 is not in its interval, and neither sample is tiny.

    Examples
    --------
    >>> is_clear(difference(share(9, 9), share(0, 9))), is_clear(difference(share(10, 10), share(0, 10)))
    (False, True)
    """
    return change.n >= FEWEST_FOR_VERDICT and 0 not in change.interval


def p_value_of(change: Estimate) -> float:
    """Return the chance of a `difference` at least as far from 0 when there is none, on either side.

    It is judged by how far from 0 it lies in units of its interval on that side, so that it is below ``1 - level``
    exactly where the interval leaves 0 out.

    Examples
    --------
    >>> round(p_value_of(difference(share(56, 70), share(48, 80))), 4)
    0.0079
    """
    towards_zero = change.interval.low if change.value > 0 else change.interval.high
    half = abs(change.value - towards_zero)
    z = normal_quantile(change.interval.level) * change.value / half if half else 0.0
    return 2 * NormalDist().cdf(-abs(z))


def difference(now: Estimate, before: Estimate) -> Estimate:
    """Return ``now - before`` with an interval made from the two intervals; ``n`` is the smaller sample.

    The MOVER rule: with estimates :math:`a, b` and intervals :math:`(l_a, u_a), (l_b, u_b)`,

    .. math:: L = a - b - \\sqrt{(a-l_a)^2 + (u_b-b)^2}, \\quad U = a - b + \\sqrt{(u_a-a)^2 + (b-l_b)^2}

    For two shares with Wilson intervals this is Newcombe's method 10. Assumes two independent samples.

    Source: G. Y. Zou, A. Donner (2008), Statistics in Medicine 27; R. G. Newcombe (1998), Statistics in
    Medicine 17.

    Examples
    --------
    >>> change = difference(share(56, 70), share(48, 80))
    >>> round(change.value, 4), round(change.interval.low, 4), round(change.interval.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if now.interval.level != before.interval.level:
        raise ImpossibleLevel(
            f"A {now.interval.level} interval and a {before.interval.level} interval cannot be compared.",
            hint="Compute both at one level.",
            levels=[now.interval.level, before.interval.level],
        )
    value = now.value - before.value
    low = value - math.hypot(now.value - now.interval.low, before.interval.high - before.value)
    high = value + math.hypot(now.interval.high - now.value, before.value - before.interval.low)
    return Estimate(value, Interval(low, high, now.interval.level), min(now.n, before.n))


def _check_counts(successes: int, n: int) -> None:
    if not 0 <= successes <= n:
        raise ImpossibleSample(
            f"{successes} successes in {n} tries is impossible.",
            hint="Successes are counted among the tries.",
            successes=successes,
            n=n,
        )
