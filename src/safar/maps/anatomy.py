"""The anatomy of a journey map: stages → steps × lanes, cards where they meet, moves that the design allows.

A map is a document: frozen, JSON by `told` and `read`, its schema by `schema`. What was lived is no part of it; see
`safar.maps.lived`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

from safar.vocabulary.errors import Refusal
from safar.vocabulary.unfit import unfit

FORMAT: Final = "safar.map/1"

#: A text by language: ``{"fa": "…", "en": "…"}``.
Words = dict[str, str]
#: The end of a text, not a line break before it, which ``$`` alone would take.
Id = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$(?!\n)", description="Stable within the map.")
]
BelievedEmotion = Annotated[
    float, msgspec.Meta(ge=-2, le=2, description="From -2, dismayed, to +2, delighted.")
]
_Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class MapUnreadable(Refusal, ValueError):
    """What was sent is no journey map."""

    code = "map.unreadable"


class LaneKind(StrEnum):
    """What a lane holds. Cards lie in every kind but `FLOW` and `VALUE`, which only show what is computed."""

    FLOW = "flow"
    ACTION = "action"
    TOUCHPOINT = "touchpoint"
    THINKING = "thinking"
    EMOTION = "emotion"
    NEED = "need"
    PAIN = "pain"
    GAIN = "gain"
    QUOTE = "quote"
    PICTURE = "picture"
    FRONT_STAGE = "front_stage"
    BACK_STAGE = "back_stage"
    SYSTEM = "system"
    OWNER = "owner"
    PROMISE = "promise"
    SCORE = "score"
    VALUE = "value"
    OPPORTUNITY = "opportunity"
    NOTE = "note"
    #: A lane of one's own; its name is said in `Lane.name`.
    OWN = "own"


class MapState(StrEnum):
    """Whether a map shows how it is or how it is to be."""

    AS_IS = "as_is"
    TO_BE = "to_be"


class EvidenceKind(StrEnum):
    """What a card rests on, the weakest first."""

    ASSUMPTION = "assumption"
    ANECDOTE = "anecdote"
    ANSWERS = "answers"
    BEHAVIOUR = "behaviour"
    EXPERIMENT = "experiment"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a map: immutable, read strictly, told without what is as usual."""


class Promise(_Part, frozen=True, kw_only=True):
    """A measurable claim: whoever does the one gets the other in time, such as “delivered within 2 days of order”.

    Parameters
    ----------
    promise_id
        Stable within the map.
    words
        As it is made to customers.
    begins, kept_by
        Step rules as text (`safar.observe.rule_text`): when the clock starts, and what keeps the promise.
    within
        A length of time as text, such as ``2d`` or ``10m`` (`safar.observe.time_text`).
    same
        A property that tells which belongs to which, such as ``order_id``; the next one of the customer when empty.
    goal
        The share that should be kept, such as 0.9.
    """

    promise_id: Id
    words: Words = {}
    begins: str
    kept_by: str
    within: str
    same: str = ""
    goal: _Share | None = None


class Binding(_Part, frozen=True, kw_only=True):
    """What makes a step of a map a query, a question, a queue and a cost at once.

    Parameters
    ----------
    events
        Who is here: a step rule as text, ``name: event names [conditions]``; the step is not measured when empty.
    question_keys
        How it feels: keys of survey questions.
    tags
        What breaks: tags or topics of conversations.
    promises
        What customers are promised here.
    revenue, cost
        What it brings and costs: step rules as text, whose events' amounts count.
    """

    events: str = ""
    question_keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    revenue: str = ""
    cost: str = ""


class Step(_Part, frozen=True, kw_only=True):
    """A step of a journey.

    Parameters
    ----------
    step_id
        Stable within the map; also the name of the step in every question about it.
    name, about
        In the languages of the map.
    binding
        See `Binding`.
    owner
        Who answers for it: a person or a team.
    can_begin, can_end
        Whether a journey may begin or end well here. It may begin at the first step and end at the last one anyway.
    nested
        Public id of a map that shows this step in detail; empty when there is none.
    """

    step_id: Id
    name: Words = {}
    about: Words = {}
    binding: Binding = Binding()
    owner: str = ""
    can_begin: bool = False
    can_end: bool = False
    nested: str = ""


class Stage(_Part, frozen=True, kw_only=True):
    """A stage of a journey with its steps, in the order of reading."""

    stage_id: Id
    name: Words = {}
    about: Words = {}
    steps: tuple[Step, ...] = ()


class Lane(_Part, frozen=True, kw_only=True):
    """A lane across all steps; by its kind's name when it has none of its own."""

    lane_id: Id
    kind: LaneKind
    name: Words = {}


class Move(_Part, frozen=True, kw_only=True):
    """That customers may go from one step to another: the main line, branches and loops alike."""

    source: Id
    target: Id


