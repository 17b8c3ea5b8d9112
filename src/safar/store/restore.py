"""Putting a backup in place: every hash is checked before anything is touched."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from safar.vocabulary.errors import Refusal

from .backup import BEFORE, STAGING
from .backup_list import FILES, LIST, BackupDamaged, BackupList, Listed, read_list
from .disk import NO_ROOM, LogBusy, disk_full, new_file, sync_folder
from .home import REGISTRY, RESTORED, RestoreUnfinished
from .segment import is_being_written

_PIECE: Final = 1 << 20


class HomeNotEmpty(Refusal, FileExistsError):
    """The folder to restore into holds something."""

    code = "restore.home_not_empty"


class HomeInUse(Refusal, RuntimeError):
    """Somebody writes to the home that is to be replaced."""

    code = "restore.home_in_use"


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored. ``made_at`` is when the backup was begun; ``replaced`` holds what stood there before."""

    folder: Path
    made_at: datetime
    workspaces: tuple[str, ...]
    files: int
    bytes: int
    replaced: Path | None


def restore(
    source: str | os.PathLike[str], home_folder: str | os.PathLike[str], *, replace: bool = False
) -> RestoreReport:
    """Make a home of a backup.

    Everything is copied beside its place and checked first; then it is moved into place. After a crash, run the same
    again: what was not decided starts anew, what was is finished.

    Parameters
    ----------
    source
        The folder of a backup, ``safar-backup-…``.
    home_folder
        Where; made when absent. Any path of any machine.
    replace
        Restore although the folder holds something; that is moved into ``before-restore-<instant>`` in it, to be
        deleted by hand.

    Raises
    ------
    BackupMissing, BackupTooNew, BackupDamaged
        The backup cannot be used; the home is as it was.
    HomeNotEmpty, HomeInUse
        The home is as it was.
    DiskFull
        There is no room for it; the home is as it was.
    """
    backup, home = Path(source).absolute(), Path(home_folder).absolute()
    found = read_list(backup)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(home.parent)
    with _held(home):
        staged, decided = home / STAGING, home / RESTORED
        if not _is_of(decided, backup):
            shutil.rmtree(staged, ignore_errors=True)
            _check_place(home, replace=replace)
            try:
                _copy(backup, found, staged)
            except OSError as error:
                shutil.rmtree(staged, ignore_errors=True)
                if error.errno in NO_ROOM:
                    raise disk_full(home, error) from error
                raise
            except BaseException:
                shutil.rmtree(staged, ignore_errors=True)
                raise
            staged.rename(decided)
            sync_folder(home)
        replaced = _move_in(home, decided)
    size = sum(listed.bytes for listed in found.files.values())
    return RestoreReport(home, found.made_at, found.workspaces, len(found.files), size, replaced)


@contextmanager
def _held(home: Path) -> Iterator[None]:
    """Let nobody else restore into the same folder meanwhile."""
    handle = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LogBusy(
                f"Another process is restoring into {home}.", hint="Try again when it has finished."
            ) from error
        yield
    finally:
        os.close(handle)


def _is_of(decided: Path, backup: Path) -> bool:
    """Tell whether a restore of this backup was decided and not finished.

    Raises
    ------
    RestoreUnfinished
        One of another backup was.
    """
    if not decided.is_dir():
        return False
    if (decided / LIST).read_bytes() == (backup / LIST).read_bytes():
        return True
    raise RestoreUnfinished(
        f"A restore of another backup into {decided.parent} was interrupted.",
        hint="Restore that backup again to finish it first.",
        folder=str(decided.parent),
    )


def _check_place(home: Path, *, replace: bool) -> None:
    there = sorted(path.name for path in home.iterdir() if not path.name.startswith(BEFORE))
    if there and not replace:
        raise HomeNotEmpty(
            f"{home} is not empty: it holds {', '.join(there[:5])}.",
            hint="Name an empty folder, or say that what is there is to be replaced.",
            folder=str(home),
        )
    writing = [path for path in home.glob("workspaces/*/log/segments/*.open") if is_being_written(path)]
    if writing:
        raise HomeInUse(
            f"A process is writing to {home}: {writing[0].name}.",
            hint="Stop Safar before its home is replaced.",
            folder=str(home),
        )


def _copy(backup: Path, found: BackupList, staged: Path) -> None:
    """Copy the files and check each on the way; everything is on disk when it returns."""
    staged.mkdir(mode=0o700)
    wrong: list[str] = []
    for name in found.folders:
        (staged / FILES / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, listed in found.files.items():
        target = staged / FILES / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _copy_file(backup / FILES / name, target, listed):
            wrong.append(name)
    if wrong:
        raise BackupDamaged(
            f"{len(wrong)} file(s) of the backup {backup} are not what was written: {', '.join(wrong[:5])}.",
            hint="Use another backup. Nothing was restored.",
            files=[*wrong[:20]],
        )
    with new_file(staged / LIST) as temporary:
        temporary.write_bytes((backup / LIST).read_bytes())
    for folder in [staged, *(path for path in staged.rglob("*") if path.is_dir())]:
        sync_folder(folder)


def _copy_file(source: Path, target: Path, listed: Listed) -> bool:
    """Copy a file; tell whether it is the one that was listed."""
    try:
        reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        if isinstance(error, FileNotFoundError) or source.is_symlink():
            return False
        raise
    sha256, size = hashlib.sha256(), 0
    writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(reading, "rb") as file, os.fdopen(writing, "wb") as copy:
        while piece := file.read(_PIECE):
            sha256.update(piece)
            size += len(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    return (size, sha256.hexdigest()) == (listed.bytes, listed.sha256)


def _move_in(home: Path, decided: Path) -> Path | None:
    """Move the checked files into place, the registry last: until then the folder is no home."""
    files = decided / FILES
    entries = sorted(files.iterdir(), key=lambda path: path.name == REGISTRY)
    before = home / f"{BEFORE}{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    there = [path for path in home.iterdir() if path != decided and not path.name.startswith(BEFORE)]
    # After a crash in the midst of this, what has been moved in is no longer among the entries.
    moved_in = _names_of(decided) - {path.name for path in entries}
    old = [path for path in there if path.name not in moved_in]
    if old:
        before.mkdir(mode=0o700)
        for path in sorted(old, key=lambda path: path.name != REGISTRY):
            path.rename(before / path.name)
        sync_folder(before)
    sync_folder(home)
    for path in entries:
        path.rename(home / path.name)
        sync_folder(home)
    # Under its other name nobody minds it any more: a crash while it is removed leaves a whole home.
    decided.rename(home / STAGING)
    sync_folder(home)
    shutil.rmtree(home / STAGING)
    return before if old else None


def _names_of(decided: Path) -> set[str]:
    """Return the first steps of the paths that a restore brings."""
    found = read_list(decided)
    return {name.split("/")[0] for name in [*found.folders, *found.files]}
