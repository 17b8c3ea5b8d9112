"""Hold-out: what a model would have said at an earlier day, against what happened since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from safar.store.table import Table
from safar.vocabulary.interval import DEFAULT_LEVEL

from .purchases import Purchases, Split
from .repeat_counts import Floats
from .repeat_fit import RepeatFit
from .repeat_models import MODELS, Model, Spend, fitted, spend_of

#: Frequencies told apart; all above together.
_APART: Final = 7
#: Customers and draws that coverage is estimated from.
_MOST_CUSTOMERS: Final = 5_000
_DRAWS: Final = 200
#: Different parameters among these draws.
_PARAMETER_DRAWS: Final = 20


@dataclass(frozen=True, slots=True)
class FrequencyRow:
    """Customers of one calibration frequency.

    Attributes
    ----------
    frequency
        Repeat purchases up to the day; 7 stands for 7 and more.
    customers
        How many.
    actual, predicted
        Mean purchases in the hold-out.
    """

    frequency: int
    customers: int
    actual: float
    predicted: float


@dataclass(frozen=True, slots=True)
class Holdout:
    """How one model would have done.

    Attributes
    ----------
    model
        Which one; beside them ``same_count`` (as many as before) and ``mean`` (everybody alike, with hindsight).
    at, days
        The day it knew everything up to, and for how long afterwards it predicted.
    customers
        How many it predicted for.
    predicted, actual
        Purchases of all of them.
    aggregate_error
        ``predicted / actual - 1``; NaN where nobody bought.
    mae, rmse
        Mean absolute and root mean squared error by customer, in purchases.
    correlation
        Of prediction and purchases by customer; NaN where either is the same for all.
    deviance
        Mean Poisson deviance by customer, lower is better: what models are chosen by.
    behind
        How much higher it is than that of the best of the models, in standard errors of the difference.
    log_likelihood
        Of the fit on what was known; NaN without a model.
    predicted_margin, actual_margin
        What these purchases bring, in whole units of the currency; NaN where no margin is known.
    coverage
        Share of customers whose purchases lie in their predictive interval of ``level``; at least that, as purchases
        are whole numbers. NaN where it was not asked for, and without a model.
    by_frequency
        Predicted against actual.
    """

    model: str
    at: date
    days: int
    customers: int
    predicted: float
    actual: float
    aggregate_error: float
    mae: float
    rmse: float
    correlation: float
    deviance: float
    behind: float
    log_likelihood: float
    predicted_margin: float
    actual_margin: float
    coverage: float
    level: float
    by_frequency: tuple[FrequencyRow, ...]

    @property
    def table(self) -> Table:
        """Frequency, customers, actual and predicted mean purchases."""
        names = ("frequency", "customers", "actual", "predicted")
        return Table.of({name: [getattr(row, name) for row in self.by_frequency] for name in names})


def held_out(
    purchases: Purchases,
    at: date,
    *,
    models: Sequence[Model] = MODELS,
    baselines: bool = False,
    level: float = DEFAULT_LEVEL,
    rng: np.random.Generator | None = None,
) -> tuple[Holdout, ...]:
    """Return how each model, fitted on what was known at a day, predicts what came afterwards.

    Parameters
    ----------
    purchases
        Orders up to now, in prices of one day where there is inflation (`Purchases.in_late_prices`).
    at
        The first day that the models do not know.
    models
        Which.
    baselines
        Also say how "as many as before" and "everybody alike" would do.
    level
        Of predictive intervals.
    rng
        For their draws; without it coverage is not worked out.

    Raises
    ------
    NothingBought
        Nobody had ordered by then.
    NobodyBoughtTwice
    """
    split = purchases.split(at)
    spend = spend_of(split.calibration)
    fits = {model: fitted(model, split.calibration.counts) for model in models}
    predictions: dict[str, Floats] = {
        model: fit.expected_purchases(split.days) for model, fit in fits.items()
    }
    actual = split.purchases.astype(np.float64)
    deviances = {model: poisson_deviances(actual, predictions[model]) for model in models}
    best = min(deviances.values(), key=lambda each: float(each.mean()))
    found = []
    for model, fit in fits.items():
        coverage = float("nan") if rng is None else _coverage(fit, split, level, rng)
        judged = _judged(model, split, predictions[model], spend, level=level)
        found.append(
            replace(
                judged,
                behind=_in_errors(deviances[model] - best),
                log_likelihood=fit.log_likelihood,
                coverage=coverage,
            )
        )
    if baselines:
        same = split.calibration.frequency.astype(np.float64)
        mean = np.full(len(same), actual.mean())
        for name, values in (("same_count", same), ("mean", mean)):
            apart = poisson_deviances(actual, values) - best
            found.append(replace(_judged(name, split, values, spend, level=level), behind=_in_errors(apart)))
    return tuple(found)


def _in_errors(apart: Floats) -> float:
    """Return a mean in its standard errors."""
    error = float(apart.std()) / len(apart) ** 0.5
    return float(apart.mean()) / error if error > 0 else 0.0


def _judged(model: str, split: Split, predicted: Floats, spend: Spend | None, *, level: float) -> Holdout:
    actual = split.purchases.astype(np.float64)
    apart = predicted - actual
    total, happened = float(predicted.sum()), float(actual.sum())
    varies = predicted.std() > 0 and actual.std() > 0
    return Holdout(
        model,
        split.calibration.until,
        split.days,
        len(actual),
        total,
        happened,
        total / happened - 1 if happened else float("nan"),
        float(np.abs(apart).mean()),
        float(np.sqrt((apart**2).mean())),
        float(np.corrcoef(predicted, actual)[0, 1]) if varies else float("nan"),
        float(poisson_deviances(actual, predicted).mean()),
        0.0,
        float("nan"),
        float("nan") if spend is None else float(predicted @ spend.by_customer),
        float("nan") if spend is None else float(split.margin.sum()),
        float("nan"),
        level,
        _by_frequency(split, predicted),
    )


def poisson_deviances(actual: Floats, predicted: Floats) -> Floats:
    """Return the Poisson deviance of each prediction: 0 where it is right, lower is better.

    Its expectation is lowest for the true means, whatever the law of the counts.
    """
    kept = np.maximum(predicted, 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.where(actual > 0, actual * np.log(actual / kept), 0.0)
    found: Floats = 2 * (surprise - actual + kept)
    return found


def _by_frequency(split: Split, predicted: Floats) -> tuple[FrequencyRow, ...]:
    frequency = np.minimum(split.calibration.frequency, _APART)
    customers = np.bincount(frequency, minlength=_APART + 1)
    actual = np.bincount(frequency, split.purchases, minlength=_APART + 1)
    expected = np.bincount(frequency, predicted, minlength=_APART + 1)
    return tuple(
        FrequencyRow(x, int(customers[x]), float(actual[x] / customers[x]), float(expected[x] / customers[x]))
        for x in range(_APART + 1)
        if customers[x]
    )


def _coverage(fit: RepeatFit, split: Split, level: float, rng: np.random.Generator) -> float:
    """Return the share of customers whose purchases lie in their predictive interval: parameters and outcomes vary."""
    known = split.calibration
    count = min(len(known), _MOST_CUSTOMERS)
    chosen = np.sort(rng.choice(len(known), count, replace=False))
    there = fit.for_customers(known.frequency[chosen], known.recency[chosen], known.age[chosen])
    if not np.isfinite(fit.log_sandwich).all():
        return float("nan")
    parameters = fit.draws(_PARAMETER_DRAWS, rng, robust=True)
    outcomes = np.stack(
        [
            there.with_parameters(parameters[draw % _PARAMETER_DRAWS]).outcomes(split.days, rng)
            for draw in range(_DRAWS)
        ]
    )
    tail = (1 - level) / 2
    low, high = np.quantile(outcomes, [tail, 1 - tail], axis=0, method="inverted_cdf")
    actual = split.purchases[chosen]
    return float(((low <= actual) & (actual <= high)).mean())
