"""What customers will bring within a horizon: expected, in money of today and of then, discounted, and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.interval import Interval

from .backtest import Progress, silent, within
from .drawn_ratios import drawn_ratios
from .purchases import YEAR_DAYS, Purchases
from .repeat_counts import Floats, RepeatCounts
from .repeat_fit import RepeatFit
from .repeat_models import Spend

Places = NDArray[np.int64]

#: Customers that outcomes are drawn for; the noise of more follows from theirs.
_MOST_DRAWN: Final = 4_000
#: Draws of outcomes that the noise of a total is worked out from.
_NOISE_DRAWS: Final = 60


@dataclass(frozen=True, slots=True)
class Rates:
    """How money of later days counts today.

    Attributes
    ----------
    horizon_days, period_days
        How far, in steps of how long; what is bought within a step counts at its end.
    discount_rate
        A year's, of money as it will be then (nominal).
    inflation
        A year's; margins of purchases rise with it.
    """

    horizon_days: int
    period_days: int
    discount_rate: float
    inflation: float

    @property
    def ends(self) -> Floats:
        """The end of each step, in days from now; the last one may be shorter."""
        whole = np.arange(self.period_days, self.horizon_days, self.period_days)
        return np.append(whole, self.horizon_days).astype(np.float64)

    @property
    def inflated(self) -> Floats:
        """What 1 of today's prices is at the end of each step, in money of then."""
        return np.asarray((1 + self.inflation) ** (self.ends / YEAR_DAYS))

    @property
    def discounted(self) -> Floats:
        """What 1 of today's prices, paid at the end of each step, is worth today."""
        return np.asarray(self.inflated / (1 + self.discount_rate) ** (self.ends / YEAR_DAYS))


