"""Before and after: what a number did when something was released, where nobody was left without it.

The weakest of the comparisons: whatever else happened at the same time is in it too. It is worth having because most
releases leave nobody without them; it is labelled an association, always.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    Estimate,
    Interval,
    student_p_value,
    student_quantile,
)

from .measured import Floats, checked_values
from .refusals import ColumnsDoNotFit, TooFewCustomers


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """How a number moved.

    Attributes
    ----------
    change
        After less before, in the number's unit.
    before, after
        The values of both times; of a series, what the time before leads one to expect and what came.
    p_value
        The chance of a change at least as far from 0 when there is none.
    expected
        Of a series: at each point what trend and season lead one to expect, without the release; empty otherwise.
    notes
        ``before_after.no_comparison``: nobody was left without it, so that everything else of that time is in it;
        ``before_after.short``: the series before has fewer than a dozen points.
    """

    change: Estimate
    before: float
    after: float
    p_value: float
    expected: tuple[float, ...]
    notes: tuple[Note, ...]


def paired(before: ArrayLike, after: ArrayLike, *, level: float = DEFAULT_LEVEL) -> BeforeAfter:
    """Return the mean change of the same customers between two times.

    Parameters
    ----------
    before, after
        One value a customer, in the same order.
    level
        Confidence level.

    Raises
    ------
    TooFewCustomers, ColumnsDoNotFit

    Assumes that without the release nothing would have changed. Customers chosen because they did badly before get
    better by themselves (regression to the mean): compare everybody, or use a group that was left without.

    Source: Student (1908), the paired test.

    Examples
    --------
    >>> round(paired([1.0, 2.0, 3.0], [2.0, 3.0, 7.0]).change.value, 3)
    2.0
    """
    first, second = checked_values(before), checked_values(after)
    if len(first) != len(second):
        raise ColumnsDoNotFit(
            f"There are {len(first)} values before and {len(second)} after.",
            hint="Give one each for the same customers.",
        )
    moved = second - first
    return _told(
        float(moved.mean()),
        float(moved.std(ddof=1)) / math.sqrt(len(moved)),
        len(moved) - 1,
        (float(first.mean()), float(second.mean())),
        (),
        len(moved),
        level,
        (Note.of("before_after.no_comparison"),),
    )


def interrupted(
    values: ArrayLike, released_at: int, *, season: int = 0, level: float = DEFAULT_LEVEL
) -> BeforeAfter:
    """Return how a series stands after a release beside where its own trend and season were going.

    A line (and a mean for each place in the season) is fitted with a step at the release; the step is the change. Its
    error is Newey and West's, since neighbouring days are alike.

    Parameters
    ----------
    values
        The series, at equal distances.
    released_at
        Place of the first value after the release.
    season
        Points of a season: 7 for days of the week; 0 for none.
    level
        Confidence level.

    Raises
    ------
    TooFewCustomers
        Either side has fewer than four points, or not all of a season.
    ColumnsDoNotFit

    Assumes that trend and season would have gone on as before.

    Source: J. Lopez Bernal, S. Cummins, A. Gasparrini (2017), "Interrupted time series regression", Int. J. Epidemiol.;
    W. K. Newey, K. D. West (1987), Econometrica 55.

    Examples
    --------
    >>> found = interrupted([1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 10.0, 11.0, 12.0, 13.0], 5)
    >>> round(found.change.value, 6)
    3.0
    """
    series = checked_values(values)
    count = len(series)
    fewest = max(4, season)
    if min(released_at, count - released_at) < fewest:
        raise TooFewCustomers(
            f"The series has {released_at} points before the release and {count - released_at} after.",
            hint=f"It needs {fewest} on each side.",
        )
    time = np.arange(count, dtype=np.float64)
    step = (time >= released_at).astype(np.float64)
    columns = [step, np.ones(count), time - time.mean()]
    columns += [(time % season == place).astype(np.float64) for place in range(1, season)]
    design = np.column_stack(columns)
    if count <= design.shape[1]:
        raise TooFewCustomers(f"{count} points cannot tell a season of {season}.", hint="Take more.")
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ (design.T @ series)
    residual = series - design @ fitted
    covariance = inverse @ _long_run(design * residual[:, None]) @ inverse
    degrees = count - design.shape[1]
    spread = math.sqrt(max(0.0, float(covariance[0, 0])) * count / degrees)
    expected = series - residual - fitted[0] * step
    notes = [Note.of("before_after.no_comparison")]
    if released_at < 12:
        notes.append(Note.of("before_after.short", count=released_at))
    return _told(
        float(fitted[0]),
        spread,
        degrees,
        (float(expected[released_at:].mean()), float(series[released_at:].mean())),
        tuple(expected.tolist()),
        count,
        level,
        tuple(notes),
    )


def _long_run(scores: Floats) -> Floats:
    """Return the sum of squares of scores with those of neighbours, weighted by Bartlett's kernel."""
    lags = int(4 * (len(scores) / 100) ** (2 / 9))
    found: Floats = scores.T @ scores
    for lag in range(1, lags + 1):
        beside = scores[lag:].T @ scores[:-lag]
        found = found + (1 - lag / (lags + 1)) * (beside + beside.T)
    return found


def _told(  # noqa: PLR0917 - what two ways of finding it have in common
    change: float,
    spread: float,
    degrees: int,
    sides: tuple[float, float],
    expected: tuple[float, ...],
    n: int,
    level: float,
    notes: tuple[Note, ...],
) -> BeforeAfter:
    half = student_quantile(level, degrees) * spread
    p_value = student_p_value(change / spread, degrees) if spread else float(change == 0)
    estimate = Estimate(change, Interval(change - half, change + half, level), n)
    return BeforeAfter(estimate, *sides, p_value, expected, notes)
