"""Digits and numbers of three scripts: read exactly, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.digits import (
    ARABIC_DIGITS,
    LATIN_DIGITS,
    PERSIAN_DIGITS,
    NumberAmbiguous,
    NumberUnreadable,
    fold_digits,
    parse_number,
)


def test_digits_fold_and_all_else_stays() -> None:
    assert fold_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789") == " ".join([LATIN_DIGITS] * 3)
    assert fold_digits("سفارش ۱۲، ٣٫٥٪") == "سفارش 12، 3٫5٪"
    assert fold_digits("plain 12") == "plain 12"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("-12", "-12"),
        ("+12.50", "12.50"),
        ("۱٬۲۳۴٫۵", "1234.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1'234.5", "1234.5"),
        ("1’234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("۱٬۲۳۴", "1234"),
        ("۱۲٫۵", "12.5"),
        ("۱٫۲۳۴", "1.234"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1234,567", "1234.567"),
        ("1234.567", "1234.567"),
        ("1.2345", "1.2345"),
        ("1,2345", "1.2345"),
        (".5", "0.5"),
        ("٫۵", "0.5"),
        ("−۱۲", "-12"),
        ("\u200e−۱۲", "-12"),
        ("\u061c-١٢", "-12"),
        ("۱۲-", "-12"),
        ("- 5", "-5"),
        ("12%", "0.12"),
        ("۱۲٪", "0.12"),
        ("١٢٫٥٪\u061c", "0.125"),
        ("12.5 %", "0.125"),
        ("-3%", "-0.03"),
        ("1.5e3", "1500"),
        ("2E-3", "0.002"),
        ("٥،٢", "5.2"),
        ("  7\t", "7"),
        ("007", "7"),
        ("1٬234٬567.89", "1234567.89"),
        ("۱۲/۵", "12.5"),
        ("-۱٬۲۳۴/۵۶", "-1234.56"),
        ("\u200f۱۲/۵٪", "0.125"),
        ("۲۰۲۶/۵", "2026.5"),
        ("۱۴۰۵/۱۳", "1405.13"),
    ],
)
def test_numbers_that_are_clear(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("-12.345", "-12.345", "-12345"),
        ("۱,۲۳۴", "1234", "1.234"),
        ("١،٢٣٤", "1234", "1.234"),
        ("123.456%", "1.23456", "1234.56"),
    ],
)
def test_numbers_that_read_two_ways_are_refused_until_someone_says(text: str, point: str, comma: str) -> None:
    with pytest.raises(NumberAmbiguous, match="decimal=") as refusal:
        parse_number(text)
    assert refusal.value.context["text"] == text
    assert parse_number(text, decimal=".") == Decimal(point)
    assert parse_number(text, decimal=",") == Decimal(comma)


@pytest.mark.parametrize("text", ["۱۴۰۵/۵", "۱۳۷۰/۰۹", "۱۴۰۰/۱۲"])
def test_the_month_of_a_persian_year_is_not_taken_for_a_number(text: str) -> None:
    with pytest.raises(NumberAmbiguous, match="or the month of a year"):
        parse_number(text)
    assert parse_number(text.replace("/", "٫")) == Decimal(fold_digits(text).replace("/", "."))


def test_the_refusal_names_both_readings() -> None:
    with pytest.raises(NumberAmbiguous) as refusal:
        parse_number("1.234")
    assert str(refusal.value) == (
        '\'1.234\' is 1234 or 1.234. Say which mark is the decimal one: decimal="." or decimal=",".'
    )


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", ".", "٫", "abc", "12a", "1,23,456", "12,345,6", "12,34,5", "1.2.3", "1,2,3", "--1", "-1-", "+1-",
        "1..2", "1,,234", "1.234,567.8", "1,234.567,8", "۱٫۲٫۳", "12e", "e5", "1e99", "1e9999999999", "nan", "inf",
        "Infinity", "1_000", "0x10", "½", "²", "12/5",
        "۱۲/5", "12/۵", "١٢/٥", "۱۴۰۵/۰۵/۳۱", "/۵", "۱۲/", "۱٫۲/۳",
        "$12", "12 ریال", "%", "1%%", "१२", "1 2", "1 23", "1" * 65,
        "0,123,456", "1.", "1٬23", "٬123",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberUnreadable, match="is not a number"):
        parse_number(text)


def test_with_a_decimal_mark_the_other_only_groups() -> None:
    assert parse_number("1,234.5", decimal=".") == Decimal("1234.5")
    for text, mark in [("1.234,5", "."), ("1,234.5", ","), ("12,5", ".")]:
        with pytest.raises(NumberUnreadable):
            parse_number(text, decimal=mark)  # type: ignore[arg-type]


def test_a_long_text_is_refused_without_being_repeated_whole() -> None:
    with pytest.raises(NumberUnreadable) as refusal:
        parse_number("9" * 1_000_000)
    assert len(str(refusal.value)) < 300


numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
scripts = st.sampled_from(
    [
        str.maketrans("", ""),
        str.maketrans(LATIN_DIGITS + ",.", PERSIAN_DIGITS + "٬٫"),
        str.maketrans(LATIN_DIGITS + ",.", ARABIC_DIGITS + "٬٫"),
        str.maketrans(",.", ".,"),
    ]
)


@given(numbers, scripts)
def test_what_is_written_with_groups_and_decimals_reads_back(value: Decimal, script: dict[int, int]) -> None:
    text = f"{value:,.4f}".translate(script)
    assert parse_number(text) == value  # four decimals are never a group of three


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        value = parse_number(text)
    except (NumberUnreadable, NumberAmbiguous):
        return
    assert value.is_finite()


@given(st.integers(-(10**12), 10**12), st.sampled_from([PERSIAN_DIGITS, ARABIC_DIGITS, LATIN_DIGITS]))
def test_a_whole_number_reads_alike_in_every_script(value: int, digits: str) -> None:
    assert parse_number(str(value).translate(str.maketrans(LATIN_DIGITS, digits))) == value
