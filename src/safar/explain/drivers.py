"""Drivers: which experiences go with satisfaction, coming back and spending, and how much of it is whose?

An association: what is asked and answered together. Whether improving a driver would move the outcome is for an
experiment or for `safar.explain.value_at_risk` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from . import relative_importance as shares
from .columns import Columns, ColumnsRefused, Floats, codes_of, column, enough, percentiles, weights_of
from .incomplete import moments

#: What is explained. ``nps`` 0…10, ``csat`` and ``ces`` on their scale as numbers; ``return`` 0 or 1; ``spend`` in
#: money, of those who spent; ``number`` anything else.
Outcome = Literal["nps", "csat", "ces", "return", "spend", "number"]

_FEWEST_FOR_EACH: Final = 5
#: Answers that a driver needs.
FEWEST_ANSWERS: Final = 20


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver of an outcome.

    Attributes
    ----------
    name
        Of its column.
    importance
        The outcome's variance that belongs to it, 0…1; those of all drivers add up to R².
    share
        The same as a part of what all drivers explain, 0…1.
    slope
        Standard deviations that the outcome is higher where the driver is one standard deviation higher and all others
        are equal. Its sign is the driver's direction.
    correlation
        With the outcome, by itself, -1…1.
    alone, beyond
        R² of the driver by itself, and what it adds to all others.
    ranks
        The range of ranks, 1 the most important, in the middle ``level`` of the resamples.
    answers
        How many of the rows have an answer to it.
    """

    name: str
    importance: Estimate
    share: Estimate
    slope: Estimate
    correlation: float
    alone: float
    beyond: float
    ranks: tuple[int, int]
    answers: int

    @property
    def direction(self) -> int:
        """1 where more of it goes with more of the outcome, -1 with less; 0 where the interval of the slope cannot
        tell."""
        if 0 in self.slope.interval:
            return 0
        return 1 if self.slope.value > 0 else -1


@dataclass(frozen=True, slots=True)
class Drivers:
    """The drivers of an outcome, the most important first.

    Attributes
    ----------
    outcome
        What is explained.
    method
        ``lmg`` up to 15 drivers, ``relative_weights`` above: which shares these are.
    drivers
        Each with its intervals.
    r_squared
        The outcome's variance that all drivers explain together. Its interval is of the percentiles of resamples and
        lies a little high in small samples.
    adjusted_r_squared
        R² less what as many meaningless drivers would explain.
    n
        Rows with the outcome and an answer to at least one driver.
    complete
        How many of them have an answer to every driver.
    resamples
        Bootstrap samples behind the intervals.
    notes
        ``drivers.filled``: how many answers are missing and were allowed for by the EM algorithm;
        ``drivers.no_outcome`` and ``drivers.no_answers``: rows left out; ``drivers.nothing_spent``: rows of customers
        who spent nothing, left out of ``spend``; ``drivers.relative_weights``: how many drivers were too many for LMG;
        ``drivers.turned``: drivers that go one way alone and the other way beside the rest.
    """

    outcome: Outcome
    method: shares.Method
    drivers: tuple[Driver, ...]
    r_squared: Estimate
    adjusted_r_squared: float
    n: int
    complete: int
    resamples: int
    notes: tuple[Note, ...]

    def __getitem__(self, name: str) -> Driver:
        for each in self.drivers:
            if each.name == name:
                return each
        raise ColumnsRefused(
            f"There is no driver {name!r}.",
            hint=f"There are {', '.join(one.name for one in self.drivers)}.",
            name=name,
        )

    @property
    def table(self) -> Table:
        """One row a driver, the most important first."""
        return Table.of(
            {
                "driver": [each.name for each in self.drivers],
                **estimates("importance", [each.importance for each in self.drivers]),
                **estimates("share", [each.share for each in self.drivers]),
                **estimates("slope", [each.slope for each in self.drivers]),
                "direction": [each.direction for each in self.drivers],
                "correlation": [each.correlation for each in self.drivers],
                "alone": [each.alone for each in self.drivers],
                "beyond": [each.beyond for each in self.drivers],
                "best_rank": [each.ranks[0] for each in self.drivers],
                "worst_rank": [each.ranks[1] for each in self.drivers],
                "answers": [each.answers for each in self.drivers],
            }
        )


