"""A calibrated classifier of churn: who will not buy again within a time, how surely, and for which reasons.

Trained on what customers did up to a day and on whether they came back after it; calibrated on later days than it was
trained on, and judged on later ones still, as it will be used. A probability of 30 % then means three of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Refusal, nearest

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Learner = Literal["logistic", "boosting"]
LEARNERS: Final[tuple[Learner, ...]] = get_args(Learner)
Calibration = Literal["isotonic", "platt", "none"]
CALIBRATIONS: Final[tuple[Calibration, ...]] = get_args(Calibration)
#: Of either kind, to learn from and to calibrate with.
FEWEST: Final = 10
#: Isotonic regression has as many steps as it likes: with fewer customers than this it learns noise.
FEWEST_FOR_ISOTONIC: Final = 1_000
_EDGE: Final = 1e-6
_MOST_LEVELS: Final = 50


class ChurnRefused(Refusal, ValueError):
    """No churn can be learnt from what was given."""

    code = "churn.refused"


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of customers, as columns of numbers.

    Attributes
    ----------
    of
        By the name of each feature, which columns tell it.
    matrix
        ``float64`` of shape (customers, columns): numbers as they are; a text as one column for each level but the
        first; a number that some lack as itself, the median in the gaps, and whether it lacks.
    levels, medians
        Of each text its levels in the order of the alphabet; of each number what stands in gaps.
    """

    of: Mapping[str, tuple[int, ...]]
    matrix: Floats
    levels: Mapping[str, tuple[str, ...]]
    medians: Mapping[str, float]
    gaps: frozenset[str]

    @classmethod
    def read(cls, columns: Mapping[str, ArrayLike], like: Features | None = None) -> Features:
        """Return features from columns by name, with the levels, medians and gaps of others where there are any.

        Raises
        ------
        ChurnRefused
        """
        if not columns or (like is not None and list(columns) != list(like.of)):
            raise ChurnRefused(
                f"The features are {', '.join(columns) or 'none'}.",
                hint=f"The model knows {', '.join(like.of)}." if like else "Name one at least.",
            )
        found: list[Floats] = []
        of: dict[str, tuple[int, ...]] = {}
        levels: dict[str, tuple[str, ...]] = {}
        medians: dict[str, float] = {}
        gaps = set()
        size = len(np.asarray(next(iter(columns.values()))))
        for name, given in columns.items():
            values = np.asarray(given)
            if values.shape != (size,):
                raise ChurnRefused(
                    f"The feature {name!r} has the shape {values.shape}.", hint="One value each."
                )
            first = len(found)
            if values.dtype.kind in "biuf":
                numbers = values.astype(np.float64)
                lacks = ~np.isfinite(numbers)
                known = numbers[~lacks]
                medians[name] = like.medians[name] if like else float(np.median(known)) if len(known) else 0.0
                found.append(np.where(lacks, medians[name], numbers))
                if name in like.gaps if like else lacks.any():
                    gaps.add(name)
                    found.append(lacks.astype(np.float64))
            else:
                texts = values.astype(str)
                levels[name] = like.levels[name] if like else tuple(np.unique(texts).tolist())
                if len(levels[name]) > _MOST_LEVELS:
                    raise ChurnRefused(
                        f"The feature {name!r} has {len(levels[name]):,} different texts.",
                        hint=f"Put them together into at most {_MOST_LEVELS}.",
                    )
                found += [(texts == level).astype(np.float64) for level in levels[name][1:]]
            of[name] = tuple(range(first, len(found)))
        matrix = np.column_stack(found) if found else np.zeros((size, 0))
        return cls(of, matrix, levels, medians, frozenset(gaps))


