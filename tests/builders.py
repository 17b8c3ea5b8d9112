"""Events for tests, in the words of the domain.

>>> a_path("visit 09:00 > cart 09:05 > pay 09:20 250000 IRR", customer="sara").amount.tolist()
[0, 0, 250000]
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from safar.vocabulary.event import EVENT_ID_BYTES, EventColumns, stable_event_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = "2026-03-21"

_STEP = re.compile(
    r"(?P<name>\S+)\s+(?:(?P<days>\d+)d\s+)?(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"(?:\s+(?P<amount>-?\d+)\s+(?P<currency>[A-Z]{3}))?"
)


def micros(instant: str | datetime) -> int:
    """Return microseconds since 1970 UTC of an ISO 8601 text (UTC where it names no zone) or a datetime."""
    parsed = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1)


def an_event(
    name: str,
    at: str | datetime,
    *,
    customer: str = "c1",
    channel: str = "web",
    source: str = "test",
    amount: int = 0,
    currency: str = "",
    properties: Mapping[str, object] | None = None,
    received_at: str | datetime | None = None,
    event_id: bytes | None = None,
) -> EventColumns:
    """Return one event. Its id follows from what is said, so the same words twice are a redelivery."""
    text = json.dumps(properties or {}, ensure_ascii=False, separators=(",", ":"))
    when = micros(at)
    identity = event_id or stable_event_id("test", customer, name, str(when), channel, str(amount), text)
    return EventColumns(
        event_id=np.frombuffer(identity, dtype=np.uint8).reshape(1, EVENT_ID_BYTES),
        customer_id=[customer],
        event_name=[name],
        occurred_at=np.array([when], dtype=np.int64),
        received_at=np.array([when if received_at is None else micros(received_at)], dtype=np.int64),
        channel=[channel],
        source=[source],
        amount=np.array([amount], dtype=np.int64),
        currency=[currency],
        properties=[text],
    )


def together(*batches: EventColumns) -> EventColumns:
    """Return the events of all batches as one, in the order given."""

    def texts(field: str) -> list[str]:
        return [text for batch in batches for text in getattr(batch, field)]

    def numbers(field: str) -> np.ndarray:
        return np.concatenate([getattr(batch, field) for batch in batches])

    return EventColumns(
        event_id=numbers("event_id"),
        customer_id=texts("customer_id"),
        event_name=texts("event_name"),
        occurred_at=numbers("occurred_at"),
        received_at=numbers("received_at"),
        channel=texts("channel"),
        source=texts("source"),
        amount=numbers("amount"),
        currency=texts("currency"),
        properties=texts("properties"),
    )


def a_path(
    steps: str, *, customer: str = "c1", on: str = DAY, channel: str = "web", source: str = "test"
) -> EventColumns:
    """Return the events of one customer's path, in the order written.

    Parameters
    ----------
    steps
        Steps parted by ``>``: name, an optional day counted from ``on``, time of day in UTC, an optional
        amount in minor units with its currency: ``"visit 09:00 > pay 09:20 250000 IRR > got 3d 17:00"``.
    customer, channel, source
        The same for every step.
    on
        Civil date of day 0.
    """
    midnight = datetime.fromisoformat(on).replace(tzinfo=UTC)
    events = []
    for step in steps.split(">"):
        found = _STEP.fullmatch(step.strip())
        if found is None:
            raise ValueError(
                f"{step.strip()!r} is not a step; write it as 'pay 09:20' or 'pay 3d 09:20 250000 IRR'."
            )
        at = midnight + timedelta(
            days=int(found["days"] or 0),
            hours=int(found["hour"]),
            minutes=int(found["minute"]),
            seconds=int(found["second"] or 0),
        )
        events.append(
            an_event(
                found["name"],
                at,
                customer=customer,
                channel=channel,
                source=source,
                amount=int(found["amount"] or 0),
                currency=found["currency"] or "",
            )
        )
    return together(*events)


def paths(of: Mapping[str, str] | Sequence[str], *, on: str = DAY) -> EventColumns:
    """Return several paths as one batch: customer → steps, or a list of steps for customers c1, c2, …"""
    named = (
        of if isinstance(of, Mapping) else {f"c{number}": steps for number, steps in enumerate(of, start=1)}
    )
    return together(*(a_path(steps, customer=customer, on=on) for customer, steps in named.items()))
