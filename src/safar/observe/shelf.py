"""What is made from an array that never changes, kept as long as that array lives and there is room."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Made = TypeVar("Made")


class Shelf(Generic[Made]):
    """Things by the array they were made from and what else they follow from. Thread-safe.

    Parameters
    ----------
    most_bytes
        Beyond so many bytes the things not asked for longest are let go.
    size
        Bytes of one thing.
    """

    def __init__(self, most_bytes: int, size: Callable[[Made], int]) -> None:
        self._most = most_bytes
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, Hashable], tuple[weakref.ref[Any], Made]] = OrderedDict()
        self._bytes = 0

    def get(self, array: NDArray[Any], key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made from the array and the key; make it where it is not there."""
        whole = id(array), key
        with self._lock:
            found = self._kept.get(whole)
            if found is not None and found[0]() is array:
                self._kept.move_to_end(whole)
                return found[1]
        made = make()
        with self._lock:
            self._forget(whole)
            self._kept[whole] = weakref.ref(array), made
            self._bytes += self._size(made)
            for other in [other for other, (alive, _) in self._kept.items() if alive() is None]:
                self._forget(other)
            while self._bytes > self._most and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))
        return made

    def _forget(self, key: tuple[int, Hashable]) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= self._size(found[1])


def owner_of(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array whose memory a view shows; the array itself where it is no view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
