"""What two versions of a map differ in: as edits that make the one of the other, and part by part for people."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from .anatomy import Card, JourneyMap, Lane, Stage, Step, Words
from .editing import apply_all
from .edits import (
    AddCard,
    AddLane,
    AddStage,
    AddStep,
    AnyEdit,
    DescribeMap,
    DescribeStage,
    DescribeStep,
    MoveCard,
    MoveLane,
    MoveStage,
    MoveStep,
    RemoveCard,
    RemoveLane,
    RemoveStage,
    RemoveStep,
    RenameLane,
    RenameMap,
    RenameStage,
    RenameStep,
    SetAttachments,
    SetCanBegin,
    SetCanEnd,
    SetCardPersonas,
    SetCost,
    SetEmotion,
    SetEvents,
    SetEvidence,
    SetLanguages,
    SetMapPersonas,
    SetNested,
    SetOwner,
    SetPause,
    SetPromises,
    SetQuestions,
    SetRevenue,
    SetState,
    SetTags,
    SetValue,
    SetWords,
    WriteCard,
)
from .moves import moves_between
from .tidying import tidy

_WORDS: Final[Mapping[str, tuple[type[SetWords], ...]]] = {
    "map": (RenameMap, DescribeMap),
    "stage": (RenameStage, DescribeStage),
    "step": (RenameStep, DescribeStep),
    "lane": (RenameLane,),
    "card": (WriteCard,),
}
_VALUES: Final[Mapping[str, tuple[type[SetValue], ...]]] = {
    "map": (SetLanguages, SetState, SetPause, SetMapPersonas),
    "stage": (),
    "step": (
        SetEvents, SetQuestions, SetTags, SetPromises, SetRevenue, SetCost,
        SetOwner, SetCanBegin, SetCanEnd, SetNested,
    ),
    "lane": (),
    "card": (SetEmotion, SetCardPersonas, SetEvidence, SetAttachments),
}  # fmt: skip


class Happened(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in which two versions differ.

    Parameters
    ----------
    happened
        See `Happened`.
    part
        ``map``, ``stage``, ``step``, ``lane``, ``card`` or ``move``.
    part_id
        Its id; empty for the map, ``source/target`` of a move.
    name
        What it is called: of a card its text, of a move nothing; as it is now, of a removed one as it was.
    step_id, lane_id
        Where a card lies, or lay.
    field, language
        Of a changed one: which field (``name``, ``text``, ``binding.events`` …), in which language if it is a text.
    before, after
        Its values, JSON-able; None where there is none.
    """

    happened: Happened
    part: str
    part_id: str = ""
    name: Words = {}
    step_id: str = ""
    lane_id: str = ""
    field: str = ""
    language: str = ""
    before: Any = None
    after: Any = None


def edits_between(old: JourneyMap, new: JourneyMap) -> tuple[AnyEdit, ...]:
    """Return the edits that make exactly the new map of the old one; both as `safar.maps.editing.tidy` leaves them.

    A step whose stage is gone, and a card whose step or lane is gone, is taken away and added again.
    """
    old, new = tidy(old), tidy(new)
    found: list[AnyEdit] = []
    current = old
    for phase in (_gone, _freed_promises, _map_and_stages, _lanes, _steps, _cards):
        edits = list(phase(current, new))
        current, _ = apply_all(current, edits)
        found += edits
    return (*found, *moves_between(current.moves, new.moves))


def differences(old: JourneyMap, new: JourneyMap) -> tuple[Change, ...]:
    """Return what two versions differ in: the map, then stages, steps, lanes, cards, moves; each in the new order."""
    old, new = tidy(old), tidy(new)
    found = list(_fields("map", old, new))
    for part in ("stage", "step", "lane", "card"):
        before, after = _by_id(old, part), _by_id(new, part)
        moved = _moved(old, new, part)
        for part_id, there in after.items():
            if part_id not in before:
                found.append(_change(Happened.ADDED, part, there))
                continue
            if part_id in moved:
                found.append(_change(Happened.MOVED, part, there))
            found += _fields(part, before[part_id], there)
        found += [
            _change(Happened.REMOVED, part, each) for part_id, each in before.items() if part_id not in after
        ]
    for happened, there, other in (
        (Happened.ADDED, new.moves, old.moves),
        (Happened.REMOVED, old.moves, new.moves),
    ):
        found += [
            Change(happened=happened, part="move", part_id=f"{move.source}/{move.target}")
            for move in there
            if move not in other
        ]
    return tuple(found)


