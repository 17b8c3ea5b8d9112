"""Counted histories: each once, changed as orders arrive, refused where they cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.measure.repeat_counts import HistoriesRefused, RepeatCounts


def columns(counts: RepeatCounts) -> list[tuple[float, ...]]:
    return list(
        zip(
            counts.frequency.tolist(),
            counts.recency.tolist(),
            counts.age.tolist(),
            counts.weight.tolist(),
            strict=True,
        )
    )


def test_equal_histories_are_counted_once() -> None:
    counts = RepeatCounts.of([0, 2, 0, 2, 1], [0, 5, 0, 5, 5], [9, 9, 9, 9, 7])
    assert columns(counts) == [(1, 5, 7, 1), (0, 0, 9, 2), (2, 5, 9, 2)]
    assert (counts.customers, counts.repeat_purchases) == (5, 5)
    assert counts.spread(np.array([10, 20, 30])).tolist() == [20, 30, 20, 30, 10]


def test_times_need_not_be_days() -> None:
    counts = RepeatCounts.of([1, 0, 1], [1.71, 0, 1.71], [38.86, 38.86, 38.86])
    assert columns(counts) == [(0, 0, 38.86, 1), (1, 1.71, 38.86, 2)]


histories = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 30), st.integers(0, 30), st.integers(1, 3)),
    min_size=1,
    max_size=60,
)


def arrays(rows: list[tuple[int, int, int, int]]) -> tuple[list[int], ...]:
    """Histories that can be: recency above 0 with repeat purchases alone, and age after it."""
    x = [row[0] for row in rows]
    recent = [row[1] if row[0] else 0 for row in rows]
    return (
        x,
        recent,
        [each + row[2] for each, row in zip(recent, rows, strict=True)],
        [row[3] for row in rows],
    )


@given(histories)
def test_a_weight_is_as_good_as_so_many_rows(rows: list[tuple[int, int, int, int]]) -> None:
    x, recent, old, weights = arrays(rows)
    repeated = [np.repeat(each, weights) for each in (x, recent, old)]
    assert columns(RepeatCounts.of(x, recent, old, weights)) == columns(RepeatCounts.of(*repeated))


@given(histories, st.integers(0, 59))
def test_changes_of_some_are_as_good_as_counting_all_again(
    rows: list[tuple[int, int, int, int]], cut: int
) -> None:
    x, recent, old, _ = (np.array(each) for each in arrays(rows))
    changed = np.arange(len(x)) < cut
    later = np.where(changed, x + 1, x), np.where(changed, old, recent), old
    if (later[1][changed] == 0).any():  # bought again on the first day: no repeat purchase
        return
    before = RepeatCounts.of(x, recent, old)
    if changed.any():
        gone, new = (
            RepeatCounts.of(*(each[changed] for each in arrays)) for arrays in ((x, recent, old), later)
        )
        assert columns(before.changed(gone, new)) == columns(RepeatCounts.of(*later))


def test_time_passes_for_all_at_once() -> None:
    counts = RepeatCounts.of([0, 1], [0, 3], [5, 4]).moved_by(10)
    assert columns(counts) == [(1, 3, 14, 1), (0, 0, 15, 1)]
    with pytest.raises(HistoriesRefused, match="somebody bought after that"):
        counts.moved_by(-12)


def test_more_cannot_go_than_there_are() -> None:
    counts = RepeatCounts.of([0], [0], [5])
    with pytest.raises(HistoriesRefused, match="taken away"):
        counts.changed(RepeatCounts.of([0, 0], [0, 0], [5, 5]))


@pytest.mark.parametrize(
    ("frequency", "recency", "age", "said"),
    [
        ([], [], [], "no customers"),
        ([1, 2], [1, 1], [3], "different lengths: frequency 2, recency 2, age 1"),
        ([1.5], [1], [3], "frequency is not whole \\(row 0: 1.5\\)"),
        ([1], [4], [3], "after the end of observation"),
        ([0], [2], [3], "no repeat purchases, and recency is above 0"),
        ([2], [0], [3], "there are repeat purchases, and recency is 0"),
        ([1, float("nan")], [1, 1], [3, 3], "frequency is missing or infinite \\(row 1: nan\\)"),
        ([1], [1], [float("inf")], "age is missing or infinite"),
        ([-1], [1], [3], "frequency is negative"),
        ([[1]], [[1]], [[3]], "2 dimensions"),
        (["a"], [1], [3], "something else than numbers"),
    ],
)
def test_what_cannot_be_is_refused(frequency: object, recency: object, age: object, said: str) -> None:
    with pytest.raises(HistoriesRefused, match=said):
        RepeatCounts.of(frequency, recency, age)
