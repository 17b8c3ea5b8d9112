"""The compiled loop that finds the newest events of a part without sorting it.

Imported only when events are really searched: the compiler costs some 80 MB of memory.
"""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(inline="always")
def _is_before(time: int, key: np.uint64, other_time: int, other_key: np.uint64) -> Any:
    return time < other_time or (time == other_time and key < other_key)


@njit(nogil=True, cache=True)
def take_newest(  # noqa: PLR0917, PLR0912, PLR0915, C901 - compiled code knows positions only, and calls cost
    starts: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    times: NDArray[np.int64],
    codes: NDArray[np.unsignedinteger[Any]],
    channels: NDArray[np.unsignedinteger[Any]],
    wanted_codes: NDArray[np.bool_],
    wanted_channels: NDArray[np.bool_],
    customers: NDArray[np.int64],
    everyone: bool,
    lowest: int,
    highest: int,
    before_time: int,
    before_key: np.uint64,
    one_each: bool,
    part: int,
    heap_time: NDArray[np.int64],
    heap_key: NDArray[np.uint64],
    heap_part: NDArray[np.int64],
    heap_row: NDArray[np.int64],
    count: int,
) -> int:
    """Put the newest wanted rows of a part into a heap filled up to ``count`` by other parts; return the new count.

    The heap keeps the greatest pairs (time, customer key) below ``(before_time, before_key)`` with
    ``lowest <= time < highest``; its least is at place 0. A customer's rows ascend in time, so they are walked from
    their end and left at the first that is too old for a full heap. ``one_each`` takes a customer's newest wanted row
    alone, and no row of a customer whose newest wanted row is not below.
    """
    size = len(heap_time)
    for spot in range(len(starts) - 1 if everyone else len(customers)):
        customer = spot if everyone else customers[spot]
        first, last = np.int64(starts[customer]), np.int64(starts[customer + 1])
        key = keys[customer]
        row = last - 1
        if not one_each:
            bound = min(highest - 1, before_time)
            if times[row] > bound:
                left, right = first, last
                while left < right:
                    middle = (left + right) >> 1
                    if times[middle] > bound:
                        right = middle
                    else:
                        left = middle + 1
                row = left - 1
        while row >= first:
            time = times[row]
            if time < lowest or (count == size and not _is_before(heap_time[0], heap_key[0], time, key)):
                break
            if not (time < highest and wanted_codes[codes[row]] and wanted_channels[channels[row]]):
                row -= 1
                continue
            if not _is_before(time, key, before_time, before_key):
                if one_each:
                    break
                row -= 1
                continue
            if count < size:
                place = count
                count += 1
                while place > 0:
                    above = (place - 1) >> 1
                    if not _is_before(time, key, heap_time[above], heap_key[above]):
                        break
                    heap_time[place], heap_key[place] = heap_time[above], heap_key[above]
                    heap_part[place], heap_row[place] = heap_part[above], heap_row[above]
                    place = above
            else:
                place = 0
                while True:
                    below = 2 * place + 1
                    if below >= size:
                        break
                    if below + 1 < size and _is_before(
                        heap_time[below + 1], heap_key[below + 1], heap_time[below], heap_key[below]
                    ):
                        below += 1
                    if not _is_before(heap_time[below], heap_key[below], time, key):
                        break
                    heap_time[place], heap_key[place] = heap_time[below], heap_key[below]
                    heap_part[place], heap_row[place] = heap_part[below], heap_row[below]
                    place = below
            heap_time[place], heap_key[place] = time, key
            heap_part[place], heap_row[place] = part, row
            if one_each:
                break
            row -= 1
    return count
