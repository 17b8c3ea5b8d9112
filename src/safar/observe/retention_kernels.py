"""Compiled loops of retention: in which periods after their first one people come back."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

#: What an event can be, as bits.
BEGINS: Final = 1
RETURNS: Final = 2

_ROWS = types.Array(types.uint32, 1, "C", readonly=True)
_TIMES = types.Array(types.int64, 1, "C", readonly=True)
_CODES = [types.Array(kind, 1, "C", readonly=True) for kind in (types.uint8, types.uint16, types.uint32)]


@njit(
    [
        types.void(
            _ROWS, _ROWS, _TIMES, codes, _TIMES, _TIMES, types.boolean, types.int64[::1], types.int64[:, ::1]
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_returns(  # noqa: PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    bounds: NDArray[np.int64],
    or_later: bool,
    sizes: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Add persons to their cohorts and to the periods in which they came back.

    Parameters
    ----------
    marks
        For each code, bits: `BEGINS` where such an event makes a person belong to a cohort, `RETURNS` where it is a
        return.
    bounds
        Ascending; period ``p`` is from ``bounds[p]`` up to ``bounds[p + 1]``.
    or_later
        Count a return in every period up to it as well.
    sizes
        Added to: persons by the period of their first beginning ever.
    counts
        ``counts[cohort, k]`` is added to: persons of the cohort with a return ``k`` periods after; ``k = 0`` is left.
    """
    periods = len(bounds) - 1
    widest = counts.shape[1] - 1
    for person in range(len(first)):
        row, stop = np.int64(first[person]), np.int64(end[person])
        while row < stop and not marks[code[row]] & BEGINS:
            row += 1
        if row == stop or time[row] < bounds[0] or time[row] >= bounds[periods]:
            continue
        cohort = np.searchsorted(bounds, time[row], side="right") - 1
        if cohort >= len(sizes):
            continue
        sizes[cohort] += 1
        period = cohort
        counted = 0
        for spot in range(row + 1, stop):
            if time[spot] < bounds[period + 1] or not marks[code[spot]] & RETURNS:
                continue
            while period < periods and time[spot] >= bounds[period + 1]:
                period += 1
            after = period - cohort
            from_here = counted + 1 if or_later else after
            for later in range(from_here, min(after, widest) + 1):
                counts[cohort, later] += 1
            counted = after
            if after >= widest or period == periods:
                break
