"""Compiled loops of conformance: how a designed journey is walked, and how long each move takes."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

from .journey_moves import OFF_MAP
from .span_kernels import GAP_WALKS, SPAN_BINS, span_bin
from .stretch_kernels import NEVER, STATE, STRETCH, next_stretch

#: Columns of what is counted of each step.
CUSTOMERS, PASSAGES, EVENTS, BEGAN, ENDED, OPEN, AGAIN, SKIPPED, RETRIED, WENT_BACK, CONTACTED = range(11)
#: The customers of what counts passages stand so many columns after these; those who were lost come last.
BY: Final = 4
LOST_BY: Final = CONTACTED + BY + 1
STEP_COUNTS: Final = LOST_BY + 1
#: Columns of what is counted of each pair of steps.
COUNT, PEOPLE, SQUARES, PRODUCTS = range(4)
MOVE_COUNTS: Final = 4
#: Columns of a ratio that customers make together: sums of what is counted, of what it is counted of, their squares and
#: products by customer, and the customers of whom there is something.
PARTS, WHOLES, PART_SQUARES, PART_WHOLES, WHOLE_SQUARES, CLUSTERS = range(6)
RATIO: Final = 6
#: The ratios of a journey, before those of being lost at each step.
KNOWN, DONE = range(2)

_COUNTS: Final = types.int64[:, ::1]


@njit(inline="always")
def _add(ratio: NDArray[np.int64], part: np.int64, whole: np.int64) -> None:
    """Add what one customer counts."""
    ratio[PARTS] += part
    ratio[WHOLES] += whole
    ratio[PART_SQUARES] += part * part
    ratio[PART_WHOLES] += part * whole
    ratio[WHOLE_SQUARES] += whole * whole
    ratio[CLUSTERS] += whole > 0


@njit(inline="always")
def _mark(  # noqa: PLR0917 - compiled code knows positions only
    counts: NDArray[np.int64],
    marks: NDArray[np.int64],
    step: int,
    column: int,
    passage: np.int64,
    person: int,
) -> None:
    """Count a passage of a step and its person, each once."""
    counts[step, column] += marks[step, column] != passage
    marks[step, column] = passage
    counts[step, column + BY] += marks[step, column + BY] != person
    marks[step, column + BY] = person


@njit(
    [
        types.void(
            ROWS, ROWS, TIMES, codes, TABLE, TABLE, TABLE, frozen(types.boolean), TIMES, types.int64,
            frozen(types.uint8), TABLE, TABLE, frozen(types.boolean),
            _COUNTS, _COUNTS, _COUNTS, _COUNTS, _COUNTS, types.int64[::1],
        )
        for codes in CODES
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def walk_journey(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, compiled, positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    step_of: NDArray[np.int32],
    name_of: NDArray[np.int32],
    try_of: NDArray[np.int32],
    is_contact: NDArray[np.bool_],
    bounds: NDArray[np.int64],
    steps: int,
    kinds: NDArray[np.uint8],
    over_begin: NDArray[np.int32],
    over: NDArray[np.int32],
    can_end: NDArray[np.bool_],
    counts: NDArray[np.int64],
    moves: NDArray[np.int64],
    leaving: NDArray[np.int64],
    ratios: NDArray[np.int64],
    names: NDArray[np.int64],
    totals: NDArray[np.int64],
) -> None:
    """Count, for each step and each pair of steps, what persons do, and sums by which intervals are found.

    Parameters
    ----------
    step_of, name_of, try_of
        For each code its step, the place of its name where no step takes it, and the place of its name where doing it
        again is trying again; below 0 where there is none.
    is_contact
        For each code whether it turns to support.
    bounds
        Microseconds: since and until when things count; the pause that ends a passage, 0 for never; the last instant
        that is known; within what time something is tried again; for how long a contact is about a step.
    kinds, over_begin, over, can_end
        As of `journey_moves.JourneyMoves`.
    counts, moves, names
        Added to: of shapes (steps, STEP_COUNTS), (steps², MOVE_COUNTS), (names, 2), the last of events and persons.
    leaving
        Added to, of shape (steps, 3): moves that leave a step, sum over persons of their squares, and the persons.
    ratios
        Added to, of shape (2 + steps, RATIO): moves that are `KNOWN` to the map, of all; `DONE` of the steps that were
        due; lost of the passages at each step.
    totals
        Added to: persons, passages.
    """
    since, until, pause = bounds[0], bounds[1], bounds[2]
    known_until, retry_within, contact_within = bounds[3], bounds[4], bounds[5]
    start = steps
    # The last person or passage that something was counted for: nobody is counted twice.
    person_at, passage_at = np.full(steps, -1, np.int64), np.full(steps, -1, np.int64)
    passage_ever, person_again = np.full(steps, -1, np.int64), np.full(steps, -1, np.int64)
    marks = np.full((steps, STEP_COUNTS), -1, np.int64)
    person_named = np.full(len(names), -1, np.int64)
    # What one person counts, and where there is anything of it.
    own_moves, own_leaving = np.zeros(steps * steps, np.int64), np.zeros(steps, np.int64)
    own_passages, own_lost = np.zeros(steps, np.int64), np.zeros(steps, np.int64)
    seen_at = np.zeros(steps, np.int64)
    pairs, sources, places = (
        np.empty(steps * steps, np.int64), np.empty(steps, np.int64), np.empty(steps, np.int64)
    )  # fmt: skip
    tries = 0
    for name in try_of:
        tries = max(tries, name + 1)
    tried_in = np.full(tries, -1, np.int64)
    tried_last, tried_before = np.zeros(tries, np.int64), np.zeros(tries, np.int64)
    passage, last_counted = np.int64(-1), -1
    for person in range(len(first)):
        before, last_at, last_row = start, np.int64(0), np.int64(0)
        pairs_there, sources_there, places_there = 0, 0, 0
        moves_made, moves_off, steps_done, steps_past = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
        was_inside = False
        stop = np.int64(end[person])
        row = np.int64(first[person])
        while row <= stop:
            is_over = row == stop
            kind_of_row = 0 if is_over else code[row]
            step = start if is_over else int(step_of[kind_of_row])
            at = np.int64(0) if is_over else time[row]
            is_inside = since <= at < until
            # A contact is about the step before it, unless that is long ago or lies outside of the window.
            turns = (
                not is_over and is_contact[kind_of_row] and is_inside and before < start and step != before
            )
            if turns and since <= last_at and at - last_at <= contact_within:
                _mark(counts, marks, before, CONTACTED, passage, person)
            if step < 0:
                row += 1
                continue
            begins = before == start or (pause > 0 and at - last_at > pause)
            if before != start and (is_over or begins) and since <= last_at < until:
                # A passage ends where it was last, or stands there as long as it may still go on.
                if pause > 0 and is_over and known_until - last_at <= pause:
                    counts[before, OPEN] += 1
                else:
                    counts[before, ENDED] += 1
                    own_lost[before] += not can_end[before]
            if is_over:
                # Whether a step of late is left is not known yet: not even of those who went on, who do so soonest.
                for place in range(places_there):
                    late = places[place]
                    if pause > 0 and passage_at[late] == passage and known_until - seen_at[late] <= pause:
                        own_passages[late] -= 1
                break
            if begins:
                passage += 1
                was_inside = False
            if is_inside:
                if not was_inside:
                    was_inside = True
                    totals[1] += 1
                    totals[0] += last_counted != person
                    last_counted = person
                counts[step, EVENTS] += 1
                if person_at[step] != person:
                    person_at[step] = person
                    counts[step, CUSTOMERS] += 1
                    places[places_there] = step
                    places_there += 1
                if passage_at[step] != passage:
                    passage_at[step] = passage
                    counts[step, PASSAGES] += 1
                    own_passages[step] += 1
            if (begins or step != before) and is_inside:
                steps_done += 1
                way = (start if begins else before) * steps + step
                for place in range(over_begin[way], over_begin[way + 1]):
                    steps_past += 1
                    _mark(counts, marks, over[place], SKIPPED, passage, person)
                if begins:
                    counts[step, BEGAN] += 1
                elif passage_ever[step] == passage and person_again[step] != person:
                    person_again[step] = person
                    counts[step, AGAIN] += 1
            if not begins:
                for between in range(last_row + 1, row):
                    name = name_of[code[between]]
                    if name >= 0 and since <= time[between] < until:
                        names[name, 0] += 1
                        names[name, 1] += person_named[name] != person
                        person_named[name] = person
                if is_inside:
                    pair = before * steps + step
                    if own_moves[pair] == 0:
                        pairs[pairs_there] = pair
                        pairs_there += 1
                    own_moves[pair] += 1
                    if step != before:
                        if own_leaving[before] == 0:
                            sources[sources_there] = before
                            sources_there += 1
                        own_leaving[before] += 1
                        moves_made += 1
                        moves_off += kinds[pair] == OFF_MAP
                        if kinds[pair] == OFF_MAP and step < before and since <= last_at:
                            _mark(counts, marks, before, WENT_BACK, passage, person)
            passage_ever[step], seen_at[step] = passage, at
            tried = try_of[kind_of_row]
            if tried >= 0:
                is_same = tried_in[tried] == passage
                if is_same and is_inside and at - tried_before[tried] <= retry_within:
                    _mark(counts, marks, step, RETRIED, passage, person)
                tried_before[tried] = tried_last[tried] if is_same else np.int64(NEVER)
                tried_last[tried], tried_in[tried] = at, passage
            before, last_at, last_row = step, at, row
            row += 1
        for place in range(pairs_there):
            pair = pairs[place]
            own = own_moves[pair]
            moves[pair, COUNT] += own
            moves[pair, PEOPLE] += 1
            moves[pair, SQUARES] += own * own
            moves[pair, PRODUCTS] += own * own_leaving[pair // steps]
            own_moves[pair] = 0
        for place in range(sources_there):
            source = sources[place]
            leaving[source, 0] += own_leaving[source]
            leaving[source, 1] += own_leaving[source] * own_leaving[source]
            leaving[source, 2] += 1
            own_leaving[source] = 0
        for place in range(places_there):
            step = places[place]
            _add(ratios[2 + step], own_lost[step], own_passages[step])
            counts[step, LOST_BY] += own_lost[step] > 0
            own_lost[step], own_passages[step] = 0, 0
        _add(ratios[KNOWN], moves_made - moves_off, moves_made)
        _add(ratios[DONE], steps_done, steps_done + steps_past)


@njit(GAP_WALKS, nogil=True, cache=True)
def walk_move_gaps(  # noqa: PLR0917 - compiled code knows positions only
    first: NDArray[np.uint32],
    end: NDArray[np.uint32],
    time: NDArray[np.int64],
    code: NDArray[np.unsignedinteger[Any]],
    step_of: NDArray[np.int32],
    since: int,
    until: int,
    pause: int,
    steps: int,
    group_of: NDArray[np.int32],
    bins: NDArray[np.uint32],
    slot_of_bin: NDArray[np.int32],
    slots: NDArray[np.int32],
    gaps: NDArray[np.int64],
) -> int:
    """Count the gaps of moves in bins; or, where ``slot_of_bin`` is given, write those that are sought.

    Parameters
    ----------
    since, until
        Microseconds; moves count whose arrival lies there.
    group_of
        Two for each pair of steps ``a, c``, from ``2 * (a * steps + c)`` on: its own group, and that of all moves which
        leave ``a``; the last group where nothing is measured, and of the start, which comes after the last step.
    bins
        Added to: ``bins[group * SPAN_BINS + bin]``.
    slot_of_bin
        Empty at the first walk. At the second, aligned with ``bins``: the slot of each bin whose gaps are written, -1
        for the others.
    slots, gaps
        The gaps in microseconds, each with its slot, and room for one more; how many there are is returned.
    """
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    no_rows, no_pauses = np.empty(0, np.uint32), np.empty(0, np.int64)
    start, nothing = np.uint64(steps), np.int32(group_of[len(group_of) - 1])
    is_first_walk = len(slot_of_bin) == 0
    found = np.uint64(0)
    before, last = start, np.int64(0)
    while True:
        count = np.uint64(
            next_stretch(
                first, end, time, code, step_of, NEVER, -NEVER, pause, no_pauses, state, step, at, mark, no_rows,
                at,
            )
        )  # fmt: skip
        if count == 0:
            break
        for place in range(count):
            pair = (start if mark[place] else before) * start + np.uint64(step[place])
            gap = at[place] - last
            bin_ = np.uint64(span_bin(gap))
            is_inside = since <= at[place] < until
            for which in range(np.uint64(2)):
                group = group_of[np.uint64(2) * pair + which] if is_inside else nothing
                spot = np.uint64(group) * np.uint64(SPAN_BINS) + bin_
                if is_first_walk:
                    bins[spot] += np.uint32(1)
                else:
                    slots[found], gaps[found] = slot_of_bin[spot], gap
                    found += np.uint64(slot_of_bin[spot] >= 0)
            before, last = np.uint64(step[place]), at[place]
    return int(found)
