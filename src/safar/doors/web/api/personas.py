"""Personas: segments with a story in several languages, how large they are, whether their members still live so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.members.policies import Capability
from safar.doors.web.personas import queries, services
from safar.doors.web.personas.errors import UnknownPersona
from safar.doors.web.personas.queries import PersonaFacts, ShiftFacts
from safar.doors.web.segments.errors import UnknownSegment
from safar.doors.web.segments.queries import segment_of

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, IntervalShape, Page

router = Router(tags=["Personas"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_EDIT: Final = Token(Capability.EDIT_MAPS)
_LEVEL: Final = 0.95
PersonaId = Annotated[str, Path(max_length=16)]
QuoteId = Annotated[int, Path(ge=1, le=2**53)]
Language = Literal["fa", "ar", "en"]
Name = Annotated[
    dict[Language, Annotated[str, Field(max_length=120)]], Field(description="By language; one at least.")
]
Text = Annotated[dict[Language, Annotated[str, Field(max_length=4_000)]], Field(description="By language.")]
SegmentId = Annotated[str, Field(min_length=1, max_length=16, description="Whose customers it stands for.")]
Channels = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]],
    Field(max_length=50, description="Those it prefers, as the log names them."),
]


class StoryShape(Schema):
    """What is told of a persona: each part by language."""

    about: dict[str, str] = Field(description="Who it is.")
    goals: dict[str, str]
    needs: dict[str, str]
    frustrations: dict[str, str]
    context: dict[str, str] = Field(description="How and where it uses us.")


class QuoteShape(Schema):
    """Something that a customer of the persona said."""

    quote_id: int
    text: str
    event: str | None = Field(
        description="Place of the event that it was said in; empty for what was heard elsewhere, null for a member who"
        " may not see single customers."
    )


class HabitShape(Schema):
    """A habit of the members, as usual and of late."""

    name: str = Field(description="The rule that it is counted by; a channel with `@` before it.")
    before: float = Field(
        description="How often a member does it, on average, when the persona was described."
    )
    now: float
    effect: float = Field(
        description="Difference of the means of logarithms, in standard deviations of the usual ones."
    )
    interval: IntervalShape
    is_clear: bool = Field(description="Whether it is large enough and stands out among all habits.")


class DriftShape(Schema):
    """Whether the members still live as they did when the persona was described."""

    is_drifting: bool
    looked_at: AwareDatetime | None = Field(description="Null until a day has passed.")
    habits: list[HabitShape] = Field(description="The largest effect first.")


class PersonaShape(Schema):
    """A persona, and how large it was when its segment was looked at last."""

    persona_id: str
    name: dict[str, str] = Field(description="By language.")
    segment_id: str
    size: int | None = Field(
        description="Members; null until they were counted, or where the segment is gone."
    )
    share: float | None = Field(description="Of all customers.")
    value_share: float | None = Field(description="The members' part of all that was spent.")
    is_drifting: bool


class WholePersona(PersonaShape):
    """A persona with its story, its quotes and its drift."""

    story: StoryShape
    channels: list[str]
    has_picture: bool
    quotes: list[QuoteShape] = Field(description="The newest first.")
    drift: DriftShape


class Story(Body):
    """What is to be told: a part that is left out stays; one without words is taken away."""

    about: Text | None = None
    goals: Text | None = None
    needs: Text | None = None
    frustrations: Text | None = None
    context: Text | None = None


class NewPersona(Body):
    """A persona to describe."""

    name: Name
    segment_id: SegmentId
    story: Story = Field(default_factory=Story)
    channels: Channels = Field(default_factory=list)


class PersonaChange(Body):
    """What is to be otherwise; what is left out stays."""

    name: Name | None = None
    segment_id: SegmentId | None = None
    story: Story | None = None
    channels: Channels | None = None


class NewQuote(Body):
    """Something that a customer said. Where it is told who, the quote goes when that customer is erased."""

    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    event: Annotated[str, Field(max_length=400)] = Field(
        default="", description="Place of the event that it was said in, as its page names it."
    )
    customer_id: Annotated[str, Field(max_length=400)] = Field(default="", description="Who said it.")


@router.get("personas", auth=_SEE, response=Page[PersonaShape])
def list_personas(request: ApiRequest) -> Page[PersonaShape]:
    """List the personas in the order they were described: all on one page."""
    found = queries.personas_of(request.auth.workspace)
    return Page(items=[PersonaShape(**_fields(each)) for each in found], next=None)


@router.post("personas", auth=_EDIT, response={201: WholePersona})
def describe_persona(
    request: ApiRequest, new: NewPersona, idempotency_key: IdempotencyKey = ""
) -> Status[WholePersona]:
    """Describe a persona of a segment. The habits of its members are kept as the usual ones."""
    _check_segment(request, new.segment_id)
    caller = request.auth

    def make() -> WholePersona:
        made = services.describe(
            caller.workspace,
            _by_language(new.name),
            new.segment_id,
            _told(new.story),
            by=caller.actor,
            channels=new.channels,
        )
        return _whole(request, _found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=WholePersona))


@router.get("personas/{persona_id}", auth=_SEE, response=WholePersona)
def read_persona(request: ApiRequest, persona_id: PersonaId) -> WholePersona:
    """Return a persona with its story in every language, its quotes and its drift."""
    return _whole(request, _found(request, persona_id))


@router.patch("personas/{persona_id}", auth=_EDIT, response=WholePersona)
def change_persona(request: ApiRequest, persona_id: PersonaId, change: PersonaChange) -> WholePersona:
    """Give a persona another name, segment, story or other channels. With another segment the habits are taken anew."""
    _found(request, persona_id)
    values: dict[str, Any] = {}
    if change.name is not None:
        values["name"] = _by_language(change.name)
    if change.segment_id is not None:
        _check_segment(request, change.segment_id)
        values["segment_id"] = change.segment_id
    if change.story is not None:
        values["story"] = _told(change.story)
    if change.channels is not None:
        values["channels"] = change.channels
    services.change(request.auth.workspace, persona_id, by=request.auth.actor, **values)
    return _whole(request, _found(request, persona_id))


@router.delete("personas/{persona_id}", auth=_EDIT, response={204: None})
def retire_persona(request: ApiRequest, persona_id: PersonaId) -> Status[None]:
    """Put a persona away: it stands on no list and no map any more. Its segment stays."""
    services.put_away(request.auth.workspace, persona_id, by=request.auth.actor)
    return Status(204, None)


@router.post("personas/{persona_id}/portrait", auth=_EDIT, response=WholePersona)
def accept_drift(request: ApiRequest, persona_id: PersonaId) -> WholePersona:
    """Take the members' habits as they are now for the usual ones: what has shifted is accepted."""
    services.take_portrait(request.auth.workspace, persona_id, by=request.auth.actor)
    return _whole(request, _found(request, persona_id))


