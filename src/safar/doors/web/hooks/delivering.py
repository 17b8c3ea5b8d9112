"""Sending what is due: several at a time, workspaces in turn, so that who answers slowly delays nobody else's."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import DatabaseError, connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

import safar
from safar.doors.web.audit.actor import SYSTEM
from safar.doors.web.audit.services import record

from .models import Delivery, State, Webhook
from .sending import send
from .services import PING, secrets_of
from .signing import signature

logger: Final = logging.getLogger("safar.hooks")

#: How long after each failed try the next one follows; after the last one it is given up.
WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 720, 1440))
#: A webhook that took nothing for so long, tried at least so often, is stopped.
_PATIENCE: Final = timedelta(days=3)
_LEAST_FAILURES: Final = 5
#: While somebody sends one, others leave it alone: longer than looking up a name and all of a request take.
_LEASE: Final = timedelta(minutes=2)
_AT_ONCE: Final = 8
#: After so long no more are begun: the next call goes on.
_SECONDS: Final = 50.0


def deliver_due(*, most: int = 1_000) -> int:
    """Send what is due; return how many were taken. Several processes may: each delivery is leased to one.

    Workspaces take turns, a delivery each; of a workspace one is under way at a time. A webhook that did not take one
    is left alone until the next call.
    """
    places = _due().order_by().values_list("webhook__workspace_id", flat=True).distinct()
    turns = _Turns(sorted(places), most)
    if turns.count < 2:
        return _work_off(turns)
    with ThreadPoolExecutor(min(_AT_ONCE, turns.count), "safar-hooks") as threads:
        works = [threads.submit(_in_thread, turns) for _ in range(min(_AT_ONCE, turns.count))]
    return sum(work.result() for work in works)


def _due() -> QuerySet[Delivery]:
    due = Delivery.objects.filter(state=State.WAITING, next_at__lte=timezone.now())
    return due.filter(Q(webhook__is_on=True) | Q(kind=PING))


class _Turns:
    """Whose turn it is: workspaces one after the other, each at one place at a time."""

    def __init__(self, places: list[str], most: int) -> None:
        self.count = len(places)
        self._waiting, self._left = deque(places), most
        self._until = time.monotonic() + _SECONDS
        self._changed = threading.Condition()
        self._at_work = 0
        #: Webhooks that did not take what they were sent.
        self.passed_over: set[int] = set()

    @contextmanager
    def turn(self) -> Iterator[str | None]:
        """Lend the workspace whose turn it is, None where no more are to be sent; say `done` where it has no more."""
        with self._changed:
            while not self._waiting and self._at_work:
                self._changed.wait()
            place = self._waiting.popleft() if self._waiting and self._left and not self._is_late() else None
            if place is not None:
                self._left -= 1
                self._at_work += 1
        try:
            yield place
        finally:
            with self._changed:
                self._at_work -= place is not None
                self._changed.notify_all()

    def again(self, place: str) -> None:
        """Let a workspace have another turn, behind the others."""
        with self._changed:
            self._waiting.append(place)

    def _is_late(self) -> bool:
        return time.monotonic() > self._until


def _in_thread(turns: _Turns) -> int:
    try:
        return _work_off(turns)
    finally:
        connections.close_all()


def _work_off(turns: _Turns) -> int:
    """Send for whichever workspace has its turn, until none has; return how many deliveries were taken."""
    taken = 0
    while True:
        with turns.turn() as place:
            if place is None:
                return taken
            try:
                pk = _leased(place, turns)
                if pk is None:
                    continue
                taken += _deliver(pk, turns)
            except DatabaseError as error:  # the tables are held by others: what is due stays so
                logger.warning("what %s tells others waits: %s", place, error)
                continue
            turns.again(place)


def _leased(place: str, turns: _Turns) -> int | None:
    """Take what is due first in a workspace, so that nobody else sends it; None where nothing is."""
    due = _due().filter(webhook__workspace_id=place).exclude(webhook__in=turns.passed_over)
    for pk in due.order_by("next_at", "id").values_list("pk", flat=True)[:100]:
        now = timezone.now()
        leased = Delivery.objects.filter(pk=pk, state=State.WAITING, next_at__lte=now)
        if leased.update(next_at=now + _LEASE) == 1:
            return int(pk)
    return None


def _deliver(pk: int, turns: _Turns) -> int:
    row = Delivery.objects.select_related("webhook").filter(pk=pk).first()
    if row is None or not row.body:
        return 0
    body, timestamp = row.body.encode(), int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Safar/{safar.__version__}",
        "webhook-id": row.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secrets_of(row.webhook), row.message_id, timestamp, body),
    }
    sent = send(row.webhook.url, body, headers, allows_private=row.webhook.allows_private)
    now = timezone.now()
    told: dict[str, Any] = {
        "attempts": row.attempts + 1,
        "status": sent.status,
        "answer": sent.answer,
        "seconds": sent.seconds,
    }
    if not sent.is_taken:
        turns.passed_over.add(row.webhook.pk)
    if sent.is_taken:
        told |= {"state": State.DELIVERED, "ended_at": now}
    elif row.attempts >= len(WAITS):
        told |= {"state": State.GIVEN_UP, "ended_at": now}
    else:
        told |= {"next_at": now + WAITS[row.attempts]}
    Delivery.objects.filter(pk=pk, state=State.WAITING).update(**told)
    _note_health(row.webhook.pk, is_taken=sent.is_taken)
    return int(sent.is_taken)


def _note_health(pk: int, *, is_taken: bool) -> None:
    """Note that a webhook works, or for how long it has not: who takes nothing for days is stopped."""
    with transaction.atomic():
        row = Webhook.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            return
        if is_taken:
            if row.failures:
                row.failures, row.failing_since = 0, None
                row.save(update_fields=["failures", "failing_since"])
            return
        now = timezone.now()
        row.failures += 1
        row.failing_since = row.failing_since or now
        if row.is_on and row.failures >= _LEAST_FAILURES and now - row.failing_since >= _PATIENCE:
            row.is_on, row.stopped_at = False, now
            record(SYSTEM, "webhook.stopped", workspace_id=row.workspace_id, target=row.url)
            transaction.on_commit(lambda: _tell_owners(pk))
        row.save(update_fields=["failures", "failing_since", "is_on", "stopped_at"])


def _tell_owners(pk: int) -> None:
    from .letters import tell_stopped  # noqa: PLC0415 - letters read this app's queries

    tell_stopped(pk)
