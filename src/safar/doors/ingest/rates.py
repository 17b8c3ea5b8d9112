"""How many requests a key may send: a token bucket each."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(slots=True)
class TokenBucket:
    """Tokens that refill at ``rate`` a second up to ``rate`` of them (at least one): bursts of one second pass.

    Attributes
    ----------
    rate
        Requests a second.
    tokens
        Left at the time ``at``.
    at
        Seconds, monotonic.
    """

    rate: float
    tokens: float
    at: float

    @classmethod
    def full(cls, rate: float, now: float) -> TokenBucket:
        """Return a bucket that has all its tokens."""
        return cls(rate, max(1.0, rate), now)

    def seconds_to_wait(self, now: float) -> float:
        """Take a token and return 0, or take none and return the seconds until there is one."""
        self.tokens = min(max(1.0, self.rate), self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.rate


class Rates:
    """A bucket for each key that has a rate."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}

    def whole_seconds_to_wait(self, key_id: str, rate: float | None, now: float) -> int:
        """Count a request of a key; return 0 when it may pass, else after how many whole seconds it may come again."""
        if rate is None:
            return 0
        bucket = self._buckets.get(key_id)
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[key_id] = TokenBucket.full(rate, now)
        return math.ceil(bucket.seconds_to_wait(now))
