"""Request bodies: bounded as they arrive, bounded again as they are decompressed."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from .limits import Limits
from .problems import BadCompression, BodyCutOff, BodyTooLarge, Busy, TooSlow, WrongEncoding, WrongMediaType

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

#: A page that leaves can only send text (``navigator.sendBeacon``), and some libraries name no type.
_MEDIA_TYPES: Final = frozenset({b"", b"application/json", b"text/plain", b"text/json"})
#: A body that is compressed from, or to, more bytes than these is decompressed in a thread.
_LARGE: Final = 65_536
LARGE_PLAIN: Final = 262_144
_GZIP: Final = 31
_ZLIB: Final = 15
_DEFLATE: Final = -15


class BodyReader:
    """Reads bodies, and knows how much this process holds of them and who is slow. Belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._slow: set[asyncio.Task[Any]] = set()

    def hold(self, count: int) -> None:
        """Hold ``count`` bytes more; less where it is negative.

        Raises
        ------
        Busy
            They do not fit; nothing changed.
        """
        if self._held + count > self._limits.held_bytes:
            raise Busy(f"The door holds {self._held} bytes; {count} more do not fit.")
        self._held += count

    def give_back(self, count: int) -> None:
        """Hold ``count`` bytes less."""
        self._held -= count

    def give_up_on_the_slow(self) -> None:
        """Refuse the senders that take too long; call it about once a second. (A timer a request would cost more.)"""
        earliest = time.monotonic() - self._limits.body_seconds
        for task in [task for task, since in self._reading.items() if since < earliest]:
            self._slow.add(task)
            task.cancel()

    async def read(self, receive: Receive) -> bytes:
        """Return the body as it was sent, and hold it: the caller gives it back.

        Raises
        ------
        BodyTooLarge, Busy, TooSlow, BodyCutOff
            Nothing of it is held any more.
        """
        task = asyncio.current_task()
        assert task is not None
        self._reading[task] = time.monotonic()
        try:
            return await self._read(receive)
        except asyncio.CancelledError:
            if task not in self._slow:
                raise
            task.uncancel()
            raise TooSlow(
                f"The body did not arrive within {self._limits.body_seconds:g} s.",
                hint="Send smaller batches.",
            ) from None
        finally:
            del self._reading[task]
            self._slow.discard(task)

    async def _read(self, receive: Receive) -> bytes:
        size = 0
        pieces: list[bytes] = []
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise BodyCutOff("The connection ended before the body did.")
                piece: bytes = message.get("body", b"")
                self.hold(len(piece))
                size += len(piece)
                if size > self._limits.body_bytes:
                    raise _too_large(self._limits)
                if not message.get("more_body"):
                    return b"".join([*pieces, piece]) if pieces else piece
                pieces.append(piece)
        except BaseException:
            self.give_back(size)
            raise


def check_headers(headers: Mapping[bytes, bytes], limits: Limits) -> None:
    """Refuse what the headers alone tell.

    Raises
    ------
    WrongMediaType, WrongEncoding, BodyTooLarge
    """
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES:
        raise WrongMediaType(
            f"The door reads JSON, not {media_type.decode('latin-1')[:80]!r}.",
            hint="Send Content-Type: application/json.",
        )
    encoding = headers.get(b"content-encoding", b"").strip().lower()
    if encoding not in _WINDOWS and encoding not in {b"", b"identity"}:
        raise WrongEncoding(
            f"The door does not read the encoding {encoding.decode('latin-1')[:80]!r}.",
            hint="Use gzip, deflate or none.",
        )
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length[:20]) > limits.body_bytes:
        raise _too_large(limits)


async def decompressed(body: bytes, headers: Mapping[bytes, bytes], limits: Limits) -> bytes:
    """Return the plain body, never producing more than the limit.

    Raises
    ------
    BodyTooLarge, BadCompression
    """
    windows = _WINDOWS.get(headers.get(b"content-encoding", b"").strip().lower())
    if windows is None:
        return body
    if len(body) < _LARGE:
        plain = _decompressed(body, windows, LARGE_PLAIN)
        if len(plain) <= LARGE_PLAIN:
            return plain
    plain = await asyncio.to_thread(_decompressed, body, windows, limits.body_bytes)
    if len(plain) > limits.body_bytes:
        raise _too_large(limits)
    return plain


def _decompressed(body: bytes, windows: tuple[int, ...], most: int) -> bytes:
    """Return the plain body, or its first ``most + 1`` bytes where it has more."""
    for window in windows:
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(body, most + 1)
        except zlib.error:
            continue
        if len(plain) > most or (stream.eof and not stream.unused_data):
            return plain
    raise BadCompression(
        "The body is not what its Content-Encoding says, or is cut off.",
        hint="Compress it again, or send it plain.",
    )


#: "deflate" is a zlib stream (RFC 9110); some senders leave its wrapping out.
_WINDOWS: Final[Mapping[bytes, tuple[int, ...]]] = {
    b"gzip": (_GZIP,),
    b"x-gzip": (_GZIP,),
    b"deflate": (_ZLIB, _DEFLATE),
}


def _too_large(limits: Limits) -> BodyTooLarge:
    return BodyTooLarge(
        f"The body has more than {limits.body_bytes} bytes.",
        hint="Send it in parts.",
        limit=limits.body_bytes,
    )
