"""Paths around a step: what customers do after it, or before it, step by step; the data of a Sankey drawing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .anchors import Anchored, Around, Direction, Occurrence, anchored_walk, around_of_shard
from .around_places import Places, placed
from .around_times import NO_TIMES, TimesAround, times_around
from .behind import Adds, Cell, CellRefused
from .steps import StepRule
from .walk import Lived, checked_pause

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

MOST_DEPTH: Final = 8
MOST_NODES: Final = 100


class PathsRefused(Refusal, ValueError):
    """The question about what stands around a step cannot be answered."""

    code = "paths.refused"


@dataclass(frozen=True, slots=True)
class PathsQuestion:
    """What do customers do after a step, or before it?

    Parameters
    ----------
    anchor
        The step to look from: a step of its own, wherever it stands. None: from the start of paths on, or from their
        end back.
    direction
        After it or before it.
    depth
        How many steps to look, 1 to 8.
    steps
        What counts as a step; each event name by itself when empty.
    most
        At each depth so many of the most frequent steps by name, 1 to 100; the others are bundled.
    window
        Only events in this stretch of time; all of them when None. A path ends with it.
    occurrence
        From the first time a path comes to the anchor, or from every time.
    collapse_repeats
        A step that repeats at once counts once, and has the time of its first event.
    timed
        Also measure the time between the steps. Walks the paths twice more.
    pause
        A path ends after so long without a step (a path is then a session); a customer has one path when None.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    PathsRefused, PauseRefused, ImpossibleLevel
    """

    anchor: StepRule | None = None
    direction: Direction = Direction.AFTER
    depth: int = 6
    steps: tuple[StepRule, ...] = ()
    most: int = 12
    window: Window | None = field(default=None, kw_only=True)
    occurrence: Occurrence = field(default=Occurrence.FIRST, kw_only=True)
    collapse_repeats: bool = field(default=False, kw_only=True)
    timed: bool = field(default=False, kw_only=True)
    pause: timedelta | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= MOST_DEPTH:
            raise PathsRefused(
                f"Paths cannot be followed {self.depth} steps.", hint=f"Follow them 1 to {MOST_DEPTH} steps."
            )
        if not 1 <= self.most <= MOST_NODES:
            raise PathsRefused(
                f"{self.most} steps at each depth cannot be told apart.", hint=f"Ask for 1 to {MOST_NODES}."
            )
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class PathNode:
    """A step at some depth.

    Attributes
    ----------
    depth
        0 is the anchor; then each step farther from it, in the direction of the question.
    step
        Its name. None at depth 0 where paths are followed from their start or end; elsewhere None: the others, bundled.
    bundled
        How many steps are the others; 0 for a step by name.
    count, customers
        How many of the paths that were followed stand here; of how many customers.
    share
        Of all paths that were followed, with Wilson's interval.
    ended, ended_customers
        How many paths end here (backwards: begin), and of how many customers.
    median_from_anchor, p90_from_anchor
        Time between the anchor and this step, exact quantiles, to the microsecond, interpolated; None at depth 0 and
        where the question is not ``timed``.
    """

    depth: int
    step: str | None
    bundled: int
    count: int
    customers: int
    share: Estimate
    ended: int
    ended_customers: int
    median_from_anchor: timedelta | None
    p90_from_anchor: timedelta | None


@dataclass(frozen=True, slots=True)
class PathLink:
    """A step at some depth, and what stands next to it, farther from the anchor.

    Attributes
    ----------
    depth
        Of ``source``; ``target`` stands at ``depth + 1``. Where the question looks before a step, ``target`` is the one
        that happened first.
    source, target
        Names of steps; None as in `PathNode`.
    count, customers
        How often, and for how many customers.
    share
        Of the paths that stand at ``source``, with Wilson's interval.
    median_gap, p90_gap
        Time between the two; None where the question is not ``timed`` or the link is too rare to be measured.
    """

    depth: int
    source: str | None
    target: str | None
    count: int
    customers: int
    share: Estimate
    median_gap: timedelta | None
    p90_gap: timedelta | None


@dataclass(frozen=True, slots=True)
class PathsAnswer:
    """What stands around a step.

    Attributes
    ----------
    nodes
        By depth; most frequent first, the others last.
    links
        By depth; most frequent first.
    paths, customers
        How many paths were followed (with `Occurrence.EVERY`: occurrences), and of how many customers.
    """

    nodes: tuple[PathNode, ...]
    links: tuple[PathLink, ...]
    paths: int
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a link: ``depth``, ``source``, ``target``, ``count``, ``customers``, ``share`` and its ends, gaps."""
        rows = self.links
        return Table.of(
            {
                **{name: [getattr(row, name) for row in rows] for name in ("depth", "source", "target")},
                **{name: [getattr(row, name) for row in rows] for name in ("count", "customers")},
                **estimates("share", [row.share for row in rows]),
                **{name: [getattr(row, name) for row in rows] for name in ("median_gap", "p90_gap")},
            }
        )

    @property
    def node_table(self) -> Table:
        """One row a node: ``depth``, ``step``, ``bundled``, counts, ``share`` with its ends, where paths end, times."""
        rows = self.nodes
        return Table.of(
            {
                **{
                    name: [getattr(row, name) for row in rows]
                    for name in ("depth", "step", "bundled", "count")
                },
                "customers": [row.customers for row in rows],
                **estimates("share", [row.share for row in rows]),
                **{
                    name: [getattr(row, name) for row in rows]
                    for name in ("ended", "ended_customers", "median_from_anchor", "p90_from_anchor")
                },
            }
        )


