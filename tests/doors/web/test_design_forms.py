"""Fields that read the digits, days and numbers of three languages; the calendar beside a day; confirmations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from safar.doors.web.design.month_grid import month_grid
from safar.show.locale import Locale
from safar.vocabulary.calendar import to_date, to_day

FA, AR, EN = Locale("fa"), Locale("ar", calendar="hijri"), Locale("en")


def field_form(locale: Locale, field, typed: str):
    from django.forms import Form  # noqa: F401 - needs Django configured

    from safar.doors.web.design.forms import PageForm

    form_class = type("OneField", (PageForm,), {"field": field})
    return form_class({"field": typed}, locale=locale)


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        (FA, "۱۴۰۵/۰۸/۳۰"),
        (FA, "1405-8-30"),
        (FA, "٣٠ آبان ١٤٠٥"),
        (FA, "شنبه ۳۰ آبان ۱۴۰۵"),
        (EN, "2026-11-21"),
        (EN, "21 Nov 2026"),
        (AR, "١٤٤٨/٦/١١"),
    ],
)
def test_a_day_is_read_in_the_readers_calendar(web_home, locale: Locale, typed: str) -> None:
    from safar.doors.web.design.forms import DateField

    form = field_form(locale, DateField(), typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["field"] == dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("locale", "typed", "code"),
    [
        (EN, "1405/08/30", "date.other_calendar"),
        (FA, "2026/11/21", "date.other_calendar"),
        (EN, "03/04/2026", "date.ambiguous"),
        (FA, "۱۴۰۵/۱۳/۰۱", "calendar.no_such_date"),
        (FA, "فردا", "date.unreadable"),
    ],
)
def test_a_day_that_reads_otherwise_is_refused_and_stays_as_typed(web_home, locale, typed, code) -> None:
    from safar.doors.web.design.forms import DateField

    form = field_form(locale, DateField(), typed)
    assert not form.is_valid()
    assert [error.code for error in form.errors.as_data()["field"]] == [code]
    assert f'value="{typed}"' in str(form["field"])


def test_a_known_day_is_shown_in_the_readers_calendar(web_home) -> None:
    from safar.doors.web.design.forms import DateField, PageForm

    form_class = type("OneField", (PageForm,), {"field": DateField(initial=dt.date(2026, 11, 21))})
    assert 'value="1405/08/30"' in str(form_class(locale=FA)["field"])
    assert 'value="2026/11/21"' in str(form_class(locale=EN)["field"])


def test_a_day_in_letters_runs_as_its_text_does(web_home) -> None:
    from safar.doors.web.design.forms import DateField

    assert 'dir="auto"' in str(field_form(FA, DateField(), "۳۰ آبان ۱۴۰۵")["field"])


def test_a_choice_that_is_always_made_is_not_called_optional(web_home) -> None:
    from django import forms
    from django.template.loader import render_to_string

    def drawn(field) -> str:
        return render_to_string("design/field.html", {"field": field_form(EN, field, "")["field"]})

    choices = [("", "As the workspace"), ("a", "A")]
    assert "(optional)" not in drawn(forms.ChoiceField(choices=choices, required=False))
    assert "(optional)" in drawn(forms.CharField(required=False))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("۱٬۲۳۴٫۵", Decimal("1234.5")), ("1,234.5", Decimal("1234.5")), ("٣", Decimal(3)), ("", None)],
)
def test_a_number_in_any_digits(web_home, typed: str, value: Decimal | None) -> None:
    from safar.doors.web.design.forms import NumberField

    form = field_form(FA, NumberField(required=False), typed)
    assert form.is_valid()
    assert form.cleaned_data["field"] == value


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("۱۰۱", "too_large"),
        ("0", "too_small"),
        ("2.5", "not_whole"),
        ("زیاد", "number.unreadable"),
        ("1,234", "number.ambiguous"),
    ],
)
def test_a_number_that_does_not_fit(web_home, typed: str, code: str) -> None:
    from safar.doors.web.design.forms import NumberField

    form = field_form(FA, NumberField(least=1, most=100, whole=True), typed)
    assert [error.code for error in form.errors.as_data()["field"]] == [code]


def test_an_address_is_folded(web_home) -> None:
    from safar.doors.web.design.forms import EmailField

    form = field_form(FA, EmailField(), " Sara@Example.COM\u200f")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["field"] == "sara@example.com"
    assert 'dir="ltr"' in str(form["field"])


def test_a_time_zone_is_found_whatever_its_capitals(web_home) -> None:
    from safar.doors.web.design.forms import TimeZoneField

    assert field_form(EN, TimeZoneField(), "asia/tehran").is_valid()
    form = field_form(EN, TimeZoneField(), "america/new york")
    assert form.is_valid()
    assert form.cleaned_data["field"] == "America/New_York"
    assert not field_form(EN, TimeZoneField(), "Asia/Atlantis").is_valid()


@pytest.mark.parametrize(
    ("language", "typed", "zone"),
    [
        ("fa", "تهران", "Asia/Tehran"),
        ("fa", "طهران", "Asia/Tehran"),
        ("fa", "لس آنجلس", "America/Los_Angeles"),
        ("fa", "عمان", "Asia/Muscat"),
        ("ar", "عمّان", "Asia/Amman"),
        ("ar", "الدوحه", "Asia/Qatar"),
        ("en", "tehran", "Asia/Tehran"),
        ("en", "los angeles", "America/Los_Angeles"),
        ("en", "Doha", "Asia/Qatar"),
        ("en", "utc", "UTC"),
    ],
)
def test_a_time_zone_is_called_by_a_city_in_the_reader_s_words(web_home, language, typed, zone) -> None:
    from django.utils.translation import override

    from safar.doors.web.design.forms import TimeZoneField

    with override(language):
        form = field_form(Locale(language), TimeZoneField(), typed)
        assert form.is_valid(), form.errors
    assert form.cleaned_data["field"] == zone


@pytest.mark.parametrize(
    ("language", "typed", "code"),
    [
        ("fa", "تومان", "IRR"),
        ("fa", "ريال", "IRR"),
        ("fa", "درهم امارات", "AED"),
        ("fa", "ریال سعودی", "SAR"),
        ("fa", "لیر", "TRY"),
        ("ar", "دينار عراقي", "IQD"),
        ("ar", "يورو", "EUR"),
        ("en", "usd", "USD"),
        ("en", "Euro", "EUR"),
    ],
)
def test_a_currency_is_called_by_its_name(web_home, language, typed, code) -> None:
    from django.utils.translation import override

    from safar.doors.web.design.forms import CurrencyField

    with override(language):
        form = field_form(Locale(language), CurrencyField(), typed)
        assert form.is_valid(), form.errors
    assert form.cleaned_data["field"] == code


@pytest.mark.parametrize(("language", "typed"), [("ar", "ريال"), ("fa", "دینار"), ("en", "shells")])
def test_a_name_of_several_currencies_or_of_none_is_asked_again(web_home, language, typed) -> None:
    from django.utils.translation import override

    from safar.doors.web.design.forms import CurrencyField

    with override(language):
        form = field_form(Locale(language), CurrencyField(), typed)
        assert [error.code for error in form.errors.as_data()["field"]] == ["money.unknown_currency"]


def test_what_is_offered_shows_the_reader_s_name_and_the_code(web_home) -> None:
    from django.template.loader import render_to_string
    from django.utils.translation import override

    from safar.doors.web.design.forms import CurrencyField, TimeZoneField

    with override("fa"):
        zones, currencies = (
            render_to_string("design/field.html", {"field": field_form(FA, field, "")["field"]})
            for field in (TimeZoneField(required=False), CurrencyField(required=False))
        )
    assert '<option value="Asia/Tehran" label="تهران · Asia/Tehran"></option>' in zones
    assert '<option value="Asia/Oral"></option>' in zones
    assert '<option value="SAR" label="ریال سعودی · SAR"></option>' in currencies


def test_days_become_half_open_instants_of_the_readers_clock(web_home) -> None:
    from safar.doors.web.design.date_range import DateRangeForm

    form = DateRangeForm({"since": "۱۴۰۵/۰۸/۳۰", "until": "۱۴۰۵/۰۸/۳۰"}, locale=FA)
    assert form.is_valid()
    start, end = form.instants()
    assert start == dt.datetime(2026, 11, 20, 20, 30, tzinfo=dt.UTC)
    assert end == dt.datetime(2026, 11, 21, 20, 30, tzinfo=dt.UTC)
    backwards = DateRangeForm({"since": "1405/08/30", "until": "1405/08/29"}, locale=FA)
    assert [error.code for error in backwards.errors.as_data()["until"]] == ["reversed"]
    open_one = DateRangeForm({"since": "1405/08/30"}, locale=FA)
    assert open_one.is_valid()
    assert open_one.instants() == (start, None)


@pytest.mark.parametrize(
    ("typed", "agrees"), [("c-00017", True), ("C-۰۰۰۱۷ ", True), ("c-00018", False), ("", False)]
)
def test_the_name_of_the_thing_must_be_typed(web_home, typed: str, agrees: bool) -> None:
    from safar.doors.web.design.confirm import ConfirmForm

    assert ConfirmForm("c-00017", {"typed": typed}).is_valid() is agrees


def test_a_month_of_the_readers_calendar() -> None:
    grid = month_grid(FA, today=dt.date(2026, 11, 21), chosen=dt.date(2026, 11, 20))
    assert grid.title == "آبان ۱۴۰۵"
    assert [short for short, _ in grid.weekdays] == ["ش", "ی", "د", "س", "چ", "پ", "ج"]
    days = [day for week in grid.weeks for day in week]
    assert all(len(week) == 7 for week in grid.weeks)
    assert [day.shown for day in days if day][:3] == ["۱", "۲", "۳"]
    assert len([day for day in days if day]) == 30
    assert [(day.typed, day.spoken) for day in days if day and day.is_today] == [
        ("1405/08/30", "شنبه ۳۰ آبان ۱۴۰۵")
    ]
    assert [day.typed for day in days if day and day.is_chosen] == ["1405/08/29"]
    assert [day.typed for day in days if day and day.is_focus] == ["1405/08/29"]


@pytest.mark.parametrize("locale", [FA, AR, EN], ids=["jalali", "hijri", "gregorian"])
def test_every_day_stands_under_its_weekday(locale: Locale) -> None:
    focus = to_day(dt.date(2026, 1, 1))
    for _ in range(14):
        grid = month_grid(locale, today=dt.date(2026, 1, 1), focus=focus, move="next-month")
        for week in grid.weeks:
            for place, day in enumerate(week):
                if day:
                    assert locale.weekday_name(day.day) == grid.weekdays[place][1]
        assert grid.focus > focus
        focus = grid.focus


def test_a_long_month_leads_to_the_last_day_of_a_short_one() -> None:
    last_of_january = to_day(dt.date(2026, 1, 31))
    grid = month_grid(EN, today=dt.date(2026, 1, 1), focus=last_of_january, move="next-month")
    assert to_date(grid.focus) == dt.date(2026, 2, 28)
    back = month_grid(EN, today=dt.date(2026, 1, 1), focus=grid.focus, move="previous-year")
    assert to_date(back.focus) == dt.date(2025, 2, 28)


@pytest.mark.parametrize("locale", [FA, AR, EN], ids=["jalali", "hijri", "gregorian"])
@pytest.mark.parametrize("focus", [-10_000_000, 10_000_000])
@pytest.mark.parametrize("move", ["", "next-year", "previous-year"])
def test_the_calendar_ends_where_days_may_not_be_typed(locale: Locale, focus: int, move: str) -> None:
    grid = month_grid(locale, today=dt.date(2026, 1, 1), focus=focus, move=move)
    assert any(day and day.is_focus for week in grid.weeks for day in week)


def test_the_calendar_and_the_reading_come_as_parts(let_in) -> None:
    browser = let_in("fa")
    answer = browser.get(
        "/design/calendar",
        {"zone": "Asia/Tehran", "week": "saturday", "value": "۱۴۰۵/۰۸/۳۰", "move": "next-month"},
    )
    assert answer.status_code == 200
    assert "آذر ۱۴۰۵" in answer.text
    assert "<html" not in answer.text
    assert browser.get("/design/day", {"value": "1405/8/30"}).text == "شنبه ۳۰ آبان ۱۴۰۵"
    assert (
        browser.get("/design/day", {"value": "2026/8/30"}).text
        == "این تاریخ در تقویمی جز تقویم انتخاب‌شده نوشته شده است."
    )
    assert browser.get("/design/calendar", {"zone": "Nowhere"}).status_code == 400
