"""The door over a real socket, into a real log."""

from __future__ import annotations

import gzip
import json
import socket
import time
import uuid
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from safar.store.home import Home
from serving import Server, basic, events, now

Serve = Callable[..., Server]


def an_event(**fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "x",
        "userId": "sara",
        "messageId": str(uuid.uuid4()),
        "timestamp": now(),
    } | fields


@pytest.fixture(scope="module")
def server(shared: tuple[Server, Any]) -> Server:
    return shared[0]


def test_an_event_is_in_the_log_when_it_is_acknowledged(served: Serve, shop: Any) -> None:
    server = served()
    answer = server.track(
        "order_placed",
        "sara",
        messageId="6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        timestamp="2026-03-21T09:00:00.250Z",
        properties={"order_id": "o1", "revenue": 250000},
    )
    assert answer.status == 202
    assert answer.json == {"accepted": 1, "duplicate_in_request": 0, "rejected": []}
    rows = events(
        shop.home,
        "select event_id::text, customer_id, original_id, event_name, epoch_ms(occurred_at), channel, source,"
        " amount, currency, properties from events",
    ).rows()
    assert rows == [
        (
            "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
            "sara",
            "sara",
            "order_placed",
            1774083600250,
            "web",
            "key:website",
            250000,
            "IRR",
            '{"order_id": "o1", "revenue": 250000}',
        )
    ]


@pytest.mark.parametrize("prefix", ["/v1/", "/i/v1/", "/i/"])
@pytest.mark.parametrize(
    ("names", "body", "event_name"),
    [
        (("track", "t"), {"event": "x"}, "x"),
        (("identify", "i"), {"traits": {"a": 1}}, "identify"),
        (("page", "p"), {"name": "n"}, "page"),
        (("screen", "s"), {"name": "n"}, "screen"),
        (("group", "g"), {"groupId": "g1"}, "group"),
        (("alias", "a"), {"previousId": "old"}, "alias"),
    ],
)
def test_every_call_on_every_path(
    shared: tuple[Server, Any], prefix: str, names: tuple[str, str], body: dict[str, Any], event_name: str
) -> None:
    server, shop = shared
    for name in names:
        customer = f"c-{prefix}-{name}"
        answer = server.ask("POST", prefix + name, {"userId": customer, **body})
        assert answer.status == 202
        assert events(
            shop.home, f"select event_name from events where original_id = '{customer}'"
        ).rows() == [(event_name,)]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/i/batch", "/i/v1/batch"])
def test_a_batch_on_every_path(server: Server, path: str) -> None:
    answer = server.ask("POST", path, {"batch": [an_event(), an_event(type="page")]})
    assert (answer.status, answer.json["accepted"]) == (202, 2)


def test_a_verdict_for_each_event_of_a_batch(served: Serve, shop: Any) -> None:
    server = served()
    good, twice = an_event(userId="good"), an_event(userId="twice")
    answer = server.batch([good, an_event(userId=None), twice, twice, an_event(event="")])
    assert answer.status == 202
    assert answer.json == {
        "accepted": 2,
        "duplicate_in_request": 1,
        "rejected": [
            {
                "index": 1,
                "code": "event.no_customer",
                "message": "The event has neither userId nor anonymousId.",
                "hint": "Say whose it is; a visitor without a name has anonymousId.",
            },
            {
                "index": 4,
                "code": "event.no_name",
                "message": "The track call has no event.",
                "hint": 'Name what happened, such as "event": "order_placed".',
            },
        ],
        "rejected_count": 2,
    }
    assert events(shop.home, "select customer_id from events order by customer_id").rows() == [
        ("good",),
        ("twice",),
    ]


def test_only_bad_events_are_a_refusal_and_leave_nothing_behind(served: Serve, shop: Any) -> None:
    server = served()
    answer = server.batch([an_event(userId=None), an_event(event="")])
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["code"] == "ingest.all_rejected"
    assert [reason["code"] for reason in answer.json["rejected"]] == ["event.no_customer", "event.no_name"]
    assert (server.track("", "sara").status, server.track("x", "").status) == (422, 422)
    assert events(shop.home).rows() == []


def test_a_redelivery_is_kept_once(served: Serve, shop: Any) -> None:
    server = served()
    body = {"batch": [an_event(messageId=f"m{number}") for number in range(50)]}
    for _ in range(3):
        answer = server.ask("POST", "/v1/batch", body)
        assert (answer.status, answer.json["accepted"]) == (202, 50)
    assert events(shop.home, "select count(*), count(distinct event_id) from events").one() == (50, 50)


