"""Customers who walk by known chances, many at once, as paths that no log has to be written for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safar.store.paths import Paths, PathShard

HOUR = 3_600_000_000


@dataclass(frozen=True)
class Lives:
    """Paths without a log."""

    shard: PathShard

    def paths(self) -> Paths:
        return Paths("simulated", (self.shard,))

    def some(self, first: int, end: int) -> Lives:
        """Return these customers alone."""
        return Lives(self.shard.of(slice(first, end)))


def lives(
    rng: np.random.Generator,
    chances: np.ndarray,
    customers: int,
    *,
    paths: int = 1,
    leaning: float = 0.0,
    of: str = "channels",
) -> Lives:
    """Return customers who walk by the chances of a chain.

    Parameters
    ----------
    chances
        Of shape (steps + 1, steps + 2): from a step, or the start in the last row, to a step, a conversion, nothing.
    paths
        A customer walks up to so many paths, one after another, the next one only after a conversion.
    leaning
        Each customer's chance to convert is multiplied by 1 - leaning or 1 + leaning: their paths are alike.
    of
        Steps are ``channels`` of the event ``visit``; or ``events`` of the names ``a``, ``b``, ….
    """
    steps = len(chances) - 1
    table = np.stack([chances, chances])
    for side, factor in enumerate((1 - leaning, 1 + leaning)):
        table[side, :steps, steps] *= factor
        table[side, :steps, steps + 1] += chances[:steps, steps] * (1 - factor)
    edges = table.cumsum(axis=2)
    edges[..., -1] = 1.0
    side = rng.integers(0, 2, customers)
    here = np.full(customers, steps)
    left = np.full(customers, paths)
    who, what = [], []
    walking = np.arange(customers)
    while len(walking):
        draws = rng.random(len(walking))
        target = (draws[:, None] >= edges[side[walking], here[walking]]).sum(axis=1)
        stays = target <= steps
        who.append(walking[stays])
        what.append(target[stays])
        converted = target == steps
        here[walking] = np.where(converted, steps, target)
        left[walking[converted]] -= 1
        walking = walking[stays & (left[walking] > 0)]
    person, step = np.concatenate(who), np.concatenate(what)
    order = np.argsort(person, kind="stable")
    person, step = person[order], step[order]
    bounds = np.searchsorted(person, np.arange(customers + 1)).astype(np.uint32)
    time = (np.arange(len(person)) - bounds[person]).astype(np.int64) * HOUR
    names = tuple("abcdefghijklmnop"[:steps])
    is_paid = (step == steps).astype(np.uint8)
    by_channel = of == "channels"
    shard = PathShard(
        first=bounds[:-1],
        end=bounds[1:],
        time=time,
        code=is_paid if by_channel else step.astype(np.uint8),
        channel_code=(np.where(is_paid, 0, step) if by_channel else np.zeros(len(step))).astype(np.uint8),
        event_names=("visit", "pay") if by_channel else (*names, "pay"),
        channels=names if by_channel else ("web",),
        person=rng.integers(0, 1 << 63, customers).astype(np.uint64),
    )
    return Lives(shard)
