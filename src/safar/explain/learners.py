"""Learners: what is expected of customers that a model never saw, by straight lines or by trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from .columns import Floats

Flags = NDArray[np.bool_]

#: How models are fitted; ``best`` takes trees where they err clearly less than lines on one fold, which neither saw.
Learner = Literal["linear", "boosting", "best"]

FOLDS: Final = 5
#: Rows that kinds of models are tried on; more rarely change which one errs less.
_MOST_TRIED: Final = 20_000
_SMALLEST_CHANCE: Final = 1e-6
_NEWTON_STEPS: Final = 50
_LONGEST_STEP: Final = 4.0

Fitted = Callable[[Floats], Floats]
Fitter = Callable[[Floats, Floats, int], Fitted]
#: The error of each row, of what was and what was expected.
Loss = Callable[[Floats, Floats], Floats]


def expected(
    fitters: Mapping[str, Fitter],
    x: Floats,
    y: Floats,
    *,
    loss: Loss,
    folds: NDArray[np.int64],
    among: Flags,
    seed: int,
) -> tuple[Floats, str]:
    """Return what is expected of each row by a model of the rows ``among`` others in the other folds, and its kind.

    Which kind suits is tried on the first fold alone, and that kind is fitted for all: the first one, unless another
    has a mean ``loss`` there that is smaller by more than a standard error of the difference.

    Parameters
    ----------
    fitters
        By name of the kind, the simplest first.

    Notes
    -----
    Source: L. Breiman, J. Friedman, R. Olshen, C. Stone (1984), Classification and Regression Trees, §3.4.3, for the
    rule of one standard error.
    """
    kind = simplest = next(iter(fitters))
    # by chance, not the first ones: rows come by customer and time
    judged, train = (_some(np.flatnonzero(side & among), seed) for side in (folds == 0, folds != 0))
    if len(fitters) > 1 and len(judged) > 1:
        losses = {
            name: loss(y[judged], fitter(x[train], y[train], seed)(x[judged]))
            for name, fitter in fitters.items()
        }
        kind = max(losses, key=lambda name: _errors_below(losses[simplest] - losses[name]))
    found = np.empty(len(y))
    for fold in range(FOLDS):
        test = folds == fold
        if test.any():
            train = np.flatnonzero(~test & among)
            found[test] = fitters[kind](x[train], y[train], seed)(x[test])
    return found, kind


def _some(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    if len(rows) <= _MOST_TRIED:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, _MOST_TRIED, replace=False))


def _errors_below(gains: Floats) -> float:
    """Return by how many standard errors a mean gain exceeds one; 0 where it does not."""
    error = float(gains.std(ddof=1)) / len(gains) ** 0.5
    return max(float(gains.mean()) / error - 1, 0.0) if error else 0.0


def squared(actual: Floats, found: Floats) -> Floats:
    """Return squared errors."""
    return np.asarray((actual - found) ** 2)


def surprise(actual: Floats, found: Floats) -> Floats:
    """Return the negative log-likelihood of what was, 1 or 0, where ``found`` was its chance to be 1."""
    of_actual = np.where(actual == 1, found, 1 - found)
    return np.asarray(-np.log(np.clip(of_actual, _SMALLEST_CHANCE, 1)))


def _ridge(x: Floats, y: Floats, seed: int) -> Fitted:
    del seed
    # one row's worth of shrinking: enough where columns repeat each other
    centre = x.mean(axis=0)
    matrix = (x - centre).T @ (x - centre) + np.eye(x.shape[1])
    slope = np.linalg.solve(matrix, (x - centre).T @ (y - y.mean()))
    middle = float(y.mean())
    return lambda new: np.asarray(middle + (new - centre) @ slope)


def _logistic(x: Floats, y: Floats, seed: int) -> Fitted:
    del seed
    # Newton's method on the same penalised likelihood that scikit-learn's default has (C = 1, intercept free)
    design = np.column_stack([x, np.ones(len(x))])
    ridge = np.append(np.ones(x.shape[1]), 1e-6)
    slope = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        chance = _logistic_of(design @ slope)
        steepness = np.maximum(chance * (1 - chance), 1e-9)
        matrix = (design * steepness[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(matrix, design.T @ (y - chance) - ridge * slope)
        slope += step * min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-8:
            break
    return lambda new: _logistic_of(new @ slope[:-1] + slope[-1])


def _logistic_of(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -35, 35))))


_TREES: Final = {
    "learning_rate": 0.08,
    "max_iter": 80,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
    "early_stopping": False,
}


def one_thread() -> AbstractContextManager[Any]:
    """Return the block in which models are fitted on one thread: so small, they are sooner done than by several that
    wait for one another."""
    import sklearn.ensemble  # noqa: F401, PLC0415 - what is loaded later is not limited
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    return cast("AbstractContextManager[Any]", threadpool_limits(1))


def _boosted_mean(x: Floats, y: Floats, seed: int) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - slow to load

    model = HistGradientBoostingRegressor(**_TREES, random_state=seed).fit(x, y)
    return lambda new: np.asarray(model.predict(new))


def _boosted_chance(x: Floats, y: Floats, seed: int) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - slow to load

    if y.min() == y.max():
        return lambda new: np.full(len(new), float(y[0]))
    model = HistGradientBoostingClassifier(**_TREES, random_state=seed).fit(x, y)
    return lambda new: np.asarray(model.predict_proba(new)[:, 1])


MEAN: Final[Mapping[str, Fitter]] = {"linear": _ridge, "boosting": _boosted_mean}
CHANCE: Final[Mapping[str, Fitter]] = {"linear": _logistic, "boosting": _boosted_chance}
