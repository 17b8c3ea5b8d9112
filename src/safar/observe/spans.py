"""Exact quantiles of many lengths of time without a list of them all.

A first walk counts the lengths in bins of growing width; a second one keeps those of the few bins that hold a quantile.
What several shards or machines count is added, what they keep is put together, so both walks are partial and merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: Where lengths of time are told apart for people to read: seconds.
_EDGES: Final = tuple(
    seconds * 1_000_000
    for seconds in (
        *(0, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200),
        *(days * 86_400 for days in (1, 2, 3, 5, 7, 14, 21, 30, 60, 90, 180, 365, 730)),
    )
)

_LONGEST: Final = np.iinfo(np.int64).max
#: How far from the rank in a sample a quantile is looked for, in standard deviations: farther is asked twice.
_SIGMAS: Final = 4.0
#: Below so many events nothing is guessed from a sample.
FEW_ROWS: Final = 2_000_000
#: A sample is of blocks of so many persons.
_BLOCK: Final = 512


@dataclass(frozen=True, slots=True)
class TimeBin:
    """How many lengths lie from ``since`` up to ``until`` (None: and above).

    Attributes
    ----------
    since, until
        Half-open.
    count
        How many.
    """

    since: timedelta
    until: timedelta | None
    count: int


def bins_table(bins: Sequence[Any]) -> Table:
    """Return one row a bin, of lengths or of numbers: ``since``, ``until``, ``count``."""
    return Table.of({name: [getattr(each, name) for each in bins] for name in ("since", "until", "count")})


def sample(shard: PathShard, *, one_in: int = 16) -> PathShard:
    """Return the persons of one in so many blocks of a shard."""
    blocks = np.arange(0, len(shard.first), one_in * _BLOCK)
    persons = (blocks[:, None] + np.arange(_BLOCK)).reshape(-1)
    return shard.of(persons[persons < len(shard.first)])


def time_bins(lengths: NDArray[np.int64]) -> tuple[TimeBin, ...]:
    """Return counts of lengths in microseconds, from the first bin to the last that holds one; nothing of none."""
    places = np.searchsorted(_EDGES, lengths, side="right") - 1
    return bins_of_counts(np.bincount(places, minlength=len(_EDGES)))


def bins_of_counts(counts: NDArray[np.int64]) -> tuple[TimeBin, ...]:
    """Return the bins of counts of all of them, from the first to the last that holds anything."""
    there = np.flatnonzero(counts)
    if not len(there):
        return ()
    ends = [timedelta(microseconds=edge) for edge in _EDGES]
    return tuple(
        TimeBin(ends[place], ends[place + 1] if place + 1 < len(ends) else None, int(counts[place]))
        for place in range(int(there[0]), int(there[-1]) + 1)
    )


def bin_splits() -> NDArray[np.int64]:
    """Return the edge of `time_bins` inside each bin of `span_kernels`; a length that none has where there is none.

    There is at most one: no bin of a loop is as wide as one that people are told.
    """
    from .span_kernels import bin_edges  # noqa: PLC0415 - compiled code only when needed

    edges = np.array(_EDGES[1:], np.int64)
    splits = np.full(len(bin_edges()), _LONGEST)
    splits[np.searchsorted(bin_edges(), edges, side="right") - 1] = edges
    return splits


def bins_of_halves(halves: NDArray[np.int64]) -> tuple[TimeBin, ...]:
    """Return the bins that people are told from counts in the halves of the bins of loops; see `bin_splits`."""
    from .span_kernels import bin_edges  # noqa: PLC0415 - compiled code only when needed

    begins = np.stack([np.maximum(bin_edges(), 0), bin_splits()], axis=1).reshape(-1)
    places = np.searchsorted(_EDGES, begins, side="right") - 1
    return bins_of_counts(np.bincount(places, halves, len(_EDGES)).astype(np.int64))


def quantiles_of(lengths: NDArray[np.int64], quantiles: Sequence[float]) -> tuple[timedelta, ...]:
    """Return exact quantiles of lengths in microseconds, interpolated linearly (type 7); nothing of none."""
    if not len(lengths):
        return ()
    found = np.quantile(lengths, quantiles).tolist()
    return tuple(timedelta(microseconds=round(value)) for value in found)


@dataclass(frozen=True, slots=True)
class Sought:
    """The bins in which the quantiles of each group lie.

    Attributes
    ----------
    slot_of_bin
        ``int32`` of shape (groups × bins,): a number for each bin whose lengths are wanted, -1 for the others.
    sizes
        How many lengths each of these bins holds.
    """

    slot_of_bin: NDArray[np.int32]
    sizes: NDArray[np.int64]
    _low: NDArray[np.int64]
    _high: NDArray[np.int64]
    _ranks: NDArray[np.float64]
    _slots: tuple[NDArray[np.int32], NDArray[np.int32]]
    _before: tuple[NDArray[np.int64], NDArray[np.int64]]

    @classmethod
    def of(cls, bins: NDArray[np.int64], quantiles: Sequence[float]) -> Sought:
        """Return where the quantiles of each group lie.

        Parameters
        ----------
        bins
            Counts of shape (groups, bins), bins of growing lengths; no group is empty.
        quantiles
            0…1.
        """
        until = np.cumsum(bins, axis=1)
        ranks = np.outer(until[:, -1] - 1, quantiles)
        low = np.floor(ranks).astype(np.int64)
        high = np.minimum(low + 1, until[:, -1:] - 1)
        # The length of rank r lies in the first bin up to whose end more than r lengths lie.
        where = [(until[:, None, :] <= rank[:, :, None]).sum(axis=2) for rank in (low, high)]
        wanted = np.zeros(bins.shape, np.bool_)
        for spots in where:
            np.put_along_axis(wanted, spots, values=True, axis=1)
        taken = np.flatnonzero(wanted)
        slot_of_bin = np.full(wanted.size, -1, np.int32)
        slot_of_bin[taken] = np.arange(len(taken), dtype=np.int32)
        rows = np.arange(len(bins))[:, None]
        slots = [slot_of_bin.reshape(bins.shape)[rows, spots] for spots in where]
        before = [until[rows, spots] - bins[rows, spots] for spots in where]
        sizes = bins.reshape(-1)[taken]
        return cls(slot_of_bin, sizes, low, high, ranks, (slots[0], slots[1]), (before[0], before[1]))

    @property
    def most(self) -> int:
        """How many lengths the second walk keeps in all."""
        return int(self.sizes.sum())

    def read(
        self, kept: Sequence[tuple[NDArray[np.int32], NDArray[np.int64]]]
    ) -> list[tuple[timedelta, ...]]:
        """Return the quantiles of each group from what the second walk kept: slots and microseconds beside them.

        Between two lengths they are interpolated linearly (Hyndman and Fan 1996, type 7).
        """
        starts, grouped = _in_order(kept, self.sizes)
        low, high = (
            grouped[starts[slot] + rank - before]
            for slot, rank, before in zip(self._slots, (self._low, self._high), self._before, strict=True)
        )
        return _between(low, high, self._ranks)


@dataclass(frozen=True, slots=True)
class Brackets:
    """Two stretches of lengths for each group that should hold its two quantiles, guessed from a sample.

    A walk counts the lengths below, inside, between and above them, and keeps those inside: whether a quantile lies
    there is then proven, and its value exact. Where the guess was wrong, the bins of `Sought` are asked.

    Attributes
    ----------
    bounds
        ``int64`` of shape (groups × 4,), ascending in each group: a length at or above so many bounds (0…4) is kept
        when the number is odd. Lengths of 0 are below all bounds: nothing but their number needs to be known.
    """

    bounds: NDArray[np.int64]

    @classmethod
    def guessed(cls, bins: NDArray[np.int64], quantiles: tuple[float, float]) -> Brackets:
        """Return the brackets from counts of a sample, of shape (groups, bins); a group may be empty."""
        from .span_kernels import bin_edges  # noqa: PLC0415 - compiled code only when needed

        edges = np.append(np.maximum(bin_edges(), 1), _LONGEST)
        until = np.cumsum(bins, axis=1)
        size = until[:, -1:]
        ranks = size * np.array(quantiles)
        margin = _SIGMAS * np.sqrt(ranks * (1 - np.array(quantiles))) + _SIGMAS
        low = _bins_of(until, np.floor(ranks - margin))
        high = _bins_of(until, np.ceil(ranks + margin)) + 1
        bounds = np.stack([edges[low], edges[np.minimum(high, len(edges) - 1)]], axis=2)
        bounds[:, :, 0][ranks <= margin] = edges[0]
        bounds[:, :, 1][ranks + margin >= size] = _LONGEST
        # Stretches that overlap become one, and an empty one after it.
        overlap = bounds[:, 1, 0] <= bounds[:, 0, 1]
        bounds[overlap, 0, 1] = np.maximum(bounds[overlap, 0, 1], bounds[overlap, 1, 1])
        bounds[overlap, 1] = _LONGEST
        return cls(np.ascontiguousarray(bounds.reshape(-1)))

    def tallied(self, bins: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the ``tally`` of `read` from counts of all lengths in bins, of brackets that were `guessed`.

        Their bounds are edges of bins.
        """
        from .span_kernels import bin_edges  # noqa: PLC0415 - compiled code only when needed

        reached = (np.maximum(bin_edges(), 0) >= self.bounds.reshape(-1, 4, 1)).sum(axis=1)
        return np.stack([((reached == count) * bins).sum(axis=1) for count in range(5)], axis=1)

    def read(
        self,
        tally: NDArray[np.int64],
        kept: Sequence[tuple[NDArray[np.int32], NDArray[np.int64]]],
        quantiles: tuple[float, float],
    ) -> list[tuple[timedelta, ...] | None]:
        """Return the quantiles of each group from what the walk counted and kept; None where they are not proven.

        Parameters
        ----------
        tally
            Of shape (groups, 5): lengths by how many bounds they reach.
        kept
            Groups and lengths beside them.
        """
        below, inside, between, above = (tally[:, place, None] for place in range(4))
        starts_at_0 = self.bounds.reshape(-1, 4)[: len(tally), :1] == 1
        starts, grouped = _in_order(kept, tally[:, 1] + tally[:, 3])
        sizes = tally.sum(axis=1)[:, None]
        ranks = (sizes - 1) * np.array(quantiles)
        low = np.maximum(np.floor(ranks), 0).astype(np.int64)
        values, proven = [], (sizes > 0)[:, 0]
        for rank in (low, np.minimum(low + 1, sizes - 1)):
            is_first = (below <= rank) & (rank < below + inside)
            is_second = (below + inside + between <= rank) & (rank < below + inside + between + above)
            spots = starts[:-1, None] + rank - below - np.where(is_second, between, 0)
            is_zero = starts_at_0 & (rank < below)
            proven = proven & (is_first | is_second | is_zero).all(axis=1)
            values.append(np.append(grouped, 0)[np.where(is_first | is_second, spots, -1)])
        found = _between(values[0], values[1], ranks)
        return [each if is_proven else None for each, is_proven in zip(found, proven.tolist(), strict=True)]


