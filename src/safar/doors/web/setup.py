"""Bringing the people's door up on a home: settings, tables, secret."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django
from django.apps import apps

from safar.store.disk import exclusive
from safar.store.home import Home, default_home
from safar.vocabulary.errors import Fault

from .database import unreachable

#: The advisory lock of PostgreSQL that who changes tables holds.
_MIGRATING: Final = 0x5AFA_0001
_starting = threading.Lock()
_chosen: Path | None = None


class AnotherHome(Fault, RuntimeError):
    """One process serves one home."""

    code = "web.another_home"


def chosen_home() -> Path:
    """Return the folder that this process serves: the one given to `configure`, else the default."""
    return (_chosen or default_home()).absolute()


def configure(home: str | os.PathLike[str]) -> None:
    """Load Django with the settings of ``home``. Does nothing the second time.

    Raises
    ------
    AnotherHome
        This process already serves another home.
    """
    global _chosen  # noqa: PLW0603 - Django's settings are a module, read once a process
    folder = Path(home).absolute()
    with _starting:
        if apps.ready:
            from django.conf import settings  # noqa: PLC0415 - only readable once configured

            if folder != settings.HOME:
                raise AnotherHome(
                    f"This process serves {settings.HOME}; it cannot serve {folder} too.",
                    hint="Start another process for the other home.",
                    home=str(settings.HOME),
                    asked=str(folder),
                )
            return
        _chosen = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "safar.doors.web.settings"
        django.setup()


def prepare(home: str | os.PathLike[str]) -> None:
    """Make the home ready for pages: create it where it is missing, its secret, and bring the tables up to
    date.

    Running it again changes nothing. Several processes may do so at once.

    Raises
    ------
    DatabaseUnreachable
        The PostgreSQL server that the settings name does not answer or does not let Safar in.
    """
    Home.create(home).close()
    configure(home)
    from django.conf import settings  # noqa: PLC0415 - needs Django configured
    from django.db import connections  # noqa: PLC0415 - needs Django configured

    from .first_tables import bring_up_to_date  # noqa: PLC0415 - needs Django configured
    from .tables import bring_back  # noqa: PLC0415 - needs Django configured

    folder = Path(home).absolute()
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, exist_ok=True)
    with _alone(folder):
        bring_back(folder)
        bring_up_to_date()
    connections.close_all()
    database = folder / "app.sqlite"
    if os.name == "posix" and database.exists():
        database.chmod(0o600)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let no other process change the tables meanwhile."""
    from django.db import OperationalError, connection, connections  # noqa: PLC0415 - needs Django configured

    if connection.vendor == "sqlite":
        with exclusive(home / "app.lock", wait=True):
            yield
            connections.close_all()
        return
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise unreachable(error) from error
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a large table is changed in its own time
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
    try:
        yield
    finally:
        connections.close_all()  # gives the lock back too
