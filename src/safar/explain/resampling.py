"""Resampling: least squares on many bootstrap samples at once, by their sums of products."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .columns import Floats

#: Numbers drawn at once.
_TOGETHER = 1 << 23


def products(
    columns: Floats, count: int, rng: np.random.Generator, *, customers: NDArray[np.int64] | None = None
) -> Floats:
    """Return the sums of products of columns in bootstrap samples: shape (count, columns, columns).

    Parameters
    ----------
    columns
        Shape (rows, columns); a column of ones where means are wanted.
    count
        How many samples of rows, with replacement.
    rng
        What draws them.
    customers
        Whose each row is, from 0: all rows of a customer are drawn together.
    """
    d = columns.shape[1]
    upper = np.triu_indices(d)
    of_rows = columns[:, upper[0]] * columns[:, upper[1]]
    if customers is not None:
        groups = int(customers.max()) + 1
        of_rows = np.column_stack([np.bincount(customers, each, groups) for each in of_rows.T])
    found = np.empty((count, d, d))
    at = 0
    for drawn in draws(len(of_rows), count, rng):
        sums = drawn @ of_rows
        found[at : at + len(drawn), upper[0], upper[1]] = sums
        found[at : at + len(drawn), upper[1], upper[0]] = sums
        at += len(drawn)
    return found


def draws(n: int, count: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield how often each of ``n`` is drawn in each sample, some samples at a time: shape (samples, n)."""
    step = max(1, _TOGETHER // n)
    for at in range(0, count, step):
        yield rng.multinomial(n, np.full(n, 1 / n), size=min(step, count - at)).astype(np.float64)


def least_squares(found: Floats, outcome: int, on: list[int]) -> Floats:
    """Return the coefficients of one column on others in each sample, from sums of products: shape (…, len(on)).

    Columns that repeat others in a sample share their coefficient.
    """
    within = found[..., np.ix_(on, on)[0], np.ix_(on, on)[1]]
    return np.asarray((np.linalg.pinv(within, hermitian=True) @ found[..., on, outcome][..., None])[..., 0])
