"""What the desk Events asks the library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.doors.web.imports.queries import imported_files
from safar.observe.events import (
    EventsAnswer,
    EventsQuestion,
    LoggedEvent,
    events,
    every_event,
    one_event,
)
from safar.store.newest import EventPlace
from safar.store.presence import Present
from safar.store.registry import Workspace
from safar.vocabulary.time_zone import time_zone
from safar.vocabulary.window import Window

#: Events of one page.
PAGE_EVENTS: Final = 50
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; empty texts and None ask for everything."""

    name: str = ""
    channel: str = ""
    source: str = ""
    customer: str = ""
    property_name: str = ""
    property_value: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def are_any(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()

    def without(self, name: str) -> Filters:
        """Return the filters but one; a value goes with its property."""
        if name == "property":
            return replace(self, property_name="", property_value="")
        if name == "days":
            return replace(self, since=None, until=None)
        changed: dict[str, Any] = {name: ""}
        return replace(self, **changed)

    def question(
        self, zone: str, *, before: EventPlace | None = None, limit: int = PAGE_EVENTS
    ) -> EventsQuestion:
        """Return the question to the library; days are those of a time zone's clock."""
        return EventsQuestion(
            names=(self.name,) if self.name else (),
            channels=(self.channel,) if self.channel else (),
            sources=(self.source,) if self.source else (),
            customer_id=self.customer,
            property_name=self.property_name,
            property_value=self.property_value,
            window=_window(self.since, self.until, zone),
            before=before,
            limit=limit,
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """What the events of a workspace come from: the name of each source, of keys and of files, newest first."""

    keys: Mapping[str, str]
    files: Mapping[str, str]


def _window(since: dt.date | None, until: dt.date | None, zone: str) -> Window | None:
    if since is None and until is None:
        return None
    start, end = since or _FIRST_DAY, (until or _LAST_DAY) + dt.timedelta(days=1)
    midnight = dt.time(tzinfo=time_zone(zone))
    return Window(dt.datetime.combine(start, midnight), dt.datetime.combine(end, midnight))


def log_version(workspace: Workspace) -> str:
    """Return what changes whenever an event comes, goes or changes hands."""
    return current_home().log(workspace.workspace_id).version


def present(workspace: Workspace) -> Present:
    """Return what names, channels and properties the workspace's log has."""
    return current_home().log(workspace.workspace_id).present()


def sources(workspace: Workspace) -> Sources:
    """Return the keys of the workspace and the files that it imported last."""
    keys = current_home().keys(workspace.workspace_id)
    newest_first = sorted(keys, key=lambda key: key.created_at, reverse=True)
    return Sources({key.source: key.name for key in newest_first}, imported_files(workspace.workspace_id))


def last_event_at(workspace: Workspace) -> dt.datetime | None:
    """Return the instant of the last event; None without events."""
    return current_home().log(workspace.workspace_id).info().last_at


def page_of_events(workspace: Workspace, question: EventsQuestion) -> EventsAnswer:
    """Return a page of events."""
    place = workspace.workspace_id
    return answer(place, current_home().log(place), events, question)


def filters_to_loosen(workspace: Workspace, filters: Filters, zone: str) -> list[str]:
    """Return the filters without any one of which something would be found."""
    log = current_home().log(workspace.workspace_id)
    active = [name for name in ("name", "channel", "source", "customer") if getattr(filters, name)]
    active += ["property"] if filters.property_name else []
    active += ["days"] if filters.since or filters.until else []
    found = []
    for name in active:
        question = replace(filters.without(name).question(zone, limit=1), most_examined=2_000)
        if events(log, question).events:
            found.append(name)
    return found


def event_of(
    workspace: Workspace, original_id: str, occurred_at: dt.datetime, event_id: UUID
) -> LoggedEvent | None:
    """Return one event with all its properties."""
    return one_event(current_home().log(workspace.workspace_id), original_id, occurred_at, event_id)


def events_to_take_away(workspace: Workspace, question: EventsQuestion) -> Iterator[LoggedEvent]:
    """Yield whole events, newest first."""
    return every_event(current_home().log(workspace.workspace_id), question)
