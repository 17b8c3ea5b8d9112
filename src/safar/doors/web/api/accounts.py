"""Who the token is, and its workspace."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.administration import services
from safar.doors.web.audit.queries import ChangesQuestion, changes
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import list_members
from safar.store.registry import LONGEST_RETENTION_DAYS, Workspace

from .credentials import ApiRequest, Token
from .shapes import Body, Cursor, Limit, Page

router = Router()


class WorkspaceShape(Schema):
    """A workspace."""

    workspace_id: str
    name: str
    language: str
    calendar: str
    time_zone: str
    currency: str
    created_at: AwareDatetime
    retention_days: int | None


class Me(Schema):
    """Whom the token acts as, and what it may do."""

    email: str
    name: str
    workspace: WorkspaceShape
    role: str
    token: str = Field(description="The name of the token.")
    can_write: bool
    capabilities: list[str] = Field(
        description="What the role allows; without `can_write` only the reading of it."
    )


class WorkspaceChange(Body):
    """Settings of a workspace; what is left out stays as it is."""

    name: Annotated[str, Field(max_length=200)] | None = None
    language: Literal["fa", "ar", "en"] | None = None
    calendar: Literal["gregorian", "jalali", "hijri"] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    retention_days: Annotated[int, Field(ge=1, le=LONGEST_RETENTION_DAYS)] | None = Field(
        default=None, description="Events older than so many days are forgotten; null keeps them for ever."
    )


class ChangeShape(Schema):
    """One change that somebody made."""

    number: int
    at: AwareDatetime
    action: str
    target: str
    actor_kind: str
    actor: str
    address: str
    before: dict[str, object]
    after: dict[str, object]


@router.get("me", auth=Token(), response=Me, tags=["Account"])
def me(request: ApiRequest) -> Me:
    """Say whom the token acts as, where, and what it may do."""
    caller = request.auth
    place = caller.workspace.workspace_id
    (facts,) = (each for each in list_members(place) if each.email == caller.member.email)
    return Me(
        email=caller.member.email,
        name=caller.member.name,
        workspace=_shape(caller.workspace),
        role=dict(facts.roles)[place],
        token=caller.token_name,
        can_write=caller.can_write,
        capabilities=sorted(each.value for each in caller.capabilities),
    )


@router.get("workspace", auth=Token(), response=WorkspaceShape, tags=["Workspace"])
def workspace(request: ApiRequest) -> WorkspaceShape:
    """Return the workspace that the token is for."""
    return _shape(request.auth.workspace)


@router.patch(
    "workspace", auth=Token(Capability.CHANGE_WORKSPACE), response=WorkspaceShape, tags=["Workspace"]
)
def change_workspace(request: ApiRequest, change: WorkspaceChange) -> WorkspaceShape:
    """Change settings of the workspace; what is left out stays as it is. A shorter `retention_days` forgets events."""
    caller = request.auth
    place, now = caller.workspace.workspace_id, caller.workspace
    wanted = {
        name: value for name, value in change.dict(exclude_unset=True).items() if name != "retention_days"
    }
    settings = {
        name: wanted.get(name) or getattr(now, name)
        for name in ("name", "language", "calendar", "time_zone", "currency")
    }
    changed = services.change_workspace(place, by=caller.actor, **settings)
    if "retention_days" in change.model_fields_set:
        changed = services.change_retention(place, change.retention_days, by=caller.actor)
    return _shape(changed)


@router.get("changes", auth=Token(Capability.SEE_CHANGES), response=Page[ChangeShape], tags=["Workspace"])
def list_changes(
    request: ApiRequest, action: str = "", actor: str = "", cursor: Cursor = "", limit: Limit = 50
) -> Page[ChangeShape]:
    """List who changed what, newest first."""
    question = ChangesQuestion(request.auth.workspace.workspace_id, actor=actor, action=action)
    key = read_cursor(cursor, int)
    found, before = changes(question, before=None if key is None else key[0], limit=limit)
    return Page(
        items=[
            ChangeShape(**{name: getattr(each, name) for name in ChangeShape.model_fields}) for each in found
        ],
        next=None if before is None else cursor_of(before),
    )


def _shape(found: Workspace) -> WorkspaceShape:
    return WorkspaceShape(**{name: getattr(found, name) for name in WorkspaceShape.model_fields})
