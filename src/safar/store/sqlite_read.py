"""Looking at a SQLite file without changing it, and copying it while others write to it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from .disk import disk_full, has_no_room
from .sqlite_file import SqliteFileDamaged

#: Files that SQLite keeps beside a database; a copy made here needs none of them.
COMPANIONS: Final = ("-wal", "-shm", "-journal")


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection that can only read; all it reads is of one instant.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    sqlite3.DatabaseError
        The file is no database, or is damaged.
    """
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    # Without a write-ahead log nobody has the file open, and SQLite need not leave its own files behind.
    quiet = not path.with_name(path.name + "-wal").exists()
    name = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if quiet else ''}"
    with closing(sqlite3.connect(name, uri=True, timeout=30.0, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield connection


def copy_database(source: Path, target: Path) -> None:
    """Write a consistent copy of a database that others may be writing to; flushed, one file, nothing beside it.

    Raises
    ------
    DiskFull
        There is no room for the copy.
    SqliteFileDamaged
        The source is damaged.
    """
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with read_only(source) as connection, closing(sqlite3.connect(target)) as copy:
            connection.execute("ROLLBACK")
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        os.fsync(handle)
    except sqlite3.DatabaseError as error:
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        no_room = kind in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and has_no_room(target.parent)
        if kind == sqlite3.SQLITE_FULL or no_room:
            raise disk_full(target.parent, OSError(errno.ENOSPC, str(error))) from error
        if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise SqliteFileDamaged(
                f"{source} is damaged: {error}.", hint="Run `safar doctor`.", path=str(source)
            ) from error
        raise
    finally:
        os.close(handle)


def integrity_problems(connection: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with a database and its references; nothing when it is whole."""
    found = [text for (text,) in connection.execute("PRAGMA integrity_check")]
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [text for text in found if text != "ok"] + [
        f"row {row} of {table} refers to a {parent} that is not there" for table, row, parent, _ in broken
    ]
