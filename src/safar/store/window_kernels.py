"""Compiled loops over paths: who did what in which of many windows.

Windows may overlap and lie anywhere. Their bounds cut time into segments; an event falls into one segment, and a
segment lies in each of some windows or outside all.
"""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from .shard_types import CODES, ROWS, TIMES, frozen

#: What an event is to a window's counts, as bits.
ACTIVE, VISITED, ORDERED = 1, 2, 4

_ROLES = frozen(types.uint8)


@njit(inline="always")
def _first_from(time: NDArray[np.int64], left: Any, right: Any, bound: Any) -> Any:
    """Return the first row of ``left:right`` at or after ``bound``."""
    while left < right:
        middle = (left + right) >> 1
        if time[middle] < bound:
            left = middle + 1
        else:
            right = middle
    return left


@njit(
    [
        types.void(
            ROWS,
            ROWS,
            TIMES,
            codes,
            _ROLES,
            TIMES,
            TIMES,
            TIMES,
            types.int64[:, ::1],
            types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)
def count_people(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    roles: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    members: NDArray[np.int64],
    starts: NDArray[np.int64],
    of_segments: NDArray[np.int64],
    of_windows: NDArray[np.int64],
) -> None:
    """Add what each person did to the counts of segments and windows.

    Parameters
    ----------
    roles
        For each code, bits of `ACTIVE`, `VISITED`, `ORDERED`.
    bounds
        Ascending; segment ``s`` is from ``bounds[s]`` up to ``bounds[s + 1]``.
    members, starts
        The windows that segment ``s`` lies in: ``members[starts[s]:starts[s + 1]]``.
    of_segments
        Two columns, added to: events; persons whose first own event ever is here.
    of_windows
        Five columns, added to: persons active, ordered, visited, visited and ordered; in the first row, persons active
        in the first two windows.
    """
    flags = np.zeros(len(of_windows), np.uint8)
    touched = np.empty(len(of_windows), np.int64)
    segments = len(bounds) - 1
    for person in range(len(first)):
        row, stop = np.int64(first[person]), np.int64(end[person])
        for spot in range(row, stop):
            if roles[code[spot]] & ACTIVE:
                if bounds[0] <= time[spot] < bounds[segments]:
                    place = np.searchsorted(bounds, time[spot], side="right") - 1
                    of_segments[place, 1] += 1
                break
        if stop <= row or time[stop - 1] < bounds[0]:
            continue
        row = _first_from(time, row, stop, bounds[0])
        segment = 0
        count = 0
        while row < stop and time[row] < bounds[segments]:
            while time[row] >= bounds[segment + 1]:
                segment += 1
            done = np.uint8(0)
            events = 0
            while row < stop and time[row] < bounds[segment + 1]:
                done |= roles[code[row]]
                events += 1
                row += 1
            of_segments[segment, 0] += events
            if done:
                for spot in range(starts[segment], starts[segment + 1]):
                    window = members[spot]
                    if flags[window] == 0:
                        touched[count] = window
                        count += 1
                    flags[window] |= done
        if len(flags) > 1 and flags[0] & flags[1] & ACTIVE:
            of_windows[0, 4] += 1
        for spot in range(count):
            window = touched[spot]
            done = flags[window]
            flags[window] = 0
            of_windows[window, 0] += (done & ACTIVE) != 0
            of_windows[window, 1] += (done & ORDERED) != 0
            of_windows[window, 2] += (done & VISITED) != 0
            of_windows[window, 3] += (done & (VISITED | ORDERED)) == (VISITED | ORDERED)


@njit(
    [
        types.void(
            ROWS,
            ROWS,
            TIMES,
            codes,
            types.int64,
            types.int64,
            types.int64,
            types.int64,
            types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)
def count_by_code(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    now_start: int,
    now_end: int,
    before_start: int,
    before_end: int,
    counts: NDArray[np.int64],
) -> None:
    """Add to ``counts``, for each code: persons with such an event now, before, in both; events now, before.

    ``before`` ends at or before the start of ``now``.
    """
    flags = np.zeros(len(counts), np.uint8)
    touched = np.empty(len(counts), np.int64)
    for person in range(len(first)):
        row, stop = np.int64(first[person]), np.int64(end[person])
        if stop <= row or time[stop - 1] < before_start or time[row] >= now_end:
            continue
        row = _first_from(time, row, stop, before_start)
        count = 0
        while row < stop and time[row] < now_end:
            bit = np.uint8(0)
            if time[row] >= now_start:
                bit = np.uint8(1)
            elif time[row] < before_end:
                bit = np.uint8(2)
            if bit:
                kind = np.int64(code[row])
                if flags[kind] == 0:
                    touched[count] = kind
                    count += 1
                flags[kind] |= bit
                counts[kind, 2 + bit] += 1
            row += 1
        for spot in range(count):
            kind = touched[spot]
            counts[kind, 0] += flags[kind] & 1
            counts[kind, 1] += flags[kind] >> 1
            counts[kind, 2] += flags[kind] == 3
            flags[kind] = 0
