from __future__ import annotations

import json
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.ingest.accepted import Accepted, Judged, Terms
from safar.doors.ingest.calls import Request, read_batch
from safar.doors.ingest.contexts import ContextKeeper
from safar.doors.ingest.instants import microseconds
from safar.doors.ingest.limits import Limits
from safar.doors.ingest.plain import plain_events
from safar.doors.ingest.verdicts import Judge

NOW = microseconds("2026-11-21T19:00:00Z")
TERMS = Terms(NOW, "key:website", "web", "IRR")
LIMITS = Limits()


def judged(*events: dict[str, Any], limits: Limits = LIMITS, **envelope: object) -> Judged:
    return Judge(limits).judge(read_batch(json.dumps({"batch": events, **envelope}).encode(), limits), TERMS)


def the_event(call: dict[str, Any], **envelope: object) -> dict[str, Any]:
    """The one event a call becomes."""
    verdict = judged(call, **envelope)
    assert verdict.rejected == {}, verdict.rejected
    assert len(verdict.accepted) == 1
    columns = as_lists(verdict.accepted)
    return {
        "message_id": columns["message_ids"][0],
        "customer": columns["customers"][0],
        "name": columns["names"][0],
        "at": columns["occurred_at"][0],
        "channel": columns["channels"][0],
        "amount": (columns["amounts"][0], columns["currencies"][0]),
        "properties": columns["properties"][0],
    }


def code_of(call: dict[str, Any], **envelope: object) -> str:
    verdict = judged(call, **envelope)
    assert len(verdict.accepted) == 0
    assert list(verdict.rejected) == [0]
    reason = verdict.rejected[0]
    assert reason.message
    assert reason.hint
    return reason.code


TRACK = {"type": "track", "event": "order_placed", "userId": "sara", "messageId": "m1"}


def test_a_track_call() -> None:
    event = the_event(
        TRACK
        | {
            "timestamp": "2026-11-21T18:00:00Z",
            "properties": {"order_id": "o1", "revenue": 250000, "currency": "IRR"},
        }
    )
    assert event == {
        "message_id": "m1",
        "customer": "sara",
        "name": "order_placed",
        "at": NOW - 3600_000_000,
        "channel": "web",
        "amount": (250000, "IRR"),
        "properties": {"order_id": "o1", "revenue": 250000, "currency": "IRR"},
    }


def test_an_identify_call_joins_the_anonymous_id_to_the_known_one() -> None:
    event = the_event(
        {"type": "identify", "userId": "sara", "anonymousId": "a1", "traits": {"city": "Shiraz"}}
    )
    assert (event["name"], event["customer"]) == ("identify", "sara")
    assert event["properties"] == {"city": "Shiraz", "$anonymous_id": "a1"}
    assert the_event({"type": "identify", "userId": "sara"})["properties"] == {}
    anonymous = the_event({"type": "identify", "anonymousId": "a1", "traits": {"city": "Shiraz"}})
    assert (anonymous["customer"], anonymous["properties"]) == (
        "a1",
        {"city": "Shiraz", "$anonymous_id": "a1"},
    )


def test_an_alias_call_carries_the_previous_id() -> None:
    event = the_event({"type": "alias", "userId": "sara", "previousId": 17})
    assert (event["name"], event["customer"], event["properties"]) == (
        "alias",
        "sara",
        {"$previous_id": "17"},
    )


def test_page_screen_and_group_calls() -> None:
    page = the_event(
        {
            "type": "page",
            "anonymousId": "a1",
            "name": "Shoes",
            "category": "Catalogue",
            "properties": {"category": "mine", "path": "/shoes"},
            "context": {"page": {"url": "https://shop.example/shoes"}, "ip": "10.1.2.3"},
        }
    )
    assert (page["name"], page["customer"]) == ("page", "a1")
    assert page["properties"] == {
        "category": "mine",
        "path": "/shoes",
        "name": "Shoes",
        "url": "https://shop.example/shoes",
        "context": {"page": {"url": "https://shop.example/shoes"}},
    }
    screen = the_event({"type": "screen", "userId": "sara", "name": "Basket"})
    assert (screen["name"], screen["properties"]) == ("screen", {"name": "Basket"})
    group = the_event({"type": "group", "userId": "sara", "groupId": "g1", "traits": {"plan": "pro"}})
    assert (group["name"], group["properties"]) == ("group", {"plan": "pro", "group_id": "g1"})


