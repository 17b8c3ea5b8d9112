"""Digits and separators of the three scripts, read as numbers.

Persian digits (U+06F0…), Arabic-Indic digits (U+0660…) and Latin digits are one; so are ``٫`` and ``.``,
``٬`` and ``,`` once it is clear which of them is the decimal mark. What is not clear is refused, never
guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal

from .errors import Refusal

PERSIAN_DIGITS: Final = "۰۱۲۳۴۵۶۷۸۹"
ARABIC_DIGITS: Final = "٠١٢٣٤٥٦٧٨٩"
LATIN_DIGITS: Final = "0123456789"
#: Marks that steer the direction of text and have no width: LRM, RLM, ALM, embeddings, overrides, isolates,
#: BOM.
BIDI_MARKS: Final = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"

DecimalMark = Literal[".", ","]

_DIGITS: Final = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, LATIN_DIGITS * 2)
_NUMBER: Final = str.maketrans(
    PERSIAN_DIGITS + ARABIC_DIGITS + "−﹣－＋٪％﹪،’\u00a0\u202f\u2009",
    LATIN_DIGITS * 2 + "---+%%%,'   ",
    BIDI_MARKS,
)
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z", re.ASCII)
_PARTS: Final = re.compile(
    r"""(?P<sign>[+-]?)\ ?
        (?P<body>[0-9٫٬.,' ]*[0-9])
        (?:[eE](?P<power>[+-]?[0-9]{1,3}))?
        \ ?(?P<percent>%?)
        (?P<after>-?)\Z""",
    re.VERBOSE,
)
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:([٬,.' ])[0-9]{3})(?:\1[0-9]{3})*\Z")
#: A slash between Persian digits, as it is usual in Iran; and what such a text is when it is the month of a year.
_SLASHED: Final = re.compile(
    rf"[-−+]?\s?[{PERSIAN_DIGITS}٬]*[{PERSIAN_DIGITS}]/[{PERSIAN_DIGITS}]+\s?[%٪]?-?\Z"
)
_MONTH_OF_YEAR: Final = re.compile("۱[۳۴][۰-۹]{2}/(?:۰?[۱-۹]|۱[۰-۲])\\Z")
_LONGEST: Final = 64
_HIGHEST_POWER: Final = 30


class NumberUnreadable(Refusal, ValueError):
    """The text is no number."""

    code = "number.unreadable"


class NumberAmbiguous(Refusal, ValueError):
    """The text reads as two different numbers."""

    code = "number.ambiguous"


def fold_digits(text: str) -> str:
    """Return the text with Persian and Arabic-Indic digits as Latin ones; all else stays.

    >>> fold_digits("۱۴۰۵/٠٥/31")
    '1405/05/31'
    """
    return text if text.isascii() else text.translate(_DIGITS)


def parse_number(text: str, *, decimal: DecimalMark | None = None) -> Decimal:
    """Return the number a person or a file wrote, exactly.

    Parameters
    ----------
    text
        Digits of any of the three scripts; thousands separated by ``٬`` ``,`` ``.`` ``'`` or a space,
        decimals by ``٫`` ``.`` or ``,``, between Persian digits also by a slash (``۱۲/۵``); a sign (``-``,
        ``−``, ``+``) before, or a minus after; a percent sign (``%``, ``٪``) divides by 100; an exponent
        (``1.5e3``). Direction marks are ignored.
    decimal
        Which of ``.`` and ``,`` is the decimal mark. By default it must be clear from the text: ``1,234.5``,
        ``1.234,5``, ``0.125`` and ``12,5`` are; ``1,234`` is not.

    Raises
    ------
    NumberUnreadable
        When the text is no number, or longer than 64 characters, or its exponent beyond ±30.
    NumberAmbiguous
        When ``decimal`` is not given and the text reads as two numbers.

    Examples
    --------
    >>> parse_number("۱٬۲۳۴٫۵"), parse_number("1.234,5"), parse_number("-٪۱۲".replace("٪", "") + "٪")
    (Decimal('1234.5'), Decimal('1234.5'), Decimal('-0.12'))
    """
    if decimal != "," and len(text) <= _LONGEST and _PLAIN.match(text) and (decimal or not _doubtful(text)):
        return Decimal(text)
    if "/" in text and len(text) <= _LONGEST:
        text = _without_slash(text)
    folded = text.translate(_NUMBER).strip()
    parts = _PARTS.match(folded) if len(folded) <= _LONGEST else None
    if parts is None or (parts["sign"] and parts["after"]):
        raise _unreadable(text)
    power = int(parts["power"] or 0)
    if abs(power) > _HIGHEST_POWER:
        raise _unreadable(text)
    plain = _plain(text, parts["body"], decimal)
    if parts["percent"]:
        power -= 2
    sign = "-" if "-" in (parts["sign"], parts["after"]) else ""
    return Decimal(f"{sign}{plain}E{power}") if power else Decimal(sign + plain)


def _without_slash(text: str) -> str:
    """Return the text with the slash between Persian digits as a decimal mark."""
    bare = text.translate(dict.fromkeys(map(ord, BIDI_MARKS))).strip()
    if not _SLASHED.match(bare):
        return text
    if _MONTH_OF_YEAR.match(bare):
        raise NumberAmbiguous(
            f"{text!r} is {fold_digits(bare).replace('/', '.')} or the month of a year.",
            hint="Write the number with ٫ as its decimal mark, or the date with its day.",
            text=text,
        )
    return bare.replace("/", "٫")


def _doubtful(text: str) -> bool:
    """Whether a plain ``123.456`` could also be a grouped thousand."""
    return len(text) >= 5 and text[-4] == "." and _GROUPED.match(text.lstrip("+-")) is not None


def _plain(text: str, body: str, decimal: DecimalMark | None) -> str:
    """Return the body without thousands separators and with ``.`` for its decimal mark."""
    mark = _decimal_mark(text, body, decimal)
    whole, found, fraction = body.rpartition(mark) if mark else ("", "", body)
    if not found:
        whole, fraction = fraction, ""
    if not (whole.isdigit() or whole == "" or _GROUPED.match(whole)) or (found and not fraction.isdigit()):
        raise _unreadable(text)
    digits = "".join(filter(str.isdigit, whole)) or "0"
    return f"{digits}.{fraction}" if found else digits


def _decimal_mark(text: str, body: str, decimal: DecimalMark | None) -> str:
    if "٫" in body:
        return "٫"
    if decimal is not None:
        return decimal
    marks = [mark for mark in ".," if mark in body]
    if len(marks) == 2:
        return max(marks, key=body.rindex)
    if not marks or body.count(marks[0]) > 1:
        return ""
    if _GROUPED.match(body):
        other = "," if marks[0] == "." else "."
        raise NumberAmbiguous(
            f"{text!r} is {body.replace(marks[0], '')} or {body.replace(marks[0], '.')}.",
            hint=f'Say which mark is the decimal one: decimal="{marks[0]}" or decimal="{other}".',
            text=text,
        )
    return marks[0]


def _unreadable(text: str) -> NumberUnreadable:
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return NumberUnreadable(
        f"{shown!r} is not a number.",
        hint="Write digits (۱۲۳, ١٢٣ or 123) with at most one decimal mark, such as 1,234.5 or ۱٬۲۳۴٫۵.",
        text=shown,
    )
