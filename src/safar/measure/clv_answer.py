"""What customers are worth, as asked and as answered: of each, of groups, of all, with how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile
from safar.vocabulary.money import Money
from safar.vocabulary.progress import tell

from .backtest import BackTest, Progress, silent, within
from .future_margin import Forecast, Rates, interval_of
from .ordered import PurchasesQuestion
from .repeat_counts import Floats
from .repeat_models import MODELS, Model
from .simple_value import SimpleValue

#: Customers that intervals of their own are drawn for at once.
MOST_CUSTOMERS: Final = 10_000
#: Draws of an interval: more make it no better.
MOST_DRAWS: Final = 10_000
_TENTHS: Final = 10
#: Answers whose tenths are kept.
_KEPT: Final = 8


class ValueRefused(Refusal, ValueError):
    """A horizon, a rate or a count of draws that cannot be."""

    code = "clv.refused"


@dataclass(frozen=True, slots=True)
class CLVQuestion:
    """What are customers worth?

    Parameters
    ----------
    until, currency, margin_share, time_zone
        Which orders; see `PurchasesQuestion`.
    horizon_days
        How far ahead; a year by default.
    period_days
        Steps of discounting: what is bought within one counts at its end.
    discount_rate
        A year's, of money as it will be then (nominal): 0.1 for 10 %. With inflation it includes it.
    inflation
        A year's. Past amounts are restated in today's prices, and future ones rise.
    model
        One of `MODELS`; the one that did best in back-tests when None.
    less_serving
        Whether what conversations say they cost (`safar.measure.cost_to_serve`) is taken off: of what each customer
        brought so far their own, of what is to come the same share of margin for all. Asked of a log alone.
    level
        Of intervals.
    draws
        How many they are made of.
    seed
        Of the draws: the same question gives the same answer.

    Raises
    ------
    ValueRefused, UnknownCurrency, UnknownTimeZone, OrdersRefused
    """

    until: date | None = None
    currency: str | None = None
    margin_share: float = 1.0
    time_zone: str = "UTC"
    horizon_days: int = 365
    period_days: int = 30
    discount_rate: float = 0.1
    inflation: float = 0.0
    model: Model | None = None
    less_serving: bool = False
    level: float = DEFAULT_LEVEL
    draws: int = 400
    seed: int = 1405

    def __post_init__(self) -> None:
        _ = self.orders
        normal_quantile(self.level)
        wrong = {
            "horizon_days": not 1 <= self.horizon_days <= 36_525,
            "period_days": not 1 <= self.period_days <= 36_525,
            "discount_rate": not -1 < self.discount_rate < 100,
            "inflation": not -1 < self.inflation < 100,
            "draws": not 20 <= self.draws <= MOST_DRAWS,
            "model": self.model is not None and self.model not in MODELS,
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise ValueRefused(
                    f"{name} cannot be {getattr(self, name)!r}.",
                    hint=f"Days are whole and at least 1, rates are 0.1 for 10 %, draws 20 to {MOST_DRAWS},"
                    f" models {', '.join(MODELS)}.",
                    name=name,
                )

    @property
    def orders(self) -> PurchasesQuestion:
        """The question for the orders behind it."""
        return PurchasesQuestion(self.until, self.currency, self.margin_share, self.time_zone)

    @property
    def rates(self) -> Rates:
        """How later money counts."""
        return Rates(self.horizon_days, self.period_days, self.discount_rate, self.inflation)


@dataclass(frozen=True, slots=True)
class GroupValue:
    """What a group of customers is worth.

    Attributes
    ----------
    customers
        How many.
    value
        Discounted margin of all of them within the horizon, with its interval.
    mean
        The same by customer.
    purchases
        To expect of all of them within the horizon.
    historic
        What they brought so far, in today's prices.
    """

    customers: int
    value: Estimate
    mean: Estimate
    purchases: float
    historic: float


@dataclass(frozen=True, slots=True, eq=False)
class CLVAnswer:
    """What customers are worth.

    Attributes
    ----------
    customers
        Ascending: keys of persons of a log, otherwise their ids. ``customer_table`` has ids.
    value
        ``float64`` by customer: margin to expect within the horizon, discounted to today, corrected by the back-test's
        factor. In whole units of the currency.
    margin, nominal
        The same not discounted: in today's prices, and in money of then. Without inflation both are the same.
    purchases
        To expect within the horizon by the model, as it is: the factor corrects money alone.
    p_alive
        The chance to be a customer still.
    historic
        What each brought so far, in today's prices (as it was paid, where no inflation was given).
    total
        What all of them are worth, with its interval.
    backtest
        How earlier predictions did, the model chosen, the factor.
    simple
        The simple formula, for comparison.
    forecast
        The models and what they were fitted on.
    currency
        ISO 4217 code; None where orders have none.
    """

    customers: NDArray[Any]
    value: Floats
    margin: Floats
    nominal: Floats
    purchases: Floats
    p_alive: Floats
    historic: Floats
    total: GroupValue
    backtest: BackTest
    simple: SimpleValue
    forecast: Forecast
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance
    question: CLVQuestion

    @property
    def model(self) -> Model:
        """The model of repeat buying behind it."""
        return self.backtest.model

    @property
    def table(self) -> Table:
        """Ten groups of as many customers, the most valuable first: numbers, and nobody by name."""
        groups = self.tenths
        return Table.of(
            {
                "tenth": list(range(1, len(groups) + 1)),
                "customers": [each.customers for each in groups],
                **estimates("value", [each.value for each in groups]),
                "value_of_customer": [each.mean.value for each in groups],
                "expected_purchases": [each.purchases for each in groups],
                "historic": [each.historic for each in groups],
            }
        )

    @property
    def tenths(self) -> tuple[GroupValue, ...]:
        """Ten groups of as many customers, the most valuable first; worked out when first asked for."""
        return _tenths(self)

    @property
    def customer_table(self) -> Table:
        """One row for each customer, the most valuable first."""
        order = np.argsort(-self.value, kind="stable")
        known = self.forecast.customers
        return Table.of(
            {
                "customer_id": self.forecast.customers.ids[order],
                "frequency": known.frequency[order],
                "recency_days": known.recency[order],
                "age_days": known.age[order],
                "p_alive": self.p_alive[order],
                "expected_purchases": self.purchases[order],
                "margin_of_purchase": self.forecast.spend.by_customer[order],
                "value": self.value[order],
                "historic": self.historic[order],
            }
        )

    def of(self, chosen: NDArray[np.bool_]) -> GroupValue:
        """Return what some customers are worth, by a mask over ``customers``."""
        return group_value(self, np.flatnonzero(chosen))

    def by_group(self, groups: Sequence[str] | NDArray[Any]) -> Mapping[str, GroupValue]:
        """Return what each group is worth, the most valuable first.

        Parameters
        ----------
        groups
            The group of each customer, in the order of ``customers``.
        """
        labels = np.asarray(groups)
        found = {str(label): self.of(labels == label) for label in np.unique(labels)}
        return dict(sorted(found.items(), key=lambda each: -each[1].value.value))

    def intervals(self, chosen: NDArray[np.int64]) -> list[Interval]:
        """Return of some customers, by place, where their value will lie: parameters and outcomes vary.

        Who may well buy nothing has 0 for the lower end, and all that the interval leaves out lies above it.

        Raises
        ------
        ValueRefused
            More than ten thousand at once.
        """
        if len(chosen) > MOST_CUSTOMERS:
            raise ValueRefused(
                f"{len(chosen)} intervals were asked for at once.", hint=f"Ask for at most {MOST_CUSTOMERS}."
            )
        rng = np.random.default_rng(self.question.seed)
        drawn = self.forecast.drawn_by_customer(chosen, draws=self.question.draws, rng=rng)
        with np.errstate(divide="ignore", invalid="ignore"):
            today = np.nan_to_num(self.value[chosen] / self.margin[chosen]) * self.backtest.factor
        return [
            interval_of(values * each, self.question.level)
            for values, each in zip(drawn.T, today, strict=True)
        ]

    def money(self, amount: float) -> Money | None:
        """Return an amount of the answer as money; None where orders have no currency."""
        if self.currency is None:
            return None
        return Money.of(Decimal(repr(amount)), self.currency, rounding=ROUND_HALF_EVEN)


@lru_cache(maxsize=_KEPT)
def _tenths(answer: CLVAnswer) -> tuple[GroupValue, ...]:
    parts = np.array_split(np.argsort(-answer.value, kind="stable"), min(_TENTHS, len(answer.value)))
    return tuple(
        group_value(answer, places, progress=within(tell, 100 * number, 100 * (number + 1), 100 * len(parts)))
        for number, places in enumerate(parts)
    )


def group_value(answer: CLVAnswer, chosen: NDArray[np.int64], *, progress: Progress = silent) -> GroupValue:
    """Return what the customers at some places are worth together, in whatever order they are named.

    Parameters
    ----------
    progress
        Told how far it is; what it raises ends the work.
    """
    # draws go by place: the same customers have the same interval, on a page and in a table
    chosen = np.sort(chosen)
    asked, count = answer.question, len(chosen)
    total = float(answer.value[chosen].sum())
    drawn = answer.forecast.drawn_totals(
        chosen,
        answer.value,
        log_error=answer.backtest.log_error,
        draws=asked.draws,
        rng=np.random.default_rng(asked.seed + 1),
        progress=progress,
    )
    around = interval_of(total * drawn, asked.level)
    share = 1 / count if count else 0.0
    return GroupValue(
        count,
        Estimate(total, around, count),
        Estimate(total * share, Interval(around.low * share, around.high * share, asked.level), count),
        float(answer.purchases[chosen].sum()),
        float(answer.historic[chosen].sum()),
    )