# ---- edits, one phase after the other


def _gone(old: JourneyMap, new: JourneyMap) -> Iterator[AnyEdit]:
    stages = {stage.stage_id for stage in new.stages}
    steps = {step.step_id for step in new.steps}
    lanes = {(lane.lane_id, lane.kind) for lane in new.lanes}
    cards = {card.card_id for card in new.cards}
    kept = {step.step_id for stage in old.stages if stage.stage_id in stages for step in stage.steps} & steps
    kept_lanes = {lane.lane_id for lane in old.lanes if (lane.lane_id, lane.kind) in lanes}
    for stage in old.stages:
        if stage.stage_id not in stages:
            yield RemoveStage(of=stage.stage_id)
            continue
        yield from (RemoveStep(of=step.step_id) for step in stage.steps if step.step_id not in steps)
    yield from (RemoveLane(of=lane.lane_id) for lane in old.lanes if lane.lane_id not in kept_lanes)
    for card in old.cards:
        if card.card_id not in cards and card.step_id in kept and card.lane_id in kept_lanes:
            yield RemoveCard(of=card.card_id)


def _freed_promises(current: JourneyMap, new: JourneyMap) -> Iterator[AnyEdit]:
    """Take promises off the steps that they do not belong to any more: an id stands on the map once."""
    goes_to = {each.promise_id: step.step_id for step in new.steps for each in step.binding.promises}
    for step in current.steps:
        stays = tuple(
            each
            for each in step.binding.promises
            if goes_to.get(each.promise_id, step.step_id) == step.step_id
        )
        if stays != step.binding.promises:
            yield SetPromises(of=step.step_id, value=stays)


def _map_and_stages(current: JourneyMap, new: JourneyMap) -> Iterator[AnyEdit]:
    yield from _set("map", "", current, new)
    there = _by_id(current, "stage")
    for stage, before in _places(current.stages, new.stages, "stage"):
        if stage.stage_id in there:
            yield MoveStage(of=stage.stage_id, before=before)
        else:
            yield AddStage(of=stage.stage_id, name=stage.name, about=stage.about, before=before)
    for stage in new.stages:
        if stage.stage_id in there:
            yield from _set("stage", stage.stage_id, there[stage.stage_id], stage)


def _lanes(current: JourneyMap, new: JourneyMap) -> Iterator[AnyEdit]:
    there = _by_id(current, "lane")
    for lane, before in _places(current.lanes, new.lanes, "lane"):
        known = lane.lane_id in there
        yield MoveLane(of=lane.lane_id, before=before) if known else AddLane(lane=lane, before=before)
    for lane in new.lanes:
        if lane.lane_id in there:
            yield from _set("lane", lane.lane_id, there[lane.lane_id], lane)


def _steps(current: JourneyMap, new: JourneyMap) -> Iterator[AnyEdit]:
    there, stages = _by_id(current, "step"), _by_id(current, "stage")
    for stage in new.stages:
        for step, before in _places(stages[stage.stage_id].steps, stage.steps, "step"):
            if step.step_id in there:
                yield MoveStep(of=step.step_id, stage_id=stage.stage_id, before=before)
            else:
                yield AddStep(stage_id=stage.stage_id, step=step, before=before)
    for step in new.steps:
        if step.step_id in there:
            yield from _set("step", step.step_id, there[step.step_id], step)


def _cards(current: JourneyMap, new: JourneyMap) -> Iterator[AnyEdit]:
    there = _by_id(current, "card")
    for card in new.cards:  # only in a lane of emotions may it stay
        if card.card_id in there and card.emotion is None and there[card.card_id].emotion is not None:
            yield SetEmotion(of=card.card_id, value=None)
    cells_now, cells = _cells(current), _cells(new)
    for cell, wanted in cells.items():
        for card, before in _places(cells_now.get(cell, ()), wanted, "card"):
            if card.card_id in there:
                yield MoveCard(of=card.card_id, step_id=cell[0], lane_id=cell[1], before=before)
            else:
                yield AddCard(card=card, before=before)
    for card in new.cards:
        if card.card_id in there:
            was = there[card.card_id]
            if card.emotion is None:
                was = msgspec.structs.replace(was, emotion=None)
            yield from _set("card", card.card_id, was, card)


