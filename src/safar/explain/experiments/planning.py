"""Planning: how small an effect so many customers show, how many a wished effect needs, and how long that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist

from safar.listen.detectable import USUAL_POWER, ImpossiblePower
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile

from .refusals import ImpossiblePlan


@dataclass(frozen=True, slots=True)
class Plan:
    """What an experiment has to know beforehand.

    Attributes
    ----------
    control, treated
        Customers needed in the control arm and in each other arm.
    arms
        How many arms besides the control.
    effect
        The smallest true difference that is noticed with the power asked for, in the metric's unit.
    """

    control: int
    treated: int
    arms: int
    effect: float

    @property
    def customers(self) -> int:
        """All of them together."""
        return self.control + self.arms * self.treated

    def duration(self, customers_a_day: float) -> timedelta:
        """Return how long it takes until so many have come, in whole weeks: weekdays are not alike."""
        if customers_a_day <= 0:
            raise ImpossiblePlan(f"{customers_a_day} customers come a day.", hint="Give a number above 0.")
        return timedelta(weeks=math.ceil(self.customers / customers_a_day / 7))


def plan(
    variance: float,
    effect: float,
    *,
    arms: int = 1,
    control_share: float | None = None,
    level: float = DEFAULT_LEVEL,
    power: float = USUAL_POWER,
    variance_ratio: float = 1.0,
    inflation: float = 1.0,
) -> Plan:
    """Return how many customers an experiment needs to notice an effect.

    .. math:: n_t = f \\frac{(z_{1-\\alpha/2m} + z_{power})^2 \\sigma^2 (1 + n_t / n_c)}{\\delta^2}

    Parameters
    ----------
    variance
        Of one customer's value: :math:`p(1-p)` of a share.
    effect
        :math:`\\delta`, the smallest difference that would matter, in the metric's unit.
    arms
        How many arms besides the control, :math:`m`; each is compared with it at :math:`\\alpha / m` (Bonferroni).
    control_share
        The part of all customers in the control; equal arms when None.
    level, power
        Of the verdict, and how often such an effect is noticed.
    variance_ratio
        What CUPED leaves of the variance (`Adjusted.variance_ratio`).
    inflation
        :math:`f`, what planned looks cost (`Bounds.inflation`).

    Raises
    ------
    ImpossiblePlan, ImpossiblePower, ImpossibleLevel

    Source: two-sample comparison of means, normal approximation; J. Cohen (1988), Statistical Power Analysis.

    Examples
    --------
    A visit rate of 10.6 %, and a rise by one point:

    >>> found = plan(0.106 * 0.894, 0.01)
    >>> found.treated, found.duration(2_000).days
    (14876, 21)
    """
    if effect == 0 or arms < 1 or min(variance, variance_ratio, inflation) <= 0:
        raise ImpossiblePlan(
            "No number of customers shows an effect of 0, in no arm, or of what does not vary.",
            hint="Give an effect that would matter, an arm or more, and a variance above 0.",
        )
    per_control = _treated_per_control(arms, control_share)
    factor = _factor(level, power, arms)
    spread = variance * variance_ratio * inflation
    treated = max(2, math.ceil(spread * (factor / effect) ** 2 * (1 + per_control) - 1e-9))
    return Plan(max(2, math.ceil(treated / per_control - 1e-9)), treated, arms, abs(effect))


def detectable_effect(
    variance: float,
    treated: int,
    control: int,
    *,
    arms: int = 1,
    level: float = DEFAULT_LEVEL,
    power: float = USUAL_POWER,
    variance_ratio: float = 1.0,
    inflation: float = 1.0,
) -> float:
    """Return the smallest true difference that so many customers show with a probability of ``power``.

    Parameters are those of `plan`; ``treated`` and ``control`` are customers of one arm and of the control.

    Raises
    ------
    ImpossiblePlan, ImpossiblePower, ImpossibleLevel

    Examples
    --------
    >>> round(detectable_effect(0.106 * 0.894, 14_876, 14_876), 4)
    0.01
    """
    if min(treated, control, arms) < 1 or min(variance, variance_ratio, inflation) < 0:
        raise ImpossiblePlan("Nothing is detected without customers.", hint="Give counts of 1 or more.")
    spread = variance * variance_ratio * inflation * (1 / treated + 1 / control)
    return _factor(level, power, arms) * math.sqrt(spread)


def _treated_per_control(arms: int, control_share: float | None) -> float:
    """Return how many customers each arm has for one of the control."""
    if control_share is None:
        return 1.0
    if not 0 < control_share < 1:
        raise ImpossiblePlan(
            f"A control of {control_share} of all was asked for.", hint="It lies between 0 and 1."
        )
    return (1 - control_share) / arms / control_share


def _factor(level: float, power: float, arms: int) -> float:
    if not 0.5 <= power < 1:
        raise ImpossiblePower(
            f"A power of {power!r} was asked for; it lies from 0.5 up to 1.",
            hint="0.8 is usual.",
            power=power,
        )
    normal_quantile(level)
    return NormalDist().inv_cdf(1 - (1 - level) / (2 * arms)) + NormalDist().inv_cdf(power)