def test_an_empty_batch_is_no_failure(server: Server) -> None:
    answer = server.batch([])
    assert (answer.status, answer.json) == (202, {"accepted": 0, "duplicate_in_request": 0, "rejected": []})


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Authorization": "basic"}, {}),
        ({"Authorization": "bearer"}, {}),
        ({"Authorization": ""}, {"writeKey": "secret"}),
        ({"Authorization": "no user"}, {"writeKey": "secret"}),
    ],
)
def test_the_key_is_found_where_clients_put_it(
    server: Server, headers: dict[str, str], body: dict[str, str]
) -> None:
    shown = {"basic": basic(server.secret), "bearer": f"Bearer {server.secret}", "": "", "no user": basic("")}
    sent = {"event": "x", "userId": "c"} | dict.fromkeys(body, server.secret)
    answer = server.ask(
        "POST", "/v1/track", sent, {"Authorization": shown[headers["Authorization"]]}, secret=""
    )
    assert answer.status == 202
    batch = {"batch": [an_event()]} | dict.fromkeys(body, server.secret)
    answer = server.ask(
        "POST", "/v1/batch", batch, {"Authorization": shown[headers["Authorization"]]}, secret=""
    )
    assert answer.status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": basic("sfr_wrong")},
        {"Authorization": "Bearer sfr_wrong"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Digest a=b"},
        {"Authorization": "Basic " + "w7/Dvw=="},
    ],
)
def test_without_a_key_that_is_in_use_nothing_is_taken(server: Server, headers: dict[str, str]) -> None:
    for path, body in (("/v1/track", {"event": "x", "userId": "c"}), ("/v1/batch", {"batch": [an_event()]})):
        answer = server.ask("POST", path, body, headers, secret="")
        assert (answer.status, answer.json["code"]) == (401, "ingest.unauthorized")
        assert answer.headers["www-authenticate"] == 'Bearer realm="safar"'


def test_a_revoked_key_is_refused_within_a_second(served: Serve, shop: Any) -> None:
    server = served()
    assert server.track("x").status == 202
    with Home.open(shop.home) as home:
        home.revoke_key(shop.key.key_id)
    time.sleep(1.1)
    assert server.track("x").status == 401
    assert events(shop.home, "select count(*) from events").one() == (1,)


GZIP = {"Content-Encoding": "gzip"}
EVIL = {"Origin": "https://evil.example"}
TRACK, BATCH = "/v1/track", "/v1/batch"
BOMB = gzip.compress(b" " * 200_000_000, 1)
MANY = b'{"batch": [' + b"{}," * 10_000 + b"{}]}"

#: What is asked, the status and the code of the answer.
REFUSED = [
    (("POST", TRACK, b'{"event": "x"'), 400, "ingest.bad_json"),
    (("POST", BATCH, b"{}"), 400, "ingest.bad_json"),
    (("POST", TRACK, b"\xff"), 400, "ingest.bad_json"),
    (("POST", TRACK, b"{}", GZIP), 400, "ingest.bad_compression"),
    (("POST", TRACK, gzip.compress(b"{}")[:-4], GZIP), 400, "ingest.bad_compression"),
    (("POST", "/v1/nothing", b"{}"), 404, "ingest.not_found"),
    (("GET", "/i/"), 404, "ingest.not_found"),
    (("GET", TRACK), 405, "ingest.method_not_allowed"),
    (("PUT", BATCH, b"{}"), 405, "ingest.method_not_allowed"),
    (("POST", "/i/health", b"{}"), 405, "ingest.method_not_allowed"),
    (("POST", TRACK, b"x" * 5_000_001), 413, "ingest.body_too_large"),
    (("POST", BATCH, BOMB, GZIP), 413, "ingest.body_too_large"),
    (("POST", BATCH, MANY), 413, "ingest.too_many_events"),
    (("POST", TRACK, b"<a/>", {"Content-Type": "application/xml"}), 415, "ingest.unsupported_media_type"),
    (("POST", TRACK, b"{}", {"Content-Encoding": "br"}), 415, "ingest.unsupported_encoding"),
    (("POST", TRACK, b"{}", EVIL), 403, "ingest.origin_refused"),
    (("OPTIONS", TRACK, None, EVIL), 403, "ingest.origin_refused"),
]


@pytest.mark.parametrize(
    ("asked", "status", "code"), REFUSED, ids=[f"{code}-{asked[0]}" for asked, _, code in REFUSED]
)
def test_refusals_say_what_is_wrong(server: Server, asked: tuple[Any, ...], status: int, code: str) -> None:
    answer = server.ask(*asked)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["type"] == f"urn:safar:problem:{code}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"] == problem["message"] != ""
    if status == 405:
        assert asked[0] not in answer.headers["allow"]
    # The door still takes good events afterwards.
    assert server.track("x").status == 202


