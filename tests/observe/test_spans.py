"""Exact quantiles: by bins, and by brackets guessed from a sample and proven."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.observe.span_kernels import SPAN_BINS, bin_edges
from safar.observe.spans import Brackets, Sought, TimeBin, quantiles_of, time_bins

LENGTHS = st.one_of(st.integers(0, 5), st.integers(0, 10**6), st.integers(0, 10**14))


def bin_of(lengths: np.ndarray) -> np.ndarray:
    return np.searchsorted(bin_edges(), lengths, side="right") - 1


def exactly(lengths: np.ndarray) -> tuple[timedelta, ...]:
    return tuple(timedelta(microseconds=round(each)) for each in np.quantile(lengths, [0.5, 0.9]).tolist())


@given(groups=st.lists(st.lists(LENGTHS, min_size=1, max_size=60), min_size=1, max_size=4))
def test_bins_and_brackets_agree_with_sorting(groups: list[list[int]]) -> None:
    every = [np.array(group, np.int64) for group in groups]
    bins = np.stack([np.bincount(bin_of(each), minlength=SPAN_BINS) for each in every])
    expected = [exactly(each) for each in every]
    sought = Sought.of(bins, (0.5, 0.9))
    flat = [(place * SPAN_BINS + bin_of(each), each) for place, each in enumerate(every)]
    slots = [(sought.slot_of_bin[spots], each) for spots, each in flat]
    assert sought.read([(slot[slot >= 0], each[slot >= 0]) for slot, each in slots]) == expected
    # every third length is the sample
    sampled = np.stack([np.bincount(bin_of(each[::3]), minlength=SPAN_BINS) for each in every])
    bounds = Brackets.guessed(sampled, (0.5, 0.9)).bounds.reshape(-1, 4)
    assert (np.diff(bounds, axis=1) >= 0).all()
    reached = [(each[:, None] >= bounds[place]).sum(axis=1) for place, each in enumerate(every)]
    tally = np.stack([np.bincount(each, minlength=5) for each in reached])
    np.testing.assert_array_equal(Brackets(bounds.reshape(-1)).tallied(bins), tally)
    kept = [
        (np.full((inside % 2).sum(), place, np.int32), each[inside % 2 == 1])
        for place, (inside, each) in enumerate(zip(reached, every, strict=True))
    ]
    found = Brackets(bounds.reshape(-1)).read(tally, kept, (0.5, 0.9))
    assert all(each in (None, exact) for each, exact in zip(found, expected, strict=True))
    assert all(each is not None for each, group in zip(found, groups, strict=True) if len(group) < 12)


def test_a_wrong_guess_is_not_believed() -> None:
    bins = np.zeros((1, SPAN_BINS), np.int64)
    bins[0, bin_of(np.array([1_000]))] = 10_000
    brackets = Brackets.guessed(bins, (0.5, 0.9))
    assert brackets.read(np.array([[0, 0, 0, 0, 7]]), [], (0.5, 0.9)) == [None]
    assert brackets.read(np.array([[0, 0, 0, 0, 0]]), [], (0.5, 0.9)) == [None]


def test_bins_have_the_edges_that_the_loops_use() -> None:
    lengths = np.concatenate([np.arange(300), 2 ** np.arange(62), 2 ** np.arange(1, 62) - 1])
    floats = lengths.astype(np.float64).view(np.int64)
    bits = np.clip((floats >> 49) - (1023 << 3) + 1, 0, SPAN_BINS - 1)
    assert (bin_of(lengths)[lengths < 2**52] == bits[lengths < 2**52]).all()
    assert bin_of(np.array([0, 1])).tolist() == [0, 1]


def test_lengths_are_told_in_bins_that_people_read() -> None:
    minute = timedelta(minutes=1)
    lengths = np.array([0, 5, 59, 61, 121]) * 1_000_000
    assert time_bins(lengths) == (
        TimeBin(0 * minute, minute / 6, 2),
        TimeBin(minute / 6, minute / 2, 0),
        TimeBin(minute / 2, minute, 1),
        TimeBin(minute, 2 * minute, 1),
        TimeBin(2 * minute, 5 * minute, 1),
    )
    assert time_bins(np.zeros(0, np.int64)) == ()
    assert time_bins(np.array([10**15]))[-1].until is None
    assert quantiles_of(np.zeros(0, np.int64), (0.5,)) == ()
    assert quantiles_of(np.array([1, 2]), (0.5,)) == (timedelta(microseconds=2),)


@pytest.mark.parametrize("sizes", [(0,), (1, 0, 2)])
def test_nothing_is_in_order(sizes: tuple[int, ...]) -> None:
    tally = np.zeros((len(sizes), 5), np.int64)
    assert Brackets(np.zeros(4 * len(sizes), np.int64)).read(tally, [], (0.5, 0.9)) == [None] * len(sizes)
