"""Dates and times as people and files write them: read exactly, or refused with what to do next."""

from __future__ import annotations

import datetime as dt
import pickle
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.calendar import CALENDARS, NoSuchDate, to_date, to_day
from safar.vocabulary.dates import (
    DateAmbiguous,
    DateFormat,
    DateOfOtherCalendar,
    DateTooFar,
    DateUnreadable,
    UnknownLayout,
    parse_date,
)
from safar.vocabulary.digits import ARABIC_DIGITS, LATIN_DIGITS, PERSIAN_DIGITS
from safar.vocabulary.time_names import MONTHS, WEEKDAY_NAMES

AUGUST_22 = dt.date(2026, 8, 22)


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("2026-08-22", "gregorian"),
        ("2026/8/22", "gregorian"),
        ("2026.08.22", "gregorian"),
        ("20260822", "gregorian"),
        ("22/8/2026", "gregorian"),
        ("8/22/2026", "gregorian"),
        ("22.08.2026", "gregorian"),
        ("٢٢/٨/٢٠٢٦", "gregorian"),
        ("٢٢\u200f/٨\u200f/٢٠٢٦", "gregorian"),
        ("22 August 2026", "gregorian"),
        ("August 22, 2026", "gregorian"),
        ("22 Aug 2026", "gregorian"),
        ("22-AUG-2026", "gregorian"),
        ("Saturday, 22 August 2026", "gregorian"),
        ("22nd of August 2026", "gregorian"),
        ("السبت، ٢٢ أغسطس ٢٠٢٦", "gregorian"),
        ("22 آب 2026", "gregorian"),
        ("۲۲ اوت ۲۰۲۶", "gregorian"),
        ("۲۲ آگوست ۲۰۲۶", "gregorian"),
        ("2026 August 22", "gregorian"),
        ("۱۴۰۵/۰۵/۳۱", "jalali"),
        ("1405-5-31", "jalali"),
        ("14050531", "jalali"),
        ("31/05/1405", "jalali"),
        ("۳۱ مرداد ۱۴۰۵", "jalali"),
        ("۳۱ مرداد ماه ۱۴۰۵", "jalali"),
        ("شنبه ۳۱ مردادماه ۱۴۰۵", "jalali"),
        ("شنبه ۳۱ مرداد ۱۴۰۵", "jalali"),
        ("شنبه، ۳۱ امرداد ۱۴۰۵", "jalali"),
        ("31 Mordad 1405", "jalali"),
        ("31 اسد 1405", "jalali"),
        ("1448/3/9", "hijri"),
        ("9/3/1448", "hijri"),
        ("٩ ربيع الأول ١٤٤٨ هـ", "hijri"),
        ("۹ ربیع‌الاول ۱۴۴۸", "hijri"),
        ("9 Rabi al-Awwal 1448", "hijri"),
        ("9 Rabi I 1448 AH", "hijri"),
        (" 2026-08-22 ", "gregorian"),
    ],
)
def test_one_day_in_many_spellings(text: str, calendar: str) -> None:
    assert parse_date(text, calendar=calendar) == AUGUST_22


def test_day_first_or_month_first_must_be_said_when_both_are_possible() -> None:
    with pytest.raises(DateAmbiguous, match="2026-04-03 or 2026-03-04"):
        parse_date("03/04/2026")
    assert parse_date("03/04/2026", day_first=True) == dt.date(2026, 4, 3)
    assert parse_date("03/04/2026", day_first=False) == dt.date(2026, 3, 4)
    assert parse_date("04/04/2026") == dt.date(2026, 4, 4)
    assert parse_date("03/04/1405", calendar="jalali") == parse_date("1405/04/03", calendar="jalali")
    with pytest.raises(NoSuchDate, match="2026-13-03"):
        parse_date("03/13/2026", day_first=True)


