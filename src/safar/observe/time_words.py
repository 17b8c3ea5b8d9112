"""Lengths of time in the words of people, Persian, Arabic and English, as the short form that is read everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from safar.vocabulary.text import fold

_NAMES: Final[Mapping[str, str]] = {
    "w": "week weeks هفته أسبوع أسابيع أسبوعا",
    "d": "day days روز يوم أيام يوما",
    "h": "hour hours ساعت ساعة ساعات",
    "m": "min minute minutes دقیقه دقيقة دقائق",
    "s": "sec second seconds ثانیه ثانية ثوان",
}
#: Two of something are one word in Arabic.
_TWO: Final[Mapping[str, str]] = {
    "w": "أسبوعان أسبوعين",
    "d": "يومان يومين",
    "h": "ساعتان ساعتين",
    "m": "دقيقتان دقيقتين",
    "s": "ثانيتان ثانيتين",
}
_ONE: Final = frozenset(map(fold, ("واحد", "واحدة")))
_AND: Final = frozenset(map(fold, ("and", "و")))
_UNITS: Final = {fold(name): unit for unit, names in _NAMES.items() for name in names.split()}
_PAIRS: Final = {fold(name): unit for unit, names in _TWO.items() for name in names.split()}
_PART: Final = re.compile(r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<word>[^\W\d_]+)|[,،])\s*")
#: What stands between thousands.
_GROUPED: Final = re.compile(r"(?<=[0-9])[,٬](?=[0-9]{3}(?![0-9]))")


def in_short(text: str) -> str | None:
    """Return a length of time in words as numbers and letters of units; None where it says anything else.

    >>> in_short("۲ ساعت و ۳۰ دقیقه"), in_short("يومان و٣ ساعات"), in_short("7 days"), in_short("-7 days")
    ('2h 30m', '2d 3h', '7d', None)
    """
    folded, place = _GROUPED.sub("", fold(text)), 0
    terms: list[str] = []
    number = ""
    while place < len(folded):
        part = _PART.match(folded, place)
        if part is None or (part["number"] and number):
            return None
        place = part.end()
        number = part["number"] or number
        word = _bare(part["word"] or "")
        if word in _UNITS:
            terms.append(f"{number}{_UNITS[word]}")
            number = ""
        elif word in _PAIRS and not number:
            terms.append(f"2{_PAIRS[word]}")
        elif word in _ONE and terms:
            terms[-1] = f"1{terms[-1]}"
        elif word and word not in _AND:
            return None
    is_whole = terms and not number and all(re.fullmatch(r"[0-9.]+[a-z]", term) for term in terms)
    return " ".join(terms) if is_whole else None


def _bare(word: str) -> str:
    """Return a word without the "and" that Arabic writes in one with it."""
    return word[1:] if word[:1] == "و" and word[1:] in _UNITS | _PAIRS else word
