"""Touchpoints: by which channels customers are at each step of a journey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .steps import NO_STEP, StepRule, Steps
from .walk import Walk, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

Touchpoints = tuple[tuple[str, int], ...]


def touchpoints(
    paths: Paths,
    steps: Sequence[StepRule],
    window: Window | None = None,
    *,
    among: Among = EVERYBODY,
    executor: Executor | None = None,
) -> tuple[Touchpoints, ...]:
    """Return for each step its events by channel, the most frequent first; of equal ones by name.

    Parameters
    ----------
    paths
        Everybody's.
    steps
        An event that two rules take belongs to the first of them.
    window
        Only events in this stretch of time; all of them when None.
    among
        Among whom and what to look.
    executor
        What walks the shards side by side; one after another when None.
    """
    work = partial(_of_shard, steps=Steps.of(paths.shards, steps), window=window, among=among)
    found = Counter[tuple[int, str]]()
    for part in mapped(executor, work, paths.shards):
        found.update(part)
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return tuple(
        tuple((channel, count) for (step, channel), count in ordered if step == place)
        for place in range(len(steps))
    )


def _of_shard(
    shard: PathShard, steps: Steps, window: Window | None, among: Among
) -> Counter[tuple[int, str]]:
    from .touchpoint_kernels import count_codes  # noqa: PLC0415 - compiled code only when needed

    shard = among.of(shard)
    codes, table, channels = steps.codes_by_channel(shard, among.seen)
    counts = np.zeros(len(table), np.int64)
    count_codes(shard.first, shard.end, shard.time, codes, *Walk.bounds(window, None)[:2], counts)
    found = Counter[tuple[int, str]]()
    for code in np.flatnonzero((counts > 0) & (table != NO_STEP)).tolist():
        found[int(table[code]), shard.channels[int(channels[code])]] += int(counts[code])
    return found
