"""Staggered releases: what something brought that reached some customers, shops or cities earlier than others.

One regression with customer and time effects goes wrong here: it also compares those reached late with those reached
early, whose effect is still growing, and can turn the sign round. So each group that was reached at one time is
compared with customers who are not reached yet, at each time by itself, and only those comparisons are put together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile

from .difference_in_differences import AtTime, checked_panel, trend_notes, wald_p_value
from .measured import Floats
from .refusals import TooFewCustomers

#: The group of customers who are never reached.
NEVER: Final = -1
_DRAWS: Final = 999

Compared = Literal["not_yet", "never"]


@dataclass(frozen=True, slots=True)
class GroupTime:
    """The comparison of one group at one time.

    Attributes
    ----------
    group
        Period in which the group was reached.
    period
        Which one is compared.
    effect
        In the outcome's unit; ``n`` is the customers of the group. Before it was reached it should be 0.
    compared
        Customers it is compared with.
    """

    group: int
    period: int
    effect: Estimate
    compared: int


@dataclass(frozen=True, slots=True)
class Staggered:
    """What a release brought that came in steps.

    Attributes
    ----------
    effect
        Over all customers who were reached: the mean over the times since, of each group, weighted by its customers.
    p_value
        Of that, against 0.
    times
        By the distance to the release, over groups; intervals that hold for all distances together.
    groups
        Each group by itself: the period it was reached in, and its mean effect.
    cells
        Every comparison of a group at a time.
    trend_p_value
        Of a Wald test that all comparisons before are 0; None where there are none.
    notes
        Those of `DifferenceInDifferences`, and ``did.always_reached``: so many customers were reached from the first
        period on and can be compared with nothing; ``did.last_group_compares``: there is nobody who is never reached,
        and the time at which the last group is reached ends what can be told.
    """

    effect: Estimate
    p_value: float
    times: tuple[AtTime, ...]
    groups: tuple[tuple[int, Estimate], ...]
    cells: tuple[GroupTime, ...]
    trend_p_value: float | None
    notes: tuple[Note, ...]


def staggered(
    outcomes: ArrayLike,
    reached_at: ArrayLike,
    *,
    compare: Compared = "not_yet",
    level: float = DEFAULT_LEVEL,
    seed: int = 0,
) -> Staggered:
    """Return what a release brought that reached groups of customers at different times.

    For the group reached at :math:`g`, at time :math:`t`, with :math:`C` those not reached by then,

    .. math:: ATT(g, t) = E[Y_t - Y_{g-1} | G = g] - E[Y_t - Y_{g-1} | C]

    and before it was reached the same between :math:`t` and :math:`t - 1`.

    Parameters
    ----------
    outcomes
        Shape (customers, periods).
    reached_at
        Of each customer the place of the first period with it; `NEVER` (or any number below 0) for those without.
    compare
        With customers not reached yet (those never reached among them), or with those never reached alone.
    level
        Confidence level.
    seed
        Of the draws behind the intervals that hold together.

    Raises
    ------
    ColumnsDoNotFit, TooFewCustomers

    Assumes parallel trends of each group and those it is compared with; that nobody acts before he is reached; that who
    is reached stays so.

    Source: B. Callaway, P. H. C. Sant'Anna (2021), "Difference-in-differences with multiple time periods", J.
    Econometrics 225; without covariates, errors by customer from influence functions, those of the weights with them.
    Checked against the Python packages csdid and diff-diff.
    """
    rows, groups = checked_panel(outcomes, reached_at, np.int64)
    groups = np.where((groups < 0) | (groups >= rows.shape[1]), NEVER, groups)
    always = int((groups == 0).sum())
    rows, groups = rows[groups != 0], groups[groups != 0]
    found = _comparisons(rows, groups, compare)
    after = [each for each in found if each.period >= each.group]
    if not after:
        raise TooFewCustomers(
            "No group can be compared with customers who are not reached yet.",
            hint="It needs two of each at the same time, and a period before.",
        )
    shares = {int(group): float((groups == group).mean()) for group in np.unique(groups)}
    told = _Told(groups, shares, level)
    by_group = {
        group: told.together([each for each in after if each.group == group])
        for group in sorted({each.group for each in after})
    }
    overall = told.weighted([(group, *by_group[group]) for group in by_group])
    distances = sorted({each.period - each.group for each in found})
    by_distance = [
        told.together([each for each in found if each.period - each.group == away]) for away in distances
    ]
    critical = _held_together(np.array([scores for _, scores in by_distance]), level, seed)
    before = [each for each in found if each.period < each.group]
    trend = _trend(before, len(groups)) if before else None
    sizes = {group: round(share * len(groups)) for group, share in shares.items()}
    reached = sum(sizes[group] for group in by_group)
    error = told.error(overall[1])
    notes = list(trend_notes(trend, min(*(sizes[group] for group in by_group), _fewest(after))))
    if always:
        notes.append(Note.of("did.always_reached", count=always))
    if NEVER not in sizes:
        notes.append(Note.of("did.last_group_compares"))
    return Staggered(
        told.estimate(*overall, reached),
        math.erfc(abs(overall[0]) / error / math.sqrt(2)) if error else float(overall[0] == 0),
        tuple(
            AtTime(away, told.estimate(*each, _behind(found, away, sizes), critical=critical))
            for away, each in zip(distances, by_distance, strict=True)
        ),
        tuple((group, told.estimate(*each, sizes[group])) for group, each in by_group.items()),
        tuple(
            GroupTime(
                each.group,
                each.period,
                told.estimate(each.value, each.scores, sizes[each.group]),
                each.compared,
            )
            for each in found
        ),
        trend,
        tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One group at one time: the value and each customer's part of its error."""

    group: int
    period: int
    value: float
    scores: Floats
    compared: int


