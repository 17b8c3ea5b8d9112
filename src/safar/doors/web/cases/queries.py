"""What pages and programs read of cases, as frozen facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Case as When_
from django.db.models import Count, IntegerField, Max, Q, QuerySet, Value, When
from django.utils import timezone

from safar.doors.web.members.backend import Member
from safar.store.registry import Workspace
from safar.vocabulary.working_time import WorkingTime

from .models import LIVE, Case, CaseEntry, CaseMention, EntryKind, RootCause, Rule, Status, Thanked
from .working import working_time_of

#: Cases of one page.
PAGE_ROWS: Final = 50
_URGENCY: Final = ("urgent", "high", "normal", "low")


@dataclass(frozen=True, slots=True)
class CauseFacts:
    """A root cause; names by language."""

    public_id: str
    names: Mapping[str, str]
    is_archived: bool
    cases: int


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule; `rule_services.RuleDraft` says what its fields mean.

    Attributes
    ----------
    opened, live
        How many cases it has opened, and how many of them are not closed.
    """

    public_id: str
    name: str
    text: str
    priority: str
    due_minutes: int
    quiet_days: int
    owner: str
    owner_email: str
    team: str
    escalations: tuple[tuple[int, str], ...]
    is_on: bool
    opened: int
    live: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case; `models.Case` says what its fields mean.

    Attributes
    ----------
    owner, owner_email
        Empty where nobody has it.
    is_late
        Whether it is not closed and its due time has passed, and it does not wait for the customer.
    is_in_time
        Whether it was closed before it was due; None while it is not closed.
    """

    public_id: str
    rule_id: str
    rule_name: str
    customer_id: str
    heard_key: str
    heard_at: datetime
    question_key: str
    metric: str
    value: float | None
    scale: tuple[float, float] | None
    words: str
    language: str
    sentiment: str
    topics: tuple[str, ...]
    map_id: str
    step_id: str
    priority: str
    status: str
    owner: str
    owner_email: str
    team: str
    opened_at: datetime
    due_at: datetime
    waiting_since: datetime | None
    closed_at: datetime | None
    closed_by: str
    root_cause: Mapping[str, str] | None
    root_cause_id: str
    outcome: str
    escalated: int
    reopened_count: int
    version: int
    is_late: bool
    is_in_time: bool | None


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One entry of a case's history."""

    entry_id: int
    kind: str
    at: datetime
    by: str
    text: str
    facts: Mapping[str, Any]
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueQuestion:
    """Which cases are asked for.

    Attributes
    ----------
    which
        ``mine``, ``unassigned``, ``late``, ``live``, ``closed`` or ``all``.
    member
        Whose are mine.
    rule, priority, status, step, root_cause, customer_id
        Only those; empty texts ask for nothing.
    """

    which: str = "live"
    member: Member | None = None
    rule: str = ""
    priority: str = ""
    status: str = ""
    step: str = ""
    root_cause: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases, and where the next one begins; None at the end."""

    cases: tuple[CaseFacts, ...]
    next_offset: int | None


def cases_of(
    workspace: Workspace, question: QueueQuestion, *, offset: int = 0, limit: int = PAGE_ROWS
) -> CasePage:
    """Return a page of cases: of those that are not closed the earliest due first, else the newest first."""
    rows = _asked(workspace, question)
    if question.which in {"closed", "all"}:
        rows = rows.order_by("-id")
    else:
        places = [When(priority=name, then=Value(place)) for place, name in enumerate(_URGENCY)]
        rows = rows.annotate(urgency=When_(*places, default=Value(9), output_field=IntegerField()))
        rows = rows.order_by("due_at", "urgency", "id")
    found = list(rows.select_related("owner", "rule", "closed_by", "root_cause")[offset : offset + limit + 1])
    now = timezone.now()
    shown = tuple(case_facts(row, now) for row in found[:limit])
    return CasePage(shown, offset + limit if len(found) > limit else None)


def queue_counts(workspace: Workspace, member: Member | None) -> Mapping[str, int]:
    """Return how many cases each queue holds."""
    names = ("mine", "unassigned", "late", "live")
    return {name: _asked(workspace, QueueQuestion(name, member)).count() for name in names}


def case_of(workspace: Workspace, public_id: str) -> CaseFacts | None:
    """Return a case of the workspace; None where it has none such."""
    rows = Case.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    row = rows.select_related("owner", "rule", "closed_by", "root_cause").first()
    return None if row is None else case_facts(row, timezone.now())


def is_thanked(workspace: Workspace, found: CaseFacts) -> bool:
    """Return whether a customer was thanked by mail since his case was closed or opened last, or is about to be."""
    of_case = {"case__workspace_id": workspace.workspace_id, "case__public_id": found.public_id}
    turns = CaseEntry.objects.filter(
        **of_case, kind__in=(EntryKind.OPENED, EntryKind.CLOSED, EntryKind.REOPENED)
    )
    since = turns.aggregate(last=Max("at"))["last"]
    rows = Thanked.objects.filter(**of_case, status__in=(Thanked.Status.WAITING, Thanked.Status.SENT))
    return rows.filter(made_at__gte=since or found.opened_at).exists()


def entries_of(workspace: Workspace, public_id: str) -> tuple[EntryFacts, ...]:
    """Return the history of a case, the newest entry first."""
    rows = CaseEntry.objects.filter(case__workspace_id=workspace.workspace_id, case__public_id=public_id)
    rows = rows.select_related("member").prefetch_related("mentions__member").order_by("-id")
    return tuple(
        EntryFacts(
            row.pk,
            row.kind,
            row.at,
            "" if row.member is None else str(row.member),
            row.text,
            dict(row.facts),
            tuple(str(each.member) for each in row.mentions.all()),  # type: ignore[attr-defined]
        )
        for row in rows[:500]
    )


def others_of(workspace: Workspace, case: CaseFacts) -> tuple[CaseFacts, ...]:
    """Return the other cases of the same customer, the newest first."""
    if not case.customer_id:
        return ()
    found = cases_of(workspace, QueueQuestion("all", customer_id=case.customer_id), limit=20)
    return tuple(each for each in found.cases if each.public_id != case.public_id)


def unread_mentions(workspace: Workspace, member: Member) -> tuple[CaseFacts, ...]:
    """Return the cases where a member is asked and has not looked, those asked last first: twenty at most."""
    rows = CaseMention.objects.filter(
        entry__case__workspace_id=workspace.workspace_id, member=member, read_at=None
    )
    ids = dict.fromkeys(rows.order_by("-id").values_list("entry__case__public_id", flat=True)[:100])
    found = (case_of(workspace, public_id) for public_id in list(ids)[:20])
    return tuple(each for each in found if each is not None)


def rules_of(workspace: Workspace) -> tuple[RuleFacts, ...]:
    """Return the rules of a workspace by name."""
    rows = Rule.objects.filter(workspace_id=workspace.workspace_id).select_related("owner")
    rows = rows.annotate(opened=Count("cases"), live=Count("cases", filter=Q(cases__status__in=LIVE)))
    return tuple(map(_rule_facts, rows.order_by("name", "id")))


def rule_of(workspace: Workspace, public_id: str) -> RuleFacts | None:
    """Return a rule of the workspace; None where it has none such."""
    return next((each for each in rules_of(workspace) if each.public_id == public_id), None)


def causes_of(workspace: Workspace, *, archived: bool | None = False) -> tuple[CauseFacts, ...]:
    """Return the root causes of a workspace in their order: those that are offered, those that are not, or all."""
    rows = RootCause.objects.filter(workspace_id=workspace.workspace_id).annotate(of_cases=Count("cases"))
    if archived is not None:
        rows = rows.filter(is_archived=archived)
    return tuple(
        CauseFacts(row.public_id, dict(row.names), row.is_archived, row.of_cases)  # type: ignore[attr-defined]
        for row in rows.order_by("place", "id")
    )


def open_at_steps(workspace: Workspace, map_id: str) -> Mapping[str, int]:
    """Return how many cases that are not closed stand at each step of a map."""
    rows = Case.objects.filter(workspace_id=workspace.workspace_id, map_id=map_id, status__in=LIVE)
    return Counter(rows.values_list("step_id", flat=True))


def _asked(workspace: Workspace, question: QueueQuestion) -> QuerySet[Case]:
    rows = Case.objects.filter(workspace_id=workspace.workspace_id)
    if question.which == "closed":
        rows = rows.filter(status=Status.CLOSED)
    elif question.which != "all":
        rows = rows.filter(status__in=LIVE)
    if question.which == "mine":
        rows = rows.filter(owner=question.member) if question.member is not None else rows.none()
    if question.which == "unassigned":
        rows = rows.filter(owner=None)
    if question.which == "late":
        rows = rows.filter(due_at__lt=timezone.now()).exclude(status=Status.WAITING)
    exact = {
        "rule__public_id": question.rule,
        "priority": question.priority,
        "status": question.status,
        "step_id": question.step,
        "root_cause__public_id": question.root_cause,
        "customer_id": question.customer_id,
    }
    return rows.filter(**{name: value for name, value in exact.items() if value})


def case_facts(row: Case, now: datetime) -> CaseFacts:
    """Return a row as facts."""
    is_live = row.status in LIVE
    return CaseFacts(
        public_id=row.public_id,
        rule_id="" if row.rule is None else row.rule.public_id,
        rule_name=row.rule_name,
        customer_id=row.customer_id,
        heard_key=row.heard_key,
        heard_at=row.heard_at,
        question_key=row.question_key,
        metric=row.metric,
        value=row.value,
        scale=None if row.scale_min is None or row.scale_max is None else (row.scale_min, row.scale_max),
        words=row.words,
        language=row.language,
        sentiment=row.sentiment,
        topics=tuple(row.topics),
        map_id=row.map_id,
        step_id=row.step_id,
        priority=row.priority,
        status=row.status,
        owner="" if row.owner is None else str(row.owner),
        owner_email="" if row.owner is None else row.owner.email,
        team=row.team,
        opened_at=row.opened_at,
        due_at=row.due_at,
        waiting_since=row.waiting_since,
        closed_at=row.closed_at,
        closed_by="" if row.closed_by is None else str(row.closed_by),
        root_cause=None if row.root_cause is None else dict(row.root_cause.names),
        root_cause_id="" if row.root_cause is None else row.root_cause.public_id,
        outcome=row.outcome,
        escalated=row.escalated,
        reopened_count=row.reopened_count,
        version=row.version,
        is_late=is_live and row.status != Status.WAITING and row.due_at < now,
        is_in_time=None if row.closed_at is None else row.closed_at <= row.due_at,
    )


def _rule_facts(row: Any) -> RuleFacts:
    return RuleFacts(
        row.public_id,
        row.name,
        row.text,
        row.priority,
        row.due_minutes,
        row.quiet_days,
        "" if row.owner is None else str(row.owner),
        "" if row.owner is None else row.owner.email,
        row.team,
        tuple((minutes, role) for minutes, role in row.escalations),
        row.is_on,
        row.opened,
        row.live,
        row.changed_at,
    )


def working_hours(workspace: Workspace) -> WorkingTime:
    """Return when people of a workspace are at work, with its days off: as kept, or as is usual where it is."""
    return working_time_of(workspace)
