"""Edits of a journey map: each changes one thing, so that two members at one map rarely touch the same.

An edit is JSON-able (`told_edits`, `read_edits`): ``{"edit": "card.text", "of": "c1", "language": "fa", "text": "…"}``.
`safar.maps.editing` applies them, `safar.maps.targets` says what they write, `safar.maps.merging` joins those of
several members.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec

from safar.vocabulary.errors import Refusal
from safar.vocabulary.unfit import unfit

from .anatomy import BelievedEmotion, Card, Evidence, Id, Lane, MapState, Promise, Step, Words

Language = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)", description="As in BCP 47.")
]
_Text = Annotated[str, msgspec.Meta(max_length=20_000)]
_Line = Annotated[str, msgspec.Meta(max_length=400)]
_Rule = Annotated[str, msgspec.Meta(max_length=4_000)]
_Before = Annotated[str, msgspec.Meta(description="Id of what follows; at the end when empty or gone.")]
PartKind = Literal["map", "stage", "step", "lane", "card"]


class EditUnreadable(Refusal, ValueError):
    """What was sent is no list of edits."""

    code = "map.edit_unreadable"


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="edit"):
    """One change of a map."""


class SetWords(Edit, frozen=True, kw_only=True):
    """Writes one text in one language; an empty text takes it away.

    Parameters
    ----------
    of
        Id of the part; empty for the map itself.
    """

    part: ClassVar[PartKind]
    field: ClassVar[str]
    of: str = ""
    language: Language
    text: _Text


class SetValue(Edit, frozen=True, kw_only=True):
    """Sets one field of one part as a whole; each kind has its ``value``."""

    part: ClassVar[PartKind]
    field: ClassVar[str]
    of: str = ""


class Remove(Edit, frozen=True, kw_only=True):
    """Takes a part away, with everything that stands in it."""

    part: ClassVar[PartKind]
    of: Id


# ---- the map itself


class RenameMap(SetWords, frozen=True, tag="map.name"):
    """Names the map."""

    part, field = "map", "name"


class DescribeMap(SetWords, frozen=True, tag="map.about"):
    """Says what the map is about."""

    part, field = "map", "about"


class SetLanguages(SetValue, frozen=True, kw_only=True, tag="map.languages"):
    """Says in which languages the map is written, the first one falls in for the others."""

    part, field = "map", "languages"
    value: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=12)]


class SetState(SetValue, frozen=True, kw_only=True, tag="map.state"):
    """Says whether the map shows what is or what is to be."""

    part, field = "map", "state"
    value: MapState


class SetPause(SetValue, frozen=True, kw_only=True, tag="map.pause"):
    """Says how long without a step ends a walk."""

    part, field = "map", "pause"
    value: _Line


class SetMapPersonas(SetValue, frozen=True, kw_only=True, tag="map.personas"):
    """Says whom the map is about."""

    part, field = "map", "personas"
    value: tuple[str, ...]


# ---- stages


class AddStage(Edit, frozen=True, kw_only=True, tag="stage.add"):
    """Adds an empty stage."""

    of: Id
    name: Words = {}
    about: Words = {}
    before: _Before = ""


class RenameStage(SetWords, frozen=True, tag="stage.name"):
    """Names a stage."""

    part, field = "stage", "name"


class DescribeStage(SetWords, frozen=True, tag="stage.about"):
    """Says what a stage is about."""

    part, field = "stage", "about"


class MoveStage(Edit, frozen=True, kw_only=True, tag="stage.move"):
    """Puts a stage, with its steps, before another one."""

    of: Id
    before: _Before = ""


class RemoveStage(Remove, frozen=True, tag="stage.remove"):
    """Takes a stage away, with its steps and their cards."""

    part = "stage"


# ---- steps


class AddStep(Edit, frozen=True, kw_only=True, tag="step.add"):
    """Adds a step; between two that are joined it comes into the line, at an end it makes it longer."""

    stage_id: Id
    step: Step
    before: _Before = ""


class RenameStep(SetWords, frozen=True, tag="step.name"):
    """Names a step."""

    part, field = "step", "name"


class DescribeStep(SetWords, frozen=True, tag="step.about"):
    """Says what a step is about."""

    part, field = "step", "about"


class MoveStep(Edit, frozen=True, kw_only=True, tag="step.move"):
    """Puts a step elsewhere; the line closes where it stood, and opens where it comes to stand."""

    of: Id
    stage_id: Id
    before: _Before = ""


class RemoveStep(Remove, frozen=True, tag="step.remove"):
    """Takes a step away with its cards; the line closes."""

    part = "step"


class SetEvents(SetValue, frozen=True, kw_only=True, tag="step.events"):
    """Binds a step to events: a step rule as text."""

    part, field = "step", "binding.events"
    value: _Rule


class SetQuestions(SetValue, frozen=True, kw_only=True, tag="step.questions"):
    """Binds a step to the keys of survey questions."""

    part, field = "step", "binding.question_keys"
    value: tuple[_Line, ...]


class SetTags(SetValue, frozen=True, kw_only=True, tag="step.tags"):
    """Binds a step to tags of conversations."""

    part, field = "step", "binding.tags"
    value: tuple[_Line, ...]


class SetPromises(SetValue, frozen=True, kw_only=True, tag="step.promises"):
    """Says what customers are promised at a step."""

    part, field = "step", "binding.promises"
    value: tuple[Promise, ...]


class SetRevenue(SetValue, frozen=True, kw_only=True, tag="step.revenue"):
    """Binds a step to what it brings."""

    part, field = "step", "binding.revenue"
    value: _Rule


class SetCost(SetValue, frozen=True, kw_only=True, tag="step.cost"):
    """Binds a step to what it costs."""

    part, field = "step", "binding.cost"
    value: _Rule


class SetOwner(SetValue, frozen=True, kw_only=True, tag="step.owner"):
    """Says who answers for a step."""

    part, field = "step", "owner"
    value: _Line


class SetCanBegin(SetValue, frozen=True, kw_only=True, tag="step.can_begin"):
    """Says whether a journey may begin at a step."""

    part, field = "step", "can_begin"
    value: bool


class SetCanEnd(SetValue, frozen=True, kw_only=True, tag="step.can_end"):
    """Says whether a journey may end well at a step."""

    part, field = "step", "can_end"
    value: bool


class SetNested(SetValue, frozen=True, kw_only=True, tag="step.nested"):
    """Names the map that shows a step in detail."""

    part, field = "step", "nested"
    value: _Line


# ---- lanes


class AddLane(Edit, frozen=True, kw_only=True, tag="lane.add"):
    """Adds an empty lane."""

    lane: Lane
    before: _Before = ""


class RenameLane(SetWords, frozen=True, tag="lane.name"):
    """Names a lane; without a name it is called as its kind is."""

    part, field = "lane", "name"


class MoveLane(Edit, frozen=True, kw_only=True, tag="lane.move"):
    """Puts a lane before another one."""

    of: Id
    before: _Before = ""


class RemoveLane(Remove, frozen=True, tag="lane.remove"):
    """Takes a lane away, with its cards."""

    part = "lane"


# ---- moves


class AddMove(Edit, frozen=True, kw_only=True, tag="move.add"):
    """Lets customers go from one step to another; nothing changes where they may already."""

    source: Id
    target: Id


class RemoveMove(Edit, frozen=True, kw_only=True, tag="move.remove"):
    """Takes a move off the map; nothing changes where there is none."""

    source: Id
    target: Id


# ---- cards


class AddCard(Edit, frozen=True, kw_only=True, tag="card.add"):
    """Adds a card to its cell."""

    card: Card
    before: _Before = ""


class WriteCard(SetWords, frozen=True, tag="card.text"):
    """Writes the text of a card in one language."""

    part, field = "card", "text"


class SetEmotion(SetValue, frozen=True, kw_only=True, tag="card.emotion"):
    """Says what the team believes people feel."""

    part, field = "card", "emotion"
    value: BelievedEmotion | None


class SetCardPersonas(SetValue, frozen=True, kw_only=True, tag="card.personas"):
    """Says whom a card is about."""

    part, field = "card", "personas"
    value: tuple[str, ...]


class SetEvidence(SetValue, frozen=True, kw_only=True, tag="card.evidence"):
    """Says what a card rests on."""

    part, field = "card", "evidence"
    value: tuple[Evidence, ...]


class SetAttachments(SetValue, frozen=True, kw_only=True, tag="card.attachments"):
    """Says which files belong to a card."""

    part, field = "card", "attachments"
    value: tuple[str, ...]


class MoveCard(Edit, frozen=True, kw_only=True, tag="card.move"):
    """Puts a card into a cell, before another card of it."""

    of: Id
    step_id: Id
    lane_id: Id
    before: _Before = ""


class RemoveCard(Remove, frozen=True, tag="card.remove"):
    """Takes a card away."""

    part = "card"


AnyEdit = (
    RenameMap | DescribeMap | SetLanguages | SetState | SetPause | SetMapPersonas
    | AddStage | RenameStage | DescribeStage | MoveStage | RemoveStage
    | AddStep | RenameStep | DescribeStep | MoveStep | RemoveStep
    | SetEvents | SetQuestions | SetTags | SetPromises | SetRevenue | SetCost
    | SetOwner | SetCanBegin | SetCanEnd | SetNested
    | AddLane | RenameLane | MoveLane | RemoveLane | AddMove | RemoveMove
    | AddCard | WriteCard | SetEmotion | SetCardPersonas | SetEvidence | SetAttachments | MoveCard | RemoveCard
)  # fmt: skip
#: Edits that are taken at once.
MOST_EDITS: Final = 500


def told_edits(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    """Return edits as JSON-able data, which `read_edits` takes."""
    found: list[dict[str, Any]] = msgspec.to_builtins(tuple(edits))
    return found


def read_edits(data: Any) -> tuple[AnyEdit, ...]:
    """Return the edits of data as `told_edits` gives them.

    Raises
    ------
    EditUnreadable
        An edit is unknown, lacks something or has too much; ``context["path"]`` says where.
    """
    try:
        found = msgspec.convert(data, tuple[AnyEdit, ...])
    except msgspec.ValidationError as wrong:
        problem, path = unfit(wrong)
        raise EditUnreadable(
            f"These are no edits of a map: {problem}.",
            hint="docs/concepts/maps.md lists the edits.",
            path=path,
        ) from wrong
    if len(found) > MOST_EDITS:
        raise EditUnreadable(
            f"{len(found)} edits at once are too many.", hint=f"Send at most {MOST_EDITS}.", path=""
        )
    return found


def edits_schema() -> dict[str, Any]:
    """Return the JSON Schema of a list of edits."""
    return msgspec.json.schema(tuple[AnyEdit, ...])
