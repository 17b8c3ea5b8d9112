"""The heads of a log's parts, kept in memory: path index, Parquet metadata, where its row groups end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .layout import Layout
from .manifest import Part, Snapshot
from .parts import plain
from .pathindex import PathIndex
from .schema import PART_SCHEMA


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of one part without reading its rows.

    Attributes
    ----------
    group_ends
        ``int64`` of shape (row groups,): the row behind the last one of each row group.
    """

    part: Part
    index: PathIndex
    metadata: Any
    group_ends: NDArray[np.int64]

    def customers(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the places of the customers that have one of these keys, ascending."""
        return np.flatnonzero(np.isin(self.index.customer_key, keys))

    def groups_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row group of each row."""
        return np.searchsorted(self.group_ends, rows, side="right")


class Heads:
    """Opens the heads of one log's parts, each once. Thread-safe."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[str, Head] = {}

    def of(self, snapshot: Snapshot) -> list[Head]:
        """Return the head of each part, in the order of the snapshot.

        Raises
        ------
        FileNotFoundError
            A part has been merged away: take a new view.
        """
        known = self._known
        heads = {part.name: known.get(part.name) or self._opened(part) for part in snapshot.parts}
        self._known = heads  # replaced whole: other threads may be at other snapshots
        return list(heads.values())

    def _opened(self, part: Part) -> Head:
        index = PathIndex.open(self._layout.path_index(part.name))
        metadata = pq.read_metadata(self._layout.parquet(part.name))
        sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        return Head(part, index, metadata, np.cumsum(sizes, dtype=np.int64))

    def read_groups(
        self, head: Head, groups: Sequence[int], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Read whole row groups of a part in the types of `schema.PART_SCHEMA`."""
        if not len(groups):
            chosen = (
                PART_SCHEMA if columns is None else pa.schema([PART_SCHEMA.field(name) for name in columns])
            )
            return chosen.empty_table()
        with pq.ParquetFile(self._layout.parquet(head.part.name), metadata=head.metadata) as file:
            names = None if columns is None else list(columns)
            return plain(file.read_row_groups(list(groups), columns=names, use_threads=False))

    def read_rows(self, head: Head, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Read single rows of a part, given ascending: each row group that holds one of them is unpacked once."""
        groups = head.groups_of(rows)
        tables = []
        with pq.ParquetFile(
            self._layout.parquet(head.part.name),
            metadata=head.metadata,
            read_dictionary=_dictionaries(columns),
        ) as file:
            for group in np.unique(groups).tolist():
                first = int(head.group_ends[group - 1]) if group else 0
                wanted = pa.array(rows[groups == group] - first)
                read = file.read_row_group(group, columns=list(columns), use_threads=False)
                tables.append(plain(read.take(wanted).select(list(columns))))
        return pa.concat_tables(tables)


def _dictionaries(columns: Sequence[str]) -> list[str]:
    """Return the columns that are kept as codes: only the texts of the rows taken need be made."""
    return [
        name for name in ("customer_id", "event_name", "channel", "source", "currency") if name in columns
    ]
