"""Telephone numbers in a text: digits that a country's plan knows, or that stand beside the word for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from .personal_places import GAP, digits_of, follows, is_money, word_before

_END: Final = r"(?!\d)"
_ABROAD: Final = re.compile(rf"(?<![\d+])(?:\+|00){GAP}\d(?:{GAP}\d){{6,14}}{_END}\+?")
_WITH_CODE: Final = re.compile(
    rf"(?<![\d+a-z])(?=9{GAP}[78]|9{GAP}6|2{GAP}0|4{GAP}4|9{GAP}0|1)\d(?:{GAP}\d){{10,12}}{_END}\+?"
)
_AT_HOME: Final = re.compile(rf"(?<![\d+a-z])\(?0(?:{GAP}\d){{8,10}}{_END}")
_IRAN_WITHOUT_ZERO: Final = re.compile(rf"(?<![\d+a-z.,])9(?:{GAP}\d){{9}}{_END}")
_NORTH_AMERICA: Final = re.compile(
    rf"(?<![\d+a-z])(?:\+?1[ .-])?\(?[2-9]\d\d\)?[ .-]{{1,2}}\d{{3}}[ .-]\d{{4}}{_END}"
)
_BESIDE_WORD: Final = re.compile(rf"(?<![\d+a-z])\(?\d(?:{GAP}\d){{6,14}}{_END}")

_HOMES: Final = ("IR", "SA", "AE", "EG", "GB", "IQ", "JO", "LB", "TR", "DE", "FR", "KW", "SY")
_WORD: Final = re.compile(
    r"تلفن|موبایل|موبایلم|همراه|شماره ?تماس|شماره ?ام|شمارم|شماره ?من|تماس بگیر|زنگ بزن|واتس|تلگرام"
    r"|\bphone|\bmobile|\bcell|\bwhats ?app|\bcall (?:me|us|him|her|on|at)|\btel\b|\btext me|\bcontact (?:me|number|no)"
    r"|\bmy number|\breach me"
    r"|جوال|هاتف|رقمی|رقم التواصل|تلفون|اتصل|کلمنی|کلمونی|للتواصل|اتصال علی"
)
#: Words for numbers of orders, parcels and invoices.
OTHER_NUMBER: Final = re.compile(
    r"سفارش|پیگیری|رهگیری|فاکتور|مرسوله|بارکد|سریال|کد ?کالا|تراکنش|ارجاع"
    r"|\border|\btracking|\binvoice|\bref(?:erence)?\b|\bserial|\bbarcode|\bticket|\btransaction|\bparcel|\bpurchase"
    r"|طلب|فاتوره|شحنه|تتبع|بولیصه|معامله|عملیه|تذکره"
)


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield where telephone numbers stand in a text folded by `personal_places.foldable`."""
    for pattern, is_one in _LOOKS:
        for found in pattern.finditer(text):
            end = is_one(text, found.start(), found.end())
            if end:
                yield found.start(), end


def _abroad(text: str, start: int, end: int) -> int:
    """Return the end of a number with a country code said, without the groups of digits that follow it."""
    for stop in _ends(text, start, end):
        digits = digits_of(text[start:stop])
        if text[start] != "+":
            digits = digits.removeprefix("00")
        if _is_valid("+" + digits, "ZZ"):
            return stop
    return 0


def _with_code(text: str, start: int, end: int) -> int:
    digits = digits_of(text[start:end])
    if digits.startswith("1") and not word_before(text, start, _WORD):
        return 0
    return end if _is_mobile("+" + digits) and not _is_another(text, start, end) else 0


def _at_home(text: str, start: int, end: int) -> int:
    for stop in _ends(text, start, end):
        digits = digits_of(text[start:stop])
        if len(digits) >= 9 and any(_is_valid(digits, region) for region in _HOMES):
            return stop
    return 0


def _in_iran(text: str, start: int, end: int) -> int:
    digits = digits_of(text[start:end])
    return end if _is_valid(digits, "IR") and not _is_another(text, start, end) else 0


def _in_north_america(text: str, start: int, end: int) -> int:
    return end if _is_valid(digits_of(text[start:end])[-10:], "US") else 0


def _beside_word(text: str, start: int, end: int) -> int:
    return end if word_before(text, start, _WORD) and not _is_another(text, start, end) else 0


#: How a number may look, and what it then takes to be one; the surer looks first.
_LOOKS: Final = (
    (_ABROAD, _abroad),
    (_AT_HOME, _at_home),
    (_NORTH_AMERICA, _in_north_america),
    (_WITH_CODE, _with_code),
    (_IRAN_WITHOUT_ZERO, _in_iran),
    (_BESIDE_WORD, _beside_word),
)


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the end, and where groups of digits end before it, the farthest first."""
    yield end
    for place in range(end - 1, start + 7, -1):
        if not text[place].isdigit() and text[place - 1].isdigit():
            yield place


def _is_another(text: str, start: int, end: int) -> bool:
    """Whether words beside it say that the number is an order's, a parcel's or an amount."""
    return (
        word_before(text, start, OTHER_NUMBER)
        or is_money(text, start, end)
        or follows(text, end, OTHER_NUMBER)
    )


@lru_cache(maxsize=65536)
def _is_valid(digits: str, region: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - 10 MiB of tables, only for texts with such digits

    try:
        number = phonenumbers.parse(digits, None if region == "ZZ" else region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


@lru_cache(maxsize=65536)
def _is_mobile(digits: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - 10 MiB of tables, only for those who need them

    if not _is_valid(digits, "ZZ"):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(digits, None))
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
