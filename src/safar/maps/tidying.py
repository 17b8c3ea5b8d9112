"""The order of a journey map: cards lie by steps and lanes, moves by steps, however the map came to be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from .anatomy import Card, JourneyMap, Move
from .parts import ids_of, place_of


def tidy(document: JourneyMap) -> JourneyMap:
    """Return the same map with cards in the order of steps and lanes, and each move once, in the order of steps."""
    cards = tuple(sorted(document.cards, key=_cell_order(document)))
    moves = moves_in_order(document)
    if (cards, moves) == (document.cards, document.moves):
        return document
    return replace(document, cards=cards, moves=moves)


def laid(document: JourneyMap, cards: Sequence[Card], card: Card, before: str) -> tuple[Card, ...]:
    """Lay a card before another one of its cell, else behind all of them; the others lie in the order of the map."""
    order = _cell_order(document)
    behind = bisect_right(cards, order(card), key=order)
    first = behind
    while first and order(cards[first - 1]) == order(card):
        first -= 1
    in_cell = place_of(cards[first:behind], before)
    place = behind if in_cell is None else first + in_cell
    return (*cards[:place], card, *cards[place:])


def _cell_order(document: JourneyMap) -> Callable[[Card], tuple[int, int]]:
    """Return by what cards lie in the order of steps and lanes."""
    steps, lanes = _places(document.steps), _places(document.lanes)
    return lambda card: (steps[card.step_id], lanes[card.lane_id])


def moves_in_order(document: JourneyMap) -> tuple[Move, ...]:
    """Return each move once, in the order of steps."""
    steps = _places(document.steps)
    return tuple(sorted(set(document.moves), key=lambda move: (steps[move.source], steps[move.target])))


def _places(parts: Sequence[Any]) -> dict[str, int]:
    return {part_id: place for place, part_id in enumerate(ids_of(parts))}
