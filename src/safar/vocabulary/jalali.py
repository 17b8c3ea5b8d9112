"""The Jalali (Solar Hijri) calendar of Iran and Afghanistan over columns of days."""

from __future__ import annotations

from typing import Final

import numpy as np

from .civil import Calendar
from .time_zone import Days

_FIRST_YEAR: Final = 1178
_LAST_YEAR: Final = 1633
#: Days before each month of a year; month 13 is the first of the next common year.
_BEFORE: Final = np.array([0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336, 365], dtype=np.int64)
_CYCLE_YEARS: Final = 33
_CYCLE_DAYS: Final = 12053
#: 1 Farvardin 979, the start of a cycle, in days since 1970-01-01.
_CYCLE_START: Final = -135_061


class Jalali(Calendar):
    """The Jalali calendar, years 1178 to 1633 (1799-03-21 to 2255-03-20).

    The year starts on the day of the March equinox when it comes before noon at 52.5° E, else on the next. Within
    these years a rule gives the same: a year has 366 days when its remainder by 33 is 1, 5, 9, 13, 17, 22, 26 or 30.
    Outside it does not, so those years are refused. Of the years to come, 1503 and 1602 start within two minutes of
    noon, so the authority may yet set them a day earlier. (The 2820-year cycle of Birashk differs already
    at 1403: not used.)

    Source: K. M. Borkowski, "The Persian calendar for 3000 years", Earth, Moon, and Planets 74 (1996),
    223–230; rule as in the `jalali` routines of R. Pournader and M. Toossi (2001). Checked day by day against
    `jdatetime`.
    """

    name = "jalali"

    def __init__(self) -> None:
        bounds = np.array([_FIRST_YEAR, _LAST_YEAR + 1])
        self.first_day, self.end_day = self._month_start(bounds, np.array([1, 1])).tolist()

    def first_year(self) -> int:
        """Return 1178."""
        return _FIRST_YEAR

    def last_year(self) -> int:
        """Return 1633."""
        return _LAST_YEAR

    def _ymd(self, days: Days) -> tuple[Days, Days, Days]:
        cycle, day = np.divmod(days - _CYCLE_START, _CYCLE_DAYS)
        year = _YEAR_OF_DAY[day]
        of_year = day - _DAYS_BEFORE_YEAR[year]
        month = _MONTH_OF_DAY[of_year]
        return 979 + cycle * _CYCLE_YEARS + year, month + 1, of_year - _BEFORE[month] + 1

    def _month_start(self, year: Days, month: Days) -> Days:
        turned, index = np.divmod(month - 1, 12)
        cycle, of_cycle = np.divmod(year + turned - 979, _CYCLE_YEARS)
        start: Days = _CYCLE_START + cycle * _CYCLE_DAYS + _DAYS_BEFORE_YEAR[of_cycle] + _BEFORE[index]
        return start


_YEARS: Final = np.arange(_CYCLE_YEARS + 1)
_DAYS_BEFORE_YEAR: Final = 365 * _YEARS + (_YEARS + 3) // 4 - (_YEARS > 32)
_YEAR_OF_DAY: Final = np.searchsorted(_DAYS_BEFORE_YEAR, np.arange(_CYCLE_DAYS), side="right") - 1
_MONTH_OF_DAY: Final = np.minimum(np.searchsorted(_BEFORE, np.arange(366), side="right") - 1, 11)

JALALI: Final = Jalali()
