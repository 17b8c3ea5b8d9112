"""Bringing the people's door up on a home: settings, tables, secret."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import django
from django.apps import apps

from safar.store.disk import exclusive
from safar.store.home import Home, default_home
from safar.vocabulary.errors import Fault

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

    Running it again changes nothing. Two processes may do so at once.
    """
    Home.create(home).close()
    configure(home)
    from django.core.management import call_command  # noqa: PLC0415 - needs Django configured
    from django.db import connections  # noqa: PLC0415

    with exclusive(Path(home).absolute() / "app.lock", wait=True):
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
    database = Path(home).absolute() / "app.sqlite"
    if os.name == "posix":
        database.chmod(0o600)
