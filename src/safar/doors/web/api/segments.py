"""Segments: definitions of customers that are kept current, their size, and who is in them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments import queries, services
from safar.doors.web.segments.errors import UnknownSegment
from safar.doors.web.segments.queries import SegmentFacts

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Cursor, Page

router = Router(tags=["Segments"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_SEE_MEMBERS: Final = Token(Capability.SEE_CUSTOMERS)
_EDIT: Final = Token(Capability.EDIT_MAPS)
_LANGUAGE: Final = "Its definition, such as `did order_placed >= 2 within last 90d; has city = Shiraz`."
SegmentId = Annotated[str, Path(max_length=16)]
Text = Annotated[str, Field(min_length=1, max_length=4_000)]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class SegmentShape(Schema):
    """A segment, and how large it was when it was looked at last."""

    segment_id: str
    name: str
    text: str = Field(description=_LANGUAGE)
    size: int | None = Field(description="Members; null until it was looked at.")
    customers: int | None = Field(description="Customers in all, then.")
    value_share: float | None = Field(description="The members' part of all that was spent.")
    size_at: AwareDatetime | None
    entered: int = Field(description="How many came in the last 7 days.")
    left: int = Field(description="How many left in the last 7 days.")
    is_archived: bool
    changed_at: AwareDatetime
    changed_by: str


class NewSegment(Body):
    """A segment to define."""

    name: Name
    text: Text = Field(description=_LANGUAGE)


class SegmentChange(Body):
    """What is to be otherwise; what is left out stays."""

    name: Name | None = None
    text: Text | None = Field(default=None, description=_LANGUAGE)
    is_archived: bool | None = None


class Definition(Body):
    """A definition that is not kept."""

    text: Text = Field(description=_LANGUAGE)


class SizeShape(Schema):
    """How large a segment is just now."""

    text: str = Field(description="The definition as it was understood.")
    size: int
    customers: int
    share: float | None
    value_share: float | None
    currency: str


class DayShape(Schema):
    """How large a segment was at the end of a day."""

    on: date
    size: int
    customers: int
    value_share: float | None
    entered: int
    left: int


class MemberOfSegment(Schema):
    """A customer in a segment."""

    customer_id: str
    name: str
    active_at: AwareDatetime = Field(description="When the customer did something last.")


class MovementShape(Schema):
    """That a customer came or left."""

    customer_id: str
    at: AwareDatetime
    entered: bool


@router.get("segments", auth=_SEE, response=Page[SegmentShape])
def list_segments(
    request: ApiRequest, archived: Annotated[bool, Query(description="Those that were put away.")] = False
) -> Page[SegmentShape]:
    """List the segments by name: all on one page."""
    found = queries.segments_of(request.auth.workspace, archived=archived)
    return Page(items=[_shape(each) for each in found], next=None)


@router.post("segments", auth=_EDIT, response={201: SegmentShape})
def define_segment(
    request: ApiRequest, new: NewSegment, idempotency_key: IdempotencyKey = ""
) -> Status[SegmentShape]:
    """Define a segment. Its size is there a moment later."""
    caller = request.auth

    def make() -> SegmentShape:
        made = services.define(caller.workspace, new.name, new.text, by=caller.actor)
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=SegmentShape))


@router.post("segments/preview", auth=Token(Capability.SEE_NUMBERS, is_reading=True), response=SizeShape)
def preview_segment(request: ApiRequest, definition: Definition) -> SizeShape:
    """Count whom a definition means just now, without keeping it."""
    found = queries.preview(request.auth.workspace, definition.text)
    return SizeShape(
        text=services.text_read(definition.text),
        size=found.size,
        customers=found.customers,
        share=found.share,
        value_share=found.value_share,
        currency=found.currency,
    )


@router.get("segments/{segment_id}", auth=_SEE, response=SegmentShape)
def get_segment(request: ApiRequest, segment_id: SegmentId) -> SegmentShape:
    """Return a segment with its size."""
    return _shape(_found(request, segment_id))


@router.patch("segments/{segment_id}", auth=_EDIT, response=SegmentShape)
def change_segment(request: ApiRequest, segment_id: SegmentId, change: SegmentChange) -> SegmentShape:
    """Give a segment another name or definition, or put it away."""
    caller = request.auth
    if change.is_archived is False:
        services.archive(caller.workspace, segment_id, is_archived=False, by=caller.actor)
    if change.name is not None or change.text is not None:
        services.change(caller.workspace, segment_id, name=change.name, text=change.text, by=caller.actor)
    if change.is_archived:
        services.archive(caller.workspace, segment_id, by=caller.actor)
    return _shape(_found(request, segment_id))


@router.get("segments/{segment_id}/history", auth=_SEE, response=Page[DayShape])
def segment_history(
    request: ApiRequest,
    segment_id: SegmentId,
    days: Annotated[int, Query(ge=1, le=3_660, description="At most so many days.")] = 365,
) -> Page[DayShape]:
    """Tell how large a segment was at the end of each day, and how many came and left, oldest first."""
    _found(request, segment_id)
    found = queries.history_of(request.auth.workspace, segment_id, days=days)
    names = tuple(DayShape.model_fields)
    return Page(
        items=[DayShape(**{name: getattr(each, name) for name in names}) for each in found], next=None
    )


@router.get("segments/{segment_id}/members", auth=_SEE_MEMBERS, response=Page[MemberOfSegment])
def segment_members(
    request: ApiRequest,
    segment_id: SegmentId,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many items.")] = 50,
) -> Page[MemberOfSegment]:
    """List the members of a segment as of when it was looked at last, those first who did something last."""
    _found(request, segment_id)
    key = read_cursor(cursor, int, int)
    after = None if key is None else (key[0], key[1])
    found = queries.members_page(request.auth.workspace, segment_id, limit=limit, after=after)
    return Page(
        items=[
            MemberOfSegment(customer_id=facts.customer_id, name=facts.name, active_at=at)
            for facts, at in found.customers
        ],
        next=None if found.next_after is None else cursor_of(*found.next_after),
    )


@router.get("segments/{segment_id}/movements", auth=_SEE_MEMBERS, response=Page[MovementShape])
def segment_movements(
    request: ApiRequest,
    segment_id: SegmentId,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many items.")] = 50,
) -> Page[MovementShape]:
    """List who came into a segment and left it last, newest first; the last 200 are remembered."""
    _found(request, segment_id)
    found = queries.movements_of(request.auth.workspace, segment_id, limit)
    items: list[Any] = [
        MovementShape(customer_id=each.customer_id, at=each.at, entered=each.entered) for each in found
    ]
    return Page(items=items, next=None)


def _found(request: ApiRequest, segment_id: str) -> SegmentFacts:
    found = queries.segment_of(request.auth.workspace, segment_id)
    if found is None:
        raise UnknownSegment("There is no such segment here.", hint="List the segments to see their ids.")
    return found


def _shape(facts: SegmentFacts) -> SegmentShape:
    names = (name for name in SegmentShape.model_fields if name != "segment_id")
    return SegmentShape(segment_id=facts.public_id, **{name: getattr(facts, name) for name in names})
