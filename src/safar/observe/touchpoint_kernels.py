"""Compiled loop of touchpoints: how many rows have each code."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TIMES


@njit(
    [types.void(ROWS, ROWS, TIMES, codes, types.int64, types.int64, types.int64[::1]) for codes in CODES],
    nogil=True,
    cache=True,
)
def count_codes(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    since: int,
    until: int,
    counts: NDArray[np.int64],
) -> None:
    """Add to ``counts[code]`` the rows of the persons of ``since <= time < until``."""
    for person in range(len(first)):
        for row in range(np.uint64(first[person]), np.uint64(end[person])):
            if since <= time[row] < until:
                counts[np.uint64(code[row])] += 1
