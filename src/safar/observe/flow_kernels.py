"""Compiled loops of the flow: which step follows which, how often, and after how long."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

from .span_kernels import GAP_WALKS, SPAN_BINS, span_bin
from .stretch_kernels import PERSON, STATE, STRETCH, next_stretch


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, types.int64,
            types.int64[::1], types.int64[::1], TABLE, TIMES, types.uint32[::1], types.int32[::1], types.int64[::1],
        )
        for codes in CODES
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
    place_of: NDArray[np.int32],
    bounds: NDArray[np.int64],
    tally: NDArray[np.uint32],
    places: NDArray[np.int32],
    gaps: NDArray[np.int64],
) -> int:
    """Write, for each pair of steps, how often the one is followed by the other, and for how many persons.

    Parameters
    ----------
    counts, people
        ``counts[a * (steps + 2) + b]``; step ``steps`` is the start of a path, ``steps + 1`` its end.
    place_of, bounds
        Empty; or the place of the pair of steps ``a, b``: ``place_of[a * steps + b]``, step ``steps`` being the start,
        and for each place the four bounds of `spans.Brackets`.
    tally
        Of five columns, added to: gaps by place and how many bounds they reach.
    places, gaps
        The gaps in microseconds that lie in brackets, each with its place, and room for one more; how many there are is
        returned.
    """
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    no_rows, no_pauses = np.empty(0, np.uint32), np.empty(0, np.int64)
    width = np.uint64(steps + 2)
    start = np.uint64(steps)
    # Narrow tables stay in the first cache.
    last_of = np.full(len(counts), -1, np.int32)
    often, persons = np.zeros(len(counts), np.uint32), np.zeros(len(counts), np.uint32)
    before, person, last = start, np.int32(-1), np.int64(0)
    has_brackets, found = len(bounds) > 0, np.uint64(0)
    while True:
        count = np.uint64(
            next_stretch(
                first, end, time, code, table, since, until, pause, no_pauses, state, step, at, mark, no_rows, at
            )
        )  # fmt: skip
        if count == 0:
            break
        for place in range(count):
            begins = mark[place]
            if pause > 0 and begins:  # without a pause each person has one end
                over = before * width + start + np.uint64(1)
                persons[over] += last_of[over] != person
                last_of[over] = person
            person += np.int32(begins == PERSON)
            edge = (start if begins else before) * width + np.uint64(step[place])
            often[edge] += np.uint32(1)
            persons[edge] += last_of[edge] != person
            last_of[edge] = person
            if has_brackets:
                gap = at[place] - last
                last = at[place]
                pair = place_of[(start if begins else before) * start + np.uint64(step[place])]
                bound = np.uint64(pair) * np.uint64(4)
                reached = np.uint64(gap >= bounds[bound]) + np.uint64(gap >= bounds[bound + np.uint64(1)])
                reached += np.uint64(gap >= bounds[bound + np.uint64(2)])
                reached += np.uint64(gap >= bounds[bound + np.uint64(3)])
                tally[np.uint64(pair) * np.uint64(5) + reached] += np.uint32(1)
                places[found], gaps[found] = pair, gap
                found += reached & np.uint64(1)
            before = np.uint64(step[place])
    if pause > 0 and before != start:
        over = before * width + start + np.uint64(1)
        persons[over] += last_of[over] != person
    counts[:], people[:] = often, persons
    people[steps * (steps + 2) + steps + 1] = 0
    for source in range(steps):  # what comes to a step and does not go on from it ends there
        come, gone = np.int64(0), np.int64(0)
        for other in range(steps + 1):
            come += counts[other * (steps + 2) + source]
            gone += counts[source * (steps + 2) + other]
        counts[source * (steps + 2) + steps + 1] = come - gone
        if pause == 0:
            people[source * (steps + 2) + steps + 1] = come - gone
    return int(found)


@njit(GAP_WALKS, nogil=True, cache=True)
def walk_gaps(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    steps: int,
    place_of: NDArray[np.int32],
    bins: NDArray[np.uint32],
    slot_of_bin: NDArray[np.int32],
    slots: NDArray[np.int32],
    gaps: NDArray[np.int64],
) -> int:
    """Count the gaps between steps in bins; or, where ``slot_of_bin`` is given, write those that are sought.

    Parameters
    ----------
    place_of
        The place of the pair of steps ``a, b``, step ``steps`` being the start: ``place_of[a * steps + b]``; the last
        place where its gaps are not measured.
    bins
        Added to: ``bins[place * SPAN_BINS + bin]``.
    slot_of_bin
        Empty at the first walk. At the second, aligned with ``bins``: the slot of each bin whose gaps are written, -1
        for the others.
    slots, gaps
        The gaps in microseconds, each with its slot, and room for one more; how many there are is returned.
    """
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    no_rows, no_pauses = np.empty(0, np.uint32), np.empty(0, np.int64)
    width, start = np.uint64(steps), np.uint64(steps)
    is_first_walk = len(slot_of_bin) == 0
    found = np.uint64(0)
    before, last = start, np.int64(0)
    while True:
        count = np.uint64(
            next_stretch(
                first, end, time, code, table, since, until, pause, no_pauses, state, step, at, mark, no_rows, at
            )
        )  # fmt: skip
        if count == 0:
            break
        for place in range(count):
            edge = (start if mark[place] else before) * width + np.uint64(step[place])
            gap = at[place] - last
            spot = np.uint64(place_of[edge]) * np.uint64(SPAN_BINS) + np.uint64(span_bin(gap))
            if is_first_walk:
                bins[spot] += np.uint32(1)
            else:
                slots[found], gaps[found] = slot_of_bin[spot], gap
                found += np.uint64(slot_of_bin[spot] >= 0)
            before, last = np.uint64(step[place]), at[place]
    return int(found)
