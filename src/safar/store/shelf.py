"""What readers of one log keep in memory between questions: paths, extracts, who is who."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Fault
from safar.vocabulary.window import Window

from .columns import ColumnShelf
from .extracts import Extract, ExtractShelf, Rows
from .identity import Identity
from .layout import Layout
from .paths import Aliases, Paths, PathShelf, present_in
from .sql import Engine
from .tail import View

Found = TypeVar("Found")


class ReadersOverrun(Fault, RuntimeError):
    """Files of the log vanished under a query more often than can be explained."""

    code = "log.readers_overrun"


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a log shows at one instant: its events, and who is who.

    Attributes
    ----------
    view
        The parts and the tail.
    identity_version, aliases
        Who is who.
    """

    view: View
    identity_version: int
    aliases: Aliases

    @property
    def version(self) -> str:
        """The log's version that it shows."""
        return f"{self.view.version}.{self.identity_version}"

    @property
    def present(self) -> int | None:
        """The newest event, in microseconds UTC; None without events."""
        return present_in(self.view)


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
        self._paths = PathShelf(layout, ColumnShelf(layout, engine))
        self._extracts = ExtractShelf(engine)
        self._kept_paths: Paths | None = None
        self._aliases: tuple[int, Aliases] | None = None
        self._lock = threading.Lock()
        self._paths_lock = threading.Lock()
        self._extracts_lock = threading.Lock()

    def paths(self) -> Paths:
        """Return everybody's path now."""

        with self._paths_lock:
            return self._taken(self._all_paths)

    def sight(self) -> Sight:
        """Return what the log shows now."""
        number, aliases = self._known_aliases()
        return Sight(self._view(), number, aliases)

    def paths_at(self, sight: Sight, persons: NDArray[np.uint64] | None = None) -> Paths:
        """Return the paths of everybody, or of some persons by ascending keys, as a sight shows them.

        Raises
        ------
        FileNotFoundError
            A part was merged away meanwhile: take a new sight.
        """
        with self._paths_lock:
            if persons is None:
                return self._all_paths(sight.view, sight.aliases, sight.version)
            return self._paths.paths_of(sight.view, sight.aliases, sight.version, persons)

    def customers_in(self, sight: Sight, parts: Iterable[str], *, since: int = 0) -> NDArray[np.uint64]:
        """Return the keys, ascending, of the ids with events in these parts that came from a sequence on.

        Raises
        ------
        FileNotFoundError
            A part was merged away meanwhile: take a new sight.
        """
        with self._paths_lock:
            return self._paths.customers_of(sight.view, parts, since)

    def customers_in_tail(self, sight: Sight) -> NDArray[np.uint64]:
        """Return the keys, ascending, of the ids with events that are in no part yet."""
        with self._paths_lock:
            return self._paths.customers_of_tail(sight.view)

    def _all_paths(self, view: View, aliases: Aliases, version: str) -> Paths:
        if self._kept_paths is None or self._kept_paths.version != version:
            self._kept_paths = self._paths.paths(view, aliases, version)
        return self._kept_paths

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
