"""The flow: which step follows which, how often, for how many customers, and after how long.

The directly-follows graph of process mining, with the start and the end of paths as steps of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.window import Window

from .spans import Sought
from .steps import StepRule
from .walk import Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

#: Gaps are measured for so many of the most frequent edges; more are in no picture.
_MOST_MEASURED: Final = 20_000
_QUANTILES: Final = (0.5, 0.9)
_NO_GAPS: Final = (None, None)


@dataclass(frozen=True, slots=True)
class FlowQuestion:
    """Which step follows which, how often, and after how long?

    Parameters
    ----------
    steps
        What counts as a step; each event name by itself when empty.
    window
        Only events in this stretch of time; all of them when None.
    pause
        A path ends after so long without a step (a path is then a session); a customer has one path when None.
    """

    steps: tuple[StepRule, ...] = ()
    window: Window | None = None
    pause: timedelta | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        checked_pause(self.pause)


@dataclass(frozen=True, slots=True)
class Edge:
    """One step followed by another.

    Attributes
    ----------
    source, target
        Names of steps; None for the start and the end of paths.
    count
        How often.
    customers
        How many customers did so at least once.
    median_gap, p90_gap
        Time from the one to the other: exact quantiles over all occurrences, interpolated linearly between neighbours
        (Hyndman and Fan 1996, type 7), to the microsecond; None at starts and ends.
    """

    source: str | None
    target: str | None
    count: int
    customers: int
    median_gap: timedelta | None
    p90_gap: timedelta | None


@dataclass(frozen=True, slots=True)
class FlowAnswer:
    """The flow.

    Attributes
    ----------
    steps
        Names, in the order of their numbers.
    edges
        Most frequent first; of equal ones by name. Starts and ends are among them.
    paths, events
        How many paths and steps were walked.
    """

    steps: tuple[str, ...]
    edges: tuple[Edge, ...]
    paths: int
    events: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def starts(self) -> tuple[Edge, ...]:
        """With what paths start."""
        return tuple(edge for edge in self.edges if edge.source is None)

    @property
    def ends(self) -> tuple[Edge, ...]:
        """With what paths end."""
        return tuple(edge for edge in self.edges if edge.target is None)

    @property
    def loops(self) -> tuple[Edge, ...]:
        """Steps that follow themselves."""
        return tuple(edge for edge in self.edges if edge.source == edge.target)


@dataclass(frozen=True, slots=True)
class EdgeCounts:
    """Counts of some shards, of shape (steps + 2, steps + 2); those of several are added."""

    counts: NDArray[np.int64]
    people: NDArray[np.int64]

    def merged(self, other: EdgeCounts) -> EdgeCounts:
        """Return the counts of both: no person is in two shards."""
        return EdgeCounts(self.counts + other.counts, self.people + other.people)


def edges_of_shard(shard: PathShard, walk: Walk) -> EdgeCounts:
    """Count the edges of one shard."""
    from .flow_kernels import count_edges  # noqa: PLC0415 - compiled code only when needed

    size = (len(walk.steps.names) + 2) ** 2
    found = EdgeCounts(np.zeros(size, np.int64), np.zeros(size, np.int64))
    count_edges(  # type: ignore[call-arg]
        *walk.over(shard),
        len(walk.steps.names),
        found.counts,
        found.people,
    )
    return found


def bins_of_shard(shard: PathShard, walk: Walk, place: NDArray[np.int32]) -> NDArray[np.int64]:
    """Count the gaps of one shard in bins of growing width."""
    from .flow_kernels import GAP_BINS, bin_gaps  # noqa: PLC0415

    bins = np.zeros((int(place.max(initial=-1)) + 1) * GAP_BINS, np.int64)
    bin_gaps(  # type: ignore[call-arg]
        *walk.over(shard),
        len(walk.steps.names),
        place,
        bins,
    )
    return bins


def gaps_of_shard(
    shard: PathShard, walk: Walk, place: NDArray[np.int32], slot_of_bin: NDArray[np.int32], most: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the gaps of one shard whose bin has a slot, each with its slot."""
    from .flow_kernels import collect_gaps  # noqa: PLC0415

    slots, gaps = np.empty(most, np.int32), np.empty(most, np.int64)
    found = collect_gaps(  # type: ignore[call-arg]
        *walk.over(shard),
        len(walk.steps.names),
        place,
        slot_of_bin,
        slots,
        gaps,
    )
    return slots[:found].copy(), gaps[:found].copy()


def flow(log: Log, question: FlowQuestion, *, executor: Executor | None = None) -> FlowAnswer:
    """Answer which step follows which, how often, for how many customers, and after how long.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Steps, window, pause.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    FlowAnswer
        A note says for how many rare edges no gaps were measured (``flow.unmeasured``).

    Raises
    ------
    StepsRefused

    Notes
    -----
    Counts are facts about the log, not samples: they carry no interval. Steps at one instant follow each other in the
    order of arrival. Quantiles are exact and need no list of all gaps: a first walk sorts them into bins, a second one
    keeps those of the bins that hold a quantile, so that the work of several machines can be merged.
    """
    paths = log.paths()
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause)
    steps = walk.steps
    width = len(steps.names) + 2
    each = mapped(executor, partial(edges_of_shard, walk=walk), paths.shards)
    none = EdgeCounts(np.zeros(width * width, np.int64), np.zeros(width * width, np.int64))
    found = reduce(EdgeCounts.merged, each, none)
    counts, people = found.counts.reshape(width, width), found.people.reshape(width, width)
    inner = counts[:-2, :-2]
    present = np.flatnonzero(inner)
    measured = present[np.argsort(-inner.reshape(-1)[present], kind="stable")][:_MOST_MEASURED]
    gaps = _quantiles(paths.shards, walk, measured, executor)
    names = (*steps.names, None, None)
    by_edge = dict(zip(measured.tolist(), gaps, strict=True))
    order = np.flatnonzero(found.counts)
    edges = []
    for edge in order[np.argsort(-found.counts[order], kind="stable")].tolist():
        source, target = divmod(edge, width)
        is_inner = source < len(steps.names) and target < len(steps.names)
        median, p90 = by_edge.get(source * len(steps.names) + target, _NO_GAPS) if is_inner else _NO_GAPS
        count, customers = int(counts[source, target]), int(people[source, target])
        edges.append(Edge(names[source], names[target], count, customers, median, p90))
    unmeasured = len(present) - len(measured)
    return FlowAnswer(
        steps=steps.names,
        edges=tuple(edges),
        paths=int(counts[width - 2].sum()),
        events=int(counts[:, :-2].sum()),
        notes=(Note.of("flow.unmeasured", count=unmeasured),) if unmeasured else (),
        provenance=Provenance(question, paths.version, int(counts[:, :-2].sum())),
    )


def _quantiles(
    shards: Sequence[PathShard], walk: Walk, edges: NDArray[np.int64], executor: Executor | None
) -> list[tuple[timedelta, ...]]:
    """Return the quantiles of the gaps of each edge."""
    from .flow_kernels import GAP_BINS  # noqa: PLC0415

    if not len(edges):
        return []
    place = np.full(len(walk.steps.names) ** 2, -1, np.int32)
    place[edges] = np.arange(len(edges), dtype=np.int32)
    each = mapped(executor, partial(bins_of_shard, walk=walk, place=place), shards)
    sought = Sought.of(reduce(np.add, each).reshape(len(edges), GAP_BINS), _QUANTILES)
    collect = partial(gaps_of_shard, walk=walk, place=place, slot_of_bin=sought.slot_of_bin, most=sought.most)
    return sought.read(list(mapped(executor, collect, shards)))
