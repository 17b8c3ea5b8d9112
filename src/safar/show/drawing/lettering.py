"""How wide words are, where they are cut, and how words of two directions stand side by side.

A drawing is made where no font is at hand, so widths come from a table: advances of Vazirmatn and Inter, the
wider of the two, in hundredths of the size; for a letter of Arabic script a mean of its four forms, each as often as
text has it.
"""

from __future__ import annotations

from typing import Final, Literal
from unicodedata import bidirectional, combining

Direction = Literal["ltr", "rtl"]

_WIDTHS: Final = {
    25: "Iijlآأإا٬،؛",
    30: " !',.:;`·ـ١۱",
    35: "()[]ft|رزژ",
    40: "/\\rء٠۰٫",
    45: '"-^_{}−ؤئلنويی٤؟',
    50: "*?ةدذۀ٢٦٩۲۶۹٪",
    55: "17JLacksvxyzبتثعغقهىپ٥۴",
    60: "235689EFbdeghnopqu«»م٧٨۵۷۸",
    65: "#$&+04<=>BKPRSTZ…–×±فكکگ٣۳",
    70: "ADVXY~جحخطظچ",
    75: "CGHNOQU",
    80: "w—",
    85: "ے",
    90: "Mm",
    95: "@",
    100: "%Wسشصض",
    0: "\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069",
}
_HUNDREDTHS: Final = {ord(letter): width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER: Final = 65
_WIDE: Final = 105
_FIRST_WIDE: Final = "\u2e80"
_BOLDER: Final = 1.03
#: An isolate and the mark of the same direction: without the mark Chromium tears off a digit that follows an isolate
#: at once, where the two come from different fonts.
_OPENING: Final[dict[Direction, str]] = {"ltr": "\u2066\u200e", "rtl": "\u2067\u200f"}
_CLOSING: Final = "\u2069"
_STRONG: Final[dict[str, Direction]] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_ELLIPSIS: Final = "…"


def text_width(words: str, *, size: float, is_bold: bool = False) -> float:
    """Estimate how wide words are drawn.

    Parameters
    ----------
    words
        One line.
    size
        Of the type, in units of the drawing.
    is_bold
        Semibold or bold.

    Returns
    -------
    float
        Units of the drawing: what a browser draws and up to a fifth more, rarely less.

    Examples
    --------
    >>> text_width("cart", size=10)
    18.5
    """
    total = sum(_hundredths(letter) for letter in words)
    return total * size / 100 * (_BOLDER if is_bold else 1.0)


def _hundredths(letter: str) -> int:
    known = _HUNDREDTHS.get(ord(letter))
    if known is not None:
        return known
    if combining(letter):
        return 0
    return _WIDE if letter >= _FIRST_WIDE else _OTHER


def clipped(words: str, *, size: float, room: float, is_bold: bool = False) -> str:
    """Return the words, cut with an ellipsis where they are wider than the room.

    Parameters
    ----------
    words
        One line.
    size, is_bold
        As in `text_width`.
    room
        Units of the drawing.

    Returns
    -------
    str
        The words themselves, or their beginning and ``…``; at least one letter stays.

    Examples
    --------
    >>> clipped("a long name of a step", size=12, room=60)
    'a long na…'
    """
    if text_width(words, size=size, is_bold=is_bold) <= room:
        return words
    room -= text_width(_ELLIPSIS, size=size, is_bold=is_bold)
    taken = 0.0
    for place, letter in enumerate(words):
        taken += text_width(letter, size=size, is_bold=is_bold)
        if taken > room:
            return words[: max(place, 1)].rstrip(" \u200c") + _ELLIPSIS
    return words


def isolated(words: str, *, direction: Direction | None = None) -> str:
    """Return words that neither turn their neighbours round nor are turned by them.

    Parameters
    ----------
    words
        A name from data, or words of the reader's language.
    direction
        Of a sentence of the reader's; None lets the first letter decide, as names from data want it.

    Returns
    -------
    str
        Between an isolate (U+2066 or U+2067) and its end (U+2069); nothing for nothing.
    """
    if not words:
        return ""
    return f"{_OPENING[direction or first_direction(words)]}{words}{_CLOSING}"


def first_direction(words: str) -> Direction:
    """Return the direction of the first letter outside isolates; left to right where there is none.

    Examples
    --------
    >>> first_direction("۱۲ نفر"), first_direction("add_to_cart"), first_direction("12")
    ('rtl', 'ltr', 'ltr')
    """
    depth = 0
    for letter in words:
        if letter in "\u2066\u2067\u2068":
            depth += 1
        elif letter == _CLOSING:
            depth -= 1
        elif depth <= 0 and (found := _STRONG.get(bidirectional(letter))):
            return found
    return "ltr"
