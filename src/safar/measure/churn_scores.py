"""How good a forecast of churn is: does it order customers rightly, and do its probabilities hold?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, mean, normal_quantile, share

from .churn_model import ChurnRefused

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Customers of about one probability.

    Attributes
    ----------
    expected
        The mean of their probabilities.
    churned
        The share that did churn, with Wilson's interval.
    """

    expected: float
    churned: Estimate


@dataclass(frozen=True, slots=True)
class ChurnScores:
    """How good probabilities of churn were.

    Attributes
    ----------
    auc
        The chance that one who churned had a higher probability than one who stayed; DeLong's interval.
    average_precision
        The mean precision over all thresholds; of chance alone it is the share that churned.
    brier
        The mean of (probability − outcome)²; Student's interval. ``brier_of_share`` is that of giving everybody the
        same probability.
    top_decile
        The share that churned among the tenth with the highest probabilities; ``lift`` is how many times the share
        of all that is.
    churned
        The share of all.
    bins
        Ten of equal size by probability, the lowest first: the calibration table.
    n
        Customers.
    """

    auc: Estimate
    average_precision: float
    brier: Estimate
    brier_of_share: float
    top_decile: Estimate
    lift: Estimate
    churned: Estimate
    bins: tuple[CalibrationBin, ...]
    n: int

    @property
    def table(self) -> Table:
        """The calibration table, one row a bin."""
        return Table.of(
            {
                "expected": [each.expected for each in self.bins],
                **estimates("churned", [each.churned for each in self.bins]),
                "n": [each.churned.n for each in self.bins],
            }
        )


def scores(
    probabilities: ArrayLike, churned: ArrayLike, *, bins: int = 10, level: float = DEFAULT_LEVEL
) -> ChurnScores:
    """Return how good probabilities were.

    Parameters
    ----------
    probabilities, churned
        One each a customer; both kinds of customers occur.
    bins
        Of the calibration table.

    Raises
    ------
    ChurnRefused

    Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988), Biometrics 44, by midranks (X. Sun, W. Xu 2014);
    average precision as scikit-learn has it.
    """
    p, left = np.asarray(probabilities, np.float64), np.asarray(churned).astype(np.bool_)
    gone = int(left.sum())
    if len(p) != len(left) or not gone or gone == len(left) or not np.isfinite(p).all():
        raise ChurnRefused(
            f"{gone:,} of {len(left):,} churned, and there are {len(p):,} probabilities.",
            hint="Give one of each for every customer; some churned and some did not.",
        )
    order = np.argsort(-p, kind="stable")
    everybody, top = share(gone, len(p), level=level), order[: max(1, len(p) // 10)]
    best = share(int(left[top].sum()), len(top), level=level)
    assert everybody is not None
    assert best is not None
    rate = everybody.value
    squares = (p - left) ** 2
    brier = mean(math.fsum(squares), math.fsum(squares**2), len(p), level=level)
    assert brier is not None
    table = []
    for part in np.array_split(order[::-1], min(bins, len(p))):
        found = share(int(left[part].sum()), len(part), level=level)
        assert found is not None
        table.append(CalibrationBin(float(p[part].mean()), found))
    return ChurnScores(
        _auc(p, left, level),
        _average_precision(p[order], left[order]),
        brier,
        rate * (1 - rate),
        best,
        Estimate(best.value / rate, best.interval.scaled(1 / rate), best.n),
        everybody,
        tuple(table),
        len(p),
    )


def _auc(p: Floats, left: NDArray[np.bool_], level: float) -> Estimate:
    """Return the area under the curve with DeLong's interval on the scale of its log-odds."""
    gone, stayed = p[left], p[~left]
    of_all, of_gone, of_stayed = _midranks(p), _midranks(gone), _midranks(stayed)
    beaten = (of_all[left] - of_gone) / len(stayed)  # of each who churned: the share of others below him
    unbeaten = 1 - (of_all[~left] - of_stayed) / len(gone)
    value = float(beaten.mean())
    variance = sum(
        float(part.var(ddof=1)) / len(part) if len(part) > 1 else 0.25 for part in (beaten, unbeaten)
    )
    if value in {0.0, 1.0}:  # nothing overlaps: as far from it as chance would take the smaller side
        far = ((1 - level) / 2) ** (1 / min(len(gone), len(stayed)))
        return Estimate(value, Interval(far, 1.0, level) if value else Interval(0.0, 1 - far, level), len(p))
    half = normal_quantile(level) * math.sqrt(variance) / (value * (1 - value))
    middle = math.log(value / (1 - value))
    low, high = (1 / (1 + math.exp(-end)) for end in (middle - half, middle + half))
    return Estimate(value, Interval(low, high, level), len(p))


def _midranks(values: Floats) -> Floats:
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    found: Floats = (ends - (counts - 1) / 2)[codes]
    return found


def _average_precision(p: Floats, left: NDArray[np.bool_]) -> float:
    """Return the mean of precisions at each threshold, weighted by the recall it adds; highest probabilities first."""
    last = np.append(np.diff(p) != 0, True)
    found = np.cumsum(left)[last]
    taken = np.flatnonzero(last) + 1
    added = np.diff(np.concatenate([[0], found]))
    return float((added * found / taken).sum() / left.sum())
