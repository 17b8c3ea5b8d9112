"""The line of moves from step to step: it closes where steps are taken out, and opens where they are put in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from .anatomy import JourneyMap, Move
from .edits import AddMove, AnyEdit, RemoveMove


def closed(document: JourneyMap, first: str, last: str) -> JourneyMap:
    """Join what stands before and behind a run of steps, where the line went through it; loops stay with the run."""
    before, after = _neighbours(document, first)[0], _neighbours(document, last)[1]
    into, out = Move(source=before, target=first), Move(source=last, target=after)
    moves = set(document.moves)
    if {into, out} <= moves:
        moves.add(Move(source=before, target=after))
    return replace(document, moves=tuple(moves - {into, out}))


def opened(document: JourneyMap, first: str, last: str) -> JourneyMap:
    """Let the line go through a run of steps where it went past them; at an end of the map it becomes longer."""
    before, after = _neighbours(document, first)[0], _neighbours(document, last)[1]
    past = Move(source=before, target=after)
    moves = set(document.moves)
    if before and after and past not in moves:
        return document
    joins = {Move(source=before, target=first)} if before else set()
    if after:
        joins.add(Move(source=last, target=after))
    return replace(document, moves=tuple(moves - {past} | joins))


def _neighbours(document: JourneyMap, step_id: str) -> tuple[str, str]:
    """Return the steps before and after one in the order of reading, in whatever stage; empty at an end."""
    ids = ["", *(step.step_id for step in document.steps), ""]
    place = ids.index(step_id)
    return ids[place - 1], ids[place + 1]


def moves_between(old: Sequence[Move], new: Sequence[Move]) -> tuple[AnyEdit, ...]:
    """Return the edits that make the new moves of the old ones."""
    were, are = set(old), set(new)
    gone = [RemoveMove(source=move.source, target=move.target) for move in old if move not in are]
    come = [AddMove(source=move.source, target=move.target) for move in new if move not in were]
    return (*gone, *come)
