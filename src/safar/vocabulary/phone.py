"""Telephone numbers in E.164: one number, one text, whatever digits and prefixes it was typed with."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .digits import BIDI_MARKS, fold_digits
from .errors import Refusal

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

#: National digits below which a number is a service's short code, unless the country's plan says otherwise.
_SHORTEST: Final = 7
#: Stands for no country (ISO 3166, user-assigned): only numbers with a country code can be read.
NO_REGION: Final = "ZZ"
_MARKS: Final = str.maketrans("＋﹢", "++", BIDI_MARKS + "\u200b\u200c\u200d")
_TYPED: Final = re.compile(r"[\s(]*\+?[0-9\s().\-/\u2010-\u2015\u2212]+\Z")


class PhoneUnreadable(Refusal, ValueError):
    """The text is no telephone number."""

    code = "phone.unreadable"


class PhoneImpossible(Refusal, ValueError):
    """Digits, but no number of that country has such a length."""

    code = "phone.impossible"


class UnknownRegion(Refusal, LookupError):
    """No country of that two-letter code has telephone numbers."""

    code = "phone.unknown_region"


def e164(text: str, region: str = "IR") -> str:
    """Return the number as ``+`` country code and subscriber number.

    Parameters
    ----------
    text
        As people type it: digits of any of the three scripts, ``+98``, ``0098``, ``98``, ``0912…``, blanks,
        dashes, brackets, direction marks.
    region
        ISO 3166 code of the country whose national form is meant when no country code is written; `NO_REGION`
        where there is none.

    Raises
    ------
    PhoneUnreadable
        When there are other characters than digits, ``+`` and separators, or too few digits.
    PhoneImpossible
        When no number of that country has this length, or the area code is missing.
    UnknownRegion
        When ``region`` is no country.

    Notes
    -----
    *Possible* means the right length for the country, not assigned to a subscriber: ranges open faster than
    tables are updated. Source: ITU-T E.164; lengths and prefixes from the metadata of the `phonenumbers`
    library.

    Examples
    --------
    >>> e164("۰۹۱۲ ۳۴۵ ۶۷۸۹"), e164("00989123456789"), e164("050 123 4567", "SA")
    ('+989123456789', '+989123456789', '+966501234567')
    """
    return _e164(fold_digits(text).translate(_MARKS).strip(), region.upper())


def has_telephone_plan(region: str) -> bool:
    """Return whether numbers of that country (ISO 3166) can be read without a country code."""
    import phonenumbers  # noqa: PLC0415 - 10 MiB of tables, only for those who need them

    return region in phonenumbers.SUPPORTED_REGIONS


@lru_cache(maxsize=65536)
def _e164(folded: str, region: str) -> str:
    import phonenumbers  # noqa: PLC0415  # 10 MiB of tables, only for those who need them

    if region != NO_REGION and not has_telephone_plan(region):
        raise UnknownRegion(
            f"{region!r} is not a country code.",
            hint="Use two letters of ISO 3166, such as IR or SA.",
            region=region,
        )
    if not _TYPED.match(folded):
        raise _unreadable(folded)
    digits = re.sub(r"[^0-9+]", "", folded)
    if digits.startswith("00"):  # dialled for + in most countries, and typed for it in all
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        raise _unreadable(folded) from None
    if not _is_of_a_person(number):
        raise PhoneImpossible(
            f"No telephone number looks like {folded[:40]!r}, taken as one of {region}.",
            hint="Check the number of digits and the country code.",
            text=folded[:40],
            region=region,
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_of_a_person(number: PhoneNumber) -> bool:
    """Whether the number has a possible length, and is no service's short code."""
    import phonenumbers  # noqa: PLC0415 - 10 MiB of tables, only for those who need them

    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return False
    national = phonenumbers.national_significant_number(number)
    # a zero that stays in front is a trunk prefix before too few digits, except where numbers do start with it
    sound = len(national) >= _SHORTEST and not number.italian_leading_zero
    return sound or phonenumbers.is_valid_number(number)


def _unreadable(folded: str) -> PhoneUnreadable:
    return PhoneUnreadable(
        f"{folded[:40]!r} is not a telephone number.",
        hint="Write digits, with a + and the country code for numbers from abroad.",
        text=folded[:40],
    )
