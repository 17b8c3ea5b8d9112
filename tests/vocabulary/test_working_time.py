"""Working time against a count minute by minute, hand cases of four weekends, and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.vocabulary.holidays import HOLIDAYS, Holiday, HolidayRefused, days_off
from safar.vocabulary.working_time import (
    DAY_MINUTES,
    WEEKENDS,
    NeverOpen,
    WorkingTime,
    WorkingTimeRefused,
    minute_of,
    time_of,
)

MINUTE = timedelta(minutes=1)
#: Zones and days around which their clocks change: at midnight, at night, by half an hour; and one that never does.
CHANGES = (
    ("Asia/Tehran", datetime(2021, 3, 20, tzinfo=UTC)),
    ("Asia/Tehran", datetime(2021, 9, 20, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2025, 10, 29, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC)),
    ("Asia/Riyadh", datetime(2026, 9, 20, tzinfo=UTC)),
)


def counted(working: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """The same, minute by minute: what the clock on the wall shows, looked up for each."""
    zone, total, at = ZoneInfo(working.time_zone), 0, start
    while at < end:
        local = at.astimezone(zone)
        off = days_off(working.holidays, local.year)
        spans = () if local.date() in off else working.hours[local.weekday()]
        total += any(first <= local.hour * 60 + local.minute < last for first, last in spans)
        at += MINUTE
    return total * MINUTE


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingTime, datetime]:
    zone, around = draw(st.sampled_from(CHANGES))
    days = []
    for _ in range(7):
        ends = sorted(draw(st.sets(st.integers(0, DAY_MINUTES), min_size=0, max_size=4)))
        days.append(tuple(zip(ends[::2], ends[1::2], strict=False)))
    if not any(days):
        days[0] = ((540, 1020),)
    holidays = (Holiday("gregorian", around.month, around.day),) if draw(st.booleans()) else ()
    return WorkingTime(tuple(days), zone, holidays), around


@settings(max_examples=40)
@given(calendars(), st.integers(0, 2_880), st.integers(0, 4_320))
def test_between_is_the_count_of_open_minutes(
    found: tuple[WorkingTime, datetime], begins: int, length: int
) -> None:
    working, around = found
    start = around + begins * MINUTE
    end = start + length * MINUTE
    assert working.between(start, end) == counted(working, start, end)
    assert working.between(end, start) == -working.between(start, end)


@given(calendars(), st.integers(0, 2_880), st.integers(1, 3_000))
def test_add_is_the_first_instant_with_so_much_between(
    found: tuple[WorkingTime, datetime], begins: int, minutes: int
) -> None:
    working, around = found
    start = around + begins * MINUTE
    due = working.add(start, minutes * MINUTE)
    assert working.between(start, due) == minutes * MINUTE
    assert working.between(start, due - MINUTE) == (minutes - 1) * MINUTE


@pytest.mark.parametrize(
    ("weekend", "zone", "due"),
    [
        ("thursday-friday", "Asia/Tehran", "2026-11-21T11:00+03:30"),
        ("friday", "Asia/Tehran", "2026-11-19T11:00+03:30"),
        ("friday-saturday", "Asia/Riyadh", "2026-11-19T11:00+03:00"),
        ("saturday-sunday", "Europe/Berlin", "2026-11-19T11:00+01:00"),
    ],
)
def test_four_hours_asked_on_wednesday_at_three(weekend: str, zone: str, due: str) -> None:
    working = WorkingTime.usual("09:00", "17:00", weekend=weekend, time_zone=zone)
    asked = datetime(2026, 11, 18, 15, tzinfo=ZoneInfo(zone))
    assert working.add(asked, timedelta(hours=4)) == datetime.fromisoformat(due)


def test_asked_on_thursday_it_waits_for_the_first_day_of_the_week() -> None:
    zone = ZoneInfo("Asia/Riyadh")
    working = WorkingTime.usual("08:00", "16:00", weekend="friday-saturday", time_zone="Asia/Riyadh")
    asked = datetime(2026, 11, 19, 15, tzinfo=zone)  # a Thursday
    assert working.add(asked, timedelta(hours=2)) == datetime(2026, 11, 22, 9, tzinfo=zone)
    assert working.add(datetime(2026, 11, 20, tzinfo=zone), timedelta(0)) == datetime(
        2026, 11, 22, 8, tzinfo=zone
    )
    assert working.is_open(asked)
    assert not working.is_open(datetime(2026, 11, 21, 12, tzinfo=zone))


def test_nowruz_is_passed_over() -> None:
    zone = ZoneInfo("Asia/Tehran")
    working = WorkingTime.usual(
        "09:00", "17:00", weekend="friday", time_zone="Asia/Tehran", holidays=HOLIDAYS["IR"]
    )
    # Thursday 28 Esfand 1404, then: Friday 29 Esfand (oil), 1 to 4 Farvardin, Wednesday 5 Farvardin
    asked = datetime(2026, 3, 19, 16, tzinfo=zone)
    assert working.add(asked, timedelta(hours=2)) == datetime(2026, 3, 25, 10, tzinfo=zone)


def test_a_day_is_an_hour_shorter_in_spring() -> None:
    working = WorkingTime((((0, DAY_MINUTES),),) * 7, "Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    day, following = (datetime(2026, 3, each, tzinfo=zone) for each in (29, 30))
    assert working.between(day, following) == timedelta(hours=23)


def test_the_end_of_a_span_rather_than_the_begin_of_the_next() -> None:
    working = WorkingTime.usual("09:00", "17:00", weekend="none")
    asked = datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert working.add(asked, timedelta(hours=8)) == datetime(2026, 11, 18, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((),) * 7,
        (((540, 540),),) + ((),) * 6,
        (((600, 540),),) + ((),) * 6,
        (((0, 1441),),) + ((),) * 6,
        (((540, 720), (700, 1020)),) + ((),) * 6,
    ],
)
def test_what_is_no_week_is_refused(hours: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    with pytest.raises(WorkingTimeRefused):
        WorkingTime(hours)


def test_days_that_are_all_off_never_open() -> None:
    every_day = tuple(Holiday("gregorian", month, day) for month in range(1, 13) for day in range(1, 32))
    working = WorkingTime.usual("09:00", "17:00", weekend="none", holidays=every_day)
    with pytest.raises(NeverOpen):
        working.add(datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1))


def test_holidays_come_back_by_their_own_calendar() -> None:
    assert Holiday("jalali", 1, 1).in_year(2026) == (date(2026, 3, 21),)
    assert Holiday("jalali", 11, 22).in_year(2026) == (date(2026, 2, 11),)
    assert Holiday("jalali", 12, 30).in_year(2025) == (date(2025, 3, 20),), "a leap year has the day"
    assert Holiday("jalali", 12, 30).in_year(2026) == (date(2026, 3, 20),), "others end a day before"
    assert Holiday("hijri", 10, 1).in_year(2026) == (date(2026, 3, 20),)
    assert len(Holiday("hijri", 1, 1).in_year(2008)) == 2, "two Hijri years begin in one of ours"
    assert Holiday("jalali", 1, 1, year=1405).in_year(2027) == ()
    assert Holiday("hijri", 1, 1).in_year(2150) == (), "beyond the calendar nothing is known"
    assert Holiday("hijri", 1, 1).is_calculated
    assert not Holiday("jalali", 1, 1).is_calculated


def test_fixed_holidays_of_1405() -> None:
    fixed = [each for each in HOLIDAYS["IR"] if each.calendar == "jalali"]
    assert sorted(days_off(fixed, 2026)) == [
        date(2026, 2, 11),
        date(2026, 3, 20),
        date(2026, 3, 21),
        date(2026, 3, 22),
        date(2026, 3, 23),
        date(2026, 3, 24),
        date(2026, 4, 1),
        date(2026, 4, 2),
        date(2026, 6, 4),
        date(2026, 6, 5),
    ]


def test_a_holiday_needs_a_day() -> None:
    with pytest.raises(HolidayRefused):
        Holiday("jalali", 13, 1)


def test_times_of_the_day() -> None:
    assert [time_of(minute_of(each)) for each in ("00:00", "09:05", "24:00")] == ["00:00", "09:05", "24:00"]
    for each in ("24:01", "9", "09:60", "", "x"):
        with pytest.raises(WorkingTimeRefused):
            minute_of(each)


def test_every_weekend_leaves_days() -> None:
    for weekend in WEEKENDS:
        working = WorkingTime.usual("09:00", "17:00", weekend=weekend)
        assert sum(bool(day) for day in working.hours) == 7 - len(WEEKENDS[weekend])
