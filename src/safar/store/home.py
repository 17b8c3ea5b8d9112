"""The home: one folder that holds everything a Safar installation knows.

::

    <home>/registry.sqlite            workspaces and keys
    <home>/app.sqlite                 the people's door
    <home>/workspaces/<id>/log/       that workspace's events
    <home>/workspaces/<id>/imports/   files on their way in, and what was rejected
    <home>/workspaces/<id>/attachments/   pictures and PDF files of journey maps
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.phone import NO_REGION, has_telephone_plan

from .keys import Key, KeyRing
from .registry import (
    MIGRATIONS,
    UnknownWorkspace,
    Workspace,
    WorkspaceExists,
    checked_settings,
    checked_workspace_id,
    instant_of,
    microseconds,
    slug_of,
)
from .sqlite_file import SqliteFile

if TYPE_CHECKING:
    from .log import Log

REGISTRY: Final = "registry.sqlite"
#: While a restore that was decided moves its files into place, they stand in this folder of the home.
RESTORED: Final = ".restored"
_COLUMNS: Final = "workspace_id, name, language, calendar, time_zone, currency, created_at, retention_days"
#: How a first workspace is made, for whoever has none.
FIRST_WORKSPACE: Final = (
    '`safar workspaces create "My shop" --id shop --language fa --calendar jalali --time-zone Asia/Tehran'
    " --currency IRR`, with your own language (fa, ar, en), calendar (jalali, hijri, gregorian), zone and currency."
)
#: Old events are looked for so often.
_FORGET_EVERY: Final = timedelta(days=1)


class KeepForEver(Enum):
    """What a workspace's ``retention_days`` is changed to when nothing is to be forgotten."""

    KEEP_FOR_EVER = "for ever"


KEEP_FOR_EVER: Final = KeepForEver.KEEP_FOR_EVER


class HomeMissing(Refusal, FileNotFoundError):
    """The folder is not a home."""

    code = "home.missing"


class RestoreUnfinished(Refusal, RuntimeError):
    """A restore into the folder was interrupted while it moved files into place."""

    code = "restore.unfinished"


def default_home() -> Path:
    """Return the folder used when none is named: ``$SAFAR_HOME``, else ``./var/safar``."""
    return Path(os.environ.get("SAFAR_HOME") or Path("var") / "safar")


