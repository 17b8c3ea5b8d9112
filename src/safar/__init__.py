"""Safar (سفر, "journey"): one log of everything that happens to a customer, and many lenses over it.

>>> import safar
>>> log = safar.open("var/safar")  # doctest: +SKIP
>>> log.funnel(["visit", "cart", "pay"], within="7d").table.pandas()  # doctest: +SKIP
"""

from importlib import import_module as _import_module

__version__ = "0.1.0"

_IN_NOTEBOOKS = {
    "contracts": "safar.doors.notebook.contracts",
    "from_dataframe": "safar.doors.notebook.opening",
    "open": "safar.doors.notebook.opening",
}


def __getattr__(name: str) -> object:
    # the door of notebooks brings in everything else: only who uses it waits for that
    if name in _IN_NOTEBOOKS:
        return getattr(_import_module(_IN_NOTEBOOKS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_IN_NOTEBOOKS]
