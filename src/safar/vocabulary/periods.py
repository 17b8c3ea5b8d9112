"""Periods of a calendar as stretches of time: those that touch a window, those before, and the same season."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .calendar import calendar
from .civil import Calendar, Period, Weekday, weekday_number
from .errors import Refusal, nearest
from .time_zone import day_starts, local_days, local_microseconds
from .window import Window

Instants = NDArray[np.int64]
Days = NDArray[np.int64]

#: An hour of the clock, or a period of a calendar.
SeriesPeriod = Literal["hour", "day", "week", "month", "quarter", "year"]
SERIES_PERIODS: Final[tuple[SeriesPeriod, ...]] = get_args(SeriesPeriod)
#: More periods than this are no picture and no table.
MOST_PERIODS: Final = 20_000

_HOUR_US: Final = 3_600_000_000


class PeriodRefused(Refusal, ValueError):
    """Time cannot be cut like this."""

    code = "periods.refused"


@dataclass(frozen=True, slots=True)
class Periodic:
    """How time is cut.

    Parameters
    ----------
    period
        ``hour``, ``day``, ``week``, ``month``, ``quarter`` or ``year``.
    calendar, week_starts, time_zone
        As everywhere: whose months, on which day weeks begin, where.

    Raises
    ------
    PeriodRefused, UnknownCalendar, UnknownPeriod, UnknownTimeZone
    """

    period: SeriesPeriod = "day"
    calendar: str = "gregorian"
    week_starts: Weekday = "monday"
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.period not in SERIES_PERIODS:
            raise PeriodRefused(
                f"{self.period!r} is not a period.",
                hint=nearest(str(self.period), SERIES_PERIODS) or f"Use one of {', '.join(SERIES_PERIODS)}.",
            )
        calendar(self.calendar)
        weekday_number(self.week_starts)
        day_starts([0], self.time_zone)

    @property
    def lens(self) -> Calendar:
        """The calendar."""
        return calendar(self.calendar)

    def touching(self, window: Window, *, before: int = 0) -> Periods:
        """Return the periods that touch a window, whole, and so many before them.

        Raises
        ------
        PeriodRefused
            There are more than `MOST_PERIODS`.
        """
        inside = np.array([window.start_us, max(window.end_us - 1, window.start_us)], np.int64)
        first, last = local_days(inside, self.time_zone).tolist()
        if self.period == "hour":
            return self._hours(inside, before)
        starts = self.lens.period_starts(first, last + 1, self.period, week_starts=self.week_starts)
        self._check(len(starts) + before)
        days = [*self._back(int(starts[0]), self.period, before), *starts.tolist()]
        days.append(int(self.lens.period_end(starts[-1:], self.period)[0]))
        edges = day_starts(np.array(days, np.int64), self.time_zone)
        return Periods(edges[:-1], edges[1:])

    def same_season(self, periods: Periods, season: str) -> Periods:
        """Return for each period the one of the year before in the calendar of a season.

        Nowruz is a day of the Jalali year, Ramadan a month of the Hijri year, Christmas a day of the Gregorian one: a
        day is mapped to the day of the same month and number a year before, in that calendar; to the last day of the
        month where it had fewer. Hours keep their distance from midnight. A week is mapped by its first day and has
        seven days. Longer periods are mapped by their first day and the day after their last.

        Raises
        ------
        UnknownCalendar, DateOutOfRange
        """
        lens = calendar(season)
        first = local_days(periods.starts, self.time_zone)
        starts = _year_before(lens, first)
        if self.period == "hour":
            offset = periods.starts - day_starts(first, self.time_zone)
            begins = day_starts(starts, self.time_zone) + offset
            return Periods(begins, begins + (periods.ends - periods.starts))
        if self.period in {"day", "week"}:
            ends = starts + (1 if self.period == "day" else 7)
        else:
            ends = _year_before(lens, local_days(periods.ends, self.time_zone))
        return Periods(day_starts(starts, self.time_zone), day_starts(ends, self.time_zone))

    def cycle(self, periods: Periods) -> NDArray[np.int64] | None:
        """Return each period's place in what repeats: hour of the week, day of the week, month or quarter of the year.

        None where nothing does.
        """
        if self.period in {"hour", "day"}:
            shown = local_microseconds(periods.starts, self.time_zone)
            unit = _HOUR_US if self.period == "hour" else 24 * _HOUR_US
            return np.mod(np.floor_divide(shown, unit), 168 if self.period == "hour" else 7)
        if self.period in {"month", "quarter"}:
            month = self.lens.ymd(local_days(periods.starts, self.time_zone))[1]
            return (month - 1) // (1 if self.period == "month" else 3)
        return None

    def _hours(self, inside: Instants, before: int) -> Periods:
        self._check(int((inside[1] - inside[0]) // _HOUR_US) + before)
        low, high = int(inside[0]) - (before + 1) * _HOUR_US, int(inside[1])
        first, last = local_days(np.array([low, high]), self.time_zone).tolist()
        midnights = day_starts(np.arange(first, last + 2), self.time_zone)
        hours = [
            np.arange(start, end, _HOUR_US, dtype=np.int64) for start, end in pairwise(midnights.tolist())
        ]
        edges = np.append(np.concatenate(hours), midnights[-1])
        here = int(np.searchsorted(edges, inside[0], side="right")) - 1
        stop = int(np.searchsorted(edges, inside[1], side="right"))
        edges = edges[here - before : stop + 1]
        return Periods(edges[:-1], edges[1:])

    def _back(self, first: int, period: Period, count: int) -> list[int]:
        """Return the first days of so many periods before the one that starts on a day; fewer at the calendar's end."""
        days: list[int] = []
        for _ in range(count):
            if first <= self.lens.first_day:
                break
            first = int(self.lens.period_start([first - 1], period, week_starts=self.week_starts)[0])
            days.append(first)
        return days[::-1]

    @staticmethod
    def _check(count: int) -> None:
        if count > MOST_PERIODS:
            raise PeriodRefused(
                f"The window is cut into {count:,} periods.",
                hint=f"Ask for longer periods or a shorter window: at most {MOST_PERIODS:,}.",
            )


