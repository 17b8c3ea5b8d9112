from __future__ import annotations

import json
import re
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.ingest.calls import read_batch, read_single, write_key_in
from safar.doors.ingest.limits import Limits
from safar.doors.ingest.problems import BadJson, TooManyEvents

LIMITS = Limits()


def test_a_batch_of_plain_track_calls_is_known_as_such() -> None:
    event = {
        "type": "track",
        "event": "order_placed",
        "userId": "sara",
        "messageId": "m1",
        "timestamp": "2026-11-21T19:00:00Z",
    }
    request = read_batch(
        json.dumps({"batch": [event], "writeKey": "k", "sentAt": "2026-11-21T19:00:01Z"}).encode(), LIMITS
    )
    assert request.is_plain
    assert request.has_plain_text
    assert (request.calls[0].event, request.sent_at) == (
        "order_placed",
        "2026-11-21T19:00:01Z",
    )
    assert not read_batch(json.dumps({"batch": [event | {"type": "page"}]}).encode(), LIMITS).is_plain
    assert not read_batch(json.dumps({"batch": [event | {"channel": "browser"}]}).encode(), LIMITS).is_plain
    assert not read_batch(json.dumps({"batch": [event | {"event": "خرید"}]}).encode(), LIMITS).has_plain_text
    assert not read_batch(b'{"batch": []}', LIMITS).is_plain


def test_one_unreadable_event_leaves_its_neighbours_alone() -> None:
    events = [
        {"type": "track", "event": "a"},
        {"type": "trak"},
        3,
        {"type": "page", "name": 4},
        {"type": "page"},
    ]
    body = json.dumps({"batch": events}).encode()
    request = read_batch(body, LIMITS)
    assert [call.type for call in request.calls] == ["track", "page"]
    assert request.places == [0, 4]
    assert {place: reason.code for place, reason in request.rejected.items()} == {
        1: "event.unknown_type",
        2: "event.malformed",
        3: "event.malformed",
    }
    assert request.rejected[1].hint == 'Did you mean "track"?'
    assert "$.name" in request.rejected[3].message


@pytest.mark.parametrize(
    ("body", "byte"),
    [
        (b'{"batch": [', 11),
        (b'{"batch": []} x', 15),
        (b'{"batch": [{"type": "track", "userId": "\xff"}]}', 40),
        (b"", 0),
        (b'{"batch": [{"type": "track", "event": "a\nb"}]}', 40),
    ],
)
def test_what_is_not_json_is_refused_with_the_place(body: bytes, byte: int) -> None:
    with pytest.raises(BadJson) as refused:
        read_batch(body, LIMITS)
    assert refused.value.context["byte"] == byte


@pytest.mark.parametrize("body", [b"[]", b"3", b"{}", b'{"batch": {}}', b'{"batch": [], "sentAt": 4}'])
def test_what_is_not_a_batch_is_refused(body: bytes) -> None:
    with pytest.raises(BadJson, match="not a batch"):
        read_batch(body, LIMITS)


@pytest.mark.parametrize("digits", [4300, 4301, 10_000])
def test_a_number_of_thousands_of_digits_is_no_id(digits: int) -> None:
    request = read_batch(
        b'{"batch": [{"type": "track", "event": "a", "userId": ' + b"9" * digits + b"}]}", LIMITS
    )
    assert [reason.code for reason in request.rejected.values()] == ["event.malformed"] or (
        len(str(request.calls[0].user_id)) == digits
    )


@pytest.mark.parametrize("opener", [b"[", b'{"a":'])
def test_a_bomb_of_brackets_is_refused(opener: bytes) -> None:
    with pytest.raises(BadJson, match="nested"):
        read_batch(b'{"batch": [{"type": "track", "properties": ' + opener * 200_000, LIMITS)


def test_more_events_than_the_door_takes_are_refused() -> None:
    few = Limits(batch_events=2)
    assert len(read_batch(b'{"batch": [{}, {}]}', few).calls) == 2
    with pytest.raises(TooManyEvents):
        read_batch(b'{"batch": [{}, {}, {}]}', few)
    with pytest.raises(TooManyEvents):
        read_batch(b'{"batch": [1, 1, 1]}', few)


