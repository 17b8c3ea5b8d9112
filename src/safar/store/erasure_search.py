"""The two readings of an erasure: before it, what would give the person away; after it, whether any of it is left."""

from __future__ import annotations

import mmap
import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .compaction import event_ids
from .identity import FILE as IDENTITY
from .layout import Layout
from .manifest import Part, Snapshot
from .needles import SHORTEST, Needles, apart, letters_of
from .own_words import words_of_imports, words_of_log
from .parts import customer_keys, plain, read_rows
from .rewrite import OfCustomers, row_groups_with
from .segment import is_segment
from .sqlite_read import read_only
from .traces import Mentions, id_forms, is_plain_in_bytes, names_one, value_forms

_TEXTS: Final = ("customer_id", "event_name", "channel", "source")
_COLUMNS: Final = (*_TEXTS, "properties")


@dataclass(frozen=True, slots=True)
class Sought:
    """What must not be found: in texts that are unpacked, and in the bytes of files as they are."""

    unpacked: Needles
    raw: Needles


@dataclass(frozen=True, slots=True)
class Survey:
    """What was learnt before the erasure. ``shared`` counts texts that others have too."""

    sought: Sought
    shared: int
    parts_with_mentions: frozenset[str]
    mentions: int


def survey(
    layout: Layout, snapshot: Snapshot, selection: OfCustomers, ids: Collection[str], imports: Path | None
) -> Survey:
    """Collect what would give the person away, and find out what of it others have too, or Safar's own files."""
    own_ids = id_forms(ids)
    values, binary = _of_person(layout, snapshot, selection)
    binary |= {key.tobytes() for key in customer_keys(pa.array(list(ids), pa.string()))}
    mentions = Mentions(ids)
    texts = Needles(own_ids | values)
    others = _Others(texts, Needles(mentions.hints), mentions, selection)
    shared = np.zeros(len(texts), dtype=np.bool_)
    with_mentions: dict[str, int] = {}
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        for part, (found, count) in zip(
            snapshot.parts, threads.map(lambda part: others.read(layout, part), snapshot.parts), strict=True
        ):
            shared |= found
            if count:
                with_mentions[part.name] = count
    shared |= texts.found_in(apart(_known_of_others(layout, ids)))
    for own in words_of_log(layout):
        shared |= texts.found_in(own)
    if imports is not None:
        words = np.array(
            [not names_one(text.decode("utf-8", "replace")) for text in texts.texts], dtype=np.bool_
        )
        for own in words_of_imports(imports):
            shared |= words & texts.found_in(own)
    unpacked = [text for text, also in zip(texts.texts, shared, strict=True) if not also]
    raw = [text for text in unpacked if is_plain_in_bytes(text, is_id=text in own_ids)]
    return Survey(
        Sought(Needles(unpacked), Needles([*raw, *binary])),
        int(shared.sum()),
        frozenset(with_mentions),
        sum(with_mentions.values()),
    )


def _of_person(layout: Layout, snapshot: Snapshot, selection: OfCustomers) -> tuple[set[bytes], set[bytes]]:
    """Return the texts of the person's events, and the events' ids."""
    texts: set[bytes] = set()
    ids: set[bytes] = set()
    for part in snapshot.parts:
        if selection.outside(part):
            continue
        path = layout.parquet(part.name)
        for group in row_groups_with(path, selection):
            table = read_rows(path, [group], ["event_id", *_COLUMNS])
            own = table.filter(selection.rows(table.column("customer_id")))
            ids |= {row.tobytes() for row in event_ids(own)}
            for properties in pc.unique(own.column("properties")).to_pylist():
                texts.update(value_forms(properties))
            for name in ("event_name", "channel", "source"):
                texts |= {text.encode() for text in pc.unique(own.column(name)).to_pylist()}
    return {text for text in texts if len(text) >= SHORTEST}, ids


def _known_of_others(layout: Layout, ids: Collection[str]) -> list[str]:
    """Return what identity knows of others: their ids, and what members have noted about them."""
    with read_only(layout.folder / IDENTITY) as connection:
        nodes = dict(connection.execute("SELECT node, id FROM node"))
        own = {node for node, text in nodes.items() if text in ids}
        claims = connection.execute("SELECT anchor, node, by, note FROM claim WHERE note <> '' OR by <> ''")
        notes = [text for anchor, node, *texts in claims if own.isdisjoint((anchor, node)) for text in texts]
    return [*(text for node, text in nodes.items() if node not in own), *notes]


