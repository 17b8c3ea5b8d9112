"""Compiled loops of time series: how much of what is counted comes from the same persons."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

#: What `square_people` adds up of each line: events, squares of the events of a person in an interval, and squares of
#: the events of a person.
EVENTS, BY_INTERVAL, BY_PERSON = range(3)

_NEVER: Final = np.iinfo(np.int64).min


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TABLE, TABLE, types.int64, types.int64, types.int64, TIMES, TABLE, TIMES,
            types.int64, types.boolean, types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def square_people(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    total_of: NDArray[np.int32],
    pause: int,
    since: int,
    until: int,
    edges: NDArray[np.int64],
    hint: NDArray[np.int32],
    turn: NDArray[np.int64],
    shift: int,
    is_fine: bool,
    found: NDArray[np.int64],
) -> None:
    """Add up how many events and squares of events each line has; the parameters are those of `walk_people`."""
    lines = len(total_of)
    here, everywhere = np.zeros(lines, np.int64), np.zeros(lines, np.int64)
    for person in range(len(first)):
        upper = np.int64(_NEVER)
        last = np.int64(_NEVER)
        for row in range(np.int64(first[person]), np.int64(end[person])):
            at = time[row]
            if at >= until:
                break
            line = table[code[row]]
            if line < 0:
                continue
            if pause > 0:
                before = last
                last = at
                if before != _NEVER and at - before <= pause:
                    continue
            if at < since:
                continue
            if at >= upper:
                for place in range(lines):
                    found[BY_INTERVAL, place] += here[place] * here[place]
                    here[place] = 0
                bucket = (at - edges[0]) >> shift
                interval = np.int64(hint[bucket]) + np.int64(at >= turn[bucket])
                if not is_fine:
                    while at >= edges[interval + 1]:
                        interval += 1
                upper = edges[interval + 1]
            while line >= 0:
                here[line] += 1
                everywhere[line] += 1
                line = total_of[line]
        for place in range(lines):
            found[BY_INTERVAL, place] += here[place] * here[place]
            found[BY_PERSON, place] += everywhere[place] * everywhere[place]
            found[EVENTS, place] += everywhere[place]
            here[place] = 0
            everywhere[place] = 0
