"""Verbs of the app of cases: take one up, say how it stands, close it with what was behind it, open it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_who_may
from safar.doors.web.work.services import start
from safar.store.registry import Workspace

from .announcing import announce_closed, announce_opened
from .errors import CaseChanged, CaseNotSo, NoteRefused, RootCauseNeeded, UnknownCase, UnknownRootCause
from .following import look
from .forgetting import forget
from .models import (
    Case,
    CaseEntry,
    CaseMention,
    EntryKind,
    Outcome,
    PriorityChoice,
    RootCause,
    Status,
)
from .public_ids import new_id
from .rule_services import archive_cause, change_rule, define_rule, name_cause, remove_rule, switch_rule
from .working import working_time_of
from .working_services import keep_working_time

__all__ = [
    "Closing",
    "archive_cause",
    "assign",
    "change_rule",
    "close",
    "define_rule",
    "forget",
    "keep_working_time",
    "look_now",
    "move",
    "name_cause",
    "note",
    "nudge",
    "open_by_hand",
    "prioritise",
    "read_mentions",
    "remove_rule",
    "reopen",
    "switch_rule",
]

_MOST_SIGNS: Final = 8_000
_MOST_MENTIONS: Final = 20
#: A workspace is looked at this often at most because somebody answered; the clock comes every minute anyway.
_NUDGE_SECONDS: Final = 3.0
_nudged: Final[dict[str, float]] = {}
_gate: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Closing:
    """What is said when a case is closed.

    Attributes
    ----------
    root_cause
        Public id of what was behind it.
    outcome
        A value of `models.Outcome`.
    text
        What was done; may be empty.
    """

    root_cause: str
    outcome: str
    text: str = ""


def look_now(workspace: Workspace, *, now: datetime | None = None) -> int:
    """Let the rules look at what has arrived; return how many cases were opened. They are announced."""
    found = look(workspace, now=now)
    for case in Case.objects.filter(pk__in=found.opened).select_related("owner", "rule").order_by("pk"):
        announce_opened(workspace, case)
    return len(found.opened)


def nudge(workspace: Workspace) -> None:
    """Let the rules look within seconds: somebody has just answered. Cheap, and asked for at most every few seconds."""
    place, now = workspace.workspace_id, time.monotonic()
    with _gate:
        if now - _nudged.get(place, -_NUDGE_SECONDS) < _NUDGE_SECONDS:
            return
        _nudged[place] = now
    from .jobs import look_at_one  # noqa: PLC0415 - the job calls back to this module

    start(
        look_at_one,
        by=SYSTEM,
        workspace_id=place,
        # what is answered until then is looked at as well
        not_before=timezone.now() + timedelta(seconds=_NUDGE_SECONDS),
    )


def open_by_hand(
    workspace: Workspace,
    customer_id: str,
    text: str,
    *,
    priority: str = PriorityChoice.NORMAL,
    due: timedelta = timedelta(hours=8),
    heard: Mapping[str, Any] | None = None,
    by: Actor,
) -> str:
    """Open a case for a customer without a rule; return its public id.

    Parameters
    ----------
    text
        What it is about.
    due
        Working time.
    heard
        Columns of `models.Case` that say what was heard: ``words``, ``question_key``, ``value``, ….

    Raises
    ------
    NoteRefused
    """
    said, now = _said(text), timezone.now()
    with transaction.atomic():
        made = new_id()
        case = Case.objects.create(
            workspace_id=workspace.workspace_id,
            public_id=made,
            heard_key=made,
            customer_id=customer_id,
            heard_at=now,
            priority=PriorityChoice(priority),
            status=Status.OPEN if by.member is not None else Status.NEW,
            owner=by.member,
            opened_at=now,
            due_at=working_time_of(workspace).add(now, due),
            **(heard or {}),
        )
        _enter(case, EntryKind.OPENED, by, text=said, owner="" if by.member is None else str(by.member))
        record(by, "case.opened", workspace_id=workspace.workspace_id, target=made)
    announce_opened(workspace, case)
    return made


def move(workspace: Workspace, public_id: str, status: str, *, version: int, by: Actor) -> None:
    """Say that a case is under way, or waits for the customer. While it waits, its clock stands.

    Raises
    ------
    UnknownCase, CaseChanged
    CaseNotSo
        It is closed, or is to be: see `close` and `reopen`.
    """
    if status not in {Status.OPEN, Status.WAITING}:
        raise CaseNotSo(
            f"A case is not moved to {status!r}.", hint="Close it with what was behind it, or reopen it."
        )
    with transaction.atomic():
        case = _locked(workspace, public_id, version)
        if case.status == Status.CLOSED:
            raise CaseNotSo("The case is closed.", hint="Reopen it first.")
        if case.status == status:
            return
        was = case.status
        _run_clock(workspace, case, waits=status == Status.WAITING)
        case.status = status
        if case.owner is None and by.member is not None:
            case.owner = by.member
        _enter(case, EntryKind.STATUS, by, before=was, after=status)
        _keep(case)


def assign(workspace: Workspace, public_id: str, email: str, *, version: int, by: Actor) -> None:
    """Give a case to a member who may handle cases; to nobody with an empty address.

    Raises
    ------
    UnknownCase, CaseChanged
    CaseNotSo
        Nobody of this address handles cases here.
    """
    found = {
        member.email: member for member in members_who_may(workspace.workspace_id, Capability.HANDLE_CASES)
    }
    if email and email not in found:
        raise CaseNotSo(f"{email} handles no cases here.", hint="Choose one of the members.", email=email)
    with transaction.atomic():
        case = _locked(workspace, public_id, version)
        owner = found.get(email)
        if case.owner == owner:
            return
        case.owner = owner
        _enter(case, EntryKind.OWNER, by, after="" if owner is None else str(owner))
        _keep(case)
        pk = case.pk
    if owner is not None and owner != by.member:
        from .letters import tell_owner  # noqa: PLC0415 - letters read this app's queries

        tell_owner(workspace, pk)


def prioritise(workspace: Workspace, public_id: str, priority: str, *, version: int, by: Actor) -> None:
    """Say how urgent a case is.

    Raises
    ------
    UnknownCase, CaseChanged
    """
    with transaction.atomic():
        case = _locked(workspace, public_id, version)
        if case.priority == priority:
            return
        was, case.priority = case.priority, PriorityChoice(priority)
        _enter(case, EntryKind.PRIORITY, by, before=was, after=priority)
        _keep(case)


def note(
    workspace: Workspace,
    public_id: str,
    text: str,
    *,
    mentions: Collection[str] = (),
    is_message: bool = False,
    by: Actor,
) -> int:
    """Write something down at a case; return the entry's id. Notes of several members never collide.

    Parameters
    ----------
    mentions
        Addresses of members of the workspace who are asked.
    is_message
        Whether it was said to the customer.

    Raises
    ------
    UnknownCase, NoteRefused
    """
    said = _said(text)
    known = {
        member.email: member for member in members_who_may(workspace.workspace_id, Capability.SEE_CUSTOMERS)
    }
    strangers = sorted(set(mentions) - known.keys())
    if strangers or len(mentions) > _MOST_MENTIONS:
        raise NoteRefused(
            f"{strangers[0] if strangers else len(mentions)} cannot be asked here.",
            hint="Ask a member of the workspace.",
        )
    with transaction.atomic():
        case = _locked(workspace, public_id)
        entry = _enter(case, EntryKind.MESSAGE if is_message else EntryKind.NOTE, by, text=said)
        for email in sorted(set(mentions)):
            CaseMention.objects.create(entry=entry, member=known[email])
        if case.status == Status.NEW and by.member is not None and by.member == case.owner:
            case.status = Status.OPEN
        _keep(case)
    return int(entry.pk)


def close(workspace: Workspace, public_id: str, closing: Closing, *, version: int, by: Actor) -> None:
    """Close a case with what was behind it and how it ended.

    Raises
    ------
    UnknownCase, CaseChanged, CaseNotSo
    RootCauseNeeded
        One of them is missing.
    UnknownRootCause
    """
    if not closing.root_cause or closing.outcome not in Outcome.values:
        raise RootCauseNeeded(
            "A case is closed with its root cause and its outcome.",
            hint="Choose both; the list of causes can be changed.",
        )
    with transaction.atomic():
        case = _locked(workspace, public_id, version)
        if case.status == Status.CLOSED:
            raise CaseNotSo("The case is closed already.", hint="Read it again.")
        cause = RootCause.objects.filter(
            workspace_id=workspace.workspace_id, public_id=closing.root_cause, is_archived=False
        ).first()
        if cause is None:
            raise UnknownRootCause("There is no such root cause.", hint="Choose one of the list.")
        _run_clock(workspace, case, waits=False)
        case.status, case.closed_at, case.closed_by = Status.CLOSED, timezone.now(), by.member
        case.root_cause, case.outcome = cause, closing.outcome
        if case.owner is None:
            case.owner = by.member
        _enter(
            case,
            EntryKind.CLOSED,
            by,
            text=closing.text.strip()[:_MOST_SIGNS],
            root_cause=cause.public_id,
            outcome=closing.outcome,
        )
        _keep(case)
        record(by, "case.closed", workspace_id=workspace.workspace_id, target=case.public_id)
    announce_closed(workspace, case)


def reopen(workspace: Workspace, public_id: str, text: str, *, version: int, by: Actor) -> None:
    """Open a closed case again; it is due anew as its rule says.

    Raises
    ------
    UnknownCase, CaseChanged, CaseNotSo
    """
    with transaction.atomic():
        case = _locked(workspace, public_id, version)
        if case.status != Status.CLOSED:
            raise CaseNotSo("The case is not closed.", hint="Read it again.")
        minutes = case.rule.due_minutes if case.rule is not None else 480
        case.status, case.closed_at, case.closed_by = Status.REOPENED, None, None
        case.root_cause, case.outcome = None, ""
        case.reopened_count += 1
        case.escalated = 0
        case.due_at = working_time_of(workspace).add(timezone.now(), timedelta(minutes=minutes))
        _enter(case, EntryKind.REOPENED, by, text=text.strip()[:_MOST_SIGNS])
        _keep(case)
        record(by, "case.reopened", workspace_id=workspace.workspace_id, target=case.public_id)


def read_mentions(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Note that a member has read where he is asked at a case."""
    CaseMention.objects.filter(
        entry__case__workspace_id=workspace.workspace_id,
        entry__case__public_id=public_id,
        member=by.member,
        read_at=None,
    ).update(read_at=timezone.now())


