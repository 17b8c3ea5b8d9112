"""Logs for tests: filled, looked at, damaged."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import UUID

from safar.store.doctor_log import doctor_log
from safar.store.findings import Finding, Severity
from safar.store.log import Log
from safar.vocabulary.event import EventColumns


def write(log: Log, *batches: EventColumns) -> None:
    """Write each batch and flush; seal at the end."""
    with log.writer() as writer:
        for batch in batches:
            writer.append(batch)
            writer.sync()


def ids_of(columns: EventColumns) -> list[bytes]:
    """Return the ids of events, in their order."""
    return [row.tobytes() for row in columns.event_id]


def stored_ids(log: Log) -> list[bytes]:
    """Return the id of every event that a query sees, in order of arrival."""
    return [
        UUID(text).bytes for (text,) in log.sql("select event_id::text from events order by sequence").rows()
    ]


def stored(log: Log) -> list[tuple[str, str]]:
    """Return (original id, event name) of every event, in order of arrival."""
    return log.sql("select original_id, event_name from events order by sequence").rows()


def troubles(folder: Path) -> list[Finding]:
    """Return what the doctor finds wrong with a log; notes are no trouble."""
    return [finding for finding in doctor_log(folder) if finding.severity is not Severity.NOTE]


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file that a database of this process may have open, read by another process.

    A process that closes a file gives up all locks that it has on it, SQLite's too: the next process to open the
    database then takes itself for the first one and throws the write-ahead log away.
    """
    return subprocess.run(["cat", path], check=True, capture_output=True).stdout


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder with its bytes; SQLite's shared memory apart."""
    return {
        str(path.relative_to(folder)): bytes_of(path) if path.suffix == ".sqlite" else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def flip(path: Path, place: int, bit: int) -> None:
    """Turn one bit of a file over."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)
