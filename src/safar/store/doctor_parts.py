"""The part of `doctor` that reads parts, their path indexes and the runs of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .arrays import ArraysDamaged, check_arrays
from .compaction import event_ids
from .findings import Finding
from .ids import IdRun, hash_ids
from .layout import Layout
from .manifest import Part, Snapshot
from .parts import customer_keys, file_crc, plain, read_rows, row_group_count, shards_of
from .pathindex import PathIndex

#: Ids are looked through for twins so many at a time.
_TWIN_ROWS: Final = 1 << 24
_Arrays = TypeVar("_Arrays", IdRun, PathIndex)


def check_parts(layout: Layout, snapshot: Snapshot, shard_count: int) -> Iterator[Finding]:
    """Read every file that the snapshot names to its last byte, and hold them against each other."""
    runs: list[IdRun] = []
    for name in snapshot.runs:
        run, found = _opened(layout.run(name), IdRun.open, "doctor.ids_missing", "doctor.ids_damaged")
        if run is not None:
            runs.append(run)
        if found is not None:
            yield found
    whole: list[Part] = []
    for part in snapshot.parts:
        findings = list(_check_part(layout, part, snapshot, shard_count, runs))
        yield from findings
        yield from _check_columns(layout, part)
        if not any(finding.path == layout.parquet(part.name) for finding in findings):
            whole.append(part)
    yield from _twins(layout, whole)


def _check_part(
    layout: Layout, part: Part, snapshot: Snapshot, shard_count: int, runs: Sequence[IdRun]
) -> Iterator[Finding]:
    path = layout.parquet(part.name)
    try:
        size, crc = path.stat().st_size, file_crc(path)
    except FileNotFoundError:
        yield Finding("doctor.part_missing", path, f"{part.rows} events are in a file that is not there.")
        return
    if (size, crc) != (part.bytes, part.crc):
        yield Finding(
            "doctor.part_damaged",
            path,
            f"The file has {size} bytes with CRC {crc:08x}, but {part.bytes} with {part.crc:08x} were written.",
        )
        return
    index_path = layout.path_index(part.name)
    index, found = _opened(index_path, PathIndex.open, "doctor.index_missing", "doctor.index_damaged")
    if found is not None:
        yield found
    try:
        reading = _Reading(part, shard_count, index, runs)
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                reading.take(plain(file.read_row_group(group, use_threads=False)))
    except (pa.ArrowException, OSError) as error:
        yield Finding("doctor.part_damaged", path, f"The file cannot be read: {error}.")
        return
    for trouble in reading.troubles(snapshot.next_sequence):
        yield Finding("doctor.part_disagrees", path, trouble)
    for trouble in reading.index_troubles():
        yield Finding("doctor.index_disagrees", index_path, trouble)
    if reading.unknown_ids:
        yield Finding(
            "doctor.ids_incomplete",
            layout.parts,
            f"{reading.unknown_ids} events of {part.name} are in no run of ids; sent again, they would count twice.",
        )


def _check_columns(layout: Layout, part: Part) -> Iterator[Finding]:
    """Read the properties that are kept beside a part to their last byte; they can be made anew."""
    for path in sorted(layout.parts.glob(f"{part.name}.*.column")):
        try:
            check_arrays(path)
        except FileNotFoundError:  # merged away meanwhile, or made anew
            continue
        except ArraysDamaged:
            yield Finding(
                "doctor.column_damaged", path, "The checksum does not match the content; it can be deleted."
            )


def _opened(
    path: Path, how: Callable[[Path], _Arrays], missing: str, damaged: str
) -> tuple[_Arrays | None, Finding | None]:
    """Read a file of arrays to its last byte and open it; or say what is wrong with it."""
    try:
        check_arrays(path)
        return how(path), None
    except FileNotFoundError:
        return None, Finding(missing, path, "The file is not there.")
    except ArraysDamaged as error:
        return None, Finding(damaged, path, error.message)


class _Reading:
    """What is learnt about one part while its row groups are read in order."""

    def __init__(self, part: Part, shard_count: int, index: PathIndex | None, runs: Sequence[IdRun]) -> None:
        self._part, self._shard_count, self._index, self._runs = part, shard_count, index, runs
        self._rows = 0
        self._starts: list[NDArray[np.int64]] = []
        self._keys: list[NDArray[np.uint64]] = []
        self._last: tuple[str, int, int] | None = None
        self._bounds: list[tuple[int, int, int, int]] = []
        self._wrong: set[str] = set()
        self._wrong_in_index: set[str] = set()
        self.unknown_ids = 0

    def take(self, table: pa.Table) -> None:
        """Look at the next row group."""
        if not table.num_rows:
            return
        times, sequence = _numbers(table, "occurred_at"), _numbers(table, "sequence")
        coded = table.column("customer_id").combine_chunks().dictionary_encode()
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        codes = coded.indices.to_numpy()
        begins = np.concatenate([[True], codes[1:] != codes[:-1]])
        customers = coded.dictionary.take(pa.array(codes[begins]))
        self._check_order(begins, customers, times, sequence)
        if self._last is not None and self._last[0] == customers[0].as_py():
            begins[0] = False
            customers = customers.slice(1)
        self._last = coded.dictionary[codes[-1].item()].as_py(), int(times[-1]), int(sequence[-1])
        keys = customer_keys(pa.concat_arrays([customers]))
        if (shards_of(keys, self._shard_count) != self._part.shard).any():
            self._wrong.add("It holds customers of another shard.")
        self._starts.append(np.flatnonzero(begins) + self._rows)
        self._keys.append(keys)
        self._bounds.append((int(times.min()), int(times.max()), int(sequence.min()), int(sequence.max())))
        self._check_ids(table)
        if self._index is not None:
            self._check_index(self._index, table, times)
        self._rows += table.num_rows

    def _check_order(
        self,
        begins: NDArray[np.bool_],
        customers: pa.Array,
        times: NDArray[np.int64],
        sequence: NDArray[np.int64],
    ) -> None:
        rising = pc.all(pc.less(customers.slice(0, len(customers) - 1), customers.slice(1)))
        step, tie = np.diff(times), np.diff(sequence)
        in_order = begins[1:] | (step > 0) | ((step == 0) & (tie > 0))
        first = customers[0].as_py()
        behind = self._last is None or self._last < (first, int(times[0]), int(sequence[0]))
        if rising.as_py() is False or not in_order.all() or not behind:
            self._wrong.add("Its rows are not in the order of customer, time and arrival.")

    def _check_ids(self, table: pa.Table) -> None:
        hashes = hash_ids(event_ids(table))
        known = np.zeros(len(hashes), dtype=np.bool_)
        for run in self._runs:
            run.mark_known(hashes, known)
        self.unknown_ids += int((~known).sum())

    def _check_index(self, index: PathIndex, table: pa.Table, times: NDArray[np.int64]) -> None:
        rows = slice(self._rows, self._rows + table.num_rows)
        if not np.array_equal(index.time[rows], times):
            self._wrong_in_index.add("Its times are not those of the Parquet file.")
        for column, names, codes in (
            ("event_name", index.event_names, index.code[rows]),
            ("channel", index.channels, index.channel_code[rows]),
        ):
            if not _same_texts(table.column(column), names, codes):
                self._wrong_in_index.add(f"Its codes do not say the {column} of the Parquet file.")

    def troubles(self, next_sequence: int) -> list[str]:
        """Say what is wrong with the part, once every row group has been taken."""
        part = self._part
        wrong = sorted(self._wrong)
        if self._rows != part.rows:
            wrong.append(f"It has {self._rows} rows; the manifest says {part.rows}.")
        if self._bounds:
            first_at, last_at, first, last = zip(*self._bounds, strict=True)
            if (min(first_at), max(last_at)) != (part.first_at, part.last_at):
                wrong.append("The bounds of its times are not those that the manifest says.")
            if min(first) != part.first_sequence or max(last) >= next_sequence:
                wrong.append("Its numbers of arrival are not those that the manifest says.")
        return wrong

    def index_troubles(self) -> list[str]:
        """Say what is wrong with the path index, once every row group has been taken."""
        index = self._index
        if index is None:
            return []
        wrong = sorted(self._wrong_in_index)
        if {len(index.time), len(index.code), len(index.channel_code)} != {self._rows}:
            wrong.append(f"It is made for {len(index.time)} rows; the Parquet file has {self._rows}.")
        if not np.array_equal(index.starts, np.concatenate([*self._starts, np.array([self._rows])])):
            wrong.append("Its customers do not begin where those of the Parquet file do.")
        if not np.array_equal(index.customer_key, np.concatenate([np.zeros(0, np.uint64), *self._keys])):
            wrong.append("Its keys are not those of the Parquet file's customers.")
        return wrong


def _same_texts(column: pa.ChunkedArray, names: Sequence[str], codes: NDArray[Any]) -> bool:
    if len(codes) != len(column) or (len(codes) and int(codes.max()) >= len(names)):
        return False
    said = pa.array(names, pa.string()).take(pa.array(codes))
    return bool(pc.all(pc.equal(column, said)).as_py())


def _numbers(table: pa.Table, name: str) -> NDArray[np.int64]:
    return np.asarray(table.column(name).combine_chunks().view(pa.int64()).to_numpy())


def _twins(layout: Layout, parts: Sequence[Part]) -> Iterator[Finding]:
    """Find ids that stand in two rows: by a share of all hashes at a time, then by the ids themselves."""
    passes = max(1, -(-sum(part.rows for part in parts) // _TWIN_ROWS))
    alike = [np.zeros(0, np.uint64)]
    for share in range(passes):
        hashes = np.sort(_hashes(layout, parts, passes, share))
        alike.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    suspects = np.concatenate(alike)
    if not len(suspects):
        return
    holders: dict[bytes, list[str]] = {}
    for part, ids in _ids_of(layout, parts):
        for place in np.flatnonzero(np.isin(hash_ids(ids), suspects)).tolist():
            holders.setdefault(ids[place].tobytes(), []).append(part.name)
    twins = [names for names in holders.values() if len(names) > 1]
    if twins:
        names = sorted({name for several in twins for name in several})
        yield Finding(
            "doctor.event_twice",
            layout.parquet(names[0]),
            f"{len(twins)} events stand in the log more than once, in {', '.join(names[:5])}.",
        )


def _hashes(layout: Layout, parts: Sequence[Part], passes: int, share: int) -> NDArray[np.uint64]:
    found = [np.zeros(0, np.uint64)]
    for _, ids in _ids_of(layout, parts):
        hashes = hash_ids(ids)
        found.append(hashes[hashes % np.uint64(passes) == share])
    return np.concatenate(found)


def _ids_of(layout: Layout, parts: Sequence[Part]) -> Iterator[tuple[Part, NDArray[np.uint8]]]:
    for part in parts:
        path = layout.parquet(part.name)
        try:
            for group in range(row_group_count(path)):
                yield part, event_ids(read_rows(path, [group], ["event_id"]))
        except (
            FileNotFoundError
        ):  # merged away meanwhile; its rows are in a part that this snapshot does not name
            continue
