"""What is known of items besides who had them: name, group, link, picture, and whether they may be shown now.

Events named ``item_changed`` say it, each what has changed: ``product_id``, and any of ``name``, ``category``, ``url``,
``image_url``, ``in_stock`` (true or false), ``shown_from`` and ``shown_until`` (days). What was said last holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from safar.store.extracts import Extract, Field
from safar.vocabulary.lifecycle import ITEM_CHANGED
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

_DECODER: Final = msgspec.json.Decoder()
_TOLD: Final = "told"
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("product_id", "sku", "id", "item_id", "stock_code"),
    "title": ("name", "title"),
    "group": ("category", "product_category", "department", "group"),
    "link": ("url", "link"),
    "picture": ("image_url", "picture", "image"),
    "in_stock": ("in_stock", "available"),
    "since": ("shown_from",),
    "until": ("shown_until",),
}
_MEMBERS: Final = ", ".join(f"'{name}', properties->'{name}'" for names in _NAMES.values() for name in names)
_CHANGES: Final = Extract(ITEM_CHANGED, (Field(_TOLD, f"json_object({_MEMBERS})::VARCHAR", "text"),))
_ALWAYS: Final = Window.from_us(-62_104_060_800_000_000, 253_370_764_800_000_000)
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of an item.

    Attributes
    ----------
    title, group
        What it is called, and its category; empty where nothing was said.
    link, picture
        Addresses of its page and of its picture: ``http``, ``https``, or below the site; empty for others.
    in_stock
        False once that was said.
    since, until
        The first and the last day on which it may be shown; None for no bound.
    """

    title: str = ""
    group: str = ""
    link: str = ""
    picture: str = ""
    in_stock: bool = True
    since: date | None = None
    until: date | None = None

    def may_be_shown(self, on: date) -> bool:
        """Whether it is in stock, and that day is one of its own."""
        is_early = self.since is not None and on < self.since
        is_late = self.until is not None and on > self.until
        return self.in_stock and not is_early and not is_late


UNKNOWN: Final = Item()


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Items by id, as they were said to be."""

    items: Mapping[str, Item] = field(default_factory=dict)

    def of(self, item: str) -> Item:
        """Return what is known of an item."""
        return self.items.get(item, UNKNOWN)

    def hidden(self, on: date) -> frozenset[str]:
        """Return the items that may not be shown on a day; the same object for the same day."""
        return _hidden(self, on)


@lru_cache(32)
def _hidden(catalogue: Catalogue, on: date) -> frozenset[str]:
    return frozenset(name for name, each in catalogue.items.items() if not each.may_be_shown(on))


def catalogue(log: Log) -> Catalogue:
    """Return what a log says of items now."""
    rows = log.rows(_CHANGES, _ALWAYS)
    column = rows.fields[_TOLD]
    told = [_read(text) for text in column.texts]
    found: dict[str, Item] = {}
    for code in column.values.tolist():  # by time: what is said later holds
        said = told[code]
        if said is not None:
            item, changes = said
            found[item] = replace(found.get(item, UNKNOWN), **changes)
    return Catalogue(found)


def _read(text: str) -> tuple[str, dict[str, Any]] | None:
    """Return the item that an event is about, and what it says of it; None where it says nothing that can be read."""
    try:
        found = _DECODER.decode(text) if text else {}
    except msgspec.DecodeError:  # a number that no computer holds: anybody may send one
        return None
    told = {
        what: next((found[name] for name in names if found.get(name) is not None), None)
        for what, names in _NAMES.items()
    }
    item = told.pop("item")
    if isinstance(item, bool) or not isinstance(item, str | int) or not str(item).strip():
        return None
    changes: dict[str, Any] = {}
    for what, value in told.items():
        if isinstance(value, str | int) and what in {"title", "group"}:
            changes[what] = str(value)[:_LONGEST].strip()
        elif isinstance(value, str) and what in {"link", "picture"}:
            changes[what] = _address(value)
        elif isinstance(value, str) and what in {"since", "until"}:
            changes[what] = _day(value)
    if isinstance(told["in_stock"], bool | int):
        changes["in_stock"] = bool(told["in_stock"])
    return str(item).strip(), changes


def _address(text: str) -> str:
    """Return an address that a page may lead to; an empty text for any other, such as a script."""
    cleaned = text.strip()[:_LONGEST]
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return ""
    is_whole = parts.scheme in {"http", "https"} and bool(parts.netloc)
    is_below = not parts.scheme and not parts.netloc and cleaned.startswith("/")
    return cleaned if (is_whole or is_below) and cleaned.isprintable() and "\\" not in cleaned else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10]) if text.strip() else None
    except ValueError:
        return None


def today() -> date:
    """Return the day it is, in UTC."""
    return datetime.now(UTC).date()
