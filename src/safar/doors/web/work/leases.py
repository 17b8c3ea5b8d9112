"""Who has which work, and until when: the moves between waiting, running and ended, each one short transaction.

A worker owns what it claimed until its lease ends; it renews the lease while it lives. Whoever lost a lease cannot
write any more: each move names the worker and the attempt.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .errors import ProcessEnded
from .models import Status, Work
from .registry import JOBS, load_jobs

#: How long a worker that says nothing keeps its work.
LEASE: Final = timedelta(seconds=30)
#: Work whose process died this often is not put back again: it may be what kills them.
MOST_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one piece of work and to write how it goes."""

    pk: int
    worker: str
    attempt: int


def claim(worker: str, lanes: Collection[str]) -> tuple[Work, Lease] | None:
    """Take the oldest waiting work of these lanes that this version knows how to do; None where there is none."""
    load_jobs()
    now = timezone.now()
    waiting = Work.objects.filter(
        status=Status.WAITING, lane__in=lanes, not_before__lte=now, kind__in=list(JOBS)
    ).order_by("id")
    if not waiting.exists():  # a look takes no lock; SQLite's transactions do
        return None
    with transaction.atomic():
        # PostgreSQL passes over rows that others are taking; SQLite has one writer at a time.
        work = waiting.select_for_update(skip_locked=True).first()
        if work is None:
            return None
        work.status = Status.RUNNING
        work.leased_by = worker
        work.leased_until = now + LEASE
        work.attempts += 1
        work.started_at = now
        work.finished_at = None
        work.done, work.total, work.note = 0, None, ""
        work.save()
    return work, Lease(work.pk, worker, work.attempts)


def _held(lease: Lease) -> Any:
    return Work.objects.filter(
        pk=lease.pk, status=Status.RUNNING, leased_by=lease.worker, attempts=lease.attempt
    )


def renew(lease: Lease, told: tuple[int, int | None, str]) -> bool:
    """Write the progress and keep the work for another while; False when the lease was lost."""
    done, total, note = told
    renewed: int = _held(lease).update(
        done=done, total=total, note=note[:254], leased_until=timezone.now() + LEASE
    )
    return renewed == 1


def cancelled_among(leases: Collection[Lease]) -> set[int]:
    """Return the keys of the work among these that somebody wants to end."""
    keys = [lease.pk for lease in leases]
    return set(Work.objects.filter(pk__in=keys, cancel_asked_at__isnull=False).values_list("pk", flat=True))


def succeed(lease: Lease, told: tuple[int, int | None, str], result: object) -> bool:
    """Note that the work is done; False when the lease was lost."""
    done, total, note = told
    return _end(lease, Status.SUCCEEDED, result=result, done=done, total=total, note=note[:254])


def fail(lease: Lease, code: str, place: str = "") -> bool:
    """Note that the work failed; False when the lease was lost."""
    return _end(lease, Status.FAILED, error_code=code, error_place=place)


def end_cancelled(lease: Lease) -> bool:
    """Note that the work ended because somebody wanted it to; False when the lease was lost."""
    return _end(lease, Status.CANCELLED)


def _end(lease: Lease, status: Status, **facts: Any) -> bool:
    ended: int = _held(lease).update(
        status=status, finished_at=timezone.now(), leased_by="", leased_until=None, **facts
    )
    return ended == 1


def put_back(lease: Lease) -> bool:
    """Let others do the work, as if it had not begun; False when the lease was lost."""
    back: int = _held(lease).update(
        status=Status.WAITING, leased_by="", leased_until=None, started_at=None, attempts=F("attempts") - 1
    )
    return back == 1


def reclaim() -> int:
    """Find work whose worker has not renewed its lease; return how much there was.

    What may be done again is put back, unless it has been tried too often; what was to be cancelled is; the rest is
    marked failed.
    """
    load_jobs()
    now = timezone.now()
    left = Work.objects.filter(status=Status.RUNNING, leased_until__lt=now)
    count = 0
    for work in left:
        lease = _held(Lease(work.pk, work.leased_by, work.attempts)).filter(leased_until__lt=now)
        job = JOBS.get(work.kind)
        if work.cancel_asked_at is not None:
            facts: dict[str, Any] = {"status": Status.CANCELLED, "finished_at": now}
        elif job is not None and job.resumable and work.attempts < MOST_ATTEMPTS:
            facts = {"status": Status.WAITING, "started_at": None}
        else:
            facts = {"status": Status.FAILED, "finished_at": now, "error_code": ProcessEnded.code}
        count += lease.update(leased_by="", leased_until=None, **facts)
    return count
