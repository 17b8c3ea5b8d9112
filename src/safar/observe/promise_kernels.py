"""Compiled loop of promises: which beginnings were kept in time."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TIMES, frozen

from .group_kernels import code_at

#: What a row is, as bits.
BEGINS, KEEPS = 1, 2

#: What `walk_promise` counts: beginnings kept, broken, open and without a value to tell them apart; customers with
#: decided ones and with broken ones; sums over customers of kept², kept × decided, decided².
PROMISE_COUNTS: Final = 9
KEPT, BROKEN, OPEN, UNTOLD, CUSTOMERS, BROKEN_CUSTOMERS, KEPT_SQUARED, PRODUCTS, DECIDED_SQUARED = range(
    PROMISE_COUNTS
)

#: What `walk_promise` tells of one beginning: its row; `KEPT`, `BROKEN` or `OPEN`; when it was fulfilled, or `NEVER`.
TOLD: Final = 3
NEVER: Final = np.iinfo(np.int64).min

_RAW: Final = frozen(types.uint8)


@njit(
    [
        types.int64(ROWS, ROWS, codes, TIMES) for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_beginnings(
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    code: NDArray[np.unsignedinteger[Any]],
    bits: NDArray[np.int64],
) -> int:
    """Return how many rows of the persons begin something."""
    found = 0
    for person in range(len(first)):
        for row in range(np.uint64(first[person]), np.uint64(end[person])):
            found += bits[code[row]] & BEGINS
    return found


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TIMES, _RAW, types.int64, types.int64, types.int64, types.int64, types.int64,
            types.int32[::1], types.int64[::1], types.int64[::1], types.int64[::1], types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_promise(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    bits: NDArray[np.int64],
    raw: NDArray[np.uint8],
    size: int,
    since: int,
    until: int,
    within: int,
    known_until: int,
    owner: NDArray[np.int32],
    kept_at: NDArray[np.int64],
    counts: NDArray[np.int64],
    spans: NDArray[np.int64],
    told: NDArray[np.int64],
) -> int:
    """Add up what became of each beginning of ``since <= time < until``; return how many were fulfilled, early or late.

    Parameters
    ----------
    raw, size
        Codes of the property that tells which belongs to which, as of `group_kernels.raw_codes`, 0 for none;
        ``size`` 0 where there is no such property.
    within, known_until
        A beginning is decided where ``time + within <= known_until``.
    owner, kept_at
        Beside each value of the property: the last person who kept something of it, and when next from here; what
        they hold matters to nobody else, but every ``owner`` is -1 at first.
    spans
        Filled with the lengths from decided beginnings to what fulfilled them.
    told
        Filled with what became of each beginning, see `TOLD`, those of one person from the last to the first;
        without rows where nobody asks.
    """
    written = 0
    tellings = 0
    for person in range(len(first)):
        kept = np.int64(0)
        broken = np.int64(0)
        # Backwards: what keeps the next beginning was met last.
        for step in range(np.int64(end[person]) - np.int64(first[person])):
            row = np.int64(end[person]) - 1 - step
            is_marked = bits[code[row]]
            if not is_marked:
                continue
            key = np.int64(0)
            if size:
                key = code_at(raw, size, row)
                if key == 0:
                    if is_marked & BEGINS and since <= time[row] < until:
                        counts[UNTOLD] += 1
                    continue
            at = time[row]
            if is_marked & BEGINS and since <= at < until:
                fulfilled = kept_at[key] if owner[key] == person else np.int64(NEVER)
                outcome = BROKEN
                if at + within > known_until:
                    outcome = OPEN
                    counts[OPEN] += 1
                elif fulfilled != NEVER:
                    spans[written] = fulfilled - at
                    written += 1
                    if fulfilled - at <= within:
                        outcome = KEPT
                if outcome == KEPT:
                    kept += 1
                elif outcome == BROKEN:
                    broken += 1
                if len(told):
                    told[tellings, 0] = row
                    told[tellings, 1] = outcome
                    told[tellings, 2] = fulfilled
                    tellings += 1
            if is_marked & KEEPS:
                owner[key] = person
                kept_at[key] = at
        decided = kept + broken
        if decided:
            counts[KEPT] += kept
            counts[BROKEN] += broken
            counts[CUSTOMERS] += 1
            counts[BROKEN_CUSTOMERS] += broken > 0
            counts[KEPT_SQUARED] += kept * kept
            counts[PRODUCTS] += kept * decided
            counts[DECIDED_SQUARED] += decided * decided
    return written
