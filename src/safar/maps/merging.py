"""Edits of members who worked at the same map at the same time.

Whoever was first stands. An edit that was made without having seen a change of the same is not done: it comes back as
a `Conflict` with both values. A text of a card is kept besides, as a second card behind the first, where everybody
sees it. Everything else merges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .anatomy import Card, JourneyMap, Lane, Stage, Step
from .checks import MOST, PartTaken, UnknownPart
from .editing import apply, value_of
from .edits import (
    AddCard,
    AddLane,
    AddMove,
    AddStage,
    AddStep,
    AnyEdit,
    Remove,
    RemoveLane,
    RemoveMove,
    RemoveStage,
    RemoveStep,
    SetValue,
    SetWords,
    WriteCard,
)
from .parts import part_of
from .targets import target, touching


class Conflict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edit that was not done because somebody else had changed the same in the meantime.

    Parameters
    ----------
    edit
        What was to be done; send it again on the newest revision to have it done all the same.
    target
        What both wrote, see `safar.maps.edits.target`.
    kept
        What stands there: a text or a value; a part as an object; None when the part is gone.
    is_gone
        Whether the part that was to be changed has been removed.
    second_card
        Id of the card that the text was kept as; empty where it was not.
    """

    edit: AnyEdit
    target: str
    kept: Any = None
    is_gone: bool = False
    second_card: str = ""


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """What came of edits.

    Parameters
    ----------
    document
        The map after them.
    edits
        Those that were done and changed something, cards that texts were kept as among them.
    inverse
        What takes all of them back.
    conflicts
        Those that were not done.
    """

    document: JourneyMap
    edits: tuple[AnyEdit, ...]
    inverse: tuple[AnyEdit, ...]
    conflicts: tuple[Conflict, ...]


def merge(
    document: JourneyMap,
    edits: Iterable[AnyEdit],
    *,
    since: Sequence[AnyEdit],
    new_id: Callable[[], str],
    gone: Iterable[Card] = (),
    keeps_texts: bool = True,
) -> Merged:
    """Do edits on a map that others have changed since they were made.

    Parameters
    ----------
    document
        The map as it is now.
    since
        What was done to it since the revision that the edits are based on.
    new_id
        Gives ids of cards that texts are kept as.
    gone
        Cards that were taken away since then: where they lay, a text that was written meanwhile is kept.
    keeps_texts
        Whether a text of a card that loses is kept as a second card; not so for what an undo would bring back.

    Raises
    ------
    SafarError
        An edit is refused for another reason than a change in the meantime: nothing is done.
    """
    touches = touching(map(target, since))
    removes = any(isinstance(each, Remove) for each in since)
    cards_gone = {card.card_id: card for card in gone}
    done: list[AnyEdit] = []
    inverse: tuple[AnyEdit, ...] = ()
    conflicts: list[Conflict] = []
    for edit in edits:
        try:
            after, back = _applied(document, edit)
        except UnknownPart:
            if not removes and not conflicts:  # nobody took it away: it never was there
                raise
            if isinstance(edit, Remove):
                continue
            conflict = Conflict(edit=edit, target=target(edit), is_gone=True)
        else:
            if after == document:
                continue
            if not any(touches(mine) for mine in _reach(document, edit)):
                document, inverse = after, (*back, *inverse)
                done.append(edit)
                continue
            conflict = Conflict(edit=edit, target=target(edit), kept=_kept(document, edit))
        second = _second_card(document, edit, cards_gone, new_id) if keeps_texts else None
        if second is not None:
            document, back = apply(document, second)
            done.append(second)
            inverse = (*back, *inverse)
            conflict = msgspec.structs.replace(conflict, second_card=second.card.card_id)
        conflicts.append(conflict)
    return Merged(document=document, edits=tuple(done), inverse=inverse, conflicts=tuple(conflicts))


def told_conflict(conflict: Conflict) -> dict[str, Any]:
    """Return a conflict as JSON-able data."""
    found: dict[str, Any] = msgspec.to_builtins(conflict)
    return found


def _applied(document: JourneyMap, edit: AnyEdit) -> tuple[JourneyMap, tuple[AnyEdit, ...]]:
    """Do an edit; what was sent twice changes nothing the second time."""
    try:
        return apply(document, edit)
    except PartTaken:
        if _added(edit) is not None and _added(edit) == _there(document, edit):
            return document, ()
        raise


def _reach(document: JourneyMap, edit: AnyEdit) -> Iterator[str]:
    """Yield what an edit writes; one that takes away also reaches what stands in it."""
    yield target(edit)
    if isinstance(edit, RemoveStage):
        steps = {step.step_id for step in part_of(document, "stage", edit.of).steps}
    elif isinstance(edit, RemoveStep):
        steps = {edit.of}
    elif isinstance(edit, RemoveLane):
        steps = set()
    else:
        return
    lane = edit.of if isinstance(edit, RemoveLane) else None
    yield from (f"step/{step_id}" for step_id in steps)
    for card in document.cards:
        if card.step_id in steps or card.lane_id == lane:
            yield f"card/{card.card_id}"


def _kept(document: JourneyMap, edit: AnyEdit) -> Any:
    """Return what stands where an edit would have written, JSON-able."""
    if isinstance(edit, SetWords | SetValue):
        return msgspec.to_builtins(value_of(document, edit))
    if isinstance(edit, AddMove | RemoveMove):
        return isinstance(edit, RemoveMove)
    kind, part_id = target(edit).split("/")[:2]
    return msgspec.to_builtins(part_of(document, kind, part_id))


def _second_card(
    document: JourneyMap, edit: AnyEdit, gone: Mapping[str, Card], new_id: Callable[[], str]
) -> AddCard | None:
    """Return the card that keeps a text which lost: behind the first, or where that one lay."""
    if not isinstance(edit, WriteCard) or not edit.text.strip():
        return None
    there = next((card for card in document.cards if card.card_id == edit.of), gone.get(edit.of))
    if there is None or document.step(there.step_id) is None:
        return None
    lane = next((lane for lane in document.lanes if lane.lane_id == there.lane_id), None)
    if lane is None or len(document.cards) >= MOST["card"]:
        return None
    ids = [card.card_id for card in document.cards_at(there.step_id, there.lane_id)]
    behind = ids[ids.index(edit.of) + 1 :] if edit.of in ids else []
    card = Card(
        card_id=new_id(),
        step_id=there.step_id,
        lane_id=there.lane_id,
        text={edit.language: edit.text},
        personas=there.personas,
    )
    return AddCard(card=card, before=behind[0] if behind else "")


def _added(edit: AnyEdit) -> Stage | Step | Lane | Card | None:
    """Return the part that an edit adds."""
    match edit:
        case AddStage():
            return Stage(stage_id=edit.of, name=edit.name, about=edit.about)
        case AddStep():
            return edit.step
        case AddLane():
            return edit.lane
        case AddCard():
            return edit.card
    return None


def _there(document: JourneyMap, edit: AnyEdit) -> Any:
    """Return the part that has the id of one to be added, a stage without its steps."""
    kind, part_id = target(edit).split("/")[:2]
    part = part_of(document, kind, part_id)
    return msgspec.structs.replace(part, steps=()) if isinstance(part, Stage) else part
