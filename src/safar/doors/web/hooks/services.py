"""Verbs of webhooks: tell what happened, deliver it, tell it again; make one, change it, rotate its secret."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.work.services import start
from safar.store.registry import Workspace

from .errors import TooManyWebhooks, UnknownWebhook, WebhookRefused
from .models import Delivery, State, Webhook
from .sending import checked_url
from .signing import secret_of

#: What can be told.
Kind = Literal[
    "response.completed",
    "case.opened",
    "case.closed",
    "case.escalated",
    "score.alert",
    "persona.drifted",
    "comment.labelled",
]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
#: Sent by a member to try the address; every webhook takes it.
PING: Final = "ping"
MOST_WEBHOOKS: Final = 20
#: So long both secrets sign.
ROTATION: Final = timedelta(hours=24)
#: Deliveries are remembered so long.
REMEMBERED: Final = timedelta(days=30)
_NUDGE_SECONDS: Final = 2.0
_nudged: list[float] = [-_NUDGE_SECONDS]
_gate: Final = threading.Lock()


def announce(workspace: Workspace, kind: str, payload: Mapping[str, Any], *, customer_id: str = "") -> int:
    """Tell every webhook of a workspace that wants to know; return how many do. Sent once the transaction is committed.

    Parameters
    ----------
    kind
        One of `KINDS`.
    payload
        JSON-able: ids, numbers, names of the company's own. Never what a customer wrote: who wants that asks the API
        with the ids.
    customer_id
        Whom it is about, so that it can be erased; empty where it is about nobody.
    """
    if kind not in KINDS:
        raise TypeError(f"{kind!r} is nothing that webhooks are told.")
    rows = Webhook.objects.filter(workspace_id=workspace.workspace_id, is_on=True)
    wanting = [row for row in rows if kind in row.kinds]
    for row in wanting:
        _queue(row, kind, payload, customer_id)
    if wanting:
        transaction.on_commit(_nudge)
    return len(wanting)


def create(
    workspace: Workspace, url: str, kinds: Collection[str], *, allows_private: bool = False, by: Actor
) -> str:
    """Make a webhook, which is off; return its public id.

    Raises
    ------
    WebhookRefused, AddressPrivate, TooManyWebhooks
    """
    checked_url(url, allows_private=allows_private)
    with transaction.atomic():
        if Webhook.objects.filter(workspace_id=workspace.workspace_id).count() >= MOST_WEBHOOKS:
            raise TooManyWebhooks(f"There are {MOST_WEBHOOKS} webhooks.", hint="Remove one first.")
        row = Webhook.objects.create(
            workspace_id=workspace.workspace_id,
            public_id=secrets.token_hex(8),
            url=url,
            kinds=_known(kinds),
            allows_private=allows_private,
            created_by=by.member,
        )
        record(by, "webhook.made", workspace_id=workspace.workspace_id, target=url, after=_told(row))
    return str(row.public_id)


def change(workspace: Workspace, public_id: str, *, by: Actor, **values: Any) -> None:
    """Change the ``url``, the ``kinds``, whether it ``is_on``, whether it ``allows_private``.

    Raises
    ------
    UnknownWebhook, WebhookRefused, AddressPrivate
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        before = _told(row)
        for name, value in values.items():
            setattr(row, name, _known(value) if name == "kinds" else value)
        checked_url(row.url, allows_private=row.allows_private)
        after = {name: value for name, value in _told(row).items() if value != before[name]}
        if not after:
            return
        if after.get("is_on"):
            row.stopped_at = row.failing_since = None
            row.failures = 0
        row.save()
        kept = {name: before[name] for name in after}
        record(by, "webhook.changed", workspace_id=row.workspace_id, target=row.url, before=kept, after=after)


