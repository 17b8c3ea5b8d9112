"""What is present in a log: names of events, channels, properties, currencies. For forms that offer a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from .heads import Head, Heads
from .tail import View

#: How many of the largest parts are looked into for properties, and how many events of each.
_PARTS: Final = 16
_EVENTS: Final = 400
_MOST_NAMES: Final = 500


@dataclass(frozen=True, slots=True)
class Present:
    """Texts that occur in a log, each in the order of the alphabet.

    Attributes
    ----------
    names, channels
        Every one.
    properties
        Those seen in a sample: enough to offer, no proof that there are no others.
    currencies
        Those of amounts, seen in a larger sample.
    """

    names: tuple[str, ...]
    channels: tuple[str, ...]
    properties: tuple[str, ...]
    currencies: tuple[str, ...] = ()


class Presence:
    """Knows what is present in one log. What it found in a part it keeps. Thread-safe."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads
        self._properties: dict[str, frozenset[str]] = {}
        self._currencies: dict[str, frozenset[str]] = {}

    def of(self, view: View) -> Present:
        """Return what is present.

        Raises
        ------
        FileNotFoundError
            A part of ``view`` has been merged away: take a new view.
        """
        heads = self._heads.of(view.snapshot)
        names = {name for head in heads for name in head.index.event_names}
        channels = {channel for head in heads for channel in head.index.channels}
        names |= set(pc.unique(view.tail.column("event_name")).to_pylist())
        channels |= set(pc.unique(view.tail.column("channel")).to_pylist())
        largest = sorted(heads, key=lambda head: -head.part.rows)[:_PARTS]
        known = self._properties
        self._properties = {
            head.part.name: known.get(head.part.name) or self._sampled(head) for head in largest
        }
        paid = self._currencies
        self._currencies = {
            head.part.name: paid.get(head.part.name) or self._paid_in(head) for head in largest
        }
        currencies = set(pc.unique(view.tail.column("currency")).to_pylist()).union(
            *self._currencies.values()
        )
        properties = _names_in(view.tail.column("properties").slice(max(0, view.tail.num_rows - _EVENTS)))
        properties = properties.union(*self._properties.values())
        return Present(
            tuple(sorted(names)),
            tuple(sorted(channels)),
            tuple(sorted(properties)[:_MOST_NAMES]),
            tuple(sorted(text for text in currencies if text)),
        )

    def _paid_in(self, head: Head) -> frozenset[str]:
        column = self._heads.read_groups(head, [0], ["currency"]).column("currency")
        return frozenset(text for text in pc.unique(column).to_pylist() if text)

    def _sampled(self, head: Head) -> frozenset[str]:
        return _names_in(
            self._heads.read_groups(head, [0], ["properties"]).column("properties").slice(0, _EVENTS)
        )


def _names_in(properties: pa.ChunkedArray) -> frozenset[str]:
    """Return the names in JSON objects."""
    names: set[str] = set()
    for text in properties.to_pylist():
        try:
            names.update(msgspec.json.decode(text, type=dict[str, msgspec.Raw]))
        except msgspec.MsgspecError:
            continue
    return frozenset(names)
