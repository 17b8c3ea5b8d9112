"""Designed journeys for tests: main lines by hand, and random ones with what they say of pairs of steps, plainly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from safar.observe.journey import Journey
from safar.observe.steps import StepRule
from walks import NAMES


def rules(*names: str) -> tuple[StepRule, ...]:
    return tuple(StepRule(name, (name,)) for name in names)


def main_line(*names: str, **also: tuple[str, ...]) -> Journey:
    """Return a journey on which each step leads to the next."""
    return Journey(rules(*names), tuple(pairwise(names)), **also)


@dataclass(frozen=True)
class Design:
    """A journey over some of the names, in some order."""

    steps: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]

    @property
    def journey(self) -> Journey:
        return Journey(rules(*self.steps), self.moves, self.starts, self.ends)

    def ways(self, source: str, target: str) -> list[list[str]]:
        """All ways that lead on, by exhaustion."""
        if source == target:
            return [[source]]
        place = self.steps.index
        nexts = [c for a, c in self.moves if a == source and place(a) < place(c)]
        return [[source, *way] for each in nexts for way in self.ways(each, target)]

    def way(self, sources: tuple[str, ...], target: str) -> list[str]:
        found = [way for source in sources for way in self.ways(source, target)]
        return min(found, key=lambda way: (len(way), [self.steps.index(step) for step in way]), default=[])

    def move(self, source: str, target: str) -> tuple[str, list[str]]:
        if source == target:
            return "stay", []
        if (source, target) in self.moves:
            return "designed", []
        way = self.way((source,), target)
        return ("skip", way[1:-1]) if way else ("off_map", [])


@st.composite
def designs(draw: st.DrawFn) -> Design:
    steps = tuple(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)))
    some = st.lists(st.sampled_from(steps), max_size=2, unique=True).map(tuple)
    pairs = st.tuples(st.sampled_from(steps), st.sampled_from(steps))
    return Design(
        steps,
        tuple(draw(st.lists(pairs, max_size=6, unique=True))),
        draw(some) or (steps[0],),
        draw(some) or (steps[-1],),
    )
