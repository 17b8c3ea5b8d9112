"""The walks behind a time series: sums by period and line, and how far the log reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.periods import Periods

from .grid import Grid
from .lines import Counts
from .measures import Measure, Metric
from .shelf import Shelf
from .walk import mapped

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: Rows beyond which the clustering of counts is measured on every so many-th customer alone.
MOST_ROWS: Final = 500_000
_MICROSECOND: Final = timedelta(microseconds=1)
_SPANS_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Cells:
    """What some shards add: sums of shape (intervals, lines, SUMS), see `series_kernels`."""

    sums: NDArray[np.float64]

    def merged(self, other: Cells) -> Cells:
        """Return the sums of both: no person is in two shards."""
        return Cells(self.sums + other.sums)


def cells_of_shard(
    shard: PathShard, counts: Counts, metric: Metric, grid: Grid, bounds: tuple[int, int]
) -> Cells:
    """Add up one shard.

    Parameters
    ----------
    bounds
        Only events from the one instant up to the other.
    """
    from .series_kernels import SUMS, walk_people  # noqa: PLC0415 - compiled code only when needed

    found = np.zeros((grid.intervals, len(counts.names), SUMS))
    codes, table, also = counts.coded(shard)
    values = counts.values(shard)
    is_first_only = metric.measure is Measure.NEW_CUSTOMERS
    total_of = counts.total_of
    for persons, line in counts.parts(shard):
        walk_people(  # type: ignore[call-arg]
            persons.first, persons.end, persons.time, codes, _moved(table, line), also, values, total_of,
            _pause_us(metric), is_first_only, *bounds, *grid.arrays, found,
        )  # fmt: skip
    return Cells(found)


def events_of_shard(shard: PathShard, counts: Counts, grid: Grid, bounds: tuple[int, int]) -> Cells:
    """Count the events of one shard, and nothing else: several times as fast as `cells_of_shard`."""
    from .series_kernels import EVENTS, SUMS, count_rows  # noqa: PLC0415 - compiled code only when needed

    width = len(counts.names)
    found = np.zeros(grid.intervals * width, np.int64)
    codes, table, _ = counts.coded(shard)
    for persons, line in counts.parts(shard):
        count_rows(  # type: ignore[call-arg]
            persons.first, persons.end, persons.time, codes, _moved(table, line), *bounds, *grid.arrays, width,
            found,
        )  # fmt: skip
    sums = np.zeros((grid.intervals, width, SUMS))
    sums[:, :, EVENTS] = found.reshape(-1, width)
    for line, total in enumerate(counts.total_of.tolist()):
        if total >= 0:
            sums[:, total, EVENTS] += sums[:, line, EVENTS]
    return Cells(sums)


def squares_of_shard(
    shard: PathShard, counts: Counts, pause: int, grid: Grid, bounds: tuple[int, int], *, every: int
) -> NDArray[np.int64]:
    """Add up the events of one person of so many, and their squares; see `clustering_kernels.square_people`."""
    from .clustering_kernels import square_people  # noqa: PLC0415 - compiled code only when needed

    found = np.zeros((3, len(counts.names)), np.int64)
    codes, table, _ = counts.coded(shard)
    for persons, line in counts.parts(shard):
        some = persons if every == 1 else persons.of(np.arange(0, len(persons.first), every))
        square_people(  # type: ignore[call-arg]
            some.first, some.end, some.time, codes, _moved(table, line), counts.total_of, pause, *bounds,
            *grid.arrays, found,
        )  # fmt: skip
    return found


def _moved(table: NDArray[np.int32], line: int) -> NDArray[np.int32]:
    """Return the lines of codes, counted from a line on."""
    return np.where(table < 0, table, table + np.int32(line)).astype(np.int32)


def _pause_us(metric: Metric) -> int:
    return 0 if metric.pause is None else metric.pause // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Walked:
    """Everything that the walks of one question share."""

    shards: Sequence[PathShard]
    counts: Counts
    metric: Metric
    executor: Executor | None

    def sums(self, periods: Periods, bounds: tuple[int, int]) -> NDArray[np.float64]:
        """Return sums of shape (periods, lines, SUMS)."""
        from .series_kernels import SUMS  # noqa: PLC0415 - compiled code only when needed

        found = np.zeros((len(periods), len(self.counts.names), SUMS))
        for places in periods.apart():
            grid = Grid.of(periods.of(places))
            inside = max(bounds[0], int(grid.edges[0])), min(bounds[1], int(grid.edges[-1]))
            if inside[0] < inside[1]:
                found[places] = self._cells(grid, inside).sums[grid.place]
        return found

    def clustering(self, window: tuple[int, int], periods: Periods, every: int) -> NDArray[np.float64]:
        """Return the design effects of each line's counts, by period and of the whole window: of squares by customer
        over the sum, told from one customer of so many."""
        from .clustering_kernels import BY_INTERVAL, BY_PERSON, EVENTS  # noqa: PLC0415 - compiled code only when needed

        work = partial(
            squares_of_shard,
            counts=self.counts,
            pause=_pause_us(self.metric),
            grid=Grid.of(periods),
            bounds=window,
            every=every,
        )
        sums = sum(mapped(self.executor, work, self.shards), np.zeros((3, len(self.counts.names)), np.int64))
        found: NDArray[np.float64] = np.maximum(
            sums[[BY_INTERVAL, BY_PERSON]] / np.maximum(sums[EVENTS], 1), 1.0
        )
        return found

    def _cells(self, grid: Grid, bounds: tuple[int, int]) -> Cells:
        if self.metric.measure is Measure.EVENTS:
            return self._added(partial(events_of_shard, counts=self.counts, grid=grid, bounds=bounds), grid)
        work = partial(cells_of_shard, counts=self.counts, metric=self.metric, grid=grid, bounds=bounds)
        return self._added(work, grid)

    def _added(self, work: Callable[[PathShard], Cells], grid: Grid) -> Cells:
        from .series_kernels import SUMS  # noqa: PLC0415 - compiled code only when needed

        none = Cells(np.zeros((grid.intervals, len(self.counts.names), SUMS)))
        return reduce(Cells.merged, mapped(self.executor, work, self.shards), none)


_spans: Shelf[tuple[int, int]] = Shelf(_SPANS_BYTES, lambda _: 16)


def covered(shards: Sequence[PathShard]) -> tuple[int, int] | None:
    """Return the first and the last instant of some shards, kept from one question to the next; None without events."""

    def span(shard: PathShard) -> tuple[int, int]:
        return int(shard.time[shard.first].min()), int(shard.time[shard.end - 1].max())

    found = [_spans.get(shard.first, "span", partial(span, shard)) for shard in shards if len(shard.first)]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else None
