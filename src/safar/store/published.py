"""Paths published at an address: what a cluster's workers and notebooks elsewhere read, without the log.

::

    <address>/paths.json                    which version, which shards, which properties
    <address>/<version>/<shard>.paths       the arrays of one shard
    <address>/<version>/<shard>.<column>    one property of its rows

Customers are in it as keys alone: their ids stay in the log.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

from .arrays import write_arrays
from .far_folder import AddressRefused, FarFolder, far_folder
from .paths import Paths, PathShard, present_of
from .remote_shard import RemoteShard, ShardAddress
from .row_column import RowColumn

INDEX: Final = "paths.json"
_FORMAT: Final = 1
_FOLDER: Final = re.compile("[0-9a-f]{16}")
_SHARD: Final = re.compile("[0-9]{5,9}")
#: Rows of one published shard: what one worker reads at a time.
_MOST_ROWS: Final = 10_000_000


class NothingPublished(Refusal, FileNotFoundError):
    """There are no published paths at the address."""

    code = "published.missing"


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published.

    Attributes
    ----------
    version
        Of the log that it shows.
    shards, events, customers, bytes
        How many.
    """

    version: str
    shards: int
    events: int
    customers: int
    bytes: int


class Published:
    """The paths at an address, as they were when they were published last.

    Parameters
    ----------
    address
        A folder, or what fsspec knows: ``s3://bucket/folder``.

    Raises
    ------
    NothingPublished, AddressRefused
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._index()

    def paths(self) -> Paths:
        """Return everybody's path as published last."""
        index = self._index()
        shards = tuple(
            RemoteShard(
                ShardAddress(self.address, index["folder"], each["name"]),
                tuple(each["event_names"]),
                tuple(each["channels"]),
                index.get("present"),
            )
            for each in index["shards"]
        )
        return Paths(index["version"], shards)

    def ids_of(self, persons: NDArray[np.uint64]) -> list[str]:
        """Return the keys of persons in hexadecimal digits: ids are not published."""
        return [f"{person:016x}" for person in persons.tolist()]

    def _index(self) -> dict[str, Any]:
        found = _index_at(far_folder(self.address))
        if found is not None and not _is_ours(found):
            raise NothingPublished(
                f"What is published at {self.address} cannot be read.",
                hint="Publish it again with this version of Safar.",
                address=self.address,
            )
        if found is None:
            raise NothingPublished(
                f"There are no published paths at {self.address}.",
                hint="Publish some: safar log publish ADDRESS.",
                address=self.address,
            )
        return found


def publish(
    paths: Paths,
    address: str,
    properties: Sequence[str] = (),
    *,
    told: Callable[[int, int], None] | None = None,
) -> Publication:
    """Write paths to an address, in place of what was published there.

    Parameters
    ----------
    paths
        Of a log.
    address
        A folder, or what fsspec knows. Who asks while it is written sees what was there before; a question that began
        before ends with that, as the version before is kept until the next.
    properties
        Those by which conditions and breakdowns may ask, also ``@amount``, ``@currency``, ``@source``.
    told
        Told after each shard how many are done and how many there are.

    Raises
    ------
    AddressRefused
    """
    folder = far_folder(address)
    before = _index_at(folder) if folder.local is None or folder.local.is_dir() else None
    version = f"{paths.version}:{':'.join(sorted(properties))}"
    name = hashlib.sha256(version.encode()).hexdigest()[:16]
    pieces = list(_pieces(paths.shards))
    shards, size = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        for number, shard in enumerate(pieces):
            place = ShardAddress(address, name, f"{number:05}")
            for column, arrays in _arrays(shard, properties):
                file = Path(scratch) / "arrays"
                write_arrays(file, {"format": _FORMAT}, arrays)
                folder.put(file, place.file(column))
                size += file.stat().st_size
            words = {"event_names": list(shard.event_names), "channels": list(shard.channels)}
            shards.append({"name": place.name, **words})
            if told is not None:
                told(number + 1, len(pieces))
        index = Path(scratch) / INDEX
        facts = {"format": _FORMAT, "version": paths.version, "folder": name, "properties": list(properties)}
        facts["present"] = max(map(present_of, pieces), default=None)
        index.write_text(json.dumps({**facts, "shards": shards}, ensure_ascii=False), encoding="utf-8")
        folder.put(index, INDEX)
    kept = {name} if before is None else {name, before.get("folder")}
    for other in set(folder.folders()) - kept:
        if _is_named(other, _FOLDER):  # whatever else lies there is not ours
            folder.remove(other)
    customers = sum(len(shard.first) for shard in pieces)
    return Publication(paths.version, len(pieces), paths.rows, customers, size)


def _index_at(folder: FarFolder) -> dict[str, Any] | None:
    try:
        with folder.open(INDEX) as file:
            found = json.load(file)
    except FileNotFoundError:
        return None
    except AddressRefused:
        raise
    except (ValueError, RecursionError):
        found = {}
    return found if isinstance(found, dict) else {}


def _is_ours(index: dict[str, Any]) -> bool:
    """Tell whether an index was written by `publish`: names in it become paths of files, here and at the address."""
    shards = index.get("shards")
    return (
        index.get("format") == _FORMAT
        and isinstance(index.get("version"), str)
        and _is_named(index.get("folder"), _FOLDER)
        and isinstance(index.get("present"), int | None)
        and isinstance(shards, list)
        and all(isinstance(each, dict) and _is_named(each.get("name"), _SHARD) for each in shards)
        and all(isinstance(each.get(words), list) for each in shards for words in ("event_names", "channels"))
    )


def _is_named(name: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(name, str) and pattern.fullmatch(name) is not None


def _pieces(shards: Sequence[PathShard]) -> Iterator[PathShard]:
    """Yield shards of at most so many rows each, unless one person has more."""
    for shard in shards:
        ends = np.cumsum(shard.end.astype(np.int64) - shard.first)
        start = 0
        while start < len(ends):
            before = int(ends[start - 1]) if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, before + _MOST_ROWS, side="right")))
            yield shard.of(slice(start, stop))
            start = stop


def _arrays(
    shard: PathShard, properties: Sequence[str]
) -> Iterator[tuple[str | None, dict[str, NDArray[Any]]]]:
    """Yield the arrays of a shard, without rows that nobody in it owns, and those of each property."""
    first = shard.first.astype(np.int64)
    lengths = shard.end.astype(np.int64) - first
    ends = np.cumsum(lengths)
    rows = np.arange(int(lengths.sum())) + np.repeat(first - ends + lengths, lengths)
    taken = replace(
        shard,
        first=(ends - lengths).astype(np.uint32),
        end=ends.astype(np.uint32),
        time=shard.time[rows],
        code=shard.code[rows],
        channel_code=shard.channel_code[rows],
    )
    names = ("first", "end", "time", "code", "channel_code", "person")
    yield None, {name: getattr(taken, name) for name in names}
    for name in properties:
        yield name, _packed(shard.rows.column(name), rows)


def _packed(column: RowColumn, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    texts = [value.encode() for value in column.values]
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    return {"codes": column.codes[rows], "ends": ends, "text": np.frombuffer(b"".join(texts), np.uint8)}
