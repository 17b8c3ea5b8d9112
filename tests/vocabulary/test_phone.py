"""Telephone numbers: one number, one text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.phone import NO_REGION, PhoneImpossible, PhoneUnreadable, UnknownRegion, e164


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("09123456789", "IR", "+989123456789"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
        ("٠٩١٢٣٤٥٦٧٨٩", "IR", "+989123456789"),
        ("9123456789", "IR", "+989123456789"),
        ("+989123456789", "IR", "+989123456789"),
        ("+98 (912) 345-6789", "IR", "+989123456789"),
        ("(021) 8812 3456", "IR", "+982188123456"),
        ("00989123456789", "IR", "+989123456789"),
        ("۰۰۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
        ("989123456789", "IR", "+989123456789"),
        ("+98 0912 345 6789", "IR", "+989123456789"),
        ("\u202a+98 912 345 6789\u202c", "IR", "+989123456789"),
        ("\u2066۰۹۱۲\u00a0۳۴۵\u2011۶۷۸۹\u2069", "IR", "+989123456789"),
        ("02188123456", "IR", "+982188123456"),
        ("050 123 4567", "SA", "+966501234567"),
        ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
        ("966501234567", "SA", "+966501234567"),
        ("050 123 4567", "AE", "+971501234567"),
        ("0770 123 4567", "IQ", "+9647701234567"),
        ("0100 123 4567", "EG", "+201001234567"),
        ("+1 650 253 0000", "IR", "+16502530000"),
        ("00201001234567", "US", "+201001234567"),
        ("+44 20 7946 0958", "ir", "+442079460958"),
        ("+39 06 6982", "IR", "+39066982"),
    ],
)
def test_numbers_as_people_type_them(text: str, region: str, number: str) -> None:
    assert e164(text, region) == number


@pytest.mark.parametrize(
    "text", ["", "   ", "abc", "0912 345 abcd", "0912#345", "--", "+", "++989123456789", "1", "NA"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneUnreadable, match="not a telephone number"):
        e164(text)


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "091234567890",
        "22334455",
        "6789",
        "12345",
        "+98912345678",
        "+9891234567890",
        "0" * 15,
        "+210123456",
        "0218812345",
    ],
)
def test_what_no_number_of_the_country_can_be_is_refused(text: str) -> None:
    with pytest.raises((PhoneImpossible, PhoneUnreadable)):
        e164(text)


def test_the_reason_names_the_country() -> None:
    with pytest.raises(PhoneImpossible, match="'0912345678', taken as one of IR"):
        e164("0912345678")


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(UnknownRegion, match="'IRAN'"):
        e164("09123456789", "Iran")


@given(st.integers(9_010_000_000, 9_399_999_999), st.sampled_from(["", "0", "98", "0098", "+98"]))
def test_every_way_to_write_a_mobile_number_is_one_number_and_stays_it(number: int, prefix: str) -> None:
    written = e164(f"{prefix}{number}")
    assert written == f"+98{number}"
    assert e164(written, "SA") == written


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = e164(text)
    except (PhoneUnreadable, PhoneImpossible):
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()


def test_the_tables_of_all_countries_are_loaded_only_when_a_number_is_read() -> None:
    code = "import sys, safar.vocabulary.phone; assert 'phonenumbers' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_a_region_only_numbers_with_a_country_code_are_read() -> None:
    assert e164("+98 912 345 6789", NO_REGION) == "+989123456789"
    with pytest.raises(PhoneUnreadable):
        e164("0912 345 6789", NO_REGION)
