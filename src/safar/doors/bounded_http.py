"""HTTP with an end to headers: the server's protocol, which would collect them in memory for as long as they come.

So it would the headers that may follow a chunked body (trailers), of which nothing here makes use. And for a reader who
takes nothing of an answer it would wait for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 65_536
HEAD_SECONDS: Final = 20.0
#: A reader takes something of an answer within this time: what the server keeps for him must shrink.
UNREAD_SECONDS: Final = 60.0
#: What a chunked body may have beside itself, sizes and line ends of chunks, trailers: this many bytes for each of its
#: own, as a body in chunks of one byte has, and a head's worth.
_FRAME_BYTES_PER_BYTE: Final = 8


class BoundedHttp(HttpToolsProtocol):
    """Closes a connection whose request line and headers are too long, or take too long.

    A head that comes in one piece, as nearly all do, costs nothing: only what is still open after a piece is counted
    and timed. A connection that never says anything is timed too.
    """

    _is_in_head = False
    _is_in_body = False
    _head_bytes = 0
    _frame_bytes = 0  # may be below zero
    _head_timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        self._is_read()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        super().on_message_begin()
        self._is_in_head = True
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header of the head; drop a trailer."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Note that the head is complete."""
        self._is_in_head = False
        self._is_in_body = True
        self._frame_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._frame_bytes -= len(body) * (1 + _FRAME_BYTES_PER_BYTE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that body and trailers are complete."""
        self._is_in_body = False
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Read what has come, and see whether a head or the frame of a body is still open."""
        was_in_body = self._is_in_body
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response(f"Headers may have {HEAD_BYTES} bytes.")
            elif self._head_timer is None:
                self._wait()
        elif self._head_timer is not None:
            self._stop_waiting()
        if self._is_in_body and was_in_body:
            self._frame_bytes += len(data)
            if self._frame_bytes > HEAD_BYTES:
                self.transport.close()

    def pause_writing(self) -> None:
        """Begin to wait for the reader: as much is kept for him as may be."""
        super().pause_writing()
        self._is_read()
        self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the reader has taken something."""
        self._is_read()
        super().resume_writing()

    def _is_read(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _wait(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        self.transport.close()
