"""The JavaScript collector as files that browsers may keep: compressed once, named by their content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Final

_STATIC: Final = resources.files(__package__).joinpath("static")


class Script:
    """One file of the collector."""

    def __init__(self, name: str) -> None:
        self.source = _STATIC.joinpath(name).read_bytes()
        self.compressed = gzip.compress(self.source, 9, mtime=0)
        self._etag = b'"%b"' % hashlib.sha256(self.source).hexdigest()[:20].encode()
        self._headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", b"public, max-age=3600, stale-while-revalidate=86400"),
            (b"etag", self._etag),
            (b"vary", b"accept-encoding"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"access-control-allow-origin", b"*"),
        ]

    def answer(self, headers: Mapping[bytes, bytes]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Return status, headers and body of a request for the file."""
        known = headers.get(b"if-none-match", b"").split(b",")
        if self._etag in [tag.strip().removeprefix(b"W/") for tag in known]:
            return 304, self._headers, b""
        if b"gzip" in headers.get(b"accept-encoding", b""):
            return 200, [*self._headers, (b"content-encoding", b"gzip")], self.compressed
        return 200, self._headers, self.source


#: By path; the others are loaded by the first where a page shows surveys, and where it shows items.
SCRIPTS: Final = {f"/i/{name}": Script(name) for name in ("safar.js", "surveys.js", "recommendations.js")}
