"""Ranked bars with their intervals: pages, channels, variants, differences between two segments.

Bars begin at zero: at the start of the line, or further in where some values are below zero; those lean the other way,
in another colour and hatched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .canvas import Canvas, EmptyDrawing, Mark, hatch, joined, room_for
from .lettering import Direction, text_width
from .paint import (
    AXIS,
    BAR,
    BAR_BELOW,
    BAR_OTHER,
    BAR_SOFT,
    CARD,
    LABEL,
    NUMBER,
    SMALL,
    TRACK,
    Paint,
)

Tone = Literal["plain", "other", "soft"]

_MARGIN: Final = 12.0
_NARROW: Final = 520.0
_THICK: Final = 16.0
_TONES: Final[dict[Tone, Paint]] = {"plain": BAR, "other": BAR_OTHER, "soft": BAR_SOFT}


@dataclass(frozen=True, slots=True)
class Bar(Mark):
    """One row.

    Attributes
    ----------
    label
        What it is about.
    value
        Its length; None for a row without a number.
    text
        The number in the reader's words, with its interval where it has one.
    low, high
        Ends of the interval; None for none.
    detail
        A second, softer line under the label; empty for none.
    tone
        ``soft`` for what is not certain or only for comparison, ``other`` for a second group.
    """

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    detail: str = ""
    tone: Tone = "plain"


def draw_bars(
    bars: Sequence[Bar],
    *,
    title: str,
    direction: Direction,
    reach: tuple[float, float] | None = None,
    width: float = 760.0,
    drawing_id: str = "bars",
) -> str:
    """Draw ranked bars as an SVG element.

    Parameters
    ----------
    bars
        From the top down, in the order given.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading: bars begin where a line begins.
    reach
        The least and the largest value that fit, such as (0, 1) for shares; None for what is there.
    width
        Units, 300 or more; below 520 labels stand over the bars, for telephones.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    EmptyDrawing
        There are no bars.

    Examples
    --------
    >>> drawing = draw_bars([Bar("Search", 0.12, "+12", 0.05, 0.19), Bar("Mail", -0.04, "-4")],
    ...                     title="What differs", direction="rtl")
    >>> drawing.count("drawing-bar-below")
    1
    """
    if not bars:
        raise EmptyDrawing("Bars need at least one row.", hint="Choose a longer window, or fewer filters.")
    return _Bars(bars, reach, width, direction, drawing_id).drawn(title)


class _Bars:
    """The scale, the columns, and the drawing of them."""

    def __init__(
        self,
        bars: Sequence[Bar],
        reach: tuple[float, float] | None,
        width: float,
        direction: Direction,
        drawing_id: str,
    ) -> None:
        self.bars, self.width, self.drawing_id = bars, width, drawing_id
        self.is_narrow = width < _NARROW
        values = [bar.value for bar in bars if bar.value is not None]
        low, high = reach or (min([0.0, *values]), max([0.0, *values]))
        if reach is None:
            # An interval of few people may cover everything: it may lengthen the scale by half of its length at most.
            span = high - low
            ends = [end for bar in bars for end in (bar.low, bar.high) if end is not None]
            low, high = max(min([low, *ends]), low - span / 2), min(max([high, *ends]), high + span / 2)
        self.low, self.high = low, high if high > low else low + 1.0
        texts = room_for([bar.text for bar in bars], NUMBER, most=width * 0.4) + 12
        labels = room_for([bar.label for bar in bars], LABEL, least=60.0, most=width * 0.34)
        labels = max(labels, room_for([bar.detail for bar in bars], SMALL, most=width * 0.34)) + 14
        self.text_room = texts - 12
        self.start = _MARGIN if self.is_narrow else _MARGIN + labels
        self.end = width - _MARGIN - (0.0 if self.is_narrow else texts)
        has_detail = any(bar.detail for bar in bars)
        self.row = (50.0 if has_detail else 44.0) if self.is_narrow else (38.0 if has_detail else 29.0)
        self.canvas = Canvas(width, 2 * _MARGIN + self.row * len(bars) - 6, direction=direction)

    def x(self, value: float) -> float:
        """Return where a value lies along the line."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)

    def drawn(self, title: str) -> str:
        """Return the drawing."""
        canvas = self.canvas
        canvas.define(hatch(self.drawing_id, "below", CARD, opacity=0.55))
        # Where names stand above their bars, the line of zero leaves them out.
        first, last = (13.0, 31.0) if self.is_narrow else (-4.0, self.row - 4)
        for place, bar in enumerate(self.bars):
            top = _MARGIN + place * self.row
            with canvas.mark("drawing-mark", bar, title=joined(bar.label, bar.text, bar.detail)):
                self._row(bar, top)
            if self.low < 0:
                canvas.line(self.x(0), top + first, self.x(0), top + last, AXIS)
        return canvas.svg("drawing-bars", title=title, drawing_id=self.drawing_id)

    def _row(self, bar: Bar, top: float) -> None:
        canvas = self.canvas
        if self.is_narrow:
            numbers = text_width(bar.text, size=NUMBER.size, is_bold=True)
            canvas.words(
                _MARGIN,
                top + 10,
                bar.label,
                LABEL,
                room=self.width - 2 * _MARGIN - numbers - 12,
                is_name=True,
            )
            canvas.words(self.width - _MARGIN, top + 10, bar.text, NUMBER, anchor="end")
            self._bar(bar, top + 16, 12.0)
            canvas.words(_MARGIN, top + 40, bar.detail, SMALL, room=self.width - 2 * _MARGIN)
            return
        room = self.start - _MARGIN - 10
        middle = top + _THICK / 2 + (4 if bar.detail else 0)
        canvas.words(_MARGIN, middle + (-2 if bar.detail else 4), bar.label, LABEL, room=room, is_name=True)
        canvas.words(_MARGIN, middle + 13, bar.detail, SMALL, room=room)
        self._bar(bar, middle - _THICK / 2, _THICK)
        canvas.words(
            self.width - _MARGIN, middle + 4, bar.text, NUMBER, anchor="end", room=self.text_room + 4
        )

    def _bar(self, bar: Bar, top: float, thick: float) -> None:
        canvas = self.canvas
        canvas.rect(self.start, top, self.end - self.start, thick, TRACK, radius=3)
        if bar.value is None:
            return
        start, end = sorted((self.x(0), self.x(bar.value)))
        is_below = bar.value < 0
        canvas.rect(
            start,
            top,
            end - start,
            thick,
            BAR_BELOW if is_below and bar.tone != "soft" else _TONES[bar.tone],
            radius=3,
        )
        if is_below:
            hatched = Paint("drawing-hatched", fill=f"url(#{self.drawing_id}-below)")
            canvas.rect(start, top, end - start, thick, hatched, radius=3)
        if bar.low is not None and bar.high is not None:
            ends = (self.low <= bar.low, bar.high <= self.high)
            canvas.whisker(self.x(bar.low), self.x(bar.high), top + thick / 2, ends=ends)
