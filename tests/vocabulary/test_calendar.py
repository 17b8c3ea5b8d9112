"""Calendars against their libraries day by day, against the sky, and against what grouping must keep."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

import hijridate
import jdatetime
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intl import ask
from safar.vocabulary.calendar import (
    CALENDARS,
    GREGORIAN,
    HIJRI,
    JALALI,
    PERIODS,
    WEEKDAYS,
    Calendar,
    CivilDate,
    DateOutOfRange,
    NoSuchDate,
    UnknownCalendar,
    UnknownPeriod,
    calendar,
    to_date,
    to_day,
    weekday,
)

EPOCH = dt.date(1970, 1, 1)
all_calendars = pytest.mark.parametrize("of", CALENDARS.values(), ids=CALENDARS)


def dates_of(of: Calendar, first: int, end: int) -> list[tuple[int, int, int]]:
    return list(zip(*(part.tolist() for part in of.ymd(np.arange(first, end))), strict=True))


def test_gregorian_agrees_with_the_standard_library_on_every_day_of_1600_to_2400() -> None:
    first, end = to_day(dt.date(1600, 1, 1)), to_day(dt.date(2400, 1, 1))
    expected = [(each.year, each.month, each.day) for each in map(to_date, range(first, end))]
    assert dates_of(GREGORIAN, first, end) == expected


def test_gregorian_covers_all_days_of_the_standard_library() -> None:
    assert to_date(GREGORIAN.first_day) == dt.date.min
    assert to_date(GREGORIAN.end_day - 1) == dt.date.max


def test_jalali_agrees_with_jdatetime_on_every_day_it_covers() -> None:
    expected = []
    for day in range(JALALI.first_day, JALALI.end_day):
        theirs = jdatetime.date.fromgregorian(date=to_date(day))
        expected.append((theirs.year, theirs.month, theirs.day))
    assert dates_of(JALALI, JALALI.first_day, JALALI.end_day) == expected
    assert expected[0] == (1178, 1, 1)
    assert expected[-1] == (1633, 12, 29)


def test_hijri_agrees_with_hijridate_on_every_day_it_covers() -> None:
    expected = []
    for day in range(HIJRI.first_day, HIJRI.end_day):
        each = to_date(day)
        expected.append(hijridate.Gregorian(each.year, each.month, each.day).to_hijri().datetuple())
    assert dates_of(HIJRI, HIJRI.first_day, HIJRI.end_day) == expected
    assert expected[0] == (1343, 1, 1)
    assert expected[-1] == (1500, 12, 30)


def march_equinox(gregorian_year: int) -> float:
    """Return the March equinox as a Julian day in universal time.

    Source: J. Meeus, Astronomical Algorithms (2nd ed. 1998), chapter 27, tables 27.B and 27.C; ΔT by the long-term
    parabola of F. R. Stephenson and L. V. Morrison as given by F. Espenak, near enough for a question of minutes.
    """
    y = (gregorian_year - 2000) / 1000
    jde0 = 2451623.80984 + 365242.37404 * y + 0.05169 * y**2 - 0.00411 * y**3 - 0.00057 * y**4
    t = (jde0 - 2451545) / 36525
    w = math.radians(35999.373 * t - 2.47)
    dl = 1 + 0.0334 * math.cos(w) + 0.0007 * math.cos(2 * w)
    s = sum(a * math.cos(math.radians(b + c * t)) for a, b, c in PERIODIC)
    delta_t = 62.92 + 0.32217 * (gregorian_year - 2000) + 0.005589 * (gregorian_year - 2000) ** 2
    if gregorian_year < 1950:
        delta_t = 15.0  # within 30 s of the truth from 1799 to 1950
    return jde0 + 0.00001 * s / dl - delta_t / 86400


PERIODIC = (
    (485, 324.96, 1934.136), (203, 337.23, 32964.467), (199, 342.08, 20.186), (182, 27.85, 445267.112),
    (156, 73.14, 45036.886), (136, 171.52, 22518.443), (77, 222.54, 65928.934), (74, 296.72, 3034.906),
    (70, 243.58, 9037.513), (58, 119.81, 33718.147), (52, 297.17, 150.678), (50, 21.02, 2281.226),
    (45, 247.54, 29929.562), (44, 325.15, 31555.956), (29, 60.93, 4443.417), (18, 155.12, 67555.328),
    (17, 288.79, 4562.452), (16, 198.04, 62894.029), (14, 199.76, 31436.921), (12, 95.39, 14577.848),
    (12, 287.11, 31931.756), (12, 320.81, 34777.259), (9, 227.73, 1222.114), (8, 15.45, 16859.074),
)  # fmt: skip


def test_jalali_years_start_at_the_equinox() -> None:
    """The year starts on the day of the equinox when it comes before true noon at 52.5° E, else on the next day."""
    minutes_after_noon = {}
    for year in range(1178, 1634):
        equinox = march_equinox(year + 621) + 3.5 / 24
        day = math.floor(equinox + 0.5) - 2440588
        # the sun crosses the meridian about seven and a half minutes after noon of the clock on 20 March
        minutes = (equinox - 2440588 - day) * 1440 - 7.5
        if JALALI.day(year, 1, 1) != (day if minutes < 0 else day + 1):
            minutes_after_noon[year] = minutes
    # 2124: nobody can tell yet how far the earth will have turned by then; jdatetime counts as Safar does
    assert list(minutes_after_noon) == [1503]
    assert -2 < minutes_after_noon[1503] < 0


@pytest.mark.node
def test_jalali_months_start_where_those_of_icu_do(node: str) -> None:
    """But for 1503 and 1602, which start within two minutes of noon, and which ICU starts a day earlier."""
    question = {"ask": "months", "calendar": "persian", "first": JALALI.first_day, "end": JALALI.end_day}
    theirs = {(year, month): day for day, year, month in ask(node, [question])[0]}
    ours = {(year, month): JALALI.day(year, month, 1) for year in range(1178, 1634) for month in range(1, 13)}
    assert theirs.keys() == ours.keys()
    assert {key: theirs[key] - day for key, day in ours.items() if theirs[key] != day} == {
        (year, month): -1 for year in (1503, 1602) for month in range(1, 13)
    }


@pytest.mark.node
def test_hijri_months_start_where_those_of_icu_do_from_1420_to_1449(node: str) -> None:
    """Before and after, the sources differ by a day in some months: hijridate follows what was published in print."""
    first, end = HIJRI.day(1420, 1, 1), HIJRI.day(1450, 1, 1)
    question = {"ask": "months", "calendar": "islamic-umalqura", "first": first, "end": end}
    ours = [[HIJRI.day(year, month, 1), year, month] for year in range(1420, 1450) for month in range(1, 13)]
    assert ask(node, [question])[0] == ours


#: Leap years of the table of the Calendar Center, Geophysics Institute, University of Tehran (1206 to 1498 AP).
LEAP_YEARS = """
    1210 1214 1218 1222 1226 1230 1234 1238 1243 1247 1251 1255 1259 1263 1267 1271 1276 1280 1284 1288 1292 1296
    1300 1304 1309 1313 1317 1321 1325 1329 1333 1337 1342 1346 1350 1354 1358 1362 1366 1370 1375 1379 1383 1387
    1391 1395 1399 1403 1408 1412 1416 1420 1424 1428 1432 1436 1441 1445 1449 1453 1457 1461 1465 1469 1474 1478
    1482 1486 1490 1494 1498
