"""Revenue: what was ordered and what was paid back, each currency by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.orders import AMOUNT, CURRENCY, ORDER_KEY, ORDERS
from safar.store.windows import Spans, hull, previous_at
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.money import EXPONENTS, Money, exponent
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log


@dataclass(frozen=True, slots=True)
class RevenueQuestion:
    """What was ordered and what was paid back in each window?

    Parameters
    ----------
    windows
        Stretches of time, each answered by itself. An order counts when it was placed, a refund when it
        was made.
    main_currency
        The ISO 4217 code to name first; None names the currency with the most orders first.

    Raises
    ------
    NoWindows, UnknownCurrency
    """

    windows: tuple[Window, ...]
    main_currency: str | None = None

    def __post_init__(self) -> None:
        checked_windows(self.windows)
        if self.main_currency is not None:
            exponent(self.main_currency)


@dataclass(frozen=True, slots=True)
class Revenue:
    """The revenue of one window in one currency.

    Attributes
    ----------
    ordered
        Sum of the amounts of orders placed.
    refunded
        Sum of the amounts of returns, positive.
    orders
        Count of orders with an amount in this currency.
    """

    ordered: Money
    refunded: Money
    orders: int

    @property
    def net(self) -> Money:
        """Ordered less refunded."""
        return self.ordered - self.refunded


@dataclass(frozen=True, slots=True)
class CurrencyRevenue:
    """The revenue in one currency, one for each window of the question."""

    currency: str
    revenues: tuple[Revenue, ...]


@dataclass(frozen=True, slots=True)
class RevenueAnswer:
    """The revenue by currency, the main one first; empty when no order or return carries an amount."""

    by_currency: tuple[CurrencyRevenue, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def revenue(log: Log, question: RevenueQuestion) -> RevenueAnswer:
    """Answer what was ordered and what was paid back, never adding one currency to another.

    Sums are exact: whole minor units in integers of any size.

    Parameters
    ----------
    log
        Where the orders and returns are.
    question
        Windows and the currency to name first.

    Returns
    -------
    RevenueAnswer
        Notes say, for the first window alone, how many orders and returns carry no amount
        (``revenue.no_amount``) or one in a currency that is not known (``revenue.unknown_currency``), both
        left out, and how many orders have a negative amount (``revenue.negative_orders``), which lower the
        sum. ``revenue.currencies_apart`` reminds that there are several currencies.
    """
    rows = log.rows(ORDERS, hull(question.windows))
    currencies, first = rows.fields[CURRENCY], Spans.of(question.windows[:1], rows.time).slices[0]
    negative_orders = rows.are(ORDER_PLACED) & (rows.fields[AMOUNT].values < 0)
    found: dict[str, tuple[Revenue, ...]] = {}
    moved: dict[str, int] = {}
    no_amount = unknown = negative = 0
    for code, currency in enumerate(currencies.texts):
        mine = currencies.values == code
        count = int(mine[first].sum())
        if currency in EXPONENTS:
            revenues, events = _revenues(rows.where(mine), question.windows, currency)
            if events:
                found[currency], moved[currency] = revenues, events
            negative += int((mine & negative_orders)[first].sum())
        elif currency:
            unknown += count
        else:
            no_amount += count
    by_currency = tuple(
        CurrencyRevenue(currency, found[currency])
        for currency in sorted(
            found, key=lambda code: _rank(found[code], moved[code], question.main_currency)
        )
    )
    notes = notes_with_facts(
        [
            ("revenue.currencies_apart", len(found) if len(found) > 1 else 0),
            ("revenue.no_amount", no_amount),
            ("revenue.unknown_currency", unknown),
            ("revenue.negative_orders", negative),
        ]
    )
    return RevenueAnswer(by_currency, notes, Provenance(question, rows.version, first.stop - first.start))


def _revenues(rows: Rows, windows: Sequence[Window], currency: str) -> tuple[tuple[Revenue, ...], int]:
    """Return the revenue of each window from the rows of one currency, and how many rows are in any window."""
    spans = Spans.of(windows, rows.time)
    is_order, amounts = rows.are(ORDER_PLACED), rows.fields[AMOUNT].values
    orders = rows.where(is_order)
    order_spans = Spans.of(windows, orders.time)
    before = previous_at(orders.time, orders.fields[ORDER_KEY].values)
    ordered, refunded = _sums(amounts * is_order, spans), _sums(amounts * ~is_order, spans)
    revenues = tuple(
        Revenue(
            Money(ordered[place], currency),
            Money(refunded[place], currency),
            int((before[inside] < start).sum()),
        )
        for place, (inside, start) in enumerate(zip(order_spans.slices, order_spans.starts, strict=True))
    )
    return revenues, sum(inside.stop - inside.start for inside in spans.slices)


def _sums(amounts: NDArray[np.int64], spans: Spans) -> list[int]:
    """Return the exact sum in each window: both halves of each amount are summed apart, so that neither overflows."""
    high, low = (
        np.concatenate([[0], np.cumsum(half)]).astype(np.int64)
        for half in (amounts >> 32, amounts & 0xFFFFFFFF)
    )
    return [
        (int(high[inside.stop] - high[inside.start]) << 32) + int(low[inside.stop] - low[inside.start])
        for inside in spans.slices
    ]


def _rank(revenues: Sequence[Revenue], moved: int, main: str | None) -> tuple[bool, int, int, str]:
    """Return the sort key of a currency: the main one, then by orders, by all that moved, by name."""
    currency = revenues[0].ordered.currency
    return currency != main, -sum(each.orders for each in revenues), -moved, currency
