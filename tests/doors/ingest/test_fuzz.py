"""Whatever is sent, the door answers, and never with a failure of its own."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving import Server, events

ALLOWED = {200, 202, 400, 404, 405, 413, 415, 422}

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "type event userId anonymousId messageId timestamp originalTimestamp sentAt channel name category previousId"
    " groupId properties traits context writeKey batch"
)
FIELDS = st.sampled_from(NAMES.split())
LIKELY = (
    st.sampled_from(["track", "identify", "alias", "page", "c1", 17, 2**63, 10**30])
    | st.sampled_from(["2026-11-21T19:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01"])
    | st.sampled_from([{"revenue": 1e308}, {"revenue": "9" * 60, "currency": "USD"}, {"context": {}}])
)
CALLS = st.dictionaries(FIELDS, LIKELY | ANYTHING, max_size=8)
BODIES = CALLS | st.fixed_dictionaries(
    {"batch": st.lists(CALLS | ANYTHING, max_size=5)}, optional={"sentAt": LIKELY | ANYTHING}
)
PATHS = st.sampled_from(
    ["/v1/track", "/v1/identify", "/v1/page", "/v1/alias", "/v1/group", "/v1/batch", "/i/batch"]
)


@pytest.fixture(scope="module")
def server(shared: tuple[Server, Any]) -> Server:
    return shared[0]


def check(server: Server, path: str, body: bytes, headers: dict[str, str] | None = None) -> None:
    answer = server.ask("POST", path, body, headers)
    assert answer.status in ALLOWED, answer.body
    verdict = json.loads(answer.body)
    if answer.status == 202:
        assert verdict["accepted"] >= 0
    else:
        assert verdict["code"].startswith("ingest.")


@settings(max_examples=300)
@given(PATHS, BODIES)
def test_json_of_any_shape(server: Server, path: str, body: Any) -> None:
    check(server, path, json.dumps(body).encode())


@settings(max_examples=150)
@given(PATHS, st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate"]))
def test_bytes_of_any_kind(server: Server, path: str, body: bytes, encoding: str) -> None:
    check(server, path, body, {"Content-Encoding": encoding})
    check(server, path, gzip.compress(body), {"Content-Encoding": encoding})


@settings(max_examples=150)
@given(BODIES, st.data())
def test_json_with_one_byte_changed(server: Server, body: Any, data: st.DataObject) -> None:
    text = bytearray(json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255))
    check(server, "/v1/batch", bytes(text))


def test_everything_taken_can_be_read_back(shared: tuple[Server, Any]) -> None:
    server, shop = shared
    odd = {"é\u0000": "\u0000", "emoji": "🚀\u200c", "number": 1e308, "long": 10**30, "": {"": []}}
    customer = "c\u200cé🚀"
    assert server.track("odd", customer, properties=odd).status == 202
    (text,) = events(shop.home, "select properties from events where event_name = 'odd'").rows()[-1]
    assert json.loads(text) == odd
    assert events(shop.home, "select count(*) from events where json_valid(properties)").one() == (
        events(shop.home, "select count(*) from events").one()
    )
