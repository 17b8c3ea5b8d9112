"""Opening files: plain, gzip or zstd, counted as they are read, with limits that a hostile file meets first.

What a file is packed with is told from its first bytes, never from its name. Nothing is unpacked to disk or whole into
memory: the readers above take blocks.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import zstandard

from safar.vocabulary.errors import Refusal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
_BLOCK: Final = 1 << 18


class FileMissing(Refusal, FileNotFoundError):
    """There is no such file, or it is a folder."""

    code = "import.file_missing"


class FileUnreadable(Refusal, OSError):
    """The file may not be read, or its packing is damaged."""

    code = "import.file_unreadable"


class FileExpandsTooFar(Refusal, ValueError):
    """A small packed file that unpacks to an absurd size."""

    code = "import.expands_too_far"


class LineTooLong(Refusal, ValueError):
    """One line without an end: a binary file, or an attack on memory."""

    code = "import.line_too_long"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is believed.

    Attributes
    ----------
    unpacked_bytes
        The most that a packed file may unpack to.
    ratio
        The most that it may grow by, counted from ``ratio_from`` unpacked bytes on. Real tables grow 5 to 40 times.
    line_bytes
        The longest line.
    ratio_from
        From here on ``ratio`` counts.
    """

    unpacked_bytes: int = 1 << 40
    ratio: int = 250
    line_bytes: int = 16 << 20
    ratio_from: int = 64 << 20


DEFAULT_LIMITS: Final = Limits()


class Opened(io.RawIOBase):
    """The unpacked bytes of a file, and how far into the packed file the reader is.

    Attributes
    ----------
    packing
        ``""``, ``"gzip"`` or ``"zstd"``.
    size
        Bytes of the file on disk.
    """

    def __init__(self, path: Path, disk: BinaryIO, limits: Limits) -> None:
        super().__init__()
        self._path = path
        self._disk = disk
        self._limits = limits
        self._unpacked = 0
        self._without_end = 0
        self.size = path.stat().st_size
        start = disk.read(len(ZSTD))
        disk.seek(0)
        self.packing, unpacker = _packing(start)
        self._source = unpacker(disk)

    @property
    def read_bytes(self) -> int:
        """How many bytes of the file on disk have been taken: what progress is measured by."""
        return self._disk.tell()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: WriteableBuffer, /) -> int:
        """Fill the buffer with the next bytes; 0 at the end."""
        view = memoryview(into).cast("B")
        try:
            block = self._source.read(len(view))
        except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
            raise FileUnreadable(
                f"{self._path.name} is damaged or cut short: its {self.packing or 'file'} cannot be read ({error}).",
                hint="Copy the file again from where it came.",
                file=self._path.name,
            ) from error
        view[: len(block)] = block
        self._watch(block)
        return len(block)

    def close(self) -> None:
        """Close the file on disk too."""
        if not self.closed:
            self._disk.close()
        super().close()

    def _watch(self, block: bytes) -> None:
        self._unpacked += len(block)
        if self.packing:
            refuse_growth(self._path, self.size, self._unpacked, self._limits)
        end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._without_end = self._without_end + len(block) if end < 0 else len(block) - end - 1
        if self._without_end > self._limits.line_bytes:
            raise LineTooLong(
                f"{self._path.name} has a line longer than {self._limits.line_bytes >> 20} MiB.",
                hint="This is no table as text. Check that the right file was chosen, and its format.",
                file=self._path.name,
                limit=self._limits.line_bytes,
            )


def refuse_growth(path: Path, size: int, unpacked: int, limits: Limits) -> None:
    """Raise when a packed file of ``size`` bytes unpacks to more than is believed.

    Raises
    ------
    FileExpandsTooFar
    """
    allowed = limits.unpacked_bytes
    if unpacked > limits.ratio_from:
        allowed = min(allowed, size * limits.ratio)
    if unpacked > allowed:
        raise FileExpandsTooFar(
            f"{path.name} has {size:,} bytes and unpacks to more than {allowed:,}.",
            hint="Unpack it yourself if you trust it, and import the unpacked file.",
            file=path.name,
            bytes=size,
            limit=allowed,
        )


@contextmanager
def opened(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Opened]:
    """Open a file for reading, unpacked.

    Parameters
    ----------
    path
        A file; gzip and zstd are told from its first bytes.
    limits
        How much of it is believed.

    Raises
    ------
    FileMissing, FileUnreadable
        At once.
    FileExpandsTooFar, LineTooLong, FileUnreadable
        While it is read.
    """
    try:
        disk = path.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise FileMissing(
            f"There is no file {str(path)!r}.", hint="Check the folder and the name.", file=str(path)
        ) from None
    except OSError as error:
        raise FileUnreadable(
            f"{str(path)!r} cannot be opened: {error.strerror}.",
            hint="Check who may read it.",
            file=str(path),
        ) from error
    with disk, Opened(path, disk, limits) as source:
        yield source


def buffered(source: Opened) -> io.BufferedReader:
    """Return the source in blocks of 256 KiB."""
    return io.BufferedReader(source, _BLOCK)


def refuse_zip_growth(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise when a zip container (.xlsx, .ods) says that it unpacks to more than is believed.

    Raises
    ------
    FileExpandsTooFar, FileUnreadable
    """
    try:
        with zipfile.ZipFile(path) as container:
            unpacked = sum(member.file_size for member in container.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FileUnreadable(
            f"{path.name} is damaged: {error}.", hint="Open and save it again.", file=path.name
        ) from error
    refuse_growth(path, path.stat().st_size, unpacked, limits)


class _ZstdFrames:
    """Unpacks zstd frames one after another, a little at a time, and notices when the last one is cut.

    A frame may unpack to 32 thousand times its size, so it is fed a kibibyte at a time.
    """

    _FED: Final = 1024

    def __init__(self, disk: BinaryIO) -> None:
        self._disk = disk
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._frame = self._unpacker.decompressobj()
        self._started = False
        self._left = b""
        self._ready = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Return at most ``size`` bytes; none at the end."""
        while not self._ready:
            packed = self._left or self._disk.read(self._FED)
            self._left = b""
            if not packed:
                if self._started:
                    raise EOFError("the last frame has no end")
                return b""
            self._started = True
            self._ready = memoryview(self._frame.decompress(packed))
            if self._frame.eof:
                self._left = self._frame.unused_data
                self._frame = self._unpacker.decompressobj()
                self._started = False
        block = bytes(self._ready[:size])
        self._ready = self._ready[size:]
        return block


class _Source(Protocol):
    """What gives unpacked bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes; none at the end."""


def _packing(start: bytes) -> tuple[str, Callable[[BinaryIO], _Source]]:
    if start.startswith(GZIP):
        return "gzip", lambda disk: gzip.GzipFile(fileobj=disk)
    if start.startswith(ZSTD):
        return "zstd", _ZstdFrames
    return "", lambda disk: disk
