"""Sentences with numbers in them, right in both directions of reading."""

from __future__ import annotations

from typing import Final

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"


def filled(sentence: str, **facts: str) -> str:
    """Return a sentence with its named places filled, each fact kept apart from what stands around it.

    Without isolation two numbers with only a colon between them change places in a line from right to left:
    "95%: 32.3%" would be read "32.3% :95%".

    Examples
    --------
    >>> filled("%(level)s: %(low)s", level="95%", low="32.3%")
    '\\u206895%\\u2069: \\u206832.3%\\u2069'
    """
    return sentence % {name: f"{_FIRST_STRONG_ISOLATE}{fact}{_POP_ISOLATE}" for name, fact in facts.items()}
