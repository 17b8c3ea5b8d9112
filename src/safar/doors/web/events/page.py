"""The pages of the desk Events, in the reader's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Column, changed
from safar.doors.web.design.words import filled
from safar.observe.events import EventsAnswer, LoggedEvent
from safar.show.locale import Locale
from safar.store.newest import EventPlace
from safar.store.registry import Workspace
from safar.vocabulary.money import EXPONENTS, Money

from .queries import Filters
from .words import as_text, channel_in_words, cut, happening, visible

#: What a file holds at most: CSV by our choice, a sheet by its nature.
MOST_IN_FILE: Final = {"csv": 1_000_000, "xlsx": 1_048_575}
#: How old the last event may be before the page says so.
_FRESH: Final = timedelta(days=1)
#: Longest value that a page shows; a file has all of it.
_LONGEST_VALUE: Final = 4_000
_MOST_VALUES: Final = 300


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the list.

    Attributes
    ----------
    key
        Marks the row in the page.
    kind, words, name
        Its mark, what it is in the reader's language, and how the log calls it where that is something else.
    day, clock, at
        When, for the reader; ``at`` in ISO 8601 for machines.
    customer, customer_href, href
        Whose it is, where that person is shown, and where all of the event is.
    amount
        In words; empty without one.
    is_new
        Came while the page was open.
    """

    key: str
    kind: str
    words: str
    name: str
    day: str
    clock: str
    at: str
    customer: str
    customer_href: str
    href: str
    channel: str
    amount: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Loosening:
    """A filter that hides everything: what the page would show without it, and where."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class EventsPage:
    """What the template of the desk is given.

    Attributes
    ----------
    lines
        The events of the page.
    version, top
        Of the log, and the place of the newest event: what the live part asks with.
    is_first
        Whether this is the newest page; only that one is live.
    query
        The filters, without ``?``.
    next_query
        Of the next page; empty at the end.
    searched_back
        Where the search for a property stopped, as a sentence; empty when it did not.
    ended
        That nothing has come for long, as a sentence; else empty.
    empty
        What stands where no events are; None when there are some.
    loosenings
        The filters that alone hide everything.
    take_away
        That a file holds so many events at most; empty for who may not export.
    news
        How many events came since the page was asked last, as a sentence for those who hear it.
    """

    lines: tuple[EventLine, ...]
    version: str
    top: str
    is_first: bool
    query: str
    next_query: str
    searched_back: str
    ended: str
    empty: EmptyState | None
    loosenings: tuple[Loosening, ...]
    take_away: str
    news: str
    properties: tuple[str, ...]


def place_text(place: EventPlace) -> str:
    """Return a place in the list for an address."""
    return cursor(*place)


def events_page(
    workspace: Workspace,
    answer: EventsAnswer,
    filters: Filters,
    locale: Locale,
    *,
    query: str,
    version: str,
    is_first: bool,
    now: datetime,
    last_at: datetime | None,
    loosen: list[str],
    seen: EventPlace | None,
    can_export: bool,
    properties: tuple[str, ...],
    first_steps: EmptyState,
) -> EventsPage:
    """Return the page in the reader's words."""
    lines = tuple(event_line(workspace, each, locale, is_new=is_new(each, seen)) for each in answer.events)
    new_count = sum(line.is_new for line in lines)
    return EventsPage(
        lines=lines,
        version=version,
        top=place_text(answer.events[0].place) if answer.events else "",
        is_first=is_first,
        query=query,
        next_query=changed(query, before=place_text(answer.next_before)) if answer.next_before else "",
        searched_back=_searched_back(answer, locale),
        ended=_ended(last_at, now, locale),
        empty=None if lines else _empty(answer, filters, last_at, first_steps),
        loosenings=tuple(Loosening(_LOOSER[name](), _loosened(query, name)) for name in loosen),
        take_away=_take_away(locale) if can_export else "",
        news=_news(new_count, locale),
        properties=properties,
    )


