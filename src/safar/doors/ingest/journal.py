"""What the door writes to the server's log: counts, codes and places in the code; never a body, an id or a secret."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Iterable
from typing import Final

logger: Final = logging.getLogger("safar.ingest")


def log_fault(what: str, error: BaseException) -> None:
    """Log a defect by its place."""
    logger.error("%s: %s", what, place_of(error))


def place_of(error: BaseException) -> str:
    """Return an error's class and where it happened. Its message may quote what a customer sent, so it is left out."""
    return "\n".join([type(error).__name__, *traceback.format_tb(error.__traceback__)]).rstrip()


class Journal:
    """Counts what happens, and says so once in a while."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def accepted(self, events: int, duplicates: int) -> None:
        """Note a request whose events are on disk."""
        self._counts["requests"] += 1
        self._counts["events accepted"] += events
        self._counts["events twice in one request"] += duplicates

    def refused(self, codes: Iterable[str]) -> None:
        """Note events or requests that were refused, by their codes."""
        self._counts.update(codes)

    def say(self) -> None:
        """Write one line about the time since the last call, none when nothing happened."""
        counts, self._counts = self._counts, Counter()
        line = ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()) if count)
        if line:
            logger.info("%s", line)
