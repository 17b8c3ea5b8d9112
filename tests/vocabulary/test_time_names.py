"""Names of months and days of the week."""

from __future__ import annotations

import pytest

from safar.vocabulary.calendar import CALENDARS
from safar.vocabulary.time_names import (
    MONTHS,
    SHORT_MONTHS,
    WEEKDAY_NAMES,
    month_by_name,
    name_key,
    weekday_keys,
)


def test_every_calendar_has_twelve_distinct_months_in_every_language() -> None:
    assert set(MONTHS) == set(CALENDARS)
    for calendar, languages in MONTHS.items():
        assert set(languages) == {"fa", "ar", "en"}
        for names in languages.values():
            assert len(set(names)) == 12, calendar
    for names in SHORT_MONTHS.values():
        assert len(set(names)) == 12
    for days in WEEKDAY_NAMES.values():
        assert len(set(days)) == 7


def test_every_name_that_is_shown_is_read_as_the_month_it_is() -> None:
    known = month_by_name()
    for calendar, languages in MONTHS.items():
        for names in languages.values():
            for month, name in enumerate(names, 1):
                assert known[name_key(name)] == (calendar, month), name


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("كانون الثاني", ("gregorian", 1)),
        ("تشرين الأول", ("gregorian", 10)),
        ("تشرين الثاني", ("gregorian", 11)),
        ("جويلية", ("gregorian", 7)),
        ("غشت", ("gregorian", 8)),
        ("آگوست", ("gregorian", 8)),
        ("مي", ("gregorian", 5)),
        ("SEPT", ("gregorian", 9)),
        ("امرداد", ("jalali", 5)),
        ("حمل", ("jalali", 1)),
        ("Ramazan", ("hijri", 9)),
        ("ذي الحجة", ("hijri", 12)),
    ],
)
def test_names_that_are_only_read(name: str, month: tuple[str, int]) -> None:
    assert month_by_name()[name_key(name)] == month


def test_no_name_is_both_a_month_and_a_day_of_the_week() -> None:
    assert not weekday_keys() & set(month_by_name())
