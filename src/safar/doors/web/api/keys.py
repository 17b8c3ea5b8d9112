"""Keys that events come in with."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.administration import services
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.store.keys import Key

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Page

router = Router(tags=["Keys"])
_GUARD = Token(Capability.MANAGE_KEYS)


class KeyShape(Schema):
    """A key, without its secret."""

    key_id: str
    name: str
    channel: str
    origins: list[str]
    requests_per_second: float | None
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None


class NewKey(Body):
    """A key to make."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    channel: Annotated[str, Field(max_length=100)] = ""
    origins: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=100)] = Field(default=[])
    requests_per_second: Annotated[float, Field(gt=0, le=1_000_000)] | None = None


class CreatedKey(KeyShape):
    """A new key with its secret, which is shown this once."""

    secret: str = Field(description="Empty where the answer is given again for an `Idempotency-Key`.")


@router.get("keys", auth=_GUARD, response=Page[KeyShape])
def list_keys(request: ApiRequest) -> Page[KeyShape]:
    """List the keys, revoked ones too, oldest first: all on one page."""
    found = current_home().keys(request.auth.workspace.workspace_id)
    return Page(items=[KeyShape(**_fields(each)) for each in found], next=None)


@router.post("keys", auth=_GUARD, response={201: CreatedKey})
def create_key(request: ApiRequest, new: NewKey, idempotency_key: IdempotencyKey = "") -> Status[CreatedKey]:
    """Make a key. Its secret is in this answer and nowhere else."""
    caller = request.auth

    def make() -> CreatedKey:
        key, secret = services.create_key(caller.workspace.workspace_id, by=caller.actor, **new.dict())
        return CreatedKey(secret=secret, **_fields(key))

    return Status(201, once(request, idempotency_key, make, shape=CreatedKey, shown_once="secret"))


@router.delete("keys/{key_id}", auth=_GUARD, response=KeyShape)
def revoke_key(request: ApiRequest, key_id: str) -> KeyShape:
    """Revoke a key. A second time changes nothing."""
    caller = request.auth
    return KeyShape(**_fields(services.revoke_key(caller.workspace.workspace_id, key_id, by=caller.actor)))


def _fields(key: Key) -> dict[str, Any]:
    return {name: getattr(key, name) for name in KeyShape.model_fields} | {"origins": list(key.origins)}
