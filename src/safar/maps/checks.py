"""What a journey map may hold, beyond what its shape says: rules that read, texts that can be kept, room."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec

from safar.observe.rule_text import rule_of
from safar.observe.time_text import length_of
from safar.vocabulary.errors import Refusal

from .anatomy import Binding, Card, JourneyMap, LaneKind, Promise

#: What a document may hold of each; a page of more is read by nobody.
MOST: Final = {"stage": 60, "step": 200, "lane": 60, "card": 4_000, "move": 1_000}
MOST_SIGNS: Final = 20_000
#: Lanes that only show what is computed.
COMPUTED: Final = frozenset({LaneKind.FLOW, LaneKind.VALUE})
#: Larger numbers are not the same in every program that reads JSON.
_EXACT: Final = 2**53


class UnknownPart(Refusal, LookupError):
    """The map has no such stage, step, lane or card."""

    code = "map.unknown_part"


class PartTaken(Refusal, ValueError):
    """The map has a part of this id already."""

    code = "map.part_taken"


class EditRefused(Refusal, ValueError):
    """The edit would leave something that is no good journey map."""

    code = "map.edit_refused"


def check_room(there: int, kind: str) -> None:
    """Check that one more of a kind finds room.

    Raises
    ------
    EditRefused
    """
    if there >= MOST[kind]:
        raise EditRefused(
            f"A map holds at most {MOST[kind]} of the kind {kind}.",
            hint="Make a second map and nest it in a step.",
            kind=kind,
        )


def check_signs(data: Any) -> None:
    """Check that all texts and numbers of a struct can be kept and told as JSON.

    Raises
    ------
    EditRefused
        A text is too long, or holds a zero byte or half a sign; a number is endless or none.
    """
    for value in _leaves(msgspec.to_builtins(data)):
        if isinstance(value, str):
            if len(value) > MOST_SIGNS:
                raise EditRefused(
                    f"A text of {len(value)} signs is too long.", hint=f"Keep to {MOST_SIGNS} signs."
                )
            if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
                raise EditRefused("A text holds signs that cannot be kept.", hint="Type it anew.")
        elif isinstance(value, float | int) and not (math.isfinite(value) and abs(value) < _EXACT):
            raise EditRefused(f"{value} is no number that can be kept.", hint="Give a smaller one.")


def check_rule(text: str) -> None:
    """Check that a step rule can be read; an empty one measures nothing.

    Raises
    ------
    RuleUnreadable
    """
    if text:
        rule_of(text)


def check_length(text: str) -> None:
    """Check that a text is a length of time, and one that lasts.

    Raises
    ------
    DurationUnreadable, EditRefused
    """
    if length_of(text) <= timedelta(0):
        raise EditRefused(f"{text!r} is no time at all.", hint="Give a length such as 30d or 2h.", text=text)


def check_promises(promises: Iterable[Promise], taken: Collection[str]) -> None:
    """Check promises of one step.

    Parameters
    ----------
    taken
        Ids of promises elsewhere on the map.

    Raises
    ------
    PartTaken, EditRefused, RuleUnreadable, DurationUnreadable
    """
    seen = set(taken)
    for promise in promises:
        if promise.promise_id in seen:
            raise PartTaken(
                f"There is a promise {promise.promise_id!r} on the map already.",
                hint="Give it another id.",
                kind="promise",
                id=promise.promise_id,
            )
        seen.add(promise.promise_id)
        if not promise.begins or not promise.kept_by:
            raise EditRefused(
                "A promise needs what starts its clock, and what keeps it.",
                hint="Name an event for each.",
                id=promise.promise_id,
            )
        check_rule(promise.begins)
        check_rule(promise.kept_by)
        check_length(promise.within)


def check_binding(binding: Binding, taken: Collection[str]) -> None:
    """Check what a step is bound to; see `check_promises`."""
    for rule in (binding.events, binding.revenue, binding.cost):
        check_rule(rule)
    check_promises(binding.promises, taken)


def check_card(document: JourneyMap, card: Card) -> None:
    """Check that a card may lie where it is to lie.

    Raises
    ------
    UnknownPart, EditRefused
    """
    lane = next((lane for lane in document.lanes if lane.lane_id == card.lane_id), None)
    for kind, part_id, is_there in (
        ("step", card.step_id, document.step(card.step_id) is not None),
        ("lane", card.lane_id, lane is not None),
    ):
        if not is_there:
            raise unknown(kind, part_id)
    assert lane is not None
    if lane.kind in COMPUTED:
        raise EditRefused(
            f"A lane of the kind {lane.kind} shows what is computed: no cards lie in it.",
            hint="Put the card into another lane.",
            lane=lane.lane_id,
        )
    if card.emotion is not None and lane.kind is not LaneKind.EMOTION:
        raise EditRefused(
            "Only cards in a lane of emotions say what people feel.",
            hint="Put the card into a lane of emotions, or take its emotion off.",
            lane=lane.lane_id,
        )


def check_document(document: JourneyMap) -> None:
    """Check a whole document that came from outside.

    Raises
    ------
    UnknownPart, PartTaken, EditRefused, RuleUnreadable, DurationUnreadable
    """
    parts = (
        ("stage", document.stages),
        ("step", document.steps),
        ("lane", document.lanes),
        ("card", document.cards),
        ("move", document.moves),
    )
    for kind, there in parts:
        check_room(len(there) - 1, kind)
    check_signs(document)
    check_length(document.pause)
    if not document.languages:
        raise EditRefused("A map is written in at least one language.", hint="Name one, such as en.")
    for step in document.steps:
        check_binding(step.binding, ())  # that ids are given once is held by reading
    for card in document.cards:
        check_card(document, card)


def unknown(kind: str, part_id: str) -> UnknownPart:
    """Return the refusal of a part that is not there."""
    return UnknownPart(
        f"The map has no {kind} {part_id!r}.", hint="It may have been removed.", kind=kind, id=part_id
    )


def _leaves(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _leaves(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _leaves(value)
    elif not isinstance(data, bool):
        yield data