def test_bad_json_is_refused_with_its_place(server: Server) -> None:
    answer = server.ask("POST", "/v1/track", b'{"event": "x", }')
    assert answer.json["context"] == {"byte": 15}


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("identity", bytes),
        ("GZIP", gzip.compress),
    ],
)
def test_compressed_bodies(server: Server, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    for count in (1, 5000):
        body = compress(json.dumps({"batch": [an_event() for _ in range(count)]}).encode())
        answer = server.ask("POST", "/v1/batch", body, {"Content-Encoding": encoding})
        assert (answer.status, answer.json["accepted"]) == (202, count)


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "text/plain;charset=UTF-8", "", "Application/JSON"]
)
def test_media_types(server: Server, media_type: str) -> None:
    answer = server.ask("POST", "/v1/track", b'{"event": "x", "userId": "c"}', {"Content-Type": media_type})
    assert answer.status == 202


@pytest.mark.parametrize(
    ("agent", "status"),
    [
        ("analytics-python/2.3.0", 200),
        ("rudder-sdk-python/2.1", 200),
        ("curl/8", 202),
        ("", 202),
        ("Mozilla/5.0", 202),
    ],
)
def test_libraries_that_know_only_200_get_it(server: Server, agent: str, status: int) -> None:
    assert server.ask("POST", "/v1/batch", {"batch": [an_event()]}, {"User-Agent": agent}).status == status
    mixed = {"batch": [an_event(), an_event(userId="")]}
    assert server.ask("POST", "/v1/batch", mixed, {"User-Agent": agent}).status == status


def test_a_page_on_the_keys_list_may_send_and_read_the_answer(server: Server) -> None:
    origin = {"Origin": "https://shop.example"}
    leave = server.ask(
        "OPTIONS", "/v1/batch", None, origin | {"Access-Control-Request-Method": "POST"}, secret=""
    )
    assert (leave.status, leave.body) == (204, b"")
    assert leave.headers["access-control-allow-origin"] == "https://shop.example"
    assert leave.headers["access-control-allow-methods"] == "POST"
    assert "authorization" in leave.headers["access-control-allow-headers"]
    answer = server.ask("POST", "/v1/batch", {"batch": [an_event()]}, origin)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (202, "https://shop.example")
    assert answer.headers["vary"] == "origin"
    refused = server.ask("POST", "/v1/batch", b"{", origin)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (400, "https://shop.example")
    assert "access-control-allow-origin" not in server.track("x").headers


def test_a_page_of_another_key_may_ask_but_not_send(served: Serve, shop: Any) -> None:
    with Home.open(shop.home) as home:
        _, other = home.create_key("shop", name="other", origins=["https://other.example"])
        _, anywhere = home.create_key("shop", name="anywhere", origins=["*"])
    server = served()
    origin = {"Origin": "https://other.example"}
    assert server.ask("OPTIONS", "/v1/batch", None, origin).status == 204
    assert server.ask("POST", "/v1/batch", {"batch": [an_event()]}, origin).status == 403
    assert server.ask("POST", "/v1/batch", {"batch": [an_event()]}, origin, secret=other).status == 202
    assert (
        server.ask("POST", "/v1/batch", {"batch": [an_event()]}, {"Origin": "null"}, secret=anywhere).status
        == 202
    )
    same = {"Origin": f"http://127.0.0.1:{server.port}"}
    assert server.ask("POST", "/v1/batch", {"batch": [an_event()]}, same).status == 202


def test_a_key_may_send_as_often_as_its_rate_allows(served: Serve, shop: Any) -> None:
    with Home.open(shop.home) as home:
        _, slow = home.create_key("shop", name="slow", requests_per_second=2)
    server = served()
    answers = [server.ask("POST", "/v1/track", {"event": "x", "userId": "c"}, secret=slow) for _ in range(4)]
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} == {202, 429}
    assert refused[0].json["code"] == "ingest.rate_limited"
    assert refused[0].headers["retry-after"] == "1"
    assert server.track("x").status == 202  # another key is not slowed
    time.sleep(1.1)
    assert server.ask("POST", "/v1/track", {"event": "x", "userId": "c"}, secret=slow).status == 202
    accepted = sum(answer.status == 202 for answer in answers) + 2
    assert events(shop.home, "select count(*) from events").one() == (accepted,)


