"""Purchases out of a log: the orders of one currency, what of them was paid back, and what they brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.orders import AMOUNT, CURRENCY, MARGIN, ORDER_KEY, ORDERS_WITH_MARGINS
from safar.vocabulary.answer import Note, notes_with_facts
from safar.vocabulary.civil import to_day
from safar.vocabulary.errors import nearest
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.money import EXPONENTS, exponent
from safar.vocabulary.time_zone import day_starts, local_days, time_zone
from safar.vocabulary.window import Window

from .purchases import NothingBought, Purchases, checked_share
from .repeat_counts import Floats, Ints

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

#: Before any order: the year 2, for clocks of every zone.
_FIRST_US: Final = -62_104_060_800_000_000


@dataclass(frozen=True, slots=True)
class PurchasesQuestion:
    """Who bought on which days, and for how much?

    Parameters
    ----------
    until
        The first civil day that is not looked at; the day after the newest event when None.
    currency
        ISO 4217 code; the one with the most orders when None.
    margin_share
        The share of net revenue that is margin, for orders that do not tell their own (``margin``).
    time_zone
        IANA name of the zone whose civil days are counted.

    Raises
    ------
    UnknownCurrency, UnknownTimeZone, OrdersRefused
    """

    until: date | None = None
    currency: str | None = None
    margin_share: float = 1.0
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        checked_share(self.margin_share)
        time_zone(self.time_zone)
        if self.currency is not None:
            exponent(self.currency)


def purchases(log: Log, question: PurchasesQuestion | None = None) -> Purchases:
    """Return the purchases of a log in one currency.

    A refund that names its order lowers that order; one that does not lowers the customer's last order before it.
    Orders without an amount are purchases all the same, of customers who pay in the currency, or of everybody where
    there is one currency alone.

    Returns
    -------
    Purchases
        Notes: orders in other currencies, left out (``purchases.other_currency``); orders without an amount
        (``purchases.no_amount``); orders below 0 (``purchases.negative_orders``); refunds with no order before them
        (``purchases.refunds_of_nothing``); revenue that stands for margin (``purchases.revenue_as_margin``).

    Raises
    ------
    NothingBought
        There is no order in that currency up to that day.
    """
    asked = question or PurchasesQuestion()
    until, end_us = _end(log, asked)
    rows = log.rows(ORDERS_WITH_MARGINS, Window.from_us(_FIRST_US, end_us))
    is_order = rows.are(ORDER_PLACED)
    currency = asked.currency or _commonest(rows.where(is_order))
    mine, others = _of_currency(rows, is_order, currency)
    orders, refunds = rows.where(mine & is_order), rows.where(mine & ~is_order)
    if not len(orders):
        known = sorted({text for text in rows.fields[CURRENCY].texts if text})
        raise NothingBought(
            f"There is no order{f' in {currency}' if currency else ''} before {until}.",
            hint=nearest(currency or "", known) or "Import orders first, or ask for a later day.",
        )
    scale = 10 ** EXPONENTS[currency] if currency else 1
    customers, customer = np.unique(orders.person, return_inverse=True)
    by_customer = np.argsort(customer, kind="stable")
    customer, time = customer[by_customer], orders.time[by_customer]
    key = orders.fields[ORDER_KEY].values[by_customer]
    minor = orders.fields[AMOUNT].values[by_customer]
    has_amount = _has_amount(orders)[by_customer]
    amount = np.where(has_amount, minor / scale, np.nan)
    refunded, astray = _refunds(customers, customer, time, key, refunds)
    told = orders.fields[MARGIN].values[by_customer]
    net = amount - refunded / scale
    margin = np.where(np.isnan(told), net * asked.margin_share, told - refunded / scale)
    notes = (
        *notes_with_facts(
            [
                ("purchases.other_currency", others),
                ("purchases.no_amount", int((~has_amount).sum())),
                ("purchases.negative_orders", int((minor < 0).sum())),
                ("purchases.refunds_of_nothing", astray),
            ]
        ),
        *(
            (Note.of("purchases.revenue_as_margin"),)
            if asked.margin_share == 1 and np.isnan(told).any()
            else ()
        ),
    )
    return Purchases(
        customers,
        customer,
        time,
        _days(customer, time, key, asked.time_zone),
        amount,
        refunded / scale,
        margin,
        until,
        currency or None,
        asked.margin_share,
        asked.time_zone,
        rows.version,
        notes,
        len(orders) + len(refunds),
        _names(log, customers),
    )


def _names(log: Log, customers: NDArray[Any]) -> NDArray[Any]:
    """Return the ids that persons go by; empty where one was erased meanwhile."""
    found = log.ids_of(customers)
    if len(found) == len(customers):
        return np.array(found, dtype=object)
    known = {int(person): name for person in customers for name in log.ids_of(np.array([person], np.uint64))}
    return np.array([known.get(int(person), "") for person in customers], dtype=object)


def _end(log: Log, asked: PurchasesQuestion) -> tuple[date, int]:
    """Return the first day that is not looked at, and when it begins."""
    day: int
    if asked.until is not None:
        day = to_day(asked.until)
    else:
        present = log.sight().present
        if present is None:
            raise NothingBought("The log is empty.", hint="Import orders first.")
        day = int(local_days([present], asked.time_zone)[0]) + 1
    until = asked.until or date.fromordinal(day + date(1970, 1, 1).toordinal())
    return until, int(day_starts([day], asked.time_zone)[0])


def _commonest(orders: Rows) -> str:
    """Return the currency with the most orders; empty where none is known."""
    column = orders.fields[CURRENCY]
    counts = np.bincount(column.values, minlength=len(column.texts)) if len(column.texts) else np.zeros(0)
    known = [
        (count, text) for count, text in zip(counts.tolist(), column.texts, strict=True) if text in EXPONENTS
    ]
    return max(known, key=lambda each: (each[0], each[1]))[1] if known else ""


def _of_currency(rows: Rows, is_order: NDArray[Any], currency: str) -> tuple[NDArray[Any], int]:
    """Return the rows of a currency or of none, and how many orders in other currencies there are."""
    column = rows.fields[CURRENCY]
    codes = {text: code for code, text in enumerate(column.texts)}
    is_mine = column.values == codes.get(currency, -1)
    is_without = column.values == codes.get("", -1)
    others = int((is_order & ~is_mine & ~is_without).sum())
    if others:
        is_without &= np.isin(rows.person, rows.person[is_mine & is_order])
    return is_mine | is_without, others


def _has_amount(orders: Rows) -> NDArray[Any]:
    """Return for each order whether it has an amount: an amount has a currency."""
    column = orders.fields[CURRENCY]
    codes = [code for code, text in enumerate(column.texts) if text]
    return np.isin(column.values, codes)


def _refunds(
    customers: NDArray[Any],
    customer: Ints,
    time: Ints,
    key: NDArray[Any],
    refunds: Rows,
) -> tuple[Floats, int]:
    """Return what was paid back of each order, in minor units, and how many refunds have no order before them."""
    refunded = np.zeros(len(customer))
    astray = 0
    by_key = np.argsort(key, kind="stable")
    keys = key[by_key]
    starts = np.searchsorted(customer, np.arange(len(customers) + 1))
    place = np.searchsorted(keys, refunds.fields[ORDER_KEY].values)
    whose = np.searchsorted(customers, refunds.person)
    for row in range(len(refunds)):
        paid = abs(float(refunds.fields[AMOUNT].values[row]))
        spot = int(place[row])
        if spot < len(keys) and keys[spot] == refunds.fields[ORDER_KEY].values[row]:
            refunded[by_key[spot]] += paid
            continue
        who = int(whose[row])
        before = 0
        if who < len(customers) and customers[who] == refunds.person[row]:
            first, end = int(starts[who]), int(starts[who + 1])
            before = int(np.searchsorted(time[first:end], refunds.time[row], side="right"))
            if before:
                refunded[first + before - 1] += paid
        astray += not before
    return refunded, astray


def _days(customer: Ints, time: Ints, key: NDArray[Any], zone: str) -> Ints:
    """Return the civil day of each order: of one that was told several times, the first one."""
    day = local_days(time, zone)
    by_key = np.lexsort((time, key, customer))
    same = np.zeros(len(day), np.bool_)
    same[1:] = (key[by_key][1:] == key[by_key][:-1]) & (customer[by_key][1:] == customer[by_key][:-1])
    first = by_key[np.maximum.accumulate(np.where(same, 0, np.arange(len(day))))]
    found = np.empty_like(day)
    found[by_key] = day[first]
    return found
