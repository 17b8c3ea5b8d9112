"""Revenue: what was ordered and what was paid back, each currency by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safar.store.windows import INSIDE, INSIDE_ANY, WINDOWS, window_parameters
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.lifecycle import ORDER_PLACED, ORDER_RETURNED
from safar.vocabulary.money import EXPONENTS, Money, exponent
from safar.vocabulary.window import Window

if TYPE_CHECKING:
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


_SQL: Final = f"""
WITH {WINDOWS},
moved AS (
    SELECT occurred_at, currency, amount, list_contains($ordered::VARCHAR[], event_name) AS is_order,
        coalesce(properties->>'order_id', event_id::VARCHAR) AS order_id
    FROM events
    WHERE event_name IN (SELECT unnest($ordered::VARCHAR[] || $returned::VARCHAR[])) AND {INSIDE_ANY}
)
SELECT place, currency,
    coalesce(sum(amount) FILTER (WHERE is_order), 0)::VARCHAR,
    coalesce(sum(amount) FILTER (WHERE NOT is_order), 0)::VARCHAR,
    count(DISTINCT order_id) FILTER (WHERE is_order),
    count(*) FILTER (WHERE is_order AND amount < 0), count(*)
FROM moved JOIN windows ON {INSIDE}
GROUP BY ALL
"""  # noqa: S608 - only constants of this code are put in; values go as parameters


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
    version = log.version
    rows = log.sql(
        _SQL,
        {
            **window_parameters(question.windows),
            "ordered": sorted(ORDER_PLACED),
            "returned": sorted(ORDER_RETURNED),
        },
    ).rows()
    found: dict[str, dict[int, Revenue]] = {}
    no_amount = unknown = negative = 0
    for place, currency, ordered, refunded, orders, below_zero, count in rows:
        first = place == 0
        if currency in EXPONENTS:
            money = Revenue(Money(int(ordered), currency), Money(int(refunded), currency), orders)
            found.setdefault(currency, {})[place] = money
            negative += below_zero if first else 0
        elif currency:
            unknown += count if first else 0
        else:
            no_amount += count if first else 0
    by_currency = tuple(
        CurrencyRevenue(
            currency,
            tuple(
                found[currency].get(place, Revenue(Money(0, currency), Money(0, currency), 0))
                for place in range(len(question.windows))
            ),
        )
        for currency in sorted(found, key=lambda code: _rank(code, found[code], question.main_currency))
    )
    notes = notes_with_facts(
        [
            ("revenue.currencies_apart", len(found) if len(found) > 1 else 0),
            ("revenue.no_amount", no_amount),
            ("revenue.unknown_currency", unknown),
            ("revenue.negative_orders", negative),
        ]
    )
    return RevenueAnswer(
        by_currency, notes, Provenance(question, version, sum(row[6] for row in rows if row[0] == 0))
    )


def _rank(currency: str, revenues: dict[int, Revenue], main: str | None) -> tuple[bool, int, str]:
    """Return the sort key of a currency: the main one, then the one with the most orders, then by name."""
    return currency != main, -sum(each.orders for each in revenues.values()), currency
