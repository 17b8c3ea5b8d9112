"""Variants: the ways most often lived, each a strip of chevrons that point where reading goes.

A step has the same tint wherever it comes, so that the eye finds where two ways part; its name stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .canvas import Canvas, EmptyDrawing, Mark, joined, room_for
from .lettering import Direction, text_width
from .paint import BAR, LABEL, NUMBER, RULE, SMALL, TRACK, WORDS, Lettering, Paint

_MARGIN: Final = 12.0
_ROW: Final = 46.0
_TALL: Final = 28.0
_POINT: Final = 9.0
_TINTS: Final = 6
_STEP: Final = Lettering("drawing-words", 11.0, WORDS.colour)
_TINT_COLOURS: Final = ("#0b7a75", "#c98a00", "#2f4b8f", "#7b3f8c", "#4c6b1f", "#8d9298")


@dataclass(frozen=True, slots=True)
class VariantStep(Mark):
    """A step of a way.

    Attributes
    ----------
    step
        What it is, the same wherever it comes: for its tint.
    label
        Its name.
    text
        More in the reader's words, such as how often it repeats; shown after the name.
    """

    step: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Variant(Mark):
    """A way.

    Attributes
    ----------
    steps
        The first first.
    share
        Of all paths, 0 to 1.
    text
        How many paths, in the reader's words.
    share_text
        The share in the reader's words.
    covered
        The share of this way and all above it, in the reader's words; empty for none.
    """

    steps: tuple[VariantStep, ...]
    share: float
    text: str
    share_text: str = ""
    covered: str = ""


@dataclass(frozen=True, slots=True)
class VariantHeads:
    """Words over the columns: how many, and how much is covered so far."""

    count: str = ""
    covered: str = ""
    way: str = ""


def draw_variants(
    variants: Sequence[Variant],
    *,
    title: str,
    direction: Direction,
    heads: VariantHeads | None = None,
    most_steps: int = 14,
    drawing_id: str = "variants",
) -> str:
    """Draw ways as strips, as an SVG element.

    Parameters
    ----------
    variants
        From the top down, in the order given.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading: strips begin where a line begins and point where it goes.
    heads
        Words over the columns; None for none.
    most_steps
        Steps of a strip; what is longer ends in an ellipsis, and its title has all.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element at its own size; put it where it can be scrolled.

    Raises
    ------
    EmptyDrawing
        There are no variants.

    Examples
    --------
    >>> way = Variant((VariantStep("cart", "Cart"), VariantStep("pay", "Pay")), 0.4, "40", "40%")
    >>> draw_variants([way], title="The commonest way", direction="rtl").count("drawing-chevron")
    2
    """
    if not variants:
        raise EmptyDrawing(
            "Variants need at least one way.", hint="Choose a longer window, or fewer filters."
        )
    return _Variants(variants, heads or VariantHeads(), most_steps, direction).drawn(title, drawing_id)


class _Variants:
    """Columns, tints, and the drawing of them."""

    def __init__(
        self, variants: Sequence[Variant], heads: VariantHeads, most_steps: int, direction: Direction
    ) -> None:
        self.variants, self.heads, self.most_steps = variants, heads, most_steps
        self.largest = max(variant.share for variant in variants) or 1.0
        counts = [heads.count, *(variant.text for variant in variants)]
        self.counts = room_for(counts, NUMBER, least=64.0, most=120.0) + 18
        covered = [heads.covered, *(variant.covered for variant in variants)]
        self.covered = room_for(covered, SMALL, most=90.0) + 18 if any(covered) else 0.0
        self.strip = _MARGIN + self.counts + self.covered
        seen: dict[str, int] = {}
        for variant in variants:
            for step in variant.steps:
                seen.setdefault(step.step, len(seen))
        self.tints = seen
        self.head = 22.0 if any((heads.count, heads.covered, heads.way)) else 0.0
        longest = max(self._long(variant) for variant in variants)
        height = _MARGIN + self.head + _ROW * len(variants)
        self.canvas = Canvas(self.strip + longest + _MARGIN, height, direction=direction)

    def _wide(self, step: VariantStep) -> float:
        words = text_width(joined(step.label, step.text), size=_STEP.size)
        return min(max(words, 24.0), 118.0) + 2 * _POINT + 12

    def _long(self, variant: Variant) -> float:
        shown = variant.steps[: self.most_steps]
        more = 34.0 if len(variant.steps) > self.most_steps else 0.0
        return sum(self._wide(step) - _POINT + 3 for step in shown) + _POINT + more

    def drawn(self, title: str, drawing_id: str) -> str:
        """Return the drawing."""
        canvas = self.canvas
        canvas.words(_MARGIN, _MARGIN + 8, self.heads.count, SMALL)
        if self.covered:
            canvas.words(_MARGIN + self.counts, _MARGIN + 8, self.heads.covered, SMALL)
        canvas.words(self.strip, _MARGIN + 8, self.heads.way, SMALL)
        for place, variant in enumerate(self.variants):
            top = _MARGIN + self.head + place * _ROW
            if place:
                canvas.line(_MARGIN, top - 5, canvas.width - _MARGIN, top - 5, RULE)
            self._row(variant, top)
        return canvas.svg("drawing-variants", title=title, drawing_id=drawing_id)

    def _row(self, variant: Variant, top: float) -> None:
        canvas, bar = self.canvas, self.counts - 18
        names = ", ".join(step.label for step in variant.steps)
        with canvas.mark("drawing-mark", variant, title=joined(variant.text, variant.share_text, names)):
            canvas.words(_MARGIN, top + 12, variant.text, NUMBER)
            canvas.words(_MARGIN + bar, top + 12, variant.share_text, SMALL, anchor="end")
            canvas.rect(_MARGIN, top + 19, bar, 6, TRACK, radius=3)
            canvas.rect(_MARGIN, top + 19, max(bar * variant.share / self.largest, 1.5), 6, BAR, radius=3)
            canvas.words(_MARGIN + self.counts, top + 18, variant.covered, SMALL)
        along = self.strip
        shown = variant.steps[: self.most_steps]
        for number, step in enumerate(shown):
            self._chevron(step, along, top, is_first=number == 0)
            along += self._wide(step) - _POINT + 3
        if len(variant.steps) > len(shown):
            canvas.words(along + _POINT, top + _TALL / 2 + 4, "…", LABEL)

    def _chevron(self, step: VariantStep, along: float, top: float, *, is_first: bool) -> None:
        canvas, wide = self.canvas, self._wide(step)
        end, middle, bottom = along + wide, top + _TALL / 2, top + _TALL
        notch = 0.0 if is_first else _POINT
        number = self.tints[step.step] % _TINTS
        paint = Paint(f"drawing-chevron drawing-tint-{number}", fill=_TINT_COLOURS[number], fill_opacity=0.2)
        with canvas.mark("drawing-mark", step, title=joined(step.label, step.text)):
            canvas.path(
                [
                    ("M", (along, top)),
                    ("L", (end - _POINT, top, end, middle, end - _POINT, bottom, along, bottom)),
                    ("L", (along + notch, middle)),
                    ("Z", ()),
                ],
                paint,
            )
            words = joined(step.label, step.text)
            canvas.words(
                along + wide / 2, middle + 4, words, _STEP, anchor="middle", room=wide - 2 * _POINT - 2
            )
