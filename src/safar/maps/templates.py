"""Maps to begin with: complete journeys of several trades, written in Persian, Arabic and English.

A template is a TOML file beside this module, shorter than a document: a step tells its cards by the lane they lie in,
the line from step to step goes by itself, and only branches and loops are written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final

import msgspec

from safar.vocabulary.errors import Refusal
from safar.vocabulary.templates import told_template

from .anatomy import Binding, Card, JourneyMap, Lane, LaneKind, Move, Promise, Stage, Step, Words
from .editing import checked

#: In the order they are offered in.
TEMPLATES: Final = ("online_shop", "bank_account", "telecom", "clinic", "hotel", "government", "b2b_software")
LANGUAGES: Final = ("fa", "ar", "en")
#: Lanes of every template, from top to bottom; of the first and the last no template has cards.
_LANES: Final = (
    LaneKind.FLOW,
    LaneKind.ACTION,
    LaneKind.TOUCHPOINT,
    LaneKind.THINKING,
    LaneKind.EMOTION,
    LaneKind.SCORE,
    LaneKind.NEED,
    LaneKind.PAIN,
    LaneKind.PROMISE,
    LaneKind.BACK_STAGE,
    LaneKind.OPPORTUNITY,
    LaneKind.OWNER,
    LaneKind.VALUE,
)


class UnknownTemplate(Refusal, LookupError):
    """There is no template of this name."""

    code = "map.unknown_template"


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step as a template tells it: its cards by their lanes."""

    id: str
    name: Words
    emotion: float
    can_begin: bool = False
    can_end: bool = False
    events: str = ""
    question_keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    revenue: str = ""
    cost: str = ""
    promises: tuple[Promise, ...] = ()
    action: Words = {}
    touchpoint: Words = {}
    thinking: Words = {}
    need: Words = {}
    pain: Words = {}
    promise: Words = {}
    back_stage: Words = {}
    opportunity: Words = {}


class _Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: Words
    steps: tuple[_Step, ...]


class _Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Words
    about: Words
    pause: str
    #: Branches and loops as ``source > target``, besides the line.
    moves: tuple[str, ...]
    stages: tuple[_Stage, ...]
    #: Joints of the line that nobody is to go over, as ``source > target``.
    gaps: tuple[str, ...] = ()


@cache
def template(key: str) -> JourneyMap:
    """Return the map of a template.

    Raises
    ------
    UnknownTemplate

    Examples
    --------
    >>> template("online_shop").name["en"]
    'Buying online'
    """
    told = told_template(__package__, key, TEMPLATES, UnknownTemplate)
    return _map_of(msgspec.convert(told, _Template))


def _map_of(told: _Template) -> JourneyMap:
    steps = [step for stage in told.stages for step in stage.steps]
    line = [(a.id, b.id) for a, b in pairwise(steps)]
    gaps = {_ends(gap) for gap in told.gaps}
    moves = [*(each for each in line if each not in gaps), *map(_ends, told.moves)]
    return checked(
        JourneyMap(
            name=told.name,
            about=told.about,
            languages=LANGUAGES,
            pause=told.pause,
            lanes=tuple(Lane(lane_id=kind.value, kind=kind) for kind in _LANES),
            stages=tuple(
                Stage(stage_id=stage.id, name=stage.name, steps=tuple(map(_step, stage.steps)))
                for stage in told.stages
            ),
            moves=tuple(Move(source=source, target=target) for source, target in moves),
            cards=tuple(card for step in steps for card in _cards(step)),
        )
    )


def _step(told: _Step) -> Step:
    binding = Binding(
        events=told.events,
        question_keys=told.question_keys,
        tags=told.tags,
        promises=told.promises,
        revenue=told.revenue,
        cost=told.cost,
    )
    return Step(
        step_id=told.id, name=told.name, binding=binding, can_begin=told.can_begin, can_end=told.can_end
    )


def _cards(told: _Step) -> list[Card]:
    """Return the cards of a step, one for each lane that it tells something of."""
    texts: Mapping[LaneKind, Any] = {
        kind: getattr(told, kind.value) for kind in _LANES if kind.value in _Step.__struct_fields__
    }
    cards = [
        Card(card_id=f"{told.id}-{kind.value}", step_id=told.id, lane_id=kind.value, text=text)
        for kind, text in texts.items()
        if kind is not LaneKind.EMOTION and text
    ]
    feeling = Card(
        card_id=f"{told.id}-emotion", step_id=told.id, lane_id=LaneKind.EMOTION.value, emotion=told.emotion
    )
    return [*cards, feeling]


def _ends(move: str) -> tuple[str, str]:
    source, _, target = move.partition(">")
    return source.strip(), target.strip()
