"""Compiled loop over paths: how often each person did each of some things."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TIMES


@njit(
    [
        types.void(ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64[:, ::1])
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_marks(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    since: int,
    until: int,
    counts: NDArray[np.int64],
) -> None:
    """Add to ``counts[person, bit]`` for each event inside the bounds, by each of its marks."""
    for person in range(len(first)):
        for row in range(np.int64(first[person]), np.int64(end[person])):
            bits = marks[code[row]]
            if bits == 0 or not since <= time[row] < until:
                continue
            for bit in range(counts.shape[1]):
                if bits >> bit & 1:
                    counts[person, bit] += 1
