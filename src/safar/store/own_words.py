"""Words of Safar's own that stand in its files: a person's property may read ``currency``, and so does every footer."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from safar.collect.longest_cell import ANY_LENGTH, longest_cell

from .identity import FILE as IDENTITY
from .ids import IdRun
from .layout import Layout
from .parts import parquet_writer
from .pathindex import PathIndex
from .sqlite_read import read_only

#: What the report of an import says about customers. All else in it is about the file.
PERSONAL: Final = ("first_rejected", "examples_by_reason", "first_events", "events_by_name", "error", "file")
_ARRAYS: Final = (
    "SAFARARR",
    "facts",
    "arrays",
    "precision",
    *(f.name for f in [*fields(PathIndex), *fields(IdRun)]),
)


def words_of_log(layout: Layout) -> Iterator[bytes]:
    """Yield what stands in the files of a log whoever the customers are: schemas and heads."""
    sink = pa.BufferOutputStream()
    parquet_writer(sink).close()
    yield sink.getvalue().to_pybytes()
    yield " ".join(_ARRAYS).encode()
    for path in (layout.manifest, layout.folder / IDENTITY):
        with read_only(path) as connection:
            yield from _of_database(connection)


def _of_database(connection: sqlite3.Connection) -> Iterator[bytes]:
    yield b"SQLite format 3"
    for name, sql in connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"):
        yield f"{name} {sql}".encode()
    for (name,) in connection.execute("SELECT name FROM fact"):
        yield str(name).encode()


def words_of_imports(folder: Path) -> Iterator[bytes]:
    """Yield what stands in the files of imports whoever the customers are: mappings, headers, how files were read."""
    for path in folder.rglob("*.toml"):
        yield path.read_bytes()
    for path in folder.rglob("*.csv"):
        header, reasons = _of_rejects(path)
        yield header.encode()
        yield " ".join(reasons).encode()
    for path in folder.rglob("*.json"):
        yield json.dumps(impersonal(json.loads(path.read_bytes())), ensure_ascii=False).encode()


def _of_rejects(path: Path) -> tuple[str, set[str]]:
    """Return the header of a file of rejected rows, and the codes of reasons in it."""
    # a row is often rejected for being endless
    with path.open(encoding="utf-8-sig", newline="") as file, longest_cell(ANY_LENGTH):
        rows = csv.reader(file)
        header = next(rows, [])
        return " ".join(header), {row[1] for row in rows if len(row) > 1}


def impersonal(said: Any) -> Any:
    """Return what a report says without what it says about customers."""
    if isinstance(said, dict):
        return {key: impersonal(value) for key, value in said.items() if key not in PERSONAL}
    return said
