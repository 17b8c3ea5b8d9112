"""The parts of a persona's story, and the pictures that stand for it.

Sizes of pictures: PNG 3rd edition 11.2.1; ITU-T T.81 B.2.2; RFC 9649 2.5–2.7.
"""

from __future__ import annotations

import struct
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .errors import PictureRefused

#: In the order of the page.
STORY_PARTS: Final[dict[str, Promise | str]] = {
    "about": _("Who it is"),
    "goals": _("Goals"),
    "needs": _("Needs"),
    "frustrations": _("Frustrations"),
    "context": _("How and where it uses us"),
}
MOST_PICTURE_BYTES: Final = 1 << 20
#: Of a side: a browser needs four bytes for each pixel, however few bytes were sent.
MOST_PICTURE_PIXELS: Final = 4_000
_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def picture_type(data: bytes) -> str:
    """Return the media type of a picture, told by its first bytes.

    Raises
    ------
    PictureRefused
        It is none that pages show, or it is too large: in bytes, or in pixels as its header has them.
    """
    found = next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = "image/webp"
    if not found or len(data) > MOST_PICTURE_BYTES:
        raise PictureRefused(
            f"{len(data):,} bytes that begin with {data[:8]!r} are no picture to show.",
            hint="Use a PNG, JPEG or WebP file below 1 MB.",
        )
    try:
        sides = _SIDES[found](data)
    except (struct.error, IndexError, ValueError):
        sides = (0, 0)
    if not all(0 < side <= MOST_PICTURE_PIXELS for side in sides):
        raise PictureRefused(
            f"A picture of {sides[0]:,} by {sides[1]:,} pixels is not shown.",
            hint=f"Use one of at most {MOST_PICTURE_PIXELS:,} pixels a side.",
        )
    return found


def _png_sides(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg_sides(data: bytes) -> tuple[int, int]:
    """Return width and height from the frame's header, behind segments that say how long they are."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where a segment should begin")
        kind = data[at + 1]
        if kind == 0xFF:  # filling before a marker
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])


def _webp_sides(data: bytes) -> tuple[int, int]:
    """Return the canvas of an extended file, or the size of the one picture: lossy or lossless."""
    if data[12:16] == b"VP8X":
        low_width, high_width, low_height, high_height = struct.unpack_from("<HBHB", data, 24)
        return 1 + (low_width | high_width << 16), 1 + (low_height | high_height << 16)
    if data[12:16] == b"VP8L":
        packed = struct.unpack_from("<I", data, 21)[0]
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


_SIDES: Final = {"image/png": _png_sides, "image/jpeg": _jpeg_sides, "image/webp": _webp_sides}
