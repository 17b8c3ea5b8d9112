"""CUPED: what customers did before the experiment takes noise out of what they do in it.

Much of the spread of spending is that some customers always spend more. What each spent before is known, has nothing to
do with the assignment, and can be subtracted: the effect stays what it is, its interval gets narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .measured import Floats, Measured, checked_values
from .refusals import ColumnsDoNotFit


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A metric with what was known before taken out.

    Attributes
    ----------
    arms
        The metric of each arm, in the order given; its value is what the arm would have with everybody's past.
    theta
        How much of each thing known before is taken off, in units of the metric for one of its units.
    variance_ratio
        The variance that is left within arms, as a part of the original: :math:`1 - \\rho^2`.
    """

    arms: tuple[Measured, ...]
    theta: tuple[float, ...]
    variance_ratio: float


def cuped(values: Sequence[ArrayLike], before: Sequence[ArrayLike]) -> Adjusted:
    """Return a metric of several arms, less what the time before explains.

    .. math:: Y' = Y - \\theta (X - \\bar X), \\quad \\theta = \\frac{\\mathrm{cov}(Y, X)}{\\mathrm{var}(X)}

    with covariance and variance within arms, over all of them, so that an effect does not count as something the past
    explains. With several columns :math:`\\theta = \\Sigma_{xx}^{-1} \\Sigma_{xy}`.

    Parameters
    ----------
    values
        The metric, an array for each arm, one value a customer.
    before
        What was known of the same customers *before* the assignment, in the same order: shape (n,), or (n, columns).
        NaN where nothing is known (a new customer): nothing is taken off.

    Raises
    ------
    TooFewCustomers, ColumnsDoNotFit

    Assumes that ``before`` cannot have been moved by the experiment: something measured after the start biases the
    effect.

    Source: A. Deng, Y. Xu, R. Kohavi, T. Walker (2013), "Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data", WSDM.

    Examples
    --------
    >>> found = cuped([[3.0, 5.0, 7.0], [4.0, 6.0, 8.0]], [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    >>> round(found.theta[0], 9), round(found.variance_ratio, 9), [arm.value for arm in found.arms]
    (2.0, 0.0, [5.0, 6.0])
    """
    outcomes = [checked_values(each) for each in values]
    covariates = [_columns(each) for each in before]
    if [len(each) for each in outcomes] != [len(each) for each in covariates]:
        raise ColumnsDoNotFit(
            "Values and what was known before are not of the same customers.",
            hint="Give one row a customer in both, arm by arm.",
        )
    known = _with_nothing_known(covariates)
    within = np.vstack([each - each.mean(axis=0) for each in known])
    residual = np.concatenate([each - each.mean() for each in outcomes])
    theta = np.linalg.lstsq(within, residual, rcond=None)[0]
    middle = np.vstack(known).mean(axis=0)
    arms = []
    for outcome, rows in zip(outcomes, known, strict=True):
        adjusted = outcome - (rows - middle) @ theta
        arms.append(Measured(len(adjusted), float(adjusted.mean()), float(adjusted.var(ddof=1))))
    total = float(residual @ residual)
    left = float(np.sum((residual - within @ theta) ** 2))
    return Adjusted(tuple(arms), tuple(map(float, theta)), left / total if total else 1.0)


def _columns(before: ArrayLike) -> Floats:
    found = np.asarray(before, np.float64)
    return found[:, None] if found.ndim == 1 else found


def _with_nothing_known(covariates: Sequence[Floats]) -> list[Floats]:
    """Return what was known, with the mean of everybody where nothing was: it moves nothing."""
    everybody = np.vstack(list(covariates))
    if np.isinf(everybody).any():
        raise ColumnsDoNotFit("What was known before is not finite.", hint="Leave it empty (NaN) instead.")
    is_known = ~np.isnan(everybody)
    counts = np.maximum(is_known.sum(axis=0), 1)
    middle = np.where(is_known, everybody, 0.0).sum(axis=0) / counts
    return [np.where(np.isnan(each), middle, each) for each in covariates]
