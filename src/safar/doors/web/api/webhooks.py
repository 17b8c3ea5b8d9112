"""Webhooks: where other programs are told what happened here, and what they were told."""

from __future__ import annotations

from typing import Annotated, Final

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.hooks import queries, services
from safar.doors.web.hooks.errors import UnknownWebhook
from safar.doors.web.hooks.queries import WebhookFacts
from safar.doors.web.hooks.services import Kind
from safar.doors.web.members.policies import Capability, may

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .problems import NotAllowed
from .shapes import Body, Cursor, Page

router = Router(tags=["Webhooks"])
_CHANGE: Final = Token(Capability.CHANGE_RULES)
WebhookId = Annotated[str, Path(max_length=16)]
Url = Annotated[str, Field(min_length=1, max_length=500)]


class WebhookShape(Schema):
    """A webhook."""

    webhook_id: str
    url: str
    kinds: list[str]
    is_on: bool
    allows_private: bool
    failures: int = Field(description="How often in a row it took nothing.")
    failing_since: AwareDatetime | None
    stopped_at: AwareDatetime | None = Field(
        description="When it was turned off because it took nothing for days."
    )


class MadeWebhook(WebhookShape):
    """A webhook that was just made, with its secret."""

    secret: str


class NewWebhook(Body):
    """A webhook to make; it is off."""

    url: Url
    kinds: Annotated[list[Kind], Field(min_length=1)]
    allows_private: bool = Field(default=False, description="Only an owner of the workspace may say so.")


class WebhookChange(Body):
    """What is to be otherwise; what is left out stays."""

    url: Url | None = None
    kinds: Annotated[list[Kind], Field(min_length=1)] | None = None
    is_on: bool | None = None
    allows_private: bool | None = None


class SecretShape(Schema):
    """A secret that signs."""

    secret: str


class DeliveryShape(Schema):
    """What a webhook was told."""

    delivery_id: int
    message_id: str
    kind: str
    state: str
    attempts: int
    created_at: AwareDatetime
    next_at: AwareDatetime
    ended_at: AwareDatetime | None
    status: int
    answer: str


@router.get("webhooks", auth=_CHANGE, response=Page[WebhookShape])
def list_webhooks(request: ApiRequest) -> Page[WebhookShape]:
    """List the webhooks: all on one page."""
    return Page(items=[_shape(each) for each in queries.webhooks_of(request.auth.workspace)], next=None)


@router.post("webhooks", auth=_CHANGE, response={201: MadeWebhook})
def make_webhook(
    request: ApiRequest, new: NewWebhook, idempotency_key: IdempotencyKey = ""
) -> Status[MadeWebhook]:
    """Make a webhook, which is off, and return its secret."""
    caller = request.auth
    _check_consent(request, allows_private=new.allows_private)

    def make() -> MadeWebhook:
        made = services.create(
            caller.workspace, new.url, new.kinds, allows_private=new.allows_private, by=caller.actor
        )
        return MadeWebhook(
            **_shape(_found(request, made)).model_dump(), secret=queries.secret_shown(caller.workspace, made)
        )

    return Status(201, once(request, idempotency_key, make, shape=MadeWebhook, shown_once="secret"))


@router.get("webhooks/{webhook_id}", auth=_CHANGE, response=WebhookShape)
def get_webhook(request: ApiRequest, webhook_id: WebhookId) -> WebhookShape:
    """Return a webhook."""
    return _shape(_found(request, webhook_id))


@router.patch("webhooks/{webhook_id}", auth=_CHANGE, response=WebhookShape)
def change_webhook(request: ApiRequest, webhook_id: WebhookId, change: WebhookChange) -> WebhookShape:
    """Change a webhook, turn it on or off."""
    values = {name: value for name, value in change.model_dump().items() if value is not None}
    _found(request, webhook_id)
    _check_consent(request, allows_private=bool(values.get("allows_private")))
    services.change(request.auth.workspace, webhook_id, by=request.auth.actor, **values)
    return _shape(_found(request, webhook_id))


@router.delete("webhooks/{webhook_id}", auth=_CHANGE, response=WebhookShape)
def remove_webhook(request: ApiRequest, webhook_id: WebhookId) -> WebhookShape:
    """Remove a webhook with its deliveries."""
    found = _shape(_found(request, webhook_id))
    services.remove(request.auth.workspace, webhook_id, by=request.auth.actor)
    return found


@router.post("webhooks/{webhook_id}/rotate", auth=_CHANGE, response=SecretShape)
def rotate_webhook(request: ApiRequest, webhook_id: WebhookId) -> SecretShape:
    """Give a webhook another secret; for a day the one before signs beside it."""
    secret = services.rotate(request.auth.workspace, webhook_id, by=request.auth.actor)
    return SecretShape(secret=secret)


@router.post("webhooks/{webhook_id}/ping", auth=_CHANGE, response=WebhookShape)
def ping_webhook(request: ApiRequest, webhook_id: WebhookId) -> WebhookShape:
    """Send a test message soon."""
    services.ping(request.auth.workspace, webhook_id, by=request.auth.actor)
    return _shape(_found(request, webhook_id))


@router.get("webhooks/{webhook_id}/deliveries", auth=_CHANGE, response=Page[DeliveryShape])
def list_deliveries(request: ApiRequest, webhook_id: WebhookId, cursor: Cursor = "") -> Page[DeliveryShape]:
    """List what a webhook was told, the newest first."""
    _found(request, webhook_id)
    place = read_cursor(cursor, int)
    found = queries.deliveries_of(
        request.auth.workspace, webhook_id, before=None if place is None else place[0]
    )
    names = tuple(DeliveryShape.model_fields)
    is_full = len(found) == queries.MOST_DELIVERIES
    return Page(
        items=[DeliveryShape(**{name: getattr(each, name) for name in names}) for each in found],
        next=cursor_of(found[-1].delivery_id) if is_full else None,
    )


@router.post("webhooks/{webhook_id}/deliveries/{delivery_id}/replay", auth=_CHANGE, response=WebhookShape)
def replay_delivery(
    request: ApiRequest, webhook_id: WebhookId, delivery_id: Annotated[int, Path(ge=1, le=2**62)]
) -> WebhookShape:
    """Send a delivery again soon, with the same id and body."""
    services.replay(request.auth.workspace, webhook_id, delivery_id, by=request.auth.actor)
    return _shape(_found(request, webhook_id))


def _check_consent(request: ApiRequest, *, allows_private: bool) -> None:
    """Refuse the consent to private addresses from whoever is no owner."""
    caller = request.auth
    member = caller.actor.member
    if allows_private and (
        member is None or not may(member, caller.workspace.workspace_id, Capability.CHANGE_WORKSPACE)
    ):
        raise NotAllowed(
            "Only an owner of the workspace lets a webhook lead into a private network.",
            hint="Ask an owner to make it.",
        )


def _found(request: ApiRequest, webhook_id: str) -> WebhookFacts:
    found = queries.webhook_of(request.auth.workspace, webhook_id)
    if found is None:
        raise UnknownWebhook("There is no such webhook here.", hint="List the webhooks to see their ids.")
    return found


def _shape(facts: WebhookFacts) -> WebhookShape:
    named = {name: getattr(facts, name) for name in WebhookShape.model_fields if hasattr(facts, name)}
    return WebhookShape(**named | {"webhook_id": facts.public_id, "kinds": list(facts.kinds)})
