"""Compiled loops of sessions: where they begin and end, how long they are, what they hold."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES

from .span_kernels import span_bin
from .stretch_kernels import PERSON, STATE, STRETCH, is_bare, mark_pauses, next_rows, next_stretch

#: What is added up over sessions.
SESSIONS, CUSTOMERS, EVENTS, BOUNCES, LENGTH, SQUARES, PRODUCTS, BOUNCE_SQUARES = range(8)
TOTALS: Final = 8
#: Sessions are counted by how many events they have, up to so many; longer ones are listed.
DEPTHS: Final = 1_024
#: What is known of the session that goes on where a stretch ends: its first and last code, when, how many events.
_ENTRY, _EXIT, _OPENED, _LAST, _DEPTH = range(5)


@njit
def _close(  # noqa: PLR0917 - compiled code knows positions only
    at: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    begins: NDArray[np.uint32],
    number: np.uint64,
    going: NDArray[np.int64],
    entry: NDArray[np.uint32],
    exit_: NDArray[np.uint32],
    depth: NDArray[np.uint32],
    length: NDArray[np.int64],
) -> None:
    """Write what is told of the sessions that end where the ``number`` next ones begin; the last of these goes on.

    The first of them is the one that was going on; it has no events where there was none.
    """
    one, count = np.uint64(1), np.uint64(len(at))
    stop = np.uint64(begins[0]) if number else count
    going[_DEPTH] += stop
    if stop > 0:
        going[_EXIT], going[_LAST] = code[stop - one], at[stop - one]
    if number == 0:
        return
    entry[0], exit_[0], depth[0] = going[_ENTRY], going[_EXIT], going[_DEPTH]
    length[0] = going[_LAST] - going[_OPENED]
    for session in range(one, number):
        begin, stop = np.uint64(begins[session - one]), np.uint64(begins[session])
        entry[session], exit_[session] = code[begin], code[stop - one]
        depth[session] = stop - begin
        length[session] = at[stop - one] - at[begin]
    if count == 0:
        return
    begin = np.uint64(begins[number - one])
    going[_ENTRY], going[_EXIT] = code[begin], code[count - one]
    going[_OPENED], going[_LAST], going[_DEPTH] = at[begin], at[count - one], count - begin


@njit(
    [
        types.UniTuple(types.int64, 2)(  # type: ignore[no-untyped-call]
            ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, TIMES, TIMES,
            TIMES, types.int64[::1], types.int64[:, ::1], types.int64[::1], types.int64[::1], types.int64[::1],
            types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_sessions(  # noqa: C901, PLR0912, PLR0915, PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    table: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    pauses: NDArray[np.int64],
    bounds: NDArray[np.int64],
    splits: NDArray[np.int64],
    totals: NDArray[np.int64],
    ends: NDArray[np.int64],
    depths: NDArray[np.int64],
    bins: NDArray[np.int64],
    lengths: NDArray[np.int64],
    deep: NDArray[np.int64],
) -> tuple[int, int]:
    """Add up the sessions; write the lengths that are in brackets and the numbers of events of very long sessions.

    Parameters
    ----------
    pauses
        As of `stretch_kernels.next_stretch`.
    bounds
        Four, as of `spans.Brackets`.
    splits
        For each bin of lengths the one in which it is cut in two; see `spans.bin_splits`.
    totals
        Written: sessions, persons, events, sessions of one event, sum of lengths in microseconds; sums over persons of
        the square of their sessions, of sessions times bounces, of the square of their bounces.
    ends
        Of shape (steps, 3), added to: sessions that a step begins, that it ends, that it is the whole of.
    depths
        Added to: sessions by how many events they have, up to `DEPTHS`.
    bins
        Added to: sessions by the half of the bin (`span_kernels.span_bin`) in which their length lies.
    lengths, deep
        Those in brackets, and the numbers of events of sessions with more than `DEPTHS`, with room for one more; how
        many there are of each is returned.
    """
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    no_rows, limit = np.empty(0, np.uint32), np.empty(STRETCH if len(pauses) else 0, np.int64)
    begins, going = np.empty(STRETCH + 1, np.uint32), np.zeros(5, np.int64)
    entry, exit_ = np.empty(STRETCH, np.uint32), np.empty(STRETCH, np.uint32)
    depth, length = np.empty(STRETCH, np.uint32), np.empty(STRETCH, np.int64)
    bin_, is_kept = np.empty(STRETCH, np.uint32), np.empty(STRETCH, np.uint8)
    lasts, bounces = np.empty(STRETCH + 1, np.uint32), np.empty(STRETCH + 1, np.uint32)
    # Where every row is a step the rows are read where they lie; otherwise what is seen of them is copied together.
    is_copied = len(pauses) > 0 or pause <= 0 or not is_bare(first, end, table, since, until)
    # Narrow tables stay in the first cache. Those of ends are by code where rows are read where they lie.
    named = len(ends) if is_copied else len(table)
    entries, exits = np.zeros(2 * named, np.uint32), np.zeros(named, np.uint32)
    often, halves = np.zeros(len(depths), np.uint32), np.zeros(len(bins), np.uint32)
    one = np.uint64(1)
    found, deeper = np.uint64(0), np.uint64(0)
    own, bounced = np.int64(0), np.int64(0)
    customers, events, total = np.int64(0), np.int64(0), np.int64(0)
    squares, products, bounce_squares = np.int64(0), np.int64(0), np.int64(0)
    bound_1, bound_2, bound_3, bound_4 = bounds[0], bounds[1], bounds[2], bounds[3]
    is_over = False
    while not is_over:
        row, stop = np.uint64(0), np.uint64(0)
        if is_copied:
            count = np.uint64(
                next_stretch(
                    first, end, time, code, table, since, until, pause, pauses, state, step, at, mark, no_rows, limit
                )
            )  # fmt: skip
        else:
            row, stop = next_rows(first, end, state, mark)
            count = stop - row
            if count:
                mark_pauses(time[row:stop], pause, state, mark)
        is_over = count == 0
        events += np.int64(count)
        number = np.uint64(is_over)
        begins[0] = 0  # what goes on when all is over ends there
        for place in range(count):
            begins[number] = place
            number += np.uint64(mark[place] & np.uint8(1))  # all marks are odd
        if is_copied or is_over:
            _close(at[:count], step, begins, number, going, entry, exit_, depth, length)
        else:
            _close(time[row:stop], code[row:stop], begins, number, going, entry, exit_, depth, length)
        if number == 0:
            continue
        # The sessions that ended, in loops for what goes side by side and one for what has to wait for memory.
        start = np.uint64(depth[0] == 0)
        for session in range(start, number):
            total += length[session]
            bin_[session] = span_bin(length[session])
            is_kept[session] = (length[session] >= bound_1) & (length[session] < bound_2)
            is_kept[session] |= (length[session] >= bound_3) & (length[session] < bound_4)
        for session in range(start, number):
            entry[session] = entry[session] + entry[session] + np.uint32(depth[session] == 1)
        for session in range(start, number):
            spot = np.uint64(bin_[session])
            halves[spot + spot + np.uint64(length[session] >= splits[spot])] += np.uint32(1)
            entries[np.uint64(entry[session])] += np.uint32(1)
            exits[np.uint64(exit_[session])] += np.uint32(1)
            often[min(np.uint64(depth[session]), np.uint64(DEPTHS))] += np.uint32(1)
        for session in range(start, number):
            lengths[found] = length[session]
            found += np.uint64(is_kept[session])
        for session in range(start, number if often[DEPTHS] > deeper else start):
            deep[deeper] = depth[session]
            deeper += np.uint64(depth[session] > DEPTHS)
        # The persons whose last session is among these: the places after it, and how many bounces lie before these.
        gone, bounce = np.uint64(0), np.uint32(0)
        bounces[start] = 0
        for session in range(start, number):
            bounce += np.uint32(depth[session] == 1)
            bounces[session + one] = bounce
            lasts[gone] = session + one
            gone += np.uint64(is_over | (mark[np.uint64(begins[session])] == PERSON))
        before = start
        for person in range(gone):
            stop = np.uint64(lasts[person])
            own += np.int64(stop - before)
            bounced += np.int64(bounces[stop]) - np.int64(bounces[before])
            squares += own * own
            products += own * bounced
            bounce_squares += bounced * bounced
            own, bounced, before = np.int64(0), np.int64(0), stop
        own += np.int64(number - before)
        bounced += np.int64(bounces[number]) - np.int64(bounces[before])
        customers += np.int64(gone)
    for place in range(named):
        step_of = np.int64(place if is_copied else table[place])
        ends[step_of, 0] += entries[2 * place] + entries[2 * place + 1]
        ends[step_of, 1] += exits[place]
        ends[step_of, 2] += entries[2 * place + 1]
    depths += often
    bins += halves
    number_of, bounces_of = np.int64(often.sum()), np.int64(often[1])
    sums = (number_of, customers, events, bounces_of, total, squares, products, bounce_squares)
    for place, value in enumerate(sums):
        totals[place] = value
    return int(found), int(deeper)
