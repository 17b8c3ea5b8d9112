"""How often a token may ask."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from typing import Final

_MOST_KEPT: Final = 10_000


class Rates:
    """A bucket for each token: it holds ``burst`` requests and is refilled evenly. Thread-safe; of this process alone.

    Parameters
    ----------
    per_second
        Requests a second in the long run.
    burst
        Requests at once, after a rest.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, who: object) -> int:
        """Take one request out of the bucket; return 0, or how many seconds to wait where it is empty."""
        return self._ask(who, 1)

    def seconds_until_one(self, who: object) -> int:
        """Return 0 where the bucket holds a request, or how many seconds to wait; nothing is taken out."""
        return self._ask(who, 0)

    def _ask(self, who: object, takes: int) -> int:
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.pop(who, (float(self._burst), now))
            left = min(self._burst, left + (now - at) * self._per_second)
            holds = left >= 1
            self._buckets[who] = (left - takes if holds else left, now)
            while len(self._buckets) > _MOST_KEPT:
                self._buckets.popitem(last=False)
        return 0 if holds else max(1, math.ceil((1 - left) / self._per_second))
