"""Patterns compiled: two automata that a kernel runs over the steps of a path, one backwards and one forwards.

The places of steps in the pattern are the states of an automaton without empty moves (Glushkov 1961); sets of them are
the states of one that is never in doubt (Rabin and Scott 1959). Read from its end, a path tells at each step whether a
match begins there: then the leftmost match is known, and the second automaton, from there on, tells the longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .pattern_language import (
    AnyOf,
    Chain,
    Choice,
    Edge,
    PatternRefused,
    Repeat,
    Tree,
    names_in,
    parsed,
)

MOST_PLACES: Final = 500
MOST_STATES: Final = 2_000


class PatternTooLarge(PatternRefused):
    """The pattern would need more states than are allowed."""

    code = "pattern.too_large"


class PatternTakesNoStep(PatternRefused):
    """The pattern fits where no step is."""

    code = "pattern.takes_no_step"


class PatternNeverFits(PatternRefused):
    """No path can fit the pattern."""

    code = "pattern.never_fits"


@dataclass(frozen=True, slots=True)
class Automaton:
    """States as numbers; 0 is where it begins.

    Attributes
    ----------
    following
        ``int32`` of shape (states, kinds): the state after a step of a kind; below 0 where nothing can follow.
    accepts
        ``uint8`` of shape (states,).
    """

    following: NDArray[np.int32]
    accepts: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern compiled.

    Attributes
    ----------
    names
        The names in it; the kind of a step is its place here, and of every other step ``len(names)``. Two kinds more
        are the start and the end of a path.
    back
        Reads a path from its end; accepts where a match begins. Never gives up.
    ahead
        Reads on from where a match begins; accepts where one ends.
    """

    names: tuple[str, ...]
    back: Automaton
    ahead: Automaton


