"""The manifest: which files are the log at this moment. One small SQLite file, replaced by one transaction.

A reader takes a `Snapshot` and sees exactly those parts and runs, whatever a compaction does meanwhile.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from .sqlite_file import SqliteFile

MIGRATIONS: Final = (
    """
    CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE part (
        name TEXT PRIMARY KEY, shard INTEGER NOT NULL, level INTEGER NOT NULL, run TEXT NOT NULL,
        rows INTEGER NOT NULL, first_sequence INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
        bytes INTEGER NOT NULL, crc INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE run (name TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE consumed (segment TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE garbage (name TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
    INSERT INTO fact VALUES ('generation', 0), ('next_sequence', 0)
    """,
    "INSERT INTO fact VALUES ('withdrawals', 0)",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of one shard, and its path index beside it (same name, ``.path``).

    ``first_at`` and ``last_at`` are the bounds of ``occurred_at`` in microseconds UTC; ``crc`` is the CRC-32 of the
    Parquet file's bytes.
    """

    name: str
    shard: int
    level: int
    run: str
    rows: int
    first_sequence: int
    first_at: int
    last_at: int
    bytes: int
    crc: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the log consists of at one moment."""

    generation: int
    next_sequence: int
    parts: tuple[Part, ...]
    runs: tuple[str, ...]
    consumed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic step from a snapshot to the next.

    ``takes_events_out`` where the log says less afterwards: somebody was erased, a source removed, the old forgotten.
    """

    add_parts: Sequence[Part] = ()
    remove_parts: Sequence[str] = ()
    add_runs: Sequence[tuple[str, int]] = ()
    remove_runs: Sequence[str] = ()
    consume: Sequence[str] = ()
    next_sequence: int | None = None
    takes_events_out: bool = False


def snapshot_of(base: sqlite3.Connection) -> Snapshot:
    """Return what a manifest says through a connection that reads one instant."""
    facts = dict(base.execute("SELECT name, value FROM fact"))
    rows = base.execute("SELECT * FROM part ORDER BY shard, first_sequence, name").fetchall()
    runs = base.execute("SELECT name FROM run ORDER BY name").fetchall()
    consumed = base.execute("SELECT segment FROM consumed").fetchall()
    return Snapshot(
        facts["generation"],
        facts["next_sequence"],
        tuple(Part(*row) for row in rows),
        tuple(name for (name,) in runs),
        frozenset(name for (name,) in consumed),
    )


class Manifest:
    """The manifest of one log. Safe for many readers; changes are made by the holder of the compaction lock only.

    Parameters
    ----------
    path
        The file; made when absent.
    shard_count
        Given when a log is made: into how many shards customers are split. A power of two, fixed from then on.
    """

    def __init__(self, path: Path, *, shard_count: int | None = None) -> None:
        self._file = SqliteFile(path, migrations=MIGRATIONS, secure_delete=True)
        if shard_count is not None:
            with self._file.write() as base:
                base.execute("INSERT OR IGNORE INTO fact VALUES ('shard_count', ?)", (shard_count,))

    @property
    def shard_count(self) -> int:
        """Into how many shards customers are split."""
        return self._fact("shard_count")

    @property
    def generation(self) -> int:
        """How many changes there have been."""
        return self._fact("generation")

    @property
    def withdrawals(self) -> int:
        """How many changes have taken events out."""
        return self._fact("withdrawals")

    def _fact(self, name: str) -> int:
        with self._file.read() as base:
            return int(base.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0])

    def snapshot(self) -> Snapshot:
        """Return what the log consists of now."""
        with self._file.snapshot() as base:
            return snapshot_of(base)

    def apply(self, change: Change) -> None:
        """Make the change, all of it or nothing. On disk when it returns."""
        now = time.time()
        gone = [*change.remove_parts, *change.remove_runs, *change.consume]
        with self._file.write() as base:
            many = base.executemany
            many(
                "INSERT INTO part VALUES (?,?,?,?,?,?,?,?,?,?)", [astuple(part) for part in change.add_parts]
            )
            many("DELETE FROM part WHERE name = ?", [(name,) for name in change.remove_parts])
            many("INSERT INTO run VALUES (?, ?)", list(change.add_runs))
            many("DELETE FROM run WHERE name = ?", [(name,) for name in change.remove_runs])
            many("INSERT INTO consumed VALUES (?, ?)", [(name, now) for name in change.consume])
            many("INSERT OR REPLACE INTO garbage VALUES (?, ?)", [(name, now) for name in gone])
            if change.next_sequence is not None:
                base.execute(
                    "UPDATE fact SET value = ? WHERE name = 'next_sequence'", (change.next_sequence,)
                )
            if change.takes_events_out:
                base.execute("UPDATE fact SET value = value + 1 WHERE name = 'withdrawals'")
            base.execute("UPDATE fact SET value = value + 1 WHERE name = 'generation'")

    def garbage(self, *, older_than_seconds: float) -> list[str]:
        """Return names that have not been part of the log for at least that long; their files may be deleted."""
        limit = time.time() - older_than_seconds
        with self._file.read() as base:
            return [name for (name,) in base.execute("SELECT name FROM garbage WHERE at <= ?", (limit,))]

    def forget_garbage(self, names: Iterable[str]) -> None:
        """Forget names whose files are deleted."""
        rows = [(name,) for name in names]
        with self._file.write() as base:
            base.executemany("DELETE FROM garbage WHERE name = ?", rows)
            base.executemany("DELETE FROM consumed WHERE segment = ?", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