"""


def test_jalali_leap_years_are_those_of_the_calendar_authority() -> None:
    years = np.arange(1206, 1499)
    lengths = JALALI.days(years + 1, 1, 1) - JALALI.days(years, 1, 1)
    assert set(lengths.tolist()) == {365, 366}
    assert years[lengths == 366].tolist() == [int(year) for year in LEAP_YEARS.split()]


@pytest.mark.parametrize(
    ("of", "named", "day"),
    [
        (JALALI, (1357, 11, 22), dt.date(1979, 2, 11)),
        (JALALI, (1403, 12, 30), dt.date(2025, 3, 20)),  # leap: Birashk's rule has no such day
        (JALALI, (1404, 1, 1), dt.date(2025, 3, 21)),
        (JALALI, (1405, 5, 31), dt.date(2026, 8, 22)),
        (JALALI, (1408, 12, 30), dt.date(2030, 3, 20)),
        (HIJRI, (1445, 9, 1), dt.date(2024, 3, 11)),
        (HIJRI, (1446, 10, 1), dt.date(2025, 3, 30)),
        (HIJRI, (1447, 1, 1), dt.date(2025, 6, 26)),
        (GREGORIAN, (2024, 2, 29), dt.date(2024, 2, 29)),
    ],
)
def test_days_that_are_known(of: Calendar, named: tuple[int, int, int], day: dt.date) -> None:
    assert of.day(*named) == to_day(day)
    assert of.date(to_day(day)) == CivilDate(*named)


@all_calendars
def test_naming_a_day_and_finding_it_again_is_the_same_day(of: Calendar) -> None:
    days = np.arange(max(of.first_day, -200_000), min(of.end_day, 200_000))
    assert (of.days(*of.ymd(days)) == days).all()


@all_calendars
def test_days_beyond_the_calendar_are_refused_with_its_reach(of: Calendar) -> None:
    for day in (of.first_day - 1, of.end_day):
        with pytest.raises(DateOutOfRange, match=f"from year {of.first_year()} to {of.last_year()}"):
            of.ymd([0, day])
    with pytest.raises(DateOutOfRange, match=f"year {of.last_year() + 1}"):
        of.day(of.last_year() + 1, 1, 1)
    assert of.ymd([of.first_day, of.end_day - 1])[0].tolist() == [of.first_year(), of.last_year()]


@all_calendars
@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (1, 0), (1, 32), (12, 32)])
def test_dates_that_do_not_exist_are_refused(of: Calendar, month: int, day: int) -> None:
    with pytest.raises(NoSuchDate, match=f"1400-{month:02}-{day:02}"):
        of.days([1400, 1400], [1, month], [1, day])


def test_a_leap_day_outside_a_leap_year_is_refused() -> None:
    with pytest.raises(NoSuchDate):
        JALALI.day(1404, 12, 30)
    with pytest.raises(NoSuchDate):
        GREGORIAN.day(2100, 2, 29)


@all_calendars
def test_the_last_month_covered_ends_with_the_calendar(of: Calendar) -> None:
    last = of.period_start(of.end_day - 1, "year")
    assert of.period_end(last, "year") == of.end_day


days = st.integers(-16_000, 39_000)  # within all three calendars
periods = st.sampled_from(PERIODS)
week_starts = st.sampled_from(WEEKDAYS)
calendars = st.sampled_from(list(CALENDARS.values()))


@given(calendars, days, periods, week_starts)
def test_a_period_holds_its_day_and_is_one_piece(of: Calendar, day: int, period, starts) -> None:
    first = int(of.period_start(day, period, week_starts=starts))
    end = int(of.period_end(first, period))
    assert first <= day < end
    inside = of.period_start(np.arange(first, end), period, week_starts=starts)
    assert (inside == first).all()
    assert of.period_start(end, period, week_starts=starts) == end


@given(calendars, days, st.integers(0, 1500), periods, week_starts)
def test_period_starts_are_those_of_the_days_between(
    of: Calendar, day: int, length: int, period, starts
) -> None:
    end = min(day + length, 39_000)
    expected = sorted({int(of.period_start(each, period, week_starts=starts)) for each in range(day, end)})
    assert of.period_starts(day, end, period, week_starts=starts).tolist() == expected


@given(
    calendars,
    st.lists(st.integers(-(10**15), 3 * 10**15), max_size=60),
    periods,
    st.sampled_from(["UTC", "Asia/Tehran", "America/New_York", "Africa/Casablanca", "Pacific/Apia"]),
    week_starts,
)
def test_grouping_instants_is_naming_each_alone(
    of: Calendar, instants: list[int], period, zone, starts
) -> None:
    expected = []
    for instant in instants:
        local = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=instant)
        day = to_day(local.astimezone(ZoneInfo(zone)).date())
        expected.append(int(of.period_start(day, period, week_starts=starts)))
    found = of.period_of(np.array(instants, dtype=np.int64), period, zone, week_starts=starts)
    assert found.dtype == np.int64
    assert found.tolist() == expected


def test_many_instants_take_the_way_by_distinct_days_to_the_same_answer() -> None:
    instants = np.random.default_rng(7).integers(0, 10**15, 200_000)
    for of in CALENDARS.values():
        for period in PERIODS:
            many = of.period_of(instants, period, "Asia/Tehran", week_starts="saturday")
            few = np.concatenate(
                [
                    of.period_of(part, period, "Asia/Tehran", week_starts="saturday")
                    for part in np.split(instants, 200)
                ]
            )
            assert (many == few).all()


def test_nowruz_2025_parts_two_years_in_tehran_but_not_yet_in_utc() -> None:
    midnight = dt.datetime(2025, 3, 21, tzinfo=ZoneInfo("Asia/Tehran"))
    microseconds = int(midnight.timestamp()) * 1_000_000
    before, after = JALALI.period_of([microseconds - 1, microseconds], "year", "Asia/Tehran").tolist()
    assert (JALALI.date(before), JALALI.date(after)) == (CivilDate(1403, 1, 1), CivilDate(1404, 1, 1))
    assert JALALI.period_of([microseconds], "year", "UTC").tolist() == [before]


def test_a_week_starts_where_it_is_said_to() -> None:
    wednesday = to_day(dt.date(2026, 8, 19))
    starts = {
        name: to_date(int(GREGORIAN.period_start(wednesday, "week", week_starts=name))) for name in WEEKDAYS
    }
    assert starts["monday"] == dt.date(2026, 8, 17)
    assert starts["saturday"] == dt.date(2026, 8, 15)
    assert starts["sunday"] == dt.date(2026, 8, 16)
    assert starts["wednesday"] == dt.date(2026, 8, 19)
    assert starts["thursday"] == dt.date(2026, 8, 13)


def test_weekdays_are_those_of_the_standard_library() -> None:
    assert weekday(np.arange(-1000, 1000)).tolist() == [to_date(day).weekday() for day in range(-1000, 1000)]


def test_the_window_of_a_jalali_month_in_tehran() -> None:
    first = JALALI.day(1400, 1, 1)
    window = JALALI.window(first, int(JALALI.period_end(first, "month")), "Asia/Tehran")
    assert window.start == dt.datetime(2021, 3, 20, 20, 30, tzinfo=dt.UTC)
    # clocks went forward on 2 Farvardin 1400
    assert window.end == dt.datetime(2021, 4, 20, 19, 30, tzinfo=dt.UTC)


def test_no_instants_make_no_periods() -> None:
    assert JALALI.period_of([], "month", "Asia/Tehran").tolist() == []
    assert JALALI.period_starts(10, 10, "month").tolist() == []


def test_what_is_no_calendar_period_or_weekday_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownCalendar, match="jalali"):
        calendar("jalaali")
    with pytest.raises(UnknownPeriod, match='"month"'):
        GREGORIAN.period_start(0, "months")  # type: ignore[arg-type]
    with pytest.raises(UnknownPeriod, match='"month"'):
        GREGORIAN.period_end(0, "months")  # type: ignore[arg-type]
    with pytest.raises(UnknownPeriod, match='"sunday"'):
        GREGORIAN.period_start(0, "week", week_starts="Sunday")  # type: ignore[arg-type]
    assert calendar("hijri") is HIJRI
