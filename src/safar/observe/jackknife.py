"""How sure a number is that many customers make together: leave out one group of customers after the other.

What a walk counts is kept apart for a hundred groups of customers, drawn by chance with a seed. Leaving out one group
at a time tells how the number would vary from sample to sample, whatever formula makes it, after one walk over the log.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.interval import Estimate, Interval, normal_quantile, share_by_variance, student_quantile

#: Groups of customers; Student's t with 99 degrees of freedom is close to the normal.
GROUPS: Final = 100
#: With fewer non-empty groups than this nothing is said about the spread.
FEWEST_GROUPS: Final = 10


def left_out(by_group: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return sums over all groups, first of everybody, then without each group that counted anything.

    Parameters
    ----------
    by_group
        Counts or sums of shape (groups, …).

    Returns
    -------
    ndarray
        ``float64`` of shape (1 + groups with counts, …).
    """
    counted = by_group.astype(np.float64)
    total = counted.sum(axis=0)
    there = counted.reshape(len(counted), -1).any(axis=1)
    return np.concatenate([total[None], total[None] - counted[there]])


def variance_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the variance of a number from its values for everybody and without each group.

    .. math:: \\frac{G-1}{G} \\sum_g (\\theta_{(g)} - \\theta)^2

    Parameters
    ----------
    values
        Of shape (1 + groups, …), as `left_out` orders them.

    Notes
    -----
    Source: P. S. Kott (2001), Journal of Official Statistics 17, the delete-a-group jackknife.
    """
    groups = max(len(values) - 1, 1)
    spread: NDArray[np.float64] = ((values[1:] - values[0]) ** 2).sum(axis=0) * (groups - 1) / groups
    return spread


def share_estimate(values: NDArray[np.float64], n: int, level: float) -> Estimate:
    """Return a share with its interval from its values for everybody and without each group.

    Wilson's interval with the sample size that the variance amounts to; where there are too few groups to tell, with
    the customers ``n``.
    """
    value, groups = (
        min(max(float(values[0]), 0.0), 1.0),
        len(values) - 1,
    )  # sums of floats may miss 1 by a hair
    variance = float(variance_of(values)) if groups >= FEWEST_GROUPS else 0.0
    return share_by_variance(value, variance, n, degrees=max(groups - 1, 1), level=level)


def mean_estimate(values: NDArray[np.float64], n: int, level: float) -> Estimate | None:
    """Return a number with Student's interval; None where there are too few groups to tell the spread."""
    normal_quantile(level)
    groups = len(values) - 1
    if groups < FEWEST_GROUPS:
        return None
    half = student_quantile(level, groups - 1) * float(np.sqrt(variance_of(values)))
    value = float(values[0])
    return Estimate(value, Interval(value - half, value + half, level), n)
