"""Revenue kept from one period to the next: the bridge between them, and the rates that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    Estimate,
    Interval,
    normal_quantile,
    share,
    student_quantile,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class RevenueRetentionRefused(Refusal, ValueError):
    """The question about revenue kept makes no sense."""

    code = "revenue_retention.refused"


@dataclass(frozen=True, slots=True)
class Bridge:
    """The way from the revenue of one period to that of the next, in whole units of one currency.

    Attributes
    ----------
    before, now
        Revenue of both periods, refunds taken off.
    expansion, contraction
        What customers of both brought more and, as a negative number, less.
    churned
        What customers of the first alone had brought, negative.
    new
        What customers brought who had never bought before the second period.
    reactivated
        What those brought who had bought before the first period, but not in it.
    """

    before: float
    expansion: float
    contraction: float
    churned: float
    new: float
    reactivated: float
    now: float

    @property
    def parts(self) -> tuple[tuple[str, float], ...]:
        """The parts by name, in the order of the bridge; they add up to ``now - before``."""
        return (
            ("churned", self.churned),
            ("contraction", self.contraction),
            ("expansion", self.expansion),
            ("reactivated", self.reactivated),
            ("new", self.new),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept from one period to the next.

    Attributes
    ----------
    bridge
        Where revenue went and came from.
    nrr
        Net revenue retention: what customers of the first period bring in the second, over what they brought.
    grr
        Gross revenue retention: the same, no customer counted for more than before.
    logo_churn
        Of customers of the first period, the share that bought nothing in the second, with Wilson's interval.
    earned_growth
        NRR plus the revenue of new customers who were referred or came by themselves, over the revenue before, less 1;
        None where nobody told how customers came. Who is back after a period without an order counts in neither.
    customers_before, customers_now, new_customers
        How many.
    """

    bridge: Bridge
    nrr: Estimate | None
    grr: Estimate | None
    logo_churn: Estimate | None
    earned_growth: Estimate | None
    customers_before: int
    customers_now: int
    new_customers: int


def kept(
    before: ArrayLike,
    now: ArrayLike,
    *,
    known_before: ArrayLike | None = None,
    earned: ArrayLike | None = None,
    level: float = DEFAULT_LEVEL,
) -> Kept:
    """Return what was kept from one period to the next.

    Parameters
    ----------
    before, now
        Revenue of each customer in both periods, in one currency; 0 where there was none.
    known_before
        Whether each had bought before the first period; nobody when None.
    earned
        Of new customers, whether they were earned (referred, or came by themselves) and not bought with advertising;
        the earned growth is not told when None.

    Notes
    -----
    Intervals are those of a ratio of sums over customers by linearisation: a few large customers make them wide, and
    rightly. They say how sure the rate is as a trait of such customers; the sums of the bridge are counts of what was.
    A customer whose revenue is negative (more refunded than bought) counts with it in NRR, and as 0 in GRR.

    Source: F. Reichheld, D. Darnell, M. Burns (2021), Winning on Purpose, for earned growth; W. G. Cochran (1977),
    Sampling Techniques, 3rd ed., §6.3, for the variance.

    Raises
    ------
    RevenueRetentionRefused

    Examples
    --------
    >>> found = kept([100, 100, 100], [120, 60, 0])
    >>> round(found.nrr.value, 2), round(found.grr.value, 2), round(found.logo_churn.value, 2)
    (0.6, 0.53, 0.33)
    """
    normal_quantile(level)
    first, second = np.asarray(before, np.float64), np.asarray(now, np.float64)
    known = np.zeros(len(first), np.bool_) if known_before is None else np.asarray(known_before, np.bool_)
    by_themselves = None if earned is None else np.asarray(earned, np.bool_)
    sizes = {len(first), len(second), len(known)} | (
        {len(by_themselves)} if by_themselves is not None else set()
    )
    if len(sizes) != 1 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise RevenueRetentionRefused(
            f"There are {len(first):,} customers before and {len(second):,} now, or an amount is missing.",
            hint="Give each customer's revenue in both periods, 0 where there was none.",
        )
    was, here = first != 0, second != 0
    both = was & here
    is_new = here & ~was & ~known
    change = np.where(both, second - first, 0.0)
    bridge = Bridge(
        float(first.sum()),
        float(change[change > 0].sum()),
        float(change[change < 0].sum()),
        -float(first[was & ~here].sum()),
        float(second[is_new].sum()),
        float(second[here & ~was & known].sum()),
        float(second.sum()),
    )
    base = first[was]
    capped = np.maximum(np.minimum(second[was], base), 0.0)
    growth = None
    if by_themselves is not None:
        # Earned new revenue over revenue before: of all customers of either period, each with both amounts.
        touched = was | is_new
        brought = np.where(was, second, np.where(is_new & by_themselves, second, 0.0))[touched]
        growth = _ratio(brought, np.where(was, first, 0.0)[touched], level)
        if growth is not None:
            interval = Interval(growth.interval.low - 1, growth.interval.high - 1, level)
            growth = Estimate(growth.value - 1, interval, int(was.sum()))
    return Kept(
        bridge,
        _ratio(second[was], base, level),
        _ratio(capped, base, level, most=1.0),
        share(int((was & ~here).sum()), int(was.sum()), level=level),
        growth,
        int(was.sum()),
        int(here.sum()),
        int(is_new.sum()),
    )


def _ratio(above: Floats, below: Floats, level: float, *, most: float = math.inf) -> Estimate | None:
    """Return a ratio of sums over customers with its interval; None below two customers or of nothing."""
    total, n = float(below.sum()), len(below)
    if n < 2 or total <= 0:
        return None
    value = float(above.sum()) / total
    residuals = above - value * below
    spread = n / (n - 1) * float((residuals**2).sum())
    half = student_quantile(level, n - 1) * math.sqrt(spread) / total
    return Estimate(value, Interval(max(0.0, value - half), min(most, value + half), level), n)
