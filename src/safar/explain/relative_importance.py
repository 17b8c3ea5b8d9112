"""Relative importance: how much of an outcome's variance belongs to each of several drivers that go together.

Drivers are correlated: whoever was served well also finds the price fair. The shares here add up to the explained
variance exactly and are never negative, whatever the correlations. All functions take covariance
matrices, many at once.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from .columns import ColumnsRefused, Floats

#: Which shares: averages over all orders (Shapley values), or Johnson's approximation of them.
Method = Literal["lmg", "relative_weights"]

#: With more drivers the orders are too many: two to that power models are compared.
MOST_FOR_LMG: Final = 15

#: Models looked at together; some 100 MB of matrices.
_TOGETHER: Final = 1 << 20
#: A driver whose variance beyond the others is less than this share of its own adds nothing.
_NOTHING_LEFT: Final = 1e-10


def lmg(covariance: ArrayLike) -> Floats:
    """Return the variance that each driver adds, averaged over all orders in which drivers can be added.

    .. math:: \\phi_j = \\frac1p \\sum_{S \\not\\ni j} \\binom{p-1}{|S|}^{-1} \\left( R^2(S \\cup j) - R^2(S) \\right)

    Parameters
    ----------
    covariance
        Of the drivers and, last, the outcome: shape (…, p + 1, p + 1). Correlations give the same.

    Returns
    -------
    ndarray of float64, shape (…, p)
        Shares of the outcome's variance; they add up to :math:`R^2`.

    Raises
    ------
    ColumnsRefused
        There are more than `MOST_FOR_LMG` drivers.

    Notes
    -----
    Models are never fitted one by one. Sweeping a driver out of the matrix of all models that lack it gives all that
    have it, so :math:`2^p` models cost :math:`p` matrix operations.

    Source: R. Lindeman, P. Merenda, R. Gold (1980); U. Grömping (2006), Journal of Statistical Software 17(1), whose
    numbers for ``swiss`` (R package relaimpo) it gives. It is the Shapley value of :math:`R^2` and equals general
    dominance (D. Budescu 1993, Psychological Bulletin 114).

    Examples
    --------
    >>> [round(share, 3) for share in lmg([[1, 0.5, 0.6], [0.5, 1, 0.5], [0.6, 0.5, 1]]).tolist()]
    [0.262, 0.152]
    """
    matrix = _checked(covariance)
    p = matrix.shape[-1] - 1
    if p > MOST_FOR_LMG:
        raise ColumnsRefused(
            f"{p} drivers have too many orders to average over; at most {MOST_FOR_LMG} can be.",
            hint="Use relative weights, or fewer drivers.",
        )
    flat = matrix.reshape(-1, p + 1, p + 1)
    step = max(1, _TOGETHER >> p)
    weights = _weights(p)
    parts: list[Floats] = [
        explained_by_subsets(flat[at : at + step]) @ weights for at in range(0, len(flat), step)
    ]
    return np.asarray(np.concatenate(parts).reshape(*matrix.shape[:-2], p))


def explained_by_subsets(covariance: Floats) -> Floats:
    """Return :math:`R^2` of every set of drivers: shape (matrices, 2ᵖ); driver j is in the sets whose bit j is 1."""
    left = covariance[:, None]
    whole = covariance[:, -1:, -1]
    scale = np.diagonal(covariance, axis1=1, axis2=2)
    for j in range(covariance.shape[-1] - 1):
        pivot, column, rest = left[..., 0, 0], left[..., 1:, 0], left[..., 1:, 1:]
        there = pivot > _NOTHING_LEFT * scale[:, None, j]
        by = np.where(there, 1 / np.where(there, pivot, 1.0), 0.0)
        swept = rest - column[..., :, None] * column[..., None, :] * by[..., None, None]
        left = np.concatenate([rest, swept], axis=1)
    return np.asarray(1 - left[..., 0, 0] / whole)


@lru_cache(maxsize=MOST_FOR_LMG)
def _weights(p: int) -> Floats:
    """Return what each model's explained variance counts for each driver: shape (2ᵖ, p)."""
    sets = np.arange(1 << p)
    inside = (sets[:, None] >> np.arange(p)) & 1 == 1
    size = inside.sum(axis=1)
    # of the p! orders, those that have just this set before, or up to, the driver
    by_size = [math.factorial(k) * math.factorial(p - 1 - k) / math.factorial(p) for k in range(p)]
    added = np.array([0.0, *by_size])[size]
    missed = np.array([*by_size, 0.0])[size]
    return np.asarray(np.where(inside, added[:, None], -missed[:, None]))