class _Others:
    """Reads the events of everybody else."""

    def __init__(self, texts: Needles, hints: Needles, mentions: Mentions, selection: OfCustomers) -> None:
        self._texts = texts
        self._hints = hints
        self._mentions = mentions
        self._selection = selection

    def read(self, layout: Layout, part: Part) -> tuple[np.ndarray, int]:
        """Return which of the texts stand in a part, and how many events mention the person."""
        found = np.zeros(len(self._texts), dtype=np.bool_)
        mentions = 0
        with pq.ParquetFile(layout.parquet(part.name)) as file:
            for group in range(file.num_row_groups):
                table = plain(file.read_row_group(group, columns=list(_COLUMNS), use_threads=False))
                if not self._selection.outside(part):
                    own = self._selection.rows(table.column("customer_id"))
                    table = table.filter(pc.invert(own))
                for name in _TEXTS:
                    found |= self._texts.found_in(apart(pc.unique(table.column(name)).to_pylist()))
                properties = table.column("properties")
                if any(self._hints.found_in(letters).any() for letters in letters_of(properties)):
                    amended, count = self._mentions.amended_texts(properties)
                    mentions += count
                    properties = amended
                for letters in letters_of(properties):
                    found |= self._texts.found_in(letters)
        return found, mentions


class Search:
    """Reads every byte of files and notes where something sought is left.

    Attributes
    ----------
    left
        Files, with what was found there: ``bytes``, ``texts``, ``events`` or ``rows``.
    files, bytes, rows
        How much was read.
    passed_over
        Segments that were not.
    """

    def __init__(self, ids: Iterable[str], sought: Sought) -> None:
        self._ids = frozenset(ids)
        self._sought = sought
        self.left: dict[Path, set[str]] = defaultdict(set)
        self.files = 0
        self.bytes = 0
        self.rows = 0
        self.passed_over = 0

    def folder(self, folder: Path, *, younger_than: tuple[Path, Collection[str]] | None = None) -> None:
        """Search every file under a folder.

        Of ``younger_than`` (a folder of segments, and those that are to be searched) other segments are passed over:
        they have been begun since.
        """
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        if younger_than is not None:
            segments, old = younger_than
            young = {
                path
                for path in files
                if path.parent == segments and is_segment(path) and path.stem not in old
            }
            files = [path for path in files if path not in young]
            self.passed_over += len(young)
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            for path, (what, size, rows) in zip(files, threads.map(self._file, files), strict=True):
                if what:
                    self.left[path] |= what
                self.files, self.bytes, self.rows = self.files + 1, self.bytes + size, self.rows + rows

    def _file(self, path: Path) -> tuple[set[str], int, int]:
        try:
            if path.suffix == ".sqlite":
                return self._database(path)
            if path.name.endswith(
                ".sqlite-shm"
            ):  # page numbers; and SQLite's locks on it must not be disturbed
                return set(), 0, 0
            size = self._raw(path)
            found, rows = self._parquet(path) if path.suffix == ".parquet" else (set(), 0)
            return found | ({"bytes"} if size < 0 else set()), abs(size), rows
        except FileNotFoundError:  # a writer sealed its segment, or a reader its scratch, meanwhile
            return set(), 0, 0

    def _raw(self, path: Path) -> int:
        """Return the size of a file, below zero when something sought stands in it."""
        size = path.stat().st_size
        if not size:
            return 0
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            data = np.frombuffer(mapped, dtype=np.uint8)
            found = self._sought.raw.found_in(data).any()
            del data
        return -size if found else size

    def _parquet(self, path: Path) -> tuple[set[str], int]:
        ids = pa.array(sorted(self._ids), pa.string())
        found: set[str] = set()
        rows = 0
        with pq.ParquetFile(path, read_dictionary=list(_TEXTS)) as file:
            for group in range(file.num_row_groups):
                packed = file.read_row_group(group, columns=list(_COLUMNS), use_threads=False)
                for name in _TEXTS:  # dictionaries as they stand in the file, with entries that no row uses
                    for chunk in packed.column(name).chunks:
                        if self._sought.unpacked.found_in(apart(chunk.dictionary.to_pylist())).any():
                            found.add("texts")
                for letters in letters_of(packed.column("properties")):
                    if self._sought.unpacked.found_in(letters).any():
                        found.add("texts")
                customers = packed.column("customer_id").cast(pa.string())
                if pc.any(pc.is_in(customers, ids)).as_py():
                    found.add("events")
                rows += packed.num_rows
        return found, rows

    def _database(self, path: Path) -> tuple[set[str], int, int]:
        """Search a database through SQLite: all of its pages, free ones too, then every value of every row."""
        found: set[str] = set()
        with read_only(path) as connection:
            pages = connection.serialize()
            if self._sought.raw.found_in(pages).any():
                found.add("bytes")
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    texts = [value for value in row if isinstance(value, str | bytes)]
                    if not self._ids.isdisjoint(texts) or self._sought.unpacked.found_in(apart(texts)).any():
                        found.add("rows")
        return found, len(pages), 0
