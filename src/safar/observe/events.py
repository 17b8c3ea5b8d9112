"""Events, newest first: which of them fit, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from safar.store.newest import EARLIEST, LATEST, EventPlace, Selection
from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window, from_microseconds, to_microseconds

from .property_match import PropertyMatch

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.table import Table

#: Columns of an event without its properties, which are most of its bytes.
_HEADING: Final = (
    "event_id",
    "customer_id",
    "event_name",
    "occurred_at",
    "channel",
    "amount",
    "currency",
    "sequence",
)
_WHOLE: Final = (*_HEADING, "received_at", "source", "properties")
#: How many events are looked into at once for a property: first few, then many, as each round unpacks much.
_FIRST_ROUND, _NEXT_ROUND = 2_000, 18_000
#: Of more events than this, persons are looked up all at once.
_FEW: Final = 1_000


class ImpossibleLimit(Refusal, ValueError):
    """A page holds at least one event."""

    code = "events.impossible_limit"


@dataclass(frozen=True, slots=True)
class EventsQuestion:
    """Which events, newest first?

    Parameters
    ----------
    names, channels, sources
        Any of these; all when empty.
    customer_id
        Any id of a person: events of all ids of the person. Everybody when empty.
    property_name, property_value
        Events that have the property; with a value, those in which it is this one (see `PropertyMatch`). Events without
        the property never match. All when the name is empty.
    window
        When they occurred; always when None.
    before
        Where the last event seen stands: the page starts behind it.
    limit
        Events of the page.
    whole
        Whether to read ``received_at``, ``source`` and ``properties`` as well.
    most_examined
        How many events are at most looked into for a property before the search stops and says so.

    Raises
    ------
    ImpossibleLimit
    """

    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    customer_id: str = ""
    property_name: str = ""
    property_value: str = ""
    window: Window | None = None
    before: EventPlace | None = None
    limit: int = 50
    sources: tuple[str, ...] = field(default=(), kw_only=True)
    whole: bool = field(default=False, kw_only=True)
    most_examined: int = field(default=_FIRST_ROUND + _NEXT_ROUND, kw_only=True)

    def __post_init__(self) -> None:
        if self.limit < 1 or self.most_examined < 1:
            raise ImpossibleLimit("A page of no events has no content.", hint="Ask for at least one event.")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of the log.

    Attributes
    ----------
    customer_id, original_id
        The person, and the id that the event came with.
    occurred_at, received_at
        Aware UTC instants; ``received_at`` is None where it was not asked for.
    amount
        In minor units of ``currency``; None without one.
    source, properties
        Empty where they were not asked for. ``properties`` is a JSON object as text.
    place
        Where it stands in the order of all events.
    """

    event_id: UUID
    customer_id: str
    original_id: str
    event_name: str
    occurred_at: datetime
    channel: str
    amount: int | None
    currency: str | None
    place: EventPlace
    received_at: datetime | None = None
    source: str = ""
    properties: str = ""


@dataclass(frozen=True, slots=True)
class EventsAnswer:
    """A page of events, newest first.

    The order is total: by instant; at one instant by customer id's key; of one customer the last to arrive first.

    Attributes
    ----------
    events
        At most as many as asked for.
    next_before
        Where the next page starts; None when there is nothing further back.
    stopped_at
        How far back the search for a property came before it stopped with fewer events than asked for; None when it
        did not stop. ``next_before`` searches on from there.
    provenance
        ``rows_read`` are the events looked into.
    """

    events: tuple[LoggedEvent, ...]
    next_before: EventPlace | None
    stopped_at: datetime | None
    provenance: Provenance


def events(log: Log, question: EventsQuestion) -> EventsAnswer:
    """Answer which events fit, newest first, from where a page starts.

    Parameters
    ----------
    log
        Where the events are.
    question
        What is sought and how many.

    Returns
    -------
    EventsAnswer
        The page. Events that arrive between two pages make neither gaps nor doubles among those that were there.
    """
    version = log.version
    selection = _selection(log, question)
    if question.property_name:
        return _matching(log, question, selection, version)
    found = _read(log, selection, question.before, question.limit + 1, whole=question.whole)
    page = found[: question.limit]
    next_before = page[-1].place if len(found) > len(page) else None
    return EventsAnswer(tuple(page), next_before, None, Provenance(question, version, len(page)))


