"""The purchases of customers: days with an order, seen on any day, joined as orders arrive, split for a hold-out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.civil import to_day
from safar.vocabulary.errors import Refusal

from .repeat_counts import Floats, Ints, RepeatCounts

#: Days of a year, for yearly rates.
YEAR_DAYS: Final = 365.25


class OrdersRefused(Refusal, ValueError):
    """The columns cannot be those of orders."""

    code = "purchases.orders_refused"


class NothingBought(Refusal, ValueError):
    """There are no orders up to that day."""

    code = "purchases.nothing_bought"


@dataclass(frozen=True, eq=False)
class Purchases:
    """The orders of customers up to a day, by customer and time.

    Attributes
    ----------
    customers
        Ids of shape (customers,), ascending: keys of persons where they come from a log, otherwise as they were given.
    customer
        ``int64`` of shape (orders,): whose each order is, as a place in ``customers``. Ascending.
    time
        ``int64``: when, in microseconds UTC. Ascending for each customer.
    day
        ``int64``: the civil day, in days since 1970-01-01.
    amount
        ``float64``: of each order, in whole units of the currency; NaN where it is not known.
    refunded
        ``float64``: what of it was paid back up to then, 0 or more.
    margin
        ``float64``: what it brought: ``(amount - refunded) x margin_share`` where no order told its own.
    until
        The first day that is not looked at: T counts up to the day before.
    currency
        ISO 4217 code; None where nobody said.
    margin_share
        The share of net revenue that is margin; 1 where nobody said, and revenue stands for margin.
    time_zone
        Whose civil days.
    version
        The log's version; empty where there is no log.
    notes
        What was left out or taken for granted.
    rows_read
        Events behind this.
    names
        The ids that the customers go by, where ``customers`` are keys of a log's persons; None where they are ids.
    """

    customers: NDArray[Any]
    customer: Ints
    time: Ints
    day: Ints
    amount: Floats
    refunded: Floats
    margin: Floats
    until: date
    currency: str | None = None
    margin_share: float = 1.0
    time_zone: str = "UTC"
    version: str = ""
    notes: tuple[Note, ...] = ()
    rows_read: int = 0
    names: NDArray[Any] | None = None

    @property
    def ids(self) -> NDArray[Any]:
        """The ids that the customers go by."""
        return self.customers if self.names is None else self.names

    def __len__(self) -> int:
        return len(self.customers)

    @cached_property
    def occasions(self) -> Occasions:
        """The purchases: the orders of one customer on one day taken together."""
        begins = np.empty(len(self.customer), np.bool_)
        begins[:1] = True
        begins[1:] = (self.customer[1:] != self.customer[:-1]) | (self.day[1:] != self.day[:-1])
        first = np.flatnonzero(begins)
        counts = np.diff(np.append(first, len(begins)))
        return Occasions(
            self.customer[first],
            self.day[first],
            np.add.reduceat(self.amount - self.refunded, first) if len(first) else np.zeros(0),
            np.add.reduceat(self.margin, first) if len(first) else np.zeros(0),
            counts.astype(np.int64),
        )

    @cached_property
    def first_day(self) -> Ints:
        """Of each customer, the day of the first purchase."""
        return self.occasions.day[self._starts[:-1]]

    @cached_property
    def last_day(self) -> Ints:
        """Of each customer, the day of the last purchase."""
        return self.occasions.day[self._starts[1:] - 1]

    @cached_property
    def frequency(self) -> Ints:
        """x: how often each customer bought again, in days with an order after the first one."""
        return np.diff(self._starts) - 1

    @property
    def recency(self) -> Ints:
        """t_x: days from the first purchase of each customer to the last one; 0 where there is one alone."""
        return self.last_day - self.first_day

    @property
    def age(self) -> Ints:
        """T: days from the first purchase of each customer to the last day looked at."""
        return to_day(self.until) - 1 - self.first_day

    @cached_property
    def counts(self) -> RepeatCounts:
        """Distinct (x, t_x, T) with their customers."""
        return RepeatCounts.of(self.frequency, self.recency, self.age)

    @property
    def monetary_value(self) -> Floats:
        """Mean margin of each customer's repeat purchases, the first one not counted; NaN without any that is known."""
        return self._mean_margin(repeat=True)

    @property
    def mean_margin(self) -> Floats:
        """Mean margin of all purchases of each customer; NaN where none is known."""
        return self._mean_margin(repeat=False)

    @property
    def total_margin(self) -> Floats:
        """What each customer brought so far; purchases whose amount is not known count nothing."""
        return _sums(self.occasions.customer, np.nan_to_num(self.occasions.margin), len(self))

    @property
    def orders_of(self) -> Ints:
        """How many orders each customer placed."""
        return np.bincount(self.customer, minlength=len(self))

    def seen_until(self, until: date) -> Purchases:
        """Return what was to be seen on an earlier day: later orders, and customers with none but these, are not there.

        Refunds made since are known all the same: they belong to their order.

        Raises
        ------
        NothingBought
            Nobody had ordered by then.
        """
        if until > self.until:
            raise OrdersRefused(
                f"Orders are known up to {self.until}, not to {until}.", hint="Ask for an earlier day."
            )
        kept = self.day < to_day(until)
        if not kept.any():
            raise NothingBought(f"Nobody had ordered before {until}.", hint="Ask for a later day.")
        there = np.zeros(len(self), np.bool_)
        there[self.customer[kept]] = True
        place = np.cumsum(there) - 1
        return self._of(self.customers[there], place[self.customer[kept]], kept, until)

    def split(self, at: date) -> Split:
        """Return the orders before a day, and what the same customers bought from that day on.

        Raises
        ------
        NothingBought
            Nobody had ordered before that day.
        """
        before = self.seen_until(at)
        bought = self.occasions
        mine = np.searchsorted(before.customers, self.customers)
        known = mine < len(before.customers)
        known[known] = before.customers[mine[known]] == self.customers[known]
        later = (bought.day >= to_day(at)) & known[bought.customer]
        whose = mine[bought.customer[later]]
        return Split(
            before,
            np.bincount(whose, minlength=len(before)),
            _sums(whose, np.nan_to_num(bought.margin[later]), len(before)),
            to_day(self.until) - to_day(at),
        )

    def moved_to(self, until: date) -> Purchases:
        """Return the same orders looked at on a later day; nobody has ordered since, and the counts only grow older."""
        days = to_day(until) - to_day(self.until)
        if days < 0:
            return self.seen_until(until)
        moved = replace(self, until=until)
        moved.__dict__.update({name: self.__dict__[name] for name in _KEPT if name in self.__dict__})
        moved.__dict__["counts"] = self.counts.moved_by(days)
        return moved

    def with_orders(self, later: Purchases) -> Purchases:
        """Return these orders and others, such as those that arrived since. Only the counts of their customers change.

        Parameters
        ----------
        later
            Other orders of the same or other customers in the same currency. Observation ends where it ends later.
        """
        if later.currency != self.currency:
            raise OrdersRefused(
                f"Orders in {later.currency} cannot join those in {self.currency}.",
                hint="Keep currencies apart.",
            )
        until = max(self.until, later.until)
        customers = np.union1d(self.customers, later.customers)
        place, new = (np.searchsorted(customers, each.customers) for each in (self, later))
        whose = np.concatenate([place[self.customer], new[later.customer]])
        names: NDArray[Any] | None = None
        if self.names is not None and later.names is not None:
            names = np.empty(len(customers), dtype=object)
            names[place], names[new] = self.names, later.names
        time = np.concatenate([self.time, later.time])
        order = np.lexsort((time, whose))
        joined = replace(
            self,
            customers=customers,
            names=names,
            customer=whose[order],
            until=until,
            version=later.version or self.version,
            notes=tuple(dict.fromkeys((*self.notes, *later.notes))),
            rows_read=self.rows_read + later.rows_read,
            time=time[order],
            day=np.concatenate([self.day, later.day])[order],
            amount=np.concatenate([self.amount, later.amount])[order],
            refunded=np.concatenate([self.refunded, later.refunded])[order],
            margin=np.concatenate([self.margin, later.margin])[order],
        )
        before = self.moved_to(until)
        same = np.isin(self.customers, later.customers)
        gone = (
            RepeatCounts.of(before.frequency[same], before.recency[same], before.age[same])
            if same.any()
            else None
        )
        now = RepeatCounts.of(joined.frequency[new], joined.recency[new], joined.age[new])
        joined.__dict__["counts"] = before.counts.changed(gone, now)
        return joined

    @cached_property
    def _starts(self) -> Ints:
        """Where the purchases of each customer begin among all, and the end."""
        return np.searchsorted(self.occasions.customer, np.arange(len(self) + 1))

    def _mean_margin(self, *, repeat: bool) -> Floats:
        bought = self.occasions
        counted = ~np.isnan(bought.margin)
        if repeat:
            counted[self._starts[:-1]] = False
        totals = _sums(bought.customer[counted], bought.margin[counted], len(self))
        counts = np.bincount(bought.customer[counted], minlength=len(self))
        mean: Floats = np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)
        return mean

    def _of(self, customers: NDArray[Any], customer: Ints, kept: NDArray[np.bool_], until: date) -> Purchases:
        return replace(
            self,
            customers=customers,
            names=None if self.names is None else self.names[np.isin(self.customers, customers)],
            customer=customer,
            time=self.time[kept],
            day=self.day[kept],
            amount=self.amount[kept],
            refunded=self.refunded[kept],
            margin=self.margin[kept],
            until=until,
        )

    def in_late_prices(self, inflation: float) -> Purchases:
        """Return the same orders with amounts in the prices of the day before ``until``.

        Parameters
        ----------
        inflation
            A year's, above -1: 0.38 for 38 %. What cost 100 a year before ``until`` then costs 138.

        Raises
        ------
        OrdersRefused
        """
        if not -1 < inflation < np.inf:
            raise OrdersRefused(
                f"{inflation!r} is no inflation.",
                hint="Give 0.38 for 38 % a year.",
                inflation=repr(inflation),
            )
        if not inflation:
            return self
        factor = (1 + inflation) ** ((to_day(self.until) - 1 - self.day) / YEAR_DAYS)
        later = replace(
            self, amount=self.amount * factor, refunded=self.refunded * factor, margin=self.margin * factor
        )
        later.__dict__.update({name: self.__dict__[name] for name in _TIMES if name in self.__dict__})
        return later

    def with_margins_of(self, share: float) -> Purchases:
        """Return the same orders with a share of each margin, such as what serving leaves of it."""
        less = replace(self, margin=self.margin * share)
        less.__dict__.update({name: self.__dict__[name] for name in _TIMES if name in self.__dict__})
        return less

    def of_customers(self, chosen: NDArray[np.bool_]) -> Purchases:
        """Return the orders of some customers alone, by a mask over ``customers``."""
        kept = chosen[self.customer]
        place = np.cumsum(chosen) - 1
        return self._of(self.customers[chosen], place[self.customer[kept]], kept, self.until)


