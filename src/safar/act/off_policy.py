"""Off-policy evaluation: what another way of choosing would have brought, from decisions that were made otherwise.

Each decision was made with a known chance. Those that the other way would have made too speak for it, the more the
rarer they were made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, student_quantile

from .decisions import ImpossibleDecision

Floats = NDArray[np.float64]

#: Below so many effective decisions, or such a part of all, an estimate rests on too few.
_FEWEST: Final = 50
_LEAST_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class OffPolicy:
    """What another way of choosing would have brought by decision.

    Attributes
    ----------
    ips, snips, dr
        Inverse propensity score; the same with weights made to sum to one; doubly robust, None without expectations.
        Each the mean outcome of a decision, with its interval.
    logged
        What was really had.
    gain
        What the other way would have brought more than was had, by the best of the estimates.
    effective_n
        So many decisions made by the other way itself would say as much: :math:`(\\sum w)^2 / \\sum w^2`.
    largest_weight
        How much the rarest decision counts.
    notes
        ``off_policy.few``: the estimate rests on so few effective decisions; ``off_policy.unsupported``: so many
        decisions had a chance of 0 of something that the other way would do.
    """

    ips: Estimate
    snips: Estimate
    dr: Estimate | None
    logged: Estimate
    gain: Estimate
    effective_n: float
    largest_weight: float
    notes: tuple[Note, ...]

    @property
    def best(self) -> Estimate:
        """The doubly robust estimate where there is one, else the self-normalised one."""
        return self.dr or self.snips


def off_policy(
    chosen: ArrayLike,
    logged: ArrayLike,
    target: ArrayLike,
    outcomes: ArrayLike,
    *,
    expected: ArrayLike | None = None,
    customers: Sequence[object] | None = None,
    level: float = DEFAULT_LEVEL,
) -> OffPolicy:
    """Return what a target way of choosing would have brought.

    With chances :math:`\\pi_0` that were used, :math:`\\pi` of the target, and :math:`w_i = \\pi(a_i)/\\pi_0(a_i)`,

    .. math:: V_{IPS} = \\frac1n \\sum w_i y_i, \\quad V_{SNIPS} = \\frac{\\sum w_i y_i}{\\sum w_i}, \\quad
              V_{DR} = \\frac1n \\sum \\Big[ \\sum_a \\pi(a) \\hat q_i(a) + w_i (y_i - \\hat q_i(a_i)) \\Big]

    Parameters
    ----------
    chosen
        Place of the action taken, one a decision.
    logged, target
        Shape (decisions, actions): the chances used, and those of the other way; rows sum to 1.
    outcomes
        What each decision brought.
    expected
        Shape (decisions, actions): :math:`\\hat q`, what each action is expected to bring, by a model that was learnt
        from other decisions.
    customers
        Whose decision; those of one customer are not independent. Each by itself when None.
    level
        Confidence level.

    Raises
    ------
    ImpossibleDecision

    Assumes that chances were written down as they were used, that the target does nothing that had no chance, and that
    an outcome depends on its own decision alone.

    Source: D. Horvitz, D. Thompson (1952), JASA 47; A. Swaminathan, T. Joachims (2015), NIPS; M. Dudík, J. Langford,
    L. Li (2011), ICML.

    Examples
    --------
    >>> found = off_policy([0, 1, 0, 1], [[0.5, 0.5]] * 4, [[0.0, 1.0]] * 4, [1.0, 3.0, 1.0, 5.0])
    >>> found.ips.value, found.snips.value, found.effective_n
    (4.0, 4.0, 2.0)
    """
    action, before, after, got = _checked(chosen, logged, target, outcomes)
    rows = np.arange(len(action))
    weights = after[rows, action] / before[rows, action]
    clusters = None if customers is None else np.unique(np.asarray(customers), return_inverse=True)[1]
    size = _Sizes(len(action), clusters, level)
    total = float(weights.sum())
    share = float(weights @ got) / total if total else 0.0
    mean_weight = total / len(action)
    doubly = None
    more = weights * (got - share) / mean_weight - (got - got.mean()) if mean_weight else weights
    gain = size.around(share - float(got.mean()), more)
    if expected is not None:
        guess = np.asarray(expected, np.float64)
        if guess.shape != before.shape:
            raise ImpossibleDecision(
                f"Expectations have the shape {guess.shape}, chances {before.shape}.", hint="Give one each."
            )
        would_be = (after * guess).sum(axis=1) + weights * (got - guess[rows, action])
        doubly, gain = size.mean(would_be), size.mean(would_be - got)
    effective = total**2 / float(weights @ weights) if total else 0.0
    unsupported = int(((after > 0) & (before <= 0)).any(axis=1).sum())
    notes = []
    if effective < max(_FEWEST, _LEAST_SHARE * len(action)):
        notes.append(Note.of("off_policy.few", count=round(effective)))
    if unsupported:
        notes.append(Note.of("off_policy.unsupported", count=unsupported))
    return OffPolicy(
        size.mean(weights * got),
        size.around(share, weights * (got - share) / mean_weight if mean_weight else weights),
        doubly,
        size.mean(got),
        gain,
        effective,
        float(weights.max()),
        tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """How sure a mean over decisions is that come by customer."""

    n: int
    clusters: NDArray[np.int64] | None
    level: float

    def mean(self, values: Floats) -> Estimate:
        """Return the mean of values with its interval."""
        average = float(values.mean())
        return self.around(average, values - average)

    def around(self, value: float, apart: Floats) -> Estimate:
        """Return a value with its interval, from each decision's part of its error."""
        sums = apart if self.clusters is None else np.bincount(self.clusters, apart)
        count = len(sums)
        if count < 2:
            return Estimate(value, Interval(-math.inf, math.inf, self.level), self.n)
        error = math.sqrt(count / (count - 1) * float(sums @ sums)) / self.n
        half = student_quantile(self.level, count - 1) * error
        return Estimate(value, Interval(value - half, value + half, self.level), self.n)


def _checked(
    chosen: ArrayLike, logged: ArrayLike, target: ArrayLike, outcomes: ArrayLike
) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    action, got = np.asarray(chosen, np.int64), np.asarray(outcomes, np.float64)
    before, after = (np.asarray(each, np.float64) for each in (logged, target))
    if before.ndim != 2 or before.shape != after.shape or not len(action) == len(got) == len(before) > 0:
        raise ImpossibleDecision(
            f"{len(action)} actions, {len(got)} outcomes, chances of shapes {before.shape} and {after.shape}.",
            hint="Give a row of chances, an action and an outcome for each decision.",
        )
    for chances in (before, after):
        if chances.min() < 0 or np.abs(chances.sum(axis=1) - 1).max() > 1e-6:
            raise ImpossibleDecision(
                "Some rows of chances do not sum to 1.", hint="Actions not allowed have 0."
            )
    if (
        action.min() < 0
        or action.max() >= before.shape[1]
        or (before[np.arange(len(action)), action] <= 0).any()
    ):
        raise ImpossibleDecision(
            "Some action was taken that had no chance.", hint="Write chances down as they were used."
        )
    return action, before, after, got
