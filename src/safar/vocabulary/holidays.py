"""Days off: by which calendar they come back, and which ones are certain enough to be offered.

A Hijri month begins when its moon was seen, which no calculation knows: days of that calendar are marked as calculated
(Umm al-Qura), and whoever uses them corrects the year at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from .calendar import CALENDARS, to_date, to_day
from .civil import DateOutOfRange
from .errors import Refusal
from .time_names import CalendarName


class HolidayRefused(Refusal, ValueError):
    """It is no day off: no such month or day."""

    code = "working_time.holiday_refused"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off.

    Parameters
    ----------
    calendar
        By which it comes back: ``gregorian``, ``jalali`` or ``hijri``.
    month, day
        Of that calendar. A day that a month does not have in some year is its last one.
    year
        Of that calendar, for a day off that comes once; None for one that comes every year.
    key
        What it is called: a key of `HOLIDAY_KEYS`, or a name of the company's own.

    Raises
    ------
    HolidayRefused, UnknownCalendar
    """

    calendar: CalendarName
    month: int
    day: int
    year: int | None = None
    key: str = ""

    def __post_init__(self) -> None:
        if self.calendar not in CALENDARS or not 1 <= self.month <= 12 or not 1 <= self.day <= 31:
            raise HolidayRefused(
                f"There is no {self.month}-{self.day} in the {self.calendar} calendar.",
                hint="Give a calendar, a month from 1 to 12 and a day from 1 to 31.",
            )

    @property
    def is_calculated(self) -> bool:
        """Whether the day is computed and may turn out to be the one before or after."""
        return self.calendar == "hijri"

    def in_year(self, year: int) -> tuple[date, ...]:
        """Return the (Gregorian) dates of the day off that lie in a Gregorian year: none, one, or two of a Hijri one.

        Examples
        --------
        >>> Holiday("jalali", 1, 1).in_year(2026)
        (datetime.date(2026, 3, 21),)
        """
        calendar = CALENDARS[self.calendar]
        try:
            first = calendar.date(to_day(date(year, 1, 1))).year
            last = calendar.date(to_day(date(year, 12, 31))).year
        except DateOutOfRange:  # the Umm al-Qura calendar ends in 2077: beyond it nothing is known
            return ()
        found = (_day(self, each) for each in range(first, last + 1) if self.year in {None, each})
        return tuple(day for day in found if day is not None and day.year == year)


def _day(holiday: Holiday, year: int) -> date | None:
    calendar = CALENDARS[holiday.calendar]
    try:
        start = calendar.day(year, holiday.month, 1)
        length = int(calendar.period_end(start, "month")) - start
        return to_date(start + min(holiday.day, length) - 1)
    except DateOutOfRange:
        return None


def days_off(holidays: Iterable[Holiday], year: int) -> frozenset[date]:
    """Return the dates of days off that lie in a Gregorian year."""
    return frozenset(day for each in holidays for day in each.in_year(year))


def _fixed(calendar: CalendarName, *days: tuple[int, int, str]) -> tuple[Holiday, ...]:
    return tuple(Holiday(calendar, month, day, None, key) for month, day, key in days)


#: Public holidays by country, the fixed ones first. Each is set by law; of Hijri ones only the calendar's day is.
HOLIDAYS: Final[Mapping[str, tuple[Holiday, ...]]] = MappingProxyType(
    {
        # Law on public holidays of Iran (1358, with its amendments).
        "IR": (
            *_fixed(
                "jalali",
                (1, 1, "nowruz"),
                (1, 2, "nowruz"),
                (1, 3, "nowruz"),
                (1, 4, "nowruz"),
                (1, 12, "islamic_republic"),
                (1, 13, "nature"),
                (3, 14, "khomeini"),
                (3, 15, "khordad"),
                (11, 22, "revolution"),
                (12, 29, "oil"),
            ),
            *_fixed(
                "hijri",
                (1, 9, "tasua"),
                (1, 10, "ashura"),
                (2, 20, "arbaeen"),
                (2, 28, "prophet_death"),
                (2, 30, "reza"),
                (3, 8, "askari"),
                (3, 17, "prophet_birth"),
                (6, 3, "fatima"),
                (7, 13, "ali_birth"),
                (7, 27, "mission"),
                (8, 15, "mahdi"),
                (9, 21, "ali_death"),
                (10, 1, "fitr"),
                (10, 2, "fitr"),
                (10, 25, "sadiq"),
                (12, 10, "adha"),
                (12, 18, "ghadir"),
            ),
        ),
        # Saudi Arabia: national days by royal decree, both feasts by the labour law.
        "SA": (
            *_fixed("gregorian", (2, 22, "founding"), (9, 23, "saudi_national")),
            *_fixed(
                "hijri",
                (10, 1, "fitr"),
                (10, 2, "fitr"),
                (10, 3, "fitr"),
                (12, 9, "arafah"),
                (12, 10, "adha"),
                (12, 11, "adha"),
                (12, 12, "adha"),
            ),
        ),
        # United Arab Emirates: cabinet resolution 27 of 2024.
        "AE": (
            *_fixed("gregorian", (1, 1, "new_year"), (12, 2, "uae_union"), (12, 3, "uae_union")),
            *_fixed(
                "hijri",
                (1, 1, "hijri_new_year"),
                (3, 12, "prophet_birth"),
                (10, 1, "fitr"),
                (10, 2, "fitr"),
                (10, 3, "fitr"),
                (12, 9, "arafah"),
                (12, 10, "adha"),
                (12, 11, "adha"),
                (12, 12, "adha"),
            ),
        ),
    }
)
#: Every key that a preset uses; pages have words for them.
HOLIDAY_KEYS: Final = tuple(dict.fromkeys(each.key for days in HOLIDAYS.values() for each in days))