def every_event(log: Log, question: EventsQuestion, *, at_once: int = 50_000) -> Iterator[LoggedEvent]:
    """Yield the whole events that fit, newest first, ``question.limit`` at most: for files to take away.

    Parameters
    ----------
    at_once
        How many are held in memory. Each round unpacks what it needs of the log anew.
    """
    left = question.limit
    asked = replace(question, whole=True, most_examined=at_once)
    while left:
        answer = events(log, replace(asked, limit=min(left, at_once)))
        yield from answer.events
        left -= len(answer.events)
        if answer.next_before is None:
            return
        asked = replace(asked, before=answer.next_before)


def newest_of(log: Log, names: tuple[str, ...], ids: Sequence[str], limit: int) -> list[LoggedEvent]:
    """Return the newest whole events of these names that came with any of these ids, newest first."""
    return _read(log, Selection(names, ids=tuple(ids)), None, limit, whole=True) if ids else []


def one_event(log: Log, original_id: str, occurred_at: datetime, event_id: UUID) -> LoggedEvent | None:
    """Return one whole event, or None when it is not in the log.

    Parameters
    ----------
    original_id, occurred_at
        Whose it is, by the id it came with, and its instant: they say where to look.
    """
    at = to_microseconds(occurred_at)
    selection = Selection(ids=(original_id,), lowest=at, highest=at + 1)
    place: EventPlace | None = None
    while found := _read(log, selection, place, _FEW, whole=True):
        for each in found:
            if each.event_id == event_id:
                return each
        place = found[-1].place
    return None


def _selection(log: Log, question: EventsQuestion) -> Selection:
    person = question.customer_id
    ids = tuple(log.identity.ids_of(log.identity.person_of(person))) if person else None
    window = question.window
    return Selection(
        question.names,
        question.channels,
        ids,
        EARLIEST if window is None else window.start_us,
        LATEST if window is None else window.end_us,
        sources=question.sources,
    )


def _matching(log: Log, question: EventsQuestion, selection: Selection, version: str) -> EventsAnswer:
    """Look into events from the newest back until enough of them have the property, or the search has to stop."""
    match = PropertyMatch(question.property_name, question.property_value)
    found: list[LoggedEvent] = []
    before, examined, is_end = question.before, 0, False
    while len(found) <= question.limit and examined < question.most_examined and not is_end:
        size = min(_NEXT_ROUND if examined else _FIRST_ROUND, question.most_examined - examined)
        table = log.newest(selection, before=before, limit=size, columns=_WHOLE)
        examined += len(table)
        is_end = len(table) < size
        properties = table.column("properties")
        fitting = [row for row, text in enumerate(properties) if match.is_in(text)]
        found += _logged(log, table.of_rows(fitting))
        before = _logged(log, table.of_rows([len(table) - 1]))[0].place if len(table) else before
    page = found[: question.limit]
    provenance = Provenance(question, version, examined)
    if len(found) > question.limit:
        return EventsAnswer(tuple(page), page[-1].place, None, provenance)
    if is_end or before is None:
        return EventsAnswer(tuple(page), None, None, provenance)
    return EventsAnswer(tuple(page), before, from_microseconds(before.at), provenance)


def _read(
    log: Log, selection: Selection, before: EventPlace | None, limit: int, *, whole: bool
) -> list[LoggedEvent]:
    return _logged(
        log, log.newest(selection, before=before, limit=limit, columns=_WHOLE if whole else _HEADING)
    )


def _logged(log: Log, table: Table) -> list[LoggedEvent]:
    """Return the rows of a page as events."""
    rows = [dict(zip(table.names, row, strict=True)) for row in table.rows()]
    persons = _persons(log, [row["customer_id"] for row in rows])
    found = []
    for row in rows:
        place = EventPlace(
            to_microseconds(row["occurred_at"]), row.pop("key"), row.pop("sequence"), row["event_id"].hex()
        )
        row["event_id"] = UUID(bytes=row["event_id"])
        row["original_id"] = row["customer_id"]
        row["customer_id"] = persons[row["original_id"]]
        found.append(LoggedEvent(**row, place=place))
    return found


def _persons(log: Log, ids: list[str]) -> dict[str, str]:
    """Return whose each id is."""
    different = set(ids)
    if len(different) > _FEW:
        known = dict(log.identity.aliases())
        return {each: known.get(each, each) for each in different}
    return {each: log.identity.person_of(each) for each in different}