def test_of_the_context_only_what_the_journey_needs_is_kept() -> None:
    context = {
        "ip": "10.1.2.3",
        "userAgent": "Mozilla",
        "traits": {"email": "sara@example.com"},
        "campaign": {"source": "mail", "name": "yalda", "recipient": "sara"},
        "locale": "fa-IR",
        "timezone": "Asia/Tehran",
        "device": {"type": "mobile", "advertisingId": "x", "id": "y"},
        "os": {"name": "Android", "version": "15"},
        "library": {"name": "analytics-node", "version": "2"},
        "location": {"city": "Shiraz"},
        "screen": {"width": 1},
        "page": {
            "url": "https://sara:secret@shop.example/shoes?email=sara@example.com#token",
            "path": "/shoes?email=sara@example.com",
            "title": "Shoes",
            "search": "?email=sara@example.com",
            "referrer": "https://search.example/?q=sara",
        },
        "referrer": {"url": "https://search.example/?q=sara", "id": "ABC", "type": "search"},
    }
    assert the_event(TRACK | {"context": context})["properties"] == {
        "context": {
            "campaign": {"source": "mail", "name": "yalda"},
            "locale": "fa-IR",
            "timezone": "Asia/Tehran",
            "device": {"type": "mobile"},
            "os": {"name": "Android"},
            "library": {"name": "analytics-node"},
            "page": {
                "url": "https://shop.example/shoes",
                "path": "/shoes",
                "title": "Shoes",
                "referrer": "https://search.example/",
            },
            "referrer": {"url": "https://search.example/", "type": "search"},
        }
    }
    odd_context = {"page": "/shoes", "referrer": "https://a.example/b?c", "campaign": {"name": {"a": 1}}}
    assert the_event(TRACK | {"context": odd_context})["properties"] == {
        "context": {"referrer": "https://a.example/b"}
    }
    assert the_event(TRACK | {"context": {"ip": "10.1.2.3", "os": "odd", "device": None}})["properties"] == {}
    assert the_event(TRACK, context={"locale": "ar"})["properties"] == {"context": {"locale": "ar"}}
    own = the_event(TRACK | {"properties": {"context": "mine"}, "context": {"locale": "ar"}})
    assert own["properties"] == {"context": "mine"}


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({}, "web"),
        ({"channel": "mobile"}, "app"),
        ({"channel": "browser"}, "web"),
        ({"channel": "server"}, "web"),
        ({"channel": "store"}, "store"),
        ({"context": {"channel": "mobile"}}, "app"),
        ({"channel": "phone", "context": {"channel": "mobile"}}, "phone"),
    ],
)
def test_the_channel(fields: dict[str, Any], channel: str) -> None:
    assert the_event(TRACK | fields)["channel"] == channel


