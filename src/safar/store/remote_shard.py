"""A shard that lies elsewhere: known by its address, read where it is walked, sent to others as its address alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

from .arrays import map_arrays
from .columns import PackedValues
from .far_folder import FarFolder, far_folder
from .paths import PathShard
from .row_column import RowColumn

#: Files that a process keeps mapped.
_MOST_OPEN: Final = 4_096
_fetching = threading.Lock()


class ColumnNotPublished(Refusal, LookupError):
    """The publication has no such property."""

    code = "published.no_column"


@dataclass(frozen=True, slots=True)
class ShardAddress:
    """Where a shard is.

    Attributes
    ----------
    address
        Of the publication: a folder or an address of fsspec.
    folder
        Of the shard's version there.
    name
        Of the shard.
    """

    address: str
    folder: str
    name: str

    def file(self, column: str | None = None) -> str:
        """Return the path, below the address, of the shard's arrays or of one of its columns."""
        kind = "paths" if column is None else hashlib.sha256(column.encode()).hexdigest()[:24]
        return f"{self.folder}/{self.name}.{kind}"


class RemoteRows:
    """The properties of a shard's rows, as far as they are published."""

    def __init__(self, address: ShardAddress) -> None:
        self._address = address

    def column(self, name: str) -> RowColumn:
        """Return one property of every row.

        Raises
        ------
        ColumnNotPublished
        """
        try:
            _, arrays = _mapped(self._address.address, self._address.file(name))
        except FileNotFoundError:
            raise ColumnNotPublished(
                f"The property {name!r} is not published at {self._address.address}.",
                hint=f"Publish it: safar log publish --property {name} ….",
                of=name,
            ) from None
        return RowColumn(arrays["codes"], PackedValues(arrays["ends"], arrays["text"]))


class RemoteShard(PathShard):
    """A shard that is read when somebody looks at its arrays.

    Parameters
    ----------
    address
        Where it is.
    event_names, channels
        What its codes mean, known before it is read.
    present
        See `PathShard`.
    """

    address: ShardAddress

    def __init__(
        self,
        address: ShardAddress,
        event_names: tuple[str, ...],
        channels: tuple[str, ...],
        present: int | None = None,
    ) -> None:
        given = {"address": address, "event_names": event_names, "channels": channels, "present": present}
        for name, value in given.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "rows", RemoteRows(address))

    def __reduce__(
        self,
    ) -> tuple[type[Self], tuple[ShardAddress, tuple[str, ...], tuple[str, ...], int | None]]:
        return type(self), (self.address, self.event_names, self.channels, self.present)

    @property
    def first(self) -> NDArray[np.uint32]:
        """See `PathShard`; so are the arrays below."""
        return self._arrays["first"]

    @property
    def end(self) -> NDArray[np.uint32]:
        """Where each person's rows end."""
        return self._arrays["end"]

    @property
    def time(self) -> NDArray[np.int64]:
        """When."""
        return self._arrays["time"]

    @property
    def code(self) -> NDArray[np.unsignedinteger[Any]]:
        """Which event."""
        return self._arrays["code"]

    @property
    def channel_code(self) -> NDArray[np.unsignedinteger[Any]]:
        """By which channel."""
        return self._arrays["channel_code"]

    @property
    def person(self) -> NDArray[np.uint64]:
        """Who."""
        return self._arrays["person"]

    def with_persons(
        self, first: NDArray[np.uint32], end: NDArray[np.uint32], person: NDArray[np.uint64]
    ) -> PathShard:
        """Return the same rows with these persons, here."""
        return PathShard(
            first,
            end,
            self.time,
            self.code,
            self.channel_code,
            self.event_names,
            self.channels,
            person,
            self.rows,
            self.present,
        )

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        return _mapped(self.address.address, self.address.file())[1]


@lru_cache(_MOST_OPEN)
def _mapped(address: str, file: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a file of arrays, mapped: where it lies when that is a folder, a copy of it on this machine otherwise."""
    folder = far_folder(address)
    if folder.local is not None:
        return map_arrays(folder.local / file)
    return map_arrays(_copied(folder, address, file))


def _copied(folder: FarFolder, address: str, file: str) -> Path:
    kept = Path(tempfile.gettempdir()) / f"safar-published-{os.getuid()}"
    target = kept / hashlib.sha256(address.encode()).hexdigest()[:24] / file
    with _fetching:
        if not target.exists():
            kept.mkdir(mode=0o700, exist_ok=True)
            if kept.stat().st_uid != os.getuid() or kept.stat().st_mode & 0o077:
                raise PermissionError(f"{kept} belongs to others or lets them in.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
                arriving = Path(scratch) / "file"
                with folder.open(file) as source, arriving.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                arriving.replace(target)
    return target
