"""Editing a journey map: each edit gives another document, and the edits that take it back.

Cards lie in the order of steps and lanes, moves in the order of steps (`tidy`), so that the same map is the same
document however it came to be.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import reduce, singledispatch
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

from .anatomy import Card, JourneyMap, Lane, Move, Stage, Step
from .checks import (
    EditRefused,
    PartTaken,
    check_binding,
    check_card,
    check_document,
    check_length,
    check_promises,
    check_room,
    check_rule,
    check_signs,
    unknown,
)
from .edits import (
    AddCard,
    AddLane,
    AddMove,
    AddStage,
    AddStep,
    AnyEdit,
    Edit,
    MoveCard,
    MoveLane,
    MoveStage,
    MoveStep,
    RemoveCard,
    RemoveLane,
    RemoveMove,
    RemoveStage,
    RemoveStep,
    SetCost,
    SetEmotion,
    SetEvents,
    SetLanguages,
    SetPause,
    SetPromises,
    SetRevenue,
    SetValue,
    SetWords,
)

Done = tuple[JourneyMap, tuple[AnyEdit, ...]]
Part = TypeVar("Part", bound=Stage | Step | Lane | Card)
_IDS: Final[dict[type, Callable[[Any], str]]] = {
    Stage: attrgetter("stage_id"),
    Step: attrgetter("step_id"),
    Lane: attrgetter("lane_id"),
    Card: attrgetter("card_id"),
}
#: Edits that leave a tidy map tidy and touch no moves: most of all edits, on maps with thousands of cards.
_IN_PLACE: Final = (SetWords, SetValue, AddCard, MoveCard, RemoveCard)


def apply(document: JourneyMap, edit: AnyEdit) -> Done:
    """Return the map after an edit, and the edits that give back exactly the map before, in order.

    Parameters
    ----------
    document
        As `tidy` leaves it.

    Raises
    ------
    UnknownPart, PartTaken, EditRefused
        Nothing was changed: the document is frozen.
    RuleUnreadable, DurationUnreadable
        A rule or a length of time cannot be read.
    """
    check_signs(edit)
    after, inverse = _done(edit, document)
    if isinstance(edit, _IN_PLACE):
        return after, inverse
    if isinstance(edit, AddMove | RemoveMove):
        after = _with(after, moves=_moves_in_order(after))
        return after, moves_between(after.moves, document.moves)
    after = tidy(after)
    back = reduce(lambda found, each: tidy(_done(each, found)[0]), inverse, after)
    moves = moves_between(back.moves, document.moves)
    return after, (*inverse, *moves)


def apply_all(document: JourneyMap, edits: Iterable[AnyEdit]) -> Done:
    """Return the map after several edits, and what takes all of them back; all or none of them is done."""
    inverse: tuple[AnyEdit, ...] = ()
    for edit in edits:
        document, back = apply(document, edit)
        inverse = (*back, *inverse)
    return document, inverse


def tidy(document: JourneyMap) -> JourneyMap:
    """Return the same map with cards in the order of steps and lanes, and each move once, in the order of steps."""
    cards = tuple(sorted(document.cards, key=_cell_order(document)))
    moves = _moves_in_order(document)
    if (cards, moves) == (document.cards, document.moves):
        return document
    return msgspec.structs.replace(document, cards=cards, moves=moves)


def checked(document: JourneyMap) -> JourneyMap:
    """Return a whole document that came from outside, tidy, once everything in it is as edits would leave it.

    Raises
    ------
    EditRefused, PartTaken, RuleUnreadable, DurationUnreadable
    """
    check_document(document)
    return tidy(document)


def part_of(document: JourneyMap, kind: str, part_id: str) -> Any:
    """Return a part of a map.

    Raises
    ------
    UnknownPart
    """
    if kind == "map":
        return document
    parts = _parts(document, kind)
    place = _place(parts, part_id)
    if place is None:
        raise unknown(kind, part_id)
    return parts[place]


def value_of(document: JourneyMap, edit: SetWords | SetValue) -> Any:
    """Return what stands now where an edit would write.

    Raises
    ------
    UnknownPart
    """
    value = part_of(document, edit.part, edit.of)
    for name in edit.field.split("."):
        value = getattr(value, name)
    return value.get(edit.language, "") if isinstance(edit, SetWords) else value


# ---- one verb each


@singledispatch
def _done(edit: Edit, document: JourneyMap) -> Done:
    """Return the map with an edit done, not tidy yet, and what takes it back but for moves."""
    raise NotImplementedError(type(edit))


@_done.register
def _(edit: SetWords, document: JourneyMap) -> Done:
    before = value_of(document, edit)

    def written(part: Any) -> Any:
        words = {**getattr(part, edit.field), edit.language: edit.text}
        if not edit.text:
            del words[edit.language]
        return msgspec.structs.replace(part, **{edit.field: words})

    back: Any = msgspec.structs.replace(edit, text=before)
    return _replaced(document, edit.part, edit.of, written), (back,)


@_done.register
def _(edit: SetValue, document: JourneyMap) -> Done:
    before, value = value_of(document, edit), edit.value  # type: ignore[attr-defined] # each kind has its own
    _check_value(edit, document)
    outer, _dot, inner = edit.field.partition(".")

    def written(part: Any) -> Any:
        new = msgspec.structs.replace(getattr(part, outer), **{inner: value}) if inner else value
        return msgspec.structs.replace(part, **{outer: new})

    back: Any = msgspec.structs.replace(edit, value=before)
    return _replaced(document, edit.part, edit.of, written), (back,)


@_done.register
def _(edit: AddStage, document: JourneyMap) -> Done:
    _check_new(document, "stage", edit.of)
    stage = Stage(stage_id=edit.of, name=edit.name, about=edit.about)
    return _with(document, stages=_inserted(document.stages, stage, edit.before)), (RemoveStage(of=edit.of),)


@_done.register
def _(edit: MoveStage, document: JourneyMap) -> Done:
    stage = part_of(document, "stage", edit.of)
    back = MoveStage(of=edit.of, before=_following(document.stages, edit.of))
    stages = _inserted(_without(document.stages, edit.of), stage, edit.before)
    if stages == document.stages:
        return document, ()
    if not stage.steps:
        return _with(document, stages=stages), (back,)
    first, last = stage.steps[0].step_id, stage.steps[-1].step_id
    return _opened(_with(_closed(document, first, last), stages=stages), first, last), (back,)


@_done.register
def _(edit: RemoveStage, document: JourneyMap) -> Done:
    stage: Stage = part_of(document, "stage", edit.of)
    after = _following(document.stages, edit.of)
    inverse: tuple[AnyEdit, ...] = ()
    for step in stage.steps:
        document, back = _done(RemoveStep(of=step.step_id), document)
        inverse = (*back, *inverse)
    again = AddStage(of=edit.of, name=stage.name, about=stage.about, before=after)
    return _with(document, stages=_without(document.stages, edit.of)), (again, *inverse)


@_done.register
def _(edit: AddStep, document: JourneyMap) -> Done:
    _check_new(document, "step", edit.step.step_id)
    check_binding(edit.step.binding, _promise_ids(document))
    moved = _put(document, edit.step, edit.stage_id, edit.before)
    return _opened(moved, edit.step.step_id, edit.step.step_id), (RemoveStep(of=edit.step.step_id),)


@_done.register
def _(edit: MoveStep, document: JourneyMap) -> Done:
    step: Step = part_of(document, "step", edit.of)
    part_of(document, "stage", edit.stage_id)
    stage = _stage_of(document, edit.of)
    back = MoveStep(of=edit.of, stage_id=stage.stage_id, before=_following(stage.steps, edit.of))
    closed = _closed(document, edit.of, edit.of)
    moved = _put(_lifted(closed, edit.of), step, edit.stage_id, edit.before)
    if moved.stages == document.stages:
        return document, ()
    return _opened(moved, edit.of, edit.of), (back,)


@_done.register
def _(edit: RemoveStep, document: JourneyMap) -> Done:
    step: Step = part_of(document, "step", edit.of)
    stage = _stage_of(document, edit.of)
    again = AddStep(stage_id=stage.stage_id, step=step, before=_following(stage.steps, edit.of))
    cards = [AddCard(card=card) for card in document.cards if card.step_id == edit.of]
    closed = _lifted(_closed(document, edit.of, edit.of), edit.of)
    moves = tuple(move for move in closed.moves if edit.of not in (move.source, move.target))
    kept = tuple(card for card in document.cards if card.step_id != edit.of)
    return _with(closed, moves=moves, cards=kept), (again, *cards)


@_done.register
def _(edit: AddLane, document: JourneyMap) -> Done:
    _check_new(document, "lane", edit.lane.lane_id)
    lanes = _inserted(document.lanes, edit.lane, edit.before)
    return _with(document, lanes=lanes), (RemoveLane(of=edit.lane.lane_id),)


@_done.register
def _(edit: MoveLane, document: JourneyMap) -> Done:
    lane = part_of(document, "lane", edit.of)
    back = MoveLane(of=edit.of, before=_following(document.lanes, edit.of))
    rest = _without(document.lanes, edit.of)
    return _with(document, lanes=_inserted(rest, lane, edit.before)), (back,)


@_done.register
def _(edit: RemoveLane, document: JourneyMap) -> Done:
    lane = part_of(document, "lane", edit.of)
    again = AddLane(lane=lane, before=_following(document.lanes, edit.of))
    cards = [AddCard(card=card) for card in document.cards if card.lane_id == edit.of]
    kept = tuple(card for card in document.cards if card.lane_id != edit.of)
    return _with(document, lanes=_without(document.lanes, edit.of), cards=kept), (again, *cards)


@_done.register
def _(edit: AddMove, document: JourneyMap) -> Done:
    for end in (edit.source, edit.target):
        part_of(document, "step", end)
    if edit.source == edit.target:
        raise EditRefused("Staying at a step is always allowed.", hint="Join two steps.", id=edit.source)
    move = Move(source=edit.source, target=edit.target)
    if move in document.moves:
        return document, ()
    check_room(len(document.moves), "move")
    return _with(document, moves=(*document.moves, move)), ()


@_done.register
def _(edit: RemoveMove, document: JourneyMap) -> Done:
    for end in (edit.source, edit.target):
        part_of(document, "step", end)
    gone = Move(source=edit.source, target=edit.target)
    return _with(document, moves=tuple(move for move in document.moves if move != gone)), ()


@_done.register
def _(edit: AddCard, document: JourneyMap) -> Done:
    _check_new(document, "card", edit.card.card_id)
    check_card(document, edit.card)
    cards = _laid(document, document.cards, edit.card, edit.before)
    return _with(document, cards=cards), (RemoveCard(of=edit.card.card_id),)


@_done.register
def _(edit: MoveCard, document: JourneyMap) -> Done:
    card: Card = part_of(document, "card", edit.of)
    moved = msgspec.structs.replace(card, step_id=edit.step_id, lane_id=edit.lane_id)
    check_card(document, moved)
    back = MoveCard(
        of=edit.of,
        step_id=card.step_id,
        lane_id=card.lane_id,
        before=_following(document.cards_at(card.step_id, card.lane_id), edit.of),
    )
    cards = _laid(document, _without(document.cards, edit.of), moved, edit.before)
    return _with(document, cards=cards), (back,)


@_done.register
def _(edit: RemoveCard, document: JourneyMap) -> Done:
    card: Card = part_of(document, "card", edit.of)
    again = AddCard(card=card, before=_following(document.cards_at(card.step_id, card.lane_id), edit.of))
    return _with(document, cards=_without(document.cards, edit.of)), (again,)


@singledispatch
def _check_value(edit: SetValue, document: JourneyMap) -> None:
    """Check what a field is to hold, where its type does not say all of it."""


@_check_value.register
def _(edit: SetPause, document: JourneyMap) -> None:
    check_length(edit.value)


@_check_value.register(SetEvents)
@_check_value.register(SetRevenue)
@_check_value.register(SetCost)
def _(edit: SetEvents | SetRevenue | SetCost, document: JourneyMap) -> None:
    check_rule(edit.value)


@_check_value.register
def _(edit: SetPromises, document: JourneyMap) -> None:
    check_promises(edit.value, _promise_ids(document, but_of=edit.of))


@_check_value.register
def _(edit: SetEmotion, document: JourneyMap) -> None:
    card = part_of(document, "card", edit.of)
    check_card(document, msgspec.structs.replace(card, emotion=edit.value))


@_check_value.register
def _(edit: SetLanguages, document: JourneyMap) -> None:
    if len(set(edit.value)) < len(edit.value) or not edit.value:
        raise EditRefused("A map has its languages once each.", hint="Name each language once.")


# ---- the line of moves


def _closed(document: JourneyMap, first: str, last: str) -> JourneyMap:
    """Join what stands before and behind a run of steps, where the line went through it; loops stay with the run."""
    before, after = _neighbours(document, first)[0], _neighbours(document, last)[1]
    into, out = Move(source=before, target=first), Move(source=last, target=after)
    moves = set(document.moves)
    if {into, out} <= moves:
        moves.add(Move(source=before, target=after))
    return _with(document, moves=tuple(moves - {into, out}))


def _opened(document: JourneyMap, first: str, last: str) -> JourneyMap:
    """Let the line go through a run of steps where it went past them; at an end of the map it becomes longer."""
    before, after = _neighbours(document, first)[0], _neighbours(document, last)[1]
    past = Move(source=before, target=after)
    moves = set(document.moves)
    if before and after and past not in moves:
        return document
    joins = {Move(source=before, target=first)} if before else set()
    if after:
        joins.add(Move(source=last, target=after))
    return _with(document, moves=tuple(moves - {past} | joins))


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


# ---- parts


def _put(document: JourneyMap, step: Step, stage_id: str, before: str) -> JourneyMap:
    def with_step(stage: Stage) -> Stage:
        return msgspec.structs.replace(stage, steps=_inserted(stage.steps, step, before))

    return _replaced(document, "stage", stage_id, with_step)


def _lifted(document: JourneyMap, step_id: str) -> JourneyMap:
    """Return the stages without a step, its moves and cards still there."""
    stages = (
        msgspec.structs.replace(stage, steps=_without(stage.steps, step_id)) for stage in document.stages
    )
    return _with(document, stages=tuple(stages))


def _laid(document: JourneyMap, cards: Sequence[Card], card: Card, before: str) -> tuple[Card, ...]:
    """Lay a card before another one of its cell, else behind all of them; the others lie in the order of the map."""
    order = _cell_order(document)
    behind = bisect_right(cards, order(card), key=order)
    first = behind
    while first and order(cards[first - 1]) == order(card):
        first -= 1
    in_cell = _place(cards[first:behind], before)
    place = behind if in_cell is None else first + in_cell
    return (*cards[:place], card, *cards[place:])


def _cell_order(document: JourneyMap) -> Callable[[Card], tuple[int, int]]:
    """Return by what cards lie in the order of steps and lanes."""
    steps, lanes = _places(document.steps), _places(document.lanes)
    return lambda card: (steps[card.step_id], lanes[card.lane_id])


def _moves_in_order(document: JourneyMap) -> tuple[Move, ...]:
    steps = _places(document.steps)
    return tuple(sorted(set(document.moves), key=lambda move: (steps[move.source], steps[move.target])))


def _places(parts: Sequence[Any]) -> dict[str, int]:
    return {part_id: place for place, part_id in enumerate(_ids(parts))}


def _check_new(document: JourneyMap, kind: str, part_id: str) -> None:
    parts = _parts(document, kind)
    if _place(parts, part_id) is not None:
        raise PartTaken(
            f"There is a {kind} {part_id!r} on the map already.",
            hint="Give it another id.",
            kind=kind,
            id=part_id,
        )
    check_room(len(parts), kind)


def _promise_ids(document: JourneyMap, *, but_of: str = "") -> set[str]:
    there = (step for step in document.steps if step.step_id != but_of)
    return {promise.promise_id for step in there for promise in step.binding.promises}


def _parts(document: JourneyMap, kind: str) -> tuple[Any, ...]:
    return document.steps if kind == "step" else tuple(getattr(document, f"{kind}s"))


def _ids(parts: Sequence[Any]) -> list[str]:
    """Return the ids of parts of one kind."""
    return list(map(_IDS[type(parts[0])], parts)) if parts else []


def _place(parts: Sequence[Any], part_id: str) -> int | None:
    """Return where the part of an id stands among those of its kind; None where it does not."""
    ids = _ids(parts)
    return ids.index(part_id) if part_id in ids else None


def _replaced(document: JourneyMap, kind: str, part_id: str, change: Callable[[Any], Any]) -> JourneyMap:
    """Return the map with one part changed."""
    if kind == "map":
        return change(document)  # type: ignore[no-any-return]
    if kind == "step":
        stage = _stage_of(document, part_id)
        return _replaced(document, "stage", stage.stage_id, lambda found: _with_step(found, part_id, change))
    parts = _parts(document, kind)
    place = _place(parts, part_id)
    if place is None:
        raise unknown(kind, part_id)
    return _with(document, **{f"{kind}s": (*parts[:place], change(parts[place]), *parts[place + 1 :])})


def _with_step(stage: Stage, step_id: str, change: Callable[[Any], Any]) -> Stage:
    steps = tuple(change(step) if step.step_id == step_id else step for step in stage.steps)
    return msgspec.structs.replace(stage, steps=steps)


def _with(document: JourneyMap, **fields: Any) -> JourneyMap:
    return msgspec.structs.replace(document, **fields)


def _stage_of(document: JourneyMap, step_id: str) -> Stage:
    return next(stage for stage in document.stages if any(step.step_id == step_id for step in stage.steps))


def _inserted(parts: Sequence[Part], part: Part, before: str) -> tuple[Part, ...]:
    place = _place(parts, before)
    if place is None:
        return (*parts, part)
    return (*parts[:place], part, *parts[place:])


def _without(parts: Sequence[Part], part_id: str) -> tuple[Part, ...]:
    place = _place(parts, part_id)
    return tuple(parts) if place is None else (*parts[:place], *parts[place + 1 :])


def _following(parts: Sequence[Any], part_id: str) -> str:
    """Return the id of what stands behind a part; empty at the end."""
    ids = _ids(parts)
    place = ids.index(part_id) + 1
    return ids[place] if place < len(ids) else ""
