"""What one shard adds to a funnel, and how several are put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .funnel_breakdown import FunnelBreakdown, Periods
from .funnel_walks import LostTo, Reached, walk_of_shard
from .spans import Sought, TimeBin, bin_splits, bins_of_halves, quantiles_of, time_bins

if TYPE_CHECKING:
    from safar.store.paths import PathShard

    from .funnel import FunnelQuestion

_QUANTILES: Final = (0.5, 0.9)
#: Median and 90th percentile; nothing of no times.
_Quantiles = tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class FunnelCounts:
    """What some shards add to a funnel.

    Attributes
    ----------
    keys
        Of the groups; one empty key for a funnel that is not broken down.
    reached
        Of shape (groups, steps): paths that did at least so many steps.
    times
        When paths reached the steps after the first one, as lists one after the other.
    halves
        Of a funnel that is not broken down how many of these times lie where: of shape (2, steps, halves of bins),
        since the first step and since the one before; see `span_kernels.count_halves`.
    lost_to
        See `funnel_walks.LostTo`. Not by group.
    """

    keys: tuple[str, ...]
    reached: NDArray[np.int64]
    times: tuple[Reached, ...]
    halves: NDArray[np.int64] | None
    lost_to: LostTo

    @classmethod
    def together(cls, parts: Iterable[FunnelCounts], steps: int) -> FunnelCounts:
        """Return the counts of all: no path is in two shards."""
        each = list(parts)
        keys = tuple(dict.fromkeys(key for part in each for key in part.keys))
        places = {key: place for place, key in enumerate(keys)}
        reached = np.zeros((len(keys), steps), np.int64)
        times: list[Reached] = []
        lost_to: LostTo = Counter()
        for part in each:
            spots = np.array([places[key] for key in part.keys], np.int32)
            reached[spots] += part.reached
            times += [found.in_groups(spots) for found in part.times]
            lost_to.update(part.lost_to)
        halves = [part.halves for part in each if part.halves is not None]
        if not halves:
            return cls(keys, reached, (Reached.together(times),), None, lost_to)
        return cls(keys, reached, tuple(times), np.sum(halves, axis=0), lost_to)

    def merged(self, other: FunnelCounts) -> FunnelCounts:
        """Return the counts of both."""
        return FunnelCounts.together([self, other], self.reached.shape[1])

    def quantiles(self, group: int) -> list[tuple[_Quantiles, _Quantiles]]:
        """Return for each step those of the times of a group since the first step and since the one before."""
        if self.halves is None:
            lists = [self._listed(group, step) for step in range(self.reached.shape[1])]
            return [
                (quantiles_of(first, _QUANTILES), quantiles_of(before, _QUANTILES)) for first, before in lists
            ]
        bins = self.halves.reshape(2 * self.reached.shape[1], -1, 2).sum(axis=2)
        told = dict.fromkeys(range(len(bins)), _Quantiles())
        there = np.flatnonzero(bins.any(axis=1))
        if len(there):
            sought = Sought.of(bins[there], _QUANTILES)
            slot_of_bin = np.full(bins.shape, -1, np.int32)
            slot_of_bin[there] = sought.slot_of_bin.reshape(len(there), -1)
            kept = [pair for found in self.times for pair in found.picked(slot_of_bin.reshape(2, -1))]
            told |= dict(zip(there.tolist(), sought.read(kept), strict=True))
        steps = self.reached.shape[1]
        return [(told[step], told[steps + step]) for step in range(steps)]

    def conversion_times(self, group: int) -> tuple[TimeBin, ...]:
        """Return how long the paths of a group took from the first step to the last."""
        if self.halves is None:
            return time_bins(self._listed(group, self.reached.shape[1] - 1)[0])
        return bins_of_halves(self.halves[0, -1])

    def _listed(self, group: int, step: int) -> NDArray[np.int64]:
        """Return the times of a group at a step; only of a funnel that is broken down."""
        (found,) = self.times
        return found.times[:, (found.level == step) & (found.group == group)]


def funnel_of_shard(
    shard: PathShard,
    question: FunnelQuestion,
    by: FunnelBreakdown | None = None,
    periods: Periods | None = None,
) -> FunnelCounts:
    """Walk the paths of one shard through the funnel.

    Parameters
    ----------
    by
        What to group by, other than segments; nothing when None.
    periods
        The ones to group by where ``by`` asks for them.
    """
    found = walk_of_shard(shard, question, by, periods)
    halves = found.times.halves(len(question.steps), bin_splits()) if by is None else None
    return FunnelCounts(found.keys, found.reached, (found.times,), halves, found.lost_to)


def adds_of(
    counts: Callable[[PathShard], FunnelCounts], key: str, step: int, *, lost: bool
) -> Callable[[PathShard], bool]:
    """Return whether a shard has paths of a group that reached a step, or that reached it and not the next."""

    def adds(shard: PathShard) -> bool:
        found = counts(shard)
        if key not in found.keys:
            return False
        reached = found.reached[found.keys.index(key)]
        return bool(reached[step] > (reached[step + 1] if lost else 0))

    return adds
