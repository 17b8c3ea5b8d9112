"""Reading back what was said lately: for trying a rule, and for furnishing a demo."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from safar.store.arrivals import Arrived
from safar.store.log import Log

from .hearing import FOLLOWED

#: At most so many answers and messages are read back, the newest ones.
MOST_HEARD: Final = 20_000
_QUERY: Final = """
SELECT event_id, customer_id, event_name, occurred_at, received_at, channel, source, properties FROM events
WHERE event_name IN ({names}) AND occurred_at >= ? AND occurred_at <= ? ORDER BY occurred_at DESC, sequence DESC LIMIT ?
"""


def heard_events(log: Log, since: datetime, until: datetime, *, most: int = MOST_HEARD) -> list[Arrived]:
    """Return what customers said from one instant up to another, the oldest first."""
    names = ", ".join("?" for _ in FOLLOWED)
    rows = log.sql(_QUERY.format(names=names), [*sorted(FOLLOWED), since, until, most]).rows()
    return [Arrived(UUID(event_id), *rest) for event_id, *rest in reversed(rows)]
