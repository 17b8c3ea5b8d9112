"""How a lived map stands in the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ninja import Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.living.at_risk import RiskAtStep, Risks
from safar.doors.web.living.scene import without_voices
from safar.explain.value_at_risk import MoneyEstimate
from safar.maps.anatomy import JourneyMap
from safar.maps.emotion import Emotion, beliefs, gap
from safar.maps.evidence import evidence_of, map_evidence
from safar.maps.lived import LivedMap, PromiseKept, StepReading

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


class MoneyEstimateShape(Schema):
    """An amount from a sample, with the ends of its interval."""

    value: MoneyShape | None
    low: MoneyShape | None
    high: MoneyShape | None
    level: float
    n: int


class RiskShape(Schema):
    """What a bad experience at a step puts at risk."""

    experience: str
    exposed: int = Field(description="Occasions that had it.")
    exposed_customers: int
    at_risk: MoneyEstimateShape
    halved_in_a_year: MoneyEstimateShape = Field(description="What it would bring to spare half of them it.")
    evidence: str = Field(description="`association`, or what supports it.")
    notes: list[NoteShape]


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
    believed: EmotionShape | None = Field(description="By the team: its `n` is cards, it has no interval.")
    gap: EmotionShape | None = Field(description="How far the belief lies above what customers say.")
    promises: list[PromiseShape]
    channels: list[ChannelShape]
    pains: list[PainShape]
    revenue: list[MoneyShape]
    cost: list[MoneyShape]
    at_risk: list[RiskShape] | None = Field(
        description="The most expensive first, over all that the log has. Null unless asked for with `risk`."
    )
    voices: list[VoiceShape] | None = Field(description="Null for a member who may not see single customers.")


class MoveShape(Schema):
    """A move that customers made."""

    source: str
    target: str
    kind: str = Field(description="`designed`, `skip`, `off_map` or `stay`.")
    count: int
    customers: int
    skipped: list[str]


class CardShape(Schema):
    """What a card of the map rests on."""

    card_id: str
    kind: str = Field(description="`assumption`, `anecdote`, `answers`, `behaviour` or `experiment`.")
    strength: float = Field(description="0…1; what was seen long ago counts less.")
    reasons: list[NoteShape]


class EvidenceShape(Schema):
    """How much of the map is more than assumption."""

    share: float | None = Field(
        description="Of the cards that claim something about customers, those that rest on more than an assumption."
    )
    cards: int
    counts: dict[str, int] = Field(description="How many of these cards rest on each kind.")
    each: list[CardShape]


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
    evidence: EvidenceShape
    is_risk_known: bool | None = Field(
        description="False while what is at risk is still being worked out: ask again later. Null unless asked for."
    )
    notes: list[NoteShape]
    provenance: ProvenanceShape


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told of a lived map beside its numbers.

    Attributes
    ----------
    document
        The map as designed.
    persona
        Public id of the persona whom it is about; None for others.
    today
        Until when evidence has grown old.
    asks_risk, risks
        Whether what is at risk was asked for; None while that is being worked out.
    sees
        Whether the reader may see what single customers wrote.
    """

    document: JourneyMap
    persona: str | None
    today: date
    asks_risk: bool
    risks: Risks | None
    sees: bool


def lived_shape(map_id: str, revision: int, found: LivedMap, beside: Beside) -> LivedShape:
    """Return a lived map as the API shows it."""
    if not beside.sees:
        found = without_voices(found)
    believed = beliefs(beside.document, persona=beside.persona)
    walked = found.conformance
    return LivedShape(
        map_id=map_id,
        revision=revision,
        customers=0 if walked is None else walked.customers,
        passages=0 if walked is None else walked.passages,
        fitness=None if walked is None else estimate(walked.fitness),
        coverage=None if walked is None else estimate(walked.coverage),
        steps=[_step(step, believed.get(step.step), beside) for step in found.steps],
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
        evidence=_evidence(beside.document, found, beside.today),
        is_risk_known=beside.risks is not None if beside.asks_risk else None,
        notes=[note(each) for each in found.notes],
        provenance=provenance(found.provenance),
    )


def _step(step: StepReading, believed: Emotion | None, beside: Beside) -> StepShape:
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
        believed=_emotion(believed),
        gap=_emotion(gap(believed, step.said)),
        promises=[_promise(each) for each in step.promises],
        channels=[ChannelShape(channel=channel, events=events) for channel, events in step.channels],
        pains=[
            PainShape(kind=pain.kind.value, people=pain.people, severity=pain.severity, weight=pain.weight)
            for pain in step.pains
        ],
        revenue=[shaped for each in step.revenue if (shaped := money(each.minor, each.currency))],
        cost=[shaped for each in step.cost if (shaped := money(each.minor, each.currency))],
        at_risk=[_risk(each) for each in (beside.risks or {}).get(step.step, ())]
        if beside.asks_risk
        else None,
        voices=[
            VoiceShape(**{name: getattr(voice, name) for name in VoiceShape.model_fields})
            for voice in step.voices
        ]
        if beside.sees
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


def _evidence(document: JourneyMap, lived: LivedMap, today: date) -> EvidenceShape:
    whole = map_evidence(document, lived, today)
    rests = {card.card_id: evidence_of(card, document, lived, today) for card in document.cards}
    return EvidenceShape(
        share=whole.share,
        cards=whole.cards,
        counts={kind.value: count for kind, count in whole.counts},
        each=[
            CardShape(
                card_id=card_id,
                kind=each.kind.value,
                strength=each.strength,
                reasons=[note(reason) for reason in each.reasons],
            )
            for card_id, each in rests.items()
        ],
    )


def _risk(found: RiskAtStep) -> RiskShape:
    risk = found.found
    return RiskShape(
        experience=risk.experience,
        exposed=risk.exposed,
        exposed_customers=risk.exposed_customers,
        at_risk=_amount(risk.at_risk),
        halved_in_a_year=_amount(found.halved_in_a_year),
        evidence=risk.evidence,
        notes=[note(each) for each in risk.notes],
    )


def _amount(found: MoneyEstimate) -> MoneyEstimateShape:
    value, low, high = (money(each.minor, each.currency) for each in (found.value, found.low, found.high))
    return MoneyEstimateShape(value=value, low=low, high=high, level=found.level, n=found.n)
