"""The folder of backups: what is in it, and one of them as a single stream to take away."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from safar.store.backup_check import bytes_of
from safar.store.backup_list import FILES, LIST, BackupList, read_list
from safar.vocabulary.errors import Refusal, SafarError

#: What `store.backup` calls its folders. Another name in the folder is no backup of ours.
_NAME: Final = re.compile(r"safar-backup-[0-9]{8}T[0-9]{6}Z[a-z0-9-]*", re.ASCII)
_WHOLE: Final = re.compile(r"safar-backup-[0-9]{8}T[0-9]{6}Z", re.ASCII)
_PIECE: Final = 1 << 20
_BLOCK: Final = tarfile.BLOCKSIZE


class UnknownBackup(Refusal, LookupError):
    """The folder of backups holds none of this name."""

    code = "backup.unknown"


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """One backup of the folder.

    Attributes
    ----------
    name
        Of its folder.
    made_at
        Aware UTC instant; None where its list cannot be read.
    workspaces
        Ids of those in it.
    files, bytes
        How many.
    damaged
        How many files were not whole where they were copied from.
    error_code
        Why its list cannot be read; empty for a good one.
    """

    name: str
    made_at: datetime | None
    workspaces: tuple[str, ...]
    files: int
    bytes: int
    damaged: int
    error_code: str = ""


def backups_folder() -> Path:
    """Return where backups are kept: ``SAFAR_BACKUPS``, else a folder beside the home."""
    return Path(settings.BACKUPS)


def backups() -> list[BackupFacts]:
    """Return the backups of the folder, newest first. Unfinished ones are none."""
    return [_facts(path) for path in sorted(_folders(), key=lambda path: path.name, reverse=True)]


def backup_folder(name: str) -> Path:
    """Return the folder of a backup by its name.

    The name is looked up among those that are there, never made part of a path: no text leads elsewhere.

    Raises
    ------
    UnknownBackup
        There is none of this name.
    """
    for path in _folders():
        if path.name == name:
            return path
    raise UnknownBackup(f"There is no backup {name[:80]!r}.", hint="Look at the list of backups.")


def delete_backup(name: str) -> None:
    """Delete a backup; its list goes first, so that what is left after a crash is no backup.

    Raises
    ------
    UnknownBackup
    """
    folder = backup_folder(name)
    (folder / LIST).unlink(missing_ok=True)
    shutil.rmtree(folder)


def surplus(keep: int) -> list[str]:
    """Return the names of good backups of the whole home beyond the newest ``keep``, the oldest last.

    What bears more than its instant in its name, such as a backup of one workspace, is never surplus.
    """
    return [each.name for each in backups() if _WHOLE.fullmatch(each.name) and not each.error_code][keep:]


def tar_bytes(name: str) -> int:
    """Return how long the stream of `tar_stream` is."""
    folder = backup_folder(name)
    entries = _entries(folder, read_list(folder))
    return sum(len(_head(name, folder, entry, size)) + _padded(size) for entry, size in entries) + 2 * _BLOCK


def tar_stream(name: str) -> Iterator[bytes]:
    """Return a backup as one tar file, read while it is sent; nothing is copied."""
    folder = backup_folder(name)
    for entry, size in _entries(folder, read_list(folder)):
        yield _head(name, folder, entry, size)
        if size:
            yield from _content(folder / entry, size)
    yield bytes(2 * _BLOCK)


def _folders() -> list[Path]:
    try:
        found = list(backups_folder().iterdir())
    except FileNotFoundError:
        return []
    return [path for path in found if _NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink()]


def _facts(path: Path) -> BackupFacts:
    try:
        found = read_list(path)
    except SafarError as error:
        return BackupFacts(path.name, None, (), 0, 0, 0, error.code)
    return BackupFacts(
        path.name, found.made_at, found.workspaces, len(found.files), bytes_of(found), len(found.damaged)
    )


def _entries(folder: Path, found: BackupList) -> Iterator[tuple[str, int]]:
    """Return what the tar holds, in order: folders (size 0), files with their sizes, the list last."""
    for name in found.folders:
        yield f"{FILES}/{name}/", 0
    for name, listed in found.files.items():
        yield f"{FILES}/{name}", listed.bytes
    yield LIST, (folder / LIST).stat().st_size


def _head(name: str, folder: Path, entry: str, size: int) -> bytes:
    head = tarfile.TarInfo(f"{name}/{entry}")
    head.mtime = int((folder / entry).stat().st_mtime)
    if entry.endswith("/"):
        head.type, head.mode = tarfile.DIRTYPE, 0o700
    else:
        head.size, head.mode = size, 0o600
    return head.tobuf(tarfile.PAX_FORMAT)


def _content(path: Path, size: int) -> Iterator[bytes]:
    reading = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    left = size
    with os.fdopen(reading, "rb") as file:
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
    yield bytes(left + _padded(size) - size)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
