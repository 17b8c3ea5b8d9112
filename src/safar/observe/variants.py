"""Variants: which whole paths customers take, and how many of all paths the most frequent ones cover."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table
from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, CellRefused
from .steps import NO_STEP, StepRule
from .walk import Lived, Walk, checked_pause, mapped, pieces

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard


_ONCE: Final = np.zeros(0, np.int64)


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
    among
        Among whom and what to look; see `Among`.
    """

    most: int = 50
    steps: tuple[StepRule, ...] = ()
    window: Window | None = None
    pause: timedelta | None = field(default=None, kw_only=True)
    collapse_repeats: bool = field(default=False, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

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

    @property
    def key(self) -> str:
        """The names of the steps as JSON: what `adds_to_variant` knows the variant by."""
        return json.dumps(self.steps, ensure_ascii=False, separators=(",", ":"))


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

    @property
    def table(self) -> Table:
        """One row a variant: ``steps`` (a list), ``count``, ``share``, ``coverage``."""
        return Table.of(
            {
                name: [getattr(variant, name) for variant in self.variants]
                for name in ("steps", "count", "share", "coverage")
            }
        )


@dataclass(frozen=True, slots=True)
class KeyedPaths:
    """The different paths of a shard: key, how often, and the rows of one that took it."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    first: NDArray[np.uint32]
    end: NDArray[np.uint32]

    @classmethod
    def of(cls, keys: NDArray[np.uint64], first: NDArray[np.uint32], end: NDArray[np.uint32]) -> Self:
        """Return the different ones of keyed paths."""
        different, counts, example = _counted(keys, _ONCE)
        return cls(different, counts, first[example], end[example])


def variants_of_shard(shard: PathShard, walk: Walk, *, collapse: bool) -> KeyedPaths:
    """Count the different paths of one shard."""
    from .variant_kernels import key_paths  # noqa: PLC0415 - compiled code only when needed

    most = shard.events if walk.pause else len(shard.first)
    keys, first, end = np.empty(most, np.uint64), np.empty(most, np.uint32), np.empty(most, np.uint32)
    found = key_paths(*walk.over(shard), collapse, keys, first, end)  # type: ignore[call-arg]
    return KeyedPaths.of(keys[:found], first, end)


def most_frequent(each: Sequence[KeyedPaths], most: int) -> tuple[list[tuple[int, int, int]], int, int]:
    """Return the most frequent of several shards' paths, how many different ones there are, and how many in all.

    Each is told by the number of a shard that has an example, the example's place there, and how often it is in all.
    Of equally frequent ones those of smaller keys are taken, however the log is split.
    """
    keys, totals, example = _counted(
        np.concatenate([np.zeros(0, np.uint64), *(part.keys for part in each)]),
        np.concatenate([np.zeros(0, np.int64), *(part.counts for part in each)]),
    )
    chosen = np.arange(len(totals))
    if len(totals) > most:
        least = np.partition(totals, len(totals) - most)[len(totals) - most]
        above, equal = np.flatnonzero(totals > least), np.flatnonzero(totals == least)
        left = most - len(above)
        if left < len(equal):
            equal = equal[np.argpartition(keys[equal], left)[:left]]
        chosen = np.concatenate([above, equal])
    bounds = np.cumsum([0, *(len(part.keys) for part in each)])
    found = []
    for key in chosen[np.lexsort((keys[chosen], -totals[chosen]))].tolist():
        place = int(example[key])
        shard = int(np.searchsorted(bounds, place, side="right")) - 1
        found.append((shard, place - int(bounds[shard]), int(totals[key])))
    return found, len(totals), int(totals.sum())


def _counted(
    keys: NDArray[np.uint64], weights: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the different keys, how often each occurs (``weights`` times, once where empty), and where it does."""
    from .variant_kernels import count_keys  # noqa: PLC0415 - compiled code only when needed

    different = np.empty(len(keys), np.uint64)
    counts, example = np.empty(len(keys), np.int64), np.empty(len(keys), np.int64)
    found = count_keys(keys, weights, different, counts, example)
    return different[:found].copy(), counts[:found].copy(), example[:found].copy()


def variants(log: Lived, question: VariantsQuestion, *, executor: Executor | None = None) -> VariantsAnswer:
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
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause, question.among)
    work = partial(variants_of_shard, walk=walk, collapse=question.collapse_repeats)
    shards = pieces(executor, paths.shards)
    each = list(mapped(executor, work, shards))
    chosen, different, total = most_frequent(each, question.most)
    coded = {shard: walk.steps.codes(shards[shard], walk.among.seen) for shard, _, _ in chosen}
    taken = []
    for shard, place, count in chosen:
        codes, table = coded[shard]
        numbers = table[codes[int(each[shard].first[place]) : int(each[shard].end[place])]].tolist()
        taken.append((_named(numbers, walk.steps.names, collapse=question.collapse_repeats), count))
    taken.sort(key=lambda variant: (-variant[1], len(variant[0]), variant[0]))
    found, covered = [], 0
    for steps, count in taken:
        covered += count
        found.append(Variant(steps, count, count / total, covered / total))
    return VariantsAnswer(tuple(found), different, total, Provenance(question, paths.version, paths.rows))


def adds_to_variant(paths: Paths, question: VariantsQuestion, cell: Cell) -> Adds:
    """Return whether persons have a path of a variant: ``variant``, its key.

    Raises
    ------
    CellRefused
    """
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause, question.among)
    places = {name: place for place, name in enumerate(walk.steps.names)}
    try:
        numbers = [places[name] for name in json.loads(str(cell.get("variant")))]
    except (ValueError, TypeError, KeyError):
        numbers = []
    if not numbers:
        raise CellRefused(
            f"The answer has no variant {cell.get('variant')!r}.", hint="Open the number again from its page."
        )
    key = key_of(numbers)
    return lambda shard: key in variants_of_shard(shard, walk, collapse=question.collapse_repeats).keys


def key_of(numbers: list[int]) -> int:
    """Return the key of a path of steps of these numbers."""
    from .variant_kernels import key_paths  # noqa: PLC0415 - compiled code only when needed

    keys, first, end = np.empty(1, np.uint64), np.zeros(1, np.uint32), np.full(1, len(numbers), np.uint32)
    code, table = np.arange(len(numbers), dtype=np.uint32), np.array(numbers, np.int32)
    time = np.zeros(len(numbers), np.int64)
    key_paths(first, end, time, code, table, *Walk.bounds(None, None), False, keys, first.copy(), end.copy())
    return int(keys[0])


def _named(numbers: list[int], names: tuple[str, ...], *, collapse: bool) -> tuple[str, ...]:
    """Return the names of the steps of one path."""
    steps = [number for number in numbers if number != NO_STEP]
    if collapse:
        steps = [number for number, _ in groupby(steps)]
    return tuple(names[number] for number in steps)
