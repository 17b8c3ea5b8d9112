"""How much memory an answer holds: enough to say which of the kept ones must go, not an exact count."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from types import ModuleType
from typing import Any, Final

import numpy as np

from safar.store.log import Log

#: Of a longer sequence so many members are measured, evenly spread, and stand for the others.
_SAMPLED: Final = 64
#: No more objects are looked at than these: what is nested deeper is left out.
_MOST_LOOKED_AT: Final = 20_000
#: What an answer may point to that is not its own.
_OTHERS: Final = (type, ModuleType, Log)
#: Where an answer is kept costs this much besides: its question, its place.
_FIXED: Final = 4_096


def bytes_of(answer: object) -> int:
    """Return about how many bytes an answer holds.

    Arrays and tables count with their buffers, a view with the whole array that it keeps alive; each object counts
    once. Of long sequences a sample stands for all, so that measuring an answer costs milliseconds.

    Examples
    --------
    >>> 8_000_000 < bytes_of({"spent": np.zeros(1_000_000)}) < 8_010_000
    True
    """
    return _FIXED + int(_Measured().of(answer))


class _Measured:
    """What was counted already."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        #: Keeps what was made on the way alive: an id is somebody else's when its object is gone.
        self._held: list[object] = []

    def of(self, thing: object) -> float:
        """Return the bytes of an object and of what it alone holds."""
        if id(thing) in self._seen or len(self._seen) >= _MOST_LOOKED_AT or isinstance(thing, _OTHERS):
            return 0.0
        self._seen.add(id(thing))
        self._held.append(thing)
        if isinstance(thing, np.ndarray):
            return self._of_array(thing)
        buffers = getattr(thing, "nbytes", None)  # tables and columns of Arrow, whatever else has buffers
        if isinstance(buffers, int):
            return float(buffers)
        own = float(sys.getsizeof(thing, 64))
        if isinstance(thing, Mapping):
            return own + self._of_many(thing.keys(), len(thing)) + self._of_many(thing.values(), len(thing))
        if isinstance(thing, (tuple, list, set, frozenset)):
            return own + self._of_many(thing, len(thing))
        return own + sum(map(self.of, _parts(thing)))

    def _of_array(self, array: np.ndarray[Any, Any]) -> float:
        if isinstance(array.base, np.ndarray):
            return self.of(array.base)
        inside = self._of_many(array.ravel(), array.size) if array.dtype == object else 0.0
        return float(array.nbytes) + inside

    def _of_many(self, members: Any, count: int) -> float:
        step = max(1, count // _SAMPLED)
        chosen = list(islice(members, 0, None, step))
        return sum(map(self.of, chosen)) * (count / len(chosen)) if chosen else 0.0


def _parts(thing: object) -> Iterator[object]:
    """Yield what an object's fields hold, those of slots too."""
    yield from getattr(thing, "__dict__", {}).values()
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            yield getattr(thing, name, None)