@dataclass(frozen=True, slots=True, eq=False)
class FutureMargin:
    """What a model says of customers, before any correction.

    Attributes
    ----------
    purchases
        Expected within the horizon, by customer.
    margin
        These in today's prices; ``nominal`` in money of then; ``value`` discounted to today.
    """

    purchases: Floats
    margin: Floats
    nominal: Floats
    value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """A model of repeat buying, what a purchase brings, and how far to look ahead.

    Attributes
    ----------
    fit
        Of the counts of ``customers``.
    spend
        Of the same.
    customers, rates
        Who, and how far.
    """

    fit: RepeatFit
    spend: Spend
    customers: Purchases
    rates: Rates

    def expected(self) -> FutureMargin:
        """Return what to expect of each customer."""
        until = np.stack([self.fit.expected_by_history(end) for end in self.rates.ends])
        steps = np.diff(until, axis=0, prepend=0.0)
        purchases, nominal, value = (
            self.fit.counts.spread(steps.T @ factor)
            for factor in (np.ones(len(steps)), self.rates.inflated, self.rates.discounted)
        )
        each = self.spend.by_customer
        return FutureMargin(purchases, purchases * each, nominal * each, value * each)

    def drawn_totals(
        self,
        chosen: Places,
        value: Floats,
        *,
        log_error: float,
        draws: int,
        rng: np.random.Generator,
        progress: Progress = silent,
    ) -> Floats:
        """Return what some customers' discounted margin may add up to over what is expected: draws around 1.

        Parameters vary by Laplace's rule in their logarithms (robust), both of the purchases and of their value;
        outcomes vary by the model; and all of it by what back-tests were off.

        Parameters
        ----------
        chosen
            Places of the customers.
        value
            Expected discounted margin of all customers.
        log_error
            See `BackTest.log_error`.
        progress
            Told how far it is, of 100; what it raises ends the work.
        """
        if not float(value[chosen].sum()) > 0:
            return np.ones(draws, np.float64)
        some = chosen
        if len(chosen) > _MOST_DRAWN:
            some = np.sort(rng.choice(chosen, _MOST_DRAWN, replace=False))
        noise = self._noise(some, rng, within(progress, 0, 10, 100)) * (len(some) / len(chosen)) ** 0.5
        drawn = self._other_purchases(some, draws, rng, within(progress, 10, 80, 100))
        drawn *= self._other_spend(some, value, draws, rng, within(progress, 80, 100, 100))
        drawn *= np.exp(log_error * rng.standard_normal(draws))
        whole: Floats = np.maximum(drawn + noise * rng.standard_normal(draws), 0.0)
        return whole

    def drawn_by_customer(self, chosen: Places, *, draws: int, rng: np.random.Generator) -> Floats:
        """Return draws, of shape (draws, chosen), of each customer's margin within the horizon, in today's prices."""
        here = self._of(chosen)
        is_known = np.isfinite(self.fit.log_sandwich).all()
        parameters = self.fit.draws(draws, rng, robust=True) if is_known else [self.fit.parameters] * draws
        return np.stack([self._outcome(here.with_parameters(each), chosen, rng) for each in parameters])

    def _of(self, chosen: Places) -> RepeatFit:
        known = self.customers
        return self.fit.for_customers(known.frequency[chosen], known.recency[chosen], known.age[chosen])

    def _outcome(self, here: RepeatFit, chosen: Places, rng: np.random.Generator) -> Floats:
        """Return one draw of what each of some customers brings."""
        bought = here.outcomes(self.rates.horizon_days, rng)
        spend = self.spend
        if spend.fit is None:
            plain: Floats = bought * spend.by_customer[chosen]
            return plain
        return spend.fit.drawn_totals(bought, rng, spend.frequency[chosen], spend.mean[chosen])

    def _noise(self, some: Places, rng: np.random.Generator, progress: Progress) -> float:
        """Return the standard deviation of a total by outcomes alone, as a share of its mean."""
        here = self._of(some)
        totals = np.empty(_NOISE_DRAWS)
        for place in range(_NOISE_DRAWS):
            progress(place, _NOISE_DRAWS)
            totals[place] = self._outcome(here, some, rng).sum()
        mean = float(totals.mean())
        return float(totals.std(ddof=1)) / mean if mean > 0 else 0.0

    def _other_purchases(
        self, some: Places, draws: int, rng: np.random.Generator, progress: Progress
    ) -> Floats:
        """Return the total's ratio to the expected one, when customers buy by other parameters."""
        fit, known = self.fit, self.customers
        weight = self.spend.by_customer[some]
        here = fit.on(
            RepeatCounts.of(
                known.frequency[some], known.recency[some], known.age[some], np.maximum(weight, 0)
            )
        )
        days = self.rates.horizon_days
        expected = here.expected_total(days)
        if not (np.isfinite(fit.log_sandwich).all() and expected > 0):
            return np.ones(draws)
        return drawn_ratios(
            fit.draws(draws, rng, robust=True),
            lambda parameters: here.with_parameters(parameters).expected_total(days) / expected,
            progress,
        )

    def _other_spend(
        self, some: Places, value: Floats, draws: int, rng: np.random.Generator, progress: Progress
    ) -> Floats:
        """Return the total's ratio to the expected one, when what a purchase brings has other parameters."""
        spend, fit = self.spend, self.spend.fit
        if fit is None or not np.isfinite(fit.log_sandwich).all():
            return np.ones(draws)
        bought, whole = value[some] / spend.by_customer[some], float(value[some].sum())

        def ratio(parameters: Floats) -> float:
            other = fit.with_parameters(parameters)
            if other.q <= 1:  # no mean
                return 1.0
            return float(bought @ other.expected_value(spend.frequency[some], spend.mean[some])) / whole

        return drawn_ratios(fit.draws(draws, rng, robust=True), ratio, progress)


def interval_of(values: Floats, level: float) -> Interval:
    """Return the range that leaves out as many draws below as above; where so many bring nothing that none can be left
    out below, all of them above."""
    tail = (1 - level) / 2
    below = 0.0 if np.mean(values <= 0) > tail else tail
    low, high = np.quantile(values, [below, below + level])
    return Interval(float(low), float(high), level)
