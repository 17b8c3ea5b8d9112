"""Days, times and periods as words of a locale and its calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intl import ask
from safar.show.locale import Locale
from safar.vocabulary.calendar import CALENDARS, to_day
from safar.vocabulary.dates import parse_date
from safar.vocabulary.time_names import MONTHS, WEEKDAY_NAMES
from safar.vocabulary.window import NaiveInstant

FA, AR, EN = Locale("fa"), Locale("ar"), Locale("en")
HIJRI = Locale("ar", calendar="hijri")
DAY = to_day(dt.date(2026, 8, 22))
RLM = "\u200f"


@pytest.mark.parametrize(
    ("locale", "short", "medium", "long", "full"),
    [
        (FA, "۱۴۰۵/۰۵/۳۱", "۳۱ مرداد ۱۴۰۵", "۳۱ مرداد ۱۴۰۵", "شنبه ۳۱ مرداد ۱۴۰۵"),
        (AR, f"٢٢{RLM}/٨{RLM}/٢٠٢٦", "٢٢ أغسطس ٢٠٢٦", "٢٢ أغسطس ٢٠٢٦", "السبت، ٢٢ أغسطس ٢٠٢٦"),
        (EN, "2026-08-22", "22 Aug 2026", "22 August 2026", "Saturday, 22 August 2026"),
        (
            HIJRI,
            f"٩{RLM}/٣{RLM}/١٤٤٨\u00a0هـ",
            "٩ ربيع الأول ١٤٤٨\u00a0هـ",
            "٩ ربيع الأول ١٤٤٨\u00a0هـ",
            "السبت، ٩ ربيع الأول ١٤٤٨\u00a0هـ",
        ),
        (
            Locale("en", calendar="jalali"),
            "1405-05-31\u00a0AP",
            "31 Mordad 1405\u00a0AP",
            "31 Mordad 1405\u00a0AP",
            "Saturday, 31 Mordad 1405\u00a0AP",
        ),
        (Locale("fa", calendar="gregorian"), "۲۰۲۶/۰۸/۲۲", "۲۲ اوت ۲۰۲۶", "۲۲ اوت ۲۰۲۶", "شنبه ۲۲ اوت ۲۰۲۶"),
        (
            Locale("fa", calendar="hijri"),
            "۱۴۴۸/۰۳/۰۹\u00a0ه‍.ق",
            "۹ ربیع‌الاول ۱۴۴۸\u00a0ه‍.ق",
            "۹ ربیع‌الاول ۱۴۴۸\u00a0ه‍.ق",
            "شنبه ۹ ربیع‌الاول ۱۴۴۸\u00a0ه‍.ق",
        ),
        (
            Locale("ar", calendar="jalali", digits="latin"),
            f"31{RLM}/5{RLM}/1405\u00a0هـ.ش",
            "31 مرداد 1405\u00a0هـ.ش",
            "31 مرداد 1405\u00a0هـ.ش",
            "السبت، 31 مرداد 1405\u00a0هـ.ش",
        ),
    ],
)
def test_one_day_in_every_style(locale: Locale, short: str, medium: str, long: str, full: str) -> None:
    shown = [locale.date(DAY, style) for style in ("short", "medium", "long", "full")]
    assert shown == [short, medium, long, full]


def test_a_day_is_a_number_a_date_or_an_instant_on_the_locales_clock() -> None:
    late = dt.datetime(2026, 8, 22, 21, tzinfo=dt.UTC)
    assert FA.date(DAY) == FA.date(dt.date(2026, 8, 22)) == "۳۱ مرداد ۱۴۰۵"
    assert FA.date(late) == "۱ شهریور ۱۴۰۵"
    assert EN.date(late) == "22 Aug 2026"
    assert FA.datetime(late) == "۱ شهریور ۱۴۰۵، ۰۰:۳۰"
    assert AR.datetime(late, "short") == f"٢٣{RLM}/٨{RLM}/٢٠٢٦، ٠٠:٠٠"
    assert EN.datetime(late) == "22 Aug 2026, 21:00"
    assert EN.time(late + dt.timedelta(seconds=5), seconds=True) == "21:00:05"
    assert [FA.date(None), FA.time(None), FA.datetime(None)] == ["—"] * 3


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        FA.date(dt.datetime(2026, 8, 22))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("locale", "start", "names"),
    [
        (FA, 20657, ["۱ مرداد ۱۴۰۵", "هفتهٔ ۱ مرداد ۱۴۰۵", "مرداد ۱۴۰۵", "تابستان ۱۴۰۵", "۱۴۰۵"]),
        (AR, 20635, ["١ يوليو ٢٠٢٦", "أسبوع ١ يوليو ٢٠٢٦", "يوليو ٢٠٢٦", "الربع الثالث ٢٠٢٦", "٢٠٢٦"]),
        (EN, 20635, ["1 Jul 2026", "Week of 1 Jul 2026", "July 2026", "Q3 2026", "2026"]),
        (
            HIJRI,
            20649,
            [
                "١ صفر ١٤٤٨\u00a0هـ",
                "أسبوع ١ صفر ١٤٤٨\u00a0هـ",
                "صفر ١٤٤٨\u00a0هـ",
                "الربع الأول ١٤٤٨\u00a0هـ",
                "١٤٤٨\u00a0هـ",
            ],
        ),
    ],
)
def test_periods(locale: Locale, start: int, names: list[str]) -> None:
    assert [locale.period(start, period) for period in ("day", "week", "month", "quarter", "year")] == names


def test_periods_on_an_axis_leave_out_the_year_and_what_goes_without_saying() -> None:
    shown = [FA.period(20657, period, short=True) for period in ("day", "week", "month", "quarter", "year")]
    assert shown == ["۱ مرداد", "۱ مرداد", "مرداد", "تابستان", "۱۴۰۵"]
    shown = [EN.period(20635, period, short=True) for period in ("day", "week", "month", "quarter", "year")]
    assert shown == ["1 Jul", "1 Jul", "Jul", "Q3", "2026"]
    assert HIJRI.period(20649, "year", short=True) == "١٤٤٨"


def test_the_seasons_are_the_jalali_quarters_in_persian_alone() -> None:
    starts = [CALENDARS["jalali"].day(1405, month, 1) for month in (1, 4, 7, 10)]
    assert [FA.period(start, "quarter") for start in starts] == [
        "بهار ۱۴۰۵",
        "تابستان ۱۴۰۵",
        "پاییز ۱۴۰۵",
        "زمستان ۱۴۰۵",
    ]
    assert Locale("fa", calendar="gregorian").period(20635, "quarter") == "سه‌ماههٔ سوم ۲۰۲۶"
    assert Locale("en", calendar="jalali").period(starts[1], "quarter") == "Q2 1405\u00a0AP"


@pytest.mark.parametrize(
    ("locale", "start", "end", "text"),
    [
        (FA, (1405, 5, 1), (1405, 6, 1), "۱ تا ۳۱ مرداد ۱۴۰۵"),
        (FA, (1405, 5, 1), (1405, 5, 2), "۱ مرداد ۱۴۰۵"),
        (FA, (1405, 4, 15), (1405, 6, 1), "۱۵ تیر تا ۳۱ مرداد ۱۴۰۵"),
        (FA, (1404, 12, 1), (1405, 2, 1), "۱ اسفند ۱۴۰۴ تا ۳۱ فروردین ۱۴۰۵"),
        (EN, (2026, 7, 1), (2026, 8, 1), "1 to 31 Jul 2026"),
        (EN, (2026, 7, 1), (2026, 8, 2), "1 Jul to 1 Aug 2026"),
        (EN, (2025, 12, 31), (2026, 1, 2), "31 Dec 2025 to 1 Jan 2026"),
        (AR, (2026, 7, 1), (2026, 8, 1), "١ إلى ٣١ يوليو ٢٠٢٦"),
        (HIJRI, (1448, 1, 1), (1448, 2, 1), "١ إلى ٢٩ محرم ١٤٤٨\u00a0هـ"),
    ],
)
def test_ranges_name_what_both_ends_share_once(locale: Locale, start, end, text: str) -> None:
    first, after = (CALENDARS[locale.calendar].day(*each) for each in (start, end))
    assert locale.range(first, after) == text


def test_a_range_of_instants_ends_before_its_end() -> None:
    midnight = dt.datetime(2026, 7, 22, 20, 30, tzinfo=dt.UTC)  # 1 Mordad in Tehran
    later = midnight + dt.timedelta(days=31)
    assert FA.range(midnight, later) == "۱ تا ۳۱ مرداد ۱۴۰۵"
    assert FA.range(midnight, later + dt.timedelta(microseconds=1)) == "۱ مرداد تا ۱ شهریور ۱۴۰۵"


def test_days_beyond_the_calendar_are_written_in_the_gregorian_one() -> None:
    before, after = CALENDARS["hijri"].first_day - 1, CALENDARS["hijri"].end_day
    assert HIJRI.date(before) == "٣١ يوليو ١٩٢٤"
    assert HIJRI.date(after, "short") == f"١٧{RLM}/١١{RLM}/٢٠٧٧"
    assert HIJRI.range(before, before + 3) == "٣١ يوليو ١٩٢٤ إلى ٢ محرم ١٣٤٣\u00a0هـ"
    assert HIJRI.range(after, after + 3) == "١٧ إلى ١٩ نوفمبر ٢٠٧٧"


each_locale = pytest.mark.parametrize(
    "locale",
    [Locale(language, calendar=calendar) for language in ("fa", "ar", "en") for calendar in CALENDARS],
    ids=lambda locale: f"{locale.language}-{locale.calendar}",
)


@each_locale
@given(day=st.integers(to_day(dt.date(1925, 1, 1)), to_day(dt.date(2077, 1, 1))))
def test_every_day_that_is_shown_reads_back(locale: Locale, day: int) -> None:
    for style in ("medium", "long", "full"):
        assert to_day(parse_date(locale.date(day, style), calendar=locale.calendar)) == day


@pytest.mark.node
def test_names_of_months_and_weekdays_are_those_of_cldr(node: str) -> None:
    """Beside them stand our own: CLDR's Jalali months in Arabic are no names anyone uses."""
    systems = {"gregorian": "gregory", "jalali": "persian", "hijri": "islamic-umalqura"}
    spelled = {"Shaʻban": "Shaban", "Dhuʻl-Qiʻdah": "Dhu al-Qadah", "Dhuʻl-Hijjah": "Dhu al-Hijjah"}
    asked, expected = [], []
    for calendar, languages in MONTHS.items():
        for language, names in languages.items():
            if (calendar, language) == ("jalali", "ar"):
                continue
            for month, name in enumerate(names, 1):
                value = CALENDARS[calendar].day(1447 if calendar == "hijri" else 1404, month, 10)
                if calendar == "gregorian":
                    value = CALENDARS[calendar].day(2026, month, 10)
                tag = f"{language}-u-ca-{systems[calendar]}"
                asked.append({"ask": "date", "tag": tag, "options": {"month": "long"}, "value": value})
                expected.append(name)
    for language, weekdays in WEEKDAY_NAMES.items():
        for index, name in enumerate(weekdays):
            value = to_day(dt.date(2026, 8, 17)) + index
            asked.append({"ask": "date", "tag": language, "options": {"weekday": "long"}, "value": value})
            expected.append(name)
    theirs = ask(node, asked)
    assert [spelled.get(name, name).replace("Rabiʻ", "Rabi") for name in theirs] == expected
