"""Compiled loops of a series: the line through the neighbourhood of each point."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import frozen

#: Points to either side of one that are its neighbourhood.
REACH: Final = 7
_MOST: Final = 2 * REACH + 2


@njit(inline="always")
def _exchange(ordered: NDArray[np.float64], rest: NDArray[np.float64], gone: float, come: float) -> None:
    """Take a number out of ordered ones and put another one among them; infinity stands for none.

    Both arrays have a place more at their end; in that of ``ordered`` is infinity, in the first one of ``rest`` minus
    infinity. No branch depends on the numbers.
    """
    for place in range(_MOST):
        rest[place + 1] = ordered[place] if ordered[place] < gone else ordered[place + 1]
    for place in range(_MOST):
        here = max(come, rest[place])
        ordered[place] = min(here, rest[place + 1])


@njit(inline="always")
def _middle(ordered: NDArray[np.float64], count: int) -> Any:
    """Return the median of so many ordered numbers."""
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2


@njit(types.void(frozen(types.float64), frozen(types.float64), types.float64[::1]), nogil=True, cache=True)
def fit_lines(level: NDArray[np.float64], at: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Write the line through the neighbourhood of each point, at the point: repeated medians (Siegel 1982).

    The slope of the line is the median over the neighbours of the median slope from each to all the others. From one
    neighbourhood to the next one slope goes and one comes, so they are kept in order.
    """
    count = len(level)
    medians = np.empty((count, 2 * REACH + 1))
    ordered, rest = np.full(_MOST + 1, np.inf), np.full(_MOST + 1, -np.inf)
    # The slopes from one point to others: to itself, and to those that are not there, there is none.
    slopes = np.full(4 * REACH + 2, np.inf)
    for one in range(count):
        begin = one - 2 * REACH - 1
        for other in range(begin + 1, one + 2 * REACH + 1):
            is_there = 0 <= other < count and other != one
            slopes[other - begin] = (
                (level[one] - level[other]) / (at[one] - at[other]) if is_there else np.inf
            )
        ordered[:] = np.inf
        for place in range(1, 2 * REACH + 1):
            _exchange(ordered, rest, np.inf, slopes[place])
        for place in range(2 * REACH + 1):
            _exchange(ordered, rest, slopes[place], slopes[place + 2 * REACH + 1])
            here = one - REACH + place
            if 0 <= here < count:
                others = min(count, here + REACH + 1) - max(0, here - REACH) - 1
                medians[here, 2 * REACH - place] = _middle(ordered, others)
    for here in range(count):
        first, end = max(0, here - REACH), min(count, here + REACH + 1)
        ordered[:] = np.inf
        for one in range(first, end):
            _exchange(ordered, rest, np.inf, medians[here, one - here + REACH])
        slope = _middle(ordered, end - first)
        ordered[:] = np.inf
        for one in range(first, end):
            _exchange(ordered, rest, np.inf, level[one] - slope * (at[one] - at[here]))
        found[here] = _middle(ordered, end - first)