@pytest.mark.parametrize(
    ("text", "declared", "named"),
    [
        ("1405-05-31", "gregorian", "jalali"),
        ("۱۴۰۵/۰۵/۳۱", "gregorian", "jalali"),
        ("14050531", "gregorian", "jalali"),
        ("31/5/1405", "gregorian", "jalali"),
        ("05/06/1405", "gregorian", "jalali"),
        ("۰۵/۰۶/۱۴۴۸", "gregorian", "hijri"),
        ("1370-01-01", "gregorian", "jalali"),
        ("1448-03-09", "gregorian", "hijri"),
        ("2026-08-22", "jalali", "gregorian"),
        ("2026-08-22", "hijri", "gregorian"),
        ("1330-01-01", "hijri", "jalali"),
        ("31 Mordad 1405", "gregorian", "jalali"),
        ("۲۲ اوت ۲۰۲۶", "jalali", "gregorian"),
        ("9 Safar 1448", "jalali", "hijri"),
    ],
)
def test_a_date_of_another_calendar_is_refused_and_that_calendar_named(
    text: str, declared: str, named: str
) -> None:
    with pytest.raises(DateOfOtherCalendar, match=f'calendar="{named}"') as refusal:
        parse_date(text, calendar=declared)
    assert refusal.value.context["calendar"] == named


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("1899-12-31", "gregorian"),
        ("2201-01-01", "gregorian"),
        ("0001-01-01", "gregorian"),
        ("9999-12-31", "gregorian"),
        ("1200-01-01", "jalali"),
        ("1600-01-01", "jalali"),
        ("1700-01-01", "jalali"),
        ("1600-01-01", "hijri"),
    ],
)
def test_dates_of_another_age_are_refused(text: str, calendar: str) -> None:
    with pytest.raises(DateTooFar, match="1900 to 2200"):
        parse_date(text, calendar=calendar)


@pytest.mark.parametrize("text", ["1900-01-01", "2200-12-31"])
def test_the_ends_of_the_age_are_inside(text: str) -> None:
    assert parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    ("text", "calendar"),
    [("2026-02-29", "gregorian"), ("2026-00-10", "gregorian"), ("2026-10-00", "gregorian"), ("2026-13-01", "gregorian"),
     ("1404-12-30", "jalali"), ("1405-07-31", "jalali"), ("1448-01-31", "hijri"), ("31 June 2026", "gregorian")],
)  # fmt: skip
def test_days_that_do_not_exist_are_refused_with_the_text(text: str, calendar: str) -> None:
    with pytest.raises(NoSuchDate, match=text):
        parse_date(text, calendar=calendar)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NA", "?", "22", "2026", "2026-08", "22/8/26", "05/05/31", "2026-8/22", "2026--8-22", "202608221",
     "2026082", "22 Augustus 2026", "22 Aug", "August 2026", "2026-08-22 10:00", "22 Aug 26", "yesterday",
     "1 2 Aug 2026", "2026-W34-6", "-2026-08-22", "२०२६-०८-२२", "2026-٨", "Aug Aug 1 2026", "x" * 10_000],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DateUnreadable) as refusal:
        parse_date(text)
    assert refusal.value.hint
    assert len(str(refusal.value)) < 250


days = st.integers(to_day(dt.date(1925, 1, 1)), to_day(dt.date(2077, 1, 1)))
scripts = st.sampled_from([LATIN_DIGITS, PERSIAN_DIGITS, ARABIC_DIGITS])


@given(days, st.sampled_from(list(CALENDARS)), scripts, st.sampled_from(list(WEEKDAY_NAMES)))
def test_every_day_reads_back_in_every_calendar_script_and_language(
    day: int, calendar, script, language
) -> None:
    year, month, of_month = CALENDARS[calendar].date(day)
    name = MONTHS[calendar][language][month - 1]
    for text in (
        f"{year}-{month:02}-{of_month:02}",
        f"{of_month} {name} {year}",
        f"{year:04}{month:02}{of_month:02}",
    ):
        assert parse_date(text.translate(str.maketrans(LATIN_DIGITS, script)), calendar=calendar) == to_date(
            day
        )


@given(st.text(), st.sampled_from([*CALENDARS]), st.sampled_from([None, True, False]))
def test_any_text_is_a_date_or_refused(text: str, calendar, day_first) -> None:
    try:
        found = parse_date(text, calendar=calendar, day_first=day_first)
    except (DateUnreadable, DateAmbiguous, DateOfOtherCalendar, DateTooFar, NoSuchDate):
        return
    assert 1900 <= found.year <= 2200


