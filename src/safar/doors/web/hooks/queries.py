"""What pages and programs read of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safar.store.registry import Workspace

from .models import Delivery, Webhook
from .services import secrets_of

MOST_DELIVERIES = 100


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """A webhook; `models.Webhook` says what its fields mean."""

    public_id: str
    url: str
    kinds: tuple[str, ...]
    is_on: bool
    allows_private: bool
    failing_since: datetime | None
    failures: int
    stopped_at: datetime | None
    rotated_until: datetime | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """A delivery; `models.Delivery` says what its fields mean."""

    delivery_id: int
    message_id: str
    kind: str
    body: str
    state: str
    attempts: int
    next_at: datetime
    created_at: datetime
    ended_at: datetime | None
    status: int
    answer: str
    seconds: float | None


def webhooks_of(workspace: Workspace) -> tuple[WebhookFacts, ...]:
    """Return the webhooks of a workspace, in the order they were made."""
    rows = Webhook.objects.filter(workspace_id=workspace.workspace_id).select_related("created_by")
    return tuple(map(_facts, rows.order_by("id")))


def webhook_of(workspace: Workspace, public_id: str) -> WebhookFacts | None:
    """Return a webhook of the workspace; None where it has none such."""
    row = _row(workspace, public_id)
    return None if row is None else _facts(row)


def secret_shown(workspace: Workspace, public_id: str) -> str:
    """Return the secret that signs now; empty where there is no such webhook."""
    row = _row(workspace, public_id)
    return "" if row is None else secrets_of(row)[0]


def deliveries_of(
    workspace: Workspace, public_id: str, *, before: int | None = None
) -> tuple[DeliveryFacts, ...]:
    """Return what a webhook was told, the newest first, at most a hundred.

    Parameters
    ----------
    before
        The last delivery seen: the next page begins behind it.
    """
    rows = Delivery.objects.filter(webhook__workspace_id=workspace.workspace_id, webhook__public_id=public_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(
        DeliveryFacts(
            row.pk,
            row.message_id,
            row.kind,
            row.body,
            row.state,
            row.attempts,
            row.next_at,
            row.created_at,
            row.ended_at,
            row.status,
            row.answer,
            row.seconds,
        )
        for row in rows.order_by("-id")[:MOST_DELIVERIES]
    )


def _row(workspace: Workspace, public_id: str) -> Webhook | None:
    rows = Webhook.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    return rows.select_related("created_by").first()


def _facts(row: Webhook) -> WebhookFacts:
    return WebhookFacts(
        row.public_id,
        row.url,
        tuple(row.kinds),
        row.is_on,
        row.allows_private,
        row.failing_since,
        row.failures,
        row.stopped_at,
        row.rotated_until,
        row.created_at,
        "" if row.created_by is None else str(row.created_by),
    )
