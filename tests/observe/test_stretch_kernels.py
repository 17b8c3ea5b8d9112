"""Steps read where they lie: the same as those that are copied together because not everything may be seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from safar.observe.session_kernels import DEPTHS, TOTALS, walk_sessions
from safar.observe.span_kernels import SPAN_BINS
from safar.observe.spans import bin_splits
from safar.observe.stretch_kernels import NEVER, STATE, STRETCH, is_bare, next_stretch

PAUSE = 50
_STEPS = 3
_NONE = np.zeros(0, np.int64)
#: Persons by how many events they have; some fill a stretch to its last place or go on in the next ones.
_SIZES = st.lists(
    st.one_of(st.integers(1, 12), st.sampled_from([STRETCH - 1, STRETCH, STRETCH + 1, 5_000])),
    min_size=1,
    max_size=40,
)


def _arguments(sizes: list[int], seed: int, since: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    end = np.cumsum(sizes).astype(np.uint32)
    first = (end - sizes).astype(np.uint32)
    # Mostly far below the pause: a session may be longer than a stretch.
    gaps = rng.choice([0, 1, PAUSE, PAUSE + 1], int(end[-1]), p=[0.3, 0.6, 0.05, 0.05])
    time = np.concatenate([1_000_000 + np.cumsum(each) for each in np.split(gaps, end[:-1])]).astype(np.int64)
    code = rng.integers(0, _STEPS, len(time)).astype(np.uint8)
    return first, end, time, code, np.array([2, 0, 1], np.int32), since, -NEVER, PAUSE, _NONE


def _stretches(sizes: list[int], seed: int, since: int) -> list[np.ndarray]:
    step, at = np.empty(STRETCH, np.int32), np.empty(STRETCH, np.int64)
    mark, state = np.empty(STRETCH, np.uint8), np.zeros(STATE, np.int64)
    row, arguments, found = np.empty(STRETCH, np.uint32), _arguments(sizes, seed, since), []
    while count := next_stretch(*arguments, state, step, at, mark, row, _NONE):
        found.append(np.stack([each[:count].astype(np.int64) for each in (step, at, mark, row)]))
    return [np.concatenate(found, axis=1)]


def _sessions(sizes: list[int], seed: int, since: int) -> list[np.ndarray]:
    totals, ends = np.zeros(TOTALS, np.int64), np.zeros((_STEPS, 3), np.int64)
    depths, bins = np.zeros(DEPTHS + 1, np.int64), np.zeros(2 * SPAN_BINS, np.int64)
    kept, deep = np.empty(sum(sizes) + 1, np.int64), np.empty(sum(sizes) // DEPTHS + 1, np.int64)
    bounds = np.array([1, 3, 10, 100])
    count, deeper = walk_sessions(
        *_arguments(sizes, seed, since), bounds, bin_splits(), totals, ends, depths, bins, kept, deep
    )
    return [totals, ends, depths, bins, kept[:count], deep[:deeper]]


@given(sizes=_SIZES, seed=st.integers(0, 99))
@example(sizes=[STRETCH] * 3, seed=0)
def test_what_is_read_in_place_is_what_is_copied(sizes: list[int], seed: int) -> None:
    first, end, _, _, table, *_ = _arguments(sizes, seed, NEVER)
    assert is_bare(first, end, table, NEVER, -NEVER)
    # A bound of time that leaves nothing out has everything copied all the same.
    assert not is_bare(first, end, table, NEVER + 1, -NEVER)
    for work in (_stretches, _sessions):
        for in_place, copied in zip(work(sizes, seed, NEVER), work(sizes, seed, NEVER + 1), strict=True):
            np.testing.assert_array_equal(in_place, copied)


def test_persons_apart_are_not_read_in_place() -> None:
    table = np.zeros(1, np.int32)
    first, end = np.array([0, 5], np.uint32), np.array([4, 9], np.uint32)
    assert not is_bare(first, end, table, NEVER, -NEVER)
    assert is_bare(first, np.array([5, 9], np.uint32), table, NEVER, -NEVER)
    assert not is_bare(first[:0], end[:0], table, NEVER, -NEVER)
    assert not is_bare(first, np.array([5, 9], np.uint32), np.full(1, -1, np.int32), NEVER, -NEVER)
