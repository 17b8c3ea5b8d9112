"""One property of every row of a shard, as codes and the values they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from .pathindex import narrow

_MANY_TIMES: Final = 16


class Values(Protocol):
    """The distinct values of a column, each as JSON; the first one is empty: no value."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[str]:
        """Go through them."""

    def __getitem__(self, place: int, /) -> str:
        """Return one of them."""


@dataclass(frozen=True, slots=True)
class RowColumn:
    """One property of some rows.

    Attributes
    ----------
    codes
        ``uint8``, ``uint16`` or ``uint32`` of shape (rows,): places in ``values``.
    values
        JSON texts. The first is empty and stands for rows without a value, whether or not there are any.
    """

    codes: NDArray[np.unsignedinteger[Any]]
    values: Values


class RowSource(Protocol):
    """Where the rows of a shard come from, for what its arrays do not hold."""

    def column(self, name: str) -> RowColumn:
        """Return one property of every row, aligned with the shard's arrays.

        ``name`` is that of a property, with dots between of one within another, or ``@amount``, ``@currency`` or
        ``@source``.
        """


class NoRows:
    """The source of a shard without rows."""

    def column(self, name: str) -> RowColumn:
        """Return nothing."""
        return RowColumn(np.zeros(0, np.uint8), ("",))


class GatheredRows:
    """Rows taken from several sources.

    Parameters
    ----------
    sources
        Where from.
    piece, row
        For each row here: which source, and which row there.
    """

    def __init__(self, sources: Sequence[RowSource], piece: NDArray[Any], row: NDArray[np.uint32]) -> None:
        self._sources = tuple(sources)
        self._piece = narrow(piece, len(sources))
        self._row = row
        self._kept: dict[str, RowColumn] = {}

    def column(self, name: str) -> RowColumn:
        """Return one property of every row."""
        if name not in self._kept:
            self._kept[name] = self._gathered(name)
        return self._kept[name]

    def _gathered(self, name: str) -> RowColumn:
        known = {"": 0}
        codes = np.zeros(len(self._row), np.uint32)
        for place, source in enumerate(self._sources):
            here = np.flatnonzero(self._piece == place)
            if not len(here):
                continue
            column = source.column(name)
            found = column.codes[self._row[here]]
            used, spots = _distinct(found, len(column.values))
            texts = [column.values[int(code)] for code in used]
            codes[here] = np.array([known.setdefault(text, len(known)) for text in texts], np.uint32)[spots]
        return RowColumn(narrow(codes, len(known)), tuple(known))


def _distinct(codes: NDArray[Any], count: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return which of ``count`` codes are there, ascending, and for each its place among these."""
    if count > _MANY_TIMES * len(codes):  # a table of all codes costs more than sorting the few
        used, spots = np.unique(codes, return_inverse=True)
        return used.astype(np.int64), spots
    there = np.zeros(count, np.bool_)
    there[codes] = True
    used = np.flatnonzero(there)
    places = np.zeros(count, np.uint32)
    places[used] = np.arange(len(used), dtype=np.uint32)
    return used, places[codes]