def at(text: str, zone: str = "UTC") -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("layout", "text", "expected"),
    [
        ("ymd", "2026-08-22", "2026-08-22T00:00"),
        ("ymd", "2026-08-22 14:05", "2026-08-22T14:05"),
        ("ymd", "2026-08-22T14:05:09", "2026-08-22T14:05:09"),
        ("ymd", "2026-08-22T14:05:09.25", "2026-08-22T14:05:09.250000"),
        ("ymd", "2026-08-22 14:05:09,123456789", "2026-08-22T14:05:09.123456"),
        ("ymd", "2026-08-22, 14:05", "2026-08-22T14:05"),
        ("ymd", "2026-08-22،\u00a0۱۴:۰۵", "2026-08-22T14:05"),
        ("ymd", "2026/8/2 8:05", "2026-08-02T08:05"),
        ("ymd", "2026-08-22T14:05:09Z", "2026-08-22T14:05:09"),
        ("ymd", "2026-08-22 14:05:09 UTC", "2026-08-22T14:05:09"),
        ("ymd", "2026-08-22T14:05:09+03:30", "2026-08-22T10:35:09"),
        ("ymd", "2026-08-22T14:05:09-0500", "2026-08-22T19:05:09"),
        ("ymd", "2026-08-22T14:05−05", "2026-08-22T19:05"),
        ("dmy", "3/4/2026 9:07", "2026-04-03T09:07"),
        ("dmy", "22 August 2026 14:05", "2026-08-22T14:05"),
        ("dmy", "22 August 2026 at 14:05", "2026-08-22T14:05"),
        ("dmy", "Sat, 22 Aug 2026 14:05:09 +0330", "2026-08-22T10:35:09"),
        ("dmy", "السبت، ٢٢ أغسطس ٢٠٢٦ في ٢:٠٥ م", "2026-08-22T14:05"),
        ("mdy", "3/4/2026 9:07 PM", "2026-03-04T21:07"),
        ("mdy", "12/1/2010 12:00 AM", "2010-12-01T00:00"),
        ("mdy", "12/1/2010 12:30 p.m.", "2010-12-01T12:30"),
        ("dmy", "٢٢/٨/٢٠٢٦ ٢:٣٠ م", "2026-08-22T14:30"),
        ("dmy", "22/8/2026 2:30 ص", "2026-08-22T02:30"),
        ("dmy", "22/8/2026 2:30 ب.ظ", "2026-08-22T14:30"),
        ("compact", "20260822", "2026-08-22T00:00"),
        ("compact", "20260822 14:05", "2026-08-22T14:05"),
        ("epoch_s", "1787407509", "2026-08-22T14:05:09"),
        ("epoch_s", "1787407509.5", "2026-08-22T14:05:09.500000"),
        ("epoch_ms", "۱۷۸۷۴۰۷۵۰۹۲۵۰", "2026-08-22T14:05:09.250000"),
        ("epoch_us", "1787407509000001", "2026-08-22T14:05:09.000001"),
        ("epoch_s", "-86400", "1969-12-31T00:00"),
    ],
)
def test_instants_in_utc(layout, text: str, expected: str) -> None:
    assert DateFormat(layout).instant(text) == at(expected)


def test_a_written_zone_wins_over_the_declared_one() -> None:
    tehran = DateFormat("ymd", "jalali", "Asia/Tehran")
    assert tehran.instant("۱۴۰۵/۰۵/۳۱ ۱۴:۰۵") == at("2026-08-22T14:05", "Asia/Tehran")
    assert tehran.instant("۱۴۰۵/۰۵/۳۱ ۱۴:۰۵Z") == at("2026-08-22T14:05")
    found, refused = tehran.instants(["1405/05/31", "1405/05/31 00:00Z", "?", "1405/05/31 00:00+03:30"])
    assert found.tolist() == [at("2026-08-21T20:30"), at("2026-08-22T00:00"), 0, at("2026-08-21T20:30")]
    assert list(refused) == [2]
    assert isinstance(refused[2], DateUnreadable)


