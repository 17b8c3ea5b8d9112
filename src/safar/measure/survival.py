"""Survival: how many are still there after so long, though for many the end has not been seen yet.

Kaplan and Meier's curve with intervals, by group, and the log-rank test between groups. Models with covariates are
`safar.measure.cox` (whose risk is higher) and `safar.measure.aft` (who stays how much longer).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile

from .survival_inputs import Floats, Subjects, SurvivalRefused


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan and Meier's estimate of the share still there.

    .. math:: \\hat S(t) = \\prod_{t_j \\le t} (1 - d_j / n_j)

    Attributes
    ----------
    label
        Whose; empty for everybody.
    times
        Ascending durations at which somebody left, in the unit given.
    at_risk, events
        ``int64``: how many were watched just before, and how many left then.
    survival, low, high
        ``float64``: the share still there from then on, and its interval on the scale of log(−log).
    n, observed
        Subjects, and how many of their ends were seen.
    last
        The longest duration of anybody: nothing is known beyond it.
    level
        Confidence level.
    """

    label: str
    times: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    low: Floats
    high: Floats
    n: int
    observed: int
    last: float
    level: float

    def at(self, time: float) -> Estimate | None:
        """Return the share still there after so long; None beyond the longest duration, unless all have left."""
        if time < 0:
            raise SurvivalRefused(f"{time} is before the beginning.", hint="Ask for a time from 0 on.")
        if time > self.last and not (len(self.survival) and self.survival[-1] == 0):
            return None
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return Estimate(1.0, Interval(self._low_before, 1.0, self.level), self.n)
        interval = Interval(float(self.low[place]), float(self.high[place]), self.level)
        return Estimate(float(self.survival[place]), interval, self.n)

    @property
    def median(self) -> Estimate | None:
        """After how long half have left; None where more than half are still there at the end."""
        return self.quantile(0.5)

    def quantile(self, left: float) -> Estimate | None:
        """Return after how long a share has left, with the interval that the curve's own gives; None if it has not.

        Parameters
        ----------
        left
            0…1. The upper end is infinite where the curve's does not come down so far.

        Source: R. Brookmeyer, J. Crowley (1982), Biometrics 38.
        """
        if not 0 < left < 1:
            raise SurvivalRefused(
                f"A share of {left} is none.", hint="Ask for one between 0 and 1, such as 0.5."
            )
        value = self._first(self.survival, 1 - left)
        if value is None:
            return None
        low, high = self._first(self.low, 1 - left), self._first(self.high, 1 - left)
        interval = Interval(value if low is None else low, math.inf if high is None else high, self.level)
        return Estimate(value, interval, self.n)

    def restricted_mean(self, until: float) -> Estimate:
        """Return how long they stay on average within a time: the area under the curve up to ``until``.

        Raises
        ------
        SurvivalRefused
            Nobody was followed that long.

        Source: J. P. Klein, M. L. Moeschberger (2003), Survival Analysis, 2nd ed., (4.5.1)–(4.5.2).
        """
        if not 0 < until <= self.last:
            raise SurvivalRefused(
                f"Nobody was followed for {until}.", hint=f"Ask for a time of at most {self.last}."
            )
        inside = self.times < until
        edges = np.concatenate([[0.0], self.times[inside], [until]])
        areas = np.diff(edges) * np.concatenate([[1.0], self.survival[inside]])
        value, after = float(areas.sum()), np.cumsum(areas[::-1])[::-1][1:]
        at_risk, events = self.at_risk[inside], self.events[inside]
        left = np.maximum(at_risk - events, 1.0)  # where nobody is left, no area is either
        variance = float((after**2 * events / (at_risk * left)).sum())
        half = normal_quantile(self.level) * math.sqrt(variance)
        return Estimate(value, Interval(max(0.0, value - half), min(until, value + half), self.level), self.n)

    @property
    def _low_before(self) -> float:
        """Lower end while nobody has left: the share that would lose none of so many in 2.5 % of samples."""
        return float(((1 - self.level) / 2) ** (1 / self.n))

    def _first(self, values: Floats, below: float) -> float | None:
        under = np.flatnonzero(values <= below + 1e-12)
        return float(self.times[under[0]]) if len(under) else None


@dataclass(frozen=True, slots=True)
class LogRank:
    """The log-rank test: do the groups leave at one and the same rate?

    Attributes
    ----------
    statistic
        Chi-squared with ``degrees`` degrees of freedom.
    p_value
        The chance of one so large where they do.
    observed, expected
        Ends of each group, seen and expected if all left alike; in the order of the curves.
    """

    statistic: float
    degrees: int
    p_value: float
    observed: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SurvivalFit:
    """Curves of groups, in the order of their labels, and the test between them; None of one group."""

    curves: tuple[SurvivalCurve, ...]
    log_rank: LogRank | None

    def __getitem__(self, label: str) -> SurvivalCurve:
        found = next((curve for curve in self.curves if curve.label == label), None)
        if found is None:
            raise SurvivalRefused(
                f"There is no group {label!r}.",
                hint=f"There are: {', '.join(repr(curve.label) for curve in self.curves[:20])}.",
            )
        return found

    @property
    def table(self) -> Table:
        """One row for each time at which somebody of a group left."""
        parts = [(curve, place) for curve in self.curves for place in range(len(curve.times))]
        return Table.of(
            {
                "group": [curve.label for curve, _ in parts],
                "time": [float(curve.times[place]) for curve, place in parts],
                "at_risk": [int(curve.at_risk[place]) for curve, place in parts],
                "events": [int(curve.events[place]) for curve, place in parts],
                "survival": [float(curve.survival[place]) for curve, place in parts],
                "survival_low": [float(curve.low[place]) for curve, place in parts],
                "survival_high": [float(curve.high[place]) for curve, place in parts],
            }
        )