@pytest.mark.parametrize(
    ("fields", "envelope", "seconds_ago"),
    [
        ({}, {}, 0),
        ({"timestamp": "2026-11-21T18:59:00Z"}, {}, 60),
        ({"timestamp": "2026-11-21T22:29:00+03:30"}, {}, 60),
        ({"timestamp": "2026-11-21T18:59:00"}, {}, 60),  # no zone: UTC
        # The sender's clock is two hours ahead, so the event of its 20:50 happened at 18:50.
        ({"timestamp": "2026-11-21T20:50:00Z"}, {"sentAt": "2026-11-21T21:00:00Z"}, 600),
        ({"timestamp": "2026-11-21T20:50:00Z", "sentAt": "2026-11-21T21:00:00Z"}, {}, 600),
        ({"originalTimestamp": "2026-11-21T20:50:00Z"}, {"sentAt": "2026-11-21T21:00:00Z"}, 600),
        # Half a minute is a slow network.
        ({"timestamp": "2026-11-21T18:59:00Z"}, {"sentAt": "2026-11-21T18:59:30Z"}, 60),
        # Forwarded: whoever wrote both has corrected it.
        (
            {"timestamp": "2026-11-21T18:50:00Z", "originalTimestamp": "2026-11-21T20:50:00Z"},
            {"sentAt": "2026-11-21T21:00:00Z"},
            600,
        ),
        ({"timestamp": "2026-11-21T19:59:59Z"}, {}, -3599),
    ],
)
def test_when_it_happened(fields: dict[str, Any], envelope: dict[str, Any], seconds_ago: int) -> None:
    assert (NOW - the_event(TRACK | fields, **envelope)["at"]) / 1e6 == seconds_ago


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": None}, "event.unknown_type"),
        ({"type": "trak"}, "event.unknown_type"),
        ({"event": None}, "event.no_name"),
        ({"event": ""}, "event.no_name"),
        ({"event": " "}, "event.invalid_text"),
        ({"event": "a\nb"}, "event.invalid_text"),
        ({"event": "x" * 256}, "event.invalid_text"),
        ({"userId": None}, "event.no_customer"),
        ({"userId": ""}, "event.no_customer"),
        ({"userId": " "}, "event.invalid_id"),
        ({"userId": "a\x00b"}, "event.invalid_id"),
        ({"userId": "a\ud83d"}, "event.invalid_id"),
        ({"userId": "x" * 256}, "event.invalid_id"),
        ({"userId": 10**4000}, "event.invalid_id"),
        ({"userId": True}, "event.malformed"),
        ({"userId": 1.5}, "event.malformed"),
        ({"messageId": "x" * 256}, "event.invalid_id"),
        ({"messageId": "\x7f"}, "event.invalid_id"),
        ({"channel": "a\tb"}, "event.invalid_text"),
        ({"properties": [1]}, "event.properties_not_object"),
        ({"properties": "x"}, "event.properties_not_object"),
        ({"context": []}, "event.properties_not_object"),
        ({"properties": {"a": "x" * 40_000}}, "event.too_large"),
        ({"properties": {str(n): n for n in range(300)}}, "event.too_many_properties"),
        ({"properties": json.loads('{"a":' * 11 + "1" + "}" * 11)}, "event.too_deep"),
        (
            {"properties": {str(n): n for n in range(255)}, "context": {"locale": "fa"}},
            "event.too_many_properties",
        ),
        ({"context": {"page": {"title": "x" * 40_000}}}, "event.too_large"),
        ({"properties": {"a": "x" * 32_700}, "context": {"page": {"title": "x" * 100}}}, "event.too_large"),
        ({"timestamp": "yesterday"}, "event.timestamp_unreadable"),
        ({"timestamp": 1795287600}, "event.malformed"),
        ({"timestamp": "2026-11-21T19:00:00Z", "sentAt": "now"}, "event.timestamp_unreadable"),
        ({"timestamp": "2026-11-21T20:00:01Z"}, "event.in_future"),
        ({"timestamp": "1405-08-30T19:00:00Z"}, "event.too_old"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "event.too_old"),
        ({"properties": {"revenue": "soon"}}, "event.amount_unreadable"),
        ({"properties": {"revenue": 5, "currency": "toman"}}, "money.unknown_currency"),
        ({"type": "alias"}, "event.no_previous_id"),
        ({"type": "alias", "userId": None, "anonymousId": "a1", "previousId": "a0"}, "event.no_customer"),
        ({"userId": "sara\u200b"}, "event.invalid_id"),
        ({"userId": "sa\u00adra"}, "event.invalid_id"),
        ({"userId": "\ufeffsara"}, "event.invalid_id"),
        ({"userId": "\u202esara"}, "event.invalid_id"),
        ({"userId": "\u200c"}, "event.invalid_id"),
        ({"messageId": "m\u2060"}, "event.invalid_id"),
        ({"event": "paid\u202e"}, "event.invalid_text"),
        ({"event": "\u2067paid"}, "event.invalid_text"),
        ({"event": "\u200d\u00a0"}, "event.invalid_text"),
        ({"channel": "web\u2066"}, "event.invalid_text"),
        ({"type": "group"}, "event.no_group_id"),
        ({"type": "page", "name": "a\nb"}, "event.invalid_text"),
        ({"type": "identify", "anonymousId": "a\x01"}, "event.invalid_id"),
    ],
)
def test_why_an_event_is_refused(fields: dict[str, Any], code: str) -> None:
    assert code_of(TRACK | fields) == code


