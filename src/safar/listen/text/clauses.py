"""Parts of a comment that speak for themselves: sentences, and the two sides of a "but"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_STOPS: Final = re.compile(
    r"(?<![.!?؟…\n\r;؛])[.!?؟…\n\r;؛]+(?=\s|\Z|[^\W\d])"  # not the point of 2.5
    r"|(?<!\w)(?:but|however|although|though|except|yet|whereas|unfortunately"
    r"|ولی|اما|لیکن|ولیکن|هرچند|متاسفانه|متأسفانه|فقط"
    r"|لكن|لکن|ولكن|لاكن|بس|غير أن|الا ان|إلا أن|ولاكن|للأسف|للاسف)(?!\w)",
    re.IGNORECASE,
)
_COMMAS: Final = re.compile(r"[,،]")
#: Words on either side from which a comma parts two clauses; below it is a list.
_FEWEST_WORDS: Final = 3
#: Characters in which those words are looked for, so that a text of commas alone is read once.
_LOOKED_AT: Final = 200


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the places of a comment's clauses, half open, in order.

    They end at full stops and the like, before words of contrast (but, ولی, لكن, …), and at commas with three words or
    more on both sides.

    >>> text = "The food was great, but delivery took two hours"
    >>> [text[first:last] for first, last in clauses(text)]
    ['The food was great,', 'but delivery took two hours']
    """
    stops = (stop.start() if stop[0][0].isalpha() else stop.end() for stop in _STOPS.finditer(text))
    found: list[tuple[int, int]] = []
    for first, last in pairwise([0, *stops, len(text)]):
        found += _at_commas(text, first, last)
    return [trimmed for first, last in found if (trimmed := _trimmed(text, first, last))[0] < trimmed[1]]


def _at_commas(text: str, first: int, last: int) -> list[tuple[int, int]]:
    parts = []
    start = first
    for comma in _COMMAS.finditer(text, first, last):
        before = text[start : min(comma.start(), start + _LOOKED_AT)]
        after = text[comma.end() : min(last, comma.end() + _LOOKED_AT)]
        if len(before.split()) >= _FEWEST_WORDS and len(after.split(maxsplit=_FEWEST_WORDS)) >= _FEWEST_WORDS:
            parts.append((start, comma.start()))
            start = comma.end()
    return [*parts, (start, last)]


def _trimmed(text: str, first: int, last: int) -> tuple[int, int]:
    part = text[first:last]
    return first + len(part) - len(part.lstrip()), last - (len(part) - len(part.rstrip()))