class Evidence(_Part, frozen=True, kw_only=True):
    """What a card rests on.

    Parameters
    ----------
    kind
        See `EvidenceKind`.
    words
        What it says.
    link
        Where it is found: an address within Safar, or the id of an event or a saved question.
    n
        How many answers or customers.
    seen_on
        ISO day of the newest of it; evidence decays from there.
    """

    kind: EvidenceKind
    words: Words = {}
    link: str = ""
    n: Annotated[int, msgspec.Meta(ge=0)] | None = None
    seen_on: str = ""


class Card(_Part, frozen=True, kw_only=True):
    """What a step says in a lane.

    Parameters
    ----------
    text
        Markdown without HTML: paragraphs, lists, bold, italics, links.
    emotion
        What the team believes people feel here; only in a lane of emotions.
    personas
        Public ids of the personas it is about; all of them when empty.
    attachments
        Public ids of files.
    """

    card_id: Id
    step_id: Id
    lane_id: Id
    text: Words = {}
    emotion: BelievedEmotion | None = None
    personas: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    attachments: tuple[str, ...] = ()


class JourneyMap(_Part, frozen=True, kw_only=True):
    """A journey map as it was designed.

    Parameters
    ----------
    languages
        Those that its texts are written in; the first is what a missing text falls back to.
    pause
        So long without a step ends a customer's walk of the journey and the next step begins another, as text: ``30d``.
    personas
        Public ids of whom it is about, in the order of the page.
    moves
        Which step may follow which. `safar.maps.edits` keeps the main line joined while steps come and go.
    """

    format: Literal["safar.map/1"] = FORMAT
    name: Words = {}
    about: Words = {}
    languages: tuple[str, ...] = ("en",)
    state: MapState = MapState.AS_IS
    pause: str = "30d"
    personas: tuple[str, ...] = ()
    lanes: tuple[Lane, ...] = ()
    stages: tuple[Stage, ...] = ()
    moves: tuple[Move, ...] = ()
    cards: tuple[Card, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in the order of reading."""
        return tuple(step for stage in self.stages for step in stage.steps)

    def step(self, step_id: str) -> Step | None:
        """Return the step of an id, or None."""
        return next((step for step in self.steps if step.step_id == step_id), None)

    def cards_at(self, step_id: str, lane_id: str) -> tuple[Card, ...]:
        """Return the cards of one cell, in their order."""
        return tuple(card for card in self.cards if (card.step_id, card.lane_id) == (step_id, lane_id))


def said(words: Mapping[str, str], *languages: str) -> str:
    """Return a text in the first of these languages that it is written in, else in any; empty when in none.

    Examples
    --------
    >>> said({"fa": "خرید", "en": "Purchase"}, "ar", "en"), said({"fa": "خرید"}, "ar"), said({}, "fa")
    ('Purchase', 'خرید', '')
    """
    there = (words[each] for each in (*languages, *words) if words.get(each))
    return next(there, "")


def told(journey_map: JourneyMap) -> dict[str, Any]:
    """Return the map as JSON-able data, which `read` takes."""
    data: dict[str, Any] = msgspec.to_builtins(journey_map)
    return {"format": journey_map.format, **data}


def read(data: Any) -> JourneyMap:
    """Return the map of data as `told` gives it.

    Raises
    ------
    MapUnreadable
        A part is missing, unknown, of a wrong type, named twice, or points at nothing; ``context["path"]`` says where.
    """
    try:
        found = msgspec.convert(data, JourneyMap)
    except msgspec.ValidationError as wrong:
        problem, path = unfit(wrong)
        raise _unreadable(problem, path or "/") from wrong
    for path, problem in _loose_ends(found):
        raise _unreadable(problem, path)
    return found


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a map."""
    return msgspec.json.schema(JourneyMap)


def _unreadable(problem: str, path: str) -> MapUnreadable:
    return MapUnreadable(
        f"This is no journey map: {problem} (at {path}).",
        hint="Compare it with the schema: safar map schema",
        path=path,
    )


def _loose_ends(found: JourneyMap) -> Iterator[tuple[str, str]]:
    """Yield where ids are given twice, and where one points at nothing."""
    ids = {
        "stages": [stage.stage_id for stage in found.stages],
        "steps": [step.step_id for step in found.steps],
        "lanes": [lane.lane_id for lane in found.lanes],
        "cards": [card.card_id for card in found.cards],
        "promises": [promise.promise_id for step in found.steps for promise in step.binding.promises],
    }
    for what, each in ids.items():
        doubled = next((one for one, count in Counter(each).items() if count > 1), None)
        if doubled is not None:
            yield f".{what}", f"two {what} have the id {doubled!r}"
    steps, lanes = set(ids["steps"]), set(ids["lanes"])
    for place, move in enumerate(found.moves):
        for end in (move.source, move.target):
            if end not in steps:
                yield f".moves[{place}]", f"there is no step {end!r}"
    for place, card in enumerate(found.cards):
        if card.step_id not in steps:
            yield f".cards[{place}].step_id", f"there is no step {card.step_id!r}"
        if card.lane_id not in lanes:
            yield f".cards[{place}].lane_id", f"there is no lane {card.lane_id!r}"
