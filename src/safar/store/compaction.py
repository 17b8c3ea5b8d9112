"""Compaction: sealed segments become parts; many small parts of a shard become one larger.

Every step ends in one manifest transaction. A crash before it leaves files that nobody names, removed by the next
compaction; a crash after it leaves old files that nobody names any more, removed likewise.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .disk import sync_folder
from .ids import IdRun, SortedIds, first_of_each, hash_ids, held_among, write_run
from .layout import PART_ENDINGS, Layout
from .manifest import Change, Manifest, Part, Snapshot
from .parts import (
    PartWriter,
    SortedRows,
    customer_keys,
    plain,
    read_rows,
    row_group_count,
    row_groups_of,
    shards_of,
    sort_rows,
)
from .schema import FRAME_SCHEMA
from .segment import Frame, salvage, sealed

#: So many bytes of segments are compacted at a time: some 3 M events, under 1 GiB of memory.
_BATCH_BYTES: Final = 384 << 20
#: So many parts of one level and shard become one of the next level.
FANOUT: Final = 8
#: So many runs of ids become one.
_RUN_FANOUT: Final = 12
#: A merge holds about this many rows at a time.
_MERGE_ROWS: Final = 1 << 20
#: Files no longer named are kept this long for readers that still hold an older snapshot.
GRACE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class CompactionReport:
    """What one compaction did.

    ``duplicates`` are events whose id the log already held; ``damaged`` counts segments of which a part could not be
    read. They are kept as ``….damaged`` for `safar doctor` to show.
    """

    segments: int
    rows: int
    duplicates: int
    merged_rows: int
    damaged: int = 0


def arrivals(found: Sequence[Frame], first_sequence: int) -> pa.Table:
    """Return the frames' events as one table with their ``sequence``."""
    table = pa.Table.from_batches([frame.batch for frame in found], schema=FRAME_SCHEMA).combine_chunks()
    return _with_sequence(table, first_sequence)


def _with_sequence(table: pa.Table, first: int) -> pa.Table:
    sequence = pa.array(np.arange(first, first + table.num_rows, dtype=np.int64))
    place = table.schema.get_field_index("sequence")
    return (
        table.append_column("sequence", sequence)
        if place < 0
        else table.set_column(place, "sequence", sequence)
    )


def event_ids(table: pa.Table) -> NDArray[np.uint8]:
    """Return the ids of a table's events, shape (n, 16)."""
    column = table.column("event_id").combine_chunks()
    if not len(column):
        return np.zeros((0, 16), np.uint8)
    raw = np.frombuffer(column.buffers()[1], dtype=np.uint8)
    return raw[column.offset * 16 : (column.offset + len(column)) * 16].reshape(-1, 16)


def only_new(
    table: pa.Table, layout: Layout, snapshot: Snapshot, shard_count: int, *, seen: Sequence[SortedIds] = ()
) -> pa.Table:
    """Return the rows whose ids are neither in the parts of ``snapshot``, nor in ``seen``, nor earlier in the table."""
    ids = event_ids(table)
    hashes = hash_ids(ids)
    keep = first_of_each(hashes, ids)
    for some in seen:
        keep &= ~some.among(ids, hashes)
    maybe_known = np.zeros(len(ids), dtype=np.bool_)
    for name in snapshot.runs:
        IdRun.open(layout.run(name)).mark_known(hashes, maybe_known)
    maybe_known &= keep
    if maybe_known.any():
        suspects = np.flatnonzero(maybe_known)
        known = _known_ids(table.take(pa.array(suspects)), layout, snapshot, shard_count)
        keep[suspects[known]] = False
    return table if keep.all() else table.filter(pa.array(keep))


def _known_ids(suspects: pa.Table, layout: Layout, snapshot: Snapshot, shard_count: int) -> NDArray[np.bool_]:
    """Return which of the suspects' ids stand in the parts: first where their customers are kept, then everywhere."""
    ids = event_ids(suspects)
    hashes = hash_ids(ids)
    known = np.zeros(len(ids), dtype=np.bool_)
    customers = suspects.column("customer_id").combine_chunks()
    shards = shards_of(customer_keys(customers), shard_count)
    seen: dict[str, set[int]] = {}
    for part in snapshot.parts:
        rows = np.flatnonzero(shards == part.shard)
        if len(rows):
            span = pc.min_max(customers.take(pa.array(rows))).as_py()
            groups = row_groups_of(layout.parquet(part.name), span["min"], span["max"])
            seen[part.name] = set(groups)
            known[rows] |= held_among(ids[rows], hashes[rows], _held_ids(layout, part, groups))
    for part in snapshot.parts:
        rows = np.flatnonzero(~known)
        if not len(rows):
            break
        groups = sorted(set(range(row_group_count(layout.parquet(part.name)))) - seen.get(part.name, set()))
        known[rows] |= held_among(ids[rows], hashes[rows], _held_ids(layout, part, groups))
    return known


