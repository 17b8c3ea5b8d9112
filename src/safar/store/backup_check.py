"""Is a backup still what was written? Every file is read and its hash compared, without restoring anything."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .backup_list import FILES, BackupList, read_list

_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """What became of a backup.

    Attributes
    ----------
    files, bytes
        How many were compared.
    wrong
        Paths of files that are missing or not what was written; the backup cannot be restored.
    """

    files: int
    bytes: int
    wrong: tuple[str, ...]


def check_backup(
    folder: str | os.PathLike[str], *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> BackupCheck:
    """Compare every file of a backup with its list.

    Parameters
    ----------
    folder
        Of the backup, ``safar-backup-…``.
    progress
        Told now and then how many bytes of how many are read; what it raises ends the check.

    Raises
    ------
    BackupMissing, BackupTooNew, BackupDamaged
        It has no list that can be read.
    """
    path = Path(folder).absolute()
    found = read_list(path)
    total = bytes_of(found)
    done, wrong = 0, []
    for name, listed in found.files.items():
        sha256, size = hashlib.sha256(), 0
        for piece in _pieces(path / FILES / name):
            sha256.update(piece)
            size += len(piece)
            progress(done + size, total)
        if (size, sha256.hexdigest()) != (listed.bytes, listed.sha256):
            wrong.append(name)
        done += listed.bytes
    return BackupCheck(len(found.files), total, tuple(wrong))


def bytes_of(found: BackupList) -> int:
    """Return how many bytes the files of a backup have together."""
    return sum(listed.bytes for listed in found.files.values())


def _pieces(path: Path) -> Iterator[bytes]:
    """Read a file; nothing of one that is missing, or a link to somewhere else."""
    try:
        reading = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return
    with os.fdopen(reading, "rb") as file:
        while piece := file.read(_PIECE):
            yield piece
