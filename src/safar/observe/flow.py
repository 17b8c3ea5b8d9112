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

from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, place_in
from .spans import FEW_ROWS, Brackets, Sought, sample
from .steps import StepRule
from .walk import Lived, Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

#: Gaps are measured for so many of the most frequent edges; more are in no picture.
_MOST_MEASURED: Final = 20_000
_QUANTILES: Final = (0.5, 0.9)
_NO_GAPS: Final = (None, None)
_NO_PLACES: Final = np.zeros(0, np.int32)
_NO_BOUNDS: Final = np.zeros(0, np.int64)


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
    among
        Among whom and what to look; see `Among`.
    """

    steps: tuple[StepRule, ...] = ()
    window: Window | None = None
    pause: timedelta | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

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
    def table(self) -> Table:
        """One row an edge: ``source``, ``target`` (null at starts and ends), ``count``, ``customers``, gaps."""
        return Table.of(
            {
                name: [getattr(edge, name) for edge in self.edges]
                for name in ("source", "target", "count", "customers", "median_gap", "p90_gap")
            }
        )

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
class Guess:
    """Where the quantiles of gaps should lie.

    Attributes
    ----------
    edges
        Pairs of steps ``a * steps + b``.
    place_of
        ``int32``: the place of each pair among them, step ``steps`` being the start; their number where it is none.
    bounds
        As of `Brackets`, and those of no edge at last.
    """

    edges: NDArray[np.int64]
    place_of: NDArray[np.int32]
    bounds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EdgeCounts:
    """What some shards add.

    Attributes
    ----------
    counts, people
        Of shape ((steps + 2)²,).
    tally
        Of shape (guessed edges, 5): gaps by how many of the bounds they reach; empty without a guess.
    kept
        Places of edges and the gaps in brackets beside them.
    """

    counts: NDArray[np.int64]
    people: NDArray[np.int64]
    tally: NDArray[np.int64]
    kept: tuple[tuple[NDArray[np.int32], NDArray[np.int64]], ...] = ()

    @classmethod
    def none(cls, walk: Walk, guess: Guess | None = None) -> EdgeCounts:
        """Return what nobody adds."""
        size = (len(walk.steps.names) + 2) ** 2
        edges = 0 if guess is None else len(guess.edges)
        return cls(np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros((edges, 5), np.int64))

    def merged(self, other: EdgeCounts) -> EdgeCounts:
        """Return the counts of both: no person is in two shards."""
        return EdgeCounts(
            self.counts + other.counts,
            self.people + other.people,
            self.tally + other.tally,
            self.kept + other.kept,
        )


def edges_of_shard(shard: PathShard, walk: Walk, guess: Guess | None = None) -> EdgeCounts:
    """Count the edges of one shard, and the gaps below, in and above the brackets that are guessed."""
    from .flow_kernels import count_edges  # noqa: PLC0415 - compiled code only when needed

    found = EdgeCounts.none(walk, guess)
    most = 1 if guess is None else shard.events + 1
    places, gaps = np.empty(most, np.int32), np.empty(most, np.int64)
    tally = np.zeros(0 if guess is None else 5 * (len(guess.edges) + 1), np.uint32)
    kept = count_edges(  # type: ignore[call-arg]
        *walk.over(shard),
        len(walk.steps.names),
        found.counts,
        found.people,
        _NO_PLACES if guess is None else guess.place_of,
        _NO_BOUNDS if guess is None else guess.bounds,
        tally,
        places,
        gaps,
    )
    if guess is None:
        return found
    own = tally[:-5].astype(np.int64).reshape(-1, 5)
    return EdgeCounts(found.counts, found.people, own, ((places[:kept].copy(), gaps[:kept].copy()),))


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps of some shards: counted in bins by a first walk, or those that are sought, each with its slot."""

    bins: NDArray[np.uint32]
    slots: NDArray[np.int32]
    gaps: NDArray[np.int64]


def gaps_of_shard(
    shard: PathShard, walk: Walk, place: NDArray[np.int32], measured: int, sought: Sought | None = None
) -> Gaps:
    """Walk the gaps of one shard; see `flow_kernels.walk_gaps`.

    Parameters
    ----------
    place
        Of each pair of steps, and of each start, among the ``measured`` ones; ``measured`` for the others.
    sought
        None at the first walk.
    """
    from .flow_kernels import walk_gaps  # noqa: PLC0415 - compiled code only when needed
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    most = 0 if sought is None else sought.most
    bins = np.zeros((measured + 1) * SPAN_BINS if sought is None else 0, np.uint32)
    slot_of_bin = np.zeros(0, np.int32)
    if sought is not None:
        slot_of_bin = np.concatenate([sought.slot_of_bin, np.full(SPAN_BINS, -1, np.int32)])
    slots, gaps = np.empty(most + 1, np.int32), np.empty(most + 1, np.int64)
    found = walk_gaps(  # type: ignore[call-arg]
        *walk.over(shard), len(walk.steps.names), place, bins, slot_of_bin, slots, gaps
    )
    return Gaps(bins[: measured * SPAN_BINS], slots[:found].copy(), gaps[:found].copy())


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """How often each step follows each, and nothing else.

    Attributes
    ----------
    names
        Of the steps, then None for the start and None for the end.
    counts
        Of shape (names, names): from the one to the other.
    """

    names: tuple[str | None, ...]
    counts: NDArray[np.int64]


def flow_counts(log: Lived, question: FlowQuestion, *, executor: Executor | None = None) -> FlowCounts:
    """Answer which step follows which and how often, several times as fast as `flow`, which also measures gaps.

    Raises
    ------
    StepsRefused
    """
    shards = log.paths().shards
    walk = Walk.of(shards, question.steps, question.window, question.pause, question.among)
    names = (*walk.steps.names, None, None)
    return FlowCounts(names, _counted(shards, walk, None, executor).counts.reshape(len(names), -1))


