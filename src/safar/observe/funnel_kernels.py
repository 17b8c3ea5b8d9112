"""Compiled loops of the funnel: how far each path gets through the steps, and how long it takes."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

from .funnel_walks import EXCLUDED, SEEN

#: How the steps must follow each other.
ORDERED, STRICT, UNORDERED = 0, 1, 2
_NEVER: Final = -(1 << 62)
_LATER: Final = 1 << 62
NOT_LOST: Final = np.uint8(255)
NO_ROW: Final = np.uint32(0xFFFFFFFF)

_HELD = frozen(types.uint32)


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64, types.int64, types.int64,
            types.uint32[::1], types.uint32[::1], types.uint32[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def gather_steps(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    matches: NDArray[np.int64],
    since: int,
    until: int,
    pause: int,
    wanted: int,
    needed: int,
    rows: NDArray[np.uint32],
    path_end: NDArray[np.uint32],
    path_stop: NDArray[np.uint32],
) -> int:
    """Write the rows that have to do with a funnel, path by path; return how many paths there are.

    Parameters
    ----------
    matches
        For each code the steps it is, as bits; `SEEN` where it is seen at all, `EXCLUDED` where it voids what was
        begun.
    wanted, needed
        Rows with one of these bits are written, of paths with a row that has one of those.
    rows, path_end, path_stop
        Path ``p`` has ``rows[path_end[p - 1]:path_end[p]]``; its last event stands before row ``path_stop[p]``.
    """
    is_plain = pause == 0 and since <= _NEVER and until >= -_NEVER
    written, paths = np.uint64(0), np.uint64(0)
    for person in range(np.uint64(len(first))):
        bits = np.int64(0)
        begun = written
        row, stop = np.uint64(first[person]), np.uint64(end[person])
        if is_plain:
            while row < stop:
                found = matches[code[row]]
                rows[written] = row
                written += np.uint64((found & wanted) != 0)
                bits |= found
                row += np.uint64(1)
        else:
            last = np.int64(since)
            while row < stop and time[row] < until:
                found = matches[code[row]]
                at = time[row]
                if found and at >= since:
                    if pause > 0 and bits and at - last > pause:
                        path_end[paths], path_stop[paths] = written, row
                        if bits & needed:
                            paths += np.uint64(1)
                            begun = written
                        written = begun
                        bits = np.int64(0)
                    last = at
                    bits |= found
                    rows[written] = row
                    written += np.uint64((found & wanted) != 0)
                row += np.uint64(1)
        path_end[paths], path_stop[paths] = written, row
        if bits & needed:
            paths += np.uint64(1)
        else:
            written = begun
    return int(paths)


@njit(inline="always")
def _gathered(
    matches: np.int64, at: np.int64, within: int, last_at: NDArray[np.int64], began: NDArray[np.int64]
) -> int:
    """Take one event of an unordered funnel; return how many of the steps were done in the time that ends with it.

    ``last_at[k]`` is when step ``k`` was done last; ``began[0]`` becomes the earliest of those that count.
    """
    count = 0
    began[0] = at
    for step in range(len(last_at)):
        if matches & (np.int64(1) << step):
            last_at[step] = at
        if at - last_at[step] <= within:
            count += 1
            began[0] = min(began[0], last_at[step])
    return count


@njit(inline="always")
def _advanced(  # noqa: PLR0917 - compiled code knows positions only
    is_strict: bool,
    begins: bool,
    matches: np.int64,
    at: np.int64,
    within: int,
    deepest: int,
    starts: NDArray[np.int64],
    reached_at: NDArray[np.int64],
    gaps: NDArray[np.int64],
) -> int:
    """Take one event; return the highest number of steps done by a chain that ends with it, 0 if none does.

    ``starts[k]`` is when the latest chain that has done step ``k`` began, ``reached_at[k]`` when it did that step,
    ``gaps[k]`` how long after the step before. No chain has done more than ``deepest`` steps. ``begins`` tells whether
    the event may begin a chain.
    """
    best = 0
    for step in range(min(deepest, len(starts) - 1), 0, -1):
        if matches & (np.int64(1) << step) and at - starts[step - 1] <= within:
            gaps[step] = at - reached_at[step - 1]
            starts[step], reached_at[step] = starts[step - 1], at
            best = max(best, step + 1)
        elif is_strict:
            starts[step] = _NEVER
    if begins:
        starts[0], reached_at[0] = at, at
        best = max(best, 1)
    elif is_strict:
        starts[0] = _NEVER
    return best


@njit(
    [
        types.int64(
            TIMES, codes, TIMES, types.int64, types.int64, types.boolean, types.int64, ROWS, ROWS, ROWS,
            _HELD, TABLE, types.int64[:, ::1], types.uint8[::1], types.int32[::1], types.int64[:, ::1],
            types.uint8[::1], types.uint32[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_funnel(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled, positions only
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    matches: NDArray[np.int64],
    within: int,
    order: int,
    first_only: bool,
    paths: int,
    rows: NDArray[np.uint32],
    path_end: NDArray[np.uint32],
    path_stop: NDArray[np.uint32],
    held: NDArray[np.uint32],
    group: NDArray[np.int32],
    reached: NDArray[np.int64],
    level: NDArray[np.uint8],
    level_group: NDArray[np.int32],
    times: NDArray[np.int64],
    lost: NDArray[np.uint8],
    lost_row: NDArray[np.uint32],
) -> int:
    """Count how many paths get how far; return how many times were written.

    Parameters
    ----------
    matches, rows, path_end, path_stop
        As of `gather_steps`.
    within
        Microseconds from the first step to the last.
    held
        Empty; or for each of the rows the code of the value that the steps of a chain must share, 0 for none.
    group
        Empty; or for each of the rows its group: paths are counted in each group in which they do the first step.
    reached
        ``reached[group, k]`` is added to: paths that did at least ``k + 1`` steps; one group where there are none.
    level, level_group, times
        For each step after the first that a path reached, when it reached it for the first time: its number, the group,
        and microseconds since the first step and since the one before. Writing stops where they are full.
    lost, lost_row
        For each path, unless there are groups: the last step it did, and the row of the event that follows; the last
        possible row where none does. `NOT_LOST` where it did no step or the last one.
    """
    steps = reached.shape[1]
    starts, reached_at, gaps = (
        np.full(steps, _NEVER, np.int64), np.empty(steps, np.int64), np.zeros(steps, np.int64),
    )  # fmt: skip
    first_row = np.full(steps, _LATER, np.int64)
    from_first, from_before = np.zeros(steps, np.int64), np.zeros(steps, np.int64)
    has_groups, is_held = len(group) > 0, len(held) > 0
    asked = np.zeros(1, np.int64)
    met = np.full(len(reached), -1, np.int64)
    if has_groups:
        asked = np.zeros(len(reached), np.int64)
    sorted_spots = np.empty(0, np.int64)
    written = 0
    begin = np.int64(0)
    for path in range(paths):
        stop = np.int64(path_end[path])
        count = 1
        if has_groups:
            count = 0
            for each in range(begin, stop):
                if matches[code[rows[each]]] & 1 and met[group[each]] != path:
                    met[group[each]] = path
                    asked[count] = group[each]
                    count += 1
        if is_held:
            sorted_spots = np.argsort(held[begin:stop], kind="mergesort")
        for number in range(count):
            best: Any = 0
            place = begin
            while place < stop:
                # One thread of the path: its events of one held value, or all of them.
                deepest: Any = np.int64(0)
                thread_best: Any = 0
                is_new = True
                value = np.uint32(0)
                if is_held:
                    value = held[begin + sorted_spots[place - begin]]
                    if value == 0:
                        place += 1
                        continue
                voided = begin
                while place < stop:
                    spot = begin + sorted_spots[place - begin] if is_held else place
                    if is_held and held[spot] != value:
                        break
                    place += 1
                    row = np.int64(rows[spot])
                    found = matches[code[row]]
                    if is_held:
                        while voided < stop:  # what carries no value voids the chains of every value
                            other = begin + sorted_spots[voided - begin]
                            if held[other] != 0 or other > spot:
                                break
                            if matches[code[rows[other]]] & EXCLUDED:
                                starts[:] = _NEVER
                                deepest = 0
                            voided += 1
                    if found & EXCLUDED:
                        starts[:] = _NEVER
                        deepest = 0
                        continue
                    if has_groups and group[spot] != asked[number]:
                        found &= ~np.int64(1)
                    if order == ORDERED and found & ((np.int64(2) << deepest) - 1) == 0:
                        continue  # a step that no chain has come to
                    at = time[row]
                    if order == UNORDERED:
                        done = _gathered(found, at, within, starts, reached_at)
                        deepest = steps
                    else:
                        begins = (found & 1) != 0 and (is_new or not first_only)
                        is_new = is_new and not begins
                        done = _advanced(
                            order == STRICT, begins, found, at, within, deepest, starts, reached_at, gaps
                        )
                        deepest = max(deepest, done)
                    for step in range(thread_best, done):
                        if row < first_row[step]:
                            first_row[step] = row
                            if order == UNORDERED:
                                from_first[step] = at - reached_at[0]
                            else:
                                from_first[step] = at - starts[step]
                                from_before[step] = gaps[step]
                    thread_best = max(thread_best, done)
                for step in range(max(deepest, 1)):
                    starts[step] = _NEVER
                best = max(best, thread_best)
            for step in range(best):
                reached[asked[number], step] += 1
                if step > 0:
                    if written < len(level):
                        level[written] = step
                        level_group[written] = asked[number]
                        times[0, written] = from_first[step]
                        times[1, written] = from_before[step]
                    written += 1
            if not has_groups:
                lost[path] = NOT_LOST
            if not has_groups and 0 < best < steps:
                row, last = first_row[best - 1] + 1, np.int64(path_stop[path])
                while row < last and not matches[code[row]] & SEEN:
                    row += 1
                lost[path] = best - 1
                lost_row[path] = row if row < last else NO_ROW
            for step in range(best):
                first_row[step] = _LATER
        begin = stop
    return written
