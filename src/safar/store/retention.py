"""Forgetting events by their age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from safar.vocabulary.errors import Refusal

from .registry import microseconds
from .rewrite import Before, Rewriter

if TYPE_CHECKING:
    from .log import Log


class InstantRefused(Refusal, ValueError):
    """The instant names no time zone, or lies in the future."""

    code = "retention.instant_refused"


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What was forgotten. ``before`` is aware UTC; ``parts_dropped`` were old as a whole and went unread."""

    before: datetime
    events: int
    parts_rewritten: int
    parts_dropped: int
    bytes_freed: int


def forget_before(log: Log, instant: datetime) -> RetentionReport:
    """Forget events that occurred before ``instant``; see `Log.forget_before`."""
    if instant.tzinfo is None or instant > datetime.now(UTC):
        raise InstantRefused(
            f"{instant.isoformat()} is not an instant before which events can be forgotten.",
            hint="Give an instant in the past with its time zone, such as 2024-03-20T00:00:00+03:30.",
            instant=instant.isoformat(),
        )
    with log.alone() as compactor:
        compactor.compact()
        done = Rewriter(log.layout, log.manifest).remove(Before(microseconds(instant)))
    return RetentionReport(
        instant.astimezone(UTC),
        done.rows,
        done.parts_rewritten,
        done.parts_dropped,
        done.bytes_before - done.bytes_after,
    )
