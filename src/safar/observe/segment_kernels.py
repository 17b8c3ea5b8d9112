"""Compiled loops over paths: who did something how often, lately, in which order; the newest; sums."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TIMES

#: What no passing of time changes.
NEVER: Final = 1 << 62
LONG_AGO: Final = -(1 << 62)
_PLACES = types.int64[::1]
_TRUTHS = types.boolean[::1]


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64, types.int64, types.boolean[::1]
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def keep_those_who_did(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    since: int,
    until: int,
    at_least: int,
    at_most: int,
    kept: NDArray[np.bool_],
) -> None:
    """Clear ``kept`` of persons with fewer than ``at_least`` or more than ``at_most`` marked events inside the bounds.

    ``at_most`` below 0 is no bound.
    """
    for person in range(len(first)):
        if not kept[person]:
            continue
        count = 0
        for row in range(np.int64(first[person]), np.int64(end[person])):
            if marks[code[row]] and since <= time[row] < until:
                count += 1
                if count > at_most >= 0 or (at_most < 0 and count >= at_least):
                    break
        kept[person] = count >= at_least and (at_most < 0 or count <= at_most)


@njit([types.void(ROWS, ROWS, TIMES, types.int64, types.uint32[::1])], nogil=True, cache=True)
def ends_at(
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    now: int,
    seen: NDArray[np.uint32],
) -> None:
    """Write behind which row each person's events lie after ``now``."""
    for person in range(len(first)):
        left, right = np.int64(first[person]), np.int64(end[person])
        while left < right:
            middle = (left + right) >> 1
            if time[middle] > now:
                right = middle
            else:
                left = middle + 1
        seen[person] = left


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64, types.int64, _TRUTHS, _PLACES
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def did_lately(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    after: int,
    length: int,
    at_least: int,
    at_most: int,
    holds: NDArray[np.bool_],
    due: NDArray[np.int64],
) -> None:
    """Write who has ``at_least`` to ``at_most`` marked events after an instant, and when that may change.

    Events count for ``length``. With more than ``at_most`` the person waits for the event that is one too many to go;
    within the bounds, for the one without which they are too few. ``at_most`` below 0 is no bound.
    """
    for person in range(len(first)):
        count = 0
        fewer = more = NEVER
        row = np.int64(end[person]) - 1
        while row >= np.int64(first[person]) and time[row] > after:
            if marks[code[row]]:
                count += 1
                if count == at_least:
                    fewer = time[row] + length
                if count == at_most + 1:
                    more = time[row] + length
                if count > at_most >= 0 or (at_most < 0 and count >= at_least):
                    break
            row -= 1
        is_too_often = count > at_most >= 0
        holds[person] = count >= at_least and not is_too_often
        due[person] = more if is_too_often else fewer


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64, types.int64, types.boolean, _PLACES
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def did_in_order(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    steps: int,
    since: int,
    until: int,
    within: int,
    latest: bool,
    begun: NDArray[np.int64],
) -> None:
    """Write when the first step was of those who did all steps in order; long ago for the others.

    Bit ``j`` of a mark: the event is step ``j``. With ``latest``, of all times they did so the one that began last;
    otherwise any one. ``within`` below 0 is no bound.
    """
    starts = np.empty(steps, np.int64)
    for person in range(len(first)):
        starts[:] = LONG_AGO
        begun[person] = LONG_AGO
        for row in range(np.int64(first[person]), np.int64(end[person])):
            mark, now = marks[code[row]], time[row]
            if not mark or now < since or now >= until:
                continue
            # The last step first, so that one event is one step; the latest beginning is the best there is.
            for step in range(steps - 1, 0, -1):
                if mark >> step & 1 and starts[step - 1] > starts[step]:
                    starts[step] = starts[step - 1]
                    if step == steps - 1 and (within < 0 or now - starts[step] <= within):
                        begun[person] = max(begun[person], starts[step])
            if mark & 1:
                starts[0] = now
            if begun[person] > LONG_AGO and not latest:
                break


@njit(
    [
        types.void(ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int8[::1], _PLACES)
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def newest_marked(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    since: int,
    until: int,
    found: NDArray[np.int8],
    at: NDArray[np.int64],
) -> None:
    """Write the mark of each person's newest marked event inside the bounds, 0 without one, and its time."""
    for person in range(len(first)):
        found[person] = 0
        at[person] = NEVER
        row = np.int64(end[person]) - 1
        while row >= np.int64(first[person]) and time[row] >= since:
            if time[row] < until and marks[code[row]]:
                found[person] = marks[code[row]]
                at[person] = time[row]
                break
            row -= 1


@njit(
    [
        types.void(
            TIMES, TIMES, TIMES, TIMES, types.int64, types.int64, types.int64, types.int64, types.int8[::1], _PLACES
        )
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def sums_held(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.int64],
    end: NDArray[np.int64],
    time: NDArray[np.int64],
    amount: NDArray[np.int64],
    since: int,
    until: int,
    limit_high: int,
    limit_low: int,
    order: NDArray[np.int8],
    earliest: NDArray[np.int64],
) -> None:
    """Write whether each person's amounts inside the bounds are below (-1), at (0) or above (1) a limit.

    Also when the earliest of them was. Both halves are summed apart, so that neither overflows.
    """
    for person in range(len(first)):
        high = low = np.int64(0)
        earliest[person] = NEVER
        for row in range(first[person], end[person]):
            if since <= time[row] < until:
                high += amount[row] >> 32
                low += amount[row] & 0xFFFFFFFF
                earliest[person] = min(earliest[person], time[row])
        high += low >> 32
        low &= 0xFFFFFFFF
        if high != limit_high:
            order[person] = 1 if high > limit_high else -1
        else:
            order[person] = 1 if low > limit_low else -1 if low < limit_low else 0


@njit(
    [
        types.void(TIMES, TIMES, TIMES, TIMES, types.int64, types.int64, types.int64, types.int64, _TRUTHS, _PLACES)
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def ordered_times(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.int64],
    end: NDArray[np.int64],
    time: NDArray[np.int64],
    key: NDArray[np.int64],
    since: int,
    until: int,
    at_least: int,
    at_most: int,
    holds: NDArray[np.bool_],
    earliest: NDArray[np.int64],
) -> None:
    """Write who has ``at_least`` to ``at_most`` different keys inside the bounds, and when the earliest event was.

    ``at_most`` below 0 is no bound.
    """
    for person in range(len(first)):
        count = 0
        earliest[person] = NEVER
        for row in range(first[person], end[person]):
            if not since <= time[row] < until:
                continue
            earliest[person] = min(earliest[person], time[row])
            is_new = True
            for before in range(first[person], row):
                if key[before] == key[row] and since <= time[before] < until:
                    is_new = False
                    break
            count += is_new
            if count > at_most >= 0 or (at_most < 0 and count >= at_least):
                break
        holds[person] = count >= at_least and (at_most < 0 or count <= at_most)