def _bins_of(until: NDArray[np.int64], ranks: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the bin that holds each rank; the last one beyond."""
    counts = (until[:, None, :] <= ranks[:, :, None]).sum(axis=2)
    bins: NDArray[np.int64] = np.minimum(counts, until.shape[1] - 1)
    return bins


def _in_order(
    kept: Sequence[tuple[NDArray[np.int32], NDArray[np.int64]]], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the lengths of each slot begin, and these slot by slot, each in order of size."""
    from .span_kernels import group_spans  # noqa: PLC0415 - compiled code only when needed

    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    grouped = np.empty(int(starts[-1]), np.int64)
    slots = np.concatenate([np.zeros(0, np.int32), *(slots for slots, _ in kept)])
    group_spans(slots, np.concatenate([grouped[:0], *(lengths for _, lengths in kept)]), starts, grouped)
    for begin, end in pairwise(starts.tolist()):
        grouped[begin:end].sort()
    return starts, grouped


def _between(
    low: NDArray[np.int64], high: NDArray[np.int64], ranks: NDArray[np.float64]
) -> list[tuple[timedelta, ...]]:
    """Return lengths between those of the rank below and above, interpolated linearly."""
    values = low + (high - low) * (ranks - np.floor(ranks))
    return [tuple(timedelta(microseconds=round(value)) for value in row) for row in values.tolist()]
