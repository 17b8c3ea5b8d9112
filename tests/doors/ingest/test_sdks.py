"""Libraries that people already use, unchanged, against a real server and a real log."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from serving import Server, events

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library's own
    from segment.analytics.client import Client

Serve = Callable[..., Server]
#: Segment's library for Node and all that it needs, each with its hash.
LOCKED = Path(__file__).with_name("npm")

CALLS = "select event_name, original_id, channel, amount, currency, properties from events order by sequence"


def read(home: Path) -> dict[str, tuple[Any, ...]]:
    """The events by name; their properties read."""
    return {row[0]: (*row[1:5], json.loads(row[5])) for row in events(home, CALLS).rows()}


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("path", ["", "/i"])
def test_segments_python_library(served: Serve, shop: Any, path: str, compress: bool) -> None:
    server = served()
    failures: list[Any] = []
    client = Client(
        shop.secret,
        host=server.address + path,
        gzip=compress,
        max_retries=2,
        on_error=lambda error, _: failures.append(error),
    )
    at = datetime(2026, 3, 21, 9, 0, 0, 250_000, tzinfo=UTC)
    client.identify("sara", {"city": "شیراز"}, anonymous_id="visitor-1")
    client.track("sara", "order_placed", {"order_id": "o1", "revenue": 12.5, "currency": "USD"}, timestamp=at)
    client.page(anonymous_id="visitor-2", category="Catalogue", name="Shoes", properties={"url": "/shoes"})
    client.screen("sara", "App", "Basket")
    client.group("sara", "g1", {"plan": "pro"})
    client.alias("visitor-3", "sara")
    for number in range(1, 251):
        client.track(number, "many", message_id=f"m{number}")
    client.shutdown()
    assert failures == []
    library = {"context": {"library": {"name": "analytics-python"}}}
    assert read(shop.home) | {"many": None} == {
        "identify": ("sara", "web", None, None, {"city": "شیراز", "$anonymous_id": "visitor-1"} | library),
        "order_placed": (
            "sara",
            "web",
            1250,
            "USD",
            {"order_id": "o1", "revenue": 12.5, "currency": "USD"} | library,
        ),
        "page": (
            "visitor-2",
            "web",
            None,
            None,
            {"url": "/shoes", "name": "Shoes", "category": "Catalogue"} | library,
        ),
        "screen": ("sara", "web", None, None, {"name": "Basket", "category": "App"} | library),
        "group": ("sara", "web", None, None, {"plan": "pro", "group_id": "g1"} | library),
        "alias": ("sara", "web", None, None, {"$previous_id": "visitor-3"} | library),
        "many": None,
    }
    query = "select count(*), count(distinct original_id) from events where event_name = 'many'"
    assert events(shop.home, query).one() == (250, 250)
    ((happened,),) = events(
        shop.home, "select epoch_ms(occurred_at) from events where event_name = 'order_placed'"
    ).rows()
    assert happened == at.timestamp() * 1000


def test_segments_python_library_is_told_of_a_wrong_key(served: Serve, shop: Any) -> None:
    server = served()
    failures: list[Any] = []
    client = Client(
        "sfr_wrong", host=server.address, max_retries=1, on_error=lambda error, _: failures.append(error)
    )
    client.track("sara", "order_placed")
    client.shutdown()
    assert [(failure.status, failure.code) for failure in failures] == [(401, "ingest.unauthorized")]
    assert events(shop.home).rows() == []


@pytest.fixture(scope="session")
def node_library(node: str, missing: Callable[[str], NoReturn]) -> Path:
    """A folder with Segment's library for Node as the lock names it, kept until the lock changes."""
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "safar-tests"
    folder = kept / f"npm-{hashlib.sha256((LOCKED / 'package-lock.json').read_bytes()).hexdigest()[:16]}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(LOCKED / name, folder / name)
        command = [str(Path(node).with_name("npm")), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        installed = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        if installed.returncode:
            missing(f"npm cannot bring what {LOCKED} locks: {installed.stderr.strip()[-200:]}")
        (folder / "complete").touch()
    return folder


NODE_PROGRAM = """
const { Analytics } = require("@segment/analytics-node");
const analytics = new Analytics({ writeKey: process.env.KEY, host: process.env.HOST, flushAt: 20, maxRetries: 2 });
const failures = [];
analytics.on("error", (error) => failures.push(error.code + " " + error.reason));
(async () => {
  analytics.identify({ userId: "sara", anonymousId: "visitor-1", traits: { city: "شیراز" } });
  analytics.track({ userId: "sara", event: "order_placed", timestamp: new Date("2026-03-21T09:00:00.250Z"),
    properties: { order_id: "o1", revenue: 12.5, currency: "USD" }, context: { ip: "10.1.2.3", locale: "fa-IR" } });
  analytics.page({ anonymousId: "visitor-2", category: "Catalogue", name: "Shoes", properties: { url: "/shoes" } });
  analytics.screen({ userId: "sara", name: "Basket" });
  analytics.group({ userId: "sara", groupId: "g1", traits: { plan: "pro" } });
  analytics.alias({ userId: "sara", previousId: "visitor-3" });
  for (let number = 0; number < 250; number++) analytics.track({ userId: "u" + number, event: "many" });
  await analytics.closeAndFlush({ timeout: 20000 });
  console.log(JSON.stringify(failures));
})();
"""


@pytest.mark.node
def test_segments_node_library(served: Serve, shop: Any, node: str, node_library: Path) -> None:
    server = served()
    environment = os.environ | {"KEY": shop.secret, "HOST": server.address}
    ran = subprocess.run(
        [node, "-e", NODE_PROGRAM],
        cwd=node_library,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == []
    found = read(shop.home)
    library = {"library": {"name": "@segment/analytics-node"}}
    assert found["identify"] == (
        ("sara", "web", None, None, {"city": "شیراز", "$anonymous_id": "visitor-1", "context": library})
    )
    properties = {
        "order_id": "o1",
        "revenue": 12.5,
        "currency": "USD",
        "context": {"locale": "fa-IR"} | library,
    }
    assert found["order_placed"] == ("sara", "web", 1250, "USD", properties)
    assert found["page"][0] == "visitor-2"
    assert found["page"][4] == {"url": "/shoes", "name": "Shoes", "category": "Catalogue", "context": library}
    assert found["screen"][4]["name"] == "Basket"
    assert found["group"][4] == {"plan": "pro", "group_id": "g1", "context": library}
    assert found["alias"][4] == {"$previous_id": "visitor-3", "context": library}
    assert events(shop.home, "select count(*) from events where event_name = 'many'").one() == (250,)
