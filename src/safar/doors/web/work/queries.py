"""Reads about background work, as frozen facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.backend import Member

from .models import LIVE, Status, Work
from .registry import known_job


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """One piece of work as pages show it.

    Attributes
    ----------
    work_id
        What addresses name it by.
    workspace_id
        Where; empty for the installation.
    kind, name
        The key of its job, and what people call that in the language of the moment.
    title
        What it is about, such as a file's name; may be empty.
    status
        ``waiting``, ``running``, ``cancelling``, ``cancelled``, ``failed`` or ``succeeded``.
    done, total, share
        In what the job counts; the share, 0…1, is None where the whole is not known.
    note
        The job's own words, in the starter's language.
    started_by
        His name or address; empty for Safar itself.
    is_of
        Key of the member who started it; None when nobody did, or he is gone.
    asked_at, started_at, finished_at
        Aware UTC instants; None for what has not come yet.
    error_code, sentence
        Why it failed, the sentence in the language of the moment; empty unless it failed.
    result
        What the job returned.
    can_cancel, can_retry
        Whether its state allows it; who may is decided by the verb.
    """

    work_id: str
    workspace_id: str
    kind: str
    name: str
    title: str
    status: str
    done: int
    total: int | None
    share: float | None
    note: str
    started_by: str
    is_of: int | None
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str
    sentence: str
    result: Mapping[str, Any] | None
    can_cancel: bool
    can_retry: bool

    @property
    def has_ended(self) -> bool:
        """Nothing will change any more by itself."""
        return self.status in {Status.SUCCEEDED, Status.FAILED, Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class OwnWork:
    """How much of a member's work is under way in a workspace, and how much failed that he has not seen."""

    under_way: int
    failed: int


def work_of(work_id: object, workspace_id: str) -> WorkFacts | None:
    """Return one piece of work of a workspace; None where there is none of this id."""
    try:
        found = Work.objects.select_related("member").filter(
            work_id=UUID(str(work_id)), workspace_id=workspace_id
        )
    except ValueError:
        return None
    work = found.first()
    return None if work is None else _facts(work)


def latest_work(workspace_id: str, *, kind: str) -> WorkFacts | None:
    """Return the work of a kind that was asked for last in a workspace."""
    found = Work.objects.select_related("member").filter(workspace_id=workspace_id, kind=kind)
    work = found.order_by("-id").first()
    return None if work is None else _facts(work)


def works_of(
    workspace_id: str, *, member: Member | None, before: int | None = None, limit: int = 50
) -> tuple[list[WorkFacts], int | None]:
    """Return a page of a workspace's work, newest first, and the key to go on before.

    Parameters
    ----------
    workspace_id
        Empty for the installation's.
    member
        Only what he started; None for all.
    before
        As returned with the page before; None for the newest.
    limit
        Most of a page.
    """
    found = Work.objects.select_related("member").filter(workspace_id=workspace_id)
    if member is not None:
        found = found.filter(member=member)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: limit + 1])
    following = rows[limit - 1].pk if len(rows) > limit else None
    return _all_facts(rows[:limit]), following


def own_work(member: Member, workspace_id: str) -> OwnWork:
    """Count the member's own work in a workspace: what is under way, and what failed unseen."""
    counted = Work.objects.filter(member=member, workspace_id=workspace_id).aggregate(
        under_way=Count("pk", filter=Q(status__in=LIVE)),
        failed=Count("pk", filter=Q(status=Status.FAILED, seen_at__isnull=True)),
    )
    return OwnWork(counted["under_way"], counted["failed"])


def _all_facts(works: Iterable[Work]) -> list[WorkFacts]:
    return [_facts(work) for work in works]


def _facts(work: Work) -> WorkFacts:
    job = known_job(work.kind)
    is_ending = work.status == Status.RUNNING and work.cancel_asked_at is not None
    return WorkFacts(
        work_id=str(work.work_id),
        workspace_id=work.workspace_id,
        kind=work.kind,
        name=str(job.label) if job is not None else work.kind,
        title=work.title,
        status="cancelling" if is_ending else str(work.status),
        done=work.done,
        total=work.total,
        share=min(1.0, work.done / work.total) if work.total else None,
        note=work.note,
        started_by=str(work.member) if work.member is not None else work.actor_name,
        is_of=None if work.member is None else work.member.pk,
        asked_at=work.asked_at,
        started_at=work.started_at,
        finished_at=work.finished_at,
        error_code=work.error_code,
        sentence=sentence_of(work.error_code) if work.error_code else "",
        result=work.result,
        can_cancel=work.status in LIVE and not is_ending,
        can_retry=work.status in {Status.FAILED, Status.CANCELLED},
    )
