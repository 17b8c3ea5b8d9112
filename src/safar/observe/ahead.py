"""Compiled code ahead of the first question: each kernel is compiled once a machine, and loaded once a process."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

_ENDING: Final = "_kernels"


def kernel_modules() -> tuple[str, ...]:
    """Return the names of the modules that hold kernels, in the order of the alphabet."""
    room = Path(__file__).parent
    found = (module.name for module in pkgutil.iter_modules([str(room)]))
    return tuple(f"{__package__}.{name}" for name in sorted(found) if name.endswith(_ENDING))


def load_kernels(goes_on: Callable[[], bool] = lambda: True) -> None:
    """Compile all kernels, or load them where they were compiled before.

    Parameters
    ----------
    goes_on
        Asked before each module; the rest is left when it says no.

    Notes
    -----
    Importing a kernel compiles it, for its signatures are known. Of all of them that is about a minute on two cores the
    first time, and below a second from the cache.
    """
    for name in kernel_modules():
        if not goes_on():
            return
        importlib.import_module(name)
