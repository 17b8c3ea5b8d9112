"""A folder on this machine, or one anywhere that fsspec reaches: object storage, another machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from safar.vocabulary.errors import Refusal, SafarError

from .disk import sync_folder

#: Kinds of addresses: folders and object storage. Others (web pages, archives, shells) are no place for paths.
_SCHEMES: Final = ("file", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory")


class AddressRefused(Refusal, ValueError):
    """The address names no folder that can be reached."""

    code = "published.address_refused"


class FarFolder(Protocol):
    """Files below one address. All it does raises `AddressRefused` where the address cannot be reached."""

    @property
    def local(self) -> Path | None:
        """The folder itself, when it is one of this machine."""

    def open(self, file: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file to be read.

        Raises
        ------
        FileNotFoundError
        """

    def put(self, source: Path, file: str) -> None:
        """Bring a file there: whole or not at all."""

    def folders(self) -> list[str]:
        """Return the names of the folders there."""

    def remove(self, folder: str) -> None:
        """Remove a folder there with what is in it."""


class _Local:
    """A folder of this machine, or one that several machines share."""

    def __init__(self, folder: Path) -> None:
        self.local: Path | None = folder
        self._folder = folder

    @contextmanager
    def open(self, file: str) -> Iterator[IO[bytes]]:
        with _reaching(str(self._folder), or_missing=True):
            opened = (self._folder / file).open("rb")
        with opened:
            yield opened

    def put(self, source: Path, file: str) -> None:
        target = self._folder / file
        with _reaching(str(self._folder)):
            target.parent.mkdir(parents=True, exist_ok=True)
            arriving = target.with_name(f".{target.name}")
            arriving.write_bytes(source.read_bytes())
            arriving.replace(target)
            sync_folder(target.parent)

    def folders(self) -> list[str]:
        return [each.name for each in self._folder.iterdir() if each.is_dir()]

    def remove(self, folder: str) -> None:
        for file in (self._folder / folder).iterdir():
            file.unlink()
        (self._folder / folder).rmdir()


class _Far:
    """A folder of one of fsspec's file systems."""

    local: Path | None = None

    def __init__(self, address: str, system: Any, root: str) -> None:
        self._address = address
        self._system = system
        self._root = root.rstrip("/")

    @contextmanager
    def open(self, file: str) -> Iterator[IO[bytes]]:
        with _reaching(self._address, or_missing=True):
            opened = self._system.open(f"{self._root}/{file}", "rb")
        with opened:
            yield opened

    def put(self, source: Path, file: str) -> None:
        with _reaching(self._address):
            self._system.put_file(str(source), f"{self._root}/{file}")
            self._system.invalidate_cache()

    def folders(self) -> list[str]:
        with _reaching(self._address):
            found = self._system.ls(self._root, detail=True)
        return [each["name"].rstrip("/").rpartition("/")[2] for each in found if each["type"] == "directory"]

    def remove(self, folder: str) -> None:
        with _reaching(self._address):
            self._system.rm(f"{self._root}/{folder}", recursive=True)


@contextmanager
def _reaching(address: str, *, or_missing: bool = False) -> Iterator[None]:
    """Say what cannot be read or written as `AddressRefused`; a missing file as itself, ``or_missing``."""
    try:
        yield
    except SafarError:
        raise
    except Exception as failed:  # each file system has errors of its own
        if or_missing and isinstance(failed, FileNotFoundError):
            raise
        raise AddressRefused(
            f"{address} cannot be read or written: {str(failed) or type(failed).__name__}",
            hint="Check that the place is there, that you may write to it, and your credentials for it.",
            address=address,
        ) from failed


def is_far(address: str) -> bool:
    """Tell whether a text is an address rather than a path of this machine."""
    return "://" in address


@lru_cache(32)
def far_folder(address: str) -> FarFolder:
    """Return the folder at an address: a path, ``file:///…``, or object storage such as ``s3://bucket/folder``.

    Raises
    ------
    AddressRefused
        It is of no kind that paths are kept at, or what it needs is not installed.
    """
    if not is_far(address):
        return _Local(Path(address).absolute())
    if address.partition("://")[0] not in _SCHEMES or "::" in address:
        raise AddressRefused(
            f"{address} is no folder and no object storage: it cannot be reached.",
            hint="Name a folder, or an address such as s3://bucket/folder, gs://… or abfs://….",
            address=address,
        )
    if address.startswith("file://"):
        return _Local(Path(unquote(urlsplit(address).path)))
    try:
        # An instance of its own: one that fsspec keeps would go on with the credentials of an earlier address.
        system, root = import_module("fsspec.core").url_to_fs(address, skip_instance_cache=True)
    except (ImportError, ValueError) as missing:
        raise AddressRefused(
            f"{address} cannot be reached: {missing}",
            hint='Install what it needs: pip install "safar[cluster]".',
            address=address,
        ) from missing
    return _Far(address, system, root)
