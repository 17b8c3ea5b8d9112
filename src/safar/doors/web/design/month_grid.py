"""One month of the reader's calendar as a grid of days: what the calendar beside a date field shows.

All arithmetic of calendars is here and in `safar.vocabulary`; the browser only says which day it stands on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal, get_args

from safar.show.locale import Locale
from safar.vocabulary.calendar import calendar as calendar_named
from safar.vocabulary.calendar import to_day, weekday, weekday_number
from safar.vocabulary.dates import FIRST_YEAR, LAST_YEAR
from safar.vocabulary.time_names import SHORT_WEEKDAYS, WEEKDAY_NAMES
from safar.vocabulary.time_zone import time_zone

Move = Literal["", "previous-month", "next-month", "previous-year", "next-year"]
MOVES: Final[tuple[Move, ...]] = get_args(Move)
_MONTHS: Final[dict[str, int]] = {
    "": 0,
    "previous-month": -1,
    "next-month": 1,
    "previous-year": -12,
    "next-year": 12,
}


@dataclass(frozen=True, slots=True)
class GridDay:
    """One day of the grid.

    Attributes
    ----------
    day
        Civil day: days since 1970-01-01.
    shown, spoken
        Its number in the month, and all of it in words.
    typed
        What is written into the field.
    is_today, is_chosen, is_focus
        Whether it is today, stands in the field, takes the keyboard's focus.
    """

    day: int
    shown: str
    spoken: str
    typed: str
    is_today: bool
    is_chosen: bool
    is_focus: bool


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """A month.

    Attributes
    ----------
    title
        "آبان ۱۴۰۵".
    weekdays
        Short and long names, from the first day of the week.
    weeks
        Seven places each; None before the first and after the last day of the month.
    focus
        The civil day that has the focus.
    """

    title: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[GridDay | None, ...], ...]
    focus: int


def month_grid(
    locale: Locale,
    *,
    today: dt.date,
    chosen: dt.date | None = None,
    focus: int | None = None,
    move: Move = "",
) -> MonthGrid:
    """Return the month around a day.

    Parameters
    ----------
    locale
        Whose calendar, digits and first day of the week.
    today, chosen
        The day it is and the day in the field.
    focus
        The civil day the keyboard stands on; by default the chosen one, else today.
    move
        From there to the same day of a month or year before or after, or the last one that month has.
    """
    calendar = calendar_named(locale.calendar)
    first = max(to_day(dt.date(FIRST_YEAR, 1, 1)), calendar.first_day)
    last = min(to_day(dt.date(LAST_YEAR, 12, 31)), calendar.end_day - 1)
    stand = focus if focus is not None else to_day(chosen or today)
    stand = _moved(locale, min(max(stand, first), last), move, first, last)

    start = int(calendar.period_start([stand], "month")[0])
    end = int(calendar.period_end([start], "month")[0])
    lead = (int(weekday([start])[0]) - weekday_number(locale.week_starts)) % 7
    chosen_day = None if chosen is None else to_day(chosen)
    days: list[GridDay | None] = [None] * lead
    for number, day in enumerate(range(start, end), 1):
        if not first <= day <= last:
            days.append(None)
            continue
        year, month, _ = calendar.date(day)
        days.append(
            GridDay(
                day=day,
                shown=locale.shape(str(number)),
                spoken=locale.date(day, "full"),
                typed=f"{year}/{month:02}/{number:02}",
                is_today=day == to_day(today),
                is_chosen=day == chosen_day,
                is_focus=day == stand,
            )
        )
    days += [None] * (-len(days) % 7)
    starts = weekday_number(locale.week_starts)
    names = [
        (
            SHORT_WEEKDAYS[locale.language][(starts + place) % 7],
            WEEKDAY_NAMES[locale.language][(starts + place) % 7],
        )
        for place in range(7)
    ]
    return MonthGrid(
        title=locale.period(start, "month"),
        weekdays=tuple(names),
        weeks=tuple(tuple(days[place : place + 7]) for place in range(0, len(days), 7)),
        focus=stand,
    )


def _moved(locale: Locale, day: int, move: Move, first: int, last: int) -> int:
    """Return the same day of another month, clamped to that month's length and to the days that may be typed."""
    months = _MONTHS[move]
    if not months:
        return day
    calendar = calendar_named(locale.calendar)
    year, month, of_month = calendar.date(day)
    turned, index = divmod(month - 1 + months, 12)
    if not calendar.first_year() <= year + turned <= calendar.last_year():
        return day
    start = calendar.day(year + turned, index + 1, 1)
    end = int(calendar.period_end([start], "month")[0])
    return min(max(min(start + of_month, end) - 1, first), last)


def today_in(locale: Locale, now: dt.datetime) -> dt.date:
    """Return the day it is on the reader's clock."""
    return now.astimezone(time_zone(locale.time_zone)).date()
