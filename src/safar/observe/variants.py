"""Variants: which whole paths customers take, and how many of all paths the most frequent ones cover."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

from .steps import NO_STEP, StepRule
from .walk import Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard


class VariantsRefused(Refusal, ValueError):
    """The question about variants cannot be answered."""

    code = "variants.refused"


@dataclass(frozen=True, slots=True)
class VariantsQuestion:
    """Which whole paths are the most frequent?

    Parameters
    ----------
    most
        How many to return, most frequent first.
    steps
        What counts as a step; each event name by itself when empty.
    window
        Only events in this stretch of time; all of them when None.
    pause
        A path ends after so long without a step; a customer has one path when None.
    collapse_repeats
        A step that repeats at once counts once: ``visit > visit > pay`` is ``visit > pay``.
    """

    most: int = 50
    steps: tuple[StepRule, ...] = ()
    window: Window | None = None
    pause: timedelta | None = field(default=None, kw_only=True)
    collapse_repeats: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.most < 1:
            raise VariantsRefused(f"{self.most} variants are none.", hint="Ask for at least one.")
        checked_pause(self.pause)


@dataclass(frozen=True, slots=True)
class Variant:
    """One whole path that was taken.

    Attributes
    ----------
    steps
        Names, in order.
    count
        How many paths are exactly this one.
    share, coverage
        Of all paths: this variant; this one and all more frequent ones.
    """

    steps: tuple[str, ...]
    count: int
    share: float
    coverage: float


@dataclass(frozen=True, slots=True)
class VariantsAnswer:
    """The most frequent variants.

    Attributes
    ----------
    variants
        Most frequent first; of equally frequent ones the one with fewer steps, then by name.
    different, paths
        How many variants there are in all, and how many paths.
    """

    variants: tuple[Variant, ...]
    different: int
    paths: int
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class KeyedPaths:
    """The different paths of a shard: key, how often, and the rows of one that took it."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    first: NDArray[np.uint32]
    end: NDArray[np.uint32]


def variants_of_shard(shard: PathShard, walk: Walk, *, collapse: bool) -> KeyedPaths:
    """Count the different paths of one shard."""
    from .variant_kernels import count_keys, key_paths  # noqa: PLC0415 - compiled code only when needed

    most = len(shard.time) if walk.pause else len(shard.first)
    keys, first, end = np.empty(most, np.uint64), np.empty(most, np.uint32), np.empty(most, np.uint32)
    found = key_paths(*walk.over(shard), collapse, keys, first, end)  # type: ignore[call-arg]
    example, counts = np.empty(found, np.int64), np.empty(found, np.int64)
    different = count_keys(keys[:found], example, counts)
    places = example[:different]
    return KeyedPaths(keys[places], counts[:different].copy(), first[places], end[places])


def variants(log: Log, question: VariantsQuestion, *, executor: Executor | None = None) -> VariantsAnswer:
    """Answer which whole paths are the most frequent, and how much of all they cover.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        How many, and what a step is.
    executor
        What walks the shards side by side; one after another when None.

    Raises
    ------
    StepsRefused

    Notes
    -----
    Steps at one instant follow each other in the order of arrival. Paths are told apart by 64-bit keys.
    """
    paths = log.paths()
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause)
    work = partial(variants_of_shard, walk=walk, collapse=question.collapse_repeats)
    each = list(mapped(executor, work, paths.shards))
    _, example, group = np.unique(
        np.concatenate([np.zeros(0, np.uint64), *(part.keys for part in each)]),
        return_index=True,
        return_inverse=True,
    )
    counts = np.concatenate([np.zeros(0, np.int64), *(part.counts for part in each)])
    totals = np.zeros(len(example), np.int64)
    np.add.at(totals, group, counts)
    total = int(totals.sum())
    # Groups are in the order of their keys, the same however the log is split: so are the ones that just miss the list.
    chosen = np.argsort(-totals, kind="stable")[: question.most]
    bounds = np.cumsum([0, *(len(part.keys) for part in each)])
    taken = []
    for group_number in chosen.tolist():
        place = int(example[group_number])
        shard = int(np.searchsorted(bounds, place, side="right")) - 1
        steps = _steps_of(paths.shards[shard], each[shard], place - int(bounds[shard]), walk, question)
        taken.append((steps, int(totals[group_number])))
    taken.sort(key=lambda variant: (-variant[1], len(variant[0]), variant[0]))
    found, covered = [], 0
    for steps, count in taken:
        covered += count
        found.append(Variant(steps, count, count / total, covered / total))
    read = sum(len(shard.time) for shard in paths.shards)
    return VariantsAnswer(tuple(found), len(totals), total, Provenance(question, paths.version, read))


def _steps_of(
    shard: PathShard, part: KeyedPaths, place: int, walk: Walk, question: VariantsQuestion
) -> tuple[str, ...]:
    """Return the names of the steps of one path, read from the rows it was found in."""
    codes, table = walk.steps.codes(shard)
    rows = slice(int(part.first[place]), int(part.end[place]))
    numbers = [number for number in table[codes[rows]].tolist() if number != NO_STEP]
    if question.collapse_repeats:
        numbers = [number for number, _ in groupby(numbers)]
    return tuple(walk.steps.names[number] for number in numbers)
