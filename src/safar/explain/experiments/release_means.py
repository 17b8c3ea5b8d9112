"""Scores and shares around a release: means over answers and occasions, which not everybody has in every period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate, Interval, student_quantile

from .clustered import clustered_least_squares
from .difference_in_differences import AtTime, of_rows, trend_notes, wald_p_value
from .measured import Floats
from .refusals import TooFewCustomers
from .release_counts import Around, Happened, Known


@dataclass(frozen=True, slots=True)
class MeansBeside:
    """The comparison of two groups' means.

    Attributes
    ----------
    effect, p_value, times, trend_p_value, notes
        As of `difference_in_differences.DifferenceInDifferences`.
    values
        The means by period of those who got it, and of the others; NaN where there are none.
    with_it
        The mean after the release of those who got it.
    customers, others
        Whose they are.
    """

    effect: Estimate
    p_value: float
    times: tuple[AtTime, ...]
    trend_p_value: float | None
    values: tuple[Floats, Floats]
    with_it: float
    customers: int
    others: int
    notes: tuple[Note, ...]


def means_of(what: Happened, periods: int) -> Floats:
    """Return the mean of each period.

    Raises
    ------
    TooFewCustomers
        Some period has nothing.
    """
    counts = np.bincount(what.period, minlength=periods)
    if not counts.all():
        raise TooFewCustomers(
            f"{int((counts == 0).sum())} of {periods} periods have nothing to take a mean of.",
            hint="Count more days together.",
        )
    return np.bincount(what.period, what.value, minlength=periods) / counts


def means_beside(what: Happened, known: Known, around: Around, *, level: float) -> MeansBeside:
    """Return what a release moved of a mean, among customers who had come before, with errors by customer.

    Raises
    ------
    TooFewCustomers, ColumnsDoNotFit
    """
    place = np.minimum(np.searchsorted(known.person, what.person), len(known.person) - 1)
    mine = known.person[place] == what.person
    place, period, value = place[mine], what.period[mine], what.value[mine]
    got_it = known.chosen[place]
    customers, others = (len(np.unique(place[side])) for side in (got_it, ~got_it))
    after = period >= around.before
    if min(customers, others) < 2 or not (after & got_it).any():
        raise TooFewCustomers(
            f"Of {customers} customers who got it and {others} others something is known.",
            hint="Each group needs 2 or more, before and after.",
        )
    effect, p_value = of_rows(value, got_it, after, place, level=level)
    times, trend = _by_period(value, got_it, period, place, around, level=level)
    means = []
    for side in (got_it, ~got_it):
        counts = np.bincount(period[side], minlength=around.periods)
        sums = np.bincount(period[side], value[side], minlength=around.periods)
        means.append(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))
    return MeansBeside(
        Estimate(effect.value, effect.interval, customers),
        p_value,
        times,
        trend,
        (means[0], means[1]),
        float(value[got_it & after].mean()),
        customers,
        others,
        trend_notes(trend, min(customers, others)),
    )


def _by_period(
    value: Floats,
    got_it: np.ndarray,
    period: np.ndarray,
    customers: np.ndarray,
    around: Around,
    *,
    level: float,
) -> tuple[tuple[AtTime, ...], float | None]:
    """Return the comparison of each period that both groups have with the last one before, and how those before do."""
    base = around.before - 1
    both = [
        each
        for each in range(around.periods)
        if (here := period == each).any() and got_it[here].any() and not got_it[here].all()
    ]
    if base not in both:
        return (), None
    kept = np.isin(period, both)
    value, got_it, period, customers = value[kept], got_it[kept], period[kept], customers[kept]
    compared = [each for each in both if each != base]
    here = np.column_stack([period == each for each in compared]).astype(np.float64)
    group = got_it.astype(np.float64)[:, None]
    design = np.column_stack([np.ones(len(value)), group, here, here * group])
    fitted = clustered_least_squares(design, value, customers)
    first = 2 + len(compared)
    values, covariance = fitted.coefficients[first:], fitted.covariance[first:, first:]
    critical = student_quantile(level, fitted.clusters - 1)
    times = []
    for each, at, spread in zip(compared, values, np.sqrt(np.diag(covariance).clip(0)), strict=True):
        half = critical * float(spread)
        ends = Interval(float(at) - half, float(at) + half, level)
        times.append(AtTime(each - around.before, Estimate(float(at), ends, fitted.clusters)))
    earlier = np.array([each < base for each in compared])
    trend = wald_p_value(values[earlier], covariance[np.ix_(earlier, earlier)]) if earlier.any() else None
    return tuple(times), trend
