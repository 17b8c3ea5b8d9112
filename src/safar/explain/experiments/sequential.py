"""Always-valid intervals: an experiment may be looked at every day and stopped at any of them.

A usual interval holds at one moment that was fixed beforehand; who looks a hundred times and stops at the first clear
difference is misled in a third of the experiments in which nothing happens. A confidence sequence holds at all moments
together, at the price of being wider at each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile

from .effects import has_relative, relative_error_of, standard_error_of
from .measured import Measured
from .refusals import ImpossiblePlan


@dataclass(frozen=True, slots=True)
class AlwaysValid:
    """What can be said now, whenever that is.

    Attributes
    ----------
    absolute
        The difference with the confidence sequence as it is now.
    relative
        The same, relative to the control; None where its value is not clearly different from 0.
    p_value
        Always-valid: at most α of experiments without an effect ever show one below α.
    """

    absolute: Estimate
    relative: Estimate | None
    p_value: float


def tuning(expected_n: int, *, level: float = DEFAULT_LEVEL) -> float:
    """Return :math:`\\rho`, with which a sequence is narrowest at ``expected_n`` customers.

    .. math:: \\rho = \\sqrt{(-2 \\ln\\alpha + \\ln(-2 \\ln\\alpha + 1)) / n^*}

    Examples
    --------
    >>> round(tuning(5000), 7)
    0.0398401
    """
    if expected_n < 1:
        raise ImpossiblePlan(
            f"A sequence cannot be made for {expected_n} customers.", hint="Give 1 or more.", n=expected_n
        )
    normal_quantile(level)
    loss = -2 * math.log(1 - level)
    return math.sqrt((loss + math.log(loss + 1)) / expected_n)


def half_width(variance: float, n: int, *, expected_n: int, level: float = DEFAULT_LEVEL) -> float:
    """Return half the width of the asymptotic confidence sequence of a mean.

    .. math:: \\sigma \\sqrt{\\frac{2 (n \\rho^2 + 1)}{n^2 \\rho^2} \\ln \\frac{\\sqrt{n \\rho^2 + 1}}{\\alpha}}

    Parameters
    ----------
    variance
        Of one observation.
    n
        Observations so far.
    expected_n
        Observations at which the sequence is to be narrowest: about how many the experiment will have.
    level
        Confidence level, over all moments together.

    Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas (2021/2024), "Time-uniform central limit
    theory and asymptotic confidence sequences", arXiv 2103.06476, eq. (24). Checked against gbstats 0.8.

    Examples
    --------
    >>> round(half_width(1.0, 1000, expected_n=5000), 7), round(half_width(1.0, 5000, expected_n=5000), 7)
    (0.1063755, 0.0429243)
    """
    rho = tuning(expected_n, level=level)
    grown = n * rho * rho + 1
    return math.sqrt(variance * 2 * grown / (n * rho) ** 2 * math.log(math.sqrt(grown) / (1 - level)))


def always_valid(
    treated: Measured, control: Measured, *, expected_n: int = 5_000, level: float = DEFAULT_LEVEL
) -> AlwaysValid:
    """Return the difference of two arms with an interval and p-value that hold however often one looks.

    Parameters
    ----------
    treated, control
        The same metric in two arms, as of now.
    expected_n
        Customers of both arms together at which the sequence is to be narrowest; fixed before the first look.
    level
        Confidence level, over all looks together.

    Assumes what `effect` does, and that customers come in an order that has nothing to do with the metric. Asymptotic:
    begin to look at some hundred customers.
    """
    n = treated.n + control.n
    value = treated.value - control.value
    spread = standard_error_of(treated, control)

    def sequence(center: float, error: float) -> Estimate:
        half = half_width(error**2 * n, n, expected_n=expected_n, level=level)
        return Estimate(center, Interval(center - half, center + half, level), min(treated.n, control.n))

    relative = None
    if has_relative(control, level):
        relative = sequence(treated.value / control.value - 1, relative_error_of(treated, control))
    return AlwaysValid(
        sequence(value, spread), relative, _p_value(value, spread, n, tuning(expected_n, level=level))
    )


def msprt_p_value(difference: float, variance: float, n: int, *, prior_variance: float) -> float:
    """Return the p-value of the mixture sequential probability ratio test now; the running least is always valid.

    With :math:`V` the variance of a pair's difference, :math:`n` pairs and effects :math:`N(0, \\tau^2)`,

    .. math:: p = \\min(1, \\sqrt{(V + n\\tau^2)/V} \\exp(-n^2 \\tau^2 d^2 / (2 V (V + n\\tau^2))))

    Parameters
    ----------
    difference
        Of the two arms' means.
    variance
        Of one pair's difference: the sum of the two arms' variances.
    n
        Customers in each arm.
    prior_variance
        :math:`\\tau^2`, the variance of effects one expects, in squared units of the metric.

    Source: R. Johari, P. Koomen, L. Pekelis, D. Walsh (2022), "Always valid inference", Operations Research 70.

    Examples
    --------
    >>> round(msprt_p_value(0.1, 2.0, 1000, prior_variance=0.01), 6)
    0.304997
    """
    if min(variance, prior_variance) <= 0 or n < 1:
        raise ImpossiblePlan(
            f"A variance of {variance}, {n} pairs and a prior variance of {prior_variance} give no test.",
            hint="All three are above 0.",
        )
    grown = variance + n * prior_variance
    exponent = -((n * difference) ** 2) * prior_variance / (2 * variance * grown)
    return min(1.0, math.sqrt(grown / variance) * math.exp(exponent))


def msprt_half_width(
    variance: float, n: int, *, prior_variance: float, level: float = DEFAULT_LEVEL
) -> float:
    """Return half the width of the interval whose ends have the p-value ``1 - level`` by `msprt_p_value`."""
    normal_quantile(level)
    grown = variance + n * prior_variance
    reach = 2 * math.log(1 / (1 - level)) + math.log(grown / variance)
    return math.sqrt(variance * grown / prior_variance * reach) / n


def _p_value(value: float, spread: float, n: int, rho: float) -> float:
    """Return the least α whose sequence, with this tuning, leaves 0 out."""
    if not spread:
        return float(value == 0)
    grown = n * rho * rho + 1
    return min(1.0, math.sqrt(grown) * math.exp(-((value / spread * rho) ** 2) * n / (2 * grown)))