def _asked(shards: Sequence[PathShard], question: PathsQuestion) -> Anchored:
    walk, anchor = anchored_walk(
        shards,
        question.anchor,
        question.steps,
        window=question.window,
        pause=question.pause,
        among=question.among,
    )
    return Anchored(
        walk=walk,
        anchor=anchor,
        before=question.direction is Direction.BEFORE,
        every=question.occurrence is Occurrence.EVERY,
        collapse=question.collapse_repeats,
        depth=question.depth,
    )


def paths_around(log: Lived, question: PathsQuestion, *, executor: Executor | None = None) -> PathsAnswer:
    """Answer what customers do after a step, or before it.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        From which step, which way, how deep.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    PathsAnswer
        Notes: how many steps are bundled (``paths.bundled``), that several paths of one customer are not independent
        (``paths.dependent``), for how many links no time was measured (``paths.unmeasured``).

    Raises
    ------
    StepsRefused

    Notes
    -----
    Steps at one instant follow each other in the order of arrival. Intervals take the path as the unit: where one
    customer has several (``pause``, `Occurrence.EVERY`), they are too narrow.
    """
    paths = log.paths()
    anchored = _asked(paths.shards, question)
    found, places = placed(paths.shards, anchored, question.most, executor)
    times = TimesAround({}, {}, 0)
    if question.timed:
        times = times_around(paths.shards, anchored, found, places.of_step, executor)
    names: list[list[str | None]] = [
        [*(anchored.walk.steps.names[step] for step in named), None] for named in places.named
    ]
    names[0] = [None if question.anchor is None else question.anchor.name]
    counts = np.zeros(found.node_people.shape, np.int64)
    np.add.at(counts, (np.arange(len(counts))[:, None], places.of_step), found.by_step)
    counts[0, 0], found.node_people[0, 0] = found.anchors, found.customers
    nodes, links = [], []
    for depth, here in enumerate(names):
        for place, step in enumerate(here):
            count = int(counts[depth, place])
            at = share(count, found.anchors, level=question.level)
            if not count or at is None:
                continue
            nodes.append(
                PathNode(
                    depth,
                    step,
                    places.bundled[depth] if place == len(places.named[depth]) else 0,
                    count,
                    int(found.node_people[depth, place]),
                    at,
                    int(found.ended[depth, place]),
                    int(found.ended_people[depth, place]),
                    *times.nodes.get((depth, place), NO_TIMES),
                )
            )
    for depth in range(question.depth):
        pairs = np.argwhere(found.links[depth])
        order = np.argsort(-found.links[depth][tuple(pairs.T)], kind="stable")
        spots = tuple(pairs[order].T)
        told = (each[depth][spots].tolist() for each in (found.links, found.link_people))
        leaving = counts[depth].tolist()
        for (source, target), count, people in zip(pairs[order].tolist(), *told, strict=True):
            onward = share(count, leaving[source], level=question.level)
            assert onward is not None, "a link has a source"
            links.append(
                PathLink(
                    depth,
                    names[depth][source],
                    names[depth + 1][target],
                    count,
                    people,
                    onward,
                    *times.links.get((depth, source, target), NO_TIMES),
                )
            )
    read = sum(len(shard.time) for shard in paths.shards)
    return PathsAnswer(
        nodes=tuple(nodes),
        links=tuple(links),
        paths=found.anchors,
        customers=found.customers,
        notes=_notes(anchored, found, places, times),
        provenance=Provenance(question, paths.version, read),
    )


