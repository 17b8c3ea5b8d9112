"""Where a new step belongs on a map: behind the step that people come from, with the ways that they go."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

from safar.observe.conformance import MoveKind, conformance
from safar.observe.journey import Journey
from safar.observe.journey_moves import OFF_MAP, JourneyMoves

from .anatomy import JourneyMap, Move, Step
from .editing import apply_all
from .edits import AddMove, AddStep, AnyEdit, SetCanBegin, SetCanEnd
from .lived_question import lived_question

if TYPE_CHECKING:
    from safar.store.log import Log

_Pair = tuple[str, str]


def placed(
    log: Log, document: JourneyMap, step: Step, *, executor: Executor | None = None
) -> tuple[AnyEdit, ...]:
    """Return the edits that bring a step onto a map where it is lived.

    Parameters
    ----------
    log
        Whose paths tell where; all of them, whenever they were.
    document
        A map with at least one stage.
    step
        A new one, bound to events that no step of the map takes.
    executor
        For the shards of the log.

    Raises
    ------
    BindingUnreadable
        A rule of the map or of the step cannot be read.

    Notes
    -----
    The step stands behind the one that most often comes before it, with moves from that and to the one that most often
    follows; the line that went past it stays. While a smaller share of all moves would be known than without the step,
    the most frequent way to or from it that the map does not know is added too: then the map fits no worse than before.
    """
    at_end = AddStep(stage_id=document.stages[-1].stage_id, step=step)
    times = _times(log, apply_all(document, (at_end,))[0], executor)
    new = step.step_id
    sources = {source: count for (source, target), count in times.items() if target == new}
    targets = {target: count for (source, target), count in times.items() if source == new}
    if not sources and not targets:
        return (at_end,)
    edits = _between(document, step, _most(sources), _most(targets))
    before = _off_map(document, _times(log, document, executor))
    ways = sorted(
        ((source, target) for source, target in times if new in {source, target}),
        key=lambda way: (-times[way], way),
    )
    for source, target in ways:
        unknown, moves = _off_map(apply_all(document, edits)[0], times)
        if unknown * before[1] <= before[0] * moves:
            break
        edits = (*edits, AddMove(source=source, target=target))
    return edits


def _between(document: JourneyMap, step: Step, source: str, target: str) -> tuple[AnyEdit, ...]:
    """Return the edits that put a step behind one, or else before the other, and join it with both."""
    order = [(stage.stage_id, each.step_id) for stage in document.stages for each in stage.steps]
    names = [name for _, name in order]
    new, first, last = step.step_id, names[0], names[-1]
    beside = names.index(source or target)
    stage_id = order[beside][0]
    follows = order[beside + 1] if source and beside + 1 < len(order) else ("", "")
    before = target if not source else follows[1] if follows[0] == stage_id else ""
    edits: list[AnyEdit] = [AddStep(stage_id=stage_id, step=step, before=before)]
    around = names[beside : beside + 2] if source else names[max(beside - 1, 0) : beside + 1]
    if len(around) > 1 and Move(source=around[0], target=around[1]) in document.moves:
        edits.append(AddMove(source=around[0], target=around[1]))
    edits += [AddMove(source=source, target=new)] if source else []
    edits += [AddMove(source=new, target=target)] if target else []
    # Where nothing else is said a journey begins at the first step and ends well at the last: these stay what they are.
    if source == last and not any(each.can_end for each in document.steps):
        edits.append(SetCanEnd(of=last, value=True))
    if not source and target == first and not any(each.can_begin for each in document.steps):
        edits.append(SetCanBegin(of=first, value=True))
    return tuple(edits)


def _most(counts: dict[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name), default="")


def _times(log: Log, document: JourneyMap, executor: Executor | None) -> dict[_Pair, int]:
    """Return how often each step was followed by another one."""
    question = lived_question(document).conformance
    if question is None:
        return {}
    moves = conformance(log, question, executor=executor).moves
    return {(move.source, move.target): move.count for move in moves if move.kind is not MoveKind.STAY}


def _off_map(document: JourneyMap, times: dict[_Pair, int]) -> tuple[int, int]:
    """Return how many moves a map does not know, and how many there are."""
    journey: Journey | None = lived_question(document).journey
    if journey is None:
        return 0, 0
    moves = JourneyMoves.of(journey)
    place = {rule.name: number for number, rule in enumerate(journey.steps)}
    unknown = (
        count
        for (source, target), count in times.items()
        if moves.kinds[place[source] * moves.steps + place[target]] == OFF_MAP
    )
    return sum(unknown), sum(times.values())