def _comparisons(rows: Floats, groups: NDArray[np.int64], compare: Compared) -> list[_Comparison]:
    count, periods = rows.shape
    found = []
    for group in np.unique(groups[groups > 0]).tolist():
        mine = groups == group
        for period in range(1, periods):
            base = group - 1 if period >= group else period - 1
            others = groups == NEVER
            if compare == "not_yet":
                others = others | ((groups > max(period, base)) & (groups != group))
            if min(mine.sum(), others.sum()) < 2:
                continue
            moved = rows[:, period] - rows[:, base]
            one, other = moved[mine].mean(), moved[others].mean()
            scores = count / mine.sum() * mine * (moved - one) - count / others.sum() * others * (
                moved - other
            )
            found.append(_Comparison(group, period, float(one - other), scores, int(others.sum())))
    return found


class _Told:
    """Puts comparisons together; what is uncertain about the groups' shares is counted in."""

    def __init__(self, groups: NDArray[np.int64], shares: dict[int, float], level: float) -> None:
        self._groups = groups
        self._shares = shares
        self._level = level

    def together(self, some: list[_Comparison]) -> tuple[float, Floats]:
        """Return the mean of comparisons by the customers of their groups, and each customer's part of its error."""
        return self.weighted([(each.group, each.value, each.scores) for each in some])

    def weighted(self, some: list[tuple[int, float, Floats]]) -> tuple[float, Floats]:
        """Return a mean of values by the shares of the groups they belong to, with its scores."""
        shares = np.array([self._shares[group] for group, _, _ in some])
        values = np.array([value for _, value, _ in some])
        total = shares.sum()
        scores = np.column_stack([each for _, _, each in some]) @ (shares / total)
        apart = np.column_stack([self._groups == group for group, _, _ in some]) - shares
        of_shares = apart / total - np.outer(apart.sum(axis=1), shares) / total**2
        return float(values @ shares / total), scores + of_shares @ values

    def error(self, scores: Floats) -> float:
        """Return the standard error that customers' parts add up to."""
        return float(np.sqrt((scores**2).mean() / len(scores)))

    def estimate(self, value: float, scores: Floats, n: int, *, critical: float | None = None) -> Estimate:
        """Return a value with its interval; ``critical`` is the quantile where several hold together."""
        half = (normal_quantile(self._level) if critical is None else critical) * self.error(scores)
        return Estimate(value, Interval(value - half, value + half, self._level), n)


def _held_together(scores: Floats, level: float, seed: int) -> float:
    """Return the quantile of the largest |t| among values, by giving customers' parts random signs."""
    errors = np.sqrt((scores**2).mean(axis=1))
    scores = scores[errors > 0] / errors[errors > 0, None]
    if not len(scores):
        return normal_quantile(level)
    chance = np.random.default_rng(seed)
    largest = np.empty(_DRAWS)
    for draw in range(_DRAWS):
        signs = chance.integers(0, 2, scores.shape[1]) * 2.0 - 1.0
        largest[draw] = np.abs(scores @ signs).max() / math.sqrt(scores.shape[1])
    return max(normal_quantile(level), float(np.quantile(largest, level)))


def _trend(before: list[_Comparison], count: int) -> float:
    scores = np.column_stack([each.scores for each in before])
    return wald_p_value(np.array([each.value for each in before]), scores.T @ scores / count**2)


def _behind(found: list[_Comparison], away: int, sizes: dict[int, int]) -> int:
    return sum(sizes[each.group] for each in found if each.period - each.group == away)


def _fewest(some: list[_Comparison]) -> int:
    return min(each.compared for each in some)
