"""What addresses name the rows of this app by."""

from __future__ import annotations

import secrets


def new_id() -> str:
    """Return an id that nobody guesses."""
    return secrets.token_hex(8)
