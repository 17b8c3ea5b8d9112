"""Back-tests: how far predictions made earlier were off, which model was best, and by what factor to correct it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from safar.vocabulary.civil import to_day

from .holdout import Holdout, held_out
from .purchases import NothingBought, Purchases
from .repeat_counts import Floats
from .repeat_fit import NobodyBoughtTwice
from .repeat_models import Model

#: Days to look back from, at most.
_MOST_WINDOWS: Final = 3
#: Below so many customers or later purchases a back-test says nothing.
_FEWEST_CUSTOMERS: Final = 50
_FEWEST_PURCHASES: Final = 30
#: Standard errors within which hold-outs do not tell models apart: the likelihood does.
_NEAR: Final = 1.0
#: Days that a hold-out lasts at least.
_SHORTEST: Final = 14

Progress = Callable[[int, int], None]


def silent(done: int, steps: int) -> None:
    """Say nothing."""
    del done, steps


def within(progress: Progress, begin: int, end: int, steps: int) -> Progress:
    """Return what tells a part of some work as the steps from ``begin`` to ``end`` of all its ``steps``."""
    return lambda done, of: progress(begin + (end - begin) * done // of, steps)


@dataclass(frozen=True, slots=True)
class BackTest:
    """What predictions of earlier days were worth.

    Attributes
    ----------
    model
        The one that predicted best over all windows (lowest Poisson deviance by customer); among those less than one
        standard error behind it the one with the highest likelihood. All have four parameters.
    windows
        One tuple for each day looked back from, newest first: every model's `Holdout`.
    factor
        What the model's totals are multiplied with: actual over predicted, drawn to 1 as far as chance explains it.
    log_error
        Standard error of the logarithm of what a total turns out to be over what the corrected prediction says: how
        much windows differ, and how sure their mean is. 0 where there are no windows.
    days
        How long each window is.
    """

    model: Model
    windows: tuple[tuple[Holdout, ...], ...]
    factor: float
    log_error: float
    days: int

    @property
    def of_model(self) -> tuple[Holdout, ...]:
        """The windows of the chosen model, newest first."""
        return tuple(next(each for each in window if each.model == self.model) for window in self.windows)


def back_tested(
    purchases: Purchases,
    horizon_days: int,
    models: Sequence[Model],
    *,
    level: float,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> BackTest:
    """Return how models would have done on up to three earlier days, each with a hold-out of its own.

    A window lasts as long as the horizon, or a third of all time where that is shorter.

    Notes
    -----
    The factor is a mean of the windows' logarithms of actual over predicted margin (purchases where no margin is
    known), by the precision of each, shrunk by James and Stein's rule. Windows end one after another, so that each
    purchase counts in one alone.
    """
    span = to_day(purchases.until) - int(purchases.first_day.min())
    days = max(min(horizon_days, span // 3), _SHORTEST)
    windows: list[tuple[Holdout, ...]] = []
    for number in range(1, _MOST_WINDOWS + 1):
        at = purchases.until - timedelta(days=days * number)
        # a model that knew half as long or less is another model
        if to_day(at) - int(purchases.first_day.min()) < max(days, span / 2):
            break
        window = _window(purchases.seen_until(at + timedelta(days=days)), at, models, level, rng)
        progress(number, _MOST_WINDOWS)
        if window:
            windows.append(window)
    best = _best(windows, models)
    logs, errors = _misses(windows, best)
    if not logs:
        return BackTest(best, (), 1.0, 0.0, days)
    factor, log_error = _correction(np.array(logs), np.array(errors))
    return BackTest(best, tuple(windows), factor, log_error, days)


def _window(
    known: Purchases, at: date, models: Sequence[Model], level: float, rng: np.random.Generator
) -> tuple[Holdout, ...]:
    """Return the hold-outs of one window; none where too little is known."""
    try:
        found = held_out(known, at, models=models, level=level, rng=rng)
    except (NothingBought, NobodyBoughtTwice):
        return ()
    if found[0].customers < _FEWEST_CUSTOMERS or found[0].actual < _FEWEST_PURCHASES:
        return ()
    return found


def _best(windows: Sequence[Sequence[Holdout]], models: Sequence[Model]) -> Model:
    if not windows:
        return models[0]
    behind, likelihood = dict.fromkeys(models, 0.0), dict.fromkeys(models, 0.0)
    for window in windows:
        for each, model in zip(window, models, strict=True):
            behind[model] += each.behind / len(windows) ** 0.5
            likelihood[model] += each.log_likelihood
    least = min(behind.values())
    near = [model for model in models if behind[model] < least + _NEAR]
    return max(near, key=lambda model: likelihood[model])


def _misses(windows: Sequence[Sequence[Holdout]], model: Model) -> tuple[list[float], list[float]]:
    """Return of each window the logarithm of actual over predicted, and its standard error by chance."""
    logs, errors = [], []
    for window in windows:
        each = next(one for one in window if one.model == model)
        knows = each.predicted_margin > 0 and each.actual_margin > 0
        predicted, actual = (
            (each.predicted_margin, each.actual_margin) if knows else (each.predicted, each.actual)
        )
        logs.append(math.log(actual / predicted))
        # how much customers differ in purchases, and what each brings about as much again
        errors.append((2.0 if knows else 1.0) ** 0.5 * each.rmse * math.sqrt(each.customers) / each.predicted)
    return logs, errors


def _correction(logs: Floats, errors: Floats) -> tuple[float, float]:
    """Return the factor, and the standard error of the logarithm of what is left."""
    weights = errors**-2
    mean, chance = float(np.average(logs, weights=weights)), float(weights.sum() ** -0.5)
    if len(logs) > 1:
        between = max(float(logs.var(ddof=1)) - float((errors**2).mean()), 0.0)
        sure = math.hypot(chance, math.sqrt(between / len(logs)))
    else:
        # how much windows differ is not known: as much as this one was off
        between, sure = max(mean**2 - chance**2, 0.0), chance
    shrunk = mean * max(0.0, 1.0 - (sure / mean) ** 2) if mean else 0.0
    return math.exp(shrunk), math.hypot(math.sqrt(between), sure)
