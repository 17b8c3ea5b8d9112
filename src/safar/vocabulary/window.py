"""Windows: half-open stretches of time between two instants, and lengths of time as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from .digits import fold_digits
from .errors import Refusal

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNITS: Final = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_TERM: Final = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(ms|[wdhms])(?![a-z])", re.ASCII)


class NaiveInstant(Refusal, ValueError):
    """A time without a time zone is no instant."""

    code = "window.naive_instant"


class WindowReversed(Refusal, ValueError):
    """The window ends before it starts."""

    code = "window.reversed"


class InstantOutOfRange(Refusal, ValueError):
    """The time lies beyond the years that can be named."""

    code = "window.out_of_range"


class DurationUnreadable(Refusal, ValueError):
    """The text is no length of time, or has no unit."""

    code = "duration.unreadable"


def to_microseconds(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970-01-01 UTC.

    >>> to_microseconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    if instant.utcoffset() is None:
        raise NaiveInstant(
            f"{instant.isoformat()} has no time zone.",
            hint="Say which: datetime(…, tzinfo=UTC), or a zoneinfo.ZoneInfo.",
            instant=instant.isoformat(),
        )
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Return the aware UTC instant that many microseconds after 1970-01-01.

    Raises
    ------
    InstantOutOfRange
        It lies before the year 1 or after 9999.

    Examples
    --------
    >>> from_microseconds(86400000000).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    try:
        return _EPOCH + int(microseconds) * _MICROSECOND
    except OverflowError:
        raise _out_of_range() from None


def _out_of_range() -> InstantOutOfRange:
    return InstantOutOfRange(
        "The time reaches beyond the years 1 to 9999 of the Gregorian calendar.",
        hint="Ask about a shorter time, further from both ends.",
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The instants from ``start`` up to, but not including, ``end``. Both are kept in UTC.

    Parameters
    ----------
    start, end
        Aware instants; ``end`` is not before ``start``. An empty window (equal ends) contains nothing.

    Examples
    --------
    >>> day = Window(datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC))
    >>> datetime(2026, 8, 2, tzinfo=UTC) in day
    False
    >>> day.duration.days
    1
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is UTC is self.end.tzinfo and self.start <= self.end:
            return
        start, end = to_microseconds(self.start), to_microseconds(self.end)
        if end < start:
            raise WindowReversed(
                f"The window ends at {self.end.isoformat()}, before it starts at {self.start.isoformat()}.",
                hint="Swap the two ends.",
                start=self.start.isoformat(),
                end=self.end.isoformat(),
            )
        object.__setattr__(self, "start", from_microseconds(start))
        object.__setattr__(self, "end", from_microseconds(end))

    @classmethod
    def from_us(cls, start_us: int, end_us: int) -> Window:
        """Return the window between two instants given in microseconds since 1970-01-01 UTC."""
        return cls(from_microseconds(start_us), from_microseconds(end_us))

    @property
    def start_us(self) -> int:
        """Microseconds since 1970-01-01 UTC; inside the window."""
        return to_microseconds(self.start)

    @property
    def end_us(self) -> int:
        """Microseconds since 1970-01-01 UTC; the first one outside the window."""
        return to_microseconds(self.end)

    @property
    def duration(self) -> timedelta:
        """How long the window is."""
        return self.end - self.start

    def __contains__(self, instant: datetime) -> bool:
        return self.start_us <= to_microseconds(instant) < self.end_us

    def before(self) -> Window:
        """Return the window of the same length that ends where this one starts, to compare with.

        Raises
        ------
        InstantOutOfRange
        """
        return Window.from_us(2 * self.start_us - self.end_us, self.start_us)


def duration(text: str | timedelta) -> timedelta:
    """Return a length of time from ``"30m"``, ``"7d"``, ``"1w 2h"``, ``"1h30m"``; a `timedelta` stays as it
    is.

    Parameters
    ----------
    text
        Numbers with a unit each: ``w`` weeks, ``d`` days of 24 hours, ``h`` hours, ``m`` minutes, ``s``
        seconds, ``ms`` milliseconds. Each unit at most once, from large to small. Digits of any script. Not
        negative.

    Raises
    ------
    DurationUnreadable
        For a bare number (seconds? days?), for months and years (their length depends on the calendar), for
        all else.

    Examples
    --------
    >>> duration("1h 30m").total_seconds()
    5400.0
    """
    if isinstance(text, timedelta):
        if text < timedelta(0):
            raise _no_duration(text, "A length of time is not negative.")
        return text
    if not isinstance(text, str):
        raise _no_duration(text, f"A bare number has no unit: write {text}s, {text}m, {text}h or {text}d.")
    folded = fold_digits(text).strip().lower()
    total, place, last = timedelta(0), 0, _UNITS["w"] * 2
    while place < len(folded):
        term = _TERM.match(folded, place)
        if term is None:
            raise _no_duration(text, _why(folded))
        unit = _UNITS[term[2]]
        if unit >= last:
            raise _no_duration(text, "Write each unit once, from large to small: 1w 2d 3h.")
        total += int(Decimal(term[1]) * (unit // _MICROSECOND)) * _MICROSECOND
        place, last = term.end(), unit
    if not folded:
        raise _no_duration(text, _why(folded))
    return total


def _why(folded: str) -> str:
    if re.fullmatch(r"[0-9.]+", folded):
        return f"A bare number has no unit: write {folded}s, {folded}m, {folded}h or {folded}d."
    if re.search(r"(?<![\w.])\.?[0-9][0-9.]*\s*(mo|month|y)", folded):
        return "Months and years have no fixed length: count days or weeks, or group by a calendar's months."
    return "Write numbers with units, such as 30m, 7d or 1w 2h."


def _no_duration(text: object, hint: str) -> DurationUnreadable:
    return DurationUnreadable(f"{str(text)!r} is not a length of time.", hint=hint, text=str(text))