def test_a_body_in_chunks_is_bounded_too(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(
            b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
            + f"Authorization: {basic(server.secret)}\r\n\r\n".encode()
        )
        piece = b"%x\r\n" % 100_000 + b" " * 100_000 + b"\r\n"
        for _ in range(60):
            connection.sendall(piece)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_sender_that_stops_half_way_is_told_so(served: Serve) -> None:
    server = served(limits={"body_seconds": 0.5})
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(
            b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            + f"Authorization: {basic(server.secret)}\r\n\r\n".encode()
            + b'{"batch":'
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(
            b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            + f"Authorization: {basic(server.secret)}\r\n\r\n".encode()
            + b'{"batch":'
        )
    assert server.track("x").status == 202


def test_what_does_not_fit_into_memory_is_refused_for_now(served: Serve, shop: Any) -> None:
    server = served(limits={"held_bytes": 10_000})
    answer = server.track("x", properties={"text": "x" * 11_000})
    assert (answer.status, answer.json["code"]) == (503, "ingest.busy")
    assert answer.headers["retry-after"] == "2"
    zipped = gzip.compress(json.dumps({"batch": [an_event() for _ in range(200)]}).encode())
    assert len(zipped) < 10_000
    assert server.ask("POST", "/v1/batch", zipped, {"Content-Encoding": "gzip"}).status == 503
    for _ in range(20):  # nothing stays held
        assert server.track("y", properties={"text": "x" * 900}).status == 202
    assert events(shop.home, "select distinct event_name from events").rows() == [("y",)]


def test_health(server: Server) -> None:
    answer = server.ask("GET", "/i/health", secret="")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert server.ask("HEAD", "/i/health", secret="").body == b""


def test_the_collector_is_small_and_can_be_kept(server: Server) -> None:
    plain = server.ask("GET", "/i/safar.js", secret="")
    assert plain.status == 200
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    zipped = server.ask("GET", "/i/safar.js", headers={"Accept-Encoding": "gzip, br"}, secret="")
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert len(zipped.body) < 5 * 1024
    again = server.ask(
        "GET", "/i/safar.js", headers={"If-None-Match": f'"old", {plain.headers["etag"]}'}, secret=""
    )
    assert (again.status, again.body) == (304, b"")
    assert "max-age" in plain.headers["cache-control"]


def test_two_workspaces_never_mix(served: Serve, shop: Any) -> None:
    with Home.open(shop.home) as home:
        other = home.create_workspace("Other", currency="USD")
        _, secret = home.create_key(other.workspace_id, name="website")
    server = served()
    server.track("mine", properties={"revenue": 5})
    server.ask(
        "POST", "/v1/track", {"event": "theirs", "userId": "c", "properties": {"revenue": 5}}, secret=secret
    )
    assert events(shop.home, "select event_name, amount, currency from events").rows() == [("mine", 5, "IRR")]
    assert events(
        shop.home, "select event_name, amount, currency from events", other.workspace_id
    ).rows() == [("theirs", 500, "USD")]


def test_identify_joins_the_paths_of_a_visitor_and_a_customer(served: Serve, shop: Any) -> None:
    server = served()
    server.ask("POST", "/v1/page", {"anonymousId": "visitor"})
    server.ask("POST", "/v1/identify", {"anonymousId": "visitor", "userId": "sara"})
    server.track("order_placed", "sara")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:  # identity is read as the tail is compacted
        people = events(shop.home, "select distinct customer_id from events").rows()
        if people == [("sara",)]:
            return
        time.sleep(0.5)
    pytest.fail(f"The visitor and the customer are still apart: {people}")


def test_a_stranger_is_turned_away_before_the_batch_is_read(server: Server) -> None:
    batch = b'{"batch": [%b], "writeKey": "sfr_unknown"}' % b",".join([b"{}"] * 20_000)
    assert server.ask("POST", "/v1/batch", batch, secret="").json["code"] == "ingest.unauthorized"
    assert server.ask("POST", "/v1/batch", batch).json["code"] == "ingest.too_many_events"


def test_a_large_body_is_taken_as_a_small_one_is(server: Server) -> None:
    wide = [an_event(properties={"text": "x" * 20_000, "emoji": "\ud83d"}) for _ in range(40)]
    body = json.dumps({"batch": [*wide, {"type": "track"}], "writeKey": server.secret}).encode()
    sent = server.ask("POST", "/v1/batch", gzip.compress(body), {"Content-Encoding": "gzip"}, secret="")
    assert (sent.status, sent.json["accepted"], sent.json["rejected_count"]) == (202, 40, 1)


def test_many_small_unusual_events_are_judged_too(server: Server) -> None:
    sent = server.batch([{"type": "page", "userId": f"u{number % 7}"} for number in range(2000)] + [{}])
    assert (sent.status, sent.json["accepted"], sent.json["rejected"][0]["index"]) == (202, 2000, 2000)
