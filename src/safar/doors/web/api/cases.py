"""Cases: who somebody has to get back to, what is done about it, and the rules that open them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.cases import queries, report, rule_services, services
from safar.doors.web.cases.errors import UnknownCase, UnknownCaseRule
from safar.doors.web.cases.queries import CaseFacts, QueueQuestion, RuleFacts
from safar.doors.web.cases.rule_services import RuleDraft
from safar.doors.web.cases.thanking import thank
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.inviting.services import can_write
from safar.doors.web.members.policies import Capability

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Cursor, EstimateShape, Limit, Page, estimate

router = Router(tags=["Cases"])
_SEE: Final = Token(Capability.SEE_CUSTOMERS)
_HANDLE: Final = Token(Capability.HANDLE_CASES)
_SEE_RULES: Final = Token(Capability.SEE_NUMBERS)
_CHANGE_RULES: Final = Token(Capability.CHANGE_RULES)
_WHEN: Final = "When it opens a case, such as `nps <= 6 and (topic is delivery or sentiment is negative)`."
CaseId = Annotated[str, Path(max_length=16)]
RuleId = Annotated[str, Path(max_length=16)]
PriorityName = Literal["low", "normal", "high", "urgent"]
Version = Annotated[
    int, Field(ge=0, description="The `version` of the case as it was read: another one is refused.")
]


class CaseShape(Schema):
    """A case."""

    case_id: str
    rule: str
    customer_id: str = Field(description="Empty once the customer was erased.")
    heard_at: AwareDatetime
    question_key: str
    metric: str
    value: float | None
    words: str
    language: str
    sentiment: str
    topics: list[str]
    map_id: str
    step_id: str
    priority: str
    status: str
    owner: str = Field(description="The member's address; empty where nobody has it.")
    team: str
    opened_at: AwareDatetime
    due_at: AwareDatetime
    closed_at: AwareDatetime | None
    root_cause: dict[str, str] | None = Field(description="Its name by language.")
    outcome: str
    escalated: int
    reopened_count: int
    is_late: bool
    is_in_time: bool | None
    version: int


class EntryShape(Schema):
    """One entry of a case's history."""

    kind: str
    at: AwareDatetime
    by: str
    text: str
    facts: dict[str, Any]


class NewCase(Body):
    """A case to open by hand."""

    customer_id: Annotated[str, Field(min_length=1, max_length=512)]
    text: Annotated[str, Field(min_length=1, max_length=8_000)]
    priority: PriorityName = "normal"
    due_minutes: Annotated[int, Field(ge=1, le=120_000, description="Working time.")] = 480


class CaseChange(Body):
    """What is to be otherwise; what is left out stays."""

    version: Version
    status: Literal["open", "waiting"] | None = None
    owner: Annotated[str, Field(max_length=254)] | None = Field(
        default=None, description="An address; empty for nobody."
    )
    priority: PriorityName | None = None


class NewNote(Body):
    """Something to write down."""

    text: Annotated[str, Field(min_length=1, max_length=8_000)]
    is_message: bool = Field(default=False, description="Whether it was said to the customer.")


class NewThanks(Body):
    """What the customer of a case is thanked with."""

    text: Annotated[str, Field(max_length=2_000)] = Field(
        default="", description="In his language; the usual words when empty."
    )


class ClosingShape(Body):
    """How a case ends."""

    version: Version
    root_cause: Annotated[str, Field(min_length=1, max_length=16)]
    outcome: Literal["solved", "compensated", "explained", "unreached", "no_action"]
    text: Annotated[str, Field(max_length=8_000)] = ""
    is_thanked: bool = Field(
        default=False,
        description="Thank the customer by mail, where he may and can be mailed; the case's entries say what became.",
    )
    thanks: Annotated[str, Field(max_length=2_000)] = Field(
        default="", description="In his language; the usual words when empty."
    )


class Reopening(Body):
    """Why a case is opened again."""

    version: Version
    text: Annotated[str, Field(max_length=8_000)] = ""


class RuleShape(Schema):
    """A rule."""

    rule_id: str
    name: str
    text: str = Field(description=_WHEN)
    priority: str
    due_minutes: int
    quiet_days: int
    owner: str
    team: str
    escalations: list[tuple[int, str]]
    is_on: bool
    opened: int
    live: int


