"""Sentences with numbers in them, right in both directions of reading."""

from __future__ import annotations

import re
from typing import Final

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_RIGHT_TO_LEFT_ISOLATE: Final = "\u2067"
_POP_ISOLATE: Final = "\u2069"
#: A mark of a number before the first letter, and words of Arabic letters before any of Latin ones: browsers take the
#: mark for the first letter, even inside of an isolate.
_SIGNED_WORDS: Final = re.compile(
    "^[^A-Za-z\u0620-\u064a\u0671-\u06d3]*\u200e[^A-Za-z]*[\u0620-\u064a\u0671-\u06d3]"
)
#: What already stands apart, and the first letter of a text if it is one of Arabic script.
_APART: Final = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
_ARABIC_FIRST: Final = re.compile("[^A-Za-z\u0620-\u064a\u0671-\u06d3]*[\u0620-\u064a\u0671-\u06d3]")
_LETTER: Final = re.compile(r"[^\W\d_]")

#: As `with_interval` writes them: both kept apart from what stands around them.
_WITH_INTERVAL: Final = re.compile(
    "(?P<number>\u200f?[\u2066-\u2068].+?\u2069) (?P<interval>\\([\u2066-\u2068].+\u2069\\))"
)

#: A place of a sentence that stands in quotation marks, and the marks that a quotation inside of one has.
_QUOTED: Final = re.compile("[«“]%\\((?P<name>[a-z_]+)\\)s[»”]")
_INNER_MARKS: Final = str.maketrans("«»“”", "‹›‘’")


def filled(sentence: str, **facts: str) -> str:
    """Return a sentence with its named places filled, each fact kept apart from what stands around it.

    Without isolation two numbers with only a colon between them change places in a line from right to left:
    "95%: 32.3%" would be read "32.3% :95%". What is quoted and quotes something itself gets inner marks.

    Examples
    --------
    >>> filled("%(level)s: %(low)s", level="95%", low="32.3%")
    '\\u206895%\\u2069: \\u206832.3%\\u2069'
    >>> print(filled("“%(name)s” is left out", name="“It was easy.” Do you agree?"))
    “\u2068‘It was easy.’ Do you agree?\u2069” is left out
    """
    quoted = {found["name"] for found in _QUOTED.finditer(sentence)}
    return sentence % {name: _apart(fact, is_quoted=name in quoted) for name, fact in facts.items()}


def with_interval(number: str, interval: str) -> str:
    """Return a number with its interval in brackets.

    >>> parted(with_interval("32%", "30% to 34%"))
    ('\\u206832%\\u2069', '(\\u206830% to 34%\\u2069)')
    """
    return filled("%(number)s (%(interval)s)", number=number, interval=interval)


def parted(text: str) -> tuple[str, str] | None:
    """Return the number and the interval of `with_interval`; None of any other text."""
    found = _WITH_INTERVAL.fullmatch(text)
    return None if found is None else (found["number"], found["interval"])


def turns(text: str) -> bool:
    """Whether words of Arabic script would be taken for ones that run from left to right.

    They are for a mark before the sign of a number, and where all letters stand apart: browsers look past those.

    >>> turns("\u200e−۳٫۲ میلیون"), turns("\u200e−۳٫۲"), turns("۳٫۲ میلیون")
    (True, False, False)
    >>> turns("\u2068\u200e۲۲٪\u2069 منفی"), turns("منفی: \u2068\u200e۲۲٪\u2069")
    (True, False)
    >>> turns("«\u2068سفارش داد\u2069»، \u2068۳ بار\u2069"), turns("«\u2068سفارش داد\u2069» نخست")
    (True, False)
    >>> turns("(\u2068Sara\u2069)")
    False
    """
    if _SIGNED_WORDS.match(text) is not None:
        return True
    outside, count = text, 1
    while count:
        outside, count = _APART.subn("", outside)
    return outside != text and not _LETTER.search(outside) and _ARABIC_FIRST.match(text) is not None


def _apart(fact: str, *, is_quoted: bool) -> str:
    text = str(fact).translate(_INNER_MARKS) if is_quoted else str(fact)
    return f"{_RIGHT_TO_LEFT_ISOLATE if turns(text) else _FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
