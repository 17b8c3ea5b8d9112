"""A real server in a process of its own: started on a free port, asked over its socket, stopped by a signal."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safar.store.home import Home
from safar.store.table import Table

_PROGRAM = """
import gc, json, sys
gc.set_threshold(20_000, 10, 10)  # as in `conftest`; serving has a measure of its own
from safar.doors.ingest.limits import Limits
from safar.doors.serve import serve
options = json.loads(sys.argv[2])
limits = Limits(**options.pop("limits", {}))
serve(sys.argv[1], port=0, limits=limits, on_ready=lambda address: print(address, flush=True), **options)
"""


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running server. ``secret`` is the write key that `ask` shows unless told otherwise."""

    address: str
    process: subprocess.Popen[str]
    errors: Path
    secret: str = ""
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = int(self.address.rpartition(":")[2])

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        secret: str | None = None,
    ) -> Answered:
        """Send one request on a connection of its own. A body that is not bytes is sent as JSON."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        shown = self.secret if secret is None else secret
        found = (
            {"Content-Type": "application/json"}
            | ({"Authorization": basic(shown)} if shown else {})
            | {**(headers or {})}
        )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, sent, {name: value for name, value in found.items() if value})
            answer = connection.getresponse()
            return Answered(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    def track(self, event: str, customer: str = "c1", **fields: object) -> Answered:
        return self.ask("POST", "/v1/track", {"event": event, "userId": customer, **fields})

    def batch(self, events: Sequence[object], **fields: object) -> Answered:
        return self.ask("POST", "/v1/batch", {"batch": list(events), **fields})

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def said(self) -> str:
        """What it wrote to standard error so far."""
        return self.errors.read_text()


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"{secret}:".encode()).decode()


def start(
    home: Path,
    errors: Path,
    *,
    secret: str = "",
    environment: Mapping[str, str] | None = None,
    **options: object,
) -> Server:
    """Start a server on a home, ingest only unless told otherwise; return it once it answers."""
    with errors.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(home), json.dumps({"ingest_only": True, **options})],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**(os.environ if environment is None else environment), **_database_of(home)},
        )
    assert process.stdout is not None
    with process.stdout as told:
        address = told.readline().strip()
    if not address:
        process.wait(30)
        raise AssertionError(f"The server did not start:\n{errors.read_text()}")
    return Server(address, process, errors, secret)


def _database_of(home: Path) -> dict[str, str]:
    """Return where the tables of a home are, when the tests of the pages keep them on a server."""
    is_theirs = os.environ.get("TEST_DATABASE_HOME") == str(home)
    return {"SAFAR_DATABASE_URL": os.environ["TEST_DATABASE_URL"]} if is_theirs else {}


def events(
    home: Path, query: str = "select * from events order by sequence", workspace_id: str = "shop"
) -> Table:
    """Ask the log of a home while others may serve it."""
    with Home.open(home) as opened, opened.log(workspace_id) as log:
        return log.sql(query)


def now(offset_seconds: float = 0.0) -> str:
    """The clock as a client writes it."""
    return (
        datetime.fromtimestamp(time.time() + offset_seconds, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
