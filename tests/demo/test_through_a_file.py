"""The simulated company comes in by the path that everybody's files take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from file_builders import Event, ListSink, an_example
from safar.collect.importing import import_file
from safar.demo.company import fill

from .conftest import UNTIL


def lines(events: list[Event]) -> Iterator[str]:
    for event in events:
        money = {"amount": event.amount, "currency": event.currency} if event.currency else {}
        line = {
            "event_id": event.event_id.hex(), "customer_id": event.customer, "event_name": event.name,
            "occurred_at": event.at.isoformat(timespec="microseconds"), "channel": event.channel, **money,
            "properties": event.properties,
        }  # fmt: skip
        yield json.dumps(line, ensure_ascii=False) + "\n"


def told(events: list[Event]) -> list[tuple[object, ...]]:
    return [(e.customer, e.name, e.at, e.channel, e.amount, e.currency, e.properties) for e in events]


def test_a_company_written_to_a_file_and_imported_is_the_company(tmp_path: Path) -> None:
    filled, imported = ListSink(), ListSink()
    count = fill(filled, 60, seed=3, until=UNTIL)
    path = tmp_path / "company.jsonl"
    path.write_text("".join(lines(filled.events)), "utf-8")
    report = import_file(path, an_example("safar-events"), imported, folder=tmp_path / "imports")
    assert (report.rows, report.events, report.rows_rejected) == (count, count, 0)
    assert told(imported.events) == told(filled.events)
    assert count > 1000
    assert any(event.amount for event in imported.events)
