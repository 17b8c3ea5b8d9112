"""A small SQLite file that threads and processes share: the registry of a home, the merge log of a workspace.

Every commit is on disk when it returns (``synchronous=FULL``). One connection per object, guarded by a lock;
other processes meet in SQLite's write-ahead log.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from safar.vocabulary.errors import Fault, Refusal

from .disk import disk_full, has_no_room

#: How long a writer waits for the writers of other processes.
BUSY_SECONDS: Final = 30.0


class SqliteFileBusy(Fault, TimeoutError):
    """Another process has held the file's write lock for too long."""

    code = "sqlite_file.busy"


class SqliteFileDamaged(Fault, ValueError):
    """The file is not what Safar wrote."""

    code = "sqlite_file.damaged"


class SqliteFileTooNew(Refusal, RuntimeError):
    """The file was written by a later version of Safar."""

    code = "sqlite_file.too_new"


class SqliteFileForked(Fault, RuntimeError):
    """An open file was carried into a forked process, which SQLite forbids."""

    code = "sqlite_file.forked"


class SqliteFile:
    """An open SQLite file with its schema brought up to date.

    Parameters
    ----------
    path
        The file; created (mode 0600) when absent. Its folder exists.
    migrations
        SQL scripts; the file's ``user_version`` counts how many it has had. Only ever append to this list.
    secure_delete
        Overwrite deleted rows with zeros, so that what is erased leaves no bytes in the file.

    Raises
    ------
    SqliteFileTooNew
        The file has had more migrations than this version knows.
    SqliteFileDamaged, SqliteFileBusy, DiskFull
        As their names say; also from `read` and `write`.
    """

    def __init__(self, path: Path, *, migrations: Sequence[str], secure_delete: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._pid = os.getpid()
        with _translated(path):
            # Only when it is absent: closing any handle on a database that this process has open elsewhere would let
            # go of SQLite's locks on it.
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(migrations, secure_delete=secure_delete)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, migrations: Sequence[str], *, secure_delete: bool) -> None:
        self._switch_to_wal()
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute(f"PRAGMA secure_delete={'ON' if secure_delete else 'OFF'}")
        if self._user_version() == len(migrations):
            return
        with self.write() as connection:
            applied = self._user_version()
            if applied > len(migrations):
                raise SqliteFileTooNew(
                    f"{self.path} has schema {applied}; this version of Safar knows up to {len(migrations)}.",
                    hint="Start the version of Safar that wrote it, or a later one.",
                    path=str(self.path),
                    schema=applied,
                    known=len(migrations),
                )
            for script in migrations[applied:]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={len(migrations)}")

    def _switch_to_wal(self) -> None:
        """Switch the journal; SQLite does not wait for other openers here, so this does."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _user_version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for reading: one statement, or several that need not agree on an instant."""
        with self._lock, _translated(self.path):
            self._check_process()
            yield self._connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for reads that all see the same instant."""
        with self.read() as connection:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction: durable when the block ends, undone when it raises."""
        with self.read() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def foreign_changes(self) -> int:
        """Return a number that changes when *another* connection has committed; costs a few microseconds."""
        with self.read() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def scrub(self) -> None:
        """Rewrite the file and empty its log, so that no byte of deleted rows is left in either.

        Overwriting deleted rows (``secure_delete``) is not enough: copies of rows that once moved between pages stay in
        unused space until the file is written anew.

        Raises
        ------
        SqliteFileBusy
            A reader in another process kept the log from being emptied; scrub again later.
        """
        with self.read() as connection:
            connection.execute("VACUUM")
            deadline = time.monotonic() + BUSY_SECONDS
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > deadline:
                    raise _busy(self.path)
                time.sleep(0.01)

    def close(self) -> None:
        """Close the connection; the object is of no use afterwards."""
        with self._lock:
            if self._pid == os.getpid():
                self._connection.close()

    def _check_process(self) -> None:
        if self._pid != os.getpid():
            raise SqliteFileForked(
                f"{self.path} was opened by process {self._pid} and is used by its fork {os.getpid()}.",
                hint="Open it again after the fork, or start workers with the spawn method.",
                path=str(self.path),
            )


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; a semicolon inside a comment or a text ends none."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _busy(path: Path) -> SqliteFileBusy:
    return SqliteFileBusy(
        f"{path} is locked by another process for over {BUSY_SECONDS:.0f} seconds.",
        hint="See which process holds it open, and stop it or wait.",
        path=str(path),
    )


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the disk, the locks and the file into Safar's errors."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if kind == sqlite3.SQLITE_BUSY:
            raise _busy(path) from error
        no_room = kind in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and has_no_room(path.parent)
        if kind == sqlite3.SQLITE_FULL or no_room:
            raise disk_full(path.parent, OSError(errno.ENOSPC, "database or disk is full")) from error
        if kind in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise SqliteFileDamaged(
                f"{path} is damaged: {error}.", hint="Restore it from a backup.", path=str(path)
            ) from error
        raise
