"""Effects: how much more one arm has of a metric than another, in its unit and relative to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    Estimate,
    Interval,
    difference,
    p_value_of,
    student_p_value,
    student_quantile,
)

from .measured import Measured

#: Below so many who did (or did not) in an arm, a difference of shares is by Newcombe's interval.
FEW_OF_A_KIND: Final = 30


@dataclass(frozen=True, slots=True)
class Effect:
    """What one arm has more than the control.

    Attributes
    ----------
    absolute
        The difference, in the metric's unit; ``n`` is the smaller arm.
    relative
        The difference as a part of the control's value (0.1: a tenth more); None where the control's value is not
        clearly different from 0.
    p_value
        The chance of a difference at least as far from 0 when there is none.
    standard_error
        Of the absolute difference.
    """

    absolute: Estimate
    relative: Estimate | None
    p_value: float
    standard_error: float

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return 0 not in self.absolute.interval


def effect(treated: Measured, control: Measured, *, level: float = DEFAULT_LEVEL) -> Effect:
    """Return how much more ``treated`` has than ``control``.

    Absolute: Welch's interval, :math:`m_t - m_c \\pm t_\\nu \\sqrt{s_t^2/n_t + s_c^2/n_c}`; for shares with fewer than
    30 who did, or who did not, in an arm, Newcombe's. Relative: :math:`m_t/m_c - 1` with the variance of the delta
    method, :math:`s_t^2/(n_t m_c^2) + s_c^2 m_t^2/(n_c m_c^4)`.

    Parameters
    ----------
    treated, control
        The same metric in two arms that share no customer.
    level
        Confidence level.

    Returns
    -------
    Effect
        The p-value is that of the absolute difference; ``p < 1 - level`` exactly where 0 is outside its interval.

    Assumes that customers were assigned by chance and do not influence each other, and values whose mean is roughly
    normal: for spending with few very large values that takes some thousand customers.

    Source: B. L. Welch (1947), Biometrika 34; Deng, Knoblich, Lu (2018). Checked against gbstats 0.8.

    Examples
    --------
    >>> from safar.explain.experiments.measured import mean_of_sums
    >>> found = effect(mean_of_sums(3461, 2422.7, 134698.29), mean_of_sums(3407, 1396.87, 52377.9767))
    >>> round(found.absolute.value, 2), round(found.p_value, 5)
    (0.29, 0.02016)
    """
    if "share" in (treated.kind, control.kind) and min(map(_rarest, (treated, control))) < FEW_OF_A_KIND:
        absolute = difference(treated.estimate(level), control.estimate(level))
        return Effect(
            absolute,
            _relative(treated, control, level),
            p_value_of(absolute),
            standard_error_of(treated, control),
        )
    spread = standard_error_of(treated, control)
    degrees = _degrees(treated, control)
    value = treated.value - control.value
    half = student_quantile(level, degrees) * spread
    p_value = student_p_value(value / spread, degrees) if spread else float(value == 0)
    return Effect(
        Estimate(value, Interval(value - half, value + half, level), min(treated.n, control.n)),
        _relative(treated, control, level),
        p_value,
        spread,
    )


def standard_error_of(treated: Measured, control: Measured) -> float:
    """Return the standard error of the difference of two arms."""
    return math.hypot(treated.standard_error, control.standard_error)


def relative_error_of(treated: Measured, control: Measured) -> float:
    """Return the standard error of the relative difference by the delta method."""
    return math.hypot(treated.standard_error, control.standard_error * treated.value / control.value) / abs(
        control.value
    )


def has_relative(control: Measured, level: float) -> bool:
    """Return whether something can be told relative to the control: its value is clearly not 0."""
    half = student_quantile(level, max(control.n - 1, 1)) * control.standard_error
    return abs(control.value) > half


def _relative(treated: Measured, control: Measured, level: float) -> Estimate | None:
    if not has_relative(control, level):
        return None
    value = treated.value / control.value - 1
    half = student_quantile(level, _degrees(treated, control)) * relative_error_of(treated, control)
    return Estimate(value, Interval(value - half, value + half, level), min(treated.n, control.n))


def _rarest(arm: Measured) -> float:
    return arm.n * min(arm.value, 1 - arm.value)


def _degrees(treated: Measured, control: Measured) -> float:
    """Return Welch and Satterthwaite's degrees of freedom."""
    one, other = treated.variance / treated.n, control.variance / control.n
    if not one + other:
        return float(treated.n + control.n - 2)
    return (one + other) ** 2 / (one**2 / (treated.n - 1) + other**2 / (control.n - 1))
