"""What somebody had lived through shortly before an instant: experiences as columns of 0 and 1."""

from __future__ import annotations

from concurrent.futures import Executor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.observe.among import EVERYBODY, Among
from safar.observe.steps import StepRule, marked
from safar.observe.walk import mapped

from .columns import Floats
from .occasions import ByPerson, owned

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

_MICROSECOND: Final = timedelta(microseconds=1)


def lived_before(
    paths: Paths,
    rules: tuple[StepRule, ...],
    person: NDArray[np.uint64],
    time: NDArray[np.int64],
    *,
    within: timedelta,
    among: Among = EVERYBODY,
    executor: Executor | None = None,
) -> dict[str, Floats]:
    """Return by rule whether each person had such an event at most so long before an instant, or at it: 1 or 0.

    Parameters
    ----------
    paths
        Of the log.
    rules
        What shows each experience.
    person, time
        Keys of persons, and microseconds UTC, row by row.
    within
        At most so long before counts.
    among
        Whose events, and which.
    executor
        What walks the shards side by side.
    """
    since = time - within // _MICROSECOND
    shown = list(mapped(executor, partial(_shown, rules=rules, among=among), paths.shards))
    found: dict[str, Floats] = {}
    for place, rule in enumerate(rules):
        there = ByPerson.of(
            np.concatenate([part[place][0] for part in shown] or [np.zeros(0, np.uint64)]),
            np.concatenate([part[place][1] for part in shown] or [np.zeros(0, np.int64)]),
        )
        _, before = there.up_to(person, since, itself=False)
        _, now = there.up_to(person, time, itself=True)
        found[rule.name] = (now > before).astype(np.float64)
    return found


def _shown(
    shard: PathShard, *, rules: tuple[StepRule, ...], among: Among
) -> list[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Return of each rule whose events it takes, and when they were."""
    if not rules:
        return []
    shard = among.of(shard)
    codes, table = marked(shard, [(rule, 1 << place) for place, rule in enumerate(rules)], among.seen)
    rows, owner = owned(shard, table[codes] != 0)
    bits = table[codes[rows]]
    found = []
    for place in range(len(rules)):
        mine = (bits & (1 << place)) != 0
        found.append((shard.person[owner[mine]], shard.time[rows[mine]]))
    return found
