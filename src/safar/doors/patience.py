"""What stands before the pages' threads: whoever is slow, sends too much or has gone away holds none of them.

A small body, as nearly all are, is waited for here, in the event loop; only then a thread begins to answer. A file may
come piece by piece while a thread takes it in, only where files are taken, and not more slowly than a bad line is.
"""

from __future__ import annotations

import asyncio
import io
import re
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from .page_threads import Arriving, Message, PageThreads, Receive, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: A form may have a MB; the rest is for what stands around its fields.
SMALL_BYTES: Final = 1 << 21
#: Small bodies that a process holds at a time; beyond it the answer to one that is not tiny is 503.
HELD_BYTES: Final = 64 << 20
TINY_BYTES: Final = 1 << 16
#: A small body must have arrived after so long.
SMALL_SECONDS: Final = 30.0
#: A file may pause for so long,
PIECE_SECONDS: Final = 30.0
#: and comes, once it had that long to begin, at least this quickly on the whole: a tenth of what a mobile line of 1999
#: had.
BYTES_PER_SECOND: Final = 400
#: Nobody looks before whether the asker of a small page has gone away.
WATCHED_AFTER_SECONDS: Final = 0.05
#: Where files come in.
_FILES: Final = re.compile(r"/w/[^/]+/imports/new|/api/v1/imports|/s/[^/]+")
_GONE: Final = "safar.gone"


class PatientPages:
    """The pages as an ASGI application that takes a thread for a request only when its body is there.

    Parameters
    ----------
    pages
        Threads that run `stopping_when_gone`.
    """

    def __init__(self, pages: PageThreads) -> None:
        self._pages = pages
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        length = int(headers.get(b"content-length", b"0"))
        is_chunked = b"transfer-encoding" in headers
        if length <= SMALL_BYTES and not (is_chunked and _takes_files(scope)):
            await self._with_small_body(scope, receive, send, is_empty=not (length or is_chunked))
        elif _takes_files(scope):
            await self._pages.answer(scope, io.BufferedReader(Arriving(_NotTooSlow(receive))), send)
        else:
            await self._pages.answer(scope, io.BufferedReader(Arriving(_refused)), send)

    async def _with_small_body(self, scope: Scope, receive: Receive, send: Send, *, is_empty: bool) -> None:
        body = bytearray()
        try:
            if not is_empty:
                async with asyncio.timeout(SMALL_SECONDS):
                    is_whole = await self._read(body, receive)
                if is_whole is None:
                    return
                if not is_whole:
                    status = 413 if len(body) > SMALL_BYTES else 503
                    await _say(send, status)
                    return
                scope = _with_length(scope, len(body))
            with _Watch(receive) as gone:
                await self._pages.answer(scope, io.BytesIO(body), send, {_GONE: gone})
        except TimeoutError:
            await _say(send, 408)
        finally:
            self._held -= len(body)

    async def _read(self, body: bytearray, receive: Receive) -> bool | None:
        """Read a body; False where there is no room for it, None where its sender has gone."""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            piece = message.get("body", b"")
            body += piece
            self._held += len(piece)
            if len(body) > SMALL_BYTES or (self._held > HELD_BYTES and len(body) > TINY_BYTES):
                return False
            if not message.get("more_body"):
                return True


class _NotTooSlow:
    """A body on its way, cut off when its sender takes too long."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._since = time.monotonic()
        self._bytes = 0

    async def __call__(self) -> Message:
        try:
            async with asyncio.timeout(PIECE_SECONDS):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._bytes += len(message.get("body", b""))
        due = (time.monotonic() - self._since - PIECE_SECONDS) * BYTES_PER_SECOND
        return message if self._bytes >= due else {"type": "http.disconnect"}


async def _refused() -> Message:
    """Refuse to hand on a large body where none is taken, in the thread that asks for it."""
    from django.core.exceptions import RequestDataTooBig  # noqa: PLC0415 - an ingest process never loads Django

    raise RequestDataTooBig("The body is larger than what this page takes.")


def _takes_files(scope: Scope) -> bool:
    return scope["method"] == "POST" and _FILES.fullmatch(scope["path"]) is not None


def _with_length(scope: Scope, length: int) -> Scope:
    """Return the scope with the length of a body that is there, also where it came in chunks."""
    others = [
        header for header in scope["headers"] if header[0] not in {b"content-length", b"transfer-encoding"}
    ]
    return {**scope, "headers": [*others, (b"content-length", str(length).encode())]}


class _Watch:
    """While it is entered: notes when the one who asked closes the connection.

    Most answers are there sooner than it is worth to look.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = threading.Event()
        self._looking: asyncio.Task[None] | None = None

    def __enter__(self) -> threading.Event:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(WATCHED_AFTER_SECONDS, self._look, loop)
        return self._gone

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = loop.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] == "http.request":
            pass
        self._gone.set()


async def _say(send: Send, status: int) -> None:
    body = f"{status}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def stopping_when_gone(application: WSGIApplication) -> WSGIApplication:
    """Return the application so that it neither begins nor goes on to answer who has closed the connection."""

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        gone = environ.get(_GONE)
        if gone is None:
            return application(environ, start_response)
        if gone.is_set():
            start_response("408 Request Timeout", [])
            return []
        return _UntilGone(application(environ, start_response), gone)

    return answered


class _UntilGone:
    """An answer that ends where nobody waits for more of it."""

    def __init__(self, answer: Iterable[bytes], gone: threading.Event) -> None:
        self._answer = answer
        self._pieces = iter(answer)
        self._gone = gone

    def __iter__(self) -> _UntilGone:
        return self

    def __next__(self) -> bytes:
        if self._gone.is_set():
            raise StopIteration
        return next(self._pieces)

    def close(self) -> None:
        """Close what the answer holds."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()
