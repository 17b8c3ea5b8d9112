"""Names that people give to things: one line that is seen, and that turns no other line around."""

from __future__ import annotations

import unicodedata
from typing import Final

#: The joiners of Persian and of emoji, which mean something between two signs.
_JOINERS: Final = "\u200c\u200d"
#: Signs of format that are seen: numbers, years and verses in Arabic writing.
_SEEN: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
#: Letters and symbols that are blank.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_REMOVED: Final = frozenset({"Cf", "Cs"})


def visible_line(text: str) -> str:
    """Return a name as it is kept: on one line, without signs that are not seen; empty where nothing of it is seen.

    Signs that turn the direction of writing go, for they turn what stands beside the name too; so do invisible ones.
    The joiners of Persian and of emoji stay between two signs. White space becomes single blanks, none at the ends.

    Examples
    --------
    >>> visible_line(" پیک\\u200cها \\u202e 2\\n"), visible_line("\\u200b\\u200e\\u202e"), visible_line("\\u200c")
    ('پیک\\u200cها 2', '', '')
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    line = "".join(map(_kept, text))
    found = " ".join(word for word in (each.strip(_JOINERS) for each in line.split()) if word)
    return found if any(map(_is_seen, found)) else ""


def _kept(sign: str) -> str:
    if sign in _JOINERS or sign in _SEEN:
        return sign
    category = unicodedata.category(sign)
    if category in _REMOVED:
        return ""
    return " " if category == "Cc" else sign


def _is_seen(sign: str) -> bool:
    return sign in _SEEN or (unicodedata.category(sign)[0] not in "CMZ" and sign not in _BLANK)
