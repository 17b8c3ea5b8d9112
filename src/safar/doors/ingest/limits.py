"""What the ingest door takes, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60_000_000  # microseconds
HOUR: Final = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the door, each with its unit in its name or below.

    Attributes
    ----------
    body_bytes
        One request body, after decompression.
    batch_events
        Events in one batch.
    event_bytes
        The properties of one event (or its traits), as JSON, together with what is kept of its context.
    property_count
        Keys in the same, nested ones counted too.
    property_depth
        Levels of nesting in the same; ``{"a": 1}`` has one.
    id_length, name_length, channel_length
        Characters of an id (customer, message), of an event name, of a channel.
    future_microseconds
        How far ahead of our clock an event may lie, after its own clock was corrected.
    earliest
        Microseconds since 1970 UTC; older events are refused. 1990 catches zeros, Jalali years, seconds read as days.
    skew_microseconds
        A sender's clock that differs by less is left alone: a slow network looks the same, and correcting by it would
        reorder events.
    held_bytes
        Bodies that one process holds at a time, being read or waiting for the disk; beyond it the door says 503.
    body_seconds
        How long a sender may take over its body.
    requests_per_second
        For a key that names no rate of its own; None for no limit.
    recommendations_per_second
        Requests of a key for items to show.
    """

    body_bytes: int = 5_000_000
    batch_events: int = 10_000
    event_bytes: int = 32_768
    property_count: int = 256
    property_depth: int = 10
    id_length: int = 255
    name_length: int = 255
    channel_length: int = 64
    future_microseconds: int = HOUR
    earliest: int = 631_152_000_000_000
    skew_microseconds: int = MINUTE
    held_bytes: int = 64 << 20
    body_seconds: float = 30.0
    requests_per_second: float | None = None
    recommendations_per_second: float = 200.0
