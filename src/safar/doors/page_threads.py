"""The pages, a WSGI application, behind an ASGI server: each request in one of a few threads.

An answer that is whole goes back to the event loop in one piece, for each change of threads costs more than most of
what a respondent's page needs; a long one, or one that is made while it is sent, goes piece by piece, no faster than
its reader takes it.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from _typeshed.wsgi import InputStream, WSGIApplication, WSGIEnvironment

Message = MutableMapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

#: An answer that says it is longer than this leaves piece by piece.
WHOLE_BYTES: Final = 1 << 18
_THREADS: Final = 8
#: Headers that have names of their own in the environment of WSGI.
_PLAIN: Final = {b"content-length": "CONTENT_LENGTH", b"content-type": "CONTENT_TYPE"}


class PageThreads:
    """Threads in which an application answers.

    Parameters
    ----------
    application
        Need not be able to write by the callable that WSGI has for it.
    threads
        How many requests are answered at a time; others wait.
    """

    def __init__(self, application: WSGIApplication, *, threads: int = _THREADS) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="safar-page")

    async def answer(
        self, scope: Scope, body: InputStream, send: Send, known: Mapping[str, object] | None = None
    ) -> None:
        """Answer one request.

        Parameters
        ----------
        scope, send
            Of ASGI.
        body
            Read in the thread.
        known
            What the application finds in its environment besides.
        """
        loop = asyncio.get_running_loop()
        environ = environment(scope, body) | dict(known or {})
        done: asyncio.Future[_Answer | None] = loop.create_future()

        def work() -> None:
            try:
                found = self._answered(environ, _Sender(send, loop))
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                loop.call_soon_threadsafe(_fail, done, error)
            else:
                loop.call_soon_threadsafe(_give, done, found)

        self._threads.submit(copy_context().run, work)
        found = await done
        if found is not None:
            await send(found.start())
            await send({"type": "http.response.body", "body": found.body})

    def _answered(self, environ: WSGIEnvironment, sender: _Sender) -> _Answer | None:
        """Return an answer that is whole; None where it has been sent."""
        answer = _Answer()
        pieces = self._application(environ, answer.begin)
        try:
            if answer.is_short():
                answer.body = b"".join(pieces)
                return answer
            sender.send_all(answer, pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        return None


@dataclass(slots=True)
class _Answer:
    """Status, headers and body of an answer; the body stays empty where it is sent piece by piece."""

    status: int = 0
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""

    def begin(
        self, status: str, headers: Iterable[tuple[str, str]], _error: object = None, /
    ) -> Callable[[bytes], object]:
        """Note how the answer begins: what WSGI calls ``start_response``."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.strip().encode("latin1").lower(), value.strip().encode("latin1")) for name, value in headers
        ]
        return _no_writing

    def is_short(self) -> bool:
        """Whether the answer says how long it is, and that is not long."""
        return any(name == b"content-length" and int(value) <= WHOLE_BYTES for name, value in self.headers)

    def start(self) -> Message:
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends from a thread; each piece waits until the server takes it."""

    send: Send
    loop: asyncio.AbstractEventLoop

    def send_all(self, answer: _Answer, pieces: Iterable[bytes]) -> None:
        self._send(answer.start())
        for piece in pieces:
            self._send({"type": "http.response.body", "body": piece, "more_body": True})
        self._send({"type": "http.response.body", "body": b""})

    def _send(self, message: Message) -> None:
        asyncio.run_coroutine_threadsafe(self._sent(message), self.loop).result()

    async def _sent(self, message: Message) -> None:
        await self.send(message)


class Arriving(io.RawIOBase):
    """A body that is still on its way, as a file that a thread reads.

    Parameters
    ----------
    receive
        Of ASGI, in the event loop that is running now.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._piece = memoryview(b"")
        self._is_whole = False

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read some bytes; none where the body has ended, or its sender has gone."""
        into = memoryview(buffer)
        while not self._piece and not self._is_whole:
            message = asyncio.run_coroutine_threadsafe(self._received(), self._loop).result()
            self._piece = memoryview(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        count = min(len(into), len(self._piece))
        into[:count], self._piece = self._piece[:count], self._piece[count:]
        return count

    async def _received(self) -> Message:
        return await self._receive()


def environment(scope: Scope, body: InputStream) -> WSGIEnvironment:
    """Return what WSGI is told of a request (PEP 3333): texts hold bytes, one a letter."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("ascii"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client") is not None:
        address, port = scope["client"]
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = address, str(port)
    for name, value in scope["headers"]:
        if b"_" in name:  # it would be taken for the one with a hyphen, which a proxy may vouch for
            continue
        called = _PLAIN.get(name) or f"HTTP_{name.decode('latin1').upper().replace('-', '_')}"
        said = value.decode("latin1")
        between = "; " if name == b"cookie" else ","
        environ[called] = f"{environ[called]}{between}{said}" if called in environ else said
    return environ


def _give(done: asyncio.Future[_Answer | None], found: _Answer | None) -> None:
    if not done.done():  # the server gives up on requests when it has to stop
        done.set_result(found)


def _fail(done: asyncio.Future[_Answer | None], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


def _no_writing(_piece: bytes) -> object:
    raise NotImplementedError("Answers are returned.")
