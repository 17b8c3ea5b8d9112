"""What a serving process does beside answering, one workspace after another: turn sealed segments into parts, and
forget once a day what is older than the workspace keeps."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Final

from safar.store.compaction import GRACE_SECONDS
from safar.store.disk import LogBusy
from safar.store.home import Home
from safar.store.log import Log
from safar.store.segment import all_segments
from safar.vocabulary.errors import SafarError

from .ingest.journal import place_of

logger: Final = logging.getLogger("safar.upkeep")

_LOOK_SECONDS: Final = 1.0
#: Merges a batch of segments; a little more than one is due for each in the long run.
_MERGES: Final = 2
#: After a failure (a full disk, most likely) the workspace is left alone for this long.
_PAUSE_SECONDS: Final = 30.0


class Upkeep:
    """A thread that compacts logs and lets them forget. Several processes may run one: they take turns."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="safar-upkeep")
        self._not_before: dict[str, float] = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Return when the compaction under way is finished."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for workspace in self._home.workspaces():
                if not self._stop.is_set():
                    self._look_after(workspace.workspace_id)

    def _look_after(self, workspace_id: str) -> None:
        if time.monotonic() < self._not_before.get(workspace_id, 0.0):
            return
        try:
            log = self._home.log(workspace_id)
            if has_work(log):
                log.compact(merges=_MERGES)
            now = datetime.now(UTC)
            instant = self._home.forgets_before(workspace_id, now)
            if instant is not None:
                report = log.forget_before(instant)
                self._home.has_forgotten(workspace_id, now)
                logger.info("Forgot %s events of %s that were too old.", report.events, workspace_id)
        except LogBusy:
            return  # another process is at it
        except Exception as error:  # noqa: BLE001 - a defect must not end the thread; its text may quote a customer
            self._not_before[workspace_id] = time.monotonic() + _PAUSE_SECONDS
            reason = error.code if isinstance(error, SafarError) else place_of(error)
            logger.warning("Upkeep of %s failed and is tried again: %s", workspace_id, reason)


def has_work(log: Log) -> bool:
    """Return whether a compaction would find segments to take, parts to merge, or files to delete."""
    consumed = log.manifest.snapshot().consumed
    waiting = any(path.stem not in consumed for path in all_segments(log.layout.segments))
    return (
        waiting
        or log.compactor().is_crowded()
        or bool(log.manifest.garbage(older_than_seconds=GRACE_SECONDS))
    )
