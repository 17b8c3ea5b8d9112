"""Compiled loops of retention: in which periods after their first one people come back."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

#: What an event can be, as bits.
BEGINS: Final = 1
RETURNS: Final = 2


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, TIMES, TABLE, types.int64, types.int64, types.int64, types.boolean,
            types.int64[::1], types.int64[:, ::1], types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_returns(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    bounds: NDArray[np.int64],
    near: NDArray[np.int32],
    near_bits: int,
    every: int,
    until: int,
    or_later: bool,
    sizes: NDArray[np.int64],
    counts: NDArray[np.int64],
    followed: NDArray[np.int64],
) -> None:
    """Add persons to their cohorts and to the periods in which they came back.

    Parameters
    ----------
    marks
        For each code, bits: `BEGINS` where such an event makes a person belong to a cohort, `RETURNS` where it is a
        return.
    bounds
        Ascending; period ``p`` is from ``bounds[p]`` up to ``bounds[p + 1]``.
    near, near_bits
        The period in which each stretch of ``2 ** near_bits`` microseconds from ``bounds[0]`` on begins.
    every
        Microseconds of a stretch of a person's own clock; 0 where they are followed by the periods.
    until
        When the log ends. On their own clocks persons are followed up to the last stretch that has passed by then.
    or_later
        Count a return in every period up to it as well.
    sizes
        Added to: persons by the period of their first beginning ever.
    counts
        ``counts[cohort, k]`` is added to: persons of the cohort with a return ``k`` periods after; ``k = 0`` is left.
    followed
        ``followed[cohort, k]`` is added to: persons whose own clock has passed ``k`` whole stretches after the first.
    """
    periods = np.int64(len(bounds) - 1)
    widest = np.int64(counts.shape[1] - 1)
    cohorts = np.int64(len(sizes))
    for person in range(np.uint64(len(first))):
        row, stop = np.uint64(first[person]), np.uint64(end[person])
        while row < stop and not marks[code[row]] & BEGINS:
            row += np.uint64(1)
        if row == stop or time[row] < bounds[0] or time[row] >= bounds[cohorts]:
            continue
        began = time[row]
        cohort = np.int64(near[(began - bounds[0]) >> near_bits])
        while began >= bounds[cohort + 1]:
            cohort += 1
        sizes[cohort] += 1
        reach = widest
        if every > 0:
            reach = min(widest, (until - began) // every - 1)
            for passed in range(1, reach + 1):
                followed[cohort, passed] += 1
        # Most persons are not there long enough for a period more.
        edge = began + every if every > 0 else bounds[cohort + 1]
        if reach < 1 or time[stop - np.uint64(1)] < edge:
            continue
        period, counted, after = cohort, np.int64(0), np.int64(0)
        row += np.uint64(1)
        while row < stop:
            if time[row] >= edge and marks[code[row]] & RETURNS:
                if every > 0:
                    after = (time[row] - began) // every
                    edge = began + (after + 1) * every
                else:
                    while period < periods and time[row] >= bounds[period + 1]:
                        period += 1
                    after = period - cohort
                    edge = bounds[min(period + 1, periods)]
                if or_later:
                    for later in range(counted + 1, np.int64(min(after, reach)) + 1):
                        counts[cohort, later] += 1
                elif after <= reach:
                    counts[cohort, after] += 1
                counted = after
                if after >= reach:
                    break
            row += np.uint64(1)
