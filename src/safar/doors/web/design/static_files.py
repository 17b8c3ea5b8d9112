"""Styles, scripts and fonts: read once, named by what they hold, kept by browsers for a year.

The address of a file carries a fingerprint of *all* files, so that a style can name a font beside it and
every change gives every file a new address. Only files that were there at the start can be asked for: no
path is ever opened.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse

PREFIX: Final = "/static/"
FOLDER: Final = Path(__file__).resolve().parents[1] / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_COMPRESSED: Final = frozenset({".css", ".js", ".svg"})
#: What every page needs, sent as one file under ``css/``: each further file costs a slow line another journey.
SHARED_STYLES: Final = ("tokens", "base", "components", "tables", "forms", "work")
SHARED_SHEET: Final = "css/all.css"
#: What the pages of a survey need, for people who have none of ours yet.
SURVEY_STYLES: Final = ("tokens", "answering")
SURVEY_SHEET: Final = "css/survey.css"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent: its type, its bytes, and the same bytes packed where that saves."""

    content_type: str
    plain: bytes
    packed: bytes | None


@cache
def static_files() -> tuple[str, dict[str, StaticFile]]:
    """Return the fingerprint of all files, and the files by their names."""
    digest = hashlib.sha256()
    files = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix not in TYPES:
            continue
        name, plain = path.relative_to(FOLDER).as_posix(), path.read_bytes()
        digest.update(f"{name}\0{len(plain)}\0".encode())
        digest.update(plain)
        packed = gzip.compress(plain, 9, mtime=0) if path.suffix in _COMPRESSED else None
        files[name] = StaticFile(TYPES[path.suffix], plain, packed)
    for sheet, styles in ((SHARED_SHEET, SHARED_STYLES), (SURVEY_SHEET, SURVEY_STYLES)):
        together = b"".join((FOLDER / "css" / f"{name}.css").read_bytes() for name in styles)
        files[sheet] = StaticFile(TYPES[".css"], together, gzip.compress(together, 9, mtime=0))
    return digest.hexdigest()[:16], files


def static_address(name: str) -> str:
    """Return the address of a file.

    Raises
    ------
    KeyError
        There is no such file: a template names one that was never made, or `scripts/frontend.py` did not run.
    """
    fingerprint, files = static_files()
    if name not in files:
        raise KeyError(f"There is no static file {name!r}; run scripts/frontend.py for those under vendor/.")
    return f"{PREFIX}{fingerprint}/{name}"


class StaticFiles:
    """Middleware: sends files before anything asks who is there, so that no answer depends on a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send the file that the address names; all else goes on."""
        if not request.path_info.startswith(PREFIX) or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        fingerprint, _, name = request.path_info.removeprefix(PREFIX).partition("/")
        current, files = static_files()
        if name not in files:
            return self.get_response(request)
        return _sent(request, files[name], is_current=fingerprint == current)


def _sent(request: HttpRequest, file: StaticFile, *, is_current: bool) -> HttpResponse:
    """Send a file. An old fingerprint still finds the file of that name, but is not kept."""
    packed = file.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = HttpResponse(packed or file.plain, content_type=file.content_type)
    response.headers["Content-Length"] = str(len(response.content))
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if file.packed:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response
