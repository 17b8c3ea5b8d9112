"""CORS: which pages may send, answered per key, and for a preflight (which shows no key) by all keys together."""

from __future__ import annotations

from typing import Final

from safar.store.home import Home
from safar.store.keys import Key

from .problems import OriginRefused

Header = tuple[bytes, bytes]

_PREFLIGHT: Final[list[Header]] = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-encoding, content-type"),
    (b"access-control-max-age", b"7200"),
]


def may_ask(home: Home, origin: str, host: str) -> bool:
    """Return whether a page of ``origin`` may send with any key in use, and so read answers."""
    known = home.origins()
    return origin in known or "*" in known or is_same_origin(origin, host)


def preflight(home: Home, origin: str, host: str) -> list[Header]:
    """Return the headers that answer a preflight.

    Raises
    ------
    OriginRefused
        No key in use lists the origin.
    """
    if not may_ask(home, origin, host):
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
