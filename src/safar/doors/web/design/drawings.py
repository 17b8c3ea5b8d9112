"""A drawing twice: for wide pages and for telephones; `drawings.css` shows the one that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two SVG elements of the same numbers."""

    wide: str
    narrow: str


def twice(draw: Callable[[float, str], str], drawing_id: str, *, wide: float, narrow: float) -> Drawing:
    """Return a drawing in both widths.

    Parameters
    ----------
    draw
        Given a width in CSS pixels and an id that is unique on the page.
    wide, narrow
        In CSS pixels: as wide as the place is, so that nothing shrinks until nobody can read it.
    """
    return Drawing(draw(wide, drawing_id), draw(narrow, f"{drawing_id}-narrow"))