def fit(
    outcome: ArrayLike,
    drivers: Mapping[str, ArrayLike] | Table,
    *,
    of: Outcome = "number",
    weights: ArrayLike | None = None,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    method: shares.Method | None = None,
    level: float = DEFAULT_LEVEL,
    resamples: int = 500,
    seed: int = 1,
) -> Drivers:
    """Return how much of an outcome's variance belongs to each driver.

    Parameters
    ----------
    outcome
        One number a row; NaN where there is none.
    drivers
        By name, one number a row: ratings, emotions, prices, yes and no as 1 and 0; NaN where there is no answer.
    of
        What the outcome is. ``return`` is explained as a probability (the linear probability model, whose R² is that of
        a difference in means); ``spend`` by its logarithm, among those who spent.
    weights
        Of the rows, above 0.
    customers
        Who each row is of: rows of one customer are resampled together. Every row its own when None.
    method
        ``lmg`` or ``relative_weights``; None takes LMG up to `relative_importance.MOST_FOR_LMG` drivers.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ColumnsRefused, TooFewRows, ImpossibleLevel

    Notes
    -----
    Rows without the outcome are left out; of the others every answer counts, see `incomplete.moments`. Shares of
    variance need a straight line to be a fair description; see `penalty_reward` for what only annoys or only delights.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> speed, price = rng.normal(size=(2, 400))
    >>> found = fit(speed + 0.5 * price + rng.normal(size=400), {"speed": speed, "price": price}, resamples=50)
    >>> [each.name for each in found.drivers], found["speed"].direction, round(found.r_squared.value, 2)
    (['speed', 'price'], 1, 0.52)
    """
    columns = Columns.of(drivers)
    worth = column("outcome", outcome)
    if len(worth) != len(columns):
        raise ColumnsRefused(
            f"The outcome has {len(worth)} rows, the drivers have {len(columns)}.",
            hint="Give one number for each row in every column; NaN where there is none.",
        )
    explained = _READ[of](worth)
    answered = (~np.isnan(columns.values)).any(axis=1)
    rows = np.flatnonzero(~np.isnan(explained) & answered)
    p = len(columns.names)
    enough(len(rows), max(FEWEST_ANSWERS, _FEWEST_FOR_EACH * (p + 1)), columns.names)
    chosen = method or ("lmg" if p <= shares.MOST_FOR_LMG else "relative_weights")
    values = np.column_stack([columns.values[rows], explained[rows]])
    _check_answers(columns.names, values)
    found = moments(values, weights_of(weights, len(worth))[rows])
    who = None if customers is None else _renumbered(codes_of(customers, len(worth))[rows])
    drawn = found.resampled(resamples, np.random.default_rng(seed), customers=who)
    made = _drivers(columns.names, chosen, found.covariance, drawn, values, level=level)
    r_squared = float(np.sum([each.importance.value for each in made]))
    turned = sum(each.correlation * each.slope.value < 0 and each.direction != 0 for each in made)
    counts = {
        "drivers.filled": int(np.isnan(values).sum()),
        "drivers.no_outcome": int(np.isnan(worth).sum()),
        "drivers.nothing_spent": int((np.isnan(explained) & ~np.isnan(worth)).sum()),
        "drivers.no_answers": int((~np.isnan(explained) & ~answered).sum()),
        "drivers.relative_weights": p if chosen == "relative_weights" else 0,
        "drivers.turned": turned,
    }
    return Drivers(
        of,
        chosen,
        tuple(sorted(made, key=lambda each: (-each.importance.value, each.name))),
        percentiles(r_squared, _WAYS[chosen](drawn).sum(axis=1), n=len(rows), level=level, within=(0, 1)),
        1 - (1 - r_squared) * (len(rows) - 1) / (len(rows) - p - 1),
        len(rows),
        int((~np.isnan(values)).all(axis=1).sum()),
        resamples,
        tuple(Note.of(code, count=count) for code, count in counts.items() if count),
    )


