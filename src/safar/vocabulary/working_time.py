"""Working time: how long something takes while people are at work.

A promise to answer “within 4 hours” means hours in which somebody is there. A `WorkingTime` says which those are: hours
for each day of the week, days off, a time zone. The door is open at an instant when the clock on its wall shows a time
within the day's hours; so a change of the clock within them makes a day shorter or longer, as it does for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from .calendar import WEEKDAYS, Weekday, to_day, weekday
from .errors import Refusal
from .holidays import Holiday, days_off
from .time_zone import time_zone

#: Minutes of a day, half-open: ``(540, 1020)`` is 9:00 to 17:00.
Span = tuple[int, int]

DAY_MINUTES: Final = 1_440
#: So far ahead an instant is looked for.
_FAR: Final = timedelta(days=3_660)
_MINUTE: Final = timedelta(minutes=1)
#: Days off by the name of the weekend.
WEEKENDS: Final[Mapping[str, frozenset[Weekday]]] = {
    "thursday-friday": frozenset({"thursday", "friday"}),
    "friday": frozenset({"friday"}),
    "friday-saturday": frozenset({"friday", "saturday"}),
    "saturday-sunday": frozenset({"saturday", "sunday"}),
    "none": frozenset(),
}


class WorkingTimeRefused(Refusal, ValueError):
    """The hours are no hours: they overlap, end before they begin, or there are none at all."""

    code = "working_time.refused"


class NeverOpen(Refusal, ValueError):
    """There is not so much working time within ten years."""

    code = "working_time.never_open"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people are at work.

    Parameters
    ----------
    hours
        For each day of the week, Monday first, its spans in minutes of the day: in order, apart from each other. A span
        that ends at 1440 ends with the day.
    time_zone
        IANA name of the clock on the wall.
    holidays
        Days on which nobody works, whatever the day of the week.

    Raises
    ------
    WorkingTimeRefused, UnknownTimeZone

    Examples
    --------
    >>> shop = WorkingTime.usual("09:00", "17:00", weekend="thursday-friday", time_zone="Asia/Tehran")
    >>> wednesday_at_four = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)  # 16:00 in Tehran
    >>> shop.add(wednesday_at_four, timedelta(hours=4)).isoformat()  # on Saturday at noon
    '2026-11-21T08:30:00+00:00'
    """

    hours: tuple[tuple[Span, ...], ...]
    time_zone: str = "UTC"
    holidays: tuple[Holiday, ...] = field(default=())

    def __post_init__(self) -> None:
        time_zone(self.time_zone)
        if len(self.hours) != len(WEEKDAYS):
            raise WorkingTimeRefused(
                f"Hours are given for {len(self.hours)} days of the week.", hint="Give them for all 7."
            )
        for day, spans in zip(WEEKDAYS, self.hours, strict=True):
            ends = [minute for span in spans for minute in span]
            if ends != sorted(set(ends)) or any(not 0 <= minute <= DAY_MINUTES for minute in ends):
                raise WorkingTimeRefused(
                    f"The hours of {day} are no hours: {spans}.",
                    hint="Each span ends after it begins, the next one begins later, all within 00:00 to 24:00.",
                    day=day,
                )
        if not any(self.hours):
            raise WorkingTimeRefused(
                "Nobody is ever at work.", hint="Give hours for one day of the week at least."
            )

    @classmethod
    def usual(
        cls,
        begins: str,
        ends: str,
        *,
        weekend: str,
        time_zone: str = "UTC",
        holidays: tuple[Holiday, ...] = (),
    ) -> WorkingTime:
        """Return the same hours on each day but those of a weekend.

        Parameters
        ----------
        begins, ends
            Times of the day, ``"09:00"`` and ``"24:00"``.
        weekend
            A key of `WEEKENDS`.
        """
        off, span = WEEKENDS[weekend], (minute_of(begins), minute_of(ends))
        return cls(tuple(() if day in off else (span,) for day in WEEKDAYS), time_zone, holidays)

    def is_open(self, instant: datetime) -> bool:
        """Whether somebody is at work at an aware instant."""
        local = instant.astimezone(ZoneInfo(self.time_zone))
        minute = local.hour * 60 + local.minute
        return any(begins <= minute < ends for begins, ends in self.spans_of(local.date()))

    def spans_of(self, on: date) -> tuple[Span, ...]:
        """Return the hours of a civil day; none on a day off."""
        if on in _off(self.holidays, on.year):
            return ()
        return self.hours[int(weekday(to_day(on)))]

    def add(self, start: datetime, working: timedelta) -> datetime:
        """Return the first instant at which so much working time has passed since ``start``.

        Parameters
        ----------
        start
            Aware; outside of working hours the clock waits for the next opening.
        working
            Not negative. Of none at all the answer is the next instant at which somebody is at work.

        Returns
        -------
        datetime
            UTC. The end of a span rather than the begin of the next one, where both would do.

        Raises
        ------
        NeverOpen
            There is not so much working time within ten years.
        """
        left, since = working, start.astimezone(UTC)
        for begins, ends in self.open_between(since, since + _FAR):
            if working == timedelta(0):
                return begins
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise NeverOpen(
            f"There are not {working} of working time within ten years.",
            hint="Look at the hours and the days off.",
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two aware instants; negative when ``end`` comes first."""
        if end < start:
            return -self.between(end, start)
        spans = self.open_between(start.astimezone(UTC), end.astimezone(UTC))
        return sum((ends - begins for begins, ends in spans), timedelta(0))

    def open_between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of working time from ``start`` up to ``end``, aware instants in UTC, in order."""
        zone = ZoneInfo(self.time_zone)
        day = start.astimezone(zone).date() - timedelta(days=1)
        last = end.astimezone(zone).date()
        while day <= last:
            for begins, ends in _instants(self.spans_of(day), day, self.time_zone):
                first, then = max(begins, start), min(ends, end)
                if first < then:
                    yield first, then
            day += timedelta(days=1)


def minute_of(text: str) -> int:
    """Return a time of the day as its minute.

    Raises
    ------
    WorkingTimeRefused

    Examples
    --------
    >>> minute_of("09:30"), minute_of("24:00")
    (570, 1440)
    """
    hour, _, minute = text.partition(":")
    if hour.isdecimal() and minute.isdecimal() and int(minute) < 60:
        found = int(hour) * 60 + int(minute)
        if found <= DAY_MINUTES:
            return found
    raise WorkingTimeRefused(f"{text[:20]!r} is no time of the day.", hint="Write it as 09:30.")


def time_of(minute: int) -> str:
    """Return a minute of the day as its time.

    >>> time_of(570)
    '09:30'
    """
    return f"{minute // 60:02}:{minute % 60:02}"


@lru_cache(maxsize=4_096)
def _instants(spans: tuple[Span, ...], on: date, zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """Return when the clock of a zone shows the spans of a day, in UTC: parted where it changes within them."""
    if not spans:
        return ()
    midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - what the clock on the wall shows
    found = []
    for since, until, offset in _steady(on, zone):
        for begins, ends in spans:
            first = (midnight + begins * _MINUTE - offset).replace(tzinfo=UTC)
            then = (midnight + ends * _MINUTE - offset).replace(tzinfo=UTC)
            if max(first, since) < min(then, until):
                found.append((max(first, since), min(then, until)))
    return tuple(sorted(found))


def _steady(on: date, zone: str) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield stretches of one offset, in UTC, that cover a civil day wherever its zone is."""
    info = ZoneInfo(zone)
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(days=1)
    end = start + timedelta(days=3)

    def offset(at: datetime) -> timedelta:
        found = at.astimezone(info).utcoffset()
        assert found is not None
        return found

    while start < end:
        of = offset(start)
        until = next(
            (at for hours in range(1, 73) if offset(at := min(start + timedelta(hours=hours), end)) != of),
            end,
        )
        if until < end or offset(end) != of:
            low, high = until - timedelta(hours=1), until  # the change lies in this hour
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == of else (low, middle)
            until = high
        yield start, until, of
        start = until


@lru_cache(maxsize=512)
def _off(holidays: tuple[Holiday, ...], year: int) -> frozenset[date]:
    return days_off(holidays, year)
