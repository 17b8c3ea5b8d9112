"""The working time of a workspace: hours of each day, days off, and when something is due by them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.cases.services import keep_working_time
from safar.doors.web.cases.working import working_time_of
from safar.doors.web.members.policies import Capability
from safar.vocabulary.calendar import WEEKDAYS
from safar.vocabulary.holidays import HOLIDAYS, Holiday
from safar.vocabulary.working_time import WorkingTime, minute_of, time_of

from .credentials import ApiRequest, Token
from .shapes import Body, Page

router = Router(tags=["Cases"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_CHANGE: Final = Token(Capability.CHANGE_RULES)
_Time = Annotated[str, Field(max_length=5, examples=["09:00", "24:00"])]
_Spans = Annotated[list[tuple[_Time, _Time]], Field(max_length=24)]


class HolidayBody(Body):
    """A day off."""

    calendar: Literal["gregorian", "jalali", "hijri"] = Field(description="By which it comes back.")
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    year: Annotated[int, Field(ge=1, le=9_999)] | None = Field(
        default=None, description="Of that calendar, for a day off that comes once; null for every year."
    )
    name: Annotated[str, Field(max_length=60)] = Field(
        default="", description="A name of your own, or a key of `GET working-time/holidays`."
    )


class WeekHours(Body):
    """The hours of each day of the week: spans of times, in order; none on a day off."""

    monday: _Spans = Field(default_factory=list)
    tuesday: _Spans = Field(default_factory=list)
    wednesday: _Spans = Field(default_factory=list)
    thursday: _Spans = Field(default_factory=list)
    friday: _Spans = Field(default_factory=list)
    saturday: _Spans = Field(default_factory=list)
    sunday: _Spans = Field(default_factory=list)


class WorkingTimeBody(Body):
    """When people are at work."""

    hours: WeekHours
    holidays: Annotated[list[HolidayBody], Field(max_length=200)] = Field(default_factory=list)


class WorkingTimeShape(WorkingTimeBody):
    """When people of a workspace are at work."""

    time_zone: str = Field(description="Of the workspace.")


class HolidayShape(HolidayBody):
    """A public holiday that may be taken over."""

    is_calculated: bool = Field(
        description="Whether the day is computed and may turn out to be the one before or after."
    )
    days: list[date] = Field(description="In this year and the next one.")


class DueShape(Schema):
    """When something that is asked at an instant is due."""

    asked_at: AwareDatetime
    due_at: AwareDatetime


@router.get("working-time", auth=_SEE, response=WorkingTimeShape)
def get_working_time(request: ApiRequest) -> WorkingTimeShape:
    """Return when people are at work; the usual hours of the time zone where nobody said otherwise."""
    place = request.auth.workspace
    now = working_time_of(place)
    hours = {
        day: [(time_of(begins), time_of(ends)) for begins, ends in spans]
        for day, spans in zip(WEEKDAYS, now.hours, strict=True)
    }
    return WorkingTimeShape(
        hours=WeekHours(**hours),
        holidays=[HolidayBody(**_told(each)) for each in now.holidays],
        time_zone=place.time_zone,
    )


@router.put("working-time", auth=_CHANGE, response=WorkingTimeShape)
def put_working_time(request: ApiRequest, said: WorkingTimeBody) -> WorkingTimeShape:
    """Say when people are at work; cases that are open keep their due times."""
    hours = [
        tuple((minute_of(begins), minute_of(ends)) for begins, ends in getattr(said.hours, day))
        for day in WEEKDAYS
    ]
    holidays = [Holiday(each.calendar, each.month, each.day, each.year, each.name) for each in said.holidays]
    keep_working_time(request.auth.workspace, hours, holidays, by=request.auth.actor)
    return get_working_time(request)


@router.get("working-time/holidays", auth=_SEE, response=Page[HolidayShape])
def list_public_holidays(
    request: ApiRequest, country: Annotated[Literal["IR", "SA", "AE"], Query(description="ISO 3166.")]
) -> Page[HolidayShape]:
    """List the public holidays of a country that are set by law, to be taken over: all on one page."""
    this = datetime.now(UTC).year
    items = [
        HolidayShape(
            **_told(each),
            is_calculated=each.is_calculated,
            days=[day for year in (this, this + 1) for day in each.in_year(year)],
        )
        for each in HOLIDAYS[country]
    ]
    return Page(items=items, next=None)


@router.get("working-time/due", auth=_SEE, response=DueShape)
def tell_due(
    request: ApiRequest,
    minutes: Annotated[int, Query(ge=1, le=120_000, description="Of working time.")],
) -> DueShape:
    """Say when so much working time from now on is over."""
    working: WorkingTime = working_time_of(request.auth.workspace)
    at = datetime.now(UTC)
    return DueShape(asked_at=at, due_at=working.add(at, timedelta(minutes=minutes)))


def _told(holiday: Holiday) -> dict[str, Any]:
    return {
        "calendar": holiday.calendar,
        "month": holiday.month,
        "day": holiday.day,
        "year": holiday.year,
        "name": holiday.key,
    }