@dataclass(frozen=True, eq=False)
class ChurnModel:
    """A classifier, calibrated or not yet.

    Attributes
    ----------
    learner, calibration
        How it was learnt and calibrated.
    n, churned
        Customers it was learnt from, and how many of them churned.
    """

    learner: Learner
    calibration: Calibration
    n: int
    churned: int
    _features: Features
    _raw: Callable[[Floats], Floats]
    _map: Callable[[Floats], Floats]
    _typical: Floats

    def probabilities(self, features: Mapping[str, ArrayLike]) -> Floats:
        """Return the probability that each customer churns."""
        return self._map(self._raw(Features.read(features, self._features).matrix))

    def calibrated(
        self, features: Mapping[str, ArrayLike], churned: ArrayLike, *, method: Calibration = "isotonic"
    ) -> ChurnModel:
        """Return the same with its probabilities set right on customers that it was not learnt from.

        Parameters
        ----------
        features, churned
            Of later customers, or of the same ones later.
        method
            ``isotonic``: any rising curve, for 1,000 customers and more; Platt's is used below. ``platt``: a logistic
            curve.

        Source: J. Platt (1999); B. Zadrozny, C. Elkan (2002), KDD.
        """
        if method not in CALIBRATIONS:
            raise ChurnRefused(
                f"{method!r} calibrates nothing.",
                hint=nearest(str(method), CALIBRATIONS) or f"Use one of {', '.join(CALIBRATIONS)}.",
            )
        left = _labels(churned)
        raw = self._raw(Features.read(features, self._features).matrix)
        _check(left, len(raw))
        if method == "isotonic" and len(raw) < FEWEST_FOR_ISOTONIC:
            method = "platt"
        return replace(self, calibration=method, _map=_MAPS[method](raw, left))

    def contributions(self, features: Mapping[str, ArrayLike]) -> dict[str, Floats]:
        """Return by how much each feature raises the risk of each customer, in log-odds before calibration.

        It is what the risk would fall by if this alone were as usual: as in the median of those it was learnt from, a
        text as in the most frequent one. Parts need not add up to the whole where features act together.
        """
        design = Features.read(features, self._features)
        whole = _logit(self._raw(design.matrix))
        found = {}
        for name, places in design.of.items():
            usual = design.matrix.copy()
            usual[:, places] = self._typical[list(places)]
            found[name] = whole - _logit(self._raw(usual))
        return found


def fit(
    features: Mapping[str, ArrayLike],
    churned: ArrayLike,
    *,
    learner: Learner = "logistic",
    weights: ArrayLike | None = None,
    seed: int = 0,
) -> ChurnModel:
    """Learn who churns.

    Parameters
    ----------
    features
        By name, one value a customer: numbers (gaps as not-a-number), truth values, or texts.
    churned
        Truth values, or 0 and 1.
    learner
        ``logistic``: logistic regression on standardised features with a mild ridge. ``boosting``: trees, for many
        customers and effects that are not straight.
    weights
        Of customers; one each when None.
    seed
        For trees.

    Raises
    ------
    ChurnRefused
        Too few churned, or too few stayed; columns do not fit.

    Notes
    -----
    Through scikit-learn. It is not calibrated yet: see `ChurnModel.calibrated`.

    Examples
    --------
    >>> days = list(range(100))
    >>> model = fit({"days_since": days}, [day > 50 + day % 7 * 5 for day in days])
    >>> [round(each, 2) for each in model.probabilities({"days_since": [10, 90]}).tolist()]
    [0.0, 0.93]
    """
    if learner not in LEARNERS:
        raise ChurnRefused(
            f"{learner!r} learns nothing.",
            hint=nearest(str(learner), LEARNERS) or f"Use one of {', '.join(LEARNERS)}.",
        )
    design, left = Features.read(features), _labels(churned)
    _check(left, len(design.matrix))
    weight = None if weights is None else np.asarray(weights, np.float64)
    raw = _LEARN[learner](design.matrix, left, weight, seed)
    typical = np.median(design.matrix, axis=0)
    for name in design.levels:
        places = list(design.of[name])
        shares = design.matrix[:, places].mean(axis=0)
        typical[places] = 0.0
        if places and shares.max() > 1 - shares.sum():
            typical[places[int(np.argmax(shares))]] = 1.0
    return ChurnModel(learner, "none", len(left), int(left.sum()), design, raw, _same, typical)


def out_of_fold(
    features: Mapping[str, ArrayLike],
    churned: ArrayLike,
    *,
    folds: int = 5,
    learner: Learner = "logistic",
    seed: int = 0,
) -> Floats:
    """Return of each customer a probability from a model that was learnt from the others.

    For tables without time, where no later customers can be held out. Folds are drawn by chance with equal shares of
    churned ones.

    Parameters
    ----------
    folds
        2 or more; each customer is left out once.
    seed
        Of the draw.

    Raises
    ------
    ChurnRefused
    """
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - scikit-learn only where it learns

    design, left = Features.read(features), _labels(churned)
    _check(left, len(design.matrix))
    if not 2 <= folds <= min(left.sum(), (~left).sum()):
        raise ChurnRefused(f"{folds} folds cannot be made.", hint="Make 2 or more, and fewer than churned.")
    found = np.empty(len(left))
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(design.matrix, left):
        found[test] = _LEARN[learner](design.matrix[train], left[train], None, seed)(design.matrix[test])
    return found


