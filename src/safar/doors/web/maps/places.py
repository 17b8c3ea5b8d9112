"""Parts of a map as comments and presence name them: ``step/s1``, ``card/c1``."""

from __future__ import annotations

import re
from typing import Final

from .errors import CommentRefused

_PLACE: Final = re.compile(r"(?:(?:stage|step|lane|card)/[A-Za-z0-9_-]{1,40})?")


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
