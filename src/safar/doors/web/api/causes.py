"""What is behind cases: root causes, named by the workspace."""

from __future__ import annotations

from typing import Annotated, Final

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import Field

from safar.doors.web.cases import queries, services
from safar.doors.web.cases.errors import UnknownRootCause
from safar.doors.web.cases.queries import CauseFacts
from safar.doors.web.members.policies import Capability

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Page

router = Router(tags=["Cases"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_CHANGE: Final = Token(Capability.CHANGE_RULES)
CauseId = Annotated[str, Path(max_length=16)]
_Name = Annotated[str, Field(max_length=120)]


class CauseShape(Schema):
    """A root cause."""

    cause_id: str
    names: dict[str, str]
    is_archived: bool
    cases: int


class CauseNames(Body):
    """What a root cause is called; one language is enough."""

    fa: _Name = ""
    ar: _Name = ""
    en: _Name = ""


class CauseChange(Body):
    """What is to be otherwise; what is left out stays."""

    names: CauseNames | None = None
    is_archived: bool | None = Field(default=None, description="Whether it is offered no more.")


@router.get("cases/causes", auth=_SEE, response=Page[CauseShape])
def list_root_causes(request: ApiRequest) -> Page[CauseShape]:
    """List the root causes: all on one page."""
    found = queries.causes_of(request.auth.workspace, archived=None)
    return Page(items=[_shape(each) for each in found], next=None)


@router.post("cases/causes", auth=_CHANGE, response={201: CauseShape})
def name_root_cause(
    request: ApiRequest, names: CauseNames, idempotency_key: IdempotencyKey = ""
) -> Status[CauseShape]:
    """Put a root cause on the list."""
    caller = request.auth

    def make() -> CauseShape:
        made = services.name_cause(caller.workspace, names.dict(), by=caller.actor)
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=CauseShape))


@router.patch("cases/causes/{cause_id}", auth=_CHANGE, response=CauseShape)
def change_root_cause(request: ApiRequest, cause_id: CauseId, change: CauseChange) -> CauseShape:
    """Call a root cause something else, offer it no more, or again; cases that were closed with it keep it."""
    place, by = request.auth.workspace, request.auth.actor
    _found(request, cause_id)
    if change.names is not None:
        services.name_cause(place, change.names.dict(), public_id=cause_id, by=by)
    if change.is_archived is not None:
        services.archive_cause(place, cause_id, is_archived=change.is_archived, by=by)
    return _shape(_found(request, cause_id))


def _found(request: ApiRequest, cause_id: str) -> CauseFacts:
    for each in queries.causes_of(request.auth.workspace, archived=None):
        if each.public_id == cause_id:
            return each
    raise UnknownRootCause("There is no such root cause here.", hint="List the root causes.")


def _shape(facts: CauseFacts) -> CauseShape:
    return CauseShape(
        cause_id=facts.public_id,
        names=dict(facts.names),
        is_archived=facts.is_archived,
        cases=facts.cases,
    )
