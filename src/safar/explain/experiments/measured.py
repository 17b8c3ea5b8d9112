"""Measured: what one metric of one arm comes to, whatever its kind: a mean, a share, a ratio of two sums.

An experiment needs three numbers of each arm: how many customers, the value, and the variance that one customer brings
to it. With those, effects, sequences, bounds and plans are the same arithmetic for every kind of metric.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, student_quantile, wilson_of_share

from .refusals import ColumnsDoNotFit, TooFewCustomers

Floats = NDArray[np.float64]
Kind = Literal["mean", "share", "ratio"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of one arm.

    Attributes
    ----------
    n
        Customers.
    value
        The mean, the share 0…1, or the ratio, in the metric's unit.
    variance
        Of one customer's part: the value's variance is ``variance / n``.
    kind
        ``mean``, ``share`` or ``ratio``.
    """

    n: int
    value: float
    variance: float
    kind: Kind = "mean"

    @property
    def standard_error(self) -> float:
        """The standard deviation of the value."""
        return math.sqrt(self.variance / self.n)

    def estimate(self, level: float = DEFAULT_LEVEL) -> Estimate:
        """Return the value with its interval: Wilson's for shares, Student's otherwise."""
        if self.kind == "share":
            return Estimate(self.value, wilson_of_share(self.value, self.n, level=level), self.n)
        half = student_quantile(level, self.n - 1) * self.standard_error
        return Estimate(self.value, Interval(self.value - half, self.value + half, level), self.n)


def mean_of(values: ArrayLike) -> Measured:
    """Return the mean of values, one a customer, with the sample variance.

    Raises
    ------
    TooFewCustomers, ColumnsDoNotFit
    """
    found = checked_values(values)
    return Measured(len(found), float(found.mean()), float(found.var(ddof=1)))


def mean_of_sums(n: int, total: float, squares: float) -> Measured:
    """Return a mean from how many there are, their sum and the sum of their squares.

    Examples
    --------
    >>> mean_of_sums(3, 6.0, 14.0)
    Measured(n=3, value=2.0, variance=1.0, kind='mean')
    """
    if n < 2:
        raise _too_few(n)
    average = total / n
    return Measured(n, average, max(0.0, (squares - n * average * average) / (n - 1)))


def share_of(successes: int, n: int) -> Measured:
    """Return the share of customers who did something.

    Examples
    --------
    >>> share_of(30, 120).variance
    0.1875
    """
    if n < 2:
        raise _too_few(n)
    if not 0 <= successes <= n:
        raise ColumnsDoNotFit(
            f"{successes} of {n} customers is impossible.", hint="Those who did are among all."
        )
    p = successes / n
    return Measured(n, p, p * (1 - p), "share")


def ratio_of(numerators: ArrayLike, denominators: ArrayLike) -> Measured:
    """Return the ratio of two sums over customers, such as revenue by order, with the variance of the delta method.

    With :math:`R = \\sum y_i / \\sum x_i`, one customer brings the variance :math:`(s_y^2 - 2 R s_{xy} + R^2 s_x^2) /
    \\bar x^2`. Customers are what was assigned by chance; orders of one customer are not independent, so that the
    plain mean over orders would pass for surer than it is.

    Parameters
    ----------
    numerators, denominators
        One a customer; the denominators do not sum to 0.

    Raises
    ------
    TooFewCustomers, ColumnsDoNotFit

    Source: A. Deng, U. Knoblich, J. Lu (2018), "Applying the delta method in metric analytics", KDD.

    Examples
    --------
    >>> ratio_of([10.0, 30.0, 20.0], [1, 2, 1]).value
    15.0
    """
    y, x = checked_values(numerators), checked_values(denominators)
    if len(x) != len(y):
        raise ColumnsDoNotFit(f"There are {len(y)} numerators and {len(x)} denominators.", hint="One each.")
    if not x.sum():
        raise ColumnsDoNotFit(
            "The denominators sum to 0: there is no ratio.", hint="Take the mean by customer instead."
        )
    ratio = float(y.sum() / x.sum())
    residual = y - ratio * x
    return Measured(len(y), ratio, float(residual.var(ddof=1) / x.mean() ** 2), "ratio")


def measured(values: ArrayLike, denominators: ArrayLike | None = None) -> Measured:
    """Return a metric by what its values are: a ratio with denominators, a share of zeros and ones, else a mean."""
    if denominators is not None:
        return ratio_of(values, denominators)
    found = checked_values(values)
    if is_yes_or_no(found):
        return share_of(int(found.sum()), len(found))
    return mean_of(found)


def is_yes_or_no(values: Floats) -> bool:
    """Return whether all values are 0 or 1."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def checked_values(values: ArrayLike) -> Floats:
    """Return values as ``float64`` of shape (n,), n >= 2, all finite.

    Raises
    ------
    TooFewCustomers, ColumnsDoNotFit
    """
    try:
        found: NDArray[Any] = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ColumnsDoNotFit(
            f"The values are no numbers: {error}.", hint="Give a number a customer."
        ) from None
    if found.ndim != 1:
        raise ColumnsDoNotFit(f"The values have the shape {found.shape}.", hint="Give one a customer.")
    if len(found) < 2:
        raise _too_few(len(found))
    bad = np.flatnonzero(~np.isfinite(found))
    if len(bad):
        raise ColumnsDoNotFit(
            f"{len(bad)} values are not finite, first in the rows {bad[:5].tolist()}.",
            hint="Leave customers without a value out, or say what nothing counts as.",
            rows=[int(row) for row in bad[:5]],
        )
    return found


def _too_few(n: int) -> TooFewCustomers:
    return TooFewCustomers(
        f"There are {n} customers; a spread needs 2.", hint="Wait for more, or put arms together.", n=n
    )
