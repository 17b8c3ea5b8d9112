"""Connections that begin a request and never finish its head, or never finish what follows its body."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from safar.doors import bounded_http
from safar.doors.bounded_http import BoundedHttp


async def application(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    told = b"%d bytes, %d headers" % (size, len(scope["headers"]))
    length = str(len(told)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": told})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that waits 0.3 s for a head."""
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, http=BoundedHttp, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_head_that_is_never_finished_ends_the_connection(port: int, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(begun)
        assert connection.recv(100) == b""


def answered(connection: socket.socket) -> bytes:
    """Return the body of the next answer."""
    answer = b""
    while not answer.endswith(b"headers"):
        piece = connection.recv(1000)
        assert piece, answer
        answer += piece
    assert answer.startswith(b"HTTP/1.1 200 ")
    return answer.partition(b"\r\n\r\n")[2]


def test_a_finished_head_is_answered_and_the_connection_kept(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        for _ in range(2):
            connection.sendall(b"GET / HTTP/1.1\r\n")
            connection.sendall(b"Host: x\r\n\r\n")
            assert answered(connection) == b"0 bytes, 1 headers"
        threading.Event().wait(0.6)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(connection) == b"0 bytes, 1 headers"


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("before", "again"),
    [
        (b"3\r\nabc\r\n0\r\n", b"X-Trailer: " + b"a" * 1000 + b"\r\n"),
        (b"3\r\nabc\r\n0\r\nX-Trailer: ", b"a" * 1000),
        (b"3\r\nabc\r\n3;extension=", b"a" * 1000),
    ],
)
def test_what_surrounds_a_body_has_an_end(port: int, before: bytes, again: bytes) -> None:
    sent = 0
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(CHUNKED + before)
        with pytest.raises(ConnectionError):  # noqa: PT012 - which of the sends fails depends on the kernel's buffers
            for _ in range(20_000):
                connection.sendall(again)
                sent += len(again)
                if sent > 2 * bounded_http.HEAD_BYTES:
                    threading.Event().wait(0.01)
    assert sent < 5_000_000


def test_a_body_in_the_smallest_chunks_is_taken_and_its_trailers_are_dropped(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        for _ in range(2):
            connection.sendall(CHUNKED)
            for _ in range(40):
                connection.sendall(b"1\r\nx\r\n" * 1000)
            connection.sendall(b"0\r\nX-Trailer: a\r\n\r\n")
            assert answered(connection) == b"40000 bytes, 2 headers"