BY_DAY: Final = Periodic()


def _year_before(lens: Calendar, days: Days) -> Days:
    year, month, day = lens.ymd(days)
    firsts = lens.days(year - 1, month, np.ones_like(day))
    lengths = lens.period_end(firsts, "month") - firsts
    found: Days = firsts + np.minimum(day, lengths) - 1
    return found


@dataclass(frozen=True, slots=True)
class Periods:
    """Stretches of time in microseconds UTC, each from ``starts[i]`` up to ``ends[i]``, in order of their starts."""

    starts: Instants
    ends: Instants

    def __len__(self) -> int:
        return len(self.starts)

    def windows(self) -> list[Window]:
        """Return them as windows."""
        return [
            Window.from_us(start, end)
            for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        ]

    def cut(self, since: int, until: int) -> Periods:
        """Return what of each lies inside these bounds; one that is wholly outside is empty."""
        starts = np.clip(self.starts, since, max(since, until))
        return Periods(starts, np.maximum(np.clip(self.ends, since, max(since, until)), starts))

    def of(self, places: NDArray[np.int64]) -> Periods:
        """Return the periods at these places."""
        return Periods(self.starts[places], self.ends[places])

    def apart(self) -> list[NDArray[np.int64]]:
        """Return the places of all that are not empty, in as few groups as it takes that none overlap within one.

        Weeks of the same season can overlap by a day, and two days can be the same day of a shorter month.
        """
        there = np.flatnonzero(self.starts < self.ends)
        if (self.ends[there[:-1]] <= self.starts[there[1:]]).all():
            return [there] if len(there) else []
        groups: list[list[int]] = []
        reached: list[int] = []
        for place, (start, end) in enumerate(zip(self.starts.tolist(), self.ends.tolist(), strict=True)):
            if start == end:
                continue
            free = next((group for group, until in enumerate(reached) if until <= start), len(groups))
            if free == len(groups):
                groups.append([])
                reached.append(end)
            groups[free].append(place)
            reached[free] = end
        return [np.array(group, np.int64) for group in groups]