#: What does not change with prices.
_TIMES: Final = ("first_day", "last_day", "frequency", "_starts", "counts")
#: What does not change with the day up to which one looks.
_KEPT: Final = ("occasions", "first_day", "last_day", "frequency", "_starts")


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """Purchases: what a customer ordered on one day, by customer and day.

    Attributes
    ----------
    customer
        ``int64``: places in `Purchases.customers`.
    day
        ``int64``: days since 1970-01-01.
    net
        ``float64``: revenue less refunds, in whole units of the currency.
    margin
        ``float64``: what it brought.
    orders
        ``int64``: how many orders of that day.
    """

    customer: Ints
    day: Ints
    net: Floats
    margin: Floats
    orders: Ints

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Orders before a day, and what the same customers did afterwards.

    Attributes
    ----------
    calibration
        What was known on that day.
    purchases
        ``int64`` of shape (customers,): days with an order from that day on, of the customers of ``calibration``.
    margin
        ``float64``: what these brought.
    days
        How long afterwards was looked at.
    """

    calibration: Purchases
    purchases: Ints
    margin: Floats
    days: int


def _sums(places: Ints, values: Floats, length: int) -> Floats:
    """Return the sum of the values of each place."""
    found: Floats = np.bincount(places, values, minlength=length).astype(np.float64)
    return found