def _set(part: str, part_id: str, old: Any, new: Any) -> Iterator[AnyEdit]:
    """Yield the edits of the fields of one part."""
    words: Any
    value: Any
    for words in _WORDS[part]:
        before, after = getattr(old, words.field), getattr(new, words.field)
        for language in dict.fromkeys((*after, *before)):
            if before.get(language, "") != after.get(language, ""):
                yield words(of=part_id, language=language, text=after.get(language, ""))
    for value in _VALUES[part]:
        before, after = _value(old, value.field), _value(new, value.field)
        if before != after:
            yield value(of=part_id, value=after)


# ---- parts and places


def _places(current: Sequence[Any], wanted: Sequence[Any], part: str) -> Iterator[tuple[Any, str]]:
    """Yield what is to be put where, from the last to the first: as few as can be, the others keep their places."""
    key = f"{part}_id"
    place_now = {getattr(each, key): place for place, each in enumerate(current)}
    stay = _longest_rise([place_now.get(getattr(each, key), -1) for each in wanted])
    before = ""
    for place in range(len(wanted) - 1, -1, -1):
        each = wanted[place]
        if place not in stay:
            yield each, before
        before = getattr(each, key)


def _longest_rise(places: Sequence[int]) -> set[int]:
    """Return where the longest rising run (not of neighbours only) of places stands; -1 belongs to none."""
    ends: list[int] = []
    last: list[int] = []
    came_from: dict[int, int] = {}
    for at, place in enumerate(places):
        if place < 0:
            continue
        length = bisect_left(ends, place)
        if length:
            came_from[at] = last[length - 1]
        ends[length : length + 1] = [place]
        last[length : length + 1] = [at]
    found, at_last = set[int](), last[-1] if last else None
    while at_last is not None:
        found.add(at_last)
        at_last = came_from.get(at_last)
    return found


def _moved(old: JourneyMap, new: JourneyMap, part: str) -> set[str]:
    """Return the ids of parts that stand elsewhere than before."""
    key = f"{part}_id"
    groups = {"stage": _whole("stages"), "lane": _whole("lanes"), "step": _stages, "card": _cells}[part]
    before, there, moved = groups(old), _by_id(old, part), set[str]()
    for group, wanted in groups(new).items():
        placed = (getattr(each, key) for each, _ in _places(before.get(group, ()), wanted, part))
        moved |= {part_id for part_id in placed if part_id in there}
    return moved


def _whole(field: str) -> Callable[[JourneyMap], Mapping[Any, Sequence[Any]]]:
    return lambda document: {"": getattr(document, field)}


def _stages(document: JourneyMap) -> Mapping[Any, Sequence[Step]]:
    return {stage.stage_id: stage.steps for stage in document.stages}


def _cells(document: JourneyMap) -> Mapping[Any, Sequence[Card]]:
    found: dict[tuple[str, str], list[Card]] = {}
    for card in document.cards:
        found.setdefault((card.step_id, card.lane_id), []).append(card)
    return found


def _by_id(document: JourneyMap, part: str) -> dict[str, Any]:
    return {getattr(each, f"{part}_id"): each for each in getattr(document, f"{part}s")}


def _value(part: Any, field: str) -> Any:
    for name in field.split("."):
        part = getattr(part, name)
    return part


# ---- changes for people


def _change(happened: Happened, part: str, there: Stage | Step | Lane | Card, **more: Any) -> Change:
    card = there if isinstance(there, Card) else None
    return Change(
        happened=happened,
        part=part,
        part_id=getattr(there, f"{part}_id"),
        name=there.text if isinstance(there, Card) else there.name,
        step_id=card.step_id if card else "",
        lane_id=card.lane_id if card else "",
        **more,
    )


def _fields(part: str, old: Any, new: Any) -> Iterable[Change]:
    """Yield which fields of a part differ."""
    for edit in _set(part, "", old, new):
        language = edit.language if isinstance(edit, SetWords) else ""
        before, after = _value(old, edit.field), _value(new, edit.field)  # type: ignore[union-attr]
        if language:
            before, after = before.get(language), after.get(language)
        values = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
        more = {"field": edit.field, "language": language, **values}  # type: ignore[union-attr]
        if part == "map":
            yield Change(happened=Happened.CHANGED, part="map", name=new.name, **more)
        else:
            yield _change(Happened.CHANGED, part, new, **more)
