"""Compiled piece of survival models: which of two left first, and which was expected to."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def count_pairs(
    durations: NDArray[np.float64], observed: NDArray[np.bool_], ranks: NDArray[np.int64], most: int
) -> tuple[float, float, float]:
    """Return how many pairs can be ordered, in how many the riskier one left first, and in how many both are alike.

    Parameters
    ----------
    durations, observed
        In the order of durations, longest first.
    ranks
        Of the risks, 0 to ``most`` − 1, equal ones alike.

    Notes
    -----
    A pair can be ordered where the shorter duration ended; whoever was still there at that very time outlived. Those
    who are known to live longer are held in a Fenwick tree by rank, so it takes n log n steps.
    """
    tree = np.zeros(most + 1, np.int64)
    pairs = concordant = tied = 0.0
    inside = 0
    n = len(durations)
    start = 0
    while start < n:
        end = start
        while end < n and durations[end] == durations[start]:
            end += 1
        for turn in range(2):  # first those who were still there, then what is compared, then those who left
            if turn == 1:
                for row in range(start, end):
                    if observed[row]:
                        below = _sum(tree, ranks[row])
                        upto = _sum(tree, ranks[row] + 1)
                        pairs += inside
                        concordant += below
                        tied += upto - below
            for row in range(start, end):
                if observed[row] == (turn == 1):
                    spot = ranks[row] + 1
                    while spot <= most:
                        tree[spot] += 1
                        spot += spot & -spot
                    inside += 1
        start = end
    return pairs, concordant, tied


@njit(inline="always")
def _sum(tree: NDArray[np.int64], upto: int) -> int:
    """Return how many ranks below ``upto`` are in the tree."""
    total = 0
    while upto > 0:
        total += tree[upto]
        upto -= upto & -upto
    return total
