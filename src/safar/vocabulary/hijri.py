"""The Hijri calendar of Umm al-Qura over columns of days."""

from __future__ import annotations

from typing import Final

import numpy as np
from hijridate import ummalqura

from .civil import Calendar
from .time_zone import Days

#: Julian day number of 1970-01-01, counted from the 2,400,000 that the table counts from.
_EPOCH_RJD: Final = 40_588
_MONTH_STARTS: Final = np.array(ummalqura.MONTH_STARTS, dtype=np.int64) - _EPOCH_RJD
_FIRST_YEAR: Final = ummalqura.HIJRI_RANGE[0][0]
_LAST_YEAR: Final = ummalqura.HIJRI_RANGE[1][0]


class Hijri(Calendar):
    """The Hijri calendar of Umm al-Qura, official in Saudi Arabia, years 1343 to 1500 (1924-08-01 to
    2077-11-16).

    Months are of 29 or 30 days by published tables, not by a formula, so years outside the table are refused.
    Other countries announce months by sighting and may differ by a day.

    Source: table of the `hijridate` library, from archived issues of the Umm al-Qura newspaper and the calendar of King
    Abdulaziz City for Science and Technology. Equal to ICU's on every day of 1420 to 1449.
    """

    name = "hijri"

    def __init__(self) -> None:
        self.first_day, self.end_day = int(_MONTH_STARTS[0]), int(_MONTH_STARTS[-1])

    def first_year(self) -> int:
        """Return 1343."""
        return _FIRST_YEAR

    def last_year(self) -> int:
        """Return 1500."""
        return _LAST_YEAR

    def _ymd(self, days: Days) -> tuple[Days, Days, Days]:
        index = np.searchsorted(_MONTH_STARTS, days, side="right") - 1
        return index // 12 + _FIRST_YEAR, index % 12 + 1, days - _MONTH_STARTS[index] + 1

    def _month_start(self, year: Days, month: Days) -> Days:
        start: Days = _MONTH_STARTS[(year - _FIRST_YEAR) * 12 + month - 1]
        return start


HIJRI: Final = Hijri()
