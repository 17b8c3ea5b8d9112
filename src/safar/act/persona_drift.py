"""Whether the members of a persona still live like it: their habits now beside those it was described by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.observe.among import Among, Segment
from safar.observe.habits import HabitsQuestion, habits
from safar.observe.steps import StepRule
from safar.vocabulary.interval import Estimate, Interval, normal_quantile
from safar.vocabulary.many_looks import standing_out
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.observe.walk import Lived

#: Effects below this are called small at most (J. Cohen, 1988): nobody need be told.
SMALLEST: Final = 0.2
_LEVEL: Final = 0.95
_SAMPLE: Final = 10_000
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Habit:
    """How much members do of one thing: mean and standard deviation of the logarithm of one more than the count."""

    name: str
    mean: float
    spread: float
    per_customer: float


@dataclass(frozen=True, slots=True)
class Portrait:
    """The habits of a persona's members in a stretch of time, and of how many members."""

    habits: tuple[Habit, ...]
    customers: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One habit then and now.

    Attributes
    ----------
    before, now
        How often a member does it, on average.
    effect
        Difference of the means of logarithms in standard deviations then, with its interval.
    is_clear
        Whether it is at least `SMALLEST` and stands out among all habits looked at (false discovery rate 5 %).
    """

    name: str
    before: float
    now: float
    effect: Estimate
    is_clear: bool


def portrait(
    lived: Lived,
    rules: Sequence[StepRule],
    segment: Segment | None,
    window: Window,
    *,
    executor: Executor | None = None,
) -> Portrait:
    """Return the habits of a segment's members in a stretch of time; of up to about 10,000 of them."""
    among = Among(segment=segment)
    found = habits(lived, HabitsQuestion(tuple(rules), window, most=_SAMPLE, among=among), executor=executor)
    if not len(found.person):
        return Portrait((), 0)
    logarithms = np.log1p(found.counts)
    columns = zip(
        found.names,
        logarithms.mean(axis=0).tolist(),
        logarithms.std(axis=0, ddof=min(1, len(logarithms) - 1)).tolist(),
        found.counts.mean(axis=0).tolist(),
        strict=True,
    )
    return Portrait(tuple(Habit(*column) for column in columns), len(found.person))


def drift(before: Portrait, now: Portrait) -> tuple[Shift, ...]:
    """Return how each habit shifted, the largest effect first; nothing where there are too few members.

    The interval is that of a difference of two means with unequal variances, in units of the standard deviation then.
    Members of both stretches are counted as if they were others: they rather make the interval too wide.

    Parameters
    ----------
    before, now
        Of stretches of the same length; habits are matched by name.

    Source: B. L. Welch (1938), Biometrika 29; J. Cohen (1988), Statistical Power Analysis.

    Examples
    --------
    >>> then = Portrait((Habit("orders", 1.0, 0.5, 2.1),), 400)
    >>> shift, = drift(then, Portrait((Habit("orders", 0.8, 0.5, 1.5),), 400))
    >>> round(shift.effect.value, 3), [round(end, 3) for end in (shift.effect.interval.low, shift.effect.interval.high)]
    (-0.4, [-0.539, -0.261])
    >>> shift.is_clear
    True
    """
    if min(before.customers, now.customers) < _FEWEST:
        return ()
    then = {habit.name: habit for habit in before.habits}
    pairs = [(then[habit.name], habit) for habit in now.habits if habit.name in then]
    pairs = [(one, other) for one, other in pairs if one.spread > 0]
    effects = [(other.mean - one.mean) / one.spread for one, other in pairs]
    errors = [
        math.sqrt(1 / before.customers + (other.spread / one.spread) ** 2 / now.customers)
        for one, other in pairs
    ]
    p_values = [
        math.erfc(abs(effect) / error / math.sqrt(2)) for effect, error in zip(effects, errors, strict=True)
    ]
    clear = standing_out(p_values, rate=1 - _LEVEL)
    reach = normal_quantile(_LEVEL)
    shifts = [
        Shift(
            one.name,
            one.per_customer,
            other.per_customer,
            Estimate(effect, Interval(effect - reach * error, effect + reach * error, _LEVEL), now.customers),
            is_clear and abs(effect) >= SMALLEST,
        )
        for (one, other), effect, error, is_clear in zip(pairs, effects, errors, clear, strict=True)
    ]
    return tuple(sorted(shifts, key=lambda shift: -abs(shift.effect.value)))
