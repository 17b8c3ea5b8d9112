"""Purchases out of a table of orders: who ordered on which days, for how much.

Several orders of one civil day are one purchase, as in the literature (a purchase occasion): a basket split in two
parcels is no second decision to buy. Times are in whole days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from safar.vocabulary.civil import to_day
from safar.vocabulary.time_zone import DAY_US, local_days

from .purchase_days import YEAR_DAYS, NothingBought, Occasions, OrdersRefused, Purchases, Split
from .repeat_counts import Floats, HistoriesRefused, Ints, RepeatCounts


def purchases_of(
    customer: ArrayLike | Sequence[object],
    time: ArrayLike | Sequence[object],
    amount: ArrayLike | None = None,
    *,
    until: date | None = None,
    refunded: ArrayLike | None = None,
    margin_share: float = 1.0,
    currency: str | None = None,
    time_zone: str = "UTC",
) -> Purchases:
    """Return the purchases in a table of orders: one row each, in any order.

    Parameters
    ----------
    customer
        Who: texts or numbers.
    time
        When: dates, ``datetime64``, or instants of `datetime`. Instants without a zone are the time zone's own clock.
    amount
        How much, in whole units; not known when None, or where NaN.
    until
        The first day that is not looked at; the day after the last order when None.
    refunded
        What of each order was paid back; nothing when None.
    margin_share
        The share of net revenue that is margin, above 0 and at most 1.
    currency
        ISO 4217 code of the amounts.
    time_zone
        IANA name of the zone whose civil days are counted.

    Raises
    ------
    OrdersRefused, NothingBought

    Examples
    --------
    >>> found = purchases_of(["a", "a", "b", "a"], ["2026-01-01", "2026-01-01", "2026-01-03", "2026-01-11"],
    ...                      [10, 5, 7, 20], until=date(2026, 1, 21))
    >>> found.frequency, found.recency, found.age, found.monetary_value
    (array([1, 0]), array([10,  0]), array([19, 17]), array([20., nan]))
    """
    checked_share(margin_share)
    whose = np.asarray(customer)
    if whose.dtype == object:
        whose = whose.astype(str)
    instants, day = _times(time, time_zone)
    if whose.ndim != 1 or len(whose) != len(day):
        raise OrdersRefused(
            f"There are {whose.size} customers and {len(day)} times.",
            hint="Give one of each for every order.",
        )
    amounts = _amounts(amount, len(day), "amount", missing=np.nan)
    refunds = _amounts(refunded, len(day), "refunded", missing=0.0)
    last = to_day(until) if until is not None else int(day.max(initial=-1)) + 1
    kept = day < last
    if not kept.any():
        raise NothingBought(
            "There are no orders" + ("." if until is None else f" before {until}."),
            hint="Look at the times of the orders.",
        )
    ids, place = np.unique(whose[kept], return_inverse=True)
    order = np.lexsort((instants[kept], place))
    chosen = np.flatnonzero(kept)[order]
    return Purchases(
        ids,
        place[order],
        instants[chosen],
        day[chosen],
        amounts[chosen],
        refunds[chosen],
        (amounts[chosen] - refunds[chosen]) * margin_share,
        until if until is not None else date.fromordinal(last + date(1970, 1, 1).toordinal()),
        currency,
        margin_share,
        time_zone,
        rows_read=len(order),
    )


def checked_share(margin_share: float) -> float:
    """Return the share of revenue that is margin.

    Raises
    ------
    OrdersRefused
    """
    if not 0 < margin_share <= 1:
        raise OrdersRefused(
            f"{margin_share!r} is no share of revenue.",
            hint="Give what is left of revenue after costs: 0.3 for 30 %.",
            margin_share=float(margin_share),
        )
    return margin_share


def _times(time: ArrayLike | Sequence[object], zone: str) -> tuple[Ints, Ints]:
    """Return times in microseconds UTC, and their civil days."""
    try:
        times = np.asarray(time)
        if times.dtype == object and len(times) and getattr(times[0], "tzinfo", None) is not None:
            found = np.array([round(each.timestamp() * 1_000_000) for each in times], np.int64)
            return found, local_days(found, zone)
        shown = times.astype("datetime64[us]")
    except (TypeError, ValueError, AttributeError) as unreadable:
        raise OrdersRefused(
            f"The times cannot be read: {unreadable}.",
            hint="Give dates, or texts such as 2026-03-21 or 2026-03-21T09:30.",
        ) from unreadable
    if times.dtype.kind not in "MOUS" or times.ndim != 1:
        raise OrdersRefused("The times are no dates.", hint="Give dates, or texts such as 2026-03-21.")
    if np.isnat(shown).any():
        row = int(np.flatnonzero(np.isnat(shown))[0])
        raise OrdersRefused(f"Row {row} has no time.", hint="Leave out orders without a time.", row=row)
    found = shown.astype(np.int64)
    return found, found // DAY_US


def _amounts(values: ArrayLike | None, length: int, name: str, *, missing: float) -> Floats:
    if values is None:
        return np.full(length, missing)
    try:
        amounts = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as unreadable:
        raise OrdersRefused(f"{name} holds something else than numbers: {unreadable}.") from unreadable
    if amounts.shape != (length,):
        raise OrdersRefused(
            f"There are {length} orders and {amounts.size} values of {name}.",
            hint="Give one for every order.",
        )
    if np.isinf(amounts).any():
        raise OrdersRefused(f"{name} is infinite in some rows.", hint="Leave such orders out.")
    return amounts


__all__ = [
    "YEAR_DAYS",
    "HistoriesRefused",
    "NothingBought",
    "Occasions",
    "OrdersRefused",
    "Purchases",
    "RepeatCounts",
    "Split",
    "checked_share",
    "purchases_of",
]
