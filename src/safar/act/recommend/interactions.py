"""Interactions: who had to do with which item when – what every recommendation is learnt from.

Bought or viewed, never rated: what somebody did not touch is unknown, not disliked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Refusal

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: Microseconds of a day.
DAY_US: Final = 86_400_000_000


class InteractionsRefused(Refusal, ValueError):
    """Columns of interactions differ in length, or nothing of them can be learnt from."""

    code = "recommend.interactions_refused"


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """Who had to do with which item when.

    Attributes
    ----------
    customers
        Ids, ascending: texts, or ``uint64`` keys of persons from a log.
    items
        Ids, ascending.
    customer, item
        ``int64`` of shape (n,): places in the two, one an interaction, by time.
    time
        ``int64`` of shape (n,): microseconds UTC; all 0 where no time is known.
    basket
        ``int64`` of shape (n,): interactions of one order share a number.
    weight
        ``float64`` of shape (n,): how much one says; 1 for a purchase.
    titles, groups
        What items are called, and what they belong to (a category), as far as known.
    """

    customers: NDArray[Any]
    items: tuple[str, ...]
    customer: Places
    item: Places
    time: NDArray[np.int64]
    basket: Places
    weight: Floats
    titles: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.customer)

    def where(self, mask: NDArray[np.bool_]) -> Interactions:
        """Return the interactions of a mask; customers and items keep their places."""
        return replace(
            self,
            customer=self.customer[mask],
            item=self.item[mask],
            time=self.time[mask],
            basket=self.basket[mask],
            weight=self.weight[mask],
        )

    def before(self, instant_us: int) -> Interactions:
        """Return what happened before an instant."""
        return self.where(self.time < instant_us)

    def since(self, instant_us: int) -> Interactions:
        """Return what happened from an instant on."""
        return self.where(self.time >= instant_us)

    def faded(self, half_life_days: float) -> Interactions:
        """Return the same, each saying half as much for every so many days before the last one."""
        if not len(self):
            return self
        age_days = (self.time.max() - self.time) / DAY_US
        return replace(self, weight=self.weight * 0.5 ** (age_days / half_life_days))

    def matrix(self) -> csr_array:
        """Return customers × items as ``float64``: the largest weight of each pair, nothing where there is none."""
        return pairs(self.customer, self.item, self.weight, (len(self.customers), len(self.items)))

    def baskets(self) -> csr_array:
        """Return orders × items as zeros and ones."""
        found = np.unique(self.basket, return_inverse=True)[1]
        count = int(found.max()) + 1 if len(found) else 0
        return pairs(found, self.item, np.ones(len(self)), (count, len(self.items)))


def interactions_of(
    customer: Sequence[Any] | NDArray[Any],
    item: Sequence[Any] | NDArray[Any],
    time: ArrayLike | None = None,
    *,
    basket: Sequence[Any] | NDArray[Any] | None = None,
    weight: ArrayLike | None = None,
    titles: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
) -> Interactions:
    """Return interactions from plain columns.

    Parameters
    ----------
    customer, item
        Who and what, one row an interaction; rows without either are left out.
    time
        Microseconds UTC, or ``datetime64``; needed for splits by time, for seasons and for fading.
    basket
        Which order; the same customer at the same time when None.
    weight
        Above 0; 1 when None.
    titles, groups
        By item.

    Raises
    ------
    InteractionsRefused

    Examples
    --------
    >>> found = interactions_of(["a", "b", "a"], ["tea", "tea", "cup"], [3, 1, 2])
    >>> found.items, found.item.tolist(), found.customer.tolist()
    (('cup', 'tea'), [1, 0, 1], [1, 0, 0])
    """
    whose, what = (np.asarray(each) for each in (customer, item))
    at = np.zeros(len(whose), np.int64) if time is None else _microseconds(time)
    says = np.ones(len(whose)) if weight is None else np.asarray(weight, np.float64)
    order_of = None if basket is None else np.asarray(basket)
    sizes = {len(each) for each in (whose, what, at, says, order_of) if each is not None}
    if len(sizes) > 1:
        raise InteractionsRefused(
            f"The columns have {sorted(sizes)} rows.", hint="Give one row an interaction in each."
        )
    if not np.isfinite(says).all() or (len(says) and says.min() <= 0):
        raise InteractionsRefused("Some weights are not above 0.", hint="1 is a purchase.")
    what = what.astype(str)
    kept = np.flatnonzero((whose != "") & (what != "") if whose.dtype.kind == "U" else what != "")
    if not len(kept):
        raise InteractionsRefused("There is no interaction.", hint="Give rows with a customer and an item.")
    kept = kept[np.argsort(at[kept], kind="stable")]
    customers, place = np.unique(whose[kept], return_inverse=True)
    items, which = np.unique(what[kept], return_inverse=True)
    if order_of is None:
        pairs_of = np.stack([place, at[kept]])
        baskets = np.unique(pairs_of, axis=1, return_inverse=True)[1].reshape(-1)
    else:
        baskets = np.unique(order_of[kept], return_inverse=True)[1]
    return Interactions(
        customers,
        tuple(items.tolist()),
        place.astype(np.int64),
        which.astype(np.int64),
        at[kept],
        baskets.astype(np.int64),
        says[kept],
        dict(titles or {}),
        dict(groups or {}),
    )


def pairs(rows: Places, columns: Places, weights: Floats, shape: tuple[int, int]) -> csr_array:
    """Return a sparse matrix whose cells hold the largest weight given for them."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes a moment to load

    cell = rows * shape[1] + columns
    order = np.lexsort((-weights, cell))
    cell = cell[order]
    first = np.ones(len(cell), np.bool_)
    first[1:] = cell[1:] != cell[:-1]
    found = cell[first]
    starts = np.searchsorted(found, np.arange(shape[0] + 1, dtype=np.int64) * shape[1])
    return csr_array((weights[order][first], (found % shape[1]).astype(np.int32), starts), shape=shape)


def _microseconds(time: ArrayLike) -> NDArray[np.int64]:
    found = np.asarray(time)
    if found.dtype.kind == "M":
        return found.astype("datetime64[us]").astype(np.int64)
    return found.astype(np.int64)
