"""What the settings ask the logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.store.keys import Key
from safar.store.log import Log, LogInfo
from safar.store.registry import Workspace
from safar.vocabulary.errors import SafarError

#: The pace of a log is what came in during so many days.
PACE_DAYS: Final = 7
#: What is said of a log that cannot be opened.
_NOTHING_SEEN: Final = LogInfo(
    events=0,
    waiting_events=0,
    first_at=None,
    last_at=None,
    shards=0,
    parts=0,
    parquet_bytes=0,
    index_bytes=0,
    segment_bytes=0,
    generation=0,
)


@dataclass(frozen=True, slots=True)
class SourcesQuestion:
    """When did each source last bring an event? There is nothing to choose."""


@dataclass(frozen=True, slots=True)
class SourceUse:
    """What a source has brought: how many events, the last of them received when (aware UTC)."""

    events: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ArrivedQuestion:
    """What came from a source first, received at an instant or later?"""

    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """The first event that came with a key: when it was received, its name, and how many there are by now."""

    first_at: datetime
    event_name: str
    events: int


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How a workspace's log stands.

    Attributes
    ----------
    info
        What it holds.
    received
        Events that came in during the last `PACE_DAYS` days, imports among them.
    last_received_at
        When the last event came in; aware UTC, None without events.
    error_code
        Why events could not be read; empty where they could. A damaged log still has its health told.
    """

    info: LogInfo
    received: int
    last_received_at: datetime | None
    error_code: str = ""

    @property
    def bytes(self) -> int:
        """What the log takes on the disk."""
        return self.info.parquet_bytes + self.info.index_bytes + self.info.segment_bytes

    @property
    def bytes_a_day(self) -> float:
        """By how much the log grows a day at the pace of the last days."""
        return self.bytes / self.info.events * self.received / PACE_DAYS if self.info.events else 0.0


def uses(workspace: Workspace) -> dict[str, SourceUse] | None:
    """Return what each source of the workspace's events has brought, by ``source``; None where the log cannot be
    read: keys can be revoked all the same."""
    try:
        log = current_home().log(workspace.workspace_id)
        return answer(workspace.workspace_id, log, _uses, SourcesQuestion())
    except SafarError:
        return None


def _uses(log: Log, _question: SourcesQuestion) -> dict[str, SourceUse]:
    rows = log.sql("select source, count(*), max(received_at) from events group by source").rows()
    return {str(source): SourceUse(int(count), _utc(last)) for source, count, last in rows}


def arrived(workspace: Workspace, key: Key) -> Arrived | None:
    """Return the first event that came in with this key; None while there is none.

    A key may bear the name of one that was revoked: events from before it was made are that one's.
    """
    log = current_home().log(workspace.workspace_id)
    return answer(workspace.workspace_id, log, _arrived, ArrivedQuestion(key.source, key.created_at))


def _arrived(log: Log, question: ArrivedQuestion) -> Arrived | None:
    first_at, event_name, count = log.sql(
        "select min(received_at), arg_min(event_name, (received_at, sequence)), count(*) from events"
        " where source = ? and received_at >= ?",
        [question.source, question.since],
    ).one()
    return Arrived(_utc(first_at), str(event_name), int(count)) if count else None


def events_before(workspace: Workspace, instant: datetime) -> int:
    """Return how many events occurred before an instant."""
    log = current_home().log(workspace.workspace_id)
    return int(log.sql("select count(*) from events where occurred_at < ?", [instant]).one()[0])


def log_health(workspace: Workspace) -> LogHealth:
    """Return how the workspace's log stands, also of one that cannot even be opened."""
    try:
        log = current_home().log(workspace.workspace_id)
    except SafarError as error:
        return LogHealth(_NOTHING_SEEN, 0, None, error.code)
    # A whole hour, so that the answer is kept between two looks at a log that rests.
    since = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=PACE_DAYS)
    try:
        received, last = answer(workspace.workspace_id, log, _received, since)
    except SafarError as error:
        return LogHealth(log.info(), 0, None, error.code)
    return LogHealth(log.info(), received, last)


def _received(log: Log, since: datetime) -> tuple[int, datetime | None]:
    count, last = log.sql(
        "select count(*) filter (where received_at >= ?), max(received_at) from events", [since]
    ).one()
    return int(count), None if last is None else _utc(last)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
