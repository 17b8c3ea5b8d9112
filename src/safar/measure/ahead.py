"""Libraries that models of value are fitted with, brought in ahead of the first question."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Final

#: In the order in which the pages need them; scikit-learn brings nearly all of SciPy with its first module.
LIBRARIES: Final = (
    "scipy.special",
    "scipy.stats",
    "sklearn.linear_model",
    "sklearn.isotonic",
    "sklearn.ensemble",
)


def load_libraries(goes_on: Callable[[], bool] = lambda: True) -> None:
    """Import what is otherwise imported by the first answer that needs it.

    Parameters
    ----------
    goes_on
        Asked before each library; the rest is left when it says no.

    Notes
    -----
    A second of one core and some 100 MB of memory: for processes that will answer, not for commands.
    """
    for name in LIBRARIES:
        if not goes_on():
            return
        importlib.import_module(name)
