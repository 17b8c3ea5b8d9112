"""Estimates made beforehand: kept, listed, scored."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Any, Final

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.estimates import queries, services
from safar.doors.web.estimates.errors import UnknownEstimate
from safar.doors.web.estimates.queries import EstimateFacts
from safar.doors.web.members.policies import Capability
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Page

router = Router(tags=["Estimates"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_KEEP: Final = Token(Capability.SAVE_QUESTIONS)
EstimateId = Annotated[str, Path(max_length=16)]
Words = Annotated[str, Field(min_length=1, max_length=160)]
Level = Annotated[float, Field(ge=services.LEVELS[0], le=services.LEVELS[1])]
Currency = Annotated[str, Field(max_length=3)]


class NumberShape(Schema):
    """A number with the ends of its interval, in whole units."""

    value: float
    low: float
    high: float


class OutcomeScoreShape(Schema):
    """What came, and how near it was."""

    outcome: NumberShape
    measured_by: str
    scored_at: AwareDatetime | None
    is_inside: bool = Field(description="Whether the outcome lies in the interval that was said.")
    is_hit: bool = Field(description="The same, the outcome being uncertain too.")
    error: float = Field(description="Outcome less estimate.")
    z: float | None = Field(
        description="The error in standard deviations of both together; null where neither has an interval."
    )


class KeptEstimateShape(Schema):
    """An estimate."""

    estimate_id: str
    name: str
    metric: str = Field(description="What it is of, with its unit.")
    currency: str = Field(description="ISO 4217 code; empty where it is no money.")
    level: float
    estimate: NumberShape
    notes: str
    question: dict[str, Any] = Field(description="The question behind it; empty where somebody said it.")
    log_version: str
    made_at: AwareDatetime
    made_by: str
    due_on: date | None
    score: OutcomeScoreShape | None = Field(description="Null while nothing is known.")


class NewEstimate(Body):
    """An estimate to keep."""

    name: Words
    metric: Words = Field(description="What it is of, with its unit, such as: revenue a year.")
    value: float
    low: float
    high: float
    level: Level = DEFAULT_LEVEL
    currency: Currency = ""
    due_on: date | None = None
    notes: Annotated[str, Field(max_length=4_000)] = ""


class Outcome(Body):
    """What came, measured at the level of the estimate."""

    measured_by: Words
    value: float
    low: float
    high: float
    level: Level = DEFAULT_LEVEL
    currency: Currency = ""


@router.get("estimates", auth=_SEE, response=Page[KeptEstimateShape])
def list_estimates(request: ApiRequest) -> Page[KeptEstimateShape]:
    """List the estimates, the newest first: all on one page."""
    return Page(items=[_shape(each) for each in queries.estimates_of(request.auth.workspace)], next=None)


@router.post("estimates", auth=_KEEP, response={201: KeptEstimateShape})
def keep_estimate(
    request: ApiRequest, new: NewEstimate, idempotency_key: IdempotencyKey = ""
) -> Status[KeptEstimateShape]:
    """Keep an estimate. What was said is never changed."""
    caller = request.auth

    def make() -> KeptEstimateShape:
        made = services.keep(
            caller.workspace,
            new.name,
            new.metric,
            Estimate(new.value, Interval(new.low, new.high, new.level), 0),
            by=caller.actor,
            currency=new.currency,
            due_on=new.due_on,
            notes=new.notes,
        )
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=KeptEstimateShape))


@router.get("estimates/{estimate_id}", auth=_SEE, response=KeptEstimateShape)
def get_estimate(request: ApiRequest, estimate_id: EstimateId) -> KeptEstimateShape:
    """Return an estimate, with what came of it."""
    return _shape(_found(request, estimate_id))


@router.post("estimates/{estimate_id}/outcome", auth=_KEEP, response=KeptEstimateShape)
def score_estimate(request: ApiRequest, estimate_id: EstimateId, outcome: Outcome) -> KeptEstimateShape:
    """Score an estimate by what came. It is done once."""
    caller = request.auth
    services.score(
        caller.workspace,
        estimate_id,
        Estimate(outcome.value, Interval(outcome.low, outcome.high, outcome.level), 0),
        by=caller.actor,
        measured_by=outcome.measured_by,
        currency=outcome.currency,
    )
    return _shape(_found(request, estimate_id))


def _found(request: ApiRequest, estimate_id: str) -> EstimateFacts:
    found = queries.estimate_of(request.auth.workspace, estimate_id)
    if found is None:
        raise UnknownEstimate("There is no such estimate here.", hint="Look at the list of estimates.")
    return found


def _shape(facts: EstimateFacts) -> KeptEstimateShape:
    score = facts.score
    return KeptEstimateShape(
        estimate_id=facts.public_id,
        name=facts.name,
        metric=facts.metric,
        currency=facts.currency,
        level=facts.estimate.interval.level,
        estimate=_number(facts.estimate),
        notes=facts.notes,
        question=dict(facts.question),
        log_version=facts.log_version,
        made_at=facts.made_at,
        made_by=facts.made_by,
        due_on=facts.due_on,
        score=None
        if score is None
        else OutcomeScoreShape(
            outcome=_number(score.outcome),
            measured_by=facts.outcome_from,
            scored_at=facts.scored_at,
            is_inside=score.is_inside,
            is_hit=score.is_hit,
            error=score.error,
            z=score.z if math.isfinite(score.z) else None,
        ),
    )


def _number(estimate: Estimate) -> NumberShape:
    return NumberShape(value=estimate.value, low=estimate.interval.low, high=estimate.interval.high)
