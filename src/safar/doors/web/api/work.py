"""Background work: how far it is, and stopping or repeating it."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.doors.web.work import services
from safar.doors.web.work.queries import WorkFacts, work_of, works_of

from .credentials import ApiRequest, Caller, Token
from .problems import NotHere
from .shapes import Cursor, Limit, Page

router = Router(tags=["Work"])
_GUARD = Token(Capability.SEE_NUMBERS)


class WorkShape(Schema):
    """One piece of work."""

    work_id: str
    kind: str
    title: str
    status: str = Field(description="waiting, running, cancelling, cancelled, failed or succeeded.")
    done: int
    total: int | None
    share: float | None = Field(description="From 0 to 1; null where the whole is not known.")
    note: str
    started_by: str
    asked_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    error_code: str
    result: dict[str, Any] | None
    can_cancel: bool
    can_retry: bool


@router.get("work", auth=_GUARD, response=Page[WorkShape])
def list_work(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[WorkShape]:
    """List background work, newest first: the member's own; all of the workspace's where his role manages it."""
    caller = request.auth
    key = read_cursor(cursor, int)
    found, before = works_of(
        caller.workspace.workspace_id,
        member=None if Capability.MANAGE_WORK in caller.capabilities else caller.member,
        before=None if key is None else key[0],
        limit=limit,
    )
    return Page(items=[_shape(each) for each in found], next=None if before is None else cursor_of(before))


@router.get("work/{work_id}", auth=_GUARD, response=WorkShape)
def get_work(request: ApiRequest, work_id: str) -> WorkShape:
    """Return one piece of work."""
    return _shape(found_work(request.auth, work_id))


@router.post("work/{work_id}/cancel", auth=_GUARD, response=WorkShape)
def cancel_work(request: ApiRequest, work_id: str) -> WorkShape:
    """Let work end: at once when it waits, soon when it runs."""
    caller = request.auth
    services.cancel(found_work(caller, work_id).work_id, by=caller.actor)
    return _shape(found_work(caller, work_id))


@router.post("work/{work_id}/retry", auth=_GUARD, response=WorkShape)
def retry_work(request: ApiRequest, work_id: str) -> WorkShape:
    """Do failed or cancelled work again, from the start."""
    caller = request.auth
    services.retry(found_work(caller, work_id).work_id, by=caller.actor)
    return _shape(found_work(caller, work_id))


def found_work(caller: Caller, work_id: str) -> WorkFacts:
    """Return work of the caller's workspace: his own, or any where his role manages it.

    Raises
    ------
    NotHere
        There is none for him.
    """
    found = work_of(work_id, caller.workspace.workspace_id)
    is_his = found is not None and found.is_of == caller.member.pk
    if found is None or not (is_his or Capability.MANAGE_WORK in caller.capabilities):
        raise NotHere("There is no such work here.", hint="List the work to see the ids.")
    return found


def _shape(found: WorkFacts) -> WorkShape:
    fields = {name: getattr(found, name) for name in WorkShape.model_fields}
    return WorkShape(**fields | {"result": None if found.result is None else dict(found.result)})
