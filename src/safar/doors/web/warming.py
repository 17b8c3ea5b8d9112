"""Making the first page as quick as the next: what readers of a log keep in memory is brought there at start."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Final

from safar.store.home import Home
from safar.store.log import Log
from safar.vocabulary.errors import SafarError

from .today.queries import warm_today

logger: Final = logging.getLogger("safar.warming")


def warm_in_background(home: Home) -> threading.Thread:
    """Begin to warm every workspace that has events, one after another; return the thread."""
    thread = threading.Thread(target=_warm, args=(home,), name="safar-warming", daemon=True)
    thread.start()
    return thread


def _warm(home: Home) -> None:
    """Warm the logs. The compiler of kernels costs some 80 MB of memory: a home without events goes without."""
    for workspace in home.workspaces():
        try:
            log = home.log(workspace.workspace_id)
            if log.info().events:
                warm(log)
        except SafarError as error:
            logger.warning("%s could not be warmed: %s", workspace.workspace_id, error.code)
        except Exception:  # noqa: BLE001 - the home may be closed meanwhile; pages do without
            return


def warm(log: Log) -> None:
    """Compile or load the kernels, map the paths, and take orders and answers out of their properties."""
    warm_today(log, now=datetime.now(UTC))
