"""Single customers: what happened to them, and which ids are one person."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from ninja import Path, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.store.timeline import TimelineEvent

from .credentials import ApiRequest, Token
from .shapes import Cursor, Limit, MoneyShape, Page, money

router = Router(tags=["Customers"])
CustomerId = Annotated[str, Path(min_length=1, max_length=512, description="Any id of the customer.")]
_SEE = Token(Capability.SEE_CUSTOMERS)


class EventShape(Schema):
    """One event."""

    event_id: str
    customer_id: str = Field(description="The id that its person goes by.")
    original_id: str = Field(description="The id it came with.")
    event_name: str
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    channel: str
    source: str
    amount: MoneyShape | None
    properties: dict[str, Any]


class Ids(Schema):
    """The ids of one person."""

    person: str = Field(description="The id that the person goes by.")
    ids: list[str]


class Claim(Schema):
    """One line of the merge log: a union, a refusal or an undoing."""

    at: AwareDatetime
    action: str
    reason: str
    customer_id: str
    other_id: str
    by: str
    note: str
    why: str | None


class IdsWithHistory(Ids):
    """The ids of one person, and how they came together."""

    history: list[Claim]


@router.get("customers/{customer_id}/timeline", auth=_SEE, response=Page[EventShape])
def timeline(
    request: ApiRequest, customer_id: CustomerId, cursor: Cursor = "", limit: Limit = 50
) -> Page[EventShape]:
    """List the events of a person, under whichever id they came, newest first; none for an id that nobody knows."""
    log = request.auth.log
    before = read_cursor(cursor, datetime, int)
    person = log.identity.person_of(customer_id)
    found = log.timeline(customer_id, before=before, limit=limit + 1)
    shown = found[:limit]
    return Page(
        items=[event(each, person) for each in shown],
        next=cursor_of(shown[-1].occurred_at, shown[-1].sequence) if len(found) > limit else None,
    )


@router.get("customers/{customer_id}/ids", auth=_SEE, response=IdsWithHistory)
def ids(request: ApiRequest, customer_id: CustomerId) -> IdsWithHistory:
    """Say which ids are one person, and how they came together."""
    identity = request.auth.log.identity
    return IdsWithHistory(
        person=identity.person_of(customer_id),
        ids=identity.ids_of(customer_id),
        history=[
            Claim(**{name: getattr(each, name) for name in Claim.model_fields})
            for each in identity.history(customer_id)
        ],
    )


def event(found: TimelineEvent, person: str) -> EventShape:
    """Return an event as the API shows it."""
    properties = json.loads(found.properties) if found.properties else {}
    return EventShape(
        event_id=str(found.event_id),
        customer_id=person,
        original_id=found.original_id,
        event_name=found.event_name,
        occurred_at=found.occurred_at,
        received_at=found.received_at,
        channel=found.channel,
        source=found.source,
        amount=money(found.amount, found.currency),
        properties=properties if isinstance(properties, dict) else {},
    )
