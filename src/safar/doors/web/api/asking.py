"""How surveys are asked: rounds of invitations, who was asked or why not, the budget of contacts."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.inviting import queries, services
from safar.doors.web.inviting.errors import RoundRefused, UnknownRound
from safar.doors.web.inviting.foreseen import foreseen, foreseen_of
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.errors import UnknownSurvey
from safar.doors.web.surveys.queries import survey_of
from safar.listen.contact_budget import ContactBudget

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Cursor, Page, Texts

router = Router(tags=["Asking"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_SEE_CUSTOMERS: Final = Token(Capability.SEE_CUSTOMERS)
_SEND: Final = Token(Capability.SEND_SURVEYS)
_LOOK: Final = Token(Capability.SEND_SURVEYS, is_reading=True)
SurveyId = Annotated[str, Path(max_length=16)]
RoundId = Annotated[str, Path(max_length=16)]
_Days = Annotated[float, Field(ge=0, le=366)]


class RoundShape(Schema):
    """A round of invitations."""

    round_id: str
    name: str
    channel: str = Field(description="`email` or `sms`.")
    segment_id: str
    event_names: list[str] = Field(description="Whoever one of these happens to is asked.")
    delay_hours: float
    rate: float = Field(description="The share that is asked, 0…1.")
    remind_after_days: float | None
    open_for_days: float
    created_at: AwareDatetime
    stopped_at: AwareDatetime | None
    counts: dict[str, int] = Field(
        description="Customers by where they stand, or by why they were not asked."
    )


class NewRound(Body):
    """Whom to ask, how and when."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    channel: Literal["email", "sms"]
    segment_id: Annotated[str, Field(max_length=16)] = ""
    customer_ids: Annotated[list[str], Field(max_length=1_000)] = Field(default_factory=list)
    event_names: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    delay_hours: Annotated[float, Field(ge=0, le=8_784)] = 0
    rate: Annotated[float, Field(gt=0, le=1)] = 1
    remind_after_days: _Days | None = None
    open_for_days: Annotated[float, Field(gt=0, le=366)] = 14
    subject: Texts = Field(default_factory=dict, description="By language; usual words where missing.")
    words: Texts = Field(default_factory=dict, description="By language; usual words where missing.")


class Whom(Body):
    """Whom one would ask: customers by any id of theirs, else a segment."""

    channel: Literal["email", "sms"]
    segment_id: Annotated[str, Field(max_length=16)] = ""
    customer_ids: Annotated[list[str], Field(max_length=1_000)] = Field(default_factory=list)
    rate: Annotated[float, Field(gt=0, le=1)] = 1


class ForeseenShape(Schema):
    """Who would be asked now."""

    customers: int = Field(description="In the segment, or named.")
    judged: int
    counts: dict[str, int] = Field(description="`ask`, or why not: `no_address`, `no_consent`, `opted_out` …")
    verdicts: dict[str, str] = Field(description="By customer, where customers were named.")


class SurveyInvitation(Schema):
    """Who was asked, or why not."""

    invitation_id: str
    customer_id: str
    status: str
    language: str
    judged_at: AwareDatetime
    sent_at: AwareDatetime | None
    reminded_at: AwareDatetime | None
    opened_at: AwareDatetime | None
    answered_at: AwareDatetime | None


class BudgetShape(Body):
    """How often customers may be asked, over all surveys."""

    most: Annotated[int, Field(ge=0, le=100)]
    within_days: Annotated[int, Field(ge=0, le=3_660)]
    quarantine_days: Annotated[int, Field(ge=0, le=3_660)] = Field(
        description="Days of rest after an answer."
    )
    same_survey_days: Annotated[int, Field(ge=0, le=3_660)]
    consent: Annotated[str, Field(max_length=60)] = Field(
        default="", description="The purpose that must have been agreed to."
    )


@router.get("surveys/{survey_id}/rounds", auth=_SEE, response=Page[RoundShape])
def list_rounds(request: ApiRequest, survey_id: SurveyId) -> Page[RoundShape]:
    """List the rounds of invitations to a survey, newest first: all on one page."""
    check_survey_is_here(request, survey_id)
    found = queries.rounds_of(request.auth.workspace, survey_id)
    return Page(items=[_round(each) for each in found], next=None)


@router.post("surveys/{survey_id}/rounds", auth=_SEND, response={201: RoundShape})
def start_round(
    request: ApiRequest, survey_id: SurveyId, new: NewRound, idempotency_key: IdempotencyKey = ""
) -> Status[RoundShape]:
    """Begin to ask customers. Everybody gets a status: asked, or why not; beyond 20 customers soon after."""
    check_survey_is_here(request, survey_id)
    caller = request.auth
    plan = services.RoundPlan(
        name=new.name,
        channel=new.channel,
        segment_id=new.segment_id,
        customer_ids=tuple(new.customer_ids),
        event_names=tuple(new.event_names),
        delay=timedelta(hours=new.delay_hours),
        rate=new.rate,
        remind_after=None if new.remind_after_days is None else timedelta(days=new.remind_after_days),
        open_for=timedelta(days=new.open_for_days),
        subject=new.subject,
        words=new.words,
    )

    def make() -> RoundShape:
        return _round(
            _found(
                request, survey_id, services.start_round(caller.workspace, survey_id, plan, by=caller.actor)
            )
        )

    return Status(201, once(request, idempotency_key, make, shape=RoundShape))


