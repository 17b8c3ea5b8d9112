"""The orders and returns among the rows of a shard: whose, when, how much, which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.row_column import RowColumn
from safar.vocabulary.lifecycle import ORDER_PLACED, ORDER_RETURNED
from safar.vocabulary.money import EXPONENTS

from .labels import number_of_value, text_of_value
from .shelf import Shelf

if TYPE_CHECKING:
    from safar.store.paths import PathShard

_MOST: Final = float(1 << 62)


@dataclass(frozen=True, slots=True)
class Orders:
    """Rows of orders and returns, in the order of the shard's rows.

    Attributes
    ----------
    row
        ``int64``: which row of the shard each is.
    time
        ``int64``: microseconds UTC.
    units
        ``float64``: the amount in whole units of its currency, below 0 of a return; NaN without one.
    amount
        ``int64``: the same in minor units, of the rows of one currency; see `in_currency`.
    key
        ``int64``: which order; below 0, each its own, where an order has no id.
    currency
        ``int64``: places in ``currencies``.
    is_placed
        ``bool``: it is an order, no return.
    """

    row: NDArray[np.int64]
    time: NDArray[np.int64]
    units: NDArray[np.float64]
    amount: NDArray[np.int64]
    key: NDArray[np.int64]
    currency: NDArray[np.int64]
    currencies: tuple[str, ...]
    is_placed: NDArray[np.bool_]

    def in_currency(self, currency: str) -> Orders:
        """Return the rows with an amount of one currency."""
        codes = [place for place, each in enumerate(self.currencies) if each == currency]
        found = self._where(np.isin(self.currency, codes) & ~np.isnan(self.units))
        minor = np.rint(np.clip(found.units * 10 ** EXPONENTS[currency], -_MOST, _MOST)).astype(np.int64)
        return Orders(
            found.row,
            found.time,
            found.units,
            minor,
            found.key,
            found.currency,
            self.currencies,
            found.is_placed,
        )

    def placed(self) -> Orders:
        """Return the orders without the returns."""
        return self._where(self.is_placed)

    def of_persons(
        self, first: NDArray[np.uint32], end: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the orders of persons begin and end, who own these rows of the shard."""
        return np.searchsorted(self.row, first), np.searchsorted(self.row, end)

    def _where(self, mask: NDArray[np.bool_]) -> Orders:
        return Orders(
            self.row[mask],
            self.time[mask],
            self.units[mask],
            self.amount[mask],
            self.key[mask],
            self.currency[mask],
            self.currencies,
            self.is_placed[mask],
        )


_shelf: Final[Shelf[Orders]] = Shelf(1 << 27, lambda orders: 57 * len(orders.row))


def orders_of(shard: PathShard) -> Orders:
    """Return the orders and returns of a shard; found once, and kept as long as there is room."""
    return _shelf.get(shard.code, "orders", lambda: _orders(shard))


def _orders(shard: PathShard) -> Orders:
    placed, returned = shard.codes_in(ORDER_PLACED), shard.codes_in(ORDER_RETURNED)
    row = np.flatnonzero((placed | returned)[shard.code]) if len(shard.event_names) else np.zeros(0, np.int64)
    is_placed = placed[shard.code[row]] if len(row) else np.zeros(0, np.bool_)
    if not len(row):
        none = np.zeros(0, np.int64)
        return Orders(none, none, np.zeros(0), none, none, none, (), is_placed)
    amount, amounts = _used(shard.rows.column("@amount"), row)
    currency, currencies = _used(shard.rows.column("@currency"), row)
    order, ids = _used(shard.rows.column("order_id"), row)
    units = np.array([number_of_value(value) for value in amounts])[amount]
    # The same id as a number and as a text is the same order.
    known: dict[str, int] = {}
    keys = np.array(
        [known.setdefault(text_of_value(each), len(known)) if each else -1 for each in ids], np.int64
    )
    key = keys[order]
    return Orders(
        row,
        shard.time[row],
        np.where(is_placed, units, -units),
        np.zeros(len(row), np.int64),
        np.where(key < 0, -1 - np.arange(len(row)), key),
        currency,
        tuple(map(text_of_value, currencies)),
        is_placed,
    )


def _used(column: RowColumn, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """Return for each of the rows a place, and the values there."""
    codes: NDArray[Any] = column.codes[rows]
    used, places = np.unique(codes, return_inverse=True)
    return places.astype(np.int64), [column.values[int(code)] for code in used]