class RuleBody(Body):
    """What a rule is to be."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(min_length=1, max_length=2_000)] = Field(description=_WHEN)
    priority: PriorityName = "normal"
    due_minutes: Annotated[int, Field(ge=1, le=120_000, description="Working time.")] = 480
    quiet_days: Annotated[int, Field(ge=0, le=3_650)] = 14
    owner: Annotated[str, Field(max_length=254)] = ""
    team: Annotated[str, Field(max_length=80)] = ""
    escalations: list[tuple[Annotated[int, Field(ge=0, le=120_000)], Literal["manager", "owner"]]] = Field(
        default=[],
        max_length=4,
        description="Minutes of working time past the due time, and who is told then.",
    )
    is_on: bool = True


class ReportShape(Schema):
    """How cases fared."""

    opened: int
    closed: int
    live: int
    in_time: EstimateShape | None
    reopened: EstimateShape | None
    escalated: EstimateShape | None
    hours_to_close: float | None = Field(description="Median of the working time.")


@router.get("cases", auth=_SEE, response=Page[CaseShape])
def list_cases(  # noqa: PLR0917 - what a query may say
    request: ApiRequest,
    cursor: Cursor = "",
    limit: Limit = 50,
    which: Annotated[Literal["mine", "unassigned", "late", "live", "closed", "all"], Query()] = "live",
    customer_id: Annotated[str, Query(max_length=512)] = "",
    step: Annotated[str, Query(max_length=40)] = "",
) -> Page[CaseShape]:
    """List cases: those that are not closed by their due time, others the newest first."""
    caller = request.auth
    place = read_cursor(cursor, int)
    offset = 0 if place is None else place[0]
    question = QueueQuestion(which, caller.actor.member, customer_id=customer_id, step=step)
    found = queries.cases_of(caller.workspace, question, offset=offset, limit=limit)
    following = None if found.next_offset is None else cursor_of(found.next_offset)
    return Page(items=[_shape(each) for each in found.cases], next=following)


@router.post("cases", auth=_HANDLE, response={201: CaseShape})
def open_case(request: ApiRequest, new: NewCase, idempotency_key: IdempotencyKey = "") -> Status[CaseShape]:
    """Open a case for a customer without a rule."""
    caller = request.auth

    def make() -> CaseShape:
        made = services.open_by_hand(
            caller.workspace,
            new.customer_id,
            new.text,
            priority=new.priority,
            due=timedelta(minutes=new.due_minutes),
            by=caller.actor,
        )
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=CaseShape))


@router.get("cases/report", auth=_SEE_RULES, response=ReportShape)
def report_cases(
    request: ApiRequest, days: Annotated[int, Query(ge=1, le=3_660, description="Up to now.")] = 90
) -> ReportShape:
    """Tell how cases fared."""
    until = datetime.now(UTC)
    found = report.case_report(request.auth.workspace, until - timedelta(days=days), until)
    return ReportShape(
        opened=found.opened,
        closed=found.closed,
        live=found.live,
        in_time=estimate(found.in_time),
        reopened=estimate(found.reopened),
        escalated=estimate(found.escalated),
        hours_to_close=found.hours_to_close,
    )


@router.get("cases/rules", auth=_SEE_RULES, response=Page[RuleShape])
def list_case_rules(request: ApiRequest) -> Page[RuleShape]:
    """List the rules by name: all on one page."""
    return Page(items=[_rule(each) for each in queries.rules_of(request.auth.workspace)], next=None)


@router.post("cases/rules", auth=_CHANGE_RULES, response={201: RuleShape})
def define_case_rule(
    request: ApiRequest, new: RuleBody, idempotency_key: IdempotencyKey = ""
) -> Status[RuleShape]:
    """Make a rule; it looks at what is said from now on."""
    caller = request.auth

    def make() -> RuleShape:
        made = rule_services.define_rule(caller.workspace, _draft(new), is_on=new.is_on, by=caller.actor)
        return _rule(_found_rule(request, made))

    return Status(201, once(request, idempotency_key, make, shape=RuleShape))


@router.put("cases/rules/{rule_id}", auth=_CHANGE_RULES, response=RuleShape)
def change_case_rule(request: ApiRequest, rule_id: RuleId, change: RuleBody) -> RuleShape:
    """Change a rule; cases that it opened stay as they are."""
    caller = request.auth
    rule_services.change_rule(caller.workspace, rule_id, _draft(change), by=caller.actor)
    rule_services.switch_rule(caller.workspace, rule_id, is_on=change.is_on, by=caller.actor)
    return _rule(_found_rule(request, rule_id))


@router.delete("cases/rules/{rule_id}", auth=_CHANGE_RULES, response=RuleShape)
def remove_case_rule(request: ApiRequest, rule_id: RuleId) -> RuleShape:
    """Remove a rule; its cases stay."""
    found = _rule(_found_rule(request, rule_id))
    rule_services.remove_rule(request.auth.workspace, rule_id, by=request.auth.actor)
    return found


@router.get("cases/{case_id}", auth=_SEE, response=CaseShape)
def get_case(request: ApiRequest, case_id: CaseId) -> CaseShape:
    """Return a case."""
    return _shape(_found(request, case_id))


@router.patch("cases/{case_id}", auth=_HANDLE, response=CaseShape)
def change_case(request: ApiRequest, case_id: CaseId, change: CaseChange) -> CaseShape:
    """Say where a case stands, who has it, how urgent it is."""
    caller = request.auth
    _found(request, case_id)

    def version() -> int:
        """Return the version to build on: the caller's at first, then that of the own change before."""
        return change.version if not steps else _found(request, case_id).version

    steps: list[str] = []
    if change.owner is not None:
        services.assign(caller.workspace, case_id, change.owner, version=version(), by=caller.actor)
        steps.append("owner")
    if change.priority is not None:
        services.prioritise(caller.workspace, case_id, change.priority, version=version(), by=caller.actor)
        steps.append("priority")
    if change.status is not None:
        services.move(caller.workspace, case_id, change.status, version=version(), by=caller.actor)
    return _shape(_found(request, case_id))


