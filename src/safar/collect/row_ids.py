"""Ids that make an import idempotent: the same row gives the same events, in whatever file it stands.

A row is known by a 16-byte digest of its cells (or of its key columns). A row that stands n times in a file is n
events: its digest counts how often it has been met. An event's id is the row's digest combined with a mark of the data
set, the rule and the count, so that one row may be several events and every id can be made again from the file alone.

Memory: 8 bytes a distinct row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.digits import fold_digits
from safar.vocabulary.event import EVENT_ID_BYTES, stable_event_id

Digests = NDArray[np.uint64]
_SMALLEST_RUN: Final = 1 << 16


_FOLDED: Final = str.maketrans(dict.fromkeys("يىې", "ی") | {"ك": "ک"} | dict.fromkeys("\u200e\u200f\ufeff"))


def folded_key(text: str) -> str:
    """Return a key as it is compared: whichever digits and whichever ي and ك a program wrote.

    Upper and lower case stay apart: ids may differ in nothing else.

    >>> folded_key("SF-۱۲") == "SF-12", folded_key("علي") == "علی"
    (True, True)
    """
    return text if text.isascii() else fold_digits(text).translate(_FOLDED)


def row_digests(wholes: Sequence[str]) -> Digests:
    """Return a digest a row, ``uint64`` of shape (n, 2).

    Source: BLAKE2b (RFC 7693) with a 16-byte digest, of the row's cells, folded by `folded_key`, as UTF-8.
    """
    blake = hashlib.blake2b
    packed = b"".join(
        [blake(folded_key(whole).encode(), digest_size=EVENT_ID_BYTES).digest() for whole in wholes]
    )
    return np.frombuffer(packed, dtype="<u8").reshape(-1, 2)


def event_ids(digests: Digests, counts: NDArray[np.int64], data_set: str, rule: str) -> NDArray[np.uint8]:
    """Return the ids of the events that one rule makes of rows, shape (n, 16).

    Parameters
    ----------
    digests
        Of the rows, from `row_digests`.
    counts
        How often the same row was met before in the file, from `Met.count`.
    data_set, rule
        The mapping's name and the rule's label.

    Notes
    -----
    ``digest XOR stable_event_id("import", data_set, rule, count)``: two random-looking 16-byte numbers, so two
    different events share an id with a chance of 2**-128.
    """
    kinds, which = np.unique(counts, return_inverse=True)
    marks = np.array([_mark(data_set, rule, int(count)) for count in kinds], dtype="<u8").reshape(-1, 2)
    ids: NDArray[np.uint8] = (digests ^ marks[which]).view(np.uint8).reshape(-1, EVENT_ID_BYTES)
    return ids


def salted(digests: Digests, data_set: str, rule: str) -> NDArray[np.uint64]:
    """Return one key a row that differs from rule to rule, for `Met`."""
    return digests[:, 0] ^ np.uint64(_mark(data_set, rule, 0)[0])


def id_keys(ids: Digests) -> NDArray[np.uint64]:
    """Return one key an id, for `Met`: ids that others gave may differ in a few bits only, at either end.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014), over both halves.
    """
    return _mixed(_mixed(ids[:, 0]) ^ ids[:, 1])


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@lru_cache(maxsize=4096)
def _mark(data_set: str, rule: str, count: int) -> tuple[int, int]:
    mark = stable_event_id("import", data_set, rule, str(count))
    return int.from_bytes(mark[:8], "little"), int.from_bytes(mark[8:], "little")


class Met:
    """Counts how often each digest was met before, in 8 bytes a distinct digest.

    Half of each digest is kept, in sorted runs that are merged when they have grown alike; those met more than once are
    counted in a dictionary. Two different rows in ten million take each other's count with a chance of 3 in a million,
    and then still are two events.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.uint64]] = []
        self._again: dict[int, int] = {}

    def __len__(self) -> int:
        """How many distinct digests were met."""
        return sum(map(len, self._runs))

    def count(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return for each key how often it was met before, in this call too, and remember all of them."""
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        is_first = np.empty(len(ranked), dtype=bool)
        is_first[:1] = True
        np.not_equal(ranked[1:], ranked[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        sizes = np.diff(np.append(starts, len(ranked)))
        distinct = ranked[starts]
        known = self._known(distinct)
        before = np.zeros(len(distinct), dtype=np.int64)
        for place in np.flatnonzero(known).tolist():
            before[place] = self._again.get(int(distinct[place]), 1)
        within = np.arange(len(ranked)) - np.repeat(starts, sizes)
        counts = np.empty(len(keys), dtype=np.int64)
        counts[order] = np.repeat(before, sizes) + within
        for place in np.flatnonzero(known | (sizes > 1)).tolist():
            self._again[int(distinct[place])] = int(before[place] + sizes[place])
        self._add(distinct[~known])
        return counts

    def _known(self, distinct: NDArray[np.uint64]) -> NDArray[np.bool_]:
        known = np.zeros(len(distinct), dtype=bool)
        for run in self._runs:
            places = np.searchsorted(run, distinct)
            places[places == len(run)] = 0
            known |= run[places] == distinct
        return known

    def _add(self, fresh: NDArray[np.uint64]) -> None:
        if not len(fresh):
            return
        self._runs.append(fresh)
        while len(self._runs) > 1 and len(self._runs[-2]) < max(_SMALLEST_RUN, 2 * len(self._runs[-1])):
            last = self._runs.pop()
            merged = np.concatenate([self._runs.pop(), last])
            merged.sort(kind="stable")
            self._runs.append(merged)