def _logistic(matrix: Floats, left: Flags, weights: Floats | None, seed: int) -> Callable[[Floats], Floats]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes a second to load

    del seed
    means, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    fitted = LogisticRegression(max_iter=5_000).fit((matrix - means) / spread, left, sample_weight=weights)
    coefficients, constant = fitted.coef_[0], float(fitted.intercept_[0])

    def raw(of: Floats) -> Floats:
        found: Floats = 1 / (1 + np.exp(-((of - means) / spread @ coefficients + constant)))
        return found

    return raw


def _boosting(matrix: Floats, left: Flags, weights: Floats | None, seed: int) -> Callable[[Floats], Floats]:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - takes a second to load
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - takes a second to load

    # One thread: its threads wait for each other in a busy loop, and a serving process has other work.
    with threadpool_limits(1, user_api="openmp"):
        fitted = HistGradientBoostingClassifier(
            learning_rate=0.1, max_iter=100, max_leaf_nodes=15, l2_regularization=1.0, random_state=seed
        ).fit(matrix, left, sample_weight=weights)

    def raw(of: Floats) -> Floats:
        with threadpool_limits(1, user_api="openmp"):
            return np.asarray(fitted.predict_proba(of)[:, 1], np.float64)

    return raw


_LEARN: Final[Mapping[str, Callable[[Floats, Flags, Floats | None, int], Callable[[Floats], Floats]]]] = {
    "logistic": _logistic,
    "boosting": _boosting,
}


def _isotonic(raw: Floats, left: Flags) -> Callable[[Floats], Floats]:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - takes a second to load

    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, left)
    # A step of customers who all stayed, or all left, is no certainty: half a customer is added either way.
    least = 0.5 / (len(left) + 1)

    def mapped(of: Floats) -> Floats:
        found: Floats = np.clip(np.asarray(fitted.predict(of), np.float64), least, 1 - least)
        return found

    return mapped


def _platt(raw: Floats, left: Flags) -> Callable[[Floats], Floats]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes a second to load

    fitted = LogisticRegression(C=1e6, max_iter=5_000).fit(_logit(raw)[:, None], left)
    slope, constant = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])

    def mapped(of: Floats) -> Floats:
        found: Floats = 1 / (1 + np.exp(-(slope * _logit(of) + constant)))
        return found

    return mapped


def _same(of: Floats) -> Floats:
    return of


_MAPS: Final[Mapping[str, Callable[[Floats, Flags], Callable[[Floats], Floats]]]] = {
    "isotonic": _isotonic,
    "platt": _platt,
    "none": lambda raw, left: _same,
}


def _logit(probabilities: Floats) -> Floats:
    inside = np.clip(probabilities, _EDGE, 1 - _EDGE)
    found: Floats = np.log(inside / (1 - inside))
    return found


def _labels(churned: ArrayLike) -> Flags:
    found = np.asarray(churned)
    if found.dtype.kind not in "biuf" or not np.isin(found, (0, 1)).all():
        raise ChurnRefused("`churned` holds something beside true and false.", hint="Give truth values.")
    return found.astype(np.bool_)


def _check(left: Flags, size: int) -> None:
    gone = int(left.sum())
    if len(left) != size or gone < FEWEST or len(left) - gone < FEWEST:
        raise ChurnRefused(
            f"Of {size:,} customers, {gone:,} churned and {len(left) - gone:,} stayed.",
            hint=f"At least {FEWEST} of either are needed, and one label for each customer.",
        )


def most_of(contributions: Mapping[str, Floats], count: int) -> Sequence[Sequence[tuple[str, float]]]:
    """Return for each customer the features that raise the risk most, those that raise it alone, largest first."""
    names = list(contributions)
    if not names:
        return []
    together = np.column_stack([contributions[name] for name in names])
    order: NDArray[Any] = np.argsort(-together, axis=1, kind="stable")[:, :count]
    return [
        [(names[place], float(together[row, place])) for place in places if together[row, place] > 0]
        for row, places in enumerate(order.tolist())
    ]