def is_new(event: LoggedEvent, seen: EventPlace | None) -> bool:
    """Whether an event stands before what was the newest one when the page was asked last."""
    return seen is not None and event.place > seen


def event_line(
    workspace: Workspace, event: LoggedEvent, locale: Locale, *, is_new: bool = False
) -> EventLine:
    """Return one event for a list."""
    what, name = happening(event.event_name), visible(event.event_name)
    words = str(what.words)
    return EventLine(
        key=event.event_id.hex,
        kind=what.kind,
        words=words,
        name=name if name != words else "",
        day=locale.date(event.occurred_at),
        clock=locale.time(event.occurred_at, seconds=True),
        at=event.occurred_at.isoformat(),
        customer=cut(visible(event.customer_id), 60),
        customer_href=customer_href(workspace, event.customer_id),
        href=event_href(workspace, event),
        channel=channel_in_words(event.channel),
        amount=amount_words(event.amount, event.currency, locale),
        is_new=is_new,
    )


def customer_href(workspace: Workspace, customer_id: str) -> str:
    """Return where a customer is shown; the id may hold anything."""
    address = reverse("customer", kwargs={"workspace_id": workspace.workspace_id})
    return f"{address}?{urlencode({'id': customer_id})}"


def event_href(workspace: Workspace, event: LoggedEvent) -> str:
    """Return where all of an event is shown."""
    address = reverse("event", kwargs={"workspace_id": workspace.workspace_id})
    return f"{address}?{urlencode({'of': cursor(event.original_id, event.occurred_at, event.event_id.hex)})}"


def amount_words(amount: int | None, currency: str | None, locale: Locale) -> str:
    """Return an amount in the reader's words; in a currency nobody knows, its minor units and the code."""
    if amount is None or not currency:
        return ""
    if currency in EXPONENTS:
        return locale.money(Money(amount, currency))
    return f"{locale.number(amount)} {visible(currency)}"


_LOOSER: Final = {
    "name": lambda: _("Whatever happened"),
    "channel": lambda: _("On every channel"),
    "source": lambda: _("From every source"),
    "customer": lambda: _("Of all customers"),
    "property": lambda: _("Whatever the property"),
    "days": lambda: _("At any time"),
}
_PARTS: Final = {"property": ("property", "value"), "days": ("since", "until")}


def _loosened(query: str, name: str) -> str:
    return changed(query, **dict.fromkeys(_PARTS.get(name, (name,)), ""))


def _searched_back(answer: EventsAnswer, locale: Locale) -> str:
    if answer.stopped_at is None:
        return ""
    return filled(
        _("Looked into %(count)s events, back to %(when)s."),
        count=locale.number(answer.provenance.rows_read),
        when=locale.datetime(answer.stopped_at),
    )


def _ended(last_at: datetime | None, now: datetime, locale: Locale) -> str:
    if last_at is None or now - last_at <= _FRESH:
        return ""
    return filled(_("The data end on %(when)s; nothing has come since."), when=locale.datetime(last_at))


def _empty(
    answer: EventsAnswer, filters: Filters, last_at: datetime | None, first_steps: EmptyState
) -> EmptyState:
    if last_at is None:
        return first_steps
    if answer.stopped_at is not None:
        return EmptyState(
            _("Nothing found so far"), _("There are older events that were not looked into yet.")
        )
    if filters.are_any:
        return EmptyState(_("No event fits all of this"), _("Leave out one of the filters."))
    return EmptyState(_("There is nothing further back"))


def _take_away(locale: Locale) -> str:
    return filled(
        _("A file holds the newest %(count)s events at most."), count=locale.number(MOST_IN_FILE["csv"])
    )


def _news(count: int, locale: Locale) -> str:
    if not count:
        return ""
    return filled(ngettext("%(count)s new event", "%(count)s new events", count), count=locale.number(count))