@router.get("cases/{case_id}/entries", auth=_SEE, response=Page[EntryShape])
def list_case_entries(request: ApiRequest, case_id: CaseId) -> Page[EntryShape]:
    """Tell the history of a case, the newest entry first."""
    _found(request, case_id)
    found = queries.entries_of(request.auth.workspace, case_id)
    return Page(items=[_entry(each) for each in found], next=None)


@router.post("cases/{case_id}/notes", auth=_HANDLE, response={201: EntryShape})
def write_note(
    request: ApiRequest, case_id: CaseId, new: NewNote, idempotency_key: IdempotencyKey = ""
) -> Status[EntryShape]:
    """Write something down at a case."""
    caller = request.auth

    def make() -> EntryShape:
        services.note(caller.workspace, case_id, new.text, is_message=new.is_message, by=caller.actor)
        return _entry(queries.entries_of(caller.workspace, case_id)[0])

    return Status(201, once(request, idempotency_key, make, shape=EntryShape))


@router.post("cases/{case_id}/thanks", auth=_HANDLE, response={201: EntryShape})
def thank_customer(
    request: ApiRequest, case_id: CaseId, new: NewThanks, idempotency_key: IdempotencyKey = ""
) -> Status[EntryShape]:
    """Thank the customer of a case by mail: once while it is open, once when it is closed. Says what became of it."""
    caller = request.auth

    def make() -> EntryShape:
        thank(caller.workspace, case_id, new.text, by=caller.actor)
        return _entry(queries.entries_of(caller.workspace, case_id)[0])

    return Status(201, once(request, idempotency_key, make, shape=EntryShape))


@router.post("cases/{case_id}/close", auth=_HANDLE, response=CaseShape)
def close_case(request: ApiRequest, case_id: CaseId, closing: ClosingShape) -> CaseShape:
    """Close a case with what was behind it and how it ended."""
    caller = request.auth
    said = services.Closing(closing.root_cause, closing.outcome, closing.text)
    services.close(caller.workspace, case_id, said, version=closing.version, by=caller.actor)
    if closing.is_thanked and can_write():
        thank(caller.workspace, case_id, closing.thanks, by=caller.actor)
    return _shape(_found(request, case_id))


@router.post("cases/{case_id}/reopen", auth=_HANDLE, response=CaseShape)
def reopen_case(request: ApiRequest, case_id: CaseId, reopening: Reopening) -> CaseShape:
    """Open a closed case again."""
    caller = request.auth
    services.reopen(caller.workspace, case_id, reopening.text, version=reopening.version, by=caller.actor)
    return _shape(_found(request, case_id))


def _entry(found: queries.EntryFacts) -> EntryShape:
    return EntryShape(**{name: getattr(found, name) for name in EntryShape.model_fields})


def _draft(body: RuleBody) -> RuleDraft:
    return RuleDraft(
        body.name,
        body.text,
        body.priority,
        body.due_minutes,
        body.quiet_days,
        body.owner,
        body.team,
        tuple((minutes, role) for minutes, role in body.escalations),
    )


def _found(request: ApiRequest, case_id: str) -> CaseFacts:
    found = queries.case_of(request.auth.workspace, case_id)
    if found is None:
        raise UnknownCase("There is no such case here.", hint="List the cases to see their ids.")
    return found


def _found_rule(request: ApiRequest, rule_id: str) -> RuleFacts:
    found = queries.rule_of(request.auth.workspace, rule_id)
    if found is None:
        raise UnknownCaseRule("There is no such rule here.", hint="List the rules to see their ids.")
    return found


def _shape(facts: CaseFacts) -> CaseShape:
    named = {name: getattr(facts, name) for name in CaseShape.model_fields if hasattr(facts, name)}
    return CaseShape(
        **named
        | {
            "case_id": facts.public_id,
            "rule": facts.rule_name,
            "owner": facts.owner_email,
            "topics": list(facts.topics),
            "root_cause": None if facts.root_cause is None else dict(facts.root_cause),
        }
    )


def _rule(facts: RuleFacts) -> RuleShape:
    named = {name: getattr(facts, name) for name in RuleShape.model_fields if hasattr(facts, name)}
    return RuleShape(
        **named
        | {"rule_id": facts.public_id, "owner": facts.owner_email, "escalations": list(facts.escalations)}
    )
