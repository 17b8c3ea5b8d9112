"""Compiled loop of the usual attribution: flat over the rows of person after person, without branches.

What `attribution_kernels.walk_touches` finds by walking each person backwards is here mostly one count of pairs: which
touch or conversion follows which. A conversion is the start of the next path, so that the pair tells all; only touches
that are too old for their conversion are looked at again, and taken out of the path that converted.
"""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

from .attribution_share_kernels import share_out, worth_of
from .attribution_walk import (
    CONVERSIONS,
    CONVERTERS,
    CONVERTS,
    FIRST,
    LOST,
    OPEN,
    TOUCHED_CUSTOMERS,
    UNTOUCHED,
    UNTOUCHED_CUSTOMERS,
    WORTHLESS,
)
from .group_kernels import group_of
from .stretch_kernels import STRETCH

_RAW: Final = frozen(types.uint8)
_FLOATS: Final = frozen(types.float64)
#: What is remembered from one stretch to the next: the next person and row, and the end of the newest person's rows.
_PERSON, _ROW, _END = range(3)
_NOBODY: Final = np.uint32(0xFFFFFFFF)


@njit(nogil=True)
def _next_run(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    person_key: NDArray[np.uint64],
    seed: np.uint64,
    state: NDArray[np.int64],
    mark: NDArray[np.uint8],
    groups: NDArray[np.int64],
) -> tuple[np.uint64, np.uint64]:
    """Return from where to where rows of persons lie who follow each other; mark where one begins.

    ``groups[k]`` becomes the group of the ``k``-th person who begins here, from 1; ``groups[0]`` that of who goes on.
    """
    person, row, stop = np.uint64(state[_PERSON]), np.uint64(state[_ROW]), np.uint64(state[_END])
    persons, began = np.uint64(len(first)), np.uint64(0)
    if row == stop and person < persons:
        row = stop = np.uint64(first[person])
    most = row + np.uint64(STRETCH)
    mark[:] = 0
    while person < persons and stop < most and np.uint64(first[person]) == stop:
        mark[stop - row] += np.uint8(1)
        began += np.uint64(1)
        groups[began] = group_of(person_key[person], seed)
        stop = np.uint64(end[person])
        person += np.uint64(1)
    state[_PERSON], state[_END] = np.int64(person), np.int64(stop)
    stop = min(stop, most)
    state[_ROW] = np.int64(stop)
    return row, stop


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, frozen(types.uint64), types.uint64,
            types.int64, types.boolean, types.int64, _RAW, TABLE, frozen(types.boolean),
            types.boolean, types.float64, types.float64, types.float64,
            _RAW, types.int64, _FLOATS, _RAW, types.int64, TABLE,
            types.int64[::1], types.float64[:, :, ::1], types.float64[:, :, ::1], types.float64[::1],
            types.int64[::1], types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_flat_touches(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    person_key: NDArray[np.uint64],
    seed: np.uint64,
    lookback: int,
    is_bounded: bool,
    open_since: int,
    name: NDArray[np.uint8],
    place: NDArray[np.int32],
    is_direct: NDArray[np.bool_],
    gives_credit: bool,
    half_life: float,
    to_first: float,
    to_last: float,
    amount_raw: NDArray[np.uint8],
    amount_size: int,
    amounts: NDArray[np.float64],
    unit_raw: NDArray[np.uint8],
    unit_size: int,
    units: NDArray[np.int32],
    edges: NDArray[np.int64],
    credit: NDArray[np.float64],
    worth: NDArray[np.float64],
    untouched_worth: NDArray[np.float64],
    customers: NDArray[np.int64],
    tallies: NDArray[np.int64],
) -> None:
    """Add what some persons' touches and conversions come to, at any time, none of them joined.

    Parameters are those of `attribution_kernels.walk_touches`; ``edges`` are zeros before. There are at most
    `MOST_IN_SET` names. Unless ``is_bounded`` no touch is too old for any conversion.
    """
    names, one = np.int64(len(customers)), np.uint64(1)
    width = names + 2
    start, nothing, size = names * width, names + 1, (names + 1) * width
    every_name = (np.int64(1) << names) - 1
    # A touch is its place, a conversion comes after all of these, below 0 is neither.
    keeps, puts = np.empty(len(marks), np.int8), np.empty(len(marks), np.int8)
    for each in range(len(marks)):
        converts = marks[each] & CONVERTS != 0
        keeps[each] = -1 if marks[each] != 0 and not converts else 0
        puts[each] = names if converts else 0 if marks[each] != 0 else -1
    places = place.astype(np.int8)
    mark, state, groups = np.empty(STRETCH, np.uint8), np.zeros(3, np.int64), np.zeros(STRETCH + 1, np.int64)
    # What was kept, its row, whose it is, what they did so far as bits, where the edges of their group begin, and the
    # pair that ends with it; at 0 the last of the stretch before.
    what, spot = np.full(STRETCH + 1, names, np.uint8), np.zeros(STRETCH + 1, np.uint32)
    whose = np.full(STRETCH + 1, _NOBODY, np.uint32)
    did, base, pair = (
        np.zeros(STRETCH + 1, np.int64), np.zeros(STRETCH + 1, np.int64), np.zeros(STRETCH + 1, np.uint32),
    )  # fmt: skip
    goes_on = np.zeros(STRETCH + 1, np.int64)
    begins, conversions = np.empty(STRETCH + 1, np.uint32), np.empty(STRETCH + 1, np.uint32)
    bytes_ = np.zeros((8, 256), np.int64)
    counts, weights = np.zeros(names, np.int64), np.zeros(names, np.float64)
    # Where every row is a touch or a conversion there is nothing to leave out.
    is_whole = True
    for each in range(len(marks)):
        is_whole &= marks[each] != 0
    for each in range(len(places)):
        is_whole &= places[each] >= 0
    person, untouched_person = np.int64(0), np.int64(-1)
    is_over = False
    while not is_over:
        row, stop = _next_run(first, end, person_key, seed, state, mark, groups)
        is_over = bool(row == stop)
        kept, began = one, np.uint32(0)
        here_code, here_name = code[row:stop], name[row:stop]
        if is_whole:
            for each in range(stop - row):
                what[each + one] = (places[here_name[each]] & keeps[here_code[each]]) | puts[here_code[each]]
            for each in range(stop - row):
                began += np.uint32(mark[each])
                whose[each + one], spot[each + one] = began, np.uint32(row + each)
            kept = stop - row + one
        else:
            for each in range(stop - row):
                found = (places[here_name[each]] & keeps[here_code[each]]) | puts[here_code[each]]
                began += np.uint32(mark[each])
                what[kept], spot[kept], whose[kept] = np.uint8(found), np.uint32(row + each), began
                kept += np.uint64(found >= 0)
        for each in range(one, kept):
            is_same = np.uint32(whose[each] == whose[each - one])
            # Who begins comes from the start, as after a conversion.
            source = np.uint32(names) - is_same * (np.uint32(names) - np.uint32(what[each - one]))
            goes_on[each] = -np.int64(is_same)
            pair[each] = source * np.uint32(width) + np.uint32(what[each])
        for each in range(one, kept):
            base[each] = groups[np.uint64(whose[each])] * size
            edges[np.uint64(base[each] + pair[each])] += 1
        begun, converted, done = np.uint64(0), np.uint64(0), did[0]
        for each in range(one, kept):
            done = (done & goes_on[each]) | (np.int64(1) << np.int64(what[each]))
            did[each] = done
            begins[begun], conversions[converted] = each, each
            begun += np.uint64(goes_on[each] + 1)
            converted += np.uint64(what[each] == names)
        if is_over:
            begins[begun] = kept
            begun += one
        for each in range(begun):
            ended = np.uint64(begins[each]) - one
            edges[np.uint64(base[ended] + np.int64(what[ended]) * width + nothing)] += 1
            tallies[CONVERTERS] += did[ended] >> names
            tallies[TOUCHED_CUSTOMERS] += np.int64(did[ended] & every_name != 0)
            is_open = what[ended] != names
            if is_bounded:
                is_open &= time[np.uint64(spot[ended])] >= open_since
            tallies[OPEN] += np.int64(is_open)
            for byte in range((names + 7) >> 3):
                bytes_[byte, np.uint64((did[ended] >> (byte << 3)) & 255)] += 1
        for each in range(converted):
            place_ = np.uint64(conversions[each])
            group, converted_row, of_person = (
                base[place_],
                np.int64(spot[place_]),
                person + np.int64(whose[place_]) - 1,
            )
            # Back to the first touch that is not too old; what is older is a path that is lost.
            younger, path_row = names, converted_row
            is_needed = gives_credit or len(amounts) > 0 or is_bounded
            for before in range(converted_row - 1, np.int64(first[of_person]) - 1, -1):
                touch = np.int64((places[name[before]] & keeps[code[before]]) | puts[code[before]])
                if touch < 0:
                    continue
                if touch == names:
                    break
                if is_bounded and time[converted_row] - time[before] > lookback:
                    edges[group + touch * width + younger] -= 1
                    edges[group + touch * width + nothing] += 1
                    edges[group + start + younger] += 1
                    break
                younger, path_row = touch, np.int64(before)
                if not is_needed:
                    break
            tallies[CONVERSIONS] += 1
            amount, unit = 0.0, np.int64(-1)
            if len(amounts) > 0:
                amount, unit = worth_of(
                    amount_raw, amount_size, amounts, unit_raw, unit_size, units, converted_row
                )  # fmt: skip
                tallies[WORTHLESS] += unit < 0
            if path_row == converted_row:
                tallies[UNTOUCHED] += 1
                tallies[UNTOUCHED_CUSTOMERS] += of_person != untouched_person
                untouched_person = of_person
                if unit >= 0:
                    untouched_worth[unit] += amount
            elif gives_credit:
                length = 0
                for before in range(path_row, converted_row):
                    length += ((places[name[before]] & keeps[code[before]]) | puts[code[before]]) >= 0
                share_out(
                    time, code, marks, path_row - 1, converted_row, length, -1, name, place, is_direct, half_life,
                    to_first, to_last, counts, weights, credit[group // size], worth, unit, amount,
                )  # fmt: skip
            elif unit >= 0:
                worth[unit, FIRST, younger] += amount
        groups[0] = groups[np.uint64(began)]
        # Who goes on is known by 0, unless nothing of theirs was kept yet.
        newest = kept - one
        whose[0] = 0 if whose[newest] == began else _NOBODY
        what[0], spot[0], did[0], base[0] = what[newest], spot[newest], did[newest], base[newest]
        person += np.int64(began)
    for group in range(len(edges) // size):
        # What begins with nothing and ends with it, and conversions without touches, are no paths.
        edges[group * size + start + names] = edges[group * size + start + nothing] = 0
        for each in range(names):
            tallies[LOST] += edges[group * size + each * width + nothing]
    for each in range(names):
        for byte in range(256):
            customers[each] += bytes_[each >> 3, byte] * ((byte >> (each & 7)) & 1)
