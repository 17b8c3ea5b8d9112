"""Where a request carries its write key: basic auth (as user), a bearer token, or ``writeKey`` in the body."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import Final

from .problems import Unauthorized

_LONGEST: Final = 512


@lru_cache(maxsize=1024)
def secret_in_header(authorization: bytes) -> str:
    """Return the secret of an ``Authorization`` header, "" for an absent header.

    Raises
    ------
    Unauthorized
        The header is of another scheme or cannot be read.
    """
    if not authorization:
        return ""
    scheme, _, value = authorization.partition(b" ")
    value = value.strip()
    if len(value) <= _LONGEST:
        match scheme.lower():
            case b"basic":
                try:
                    return base64.b64decode(value, validate=True).partition(b":")[0].decode("ascii")
                except (binascii.Error, UnicodeDecodeError):
                    pass
            case b"bearer" if value.isascii():
                return value.decode("ascii")
    raise Unauthorized(
        "The Authorization header cannot be read.",
        hint="Send the write key as the user of basic auth with an empty password, or as a bearer token.",
    )
