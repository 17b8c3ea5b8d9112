"""Compiled loops of the flow: which step follows which, how often, and after how long."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

#: Into how many bins gaps are sorted before the exact quantiles are looked for: eight for each doubling.
GAP_BINS: Final = 448
_BITS_OF_ONE: Final = 1023 << 3

_ROWS = types.Array(types.uint32, 1, "C", readonly=True)
_TIMES = types.Array(types.int64, 1, "C", readonly=True)
_TABLE = types.Array(types.int32, 1, "C", readonly=True)
_CODES = [types.Array(kind, 1, "C", readonly=True) for kind in (types.uint8, types.uint16, types.uint32)]


@njit(inline="always")
def gap_bin(gap: np.int64) -> np.int64:
    """Return the bin of a gap in microseconds: it never falls as the gap grows."""
    if gap <= 0:
        return np.int64(0)
    # The leading bits of a floating-point number are its logarithm.
    return min((np.float64(gap).view(np.int64) >> 49) - _BITS_OF_ONE + 1, np.int64(GAP_BINS - 1))


@njit(
    [
        types.void(
            _ROWS, _ROWS, _TIMES, codes, _TABLE, types.int64, types.int64, types.int64, types.int64,
            types.int64[::1], types.int64[::1],
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_edges(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    steps: int,
    counts: NDArray[np.int64],
    people: NDArray[np.int64],
) -> None:
    """Add, for each pair of steps, how often the one is followed by the other, and for how many persons.

    ``counts[a * (steps + 2) + b]``; step ``steps`` is the start of a path, ``steps + 1`` its end. Only events of
    ``since <= time < until`` are seen. A path ends after ``pause`` microseconds without a step; never where it is 0.
    """
    width = steps + 2
    seen = np.full(len(counts), -1, np.int64)
    for person in range(len(first)):
        before = np.int64(steps)
        last = np.int64(0)
        for row in range(np.int64(first[person]), np.int64(end[person])):
            step = np.int64(table[code[row]])
            if step < 0 or time[row] < since:
                continue
            if time[row] >= until:
                break
            if before != steps and pause > 0 and time[row] - last > pause:
                edge = before * width + steps + 1
                counts[edge] += 1
                if seen[edge] != person:
                    seen[edge] = person
                    people[edge] += 1
                before = np.int64(steps)
            edge = before * width + step
            counts[edge] += 1
            if seen[edge] != person:
                seen[edge] = person
                people[edge] += 1
            before = step
            last = time[row]
        if before != steps:
            edge = before * width + steps + 1
            counts[edge] += 1
            if seen[edge] != person:
                seen[edge] = person
                people[edge] += 1


@njit(
    [
        types.void(
            _ROWS, _ROWS, _TIMES, codes, _TABLE, types.int64, types.int64, types.int64, types.int64, _TABLE,
            types.int64[::1],
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def bin_gaps(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    steps: int,
    place: NDArray[np.int32],
    bins: NDArray[np.int64],
) -> None:
    """Add the gaps between steps to bins: ``bins[place[a * steps + b] * GAP_BINS + bin]``; none where place is < 0."""
    for person in range(len(first)):
        before = np.int64(-1)
        last = np.int64(0)
        for row in range(np.int64(first[person]), np.int64(end[person])):
            step = np.int64(table[code[row]])
            if step < 0 or time[row] < since:
                continue
            if time[row] >= until:
                break
            gap = time[row] - last
            if before >= 0 and (pause == 0 or gap <= pause):
                spot = np.int64(place[before * steps + step])
                if spot >= 0:
                    bins[spot * GAP_BINS + gap_bin(gap)] += 1
            before = step
            last = time[row]


@njit(
    [
        types.int64(
            _ROWS, _ROWS, _TIMES, codes, _TABLE, types.int64, types.int64, types.int64, types.int64, _TABLE,
            _TABLE, types.int32[::1], types.int64[::1],
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def collect_gaps(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    steps: int,
    place: NDArray[np.int32],
    slot_of_bin: NDArray[np.int32],
    slots: NDArray[np.int32],
    gaps: NDArray[np.int64],
) -> np.int64:
    """Write the gaps whose bin has a slot, each with its slot; return how many there are."""
    found = np.int64(0)
    for person in range(len(first)):
        before = np.int64(-1)
        last = np.int64(0)
        for row in range(np.int64(first[person]), np.int64(end[person])):
            step = np.int64(table[code[row]])
            if step < 0 or time[row] < since:
                continue
            if time[row] >= until:
                break
            gap = time[row] - last
            if before >= 0 and (pause == 0 or gap <= pause):
                spot = np.int64(place[before * steps + step])
                if spot >= 0:
                    slot = slot_of_bin[spot * GAP_BINS + gap_bin(gap)]
                    if slot >= 0:
                        slots[found] = slot
                        gaps[found] = gap
                        found += 1
            before = step
            last = time[row]
    return found


@njit(
    types.void(_TABLE, _TIMES, types.int64[::1], types.int64[::1]),
    nogil=True,
    cache=True,
)
def group_gaps(
    slots: NDArray[np.int32], gaps: NDArray[np.int64], starts: NDArray[np.int64], grouped: NDArray[np.int64]
) -> None:
    """Write the gaps of each slot ``s`` in order of size into ``grouped[starts[s]:starts[s + 1]]``."""
    fill = starts[:-1].copy()
    for row in range(len(slots)):
        grouped[fill[slots[row]]] = gaps[row]
        fill[slots[row]] += 1
    for slot in range(len(starts) - 1):
        grouped[starts[slot] : starts[slot + 1]].sort()
