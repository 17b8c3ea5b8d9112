"""Dates, times, periods and lengths of time as words of a locale and its calendar."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

from safar.vocabulary.calendar import Calendar, Period, Weekday, to_date, to_day
from safar.vocabulary.calendar import calendar as calendar_named
from safar.vocabulary.time_names import MONTHS, SHORT_MONTHS, WEEKDAY_NAMES, CalendarName, Language
from safar.vocabulary.time_zone import time_zone
from safar.vocabulary.window import from_microseconds, to_microseconds

from .numbers import NO_VALUE, Numbers

#: ``short`` 2026-08-22, ``medium`` 22 Aug 2026, ``long`` 22 August 2026, ``full`` with the day of the week.
Style = Literal["short", "medium", "long", "full"]
#: A civil day (int: days since 1970-01-01), a date, or an aware instant.
Day = int | dt.date | dt.datetime

#: What follows a year to tell its calendar, where the language's readers expect another one.
_ERAS: Final[dict[tuple[CalendarName, Language], str]] = {
    ("hijri", "ar"): "هـ",
    ("hijri", "fa"): "ه‍.ق",
    ("hijri", "en"): "AH",
    ("jalali", "ar"): "هـ.ش",
    ("jalali", "en"): "AP",
}
_RLM: Final = "\u200f"
_SEASONS: Final = ("بهار", "تابستان", "پاییز", "زمستان")
_QUARTERS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("Q1", "Q2", "Q3", "Q4"),
    "fa": ("سه‌ماههٔ اول", "سه‌ماههٔ دوم", "سه‌ماههٔ سوم", "سه‌ماههٔ چهارم"),
    "ar": ("الربع الأول", "الربع الثاني", "الربع الثالث", "الربع الرابع"),
}
_WEEK_OF: Final[dict[Language, str]] = {"en": "Week of", "fa": "هفتهٔ", "ar": "أسبوع"}
_TO: Final[dict[Language, str]] = {"en": "to", "fa": "تا", "ar": "إلى"}
_COMMA: Final[dict[Language, str]] = {"en": ",", "fa": "،", "ar": "،"}


class Dates(Numbers):
    """How a locale writes days and instants; `safar.show.locale.Locale` is one."""

    calendar: CalendarName
    time_zone: str
    week_starts: Weekday

    @property
    def calendar_lens(self) -> Calendar:
        """The calendar that days are named and grouped by."""
        return calendar_named(self.calendar)

    def date(self, day: Day | None, style: Style = "medium") -> str:
        """Return a day in the calendar of the locale.

        Parameters
        ----------
        day
            A civil day, a date, or an aware instant (its day in the locale's time zone). None gives a dash. A day that
            the calendar does not cover is written in the Gregorian one.
        style
            ``"short"`` in digits, ``"medium"`` with a short month name where the language has one,
            ``"long"``, or ``"full"`` with the day of the week.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("fa").date(20687), Locale("en").date(20687)
        ('۳۱ مرداد ۱۴۰۵', '22 Aug 2026')
        """
        if day is None:
            return NO_VALUE
        civil = self._civil(day)
        calendar = self._reaching(civil)
        year, month, of_month = calendar_named(calendar).date(civil)
        if style == "short":
            return self.shape(self._with_era(self._digits_only(year, month, of_month), calendar))
        text = f"{of_month} {self._month(calendar, month, short=style == 'medium')} {year}"
        text = self._with_era(text, calendar)
        if style == "full":
            gap = " " if self.language == "fa" else f"{_COMMA[self.language]} "
            text = f"{self.weekday_name(civil)}{gap}{text}"
        return self.shape(text)

    def time(self, instant: dt.datetime | None, *, seconds: bool = False) -> str:
        """Return the time of day of an aware instant on the locale's clock, 00:00 to 23:59."""
        if instant is None:
            return NO_VALUE
        local = self._local(instant)
        return self.shape(local.strftime("%H:%M:%S" if seconds else "%H:%M"))

    def datetime(self, instant: dt.datetime | None, style: Style = "medium") -> str:
        """Return the day and the time of day of an aware instant on the locale's clock."""
        if instant is None:
            return NO_VALUE
        return f"{self.date(instant, style)}{_COMMA[self.language]} {self.time(instant)}"

    def month_name(self, month: int, *, short: bool = False) -> str:
        """Return the name of a month (1…12) of the locale's calendar."""
        return self._month(self.calendar, month, short=short)

    def weekday_name(self, day: Day) -> str:
        """Return the name of the day of the week that a day falls on."""
        return WEEKDAY_NAMES[self.language][to_date(self._civil(day)).weekday()]

    def period(self, start: Day, period: Period, *, short: bool = False) -> str:
        """Return the name of a period by its first day: a day, ``Week of …``, a month, a quarter, a year.

        Jalali quarters are the seasons, and Persian names them so.

        Parameters
        ----------
        start
            The first day of the period.
        period
            Day, week, month, quarter or year.
        short
            For the ticks of an axis that says the rest: without the year, a week by its first day.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("fa").period(20657, "month"), Locale("en").period(20635, "quarter")
        ('مرداد ۱۴۰۵', 'Q3 2026')
        >>> Locale("en").period(20635, "month", short=True)
        'Jul'
        """
        year, month, of_month = self.calendar_lens.date(self._civil(start))
        if period in ("day", "week"):
            if short:
                return self.shape(f"{of_month} {self.month_name(month, short=True)}")
            return self.date(start) if period == "day" else f"{_WEEK_OF[self.language]} {self.date(start)}"
        names = {
            "month": self.month_name(month, short=short),
            "quarter": self._quarters[(month - 1) // 3],
            "year": "",
        }
        text = f"{names[period]} {year}".strip()
        if short:
            return self.shape(names[period] or text)
        return self.shape(self._with_era(text, self.calendar))

    def range(self, start: Day, end: Day) -> str:
        """Return the days from ``start`` up to, but not including, ``end``, naming what they share once.

        Parameters
        ----------
        start, end
            Civil days, dates, or aware instants; a last day that is only begun by ``end`` counts.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("fa").range(20657, 20688), Locale("en").range(20657, 20688)
        ('۱ تا ۳۱ مرداد ۱۴۰۵', '23 Jul to 22 Aug 2026')
        """
        first = self._civil(start)
        if isinstance(end, dt.datetime):
            last = self._civil(from_microseconds(to_microseconds(end) - 1))
        else:
            last = self._civil(end) - 1
        if last <= first:
            return self.date(first)
        calendar = self._reaching(first)
        if calendar != self._reaching(last):
            return f"{self.date(first)} {_TO[self.language]} {self.date(last)}"
        (year0, month0, day0), (year1, month1, _) = (
            calendar_named(calendar).date(day) for day in (first, last)
        )
        if year0 != year1:
            head = self.date(first)
        elif month0 != month1:
            head = self.shape(f"{day0} {self._month(calendar, month0, short=True)}")
        else:
            head = self.shape(str(day0))
        return f"{head} {_TO[self.language]} {self.date(last)}"

    @property
    def _quarters(self) -> tuple[str, ...]:
        return _SEASONS if (self.language, self.calendar) == ("fa", "jalali") else _QUARTERS[self.language]

    def _reaching(self, civil: int) -> CalendarName:
        """Return the calendar of the locale, or the Gregorian one where it does not reach."""
        lens = self.calendar_lens
        return self.calendar if lens.first_day <= civil < lens.end_day else "gregorian"

    def _month(self, calendar: CalendarName, month: int, *, short: bool) -> str:
        long = MONTHS[calendar][self.language]
        names = SHORT_MONTHS.get((calendar, self.language), long) if short else long
        return names[month - 1]

    def _digits_only(self, year: int, month: int, day: int) -> str:
        if self.language == "ar":
            # marks keep day, month and year in the order of reading, whatever stands around
            return f"{day}{_RLM}/{month}{_RLM}/{year}"
        mark = "-" if self.language == "en" else "/"
        return f"{year}{mark}{month:02}{mark}{day:02}"

    def _with_era(self, text: str, calendar: CalendarName) -> str:
        era = _ERAS.get((calendar, self.language))
        return f"{text}\u00a0{era}" if era else text  # never in a line of its own

    def _civil(self, day: Day) -> int:
        if isinstance(day, dt.datetime):
            return to_day(self._local(day).date())
        return to_day(day) if isinstance(day, dt.date) else int(day)

    def _local(self, instant: dt.datetime) -> dt.datetime:
        to_microseconds(instant)  # refuses an instant without a zone
        return instant.astimezone(time_zone(self.time_zone))