def test_clocks_that_were_moved() -> None:
    tehran = DateFormat("ymd", time_zone="Asia/Tehran")
    assert tehran.instant("2021-03-22 00:30") == at("2021-03-21T21:00")  # skipped: the offset before holds
    assert tehran.instant("2021-09-21 23:30") == at("2021-09-21T19:00")  # shown twice: the first


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("ymd", "22/08/2026"), ("ymd", "2026-08-22 25:00"), ("ymd", "2026-08-22 24:00"), ("ymd", "2026-08-22 10:60"),
        ("ymd", "2026-08-22 10:00:60"), ("ymd", "2026-08-22 10"), ("ymd", "2026-08-2210:00"), ("ymd", "10:00"),
        ("ymd", "2026-08-22 10:00 Asia/Tehran"), ("ymd", "2026-08-22 10:00+19:00"), ("ymd", "2026-08-22 13:00 pm"),
        ("ymd", "2026-08-22 0:30 am"), ("ymd", "20260822"), ("ymd", "2026-08-22 10:00 10:00"), ("ymd", ""),
        ("dmy", "2026-08-22"), ("dmy", "22/08/26"), ("dmy", "222/08/2026"), ("compact", "2026-08-22"),
        ("compact", "202608"), ("epoch_s", "soon"), ("epoch_s", "1e9"), ("epoch_s", ""), ("epoch_s", "1,787,407,509"),
    ],
)  # fmt: skip
def test_what_is_not_laid_out_so_is_refused(layout, text: str) -> None:
    with pytest.raises(DateUnreadable):
        DateFormat(layout, time_zone="Asia/Tehran").instant(text)


def test_an_epoch_in_another_unit_is_refused() -> None:
    with pytest.raises(DateTooFar, match="seconds, milliseconds or microseconds"):
        DateFormat("epoch_s").instant("1787407509000")
    assert DateFormat("epoch_ms").instant("1787407509") == at("1970-01-21T16:30:07.509")


def test_a_jalali_date_in_a_gregorian_column_is_refused_row_by_row() -> None:
    found, refused = DateFormat("ymd").instants(["2026-08-22", "1405-05-31", "2026-02-30", "2026-08-23"])
    assert found.tolist() == [at("2026-08-22"), 0, 0, at("2026-08-23")]
    assert {row: refusal.code for row, refusal in refused.items()} == {
        1: "date.other_calendar",
        2: "calendar.no_such_date",
    }


def test_a_column_reads_as_its_texts_one_by_one() -> None:
    rng = np.random.default_rng(3)
    seconds = rng.integers(at("1950-01-01") // 10**6, at("2060-01-01") // 10**6, 3000)
    zone = ZoneInfo("Europe/Berlin")
    texts = [dt.datetime.fromtimestamp(int(each), zone).strftime("%d.%m.%Y %H:%M:%S%z") for each in seconds]
    reader = DateFormat("dmy", time_zone="Asia/Tehran")
    found, refused = reader.instants(texts)
    assert refused == {}
    assert (found == seconds * 10**6).all()
    assert [reader.instant(text) for text in texts[:50]] == found[:50].tolist()


def test_no_texts_make_no_instants() -> None:
    found, refused = DateFormat().instants([])
    assert (found.tolist(), refused) == ([], {})
    assert found.dtype == np.int64


def test_a_format_is_a_value() -> None:
    one, other = DateFormat("dmy", "jalali", "Asia/Tehran"), DateFormat("dmy", "jalali", "Asia/Tehran")
    one.instant("1/1/1405")
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(one)).instant("1/1/1405") == one.instant("1/1/1405")


def test_what_is_no_format_is_refused() -> None:
    with pytest.raises(UnknownLayout, match='"dmy"'):
        DateFormat("dmyy")  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="calendar"):
        DateFormat(calendar="persian")  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="time zone"):
        DateFormat(time_zone="Tehran")


def test_more_distinct_times_than_are_remembered_still_read() -> None:
    reader = DateFormat("ymd")
    texts = [
        f"2026-08-22 00:{second // 60 % 60:02}:{second % 60:02}.{second:06}" for second in range(120_000)
    ]
    found, refused = reader.instants(texts)
    assert refused == {}
    assert found[119_999] - found[0] == ((119_999 // 60 % 60) * 60 + 119_999 % 60) * 1_000_000 + 119_999


def test_a_date_without_a_time_reads_after_ever_so_many_times() -> None:
    reader = DateFormat("ymd")
    reader.instants([f"2026-08-22 10:00:00.{part:06}" for part in range(100_001)])
    assert reader.instant("2026-08-22") == at("2026-08-22")
