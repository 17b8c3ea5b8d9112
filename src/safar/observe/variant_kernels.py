"""Compiled loops of the variants: a key for each path, and how often each key occurs."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

_SEED = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xFF51AFD7ED558CCD)
_LAST_FACTOR = np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(32)

_ROWS = types.Array(types.uint32, 1, "C", readonly=True)
_TIMES = types.Array(types.int64, 1, "C", readonly=True)
_TABLE = types.Array(types.int32, 1, "C", readonly=True)
_KEYS = types.Array(types.uint64, 1, "C", readonly=True)
_CODES = [types.Array(kind, 1, "C", readonly=True) for kind in (types.uint8, types.uint16, types.uint32)]


@njit(inline="always")
def _mixed(key: np.uint64, step: np.int64) -> np.uint64:
    """Return the key of a path with one step more; the order of the steps matters."""
    key = (key ^ np.uint64(step + 1)) * _FACTOR
    key ^= key >> _HALF
    key *= _LAST_FACTOR
    return key ^ (key >> _HALF)


@njit(
    [
        types.int64(
            _ROWS, _ROWS, _TIMES, codes, _TABLE, types.int64, types.int64, types.int64, types.boolean,
            types.uint64[::1], types.uint32[::1], types.uint32[::1],
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def key_paths(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    collapse: bool,
    keys: NDArray[np.uint64],
    path_first: NDArray[np.uint32],
    path_end: NDArray[np.uint32],
) -> int:
    """Write the 64-bit key of each path and the rows it spans; return how many paths there are.

    Two paths have one key when their steps are the same, in the same order; with ``collapse`` a step that repeats at
    once counts once. That two of ten million different paths share a key has a chance of one in 370,000.
    """
    found = 0
    for person in range(len(first)):
        key = _SEED
        before, begun = np.int64(-1), -1
        last, stop = np.int64(0), 0
        for row in range(np.int64(first[person]), np.int64(end[person])):
            step = np.int64(table[code[row]])
            if step < 0 or time[row] < since:
                continue
            if time[row] >= until:
                break
            if begun >= 0 and pause > 0 and time[row] - last > pause:
                keys[found], path_first[found], path_end[found] = key, begun, stop
                found += 1
                key, before, begun = _SEED, np.int64(-1), -1
            if begun < 0:
                begun = row
            if not (collapse and step == before):
                key = _mixed(key, step)
            before = step
            last = time[row]
            stop = row + 1
        if begun >= 0:
            keys[found], path_first[found], path_end[found] = key, begun, stop
            found += 1
    return found


@njit(
    types.int64(_KEYS, types.int64[::1], types.int64[::1]),
    nogil=True,
    cache=True,
)
def count_keys(keys: NDArray[np.uint64], example: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    """Write where each different key stands first and how often it occurs; return how many there are."""
    size = np.int64(16)
    while size < 2 * len(keys):
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    found = 0
    for row in range(len(keys)):
        key = keys[row]
        spot = key & mask
        while table[spot] >= 0 and keys[example[table[spot]]] != key:
            spot = (spot + np.uint64(1)) & mask
        if table[spot] < 0:
            table[spot] = found
            example[found] = row
            counts[found] = 0
            found += 1
        counts[table[spot]] += 1
    return found
