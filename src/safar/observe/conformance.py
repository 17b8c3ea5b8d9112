"""Conformance: is a journey walked as it was designed, where is it left, what does the map not know?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.vocabulary.answer import Note, Provenance, notes_with_facts

from .behind import Adds, Cell, CellRefused, place_in
from .conformance_counts import JourneyCounts, JourneyWalk, journey_of_shard, move_gaps, ratio
from .conformance_question import (
    KINDS,
    ConformanceAnswer,
    ConformanceQuestion,
    ConformanceRefused,
    MoveKind,
    MoveLived,
    StepLived,
    Unmapped,
)
from .journey_moves import STAY
from .series_walk import covered
from .walk import Lived, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths

__all__ = [
    "ConformanceAnswer",
    "ConformanceQuestion",
    "ConformanceRefused",
    "MoveKind",
    "MoveLived",
    "StepLived",
    "Unmapped",
    "adds_to_conformance",
    "conformance",
]

#: Below so many customers intervals are rough.
_FEW_CUSTOMERS: Final = 30
_NO_TIMES: Final = (None, None)


def conformance(
    log: Lived, question: ConformanceQuestion, *, executor: Executor | None = None
) -> ConformanceAnswer:
    """Answer how a designed journey is lived: steps, moves, what the map does not know.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        The journey, when, when a passage ends.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    ConformanceAnswer

    Raises
    ------
    StepsRefused

    Notes
    -----
    A *passage* is what a customer does of the journey's steps, by time, cut at the pause. Two of its events in a row
    are a move where their steps differ: designed, a skip where designed moves that lead on would have reached the step
    over others, else off the map. :math:`fitness = 1 - \\frac{off}{moves}`,
    :math:`coverage = \\frac{done}{done + skipped}`. Steps at one instant follow each other in the order of arrival.

    Counts are facts about the log; shares carry intervals by linearisation with customers as clusters (see
    `conformance_counts.ratio`). What is counted is what happened in the window; where a customer came from, and whether
    a passage went on, is known from all of the log. One walk counts, two more find exact quantiles of gaps.
    """
    paths = log.paths()
    walk = JourneyWalk.of(paths.shards, question, _known_until(paths))
    each = mapped(executor, partial(journey_of_shard, walk=walk), paths.shards)
    found = reduce(JourneyCounts.merged, each, JourneyCounts.none(walk))
    customers, passages = found.totals.tolist()
    is_made = (found.moves[:, 0] > 0) & (walk.moves.kinds != STAY)
    by_pair, by_source = move_gaps(paths.shards, walk, np.flatnonzero(is_made).tolist(), executor)
    steps = tuple(
        _step(walk, found, number, by_source.get(number, _NO_TIMES)) for number in range(walk.moves.steps)
    )
    made = found.moves[:, 0]
    there = np.flatnonzero(made)
    order = there[np.argsort(-made[there], kind="stable")].tolist()
    return ConformanceAnswer(
        customers=customers,
        passages=passages,
        steps=steps,
        moves=tuple(_move(walk, found, pair, by_pair.get(pair, _NO_TIMES)) for pair in order),
        unmapped=_unmapped(walk, found),
        fitness=ratio(found.ratios[0].tolist(), question.level),
        coverage=ratio(found.ratios[1].tolist(), question.level),
        notes=_notes(question, steps, customers),
        provenance=Provenance(question, paths.version, sum(step.events for step in steps)),
    )


#: The numbers of a step as columns of `JourneyCounts.steps`; a cell may name each of them.
_OF_STEP: Final = (
    *("customers", "passages", "events", "began", "ended", "open", "again"),
    *("skipped", "retried", "went_back", "contacted"),
    *(
        "skipped_customers",
        "retried_customers",
        "went_back_customers",
        "contacted_customers",
        "lost_customers",
    ),
)
_COLUMNS: Final = {name: column for column, name in enumerate(_OF_STEP)}


def adds_to_conformance(paths: Paths, question: ConformanceQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a number of the answer.

    Parameters
    ----------
    cell
        ``step`` (its name), with the ``number`` of it: one of `StepLived`, ``lost`` among them, ``customers`` where
        none is said; ``source`` and ``target``, names of steps; ``unmapped``, a name of events; or only a ``number``:
        ``customers``, ``off_map`` (what `ConformanceAnswer.fitness` misses), ``skipped`` (what ``coverage`` misses).

    Raises
    ------
    CellRefused
    """
    walk = JourneyWalk.of(paths.shards, question, _known_until(paths))
    places: dict[str | None, int] = {name: place for place, name in enumerate(walk.steps.names)}
    number = cell.get("number")
    counted: Callable[[JourneyCounts], object]
    if "step" in cell:
        counted = _of_step(place_in(places, cell, "step"), str(number or "customers"))
    elif "source" in cell:
        pair = place_in(places, cell, "source") * len(places) + place_in(places, cell, "target")
        counted = lambda found: found.moves[pair, 0]  # noqa: E731 - one of several
    elif "unmapped" in cell:
        name = place_in({name: place for place, name in enumerate(walk.names)}, cell, "unmapped")
        counted = lambda found: found.names[name, 0]  # noqa: E731
    elif number in _OF_ALL:
        counted = _OF_ALL[str(number)]
    else:
        raise _no_such(number)
    return lambda shard: bool(counted(journey_of_shard(shard, walk)))


