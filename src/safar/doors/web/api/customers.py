"""Single customers: who they are, what happened to them, which ids are one person, and erasing them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.customers import services
from safar.doors.web.customers.errors import UnknownCustomer, UnknownErasure
from safar.doors.web.customers.queries import ErasureFacts, erasure_of, profile, search
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.observe.among import EVERYBODY
from safar.observe.customers import CustomerFacts, RecentCustomersQuestion, recent_customers
from safar.observe.events import EventsQuestion
from safar.observe.events import events as events_of
from safar.store.newest import EventPlace
from safar.vocabulary.money import Money

from .credentials import ApiRequest, Token
from .problems import NotConfirmed
from .shapes import Body, Cursor, EventShape, Limit, MoneyShape, Page, event_shape, money, plain

router = Router(tags=["Customers"])
CustomerId = Annotated[str, Path(min_length=1, max_length=512, description="Any id of the customer.")]
Id = Annotated[str, Field(min_length=1, max_length=512)]
_SEE = Token(Capability.SEE_CUSTOMERS)
_CHANGE = Token(Capability.CHANGE_CUSTOMERS)


class TraitShape(Schema):
    """The newest value of something that is known of a person."""

    name: str
    value: Any


class CustomerShape(Schema):
    """A person, under whichever ids."""

    customer_id: str = Field(description="The id that the person goes by.")
    ids: list[str]
    name: str
    first_at: AwareDatetime | None
    last_at: AwareDatetime | None
    events: int
    orders: int
    spent: list[MoneyShape] = Field(description="Ordered less paid back, one amount for each currency.")
    traits: list[TraitShape]


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


class Ids(Schema):
    """The ids of one person, and how they came together."""

    person: str = Field(description="The id that the person goes by.")
    ids: list[str]
    history: list[Claim] = Field(description="Of the id that was asked for, oldest first.")


class Join(Body):
    """Two ids of one person."""

    first: Id
    second: Id
    reason: Annotated[str, Field(max_length=500)] = Field(default="", description="Why; it is kept.")


class Part(Body):
    """An id to take out of a person."""

    customer_id: Id


class Split(Schema):
    """What parting ids did."""

    person: str
    ids: list[str] = Field(description="The ids taken out.")
    split_person: str = Field(description="The id that the person taken out goes by.")


class Erase(Body):
    """The word that it is meant."""

    confirm: Id = Field(description="The id of the address once more. It cannot be undone.")


class ErasureShape(Schema):
    """An erasure, and its proof once it is done."""

    erasure_id: str
    digest: str = Field(description="What stands for the person in the log of changes.")
    asked_at: AwareDatetime
    work_id: str | None = Field(
        description="The background work that does it; null when that is long forgotten."
    )
    status: str
    proof: dict[str, Any] | None = Field(
        description="What was removed and what was searched; null until it is done."
    )


@router.get("customers", auth=_SEE, response=Page[CustomerShape])
def list_customers(
    request: ApiRequest,
    text: Annotated[str, Query(max_length=300, description="An id, address, telephone number or name.")] = "",
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many items.")] = 25,
) -> Page[CustomerShape]:
    """List customers, those first who were active last; with `text`, the few it may mean, on one page."""
    if text.strip():
        found = search(request.auth.workspace, text, EVERYBODY)
        return Page(items=[_customer(each) for each in found.customers], next=None)
    key = read_cursor(cursor, int, int)
    before = None if key is None else (key[0], key[1])
    answer = recent_customers(request.auth.log, RecentCustomersQuestion(before, limit=limit))
    return Page(
        items=[_customer(facts) for facts, _ in answer.customers],
        next=None if answer.next_before is None else cursor_of(*answer.next_before),
    )


@router.post("customers/join", auth=_CHANGE, response=Ids)
def join(request: ApiRequest, ids: Join) -> Ids:
    """Make one person of two ids. `part` takes it back."""
    caller = request.auth
    return _ids(request, services.join(caller.workspace, ids.first, ids.second, ids.reason, by=caller.actor))


@router.get("customers/{customer_id}", auth=_SEE, response=CustomerShape)
def get_customer(request: ApiRequest, customer_id: CustomerId) -> CustomerShape:
    """Return what is known of a person."""
    found = profile(request.auth.workspace, customer_id)
    if found is None:
        raise _unknown()
    return _customer(found.facts)


@router.get("customers/{customer_id}/timeline", auth=_SEE, response=Page[EventShape])
def timeline(
    request: ApiRequest, customer_id: CustomerId, cursor: Cursor = "", limit: Limit = 50
) -> Page[EventShape]:
    """List the events of a person, under whichever id they came, newest first; none for an id that nobody knows."""
    key = read_cursor(cursor, int, int, int, str)
    before = None if key is None else EventPlace(*key)
    question = EventsQuestion(customer_id=customer_id, before=before, limit=limit, whole=True)
    answer = events_of(request.auth.log, question)
    return Page(
        items=[event_shape(each) for each in answer.events],
        next=None if answer.next_before is None else cursor_of(*answer.next_before),
    )


@router.get("customers/{customer_id}/ids", auth=_SEE, response=Ids)
def ids(request: ApiRequest, customer_id: CustomerId) -> Ids:
    """Say which ids are one person, and how they came together."""
    return _ids(request, customer_id)


@router.post("customers/{customer_id}/part", auth=_CHANGE, response=Split)
def part(request: ApiRequest, customer_id: CustomerId, out: Part) -> Split:
    """Take an id, with whatever had come with it, out of a person. The same evidence does not join them again."""
    caller = request.auth
    split = services.part(caller.workspace, customer_id, out.customer_id, by=caller.actor)
    return Split(person=split.person, ids=list(split.ids), split_person=split.split_person)


@router.post("customers/{customer_id}/erase", auth=_CHANGE, response={202: ErasureShape})
def erase(request: ApiRequest, customer_id: CustomerId, word: Erase) -> Status[ErasureShape]:
    """Begin to erase a person in the background, for ever: events, identity, rejected rows of imports."""
    caller = request.auth
    if word.confirm != customer_id:
        raise NotConfirmed(
            "`confirm` is not the id of the address; nothing was erased.", hint="Send the same id."
        )
    if not services.is_known(caller.workspace, customer_id):
        raise _unknown()
    asked = services.ask_to_erase(caller.workspace, customer_id, by=caller.actor)
    return Status(202, _erasure(request, asked.erasure_id))


@router.get("erasures/{erasure_id}", auth=_CHANGE, response=ErasureShape)
def get_erasure(request: ApiRequest, erasure_id: UUID) -> ErasureShape:
    """Return an erasure with its proof."""
    return _erasure(request, erasure_id)


def _customer(facts: CustomerFacts) -> CustomerShape:
    return CustomerShape(
        customer_id=facts.customer_id,
        ids=list(facts.ids),
        name=facts.name,
        first_at=facts.first_at,
        last_at=facts.last_at,
        events=facts.events,
        orders=facts.orders,
        spent=[_amount(each) for each in facts.spent],
        traits=[TraitShape(name=each.name, value=plain(each.value)) for each in facts.traits],
    )


def _amount(amount: Money) -> MoneyShape:
    found = money(amount.minor, amount.currency)
    assert found is not None
    return found


def _ids(request: ApiRequest, customer_id: str) -> Ids:
    identity = request.auth.log.identity
    return Ids(
        person=identity.person_of(customer_id),
        ids=identity.ids_of(customer_id),
        history=[
            Claim(**{name: getattr(each, name) for name in Claim.model_fields})
            for each in identity.history(customer_id)
        ],
    )


def _erasure(request: ApiRequest, erasure_id: UUID) -> ErasureShape:
    found: ErasureFacts | None = erasure_of(request.auth.workspace, erasure_id)
    if found is None:
        raise UnknownErasure("There is no such erasure here.", hint="Look into the log of changes.")
    return ErasureShape(
        erasure_id=found.erasure_id,
        digest=found.digest,
        asked_at=found.asked_at,
        work_id=None if found.work is None else found.work.work_id,
        status="succeeded" if found.proof else "waiting" if found.work is None else found.work.status,
        proof=dict(found.proof) or None,
    )


def _unknown() -> UnknownCustomer:
    return UnknownCustomer("Nobody here has this id.", hint="Search for the customer to see the ids.")
