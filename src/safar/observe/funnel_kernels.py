"""Compiled loops of the funnel: how far each path gets through the steps, and how long it takes."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

#: How the steps must follow each other.
ORDERED, STRICT, UNORDERED = 0, 1, 2
#: The bit of an event that voids what was begun.
EXCLUDED: Final = 1 << 62
_NEVER: Final = -(1 << 62)

_ROWS = types.Array(types.uint32, 1, "C", readonly=True)
_TIMES = types.Array(types.int64, 1, "C", readonly=True)
_CODES = [types.Array(kind, 1, "C", readonly=True) for kind in (types.uint8, types.uint16, types.uint32)]


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
    first_only: bool,
    matches: np.int64,
    at: np.int64,
    within: int,
    starts: NDArray[np.int64],
    reached_at: NDArray[np.int64],
    gaps: NDArray[np.int64],
) -> int:
    """Take one event; return the highest number of steps done by a chain that ends with it, 0 if none does.

    ``starts[k]`` is when the latest chain that has done step ``k`` began, ``reached_at[k]`` when it did that step,
    ``gaps[k]`` how long after the step before.
    """
    best = 0
    for step in range(len(starts) - 1, 0, -1):
        goes_on = starts[step - 1] != _NEVER and at - starts[step - 1] <= within
        if goes_on and matches & (np.int64(1) << step):
            gaps[step] = at - reached_at[step - 1]
            starts[step], reached_at[step] = starts[step - 1], at
            best = max(best, step + 1)
        elif is_strict:
            starts[step] = _NEVER
    if matches & 1 and not (first_only and reached_at[0] != _NEVER):
        starts[0], reached_at[0] = at, at
        best = max(best, 1)
    elif is_strict:
        starts[0] = _NEVER
    return best


@njit(
    [
        types.int64(
            _ROWS, _ROWS, _TIMES, codes, _TIMES, types.int64, types.int64, types.int64, types.int64, types.int64,
            types.boolean, types.int64[::1], types.uint8[::1], types.int64[::1], types.int64[::1],
        )
        for codes in _CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_funnel(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    matches: NDArray[np.int64],
    since: int,
    until: int,
    pause: int,
    within: int,
    order: int,
    first_only: bool,
    reached: NDArray[np.int64],
    level: NDArray[np.uint8],
    from_first: NDArray[np.int64],
    from_before: NDArray[np.int64],
) -> int:
    """Count how many paths get how far; return how many times were written.

    Parameters
    ----------
    matches
        For each code the steps it is, as bits; `EXCLUDED` where it voids what was begun.
    within
        Microseconds from the first step to the last.
    reached
        Added to: paths that did at least ``k + 1`` steps.
    level, from_first, from_before
        For each step after the first that a path reached, when it reached it for the first time: its number, and
        microseconds since the first step and since the one before. Writing stops where they are full; counting goes on.
    """
    steps = len(reached)
    starts, reached_at, gaps = np.empty(steps, np.int64), np.empty(steps, np.int64), np.zeros(steps, np.int64)
    written = 0
    # What is no step changes nothing, unless it stands between two steps or keeps a path from ending.
    is_blind = order != STRICT and pause == 0
    for person in range(len(first)):
        starts[:] = _NEVER
        reached_at[:] = _NEVER
        best = 0
        last = 0
        begun = False
        for row in range(np.int64(first[person]), np.int64(end[person])):
            found = matches[code[row]]
            if found == 0 and is_blind:
                continue
            at = time[row]
            if at < since:
                continue
            if at >= until:
                break
            if pause > 0 and begun and at - last > pause:
                for step in range(best):
                    reached[step] += 1
                starts[:] = _NEVER
                reached_at[:] = _NEVER
                best = 0
            begun = True
            last = at
            if found & EXCLUDED:
                starts[:] = _NEVER
                continue
            before = best
            if order == UNORDERED:
                done = _gathered(found, at, within, starts, reached_at)
            else:
                done = _advanced(order == STRICT, first_only, found, at, within, starts, reached_at, gaps)
            best = max(best, done)
            for step in range(max(before, 1), best):
                if written < len(level):
                    level[written] = step
                    if order == UNORDERED:
                        from_first[written] = at - reached_at[0]
                        from_before[written] = 0
                    else:
                        from_first[written] = at - starts[step]
                        from_before[written] = gaps[step]
                written += 1
        for step in range(best):
            reached[step] += 1
    return written