@router.post("surveys/{survey_id}/rounds/foreseen", auth=_LOOK, response=ForeseenShape)
def foresee_round(request: ApiRequest, survey_id: SurveyId, whom: Whom) -> ForeseenShape:
    """Say who would be asked now, and why others would not; nobody is asked. At most 2,000 customers are judged."""
    check_survey_is_here(request, survey_id)
    place = request.auth.workspace
    found = (
        foreseen_of(place, survey_id, whom.customer_ids, whom.channel, whom.rate)
        if whom.customer_ids
        else foreseen(place, survey_id, whom.segment_id, whom.channel, whom.rate)
    )
    if found is None:
        raise RoundRefused("There is no such segment here.", hint="Choose one of the list.")
    named = found.verdicts if whom.customer_ids else {}
    return ForeseenShape(
        customers=found.members,
        judged=found.judged,
        counts=dict(found.counts),
        verdicts={customer_id: str(verdict) for customer_id, verdict in named.items()},
    )


@router.get("surveys/{survey_id}/rounds/{round_id}", auth=_SEE, response=RoundShape)
def get_round(request: ApiRequest, survey_id: SurveyId, round_id: RoundId) -> RoundShape:
    """Return a round and how it stands."""
    return _round(_found(request, survey_id, round_id))


@router.post("surveys/{survey_id}/rounds/{round_id}/stop", auth=_SEND, response=RoundShape)
def stop_round(request: ApiRequest, survey_id: SurveyId, round_id: RoundId) -> RoundShape:
    """Ask nobody further; invitations that are out can still be answered."""
    _found(request, survey_id, round_id)
    services.stop_round(request.auth.workspace, round_id, by=request.auth.actor)
    return _round(_found(request, survey_id, round_id))


@router.get(
    "surveys/{survey_id}/rounds/{round_id}/invitations", auth=_SEE_CUSTOMERS, response=Page[SurveyInvitation]
)
def list_invitations(  # noqa: PLR0917 - what the address and its query name
    request: ApiRequest,
    survey_id: SurveyId,
    round_id: RoundId,
    status: Annotated[str, Query(max_length=12, description="Only these.")] = "",
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many items.")] = 100,
) -> Page[SurveyInvitation]:
    """List everybody who was asked, or why not, in the order they were judged."""
    _found(request, survey_id, round_id)
    after = read_cursor(cursor, int)
    found, next_after = queries.invitations_of(
        request.auth.workspace, round_id, status=status, after=after[0] if after else 0, limit=limit
    )
    names = [name for name in SurveyInvitation.model_fields if name != "invitation_id"]
    items: list[Any] = [
        SurveyInvitation(invitation_id=each.public_id, **{name: getattr(each, name) for name in names})
        for each in found
    ]
    return Page(items=items, next=cursor_of(next_after) if next_after else None)


@router.get("contact-budget", auth=_SEE, response=BudgetShape)
def get_contact_budget(request: ApiRequest) -> BudgetShape:
    """Tell how often customers may be asked."""
    return _budget(queries.budget_of(request.auth.workspace))


@router.put("contact-budget", auth=_SEND, response=BudgetShape)
def put_contact_budget(request: ApiRequest, budget: BudgetShape) -> BudgetShape:
    """Say how often customers may be asked."""
    services.change_budget(
        request.auth.workspace,
        ContactBudget(
            budget.most,
            timedelta(days=budget.within_days),
            timedelta(days=budget.quarantine_days),
            timedelta(days=budget.same_survey_days),
            budget.consent,
        ),
        by=request.auth.actor,
    )
    return get_contact_budget(request)


def check_survey_is_here(request: ApiRequest, survey_id: str) -> None:
    """Refuse a survey that the workspace does not have.

    Raises
    ------
    UnknownSurvey
    """
    if survey_of(request.auth.workspace, survey_id) is None:
        raise UnknownSurvey("There is no such survey here.", hint="List the surveys to see their ids.")


def _found(request: ApiRequest, survey_id: str, round_id: str) -> queries.RoundFacts:
    found = queries.round_of(request.auth.workspace, round_id)
    if found is None or found.survey_id != survey_id:
        raise UnknownRound("There is no such round here.", hint="List the rounds of the survey.")
    return found


def _round(facts: queries.RoundFacts) -> RoundShape:
    day = timedelta(days=1)
    return RoundShape(
        round_id=facts.public_id,
        name=facts.name,
        channel=facts.channel,
        segment_id=facts.segment_id,
        event_names=list(facts.event_names),
        delay_hours=(facts.delay or timedelta(0)) / timedelta(hours=1),
        rate=facts.rate,
        remind_after_days=None if facts.remind_after is None else facts.remind_after / day,
        open_for_days=facts.open_for / day,
        created_at=facts.created_at,
        stopped_at=facts.stopped_at,
        counts=dict(facts.counts),
    )


def _budget(budget: ContactBudget) -> BudgetShape:
    return BudgetShape(
        most=budget.most,
        within_days=budget.within.days,
        quarantine_days=budget.quarantine.days,
        same_survey_days=budget.same_survey_after.days,
        consent=budget.consent,
    )