@router.post("personas/{persona_id}/quotes", auth=_EDIT, response={201: WholePersona})
def quote_persona(
    request: ApiRequest, persona_id: PersonaId, said: NewQuote, idempotency_key: IdempotencyKey = ""
) -> Status[WholePersona]:
    """Let a persona say something that a customer said."""
    caller = request.auth

    def make() -> WholePersona:
        services.quote(caller.workspace, persona_id, said.text, said.event, said.customer_id, by=caller.actor)
        return _whole(request, _found(request, persona_id))

    return Status(201, once(request, idempotency_key, make, shape=WholePersona))


@router.delete("personas/{persona_id}/quotes/{quote_id}", auth=_EDIT, response=WholePersona)
def unquote_persona(request: ApiRequest, persona_id: PersonaId, quote_id: QuoteId) -> WholePersona:
    """Take a quote away. A second time changes nothing."""
    services.unquote(request.auth.workspace, persona_id, quote_id, by=request.auth.actor)
    return _whole(request, _found(request, persona_id))


def _found(request: ApiRequest, persona_id: str) -> PersonaFacts:
    found = queries.persona_of(request.auth.workspace, persona_id)
    if found is None:
        raise UnknownPersona("There is no such persona here.", hint="GET personas lists the personas.")
    return found


def _by_language(name: Mapping[Language, str]) -> dict[str, str]:
    return {str(language): text for language, text in name.items()}


def _check_segment(request: ApiRequest, segment_id: str) -> None:
    if segment_of(request.auth.workspace, segment_id) is None:
        raise UnknownSegment("There is no such segment here.", hint="List the segments to see their ids.")


def _told(story: Story) -> dict[str, dict[str, str]]:
    """Return the parts of a story that are told, by language."""
    parts = ((part, getattr(story, part)) for part in Story.model_fields)
    return {part: {**words} for part, words in parts if words is not None}


def _fields(facts: PersonaFacts) -> dict[str, Any]:
    return {
        "persona_id": facts.public_id,
        "name": facts.name,
        "segment_id": facts.segment_id,
        "size": facts.size,
        "share": facts.share,
        "value_share": facts.value_share,
        "is_drifting": facts.is_drifting,
    }


def _whole(request: ApiRequest, facts: PersonaFacts) -> WholePersona:
    sees = Capability.SEE_CUSTOMERS in request.auth.capabilities
    return WholePersona(
        **_fields(facts),
        story=StoryShape(**{part: facts.story.get(part, {}) for part in StoryShape.model_fields}),
        channels=list(facts.channels),
        has_picture=bool(facts.picture_type),
        quotes=[
            QuoteShape(quote_id=each.quote_id, text=each.text, event=each.place if sees else None)
            for each in facts.quotes
        ],
        drift=DriftShape(
            is_drifting=facts.is_drifting,
            looked_at=facts.looked_at,
            habits=[_habit(each) for each in facts.shifts],
        ),
    )


def _habit(shift: ShiftFacts) -> HabitShape:
    return HabitShape(
        name=shift.name,
        before=shift.before,
        now=shift.now,
        effect=shift.effect,
        interval=IntervalShape(low=shift.low, high=shift.high, level=_LEVEL),
        is_clear=shift.is_clear,
    )
