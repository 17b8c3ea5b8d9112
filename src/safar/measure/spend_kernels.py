"""Compiled loops of what a purchase brings."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@njit(
    [
        types.float64[::1](
            types.float64, types.float64, types.float64, types.int64[::1], types.float64[::1], types.float64[::1],
        )
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def spend_sums(  # noqa: PLR0917 - one loop, compiled, positions only
    p: float, q: float, gamma: float, frequency: Ints, total: Floats, weight: Floats
) -> Floats:
    """Return six sums over customers with ``y = gamma + total``.

    They are those of: ln y, x ln y, 1 / y, (p x + q) / y, (p x + q) / y², x / y.
    """
    found = np.zeros(6)
    for row in range(len(frequency)):
        x, w = frequency[row], weight[row]
        y = gamma + total[row]
        log, inverse = np.log(y), 1.0 / y
        shape = p * x + q
        found[0] += w * log
        found[1] += w * x * log
        found[2] += w * inverse
        found[3] += w * shape * inverse
        found[4] += w * shape * inverse * inverse
        found[5] += w * x * inverse
    return found


@njit(
    [
        types.float64[:, ::1](
            types.float64, types.float64, types.float64, types.int64[::1], types.float64[::1], types.float64[::1],
            types.float64[:, ::1],
        )
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def spend_scores(  # noqa: PLR0917 - one loop, compiled, positions only
    p: float, q: float, gamma: float, frequency: Ints, total: Floats, weight: Floats, by_frequency: Floats
) -> Floats:
    """Return the sum of the outer products of the scores in p, q, gamma.

    Parameters
    ----------
    by_frequency
        For each x: psi(p x + q) and psi(p x).
    """
    found = np.zeros((3, 3))
    score = np.empty(3)
    for row in range(len(frequency)):
        x = frequency[row]
        y = gamma + total[row]
        table = by_frequency[x]
        score[0] = x * (table[0] - table[1] + np.log(total[row] / y))
        score[1] = table[0] - table[2] + np.log(gamma / y)
        score[2] = q / gamma - (p * x + q) / y
        for one in range(3):
            for two in range(3):
                found[one, two] += weight[row] * score[one] * score[two]
    return found
