"""The JavaScript collector as a file that browsers may keep: compressed once, named by its content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Final

SOURCE: Final = resources.files(__package__).joinpath("static", "safar.js").read_bytes()
COMPRESSED: Final = gzip.compress(SOURCE, 9, mtime=0)

_ETAG: Final = b'"%b"' % hashlib.sha256(SOURCE).hexdigest()[:20].encode()
_HEADERS: Final = [
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"cache-control", b"public, max-age=3600, stale-while-revalidate=86400"),
    (b"etag", _ETAG),
    (b"vary", b"accept-encoding"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
]


def answer(headers: Mapping[bytes, bytes]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of a request for ``safar.js``."""
    if _ETAG in [tag.strip().removeprefix(b"W/") for tag in headers.get(b"if-none-match", b"").split(b",")]:
        return 304, _HEADERS, b""
    if b"gzip" in headers.get(b"accept-encoding", b""):
        return 200, [*_HEADERS, (b"content-encoding", b"gzip")], COMPRESSED
    return 200, _HEADERS, SOURCE
