"""Three ways in which the rows of a file say which events they are: the whole row, a key, or ids of their own."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.event import event_ids_from_texts

from .cells import Cells, Mask, taken
from .mapping import Mapping
from .row_ids import Digests, Met, event_ids, id_keys, row_digests, salted
from .rows import CELL_END

Ids = NDArray[np.uint8]
Places = NDArray[np.int64]


class EventKeys(Protocol):
    """Gives events their ids, a piece of the file at a time."""

    def take(self, cells: Cells) -> None:
        """Go on to the next piece."""

    def ids(self, rule: str, places: Places) -> tuple[Ids, Mask]:
        """Return the ids of the events that a rule makes of some rows, and which of them are met for the first time."""


class WholeRows:
    """A row is what all its cells say; the same row again is another event."""

    def __init__(self, data_set: str) -> None:
        self._data_set = data_set
        self._met = Met()
        self._digests: Digests = np.zeros((0, 2), dtype=np.uint64)
        self._counts: Places = np.zeros(0, dtype=np.int64)

    def take(self, cells: Cells) -> None:
        """Go on to the next piece."""
        self._digests = row_digests(cells.rows.wholes)
        self._counts = self._met.count(self._digests[:, 0])

    def ids(self, rule: str, places: Places) -> tuple[Ids, Mask]:
        """Return the ids; all are new."""
        found = event_ids(self._digests[places], self._counts[places], self._data_set, rule)
        return found, np.ones(len(places), dtype=bool)


class KeyColumns:
    """A row is what its key says; the same key again is the same event, and the first one stands."""

    def __init__(self, data_set: str, columns: list[str]) -> None:
        self._data_set = data_set
        self._columns = columns
        self._met = Met()
        self._digests: Digests = np.zeros((0, 2), dtype=np.uint64)

    def take(self, cells: Cells) -> None:
        """Go on to the next piece."""
        keys = zip(*(cells.texts(name) for name in self._columns), strict=True)
        self._digests = row_digests(list(map(CELL_END.join, keys)))

    def ids(self, rule: str, places: Places) -> tuple[Ids, Mask]:
        """Return the ids and which keys are new to the rule."""
        digests = self._digests[places]
        is_new = self._met.count(salted(digests, self._data_set, rule)) == 0
        return event_ids(digests, np.zeros(len(places), dtype=np.int64), self._data_set, rule), is_new


class GivenIds:
    """Events have ids of their own: the first event of a row has the very id, further ones an id made from it.

    A row without an id counts as its cells.
    """

    def __init__(self, data_set: str, column: str) -> None:
        self._data_set = data_set
        self._column = column
        self._met = Met()
        self._ids: Digests = np.zeros((0, 2), dtype=np.uint64)
        self._used: Mask = np.zeros(0, dtype=bool)

    def take(self, cells: Cells) -> None:
        """Go on to the next piece."""
        texts = cells.texts(self._column)
        own = np.ascontiguousarray(event_ids_from_texts(texts)).view("<u8").reshape(-1, 2)
        missing = np.flatnonzero(~cells.filled(self._column))
        if len(missing):
            own = own.copy()
            own[missing] = row_digests(list(taken(cells.rows.wholes, missing, len(cells))))
        self._ids = own
        self._used = np.zeros(len(cells), dtype=bool)

    def ids(self, rule: str, places: Places) -> tuple[Ids, Mask]:
        """Return the ids and which of them are new."""
        own = self._ids[places]
        found = own.view(np.uint8).reshape(-1, 16).copy()
        again = self._used[places]
        if again.any():
            zeroes = np.zeros(int(again.sum()), dtype=np.int64)
            found[again] = event_ids(own[again], zeroes, self._data_set, rule)
        self._used[places] = True
        return found, self._met.count(id_keys(found.view("<u8").reshape(-1, 2))) == 0


def event_keys(mapping: Mapping) -> list[EventKeys]:
    """Return the way that a mapping asks for, by rule; rules without a key of their own share one."""
    shared: EventKeys
    if mapping.event_id:
        shared = GivenIds(mapping.name, mapping.event_id)
    elif mapping.key:
        shared = KeyColumns(mapping.name, mapping.key)
    else:
        shared = WholeRows(mapping.name)
    return [KeyColumns(mapping.name, rule.key) if rule.key else shared for rule in mapping.event]
