"""The same Segment calls through the door and through a file: the same events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from file_builders import Event, ListSink, a_file, an_example, events_of
from safar.collect.import_record import ImportReport
from safar.collect.importing import import_file
from safar.doors.ingest.accepted import Judged, Terms
from safar.doors.ingest.calls import read_batch
from safar.doors.ingest.commit import columns_of
from safar.doors.ingest.instants import microseconds
from safar.doors.ingest.limits import Limits
from safar.doors.ingest.verdicts import Judge

ARRIVAL = microseconds("2026-11-21T19:00:00Z")
CONTEXT = {
    "ip": "8.8.8.8", "userAgent": "Mozilla", "locale": "fa-IR", "timezone": "Asia/Tehran",
    "campaign": {"name": "nowruz", "source": "sms", "expansion": "x"},
    "page": {"url": "https://sara:secret@shop.example/tea?token=1#top", "path": "/tea", "title": "چای", "search": "?q"},
    "referrer": {"type": "search", "url": "https://search.example/?q=tea"},
    "device": {"id": "d1", "type": "ios"}, "os": {"name": "iOS", "version": "17"},
    "library": {"name": "analytics.js", "version": "2"},
}  # fmt: skip


def sent(calls: list[dict[str, Any]]) -> Judged:
    limits = Limits()
    return Judge(limits).judge(
        read_batch(json.dumps({"batch": calls}).encode(), limits), Terms(ARRIVAL, "key:site", "", "IRR")
    )


def from_file(folder: Path, calls: list[dict[str, Any]]) -> tuple[list[Event], ImportReport]:
    sink = ListSink()
    path = a_file(folder, "\n".join(map(json.dumps, calls)), "calls.jsonl")
    report = import_file(
        path, an_example("segment"), sink, folder=folder / "imports", resume=False, currency="IRR"
    )
    return sink.events, report


def rows(events: list[Event]) -> list[tuple[object, ...]]:
    return [
        (e.event_id, e.customer, e.name, e.at, e.channel, e.amount, e.currency, e.properties) for e in events
    ]


def a_call(number: int, kind: str, **fields: object) -> dict[str, Any]:
    usual = {"type": kind, "messageId": f"m{number}", "timestamp": f"2026-11-21T10:00:{number:02}.123Z"}
    return usual | ({} if {"userId", "anonymousId"} & fields.keys() else {"userId": "u1"}) | fields


CALLS = [
    a_call(number, **call)
    for number, call in enumerate(
        [
            {"kind": "track", "event": "Sold", "properties": {"total": 20, "currency": "USD"}},
            {"kind": "track", "event": "Sold", "properties": {"revenue": 20}},
            {"kind": "track", "event": "Sold", "properties": {"revenue": 39.95, "total": 50, "currency": "usd"}},
            {"kind": "track", "event": "Sold", "properties": {"revenue": "۱۲٫۵", "currency": "USD"}},
            {"kind": "track", "event": "Searched", "properties": {"total": 53}},
            {"kind": "track", "event": "Looked", "properties": {"currency": "USD", "list": [1, {"a": 2.5}]}},
            {"kind": "track", "event": "Looked", "anonymousId": "a1", "channel": "browser", "context": CONTEXT},
            {"kind": "track", "event": "A", "channel": "mobile", "properties": {"context": {}}, "context": CONTEXT},
            {"kind": "track", "event": "Looked", "channel": "server"},
            {"kind": "track", "event": "Looked", "context": {"channel": "browser", "ip": "8.8.8.8"}},
            {"kind": "track", "event": "Looked", "channel": "kiosk", "userId": 17},
            {"kind": "page", "name": "Home", "category": "Front", "context": CONTEXT},
            {"kind": "page", "name": "Home", "properties": {"name": 5, "url": "/?q=1"}, "context": CONTEXT},
            {"kind": "screen", "name": "Cart", "category": "Shop"},
            {"kind": "identify", "anonymousId": 5, "userId": "u1", "traits": {"email": "s@x"}, "context": CONTEXT},
            {"kind": "identify", "anonymousId": "a1", "traits": {"plan": "gold"}},
            {"kind": "group", "groupId": 7, "traits": {"plan": "gold"}},
            {"kind": "alias", "userId": "u1", "previousId": "a0"},
            {"kind": "track", "event": "Paid", "properties": {"amount": 1234.567, "currency": "KWD"}},
            {"kind": "track", "event": "Paid", "properties": {"total": 3, "amount": 4, "currency": "USD"}},
            {"kind": "track", "event": "Counted", "properties": {"amount": 4}},
        ]
    )
]  # fmt: skip


def test_calls_sent_and_imported_are_the_same_events(tmp_path: Path) -> None:
    judged = sent(CALLS)
    assert (judged.rejected, judged.duplicates) == ({}, 0)
    through_the_door = list(events_of(columns_of([judged.accepted])))
    through_a_file, report = from_file(tmp_path, CALLS)
    assert report.rows_rejected == 0, report.first_rejected
    assert rows(through_a_file) == rows(through_the_door)
    assert [(event.amount, event.currency) for event in through_a_file[:6]] == [
        (2000, "USD"), (20, "IRR"), (3995, "USD"), (1250, "USD"), (0, ""), (0, ""),
    ]  # fmt: skip
    assert [(event.amount, event.currency) for event in through_a_file[-3:]] == [
        (1234567, "KWD"), (300, "USD"), (0, ""),
    ]  # fmt: skip
    assert [event.channel for event in through_a_file[6:11]] == ["web", "app", "", "web", "kiosk"]
    assert through_a_file[11].properties["url"] == "https://shop.example/tea"
    assert through_a_file[12].properties["name"] == 5


@pytest.mark.parametrize(
    "call",
    [
        {"kind": "track", "event": "Sold", "properties": {"revenue": "dear"}},
        {"kind": "track", "event": "Sold", "properties": {"revenue": 5, "currency": "XYZW"}},
        {"kind": "track", "event": "Sold", "properties": {"total": "many", "currency": "USD"}},
        {"kind": "track", "properties": {}},
        {"kind": "alias", "anonymousId": "a1", "previousId": "a0"},
        {"kind": "alias", "userId": "u1"},
        {"kind": "group"},
        {"kind": "delete"},
    ],
)
def test_calls_that_the_door_refuses_are_rejected_rows(tmp_path: Path, call: dict[str, Any]) -> None:
    calls = [a_call(1, **call), a_call(2, "track", event="Fine")]
    assert list(sent(calls).rejected) == [0]
    events, report = from_file(tmp_path, calls)
    assert ([event.name for event in events], report.rows_rejected) == (["Fine"], 1)
