"""Compiled loop of attribution: the touches before each conversion, who gets what of it, and which follows which.

Rows are walked backwards: a conversion is met before its touches, so that what is too old for it is known at once. The
touches of a path that converted are then walked once more to share the conversion out among them.
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
    MOST_IN_SET,
    OPEN,
    TOUCHED_CUSTOMERS,
    UNTOUCHED,
    UNTOUCHED_CUSTOMERS,
    WORTHLESS,
)
from .group_kernels import group_of

_RAW: Final = frozen(types.uint8)
_FLOATS: Final = frozen(types.float64)


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, frozen(types.uint64), types.uint64,
            types.int64, types.int64, types.int64, _RAW, TABLE, frozen(types.boolean),
            types.boolean, types.float64, types.float64, types.float64,
            _RAW, types.int64, _FLOATS, _RAW, types.int64, TABLE,
            types.int64[::1], types.float64[:, :, ::1], types.float64[:, :, ::1], types.float64[::1],
            types.int64[:, ::1], types.int64[::1], types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_touches(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    since: int,
    until: int,
    person_key: NDArray[np.uint64],
    seed: np.uint64,
    lookback: int,
    joined: int,
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
    sets: NDArray[np.int64],
    customers: NDArray[np.int64],
    tallies: NDArray[np.int64],
) -> None:
    """Add what some persons' touches and conversions come to.

    Parameters
    ----------
    marks
        For each code whether the event converts or is a touch, as bits.
    since, until
        A path counts that ends, with its conversion or its last touch, in ``since <= time < until``; of its touches
        those are seen that are at most ``lookback`` older than ``since``.
    person_key, seed
        Choose the group of a person.
    lookback, joined
        Microseconds: touches older than that led to nothing; a touch of the same name at most ``joined`` before the
        next one is the same touch (-1: never).
    open_since
        Who was last touched from then on, and did not convert yet, still may.
    name, place
        A code for the name of each row's touch, and the place of each code; below 0 where it is none.
    is_direct
        Of each place: passed over by last non-direct.
    gives_credit
        Whether the models of the walk are asked for.
    half_life
        Microseconds; 0 where no decay is asked for.
    to_first, to_last
        Shares of the position-based model.
    amount_raw, amount_size, amounts, unit_raw, unit_size, units
        Codes of what a conversion is worth, what each code means (not a number: nothing), and in which unit (below 0:
        none that counts). ``amounts`` is empty where nobody asks; ``units`` where all are of unit 0.
    edges
        Of shape (groups, names + 1, names + 2), flat: how often a touch, or the start at place ``names``, is followed
        by a touch, a conversion at ``names``, nothing at ``names + 1``.
    credit
        Of shape (groups, models, names): conversions given.
    worth, untouched_worth
        Of shape (units, models, names), and (units,): worth of conversions given, and of those without touches. Where
        no credit is asked for, the first touch has all of it.
    sets
        Of shape (2 ** names, 2): how many paths had touches of exactly this set of names, and how many of them ended
        with a conversion. Empty where nobody asks.
    customers
        Of each name.
    tallies
        See the places above.
    """
    names = np.int64(len(customers))
    start, conversion, nothing = names, names, names + 1
    width = names + 2
    has_sets, fits_in_set, has_worth = len(sets) > 0, names <= MOST_IN_SET, len(amounts) > 0
    begins_at = since - lookback
    seen = np.full(names, -1, np.int64)
    counts, weights = np.zeros(names, np.int64), np.zeros(names, np.float64)
    for person in range(len(first)):
        group = group_of(person_key[person], seed)
        base = group * (names + 1) * width
        everything = np.int64(0)  # names this person was touched by, as bits
        converted = was_untouched = was_touched = False
        converts = False  # the path that is being walked ends with a conversion
        is_counted = False
        is_latest = True  # nothing of this person lies after the path
        converted_at = following_at = np.int64(0)
        converted_row = np.int64(0)
        length = 0
        target = nothing
        mask = np.int64(0)
        row = np.int64(end[person])
        bottom = np.int64(first[person])
        while True:
            row -= 1
            closes = bool(row < bottom)
            bits, spot, at = np.int64(0), np.int64(-1), np.int64(0)
            if not closes:
                bits = marks[code[np.uint64(row)]]  # unsigned: no check for places counted from the end
                if bits == 0:
                    continue
                at = time[np.uint64(row)]
                if at >= until:
                    continue
                if at < begins_at:
                    closes = True
                elif not bits & CONVERTS:
                    spot = np.int64(place[name[np.uint64(row)]])
                    if spot < 0:
                        continue
                    if joined >= 0 and length > 0 and spot == target and following_at - at <= joined:
                        following_at = at
                        continue
            if closes or bits & CONVERTS or (converts and converted_at - at > lookback):
                if is_counted:
                    if length > 0:
                        edges[np.uint64(base + start * width + target)] += 1
                        everything |= mask
                        was_touched = True
                        if has_sets:
                            sets[mask, 0] += 1
                            sets[mask, 1] += converts
                        if not converts:
                            tallies[LOST] += 1
                    if converts:
                        converted = True
                        tallies[CONVERSIONS] += 1
                        amount, unit = 0.0, np.int64(-1)
                        if has_worth:
                            amount, unit = worth_of(
                                amount_raw, amount_size, amounts, unit_raw, unit_size, units, converted_row
                            )  # fmt: skip
                            tallies[WORTHLESS] += unit < 0
                        if length == 0:
                            was_untouched = True
                            tallies[UNTOUCHED] += 1
                            if unit >= 0:
                                untouched_worth[unit] += amount
                        elif gives_credit:
                            share_out(
                                time, code, marks, row, converted_row, length, joined, name, place,
                                is_direct, half_life, to_first, to_last, counts, weights,
                                credit[group], worth, unit, amount,
                            )  # fmt: skip
                        elif unit >= 0:
                            worth[unit, FIRST, target] += amount
                if closes:
                    break
                mask = np.int64(0)
                length = 0
                target = nothing
                converts = False
                if bits & CONVERTS:
                    converts = True
                    is_counted = bool(at >= since)
                    converted_at, converted_row = at, row
                    target = conversion
                    is_latest = False
                    continue
            if length == 0 and not converts:
                is_counted = bool(at >= since)
                if is_counted and is_latest and at >= open_since:
                    tallies[OPEN] += 1
                is_latest = False
            if is_counted:
                edges[np.uint64(base + spot * width + target)] += 1
                if fits_in_set:
                    mask |= np.int64(1) << spot
                elif seen[spot] != person:
                    seen[spot] = person
                    customers[spot] += 1
            length += 1
            target = spot
            following_at = at
        for each in range(names if fits_in_set else 0):
            customers[each] += (everything >> each) & 1
        tallies[CONVERTERS] += converted
        tallies[UNTOUCHED_CUSTOMERS] += was_untouched
        tallies[TOUCHED_CUSTOMERS] += was_touched
