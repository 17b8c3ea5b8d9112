"""A text made plain for looking for numbers in it, and what stands beside a place in it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from safar.vocabulary.text import fold

#: What people put between the digits of one number.
GAP: Final = r"[\s\-._/,()]{0,3}"
#: Stands for each character of what was replaced before.
TAKEN: Final = "\x01"
#: How far a word may stand before the number that it speaks of, in characters.
_REACH: Final = 32
_MONEY_AFTER: Final = re.compile(
    r"\W{0,3}(?:تومان|تومن|ریال|درهم|جنیه|دینار|دولار|دلار|لیره|هزار|میلیون|usd|eur|irr|sar|aed|egp|dollars?|euros?|rials?|riyals?|%|\$|€)"
)
_MONEY_BEFORE: Final = re.compile(r"[$€£]\s?\Z")


class _Plain(dict[int, str]):
    """What each character is while numbers are looked for: one character, or nothing where it has no width."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        digit = unicodedata.decimal(character, -1)
        if digit >= 0:
            plain = str(digit)
        elif unicodedata.category(character) in {"Cf", "Mn", "Me"}:
            plain = ""
        elif character == "\u0640":
            plain = "-"  # typed for a dash between digits
        elif character.isspace():
            plain = " "
        else:
            folded = fold(character)
            plain = folded if len(folded) == 1 else character
        self[code] = plain
        return plain


_PLAIN: Final = _Plain()


def foldable(text: str) -> tuple[str, list[int] | None]:
    """Return the text for looking for numbers, and where each of its characters stands in the text as it came.

    Digits of every script are ASCII, letters are folded and small, marks without width are gone. Places are None
    where nothing is gone and they are the same.
    """
    plain = text.lower() if text.isascii() else text.translate(_PLAIN)
    if len(plain) == len(text):
        return plain, None
    return plain, [place for place, character in enumerate(text) if _PLAIN[ord(character)]]


def digits_of(text: str) -> str:
    """Return the digits of a text, the rest left out.

    >>> digits_of("+98 (912) 345-67.89")
    '989123456789'
    """
    return "".join(filter(str.isdigit, text))


def word_before(text: str, start: int, words: re.Pattern[str], *, reach: int = _REACH) -> bool:
    """Return whether such a word stands shortly before, with no number and no placeholder of one between."""
    before = text[max(0, start - reach) : start]
    place = len(before)
    while place and not (before[place - 1].isdigit() or before[place - 1] == TAKEN):
        place -= 1
    return words.search(before, place) is not None


def follows(text: str, end: int, words: re.Pattern[str]) -> bool:
    """Return whether such a word is the next one."""
    return words.match(text[end : end + _REACH].lstrip(" \t:,.-()")) is not None


def is_money(text: str, start: int, end: int) -> bool:
    """Return whether a currency stands beside the number."""
    return bool(_MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text[max(0, start - 3) : start]))
