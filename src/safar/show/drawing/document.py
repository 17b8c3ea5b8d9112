"""Drawings as files: SVG that stands alone, and PNG, without a browser and without fonts of the machine.

The two faces of Vazirmatn that a PNG is lettered with lie in ``fonts/`` beside this module; they hold Arabic script
and Latin. The build brings them (``scripts/frontend.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import resvg_py

from safar.vocabulary.errors import Fault

from .paint import CARD

#: Where the faces lie.
FONTS: Final = Path(__file__).parent / "fonts"
_FACES: Final = ("Vazirmatn-Regular.ttf", "Vazirmatn-SemiBold.ttf")
_FAMILY: Final = "Vazirmatn"
_SMALLEST, _LARGEST = 0.25, 8.0


class FontsMissing(Fault, FileNotFoundError):
    """The faces that pictures are lettered with are not there."""

    code = "drawing.fonts_missing"


def standalone(svg: str) -> str:
    """Return a drawing as the text of an SVG file.

    Parameters
    ----------
    svg
        What one of the drawings returned, or another drawing with attributes of its own.

    Returns
    -------
    str
        With an XML declaration and a ground of the light; colours and names of fonts are attributes of the marks.
    """
    head, rest = svg.split(">", 1)
    ground = f'<rect width="100%" height="100%" fill="{CARD}"/>'
    # The title stays first: readers of SVG take it as the name of the file only there.
    end = rest.find("</title>")
    end = end + len("</title>") if end >= 0 else 0
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{rest[:end]}{ground}{rest[end:]}\n'


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """Return a drawing as a PNG picture.

    Parameters
    ----------
    svg
        As for `standalone`.
    scale
        Pixels of the picture to a unit of the drawing, 0.25 to 8.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    ValueError
        The scale is out of bounds.
    FontsMissing
        The build has not brought the fonts.
    """
    if not _SMALLEST <= scale <= _LARGEST:
        raise ValueError(f"A scale of {scale} is not between {_SMALLEST} and {_LARGEST}.")
    faces = checked_fonts()
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=standalone(svg),
            zoom=scale,
            skip_system_fonts=True,
            font_files=[str(face) for face in faces],
            font_family=_FAMILY,
            sans_serif_family=_FAMILY,
        )
    )


def checked_fonts() -> list[Path]:
    """Return the files of the faces.

    Raises
    ------
    FontsMissing
        The build has not brought them.
    """
    faces = [FONTS / name for name in _FACES]
    if not all(face.is_file() for face in faces):
        raise FontsMissing(
            "The fonts for pictures are missing.",
            hint="Run `python scripts/frontend.py`, or install the wheel.",
        )
    return faces
