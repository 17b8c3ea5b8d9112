"""The customers behind a number: who they are, for any analysis, without a second definition of the number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: Persons that are looked at together first.
_BLOCK: Final = 1 << 14

#: Whether any of the persons of a shard is behind the number: whether the shard alone would add to it.
Adds = Callable[["PathShard"], bool]

#: Which number of an answer, by the names its analysis gives.
Cell = Mapping[str, str | int | None]


class CellRefused(Refusal, LookupError):
    """The answer has no such number."""

    code = "cell.refused"


@dataclass(frozen=True, slots=True)
class Behind:
    """Some customers behind a number.

    Attributes
    ----------
    persons
        ``uint64``: their keys, in the order of the paths (`Log.ids_of` tells the ids).
    has_more
        There are more of them.
    """

    persons: NDArray[np.uint64]
    has_more: bool


def persons_behind(
    shards: Sequence[PathShard], adds: Adds, *, limit: int = 100, after: int | None = None
) -> Behind:
    """Return who is behind a number, by asking of ever smaller groups whether they add to it.

    Parameters
    ----------
    shards
        Of the paths.
    adds
        Must hold for a group exactly when it holds for one of its persons. Counts of persons, paths and events do.
    limit
        At most so many.
    after
        Only those that follow the person of this key; from the first one when None. Nobody, when that person is gone.

    Notes
    -----
    A person that is found costs some twenty walks over ever fewer paths; groups of whom nobody adds cost one.
    """
    found: list[int] = []
    seen = after is None
    for shard in shards:
        persons = shard
        if not seen:
            spots = np.flatnonzero(shard.person == np.uint64(after or 0))
            if not len(spots):
                continue
            seen = True
            persons = shard.of(slice(int(spots[0]) + 1, None))
        for key in _found(persons, adds):
            if len(found) == limit:
                return Behind(np.array(found, np.uint64), has_more=True)
            found.append(key)
    return Behind(np.array(found, np.uint64), has_more=False)


def _found(shard: PathShard, adds: Adds) -> Iterator[int]:
    """Yield the keys of the persons who add, in order."""
    for start in range(0, len(shard.first), _BLOCK):
        waiting = [shard.of(slice(start, start + _BLOCK))]
        while waiting:
            group = waiting.pop()
            if not len(group.first) or not adds(group):
                continue
            if len(group.first) == 1:
                yield int(group.person[0])
                continue
            middle = len(group.first) // 2
            waiting += [group.of(slice(middle, None)), group.of(slice(0, middle))]


def place_in(places: Mapping[str | None, int], cell: Cell, name: str) -> int:
    """Return the place of what a cell names under ``name``.

    Raises
    ------
    CellRefused
        The cell does not say, or says what is not among the places.
    """
    wanted = cell.get(name)
    if isinstance(wanted, int) or wanted not in places:
        raise CellRefused(
            f"The answer has no {name} {wanted!r}.", hint="Open the number again from its page.", name=name
        )
    return places[wanted]
