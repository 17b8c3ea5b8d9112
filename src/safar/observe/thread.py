"""One customer's thread: the walk of one person on a designed journey, visit by visit, and where he stands now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.store.newest import key_of_id
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.window import Window, from_microseconds

from .conformance_question import KINDS, MoveKind
from .journey import Journey
from .journey_moves import JourneyMoves
from .series_walk import covered
from .steps import NO_STEP, Steps
from .walk import Walk, checked_pause

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import Paths, PathShard

#: Of the events that no step takes so many are told, the newest.
MOST_OTHERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ThreadQuestion:
    """How did one customer walk a journey, and where on it is he now?

    Parameters
    ----------
    journey
        The design.
    customer_id
        One of his ids.
    window
        Only passages that have a step in this stretch of time, each of them whole; all of them when None.
    pause
        So long without a step ends a passage; there is one passage when None.

    Raises
    ------
    PauseRefused
    """

    journey: Journey
    customer_id: str
    window: Window | None = None
    pause: timedelta | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        checked_pause(self.pause)


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay at one step.

    Attributes
    ----------
    step
        Its name.
    first_at, last_at
        Aware UTC instants of its first and its last event.
    events
        How many.
    move
        How he came from the visit before; None for the first visit of a passage.
    skipped
        The steps that he went past on the way; before the first visit, those on the shortest way from a start.
    """

    step: str
    first_at: datetime
    last_at: datetime
    events: int
    move: MoveKind | None
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One walk of the journey.

    Attributes
    ----------
    visits
        By time; at least one.
    is_open
        It may still go on: the pause is not over. False where there is none.
    has_arrived
        Its last step is one where the journey may end well.
    """

    visits: tuple[Visit, ...]
    is_open: bool
    has_arrived: bool


@dataclass(frozen=True, slots=True)
class Other:
    """An event that no step takes."""

    event_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadAnswer:
    """The walk of one customer.

    Attributes
    ----------
    customer_id
        The id that he goes by.
    passages
        By time.
    others
        What no step takes, in the window, by time: the newest `MOST_OTHERS`.
    stands_at
        His last visit of all, whatever the window; None for somebody who never was on the journey.
    stands_open
        Whether the passage of that visit may still go on.
    notes
        ``thread.others_left_out``: so many older events that no step takes are not told.
    """

    customer_id: str
    passages: tuple[Passage, ...]
    others: tuple[Other, ...]
    stands_at: Visit | None
    stands_open: bool
    notes: tuple[Note, ...]
    provenance: Provenance


def thread(log: Log, question: ThreadQuestion) -> ThreadAnswer:
    """Answer how one customer walked a journey.

    Notes
    -----
    Passages, moves and skipped steps are those of `conformance`: what all threads have in a stretch of time is what it
    counts.

    Raises
    ------
    StepsRefused
    """
    person = log.identity.person_of(question.customer_id)
    paths = log.paths()
    shard = _shard_of(paths, key_of_id(person))
    steps = Steps.of(paths.shards, question.journey.steps)
    rows = [] if shard is None else list(_rows(shard, steps))
    since, until, pause = Walk.bounds(question.window, question.pause)
    known_until = (covered(paths.shards) or (0, 0))[1]
    moves = JourneyMoves.of(question.journey)
    passages: list[tuple[Passage, bool]] = []
    for cut in _passages(rows, pause):
        visits = tuple(_visits(cut, steps.names, moves))
        is_open = pause > 0 and known_until - cut[-1][1] <= pause
        is_inside = any(since <= at < until for _, at, _ in cut)
        passages.append((Passage(visits, is_open, bool(moves.can_end[cut[-1][0]])), is_inside))
    others = [
        Other(name, from_microseconds(at))
        for step, at, name in rows
        if step == NO_STEP and since <= at < until
    ]
    last = passages[-1][0] if passages else None
    return ThreadAnswer(
        person,
        tuple(passage for passage, is_inside in passages if is_inside),
        tuple(others[-MOST_OTHERS:]),
        None if last is None else last.visits[-1],
        last is not None and last.is_open,
        notes_with_facts([("thread.others_left_out", max(len(others) - MOST_OTHERS, 0))]),
        Provenance(question, paths.version, len(rows)),
    )


#: The number of a step, microseconds, the name of the event.
_Row = tuple[int, int, str]


def _shard_of(paths: Paths, key: int) -> PathShard | None:
    """Return the person of a key, alone."""
    for shard in paths.shards:
        places = np.flatnonzero(shard.person == np.uint64(key))
        if len(places):
            return shard.of(places)
    return None


def _rows(shard: PathShard, steps: Steps) -> Iterator[_Row]:
    codes, table = steps.codes(shard)
    for row in range(int(shard.first[0]), int(shard.end[0])):
        yield int(table[codes[row]]), int(shard.time[row]), shard.event_names[shard.code[row]]


def _passages(rows: list[_Row], pause: int) -> Iterator[list[_Row]]:
    """Yield the events of steps, cut where the pause is over."""
    passage: list[_Row] = []
    for row in rows:
        if row[0] == NO_STEP:
            continue
        if passage and pause and row[1] - passage[-1][1] > pause:
            yield passage
            passage = []
        passage.append(row)
    if passage:
        yield passage


def _visits(passage: list[_Row], names: tuple[str, ...], moves: JourneyMoves) -> Iterator[Visit]:
    """Yield the stays at one step after the other."""
    start = moves.steps
    before, begin = start, 0
    for place, (step, at, _) in enumerate(passage):
        if place + 1 < len(passage) and passage[place + 1][0] == step:
            continue
        yield Visit(
            names[step],
            from_microseconds(passage[begin][1]),
            from_microseconds(at),
            place + 1 - begin,
            None if before == start else KINDS[int(moves.kinds[before * moves.steps + step])],
            tuple(names[past] for past in moves.between(before, step)),
        )
        before, begin = step, place + 1
