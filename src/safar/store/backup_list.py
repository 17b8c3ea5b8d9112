"""The list of a backup: what it holds, file by file, with sizes and SHA-256. Written last: no list, no backup."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from safar.vocabulary.errors import Fault, Refusal

from .disk import new_file, sync_folder

LIST: Final = "backup.json"
#: Folder of a backup in which its files stand, as they stand in a home.
FILES: Final = "files"
FORMAT: Final = 1
_SHA256_LETTERS: Final = 64


class BackupMissing(Refusal, FileNotFoundError):
    """The folder holds no backup, or one that was not finished."""

    code = "backup.missing"


class BackupDamaged(Fault, ValueError):
    """A backup is not what was written."""

    code = "backup.damaged"


class BackupTooNew(Refusal, ValueError):
    """The backup was written by a later version of Safar."""

    code = "backup.too_new"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a backup: its size in bytes and its SHA-256 in hexadecimal."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupList:
    """What a backup holds.

    Attributes
    ----------
    made_at
        Aware UTC instant at which the backup was begun: everything acknowledged before is in it.
    safar
        The version that made it.
    workspaces
        Ids.
    folders, files
        Paths relative to the home, with ``/``.
    damaged
        Files that were not whole where they were copied from.
    """

    made_at: datetime
    safar: str
    workspaces: tuple[str, ...]
    folders: tuple[str, ...]
    files: dict[str, Listed]
    damaged: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the list into the folder of the backup: whole or not at all."""
        said = {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "safar": self.safar,
            "workspaces": list(self.workspaces),
            "folders": list(self.folders),
            "files": {name: [listed.bytes, listed.sha256] for name, listed in sorted(self.files.items())},
            "damaged": list(self.damaged),
        }
        text = json.dumps({"sha256": _digest(said), **said}, ensure_ascii=False, indent=1)
        with new_file(folder / LIST) as temporary:
            temporary.write_text(text, "utf-8")
        sync_folder(folder)


def read_list(folder: Path) -> BackupList:
    """Return the list of the backup in ``folder``.

    Raises
    ------
    BackupMissing, BackupTooNew, BackupDamaged
        As their names say; `BackupDamaged` also for a path that would lead out of a home.
    """
    try:
        said = json.loads((folder / LIST).read_bytes())
    except FileNotFoundError:
        raise BackupMissing(
            f"{folder} holds no finished backup: it has no {LIST}.",
            hint="Name the folder of a backup; one whose name ends in .partial was not finished and can be deleted.",
            folder=str(folder),
        ) from None
    except ValueError as error:
        raise _damaged(folder, f"its {LIST} cannot be read: {error}") from error
    if not isinstance(said, dict):
        raise _damaged(folder, f"its {LIST} is no list of files")
    if isinstance(said.get("format"), int) and said["format"] > FORMAT:
        raise BackupTooNew(
            f"{folder} is a backup of format {said['format']}; this version of Safar reads up to {FORMAT}.",
            hint="Restore it with the version of Safar that wrote it, or a later one.",
            format=said["format"],
        )
    digest = said.pop("sha256", None)
    if digest != _digest(said):
        raise _damaged(folder, f"its {LIST} is not what was written")
    try:
        found = BackupList(
            datetime.fromisoformat(said["made_at"]),
            said["safar"],
            tuple(said["workspaces"]),
            tuple(_checked_path(folder, name) for name in said["folders"]),
            {
                _checked_path(folder, name): _listed(folder, size, sha256)
                for name, (size, sha256) in said["files"].items()
            },
            tuple(said["damaged"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BackupDamaged):
            raise
        raise _damaged(folder, f"its {LIST} lacks something: {error!r}") from error
    return found


def _listed(folder: Path, size: object, sha256: object) -> Listed:
    if not isinstance(size, int) or not isinstance(sha256, str) or len(sha256) != _SHA256_LETTERS or size < 0:
        raise _damaged(folder, f"{size!r}, {sha256!r} are no size and SHA-256")
    return Listed(size, sha256)


def _checked_path(folder: Path, name: object) -> str:
    """Return a path that stays inside the home it is joined to."""
    if isinstance(name, str) and name and "\0" not in name and "\\" not in name:
        path = PurePosixPath(name)
        if not path.is_absolute() and str(path) == name and not {"..", "."} & set(path.parts):
            return name
    raise _damaged(folder, f"it names a file {name!r:.100}, which leads out of the home")


def _damaged(folder: Path, what: str) -> BackupDamaged:
    return BackupDamaged(
        f"The backup {folder} cannot be used: {what}.", hint="Use another backup.", folder=str(folder)
    )


def _digest(said: dict[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
