"""A dry run: what a file would bring, what in it looks wrong, and how much of it the log has already."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.collect.import_record import ImportReport
from safar.store.log import Log
from safar.vocabulary.event import EVENT_ID_BYTES, EventColumns

_REPORT: Final = "trial.json"
_REJECTS: Final = "trial-rejects.csv"
_DAY_US: Final = 86_400_000_000
#: Clocks of sender and server may differ so much.
_SLACK_US: Final = 3_600_000_000
#: Ids that are looked for in the log.
_LOOKED_FOR: Final = 5_000
_ASKED_AT_ONCE: Final = 1_000
#: With fewer events one time of day says nothing.
_ENOUGH_EVENTS: Final = 10


class Trial(msgspec.Struct, kw_only=True):
    """What a dry run found.

    Attributes
    ----------
    version
        Of the choices that it was made with; others make it stale.
    report
        As of an import.
    in_future
        Events later than now.
    is_dates_only
        Whether all events share one time of day: the file has dates without a clock.
    looked_for, known
        Of how many events the log was asked, spread over the file, and how many of them it has.
    """

    version: int
    report: ImportReport
    in_future: int = 0
    is_dates_only: bool = False
    looked_for: int = 0
    known: int = 0


class Watching:
    """The sink of a dry run: looks at the events and keeps none.

    Parameters
    ----------
    now
        Microseconds since 1970-01-01 UTC.
    """

    def __init__(self, now: int) -> None:
        self._latest = now + _SLACK_US
        self._clocks: set[int] = set()
        self._days: set[int] = set()
        self._events = 0
        self._sample: list[bytes] = []
        self._mask = 0
        self.in_future = 0

    def append(self, columns: EventColumns) -> None:
        """Look at a piece."""
        at = columns.occurred_at
        self._events += len(at)
        self.in_future += int((at > self._latest).sum())
        if len(self._clocks) <= 2:
            self._clocks |= set(np.unique(at % _DAY_US)[:3].tolist())
            self._days |= set(np.unique(at // _DAY_US)[:3].tolist())
        self._take(columns.event_id)

    def sync(self) -> None:
        """Do nothing."""

    @property
    def is_dates_only(self) -> bool:
        """Whether all events share one time of day; summer time makes two of it."""
        return self._events >= _ENOUGH_EVENTS and len(self._clocks) <= 2 and len(self._days) > 2

    @property
    def sample(self) -> list[bytes]:
        """Ids spread evenly over all: ids are as good as random, so their last bits choose."""
        return self._sample

    def _take(self, ids: NDArray[np.uint8]) -> None:
        last = ids[:, -2:].copy().view(">u2").ravel().astype(np.int64)
        chosen = ids[(last & self._mask) == 0]
        packed = chosen.tobytes()
        self._sample += [
            packed[start : start + EVENT_ID_BYTES] for start in range(0, len(packed), EVENT_ID_BYTES)
        ]
        while len(self._sample) > _LOOKED_FOR and self._mask < 0xFFFF:
            self._mask = self._mask * 2 + 1
            self._sample = [
                each for each in self._sample if int.from_bytes(each[-2:], "big") & self._mask == 0
            ]


def known_of(log: Log, ids: list[bytes]) -> int:
    """Return how many events of these ids the log has."""
    found = 0
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        texts = [each.hex() for each in ids[start : start + _ASKED_AT_ONCE]]
        query = "select count(*) from events where event_id in (select unnest(?)::uuid)"
        count = log.sql(query, [texts]).one()[0]
        assert isinstance(count, int)
        found += count
    return found


def trial_rejects(folder: Path) -> Path:
    """Return where a dry run writes the rows that would be rejected."""
    return folder / _REJECTS


def save_trial(folder: Path, trial: Trial) -> None:
    """Keep what a dry run found, whole or not at all. It stands beside the file: an erasure finds it there."""
    temporary = folder / f"{_REPORT}.tmp"
    temporary.write_bytes(msgspec.json.encode(trial))
    temporary.replace(folder / _REPORT)


def trial_in(folder: Path) -> Trial | None:
    """Return what the last dry run of an import found, if there was one."""
    try:
        return msgspec.json.decode((folder / _REPORT).read_bytes(), type=Trial)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
