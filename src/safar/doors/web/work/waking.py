"""A worker of this process need not sleep when work has come; those of other processes look once a second."""

from __future__ import annotations

import threading
from typing import Final

_bell: Final = threading.Event()


def wake() -> None:
    """Let this process's worker look at once."""
    _bell.set()


def sleep(seconds: float) -> None:
    """Sleep until there is something to look at, at most this long."""
    _bell.wait(seconds)
    _bell.clear()