def _run_clock(workspace: Workspace, case: Case, *, waits: bool) -> None:
    """Stop the clock of a case that begins to wait; let it go on, with what was left, of one that waited."""
    now = timezone.now()
    if waits:
        case.waiting_since = case.waiting_since or now
    elif case.waiting_since is not None:
        working = working_time_of(workspace)
        left = working.between(case.waiting_since, case.due_at)
        if left > timedelta(0):
            case.due_at = working.add(now, left)
        case.waiting_since = None


def _said(text: str) -> str:
    said = text.replace("\x00", "").strip()
    if not said or len(said) > _MOST_SIGNS:
        raise NoteRefused(f"A note has 1 to {_MOST_SIGNS} signs.", hint="Say it in a few words.")
    return said


def _locked(workspace: Workspace, public_id: str, version: int | None = None) -> Case:
    """Return a case for a change; of a version that somebody has seen, if it is still that one."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("owner", "rule", "root_cause")
    case = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if case is None:
        raise UnknownCase("There is no such case here.", hint="Look at the queue.")
    if version is not None and case.version != version:
        raise CaseChanged(
            "Somebody has changed the case meanwhile.",
            hint="Read what was changed, then do it again.",
            version=case.version,
        )
    return case


def _keep(case: Case) -> None:
    case.version += 1
    case.save()


def _enter(case: Case, kind: EntryKind, by: Actor, *, text: str = "", **facts: Any) -> CaseEntry:
    return CaseEntry.objects.create(case=case, kind=kind, member=by.member, text=text, facts=facts)
