"""The simple formula: average order value × frequency × lifetime, shown as what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from safar.vocabulary.civil import to_day

from .purchases import YEAR_DAYS, Purchases

#: A year, in whole days.
_YEAR = 365


@dataclass(frozen=True, slots=True)
class SimpleValue:
    """Average margin of a purchase × purchases a year × years that a customer stays.

    Everybody is the same customer: nobody is told apart, nothing is discounted, and the lifetime is the weakest part.
    It is what is put on slides; models of repeat buying are what decisions are made by.

    Attributes
    ----------
    mean_margin
        Of a purchase, in whole units of the currency; NaN where none is known.
    purchases_a_year
        Of a customer, the first one included, while they are known.
    churn
        Share of the customers of the year before last who bought nothing in the last one; None where two years are not
        known.
    lifetime_years
        1 / churn; None without it.
    value
        The product; None without a lifetime.
    """

    mean_margin: float
    purchases_a_year: float
    churn: float | None
    lifetime_years: float | None
    value: float | None


def simple_value(purchases: Purchases) -> SimpleValue:
    """Return the simple formula with its parts.

    Parameters
    ----------
    purchases
        In the prices of one day where there is inflation.

    Examples
    --------
    >>> from datetime import date
    >>> from safar.measure.purchases import purchases_of
    >>> days = ["2023-12-01", "2024-03-01", "2025-07-01", "2024-06-01"]
    >>> found = simple_value(purchases_of(["a", "a", "a", "b"], days, [10, 20, 20, 30], until=date(2026, 1, 1)))
    >>> found.mean_margin, found.churn, found.lifetime_years
    (20.0, 0.5, 2.0)
    """
    bought = purchases.occasions
    known = ~np.isnan(bought.margin)
    mean = float(bought.margin[known].mean()) if known.any() else float("nan")
    years = float(purchases.age.sum() + len(purchases)) / YEAR_DAYS
    often = len(bought) / years
    churn = _churn(purchases)
    lifetime = 1 / churn if churn else None
    return SimpleValue(mean, often, churn, lifetime, mean * often * lifetime if lifetime else None)


def _churn(purchases: Purchases) -> float | None:
    last_year = to_day(purchases.until - timedelta(days=_YEAR))
    year_before = last_year - _YEAR
    if int(purchases.first_day.min()) > year_before:
        return None
    day, customer = purchases.occasions.day, purchases.occasions.customer
    before = np.unique(customer[(day >= year_before) & (day < last_year)])
    if not len(before):
        return None
    return 1 - float(np.isin(before, customer[day >= last_year]).mean())
