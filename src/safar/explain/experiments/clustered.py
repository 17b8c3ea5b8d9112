"""Least squares whose errors belong to customers: what one customer does on many days is not many observations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .measured import Floats
from .refusals import ColumnsDoNotFit, TooFewCustomers


@dataclass(frozen=True, slots=True)
class Fitted:
    """Coefficients with their covariance.

    Attributes
    ----------
    coefficients, covariance
        Shape (columns,) and (columns, columns).
    clusters
        How many.
    """

    coefficients: Floats
    covariance: Floats
    clusters: int


def clustered_least_squares(design: Floats, outcome: Floats, clusters: ArrayLike) -> Fitted:
    """Fit by least squares, with the sandwich covariance over clusters.

    With :math:`u_g = X_g' e_g`, the covariance is :math:`\\frac{G}{G-1} \\frac{N-1}{N-K} (X'X)^{-1} (\\sum_g u_g u_g')
    (X'X)^{-1}` (CR1, as Stata and statsmodels have it).

    Parameters
    ----------
    design, outcome
        Shapes (rows, columns) and (rows,); the columns are not collinear.
    clusters
        Whose row, any hashable values.

    Raises
    ------
    ColumnsDoNotFit, TooFewCustomers

    Source: A. C. Cameron, D. L. Miller (2015), "A practitioner's guide to cluster-robust inference", JHR 50.
    """
    rows, columns = design.shape
    whose = np.unique(np.asarray(clusters), return_inverse=True)[1]
    count = int(whose.max()) + 1 if len(whose) else 0
    if len(whose) != rows or len(outcome) != rows:
        raise ColumnsDoNotFit("Outcome, time and customers differ in length.", hint="Give one row each.")
    if count < 2 or rows <= columns:
        raise TooFewCustomers(
            f"{rows} rows of {count} customers cannot tell {columns} numbers.", hint="Wait for more."
        )
    if np.linalg.matrix_rank(design) < columns:
        raise ColumnsDoNotFit(
            "Some group or time has no rows: the comparison cannot be made.",
            hint="Both groups need rows before and after.",
        )
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ outcome)
    residual = outcome - design @ coefficients
    sums = summed(design * residual[:, None], whose, count)
    factor = count / (count - 1) * (rows - 1) / (rows - columns)
    return Fitted(coefficients, factor * inverse @ (sums.T @ sums) @ inverse, count)


def summed(rows: Floats, places: NDArray[np.int64], count: int) -> Floats:
    """Return the sums of rows by place, shape (count, columns)."""
    found = np.zeros((count, rows.shape[1]))
    np.add.at(found, places, rows)
    return found
