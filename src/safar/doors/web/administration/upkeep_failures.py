"""What upkeep could not do lately, as far as this process has seen it: kept in memory, told on the page of health."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class UpkeepFailure:
    """The last failure of a workspace's upkeep: when (aware UTC), and the code or place of the error."""

    workspace_id: str
    at: datetime
    reason: str


class UpkeepFailures(logging.Handler):
    """Listens to upkeep's warnings, whose arguments are the workspace and the reason, and keeps the last of each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last: OrderedDict[str, UpkeepFailure] = OrderedDict()
        self._keeping = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the failure that a record tells of."""
        match record.args:
            case (str(workspace_id), str(reason)):
                failure = UpkeepFailure(workspace_id, datetime.fromtimestamp(record.created, UTC), reason)
            case _:
                return
        with self._keeping:
            self._last[workspace_id] = failure
            self._last.move_to_end(workspace_id)
            while len(self._last) > _MOST:
                self._last.popitem(last=False)

    def of(self, workspace_id: str) -> UpkeepFailure | None:
        """Return the last failure of a workspace's upkeep since this process began."""
        with self._keeping:
            return self._last.get(workspace_id)


UPKEEP_FAILURES: Final = UpkeepFailures()


def listen() -> None:
    """Begin to listen; once more changes nothing."""
    logging.getLogger("safar.upkeep").addHandler(UPKEEP_FAILURES)
