"""Exact quantiles of many lengths of time without a list of them all.

A first walk counts the lengths in bins of growing width; a second one keeps those of the few bins that hold a quantile.
What several shards or machines count is added, what they keep is put together, so both walks are partial and merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray


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
        from .flow_kernels import group_gaps  # noqa: PLC0415 - compiled code only when needed

        starts = np.zeros(len(self.sizes) + 1, np.int64)
        np.cumsum(self.sizes, out=starts[1:])
        grouped = np.empty(self.most, np.int64)
        slots = np.concatenate([slots for slots, _ in kept])
        group_gaps(slots, np.concatenate([lengths for _, lengths in kept]), starts, grouped)
        low, high = (
            grouped[starts[slot] + rank - before]
            for slot, rank, before in zip(self._slots, (self._low, self._high), self._before, strict=True)
        )
        values = low + (high - low) * (self._ranks - self._low)
        return [tuple(timedelta(microseconds=round(value)) for value in row) for row in values.tolist()]
