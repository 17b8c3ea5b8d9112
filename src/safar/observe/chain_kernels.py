"""Compiled loop of the chain: which step follows which, after how long, until paths convert or end."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

from .group_kernels import group_of


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64,
            frozen(types.uint64), types.uint64, types.int64[:, :, ::1], types.float64[:, :, ::1],
            types.int64[:, ::1], types.int64[:, :, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def count_moves(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    person_key: NDArray[np.uint64],
    seed: np.uint64,
    moves: NDArray[np.int64],
    seconds: NDArray[np.float64],
    people: NDArray[np.int64],
    before: NDArray[np.int64],
) -> int:
    """Count the moves of paths; return how many persons have any.

    Parameters
    ----------
    table
        0 for a conversion, ``k + 1`` for step ``k``, below 0 for what is no step.
    person_key, seed
        Choose the group of a person.
    moves, seconds
        Added to, of shape (groups, steps + 1, steps + 2): how often a step, or the start at place ``steps``, is
        followed by a step, a conversion at ``steps``, the end of the path at ``steps + 1``; and how long all that took.
    people
        Added to: persons who made the move at least once.
    before
        Added to, of shape (steps + 1, steps, steps + 2): how often a move from a step was made by those who came to it
        from which step (from the start at place ``steps``).
    """
    steps = np.int64(moves.shape[1] - 1)
    start, conversion, lost = steps, steps, steps + 1
    seen = np.full(people.shape, -1, np.int64)
    walked = 0
    for person in range(len(first)):
        group = group_of(person_key[person], seed)
        here, came_from = start, start
        last = np.int64(0)
        is_there = False
        for row in range(np.int64(first[person]), np.int64(end[person])):
            step = np.int64(table[code[row]]) - 1
            if step < -1 or time[row] < since:
                continue
            if time[row] >= until:
                break
            is_there = True
            if here != start and pause > 0 and time[row] - last > pause:
                moves[group, here, lost] += 1
                before[came_from, here, lost] += 1
                if seen[here, lost] != person:
                    seen[here, lost] = person
                    people[here, lost] += 1
                here, came_from = start, start
            target = conversion if step < 0 else step
            moves[group, here, target] += 1
            if seen[here, target] != person:
                seen[here, target] = person
                people[here, target] += 1
            if here != start:
                seconds[group, here, target] += (time[row] - last) * 1e-6
                before[came_from, here, target] += 1
            if step < 0:
                here, came_from = start, start
            else:
                came_from, here = here, step
            last = time[row]
        if here != start:
            moves[group, here, lost] += 1
            before[came_from, here, lost] += 1
            if seen[here, lost] != person:
                seen[here, lost] = person
                people[here, lost] += 1
        walked += is_there
    return walked
