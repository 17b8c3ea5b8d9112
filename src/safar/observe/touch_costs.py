"""What touches cost: recorded as events of their own (`lifecycle.COST_RECORDED`), summed by name and currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.lifecycle import COST_RECORDED

from .touches import BY_CHANNEL, BY_RULE, name_of, numbers_of

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: The property that says what was paid for, where the one that names touches does not.
PAID_FOR = "channel"

#: What was paid, by name and currency.
Costs = dict[tuple[str, str], float]


def costs_of_shard(shard: PathShard, by: str, since: int, until: int) -> Costs:
    """Return the costs recorded in ``since <= time < until``, in whole units of their currencies.

    A cost without a name, a number or a currency is none.
    """
    is_cost = shard.codes_in(COST_RECORDED)
    found: Costs = defaultdict(float)
    if not is_cost.any():
        return found
    rows = _rows_of(shard, np.flatnonzero(is_cost[shard.code]))
    rows = rows[(shard.time[rows] >= since) & (shard.time[rows] < until)]
    if not len(rows):
        return found
    columns = [shard.rows.column(name) for name in ([] if by in {BY_CHANNEL, BY_RULE} else [by])]
    columns.append(shard.rows.column(PAID_FOR))
    amounts, currencies = shard.rows.column("@amount"), shard.rows.column("@currency")
    paid = numbers_of(amounts)[amounts.codes[rows]]
    for row, amount in zip(rows.tolist(), paid.tolist(), strict=True):
        told = [name_of(column.values[int(column.codes[row])]) for column in columns]
        if by == BY_CHANNEL:
            told.append(shard.channels[int(shard.channel_code[row])])
        name = next((each for each in told if each), None)
        currency = name_of(currencies.values[int(currencies.codes[row])])
        if name and currency and not isnan(amount):
            found[name, currency] += amount
    return found


def added(parts: Sequence[Costs]) -> Costs:
    """Return the costs of all parts."""
    found: Costs = defaultdict(float)
    for part in parts:
        for key, amount in part.items():
            found[key] += amount
    return dict(found)


def _rows_of(shard: PathShard, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those rows that belong to persons of the shard."""
    order = np.argsort(shard.first, kind="stable")
    firsts, ends = shard.first[order], shard.end[order]
    spots = np.searchsorted(firsts, rows, side="right") - 1
    return rows[(spots >= 0) & (rows < ends[np.maximum(spots, 0)])] if len(firsts) else rows[:0]
