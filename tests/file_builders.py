"""Files and mappings for tests of the importer, and a sink that keeps what it is given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from safar.collect.import_record import ImportReport
from safar.collect.importing import import_file, try_import
from safar.collect.mapping import Mapping
from safar.collect.mapping_file import load_mapping, parse_mapping
from safar.collect.shape import detect_shape, read_rows
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import from_microseconds

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "mappings"


@dataclass(frozen=True)
class Event:
    """One event as a test reads it."""

    event_id: bytes
    customer: str
    name: str
    at: datetime
    channel: str
    source: str
    amount: int
    currency: str
    properties: dict[str, object]


class ListSink:
    """A sink in memory: events as they came, and how many were there at each sync."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.synced: list[int] = []

    def append(self, columns: EventColumns) -> None:
        self.events += events_of(columns)

    def sync(self) -> None:
        self.synced.append(len(self.events))

    @property
    def ids(self) -> set[bytes]:
        return {event.event_id for event in self.events}


def events_of(columns: EventColumns) -> Iterator[Event]:
    for event_id, customer, name, at, channel, source, amount, currency, properties in zip(
        columns.event_id,
        columns.customer_id,
        columns.event_name,
        columns.occurred_at.tolist(),
        columns.channel,
        columns.source,
        columns.amount.tolist(),
        columns.currency,
        columns.properties,
        strict=True,
    ):
        instant = from_microseconds(at)
        yield Event(
            event_id.tobytes(),
            customer,
            name,
            instant,
            channel,
            source,
            amount,
            currency,
            json.loads(properties),
        )


def a_file(folder: Path, text: str | bytes, name: str = "file.csv", *, encoding: str = "utf-8") -> Path:
    """Return a file with this content; the first line may stand on a line of its own, indented."""
    path = folder / name
    content = text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode(encoding)
    path.write_bytes(content)
    return path


def a_mapping(
    text: str = "", *, event: str = 'name = "visited"\nat = "at"', customer: str = 'id = "customer"'
) -> Mapping:
    """Return a mapping: the head as given, then customer and one event rule."""
    return parse_mapping(
        f'name = "test"\n{dedent(text)}\n[customer]\n{dedent(customer)}\n[[event]]\n{dedent(event)}'
    )


def imported(path: Path, mapping: Mapping, *, time_zone: str = "UTC") -> list[Event]:
    """Return the events of a file, imported anew."""
    sink = ListSink()
    import_file(path, mapping, sink, folder=path.parent / "imports", resume=False, time_zone=time_zone)
    return sink.events


def tried(path: Path, mapping: Mapping) -> ImportReport:
    """Return the report of a dry run."""
    return try_import(path, mapping)


def an_example(name: str) -> Mapping:
    """Return a mapping that is shipped."""
    return load_mapping(EXAMPLES / f"{name}.toml")


def rows_of(path: Path, *columns: str) -> list[tuple[str, ...]]:
    """Return the cells of some columns as texts, by default of all."""
    shape = detect_shape(path)
    found: list[tuple[str, ...]] = []
    for piece in read_rows(path, shape):
        found += zip(*(piece.texts(name) for name in columns or piece.names), strict=True)
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def csv_of(rows: Iterable[Iterable[object]]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)
