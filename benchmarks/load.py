"""Sends events to an HTTP door as fast as it answers, or at a rate, and says what came of it.

Every event has an id of its own; customers, names, pages and instants vary. A request is acknowledged when its answer
has come; only those count.

    python benchmarks/load.py --url http://127.0.0.1:8000/v1/batch --key sfr_… --batch 100 --seconds 10
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import json
import os
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
import uvloop

_DIGITS = np.frombuffer(b"0123456789", dtype=np.uint8)
_EVENT = (
    b'{"type":"track","messageId":"00000000-0000-4000-8000-000000000000","userId":"customer-00000000",'
    b'"event":"event_00","timestamp":"2026-11-20T10:00:00.000Z","properties":{"path":"/p/000","position":0}}'
)

#: Single events are made so many at a time.
_SINGLES = 4096


class Bodies:
    """Makes request bodies of ``batch`` events each, no id twice."""

    def __init__(self, batch: int, *, customers: int = 1_000_000, seed: int = 1) -> None:
        self._single: list[bytes] | None = [] if batch == 1 else None
        batch = _SINGLES if batch == 1 else batch
        self._batch, self._customers = batch, customers
        self._rng = np.random.default_rng(seed)
        rows = np.frombuffer((_EVENT + b",") * batch, dtype=np.uint8).reshape(batch, -1).copy()
        self._rows = rows
        self._at = {
            name: _EVENT.index(mark) + len(mark)
            for name, mark in (
                ("id", b'"messageId":"'),
                ("customer", b'"customer-'),
                ("event", b'"event_'),
                ("second", b"10:00:"),
                ("page", b'"/p/'),
            )
        }

    def next(self) -> bytes:
        """Return the next body: one event as it is, or a batch."""
        if self._single is None:
            return b'{"batch":[' + self._events()[:-1] + b"]}"
        if not self._single:
            text = self._events()
            width = len(_EVENT) + 1
            self._single = [text[start : start + width - 1] for start in range(0, len(text), width)]
        return self._single.pop()

    def _events(self) -> bytes:
        """Return a batch of events, each followed by a comma."""
        count, rows, at = self._batch, self._rows, self._at
        random = np.frombuffer(binascii.hexlify(os.urandom(10 * count)), dtype=np.uint8).reshape(count, 20)
        rows[:, at["id"] : at["id"] + 8] = random[:, :8]
        rows[:, at["id"] + 24 : at["id"] + 36] = random[:, 8:]
        self._number("customer", self._rng.integers(0, self._customers, count), 8)
        self._number("event", self._rng.integers(0, 30, count), 2)
        self._number("second", self._rng.integers(0, 60, count), 2)
        self._number("page", self._rng.integers(0, 300, count), 3)
        return rows.tobytes()

    def _number(self, name: str, numbers: np.ndarray, width: int) -> None:
        first = self._at[name] + width - 1
        for place in range(width):
            self._rows[:, first - place] = _DIGITS[numbers % 10]
            numbers = numbers // 10


@dataclass
class Result:
    """What was acknowledged: events, refusals by status, seconds from request to answer."""

    events: int = 0
    refused: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection that sends a request, waits for the answer, and sends the next."""

    def __init__(
        self, bodies: Bodies, head: bytes, batch: int, result: Result, pace: float, until: float
    ) -> None:
        self._bodies, self._head, self._batch, self._result = bodies, head, batch, result
        self._pace, self._until = pace, until
        self._answer = b""
        self._next_at = time.perf_counter()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = int(self._answer[:end].lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self._answer) < end + 4 + length:
            return
        status = int(self._answer[9:12])
        self._answer = b""
        now = time.perf_counter()
        self._result.seconds.append(now - self._sent_at)
        if status in {200, 201, 202}:
            self._result.events += self._batch
        else:
            self._result.refused[status] = self._result.refused.get(status, 0) + 1
        if now >= self._until:
            self._transport.close()
        elif self._pace and (wait := self._next_at - now) > 0:
            asyncio.get_running_loop().call_later(wait, self._send)
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        body = self._bodies.next()
        self._sent_at = time.perf_counter()
        self._next_at = max(self._next_at + self._pace, self._sent_at - 1)
        self._transport.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)


async def send(
    url: str, key: str, *, batch: int, connections: int, seconds: float, events_per_second: float | None
) -> dict[str, float]:
    """Send for ``seconds`` over ``connections``, and return rates and latencies."""
    parts = urlsplit(url)
    basic = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Basic {basic}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    pace = batch * connections / events_per_second if events_per_second else 0.0
    bodies, result = Bodies(batch), Result()
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    opened = [
        await loop.create_connection(
            lambda: Connection(bodies, head, batch, result, pace, start + seconds), parts.hostname, parts.port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in opened))
    took = time.perf_counter() - start
    latencies = np.sort(result.seconds) if result.seconds else np.zeros(1)
    return {
        "events": result.events,
        "seconds": round(took, 2),
        "events_per_second": round(result.events / took),
        "requests_per_second": round(len(result.seconds) / took),
        "p50_ms": round(float(np.quantile(latencies, 0.5)) * 1000, 2),
        "p99_ms": round(float(np.quantile(latencies, 0.99)) * 1000, 2),
        "refused": sum(result.refused.values()),
        "client_cpu_seconds": round(time.process_time(), 2),
    }


def main() -> None:
    """Send and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", default="")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--events-per-second", type=float)
    options = vars(parser.parse_args())
    uvloop.install()
    print(json.dumps(asyncio.run(send(options.pop("url"), options.pop("key"), **options))))


if __name__ == "__main__":
    main()
