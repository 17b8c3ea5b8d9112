"""Long lists page by key, never by offset: a cursor names the last row shown, opaque and fit for an address."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.crypto import constant_time_compare, salted_hmac

from safar.vocabulary.errors import Refusal

_LONGEST: Final = 2000
_SEAL_BYTES: Final = 9


class BadCursor(Refusal, ValueError):
    """The cursor of an address is not one of ours: cut off, or made for another list."""

    code = "page.bad_cursor"


def cursor(*values: str | int | float | datetime) -> str:
    """Return the key of a row as text for an address.

    Examples
    --------
    >>> read_cursor(cursor("سارا", 7), str, int)
    ('سارا', 7)
    """
    plain = [each.astimezone(UTC).isoformat() if isinstance(each, datetime) else each for each in values]
    packed = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(packed) + packed).rstrip(b"=").decode()


def read_cursor(text: str, *types: type) -> tuple[Any, ...] | None:
    """Return the values of a cursor; None for the empty text: the list starts at its start.

    Parameters
    ----------
    text
        As it stood in the address.
    types
        Of the values, in order: `str`, `int`, `float` or `datetime` (comes back aware, in UTC).

    Raises
    ------
    BadCursor
        The text was not made by `cursor` from such values.
    """
    if not text:
        return None
    try:
        if len(text) > _LONGEST:
            raise ValueError
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        seal, packed = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if not constant_time_compare(seal, _seal(packed)):
            raise ValueError
        values = json.loads(packed)
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError
        return tuple(_read(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, RecursionError, OverflowError, binascii.Error):
        raise BadCursor(
            "The address names a place in the list that is not there.", hint="Start the list anew."
        ) from None


def told_by_cursor(text: str) -> str:
    """Return the texts in a cursor of any list, whoever sealed it, one a line; empty where it is no cursor.

    Examples
    --------
    >>> told_by_cursor(cursor("سارا", 7))
    'سارا'
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)[_SEAL_BYTES:]
        values = json.loads(packed)
    except (ValueError, RecursionError):
        return ""
    return "\n".join(each for each in values if isinstance(each, str)) if isinstance(values, list) else ""


def _seal(packed: bytes) -> bytes:
    """Return what only this installation can write before a place: nobody makes up places that no list has."""
    return salted_hmac("safar.cursor", packed, algorithm="sha256").digest()[:_SEAL_BYTES]


def _read(value: object, kind: type) -> object:
    if kind is datetime and isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError
    return value
