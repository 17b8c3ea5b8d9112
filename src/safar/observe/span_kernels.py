"""Compiled loops of lengths of time: the bin of one, and many brought into order."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from safar.store.shard_types import CODES, ROWS, TABLE, TIMES, frozen

#: Into how many bins lengths are counted before exact quantiles are looked for: eight for each doubling.
SPAN_BINS: Final = 448
#: The types of a loop over paths that counts gaps between steps in bins, or writes those that are sought.
GAP_WALKS: Final = [
    types.int64(
        ROWS, ROWS, TIMES, codes, TABLE, types.int64, types.int64, types.int64, types.int64, TABLE,
        types.uint32[::1], TABLE, types.int32[::1], types.int64[::1],
    )
    for codes in CODES
]  # fmt: skip
_BITS_OF_ONE: Final = 1023 << 3


@njit(inline="always")
def span_bin(microseconds: np.int64) -> np.int64:
    """Return the bin of a length in microseconds: it never falls as the length grows."""
    # The leading bits of a floating-point number are its logarithm; those of 0 and less come out below 0.
    bits = (np.float64(microseconds).view(np.int64) >> 49) - _BITS_OF_ONE + 1
    return max(min(bits, np.int64(SPAN_BINS - 1)), np.int64(0))


def bin_edges() -> NDArray[np.int64]:
    """Return the shortest length of each bin; the first one has none."""
    bits = (np.arange(SPAN_BINS, dtype=np.int64) - 1 + _BITS_OF_ONE) << 49
    edges = np.ceil(bits.view(np.float64)).astype(np.int64)
    edges[0] = np.iinfo(np.int64).min
    return edges


@njit(types.void(TABLE, TIMES, types.int64[::1], types.int64[::1]), nogil=True, cache=True)
def group_spans(
    slots: NDArray[np.int32], spans: NDArray[np.int64], starts: NDArray[np.int64], grouped: NDArray[np.int64]
) -> None:
    """Write the lengths of each slot ``s`` into ``grouped[starts[s]:starts[s + 1]]``."""
    fill = starts[:-1].copy()
    for row in range(len(slots)):
        grouped[fill[slots[row]]] = spans[row]
        fill[slots[row]] += 1


@njit(types.void(frozen(types.uint8), TIMES, TIMES, types.int64[:, ::1]), nogil=True, cache=True)
def count_halves(
    group: NDArray[np.uint8], spans: NDArray[np.int64], splits: NDArray[np.int64], halves: NDArray[np.int64]
) -> None:
    """Add lengths to the counts of their groups, by the half of the bin in which they lie; see `spans.bin_splits`."""
    for row in range(np.uint64(len(group))):
        spot = np.uint64(span_bin(spans[row]))
        halves[np.uint64(group[row]), spot + spot + np.uint64(spans[row] >= splits[spot])] += 1


@njit(
    types.int64(frozen(types.uint8), TIMES, TABLE, types.int32[::1], types.int64[::1]), nogil=True, cache=True
)
def pick_spans(
    group: NDArray[np.uint8],
    spans: NDArray[np.int64],
    slot_of_bin: NDArray[np.int32],
    slots: NDArray[np.int32],
    picked: NDArray[np.int64],
) -> int:
    """Write the slots of the lengths whose bin has one, and these lengths; return how many.

    ``slot_of_bin`` is as of `spans.Sought`, of all groups; what is written has room for one more.
    """
    found, bins = np.uint64(0), np.uint64(SPAN_BINS)
    for row in range(np.uint64(len(group))):
        slot = slot_of_bin[np.uint64(group[row]) * bins + np.uint64(span_bin(spans[row]))]
        slots[found], picked[found] = slot, spans[row]
        found += np.uint64(slot >= 0)
    return int(found)
