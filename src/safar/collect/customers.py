"""Whose event it is: ids out of columns, and what is known of each customer as `identify` events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.digits import fold_digits
from safar.vocabulary.email import fold_email
from safar.vocabulary.phone import e164

from .cells import Cells
from .mapping import Customer, IdColumn
from .numbers import Memo
from .property_values import PropertyColumns, folded
from .reasons import Rejection
from .row_ids import Digests, Met, row_digests
from .rows import CELL_END
from .template import Template

LONGEST_ID: Final = 255
#: Customers whose last traits are remembered; then all are forgotten, which costs some `identify` events more.
_MOST_REMEMBERED: Final = 2_000_000


class CustomerIds:
    """Reads customers' ids.

    Parameters
    ----------
    customer
        The ``[customer]`` section of a mapping.
    """

    def __init__(self, customer: Customer) -> None:
        self._columns = [(column, _cleaner(column)) for column in customer.id_columns()]
        self._anonymous = Template.of(customer.anonymous_id) if customer.anonymous_id else None
        self._shown = " and ".join(column.column for column, _ in self._columns)

    def read(self, cells: Cells) -> tuple[list[str], dict[int, Rejection]]:
        """Return an id a row, and why rows are rejected."""
        ids: list[str] = []
        for column, clean in self._columns:
            found = cells.texts(column.column)
            found = list(map(fold_digits if clean is None else clean.__getitem__, found))
            ids = [first or second for first, second in zip(ids, found, strict=True)] if ids else found
            if all(ids):
                break
        else:
            if self._anonymous:
                names = self._anonymous.filled(cells.texts, len(cells))
                ids = [first or second for first, second in zip(ids, names, strict=True)]
        rejected = {}
        if "" in ids or max(map(len, ids), default=0) > LONGEST_ID:
            for place, text in enumerate(ids):
                if not text:
                    rejected[place] = Rejection("row.customer_missing", self._shown)
                elif len(text) > LONGEST_ID:
                    rejected[place] = Rejection("row.text_too_long", self._shown, str(len(text)))
        return ids, rejected


def _cleaner(column: IdColumn) -> Memo[str] | None:
    """Return what becomes of each text of a column of ids; None when only its digits are folded."""
    if column.type == "text" and not column.prefix and not column.null:
        return None
    folds: dict[str, Callable[[str], str]] = {
        "text": fold_digits,
        "email": fold_email,
        "phone": lambda text: e164(text, column.region),
    }
    fold_ = folds[column.type]
    nulls = frozenset(column.null)

    def clean(text: str) -> str:
        return column.prefix + folded(text, fold_) if text and text not in nulls else ""

    return Memo(clean)


@dataclass(frozen=True, slots=True)
class News:
    """What is new about customers in a piece of a file.

    Attributes
    ----------
    places
        The rows at which it stands.
    traits
        A JSON object a row.
    digests
        Of customer and traits, as `safar.collect.row_ids.row_digests` gives them.
    counts
        How often the same was news of the same customer before.
    """

    places: NDArray[np.int64]
    traits: list[str]
    digests: Digests
    counts: NDArray[np.int64]


class Traits:
    """Finds the rows at which something new is known of a customer. A trait that cannot be read is left out.

    Parameters
    ----------
    properties
        Of the traits.
    """

    def __init__(self, properties: PropertyColumns) -> None:
        self._properties = properties
        self._last: dict[int, int] = {}
        self._met = Met()

    def __bool__(self) -> bool:
        return bool(self._properties)

    def news(self, cells: Cells, places: NDArray[np.int64], customers: Sequence[str]) -> News:
        """Return what is new at some rows.

        Parameters
        ----------
        places
            Rows that became events, in file order.
        customers
            Of all rows of the piece.
        """
        objects, _ = self._properties.objects(cells, places)
        kept, traits, wholes = [], [], []
        for place, object_ in zip(places.tolist(), objects, strict=True):
            if object_ == "{}":
                continue
            customer, digest = hash(customers[place]), hash(object_)
            if self._last.get(customer) == digest:
                continue
            if len(self._last) >= _MOST_REMEMBERED:
                self._last.clear()
            self._last[customer] = digest
            kept.append(place)
            traits.append(object_)
            wholes.append(customers[place] + CELL_END + object_)
        digests = row_digests(wholes)
        return News(np.array(kept, dtype=np.int64), traits, digests, self._met.count(digests[:, 0]))