@pytest.mark.parametrize("name", ["item_changed", "action_decided"])
@pytest.mark.parametrize("more", [{}, {"type": "page", "messageId": "m2"}], ids=["plain", "one by one"])
def test_what_items_are_is_believed_of_servers_alone(name: str, more: dict[str, Any]) -> None:
    """Anybody reads a site's key in its pages: with it one could lead all visitors elsewhere."""
    calls = [TRACK | {"event": name}, TRACK | {"messageId": "m2"} | more]
    body = json.dumps({"batch": calls}).encode()
    judge, public = Judge(LIMITS), msgspec.structs.replace(TERMS, is_public=True)
    found = judge.judge(read_batch(body, LIMITS), public)
    assert [reason.code for reason in found.rejected.values()] == ["event.only_from_servers"]
    assert len(found.accepted) == 1
    assert len(judge.judge(read_batch(body, LIMITS), TERMS).accepted) == 2


@pytest.mark.parametrize("text", ["می‌خواهم", "سفر 🚀", "a b", "日本", "\u00a0x", "x" * 255])
def test_names_and_ids_in_any_script_are_welcome(text: str) -> None:
    event = the_event(TRACK | {"event": text, "userId": text})
    assert (event["name"], event["customer"]) == (text, text)


def test_a_number_is_taken_as_its_text() -> None:
    assert the_event(TRACK | {"userId": 17})["customer"] == "17"
    assert the_event(TRACK | {"messageId": 5})["message_id"] == "5"


def test_without_a_message_id_each_event_gets_a_new_one() -> None:
    call = {"type": "track", "event": "x", "userId": "sara"}
    verdict = judged(call, call)
    first, second = map(uuid.UUID, verdict.accepted.message_ids)
    assert first != second


def test_the_same_message_twice_in_a_request_counts_once() -> None:
    verdict = judged(TRACK | {"event": "first"}, TRACK | {"event": "second"}, TRACK | {"messageId": "m2"})
    assert (verdict.accepted.names, verdict.duplicates) == (["first", "order_placed"], 1)
    # A refused one does not stand in the way of a good one.
    verdict = judged(TRACK | {"userId": ""}, TRACK)
    assert (len(verdict.accepted), verdict.duplicates, list(verdict.rejected)) == (1, 0, [0])


def test_places_stay_right_among_unreadable_ones() -> None:
    verdict = judged(
        TRACK, {"type": "trak"}, TRACK | {"messageId": "m2", "userId": ""}, TRACK | {"messageId": "m3"}
    )
    assert {place: reason.code for place, reason in verdict.rejected.items()} == {
        1: "event.unknown_type",
        2: "event.no_customer",
    }
    assert verdict.accepted.message_ids == ["m1", "m3"]


def one_by_one(request: Request) -> Judged:
    return Judge(LIMITS)._one_by_one(request, TERMS)


