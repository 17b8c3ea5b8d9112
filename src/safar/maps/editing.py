"""Editing a journey map: each edit gives another document, and the edits that take it back.

Cards lie in the order of steps and lanes, moves in the order of steps (`tidy`), so that the same map is the same
document however it came to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce, singledispatch
from typing import Any, Final

from msgspec.structs import replace

from .anatomy import Card, JourneyMap, Move, Stage, Step
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
from .moves import closed, moves_between, opened
from .parts import following, inserted, part_of, parts_of, place_of, replaced, stage_of, without
from .tidying import laid, moves_in_order, tidy

Done = tuple[JourneyMap, tuple[AnyEdit, ...]]
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
        after = replace(after, moves=moves_in_order(after))
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


def checked(document: JourneyMap) -> JourneyMap:
    """Return a whole document that came from outside, tidy, once everything in it is as edits would leave it.

    Raises
    ------
    EditRefused, PartTaken, RuleUnreadable, DurationUnreadable
    """
    check_document(document)
    return tidy(document)


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
        return replace(part, **{edit.field: words})

    back: Any = replace(edit, text=before)
    return replaced(document, edit.part, edit.of, written), (back,)


@_done.register
def _(edit: SetValue, document: JourneyMap) -> Done:
    before, value = value_of(document, edit), edit.value  # type: ignore[attr-defined] # each kind has its own
    _check_value(edit, document)
    outer, _dot, inner = edit.field.partition(".")

    def written(part: Any) -> Any:
        new = replace(getattr(part, outer), **{inner: value}) if inner else value
        return replace(part, **{outer: new})

    back: Any = replace(edit, value=before)
    return replaced(document, edit.part, edit.of, written), (back,)


@_done.register
def _(edit: AddStage, document: JourneyMap) -> Done:
    _check_new(document, "stage", edit.of)
    stage = Stage(stage_id=edit.of, name=edit.name, about=edit.about)
    return replace(document, stages=inserted(document.stages, stage, edit.before)), (RemoveStage(of=edit.of),)


@_done.register
def _(edit: MoveStage, document: JourneyMap) -> Done:
    stage = part_of(document, "stage", edit.of)
    back = MoveStage(of=edit.of, before=following(document.stages, edit.of))
    stages = inserted(without(document.stages, edit.of), stage, edit.before)
    if stages == document.stages:
        return document, ()
    if not stage.steps:
        return replace(document, stages=stages), (back,)
    first, last = stage.steps[0].step_id, stage.steps[-1].step_id
    return opened(replace(closed(document, first, last), stages=stages), first, last), (back,)


@_done.register
def _(edit: RemoveStage, document: JourneyMap) -> Done:
    stage: Stage = part_of(document, "stage", edit.of)
    after = following(document.stages, edit.of)
    inverse: tuple[AnyEdit, ...] = ()
    for step in stage.steps:
        document, back = _done(RemoveStep(of=step.step_id), document)
        inverse = (*back, *inverse)
    again = AddStage(of=edit.of, name=stage.name, about=stage.about, before=after)
    return replace(document, stages=without(document.stages, edit.of)), (again, *inverse)


@_done.register
def _(edit: AddStep, document: JourneyMap) -> Done:
    _check_new(document, "step", edit.step.step_id)
    check_binding(edit.step.binding, _promise_ids(document))
    moved = _put(document, edit.step, edit.stage_id, edit.before)
    return opened(moved, edit.step.step_id, edit.step.step_id), (RemoveStep(of=edit.step.step_id),)


@_done.register
def _(edit: MoveStep, document: JourneyMap) -> Done:
    step: Step = part_of(document, "step", edit.of)
    part_of(document, "stage", edit.stage_id)
    stage = stage_of(document, edit.of)
    back = MoveStep(of=edit.of, stage_id=stage.stage_id, before=following(stage.steps, edit.of))
    rest = closed(document, edit.of, edit.of)
    moved = _put(_lifted(rest, edit.of), step, edit.stage_id, edit.before)
    if moved.stages == document.stages:
        return document, ()
    return opened(moved, edit.of, edit.of), (back,)


@_done.register
def _(edit: RemoveStep, document: JourneyMap) -> Done:
    step: Step = part_of(document, "step", edit.of)
    stage = stage_of(document, edit.of)
    again = AddStep(stage_id=stage.stage_id, step=step, before=following(stage.steps, edit.of))
    cards = [AddCard(card=card) for card in document.cards if card.step_id == edit.of]
    rest = _lifted(closed(document, edit.of, edit.of), edit.of)
    moves = tuple(move for move in rest.moves if edit.of not in (move.source, move.target))
    kept = tuple(card for card in document.cards if card.step_id != edit.of)
    return replace(rest, moves=moves, cards=kept), (again, *cards)


@_done.register
def _(edit: AddLane, document: JourneyMap) -> Done:
    _check_new(document, "lane", edit.lane.lane_id)
    lanes = inserted(document.lanes, edit.lane, edit.before)
    return replace(document, lanes=lanes), (RemoveLane(of=edit.lane.lane_id),)


@_done.register
def _(edit: MoveLane, document: JourneyMap) -> Done:
    lane = part_of(document, "lane", edit.of)
    back = MoveLane(of=edit.of, before=following(document.lanes, edit.of))
    rest = without(document.lanes, edit.of)
    return replace(document, lanes=inserted(rest, lane, edit.before)), (back,)


@_done.register
def _(edit: RemoveLane, document: JourneyMap) -> Done:
    lane = part_of(document, "lane", edit.of)
    again = AddLane(lane=lane, before=following(document.lanes, edit.of))
    cards = [AddCard(card=card) for card in document.cards if card.lane_id == edit.of]
    kept = tuple(card for card in document.cards if card.lane_id != edit.of)
    return replace(document, lanes=without(document.lanes, edit.of), cards=kept), (again, *cards)


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
    return replace(document, moves=(*document.moves, move)), ()


@_done.register
def _(edit: RemoveMove, document: JourneyMap) -> Done:
    for end in (edit.source, edit.target):
        part_of(document, "step", end)
    gone = Move(source=edit.source, target=edit.target)
    return replace(document, moves=tuple(move for move in document.moves if move != gone)), ()


@_done.register
def _(edit: AddCard, document: JourneyMap) -> Done:
    _check_new(document, "card", edit.card.card_id)
    check_card(document, edit.card)
    cards = laid(document, document.cards, edit.card, edit.before)
    return replace(document, cards=cards), (RemoveCard(of=edit.card.card_id),)


@_done.register
def _(edit: MoveCard, document: JourneyMap) -> Done:
    card: Card = part_of(document, "card", edit.of)
    moved = replace(card, step_id=edit.step_id, lane_id=edit.lane_id)
    check_card(document, moved)
    back = MoveCard(
        of=edit.of,
        step_id=card.step_id,
        lane_id=card.lane_id,
        before=following(document.cards_at(card.step_id, card.lane_id), edit.of),
    )
    cards = laid(document, without(document.cards, edit.of), moved, edit.before)
    return replace(document, cards=cards), (back,)


@_done.register
def _(edit: RemoveCard, document: JourneyMap) -> Done:
    card: Card = part_of(document, "card", edit.of)
    again = AddCard(card=card, before=following(document.cards_at(card.step_id, card.lane_id), edit.of))
    return replace(document, cards=without(document.cards, edit.of)), (again,)


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
    check_card(document, replace(card, emotion=edit.value))


@_check_value.register
def _(edit: SetLanguages, document: JourneyMap) -> None:
    if len(set(edit.value)) < len(edit.value) or not edit.value:
        raise EditRefused("A map has its languages once each.", hint="Name each language once.")


# ---- what several verbs do


def _put(document: JourneyMap, step: Step, stage_id: str, before: str) -> JourneyMap:
    def with_step(stage: Stage) -> Stage:
        return replace(stage, steps=inserted(stage.steps, step, before))

    return replaced(document, "stage", stage_id, with_step)


def _lifted(document: JourneyMap, step_id: str) -> JourneyMap:
    """Return the stages without a step, its moves and cards still there."""
    stages = (replace(stage, steps=without(stage.steps, step_id)) for stage in document.stages)
    return replace(document, stages=tuple(stages))


def _check_new(document: JourneyMap, kind: str, part_id: str) -> None:
    parts = parts_of(document, kind)
    if place_of(parts, part_id) is not None:
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
