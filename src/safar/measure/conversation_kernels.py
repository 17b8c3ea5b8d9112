"""Compiled walk over conversations: which clocks ran in each, and for how long."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: What happens in a conversation.
STARTED, ASKED, ANSWERED, BOT_ANSWERED, PAUSED, RESUMED, RESOLVED, REOPENED, HANDED_OVER = range(9)

Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def walk_conversations(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one walk, a case for each thing that happens
    starts: Ints,
    kinds: NDArray[np.int8],
    reads: Ints,
    waits_for_customer: bool,
    first_response: Ints,
    resolution: Ints,
    open_for: Ints,
    counts: NDArray[np.int64],
    gap_of: Ints,
    gap_begins: Ints,
    gap_ends: Ints,
) -> int:
    """Walk each conversation once, and return how many customers' messages waited for a next response.

    Parameters
    ----------
    starts
        Where each conversation's moves begin, and one more: the end.
    kinds, reads
        Of each move: what it is, and what the work clock shows, in microseconds.
    waits_for_customer
        Whether the clock of the resolution stands still from an answer to the customer's next message.
    first_response, resolution
        Filled by conversation: work time in microseconds, -1 where there is none.
    open_for
        Filled: work time open and not paused so far, resolved or not.
    counts
        Filled, of shape (conversations, 5): customer's messages before the first resolution, times resolved, times
        reopened, times handed over, whether it is resolved at the end.
    gap_of, gap_begins, gap_ends
        Filled: for each next response the conversation, when the customer began to wait and when they were answered, by
        the work clock; -1 while they still wait. Waiting that a resolution ended is none.
    """
    gaps = 0
    for conversation in range(len(starts) - 1):
        first, end = starts[conversation], starts[conversation + 1]
        begun = reads[first]
        waiting = -1
        answered = False
        is_open, runs = True, True
        since, spent = begun, 0
        asked_since_resolved = False
        first_response[conversation] = -1
        resolution[conversation] = -1
        for row in range(first, end):
            kind, now = kinds[row], reads[row]
            if kind == ASKED:
                if counts[conversation, 1] == 0:
                    counts[conversation, 0] += 1
                asked_since_resolved = True
                if is_open:
                    if answered and waiting < 0:
                        waiting = now
                    if not runs:
                        runs, since = True, now
            elif kind == ANSWERED:
                if not answered:
                    answered = True
                    first_response[conversation] = now - begun
                elif waiting >= 0:
                    gap_of[gaps], gap_begins[gaps], gap_ends[gaps] = conversation, waiting, now
                    gaps += 1
                waiting = -1
                if waits_for_customer and is_open and runs:
                    spent += now - since
                    runs = False
            elif kind == PAUSED:
                if is_open and runs:
                    spent += now - since
                    runs = False
            elif kind == RESUMED:
                if is_open and not runs:
                    runs, since = True, now
            elif kind == RESOLVED:
                if is_open:
                    if runs:
                        spent += now - since
                    counts[conversation, 1] += 1
                    resolution[conversation] = spent
                is_open, waiting, asked_since_resolved = False, -1, False
            elif kind == REOPENED:
                if not is_open:
                    is_open, runs, since = True, True, now
                    counts[conversation, 2] += 1
                    if asked_since_resolved and answered:
                        waiting = now
            elif kind == HANDED_OVER:
                counts[conversation, 3] += 1
        if is_open and runs:
            spent += reads[end - 1] - since
        open_for[conversation] = spent
        counts[conversation, 4] = not is_open
        if waiting >= 0:
            gap_of[gaps], gap_begins[gaps], gap_ends[gaps] = conversation, waiting, -1
            gaps += 1
    return gaps
