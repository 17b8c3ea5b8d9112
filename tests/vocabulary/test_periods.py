"""Periods: across changes of the clock, and the same season of the year before in the calendar it belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from safar.vocabulary.calendar import HIJRI, JALALI, UnknownCalendar, to_date
from safar.vocabulary.periods import MOST_PERIODS, Periodic, PeriodRefused, Periods
from safar.vocabulary.time_zone import UnknownTimeZone
from safar.vocabulary.window import Window

TEHRAN = "Asia/Tehran"


def window_of(first: date, end: date, zone: str = "UTC") -> Window:
    info = ZoneInfo(zone)
    return Window(
        datetime(first.year, first.month, first.day, tzinfo=info),
        datetime(end.year, end.month, end.day, tzinfo=info),
    )


def starts(periods: Periods, zone: str = "UTC") -> list[str]:
    return [
        window.start.astimezone(ZoneInfo(zone)).isoformat(" ", "minutes")[:16] for window in periods.windows()
    ]


def test_months_of_three_calendars() -> None:
    window = window_of(date(2026, 3, 25), date(2026, 4, 25), TEHRAN)
    found = Periodic("month", "jalali", time_zone=TEHRAN).touching(window, before=1)
    assert starts(found, TEHRAN) == ["2026-02-20 00:00", "2026-03-21 00:00", "2026-04-21 00:00"]
    assert [each.duration.days for each in found.windows()] == [29, 31, 31]
    found = Periodic("month", time_zone=TEHRAN).touching(window)
    assert starts(found, TEHRAN) == ["2026-03-01 00:00", "2026-04-01 00:00"]


def test_weeks_begin_where_they_do() -> None:
    window = window_of(date(2026, 3, 25), date(2026, 3, 26))
    assert starts(Periodic("week", week_starts="saturday").touching(window, before=1)) == [
        "2026-03-14 00:00",
        "2026-03-21 00:00",
    ]


def test_hours_across_a_change_of_the_clock() -> None:
    spring = Periodic("hour", time_zone="Europe/Berlin").touching(
        window_of(date(2026, 3, 29), date(2026, 3, 30), "Europe/Berlin"), before=2
    )
    assert len(spring) == 23 + 2
    assert starts(spring, "Europe/Berlin")[:5] == [
        "2026-03-28 22:00",
        "2026-03-28 23:00",
        "2026-03-29 00:00",
        "2026-03-29 01:00",
        "2026-03-29 03:00",
    ]
    assert all(each.duration == timedelta(hours=1) for each in spring.windows())


def test_a_day_of_nowruz_stands_beside_the_same_day_of_the_jalali_year() -> None:
    periodic = Periodic("day", time_zone=TEHRAN)
    # Nowruz 1405 is 2026-03-21; Nowruz 1404 was 2025-03-21; 1403 is a leap year: 30 Esfand is 2025-03-20
    days = periodic.touching(window_of(date(2026, 3, 19), date(2026, 3, 23), TEHRAN))
    found = periodic.same_season(days, "jalali")
    assert starts(found, TEHRAN) == [
        "2025-03-18 00:00",
        "2025-03-19 00:00",
        "2025-03-21 00:00",
        "2025-03-22 00:00",
    ]
    # 30 Esfand 1403 has no day of its own in 1402: it stands beside the 29th, as the 29th does
    leap = periodic.same_season(
        periodic.touching(window_of(date(2025, 3, 19), date(2025, 3, 22), TEHRAN)), "jalali"
    )
    assert starts(leap, TEHRAN) == ["2024-03-19 00:00", "2024-03-19 00:00", "2024-03-20 00:00"]
    assert [group.tolist() for group in leap.apart()] == [[0, 2], [1]]


def test_ramadan_stands_beside_ramadan() -> None:
    periodic = Periodic("day")
    first = HIJRI.day(1447, 9, 1)
    assert to_date(first) == date(2026, 2, 18)
    ramadan = periodic.touching(window_of(to_date(first), to_date(HIJRI.day(1447, 10, 1))))
    found = periodic.same_season(ramadan, "hijri")
    assert starts(found)[0] == "2025-03-01 00:00"
    assert to_date(HIJRI.day(1446, 9, 1)) == date(2025, 3, 1)
    assert len(found) == len(ramadan) == 30
    assert len(set(starts(found))) == 29  # Ramadan 1446 had 29 days


def test_weeks_and_months_of_a_season() -> None:
    weeks = Periodic("week", week_starts="saturday", time_zone=TEHRAN)
    shown = weeks.touching(window_of(date(2026, 3, 14), date(2026, 3, 28), TEHRAN))
    found = weeks.same_season(shown, "jalali")
    # 23 Esfand 1404 and 1 Farvardin 1405: seven days apart, eight in the year before
    assert starts(found, TEHRAN) == ["2025-03-13 00:00", "2025-03-21 00:00"]
    assert [each.duration.days for each in found.windows()] == [7, 7]
    months = Periodic("month", "jalali", time_zone=TEHRAN)
    shown = months.touching(window_of(date(2026, 3, 21), date(2026, 3, 22), TEHRAN))
    assert starts(months.same_season(shown, "jalali"), TEHRAN) == ["2025-03-21 00:00"]
    hours = Periodic("hour", time_zone=TEHRAN)
    shown = hours.touching(window_of(date(2026, 3, 21), date(2026, 3, 22), TEHRAN))
    assert starts(hours.same_season(shown, "jalali"), TEHRAN)[5] == "2025-03-21 05:00"


def test_places_in_what_repeats() -> None:
    window = window_of(date(2026, 3, 21), date(2026, 3, 28), TEHRAN)
    days = Periodic("day", time_zone=TEHRAN)
    places = days.cycle(days.touching(window))
    assert places is not None
    assert len(set(places.tolist())) == 7
    assert (
        places.tolist() == days.cycle(days.touching(Window(window.end, window.end + timedelta(7)))).tolist()
    )
    months = Periodic("month", "jalali", time_zone=TEHRAN)
    found = months.cycle(months.touching(window))
    assert found is not None
    assert found.tolist() == [JALALI.date(20_533).month - 1] == [0]
    weeks = Periodic("week")
    assert weeks.cycle(weeks.touching(window)) is None


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(PeriodRefused, match="fortnight"):
        Periodic("fortnight")  # type: ignore[arg-type]
    with pytest.raises(UnknownCalendar):
        Periodic("day", "julian")
    with pytest.raises(UnknownTimeZone):
        Periodic("day", time_zone="Asia/Teheran")
    long = Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(PeriodRefused, match=r"cut into [\d,]+ periods") as refused:
        Periodic("hour").touching(long)
    assert f"{MOST_PERIODS:,}" in refused.value.hint
