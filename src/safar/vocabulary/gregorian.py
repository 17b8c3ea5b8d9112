"""The Gregorian calendar over columns of days."""

from __future__ import annotations

from typing import Final

import numpy as np

from .civil import Calendar
from .time_zone import Days

_FIRST_YEAR: Final = 1
_LAST_YEAR: Final = 9999


class Gregorian(Calendar):
    """The proleptic Gregorian calendar, years 1 to 9999, as `datetime.date` counts them."""

    name = "gregorian"

    def __init__(self) -> None:
        bounds = np.array([_FIRST_YEAR, _LAST_YEAR + 1])
        self.first_day, self.end_day = self._month_start(bounds, np.array([1, 1])).tolist()

    def first_year(self) -> int:
        """Return 1."""
        return _FIRST_YEAR

    def last_year(self) -> int:
        """Return 9999."""
        return _LAST_YEAR

    def _ymd(self, days: Days) -> tuple[Days, Days, Days]:
        dates = days.astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        index = months.astype(np.int64)
        return (
            index // 12 + 1970,
            index % 12 + 1,
            (dates - months.astype("datetime64[D]")).astype(np.int64) + 1,
        )

    def _month_start(self, year: Days, month: Days) -> Days:
        months: Days = (year - 1970) * 12 + month - 1
        return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


GREGORIAN: Final = Gregorian()
