"""Compiled loop over paths: when each person last had a marked event."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TIMES


@njit(
    [types.void(ROWS, ROWS, TIMES, codes, TIMES, types.int64[::1]) for codes in CODES],
    nogil=True,
    cache=True,
)  # fmt: skip
def last_marked(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    found: NDArray[np.int64],
) -> None:
    """Write the time of each person's last marked event to ``found``; leave those without one as they are."""
    for person in range(len(first)):
        for row in range(np.int64(end[person]) - 1, np.int64(first[person]) - 1, -1):
            if marks[code[row]]:
                found[person] = time[row]
                break
