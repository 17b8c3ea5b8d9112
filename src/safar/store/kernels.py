"""Compiled loops of the store: hash texts, order rows by customer and time, look ids up.

Imported only when rows are really moved: the compiler costs some 80 MB of memory.
"""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)


@njit(
    types.void(
        types.Array(types.int32, 1, "C", readonly=True),
        types.Array(types.uint8, 1, "C", readonly=True),
        types.uint64[::1],
    ),
    nogil=True,
    cache=True,
)
def hash_texts(offsets: NDArray[np.int32], data: NDArray[np.uint8], out: NDArray[np.uint64]) -> None:
    """Write the 64-bit key of each text: FNV-1a (Fowler, Noll, Vo), finished by the mixer of MurmurHash3."""
    for row in range(len(out)):
        key = _FNV_OFFSET
        for place in range(offsets[row], offsets[row + 1]):
            key = (key ^ np.uint64(data[place])) * _FNV_PRIME
        key ^= key >> np.uint64(33)
        key *= np.uint64(0xFF51AFD7ED558CCD)
        key ^= key >> np.uint64(33)
        key *= np.uint64(0xC4CEB9FE1A85EC53)
        key ^= key >> np.uint64(33)
        out[row] = key


@njit(
    types.int64[::1](
        types.Array(types.int32, 1, "C", readonly=True),
        types.int64,
        types.Array(types.int64, 1, "C", readonly=True),
        types.Array(types.int64, 1, "C", readonly=True),
    ),
    nogil=True,
    cache=True,
)
def order_rows(
    rank: NDArray[np.int32], ranks: int, occurred_at: NDArray[np.int64], sequence: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the permutation that sorts rows by (rank, occurred_at, sequence).

    ``rank`` counts 0 … ranks-1. A counting sort by rank keeps the order of arrival, then each rank's rows, mostly in
    order already, are sorted by insertion; long runs in disorder by merging.
    """
    count = len(rank)
    starts = np.zeros(ranks + 1, np.int64)
    for row in range(count):
        starts[rank[row] + 1] += 1
    for place in range(ranks):
        starts[place + 1] += starts[place]
    fill = starts[:-1].copy()
    order = np.empty(count, np.int64)
    for row in range(count):
        order[fill[rank[row]]] = row
        fill[rank[row]] += 1
    for place in range(ranks):
        first, last = starts[place], starts[place + 1]
        disorder = 0
        for spot in range(first + 1, last):
            row, before = order[spot], order[spot - 1]
            if occurred_at[row] < occurred_at[before] or (
                occurred_at[row] == occurred_at[before] and sequence[row] < sequence[before]
            ):
                disorder += 1
        if disorder == 0:
            continue
        if last - first > 32:
            rows = order[first:last].copy()
            rows = rows[np.argsort(sequence[rows], kind="mergesort")]
            order[first:last] = rows[np.argsort(occurred_at[rows], kind="mergesort")]
            continue
        for spot in range(first + 1, last):
            row = order[spot]
            hole = spot
            while hole > first and (
                occurred_at[order[hole - 1]] > occurred_at[row]
                or (
                    occurred_at[order[hole - 1]] == occurred_at[row]
                    and sequence[order[hole - 1]] > sequence[row]
                )
            ):
                order[hole] = order[hole - 1]
                hole -= 1
            order[hole] = row
    return order


_HASHES = types.Array(types.uint64, 1, "C", readonly=True)
_STARTS = types.Array(types.uint32, 1, "C", readonly=True)


@njit(inline="always")
def _first_place(
    key: np.uint64,
    starts: NDArray[np.uint32],
    rests: NDArray[np.unsignedinteger[Any]],
    precision: int,
    bits: int,
) -> np.int64:
    """Return where a hash first stands in a run of ids, or -1. ``rests`` ascend within each bucket of ``starts``."""
    mask = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - precision + bits)
    rest = (key >> np.uint64(64 - precision)) & mask
    bucket = np.int64(key >> np.uint64(64 - bits)) if bits else 0
    left = np.int64(starts[bucket])
    end = right = np.int64(starts[bucket + 1])
    while left < right:
        middle = (left + right) >> 1
        if np.uint64(rests[middle]) < rest:
            left = middle + 1
        else:
            right = middle
    return left if left < end and np.uint64(rests[left]) == rest else np.int64(-1)


def _of_run(found: Any) -> list[Any]:
    """Return the types of a loop that looks hashes up in a run of ids, and writes what it ``found`` of each."""
    return [
        types.void(
            _HASHES, _STARTS, types.Array(rest, 1, "C", readonly=True), types.int64, types.int64, found[::1]
        )
        for rest in (types.uint32, types.uint64)
    ]


@njit(_of_run(types.boolean), nogil=True, cache=True)
def mark_known(  # noqa: PLR0917 - compiled code knows positions only
    hashes: NDArray[np.uint64],
    starts: NDArray[np.uint32],
    rests: NDArray[np.unsignedinteger[Any]],
    precision: int,
    bits: int,
    known: NDArray[np.bool_],
) -> None:
    """Mark in ``known`` the hashes that a run of ids may hold (see `ids.IdRun`)."""
    for row in range(len(hashes)):
        if not known[row]:
            known[row] = _first_place(hashes[row], starts, rests, precision, bits) >= 0


@njit(_of_run(types.int64), nogil=True, cache=True)
def find_places(  # noqa: PLR0917 - compiled code knows positions only
    hashes: NDArray[np.uint64],
    starts: NDArray[np.uint32],
    rests: NDArray[np.unsignedinteger[Any]],
    precision: int,
    bits: int,
    places: NDArray[np.int64],
) -> None:
    """Write where each of the ascending hashes stands in a run of ids, or -1; hashes alike there take turns."""
    to_rest = np.uint64(64 - precision)
    for row in range(len(hashes)):
        place = np.int64(-1)
        if row and (hashes[row] >> to_rest) == (hashes[row - 1] >> to_rest):
            following = places[row - 1] + 1
            bucket = np.int64(hashes[row] >> np.uint64(64 - bits)) if bits else 0
            if 0 < following < np.int64(starts[bucket + 1]) and rests[following] == rests[following - 1]:
                place = following
        else:
            place = _first_place(hashes[row], starts, rests, precision, bits)
        places[row] = place


_BYTES = types.Array(types.uint8, 1, "C", readonly=True)
_PLACES = types.Array(types.int64, 1, "C", readonly=True)


@njit(
    types.void(_BYTES, _BYTES, _HASHES, _PLACES, _PLACES, _PLACES, _PLACES, _BYTES, types.boolean[::1]),
    nogil=True,
    cache=True,
)
def find_needles(  # noqa: PLR0917 - compiled code knows positions only
    data: NDArray[np.uint8],
    maybe: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    firsts: NDArray[np.int64],
    needles: NDArray[np.int64],
    anchors: NDArray[np.int64],
    starts: NDArray[np.int64],
    letters: NDArray[np.uint8],
    found: NDArray[np.bool_],
) -> None:
    """Mark in ``found`` the needles that stand in ``data`` (see `needles.Needles`).

    Every six bytes of the data are looked up among the needles' anchors: first in ``maybe`` (2^18 slots), then in
    ``keys``; needles ``needles[firsts[k]:firsts[k + 1]]`` share the anchor ``keys[k]``.
    """
    window = np.uint64(0)
    for place in range(len(data)):
        window = ((window << np.uint64(8)) | np.uint64(data[place])) & np.uint64(0xFFFFFFFFFFFF)
        if place < 5 or not maybe[(window * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(46)]:
            continue
        left, right = 0, len(keys)
        while left < right:
            middle = (left + right) >> 1
            if keys[middle] < window:
                left = middle + 1
            else:
                right = middle
        if left == len(keys) or keys[left] != window:
            continue
        for spot in range(firsts[left], firsts[left + 1]):
            needle = needles[spot]
            length = starts[needle + 1] - starts[needle]
            begin = place - 5 - anchors[needle]
            if found[needle] or begin < 0 or begin + length > len(data):
                continue
            same = True
            for letter in range(length):
                if data[begin + letter] != letters[starts[needle] + letter]:
                    same = False
                    break
            if same:
                found[needle] = True
