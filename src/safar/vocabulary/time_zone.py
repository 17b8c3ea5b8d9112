"""Time zones over columns: the civil day of millions of instants, exact across every change of the clock.

`zoneinfo` answers one instant at a time. Here each year of a zone is probed once for the instants at which
its offset changes; a column of instants is then shifted by a binary search over those instants.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import Refusal, nearest

SECOND_US: Final = 1_000_000
DAY_SECONDS: Final = 86_400
DAY_US: Final = DAY_SECONDS * SECOND_US
#: Years whose civil days Safar groups by; the offset of the nearest such year holds beyond.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
_FIRST_US: Final = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()) * SECOND_US
_LAST_US: Final = int(datetime(LAST_YEAR, 12, 31, tzinfo=UTC).timestamp()) * SECOND_US

Days = NDArray[np.int64]
Instants = NDArray[np.int64]


class UnknownTimeZone(Refusal, LookupError):
    """The text is no time zone of the IANA database."""

    code = "time_zone.unknown"


def time_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, such as ``Asia/Tehran``.

    Raises
    ------
    UnknownTimeZone
        When the database has no such zone; the hint names the nearest one.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(name, available_timezones()) or "Use an IANA name, such as Asia/Tehran or UTC."
        raise UnknownTimeZone(f"{name!r} is not a time zone.", hint=hint, time_zone=name) from None


def local_days(instants_us: ArrayLike, zone: str) -> Days:
    """Return the civil day of each instant in a time zone, as days since 1970-01-01.

    Parameters
    ----------
    instants_us
        Microseconds since 1970-01-01 UTC.
    zone
        IANA name.

    Examples
    --------
    >>> local_days([0, 73_800_000_000], "Asia/Tehran")  # 1970-01-01 at 00:00 and 20:30 UTC
    array([0, 1])
    """
    return np.floor_divide(local_microseconds(instants_us, zone), np.int64(DAY_US))


def local_microseconds(instants_us: ArrayLike, zone: str) -> Instants:
    """Return what clocks in a time zone show at each instant, in microseconds since their 1970-01-01."""
    instants = np.asarray(instants_us, dtype=np.int64)
    starts, offsets = _spans_for(instants, zone)
    if len(starts) == 1:
        return instants + int(offsets[0])
    shown: Instants = instants + offsets[np.searchsorted(starts, instants, side="right") - 1]
    return shown


def day_starts(days: ArrayLike, zone: str) -> Instants:
    """Return the first instant of each civil day in a time zone, in microseconds since 1970-01-01 UTC.

    Midnight itself may be missing (clocks of Tehran jumped from 00:00 to 01:00 each spring until 2022): the
    day then starts at the jump. A day that a zone skipped (Samoa, 2011-12-30) starts, empty, where the next
    one does.
    """
    wanted = np.asarray(days, dtype=np.int64) * DAY_US
    starts, offsets = _spans_for(wanted, zone)
    # the clock's highest reading before the end of each span: a day starts in the first span that reaches it
    reach = np.maximum.accumulate(starts[1:] + offsets[:-1])
    span = np.searchsorted(reach, wanted, side="right")
    first: Instants = np.maximum(wanted - offsets[span], starts[span])
    return first


def _spans_for(instants: Instants, zone: str) -> tuple[Instants, Instants]:
    """Return the starts of the spans of one offset around the instants, and the offsets, in microseconds."""
    if instants.size == 0:
        return np.array([np.iinfo(np.int64).min]), np.zeros(1, dtype=np.int64)
    return _spans(
        zone, _year_of(int(instants.min()) - 2 * DAY_US), _year_of(int(instants.max()) + 2 * DAY_US)
    )


def _year_of(microseconds: int) -> int:
    inside = min(max(microseconds, _FIRST_US), _LAST_US)
    return datetime.fromtimestamp(inside // SECOND_US, UTC).year


@lru_cache(maxsize=512)
def _spans(zone: str, first_year: int, last_year: int) -> tuple[Instants, Instants]:
    first, _ = _changes(zone, first_year)
    found = [(np.iinfo(np.int64).min, first)]
    for year in range(first_year, last_year + 1):
        found.extend(_changes(zone, year)[1])
    starts, offsets = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
    return starts, offsets


@lru_cache(maxsize=8192)
def _changes(zone: str, year: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Return the offset when a UTC year starts and (instant, new offset) of each change, in microseconds."""
    info = time_zone(zone)

    def offset(second: int) -> int:
        shift = datetime.fromtimestamp(second, info).utcoffset()
        assert shift is not None
        return shift.days * DAY_SECONDS + shift.seconds

    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())
    initial = before = offset(start)
    found = []
    for day_end in range(start + DAY_SECONDS, end + 1, DAY_SECONDS):
        after = offset(day_end)
        if after == before:
            continue
        low, high = day_end - DAY_SECONDS, day_end
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == before else (low, middle)
        found.append((high * SECOND_US, after * SECOND_US))
        before = after
    return initial * SECOND_US, tuple(found)


def instants_of_local(local_us: ArrayLike, zone: str) -> Instants:
    """Return the instants at which clocks in a time zone show the given readings, in microseconds UTC.

    Parameters
    ----------
    local_us
        Readings: microseconds since 1970-01-01 00:00 on that clock.

    Notes
    -----
    A reading shown twice is the first of the two; a reading that was skipped is taken with the offset before
    the jump (PEP 495 with ``fold=0``).
    """
    local = np.asarray(local_us, dtype=np.int64)
    starts, offsets = _spans_for(local, zone)
    # a span lasts, on the clock, to the later of its own last reading and the first one of the next span
    ends = np.maximum.accumulate(starts[1:] + np.maximum(offsets[:-1], offsets[1:]))
    span = np.searchsorted(ends, local, side="right")
    instants: Instants = local - offsets[span]
    return instants
