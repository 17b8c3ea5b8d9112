"""The paints of drawings: for each a class, which pages colour in light and dark, and the light look for all others.

`drawings.css` of the people's door names the same classes. What says something by its colour says it by its shape, a
hatch, a dash or words as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

CARD: Final = "#ffffff"
INK: Final = "#1d2327"
SOFT: Final = "#566069"
LINE: Final = "#e4e2dc"
SUNKEN: Final = "#efede8"
FIRUZE: Final = "#0b7a75"
SAFFRON: Final = "#c98a00"
SAFFRON_INK: Final = "#7a5400"
ANAR: Final = "#b3261e"
LAJVARD: Final = "#2f4b8f"


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is filled and outlined.

    Attributes
    ----------
    name
        Its class.
    fill, stroke
        Colours in the light; None for none.
    stroke_width
        Units of the drawing.
    fill_opacity, stroke_opacity
        0 to 1.
    dash
        Lengths of strokes and gaps, as SVG writes them; empty for a whole line.
    """

    name: str
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1.0
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    dash: str = ""

    def tinted(self, opacity: float) -> Paint:
        """Return the paint with its fill as dense as this."""
        return replace(self, fill_opacity=opacity)

    def stroked(self, width: float) -> Paint:
        """Return the paint with its outline as wide as this."""
        return replace(self, stroke_width=width)

    def attributes(self) -> str:
        """Return the paint as SVG's attributes, class first."""
        said = [f'class="{self.name}"', f'fill="{self.fill or "none"}"']
        if self.fill and self.fill_opacity != 1.0:
            said.append(f'fill-opacity="{self.fill_opacity:.3g}"')
        if self.stroke:
            said.append(f'stroke="{self.stroke}" stroke-width="{self.stroke_width:.3g}"')
            if self.stroke_opacity != 1.0:
                said.append(f'stroke-opacity="{self.stroke_opacity:.3g}"')
            if self.dash:
                said.append(f'stroke-dasharray="{self.dash}"')
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class Lettering:
    """How words are written.

    Attributes
    ----------
    name
        Its class.
    size
        Units of the drawing: CSS pixels where the drawing has its own size.
    colour
        In the light.
    weight
        400, or 600 for what is read first.
    has_halo
        Over lines: the letters are edged with the colour of the card.
    """

    name: str
    size: float = 12.0
    colour: str = INK
    weight: int = 400
    has_halo: bool = False

    @property
    def is_bold(self) -> bool:
        """Whether letters are wider than regular ones."""
        return self.weight >= 600

    def attributes(self) -> str:
        """Return the lettering as SVG's attributes, class first."""
        name = f"{self.name} drawing-halo" if self.has_halo else self.name
        said = f'class="{name}" font-size="{self.size:g}" fill="{self.colour}"'
        if self.weight != 400:
            said += f' font-weight="{self.weight}"'
        if self.has_halo:
            said += f' stroke="{CARD}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"'
        return said


FIELD: Final = Paint("drawing-field", fill="transparent")
SHEET: Final = Paint("drawing-sheet", fill=CARD, stroke=LINE)
TRACK: Final = Paint("drawing-track", fill=SUNKEN)
TINT: Final = Paint("drawing-tint", fill=FIRUZE)
TINT_BELOW: Final = Paint("drawing-tint-below", fill=ANAR)
BAR: Final = Paint("drawing-bar", fill=FIRUZE)
BAR_BELOW: Final = Paint("drawing-bar-below", fill=ANAR)
BAR_OTHER: Final = Paint("drawing-bar-other", fill="#e3e9f7", stroke=LAJVARD)
BAR_SOFT: Final = Paint("drawing-bar-soft", fill="#a9b1b6")
LOSS: Final = Paint("drawing-loss", fill=ANAR, fill_opacity=0.16)
RULE: Final = Paint("drawing-rule", stroke=LINE)
AXIS: Final = Paint("drawing-axis", stroke="#8d9298")
WHISKER_HALO: Final = Paint("drawing-whisker-halo", stroke=CARD, stroke_width=3.5)
WHISKER: Final = Paint("drawing-whisker", stroke=INK, stroke_width=1.5)
NODE: Final = Paint("drawing-node", stroke=FIRUZE)
EDGE: Final = Paint("drawing-edge", stroke=FIRUZE, stroke_opacity=0.42)
EDGE_HEAD: Final = Paint("drawing-edge-head", fill=FIRUZE)
EDGE_BACK: Final = Paint("drawing-edge-back", stroke=SAFFRON, stroke_opacity=0.85, dash="5 4")
EDGE_BACK_HEAD: Final = Paint("drawing-edge-back-head", fill=SAFFRON)
EDGE_OUT: Final = Paint("drawing-edge-out", stroke=ANAR, stroke_opacity=0.34)
EDGE_OUT_HEAD: Final = Paint("drawing-edge-out-head", fill=ANAR)
STUB_OUT: Final = Paint("drawing-stub-out", fill=CARD, stroke=ANAR, stroke_width=1.8)
STUB_IN: Final = Paint("drawing-stub-in", fill=FIRUZE)
TERMINAL: Final = Paint("drawing-terminal", fill=FIRUZE)
TERMINAL_END: Final = Paint("drawing-terminal-end", fill=CARD, stroke=FIRUZE, stroke_width=2.0)
RIBBON: Final = Paint("drawing-ribbon", fill=FIRUZE, fill_opacity=0.18)
RIBBON_END: Final = Paint("drawing-ribbon-end", fill=ANAR, fill_opacity=0.14)
RIBBON_OTHERS: Final = Paint("drawing-ribbon-others", fill=SOFT, fill_opacity=0.14)
BLOCK: Final = Paint("drawing-block", fill=FIRUZE)
BLOCK_END: Final = Paint("drawing-block-end", fill=ANAR)
BLOCK_OTHERS: Final = Paint("drawing-block-others", fill="#8d9298")

LABEL: Final = Lettering("drawing-label", 12.0, INK, 600)
WORDS: Final = Lettering("drawing-words", 12.0, INK)
SMALL: Final = Lettering("drawing-small", 11.0, SOFT)
NUMBER: Final = Lettering("drawing-number", 12.0, INK, 600)
ON_DARK: Final = Lettering("drawing-on-dark", 12.0, CARD, 600)
ON_DARK_SMALL: Final = Lettering("drawing-on-dark", 11.0, CARD)
LOST: Final = Lettering("drawing-lost", 11.0, "#a3211a")
ON_EDGE: Final = Lettering("drawing-on-edge", 10.5, INK, 400, has_halo=True)
ON_EDGE_BACK: Final = Lettering("drawing-on-edge-back", 10.5, SAFFRON_INK, 400, has_halo=True)
