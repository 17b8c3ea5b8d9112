"""What a design says of each pair of its steps: designed, a skip and of what, or off the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .journey import Journey

#: What a design says of a pair of steps, as kernels know it.
STAY, DESIGNED, SKIP, OFF_MAP = range(4)

_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class JourneyMoves:
    """A design as tables by the numbers of its steps; step ``steps`` is the start of a passage.

    Attributes
    ----------
    steps
        How many there are.
    kinds
        ``uint8`` of shape (steps²,): what the pair ``a * steps + c`` is.
    over_begin, over
        ``int32``: the steps that lie between ``a`` and ``c`` are ``over[over_begin[a * steps + c]:over_begin[… + 1]]``,
        from the first one on; those of the start are what a passage skips that begins at ``c``.
    can_end
        ``bool`` of shape (steps,).
    """

    steps: int
    kinds: NDArray[np.uint8]
    over_begin: NDArray[np.int32]
    over: NDArray[np.int32]
    can_end: NDArray[np.bool_]

    @classmethod
    def of(cls, journey: Journey) -> JourneyMoves:
        """Return the tables of a design.

        Notes
        -----
        A move leads on when its target comes later in the order of the design. A step is reached by skipping when moves
        that lead on reach it; of the shortest ways the first in that order is taken. Loops of the design are moves like
        any other, yet nothing is skipped along them: over a loop back everything would be reached from everywhere.
        """
        names = [rule.name for rule in journey.steps]
        steps = len(names)
        designed = {(names.index(source), names.index(target)) for source, target in journey.moves}
        onward = [sorted(c for a, c in designed if a == step < c) for step in range(steps)]
        kinds = np.full((steps, steps), OFF_MAP, np.uint8)
        between: list[tuple[int, ...]] = []
        for source in range(steps):
            way_from = _shortest((source,), onward)
            for target in range(steps):
                way = _way(way_from, target)
                kind = DESIGNED if (source, target) in designed else SKIP if way else OFF_MAP
                kinds[source, target] = STAY if source == target else kind
                between.append(way[1:-1] if kinds[source, target] == SKIP else ())
        starts = tuple(sorted(names.index(name) for name in journey.starts))
        from_start = _shortest(starts, onward)
        between += [_way(from_start, target)[:-1] for target in range(steps)]
        return cls(
            steps,
            kinds.reshape(-1),
            np.cumsum([0, *map(len, between)]).astype(np.int32),
            np.array([step for way in between for step in way], np.int32),
            np.array([name in journey.ends for name in names], np.bool_),
        )

    def between(self, source: int, target: int) -> tuple[int, ...]:
        """Return the steps that going from one step to another skips; from the start where it is ``steps``."""
        pair = source * self.steps + target
        return tuple(self.over[self.over_begin[pair] : self.over_begin[pair + 1]].tolist())


def _shortest(sources: tuple[int, ...], onward: list[list[int]]) -> list[int]:
    """Return the step before each one on a shortest way from one of the sources; itself for these."""
    before = [_NOWHERE] * len(onward)
    for source in sources:
        before[source] = source
    waiting = list(sources)
    for step in waiting:
        for target in onward[step]:
            if before[target] == _NOWHERE:
                before[target] = step
                waiting.append(target)
    return before


def _way(before: list[int], target: int) -> tuple[int, ...]:
    """Return the steps from a source to the target, both included; nothing when it is not reached."""
    if before[target] == _NOWHERE:
        return ()
    way = [target]
    while before[way[-1]] != way[-1]:
        way.append(before[way[-1]])
    return tuple(reversed(way))