def remove(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Remove a webhook with its deliveries.

    Raises
    ------
    UnknownWebhook
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        record(by, "webhook.removed", workspace_id=row.workspace_id, target=row.url)
        row.delete()


def rotate(workspace: Workspace, public_id: str, *, by: Actor) -> str:
    """Give a webhook another secret and return it; for a day the one before signs beside it.

    Raises
    ------
    UnknownWebhook
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        row.generation += 1
        row.rotated_until = timezone.now() + ROTATION
        row.save(update_fields=["generation", "rotated_until"])
        record(by, "webhook.rotated", workspace_id=row.workspace_id, target=row.url)
    return _secret(row, row.generation)


def ping(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Send a webhook a message without a meaning, whether it is on or not.

    Raises
    ------
    UnknownWebhook
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        _queue(row, PING, {"workspace": workspace.workspace_id}, "")
        record(by, "webhook.tried", workspace_id=row.workspace_id, target=row.url)
        transaction.on_commit(_nudge)


def replay(workspace: Workspace, public_id: str, delivery_id: int, *, by: Actor) -> None:
    """Send a delivery again, with the same id and body.

    Raises
    ------
    UnknownWebhook
        There is none, or its customer was erased and its body with him.
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        found = Delivery.objects.select_for_update().filter(webhook=row, pk=delivery_id).exclude(body="")
        if found.update(state=State.WAITING, attempts=0, next_at=timezone.now(), ended_at=None) != 1:
            raise UnknownWebhook("There is no such delivery.", hint="Look at the list of deliveries.")
        record(
            by,
            "webhook.replayed",
            workspace_id=row.workspace_id,
            target=row.url,
            after={"delivery": delivery_id},
        )
        transaction.on_commit(_nudge)


def forget(workspace: Workspace, ids: Collection[str]) -> int:
    """Empty what was told, or is to be told, about an erased customer; return how many deliveries that were."""
    return _empty(workspace, customer_id__in=list(ids))


def forget_before(workspace: Workspace, instant: datetime) -> int:
    """Empty what was announced before an instant; return how many deliveries that were."""
    return _empty(workspace, created_at__lt=instant)


def forget_old() -> int:
    """Forget deliveries that ended long ago; return how many."""
    old = Delivery.objects.filter(ended_at__lt=timezone.now() - REMEMBERED)
    return int(old.delete()[0])


def _empty(workspace: Workspace, **which: object) -> int:
    """Empty deliveries for good; what still waited is given up."""
    rows = Delivery.objects.filter(webhook__workspace_id=workspace.workspace_id, **which).exclude(body="")
    rows.filter(state=State.WAITING).update(state=State.GIVEN_UP, ended_at=timezone.now())
    return rows.update(body="", answer="", customer_id="")


def secrets_of(row: Webhook) -> list[str]:
    """Return the secrets that sign now: the newest one first."""
    generations = [row.generation]
    if row.rotated_until is not None and row.rotated_until > timezone.now():
        generations.append(row.generation - 1)
    return [_secret(row, each) for each in generations]


def _queue(row: Webhook, kind: str, payload: Mapping[str, Any], customer_id: str) -> None:
    now = timezone.now()
    body = {"type": kind, "timestamp": now.isoformat(), "workspace": row.workspace_id, "data": dict(payload)}
    Delivery.objects.create(
        webhook=row,
        message_id=f"msg_{secrets.token_hex(12)}",
        kind=kind,
        body=json.dumps(body, ensure_ascii=False),
        customer_id=customer_id,
        created_at=now,
        next_at=now,
    )


def _nudge() -> None:
    """Let a worker send soon; asked for at most every few seconds, for one worker sends all that is due."""
    now = time.monotonic()
    with _gate:
        if now - _nudged[0] < _NUDGE_SECONDS:
            return
        _nudged[0] = now
    from .jobs import deliver_soon  # noqa: PLC0415 - the job calls back to this module

    start(deliver_soon, by=SYSTEM, not_before=timezone.now() + timedelta(seconds=_NUDGE_SECONDS))


def _secret(row: Webhook, generation: int) -> str:
    return secret_of(settings.SECRET_KEY, row.workspace_id, row.public_id, generation)


def _told(row: Webhook) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("url", "kinds", "is_on", "allows_private")}


def _known(kinds: Collection[str]) -> Sequence[str]:
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        raise WebhookRefused(
            f"{unknown[0] if unknown else 'Nothing'} is nothing that can be told.",
            hint=f"Choose some of {', '.join(KINDS)}.",
        )
    return [kind for kind in KINDS if kind in kinds]


def _locked(workspace: Workspace, public_id: str) -> Webhook:
    rows = Webhook.objects.select_for_update(of=("self",))
    row = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if row is None:
        raise UnknownWebhook("There is no such webhook here.", hint="Look at the list of webhooks.")
    return row
