"""What has arrived in a log since somebody looked last: each event once, however often and whenever it is compacted.

An event gets its place in the order of arrival when it is compacted; before that its place may still change. So a
follower remembers up to which place it has seen everything (`Mark.sequence`), and which events behind it (`Mark.seen`).
Both are kept by the follower, in the transaction in which it does something about the events: killed in between, it
does neither and looks again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from .log import Log

_COLUMNS: Final = (
    "event_id, customer_id, event_name, occurred_at, received_at, channel, source, properties, sequence"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a follower has seen a log.

    Attributes
    ----------
    sequence
        Everything that arrived before it was seen.
    seen
        Ids, 16 bytes each and ascending, of what was seen behind it.
    """

    sequence: int = 0
    seen: bytes = field(default=b"", repr=False)

    @property
    def ids(self) -> frozenset[bytes]:
        """The ids of `seen`."""
        return frozenset(self.seen[start : start + 16] for start in range(0, len(self.seen), 16))


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event that arrived; `customer_id` is the id its person goes by, instants are aware UTC."""

    event_id: UUID
    customer_id: str
    event_name: str
    occurred_at: datetime
    received_at: datetime
    channel: str
    source: str
    properties: str


def mark_now(log: Log, names: Collection[str]) -> Mark:
    """Return the mark of who has seen every event of some names that is there now."""
    return arrivals(log, names, Mark(log.view().snapshot.next_sequence))[1]


def arrivals(log: Log, names: Collection[str], mark: Mark) -> tuple[list[Arrived], Mark]:
    """Return the events of some names that arrived since a mark, in order of arrival, and the mark behind them.

    Parameters
    ----------
    names
        Of events: always the same ones for one mark.
    mark
        Where the last look ended; ``Mark()`` for everything. A log that was put back to an earlier state has no more
        than that: then nothing has arrived.
    """
    edge = log.view().snapshot.next_sequence
    if not names:
        return [], Mark(edge)
    if mark.sequence > edge:
        mark = Mark(edge)
    marks = ", ".join("?" for _ in names)
    table = log.sql(
        f"SELECT {_COLUMNS} FROM events WHERE event_name IN ({marks}) AND sequence >= ? ORDER BY sequence",
        [*sorted(names), mark.sequence],
    )
    known, found, behind = mark.ids, [], []
    for (
        event_id,
        person,
        name,
        occurred_at,
        received_at,
        channel,
        source,
        properties,
        sequence,
    ) in table.rows():
        each = UUID(event_id)
        if sequence >= edge:
            behind.append(each.bytes)
        if each.bytes not in known:
            found.append(
                Arrived(each, person, name, occurred_at, received_at, channel, source, properties or "{}")
            )
    return found, Mark(edge, b"".join(sorted(behind)))
