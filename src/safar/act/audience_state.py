"""What a keeper of live audiences holds between two looks at the log: who is in which segment, and what it has seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.arrays import ArraysDamaged, check_arrays, map_arrays, write_arrays
from safar.store.disk import sync_folder
from safar.store.paths import Aliases

Keys = NDArray[np.uint64]

_FORMAT: Final = 1
_BITS: Final = 64
_ONE: Final = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a log was looked at.

    Attributes
    ----------
    lineage
        Which log.
    version
        Of the log.
    generation, next_sequence, rows, parts
        Of its parts: see `safar.store.manifest.Snapshot`.
    tail
        Keys of the ids with events that were in no part yet.
    aliases
        Who was who.
    now
        The instant at which membership was asked for, in microseconds UTC.
    """

    lineage: str
    version: str
    generation: int
    next_sequence: int
    rows: int
    parts: frozenset[str]
    tail: Keys
    aliases: Aliases
    now: int


@dataclass(frozen=True, slots=True)
class Standings:
    """Persons, who of them is in which segment, and until when.

    Attributes
    ----------
    persons
        ``uint64`` of shape (persons,): their keys, ascending.
    bits
        ``uint64`` of shape (persons, words): bit ``p`` of a row is set for members of the segment at place ``p``.
    due
        ``int64``: microseconds UTC from which on the person must be looked at again though nothing happened.
    active
        ``int64``: when the person did something last, in microseconds UTC.
    """

    persons: Keys
    bits: NDArray[np.uint64]
    due: NDArray[np.int64]
    active: NDArray[np.int64]

    @classmethod
    def empty(cls, words: int) -> Standings:
        """Return those of nobody."""
        none = np.zeros(0, np.int64)
        return cls(np.zeros(0, np.uint64), np.zeros((0, words), np.uint64), none, none)

    @classmethod
    def together(cls, several: Iterable[Standings], words: int) -> Standings:
        """Return the standings of several groups of persons who have nobody in common."""
        given = [cls.empty(words), *several]
        persons = np.concatenate([each.persons for each in given])
        order = np.argsort(persons, kind="stable")
        return cls(
            persons[order],
            np.concatenate([each.wide(words).bits for each in given])[order],
            np.concatenate([each.due for each in given])[order],
            np.concatenate([each.active for each in given])[order],
        )

    def wide(self, words: int) -> Standings:
        """Return the same with room for more segments."""
        lacking = words - self.bits.shape[1]
        if lacking <= 0:
            return self
        bits = np.hstack([self.bits, np.zeros((len(self.persons), lacking), np.uint64)])
        return Standings(self.persons, bits, self.due, self.active)

    def without(self, persons: Keys) -> Standings:
        """Return the standings of the others."""
        stay = ~np.isin(self.persons, persons)
        return Standings(self.persons[stay], self.bits[stay], self.due[stay], self.active[stay])

    def bits_of(self, persons: Keys) -> NDArray[np.uint64]:
        """Return the bits of these ascending persons; none for those who are not there."""
        found = np.zeros((len(persons), self.bits.shape[1]), np.uint64)
        if len(self.persons):
            places = np.minimum(np.searchsorted(self.persons, persons), len(self.persons) - 1)
            there = self.persons[places] == persons
            found[there] = self.bits[places[there]]
        return found

    def members(self, place: int) -> NDArray[np.bool_]:
        """Return who is in the segment at a place."""
        return column(self.bits, place)


def column(bits: NDArray[np.uint64], place: int) -> NDArray[np.bool_]:
    """Return one segment's column of bits."""
    word, bit = divmod(place, _BITS)
    return (bits[:, word] >> np.uint64(bit) & _ONE).astype(np.bool_)


def set_column(bits: NDArray[np.uint64], place: int, holds: NDArray[np.bool_]) -> None:
    """Write one segment's column of bits."""
    word, bit = divmod(place, _BITS)
    bits[:, word] &= ~(_ONE << np.uint64(bit))
    bits[:, word] |= holds.astype(np.uint64) << np.uint64(bit)


def words_for(places: Iterable[int]) -> int:
    """Return how many words a row of bits has for segments at these places."""
    return max(places, default=0) // _BITS + 1


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that a keeper holds: what it has seen, its segments (id, text, place) and their standings."""

    seen: Seen
    columns: dict[str, tuple[str, int]]
    standings: Standings

    def write(self, path: Path) -> None:
        """Write it to a file, all or nothing."""
        seen, standings = self.seen, self.standings
        facts: dict[str, Any] = {
            "format": _FORMAT,
            "lineage": seen.lineage,
            "version": seen.version,
            "generation": seen.generation,
            "next_sequence": seen.next_sequence,
            "rows": seen.rows,
            "parts": sorted(seen.parts),
            "now": seen.now,
            "words": standings.bits.shape[1],
            "columns": {each: list(found) for each, found in self.columns.items()},
        }
        arrays = {
            "tail": seen.tail,
            "alias_ids": seen.aliases.ids,
            "alias_persons": seen.aliases.persons,
            "persons": standings.persons,
            "bits": standings.bits.reshape(-1),
            "due": standings.due,
            "active": standings.active,
        }
        write_arrays(path, facts, arrays)
        sync_folder(path.parent)

    @classmethod
    def read(cls, path: Path) -> Held | None:
        """Return what a file holds; None where there is none, or one that is damaged or of another format."""
        try:
            check_arrays(path)
            facts, arrays = map_arrays(path)
            if facts["format"] != _FORMAT:
                return None
            bits = arrays["bits"].reshape(len(arrays["persons"]), facts["words"])
        except (FileNotFoundError, ArraysDamaged, KeyError, ValueError):
            return None
        return cls(
            Seen(
                facts["lineage"],
                facts["version"],
                facts["generation"],
                facts["next_sequence"],
                facts["rows"],
                frozenset(facts["parts"]),
                arrays["tail"],
                Aliases(arrays["alias_ids"], arrays["alias_persons"]),
                facts["now"],
            ),
            {each: (str(text), int(place)) for each, (text, place) in facts["columns"].items()},
            Standings(arrays["persons"], bits, arrays["due"], arrays["active"]),
        )


def free_places(taken: Iterable[int], count: int) -> Sequence[int]:
    """Return the lowest places that are not taken."""
    used = set(taken)
    return [place for place in range(len(used) + count) if place not in used][:count]
