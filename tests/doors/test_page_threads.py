"""Pages in threads: what goes in and comes out, whole and piece by piece."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from safar.doors.page_threads import WHOLE_BYTES, Arriving, PageThreads, environment

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/s/نظر",
    "query_string": b"lang=fa",
    "http_version": "1.1",
    "scheme": "https",
    "server": ("safar.example", 443),
    "client": ("192.0.2.7", 50_000),
    "headers": [
        (b"content-type", b"text/plain"),
        (b"content-length", b"4"),
        (b"accept-language", b"fa"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept_language", b"ar"),
        (b"accept-language", b"en"),
    ],
}


def answered(application: Any, body: Any = b"", **known: object) -> list[dict[str, Any]]:
    """Return what an application sends to one request."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def ask() -> None:
        stream = body() if callable(body) else io.BytesIO(body)
        await PageThreads(application).answer(SCOPE, stream, send, known)

    asyncio.run(ask())
    return sent


def saying(*pieces: bytes, length: int | None = None) -> Callable[..., Iterable[bytes]]:
    """Return an application that says these pieces, and how long they are where that is given."""

    def application(environ: Any, start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", str(length))] if length is not None else [])
        return iter(pieces)

    return application


def test_the_environment_says_what_was_asked() -> None:
    body = io.BytesIO()
    found = environment(SCOPE, body)
    assert found["wsgi.input"] is body
    assert found["PATH_INFO"].encode("latin1").decode() == "/s/نظر"
    assert {
        name: found[name] for name in ("QUERY_STRING", "REMOTE_ADDR", "CONTENT_TYPE", "CONTENT_LENGTH")
    } == {
        "QUERY_STRING": "lang=fa",
        "REMOTE_ADDR": "192.0.2.7",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "4",
    }
    assert (found["HTTP_ACCEPT_LANGUAGE"], found["HTTP_COOKIE"]) == ("fa,en", "a=1; b=2")
    assert (found["wsgi.url_scheme"], found["SERVER_NAME"], found["SERVER_PORT"]) == (
        "https",
        "safar.example",
        "443",
    )


def test_a_short_answer_leaves_in_one_piece() -> None:
    start, body = answered(saying(b"ab", b"c", length=3))
    assert (start["status"], start["headers"]) == (200, [(b"content-length", b"3")])
    assert body == {"type": "http.response.body", "body": b"abc"}


@pytest.mark.parametrize("length", [None, WHOLE_BYTES + 1])
def test_a_long_one_and_one_of_unknown_length_leave_piece_by_piece(length: int | None) -> None:
    _, *pieces = answered(saying(b"ab", b"c", length=length))
    assert [(each["body"], each.get("more_body", False)) for each in pieces] == [
        (b"ab", True),
        (b"c", True),
        (b"", False),
    ]


def test_each_request_is_closed_and_answered_in_another_thread() -> None:
    seen: list[object] = []

    class Pieces(list[bytes]):
        def close(self) -> None:
            seen.append("closed")

    def application(environ: Any, start: Any) -> Iterable[bytes]:
        seen.extend([threading.current_thread() is threading.main_thread(), environ["known"]])
        start("204 No Content", [("Content-Length", "0")])
        return Pieces()

    start, _ = answered(application, known=7)
    assert start["status"] == 204
    assert seen == [False, 7, "closed"]


def test_what_an_application_raises_is_raised_where_it_is_awaited() -> None:
    def application(environ: Any, start: Any) -> Iterable[bytes]:
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        answered(application)


def test_a_body_on_its_way_is_read_as_it_comes() -> None:
    messages = iter(
        [
            {"type": "http.request", "body": b"abc", "more_body": True},
            {"type": "http.request", "body": b"", "more_body": True},
            {"type": "http.request", "body": b"d\nef", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(messages)

    def application(environ: Any, start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "6")])
        body = environ["wsgi.input"]
        return [body.readline().strip(), b"|", body.read(), body.read()][:3]

    _, body = answered(application, lambda: io.BufferedReader(Arriving(receive)))
    assert body["body"] == b"abcd|ef"
