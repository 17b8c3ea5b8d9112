"""What every calendar does: name civil days by year, month and day, and group instants by its periods.

A civil day is a number: days since 1970-01-01 of the Gregorian calendar, the same day in every calendar.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from .errors import Refusal, nearest
from .time_zone import Days, day_starts, local_days
from .window import Window

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Period = Literal["day", "week", "month", "quarter", "year"]

WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
PERIODS: Final[tuple[Period, ...]] = get_args(Period)
_MONTHS_PER: Final[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}
_EPOCH_ORDINAL: Final = dt.date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY: Final = WEEKDAYS.index("thursday")


class CivilDate(NamedTuple):
    """A day as a calendar names it."""

    year: int
    month: int
    day: int


class DateOutOfRange(Refusal, ValueError):
    """The calendar does not reach that day."""

    code = "calendar.out_of_range"


class NoSuchDate(Refusal, ValueError):
    """The calendar has no such day: a 13th month, a 31st of a month of 30."""

    code = "calendar.no_such_date"


class UnknownPeriod(Refusal, LookupError):
    """Neither day, week, month, quarter nor year; or no day of the week."""

    code = "calendar.unknown_period"


def to_day(date: dt.date) -> int:
    """Return a date as a civil day number.

    >>> to_day(dt.date(1970, 1, 2))
    1
    """
    return date.toordinal() - _EPOCH_ORDINAL


def to_date(day: int) -> dt.date:
    """Return the (Gregorian) date of a civil day number.

    >>> to_date(1).isoformat()
    '1970-01-02'
    """
    return dt.date.fromordinal(int(day) + _EPOCH_ORDINAL)


def weekday(days: ArrayLike) -> Days:
    """Return the day of the week of civil days: 0 Monday … 6 Sunday, as `datetime.date.weekday`."""
    of_week: Days = np.mod(np.asarray(days, dtype=np.int64) + _EPOCH_WEEKDAY, 7)
    return of_week


def weekday_number(name: str) -> int:
    """Return 0 for ``"monday"`` … 6 for ``"sunday"``.

    Raises
    ------
    UnknownPeriod
        When the name is no day of the week.
    """
    if name not in WEEKDAYS:
        raise UnknownPeriod(
            f"{name!r} is not a day of the week.",
            hint=nearest(str(name).lower(), WEEKDAYS) or f"Use one of {', '.join(WEEKDAYS)}.",
            name=str(name),
        )
    return WEEKDAYS.index(name)


class Calendar(ABC):
    """A way to name and group civil days.

    Attributes
    ----------
    name
        ``"gregorian"``, ``"jalali"`` or ``"hijri"``.
    first_day, end_day
        Civil days the calendar covers, half-open. Days beyond are refused.
    """

    name: str
    first_day: int
    end_day: int

    @abstractmethod
    def _ymd(self, days: Days) -> tuple[Days, Days, Days]:
        """Return year, month and day of days that are in range."""

    @abstractmethod
    def _month_start(self, year: Days, month: Days) -> Days:
        """Return the first civil day of months; month 13 is the first of the next year. Unchecked."""

    @abstractmethod
    def first_year(self) -> int:
        """Return the first year that is wholly covered."""

    @abstractmethod
    def last_year(self) -> int:
        """Return the last year that is wholly covered."""

    def ymd(self, days: ArrayLike) -> tuple[Days, Days, Days]:
        """Return year, month (1…12) and day of the month (1…31) of civil days, as int64 arrays.

        Raises
        ------
        DateOutOfRange
            When a day lies outside the calendar's range; the message says which.
        """
        asked = np.asarray(days, dtype=np.int64)
        self._check_days(asked)
        return self._ymd(asked)

    def days(self, year: ArrayLike, month: ArrayLike, day: ArrayLike) -> Days:
        """Return the civil days of dates of this calendar, as an int64 array.

        Raises
        ------
        DateOutOfRange
            When a year lies outside the calendar's range.
        NoSuchDate
            When a month or a day of the month does not exist; the first such date is named.
        """
        years, months, days = np.broadcast_arrays(
            *(np.asarray(part, dtype=np.int64) for part in (year, month, day))
        )
        outside = (years < self.first_year()) | (years > self.last_year())
        if outside.any():
            raise self._out_of_range(f"year {int(years[outside].flat[0])}")
        wrong = (months < 1) | (months > 12)
        starts = self._month_start(years, np.where(wrong, 1, months))
        wrong |= (days < 1) | (days > self._month_start(years, np.where(wrong, 2, months + 1)) - starts)
        if wrong.any():
            first = "-".join(f"{int(part[wrong].flat[0]):02}" for part in (years, months, days))
            raise NoSuchDate(
                f"The {self.name} calendar has no {first}.",
                hint="Check the month (1 to 12) and the day of the month.",
                date=first,
                calendar=self.name,
            )
        civil: Days = starts + days - 1
        return civil

    def date(self, day: int) -> CivilDate:
        """Return one civil day as this calendar names it."""
        return _date(self, int(day))

    def day(self, year: int, month: int, day: int) -> int:
        """Return the civil day of one date of this calendar."""
        return int(self.days(year, month, day))

    def period_start(self, days: ArrayLike, period: Period, *, week_starts: Weekday = "monday") -> Days:
        """Return the first civil day of the period that each day lies in.

        Parameters
        ----------
        days
            Civil days.
        period
            ``"day"``, ``"week"``, ``"month"``, ``"quarter"`` (months 1–3, 4–6, …) or ``"year"`` of this
            calendar.
        week_starts
            The first day of the week: ``"saturday"`` in Iran, ``"sunday"`` or ``"saturday"`` in the Arab
            world, ``"monday"`` by ISO 8601.
        """
        asked = np.asarray(days, dtype=np.int64)
        self._check_days(asked)
        if period == "day":
            return asked
        if period == "week":
            start: Days = asked - np.mod(weekday(asked) - weekday_number(week_starts), 7)
            return start
        months = self._months_per(period)
        year, month, _ = self._ymd(asked)
        return self._month_start(year, (month - 1) // months * months + 1)

    def period_end(self, starts: ArrayLike, period: Period) -> Days:
        """Return the civil day after the last one of periods that start on ``starts``."""
        asked = np.asarray(starts, dtype=np.int64)
        self._check_days(asked)
        if period in ("day", "week"):
            end: Days = asked + (1 if period == "day" else 7)
            return end
        year, month, _ = self._ymd(asked)
        return self._month_start(year, month + self._months_per(period))

    def period_of(
        self,
        instants_us: ArrayLike,
        period: Period,
        time_zone: str,
        *,
        week_starts: Weekday = "monday",
    ) -> Days:
        """Return the first civil day of the period that each instant lies in.

        Parameters
        ----------
        instants_us
            Microseconds since 1970-01-01 UTC; millions at a time.
        period, week_starts
            As in `period_start`.
        time_zone
            IANA name: the same instant may be another day elsewhere.

        Examples
        --------
        >>> from safar.vocabulary.calendar import JALALI
        >>> start = JALALI.period_of([1_787_000_000_000_000], "month", "Asia/Tehran")
        >>> JALALI.date(start[0])
        CivilDate(year=1405, month=5, day=1)
        """
        days = local_days(instants_us, time_zone)
        if days.size == 0 or period == "day":
            return self.period_start(days, period)
        low, high = int(days.min()), int(days.max())
        if high - low > max(days.size, 1024):
            return self.period_start(days, period, week_starts=week_starts)
        # far fewer days than instants: name each day once
        return self.period_start(np.arange(low, high + 1), period, week_starts=week_starts)[days - low]

    def period_starts(
        self, first_day: int, end_day: int, period: Period, *, week_starts: Weekday = "monday"
    ) -> Days:
        """Return the starts of all periods that touch the civil days from ``first_day`` up to ``end_day``, in
        order.

        For axes without gaps: a period in which nothing happened is there too. The first start may lie before
        ``first_day``.
        """
        if end_day <= first_day:
            return np.empty(0, dtype=np.int64)
        if period == "day":
            self._check_days(np.array([first_day, end_day - 1]))
            return np.arange(first_day, end_day, dtype=np.int64)
        first, last = self.period_start([first_day, end_day - 1], period, week_starts=week_starts).tolist()
        if period == "week":
            return np.arange(first, last + 1, 7, dtype=np.int64)
        months = self._months_per(period)
        (year0, year1), (month0, month1), _ = self._ymd(np.array([first, last]))
        index = np.arange(year0 * 12 + month0 - 1, year1 * 12 + month1, months)
        return self._month_start(index // 12, index % 12 + 1)

    def window(self, first_day: int, end_day: int, time_zone: str) -> Window:
        """Return the instants from the start of ``first_day`` to the start of ``end_day`` in a time zone."""
        start, end = day_starts([first_day, end_day], time_zone).tolist()
        return Window.from_us(start, end)

    def _months_per(self, period: str) -> int:
        if period not in _MONTHS_PER:
            raise UnknownPeriod(
                f"{period!r} is not a period.",
                hint=nearest(str(period), PERIODS) or f"Use one of {', '.join(PERIODS)}.",
                name=str(period),
            )
        return _MONTHS_PER[period]

    def _check_days(self, days: Days) -> None:
        if days.size and not self.first_day <= days.min() <= days.max() < self.end_day:
            outside = (days < self.first_day) | (days >= self.end_day)
            raise self._out_of_range(_iso(int(days[outside].flat[0])))

    def _out_of_range(self, what: str) -> DateOutOfRange:
        first, last = self.first_year(), self.last_year()
        return DateOutOfRange(
            f"The {self.name} calendar reaches from year {first} to {last}, not to {what}.",
            hint=f"Use {_iso(self.first_day)} to {_iso(self.end_day - 1)} (Gregorian), or another calendar.",
            calendar=self.name,
            first_year=first,
            last_year=last,
        )

    def __repr__(self) -> str:
        return f"<{self.name} calendar>"


@lru_cache(maxsize=16384)
def _date(calendar: Calendar, day: int) -> CivilDate:
    year, month, of_month = calendar.ymd(day)
    return CivilDate(int(year), int(month), int(of_month))


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))
