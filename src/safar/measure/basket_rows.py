"""The lines of orders in a log: which products each order holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.time_zone import time_zone

from .purchases import NothingBought
from .repeat_counts import Floats

if TYPE_CHECKING:
    from safar.store.log import Log

_LINES: Final = """
    SELECT coalesce(properties->>'order_id', event_id::VARCHAR) AS order_key, customer_id,
           CASE WHEN currency IS NULL THEN NULL ELSE amount END AS amount, coalesce(currency, '') AS currency,
           coalesce(
             nullif(json_extract_string(properties, '$.items[*].product_id'), []),
             nullif(json_extract_string(properties, '$.items[*].sku'), []),
             nullif(json_extract_string(properties, '$.products[*].product_id'), []),
             nullif(json_extract_string(properties, '$.products[*].sku'), []), []) AS products,
           coalesce(
             nullif(json_extract_string(properties, '$.items[*].name'), []),
             nullif(json_extract_string(properties, '$.products[*].name'), []), []) AS names
    FROM events WHERE event_name IN (SELECT unnest($names)) AND occurred_at < $until
"""


@dataclass(frozen=True, slots=True, eq=False)
class BasketRows:
    """Lines of orders.

    Attributes
    ----------
    orders
        How many hold products.
    order, product
        ``int64`` of shape (lines,): places of orders, and in ``products``.
    products, names
        Their ids, and the name by which each goes most often; empty where it has none.
    customer
        ``int64`` of shape (orders,): whose each order is.
    amount
        ``float64`` of shape (orders,), NaN where it is not known; None without any.
    """

    orders: int
    order: NDArray[np.int64]
    product: NDArray[np.int64]
    products: NDArray[Any]
    names: NDArray[Any]
    customer: NDArray[np.int64]
    amount: Floats | None
    currency: str | None
    version: str
    notes: tuple[Note, ...]
    rows_read: int


def basket_rows(log: Log, until: date | None, currency: str | None, zone: str) -> BasketRows:
    """Return the lines of a log's orders in one currency, the one with the most orders when None.

    Raises
    ------
    NothingBought
    """
    end = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
    if until is not None:
        end = datetime.combine(until, time(), time_zone(zone))
    version = log.version
    found = log.sql(_LINES, {"names": sorted(ORDER_PLACED), "until": end}).columns()
    codes = found["currency"]
    known = sorted({code for code in codes if code}, key=lambda code: (-codes.count(code), code))
    chosen = currency or (known[0] if known else "")
    kept = [row for row, code in enumerate(codes) if code == chosen and found["products"][row]]
    mine = sum(code == chosen for code in codes)
    if not kept:
        raise NothingBought(
            "No order names its products.", hint="Import orders with their items: a product_id or sku each."
        )
    keys, order_of = np.unique([found["order_key"][row] for row in kept], return_inverse=True)
    lines = [
        (place, each)
        for place, row in zip(order_of.tolist(), kept, strict=True)
        for each in found["products"][row]
        if each
    ]
    products, product = np.unique([each for _, each in lines], return_inverse=True)
    first = np.zeros(len(keys), np.int64)
    first[order_of[::-1]] = np.array(kept, np.int64)[::-1]
    whose = np.unique([found["customer_id"][row] for row in first.tolist()], return_inverse=True)[1]
    scale = 10 ** EXPONENTS[chosen] if chosen in EXPONENTS else 1
    amounts = np.array(
        [np.nan if found["amount"][row] is None else found["amount"][row] / scale for row in first]
    )
    notes = []
    if len(codes) > mine:
        notes.append(Note.of("purchases.other_currency", count=len(codes) - mine))
    if mine > len(kept):
        notes.append(Note.of("baskets.no_products", count=mine - len(kept)))
    return BasketRows(
        len(keys),
        np.array([place for place, _ in lines], np.int64),
        product,
        products,
        _names(products, found["products"], found["names"], kept),
        whose,
        amounts if chosen else None,
        chosen or None,
        version,
        tuple(notes),
        len(kept),
    )


def _names(
    products: NDArray[Any], held: Sequence[Sequence[str]], named: Sequence[Sequence[str]], kept: Sequence[int]
) -> NDArray[Any]:
    """Return the commonest name of each product, of orders that name all they hold."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in kept:
        if len(held[row]) == len(named[row]):
            for product, name in zip(held[row], named[row], strict=True):
                seen[product][name] += 1
    return np.array([seen[each].most_common(1)[0][0] if each in seen else "" for each in products.tolist()])
