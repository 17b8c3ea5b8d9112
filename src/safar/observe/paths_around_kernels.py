"""Compiled loops of what stands around a step: where the step is, what comes after or before it, and after how long."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

from .span_kernels import SPAN_BINS, span_bin

#: No event is later, none earlier than its opposite; see `Walk.bounds`.
_EVER = 1 << 62
_ONE = np.uint64(1)
#: Rows that are looked through at a time.
_LOOKED_AT = 1 << 13
#: The types of a loop that writes the steps after anchors, or before them.
_COLLECTS: Final = [
    types.void(
        ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.boolean, types.boolean, types.uint32[::1],
        types.uint32[::1], types.int16[:, ::1], types.int64[:, ::1],
    )
    for codes in CODES
]  # fmt: skip


@njit
def _is_one_path(  # noqa: PLR0917 - compiled code knows positions only
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    pause: int,
    row: int,
    later: int,
) -> bool:
    """Return whether no pause ends the path between two of its steps."""
    last = time[row]
    for between in range(row + 1, later + 1):
        if table[code[between]] >= 0:
            if time[between] - last > pause:
                return False
            last = time[between]
    return True


@njit
def _is_next(code: NDArray[np.unsignedinteger[Any]], table: NDArray[np.int32], row: int, later: int) -> bool:
    """Return whether no step stands between two rows."""
    for between in range(row + 1, later):  # noqa: SIM110 - a generator is not compiled
        if table[code[between]] >= 0:
            return False
    return True


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, types.int64, types.boolean,
            types.boolean, types.uint32[::1], types.uint32[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def find_anchors(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    anchor: int,
    every: bool,
    collapse: bool,
    persons: NDArray[np.uint32],
    rows: NDArray[np.uint32],
) -> int:
    """Write where the step ``anchor`` stands, and whose it is; return how often.

    Its first time in each path, or ``every`` time: with ``collapse`` not where it repeats at once. Persons must follow
    each other in the order of their rows: these are looked through some thousands at a time, without a branch, and only
    where the step stands it is asked whose it is.
    """
    if len(first) == 0:
        return 0
    is_anchor = (table == anchor).astype(np.uint8)
    is_once = not every and pause == 0
    spots = np.empty(_LOOKED_AT, np.uint32)
    found = 0
    person = np.uint64(0)
    kept, kept_by = np.int64(-1), np.uint64(len(first))
    stop = np.uint64(end[-1])
    for start in range(np.uint64(first[0]), stop, np.uint64(_LOOKED_AT)):
        count = np.uint64(0)
        for candidate in range(start, min(start + np.uint64(_LOOKED_AT), stop)):
            spots[count] = candidate
            count += np.uint64(is_anchor[code[candidate]])
        for spot in range(count):
            row = np.uint64(spots[spot])
            while np.uint64(end[person]) <= row:
                person += _ONE
            if row < np.uint64(first[person]) or (is_once and kept_by == person):
                continue
            at = time[row]
            if at < since or at >= until:
                continue
            before = kept if kept_by == person else np.int64(-1)
            kept, kept_by = np.int64(row), person
            if before >= 0:
                if every:
                    if (
                        collapse
                        and (pause == 0 or at - time[before] <= pause)
                        and _is_next(code, table, before, kept)
                    ):
                        continue
                elif _is_one_path(time, code, table, pause, before, kept):
                    continue
            persons[found], rows[found] = person, row
            found += 1
    return found


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, types.boolean,
            types.uint32[::1], types.uint32[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def find_edges(  # noqa: C901, PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    is_end: bool,
    persons: NDArray[np.uint32],
    rows: NDArray[np.uint32],
) -> int:
    """Write the first step of each path, or the last one, and whose it is; return how many paths there are."""
    found = 0
    for person in range(len(first)):
        begin, stop = np.int64(first[person]), np.int64(end[person])
        last = np.int64(-1)
        if is_end and pause == 0:
            for row in range(stop - 1, begin - 1, -1):
                if table[code[row]] >= 0 and time[row] < until:
                    if time[row] >= since:
                        persons[found], rows[found] = person, row
                        found += 1
                    break
            continue
        for row in range(begin, stop):
            if table[code[row]] < 0 or time[row] < since:
                continue
            if time[row] >= until:
                break
            if last < 0 or time[row] - time[last] > pause:
                # a path begins here; the one before, if any, has ended
                if not is_end or last >= 0:
                    persons[found], rows[found] = person, last if is_end else row
                    found += 1
                if pause == 0:
                    break
            last = np.int64(row)
        if is_end and last >= 0:
            persons[found], rows[found] = person, last
            found += 1
    return found


@njit(_COLLECTS, nogil=True, cache=True)
def collect_after(  # noqa: PLR0917 - compiled code knows positions only
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    until: int,
    pause: int,
    is_edge: bool,
    collapse: bool,
    persons: NDArray[np.uint32],
    rows: NDArray[np.uint32],
    steps: NDArray[np.int16],
    times: NDArray[np.int64],
) -> None:
    """Write the steps that follow each anchor, below 0 from where its path has ended.

    Parameters
    ----------
    is_edge
        The anchors are the first steps of paths and are themselves the first that follow.
    collapse
        A step that repeats at once counts once, at its first time.
    steps
        ``[anchor, distance - 1]``: as many as fit.
    times
        ``[anchor, distance]``, that of the anchor first; none where it is empty.
    """
    is_timed = times.size > 0
    is_clocked = is_timed or pause > 0 or until < _EVER
    width = np.uint64(steps.shape[1])
    for anchor in range(np.uint64(len(rows))):
        stop = np.uint64(end[persons[anchor]])
        row = np.uint64(rows[anchor])
        last = time[row] if is_clocked else np.int64(0)
        before = np.int32(-1) if is_edge else table[code[row]]
        if is_timed:
            times[anchor, 0] = last
        if not is_edge:
            row += _ONE
        found = np.uint64(0)
        while row < stop and found < width:
            step = table[code[row]]
            if step >= 0:
                if is_clocked:
                    at = time[row]
                    if at >= until or (pause > 0 and at - last > pause):
                        break
                    last = at
                if not (collapse and step == before):
                    before = step
                    steps[anchor, found] = step
                    found += _ONE
                    if is_timed:
                        times[anchor, found] = last
            row += _ONE
        if found < width:
            steps[anchor, found] = -1


@njit(_COLLECTS, nogil=True, cache=True)
def collect_before(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    pause: int,
    is_edge: bool,
    collapse: bool,
    persons: NDArray[np.uint32],
    rows: NDArray[np.uint32],
    steps: NDArray[np.int16],
    times: NDArray[np.int64],
) -> None:
    """Write the steps that lead to each anchor, nearest first, as `collect_after` does."""
    is_timed = times.size > 0
    is_clocked = is_timed or pause > 0 or since > -_EVER
    width = np.uint64(steps.shape[1])
    for anchor in range(np.uint64(len(rows))):
        start = np.uint64(first[persons[anchor]])
        row = np.uint64(rows[anchor]) + _ONE
        last = time[row - _ONE] if is_clocked else np.int64(0)
        nearer = np.int32(-1) if is_edge else table[code[row - _ONE]]
        if is_timed:
            times[anchor, 0] = last
        if not is_edge:
            row -= _ONE
        found = np.uint64(0)
        while row > start:
            row -= _ONE
            step = table[code[row]]
            if step < 0:
                continue
            if is_clocked:
                at = time[row]
                if at < since or (pause > 0 and last - at > pause):
                    break
                last = at
            if not (collapse and step == nearer):
                if found == width:
                    break
                nearer = step
                steps[anchor, found] = step
                found += _ONE
            if is_timed:
                # while a step repeats, backwards, its first time is still to come
                times[anchor, found] = last
        if found < width:
            steps[anchor, found] = -1


@njit(
    types.void(
        types.uint32[::1], types.int16[:, ::1], types.int32[:, ::1], types.int64[:, ::1], types.int64[:, :, ::1],
        types.int64[:, ::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def count_collected(  # noqa: PLR0917 - compiled code knows positions only
    persons: NDArray[np.uint32],
    steps: NDArray[np.int16],
    places: NDArray[np.int32],
    by_step: NDArray[np.int64],
    links: NDArray[np.int64],
    ended: NDArray[np.int64],
) -> None:
    """Add how often each step stands where.

    Parameters
    ----------
    persons, steps
        As `collect_after` takes and leaves them.
    places
        ``[depth, step]``: where a step is counted at a depth; depth 0 is the anchor, at place 0.
    by_step
        ``[depth, step]``: how often the step stands there.
    links
        ``[depth, place, place at depth + 1]``: how often.
    ended
        ``[depth, place]``: how often the path ends there (backwards: begins).
    """
    depth = np.uint64(len(links))
    for anchor in range(np.uint64(len(persons))):
        here = np.uint64(0)
        near = np.uint64(0)
        while near < depth and steps[anchor, near] >= 0:
            step = np.uint64(steps[anchor, near])
            there = np.uint64(places[near + _ONE, step])
            by_step[near + _ONE, step] += 1
            links[near, here, there] += 1
            here = there
            near += _ONE
        if steps[anchor, near] < 0:
            ended[near, here] += 1


@njit(
    types.void(
        types.uint32[::1], types.int16[:, ::1], types.int32[:, ::1], types.int64[:, :, ::1], types.int64[:, ::1],
        types.int64[:, ::1], types.int64[:, :, ::1], types.int64[:, ::1], types.int64[:, ::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def count_people(  # noqa: PLR0917 - compiled code knows positions only
    persons: NDArray[np.uint32],
    steps: NDArray[np.int16],
    places: NDArray[np.int32],
    links: NDArray[np.int64],
    nodes: NDArray[np.int64],
    ended: NDArray[np.int64],
    seen_links: NDArray[np.int64],
    seen_nodes: NDArray[np.int64],
    seen_ended: NDArray[np.int64],
) -> None:
    """Add for how many persons what `count_collected` counts is so at least once; ``seen…`` holds who was last.

    ``nodes`` is ``[depth, place]``.
    """
    depth = np.uint64(len(links))
    for anchor in range(np.uint64(len(persons))):
        person = np.int64(persons[anchor])
        here = np.uint64(0)
        near = np.uint64(0)
        while near < depth and steps[anchor, near] >= 0:
            there = np.uint64(places[near + _ONE, np.uint64(steps[anchor, near])])
            if seen_links[near, here, there] != person:
                seen_links[near, here, there] = person
                links[near, here, there] += 1
            here = there
            near += _ONE
            if seen_nodes[near, here] != person:
                seen_nodes[near, here] = person
                nodes[near, here] += 1
        if steps[anchor, near] < 0 and seen_ended[near, here] != person:
            seen_ended[near, here] = person
            ended[near, here] += 1


@njit(
    types.int64(
        types.int16[:, ::1], types.int64[:, ::1], types.int32[:, ::1], types.int32[:, ::1], types.int32[:, :, ::1],
        types.int64[::1], types.int32[::1], types.int32[::1], types.int64[::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def measure_collected(  # noqa: PLR0917 - compiled code knows positions only
    steps: NDArray[np.int16],
    times: NDArray[np.int64],
    places: NDArray[np.int32],
    node_group: NDArray[np.int32],
    link_group: NDArray[np.int32],
    bins: NDArray[np.int64],
    slot_of_bin: NDArray[np.int32],
    slots: NDArray[np.int32],
    spans: NDArray[np.int64],
) -> int:
    """Count times in bins; or, where ``slot_of_bin`` is given, write those that are sought and return how many.

    Parameters
    ----------
    steps, times
        As `collect_after` leaves them.
    node_group
        ``[depth, place]``: the group of the times from the anchor; below 0 where they are not measured.
    link_group
        ``[depth, place, place]``: the group of the times between two neighbours.
    bins, slot_of_bin, slots, spans
        As in `flow_kernels.walk_gaps`, by group.
    """
    is_first_walk = len(slot_of_bin) == 0
    written = 0
    for anchor in range(len(steps)):
        here = np.int64(0)
        for near in range(len(link_group)):
            step = steps[anchor, near]
            if step < 0:
                break
            there = np.int64(places[near + 1, step])
            for which in range(2):
                group = np.int64(node_group[near + 1, there] if which == 0 else link_group[near, here, there])
                if group < 0:
                    continue
                span = abs(times[anchor, near + 1] - times[anchor, 0 if which == 0 else near])
                bin_ = group * SPAN_BINS + span_bin(span)
                if is_first_walk:
                    bins[bin_] += 1
                elif slot_of_bin[bin_] >= 0:
                    slots[written], spans[written] = slot_of_bin[bin_], span
                    written += 1
            here = there
    return written
