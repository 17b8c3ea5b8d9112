"""Verbs about background work: start, cancel, retry; see, forget."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.members.backend import Member
from safar.doors.web.members.policies import Capability, administers, may

from .errors import UnknownWork, WorkEnded, WorkGoesOn, WorkNotAllowed
from .models import LIVE, Periodic, Status, Work
from .registry import Job, known_job
from .waking import wake

#: Ended work is remembered this long.
REMEMBERED: Final = timedelta(days=90)
_LONGEST: Final = 254


def start(
    job: Job,
    *,
    by: Actor,
    workspace_id: str = "",
    title: str = "",
    not_before: datetime | None = None,
    **arguments: object,
) -> Work:
    """Ask for a piece of work; it begins once the transaction around this call is committed.

    Parameters
    ----------
    job
        What to do.
    by
        Who wants it. A member must be allowed what the job needs, now and when it begins.
    workspace_id
        Where; empty for the installation. The job is given it when it takes it.
    title
        What it is about, as people know it: a file's name. Empty where the job's name says all.
    not_before
        Aware instant; None for at once.
    **arguments
        What the job takes by name; anything that JSON can carry.

    Raises
    ------
    WorkNotAllowed
        The member may not do such work here; nothing was started.
    TypeError
        The job takes no such arguments, or JSON cannot carry them.
    """
    given = {"workspace_id": workspace_id} if "workspace_id" in job.takes else {}
    given |= _checked(job, arguments)
    if not may_do(job, by.kind, by.member, workspace_id):
        raise WorkNotAllowed(
            f"{by.member} may not do {job.kind} in {workspace_id or 'the installation'}.",
            hint="The owner of the workspace can change that.",
            kind=job.kind,
            workspace_id=workspace_id,
        )
    now = timezone.now()
    work = Work.objects.create(
        kind=job.kind,
        lane=job.queue_name,
        workspace_id=workspace_id,
        title=title[:_LONGEST],
        arguments=given,
        **_starter(by),
        asked_at=now,
        not_before=not_before or now,
    )
    transaction.on_commit(wake)
    return work


def _checked(job: Job, arguments: Mapping[str, object]) -> dict[str, Any]:
    unknown = sorted(set(arguments) - (job.takes - {"progress"}))
    if unknown:
        raise TypeError(f"{job.kind} takes no {', '.join(unknown)}.")
    carried: dict[str, Any] = json.loads(json.dumps(arguments))
    if carried != dict(arguments):
        raise TypeError(f"JSON does not carry the arguments of {job.kind} unchanged.")
    return carried


def _starter(by: Actor) -> dict[str, Any]:
    name = by.member.email if by.member is not None else by.detail
    return {"actor_kind": by.kind, "member": by.member, "actor_name": name[:_LONGEST]}


def may_do(job: Job, actor_kind: str, member: Member | None, workspace_id: str) -> bool:
    """Whether somebody may have such work done; at the terminal, and for the clock, all is allowed."""
    if actor_kind in {"terminal", "system"}:
        return True
    if member is None or not member.is_active:
        return False
    if job.needs == "administrator":
        return administers(member)
    return not job.needs or may(member, workspace_id, job.needs)


def cancel(work_id: object, *, by: Actor) -> Work:
    """Let work end: at once when it waits, at its next report when it runs.

    Raises
    ------
    UnknownWork
        There is none, or it is neither the member's own nor does he manage the workspace's work.
    WorkEnded
        It has ended already.
    """
    with transaction.atomic():
        work = _locked(work_id, by)
        if work.status not in LIVE:
            raise WorkEnded(f"The work {work_id} has ended: {work.status}.", work_id=str(work_id))
        now = timezone.now()
        work.cancel_asked_at = work.cancel_asked_at or now
        if work.status == Status.WAITING:
            work.status, work.finished_at = Status.CANCELLED, now
        work.save(update_fields=["cancel_asked_at", "status", "finished_at"])
        record(by, "work.cancelled", workspace_id=work.workspace_id, target=name_of(work))
    wake()
    return work


def retry(work_id: object, *, by: Actor) -> Work:
    """Do failed or cancelled work again, from the start and in the name of who retries it.

    Raises
    ------
    UnknownWork
        There is none, or it is neither the member's own nor does he manage the workspace's work.
    WorkGoesOn
        It waits, runs or has succeeded.
    WorkNotAllowed
        The member may not do such work.
    """
    with transaction.atomic():
        work = _locked(work_id, by)
        if work.status not in {Status.FAILED, Status.CANCELLED}:
            raise WorkGoesOn(f"The work {work_id} is {work.status}.", work_id=str(work_id))
        job = known_job(work.kind)
        if job is None or not may_do(job, by.kind, by.member, work.workspace_id):
            raise WorkNotAllowed(
                f"{by.member} may not do {work.kind} in {work.workspace_id or 'the installation'}.",
                kind=work.kind,
                workspace_id=work.workspace_id,
            )
        for name, value in _starter(by).items():
            setattr(work, name, value)
        work.status, work.not_before, work.attempts = Status.WAITING, timezone.now(), 0
        work.started_at = work.finished_at = work.cancel_asked_at = work.seen_at = None
        work.done, work.total, work.note = 0, None, ""
        work.error_code = work.error_place = ""
        work.result = None
        work.save()
        record(by, "work.retried", workspace_id=work.workspace_id, target=name_of(work))
        transaction.on_commit(wake)
    return work


def _locked(work_id: object, by: Actor) -> Work:
    try:
        work = Work.objects.select_for_update().filter(work_id=UUID(str(work_id))).first()
    except ValueError:
        work = None
    if work is None or not _may_steer(work, by):
        raise UnknownWork(f"There is no work {work_id} for you here.", work_id=str(work_id))
    return work


def _may_steer(work: Work, by: Actor) -> bool:
    if by.kind in {"terminal", "system"}:
        return True
    if by.member is None:
        return False
    if not work.workspace_id:
        return administers(by.member)
    if work.member_id == by.member.pk:  # type: ignore[attr-defined]
        return may(by.member, work.workspace_id, Capability.SEE_NUMBERS)
    return may(by.member, work.workspace_id, Capability.MANAGE_WORK)


def name_of(work: Work) -> str:
    """Return what people call a piece of work, in the language of the moment."""
    job = known_job(work.kind)
    name = str(job.label) if job is not None else work.kind
    return _("%(job)s: %(title)s") % {"job": name, "title": work.title} if work.title else name


def see(member: Member, workspace_id: str) -> None:
    """Note that the member has seen how his work in a workspace ended."""
    Work.objects.filter(
        member=member, workspace_id=workspace_id, status=Status.FAILED, seen_at__isnull=True
    ).update(seen_at=timezone.now())


def forget_old(now: datetime) -> int:
    """Forget work that ended long ago; return how much."""
    old = Work.objects.filter(~Q(status__in=LIVE), finished_at__lt=now - REMEMBERED)
    forgotten, _each = old.delete()
    return forgotten


def tick(now: datetime, periods: Mapping[str, timedelta], jobs: Mapping[str, Job]) -> Collection[Work]:
    """Ask for the periodic work that is due; return what was asked for.

    Of several processes that tick at once one moves a row on, and that one asks.
    """
    known = dict(Periodic.objects.filter(key__in=list(periods)).values_list("key", "next_at"))
    Periodic.objects.bulk_create(
        [Periodic(key=key, next_at=now) for key in periods if key not in known], ignore_conflicts=True
    )
    asked = []
    for key, period in periods.items():
        if known.get(key, now) > now:
            continue
        with transaction.atomic():
            is_ours = Periodic.objects.filter(key=key, next_at__lte=now).update(
                next_at=now + period, last_at=now
            )
            if is_ours and not Work.objects.filter(kind=key, status__in=LIVE, actor_kind="system").exists():
                asked.append(start(jobs[key], by=SYSTEM))
    return asked