def _notes(anchored: Anchored, found: Around, places: Places, times: TimesAround) -> tuple[Note, ...]:
    notes = []
    if any(places.bundled):
        is_other = places.of_step == np.array([len(named) for named in places.named])[:, None]
        hidden = found.by_step * is_other
        notes.append(
            Note.of(
                "paths.bundled",
                count=int((hidden[1:].sum(axis=0) > 0).sum()),
                passages=int(hidden[1:].sum()),
                of=int(found.by_step[1:].sum()),
            )
        )
    if anchored.repeats and found.anchors > found.customers:
        notes.append(Note.of("paths.dependent", paths=found.anchors, count=found.customers))
    if times.unmeasured:
        notes.append(Note.of("paths.unmeasured", count=times.unmeasured))
    return tuple(notes)


def adds_to_paths(paths: Paths, question: PathsQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a number of the answer.

    Parameters
    ----------
    cell
        ``depth`` and ``step``: who stands there, with ``ended`` 1 those whose path ends there. Or ``depth``, ``source``
        and ``target``: a link. Names as in the answer.

    Raises
    ------
    CellRefused
    """
    anchored = _asked(paths.shards, question)
    depth = cell.get("depth")
    is_link = "source" in cell
    if not isinstance(depth, int) or not 0 <= depth <= question.depth - is_link:
        raise CellRefused(
            f"The answer has no depth {depth!r}.", hint="Open the number again from its page.", name="depth"
        )
    # What the cell names is counted at place 0 of its depth, everything else at place 1.
    places = np.ones((question.depth + 1, len(anchored.walk.steps.names)), np.int32)
    for name, at in (("source", depth), ("target", depth + 1)) if is_link else (("step", depth),):
        places[at] = ~_named(paths.shards, anchored, question, cell, name, at)

    def counted(shard: PathShard) -> Around:
        return around_of_shard(shard, anchored, places, 2)

    if is_link:
        return lambda shard: bool(counted(shard).links[depth, 0, 0])
    if cell.get("ended"):
        return lambda shard: bool(counted(shard).ended[depth, 0])
    if depth == 0:
        return lambda shard: bool(counted(shard).anchors)
    return lambda shard: bool(counted(shard).node_people[depth, 0])


def _named(  # noqa: PLR0917
    shards: Sequence[PathShard],
    anchored: Anchored,
    question: PathsQuestion,
    cell: Cell,
    name: str,
    depth: int,
) -> NDArray[np.bool_]:
    """Return which steps a cell names at a depth."""
    wanted = cell.get(name)
    names = anchored.walk.steps.names
    if depth == 0 and wanted == (None if question.anchor is None else question.anchor.name):
        return np.ones(len(names), np.bool_)
    if depth > 0 and wanted in names:
        return np.array([each == wanted for each in names])
    if depth > 0 and wanted is None:
        # only all shards together tell who the others are
        _, places = placed(shards, anchored, question.most, None)
        if places.bundled[depth]:
            is_other: NDArray[np.bool_] = places.of_step[depth] == len(places.named[depth])
            return is_other
    raise CellRefused(
        f"The answer has no {name} {wanted!r} at depth {depth}.",
        hint="Open the number again from its page.",
        name=name,
    )
