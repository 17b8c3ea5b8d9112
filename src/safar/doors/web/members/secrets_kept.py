"""Secrets that are handed out once and kept as digests."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_BYTES: Final = 32


def fresh_secret(prefix: str = "") -> tuple[str, str]:
    """Return 256 random bits as text that an address can carry, and the digest to keep.

    A plain SHA-256 is enough: nobody guesses 256 bits, so there is nothing that a slow digest would slow down.
    """
    secret = prefix + secrets.token_urlsafe(_BYTES)
    return secret, digest_of(secret)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
