"""Compiled loops of the usual funnel, steps in order: flat over the steps of person after person, without branches.

What `funnel_kernels` walks path by path is walked here over short arrays (`stretch_kernels`), of which only the rows of
steps are looked at. Each row is one step of the funnel at most.
"""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

from .stretch_kernels import STATE, STRETCH, is_bare, mark_pauses, next_rows, next_stretch

#: What is remembered from one stretch to the next: steps that the path has done, those of a chain of it that can still
#: go on, the number of the path, the step of which it is not known yet what follows, the name that followed the last.
_BEST, _ALIVE, _PATH, _WAITING, _FOLLOWED_BY = range(5)
_MEMORY: Final = 5
#: The step of a row that voids what its path has begun; no funnel has so many.
VOID: Final = 63
#: A row of a stretch in which something happened is told by its place below, and its step above, this bit.
_PLACE_BITS: Final = np.uint32(16)
_PLACE: Final = np.uint32((1 << 16) - 1)


@njit(nogil=True)
def _keep(  # noqa: PLR0917 - compiled code knows positions only
    code: NDArray[Any],
    kind_of: NDArray[np.uint8],
    mark: NDArray[np.uint8],
    path: np.uint32,
    spot: NDArray[np.uint32],
    kind: NDArray[np.uint8],
    path_of: NDArray[np.uint32],
) -> tuple[np.uint64, np.uint32]:
    """Write places, kinds and paths of the rows that are not of kind 0; return how many, and the last path."""
    kept = np.uint64(0)
    for place in range(np.uint64(len(code))):
        here = kind_of[code[place]]
        path += np.uint32(mark[place])
        spot[kept], kind[kept], path_of[kept] = place, here, path
        kept += np.uint64(here != 0)
    return kept, path


@njit(nogil=True)
def _advance(  # noqa: PLR0917 - compiled code knows positions only
    time: NDArray[np.int64],
    spot: NDArray[np.uint32],
    kind: NDArray[np.uint8],
    path_of: NDArray[np.uint32],
    kept: np.uint64,
    within: int,
    most_begun: int,
    memory: NDArray[np.int64],
    chains: NDArray[np.int64],
    news: NDArray[np.uint32],
    from_first: NDArray[np.int64],
    from_before: NDArray[np.int64],
) -> np.uint64:
    """Take the rows that were kept; write those that do a step which their path did not do before; return how many.

    ``chains[2 * k]`` is when the latest chain that has done ``k`` steps began, ``chains[2 * k + 1]`` when it did the
    last of these; with 0 steps it begins now. What lies there of an earlier path is never read: nothing is that was not
    done by ``alive``.
    """
    found, one, two = np.uint64(0), np.uint64(1), np.uint64(2)
    best, alive, path = memory[_BEST], memory[_ALIVE], np.uint32(memory[_PATH])
    for each in range(kept):
        place, step = spot[each], np.int64(kind[each])
        goes_on = -np.int64(path_of[each] == path)
        path = path_of[each]
        best, alive = best & goes_on, alive & goes_on
        now = time[np.uint64(place)]
        chains[0] = now
        at = np.uint64(step + step)
        began, before = chains[at - two], chains[at - one]
        old_began, old_before = chains[at], chains[at + one]
        took = now - began
        is_done = (step - 1 <= alive) & (took <= within) & ((step > 1) | (best <= most_begun))
        # Bits instead of a choice: of what happens at random the processor would guess every other one wrong.
        mask = -np.int64(is_done)
        chains[at] = old_began ^ ((old_began ^ began) & mask)
        chains[at + one] = old_before ^ ((old_before ^ now) & mask)
        alive = max(alive, step & mask) & -np.int64(step != VOID)
        is_new = is_done & (step > best)
        best += np.int64(is_new)
        news[found] = (np.uint32(step) << _PLACE_BITS) | place
        from_first[found], from_before[found] = took, now - before
        found += np.uint64(is_new)
    memory[_BEST], memory[_ALIVE], memory[_PATH] = best, alive, np.int64(path)
    return found


