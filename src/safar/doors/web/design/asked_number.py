"""Whole numbers in what a request says: an id, a revision, a place in a list."""

from __future__ import annotations

from typing import Final

#: So many always fit a column of whole numbers.
_MOST_DIGITS: Final = 18


def number_in(text: str) -> int | None:
    """Return the whole number that a request names; None where it is none that a table could hold.

    >>> number_in("12"), number_in("x"), number_in("²"), number_in("9" * 5000)
    (12, None, None, None)
    """
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
