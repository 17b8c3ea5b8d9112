"""Compiled: the seen steps of person after person as short flat arrays, for loops without branches.

A loop that goes from person to person waits at each end for a guess of the processor that is often wrong; one that goes
flat over a few thousand steps, with a mark where a path begins, does not. What is seen and when a path ends is decided
here, once for all walks.
"""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

#: Steps in one stretch: what belongs to them fits the first cache.
STRETCH: Final = 2_048
#: What is remembered from one stretch to the next; zeros at first.
STATE: Final = 9
#: The marks of a step that begins a path of the person before, and of one that begins a person.
PATH, PERSON = 1, 3
#: No bound of time.
NEVER: Final = -(1 << 62)

_PERSON, _ROW, _IS_INSIDE, _PENDING, _LAST_AT, _LAST_LIMIT, _IS_KNOWN, _IS_PLAIN, _IS_BARE = range(STATE)


@njit(inline="always")
def _all_seen(table: NDArray[np.int32], since: int, until: int) -> bool:
    for step in table:
        if step < 0:
            return False
    return since <= NEVER and until >= -NEVER


@njit(nogil=True)
def is_bare(
    first: NDArray[np.uint32], end: NDArray[np.uint32], table: NDArray[np.int32], since: int, until: int
) -> bool:
    """Tell whether every row from the first person's to the last one's is a step, and theirs in this order."""
    gaps = np.uint32(0)
    for person in range(1, len(first)):
        gaps |= first[person] ^ end[person - 1]
    return len(first) > 0 and gaps == 0 and _all_seen(table, since, until)


@njit(nogil=True)
def next_rows(
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    state: NDArray[np.int64],
    mark: NDArray[np.uint8],
) -> tuple[np.uint64, np.uint64]:
    """Return from where to where the next steps lie, and mark where a person begins; only where all `is_bare`.

    ``state`` and ``mark`` are those of `next_stretch`; pauses are not marked.
    """
    person, row = np.uint64(state[_PERSON]), np.uint64(state[_ROW])
    if person == 0:
        row = np.uint64(first[0])
    stop = min(row + np.uint64(len(mark)), np.uint64(end[len(end) - 1]))
    mark[:] = 0
    while person < np.uint64(len(first)) and np.uint64(first[person]) < stop:
        mark[np.uint64(first[person]) - row] = PERSON
        person += np.uint64(1)
    state[_PERSON], state[_ROW] = person, stop
    return row, stop


@njit(nogil=True)
def mark_pauses(at: NDArray[np.int64], pause: int, state: NDArray[np.int64], mark: NDArray[np.uint8]) -> None:
    """Mark the steps, of which there is at least one, that come after a longer pause; remember when the last was."""
    mark[0] |= np.uint8(at[0] - state[_LAST_AT] > pause)
    for place in range(np.uint64(1), np.uint64(len(at))):
        mark[place] |= np.uint8(at[place] - at[place - np.uint64(1)] > pause)
    state[_LAST_AT] = at[np.uint64(len(at)) - np.uint64(1)]


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, TIMES, types.int64[::1],
            types.int32[::1], types.int64[::1], types.uint8[::1], types.uint32[::1], types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def next_stretch(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    pauses: NDArray[np.int64],
    state: NDArray[np.int64],
    step: NDArray[np.int32],
    at: NDArray[np.int64],
    mark: NDArray[np.uint8],
    row_of: NDArray[np.uint32],
    limit: NDArray[np.int64],
) -> int:
    """Write the next seen steps; return how many there are, 0 when all persons are done.

    Parameters
    ----------
    table
        The step of each code; below 0 where it is none.
    since, until
        Microseconds; only events of ``since <= time < until`` are seen.
    pause
        Microseconds without a step after which a path ends; never where it is 0.
    pauses
        For each code the pause after it, in place of the one for all; empty where there is that one.
    state
        Zeros at first.
    step, at
        The steps, and when.
    mark
        `PERSON` where a person begins, `PATH` where another path of theirs does, 0 elsewhere.
    row_of, limit
        As long as ``step`` or empty: the rows; scratch for ``pauses``.
    """
    one = np.uint64(1)
    persons, room = np.uint64(len(first)), np.uint64(len(step))
    person, row, is_inside = np.uint64(state[_PERSON]), np.uint64(state[_ROW]), state[_IS_INSIDE] != 0
    if state[_IS_KNOWN] == 0:
        state[_IS_KNOWN], state[_IS_PLAIN] = 1, _all_seen(table, since, until)
        state[_IS_BARE] = is_bare(first, end, table, since, until)
    is_plain = state[_IS_PLAIN] != 0
    has_rows, has_limits = len(row_of) > 0, len(pauses) > 0
    seen = np.uint64(0)
    if state[_IS_BARE] != 0:
        begin, stop = next_rows(first, end, state, mark)
        seen = stop - begin
        for place in range(seen):
            step[place] = table[code[begin + place]]
            at[place] = time[begin + place]
        if has_rows:
            for place in range(seen):
                row_of[place] = begin + place
        if has_limits:
            for place in range(seen):
                limit[place] = pauses[code[begin + place]]
        person, row = np.uint64(state[_PERSON]), np.uint64(state[_ROW])
    while state[_IS_BARE] == 0 and seen == 0 and person < persons:
        mark[:] = 0
        count = np.uint64(0)
        while person < persons and count < room:
            # A run of persons whose rows follow each other, as far as there is room.
            begin = row if is_inside else np.uint64(first[person])
            most = begin + (room - count)
            stop = begin
            while person < persons and stop < most and (is_inside or first[person] == stop):
                if not is_inside:
                    mark[count + (stop - begin)] = PERSON
                is_inside = np.uint64(end[person]) > most
                stop = min(most, np.uint64(end[person]))
                if is_inside:
                    break
                person += one
            row = stop
            for place in range(stop - begin):
                step[count + place] = table[code[begin + place]]
                at[count + place] = time[begin + place]
            if has_rows:
                for place in range(stop - begin):
                    row_of[count + place] = begin + place
            if has_limits:
                for place in range(stop - begin):
                    limit[count + place] = pauses[code[begin + place]]
            count += stop - begin
        seen = count
        if not is_plain:
            # What is not seen goes; the mark of a person waits for the first step that is.
            seen = np.uint64(0)
            pending = np.uint8(state[_PENDING])
            for place in range(count):
                here = mark[place] | pending
                is_seen = (step[place] >= 0) & (at[place] >= since) & (at[place] < until)
                step[seen], at[seen], mark[seen] = step[place], at[place], here
                if has_rows:
                    row_of[seen] = row_of[place]
                if has_limits:
                    limit[seen] = limit[place]
                seen += np.uint64(is_seen)
                pending = np.uint8(0) if is_seen else here
            state[_PENDING] = pending
    if seen and has_limits:
        mark[0] |= np.uint8(at[0] - state[_LAST_AT] > state[_LAST_LIMIT])
        for place in range(one, seen):
            mark[place] |= np.uint8(at[place] - at[place - one] > limit[place - one])
        state[_LAST_AT], state[_LAST_LIMIT] = at[seen - one], limit[seen - one]
    elif seen and pause > 0:
        mark_pauses(at[:seen], pause, state, mark)
    state[_PERSON], state[_ROW], state[_IS_INSIDE] = person, row, is_inside
    return int(seen)
