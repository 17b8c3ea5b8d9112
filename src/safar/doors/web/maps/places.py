"""Parts of a map as comments and presence name them, ``step/s1``, ``card/c1``; numbers that requests name things by."""

from __future__ import annotations

import re
from typing import Final

from .errors import CommentRefused

#: So many always fit a column of whole numbers.
_MOST_DIGITS: Final = 18
_PLACE: Final = re.compile(r"(?:(?:stage|step|lane|card)/[A-Za-z0-9_-]{1,40})?")


def number_in(text: str) -> int | None:
    """Return the id or revision that a request names; None where it is none that a table could hold.

    >>> number_in("12"), number_in("x"), number_in("9" * 5000)
    (12, None, None)
    """
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def place_in(text: str) -> str:
    """Return the name of a part of a map; empty for anything else."""
    return text if _PLACE.fullmatch(text) else ""


def checked_place(place: str) -> str:
    """Return the name of a part of a map; empty for the whole.

    Raises
    ------
    CommentRefused
    """
    if _PLACE.fullmatch(place) is None:
        raise CommentRefused(
            f"{place[:60]!r} names no part of a map.",
            hint="Write stage/…, step/…, lane/… or card/… with its id, or nothing for the whole map.",
        )
    return place
