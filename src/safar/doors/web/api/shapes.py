"""Shapes that several resources answer with. Instants are ISO 8601 in UTC; money is exact."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from ninja import Query, Schema
from pydantic import AfterValidator, AwareDatetime, Field, field_validator

from safar.observe.events import LoggedEvent
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import Estimate
from safar.vocabulary.money import EXPONENTS

Item = TypeVar("Item")

#: How many items a page of a list has.
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many items.")]
Cursor = Annotated[
    str, Query(max_length=2_000, description="`next` of the page before; left out for the first page.")
]


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text cannot hold U+0000")
    return text


#: Texts by name: neither holds U+0000, which PostgreSQL cannot keep.
Texts = dict[Annotated[str, AfterValidator(_without_nul)], Annotated[str, AfterValidator(_without_nul)]]


class Page(Schema, Generic[Item]):
    """One page of a list. Pages follow each other by key, so that nothing is shown twice while rows come in."""

    items: list[Item]
    next: str | None = Field(description="What to ask for as `cursor`; null on the last page.")


class Body(Schema):
    """What a request may say: a name that the operation does not know is refused."""

    model_config: ClassVar = {"extra": "forbid"}

    @field_validator("*", mode="after")
    @classmethod
    def _all_without_nul(cls, value: object) -> object:
        """Refuse U+0000, which no text of people holds and PostgreSQL cannot keep."""
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                _without_nul(text)
        return value


class MoneyShape(Schema):
    """An exact amount of one currency."""

    minor: int = Field(description="Whole minor units: cents of USD, rials of IRR.")
    currency: str = Field(description="ISO 4217.")
    amount: str = Field(description="The same in major units, as decimal text.")


class IntervalShape(Schema):
    """A range that covers the true value in a share `level` of repeated samples."""

    low: float
    high: float
    level: float


class EstimateShape(Schema):
    """A number from a sample: the value, how sure it is, and from how many observations."""

    value: float
    n: int
    interval: IntervalShape


class NoteShape(Schema):
    """A caveat that a reader of the numbers must know."""

    code: str
    facts: dict[str, int | str]


class ProvenanceShape(Schema):
    """Where numbers came from."""

    question: str = Field(description="Which question of the library was asked.")
    log_version: str = Field(description="The version of the log; a later one may hold other events.")
    rows_read: int


class WindowShape(Schema):
    """A half-open stretch of time."""

    start: AwareDatetime
    end: AwareDatetime


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


def event_shape(found: LoggedEvent) -> EventShape:
    """Return a whole event as the API shows it."""
    properties = json.loads(found.properties) if found.properties else {}
    return EventShape(
        event_id=str(found.event_id),
        customer_id=found.customer_id,
        original_id=found.original_id,
        event_name=found.event_name,
        occurred_at=found.occurred_at,
        received_at=found.received_at or found.occurred_at,
        channel=found.channel,
        source=found.source,
        amount=money(found.amount, found.currency),
        properties=properties if isinstance(properties, dict) else {},
    )


def money(minor: int | None, currency: str | None) -> MoneyShape | None:
    """Return an amount; None where there is none, or none that can be read exactly."""
    if minor is None or currency is None or currency not in EXPONENTS:
        return None
    places = EXPONENTS[currency]
    digits = str(abs(minor)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return MoneyShape(minor=minor, currency=currency, amount=f"-{text}" if minor < 0 else text)


def estimate(found: Estimate | None) -> EstimateShape | None:
    """Return an estimate as the API shows it."""
    if found is None:
        return None
    interval = found.interval
    return EstimateShape(
        value=found.value,
        n=found.n,
        interval=IntervalShape(low=interval.low, high=interval.high, level=interval.level),
    )


def note(found: Note) -> NoteShape:
    """Return a caveat as the API shows it."""
    return NoteShape(code=found.code, facts=dict(found.facts))


def provenance(found: Provenance) -> ProvenanceShape:
    """Return where numbers came from as the API shows it."""
    return ProvenanceShape(
        question=type(found.question).__name__, log_version=found.log_version, rows_read=found.rows_read
    )


def plain(value: Any) -> Any:  # noqa: PLR0911 - a return for each kind of value
    """Return a value of a row as JSON knows it: what is no number, text or truth as text, and whole numbers that JSON
    readers would round."""
    match value:
        case list() | tuple():
            return [plain(each) for each in value]
        case dict():
            return {str(key): plain(each) for key, each in value.items()}
        case float() if not math.isfinite(value):
            return None
        case None | bool() | str() | float():
            return value
        case int() if abs(value) < 2**53:
            return value
        case datetime():
            return value.isoformat()
        case bytes() | bytearray():
            return value.hex()
    return str(value)
