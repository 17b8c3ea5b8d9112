"""Where a walk stands: at a step, or at the edges of paths; and what is found around, shard by shard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .steps import StepRule, Steps
from .walk import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from safar.store.paths import PathShard
    from safar.vocabulary.window import Window

    from .among import Among

#: Anchors that are looked at together: what stands around them fits a cache.
_BLOCK: Final = 1 << 14
#: The number of no step: the first or the last steps of paths are the anchors.
EDGE: Final = -1


class Direction(Enum):
    """Which way to look from a step."""

    AFTER = "after"
    BEFORE = "before"


class Occurrence(Enum):
    """Which of the times that a path comes to a step."""

    #: The first time in each path.
    FIRST = "first"
    #: Every time.
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Block:
    """Some anchors and what stands around them; good until the next one is asked for.

    Attributes
    ----------
    persons
        ``uint32``: places of persons in the shard, ascending.
    steps
        ``int16`` of shape (anchors, depth + 1): numbers of steps, nearest first; below 0 from where the path ends.
    times
        ``int64`` of shape (anchors, depth + 2): microseconds, that of the anchor first; empty where not asked for.
    """

    persons: NDArray[np.uint32]
    steps: NDArray[np.int16]
    times: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Anchored:
    """A walk from a step on.

    Attributes
    ----------
    walk
        Whose paths, and what their steps are.
    anchor
        The number of the step; `EDGE` for the start of paths, or their end when ``before``.
    before, every, collapse
        Backwards; from every occurrence; a step that repeats at once counts once.
    depth
        How many steps are looked at.
    """

    walk: Walk
    anchor: int
    before: bool
    every: bool
    collapse: bool
    depth: int

    @property
    def repeats(self) -> bool:
        """Whether one customer may have several anchors."""
        return self.walk.pause > 0 or (self.every and self.anchor != EDGE)

    def blocks(self, shard: PathShard, *, timed: bool = False) -> Iterator[Block]:
        """Yield the anchors of a shard with what stands around them, some thousands at a time."""
        from .paths_around_kernels import (  # noqa: PLC0415 - compiled code only when needed
            collect_after,
            collect_before,
            find_anchors,
            find_edges,
        )

        over = self.walk.over(shard)
        first, end, time, code, table, since, until, pause = over
        most = int((end - first).sum(dtype=np.int64)) if self.repeats else len(first)
        persons, rows = np.empty(most, np.uint32), np.empty(most, np.uint32)
        if self.anchor == EDGE:
            found = find_edges(*over, self.before, persons, rows)  # type: ignore[call-arg]
        else:
            found = find_anchors(  # type: ignore[call-arg]
                *over, self.anchor, self.every, self.collapse, persons, rows
            )
        # a step more than is asked for tells where paths end
        width = self.depth + 1
        size = min(found, _BLOCK)
        steps, times = (
            np.empty((size, width), np.int16),
            np.empty((size, width + 1) if timed else (0, 0), np.int64),
        )
        edge, bound, collect = (first, since, collect_before) if self.before else (end, until, collect_after)
        for start in range(0, found, _BLOCK):
            whose, where = (
                persons[start : min(start + _BLOCK, found)],
                rows[start : min(start + _BLOCK, found)],
            )
            block = Block(whose, steps[: len(whose)], times[: len(whose)])
            collect(
                edge, time, code, table, bound, pause, self.anchor == EDGE, self.collapse, whose, where, block.steps,
                block.times,
            )  # fmt: skip
            yield block


def anchored_walk(
    shards: Sequence[PathShard],
    anchor: StepRule | None,
    rules: tuple[StepRule, ...],
    *,
    window: Window | None,
    pause: timedelta | None,
    among: Among,
) -> tuple[Walk, int]:
    """Return the walk of a question and the number of its anchor: a step of its own, wherever it stands.

    Raises
    ------
    StepsRefused
        The anchor goes by the name of another step.
    """
    if anchor is None or anchor in rules:
        steps = Steps.of(shards, rules)
        number = EDGE if anchor is None else rules.index(anchor)
    else:
        steps = Steps.of(shards, (anchor, *rules)) if rules else Steps.apart(shards, anchor)
        number = 0
    return Walk(steps, *Walk.bounds(window, pause), among), number


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the anchors of some shards. Arrays as in `paths_around_kernels.count_around`."""

    anchors: int
    customers: int
    by_step: NDArray[np.int64]
    links: NDArray[np.int64]
    link_people: NDArray[np.int64]
    node_people: NDArray[np.int64]
    ended: NDArray[np.int64]
    ended_people: NDArray[np.int64]

    def merged(self, other: Around) -> Around:
        """Return the counts of both: no person is in two shards."""
        return Around(
            self.anchors + other.anchors,
            self.customers + other.customers,
            self.by_step + other.by_step,
            self.links + other.links,
            self.link_people + other.link_people,
            self.node_people + other.node_people,
            self.ended + other.ended,
            self.ended_people + other.ended_people,
        )

    @classmethod
    def none(cls, depth: int, steps: int, width: int) -> Around:
        """Return the counts of no shard."""
        return cls(
            0,
            0,
            np.zeros((depth + 1, steps), np.int64),
            np.zeros((depth, width, width), np.int64),
            np.zeros((depth, width, width), np.int64),
            np.zeros((depth + 1, width), np.int64),
            np.zeros((depth + 1, width), np.int64),
            np.zeros((depth + 1, width), np.int64),
        )


def around_of_shard(shard: PathShard, anchored: Anchored, places: NDArray[np.int32], width: int) -> Around:
    """Count what stands around the anchors of one shard.

    Parameters
    ----------
    places
        ``[depth, step]``: where a step is counted, below ``width``.
    """
    from .paths_around_kernels import count_collected, count_people  # noqa: PLC0415 - compiled code only when needed

    found = Around.none(anchored.depth, len(anchored.walk.steps.names), width)
    seen = [np.full_like(each, -1) for each in (found.links, found.ended, found.ended)]
    anchors, customers, last = 0, 0, -1
    for block in anchored.blocks(shard):
        persons, steps = block.persons, block.steps
        count_collected(persons, steps, places, found.by_step, found.links, found.ended)
        anchors += len(persons)
        customers += int(persons[0] != last) + int(np.count_nonzero(np.diff(persons)))
        last = int(persons[-1])
        if anchored.repeats:
            count_people(
                persons, steps, places, found.link_people, found.node_people, found.ended_people, *seen
            )
    if not anchored.repeats:
        # each customer was followed once: how many of them is how often
        np.add.at(found.node_people, (np.arange(anchored.depth + 1)[:, None], places), found.by_step)
        found = replace(found, link_people=found.links, ended_people=found.ended)
    return replace(found, anchors=anchors, customers=customers)
