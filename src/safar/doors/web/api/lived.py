"""How a map is lived: the numbers of its sheet, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.design.answers import answer as kept
from safar.doors.web.maps.queries import map_of
from safar.doors.web.members.policies import Capability
from safar.doors.web.personas.queries import persona_of
from safar.maps.emotion import Emotion
from safar.maps.lived import LivedMap, PromiseKept, StepReading, lived_map
from safar.maps.lived_question import LivedQuestion, lived_question
from safar.observe.among import EVERYBODY, Among
from safar.observe.executors import shared_executor
from safar.observe.segment_text import segment_of
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

from .credentials import ApiRequest, Token
from .problems import Invalid, NotHere
from .questions import answering, in_time
from .shapes import (
    EstimateShape,
    IntervalShape,
    MoneyShape,
    NoteShape,
    ProvenanceShape,
    estimate,
    money,
    note,
    provenance,
)

router = Router(tags=["Maps"])


class EmotionShape(Schema):
    """How people feel at a step, from -2 (dismayed) to +2 (delighted)."""

    value: float
    n: int = Field(description="Answers or passages behind it.")
    interval: IntervalShape | None


class ScoreOfStep(Schema):
    """The score of a question at a step."""

    question_key: str
    metric: str = Field(description="`nps` (-100…100), `csat` (0…1) or `ces` (1…7).")
    value: EstimateShape | None
    n: int


class PromiseShape(Schema):
    """How often a promise was kept."""

    promise_id: str
    kept: EstimateShape | None = Field(description="Of those that are decided.")
    broken: int
    open: int = Field(description="Not due yet.")
    median_seconds: float | None
    goal: float | None


class ChannelShape(Schema):
    """Events at a step by channel."""

    channel: str
    events: int


class PainShape(Schema):
    """What goes wrong at a step."""

    kind: str
    people: int
    severity: float
    weight: float = Field(description="People times severity.")


class VoiceShape(Schema):
    """What a customer wrote."""

    customer_id: str
    event_id: str
    text: str
    metric: str
    value: float | None
    at: AwareDatetime


class StepShape(Schema):
    """A step as it is lived."""

    step_id: str
    customers: int | None = Field(description="Null where the step is bound to no events.")
    lost: EstimateShape | None = Field(
        description="Share of passages that end here though the journey does not."
    )
    scores: list[ScoreOfStep]
    said: EmotionShape | None
    behaved: EmotionShape | None
    promises: list[PromiseShape]
    channels: list[ChannelShape]
    pains: list[PainShape]
    revenue: list[MoneyShape]
    cost: list[MoneyShape]
    voices: list[VoiceShape] | None = Field(description="Null for a member who may not see single customers.")


class MoveShape(Schema):
    """A move that customers made."""

    source: str
    target: str
    kind: str = Field(description="`designed`, `skip`, `off_map` or `stay`.")
    count: int
    customers: int
    skipped: list[str]


class LivedShape(Schema):
    """A map as it is lived."""

    map_id: str
    revision: int
    customers: int
    passages: int
    fitness: EstimateShape | None = Field(description="Share of moves that the map knows.")
    coverage: EstimateShape | None = Field(description="Share of steps due that were done.")
    steps: list[StepShape]
    moves: list[MoveShape]
    notes: list[NoteShape]
    provenance: ProvenanceShape


class Asked(Schema):
    """Of which time, and whose."""

    since: AwareDatetime | None = Field(
        default=None, description="From this instant; all time when left out."
    )
    until: AwareDatetime | None = Field(default=None, description="Before this instant.")
    segment: str = Field(
        default="",
        max_length=2_000,
        description="Only these customers, such as `did pay >= 2; did not refund`.",
    )
    persona: str = Field(default="", max_length=40, description="Only the customers of this persona.")


@router.get("maps/{map_id}/lived", auth=Token(Capability.SEE_NUMBERS), response=LivedShape)
def read_lived(
    request: ApiRequest, map_id: Annotated[str, Path(max_length=16)], asked: Annotated[Asked, Query()]
) -> LivedShape:
    """Answer how a map is lived, as its sheet shows it. Two questions are answered at once; one is stopped after 20
    seconds."""
    caller = request.auth
    opened = map_of(caller.workspace, map_id)
    if opened is None:
        raise NotHere("There is no such map.", hint="GET maps lists the maps.")
    among = _among(caller.workspace, asked.segment, asked.persona)
    question = lived_question(opened.document, window=_window(asked.since, asked.until), among=among)
    with answering():
        answer = kept(caller.workspace.workspace_id, caller.log, _answered, question, exact=True)
    sees = Capability.SEE_CUSTOMERS in caller.capabilities
    return _shape(opened.public_id, opened.revision, answer, sees=sees)


def _answered(log: Log, question: LivedQuestion) -> LivedMap:
    with in_time():
        return lived_map(log, question, executor=shared_executor())


def _among(workspace: Workspace, segment: str, persona: str) -> Among:
    if segment.strip() and persona:
        raise Invalid("Give a segment or a persona.", hint="A persona is a segment with a story.")
    if not persona:
        return Among(segment=segment_of(segment)) if segment.strip() else EVERYBODY
    found = persona_of(workspace, persona)
    if found is None or found.segment is None:
        raise NotHere("There is no such persona, or its segment is gone.", hint="Look at the page Personas.")
    return Among(segment=found.segment)


def _window(since: datetime | None, until: datetime | None) -> Window | None:
    if since is None and until is None:
        return None
    if since is None or until is None or since >= until:
        raise Invalid("A window has a beginning before its end.", hint="Give both since and until, or none.")
    return Window(since, until)


def _shape(map_id: str, revision: int, found: LivedMap, *, sees: bool) -> LivedShape:
    walked = found.conformance
    return LivedShape(
        map_id=map_id,
        revision=revision,
        customers=0 if walked is None else walked.customers,
        passages=0 if walked is None else walked.passages,
        fitness=None if walked is None else estimate(walked.fitness),
        coverage=None if walked is None else estimate(walked.coverage),
        steps=[_step(step, sees=sees) for step in found.steps],
        moves=[
            MoveShape(
                source=move.source,
                target=move.target,
                kind=move.kind.value,
                count=move.count,
                customers=move.customers,
                skipped=list(move.skipped),
            )
            for move in (() if walked is None else walked.moves)
        ],
        notes=[note(each) for each in found.notes],
        provenance=provenance(found.provenance),
    )


def _step(step: StepReading, *, sees: bool) -> StepShape:
    return StepShape(
        step_id=step.step,
        customers=step.customers,
        lost=estimate(step.lost),
        scores=[
            ScoreOfStep(
                question_key=score.question_key,
                metric=score.metric,
                value=estimate(score.estimate),
                n=score.n,
            )
            for score in step.scores
        ],
        said=_emotion(step.said),
        behaved=_emotion(step.behaved),
        promises=[_promise(each) for each in step.promises],
        channels=[ChannelShape(channel=channel, events=events) for channel, events in step.channels],
        pains=[
            PainShape(kind=pain.kind.value, people=pain.people, severity=pain.severity, weight=pain.weight)
            for pain in step.pains
        ],
        revenue=[shaped for each in step.revenue if (shaped := money(each.minor, each.currency))],
        cost=[shaped for each in step.cost if (shaped := money(each.minor, each.currency))],
        voices=[
            VoiceShape(**{name: getattr(voice, name) for name in VoiceShape.model_fields})
            for voice in step.voices
        ]
        if sees
        else None,
    )


def _promise(found: PromiseKept) -> PromiseShape:
    return PromiseShape(
        promise_id=found.promise_id,
        kept=estimate(found.kept),
        broken=found.broken,
        open=found.open,
        median_seconds=None if found.median is None else found.median.total_seconds(),
        goal=found.goal,
    )


def _emotion(found: Emotion | None) -> EmotionShape | None:
    if found is None:
        return None
    sure = found.interval
    return EmotionShape(
        value=found.value,
        n=found.n,
        interval=None if sure is None else IntervalShape(low=sure.low, high=sure.high, level=sure.level),
    )
