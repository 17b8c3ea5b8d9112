"""Which rows of a log's parts came from which sources. No index has them: the column is read when it is asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .heads import Head, Heads
from .schema import PART_SCHEMA

#: A byte a row: what was read last of some 64 M events stays.
_MOST_BYTES: Final = 64 << 20
_COLUMN: Final = PART_SCHEMA.get_field_index("source")


class SourceRows:
    """Tells the rows of some sources in the parts of one log; what it read last it keeps. Thread-safe."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads
        self._kept: OrderedDict[tuple[str, tuple[str, ...]], NDArray[np.bool_]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def of(self, head: Head, sources: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return for each row of a part whether it came from one of these sources.

        Raises
        ------
        FileNotFoundError
            The part has been merged away: take a new view.
        """
        key = head.part.name, sources
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                self._kept[key] = found
                return found
        found = self._read(head, sources)
        with self._lock:
            self._bytes += 0 if key in self._kept else found.nbytes
            self._kept[key] = found
            while self._bytes > _MOST_BYTES:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return found

    def _read(self, head: Head, sources: tuple[str, ...]) -> NDArray[np.bool_]:
        rows = np.zeros(len(head.index.time), np.bool_)
        start = 0
        for group, end in enumerate(head.group_ends.tolist()):
            known = _all_or_none(head.metadata.row_group(group).column(_COLUMN).statistics, sources)
            if known is None:
                texts = self._heads.read_groups(head, [group], ["source"]).column("source")
                rows[start:end] = np.asarray(pc.is_in(texts, pa.array(sources, pa.string())))
            else:
                rows[start:end] = known
            start = end
        return rows


def _all_or_none(statistics: Any, sources: tuple[str, ...]) -> bool | None:
    """Return whether all rows of a row group are of the sources, or none, by its ends; None where those do not tell."""
    if statistics is None or not statistics.has_min_max:
        return None
    if not any(statistics.min <= each <= statistics.max for each in sources):
        return False
    return True if statistics.min == statistics.max else None