def test_half_an_emoji_is_replaced_and_the_rest_of_the_batch_read() -> None:
    properties = rb'{"b": "\ude00", "c": "\ud83d\ude00", "d": "\\ud83d"}'
    body = rb'{"batch": [{"type": "track", "event": "a\ud83d", "properties": %b}]}' % properties
    (call,) = read_batch(body, LIMITS).calls
    assert call.event == "a\ufffd"
    assert json.loads(bytes(call.properties)) == {"b": "\ufffd", "c": "😀", "d": "\\ud83d"}


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_javascript_can_hold_is_read(text: str) -> None:
    (call,) = read_batch(json.dumps({"batch": [{"type": "track", "event": text}]}).encode(), LIMITS).calls
    utf16 = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert re.sub("\ufffd+", "\ufffd", call.event or "") == re.sub("\ufffd+", "\ufffd", utf16)


def test_an_escaped_backslash_before_a_u_is_no_escape() -> None:
    texts = [
        rb"\\ud83d\ude00",
        rb"\\\ud83d\ude00",
        rb"\ud83d\ud83d\ude00",
        rb"\\\\\udfff\\ud83d",
        rb"\n\"\ud83d\\",
    ]
    body = rb'{"batch": [{"type": "track", "properties": {"t": ["%b"]}}]}' % b'","'.join(texts)
    (call,) = read_batch(body, LIMITS).calls
    assert json.loads(bytes(call.properties))["t"] == [
        "\\ud83d\ufffd",
        "\\😀",
        "\ufffd😀",
        "\\\\\ufffd\\ud83d",
        '\n"\ufffd\\',
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"batch":["' + rb"\n" * 2_490_000 + rb'\ud800"x',
        b'{"batch":["' + rb"\ud800" * 830_000 + b'"x',
        b'{"batch":["' + rb"\ud83d\ude00" * 415_000 + b'"x',
        b'{"batch":["' + rb"\\" * 2_490_000 + rb'\ud800"x',
    ],
)
def test_a_body_made_of_escapes_costs_little(body: bytes) -> None:
    for read in (write_key_in, lambda text: read_batch(text, LIMITS)):
        begun = time.process_time()
        with pytest.raises(BadJson):
            read(body)
        assert time.process_time() - begun < 0.7


@pytest.mark.parametrize("item", [b"{}", b"1", b'""', b"[]"])
def test_a_batch_of_very_many_items_is_refused_before_it_is_read(item: bytes) -> None:
    body = b'{"batch": [' + b",".join([item] * 1_000_000) + b"]}"
    tracemalloc.start()
    with pytest.raises(TooManyEvents, match="10000"):
        read_batch(body, LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_many_commas_are_not_many_events() -> None:
    event = {"type": "page", "properties": {"list": [1] * 50}}
    assert len(read_batch(json.dumps({"batch": [event] * 10}).encode(), Limits(batch_events=10)).calls) == 10


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"batch": [{"writeKey": "inner"}], "writeKey": "k"}', "k"),
        (rb'{"batch": ["\ud800"], "writeKey": "\u006b"}', "k"),
        (b'{"writeKey": 5}', ""),
        (b'["a"]', ""),
        (b"{}", ""),
    ],
)
def test_the_key_is_found_without_reading_the_rest(body: bytes, key: str) -> None:
    assert write_key_in(body) == key


@pytest.mark.parametrize("body", [b"", b'{"batch": [', b'{"writeKey": "\xff"}'])
def test_no_key_is_found_in_what_is_no_json(body: bytes) -> None:
    with pytest.raises(BadJson):
        write_key_in(body)


def test_a_single_call_takes_its_type_from_the_path() -> None:
    request = read_single(b'{"userId": 17, "event": "x", "writeKey": "k"}', "track")
    assert (request.calls[0].type, request.calls[0].user_id) == ("track", 17)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"event": 3}', "event.malformed"),
        (b'{"type": "foo"}', "event.unknown_type"),
        (b'["a"]', "event.malformed"),
    ],
)
def test_a_single_call_that_cannot_be_read(body: bytes, code: str) -> None:
    request = read_single(body, "track")
    assert request.calls == []
    assert request.rejected[0].code == code
