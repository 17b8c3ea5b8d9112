"""A door that is closing, asked directly: over a socket the server would no longer take the connection."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from safar.doors.ingest.app import IngestDoor
from safar.store.home import Home
from serving import basic


async def asked(door: IngestDoor, shop: Any, method: str, path: str, *pieces: bytes) -> tuple[int, Any]:
    """Ask as a server would, with a pause before each further piece of the body."""
    rest = list(pieces)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if len(rest) < len(pieces):
            await asyncio.sleep(0.2)
        piece = rest.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(rest)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", basic(shop.secret).encode())]
    await door({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_a_closing_door_refuses_for_now_and_keeps_nothing(shop: Any) -> None:
    event = b'{"userId": "sara", "event": "x"}'

    async def main() -> None:
        with Home.open(shop.home) as home:
            door = IngestDoor(home)
            assert (await asked(door, shop, "POST", "/v1/track", event))[0] == 202
            half_way = asyncio.create_task(asked(door, shop, "POST", "/v1/track", event[:9], event[9:]))
            await asyncio.sleep(0.05)
            await door.close()
            for status, body in (await half_way, await asked(door, shop, "POST", "/v1/track", event)):
                assert (status, body["code"]) == (503, "ingest.closing")
            assert await asked(door, shop, "GET", "/i/health") == (503, {"status": "closing"})
            assert home.log("shop").sql("select count(*) from events").one() == (1,)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, main()).result()


def test_a_disk_that_will_not_seal_does_not_stop_the_clock(shop: Any, monkeypatch: Any, caplog: Any) -> None:
    async def main() -> None:
        with Home.open(shop.home) as home:
            door = IngestDoor(home)
            assert (await asked(door, shop, "POST", "/v1/track", b'{"userId": "sara", "event": "x"}'))[
                0
            ] == 202
            segments = home.log("shop").layout.segments
            hidden = segments.rename(segments.with_name("hidden"))  # renaming the segment fails
            monkeypatch.setattr("safar.store.segment.time.time", lambda: 2e9)  # it is old enough now
            await door.tick()
            hidden.rename(segments)
            await door.close()
            assert home.log("shop").sql("select count(*) from events").one() == (1,)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, main()).result()
    assert "A segment could not be sealed: FileNotFoundError" in caplog.text
