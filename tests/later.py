"""Modules of the people's door that a test file names at its top: Django is configured by the home, later."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """A module that is imported when a test first asks it for something."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # the collector of tests asks everything whether it is a test
            raise AttributeError(name)
        return getattr(import_module(self._name), name)
