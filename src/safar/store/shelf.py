"""What readers of one log keep in memory between questions: paths, extracts, who is who."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from safar.vocabulary.errors import Fault
from safar.vocabulary.window import Window

from .extracts import Extract, ExtractShelf, Rows
from .identity import Identity
from .layout import Layout
from .paths import Aliases, Paths, PathShelf
from .sql import Engine
from .tail import View

Found = TypeVar("Found")


class ReadersOverrun(Fault, RuntimeError):
    """Files of the log vanished under a query more often than can be explained."""

    code = "log.readers_overrun"


class Shelf:
    """Thread-safe: who asks for the same thing at once waits for the first.

    Parameters
    ----------
    view
        Returns what is visible now.
    """

    def __init__(self, layout: Layout, identity: Identity, engine: Engine, view: Callable[[], View]) -> None:
        self._identity = identity
        self._view = view
        self._paths = PathShelf(layout)
        self._extracts = ExtractShelf(engine)
        self._kept_paths: Paths | None = None
        self._aliases: tuple[int, Aliases] | None = None
        self._lock = threading.Lock()
        self._paths_lock = threading.Lock()
        self._extracts_lock = threading.Lock()

    def paths(self) -> Paths:
        """Return everybody's path now."""

        def take(view: View, aliases: Aliases, version: str) -> Paths:
            if self._kept_paths is None or self._kept_paths.version != version:
                self._kept_paths = self._paths.paths(view, aliases, version)
            return self._kept_paths

        with self._paths_lock:
            return self._taken(take)

    def rows(self, extract: Extract, window: Window, ids: Sequence[str] | None) -> Rows:
        """Return the rows of an extract inside a window now: everybody's, or those of customer ids."""

        def take(view: View, aliases: Aliases, version: str) -> Rows:
            return self._extracts.rows(extract, window, view, aliases, version, ids=ids)

        with self._extracts_lock:
            return self._taken(take)

    def _taken(self, take: Callable[[View, Aliases, str], Found]) -> Found:
        for _ in range(5):
            number, aliases = self._known_aliases()
            view = self._view()
            try:
                return take(view, aliases, f"{view.version}.{number}")
            except FileNotFoundError:
                continue
        raise ReadersOverrun("The files of the log changed under the question five times.", hint="Try again.")

    def _known_aliases(self) -> tuple[int, Aliases]:
        with self._lock:
            if self._aliases is None or self._aliases[0] != self._identity.version:
                number, pairs = self._identity.versioned_aliases()
                self._aliases = number, Aliases.of(pairs)
            return self._aliases
