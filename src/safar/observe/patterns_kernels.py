"""Compiled loops of path patterns: where they fit."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

from .span_kernels import span_bin

#: What `find_fitting` counts, in this order: paths, those that fit, persons with a path, those with one that fits.
TALLIES = 4
_PATHS, _FITTING_PATHS, _PERSONS, _FITTING_PERSONS = range(TALLIES)
#: A match begins at a step; or before it, at the start of the path.
_BEGINS = np.uint8(1)
_BEGINS_BEFORE = np.uint8(2)
_EVER = 1 << 62
_FACTOR = np.uint64(0xFF51AFD7ED558CCD)
_LAST_FACTOR = np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(32)


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, types.int32[:, ::1],
            types.uint8[::1], types.uint8[::1], types.int64[::1], types.uint32[::1], types.uint32[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def find_fitting(  # noqa: C901, PLR0912, PLR0917 - compiled code knows positions only, and calls with arrays cost time
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    back: NDArray[np.int32],
    accepts: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    tallies: NDArray[np.int64],
    path_first: NDArray[np.uint32],
    path_end: NDArray[np.uint32],
) -> int:
    """Find the paths that hold a match, reading each from its end; return how many there are.

    Parameters
    ----------
    table
        The kind of step of each code; see `pattern_automaton.Compiled`. Below 0 what is no step.
    back, accepts
        The automaton that tells at every step whether a match begins there.
    begins
        Written for every row of every path: what begins there.
    tallies
        Added to; see `TALLIES`.
    path_first, path_end
        Written: the rows of each path that holds a match, from its first step to its last.
    """
    kinds = back.shape[1]
    is_clocked = pause > 0 or since > -_EVER or until < _EVER
    found = 0
    for person in range(len(first)):
        low, row = np.int64(first[person]), np.int64(end[person]) - 1
        paths, fitting = 0, 0
        while row >= low:
            state = back[0, kinds - 1]
            top, bottom = np.int64(-1), np.int64(-1)
            last = np.int64(0)
            is_match = False
            while row >= low:
                kind = table[code[row]]
                begins[row] = 0
                if kind >= 0:
                    if is_clocked:
                        at = time[row]
                        if at >= until:
                            row -= 1
                            continue
                        if at < since:
                            row = low - 1
                            break
                        if pause > 0 and top >= 0 and last - at > pause:
                            break
                        last = at
                    if top < 0:
                        top = row
                    bottom = row
                    state = back[state, kind]
                    if accepts[state]:
                        begins[row] = _BEGINS
                        is_match = True
                row -= 1
            if top < 0:
                break
            paths += 1
            if accepts[back[state, kinds - 2]]:
                begins[bottom] |= _BEGINS_BEFORE
                is_match = True
            if is_match:
                path_first[found], path_end[found] = bottom, top + 1
                found += 1
                fitting += 1
        tallies[_PATHS] += paths
        tallies[_FITTING_PATHS] += fitting
        tallies[_PERSONS] += paths > 0
        tallies[_FITTING_PERSONS] += fitting > 0
    return found


@njit(
    [
        types.int64(
            codes, TABLE, types.int32[:, ::1], types.uint8[::1], types.uint8[::1], types.uint32[::1],
            types.uint32[::1], types.int64[::1], types.uint32[::1], types.uint32[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def find_matches(  # noqa: PLR0917 - compiled code knows positions only
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    ahead: NDArray[np.int32],
    accepts: NDArray[np.uint8],
    begins: NDArray[np.uint8],
    path_first: NDArray[np.uint32],
    path_end: NDArray[np.uint32],
    positions: NDArray[np.int64],
    match_first: NDArray[np.uint32],
    match_end: NDArray[np.uint32],
) -> int:
    """Find the matches in paths that hold one: the leftmost, the longest from there, and on behind it.

    A path is read once, but where a run towards a longer match is in vain: what it read is then read again.

    Parameters
    ----------
    ahead, accepts
        The automaton that reads on from where a match begins.
    begins, path_first, path_end
        As `find_fitting` leaves them.
    positions
        Added to: at which step of its path, from 0 on, the first match begins; later ones at the last place.
    match_first, match_end
        Written: the rows of each match. It is returned how many there are.
    """
    kinds = ahead.shape[1]
    found = 0
    for path in range(len(path_first)):
        here, stop = np.int64(path_first[path]), np.int64(path_end[path])
        is_from_start = begins[here] & _BEGINS_BEFORE != 0
        # the place of the first match, until it is found
        position = 0
        while here < stop:
            if not is_from_start and begins[here] & _BEGINS == 0:
                position += position >= 0 and table[code[here]] >= 0
                here += 1
                continue
            if position >= 0:
                positions[min(position, len(positions) - 1)] += 1
                position = -1
            state = ahead[0, kinds - 2] if is_from_start else np.int32(0)
            is_from_start = False
            match_first[found] = here
            after = here
            while after < stop and state >= 0:
                kind = table[code[after]]
                after += 1
                if kind >= 0:
                    state = ahead[state, kind]
                    if state >= 0 and accepts[state]:
                        here = after
            if state >= 0:
                state = ahead[state, kinds - 1]
                if state >= 0 and accepts[state]:
                    here = stop
            match_end[found] = here
            found += 1
    return found


@njit(
    [types.void(types.uint32[::1], types.uint32[::1], codes, TABLE, types.uint64[::1]) for codes in CODES],
    nogil=True,
    cache=True,
)
def key_matches(
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    keys: NDArray[np.uint64],
) -> None:
    """Write the 64-bit key of the steps of each match: the same steps in the same order have the same.

    Each step is mixed in with the finalizer of MurmurHash 3 (Appleby).
    """
    for match in range(len(first)):
        key = np.uint64(0)
        for row in range(first[match], end[match]):
            step = table[code[row]]
            if step >= 0:
                key = (key ^ np.uint64(step + 1)) * _FACTOR
                key = (key ^ (key >> _HALF)) * _LAST_FACTOR
                key ^= key >> _HALF
        keys[match] = key


@njit(types.void(types.int64[::1], types.int64[::1]), nogil=True, cache=True)
def bins_of_spans(spans: NDArray[np.int64], bins: NDArray[np.int64]) -> None:
    """Write the bin of each length of time in microseconds."""
    for row in range(len(spans)):
        bins[row] = span_bin(spans[row])
