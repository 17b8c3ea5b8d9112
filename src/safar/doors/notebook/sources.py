"""Where a notebook's paths come from, and those of a segment alone."""

from __future__ import annotations

import threading
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safar.observe.among import Segment
from safar.observe.segment_text import segment_text_of
from safar.observe.walk import Lived
from safar.store.paths import Paths


class Source(Lived, Protocol):
    """Lived paths whose customers have ids."""

    def ids_of(self, persons: NDArray[np.uint64]) -> list[str]:
        """Return the ids of persons."""


class InSegment:
    """The paths of a segment's customers alone."""

    def __init__(self, source: Source, segment: Segment) -> None:
        self._source = source
        self._segment = segment
        self._kept: Paths | None = None
        self._version = ""
        self._lock = threading.Lock()

    def paths(self) -> Paths:
        """Return the path of everybody in the segment."""
        paths = self._source.paths()
        with self._lock:
            if self._kept is None or self._version != paths.version:
                shards = tuple(self._segment.of(shard) for shard in paths.shards)
                named = f"{paths.version} [{segment_text_of(self._segment)}]"
                self._kept = Paths(named, tuple(shard for shard in shards if len(shard.first)))
                self._version = paths.version
            return self._kept

    @property
    def inside_of(self) -> Source:
        """Whose segment it is."""
        return self._source

    def ids_of(self, persons: NDArray[np.uint64]) -> list[str]:
        """Return the ids of persons."""
        return self._source.ids_of(persons)
