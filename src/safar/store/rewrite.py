"""Taking rows out of parts: the parts that hold them are written anew, and one manifest change puts them in place.

Erasing a person, undoing an import and forgetting what is old differ only in their `Selection`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .compaction import event_ids, merged_rows
from .disk import sync_folder
from .ids import IdRun, hash_ids, write_run
from .layout import Layout
from .manifest import Change, Manifest, Part, Snapshot
from .parts import PartWriter, customer_keys, read_rows, shards_of, sort_rows
from .schema import INSTANT

#: When the runs know so many times more ids than there are events, they are made anew.
_STALE: Final = 2
#: So many ids go into one run when runs are made anew.
_RUN_ROWS: Final = 1 << 24


class Selection(Protocol):
    """Which rows are to go. ``column`` is the one that decides."""

    column: str

    def outside(self, part: Part) -> bool:
        """Whether no row of the part is meant, by what the manifest says."""

    def whole(self, part: Part) -> bool:
        """Whether every row of the part is meant, by what the manifest says."""

    def between(self, lowest: Any, highest: Any) -> bool:
        """Whether a row may be meant among values from ``lowest`` to ``highest`` of the column."""

    def rows(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return which rows are meant, as booleans."""


class OfCustomers:
    """The rows that came with one of these ids."""

    column = "customer_id"

    def __init__(self, ids: Collection[str], shard_count: int) -> None:
        self._ids = pa.array(sorted(ids), pa.string())
        self._texts = frozenset(ids)
        self._shards = set(shards_of(customer_keys(self._ids), shard_count).tolist())

    def outside(self, part: Part) -> bool:
        """Customers are split over shards."""
        return part.shard not in self._shards

    def whole(self, part: Part) -> bool:
        """The manifest knows no customers."""
        return False

    def between(self, lowest: str, highest: str) -> bool:
        """Ids are sorted as text."""
        return any(lowest <= text <= highest for text in self._texts)

    def rows(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """By equality."""
        return pc.is_in(column, self._ids)


class OfSource:
    """The rows that one source brought."""

    column = "source"

    def __init__(self, source: str) -> None:
        self._source = source

    def outside(self, part: Part) -> bool:
        """The manifest knows no sources."""
        return False

    def whole(self, part: Part) -> bool:
        """The manifest knows no sources."""
        return False

    def between(self, lowest: str, highest: str) -> bool:
        """Sources are sorted as text."""
        return lowest <= self._source <= highest

    def rows(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """By equality."""
        return pc.equal(column, self._source)


class Before:
    """The rows that occurred before an instant, in microseconds UTC."""

    column = "occurred_at"

    def __init__(self, instant: int) -> None:
        self._instant = instant

    def outside(self, part: Part) -> bool:
        """The manifest knows the bounds of each part."""
        return part.first_at >= self._instant

    def whole(self, part: Part) -> bool:
        """The manifest knows the bounds of each part."""
        return part.last_at < self._instant

    def between(self, lowest: Any, highest: Any) -> bool:
        """The manifest has said that some row is meant."""
        return True

    def rows(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """By comparison."""
        return pc.less(column, pa.scalar(self._instant, pa.int64()).cast(INSTANT))


def row_groups_with(path: Path, selection: Selection) -> list[int]:
    """Return the row groups of a part that may hold rows that are meant, by their statistics."""
    found = []
    with pq.ParquetFile(path) as file:
        place = file.schema_arrow.get_field_index(selection.column)
        for group in range(file.num_row_groups):
            statistics = file.metadata.row_group(group).column(place).statistics
            unknown = statistics is None or not statistics.has_min_max
            if unknown or selection.between(statistics.min, statistics.max):
                found.append(group)
    return found


@dataclass(frozen=True, slots=True)
class Amendment:
    """Rows to change on the way: ``change`` gets the rows that stay of the parts named, and returns them changed."""

    parts: frozenset[str]
    change: Callable[[pa.Table], pa.Table]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewrite did. ``parts_dropped`` had no row left; bytes are those of Parquet files."""

    rows: int
    parts_rewritten: int
    parts_dropped: int
    bytes_before: int
    bytes_after: int


class Rewriter:
    """Takes rows out of the parts of one log. The caller holds the log's compaction lock."""

    def __init__(self, layout: Layout, manifest: Manifest) -> None:
        self._layout = layout
        self._manifest = manifest

    def remove(self, selection: Selection, amendment: Amendment | None = None) -> Rewritten:
        """Take the rows out, and their ids out of the runs, so that the same events can come again.

        All of it or nothing, whatever happens meanwhile. Old files stay for readers that still hold them, until
        `compaction.Compactor.clean`.
        """
        snapshot = self._manifest.snapshot()
        work = _Work(self._layout)
        with self._undone_on_error(work):
            for part in snapshot.parts:
                if selection.whole(part):
                    work.drop(part)
                elif amendment is not None and part.name in amendment.parts:
                    work.rewrite(part, selection, amendment.change)
                elif self._holds(part, selection):
                    work.rewrite(part, selection)
            if not work.gone:
                return Rewritten(0, 0, 0, 0, 0)
            self._renew_runs(snapshot, work)
            sync_folder(self._layout.parts)
            self._manifest.apply(
                Change(
                    add_parts=work.new,
                    remove_parts=[part.name for part in work.gone],
                    add_runs=work.new_runs,
                    remove_runs=work.gone_runs,
                    takes_events_out=True,
                )
            )
        return work.report()

    @contextmanager
    def _undone_on_error(self, work: _Work) -> Iterator[None]:
        """Remove the files that were written when the block fails, unless they are the log by now."""
        try:
            yield
        except BaseException:
            snapshot = self._manifest.snapshot()
            named = {part.name for part in snapshot.parts} | set(snapshot.runs)
            for name in ({part.name for part in work.new} | {name for name, _ in work.new_runs}) - named:
                for path in self._layout.files_of(name):
                    path.unlink(missing_ok=True)
            raise

    def _holds(self, part: Part, selection: Selection) -> bool:
        """Tell whether a row of the part is meant; read as little of it as statistics allow."""
        if selection.outside(part):
            return False
        path = self._layout.parquet(part.name)
        return any(
            pc.any(selection.rows(read_rows(path, [group], [selection.column]).column(0))).as_py()
            for group in row_groups_with(path, selection)
        )

    def _renew_runs(self, snapshot: Snapshot, work: _Work) -> None:
        """Take the ids of removed rows out of the runs; make the runs anew when much of them is stale."""
        runs = {name: IdRun.open(self._layout.run(name)) for name in snapshot.runs}
        gone = {part.name for part in work.gone}
        parts = [*(part for part in snapshot.parts if part.name not in gone), *work.new]
        known = sum(len(run.rests) for run in runs.values()) - len(work.hashes)
        if known > _STALE * sum(part.rows for part in parts):
            work.gone_runs = list(runs)
            for hashes in self._hashes_of(parts):
                work.add_run(lambda path, hashes=hashes: _write_run(path, hashes))
            return
        hashes = np.sort(work.hashes)
        places = {name: run.places_of(hashes) for name, run in runs.items()}
        # An id stands in one run. One that seems to stand in two has met its like in a run of cut hashes: which of
        # the two is meant cannot be told, and an id too many in a run costs a look, an id too few an event twice.
        runs_with = np.zeros(len(hashes), dtype=np.int64)
        for found in places.values():
            runs_with += found >= 0
        for name, found in places.items():
            leaving = found[(runs_with == 1) & (found >= 0)]
            if len(leaving):
                work.gone_runs.append(name)
                if len(leaving) < len(runs[name].rests):
                    run = runs[name]
                    work.add_run(lambda path, run=run, leaving=leaving: run.write_without(path, leaving))

    def _hashes_of(self, parts: list[Part]) -> Iterator[NDArray[np.uint64]]:
        held: list[NDArray[np.uint64]] = []
        for part in parts:
            held.append(hash_ids(event_ids(read_rows(self._layout.parquet(part.name), None, ["event_id"]))))
            if sum(map(len, held)) >= _RUN_ROWS:
                yield np.concatenate(held)
                held = []
        if held:
            yield np.concatenate(held)


class _Work:
    """The files that one rewrite has written so far."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._removed: list[NDArray[np.uint64]] = []
        self._dropped_rows = 0
        self.gone: list[Part] = []
        self.new: list[Part] = []
        self.gone_runs: list[str] = []
        self.new_runs: list[tuple[str, int]] = []

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """The hashes of the ids of the rows taken out, as far as they were read."""
        return np.concatenate([np.zeros(0, np.uint64), *self._removed])

    def drop(self, part: Part) -> None:
        """Take a whole part out, unread."""
        self.gone.append(part)
        self._dropped_rows += part.rows

    def rewrite(
        self, part: Part, selection: Selection, change: Callable[[pa.Table], pa.Table] | None = None
    ) -> None:
        """Write the part anew without the rows that are meant."""
        run = f"{part.run[:16]}-{secrets.token_hex(4)}"
        name = f"{run}-L{part.level}-{part.shard:04d}"
        writer: PartWriter | None = None
        try:
            for table in merged_rows([self._layout.parquet(part.name)]):
                meant = selection.rows(table.column(selection.column))
                self._removed.append(hash_ids(event_ids(table.filter(meant))))
                stay = table.filter(pc.invert(meant))
                if not stay.num_rows:
                    continue
                if writer is None:
                    writer = PartWriter(self._layout.parts, name, shard=part.shard, level=part.level, run=run)
                writer.add(sort_rows(stay if change is None else change(stay), 1))
            if writer is not None:
                self.new.append(writer.finish())
        except BaseException as error:
            if writer is not None:
                writer.abandon(error)
            raise
        self.gone.append(part)

    def add_run(self, write: Callable[..., int]) -> None:
        """Write one new run."""
        name = f"{self.gone_runs[-1][:16]}-{secrets.token_hex(4)}"
        self.new_runs.append((name, write(self._layout.run(name))))

    def report(self) -> Rewritten:
        """Say what was done."""
        return Rewritten(
            rows=self._dropped_rows + sum(map(len, self._removed)),
            parts_rewritten=len(self.new),
            parts_dropped=len(self.gone) - len(self.new),
            bytes_before=sum(part.bytes for part in self.gone),
            bytes_after=sum(part.bytes for part in self.new),
        )


def _write_run(path: Path, hashes: NDArray[np.uint64]) -> int:
    write_run(path, hashes)
    return len(hashes)
