"""Baskets: what an order is worth and holds, and which products are bought together more than by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, difference, mean, normal_quantile
from safar.vocabulary.interval_by_customer import mean_by_customer
from safar.vocabulary.many_looks import adjusted

from .basket_rows import BasketRows, basket_rows
from .repeat_counts import Floats

if TYPE_CHECKING:
    from safar.store.log import Log

#: Pairs told at most.
_MOST_TOLD: Final = 200


class BasketsRefused(Refusal, ValueError):
    """Columns that cannot be those of baskets, or a question about too few products."""

    code = "baskets.refused"


@dataclass(frozen=True, slots=True)
class BasketsQuestion:
    """What is an order worth, what does it hold, and what is bought together?

    Parameters
    ----------
    until, currency, time_zone
        Which orders; see `PurchasesQuestion`.
    products
        How many of the most frequent products are paired, 2 to 2000: with 100 of them 4,950 pairs are looked at.
    fewest_orders
        Pairs in fewer orders are not told, but they count as looks.
    false_discovery_rate
        Expected share of pairs told as more than chance that are none.
    level
        Of intervals.

    Raises
    ------
    BasketsRefused
    """

    until: date | None = None
    currency: str | None = None
    time_zone: str = "UTC"
    products: int = 100
    fewest_orders: int = 10
    false_discovery_rate: float = 0.05
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        if not 2 <= self.products <= 2000 or self.fewest_orders < 1 or not 0 < self.false_discovery_rate < 1:
            raise BasketsRefused(
                f"{self.products} products, {self.fewest_orders} orders, {self.false_discovery_rate} cannot be.",
                hint="Give 2 to 2000 products, one order or more, and a rate between 0 and 1.",
            )


@dataclass(frozen=True, slots=True)
class Bundle:
    """Two products that are bought together.

    Attributes
    ----------
    one, other
        Their ids, the more frequent first.
    one_name, other_name
        What they are called; empty where no order says it.
    orders
        That hold both.
    support
        Share of all orders that do.
    lift
        How many times as often as by chance, with its interval.
    of_one, of_other
        Share of the orders with the one that hold the other, and the other way round.
    p_value
        Chance of at least so many such orders where the two have nothing to do with each other (Fisher's exact test);
        ``adjusted`` for all pairs looked at (Benjamini and Hochberg).
    is_clear
        ``adjusted`` is below the false discovery rate.
    raises
        By how much orders with both are worth more than orders with one of them alone; None where amounts are not
        known or too few. An association: the second product has a price too.
    """

    one: str
    other: str
    one_name: str
    other_name: str
    orders: int
    support: float
    lift: Estimate
    of_one: float
    of_other: float
    p_value: float
    adjusted: float
    is_clear: bool
    raises: Estimate | None


@dataclass(frozen=True, slots=True)
class BasketsAnswer:
    """What orders are worth and hold.

    Attributes
    ----------
    orders
        With at least one product named.
    average_order_value
        In whole units of the currency, with the interval of orders that come by customer; None without amounts.
    basket_size
        Different products in an order.
    bundles
        Pairs bought together, the one in most orders above chance first; at most 200.
    looked_at
        How many pairs were looked at.
    """

    orders: int
    average_order_value: Estimate | None
    basket_size: Estimate | None
    bundles: tuple[Bundle, ...]
    looked_at: int
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row for each bundle."""
        names = (
            "one", "other", "one_name", "other_name", "orders", "support", "of_one", "of_other", "p_value", "adjusted",
            "is_clear",
        )  # fmt: skip
        columns: dict[str, list[Any]] = {
            name: [getattr(each, name) for each in self.bundles] for name in names
        }
        columns["lift"] = [each.lift.value for each in self.bundles]
        columns["lift_low"] = [each.lift.interval.low for each in self.bundles]
        columns["lift_high"] = [each.lift.interval.high for each in self.bundles]
        columns["raises"] = [each.raises.value if each.raises else None for each in self.bundles]
        return Table.of(columns)


def baskets(log: Log, question: BasketsQuestion | None = None) -> BasketsAnswer:
    """Answer what the orders of a log are worth and hold; see `baskets_of`.

    Products are the ``product_id`` or ``sku`` of the order's ``items`` (ours) or ``products`` (the Segment spec).

    Raises
    ------
    NothingBought
    """
    asked = question or BasketsQuestion()
    return _answer(basket_rows(log, asked.until, asked.currency, asked.time_zone), asked)


def baskets_of(
    order: ArrayLike | Sequence[object],
    product: ArrayLike | Sequence[object],
    question: BasketsQuestion | None = None,
    *,
    customer: ArrayLike | Sequence[object] | None = None,
    amount: ArrayLike | None = None,
) -> BasketsAnswer:
    """Answer what orders are worth and hold, from their lines: one row for each product of an order.

    Parameters
    ----------
    order, product
        Of each line. A product that comes twice in an order counts once.
    customer
        Of each line: orders of one customer are not independent. Each order stands for itself when None.
    amount
        Of each line; the amount of an order is their sum.

    Returns
    -------
    BasketsAnswer
        Notes: orders without named products (``baskets.no_products``); orders of one customer are taken as independent
        in the test of pairs (``baskets.orders_independent``); products left out of pairs
        (``baskets.products_left_out``).

    Raises
    ------
    BasketsRefused

    Examples
    --------
    >>> found = baskets_of([1, 1, 2, 2, 3, 4], ["tea", "cup", "tea", "cup", "tea", "rug"],
    ...                    BasketsQuestion(fewest_orders=1))
    >>> [(each.one, each.other, each.orders, round(each.lift.value, 2)) for each in found.bundles]
    [('tea', 'cup', 2, 1.33)]
    """
    orders, places = np.unique(np.asarray(order), return_inverse=True)
    products, kinds = np.unique(np.asarray(product).astype(str), return_inverse=True)
    if len(places) != len(kinds) or not len(places):
        raise BasketsRefused(
            "Orders and products differ in number, or there are none.", hint="Give one row a line."
        )
    first = np.zeros(len(orders), np.int64)
    first[places[::-1]] = np.arange(len(places))[::-1]
    whose = (
        np.arange(len(orders))
        if customer is None
        else np.unique(np.asarray(customer), return_inverse=True)[1][first]
    )
    paid: Floats | None = None
    if amount is not None:
        paid = np.bincount(places, np.asarray(amount, np.float64), minlength=len(orders)).astype(np.float64)
    nameless = np.full(len(products), "")
    rows = BasketRows(len(orders), places, kinds, products, nameless, whose, paid, None, "", (), len(places))
    return _answer(rows, question or BasketsQuestion())


def _answer(rows: BasketRows, asked: BasketsQuestion) -> BasketsAnswer:
    pairs = np.unique(np.stack([rows.order, rows.product]), axis=1)
    sizes = np.bincount(pairs[0], minlength=rows.orders)
    chosen, together, counts = _together(pairs, rows, asked.products)
    looks = len(chosen) * (len(chosen) - 1) // 2
    left_out = len(rows.products) - len(chosen)
    notes = [*rows.notes, Note.of("baskets.orders_independent")]
    if left_out:
        notes.append(Note.of("baskets.products_left_out", count=left_out))
    return BasketsAnswer(
        rows.orders,
        None if rows.amount is None else _by_customer(rows.amount, rows.customer, asked.level),
        _by_customer(sizes.astype(np.float64), rows.customer, asked.level),
        _bundles(rows, pairs, chosen, together, counts, asked),
        looks,
        rows.currency,
        tuple(notes),
        Provenance(asked, rows.version, rows.rows_read),
    )


def _together(
    pairs: NDArray[np.int64], rows: BasketRows, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the most frequent products, in how many orders each two of them are, and in how many each is."""
    from scipy import sparse  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    counts = np.bincount(pairs[1], minlength=len(rows.products))
    chosen = np.argsort(-counts, kind="stable")[:most]
    place = np.full(len(rows.products), -1)
    place[chosen] = np.arange(len(chosen))
    kept = place[pairs[1]] >= 0
    held = sparse.csr_matrix(
        (np.ones(int(kept.sum()), np.int64), (pairs[0][kept], place[pairs[1][kept]])),
        shape=(rows.orders, len(chosen)),
    )
    return chosen, np.asarray((held.T @ held).todense()), counts[chosen]


def _bundles(  # noqa: PLR0917 - one step of `_answer`
    rows: BasketRows,
    pairs: NDArray[np.int64],
    chosen: NDArray[np.int64],
    together: NDArray[np.int64],
    counts: NDArray[np.int64],
    asked: BasketsQuestion,
) -> tuple[Bundle, ...]:
    from scipy import stats  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    first, second = np.triu_indices(len(chosen), 1)
    both, n = together[first, second], rows.orders
    one, other = counts[first], counts[second]
    p_values = np.where(both > 0, stats.hypergeom.sf(both - 1, n, one, other), 1.0)
    larger = np.array(adjusted(p_values.tolist(), method="bh")) if len(p_values) else p_values
    above = both - one * other / n
    told = np.flatnonzero(both >= asked.fewest_orders)
    told = told[np.argsort(-above[told], kind="stable")][:_MOST_TOLD]
    z = normal_quantile(asked.level)
    held: dict[int, NDArray[np.int64]] = {}
    found = []
    for place in told.tolist():
        a, b, c = int(one[place]), int(other[place]), int(both[place])
        lift = n * c / (a * b)
        # delta method for log(p_ab / (p_a p_b)) of a multinomial sample
        spread = math.sqrt(max(1 / c - 1 / a - 1 / b - 1 / n + 2 * lift / n, 0.0))
        around = Interval(lift * math.exp(-z * spread), lift * math.exp(z * spread), asked.level)
        found.append(
            Bundle(
                str(rows.products[chosen[first[place]]]),
                str(rows.products[chosen[second[place]]]),
                str(rows.names[chosen[first[place]]]),
                str(rows.names[chosen[second[place]]]),
                c,
                c / n,
                Estimate(lift, around, n),
                c / a,
                c / b,
                float(p_values[place]),
                float(larger[place]),
                bool(larger[place] < asked.false_discovery_rate),
                _raised(
                    rows, pairs, int(chosen[first[place]]), int(chosen[second[place]]), held, asked.level
                ),
            )
        )
    return tuple(found)


def _raised(  # noqa: PLR0917 - one step of `_bundles`
    rows: BasketRows,
    pairs: NDArray[np.int64],
    one: int,
    other: int,
    held: dict[int, NDArray[np.int64]],
    level: float,
) -> Estimate | None:
    """Return how much more orders with both products are worth than orders with one of them."""
    if rows.amount is None:
        return None
    for product in (one, other):
        if product not in held:
            held[product] = pairs[0][pairs[1] == product]
    both = np.intersect1d(held[one], held[other], assume_unique=True)
    alone = np.setxor1d(held[one], held[other], assume_unique=True)
    means = [_mean(rows.amount[orders], level) for orders in (both, alone)]
    return None if means[0] is None or means[1] is None else difference(means[0], means[1])


def _mean(values: Floats, level: float) -> Estimate | None:
    known = values[~np.isnan(values)]
    return mean(float(known.sum()), float((known**2).sum()), len(known), level=level)


def _by_customer(values: Floats, customer: NDArray[np.int64], level: float) -> Estimate | None:
    """Return the mean of a value of each order, with the interval of orders that come by customer."""
    known = ~np.isnan(values)
    values, customer = values[known], customer[known]
    sums = np.bincount(customer, values)
    counts = np.bincount(customer)
    there = counts > 0
    return mean_by_customer(
        float(values.sum()),
        len(values),
        int(there.sum()),
        squares=float((sums**2).sum()),
        products=float((sums * counts).sum()),
        n_squares=float((counts**2).sum()),
        level=level,
    )
