"""The flat walk of attribution: it finds what the walk backwards along one person after the other finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from safar.observe import attribution_walk
from safar.observe.attribution_question import AttributionQuestion, Model
from safar.observe.attribution_walk import Credits, TouchWalk, credits_of_shard
from safar.observe.steps import StepRule
from safar.observe.stretch_kernels import STRETCH
from safar.store.paths import Paths, PathShard

NAMES = ("buy", "look", "read", "costs.recorded")
CHANNELS = ("ad", "mail", "", "shop")
BEGAN = datetime(2026, 3, 21, tzinfo=UTC)
BUY = StepRule("buy", ("buy",))
WALKED = (Model.FIRST, Model.LINEAR, Model.DECAY, Model.MARKOV)


def a_shard(seed: int, persons: int, most: int, *, whole: bool) -> PathShard:
    """Return a shard of persons with up to so many events within a day; of a whole one all are touches or purchases."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, most + 1, persons)
    end = np.cumsum(size).astype(np.uint32)
    second = rng.integers(0, 86_400, end[-1])
    order = np.lexsort((second, np.repeat(np.arange(persons), size)))
    names, channels = (NAMES[:3], CHANNELS[:2]) if whole else (NAMES, CHANNELS)
    return PathShard(
        end - size.astype(np.uint32),
        end,
        (second[order] + int(BEGAN.timestamp())) * 1_000_000,
        rng.integers(0, len(names), end[-1]).astype(np.uint8),
        rng.integers(0, len(channels), end[-1]).astype(np.uint8),
        names,
        channels,
        rng.integers(0, 1 << 62, persons).astype(np.uint64),
    )


def told(found: Credits) -> list[object]:
    arrays = (found.edges, found.credit.round(9), found.worth.round(9), found.customers, found.tallies)
    return [array.tolist() for array in arrays]


@given(
    seed=st.integers(0, 999),
    persons=st.sampled_from([1, 6, 700]),
    most=st.sampled_from([1, 8, 40]),
    lookback=st.sampled_from([60, 3_600, 20_000, 10**6]),
    models=st.sampled_from([WALKED, (Model.MARKOV,)]),
    touches=st.sampled_from([(), (StepRule("look", ("look",)),)]),
    whole=st.booleans(),
    gap=st.booleans(),
)
@example(
    seed=1, persons=1, most=9 * STRETCH, lookback=60, models=WALKED, touches=(), whole=True, gap=False
)  # fmt: skip
@example(
    seed=2, persons=2, most=9 * STRETCH, lookback=10**6, models=WALKED, touches=(), whole=False, gap=False
)  # fmt: skip
def test_the_flat_walk_finds_what_is_found_person_by_person(
    seed, persons, most, lookback, models, touches, whole, gap
) -> None:
    shard = a_shard(seed, persons, most, whole=whole)
    if gap and persons > 1:
        shard = shard.of(np.arange(persons) % 50 != 1)
    question = AttributionQuestion(
        BUY, touches=touches, lookback=timedelta(seconds=lookback), value=None, models=models
    )
    walk = TouchWalk.of(Paths("1", (shard,)), question)
    flat = credits_of_shard(shard, walk)
    usual, attribution_walk._is_usual = attribution_walk._is_usual, lambda *_: False
    try:
        slow = credits_of_shard(shard, walk)
    finally:
        attribution_walk._is_usual = usual
    assert told(flat) == told(slow)
    assert usual(shard, walk) or gap
    assert not usual(shard, replace(walk, question=replace(question, joined=timedelta(seconds=1))))
