"""Compiled loops of what people do on pages: views, entries and exits, searches and their outcomes, goals, carts."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

from .group_kernels import code_at

#: What a row is, as bits: seen at all; a view, a search, the beginning of something; a result viewed, its end.
SEEN, MAIN, CLICK = 1, 2, 4

#: What `walk_pages` counts of each group; `Page` says what each is.
PAGE_COUNTS: Final = 9
VIEWS, VISITORS, SESSIONS, ENTRIES, EXITS, BOUNCES, TIMED, TIME, ENTRY_VIEWS = range(PAGE_COUNTS)

#: What `walk_searches` counts of each group.
SEARCH_COUNTS: Final = 9
SEARCHES, SEARCHERS, KNOWN, ZERO, CLICKED, REFINED, REPEATED, EXITED, ELSEWHERE = range(SEARCH_COUNTS)
#: What a search is known to have found.
NOT_KNOWN, NOTHING, SOMETHING = 0, 1, 2

#: What `walk_abandonment` counts.
ABANDON_COUNTS: Final = 7
BEGUN, COMPLETED, LATER, LOST, UNDECIDED, BEGINNERS, COMPLETERS = range(ABANDON_COUNTS)

#: What adds up over groups; visitors, sessions and searchers of one are those of another too.
_PAGE_SUMS: Final = (VIEWS, ENTRIES, EXITS, BOUNCES, TIMED, TIME, ENTRY_VIEWS)
_SEARCH_SUMS: Final = (SEARCHES, KNOWN, ZERO, CLICKED, REFINED, REPEATED, EXITED, ELSEWHERE)

_NEVER: Final = np.iinfo(np.int64).max
_RAW: Final = frozen(types.uint8)


@njit(nogil=True)
def _sum_up(counts: NDArray[np.int64], columns: tuple[int, ...]) -> None:
    """Write into the last row what some columns of the others add up to."""
    every = len(counts) - 1
    for column in columns:
        counts[every, column] = counts[:every, column].sum()


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, _RAW, types.int64, TABLE, types.int64, types.int64, types.int64,
            types.int64, types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_pages(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    bits: NDArray[np.int64],
    raw: NDArray[np.uint8],
    size: int,
    group: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    engaged: int,
    counts: NDArray[np.int64],
) -> None:
    """Add up the views of each group, and write those of all together into the last row; see `PAGE_COUNTS`.

    Parameters
    ----------
    bits
        Of each code: `SEEN`, `MAIN` for a view.
    raw, size, group
        Codes of labels as of `group_kernels.raw_codes`, and the group of each code.
    pause
        What ends a session, in microseconds.
    engaged
        A session of one view whose last event comes less than so many microseconds after its first one is a bounce.
    """
    every = len(counts) - 1
    persons = np.full(len(counts), -1, np.int64)
    sessions = np.full(len(counts), -1, np.int64)
    session = 0
    for person in range(len(first)):
        row, stop = np.int64(first[person]), np.int64(end[person])
        views = 0
        entry, place = np.int64(-1), np.int64(-1)
        begun, last, viewed = np.int64(0), np.int64(0), np.int64(0)
        is_open = False
        while True:
            is_over = bool(row >= stop or time[row] >= until)
            if not is_over and (time[row] < since or not bits[code[row]]):
                row += 1
                continue
            if is_open and (is_over or time[row] - last > pause):
                if views:
                    counts[place, EXITS] += 1
                    counts[entry, ENTRIES] += 1
                    counts[entry, ENTRY_VIEWS] += views
                    if views == 1 and last - begun < engaged:
                        counts[entry, BOUNCES] += 1
                    if last > viewed:
                        counts[place, TIMED] += 1
                        counts[place, TIME] += last - viewed
                is_open = False
            if is_over:
                break
            at = time[row]
            if not is_open:
                is_open = True
                views = 0
                session += 1
                begun = at
            last = at
            if bits[code[row]] & MAIN:
                if views:
                    counts[place, TIMED] += 1
                    counts[place, TIME] += at - viewed
                place = np.int64(group[code_at(raw, size, row)])
                if views == 0:
                    entry = place
                views += 1
                viewed = at
                counts[place, VIEWS] += 1
                for spot in (place, every):
                    if persons[spot] != person:
                        persons[spot] = person
                        counts[spot, VISITORS] += 1
                    if sessions[spot] != session:
                        sessions[spot] = session
                        counts[spot, SESSIONS] += 1
            row += 1
    _sum_up(counts, _PAGE_SUMS)


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, _RAW, types.int64, TABLE, _RAW, types.int64, TABLE, types.int64,
            types.int64, types.int64, types.int64[:, ::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_searches(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    bits: NDArray[np.int64],
    raw: NDArray[np.uint8],
    size: int,
    group: NDArray[np.int32],
    results: NDArray[np.uint8],
    results_size: int,
    found: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    counts: NDArray[np.int64],
) -> None:
    """Add up the searches of each group, and write those of all together into the last row; see `SEARCH_COUNTS`.

    Parameters
    ----------
    bits
        Of each code: `SEEN`, `MAIN` for a search, `CLICK` for a result viewed.
    raw, size, group
        Codes of terms, and the group of each code.
    results, results_size, found
        Codes of how many results there were, and what each tells: `NOT_KNOWN`, `NOTHING` or `SOMETHING`.
    """
    every = len(counts) - 1
    persons = np.full(len(counts), -1, np.int64)
    for person in range(len(first)):
        row, stop = np.int64(first[person]), np.int64(end[person])
        term = np.int64(-1)
        last = np.int64(0)
        any_after = False
        while True:
            is_over = bool(row >= stop or time[row] >= until)
            if not is_over and (time[row] < since or not bits[code[row]]):
                row += 1
                continue
            what = np.int64(0)
            here = np.int64(-1)
            if not is_over:
                what = bits[code[row]]
                if what & MAIN:
                    here = np.int64(group[code_at(raw, size, row)])
            outcome = -1
            if term >= 0:
                if is_over or time[row] - last > pause:
                    outcome = ELSEWHERE if any_after else EXITED
                elif here >= 0:
                    outcome = REPEATED if here == term else REFINED
                elif what & CLICK:
                    outcome = CLICKED
                if outcome >= 0:
                    counts[term, outcome] += 1
                    term = np.int64(-1)
            if is_over:
                break
            any_after = True
            if here >= 0:
                term = here
                any_after = False
                told = found[code_at(results, results_size, row)]
                counts[term, SEARCHES] += 1
                counts[term, KNOWN] += told != NOT_KNOWN
                counts[term, ZERO] += told == NOTHING
                for spot in (term, every):
                    if persons[spot] != person:
                        persons[spot] = person
                        counts[spot, SEARCHERS] += 1
            last = time[row]
            row += 1
    _sum_up(counts, _SEARCH_SUMS)


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64, types.int64[:, ::1],
            types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_goals(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    bits: NDArray[np.int64],
    since: int,
    until: int,
    pause: int,
    counts: NDArray[np.int64],
    totals: NDArray[np.int64],
) -> None:
    """Add to ``counts[goal]`` how often it was reached, in how many sessions, by how many persons; all to ``totals``.

    Parameters
    ----------
    bits
        Of each code: bit 0 where it is seen, bit ``1 + goal`` where it is that goal.
    totals
        Sessions; persons.
    """
    goals = len(counts)
    for person in range(len(first)):
        last = np.int64(0)
        of_session, of_person = np.int64(0), np.int64(0)
        any_session = False
        for row in range(np.int64(first[person]), np.int64(end[person])):
            at = time[row]
            if at >= until:
                break
            what = bits[code[row]]
            if at < since or not what:
                continue
            if not any_session or at - last > pause:
                any_session = True
                totals[0] += 1
                of_session = np.int64(0)
            last = at
            reached = what >> 1
            if reached:
                for goal in range(goals):
                    bit = np.int64(1) << goal
                    if reached & bit:
                        counts[goal, 0] += 1
                        counts[goal, 1] += (of_session & bit) == 0
                        counts[goal, 2] += (of_person & bit) == 0
                of_session |= reached
                of_person |= reached
        totals[1] += any_session


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TIMES, types.int64, types.int64, types.int64, types.int64, types.int64,
            types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_abandonment(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled; it knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    bits: NDArray[np.int64],
    since: int,
    until: int,
    pause: int,
    within: int,
    known_until: int,
    counts: NDArray[np.int64],
) -> None:
    """Add up the sessions in which something was begun, by what became of it; see `ABANDON_COUNTS`.

    Rows are walked backwards, so that at each beginning it is known what came after.

    Parameters
    ----------
    bits
        Of each code: `SEEN`, `MAIN` for a beginning, `CLICK` for an end.
    since, until
        A session counts when its first beginning lies inside; sessions themselves are not cut.
    within
        After the last beginning of its session an end still counts as later, for so many microseconds.
    known_until
        The last instant of the log: what is begun less than ``within`` before it and not ended is undecided.
    """
    for person in range(len(first)):
        row, stop = np.int64(end[person]) - 1, np.int64(first[person])
        is_open, has_begun, is_done = False, False, False
        any_begun, any_done = False, False
        # by time: of the row after; of the first and the last beginning of the session; of the next end in it and after
        after, first_begun, last_begun = np.int64(0), np.int64(0), np.int64(0)
        end_here, end_after = np.int64(_NEVER), np.int64(_NEVER)
        while True:
            is_over = bool(row < stop or (time[row] < since and not is_open))
            if not is_over and not bits[code[row]]:
                row -= 1
                continue
            if is_open and (is_over or after - time[row] > pause):
                if has_begun and since <= first_begun < until:
                    any_begun = True
                    counts[BEGUN] += 1
                    if is_done:
                        any_done = True
                        counts[COMPLETED] += 1
                    elif end_after != _NEVER and end_after - last_begun <= within:
                        counts[LATER] += 1
                    elif known_until - last_begun < within:
                        counts[UNDECIDED] += 1
                    else:
                        counts[LOST] += 1
                if end_here != _NEVER:
                    end_after = end_here
                is_open = False
            if is_over or row < stop:
                break
            if not is_open:
                if time[row] < since:
                    break
                is_open, has_begun, is_done = True, False, False
                end_here = np.int64(_NEVER)
            at = time[row]
            what = bits[code[row]]
            if what & MAIN:
                if not has_begun:
                    last_begun = at
                has_begun = True
                first_begun = at
                is_done = is_done or end_here != _NEVER
            if what & CLICK:
                end_here = at
            after = at
            row -= 1
        counts[BEGINNERS] += any_begun
        counts[COMPLETERS] += any_done
