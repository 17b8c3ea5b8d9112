"""Compare: what differs most between two groups or two stretches of time, seen together, corrected for many looks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.paths import Paths
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import (
    FEWEST_FOR_VERDICT,
    Estimate,
    difference,
    share,
    share_by_variance,
    student_p_value,
)
from safar.vocabulary.many_looks import checked_rate, standing_out
from safar.vocabulary.window import Window

from .among import Did, Segment
from .behind import Adds, Cell, CellRefused
from .comparables import COMPARED, Comparable, Key, Shares
from .segment_parts import AllOf, NoneOf
from .walk import Lived

#: Groups of customers from which it is learned how what one customer does several times goes together.
_GROUPS: Final = 24
#: Any odd number with many bits: keys of customers are mixed by it once more before they are dealt out.
_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)
_INDEPENDENT: Final = 1e9


class CompareRefused(Refusal, ValueError):
    """Two answers cannot be compared."""

    code = "compare.refused"


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """What differs most between two answers to one question?

    Parameters
    ----------
    one, other
        Two questions of one kind: the same but for the segment, the window, the channel, … See `between_segments` and
        `between_windows`.
    names
        What readers call the two.
    false_discovery_rate
        Expected share of differences told that are none, at most.

    Raises
    ------
    CompareRefused, ImpossibleRate
    """

    one: Comparable
    other: Comparable
    names: tuple[str, str] = ("A", "B")
    false_discovery_rate: float = field(default=0.05, kw_only=True)

    def __post_init__(self) -> None:
        if type(self.one) is not type(self.other) or type(self.one) not in COMPARED:
            raise CompareRefused(
                f"A {type(self.one).__name__} and a {type(self.other).__name__} cannot be compared.",
                hint="Give two questions of one kind.",
            )
        if _level(self.one) != _level(self.other):
            raise CompareRefused(
                "The two questions ask for intervals of two levels.", hint="Give both one level."
            )
        checked_rate(self.false_discovery_rate)


def between_segments(question: Comparable, one: Segment, other: Segment) -> CompareQuestion:
    """Return the question what differs between two segments, each within those whom a question is about."""
    within = question.among.segment
    pair = [
        replace(question, among=replace(question.among, segment=_both(within, each))) for each in (one, other)
    ]
    return CompareQuestion(pair[0], pair[1], (one.name, other.name))


def between_windows(
    question: Comparable, one: Window, other: Window, names: tuple[str, str] = ("A", "B")
) -> CompareQuestion:
    """Return the question what differs between two stretches of time."""
    return CompareQuestion(replace(question, window=one), replace(question, window=other), names)


def those_not_in(segment: Segment, name: str) -> Segment:
    """Return the segment of everybody who is not in another one.

    Raises
    ------
    CompareRefused
        More than one thing is said of the segment, or how often at most: then the others are no segment.
    """
    if segment.also or segment.did[0].last is not None:
        return Segment(name, (), (NoneOf((AllOf(segment.parts),)),), segment.now)
    (did, *more) = segment.did
    if more or (did.at_most is not None and did.at_least > 0):
        raise CompareRefused(
            f"Those who are not in {segment.name!r} are no segment.",
            hint="Name the other group by what it did.",
        )
    if did.at_most is not None:
        return Segment(name, (Did(did.what, did.at_most + 1, None, did.window),), now=segment.now)
    return Segment(name, (Did(did.what, 0, did.at_least - 1, did.window),), now=segment.now)


def _both(within: Segment | None, segment: Segment) -> Segment:
    return segment.within(within)


def _level(question: Comparable) -> float | None:
    return getattr(question, "level", None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One share in both answers.

    Attributes
    ----------
    key
        Which share: its kind (``edge``, ``conversion``, ``entry``, …) and what it is of; see `comparables`.
    one_count, other_count
        How many.
    one, other
        Of how many (``n``): the share with its interval. Where one customer can count several times it is as wide as
        the groups of customers differ.
    difference
        ``one`` less ``other``, with Newcombe's interval (MOVER).
    p_value
        The chance of a difference at least as large between groups that do not differ.
    is_clear
        More than chance, seen together with all others.
    """

    key: Key
    one_count: int
    other_count: int
    one: Estimate
    other: Estimate
    difference: Estimate
    p_value: float
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class CompareAnswer:
    """What was compared, strongest evidence first.

    Attributes
    ----------
    differences
        Every share that could be judged; the clear ones come first.
    notes
        ``compare.looked_at``: how many were judged together; ``compare.too_few``: how many were not, as too few
        customers are behind them; ``compare.one_sided``: how many are in one answer alone: the other has nobody
        there, or is a list that was cut off.
    """

    differences: tuple[Difference, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def clear(self) -> tuple[Difference, ...]:
        """The differences that are more than chance; empty is an answer too."""
        return tuple(each for each in self.differences if each.is_clear)

    @property
    def table(self) -> Table:
        """One row a share: ``kind``, ``of`` (its parts), counts, both shares and the difference with intervals."""
        rows = self.differences
        return Table.of(
            {
                "kind": [str(row.key[0]) for row in rows],
                "of": [["" if part is None else str(part) for part in row.key[1:]] for row in rows],
                "one_count": [row.one_count for row in rows],
                "one_n": [row.one.n for row in rows],
                **estimates("one", [row.one for row in rows]),
                "other_count": [row.other_count for row in rows],
                "other_n": [row.other.n for row in rows],
                **estimates("other", [row.other for row in rows]),
                **estimates("difference", [row.difference for row in rows]),
                "p_value": [row.p_value for row in rows],
                "is_clear": [row.is_clear for row in rows],
            }
        )


def compare(log: Lived, question: CompareQuestion, *, executor: Executor | None = None) -> CompareAnswer:
    """Answer what differs most between two answers to one question.

    Every share that both answers have is compared: the test of two proportions, pooled. Where one customer can count
    several times in a share (edges of a flow, sessions, pages), both sizes are divided by the design effect first, as
    Rao and Scott do; it is learned from 24 groups of customers, dealt out by the keys of their ids, each asked the same
    question by itself. A design effect below 1 is taken for 1. Of the p-values those are clear that Benjamini and
    Hochberg's rule keeps.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Both questions, and the rate.
    executor
        What walks the shards side by side; one after another when None.

    Raises
    ------
    StepsRefused

    Notes
    -----
    The two groups are taken for independent. Where customers are in both (two windows, overlapping segments) the test
    finds less than it could. With fewer than ten on a side, or fewer than ten of the rarer outcome in all, nothing is
    judged. A difference is an association; what causes it an experiment must tell.

    Source: R. G. Newcombe (1998), Statistics in Medicine 17 (the interval); J. N. K. Rao, A. J. Scott (1992),
    Biometrics 48 (clustered counts); K. M. Wolter (2007), Introduction to Variance Estimation, 2nd ed., ch. 2 (random
    groups); Y. Benjamini, Y. Hochberg (1995), JRSS B 57.
    """
    everybody = _Fixed(log.paths())
    kind = COMPARED[type(question.one)]
    pair = (question.one, question.other)
    sides = [_Side(kind.of(everybody, each, executor), ()) for each in pair]
    if not kind.is_by_customer(question.one):
        groups = list(_dealt(everybody.paths()))
        sides = [
            _Side(side.shares, tuple(kind.of(group, each, executor) for group in groups))
            for side, each in zip(sides, pair, strict=True)
        ]
    one, other = sides
    keys = dict.fromkeys([*one.shares.successes, *other.shares.successes])
    known = [key for key in keys if one.knows(key, other) and other.knows(key, one)]
    judged = [found for key in known if (found := _judged(key, one, other, _level(question.one) or 0.95))]
    kept = standing_out([each.p_value for each in judged], rate=question.false_discovery_rate)
    told = [
        replace(each, is_clear=is_kept and 0 not in each.difference.interval)
        for each, is_kept in zip(judged, kept, strict=True)
    ]
    told.sort(key=lambda each: (not each.is_clear, each.p_value, -abs(each.difference.value), str(each.key)))
    return CompareAnswer(
        tuple(told),
        notes_with_facts(
            [
                ("compare.looked_at", len(judged)),
                ("compare.too_few", len(known) - len(judged)),
                ("compare.one_sided", len(keys) - len(known)),
            ]
        ),
        Provenance(question, everybody.paths().version, everybody.paths().rows),
    )


def adds_to_side(paths: Paths, question: CompareQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a number of one side: ``side`` is ``one`` or ``other``, the rest is a cell of
    that question's own kind.

    Raises
    ------
    CellRefused
    """
    side = cell.get("side")
    asked: Any = {"one": question.one, "other": question.other}.get(str(side))
    adds = None if asked is None else COMPARED[type(asked)].adds
    if adds is None:
        raise CellRefused(
            f"The comparison has no side {side!r}.", hint="Open the number again from its page."
        )
    return adds(paths, asked, {name: value for name, value in cell.items() if name != "side"})


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Paths that stay the same while several questions are asked of them."""

    _paths: Paths

    def paths(self) -> Paths:
        return self._paths


@dataclass(frozen=True, slots=True)
class _Side:
    """The shares of one answer, and of each group of customers by itself."""

    shares: Shares
    groups: Sequence[Shares]

    def knows(self, key: Key, other: _Side) -> bool:
        """Tell whether this answer says something of a share: where nothing was cut off, also that it is 0."""
        if key in self.shares.successes:
            return True
        return self.shares.is_whole and other.shares.base[key] in self.shares.sizes

    def estimate(self, key: Key, base: Key, level: float) -> tuple[Estimate, float] | None:
        """Return a share with its interval and its design effect; None where its base is empty."""
        n = self.shares.sizes[base]
        successes = self.shares.successes.get(key, 0)
        plain = share(successes, n, level=level)
        if plain is None:
            return None
        groups = [(each.successes.get(key, 0), each.sizes.get(base, 0)) for each in self.groups]
        effect = _design_effect(plain.value, n, groups)
        if effect <= 1:
            return plain, 1.0
        variance = effect * plain.value * (1 - plain.value) / n
        return share_by_variance(plain.value, variance, n, degrees=_GROUPS - 1, level=level), effect


def _design_effect(value: float, n: int, groups: list[tuple[int, int]]) -> float:
    """Return how many times the variance of a share is what it were for independent tries; from random groups.

    With :math:`e_g = x_g - p n_g` the variance is :math:`\\frac{G}{G-1} \\sum e_g^2 / n^2`.
    """
    if not groups or not 0 < value < 1:
        return 1.0
    residuals = np.array([successes - value * size for successes, size in groups])
    variance = len(groups) / (len(groups) - 1) * float(residuals @ residuals) / n**2
    return max(1.0, variance * n / (value * (1 - value)))


def _judged(key: Key, one: _Side, other: _Side, level: float) -> Difference | None:
    """Return a share of both answers, tested; None where too few are behind it."""
    base = one.shares.base.get(key) or other.shares.base[key]
    mine, theirs = one.estimate(key, base, level), other.estimate(key, base, level)
    if mine is None or theirs is None:
        return None
    (here, here_effect), (there, there_effect) = mine, theirs
    counts = one.shares.successes.get(key, 0), other.shares.successes.get(key, 0)
    rarer = min(sum(counts), here.n + there.n - sum(counts))
    sizes = here.n / here_effect, there.n / there_effect
    if min(*sizes, rarer) < FEWEST_FOR_VERDICT:
        return None
    pooled = (here.value * sizes[0] + there.value * sizes[1]) / sum(sizes)
    error = math.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    is_clustered = max(here_effect, there_effect) > 1
    # Welch's degrees of freedom lie between those of one side and of both; the fewer hold what they promise.
    degrees = _GROUPS - 1 if is_clustered else _INDEPENDENT
    p_value = student_p_value((here.value - there.value) / error, degrees)
    return Difference(key, *counts, here, there, difference(here, there), p_value)


def _dealt(paths: Paths) -> Iterator[_Fixed]:
    """Yield the customers in groups, by chance as far as their ids are: the same ones for every question."""
    dealt = [_groups_of(shard.person) for shard in paths.shards]
    for group in range(_GROUPS):
        shards = (
            shard.of(np.flatnonzero(groups == group))
            for shard, groups in zip(paths.shards, dealt, strict=True)
        )
        yield _Fixed(Paths(paths.version, tuple(shard for shard in shards if len(shard.first))))


def _groups_of(persons: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed: NDArray[np.uint64] = (persons * _MIXER) >> np.uint64(33)
    return mixed % np.uint64(_GROUPS)
