"""Compiled pieces of attribution: what a conversion is worth, and how it is shared out among its touches."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .attribution_walk import DECAY, FIRST, GIVEN, LAST, LAST_NON_DIRECT, LINEAR, POSITION
from .group_kernels import code_at


@njit(inline="always")
def worth_of(  # noqa: PLR0917 - compiled code knows positions only
    amount_raw: NDArray[np.uint8],
    amount_size: int,
    amounts: NDArray[np.float64],
    unit_raw: NDArray[np.uint8],
    unit_size: int,
    units: NDArray[np.int32],
    row: np.int64 | int,
) -> tuple[float, np.int64]:
    """Return what the conversion of a row is worth, and in which unit: below 0 where it is worth nothing."""
    amount, unit = amounts[code_at(amount_raw, amount_size, row)], np.int64(0)
    if len(units) > 0:
        unit = np.int64(units[code_at(unit_raw, unit_size, row)])
    if np.isnan(amount) or unit < 0:
        amount, unit = 0.0, np.int64(-1)
    return amount, unit


@njit
def share_out(  # noqa: C901, PLR0912, PLR0915, PLR0917 - compiled code knows positions only
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    marks: NDArray[np.int64],
    before: int,
    converted_row: int,
    length: int,
    joined: int,
    name: NDArray[np.uint8],
    place: NDArray[np.int32],
    is_direct: NDArray[np.bool_],
    half_life: float,
    to_first: float,
    to_last: float,
    counts: NDArray[np.int64],
    weights: NDArray[np.float64],
    credit: NDArray[np.float64],
    worth: NDArray[np.float64],
    unit: int,
    amount: float,
) -> None:
    """Share a conversion out among its touches, by each model.

    They are ``length`` and lie between the rows ``before`` and ``converted_row``. ``counts`` and ``weights``, of each
    name, are 0 before and after. Added to: ``credit`` of shape (models, names), and ``worth[unit]``, ``amount`` times
    as much, where ``unit`` is not below 0.
    """
    earliest = last = non_direct = np.int64(-1)
    following_at = last_at = np.int64(0)
    distinct, total = 0, 0.0
    for row in range(converted_row - 1, before, -1):
        if marks[code[row]] == 0:
            continue
        spot = np.int64(place[name[row]])
        if spot < 0:
            continue
        at = time[row]
        if joined >= 0 and spot == earliest and following_at - at <= joined:
            following_at = at
            continue
        if last < 0:
            last, last_at = spot, at
        if non_direct < 0 and not is_direct[spot]:
            non_direct = spot
        if counts[spot] == 0:
            distinct += 1
        counts[spot] += 1
        if half_life > 0:
            # As shares the same as from the conversion on, and never all too small to be told from 0.
            weight = np.exp2((at - last_at) / half_life)
            weights[spot] += weight
            total += weight
        earliest = spot
        following_at = at
    if non_direct < 0:
        non_direct = last
    for who in range(len(counts)):
        count = counts[who]
        if count == 0:
            continue
        is_first, is_last = who == earliest, who == last
        by_position = 1.0
        if length == 2:
            by_position = (to_first * is_first + to_last * is_last) / (to_first + to_last)
        elif length > 2:
            inner = (1.0 - to_first - to_last) * (count - is_first - is_last) / (length - 2)
            by_position = to_first * is_first + to_last * is_last + inner
        for model in range(GIVEN):
            given = 1.0 / distinct
            if model == FIRST:
                given = 1.0 if is_first else 0.0
            elif model == LAST:
                given = 1.0 if is_last else 0.0
            elif model == LAST_NON_DIRECT:
                given = 1.0 if who == non_direct else 0.0
            elif model == LINEAR:
                given = count / length
            elif model == POSITION:
                given = by_position
            elif model == DECAY:
                given = weights[who] / total if half_life > 0 else 0.0
            credit[model, who] += given
            if unit >= 0:
                worth[unit, model, who] += given * amount
        counts[who] = 0
        weights[who] = 0.0
