"""A backup of the home with its app tables, wherever these are."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.apps import apps

from safar.store.backup import BackupReport, backup
from safar.store.home import Home


def back_up(
    home: Home,
    target: str | os.PathLike[str],
    *,
    workspace_id: str | None = None,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> BackupReport:
    """Write a backup as `safar.store.backup.backup` does; with the app tables too when a server keeps them.

    Raises
    ------
    Whatever `safar.store.backup.backup` raises.
    DatabaseUnreachable
        The app tables cannot be read; nothing was written.
    """
    if workspace_id is not None or not tables_are_elsewhere():
        return backup(home, target, workspace_id=workspace_id, progress=progress)
    if not apps.ready:
        from .setup import prepare  # noqa: PLC0415 - a home on SQLite is backed up without Django

        prepare(home.folder)
    from .tables import write_tables  # noqa: PLC0415 - needs Django configured

    return backup(home, target, progress=progress, write_tables=write_tables)


def tables_are_elsewhere() -> bool:
    """Whether a server keeps the app tables, not a file of the home."""
    return bool(os.environ.get("SAFAR_DATABASE_URL", "").strip())
