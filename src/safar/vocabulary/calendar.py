"""The calendars Safar knows, by name.

>>> calendar("jalali").date(20_687)
CivilDate(year=1405, month=5, day=31)
"""

from __future__ import annotations

from typing import Final

from .civil import (
    PERIODS,
    WEEKDAYS,
    Calendar,
    CivilDate,
    DateOutOfRange,
    NoSuchDate,
    Period,
    UnknownPeriod,
    Weekday,
    to_date,
    to_day,
    weekday,
    weekday_number,
)
from .errors import Refusal, nearest
from .gregorian import GREGORIAN
from .hijri import HIJRI
from .jalali import JALALI

__all__ = [
    "CALENDARS",
    "GREGORIAN",
    "HIJRI",
    "JALALI",
    "PERIODS",
    "WEEKDAYS",
    "Calendar",
    "CivilDate",
    "DateOutOfRange",
    "NoSuchDate",
    "Period",
    "UnknownCalendar",
    "UnknownPeriod",
    "Weekday",
    "calendar",
    "to_date",
    "to_day",
    "weekday",
    "weekday_number",
]

#: Every calendar by its name.
CALENDARS: Final[dict[str, Calendar]] = {each.name: each for each in (GREGORIAN, JALALI, HIJRI)}


class UnknownCalendar(Refusal, LookupError):
    """Neither gregorian, jalali nor hijri."""

    code = "calendar.unknown"


def calendar(name: str) -> Calendar:
    """Return the calendar of that name: ``"gregorian"``, ``"jalali"`` or ``"hijri"`` (Umm al-Qura).

    Raises
    ------
    UnknownCalendar
        When there is no such calendar; the hint names the nearest.
    """
    try:
        return CALENDARS[name]
    except KeyError:
        hint = nearest(name.lower(), CALENDARS) or f"Use one of {', '.join(CALENDARS)}."
        raise UnknownCalendar(f"{name!r} is not a calendar.", hint=hint, calendar=name) from None
