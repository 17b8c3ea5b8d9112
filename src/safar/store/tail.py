"""The tail: events that are on disk but not compacted yet, as readers see them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .compaction import arrivals, event_ids, only_new
from .ids import SortedIds, hash_ids
from .layout import Layout
from .manifest import Manifest, Snapshot
from .schema import PART_SCHEMA
from .segment import Frame, all_segments, frames


@dataclass(frozen=True, slots=True)
class View:
    """One consistent sight of the log: a snapshot and the tail behind it, deduplicated against each other."""

    snapshot: Snapshot
    tail: pa.Table
    tail_bytes: int

    @property
    def version(self) -> str:
        """Changes whenever a visible event changes."""
        return f"{self.snapshot.generation}.{self.tail_bytes}"


class _Gathered:
    """The tail behind one snapshot, as far as it has been read; grows by new frames only."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.taken: dict[str, int] = {}
        self._tables: list[pa.Table] = []
        self._ids: list[SortedIds] = []
        self._rows = 0

    def take(self, found: list[Frame], layout: Layout, shard_count: int) -> None:
        """Add frames, in order of writing, without what is known."""
        found.sort(key=lambda frame: frame.written_at)
        snapshot = self.snapshot
        table = only_new(arrivals(found, 0), layout, snapshot, shard_count, seen=self._ids)
        first = snapshot.next_sequence + self._rows
        sequence = pa.array(np.arange(first, first + table.num_rows, dtype=np.int64))
        place = PART_SCHEMA.get_field_index("sequence")
        self._tables.append(table.set_column(place, PART_SCHEMA.field(place), sequence))
        self._rows += table.num_rows
        ids = event_ids(table)
        latest = SortedIds(ids, hash_ids(ids))
        while self._ids and len(self._ids[-1]) <= 2 * len(latest):
            latest = self._ids.pop().with_those_of(latest)
        self._ids.append(latest)

    def table(self) -> pa.Table:
        """Return all rows."""
        return pa.concat_tables(self._tables) if self._tables else pa.Table.from_batches([], PART_SCHEMA)


class Tail:
    """Reads the tail of one log, each frame once. Thread-safe."""

    def __init__(self, layout: Layout, manifest: Manifest) -> None:
        self._layout = layout
        self._manifest = manifest
        self._lock = threading.Lock()
        self._read: dict[str, list[Frame]] = {}
        self._gathered = _Gathered(manifest.snapshot())
        self._view: View | None = None

    def view(self) -> View:
        """Return what is visible now."""
        with self._lock:
            while True:
                snapshot = self._manifest.snapshot()
                if self._read_on(snapshot) and self._manifest.generation == snapshot.generation:
                    try:
                        return self._made(snapshot)
                    except FileNotFoundError:
                        if self._manifest.generation == snapshot.generation:
                            raise

    def _read_on(self, snapshot: Snapshot) -> bool:
        """Read what is new in the segments; return False when one was renamed meanwhile."""
        waiting = [path for path in all_segments(self._layout.segments) if path.stem not in snapshot.consumed]
        self._read = {path.stem: self._read.get(path.stem, []) for path in waiting}
        for path in waiting:
            known = self._read[path.stem]
            try:
                size = path.stat().st_size
                if known and size < known[-1].end:  # its writer took back what could not be made durable
                    known.clear()
                if not known or size > known[-1].end:
                    known.extend(frames(path, known[-1].end if known else 0))
            except FileNotFoundError:
                return False
        return True

    def _made(self, snapshot: Snapshot) -> View:
        size = sum(of_segment[-1].end for of_segment in self._read.values() if of_segment)
        before = self._view
        same = before is not None and before.snapshot.generation == snapshot.generation
        if before is not None and same and before.tail_bytes == size:
            return before
        counts = {name: len(of_segment) for name, of_segment in self._read.items()}
        taken = self._gathered.taken
        if not same or any(counts.get(name, 0) < count for name, count in taken.items()):
            self._gathered, taken = _Gathered(snapshot), {}
        new = [frame for name, found in self._read.items() for frame in found[taken.get(name, 0) :]]
        if new:
            self._gathered.take(new, self._layout, self._manifest.shard_count)
        self._gathered.taken = counts
        self._view = View(snapshot, self._gathered.table(), size)
        return self._view