def as_lists(accepted: Accepted) -> dict[str, Any]:
    count = len(accepted)
    return msgspec.structs.asdict(accepted) | {
        "occurred_at": list(accepted.occurred_at),
        "channels": [accepted.channels] * count if isinstance(accepted.channels, str) else accepted.channels,
        "amounts": accepted.amounts or [0] * count,
        "currencies": accepted.currencies or [""] * count,
        "properties": [json.loads(text) for text in accepted.properties],
    }


TEXTS = st.sampled_from(
    [
        "sara",
        "u1",
        " ",
        "",
        "a b",
        "می‌خواهم",
        "a\n",
        "\ufffd",
        "\u2028",
        "x" * 255,
        "x" * 256,
        "\x7f",
        "é",
        "\\",
        '"',
    ]
)
PROPERTIES = st.sampled_from(
    [
        {},
        {"price": 5},
        {"revenue": 12.5, "currency": "USD"},
        {"revenue": "x"},
        {"total": 5, "currency": "IRR"},
        {"context": 1},
        {"items": [{"a": 1}, {"a": 2}]},
        {"items": [{"n": n} for n in range(20)]},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": {"k": 1}}}}}}}}}}},
        {"n" * 3 + str(n): n for n in range(257)},
        {"long": "x" * 33_000},
        None,
        [],
        "text",
    ]
)
TIMES = st.sampled_from(
    [
        "2026-11-21T18:00:00.000Z",
        "2026-11-21T18:30:00Z",
        "2026-11-21T21:00:00.000Z",
        "1980-01-01T00:00:00.000Z",
        "soon",
        "2026-11-21",
    ]
)
CONTEXTS = st.sampled_from(
    [None, {}, {"ip": "1"}, {"locale": "fa"}, {"channel": "mobile"}, {"channel": "a\tb"}, []]
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "event": TEXTS,
                "userId": TEXTS | st.none(),
                "messageId": TEXTS | st.uuids().map(str),
                "timestamp": TIMES,
            },
            optional={"anonymousId": TEXTS, "properties": PROPERTIES, "context": CONTEXTS},
        ),
        min_size=1,
        max_size=4,
    ),
    st.none() | TIMES,
    st.integers(1, 20),
)
def test_the_fast_way_comes_to_the_same_verdict(
    events: list[dict[str, Any]], sent_at: str | None, times: int
) -> None:
    batch = [{"type": "track"} | event for event in events]
    batch += [event | {"messageId": f"m{number}"} for number in range(times) for event in batch[:1]]
    request = read_batch(json.dumps({"batch": batch, "sentAt": sent_at}).encode(), LIMITS)
    slow = one_by_one(request)
    if request.is_plain:
        fast = plain_events(request, TERMS, LIMITS, ContextKeeper())
        if fast is not None:
            assert slow.rejected == {}
            assert slow.duplicates == 0
            assert as_lists(fast) == as_lists(slow.accepted)


@pytest.mark.parametrize("context", [{}, {"context": {"locale": "fa", "library": {"name": "x"}}}])
@pytest.mark.parametrize("event", ["order_placed", "خرید"])
@pytest.mark.parametrize(
    "properties",
    [{}, {"a": 1}, {"revenue": 5}, {"items": [{"id": n} for n in range(20)]}, {"long": "x" * 2000}],
)
def test_ordinary_batches_go_the_fast_way(
    context: dict[str, Any], event: str, properties: dict[str, Any]
) -> None:
    batch = [
        TRACK
        | {
            "event": event,
            "messageId": str(number),
            "timestamp": "2026-11-21T18:00:00.000Z",
            "properties": properties,
        }
        | context
        for number in range(30)
    ]
    request = read_batch(json.dumps({"batch": batch, "sentAt": "2026-11-21T19:00:00Z"}).encode(), LIMITS)
    fast = plain_events(request, TERMS, LIMITS, ContextKeeper())
    assert fast is not None
    assert as_lists(fast) == as_lists(one_by_one(request).accepted)
