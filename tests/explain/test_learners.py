"""Learners: which kind is taken, tried on how much, and that nobody is judged by a model that saw him."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from safar.explain import doubly_robust
from safar.explain.learners import CHANCE, FOLDS, MEAN, Fitter, expected, one_thread, squared, surprise


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Models are fitted on one thread, as everywhere."""
    with one_thread():
        yield


def folds_of(rows: int) -> np.ndarray:
    return np.arange(rows) % FOLDS


def counting(fitter: Fitter, seen: list[int]) -> Fitter:
    """The same, noting how many rows it is fitted on."""

    def fitted(x: np.ndarray, y: np.ndarray, seed: int):
        seen.append(len(x))
        return fitter(x, y, seed)

    return fitted


def test_by_hand_each_fold_is_told_by_the_others() -> None:
    """A column of nothing: the mean of what the other four folds have."""
    y = np.repeat([1.0, 2.0, 3.0, 4.0, 10.0], 2)
    folds = np.repeat(np.arange(FOLDS), 2)
    everybody = np.ones(10, np.bool_)
    found, kind = expected(
        {"linear": MEAN["linear"]}, np.zeros((10, 1)), y, loss=squared, folds=folds, among=everybody, seed=1
    )
    assert found.tolist() == np.repeat([4.75, 4.5, 4.25, 4.0, 2.5], 2).tolist()
    assert kind == "linear"
    some = y != 10
    fewer, _ = expected(
        {"linear": MEAN["linear"]}, np.zeros((10, 1)), y, loss=squared, folds=folds, among=some, seed=1
    )
    assert fewer.tolist() == np.repeat([3.0, 8 / 3, 7 / 3, 2.0, 2.5], 2).tolist()


@pytest.mark.parametrize("is_bent", [False, True])
def test_trees_are_taken_where_they_err_clearly_less_and_lines_are_tried_first(is_bent: bool) -> None:
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (500, 1))
    y = (20 * np.abs(x[:, 0]) if is_bent else 20 * x[:, 0]) + rng.normal(size=500)
    seen: dict[str, list[int]] = {"linear": [], "boosting": []}
    fitters = {kind: counting(MEAN[kind], seen[kind]) for kind in seen}
    everybody = np.ones(500, np.bool_)
    found, kind = expected(fitters, x, y, loss=squared, folds=folds_of(500), among=everybody, seed=1)
    assert kind == ("boosting" if is_bent else "linear")
    # tried once, and one of them fitted for each fold
    assert seen == {each: [400] * (1 + FOLDS * (each == kind)) for each in seen}
    assert squared(y, found).mean() < 2


def test_what_is_tried_is_bounded() -> None:
    seen: list[int] = []
    fitters = {"linear": MEAN["linear"], "other": counting(MEAN["linear"], seen)}
    x = np.random.default_rng(3).normal(size=(30_000, 1))
    _, kind = expected(
        fitters, x, x[:, 0], loss=squared, folds=folds_of(30_000), among=np.ones(30_000, np.bool_), seed=1
    )
    assert (kind, seen) == ("linear", [20_000])  # of 24,000; errs as much, so the first one is taken


def test_chances_are_judged_by_what_was() -> None:
    assert surprise(np.array([1.0, 0.0]), np.array([0.5, 0.75])) == pytest.approx(np.log([2.0, 4.0]))
    rng = np.random.default_rng(4)
    x = rng.uniform(-1, 1, (3_000, 1))
    had = (rng.random(3_000) < np.where(np.abs(x[:, 0]) > 0.5, 0.8, 0.1)).astype(float)
    found, kind = expected(
        CHANCE, x, had, loss=surprise, folds=folds_of(3_000), among=np.ones(3_000, np.bool_), seed=1
    )
    assert kind == "boosting"
    assert found[np.abs(x[:, 0]) > 0.6].mean() == pytest.approx(0.8, abs=0.03)


def test_several_outcomes_are_what_each_is_by_itself() -> None:
    rng = np.random.default_rng(5)
    near = rng.normal(size=900)
    late = (rng.random(900) < np.where(near < 0, 0.4, 0.15)).astype(float)
    spent, came = 50 + 9 * near - 6 * late + rng.normal(size=900), (rng.random(900) < 0.5 - 0.2 * late) * 1.0
    unknown = np.where(np.arange(900) < 100, np.nan, came)
    each = doubly_robust.fit_each((spent, came, unknown), late, {"near": near}, learner="linear", seed=3)
    alone = tuple(
        doubly_robust.fit(outcome, late, {"near": near}, learner="linear", seed=3)
        for outcome in (spent, came, unknown)
    )
    assert each == alone
    assert [found.effect.n for found in each] == [900, 900, 800]