def _missed(place: int) -> Callable[[JourneyCounts], object]:
    """Return what tells how much of a ratio's whole is no part of it."""
    return lambda found: found.ratios[place, 1] - found.ratios[place, 0]


_OF_ALL: Final[dict[str, Callable[[JourneyCounts], object]]] = {
    "customers": lambda found: found.totals[0],
    "off_map": _missed(0),
    "skipped": _missed(1),
}


def _of_step(step: int, number: str) -> Callable[[JourneyCounts], object]:
    if number == "lost":
        return lambda found: found.ratios[2 + step, 0]
    if number not in _COLUMNS:
        raise _no_such(number)
    return lambda found: found.steps[step, _COLUMNS[number]]


def _no_such(number: object) -> CellRefused:
    return CellRefused(
        f"The answer has no number {number!r}.", hint="Open the number again from its page.", name="number"
    )


def _known_until(paths: Paths) -> int:
    """Return the last instant of the log, in microseconds."""
    return (covered(paths.shards) or (0, 0))[1]


def _step(
    walk: JourneyWalk,
    found: JourneyCounts,
    number: int,
    times: tuple[timedelta, ...] | tuple[None, None],
) -> StepLived:
    counts = dict(zip(_COLUMNS, found.steps[number].tolist(), strict=True))
    ratios, lost = found.ratios[2 + number].tolist(), None
    _, decided, *_ = ratios
    if not walk.moves.can_end[number]:
        lost = ratio(ratios, walk.question.level)
    median, p90 = times
    return StepLived(
        step=walk.steps.names[number],
        decided=decided,
        lost=lost,
        median_to_next=median,
        p90_to_next=p90,
        **counts,
    )


def _move(
    walk: JourneyWalk, found: JourneyCounts, pair: int, times: tuple[timedelta, ...] | tuple[None, None]
) -> MoveLived:
    source, target = divmod(pair, walk.moves.steps)
    kind = KINDS[int(walk.moves.kinds[pair])]
    count, customers, squares, products = found.moves[pair].tolist()
    left, left_squares, left_by = found.leaving[source].tolist()
    sums = (count, left, squares, products, left_squares, left_by)
    names = walk.steps.names
    median, p90 = times
    return MoveLived(
        names[source],
        names[target],
        kind,
        count,
        customers,
        None if kind is MoveKind.STAY else ratio(sums, walk.question.level),
        median,
        p90,
        tuple(names[step] for step in walk.moves.between(source, target)),
    )


def _unmapped(walk: JourneyWalk, found: JourneyCounts) -> tuple[Unmapped, ...]:
    events = found.names[:, 0]
    there = np.flatnonzero(events)
    order = there[np.argsort(-events[there], kind="stable")].tolist()
    return tuple(Unmapped(walk.names[place], *found.names[place].tolist()) for place in order)


def _notes(question: ConformanceQuestion, steps: tuple[StepLived, ...], customers: int) -> tuple[Note, ...]:
    unseen = [step.step for step in steps if not step.events]
    named = (Note.of("conformance.no_events", count=len(unseen), steps=", ".join(unseen)),) if unseen else ()
    few = (Note.of("conformance.few_customers", count=customers),) if customers < _FEW_CUSTOMERS else ()
    endless = (Note.of("conformance.no_pause"),) if question.pause is None else ()
    still = notes_with_facts([("conformance.open", sum(step.open for step in steps))])
    return (*named, *few, *endless, *still)