def flow(log: Lived, question: FlowQuestion, *, executor: Executor | None = None) -> FlowAnswer:
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
    order of arrival. Quantiles are exact and need no list of all gaps. From a sixteenth of the customers it is guessed
    between which lengths they lie; the walk over all keeps what lies there and counts what lies below, which proves the
    guess. Where it was wrong, and in small logs, two walks more find them: the first sorts gaps into bins, the second
    keeps those of the bins that hold a quantile. Either way the work of several machines can be merged.
    """
    paths = log.paths()
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause, question.among)
    steps = walk.steps
    width = len(steps.names) + 2
    guess = _guessed(paths, walk, executor) if paths.rows >= FEW_ROWS else None
    found = _counted(paths.shards, walk, guess, executor)
    counts = found.counts.reshape(width, width)
    inner = counts[:-2, :-2]
    present = np.flatnonzero(inner)
    measured = present[np.argsort(-inner.reshape(-1)[present], kind="stable")][:_MOST_MEASURED]
    by_edge: dict[int, tuple[timedelta, ...]] = {}
    if guess is not None:
        read = Brackets(guess.bounds).read(found.tally, found.kept, _QUANTILES)
        by_edge = {
            edge: gaps for edge, gaps in zip(guess.edges.tolist(), read, strict=True) if gaps is not None
        }
    open_ = np.array([edge for edge in measured.tolist() if edge not in by_edge], np.int64)
    by_edge |= dict(zip(open_.tolist(), _quantiles(paths.shards, walk, open_, executor), strict=True))
    names = (*steps.names, None, None)
    order = np.flatnonzero(found.counts)
    order = order[np.argsort(-found.counts[order], kind="stable")]
    rows = (each[order].tolist() for each in (found.counts, found.people))
    edges = []
    for edge, count, customers in zip(order.tolist(), *rows, strict=True):
        source, target = divmod(edge, width)
        is_inner = source < len(steps.names) and target < len(steps.names)
        median, p90 = by_edge.get(source * len(steps.names) + target, _NO_GAPS) if is_inner else _NO_GAPS
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


def adds_to_edge(paths: Paths, question: FlowQuestion, cell: Cell) -> Adds:
    """Return whether persons take an edge: ``source`` and ``target``, names of steps, None for starts and ends.

    Raises
    ------
    CellRefused
    """
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause, question.among)
    places: dict[str | None, int] = {name: place for place, name in enumerate(walk.steps.names)}
    width = len(places) + 2
    source = place_in({None: width - 2, **places}, cell, "source")
    target = place_in({None: width - 1, **places}, cell, "target")
    return lambda shard: bool(edges_of_shard(shard, walk).counts[source * width + target])


def _counted(
    shards: Sequence[PathShard], walk: Walk, guess: Guess | None, executor: Executor | None
) -> EdgeCounts:
    each = mapped(executor, partial(edges_of_shard, walk=walk, guess=guess), shards)
    return reduce(EdgeCounts.merged, each, EdgeCounts.none(walk, guess))


def _guessed(paths: Paths, walk: Walk, executor: Executor | None) -> Guess:
    """Return where the gaps of the edges of a sample of customers have their quantiles."""
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    steps = len(walk.steps.names)
    each = mapped(executor, partial(_sampled_edges, walk=walk), paths.shards)
    counts = reduce(EdgeCounts.merged, each, EdgeCounts.none(walk)).counts.reshape(steps + 2, steps + 2)
    edges = np.argsort(-counts[:-2, :-2].reshape(-1), kind="stable")[:_MOST_MEASURED]
    place_of = _places(edges, steps)
    bins = np.zeros(len(edges) * SPAN_BINS, np.int64)
    for found in mapped(
        executor, partial(_sampled_gaps, walk=walk, place=place_of, measured=len(edges)), paths.shards
    ):
        bins += found.bins
    bounds = Brackets.guessed(bins.reshape(-1, SPAN_BINS), _QUANTILES).bounds
    return Guess(edges, place_of, np.append(bounds, np.full(4, np.iinfo(np.int64).max)))


def _sampled_edges(shard: PathShard, walk: Walk) -> EdgeCounts:
    return edges_of_shard(sample(shard), walk)


def _sampled_gaps(shard: PathShard, walk: Walk, place: NDArray[np.int32], measured: int) -> Gaps:
    return gaps_of_shard(sample(shard), walk, place, measured)


def _places(edges: NDArray[np.int64], steps: int) -> NDArray[np.int32]:
    """Return the place of each pair of steps, and each start, among edges; their number where it is none."""
    place_of = np.full((steps + 1) * steps, len(edges), np.int32)
    place_of[edges] = np.arange(len(edges), dtype=np.int32)
    return place_of


def _quantiles(
    shards: Sequence[PathShard], walk: Walk, edges: NDArray[np.int64], executor: Executor | None
) -> list[tuple[timedelta, ...]]:
    """Return the quantiles of the gaps of each edge."""
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    if not len(edges):
        return []
    place = _places(edges, len(walk.steps.names))
    work = partial(gaps_of_shard, walk=walk, place=place, measured=len(edges))
    bins = np.zeros(len(edges) * SPAN_BINS, np.int64)
    for each in mapped(executor, work, shards):
        bins += each.bins
    sought = Sought.of(bins.reshape(len(edges), -1), _QUANTILES)
    kept = mapped(executor, partial(work, sought=sought), shards)
    return sought.read([(each.slots, each.gaps) for each in kept])
