"""Write-ahead segments: what is on disk before anyone is told "accepted".

A segment is a file of frames. A frame is one batch of events (an Arrow record batch of `schema.FRAME_SCHEMA`), framed
by its length and a CRC. One writer owns a segment; nobody else writes to it.

Life of a segment: ``….new`` (being made) -> ``….open`` (being written, locked by its writer) -> ``….wal`` (sealed).
An ``.open`` segment whose lock can be had belongs to a dead writer and counts as sealed.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyarrow as pa

from safar.vocabulary.errors import Fault, Refusal
from safar.vocabulary.event import EventColumns

from .disk import NO_ROOM, disk_full, sync_folder
from .schema import FRAME_SCHEMA, batch_of

MAGIC: Final = b"SAFARLOG\x01\x00\x00\x00\x00\x00\x00\x00"
_FRAME: Final = struct.Struct(
    "<4sIIIq"
)  # mark, body bytes, rows, CRC-32 of all that follows it, written at (µs)
_CHECKED: Final = struct.Struct("<IIq")  # what the CRC covers beside the body: body bytes, rows, written at
_MARK: Final = b"SFRM"
_FRAME_ROWS: Final = 65_536
#: Touched to ask every writer to seal what it has, soon.
ROLL_REQUEST: Final = "roll"


class WriteFailed(Fault, OSError):
    """The disk refused a write or a flush for a reason other than lack of room."""

    code = "log.write_failed"


class WriterStillWriting(Refusal, TimeoutError):
    """A living writer did not seal its segment in time."""

    code = "log.writer_still_writing"


@dataclass(frozen=True, slots=True)
class Frame:
    """One batch as it stands in a segment. ``written_at`` is in microseconds UTC, ``end`` the offset behind it."""

    batch: pa.RecordBatch
    written_at: int
    end: int


def frames(path: Path, offset: int = 0) -> Iterator[Frame]:
    """Yield the whole frames of a segment from ``offset`` on; stop before the first that is torn or damaged."""
    with path.open("rb") as file:
        if offset == 0:
            if file.read(len(MAGIC)) != MAGIC:
                return
            offset = len(MAGIC)
        file.seek(offset)
        data = file.read()
    start = 0
    while (found := _frame_at(data, start)) is not None:
        start = found.end
        yield Frame(found.batch, found.written_at, offset + start)


def _frame_at(data: bytes, start: int) -> Frame | None:
    """Return the whole frame that begins at ``start``; None where none does."""
    if start + _FRAME.size > len(data):
        return None
    mark, length, rows, crc, written_at = _FRAME.unpack_from(data, start)
    body = start + _FRAME.size
    if mark != _MARK or body + length > len(data):
        return None
    content = pa.py_buffer(data).slice(body, length)
    if zlib.crc32(content, zlib.crc32(_CHECKED.pack(length, rows, written_at))) != crc:
        return None
    batch = pa.ipc.read_record_batch(pa.ipc.read_message(content), FRAME_SCHEMA)
    return Frame(batch, written_at, body + length)


@dataclass(frozen=True, slots=True)
class Salvage:
    """All that can be read of a segment.

    ``damage`` are the byte ranges (first, end) that ought to hold whole frames and do not: one follows, or all bytes of
    it are there. ``torn`` counts the bytes behind them. A crash of the writer leaves torn bytes at most, never damage.
    """

    frames: list[Frame]
    damage: tuple[tuple[int, int], ...]
    torn: int


def salvage(path: Path) -> Salvage:
    """Read a segment to its end, over whatever is damaged."""
    data = path.read_bytes()
    found: list[Frame] = []
    damage: list[tuple[int, int]] = []
    end = len(MAGIC) if data.startswith(MAGIC) else 0
    place = end
    while place >= 0:
        frame = _frame_at(data, place)
        if frame is None:
            place = data.find(_MARK, place + 1)
            continue
        if place > end:
            damage.append((end, place))
        found.append(frame)
        place = end = frame.end
    if end + _FRAME.size <= len(data):
        mark, length, *_ = _FRAME.unpack_from(data, end)
        if mark == _MARK and end + _FRAME.size + length == len(data):
            damage.append((end, len(data)))
            end = len(data)
    return Salvage(found, tuple(damage), len(data) - end)


def sealed(folder: Path) -> list[Path]:
    """Return the segments nobody writes to any more, oldest first; those of dead writers are sealed on the way."""
    found = []
    for path in sorted(folder.glob("*.open")):
        if _lock_can_be_had(path):
            with suppress(FileNotFoundError):  # its living writer has sealed it meanwhile
                path.rename(path.with_suffix(".wal"))
    for path in folder.glob("*.new"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > 10 and _lock_can_be_had(path):
                path.unlink()
    found = sorted(folder.glob("*.wal"))
    sync_folder(folder)
    return found


def all_segments(folder: Path) -> list[Path]:
    """Return every segment that may hold events, oldest first."""
    return sorted([*folder.glob("*.wal"), *folder.glob("*.open")], key=lambda path: path.stem)


def is_segment(path: Path) -> bool:
    """Tell by its name whether a file is a segment that may hold events not compacted yet, or will."""
    return path.suffix in {".new", ".open", ".wal"}


def is_being_written(path: Path) -> bool:
    """Tell whether a living writer owns a segment."""
    return path.suffix == ".open" and path.exists() and not _lock_can_be_had(path)


def wait_until_sealed(folder: Path, *, seconds: float) -> None:
    """Ask every writer to seal what it has written so far, and wait for it.

    Raises
    ------
    WriterStillWriting
        A living writer has not done so after ``seconds``.
    """
    deadline = time.monotonic() + seconds
    begun = set(folder.glob("*.open"))
    while begun:
        (folder / ROLL_REQUEST).touch()
        begun = {path for path in begun if is_being_written(path)}
        if begun and time.monotonic() > deadline:
            names = sorted(path.name for path in begun)
            raise WriterStillWriting(
                f"{len(names)} segment(s) are still being written after {seconds:g} s: {', '.join(names[:5])}.",
                hint="The second number of a name is its process: let it finish, or stop it, and try again.",
                segments=[*names[:5]],
            )
        if begun:
            time.sleep(0.02)


def _lock_can_be_had(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


class LogWriter:
    """Appends events to segments of its own. One owner each: a door, an import, the simulated company.

    Parameters
    ----------
    folder
        The log's ``segments`` folder.
    roll_bytes
        A segment that has grown to this many bytes is sealed and a new one begun.
    roll_after_seconds
        `roll_if_due` seals a segment of this age, so that the compactor can take it.

    Notes
    -----
    Appended events can be read by others at once, and are durable after `sync`. When a write or a flush fails, what was
    appended since the last `sync` is taken back and the error raised: tell nobody it was accepted.
    """

    def __init__(self, folder: Path, *, roll_bytes: int = 48 << 20, roll_after_seconds: float = 2.0) -> None:
        self._folder = folder
        self._roll_bytes = roll_bytes
        self._roll_after_seconds = roll_after_seconds
        self._lock = threading.Lock()
        self._handle: int | None = None
        self._path = folder
        self._size = 0
        self._synced = 0
        self._opened_at = 0.0

    def append(self, columns: EventColumns) -> None:
        """Append the events, in their order.

        Raises
        ------
        DiskFull, WriteFailed
            Nothing since the last `sync` was kept; the log is as it was.
        TextRefused
            A text has no UTF-8 form; nothing was appended.
        """
        if not len(columns):
            return
        self.append_batch(batch_of(columns))

    def append_batch(self, batch: pa.RecordBatch) -> None:
        """Append a record batch of `schema.FRAME_SCHEMA`."""
        with self._lock:
            for start in range(0, batch.num_rows, _FRAME_ROWS):
                self._write(batch.slice(start, _FRAME_ROWS))

    def sync(self) -> None:
        """Return when everything appended is on disk.

        Raises
        ------
        DiskFull, WriteFailed
            Nothing since the last `sync` was kept.
        """
        with self._lock:
            self._sync()
            if self._handle is not None and (self._size >= self._roll_bytes or self._roll_requested()):
                self._seal()

    def roll_if_due(self) -> bool:
        """Seal the segment when it is old enough or a seal was asked for; return whether it was sealed."""
        with self._lock:
            if self._handle is None or self._size != self._synced:
                return False
            age = time.time() - self._opened_at
            if age < self._roll_after_seconds and not self._roll_requested():
                return False
            self._seal()
            return True

    def close(self) -> None:
        """Flush and seal."""
        with self._lock:
            if self._handle is not None:
                self._sync()
                self._seal()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _roll_requested(self) -> bool:
        try:
            return (self._folder / ROLL_REQUEST).stat().st_mtime >= self._opened_at
        except FileNotFoundError:
            return False

    def _write(self, batch: pa.RecordBatch) -> None:
        handle = self._handle if self._handle is not None else self._begin()
        body = batch.serialize()
        rows = batch.num_rows
        written_at = time.time_ns() // 1000
        crc = zlib.crc32(body, zlib.crc32(_CHECKED.pack(body.size, rows, written_at)))
        header = _FRAME.pack(_MARK, body.size, rows, crc, written_at)
        try:
            _write_all(handle, header, memoryview(body))
        except OSError as error:
            self._take_back(error)
        self._size += len(header) + body.size

    def _begin(self) -> int:
        name = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}"
        newborn = self._folder / f"{name}.new"
        self._path = self._folder / f"{name}.open"
        try:
            handle = os.open(newborn, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise _failure(self._folder, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.write(handle, MAGIC)
            os.fsync(handle)
            newborn.rename(self._path)
            sync_folder(self._folder)
        except OSError as error:
            os.close(handle)
            newborn.unlink(missing_ok=True)
            raise _failure(self._folder, error) from error
        self._handle = handle
        self._size = self._synced = len(MAGIC)
        self._opened_at = time.time()
        return handle

    def _sync(self) -> None:
        if self._handle is None or self._size == self._synced:
            return
        try:
            os.fdatasync(self._handle)
        except OSError as error:
            self._take_back(error)
        self._synced = self._size

    def _take_back(self, error: OSError) -> None:
        """Cut the segment back to what is known to be on disk, seal it, and raise."""
        if self._handle is not None:
            os.ftruncate(self._handle, self._synced)
            self._size = self._synced
            self._seal()
        raise _failure(self._folder, error) from error

    def _seal(self) -> None:
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        try:
            if self._size == len(MAGIC):
                self._path.unlink(missing_ok=True)
            else:
                self._path.rename(self._path.with_suffix(".wal"))
        finally:  # a segment that could not be renamed is sealed by whoever finds its lock free
            os.close(handle)
        sync_folder(self._folder)


def _failure(folder: Path, error: OSError) -> OSError:
    if error.errno in NO_ROOM:
        return disk_full(folder, error)
    return WriteFailed(
        f"Writing to {folder} failed: {error}.", hint="Look at the disk and its rights.", errno=error.errno
    )


def _write_all(handle: int, *pieces: bytes | memoryview) -> None:
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(handle, rest) :]
