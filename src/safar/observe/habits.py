"""Habits: how often each customer does each of some things, one row a customer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table
from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .steps import StepRule, marked
from .walk import Lived, Walk, mapped

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: A rule is one bit of a mark.
MOST_RULES: Final = 60
_HASHES: Final = 1 << 64


class HabitsRefused(Refusal, ValueError):
    """There is nothing to count, too much of it, or two things have one name."""

    code = "habits.refused"


@dataclass(frozen=True, slots=True)
class HabitsQuestion:
    """How often does each customer do each of these things?

    Parameters
    ----------
    rules
        What is counted: 1 to 60 rules of different names. An event counts for every rule that takes it.
    window
        Only in this stretch of time; ever, when None.
    most
        Of more customers about so many are drawn: by a hash of their ids, so the same ones every time and in every
        version of the log.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    HabitsRefused
    """

    rules: tuple[StepRule, ...]
    window: Window | None = None
    most: int = field(default=10_000, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.rules]
        if not 0 < len(names) <= MOST_RULES or len(set(names)) < len(names) or self.most < 1:
            raise HabitsRefused(
                f"{len(names)} things of {len(set(names))} names cannot be counted of {self.most} customers.",
                hint=f"Give 1 to {MOST_RULES} rules of different names, and at least one customer.",
            )


@dataclass(frozen=True, slots=True)
class Habits:
    """What was counted.

    Attributes
    ----------
    names
        Of the rules, in their order.
    person
        ``uint64`` of shape (customers,): the keys of those drawn, ascending (`Log.ids_of` tells the ids).
    counts
        ``int64`` of shape (customers, rules).
    customers
        How many there are, drawn or not.
    """

    names: tuple[str, ...]
    person: NDArray[np.uint64]
    counts: NDArray[np.int64]
    customers: int
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a customer: ``person``, and a column a rule."""
        columns = {name: self.counts[:, place] for place, name in enumerate(self.names)}
        return Table.of({"person": self.person, **columns})


def habits(lived: Lived, question: HabitsQuestion, *, executor: Executor | None = None) -> Habits:
    """Count what each customer does, of a sample where there are many."""
    paths = lived.paths()
    within = [question.among.of(shard) for shard in paths.shards]
    customers = sum(len(shard.first) for shard in within)
    drawn = [_drawn(shard, question.most / max(customers, 1)) for shard in within]
    since, until, _ = Walk.bounds(question.window, None)
    work = partial(_counted, question=question, since=since, until=until)
    parts = list(mapped(executor, work, drawn))
    person = np.concatenate([np.zeros(0, np.uint64), *(keys for keys, _ in parts)])
    counts = np.concatenate([np.zeros((0, len(question.rules)), np.int64), *(each for _, each in parts)])
    order = np.argsort(person)
    return Habits(
        tuple(rule.name for rule in question.rules),
        person[order],
        counts[order],
        customers,
        Provenance(question, paths.version, sum(shard.events for shard in drawn)),
    )


def _drawn(shard: PathShard, share: float) -> PathShard:
    """Return about a share of the shard's persons: those with the lowest keys, which are hashes."""
    return shard if share >= 1 else shard.of(shard.person < np.uint64(int(share * _HASHES)))


def _counted(
    shard: PathShard, *, question: HabitsQuestion, since: int, until: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    from .habits_kernels import count_marks  # noqa: PLC0415 - compiled code only when needed

    counts = np.zeros((len(shard.first), len(question.rules)), np.int64)
    rules: Sequence[tuple[StepRule | None, int]] = [
        (rule, 1 << bit) for bit, rule in enumerate(question.rules)
    ]
    codes, marks = marked(shard, rules, question.among.seen)
    count_marks(shard.first, shard.end, shard.time, codes, marks, since, until, counts)
    return shard.person, counts
