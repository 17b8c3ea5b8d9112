"""Request bodies: bounded as they arrive, bounded again as they are decompressed."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from .limits import Limits
from .problems import BadCompression, BodyCutOff, BodyTooLarge, Busy, TooSlow, WrongEncoding, WrongMediaType

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

#: A page that leaves can only send text (``navigator.sendBeacon``), and some libraries name no type.
_MEDIA_TYPES: Final = frozenset({b"", b"application/json", b"text/plain", b"text/json"})
#: Compressed bodies from this many bytes on are decompressed in a thread.
_LARGE: Final = 65_536
_GZIP: Final = 31
_ZLIB: Final = 15
_DEFLATE: Final = -15


class Hold:
    """Bytes of bodies that this process holds; beyond the limit it takes no more."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.held = 0

    def take(self, count: int) -> None:
        """Hold ``count`` bytes more.

        Raises
        ------
        Busy
            They do not fit; nothing changed.
        """
        if self.held + count > self._limit:
            raise Busy(f"The door holds {self.held} bytes; {count} more do not fit.")
        self.held += count

    def give_back(self, count: int) -> None:
        """Hold ``count`` bytes less."""
        self.held -= count


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


async def read_body(receive: Receive, hold: Hold, limits: Limits) -> bytes:
    """Return the body as it was sent. The caller gives its bytes back to ``hold``.

    Raises
    ------
    BodyTooLarge, Busy, TooSlow, BodyCutOff
        Nothing of it is held any more.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and message["type"] == "http.request":
        if len(body) > limits.body_bytes:
            raise _too_large(limits)
        hold.take(len(body))
        return body
    return await _read_on(body, message, receive, hold, limits)


async def _read_on(first: bytes, message: Message, receive: Receive, hold: Hold, limits: Limits) -> bytes:
    """Read a body that comes in several pieces, each of them held as it comes."""
    pieces: list[bytes] = []
    size = 0
    piece = first
    try:
        async with asyncio.timeout(limits.body_seconds):
            while True:
                if message["type"] != "http.request":
                    raise BodyCutOff("The connection ended before the body did.")
                hold.take(len(piece))
                size += len(piece)
                pieces.append(piece)
                if size > limits.body_bytes:
                    raise _too_large(limits)
                if not message.get("more_body"):
                    return b"".join(pieces)
                message = await receive()
                piece = message.get("body", b"")
    except BaseException as error:
        hold.give_back(size)
        if isinstance(error, TimeoutError):
            raise TooSlow(
                f"The body did not arrive within {limits.body_seconds:g} s.", hint="Send smaller batches."
            ) from error
        raise


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
        return _decompressed(body, windows, limits)
    return await asyncio.to_thread(_decompressed, body, windows, limits)


def _decompressed(body: bytes, windows: tuple[int, ...], limits: Limits) -> bytes:
    for window in windows:
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(body, limits.body_bytes + 1)
        except zlib.error:
            continue
        if len(plain) > limits.body_bytes:
            raise _too_large(limits)
        if stream.eof and not stream.unused_data:
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
