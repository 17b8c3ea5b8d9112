"""Whom a rule finds: how many customers and events a step would be bound to, while its rule is being written."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from safar.observe.steps import NO_STEP, StepRule, Steps
from safar.observe.walk import Lived, mapped
from safar.store.paths import PathShard


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a rule finds in the whole log.

    Attributes
    ----------
    customers
        With at least one such event.
    events
        Those that the rule takes.
    of_events, of_customers
        All of the log.
    """

    customers: int
    events: int
    of_customers: int
    of_events: int


def reach(log: Lived, rule: StepRule, *, executor: Executor | None = None) -> Reach:
    """Answer how many customers and events a step rule takes, over all of the log.

    Parameters
    ----------
    log
        Whose paths are looked through.
    rule
        See `safar.observe.rule_text.rule_of`.
    executor
        What looks through the shards side by side; one after another when None.
    """
    paths = log.paths()
    found = list(mapped(executor, partial(_of_shard, rule=rule), paths.shards))
    customers, events, of_customers, of_events = (sum(each) for each in zip((0,) * 4, *found, strict=True))
    return Reach(customers, events, of_customers, of_events)


def _of_shard(shard: PathShard, rule: StepRule) -> tuple[int, int, int, int]:
    codes, table = Steps.of([shard], [rule]).codes(shard)
    taken = np.concatenate([[0], np.cumsum(table[codes] != NO_STEP, dtype=np.int64)])
    of_person = taken[shard.end] - taken[shard.first]
    return int(np.count_nonzero(of_person)), int(of_person.sum()), len(shard.first), shard.events
