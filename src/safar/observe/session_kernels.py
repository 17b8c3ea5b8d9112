"""Compiled loops of sessions: where they begin and end, how long they are, what they hold."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from .flow_kernels import GAP_BINS, gap_bin

_ROWS = types.Array(types.uint32, 1, "C", readonly=True)
_TIMES = types.Array(types.int64, 1, "C", readonly=True)
_TABLE = types.Array(types.int32, 1, "C", readonly=True)
_CODES = [types.Array(kind, 1, "C", readonly=True) for kind in (types.uint8, types.uint16, types.uint32)]


@njit(
    [
        types.int64(
            _ROWS, _ROWS, _TIMES, codes, _TABLE, types.int64, types.int64, types.int64, _TABLE,
            types.int64[::1], types.int64[:, ::1], types.int64[::1], types.int32[::1], types.int64[::1],
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_sessions(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    slot_of_bin: NDArray[np.int32],
    totals: NDArray[np.int64],
    ends: NDArray[np.int64],
    bins: NDArray[np.int64],
    slots: NDArray[np.int32],
    lengths: NDArray[np.int64],
) -> int:
    """Add up the sessions; write the lengths whose bin has a slot, and return how many there are.

    Parameters
    ----------
    totals
        Added to: sessions, persons, events, sessions of one event, sum of lengths in microseconds.
    ends
        Of shape (steps, 3), added to: sessions that a step begins, that it ends, that it is the whole of.
    bins
        Added to: sessions by the bin of their length, as of `flow_kernels.gap_bin`.
    """
    found = 0
    for person in range(len(first)):
        events = 0
        begun, last = np.int64(0), np.int64(0)
        entry, step = np.int64(0), np.int64(0)
        any_session = False
        row, stop = np.int64(first[person]), np.int64(end[person])
        while True:
            is_over = row >= stop or time[row] >= until
            if not is_over and (table[code[row]] < 0 or time[row] < since):
                row += 1
                continue
            if events and (is_over or time[row] - last > pause):
                length = last - begun
                totals[0] += 1
                totals[2] += events
                totals[4] += length
                ends[entry, 0] += 1
                ends[step, 1] += 1
                if events == 1:
                    totals[3] += 1
                    ends[entry, 2] += 1
                spot = gap_bin(length)
                bins[spot] += 1
                if slot_of_bin[spot] >= 0:
                    slots[found] = slot_of_bin[spot]
                    lengths[found] = length
                    found += 1
                any_session = True
                events = 0
            if is_over:
                break
            step = np.int64(table[code[row]])
            if events == 0:
                begun, entry = time[row], step
            events += 1
            last = time[row]
            row += 1
        totals[1] += any_session
    return found


NO_SLOTS = np.full(GAP_BINS, -1, np.int32)
