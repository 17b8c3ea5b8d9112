"""The single promises of customers: when each was due, whether it was kept, and how late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from safar.store.newest import key_of_id
from safar.vocabulary.window import from_microseconds

from .promises import PromiseQuestion, beginnings, promise_of_shard
from .series_walk import covered

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

PromiseOutcome = Literal["kept", "broken", "open"]
#: All outcomes, the trouble first.
OUTCOMES: Final[tuple[PromiseOutcome, ...]] = ("broken", "kept", "open")


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """A promise to one customer, and what became of it.

    Attributes
    ----------
    customer_id
        As asked for.
    begun_at, due_at
        Aware UTC instants: when the clock started, and when its time was over.
    outcome
        ``"kept"`` in time; ``"broken"``: late, or not by the end of the log; ``"open"``: not due when the log ended.
    kept_at
        When it was kept, in time or late; None for never.
    late
        How long after ``due_at`` it was kept, or the log ended without it; None for a promise that is not broken.
    """

    customer_id: str
    begun_at: datetime
    due_at: datetime
    outcome: PromiseOutcome
    kept_at: datetime | None
    late: timedelta | None


def promises_made(
    log: Log, question: PromiseQuestion, customers: Sequence[str], outcome: PromiseOutcome
) -> list[PromiseMade]:
    """Return the promises to some customers that came out in one way.

    What is counted, and as what, is as of `safar.observe.promises.promise`.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        What begins, what keeps, within what time, among whom.
    customers
        Their ids; who is not in the log has none.
    outcome
        Only these.

    Returns
    -------
    list of PromiseMade
        In the order of the customers; of each, the last one made first.
    """
    paths = log.paths()
    known_until = (covered(paths.shards) or (0, 0))[1]
    persons = {key_of_id(log.identity.person_of(each)): each for each in customers}
    wanted = np.fromiter(persons, np.uint64, len(persons))
    found: dict[str, list[PromiseMade]] = {each: [] for each in customers}
    for shard in paths.shards:
        there = shard.of(np.isin(shard.person, wanted))
        for key, made in _made_in(there, question, known_until):
            customer_id = persons[key]
            if made[1] == outcome:
                found[customer_id].append(_told(customer_id, made, question.within, known_until))
    return [made for each in found.values() for made in each]


#: Microseconds of the beginning, the outcome, microseconds of what kept it or None.
_Made = tuple[int, PromiseOutcome, int | None]


def _made_in(shard: PathShard, question: PromiseQuestion, known_until: int) -> list[tuple[int, _Made]]:
    """Return the persons of a shard with what became of each of their promises."""
    from .promise_kernels import BROKEN, KEPT, NEVER, OPEN, TOLD  # noqa: PLC0415 - compiled code only when needed

    names: dict[int, PromiseOutcome] = {KEPT: "kept", BROKEN: "broken", OPEN: "open"}
    most = beginnings(shard, question)[2]
    told = np.full((most, TOLD), -1, np.int64)
    promise_of_shard(shard, question, known_until, told)
    found = []
    for row, outcome, at in told[told[:, 0] >= 0].tolist():
        place = int(np.flatnonzero((shard.first <= row) & (row < shard.end))[0])
        kept_at = None if at == NEVER else at
        found.append((int(shard.person[place]), (int(shard.time[row]), names[outcome], kept_at)))
    return found


def _told(customer_id: str, made: _Made, within: timedelta, known_until: int) -> PromiseMade:
    begun, outcome, kept = made
    due_at = from_microseconds(begun) + within
    kept_at = None if kept is None else from_microseconds(kept)
    late = (kept_at or from_microseconds(known_until)) - due_at if outcome == "broken" else None
    return PromiseMade(customer_id, from_microseconds(begun), due_at, outcome, kept_at, late)
