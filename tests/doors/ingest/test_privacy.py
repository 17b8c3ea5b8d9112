"""What the server writes about its work names no customer, no secret and no content."""

from __future__ import annotations

import ast
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safar.doors.ingest import journal
from serving import Server, basic


def test_the_logs_hold_no_body_no_id_and_no_secret(served: Callable[..., Server], shop: Any) -> None:
    server = served()
    marks = ["customer-31415", "event-31415", "text-31415", "message-31415", "trait-31415", "31415.0.0.1"]
    customer, event, text, message, trait, address = marks
    sent = {
        "userId": customer,
        "messageId": message,
        "properties": {"text": text},
        "context": {"ip": address},
    }
    assert server.track(event, **{"customer": customer} | {"properties": {"text": text}}).status == 202
    bad = [
        sent | {"type": "track", "event": event, "timestamp": text},
        sent | {"type": "track", "event": event, "properties": {"revenue": text}},
        sent | {"type": text},
        {"type": "identify", "userId": customer + "\n", "traits": {"name": trait}},
    ]
    assert server.batch(bad).status == 422
    server.ask("POST", "/v1/track?text-31415=1", f'{{"event": "{event}'.encode())
    server.ask("POST", f"/v1/{text}", b"{}")
    server.ask("POST", "/v1/track", {"writeKey": "sfr_secret-31415", "event": event}, secret="")
    server.ask("POST", "/v1/track", {}, {"Authorization": "Bearer sfr_secret-31415"}, secret="")
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(f"POST /v1/track HTTP/1.1\r\n{text}\r\n\r\n".encode())
        connection.recv(1000)
    assert server.stop() == 0
    said = server.said()
    assert "events accepted: 1" in said  # the logs were on
    assert "ingest.unauthorized: 2" in said
    for mark in [*marks, "31415", server.secret, basic(server.secret), "sfr_"]:
        assert mark not in said


def test_a_defect_is_logged_by_its_place_alone(caplog: pytest.LogCaptureFixture) -> None:
    quoted = "customer-31415 sent text-31415"
    try:
        raise ValueError(quoted)
    except ValueError as error:
        journal.log_fault("A request failed", error)
    (record,) = caplog.records
    assert "A request failed: ValueError" in record.getMessage()
    assert "test_privacy.py" in record.getMessage()
    assert "31415" not in record.getMessage()
    assert record.exc_info is None


def test_nothing_but_the_journal_writes_to_the_logs() -> None:
    for path in Path(journal.__file__).parent.glob("*.py"):
        imports = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert ("logging" in imports) == (path.name == "journal.py"), path.name
