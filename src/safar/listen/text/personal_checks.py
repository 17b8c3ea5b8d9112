"""Numbers that check themselves: cards, IBANs and national ids, told from any other digits by their check digits."""

from __future__ import annotations

import re
from typing import Final

#: Length of an IBAN by country. Source: SWIFT, IBAN Registry, release 99.
IBAN_LENGTHS: Final = {
    **dict.fromkeys(("no",), 15),
    **dict.fromkeys(("be",), 16),
    **dict.fromkeys(("dk", "fi", "fk", "fo", "gl", "nl", "sd"), 18),
    **dict.fromkeys(("mk", "si"), 19),
    **dict.fromkeys(("at", "ba", "ee", "kz", "lt", "lu", "xk", "mn"), 20),
    **dict.fromkeys(("ch", "cr", "hr", "li", "lv"), 21),
    **dict.fromkeys(("bg", "bh", "de", "gb", "ge", "ie", "me", "rs", "va"), 22),
    **dict.fromkeys(("ae", "gi", "il", "iq", "so", "tl", "om"), 23),
    **dict.fromkeys(("ad", "cz", "es", "md", "pk", "ro", "sa", "se", "sk", "tn", "vg"), 24),
    **dict.fromkeys(("ly", "pt", "st"), 25),
    **dict.fromkeys(("ir", "is", "tr"), 26),
    **dict.fromkeys(("bi", "dj", "fr", "gr", "it", "mc", "mr", "sm"), 27),
    **dict.fromkeys(("al", "az", "by", "cy", "do", "gt", "hu", "lb", "ni", "pl", "sv"), 28),
    **dict.fromkeys(("br", "eg", "ps", "qa", "ua"), 29),
    **dict.fromkeys(("jo", "kw", "mu", "ye"), 30),
    **dict.fromkeys(("mt", "sc"), 31),
    **dict.fromkeys(("lc",), 32),
    **dict.fromkeys(("ru",), 33),
}
_FEWEST_DIGITS: Final = 10
#: First six digits of cards of Iranian banks (Shetab).
_SHETAB: Final = (
    "170019 207177 502229 502806 502908 502910 502938 504172 504706 505416 505785 505801 505809 507677 581672 "
    "585947 585949 585983 589210 589463 603769 603770 603799 606256 606373 610433 621986 622106 627353 627381 "
    "627412 627488 627648 627760 627884 627961 628023 628157 636214 636795 636949 639194 639217 639346 639347 "
    "639370 639599 639607 991975 "
)
IRANIAN_BANKS: Final = frozenset(_SHETAB.split())
_ISSUERS_OF_16: Final = (
    "4",
    "51",
    "52",
    "53",
    "54",
    "55",
    "22",
    "23",
    "24",
    "25",
    "26",
    "27",
    "60",
    "62",
    "64",
    "65",
)
_ISSUERS: Final = {15: ("34", "37"), 16: _ISSUERS_OF_16, 19: ("62", "4", "60")}
#: Where a card of so many digits may begin among others.
CARD_BEGINS: Final = {
    count: re.compile(f"(?={'|'.join((*issuers, *(sorted(IRANIAN_BANKS) if count == 16 else ())))})")
    for count, issuers in _ISSUERS.items()
}
_EGYPT_PARTS: Final = frozenset(
    ("01", "02", "03", "04", *map(str, range(11, 20)), *map(str, range(21, 36)), "88")
)


#: Twice each digit, and of what has two digits their sum.
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")


def passes_luhn(digits: str) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1, annex B).

    >>> passes_luhn("4111111111111111"), passes_luhn("4111111111111112")
    (True, False)
    """
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(digits[::-2].encode()) + sum(doubled.encode()) - ord("0") * len(digits)) % 10 == 0


def is_card(digits: str) -> bool:
    """Return whether so many digits, so begun, are a payment card's.

    16 digits of an Iranian bank are one whatever their check digit says: a card mistyped is still a card.

    >>> is_card("6037991234567893"), is_card("1234567890123456")
    (True, False)
    """
    if len(digits) == 16 and digits[:6] in IRANIAN_BANKS:
        return True
    begun = _ISSUERS.get(len(digits), ())
    return digits.startswith(begun) and passes_luhn(digits) if begun else False


def is_iban(text: str) -> bool:
    """Return whether letters and digits without separators, in small letters, are an IBAN (ISO 13616: mod 97 is 1).

    >>> is_iban("gb82west12345698765432"), is_iban("gb82west12345698765433")
    (True, False)
    """
    if IBAN_LENGTHS.get(text[:2]) != len(text) or not text.isascii() or not text.isalnum():
        return False
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return False  # "at 10am now leaving at 5pm" passes the check as well
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1


def is_iranian_id(digits: str) -> bool:
    """Return whether ten digits are an Iranian national id: the tenth checks the other nine, weighted 10 to 2.

    >>> is_iranian_id("0499370899"), is_iranian_id("0499370898"), is_iranian_id("1111111111")
    (True, False, False)
    """
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


def is_saudi_id(digits: str) -> bool:
    """Return whether ten digits are a Saudi national id (from 1) or a residence permit (from 2), by Luhn.

    >>> is_saudi_id("1101798278"), is_saudi_id("3101798278")
    (True, False)
    """
    return len(digits) == 10 and digits[0] in "12" and passes_luhn(digits)


def is_emirates_id(digits: str) -> bool:
    """Return whether fifteen digits are an Emirates id: 784, a year of birth, and Luhn's check digit.

    >>> is_emirates_id("784197912345671"), is_emirates_id("784297912345671")
    (True, False)
    """
    return (
        len(digits) == 15
        and digits.startswith("784")
        and 1900 <= int(digits[3:7]) <= 2035
        and passes_luhn(digits)
    )


def is_egyptian_id(digits: str) -> bool:
    """Return whether fourteen digits are an Egyptian national id: century, a birthday that there is, a governorate.

    >>> is_egyptian_id("29001011234567"), is_egyptian_id("29013011234567")
    (True, False)
    """
    return (
        len(digits) == 14
        and digits[0] in "23"
        and 1 <= int(digits[3:5]) <= 12
        and 1 <= int(digits[5:7]) <= 31
        and digits[7:9] in _EGYPT_PARTS
    )
