"""Making the first page as quick as the next: what readers of a log keep in memory is brought there at start."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Final

from safar.measure.ahead import load_libraries
from safar.observe.ahead import load_kernels
from safar.store.home import Home
from safar.store.log import Log
from safar.vocabulary.errors import SafarError

from .today.queries import warm_today

logger: Final = logging.getLogger("safar.warming")


class Warming:
    """A thread that warms every workspace that has events, one after another, and then loads all kernels and what
    models are fitted with."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._is_over = threading.Event()
        # Python ends a daemon's thread wherever it is, and engines of compiled code do not survive that.
        self._thread = threading.Thread(target=self._run, name="safar-warming", daemon=False)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Return when the workspace or the kernel under way is warm."""
        self._is_over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def join(self) -> None:
        """Return when all are warm."""
        self._thread.join()

    def _run(self) -> None:
        # The compiler of kernels costs some 80 MB of memory, and libraries more: a home without events goes without.
        has_events = False
        for workspace in self._home.workspaces():
            if self._is_over.is_set():
                return
            try:
                log = self._home.log(workspace.workspace_id)
                if log.info().events:
                    has_events = True
                    warm(log)
            except Exception as error:  # noqa: BLE001 - trouble with one workspace troubles no other
                reason = error.code if isinstance(error, SafarError) else type(error).__name__
                logger.warning("%s could not be warmed: %s", workspace.workspace_id, reason)
        if has_events:
            load_kernels(lambda: not self._is_over.is_set())
            load_libraries(lambda: not self._is_over.is_set())


def warm(log: Log) -> None:
    """Compile or load the kernels, map the paths, and take orders and answers out of their properties."""
    warm_today(log, now=datetime.now(UTC))
