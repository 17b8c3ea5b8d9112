"""Sentences with numbers in them, right in both directions of reading."""

from __future__ import annotations

import re
from typing import Final

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_RIGHT_TO_LEFT_ISOLATE: Final = "\u2067"
_POP_ISOLATE: Final = "\u2069"
_SIGNED_WORDS: Final = re.compile("^\u200e.*[\u0620-\u064a\u0671-\u06d3]")


def filled(sentence: str, **facts: str) -> str:
    """Return a sentence with its named places filled, each fact kept apart from what stands around it.

    Without isolation two numbers with only a colon between them change places in a line from right to left:
    "95%: 32.3%" would be read "32.3% :95%".

    Examples
    --------
    >>> filled("%(level)s: %(low)s", level="95%", low="32.3%")
    '\\u206895%\\u2069: \\u206832.3%\\u2069'
    """
    return sentence % {name: f"{_isolate(fact)}{fact}{_POP_ISOLATE}" for name, fact in facts.items()}


def turns(text: str) -> bool:
    """Whether a number with words would be taken for one that runs from left to right, for the mark before its sign.

    >>> turns("\u200e−۳٫۲ میلیون"), turns("\u200e−۳٫۲"), turns("۳٫۲ میلیون")
    (True, False, False)
    """
    return _SIGNED_WORDS.match(text) is not None


def _isolate(fact: str) -> str:
    return _RIGHT_TO_LEFT_ISOLATE if turns(str(fact)) else _FIRST_STRONG_ISOLATE
