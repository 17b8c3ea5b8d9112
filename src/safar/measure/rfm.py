"""RFM: how lately, how often and for how much each customer bought, in bands, and the groups that these make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal

from .ordered import PurchasesQuestion, purchases
from .purchases import Purchases
from .repeat_counts import Floats, Ints

if TYPE_CHECKING:
    from safar.store.log import Log

#: Groups by how lately (rows: bands 1 to 5) and how often (columns: 1, 2 to 3, 4 to 5).
_GROUPS: Final = (
    ("lost", "at_risk", "cannot_lose"),
    ("lost", "at_risk", "cannot_lose"),
    ("need_attention", "need_attention", "loyal"),
    ("new", "promising", "champions"),
    ("new", "promising", "champions"),
)
#: In the order of worth.
GROUPS: Final = (
    "champions", "loyal", "promising", "new", "need_attention", "cannot_lose", "at_risk", "lost",
)  # fmt: skip
_BANDS: Final = 5


class BandsRefused(Refusal, ValueError):
    """A count of bands that cannot be."""

    code = "rfm.bands_refused"


@dataclass(frozen=True, slots=True)
class RFMQuestion:
    """How lately, how often and for how much did each customer buy?

    Parameters
    ----------
    until, currency, time_zone
        Which orders; see `PurchasesQuestion`. Amounts are revenue less refunds, not margin.
    """

    until: date | None = None
    currency: str | None = None
    time_zone: str = "UTC"

    @property
    def orders(self) -> PurchasesQuestion:
        """The question for the orders behind it."""
        return PurchasesQuestion(self.until, self.currency, 1.0, self.time_zone)


@dataclass(frozen=True, slots=True)
class RFMGroup:
    """Customers of one group.

    Attributes
    ----------
    name
        One of `GROUPS`.
    customers
        How many.
    customer_share, revenue_share
        Of all customers, and of all they paid.
    revenue
        What they paid less refunds, in whole units of the currency.
    median_days, median_orders
        Since the last order, and of orders.
    """

    name: str
    customers: int
    customer_share: float
    revenue: float
    revenue_share: float
    median_days: float
    median_orders: float


@dataclass(frozen=True, slots=True, eq=False)
class RFMAnswer:
    """Customers by how lately, how often and for how much they bought.

    Attributes
    ----------
    customers, ids
        Ascending: keys of persons of a log, otherwise their ids; and their ids.
    days_since, orders, revenue
        Days from the last order to the last day looked at; orders placed; what was paid less refunds.
    recency_band, frequency_band, monetary_band
        1 (worst) to 5 (best): fifths of the customers; those who are equal share a band, so bands differ in size.
    group
        Of each customer, a place in `GROUPS`.
    groups
        Those that have customers, the most worthy first.
    """

    customers: NDArray[Any]
    ids: NDArray[Any]
    days_since: Ints
    orders: Ints
    revenue: Floats
    recency_band: Ints
    frequency_band: Ints
    monetary_band: Ints
    group: Ints
    groups: tuple[RFMGroup, ...]
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row for each group: numbers, and nobody by name."""
        names = (
            "name", "customers", "customer_share", "revenue", "revenue_share", "median_days", "median_orders",
        )  # fmt: skip
        return Table.of({name: [getattr(each, name) for each in self.groups] for name in names})

    @property
    def customer_table(self) -> Table:
        """One row for each customer: those who paid most first."""
        order = np.argsort(-self.revenue, kind="stable")
        return Table.of(
            {
                "customer_id": self.ids[order],
                "days_since": self.days_since[order],
                "orders": self.orders[order],
                "revenue": self.revenue[order],
                "recency_band": self.recency_band[order],
                "frequency_band": self.frequency_band[order],
                "monetary_band": self.monetary_band[order],
                "group": [GROUPS[place] for place in self.group[order].tolist()],
            }
        )


def rfm(log: Log, question: RFMQuestion | None = None) -> RFMAnswer:
    """Answer how lately, how often and for how much the customers of a log bought; see `rfm_of`.

    Raises
    ------
    NothingBought
    """
    asked = question or RFMQuestion()
    return rfm_of(purchases(log, asked.orders), asked)


def rfm_of(known: Purchases, question: RFMQuestion | None = None) -> RFMAnswer:
    """Answer how lately, how often and for how much customers bought.

    Returns
    -------
    RFMAnswer
        Notes: those of the orders; a band that nobody is in, as too many customers are equal (``rfm.band_empty``).

    Notes
    -----
    RFM sorts; it predicts nothing and has no interval. Who is worth what is a question for `clv`.

    Source: A. M. Hughes (1994), Strategic Database Marketing.

    Examples
    --------
    >>> from datetime import date
    >>> from safar.measure.purchases import purchases_of
    >>> found = rfm_of(purchases_of(["a", "a", "b"], ["2026-01-01", "2026-01-09", "2026-01-02"], [10, 20, 5],
    ...                             until=date(2026, 1, 11)))
    >>> found.days_since, found.orders, found.revenue
    (array([1, 8]), array([2, 1]), array([30.,  5.]))
    """
    days = known.age - known.recency
    orders = known.orders_of
    bought = known.occasions
    revenue = np.bincount(bought.customer, np.nan_to_num(bought.net), minlength=len(known)).astype(np.float64)
    recency, frequency, monetary = bands(-days), bands(orders), bands(revenue)
    names = np.array([[GROUPS.index(name) for name in row] for row in _GROUPS])
    group = names[recency - 1, np.array([0, 1, 1, 2, 2])[frequency - 1]]
    total = float(revenue.sum())
    groups = tuple(
        RFMGroup(
            name,
            int(mine.sum()),
            float(mine.mean()),
            float(revenue[mine].sum()),
            float(revenue[mine].sum() / total) if total else 0.0,
            float(np.median(days[mine])),
            float(np.median(orders[mine])),
        )
        for place, name in enumerate(GROUPS)
        if (mine := group == place).any()
    )
    empty = sum(_BANDS - len(np.unique(each)) for each in (recency, frequency, monetary))
    own = tuple(note for note in known.notes if note.code != "purchases.revenue_as_margin")
    return RFMAnswer(
        known.customers,
        known.ids,
        days,
        orders,
        revenue,
        recency,
        frequency,
        monetary,
        group,
        groups,
        known.currency,
        (*own, Note.of("rfm.band_empty", count=empty)) if empty else own,
        Provenance(question or RFMQuestion(), known.version, known.rows_read),
    )


def bands(values: NDArray[Any], count: int = _BANDS) -> Ints:
    """Return the band of each value, 1 for the lowest: parts of equal size, equal values in one band.

    Raises
    ------
    BandsRefused
    """
    if count < 2 or not len(values):
        raise BandsRefused(
            f"{len(values)} values cannot be split into {count} bands.", hint="Ask for two or more bands."
        )
    ordered = np.sort(values)
    # a value belongs where the middle of all that equal it stands
    middle = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2
    found: Ints = np.minimum((middle * count / len(values)).astype(np.int64), count - 1) + 1
    return found
