"""The revision that a change is based on: told in the body, or as the ETag of what was read."""

from __future__ import annotations

from typing import Annotated, Final

from ninja import Header
from pydantic import Field

from .problems import Invalid

_MOST_DIGITS: Final = 9
Revision = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        max_length=40,
        description='The `ETag` of the revision that the change is based on, such as `"7"`; outranks `base`.',
    ),
]


def base_of(said: int | None, if_match: str) -> int | None:
    """Return the revision that a request names, its header before its body; None where it names none.

    Raises
    ------
    Invalid
        The header holds no revision.
    """
    tag = if_match.strip().removeprefix("W/").strip('"')
    if not tag:
        return said
    if not (tag.isascii() and tag.isdigit() and len(tag) <= _MOST_DIGITS):
        raise Invalid("If-Match holds no revision.", hint='Send the ETag of what you have read, such as "7".')
    return int(tag)
