"""Customer ids by how they begin: customers stand in the order of their ids, so few row groups are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from .heads import Head, Heads
from .tail import View

#: How many row groups of a part are read for one beginning: the first ones hold more ids than are ever shown.
_MOST_GROUPS: Final = 2
_BEHIND: Final = "\U0010ffff"


class IdSearch:
    """Searches the customer ids of one log. Thread-safe."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads

    def beginning_with(self, view: View, texts: Sequence[str], *, limit: int) -> list[str]:
        """Return customer ids that begin with one of the texts: shortest first, then by the alphabet.

        Of ids that begin alike in great number, the first ones of each part are looked at.

        Raises
        ------
        FileNotFoundError
            A part of ``view`` has been merged away: take a new view.
        """
        wanted = [text for text in dict.fromkeys(texts) if text]
        found = set(_matching(view.tail.column("customer_id"), wanted, limit))
        for head in self._heads.of(view.snapshot):
            groups = sorted({group for text in wanted for group in _groups(head, text)})
            if groups:
                ids = self._heads.read_groups(head, groups, ["customer_id"]).column("customer_id")
                found.update(_matching(ids, wanted, limit))
        return sorted(found, key=lambda each: (len(each), each))[:limit]


def _groups(head: Head, text: str) -> list[int]:
    """Return the first row groups that may hold ids beginning with a text, by their statistics."""
    found = []
    for group in range(head.metadata.num_row_groups):
        statistics = head.metadata.row_group(group).column(1).statistics
        unknown = statistics is None or not statistics.has_min_max
        if unknown or (statistics.max >= text and statistics.min <= text + _BEHIND):
            found.append(group)
            if len(found) == _MOST_GROUPS:
                break
    return found


def _matching(column: pa.ChunkedArray, texts: Sequence[str], limit: int) -> list[str]:
    ids = pc.unique(column)
    found: list[str] = []
    for text in texts:
        found += ids.filter(pc.starts_with(ids, pattern=text)).slice(0, limit).to_pylist()
    return found
