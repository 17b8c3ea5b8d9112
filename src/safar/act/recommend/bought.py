"""Interactions out of a log: what orders hold, and what was viewed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.store.orders import ORDER_KEY
from safar.vocabulary.lifecycle import ORDER_PLACED, PRODUCT_VIEWED
from safar.vocabulary.window import Window

from .interactions import Interactions, InteractionsRefused, interactions_of

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

_ITEMS: Final = "items"
#: What the lines of an order are called: ours, the Segment spec's, and those of shops' exports.
_LINES: Final = ("items", "products", "line_items")
#: What an item is called by, the surest first.
_IDS: Final = ("product_id", "sku", "id", "item_id", "stock_code", "product", "name", "item")
_TITLES: Final = ("name", "title", "product", "item")
_GROUPS: Final = ("category", "product_category", "department")
_DECODER: Final = msgspec.json.Decoder()
#: Before and behind every event.
_EARLIEST: Final = datetime(2, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)

_LISTS: Final = ", ".join(f"properties->'{name}'" for name in _LINES)
_MEMBERS: Final = ", ".join(f"'{name}', properties->>'{name}'" for name in (*_IDS, *_GROUPS))
_ORDERS: Final = Extract(
    ORDER_PLACED,
    (
        Field(ORDER_KEY, "coalesce(properties->>'order_id', event_id::VARCHAR)", "key"),
        Field(_ITEMS, f"coalesce({_LISTS})::VARCHAR", "text"),
    ),
)
_VIEWS: Final = Extract(
    PRODUCT_VIEWED,
    (
        Field(ORDER_KEY, "event_id::VARCHAR", "key"),
        Field(_ITEMS, f"json_object({_MEMBERS})::VARCHAR", "text"),
    ),
)


@dataclass(frozen=True, slots=True)
class InteractionsQuestion:
    """Who bought (and viewed) which items?

    Parameters
    ----------
    window
        When; all time when None.
    view_weight
        What a view says beside a purchase, which says 1; 0 leaves views out.

    Raises
    ------
    InteractionsRefused
    """

    window: Window | None = None
    view_weight: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.view_weight <= 1:
            raise InteractionsRefused(
                f"A view cannot say {self.view_weight} purchases.", hint="Give a number from 0 to 1."
            )


@dataclass(frozen=True, slots=True)
class Bought:
    """Interactions out of a log.

    Attributes
    ----------
    interactions
        Customers are keys of persons: `Log.ids_of` tells their ids.
    orders_without_items
        Orders that do not say what was in them, left out.
    rows_read
        Orders and views.
    version
        The log's, then.
    """

    interactions: Interactions
    orders_without_items: int
    rows_read: int
    version: str


def bought(log: Log, question: InteractionsQuestion | None = None) -> Bought:
    """Return who bought (and viewed) which items.

    Orders say what they hold in their property ``items`` (or ``products``, ``line_items``): a list of objects with
    ``product_id`` (or ``sku``, ``id``, …), ``name`` and ``category``.

    Raises
    ------
    InteractionsRefused
        No order says what it holds, and no view is counted.
    """
    asked = question or InteractionsQuestion()
    window = asked.window or Window(_EARLIEST, _LATEST)
    lines = _Lines()
    rows = log.rows(_ORDERS, window)
    without = lines.add(rows, 1.0)
    read = len(rows)
    if asked.view_weight:
        views = log.rows(_VIEWS, window)
        lines.add(views, asked.view_weight)
        read += len(views)
    return Bought(lines.interactions(), without, read, rows.version)


class _Lines:
    """Gathers the lines of orders and views; equal texts are read once."""

    def __init__(self) -> None:
        self._items: dict[str, int] = {}
        self._titles: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._pieces: list[tuple[NDArray[Any], ...]] = []

    def add(self, rows: Rows, weight: float) -> int:
        """Add the lines of some events; return how many events name no item."""
        texts = rows.fields[_ITEMS]
        if not len(rows):
            return 0
        by_text = [np.array(self._read(text), np.int64) for text in texts.texts]
        counts = np.array([len(each) for each in by_text], np.int64)[texts.values]
        which = np.concatenate([by_text[code] for code in texts.values.tolist()])
        lines = np.repeat(np.arange(len(rows)), counts)
        order = rows.fields[ORDER_KEY].values
        self._pieces.append(
            (rows.person[lines], which, rows.time[lines], order[lines], np.full(len(lines), weight))
        )
        return int((counts == 0).sum())

    def interactions(self) -> Interactions:
        """Return what was gathered.

        Raises
        ------
        InteractionsRefused
        """
        if not self._items:
            raise InteractionsRefused(
                "No order says which items it holds.",
                hint="Orders say it in their property `items`: a list of objects with a `product_id`.",
            )
        person, which, time, order, weight = (
            np.concatenate(each) for each in zip(*self._pieces, strict=True)
        )
        names = np.array(list(self._items))
        return interactions_of(
            person, names[which], time, basket=order, weight=weight, titles=self._titles, groups=self._groups
        )

    def _read(self, text: str) -> list[int]:
        """Return the places of the items that a JSON text names: a list of objects, or one."""
        try:
            found = _DECODER.decode(text) if text else []
        except msgspec.DecodeError:
            return []
        return [place for each in _several(found) if (place := self._place(each)) is not None]

    def _place(self, line: object) -> int | None:
        told = line if isinstance(line, Mapping) else {_IDS[0]: line}
        item = _first(told, _IDS)
        if item is None:
            return None
        for known, names in ((self._titles, _TITLES), (self._groups, _GROUPS)):
            said = _first(told, names)
            if said is not None:
                known.setdefault(item, said)
        return self._items.setdefault(item, len(self._items))


def _several(found: object) -> Iterable[object]:
    return found if isinstance(found, list) else [found] if found else []


def _first(told: Mapping[str, object], names: Iterable[str]) -> str | None:
    """Return the first of some members that says something."""
    for name in names:
        said = told.get(name)
        if isinstance(said, (str, int, float)) and not isinstance(said, bool) and str(said).strip():
            return str(said).strip()
    return None
