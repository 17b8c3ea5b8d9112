"""Writing to disk so that it stays: temporary name, flush, rename, flush the folder."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safar.vocabulary.errors import Fault, Refusal

#: Errors of the operating system that mean: no room left.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: SQLite says "disk I/O error" when it finds no room for its shared memory; it asks for 32 KiB at a time.
_ROOM_BYTES = 64 << 10


class DiskFull(Fault, OSError):
    """There is no room left where the log is kept."""

    code = "log.disk_full"


class LogBusy(Refusal, RuntimeError):
    """Another process is doing exclusive work on this log."""

    code = "log.busy"


def disk_full(folder: Path, error: OSError) -> DiskFull:
    """Return the error to raise when ``folder`` has no room."""
    return DiskFull(
        f"No room left in {folder}: nothing of this write was kept.",
        hint="Free some space and send it again; everything acknowledged before is safe.",
        errno=error.errno,
    )


def has_no_room(folder: Path) -> bool:
    """Tell whether the disk of a folder is so full that a write fails for it, whatever the error said."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize < _ROOM_BYTES


@contextmanager
def said_when_full(folder: Path) -> Iterator[None]:
    """Raise `DiskFull` for whatever fails in the block because there is no room."""
    try:
        yield
    except OSError as error:
        if isinstance(error, DiskFull) or error.errno not in NO_ROOM:
            raise
        raise disk_full(folder, error) from error


def sync_folder(folder: Path) -> None:
    """Return when the names in ``folder`` are on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path; on success it is flushed and becomes ``path`` at once, on failure it is gone.

    The folder itself is not flushed: call `sync_folder` once after several files.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        yield temporary
        handle = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise disk_full(path.parent, error) from error
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def exclusive(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock file ``path``; the operating system lets go of it when the process dies.

    Raises
    ------
    LogBusy
        Another process holds it and ``wait`` is false.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LogBusy(
                f"Another process is at work on {path.parent}.", hint="Try again when it has finished."
            ) from error
        yield
    finally:
        os.close(handle)
