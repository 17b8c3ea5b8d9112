"""Compiled loops of time series: what happened in which period, on which line, by how many customers."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

#: What `walk_people` adds up in each cell: persons, events, squares of the events of a person, persons who also did the
#: other thing, sums of values, squares of the sum of a person, products of a person's sum and events.
SUMS: Final = 7
PEOPLE, EVENTS, EVENTS_SQUARED, ALSO, TOTAL, TOTAL_SQUARED, PRODUCTS = range(SUMS)

_NEVER: Final = np.iinfo(np.int64).min


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, TIMES, TABLE, TIMES, types.int64,
            types.boolean, types.int64, types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_rows(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    edges: NDArray[np.int64],
    hint: NDArray[np.int32],
    turn: NDArray[np.int64],
    shift: int,
    is_fine: bool,
    lines: int,
    counts: NDArray[np.int64],
) -> None:
    """Add to ``counts[interval * lines + line]`` the rows of ``since <= time < until`` whose code has a line.

    Persons whose rows lie side by side are walked in one go. ``table`` has the line of each code, below 0 for none;
    ``edges``, ``hint``, ``turn``, ``shift``, ``is_fine``: see `periods.Grid`.
    """
    # Unsigned places spare a check for those counted from the end.
    origin = edges[0]
    span = np.uint64(max(until - since, 0))
    bits = np.uint64(shift)
    person = 0
    while person < len(first):
        row, stop = np.int64(first[person]), np.int64(end[person])
        person += 1
        while person < len(first) and first[person] == stop:
            stop = np.int64(end[person])
            person += 1
        for spot in range(np.uint64(row), np.uint64(stop)):
            line = np.int64(table[code[spot]])
            at = time[spot]
            if np.uint64(at - since) >= span or line < 0:
                continue
            bucket = np.uint64(at - origin) >> bits
            interval = np.int64(hint[bucket]) + np.int64(at >= turn[bucket])
            if not is_fine:
                while at >= edges[interval + 1]:
                    interval += 1
            counts[np.uint64(interval * lines + line)] += 1


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TABLE, frozen(types.boolean), frozen(types.float64), TABLE, types.int64,
            types.boolean, types.int64, types.int64, TIMES, TABLE, TIMES, types.int64, types.boolean,
            types.float64[:, :, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_people(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    also: NDArray[np.bool_],
    values: NDArray[np.float64],
    total_of: NDArray[np.int32],
    pause: int,
    is_first_only: bool,
    since: int,
    until: int,
    edges: NDArray[np.int64],
    hint: NDArray[np.int32],
    turn: NDArray[np.int64],
    shift: int,
    is_fine: bool,
    found: NDArray[np.float64],
) -> None:
    """Add up what each person did in each interval; see `SUMS`.

    Parameters
    ----------
    table
        The line of each code; below 0 where it is not counted.
    also
        Whether a code is the other thing that persons are asked for.
    values
        One for each row, NaN where there is none (such a row is not counted); empty where none are asked for.
    total_of
        For each line the one that counts it together with others; below 0 for none.
    pause
        Above 0: of the rows with a line, only those are counted that no other one of the person precedes by so many
        microseconds or less.
    is_first_only
        Count only each person's first row ever.
    found
        Of shape (intervals, lines, SUMS), added to.
    """
    lines = len(total_of)
    origin = edges[0]
    has_values = len(values) > 0
    events = np.zeros(lines, np.float64)
    totals = np.zeros(lines, np.float64)
    touched = np.empty(lines, np.int64)
    count = 0
    for person in range(len(first)):
        row, stop = np.int64(first[person]), np.int64(end[person])
        interval = np.int64(-1)
        upper = np.int64(_NEVER)
        last = np.int64(_NEVER)
        did_also = False
        is_over = False
        while True:
            is_over = bool(is_over or row >= stop or time[row] >= until)
            line = np.int32(-1)
            is_also = False
            at = np.int64(0)
            value = 0.0
            if not is_over:
                at = time[row]
                kind = code[row]
                line = table[kind]
                is_also = also[kind]
                if line >= 0 and has_values:
                    value = values[row]
                    if np.isnan(value):
                        line = np.int32(-1)
                if line >= 0 and pause > 0:
                    before = last
                    last = at
                    if before != _NEVER and at - before <= pause:
                        line = np.int32(-1)
                row += 1
                if at < since:
                    is_over = bool(is_first_only and line >= 0)
                    continue
                if line < 0 and not is_also:
                    continue
            if is_over or at >= upper:
                for spot in range(count):
                    place = touched[spot]
                    x, y = events[place], totals[place]
                    events[place] = 0.0
                    totals[place] = 0.0
                    cell = found[interval, place]
                    cell[PEOPLE] += 1
                    cell[EVENTS] += x
                    cell[EVENTS_SQUARED] += x * x
                    cell[ALSO] += did_also
                    if has_values:
                        cell[TOTAL] += y
                        cell[TOTAL_SQUARED] += y * y
                        cell[PRODUCTS] += x * y
                count = 0
                did_also = False
                if is_over:
                    break
                bucket = (at - origin) >> shift
                interval = np.int64(hint[bucket]) + np.int64(at >= turn[bucket])
                if not is_fine:
                    while at >= edges[interval + 1]:
                        interval += 1
                upper = edges[interval + 1]
            did_also = did_also or is_also
            if line < 0:
                continue
            while line >= 0:
                if events[line] == 0.0:
                    touched[count] = line
                    count += 1
                events[line] += 1.0
                totals[line] += value
                line = total_of[line]
            is_over = is_first_only


@njit([types.void(codes, TABLE, types.uint16[::1]) for codes in CODES], nogil=True, cache=True)
def add_looked_up(
    code: NDArray[np.unsignedinteger[Any]], table: NDArray[np.int32], found: NDArray[np.uint16]
) -> None:
    """Add to each row what the table has for its code."""
    for row in range(len(code)):
        found[row] += np.uint16(table[code[row]])


@njit(
    [types.void(codes, frozen(types.float64), types.float64[::1]) for codes in CODES], nogil=True, cache=True
)
def look_up(
    code: NDArray[np.unsignedinteger[Any]], table: NDArray[np.float64], found: NDArray[np.float64]
) -> None:
    """Write for each row what the table has for its code."""
    for row in range(len(code)):
        found[row] = table[code[row]]


@njit(
    [
        types.void(ROWS, ROWS, TIMES, wide, types.int64, types.int64, frozen(types.uint8), types.int64[::1])
        for wide in CODES
    ],
    nogil=True,
    cache=True,
)
def count_values(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    since: int,
    until: int,
    taken: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> None:
    """Add to ``counts`` the rows of each code with ``since <= time < until``, of those that are taken."""
    for person in range(len(first)):
        for row in range(np.int64(first[person]), np.int64(end[person])):
            if taken[row] and since <= time[row] < until:
                counts[code[row]] += 1
