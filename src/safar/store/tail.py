"""The tail: events that are on disk but not compacted yet, as readers see them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .compaction import arrivals, only_new
from .layout import Layout
from .manifest import Manifest, Snapshot
from .schema import PART_SCHEMA
from .segment import Frame, all_segments, frames

_EMPTY = PART_SCHEMA.empty_table()


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


class Tail:
    """Reads the tail of one log, each frame once. Thread-safe."""

    def __init__(self, layout: Layout, manifest: Manifest) -> None:
        self._layout = layout
        self._manifest = manifest
        self._lock = threading.Lock()
        self._read: dict[str, list[Frame]] = {}
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
        found = [frame for of_segment in self._read.values() for frame in of_segment]
        size = sum(of_segment[-1].end for of_segment in self._read.values() if of_segment)
        before = self._view
        if (
            before is not None
            and before.snapshot.generation == snapshot.generation
            and before.tail_bytes == size
        ):
            return before
        self._view = View(snapshot, self._tail_of(found, snapshot), size)
        return self._view

    def _tail_of(self, found: list[Frame], snapshot: Snapshot) -> pa.Table:
        if not found:
            return _EMPTY
        found.sort(key=lambda frame: frame.written_at)
        arrived = arrivals(found, snapshot.next_sequence)
        table = only_new(arrived, self._layout, snapshot, self._manifest.shard_count)
        sequence = np.arange(snapshot.next_sequence, snapshot.next_sequence + table.num_rows, dtype=np.int64)
        return table.set_column(
            table.schema.get_field_index("sequence"), PART_SCHEMA.field("sequence"), pa.array(sequence)
        )
