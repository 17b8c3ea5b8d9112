"""How fast this machine reads and copies large arrays: what no walk over a log can beat.

Started as ``python -m peers.journeys_memory``; prints one JSON object of bytes a second.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

_BYTES = 1 << 29
_TRIES = 5


@njit(nogil=True)
def _sum(values: Any) -> int:
    total = 0
    for value in values:
        total += value
    return total


def _best(work: Callable[[int], Any], threads: int, moved: int) -> float:
    """Return bytes a second of so many threads, each with an array of its own; the best of some tries."""
    least = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(_TRIES):
            start = time.perf_counter()
            list(pool.map(work, range(threads)))
            least = min(least, time.perf_counter() - start)
    return threads * moved / least


def main() -> None:
    """Measure and print."""
    arrays = [np.full(_BYTES // 8, place, np.int64) for place in range(2)]
    targets = [np.zeros_like(array) for array in arrays]
    _sum(arrays[0][:8])
    found = {}
    for threads in (1, 2):
        found[f"read_{threads}"] = _best(lambda place: _sum(arrays[place]), threads, _BYTES)
        found[f"copy_{threads}"] = _best(
            lambda place: np.copyto(targets[place], arrays[place]), threads, _BYTES
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