def first_steps(workspace: Workspace, capabilities: frozenset[str]) -> EmptyState:
    """Return what an empty workspace says: how the first events come in."""
    title, ways = (
        _("Nothing has happened here yet"),
        (("import", "imports"), ("manage_keys", "settings-keys")),
    )
    sentence = _(
        "Events appear here the moment they come in: from a file, or from your shop or app with a key."
    )
    names = {"imports": _("Import a file"), "settings-keys": _("Make a key")}
    for needed, address in ways:
        if needed in capabilities:
            try:
                href = reverse(address, kwargs={"workspace_id": workspace.workspace_id})
            except NoReverseMatch:
                continue
            return EmptyState(title, sentence, names[address], href)
    return EmptyState(title, sentence)


@dataclass(frozen=True, slots=True)
class EventPage:
    """All of one event.

    Attributes
    ----------
    line
        As the list shows it.
    facts
        Names and values of what every event has.
    properties
        Names and values of its own, within each other with dots between.
    is_cut
        Whether values are shown shortened, or not all.
    """

    line: EventLine
    facts: tuple[tuple[str, str], ...]
    properties: tuple[tuple[str, str], ...]
    is_cut: bool


def event_page(workspace: Workspace, event: LoggedEvent, locale: Locale) -> EventPage:
    """Return one event in the reader's words."""
    flat = list(flattened(event.properties))
    facts = [
        (_("Occurred"), _instant(event.occurred_at, locale)),
        (_("Received"), _instant(event.received_at, locale)),
        (_("Channel"), channel_in_words(event.channel)),
        (_("Source"), visible(event.source)),
        (_("Amount"), amount_words(event.amount, event.currency, locale)),
        (_("Came with the id"), visible(event.original_id)),
        (_("Event id"), str(event.event_id)),
    ]
    return EventPage(
        event_line(workspace, event, locale),
        tuple((name, value) for name, value in facts if value),
        tuple((cut(visible(name), 200), _shown(value)) for name, value in flat[:_MOST_VALUES]),
        len(flat) > _MOST_VALUES or any(len(value) > _LONGEST_VALUE for _name, value in flat),
    )


def _instant(at: datetime | None, locale: Locale) -> str:
    if at is None:
        return ""
    return filled(_("%(day)s, %(time)s"), day=locale.date(at, "full"), time=locale.time(at, seconds=True))


def _shown(value: str) -> str:
    text = visible(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def flattened(properties: str) -> Iterator[tuple[str, str]]:
    """Yield each value of a JSON object, as text, by its path."""
    try:
        found = json.loads(properties)
    except (ValueError, RecursionError):
        yield "", properties
        return
    if isinstance(found, dict):
        yield from _values("", found)


def _values(path: str, found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        at = f"{path}.{name}" if path else name
        if isinstance(value, dict) and value:
            yield from _values(at, value)
        else:
            yield at, as_text(value)


def file_columns() -> list[Column]:
    """Return the columns of a file of events."""
    return [
        Column("occurred_at", _("Occurred"), "when"),
        Column("received_at", _("Received"), "when"),
        Column("name", _("Event name")),
        Column("customer", _("Customer")),
        Column("original", _("Came with the id")),
        Column("channel", _("Channel")),
        Column("source", _("Source")),
        Column("amount", _("Amount"), "number"),
        Column("currency", _("Currency")),
        Column("properties", _("Properties")),
        Column("event_id", _("Event id")),
    ]


def file_row(event: LoggedEvent) -> list[object]:
    """Return one event for a file, raw."""
    amount: object = event.amount
    if event.amount is not None and event.currency in EXPONENTS:
        amount = Money(event.amount, str(event.currency)).decimal
    return [
        event.occurred_at,
        event.received_at,
        event.event_name,
        event.customer_id,
        event.original_id,
        event.channel,
        event.source,
        amount,
        event.currency,
        event.properties,
        str(event.event_id),
    ]
