"""The flat walk of the funnel: it finds what the walk along one path after the other finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safar.observe.among import Among
from safar.observe.funnel import FunnelOrder, FunnelQuestion
from safar.observe.funnel_walks import (
    EXCLUDED,
    SEEN,
    FunnelPart,
    flat_walk,
    path_by_path,
    single_steps,
    walk_of_shard,
)
from safar.observe.steps import StepRule, jointly_marked
from safar.observe.stretch_kernels import STRETCH
from safar.store.paths import PathShard
from safar.vocabulary.window import Window

NAMES = ("a", "b", "c", "d", "e", "f")
BEGAN = datetime(2026, 3, 21, tzinfo=UTC)
A, B, C, D = (StepRule(name, (name,)) for name in NAMES[:4])
ASKED = FunnelQuestion((A, B, C), timedelta(minutes=5))


def a_shard(seed: int, persons: int, most: int) -> PathShard:
    """Return a shard of persons with up to so many events within an hour, some of them at one instant."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, most + 1, persons)
    end = np.cumsum(size).astype(np.uint32)
    second = rng.integers(0, 3_600, end[-1])
    order = np.lexsort((second, np.repeat(np.arange(persons), size)))
    return PathShard(
        end - size.astype(np.uint32),
        end,
        (second[order] + int(BEGAN.timestamp())) * 1_000_000,
        rng.integers(0, len(NAMES), end[-1]).astype(np.uint8),
        np.zeros(end[-1], np.uint8),
        NAMES,
        ("web",),
        np.arange(persons, dtype=np.uint64),
    )


def both(shard: PathShard, question: FunnelQuestion) -> tuple[FunnelPart, FunnelPart]:
    rules = [(None, SEEN), *((rule, 1 << place) for place, rule in enumerate(question.steps))]
    rules += [(rule, EXCLUDED) for rule in question.exclusions]
    joint, matches = jointly_marked(shard, rules, question.among.seen)
    table = single_steps(matches, len(question.steps))
    assert table is not None
    return flat_walk(shard, question, joint, table), path_by_path(shard, question, joint, matches, None, None)


def told(part: FunnelPart) -> tuple[object, ...]:
    """Return what a part says, times in order of size."""
    times = sorted(zip(part.times.level.tolist(), *part.times.times.tolist(), strict=True))
    return part.keys, part.reached.tolist(), times, dict(part.lost_to)


@given(
    seed=st.integers(0, 999),
    persons=st.sampled_from([1, 5, 900]),
    most=st.sampled_from([1, 9, 60]),
    within=st.sampled_from([1, 300, 7_200]),
    window=st.sampled_from([None, (600, 3_000)]),
    pause=st.sampled_from([None, 60]),
    first_only=st.booleans(),
    exclusions=st.sampled_from([(), (D,), (StepRule("b or e", ("b", "e")),)]),
    without=st.sampled_from([(), ("f",)]),
    gap=st.booleans(),
)
@example(
    seed=1, persons=1, most=5 * STRETCH, within=60, window=None, pause=None, first_only=False, exclusions=(),
    without=(), gap=False,
)  # fmt: skip
def test_the_flat_walk_finds_what_is_found_path_by_path(
    seed, persons, most, within, window, pause, first_only, exclusions, without, gap
) -> None:
    question = FunnelQuestion(
        (A, B, C),
        timedelta(seconds=within),
        window=window and Window(*(BEGAN + timedelta(seconds=edge) for edge in window)),
        pause=pause and timedelta(seconds=pause),
        first_only=first_only,
        exclusions=exclusions,
        among=Among(without=without),
    )
    shard = a_shard(seed, persons, most)
    if gap:
        shard = shard.of(np.arange(persons) % 3 != 1)
    flat, slow = both(shard, question)
    assert told(flat) == told(slow)


@pytest.mark.parametrize(
    "changes",
    [{"order": FunnelOrder.STRICT}, {"order": FunnelOrder.UNORDERED}, {"steps": (A, B, A)}],
    ids=["strict", "unordered", "one event, two steps"],
)
def test_what_the_flat_walk_cannot_answer_it_is_not_asked(changes: dict[str, object]) -> None:
    """These end elsewhere than the same steps in order do, so whoever walked them must have known of it."""
    shard = a_shard(3, 50, 20)
    usual = walk_of_shard(shard, ASKED, None, None)
    found = walk_of_shard(shard, replace(ASKED, **changes), None, None)
    assert told(usual) == told(both(shard, ASKED)[1])
    assert found.reached.tolist() != usual.reached.tolist()
