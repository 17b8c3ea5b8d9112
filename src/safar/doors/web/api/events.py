"""Events: searched page by page, or taken away as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.design.export import export
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.table import Column
from safar.doors.web.members.policies import Capability
from safar.observe.events import EventsQuestion, LoggedEvent, every_event
from safar.observe.events import events as events_of
from safar.show.locale import Locale
from safar.store.newest import EventPlace
from safar.vocabulary.window import Window

from .credentials import ApiRequest, Token
from .shapes import Cursor, EventShape, Limit, Page, event_shape

router = Router(tags=["Events"])
_TEXT: Final = {"type": "string"}
_MOST_EXPORTED: Final = 1_000_000
_COLUMNS: Final = (
    *(
        "event_id",
        "customer_id",
        "original_id",
        "event_name",
        "occurred_at",
        "received_at",
        "channel",
        "source",
    ),
    *("amount", "currency", "properties"),
)
_KINDS: Final = {"occurred_at": "when", "received_at": "when", "amount": "number"}

#: Further back and further ahead than any event.
_FIRST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class EventsPage(Page[EventShape]):
    """A page of events."""

    stopped_at: AwareDatetime | None = Field(
        description="How far back a search for a property came before it stopped; `next` searches on from there."
    )


class EventsFilter(Schema):
    """Which events: all that are given must hold."""

    name: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = Field(
        default=[], description="Any of these names; can be given several times."
    )
    channel: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = Field(
        default=[], description="Any of these channels; can be given several times."
    )
    source: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = Field(
        default=[], description="That came from any of these: `key:<name>`, `import:<id>`."
    )
    customer_id: Annotated[str, Field(max_length=512)] = Field(
        default="", description="Any id of a customer: events of all ids of the person."
    )
    property: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Events that have this property."
    )
    value: Annotated[str, Field(max_length=1_000)] = Field(default="", description="In which it is this one.")
    since: AwareDatetime | None = Field(default=None, description="Occurred at this instant or later.")
    until: AwareDatetime | None = Field(default=None, description="Occurred before this instant.")

    def question(self, *, limit: int, before: EventPlace | None = None) -> EventsQuestion:
        """Return the question for the library."""
        return EventsQuestion(
            names=tuple(self.name),
            channels=tuple(self.channel),
            sources=tuple(self.source),
            customer_id=self.customer_id,
            property_name=self.property,
            property_value=self.value,
            window=self._window(),
            before=before,
            limit=limit,
            whole=True,
        )

    def _window(self) -> Window | None:
        if self.since is None and self.until is None:
            return None
        return Window(self.since or _FIRST, self.until or _LAST)


@router.get("events", auth=Token(Capability.SEE_CUSTOMERS), response=EventsPage)
def list_events(
    request: ApiRequest, sought: Query[EventsFilter], cursor: Cursor = "", limit: Limit = 50
) -> EventsPage:
    """Search events, newest first."""
    key = read_cursor(cursor, int, int, int, str)
    answer = events_of(
        request.auth.log, sought.question(limit=limit, before=None if key is None else EventPlace(*key))
    )
    return EventsPage(
        items=[event_shape(each) for each in answer.events],
        next=None if answer.next_before is None else cursor_of(*answer.next_before),
        stopped_at=answer.stopped_at,
    )


@router.get(
    "events/export",
    auth=Token(Capability.EXPORT),
    openapi_extra={
        "responses": {
            200: {
                "description": "The events, as a file that is sent while it is read.",
                "content": {"application/x-ndjson": {"schema": _TEXT}, "text/csv": {"schema": _TEXT}},
            }
        }
    },
)
def export_events(
    request: ApiRequest,
    sought: Query[EventsFilter],
    form: Annotated[Literal["jsonl", "csv"], Query(description="JSON Lines, or CSV.")] = "jsonl",
) -> HttpResponseBase:
    """Take events away, newest first: a million at most. In CSV, text that a spreadsheet would compute is disarmed."""
    found = every_event(request.auth.log, sought.question(limit=_MOST_EXPORTED))
    if form == "csv":
        columns = [Column(name, name, kind=_KINDS.get(name, "text")) for name in _COLUMNS]  # type: ignore[arg-type]
        rows = ([getattr(each, name) for name in _COLUMNS] for each in found)
        return export("events", columns, rows, "csv", Locale("en", time_zone="UTC"), "ltr")
    return StreamingHttpResponse(
        _lines(found),
        content_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="events.jsonl"'},
    )


def _lines(found: Iterator[LoggedEvent]) -> Iterator[bytes]:
    for each in found:
        line = event_shape(each).model_dump(mode="json")
        yield json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
