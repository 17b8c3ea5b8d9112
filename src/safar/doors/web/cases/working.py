"""The working time of a workspace: kept, read, and as usual where nobody said otherwise."""

from __future__ import annotations

from typing import Any, Final

from safar.store.registry import Workspace
from safar.vocabulary.holidays import HOLIDAYS, Holiday
from safar.vocabulary.working_time import WorkingTime

from .models import WorkingCalendar

#: Weekend and country of holidays that are proposed, by the country code of the time zone's city.
_HABITS: Final[dict[str, tuple[str, str]]] = {
    "Asia/Tehran": ("thursday-friday", "IR"),
    "Asia/Riyadh": ("friday-saturday", "SA"),
    "Asia/Dubai": ("saturday-sunday", "AE"),
}
_ELSEWHERE: Final = ("saturday-sunday", "")


def working_time_of(workspace: Workspace) -> WorkingTime:
    """Return when people of a workspace are at work."""
    row = WorkingCalendar.objects.filter(workspace_id=workspace.workspace_id).first()
    if row is None:
        return usual(workspace)
    hours = tuple(tuple((int(begins), int(ends)) for begins, ends in day) for day in row.hours)
    return WorkingTime(hours, workspace.time_zone, tuple(map(holiday_of, row.holidays)))


def usual(workspace: Workspace) -> WorkingTime:
    """Return working time as it is usual where the workspace is: 9 to 17, its weekend, its public holidays."""
    weekend, country = _HABITS.get(workspace.time_zone, _ELSEWHERE)
    return WorkingTime.usual(
        "09:00", "17:00", weekend=weekend, time_zone=workspace.time_zone, holidays=HOLIDAYS.get(country, ())
    )


def holiday_of(told: dict[str, Any]) -> Holiday:
    """Return a day off as `holiday_row` told it.

    Raises
    ------
    HolidayRefused
    """
    return Holiday(told["calendar"], told["month"], told["day"], told.get("year"), told.get("key", ""))


def holiday_row(holiday: Holiday) -> dict[str, Any]:
    """Return a day off as JSON-able data."""
    return {
        "calendar": holiday.calendar,
        "month": holiday.month,
        "day": holiday.day,
        "year": holiday.year,
        "key": holiday.key,
    }