def relative_weights(covariance: ArrayLike) -> Floats:
    """Return Johnson's relative weights: the variance that each driver shares through its nearest orthogonal twin.

    With the drivers' correlations :math:`R = V \\Lambda V'`, :math:`\\Lambda^{1/2} = V \\sqrt{\\Lambda} V'` and
    :math:`\\beta = \\Lambda^{-1/2} r_y`, the weight is :math:`\\varepsilon_j = \\sum_k (\\Lambda^{1/2})_{jk}^2
    \\beta_k^2`.

    Parameters, Returns
        As of `lmg`, for any number of drivers. It is close to `lmg` and costs nothing; a gap of two percentage points
        of :math:`R^2` in one driver has been seen.

    Source: J. Johnson (2000), Multivariate Behavioral Research 35; the same as A. Genizi (1993), Statistica Sinica 3.
    Gives the numbers of the R packages rwa and iopsych.

    Examples
    --------
    >>> [round(share, 3) for share in relative_weights([[1, 0.5, 0.6], [0.5, 1, 0.5], [0.6, 0.5, 1]]).tolist()]
    [0.262, 0.152]
    """
    within, with_outcome = _correlations(_checked(covariance))
    values, vectors = np.linalg.eigh(within)
    values = np.maximum(values, 0.0)
    there = values > _NOTHING_LEFT * values[..., -1:]
    half = (vectors * np.sqrt(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    inverse = np.where(there, 1 / np.sqrt(np.where(there, values, 1.0)), 0.0)
    beta = (vectors * inverse[..., None, :]) @ np.swapaxes(vectors, -1, -2) @ with_outcome[..., None]
    return np.asarray((half**2 @ beta**2)[..., 0])


def alone(covariance: ArrayLike) -> Floats:
    """Return :math:`R^2` of each driver by itself ("first"), shape (…, p)."""
    return _correlations(_checked(covariance))[1] ** 2


def beyond(covariance: ArrayLike) -> Floats:
    """Return what each driver adds beyond all others ("last"), shape (…, p)."""
    within, with_outcome = _correlations(_checked(covariance))
    inverse = np.linalg.pinv(within, hermitian=True)
    slopes = (inverse @ with_outcome[..., None])[..., 0]
    return np.asarray(slopes**2 / np.diagonal(inverse, axis1=-2, axis2=-1))


def slopes(covariance: ArrayLike) -> Floats:
    """Return the standardised slope of each driver with all others held, shape (…, p)."""
    within, with_outcome = _correlations(_checked(covariance))
    return np.asarray((np.linalg.pinv(within, hermitian=True) @ with_outcome[..., None])[..., 0])


def _checked(covariance: ArrayLike) -> Floats:
    matrix = np.asarray(covariance, np.float64)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or matrix.shape[-1] < 2:
        raise ColumnsRefused(
            f"A covariance matrix of shape {matrix.shape} holds no driver and outcome.",
            hint="Give a square matrix of the drivers and, last, the outcome.",
        )
    if not bool((np.diagonal(matrix, axis1=-2, axis2=-1) > 0).all()):
        raise ColumnsRefused("Something in the matrix never varies.", hint="Leave it out.")
    return matrix


def _correlations(matrix: Floats) -> tuple[Floats, Floats]:
    spread = np.sqrt(np.diagonal(matrix, axis1=-2, axis2=-1))
    found = matrix / spread[..., :, None] / spread[..., None, :]
    return found[..., :-1, :-1], found[..., :-1, -1]