class _Places:
    """The places of steps in a pattern, as bits, and which may follow which."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._kinds = {name: kind for kind, name in enumerate(names)}
        self._others = len(names)
        self.kinds = len(names) + 3
        #: By place: the kinds of steps that fit, as bits.
        self.fits: list[int] = []
        #: By place: the places that may come next.
        self.next: list[int] = []

    def _place(self, kinds: int) -> tuple[bool, int, int]:
        if len(self.fits) == MOST_PLACES:
            raise PatternTooLarge(
                f"The pattern has more than {MOST_PLACES:,} steps when its repetitions are written out.",
                hint="Use smaller numbers of repetitions, or * and +.",
            )
        self.fits.append(kinds)
        self.next.append(0)
        bit = 1 << (len(self.fits) - 1)
        return False, bit, bit

    def _join(self, before: int, after: int) -> None:
        for place in _bits(before):
            self.next[place] |= after

    def of(self, tree: Tree) -> tuple[bool, int, int]:
        """Add a tree; return whether it may be left out, its first places and its last ones."""
        if isinstance(tree, AnyOf):
            named = sum(1 << self._kinds[name] for name in {name.text for name in tree.names})
            steps = (1 << (self._others + 1)) - 1
            return self._place(steps & ~named if tree.negated else named)
        if isinstance(tree, Edge):
            return self._place(1 << (self._others + (2 if tree.is_end else 1)))
        if isinstance(tree, Choice):
            parts = [self.of(part) for part in tree.parts]
            first, last = 0, 0
            for _, begins, ends in parts:
                first, last = first | begins, last | ends
            return any(empty for empty, _, _ in parts), first, last
        if isinstance(tree, Chain):
            return self._chain(tree.parts)
        return self._repeat(tree)

    def _chain(self, parts: Iterable[Tree]) -> tuple[bool, int, int]:
        is_empty, first, last = True, 0, 0
        for part in parts:
            empty, begins, ends = self.of(part)
            self._join(last, begins)
            first |= begins if is_empty else 0
            last = ends | (last if empty else 0)
            is_empty &= empty
        return is_empty, first, last

    def _repeat(self, tree: Repeat) -> tuple[bool, int, int]:
        if tree.most is None:
            # the last of those that must be there goes on for ever
            is_empty, first, last = self._chain([tree.part] * max(tree.least - 1, 0))
            empty, begins, ends = self.of(tree.part)
            self._join(ends, begins)
            self._join(last, begins)
            empty |= tree.least == 0
            return is_empty and empty, first | (begins if is_empty else 0), ends | (last if empty else 0)
        is_empty, first, last = self._chain([tree.part] * tree.least)
        for _ in range(tree.most - tree.least):
            _, begins, ends = self.of(tree.part)
            self._join(last, begins)
            first |= begins if is_empty else 0
            last |= ends
        return is_empty, first, last


def _bits(mask: int) -> Iterable[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _determined(
    fitting: Sequence[int],
    moves: Callable[[int], int],
    accepts: Callable[[int], bool],
    start: int,
    *,
    gives_up: bool,
) -> Automaton:
    """Return the automaton of sets of places, from the first set on, as far as it gets.

    Parameters
    ----------
    fitting
        By kind of step: the places that it fits.
    moves
        From a set of places: all that may be read next.
    """
    numbers = {start: 0}
    waiting = [start]
    rows, accepting = [], []
    for here in waiting:
        row = []
        reached = moves(here)
        for fits in fitting:
            there = reached & fits
            if gives_up and not there:
                row.append(-1)
                continue
            if there not in numbers:
                if len(numbers) == MOST_STATES:
                    raise PatternTooLarge(
                        f"The pattern needs more than {MOST_STATES:,} states.",
                        hint="Use fewer or smaller repetitions of several steps.",
                    )
                numbers[there] = len(numbers)
                waiting.append(there)
            row.append(numbers[there])
        rows.append(row)
        accepting.append(accepts(here))
    return Automaton(np.array(rows, np.int32), np.array(accepting, np.uint8))


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Compiled:
    """Return the automata of a pattern.

    Raises
    ------
    PatternRefused
        It cannot be read, is too large, fits where no step is, or fits nowhere.
    """
    tree = parsed(pattern)
    names = tuple(dict.fromkeys(name.text for name in names_in(tree)))
    places = _Places(names)
    is_empty, first, last = places.of(tree)
    count = len(places.fits)
    fitting = [
        sum(1 << place for place in range(count) if places.fits[place] >> kind & 1)
        for kind in range(places.kinds)
    ]
    # a bit beyond the places stands for where nothing was read yet
    begun = 1 << count

    before = [0] * count
    for place, following in enumerate(places.next):
        for other in _bits(following):
            before[other] |= 1 << place

    def ahead(here: int) -> int:
        if here == begun:
            return first
        return reduce(or_, (places.next[place] for place in _bits(here)), 0)

    def back(here: int) -> int:
        # a match may end anywhere: its last places are always there to begin with
        return reduce(or_, (before[place] for place in _bits(here)), last)

    forwards = _determined(
        fitting,
        ahead,
        lambda here: is_empty if here == begun else bool(here & last),
        begun,
        gives_up=True,
    )
    backwards = _determined(fitting, back, lambda here: bool(here & first), 0, gives_up=False)
    _check(pattern, forwards)
    return Compiled(names, backwards, forwards)


def _check(pattern: str, automaton: Automaton) -> None:
    """Check that the pattern takes a step wherever it fits, and that it can fit.

    Raises
    ------
    PatternTakesNoStep, PatternNeverFits
    """
    kinds = automaton.following.shape[1]
    start, end = kinds - 2, kinds - 1

    def after(state: int, kind: int) -> int:
        return int(automaton.following[state, kind]) if state >= 0 else -1

    def fits(state: int) -> bool:
        return state >= 0 and bool(automaton.accepts[state])

    begins = [state for state in (0, after(0, start)) if state >= 0]
    if any(fits(state) or fits(after(state, end)) for state in begins):
        raise PatternTakesNoStep(
            f"The pattern {pattern!r} fits where no step is.",
            hint="Let at least one step be there: write + instead of *, or . for any step.",
            pattern=pattern,
            place=0,
            length=len(pattern),
        )
    reached = {after(state, kind) for state in begins for kind in range(start)} - {-1}
    waiting = list(reached)
    for state in waiting:
        new = {after(state, kind) for kind in range(start)} - reached - {-1}
        reached |= new
        waiting += new
    if not any(fits(state) or fits(after(state, end)) for state in reached):
        raise PatternNeverFits(
            f"No path can fit the pattern {pattern!r}.",
            hint="Nothing comes before the start of a path, and nothing after its end.",
            pattern=pattern,
            place=0,
            length=len(pattern),
        )
