"""CORS: which pages may send, answered per key, and for a preflight (which shows no key) by all keys together."""

from __future__ import annotations

import time
from typing import Final

from safar.store.home import Home
from safar.store.keys import Key

from .problems import OriginRefused

Header = tuple[bytes, bytes]

_CHECK_SECONDS: Final = 1.0
_PREFLIGHT: Final[list[Header]] = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-encoding, content-type"),
    (b"access-control-max-age", b"7200"),
]


class Origins:
    """The origins of a home's keys in use, read again once a second where pages send."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    def is_known(self, origin: str) -> bool:
        """Return whether any key in use may be used from a page of ``origin``."""
        now = time.monotonic()
        if now - self._read_at >= _CHECK_SECONDS:
            self._read_at = now
            self._known = frozenset(
                allowed
                for workspace in self._home.workspaces()
                for key in self._home.keys(workspace.workspace_id)
                if key.revoked_at is None
                for allowed in key.origins
            )
        return "*" in self._known or origin in self._known

    def preflight(self, origin: str, host: str) -> list[Header]:
        """Return the headers that answer a preflight.

        Raises
        ------
        OriginRefused
            No key in use lists the origin.
        """
        if not (is_same_origin(origin, host) or self.is_known(origin)):
            raise _refusal(origin)
        return [*cors_headers(origin), *_PREFLIGHT]


def check_origin(key: Key, origin: str, host: str) -> None:
    """Let a page's request pass when the key lists its origin, or the page comes from this server.

    Raises
    ------
    OriginRefused
    """
    if not (origin in key.origins or "*" in key.origins or is_same_origin(origin, host)):
        raise _refusal(origin)


def is_same_origin(origin: str, host: str) -> bool:
    """Return whether ``origin`` is a page of this server; its scheme is unknown behind a proxy and not compared."""
    return bool(host) and origin.partition("://")[2] == host


def cors_headers(origin: str) -> list[Header]:
    """Return the headers that let a page of ``origin`` read the answer."""
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", b"retry-after"),
        (b"vary", b"origin"),
    ]


def _refusal(origin: str) -> OriginRefused:
    return OriginRefused(
        f"Pages of {origin[:120]!r} may not send with this key.",
        hint="Add the origin to the key, such as https://shop.example, or send from a server.",
    )