class Home:
    """An open home. Safe for many threads; each process opens its own (after a fork, open again).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Home.create(folder) as home:
    ...     shop = home.create_workspace("Tehran shop", language="fa", calendar="jalali", currency="IRR")
    ...     key, secret = home.create_key(shop.workspace_id, name="website", channel="web")
    ...     home.key_of(secret).workspace_id
    'tehran-shop'
    """

    def __init__(self, folder: Path) -> None:
        if (folder / RESTORED).exists():
            raise RestoreUnfinished(
                f"A restore into {folder} was interrupted.",
                hint="Run the same restore again: it finishes what was begun.",
                folder=str(folder),
            )
        self.folder = folder
        self._registry = SqliteFile(folder / REGISTRY, migrations=MIGRATIONS)
        self._keys = KeyRing(self._registry)
        self._logs: dict[str, Log] = {}
        self._opening = threading.Lock()

    @classmethod
    def create(cls, folder: str | os.PathLike[str] | None = None) -> Home:
        """Open the home in ``folder``, making it first when it is not there. Two processes may do so at once.

        Parameters
        ----------
        folder
            Where; `default_home` when None. Folders it makes are closed to other users of the machine (0700).
        """
        path = (Path(folder) if folder is not None else default_home()).absolute()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        (path / "workspaces").mkdir(mode=0o700, exist_ok=True)
        return cls(path)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None) -> Home:
        """Open the home in ``folder`` (`default_home` when None).

        Raises
        ------
        HomeMissing
            Nothing was created there.
        """
        path = (Path(folder) if folder is not None else default_home()).absolute()
        if not (path / REGISTRY).is_file() and not (path / RESTORED).exists():
            raise HomeMissing(
                f"{path} is not a Safar home: it has no {REGISTRY}.",
                hint=f"Name another folder with --home or SAFAR_HOME, or make this one with its first workspace: "
                f"{FIRST_WORKSPACE}",
                folder=str(path),
            )
        return cls(path)

    def workspaces(self) -> list[Workspace]:
        """Return every workspace, oldest first."""
        with self._registry.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM workspace ORDER BY created_at, workspace_id"
            ).fetchall()
        return [workspace_of(row) for row in rows]

    def workspace(self, workspace_id: str) -> Workspace:
        """Return one workspace.

        Raises
        ------
        InvalidWorkspaceId, UnknownWorkspace
            The text is no id, or no workspace has it.
        """
        checked_workspace_id(workspace_id)
        with self._registry.read() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM workspace WHERE workspace_id = ?",
                (workspace_id,),
            ).fetchone()
        if row is None:
            known = [workspace.workspace_id for workspace in self.workspaces()]
            raise UnknownWorkspace(
                f"There is no workspace {workspace_id!r}.",
                hint=nearest(workspace_id, known) or "List the workspaces to see their ids.",
                workspace_id=workspace_id,
            )
        return workspace_of(row)

    def create_workspace(
        self,
        name: str,
        *,
        workspace_id: str | None = None,
        language: str = "en",
        calendar: str = "gregorian",
        time_zone: str = "UTC",
        currency: str = "USD",
    ) -> Workspace:
        """Create a workspace and its folder.

        Parameters
        ----------
        name
            As people read it, any script.
        workspace_id
            The slug to use; when None one is made of the name, with a number where it is taken.
        language, calendar, time_zone, currency
            See `Workspace`.

        Raises
        ------
        InvalidWorkspaceId, InvalidWorkspaceSetting
            A value that is not allowed; nothing was created.
        WorkspaceExists
            The given id is taken, or its folder still holds files of another life.
        """
        wanted = slug_of(name) if workspace_id is None else checked_workspace_id(workspace_id)
        workspace = checked_settings(
            Workspace(wanted, name.strip(), language, calendar, time_zone, currency, datetime.now(UTC))
        )
        candidates = _numbered(wanted) if workspace_id is None else iter([wanted])
        with self._registry.write() as connection:
            for candidate in candidates:
                workspace = replace(workspace, workspace_id=candidate)
                if self._insert(connection, workspace):
                    return workspace
        raise WorkspaceExists(
            f"The workspace id {wanted!r} is taken.",
            hint="Choose another id.",
            workspace_id=wanted,
        )

    def change_workspace(
        self,
        workspace_id: str,
        *,
        name: str | None = None,
        language: str | None = None,
        calendar: str | None = None,
        time_zone: str | None = None,
        currency: str | None = None,
        retention_days: int | KeepForEver | None = None,
    ) -> Workspace:
        """Change the given settings of a workspace, leave the others, and return it as it is now.

        A new ``retention_days`` is applied at the next occasion; `KEEP_FOR_EVER` takes it away.

        Raises
        ------
        InvalidWorkspaceId, UnknownWorkspace, InvalidWorkspaceSetting
            Nothing was changed.
        """
        with self._registry.write() as connection:
            before = self.workspace(workspace_id)
            after = checked_settings(
                replace(
                    before,
                    name=before.name if name is None else name.strip(),
                    language=before.language if language is None else language,
                    calendar=before.calendar if calendar is None else calendar,
                    time_zone=before.time_zone if time_zone is None else time_zone,
                    currency=before.currency if currency is None else currency,
                    retention_days=_retention(before.retention_days, retention_days),
                )
            )
            connection.execute(
                "UPDATE workspace SET name = ?1, language = ?2, calendar = ?3, time_zone = ?4, currency = ?5,"
                " forgotten_at = iif(retention_days IS ?6, forgotten_at, NULL), retention_days = ?6"
                " WHERE workspace_id = ?7",
                (
                    after.name,
                    after.language,
                    after.calendar,
                    after.time_zone,
                    after.currency,
                    after.retention_days,
                    workspace_id,
                ),
            )
        return after

    def forgets_before(self, workspace_id: str, now: datetime) -> datetime | None:
        """Return the instant before which a workspace's events are to be forgotten now.

        None where it keeps them for ever, and for a day after `has_forgotten` said that it was done.
        """
        with self._registry.read() as connection:
            row = connection.execute(
                "SELECT retention_days, forgotten_at FROM workspace WHERE workspace_id = ?", (workspace_id,)
            ).fetchone()
        if row is None or row[0] is None:
            return None
        if row[1] is not None and now - instant_of(row[1]) < _FORGET_EVERY:
            return None
        return now - timedelta(days=row[0])

    def has_forgotten(self, workspace_id: str, now: datetime) -> None:
        """Note that a workspace's old events were forgotten."""
        with self._registry.write() as connection:
            connection.execute(
                "UPDATE workspace SET forgotten_at = ? WHERE workspace_id = ?",
                (microseconds(now), workspace_id),
            )

    def workspace_folder(self, workspace_id: str) -> Path:
        """Return the folder of an existing workspace, always directly inside ``<home>/workspaces``."""
        return self.folder / "workspaces" / self.workspace(workspace_id).workspace_id

    def imports_folder(self, workspace_id: str) -> Path:
        """Return the folder for a workspace's imports, made on first use."""
        folder = self.workspace_folder(workspace_id) / "imports"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def log(self, workspace_id: str) -> Log:
        """Return the workspace's log, made on first use; the same object each time, shared by all threads."""
        known = self._logs.get(workspace_id)
        if known is not None:
            return known
        folder = self.workspace_folder(workspace_id) / "log"
        from .log import Log  # noqa: PLC0415 - loads the engines, which a list of workspaces does not need

        with self._opening:
            if workspace_id not in self._logs:
                self._logs[workspace_id] = Log.create(folder, region=region_of(self.workspace(workspace_id)))
            return self._logs[workspace_id]

    def create_key(
        self,
        workspace_id: str,
        *,
        name: str,
        channel: str = "",
        origins: Iterable[str] = (),
        requests_per_second: float | None = None,
    ) -> tuple[Key, str]:
        """Create a key; return it with its secret (``sfr_…``), which is shown this once.

        Parameters
        ----------
        workspace_id
            Where its events go.
        name, channel, origins, requests_per_second
            See `Key`.

        Raises
        ------
        UnknownWorkspace, InvalidKeySetting, KeyExists
            Nothing was created.
        """
        return self._keys.create(
            self.workspace(workspace_id).workspace_id,
            name=name,
            channel=channel,
            origins=origins,
            requests_per_second=requests_per_second,
        )

    def key_of(self, secret: str) -> Key | None:
        """Return the key that ``secret`` opens, or None. Cheap enough for each request: see `KeyRing.of`."""
        return self._keys.of(secret)

    def signer(self, workspace_id: str, text: str, signature: str) -> Key | None:
        """Return the server's key that signed a text; see `KeyRing.signer`."""
        return self._keys.signer(workspace_id, text, signature)

    def origins(self) -> frozenset[str]:
        """Return every web origin that a key in use lists: what a browser may ask leave for. As cheap as `key_of`."""
        return self._keys.origins()

    def revoke_key(self, key_id: str) -> Key:
        """Revoke a key; every process refuses it within a second. Revoking it again changes nothing.

        Raises
        ------
        UnknownKey
            No key has this id.
        """
        return self._keys.revoke(key_id)

    def keys(self, workspace_id: str) -> list[Key]:
        """Return a workspace's keys, revoked ones too, oldest first."""
        return self._keys.all(self.workspace(workspace_id).workspace_id)

    def close_logs(self) -> None:
        """Close every log that `log` has opened, and let go of its files; `log` opens it again."""
        with self._opening:
            for log in self._logs.values():
                log.close()
            self._logs.clear()

    def close(self) -> None:
        """Close the registry and every log that `log` has opened."""
        self.close_logs()
        self._registry.close()

    def __enter__(self) -> Home:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _insert(self, connection: sqlite3.Connection, workspace: Workspace) -> bool:
        """Write the workspace unless its id is taken; a folder that holds files takes it too."""
        folder = self.folder / "workspaces" / workspace.workspace_id
        taken = connection.execute(
            "SELECT 1 FROM workspace WHERE workspace_id = ?", (workspace.workspace_id,)
        ).fetchone()
        if taken or (folder.exists() and any(folder.iterdir())):
            return False
        folder.mkdir(mode=0o700, exist_ok=True)
        connection.execute(
            f"INSERT INTO workspace ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                workspace.workspace_id,
                workspace.name,
                workspace.language,
                workspace.calendar,
                workspace.time_zone,
                workspace.currency,
                microseconds(workspace.created_at),
                workspace.retention_days,
            ),
        )
        return True


def workspace_of(row: tuple[str, str, str, str, str, str, int, int | None]) -> Workspace:
    """Return the workspace that a row of the registry says, its settings unchecked."""
    return Workspace(*row[:6], created_at=instant_of(row[6]), retention_days=row[7])


def _retention(before: int | None, asked: int | KeepForEver | None) -> int | None:
    if asked is None:
        return before
    return None if isinstance(asked, KeepForEver) else asked


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    for number in range(2, 10_000):
        yield f"{slug}-{number}"


def region_of(workspace: Workspace) -> str:
    """Return the country whose telephone numbers a workspace's customers type without a country code.

    That of its currency: an ISO 4217 code begins with the ISO 3166 code of its country. Currencies of several countries
    (EUR, XOF) give none.
    """
    country = workspace.currency[:2]
    return country if has_telephone_plan(country) else NO_REGION