def _drivers(
    names: Sequence[str],
    method: shares.Method,
    covariance: Floats,
    drawn: Floats,
    values: Floats,
    *,
    level: float,
) -> list[Driver]:
    importance, resampled = _WAYS[method](covariance), _WAYS[method](drawn)
    slope, slopes = shares.slopes(covariance), shares.slopes(drawn)
    spread = np.sqrt(np.diagonal(covariance))
    correlation = covariance[:-1, -1] / spread[:-1] / spread[-1]
    alone, beyond = shares.alone(covariance), shares.beyond(covariance)
    ranks = 1 + np.argsort(np.argsort(-resampled, axis=1), axis=1)
    ends = np.quantile(ranks, [0.5 - level / 2, 0.5 + level / 2], axis=0, method="nearest").astype(int)
    whole, wholes = importance.sum(), resampled.sum(axis=1)
    n = len(values)
    return [
        Driver(
            name,
            percentiles(float(importance[j]), resampled[:, j], n=n, level=level, within=(0, 1)),
            percentiles(
                float(importance[j] / whole), resampled[:, j] / wholes, n=n, level=level, within=(0, 1)
            ),
            percentiles(float(slope[j]), slopes[:, j], n=n, level=level),
            float(correlation[j]),
            float(alone[j]),
            float(beyond[j]),
            (int(ends[0, j]), int(ends[1, j])),
            int((~np.isnan(values[:, j])).sum()),
        )
        for j, name in enumerate(names)
    ]


def _check_answers(names: Sequence[str], values: Floats) -> None:
    """Refuse drivers that were hardly answered, and those and outcomes that never vary."""
    for name, answers in zip((*names, "outcome"), values.T, strict=True):
        given = answers[~np.isnan(answers)]
        if name != "outcome":
            enough(len(given), FEWEST_ANSWERS, [name])
        if np.ptp(given) == 0:
            raise ColumnsRefused(
                f"{name!r} is always {given[0]:g}: what never varies explains nothing and cannot be explained.",
                hint="Leave it out.",
                name=name,
            )


def _renumbered(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _between(low: float, high: float) -> Callable[[Floats], Floats]:
    def read(values: Floats) -> Floats:
        wrong = values[~np.isnan(values) & ((values < low) | (values > high))]
        if len(wrong):
            raise ColumnsRefused(
                f"The outcome has values such as {wrong[0]:g}, which lie outside {low:g}…{high:g}.",
                hint="Leave codes such as 11 for “don't know” out as NaN, or say what the outcome is.",
            )
        return values

    return read


def _yes_or_no(values: Floats) -> Floats:
    there = values[~np.isnan(values)]
    if not np.isin(there, [0, 1]).all():
        raise ColumnsRefused("Whether somebody came back is 0 or 1.", hint="Give yes as 1 and no as 0.")
    return values


def _logarithm(values: Floats) -> Floats:
    spent = values > 0
    return np.where(spent, np.log(np.where(spent, values, 1.0)), np.nan)


def _as_it_is(values: Floats) -> Floats:
    return values


_READ: Final[Mapping[Outcome, Callable[[Floats], Floats]]] = {
    "nps": _between(0, 10),
    "csat": _as_it_is,
    "ces": _as_it_is,
    "number": _as_it_is,
    "return": _yes_or_no,
    "spend": _logarithm,
}
_WAYS: Final[Mapping[shares.Method, Callable[[ArrayLike], Floats]]] = {
    "lmg": shares.lmg,
    "relative_weights": shares.relative_weights,
}
