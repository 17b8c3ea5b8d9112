"""“You said, we did”: telling customers whose cases are closed what was done about what they said."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.cases import tellings
from safar.doors.web.cases.errors import UnknownTelling
from safar.doors.web.cases.tellings import Audience, TellingFacts
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.inviting.services import can_write
from safar.doors.web.members.policies import Capability

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Cursor, Page

router = Router(tags=["Cases"])
_SEE: Final = Token(Capability.SEE_CUSTOMERS)
_SEND: Final = Token(Capability.SEND_SURVEYS)
_COUNT: Final = Token(Capability.SEND_SURVEYS, is_reading=True)
TellingId = Annotated[str, Path(max_length=16)]
_Text = Annotated[str, Field(max_length=2_000)]


class TellingAudience(Body):
    """Whose closed cases a message is about; what is left out asks for nothing."""

    root_cause: Annotated[str, Field(max_length=16)] = Field(default="", description="A root cause's id.")
    topic: Annotated[str, Field(max_length=64)] = Field(default="", description="A topic, as cases name it.")
    step: Annotated[str, Field(max_length=40)] = Field(default="", description="A step's id.")
    days: Annotated[int, Field(ge=1, le=3_660)] = Field(
        default=90, description="Only cases opened in so many days."
    )

    def audience(self) -> Audience:
        """Return whom it is for."""
        return Audience(self.root_cause, self.topic, self.step, self.days)


class TellingTexts(Body):
    """What a message says; one language is enough."""

    fa: _Text = ""
    ar: _Text = ""
    en: _Text = ""


class NewTelling(Body):
    """A message to customers."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    texts: TellingTexts
    audience: TellingAudience = Field(default_factory=TellingAudience)


class AudienceCount(Schema):
    """How many customers a message would reach."""

    customers: int
    languages: dict[str, int] = Field(description="By the language they wrote in.")
    unreached: dict[str, int] = Field(description="Whom a mail would not reach: `no_address`, `opted_out`.")
    is_mailed: bool = Field(
        description="Whether this installation mails it; else the list is the company's to send."
    )


class TellingShape(Schema):
    """A message that customers are told."""

    telling_id: str
    title: str
    texts: dict[str, str]
    about: dict[str, Any]
    made_at: AwareDatetime
    made_by: str
    customers: int


class ToldCustomer(Schema):
    """A customer who is told."""

    customer_id: str
    language: str
    text: str = Field(description="The message for him.")
    status: str = Field(
        description="Of the mail: `waiting`, `sent`, `failed`, `no_address`, `opted_out`; `listed` where none goes."
    )


@router.get("cases/tellings", auth=_SEE, response=Page[TellingShape])
def list_tellings(request: ApiRequest) -> Page[TellingShape]:
    """List the messages, the newest first: the last 200 on one page."""
    return Page(items=[_shape(each) for each in tellings.tellings_of(request.auth.workspace)], next=None)


@router.post("cases/tellings/audience", auth=_COUNT, response=AudienceCount)
def count_audience(request: ApiRequest, asked: TellingAudience) -> AudienceCount:
    """Say how many customers a message would reach; nobody is told."""
    place = request.auth.workspace
    found = tellings.audience_of(place, asked.audience())
    return AudienceCount(
        customers=len(found),
        languages=dict(tellings.languages_of(found, place)),
        unreached=dict(tellings.unreached(place, found)),
        is_mailed=can_write(),
    )


@router.post("cases/tellings", auth=_SEND, response={201: TellingShape})
def tell_customers(
    request: ApiRequest, new: NewTelling, idempotency_key: IdempotencyKey = ""
) -> Status[TellingShape]:
    """Tell customers what was done: it goes into their timelines, and is mailed where this installation mails."""
    caller = request.auth

    def make() -> TellingShape:
        made = tellings.tell(
            caller.workspace, new.title, new.texts.dict(), new.audience.audience(), by=caller.actor
        )
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=TellingShape))


@router.get("cases/tellings/{telling_id}", auth=_SEE, response=TellingShape)
def get_telling(request: ApiRequest, telling_id: TellingId) -> TellingShape:
    """Return a message."""
    return _shape(_found(request, telling_id))


@router.get("cases/tellings/{telling_id}/customers", auth=_SEE, response=Page[ToldCustomer])
def list_told(
    request: ApiRequest,
    telling_id: TellingId,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many items.")] = 100,
) -> Page[ToldCustomer]:
    """List the customers who are told, each with the text for him and what became of the mail."""
    _found(request, telling_id)
    after = read_cursor(cursor, int)
    found, next_after = tellings.told_page(
        request.auth.workspace, telling_id, after=after[0] if after else 0, limit=limit
    )
    return Page(
        items=[
            ToldCustomer(customer_id=customer_id, language=language, text=text, status=status)
            for customer_id, language, text, status in found
        ],
        next=cursor_of(next_after) if next_after else None,
    )


def _found(request: ApiRequest, telling_id: str) -> TellingFacts:
    for each in tellings.tellings_of(request.auth.workspace):
        if each.public_id == telling_id:
            return each
    found = tellings.telling_of(request.auth.workspace, telling_id)
    if found is None:
        raise UnknownTelling("There is no such message here.", hint="List the messages.")
    return found


def _shape(facts: TellingFacts) -> TellingShape:
    return TellingShape(
        telling_id=facts.public_id,
        title=facts.title,
        texts=dict(facts.texts),
        about=dict(facts.about),
        made_at=facts.made_at,
        made_by=facts.made_by,
        customers=facts.count,
    )
