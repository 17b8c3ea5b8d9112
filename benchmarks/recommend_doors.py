"""How fast twenty items for one customer come over a real socket: from the script's address, and through the API.

    python benchmarks/recommend_doors.py                              # 20,000 customers, 4,000 items
    python benchmarks/recommend_doors.py --customers 500 --asks 200   # a look whether it works

One server process with everything in it (pages, events, background work). Customers are asked about one after the other
over one connection that stays open, then by four connections at once; each request is of another customer, drawn by
lot, signed as a shop's server does it, and checked to hold twenty items. Load generator and server share the machine,
on which nothing else should run.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import numpy as np
from ingest import machine

from safar.store.home import Home
from safar.vocabulary.event import EventColumns, constant

K = 20
_ITEMS_OF_A_CUSTOMER = 30
_FILL = """
import sys
from safar.doors.web.setup import prepare
prepare(sys.argv[1])
from safar.doors.web.members.services import add_member
from safar.doors.web.members.tokens import create_token
member = add_member("bench@example.com", "Bench", "en", "bench", "owner")
print(create_token(member, "bench", "bench", can_write=False)[1])
"""
_SERVE = """
import sys
from safar.doors.ingest.limits import Limits
from safar.doors.serve import serve
serve(sys.argv[1], port=0, limits=Limits(recommendations_per_second=1e6), on_ready=lambda at: print(at, flush=True))
"""


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--items", type=int, default=4_000)
    parser.add_argument("--asks", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        key, own, ids = fill(home, asked.customers, asked.items)
        environment = {**os.environ, "SAFAR_API_REQUESTS_PER_SECOND": "1000000"}
        told = subprocess.run(
            [sys.executable, "-c", _FILL, str(home)],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
        )
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2])
            found = {"machine": machine(), "customers": asked.customers, "items": asked.items}
            drawn = np.random.default_rng(1).choice(ids, asked.asks).tolist()
            for name, paths, headers in (
                (
                    "script",
                    [f"/i/recommendations?key={key}&count={K}&{signed(own, each)}" for each in drawn],
                    {"Origin": "https://shop.example"},
                ),
                (
                    "api",
                    [f"/api/v1/customers/{each}/recommendations?count={K}" for each in drawn],
                    {"Authorization": f"Bearer {told.stdout.strip()}"},
                ),
            ):
                warm(port, paths[0], headers)
                one = ask(port, paths, headers)
                with ThreadPoolExecutor(4) as threads:
                    parts = [paths[start::4] for start in range(4)]
                    four = threads.map(ask, repeat(port), parts, repeat(headers))
                    found[name] = {
                        "one": summary(one),
                        "four_at_once": summary([t for part in four for t in part]),
                    }
            print(json.dumps(found, indent=1))
        finally:
            server.terminate()
            server.wait(60)


def fill(folder: Path, customers: int, items: int) -> tuple[str, str, list[str]]:
    """Make a home whose customers ordered; return the keys of its pages and of its server, and the ids of customers."""
    chance = np.random.default_rng(3)
    with Home.create(folder) as home:
        home.create_workspace("Bench", workspace_id="bench", currency="EUR")
        _, secret = home.create_key("bench", name="site", channel="web", origins=["https://shop.example"])
        _, own = home.create_key("bench", name="server")
        ids = [str(UUID(bytes=chance.bytes(16), version=4)) for _ in range(customers)]
        fall = 1 / np.arange(1, items + 1) ** 0.7
        with home.log("bench") as log:
            with log.writer() as writer:
                for start in range(0, customers, 5_000):
                    some = ids[start : start + 5_000]
                    writer.append(orders(some, chance, fall / fall.sum()))
                    writer.sync()
            log.compact(settle=True)
    return secret, own, ids


def signed(secret: str, customer: str) -> str:
    """Return the part of an address that says whose page it is, as the shop's server signs it for an hour."""
    until = int(time.time()) + 3_600
    key, text = hashlib.sha256(secret.encode()).digest(), f"recommendations.{until}.{customer}"
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    return urlencode({"customer": customer, "until": until, "signature": signature})


def orders(ids: list[str], chance: np.random.Generator, fall: np.ndarray) -> EventColumns:
    """Return five orders of each customer, of six items each."""
    count = 5 * len(ids)
    items = chance.choice(len(fall), (count, _ITEMS_OF_A_CUSTOMER // 5), p=fall)
    time_us = chance.integers(1_700_000_000_000_000, 1_760_000_000_000_000, count)
    return EventColumns(
        event_id=chance.integers(0, 256, (count, 16), np.uint8),
        customer_id=[each for each in ids for _ in range(5)],
        event_name=["order_placed"] * count,
        occurred_at=time_us,
        received_at=time_us,
        channel=constant("web", count),
        source=constant("bench", count),
        amount=np.full(count, 1_000),
        currency=["EUR"] * count,
        properties=[
            json.dumps({"items": [{"product_id": f"p{item}"} for item in row]}) for row in items.tolist()
        ],
    )


def warm(port: int, path: str, headers: dict[str, str]) -> None:
    """Ask until it is learnt."""
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        connection.request("GET", path, headers=headers)
        if json.loads(connection.getresponse().read()).get("items"):
            break
        connection.close()
        time.sleep(0.2)
    ask(port, [path] * 200, headers)


def ask(port: int, paths: list[str], headers: dict[str, str]) -> list[float]:
    """Ask one after the other over one connection; return how long each took, in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    for path in paths:
        begin = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        took.append(1_000 * (time.perf_counter() - begin))
        assert answer.status == 200, body
        assert len(json.loads(body)["items"]) == K
    connection.close()
    return took


def summary(took: list[float]) -> dict[str, float]:
    """Return quantiles in milliseconds."""
    return {
        name: round(float(np.quantile(took, at)), 2)
        for name, at in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


if __name__ == "__main__":
    main()