@njit(nogil=True)
def _note(  # noqa: PLR0917 - compiled code knows positions only
    code: NDArray[Any],
    name_of: NDArray[np.int32],
    mark: NDArray[np.uint8],
    news: NDArray[np.uint32],
    found: np.uint64,
    memory: NDArray[np.int64],
    came: NDArray[np.int64],
    went: NDArray[np.int64],
) -> None:
    """Count the names that follow the steps that were done, and those of steps after which a further one was done."""
    one, count = np.uint64(1), np.uint64(len(code))
    nobody = np.int64(came.shape[1] - 1)
    last, waiting = memory[_FOLLOWED_BY], np.uint64(memory[_WAITING])
    if waiting:
        last = nobody if mark[0] else np.int64(name_of[code[0]])
        came[waiting, np.uint64(last)] += 1
        waiting = np.uint64(0)
    for each in range(found):
        step, after = np.uint64(news[each] >> _PLACE_BITS), np.uint64(news[each] & _PLACE) + one
        went[step - one, np.uint64(last)] += 1
        if after == count:
            waiting = step
            break
        name = np.int64(name_of[code[after]])
        last = nobody if mark[after] else name
        came[step, np.uint64(last)] += 1
    memory[_FOLLOWED_BY], memory[_WAITING] = last, np.int64(waiting)


@njit(
    [
        types.int64(
            ROWS, ROWS, TIMES, codes, TABLE, TABLE, types.int64, types.int64, types.int64, types.int64, types.int64,
            types.boolean, types.int64[::1], types.int64[:, ::1], types.uint8[::1], types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_flat_funnel(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    name_of: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    steps: int,
    within: int,
    first_only: bool,
    reached: NDArray[np.int64],
    lost_to: NDArray[np.int64],
    level: NDArray[np.uint8],
    times: NDArray[np.int64],
) -> int:
    """Count how many paths get how far; return how many times were written.

    Parameters
    ----------
    table
        For each code the number of its step, from 1; 0 where it is none, `VOID` where it voids what was begun, below 0
        where it is not seen.
    name_of
        For each code the place of its event name.
    since, until, pause
        As of `stretch_kernels.next_stretch`.
    within
        Microseconds from the first step to the last.
    first_only
        Whether a path counts from the first time the first step is done.
    reached
        ``reached[k]`` is added to: paths that did at least ``k + 1`` steps.
    lost_to
        Of shape (steps + 1, names + 1), added to: paths that did so many steps and no more, by the name of the event
        that follows the last of these, the last place where none does.
    level, times
        Of shape (room,) and (2, room), with room for all rows: for each step after the first that a path reached, when
        it reached it for the first time: its number, microseconds since the first step and since the one before.
    """
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    row_of, no_pauses = np.empty(STRETCH, np.uint32), np.empty(0, np.int64)
    spot, path_of = np.empty(STRETCH, np.uint32), np.empty(STRETCH, np.uint32)
    kind, seen_code = np.empty(STRETCH, np.uint8), np.empty(STRETCH, np.uint32)
    news = np.empty(STRETCH, np.uint32)
    from_first, from_before = np.empty(STRETCH, np.int64), np.empty(STRETCH, np.int64)
    memory, chains = np.zeros(_MEMORY, np.int64), np.zeros(2 * VOID + 2, np.int64)
    came, went = np.zeros(lost_to.shape, np.int64), np.zeros(lost_to.shape, np.int64)
    kind_of, same = table.astype(np.uint8), np.arange(VOID + 1).astype(np.uint8)
    most_begun = 0 if first_only else steps
    is_copied = not is_bare(first, end, table, since, until)
    path, written = np.uint32(0), np.uint64(0)
    while True:
        if is_copied:
            count = np.uint64(
                next_stretch(
                    first, end, time, code, table, since, until, pause, no_pauses, state, step, at, mark, row_of,
                    no_pauses,
                )
            )  # fmt: skip
            for place in range(count):
                seen_code[place] = code[np.uint64(row_of[place])]
            kept, path = _keep(step[:count], same, mark, path, spot, kind, path_of)
            found = _advance(
                at, spot, kind, path_of, kept, within, most_begun, memory, chains, news, from_first, from_before
            )  # fmt: skip
            if count:
                _note(seen_code[:count], name_of, mark, news, found, memory, came, went)
        else:
            row, stop = next_rows(first, end, state, mark)
            count = stop - row
            if count and pause > 0:
                mark_pauses(time[row:stop], pause, state, mark)
            kept, path = _keep(code[row:stop], kind_of, mark, path, spot, kind, path_of)
            found = _advance(
                time[row:stop], spot, kind, path_of, kept, within, most_begun, memory, chains, news,
                from_first, from_before,
            )  # fmt: skip
            if count:
                _note(code[row:stop], name_of, mark, news, found, memory, came, went)
        if count == 0:
            break
        for each in range(found):
            done = np.uint64(news[each] >> _PLACE_BITS) - np.uint64(1)
            reached[done] += 1
            level[written], times[0, written], times[1, written] = done, from_first[each], from_before[each]
            written += np.uint64(done != 0)
    if memory[_WAITING]:
        came[memory[_WAITING], -1] += 1
    # What followed a step is taken back where the path did a further one.
    lost_to += came - went
    return int(written)