def fit(
    durations: ArrayLike,
    observed: ArrayLike | None = None,
    *,
    groups: Sequence[object] | ArrayLike | None = None,
    entry: ArrayLike | None = None,
    level: float = DEFAULT_LEVEL,
) -> SurvivalFit:
    """Return how many are still there after so long.

    Parameters
    ----------
    durations
        In any one unit, one a subject: until the end, or until they were seen last.
    observed
        Whether the end was seen; all were when None.
    groups
        A label for each subject; one curve for everybody when None.
    entry
        How old each was when watching began (left truncation): a subscription that was a year old when the records
        begin counts among those at risk from its first year on. From the beginning when None.
    level
        Confidence level of the intervals.

    Raises
    ------
    SurvivalRefused, ImpossibleLevel

    Notes
    -----
    The interval is symmetric on the scale of :math:`\\log(-\\log S)`, with Greenwood's variance, so it stays within
    0…1. Before the first end its lower end is :math:`(\\alpha/2)^{1/n}`, and where all have left the upper end stays
    where it was: the formula alone would call both certain. Assumes that those whose end was not seen leave like the
    others.

    Source: E. L. Kaplan, P. Meier (1958), JASA 53; J. D. Kalbfleisch, R. L. Prentice (1980), The Statistical Analysis
    of Failure Time Data; N. Mantel (1966), Cancer Chemotherapy Reports 50. Checked against lifelines 0.30.3.

    Examples
    --------
    >>> weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    >>> left = [True] * 9 + [False] * 12
    >>> round(fit(weeks, left).curves[0].at(10).value, 4)
    0.7529
    """
    normal_quantile(level)
    subjects = Subjects.of(durations, observed, entry=entry)
    if groups is None:
        return SurvivalFit((_curve("", subjects, level),), None)
    labels = np.array([str(each) for each in np.asarray(groups).tolist()])
    if len(labels) != len(subjects):
        raise SurvivalRefused(
            f"There are {len(labels):,} labels of groups for {len(subjects):,} subjects.",
            hint="Give one label a subject.",
        )
    known, codes = np.unique(labels, return_inverse=True)
    curves = []
    for code, label in enumerate(known.tolist()):
        mine = codes == code
        part = Subjects(subjects.durations[mine], subjects.observed[mine], subjects.entry[mine])
        curves.append(_curve(label, part, level))
    return SurvivalFit(tuple(curves), _log_rank(subjects, codes, len(known)) if len(known) > 1 else None)


def _curve(label: str, subjects: Subjects, level: float) -> SurvivalCurve:
    times = np.unique(subjects.durations[subjects.observed])
    at_risk, events = _counts(subjects, times)
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = 1 - events / at_risk
        survival = np.cumprod(kept).astype(np.float64)
        spread = np.cumsum(events / (at_risk * (at_risk - events)))  # Greenwood: var(log S)
        log_survival = np.log(survival)
        half = normal_quantile(level) * np.sqrt(spread) / np.abs(log_survival)
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    over = survival <= 0  # all have left: what was known just before still bounds it
    low[over] = 0.0
    if over.any():
        first = int(np.argmax(over))
        high[over] = high[first - 1] if first else 1 - ((1 - level) / 2) ** (1 / len(subjects))
        survival[over] = 0.0
    return SurvivalCurve(
        label,
        times,
        at_risk,
        events,
        survival,
        low,
        high,
        len(subjects),
        subjects.events,
        float(subjects.durations.max()),
        level,
    )


def _counts(subjects: Subjects, times: Floats) -> tuple[Floats, Floats]:
    """Return how many are watched just before each time, and how many leave then."""
    ordered = np.sort(subjects.durations)
    entered = np.sort(subjects.entry)
    # A subject watched from the beginning is at risk at time 0 too.
    here = np.searchsorted(entered, times, side="left")
    here = np.where(times <= 0, np.searchsorted(entered, times, side="right"), here)
    at_risk = here - np.searchsorted(ordered, times, side="left")
    ends = np.sort(subjects.durations[subjects.observed])
    events = np.searchsorted(ends, times, side="right") - np.searchsorted(ends, times, side="left")
    return at_risk.astype(np.float64), events.astype(np.float64)


def _log_rank(subjects: Subjects, codes: NDArray[np.int64], groups: int) -> LogRank | None:
    """Return the test between groups; None where no end was seen."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy only where a test is asked for

    times = np.unique(subjects.durations[subjects.observed])
    if not len(times):
        return None
    at_risk, events = np.zeros((groups, len(times))), np.zeros((groups, len(times)))
    for code in range(groups):
        mine = codes == code
        part = Subjects(subjects.durations[mine], subjects.observed[mine], subjects.entry[mine])
        at_risk[code], events[code] = _counts(part, times)
    everybody, left = at_risk.sum(axis=0), events.sum(axis=0)
    share = at_risk / everybody
    expected = (share * left).sum(axis=1)
    several = everybody > 1
    weight = np.zeros(len(times))
    weight[several] = (left * (everybody - left))[several] / (everybody[several] - 1)
    variance = np.diag((weight * share).sum(axis=1)) - (weight * share) @ share.T
    excess = events.sum(axis=1) - expected
    statistic = float(excess @ np.linalg.pinv(variance) @ excess)
    return LogRank(
        statistic,
        groups - 1,
        float(chdtrc(groups - 1, statistic)),
        tuple(int(each) for each in events.sum(axis=1)),
        tuple(expected.tolist()),
    )
