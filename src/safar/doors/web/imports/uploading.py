"""A file on its way from a browser to the disk: never whole in memory, never larger than is allowed."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from safar.doors.web.homes import current_home

from .errors import TooManyUploads, UploadDiskFull, UploadTooLarge

FIELD: Final = "file"
NAME_FIELD: Final = "name"
#: Stands behind the file in the form: what has no end did not arrive whole.
LAST_FIELD: Final = "whole"
_LONGEST_NAME: Final = 200
#: What a form with one file has besides the file.
_FORM_BYTES: Final = 1 << 20
#: Kept free for the log.
_SPARE_BYTES: Final = 256 << 20
#: Each slow upload holds one of the threads that answer pages.
_AT_ONCE: Final = 3
#: Marks that turn the direction of a line, and could make a name read as another one.
_TURNING: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

_running = threading.BoundedSemaphore(_AT_ONCE)


def most_bytes() -> int:
    """Return how large a file pages take: ``SAFAR_UPLOAD_MB``."""
    return int(settings.UPLOAD_MB) << 20


def shown_name(raw: str) -> str:
    """Return a file's name as pages show it: without folders, control characters and marks of direction.

    Examples
    --------
    >>> shown_name("../../etc/passwd"), shown_name("C:\\\\orders\\u202e.csv"), shown_name("سفارش‌ها 🎉.csv")
    ('passwd', 'orders.csv', 'سفارش\\u200cها 🎉.csv')
    """
    plain = unicodedata.normalize("NFC", raw).replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        sign
        for sign in plain
        if sign not in _TURNING and unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp")
    ).strip()
    if len(kept) > _LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: _LONGEST_NAME - 12]}…{dot}{ending[:10]}" if stem else kept[:_LONGEST_NAME]
    return kept if kept.strip(". ") else "file"


class Received(UploadedFile):  # type: ignore[type-arg]
    """A file that has arrived; nobody reads it through this object."""

    path: Path


class ToDisk(FileUploadHandler):
    """Writes the one file of the form to a path of our own choice; other files are skipped.

    Raises
    ------
    UploadTooLarge, UploadDiskFull
        Nothing is left of the file.
    """

    chunk_size = 1 << 18

    def __init__(self, request: Any, path: Path) -> None:
        super().__init__(request)
        self._path = path
        self._open: IO[bytes] | None = None
        self._is_done = False
        self._size = 0

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin with the file of our field; skip any other."""
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self._open or self._is_done:
            raise SkipFile
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._open = os.fdopen(handle, "wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        assert self._open
        self._size += len(raw_data)
        if self._size > most_bytes():
            raise too_large(self._size)
        try:
            self._open.write(raw_data)
        except OSError as error:
            raise _disk_full(error) from error

    def file_complete(self, file_size: int) -> Received | None:
        """Return when the file is on disk."""
        if self._open is None:
            return None
        try:
            self._open.flush()
            os.fsync(self._open.fileno())
            self._open.close()
        except OSError as error:
            raise _disk_full(error) from error
        self._open, self._is_done = None, True
        found = Received(None, self.file_name, self.content_type, self._size)
        found.path = self._path
        return found

    def upload_interrupted(self) -> None:
        """Close what is open; the view removes it."""
        if self._open:
            with suppress(OSError):  # a full disk, once more
                self._open.close()
            self._open = None


@contextmanager
def room_for(content_length: int) -> Iterator[None]:
    """Hold a place for an upload, after a look at its announced size and at the disk.

    Raises
    ------
    UploadTooLarge, UploadDiskFull, TooManyUploads
    """
    if content_length > most_bytes() + _FORM_BYTES:
        raise too_large(content_length)
    free = shutil.disk_usage(current_home().folder).free
    if content_length + _SPARE_BYTES > free:
        raise UploadDiskFull(
            f"The file has {content_length:,} bytes; the disk has {free:,} left.",
            hint="Free some room on the disk.",
            free=free,
        )
    if not _running.acquire(blocking=False):
        raise TooManyUploads(
            f"{_AT_ONCE} files are arriving at this moment.", hint="Try again when one of them is there."
        )
    try:
        yield
    finally:
        _running.release()


def too_large(size: int) -> UploadTooLarge:
    """Return the refusal of a file of so many bytes."""
    return UploadTooLarge(
        f"The file has {size:,} bytes; {settings.UPLOAD_MB} MB are taken.",
        hint="Pack it (gzip, zstd), import it at the terminal, or raise SAFAR_UPLOAD_MB.",
        limit_mb=settings.UPLOAD_MB,
    )


def _disk_full(error: OSError) -> UploadDiskFull:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        raise error
    return UploadDiskFull("The disk is full.", hint="Free some room on the disk.")
