"""Which event ids the log already holds: the memory behind "exactly once".

Each compaction leaves one *run*: the ids of its events as sorted 64-bit hashes; large runs cut them to some 52 bits,
four bytes an event. A hit in a run means "most likely known" and is checked against the ids themselves; a miss is
certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Json

from .arrays import map_arrays, write_arrays

#: A bucket holds about this many ids.
_PER_BUCKET: Final = 16
_MOST_BITS: Final = 24
#: From this many ids on a run is cut to four bytes an id.
_LARGE: Final = 1 << 20


def hash_ids(event_ids: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each 16-byte id: shape (n, 16) -> (n,). Source: the mixer of SplitMix64 (Steele 2014)."""
    halves = np.ascontiguousarray(event_ids).view(np.uint64).reshape(-1, 2)
    with np.errstate(over="ignore"):
        key = halves[:, 0] + _mix(halves[:, 1])
        return _mix(key)


def _mix(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    key = key + np.uint64(0x9E3779B97F4A7C15)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


def first_of_each(hashes: NDArray[np.uint64], event_ids: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which rows are the first with their id, in the order given. Exact: ids decide, hashes only sort."""
    order = np.argsort(hashes, kind="stable")
    in_order = hashes[order]
    same_hash = in_order[1:] == in_order[:-1]
    keep = np.ones(len(hashes), dtype=np.bool_)
    if not same_hash.any():
        return keep
    starts = np.flatnonzero(np.concatenate([[True], ~same_hash]))
    first_of_row = np.repeat(order[starts], np.diff(starts, append=len(order)))
    same_id = (event_ids[order] == event_ids[first_of_row]).all(axis=1)
    keep[order[same_id & (order != first_of_row)]] = False
    for row in order[~same_id].tolist():  # two ids, one hash: never seen in nature
        earlier = order[(in_order == hashes[row]) & (order < row)]
        keep[row] = not (event_ids[earlier] == event_ids[row]).all(axis=1).any()
    return keep


def held_among(
    event_ids: NDArray[np.uint8], hashes: NDArray[np.uint64], held: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Return which of ``event_ids`` (with their ``hashes``) stand in ``held``. Exact."""
    candidates = held[np.isin(hash_ids(held), hashes)]
    return SortedIds(candidates, hash_ids(candidates)).among(event_ids, hashes)


class SortedIds:
    """Some ids, sorted by their hashes, to be asked more than once."""

    def __init__(self, event_ids: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> None:
        order = np.argsort(hashes, kind="stable")
        self._ids, self._hashes = event_ids[order], hashes[order]

    def __len__(self) -> int:
        return len(self._hashes)

    def among(self, event_ids: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which of ``event_ids`` (with their ``hashes``) are here. Exact."""
        left = np.searchsorted(self._hashes, hashes, side="left")
        right = np.searchsorted(self._hashes, hashes, side="right")
        found = np.zeros(len(hashes), dtype=np.bool_)
        for step in range(int((right - left).max(initial=0))):
            rows = np.flatnonzero(left + step < right)
            found[rows] |= (self._ids[left[rows] + step] == event_ids[rows]).all(axis=1)
        return found

    def with_those_of(self, other: SortedIds) -> SortedIds:
        """Return the ids of both."""
        return SortedIds(
            np.concatenate([self._ids, other._ids]), np.concatenate([self._hashes, other._hashes])
        )


@dataclass(frozen=True, slots=True)
class IdRun:
    """The ids of one compaction, or of several, memory-mapped.

    A hash is known by its leading ``precision`` bits: ``bits`` of them choose the bucket, the rest stand in ``rests``,
    ascending within the bucket.
    """

    path: Path
    precision: int
    bits: int
    starts: NDArray[np.uint32]
    rests: NDArray[np.unsignedinteger[Any]]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a run that `write_run` made."""
        facts, arrays = map_arrays(path)
        return cls(path, int(facts["precision"]), int(facts["bits"]), arrays["starts"], arrays["rests"])

    def mark_known(self, hashes: NDArray[np.uint64], known: NDArray[np.bool_]) -> None:
        """Set ``known`` where the run may hold the id of that hash."""
        from .kernels import mark_known  # noqa: PLC0415 - compiled code only when needed

        mark_known(hashes, self.starts, self.rests, self.precision, self.bits, known)

    def places_of(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return where each of the ascending ``hashes`` stands in ``rests``, -1 where it does not.

        Hashes that are alike to the run's precision take one place after the other.
        """
        from .kernels import find_places  # noqa: PLC0415 - compiled code only when needed

        places = np.empty(len(hashes), dtype=np.int64)
        find_places(hashes, self.starts, self.rests, self.precision, self.bits, places)
        return places

    def write_without(self, path: Path, places: NDArray[np.int64]) -> int:
        """Write a run at ``path`` that lacks what stands at ``places``; return how many ids it keeps."""
        gone = np.sort(places)
        keep = np.ones(len(self.rests), dtype=np.bool_)
        keep[gone] = False
        starts = self.starts - np.searchsorted(gone, self.starts, side="left").astype(np.uint32)
        facts: dict[str, Json] = {"precision": self.precision, "bits": self.bits}
        write_arrays(path, facts, {"starts": starts, "rests": self.rests[keep]})
        return len(self.rests) - len(gone)

    def hashes(self) -> NDArray[np.uint64]:
        """Return the hashes as far as the run knows them: the leading ``precision`` bits, ascending, the rest zero."""
        counts = np.diff(self.starts.astype(np.int64)).astype(np.int64)
        buckets = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
        rests = self.rests.astype(np.uint64) << np.uint64(64 - self.precision)
        return (buckets << np.uint64(64 - self.bits)) | rests if self.bits else rests


def write_run(path: Path, hashes: NDArray[np.uint64], *, precision: int = 64) -> None:
    """Write a run at ``path`` (flushed, renamed; the folder is not flushed).

    Parameters
    ----------
    hashes
        Hashes of ids, in any order, of which the leading ``precision`` bits are known.

    Notes
    -----
    A small run keeps all it knows, eight bytes an id; a large one keeps 32 bits beyond its bucket, four bytes an id.
    """
    in_order = np.sort(hashes)
    bits = min(_MOST_BITS, max(0, (len(in_order) // _PER_BUCKET).bit_length()))
    if len(in_order) >= _LARGE:
        precision = min(precision, bits + 32)
    kind = np.uint32 if precision - bits <= 32 else np.uint64
    mask = np.uint64((1 << (precision - bits)) - 1)
    rests = ((in_order >> np.uint64(64 - precision)) & mask).astype(kind)
    buckets = in_order >> np.uint64(64 - bits) if bits else np.zeros(len(in_order), np.uint64)
    edges = np.arange((1 << bits) + 1, dtype=np.uint64)
    starts = np.searchsorted(buckets, edges).astype(np.uint32)
    starts[-1] = len(in_order)
    write_arrays(path, {"precision": precision, "bits": bits}, {"starts": starts, "rests": rests})
