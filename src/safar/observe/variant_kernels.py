"""Compiled loops of the variants: a key for each path, and how often each key occurs."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

from .stretch_kernels import STATE, STRETCH, next_stretch

_SEED: Final = np.uint64(0x9E3779B97F4A7C15)
_FACTOR: Final = np.uint64(0xFF51AFD7ED558CCD)
_LAST_FACTOR: Final = np.uint64(0xC4CEB9FE1A85EC53)
_HALF: Final = np.uint64(32)
_TURN, _REST = np.uint64(23), np.uint64(41)
#: Keys are counted in so many (2 to this power) portions, so that the table of one fits the second cache.
_PORTION_BITS: Final = 8

_KEYS = frozen(types.uint64)


@njit(inline="always")
def _spread(key: np.uint64) -> np.uint64:
    """Return a number of which each bit depends on each bit of the one given (the end of MurmurHash 3)."""
    key = (key ^ (key >> _HALF)) * _FACTOR
    key = (key ^ (key >> _HALF)) * _LAST_FACTOR
    return key ^ (key >> _HALF)


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, types.boolean,
            types.uint64[::1], types.uint32[::1], types.uint32[::1],
        )
        for codes in CODES
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
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    rows, no_pauses = np.empty(STRETCH, np.uint32), np.empty(0, np.int64)
    steps = np.int32(0)
    for number in table:
        steps = max(steps, np.int32(number + 1))
    of_step = np.empty(steps, np.uint64)
    for number in range(steps):
        of_step[number] = _spread(np.uint64(number + 1) * _SEED)
    key: Any = _SEED
    before, path = np.int32(-1), np.int64(-1)
    while True:
        count = np.uint64(
            next_stretch(
                first, end, time, code, table, since, until, pause, no_pauses, state, step, at, mark, rows, at
            )
        )  # fmt: skip
        if count == 0:
            break
        for place in range(count):
            begins = mark[place] != 0
            path += np.int64(begins)
            key = _SEED if begins else key
            # Each step waits for the one before: a turn and one product are all it costs.
            longer = ((key << _TURN | key >> _REST) ^ of_step[np.uint64(step[place])]) * _FACTOR
            key = key if collapse and step[place] == before and not begins else longer
            before = step[place]
            spot = np.uint64(path)
            keys[spot] = key
            path_end[spot] = rows[place] + np.uint32(1)
            if begins:
                path_first[spot] = rows[place]
    for number in range(path + 1):
        keys[number] = _spread(keys[number])
    return int(path + 1)


@njit(
    types.int64(_KEYS, frozen(types.int64), types.uint64[::1], types.int64[::1], types.int64[::1]),
    nogil=True,
    cache=True,
)
def count_keys(
    keys: NDArray[np.uint64],
    weights: NDArray[np.int64],
    different: NDArray[np.uint64],
    counts: NDArray[np.int64],
    example: NDArray[np.int64],
) -> int:
    """Write each different key, how often it occurs and where it stands first; return how many there are.

    Parameters
    ----------
    weights
        How often each occurs; once where it is empty.
    """
    portions = 1 << _PORTION_BITS
    shift = np.uint64(64 - _PORTION_BITS)
    fill = np.zeros(portions + 1, np.int64)
    for key in keys:
        fill[np.int64(key >> shift) + 1] += 1
    most = fill.max()
    fill = np.cumsum(fill)
    starts = fill.copy()
    order = np.empty(len(keys), np.uint32)
    for number in range(len(keys)):
        home = np.int64(keys[number] >> shift)
        order[fill[home]] = number
        fill[home] += 1
    size = np.int64(16)
    while size < 2 * most:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.empty(size, np.int32)
    found = np.int64(0)
    for portion in range(portions):
        table[:] = -1
        for place in range(starts[portion], starts[portion + 1]):
            row = np.int64(order[place])
            key = keys[row]
            spot = key & mask
            while table[spot] >= 0 and different[table[spot]] != key:
                spot = (spot + np.uint64(1)) & mask
            if table[spot] < 0:
                table[spot] = found
                different[found], counts[found], example[found] = key, 0, row
                found += 1
            counts[table[spot]] += weights[row] if len(weights) else 1
    return int(found)
