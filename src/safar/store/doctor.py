"""Is everything that was kept still there, whole and in agreement? `doctor` looks and changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .doctor_log import check_database, doctor_log
from .findings import Finding, Severity
from .home import REGISTRY, RESTORED, workspace_of
from .registry import MIGRATIONS, InvalidWorkspaceSetting, checked_settings

#: With less room than this new events will soon be refused.
FULL_BYTES: Final = 64 << 20
#: With less room than this a merge or a rewrite may not find enough.
NEARLY_FULL_BYTES: Final = 1 << 30
#: Files that the people's door keeps; checked as databases only.
_APP: Final = "app.sqlite"
_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}


def doctor(folder: str | os.PathLike[str]) -> list[Finding]:
    """Check a home: its disk, rights, databases and every workspace's log, to the last byte.

    Parameters
    ----------
    folder
        The home. It may be damaged, and it may be in use: writers, compaction and readers are not disturbed.

    Returns
    -------
    list of Finding
        Errors first, then warnings, then notes; by path within. Empty when there is nothing to say.

    Notes
    -----
    Reads every byte of the log: about as long as copying it takes. What no checksum covers (free pages of a database,
    texts in the databases of members and settings) can change unnoticed.
    """
    home = Path(folder).absolute()
    if (home / RESTORED).exists():
        return [Finding("doctor.restore_unfinished", home, "A restore into this folder was interrupted.")]
    if not home.is_dir() or not (home / REGISTRY).is_file():
        return [Finding("doctor.home_missing", home, f"There is no {REGISTRY} here.")]
    findings = [*_check_disk(home), *_check_rights(home), *_check_registry(home)]
    app = home / _APP
    if app.is_file():
        findings += check_database(app, None, lambda _: [])
    for workspace in sorted((home / "workspaces").glob("*")):
        if (workspace / "log").is_dir():
            findings += doctor_log(workspace / "log")
    return sorted(
        set(findings), key=lambda finding: (_ORDER[finding.severity], finding.path, finding.message)
    )


def _check_disk(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    if free < NEARLY_FULL_BYTES:
        code = "doctor.disk_full" if free < FULL_BYTES else "doctor.disk_nearly_full"
        yield Finding(code, home, f"{free >> 20} MiB are free where the home is.")


def _check_rights(home: Path) -> Iterator[Finding]:
    if stat.S_IMODE(home.stat().st_mode) & 0o077:
        yield Finding("doctor.open_to_others", home, "Other accounts of this machine may look into the home.")
    for folder, folders, files in os.walk(home):
        for name in [*folders, *files]:
            path = Path(folder, name)
            if path.is_symlink() or (path.exists() and not os.access(path, os.R_OK | os.W_OK)):
                what = (
                    "a link to somewhere else"
                    if path.is_symlink()
                    else "not for this account to read and write"
                )
                yield Finding("doctor.no_access", path, f"It is {what}.")


def _check_registry(home: Path) -> Iterator[Finding]:
    known: list[str] = []

    def more(connection: sqlite3.Connection) -> list[tuple[str, str]]:
        found = []
        rows = connection.execute(
            # A registry that is opened for the first time by this version has no retention_days yet.
            "SELECT workspace_id, name, language, calendar, time_zone, currency, created_at, NULL FROM workspace"
        )
        for row in rows:
            known.append(row[0])
            try:
                checked_settings(workspace_of(row))
            except InvalidWorkspaceSetting as error:
                found.append(("doctor.workspace_setting_unknown", f"Workspace {row[0]}: {error.message}"))
        return found

    findings = list(check_database(home / REGISTRY, len(MIGRATIONS), more))
    yield from findings
    if any(finding.severity is Severity.ERROR for finding in findings):
        return
    for workspace in sorted((home / "workspaces").glob("*")):
        if workspace.name not in known:
            yield Finding(
                "doctor.folder_without_workspace", workspace, "The registry names no workspace of this id."
            )
