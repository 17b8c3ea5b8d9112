"""A locale: what readers of a language expect, and what they choose instead."""

from __future__ import annotations

import dataclasses

import pytest

from safar.show.locale import Locale, UnknownDigits, UnknownLanguage
from safar.vocabulary.calendar import JALALI, UnknownCalendar, UnknownPeriod
from safar.vocabulary.money import UnknownCurrency
from safar.vocabulary.time_zone import UnknownTimeZone


@pytest.mark.parametrize(
    ("language", "expected", "direction"),
    [
        ("fa", ("jalali", "persian", "Asia/Tehran", "IRR", "saturday"), "rtl"),
        ("ar", ("gregorian", "arabic", "Asia/Riyadh", "SAR", "sunday"), "rtl"),
        ("en", ("gregorian", "latin", "UTC", "USD", "monday"), "ltr"),
    ],
)
def test_what_readers_of_a_language_expect(language, expected: tuple[str, ...], direction: str) -> None:
    locale = Locale(language)
    assert dataclasses.astuple(locale) == (language, *expected)
    assert locale.direction == direction


def test_every_expectation_can_be_overruled() -> None:
    chosen = Locale(
        "ar",
        calendar="hijri",
        digits="latin",
        time_zone="Africa/Cairo",
        currency="EGP",
        week_starts="saturday",
    )
    assert dataclasses.astuple(chosen) == ("ar", "hijri", "latin", "Africa/Cairo", "EGP", "saturday")
    assert dataclasses.replace(chosen, calendar="gregorian").currency == "EGP"


def test_a_locale_is_a_value() -> None:
    assert Locale("fa") == Locale("fa", calendar="jalali")
    assert len({Locale("fa"), Locale("fa"), Locale("en")}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        Locale("fa").language = "en"  # type: ignore[misc]
    assert Locale("fa").calendar_lens is JALALI


@pytest.mark.parametrize(
    ("choice", "refusal"),
    [
        ({"language": "de"}, UnknownLanguage),
        ({"calendar": "persian"}, UnknownCalendar),
        ({"digits": "roman"}, UnknownDigits),
        ({"time_zone": "Tehran"}, UnknownTimeZone),
        ({"currency": "toman"}, UnknownCurrency),
        ({"week_starts": "Saturday"}, UnknownPeriod),
    ],
)
def test_what_there_is_not_is_refused(choice: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        Locale(**({"language": "fa"} | choice))  # type: ignore[arg-type]
