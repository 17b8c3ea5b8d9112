"""Differences in differences: what a release moved among those who got it, beyond what moved among those who did not.

The change of the others stands for what would have happened anyway. That is believable where both went side by side
before: so the same comparison is made for every earlier time, and what it finds there is told with the answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    Estimate,
    Interval,
    student_p_value,
    student_quantile,
)

from .clustered import clustered_least_squares
from .measured import Floats
from .refusals import ColumnsDoNotFit, TooFewCustomers

#: Below this p-value the times before the release say that both groups did not go side by side.
NOT_PARALLEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class AtTime:
    """The comparison at one time.

    Attributes
    ----------
    distance
        Periods after the release: 0 is the first with it, -1 the last without.
    effect
        Against the last period before, in the outcome's unit. Before the release it should be 0.
    """

    distance: int
    effect: Estimate


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    """What a release moved.

    Attributes
    ----------
    effect
        The mean over all times after it, in the outcome's unit; ``n`` is the customers who got it.
    p_value
        The chance of an effect at least as far from 0 when there is none.
    times
        The comparison at each time, in order; the last period before is the one compared with, and is left out.
    trend_p_value
        Of a Wald test that all comparisons before the release are 0; None with a single period before.
    notes
        ``did.not_parallel``: the times before speak against the comparison; ``did.no_times_before``: nothing speaks
        for it or against it; ``did.few_clusters``: fewer than 30 customers in a group.
    """

    effect: Estimate
    p_value: float
    times: tuple[AtTime, ...]
    trend_p_value: float | None
    notes: tuple[Note, ...]


def difference_in_differences(
    outcomes: ArrayLike, got_it: ArrayLike, released_at: int, *, level: float = DEFAULT_LEVEL
) -> DifferenceInDifferences:
    """Return what a release moved among customers who are seen at every time.

    .. math:: (\\bar Y^T_{after} - \\bar Y^T_{before}) - (\\bar Y^C_{after} - \\bar Y^C_{before})

    Errors are by customer: each enters with his own change, however many periods there are.

    Parameters
    ----------
    outcomes
        Shape (customers, periods).
    got_it
        Of each customer, whether the release reached him; all at the same time. For releases at different times see
        `staggered`.
    released_at
        Place of the first period with it.
    level
        Confidence level.

    Raises
    ------
    ColumnsDoNotFit, TooFewCustomers

    Assumes parallel trends: without the release both groups would have moved alike; that nobody acts on it before it
    comes; and that those who got it do not influence the others.

    Source: D. Card, A. Krueger (1994), AER 84; M. Bertrand, E. Duflo, S. Mullainathan (2004), QJE 119 (errors by
    customer).

    Examples
    --------
    >>> found = difference_in_differences(
    ...     [[1.0, 4.0], [2.0, 6.0], [1.0, 2.0], [3.0, 4.5]], [True, True, False, False], 1
    ... )
    >>> found.effect.value
    2.25
    """
    rows, reached = checked_panel(outcomes, got_it, np.bool_)
    periods = rows.shape[1]
    if not 1 <= released_at < periods:
        raise ColumnsDoNotFit(
            f"The release at place {released_at} leaves no period before or after among {periods}.",
            hint="Give at least one on each side.",
        )
    treated, others = rows[reached], rows[~reached]
    if min(len(treated), len(others)) < 2:
        raise TooFewCustomers(
            f"{len(treated)} customers got it, {len(others)} did not.", hint="Each group needs 2 or more."
        )
    change = rows[:, released_at:].mean(axis=1) - rows[:, :released_at].mean(axis=1)
    degrees = len(rows) - 2
    value, covariance = _difference(change[reached, None], change[~reached, None])
    base = rows[:, [released_at - 1]]
    compared = [place for place in range(periods) if place != released_at - 1]
    by_time, joint = _difference((rows - base)[reached][:, compared], (rows - base)[~reached][:, compared])
    spreads = np.sqrt(np.diag(joint))
    times = tuple(
        AtTime(place - released_at, _estimate(float(at), float(spread), degrees, len(treated), level))
        for place, at, spread in zip(compared, by_time, spreads, strict=True)
    )
    earlier = released_at - 1
    trend = wald_p_value(by_time[:earlier], joint[:earlier, :earlier]) if earlier else None
    error = math.sqrt(covariance[0, 0])
    p_value = student_p_value(value[0] / error, degrees) if error else float(value[0] == 0)
    return DifferenceInDifferences(
        _estimate(float(value[0]), error, degrees, len(treated), level),
        p_value,
        times,
        trend,
        trend_notes(trend, min(len(treated), len(others))),
    )


def of_rows(
    outcome: ArrayLike,
    got_it: ArrayLike,
    is_after: ArrayLike,
    customers: Sequence[Any] | NDArray[Any],
    *,
    level: float = DEFAULT_LEVEL,
) -> tuple[Estimate, float]:
    """Return the effect and its p-value where customers are not all seen at both times.

    Least squares of the outcome on the group, the time, and both together; that last coefficient is the effect, with
    errors by customer.

    Parameters
    ----------
    outcome, got_it, is_after, customers
        A row each: the outcome, whether this customer belongs to those who got it, whether this is after the release,
        and who it is.
    level
        Confidence level.

    Raises
    ------
    ColumnsDoNotFit, TooFewCustomers

    Assumes what `difference_in_differences` does, and that who is seen has not changed between the times: where other
    customers come after a release than before, it compares people, not times.

    Examples
    --------
    >>> effect, _ = of_rows([1, 2, 4, 6, 1, 3, 2, 4], [1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 1, 1], "abababcd")
    >>> round(effect.value, 6)
    2.5
    """
    values = np.asarray(outcome, np.float64)
    group, after = (np.asarray(each, np.float64) for each in (got_it, is_after))
    if not len(values) == len(group) == len(after):
        raise ColumnsDoNotFit("Outcome, group and time differ in length.", hint="Give one row each.")
    design = np.column_stack([np.ones(len(values)), group, after, group * after])
    fitted = clustered_least_squares(design, values, np.asarray(list(customers)))
    error = math.sqrt(max(0.0, float(fitted.covariance[3, 3])))
    value, degrees = float(fitted.coefficients[3]), fitted.clusters - 1
    p_value = student_p_value(value / error, degrees) if error else float(value == 0)
    return _estimate(value, error, degrees, fitted.clusters, level), p_value


def checked_panel(outcomes: ArrayLike, groups: ArrayLike, kind: type) -> tuple[Floats, NDArray[Any]]:
    """Return outcomes of shape (customers, periods) and one group for each customer.

    Raises
    ------
    ColumnsDoNotFit
    """
    rows = np.asarray(outcomes, np.float64)
    found: NDArray[Any] = np.asarray(groups, kind)
    if rows.ndim != 2 or found.shape != rows.shape[:1]:
        raise ColumnsDoNotFit(
            f"Outcomes have the shape {rows.shape}, groups {found.shape}.",
            hint="Give a row a customer and a column a period, and one group for each customer.",
        )
    if not np.isfinite(rows).all():
        raise ColumnsDoNotFit(
            "Some customers are not seen in some period.",
            hint="Say what nothing counts as (0 orders, for example), or leave those customers out.",
        )
    return rows, found


def wald_p_value(values: Floats, covariance: Floats) -> float:
    """Return the chance of values at least as far from 0, all together, when all are 0."""
    from scipy.special import gammaincc  # noqa: PLC0415 - takes a moment to load

    distance = float(values @ np.linalg.pinv(covariance) @ values)
    return float(gammaincc(len(values) / 2, distance / 2))


def trend_notes(trend: float | None, smallest: int) -> tuple[Note, ...]:
    """Return what must be known of the times before the release, and of how few customers there are."""
    notes = []
    if trend is None:
        notes.append(Note.of("did.no_times_before"))
    elif trend < NOT_PARALLEL:
        notes.append(Note.of("did.not_parallel"))
    if smallest < 30:
        notes.append(Note.of("did.few_clusters", count=smallest))
    return tuple(notes)


def _difference(treated: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Return the difference of two groups' means, column by column, with its covariance."""
    covariance = np.zeros((treated.shape[1],) * 2)
    for group in (treated, others):
        covariance += np.atleast_2d(np.cov(group, rowvar=False)) / len(group)
    return treated.mean(axis=0) - others.mean(axis=0), covariance


def _estimate(value: float, error: float, degrees: int, n: int, level: float) -> Estimate:
    half = student_quantile(level, degrees) * error
    return Estimate(value, Interval(value - half, value + half, level), n)