def _held_ids(layout: Layout, part: Part, groups: Sequence[int]) -> NDArray[np.uint8]:
    return event_ids(read_rows(layout.parquet(part.name), groups, ["event_id"]))


class Compactor:
    """Turns sealed segments into parts. The caller holds the log's compaction lock.

    Parameters
    ----------
    observe
        Called with each batch of new events before they enter the manifest (identity reads them). May be called again
        with the same events after a crash.
    """

    def __init__(self, layout: Layout, manifest: Manifest, observe: Callable[[pa.Table], None]) -> None:
        self._layout = layout
        self._manifest = manifest
        self._observe = observe

    def compact(self, *, settle: bool = False, merges: int | None = None) -> CompactionReport:
        """Take every sealed segment and merge parts that have become many; see `Log.compact`."""
        self.clean()
        segments = rows = duplicates = merged = damaged = 0
        for batch in self._batches():
            new, old, bad = self._take(batch)
            segments, rows, duplicates = segments + len(batch), rows + new, duplicates + old
            damaged += bad
            merged += self._merge_crowded(merges)
        if not segments:
            merged += self._merge_crowded(merges)
        if settle:
            merged += self._settle()
        return CompactionReport(segments, rows, duplicates, merged, damaged)

    def _batches(self) -> Iterator[list[Path]]:
        consumed = self._manifest.snapshot().consumed
        waiting = [path for path in sealed(self._layout.segments) if path.stem not in consumed]
        batch: list[Path] = []
        size = 0
        for path in waiting:
            batch.append(path)
            size += path.stat().st_size
            if size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _take(self, batch: list[Path]) -> tuple[int, int, int]:
        """Move the events of the segments to parts; return how many were new, were known, and segments were damaged."""
        snapshot = self._manifest.snapshot()
        salvaged = {path: salvage(path) for path in batch}
        damaged = [path for path, found in salvaged.items() if found.damage]
        frames = [frame for found in salvaged.values() for frame in found.frames]
        frames.sort(key=lambda frame: frame.written_at)
        arrived = arrivals(frames, snapshot.next_sequence)
        table = only_new(arrived, self._layout, snapshot, self._manifest.shard_count)
        change = Change(consume=[path.stem for path in batch])
        if table.num_rows:
            change = self._written(_with_sequence(table, snapshot.next_sequence), snapshot, change)
        for path in damaged:
            with suppress(FileExistsError):  # a death between here and the manifest does it again
                path.with_suffix(".damaged").hardlink_to(path)
        if damaged:
            sync_folder(self._layout.segments)
        self._manifest.apply(change)
        return table.num_rows, arrived.num_rows - table.num_rows, len(damaged)

    def _written(self, table: pa.Table, snapshot: Snapshot, change: Change) -> Change:
        self._observe(table)
        name = f"{snapshot.next_sequence:016d}-{secrets.token_hex(4)}"
        parts = self.write_parts(sort_rows(table, self._manifest.shard_count), name, level=0)
        write_run(self._layout.run(name), hash_ids(event_ids(table)))
        sync_folder(self._layout.parts)
        return replace(
            change,
            add_parts=parts,
            add_runs=[(name, table.num_rows)],
            next_sequence=snapshot.next_sequence + table.num_rows,
        )

    def write_parts(self, rows: SortedRows, name: str, *, level: int) -> list[Part]:
        """Write sorted rows as one part a shard."""
        parts = []
        for shard, of_shard in rows.by_shard():
            writer = PartWriter(
                self._layout.parts, f"{name}-L{level}-{shard:04d}", shard=shard, level=level, run=name
            )
            try:
                writer.add(of_shard)
                parts.append(writer.finish())
            except BaseException as error:
                writer.abandon(error)
                raise
        return parts

    def is_crowded(self) -> bool:
        """Return whether a shard has so many parts of one level that they should be merged."""
        return bool(self._crowded())

    def _merge_crowded(self, most: int | None) -> int:
        rows = merges = 0
        while (most is None or merges < most) and (several := self._crowded()):
            rows += self._merge_parts(several)
            merges += 1
        self._merge_runs()
        return rows

    def _crowded(self) -> list[Part]:
        levels: dict[tuple[int, int], list[Part]] = {}
        for part in self._manifest.snapshot().parts:
            levels.setdefault((part.level, part.shard), []).append(part)
        return next((parts for _, parts in sorted(levels.items()) if len(parts) >= FANOUT), [])

    def _settle(self) -> int:
        shards: dict[int, list[Part]] = {}
        for part in self._manifest.snapshot().parts:
            shards.setdefault(part.shard, []).append(part)
        return sum(self._merge_parts(parts) for parts in shards.values() if len(parts) > 1)

    def _merge_parts(self, parts: Sequence[Part]) -> int:
        merged = self._merged(parts)
        sync_folder(self._layout.parts)
        self._manifest.apply(Change(add_parts=[merged], remove_parts=[old.name for old in parts]))
        return merged.rows

    def _merged(self, parts: Sequence[Part]) -> Part:
        first = parts[0]
        level = max(part.level for part in parts) + 1
        name = f"{first.run[:16]}-{secrets.token_hex(4)}"
        writer = PartWriter(
            self._layout.parts, f"{name}-L{level}-{first.shard:04d}", shard=first.shard, level=level, run=name
        )
        try:
            for table in merged_rows([self._layout.parquet(part.name) for part in parts]):
                writer.add(sort_rows(table, 1))
            return writer.finish()
        except BaseException as error:
            writer.abandon(error)
            raise

    def _merge_runs(self) -> None:
        names = self._manifest.snapshot().runs
        if len(names) < _RUN_FANOUT:
            return
        sizes = sorted((self._layout.run(name).stat().st_size, name) for name in names)
        together = (
            [name for _, name in sizes[:-1]]
            if sizes[-1][0] > 4 * sum(s for s, _ in sizes[:-1])
            else list(names)
        )
        runs = [IdRun.open(self._layout.run(name)) for name in together]
        hashes = np.concatenate([run.hashes() for run in runs])
        name = f"{together[0][:16]}-{secrets.token_hex(4)}"
        write_run(self._layout.run(name), hashes, precision=min(run.precision for run in runs))
        sync_folder(self._layout.parts)
        self._manifest.apply(Change(add_runs=[(name, len(hashes))], remove_runs=together))

    def clean(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        """Delete files that no snapshot names any more, and those a crash left half made."""
        gone = self._manifest.garbage(older_than_seconds=grace_seconds)
        for name in gone:
            # Its rows first: who writes a column of it just now looks afterwards whether they are still there.
            self._layout.parquet(name).unlink(missing_ok=True)
            for path in self._layout.files_of(name):
                path.unlink(missing_ok=True)
        snapshot = self._manifest.snapshot()
        waiting = set(self._manifest.garbage(older_than_seconds=0))
        named = {part.name for part in snapshot.parts} | set(snapshot.runs) | waiting
        for path in self._layout.parts.iterdir():
            if path.suffix in PART_ENDINGS and path.name.split(".")[0] not in named:
                path.unlink(missing_ok=True)
        if gone:
            sync_folder(self._layout.parts)
            sync_folder(self._layout.segments)
            self._manifest.forget_garbage(gone)


def merged_rows(paths: Sequence[Path]) -> Iterator[pa.Table]:
    """Yield the rows of several parts of one shard, customers ascending over the tables, whole customers in each."""
    files = [pq.ParquetFile(path) for path in paths]
    try:
        held: list[list[pa.Table]] = [[] for _ in files]
        upcoming = [0] * len(files)
        while True:
            for place, file in enumerate(files):
                while upcoming[place] < file.num_row_groups and sum(
                    table.num_rows for table in held[place]
                ) < _MERGE_ROWS // len(files):
                    held[place].append(plain(file.read_row_group(upcoming[place], use_threads=False)))
                    upcoming[place] += 1
            bounds = [
                held[place][-1].column("customer_id")[-1].as_py()
                for place, file in enumerate(files)
                if upcoming[place] < file.num_row_groups
            ]
            if not bounds:
                rest = [table for tables in held for table in tables]
                if rest:
                    yield pa.concat_tables(rest).combine_chunks()
                return
            ready = _split_below(held, min(bounds))
            if ready:
                yield pa.concat_tables(ready).combine_chunks()
            else:
                _read_on(files, upcoming, held, min(bounds))
    finally:
        for file in files:
            file.close()


def _split_below(held: list[list[pa.Table]], bound: str) -> list[pa.Table]:
    """Take from ``held`` the rows of customers before ``bound``."""
    ready = []
    for place, tables in enumerate(held):
        kept = []
        for table in tables:
            below = pc.less(table.column("customer_id"), bound)
            count = pc.sum(below).as_py() or 0
            if count:
                ready.append(table.slice(0, count))
            if count < table.num_rows:
                kept.append(table.slice(count))
        held[place] = kept
    return ready


def _read_on(
    files: list[pq.ParquetFile], upcoming: list[int], held: list[list[pa.Table]], bound: str
) -> None:
    """One customer fills all that is held: read further in the files that end with this customer."""
    for place, file in enumerate(files):
        if (
            upcoming[place] < file.num_row_groups
            and held[place][-1].column("customer_id")[-1].as_py() == bound
        ):
            held[place].append(plain(file.read_row_group(upcoming[place], use_threads=False)))
            upcoming[place] += 1
