"""A funnel: a row for each step, its bar from the start of the line, what was lost since the step before beside it.

Rows, not trapezoids: thirty steps stay legible, on a telephone too, lengths are compared from one line, and the
interval has room as a whisker. A second series, such as another segment, has bars of its own under the first, pale with
an edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .canvas import Canvas, DrawingMismatch, EmptyDrawing, Mark, hatch, joined
from .lettering import Direction, isolated, text_width
from .paint import (
    ANAR,
    BAR,
    BAR_OTHER,
    LABEL,
    LOSS,
    LOST,
    NUMBER,
    RULE,
    SMALL,
    TRACK,
    WORDS,
    Paint,
)

_MARGIN: Final = 12.0
_NARROW: Final = 560.0
_BAR: Final = 18.0
_BAR_B: Final = 12.0
_LINE: Final = 17.0


@dataclass(frozen=True, slots=True)
class FunnelRate:
    """A rate with its interval.

    Attributes
    ----------
    value
        0 to 1.
    text
        In the reader's words, with the interval where there is one.
    low, high
        Ends of the interval; None for none.
    """

    value: float
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FunnelLoss(Mark):
    """Who reached the step before and not this one.

    Attributes
    ----------
    text
        How many, in the reader's words.
    """

    text: str = ""


@dataclass(frozen=True, slots=True)
class FunnelStep(Mark):
    """A step of one series.

    Attributes
    ----------
    label
        Its name.
    text
        How many reached it, in the reader's words.
    rate
        Of those who took the first step.
    step_rate
        Of those who took the step before; None at the first.
    loss
        Who was lost since the step before; None at the first.
    between
        The median time since the step before, in the reader's words; empty for none.
    """

    label: str
    text: str
    rate: FunnelRate
    step_rate: FunnelRate | None = None
    loss: FunnelLoss | None = None
    between: str = ""


@dataclass(frozen=True, slots=True)
class FunnelSeries:
    """The steps of everybody, or of one segment.

    Attributes
    ----------
    label
        Whose; shown where there are two.
    steps
        The first first.
    """

    label: str
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True)
class FunnelHeads:
    """Words over the columns of numbers; on a narrow drawing they stand before each number."""

    count: str = ""
    rate: str = ""
    step_rate: str = ""


def draw_funnel(
    series: Sequence[FunnelSeries],
    *,
    title: str,
    direction: Direction,
    heads: FunnelHeads | None = None,
    width: float = 760.0,
    drawing_id: str = "funnel",
) -> str:
    """Draw a funnel as an SVG element.

    Parameters
    ----------
    series
        One, or two to compare, with the same steps.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading: bars begin where a line begins.
    heads
        What the numbers are called; None for no words.
    width
        Units, 300 or more; below 560 words stand over the bars, for telephones.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    EmptyDrawing
        There is no series, or no step.
    DrawingMismatch
        More than two series, or series of different length.

    Examples
    --------
    >>> steps = (FunnelStep("Visit", "200", FunnelRate(1.0, "100%")),
    ...          FunnelStep("Pay", "50", FunnelRate(0.25, "25%", 0.19, 0.31), FunnelRate(0.25, "25%"),
    ...                     FunnelLoss("150 left"), "3 min"))
    >>> drawing = draw_funnel([FunnelSeries("All", steps)], title="From visit to payment", direction="ltr")
    >>> drawing.count('class="drawing-whisker"')
    3
    """
    if not series or not series[0].steps:
        raise EmptyDrawing("A funnel needs at least one step.", hint="Name the steps of the funnel.")
    if len(series) > 2 or len({len(one.steps) for one in series}) > 1:
        raise DrawingMismatch(
            "A funnel draws one series, or two with the same steps.", hint="Compare two at a time."
        )
    return _Funnel(series, heads or FunnelHeads(), width, direction, drawing_id).drawn(title)


class _Funnel:
    """Columns, rows, and the drawing of them."""

    def __init__(
        self,
        series: Sequence[FunnelSeries],
        heads: FunnelHeads,
        width: float,
        direction: Direction,
        drawing_id: str,
    ) -> None:
        self.series = series
        self.heads = heads
        self.width = width
        self.drawing_id = drawing_id
        self.is_narrow = width < _NARROW
        steps = [step for one in series for step in one.steps]
        self.columns = (
            _widest([heads.count, *(step.text for step in steps)]),
            _widest([heads.rate, *(step.rate.text for step in steps)]),
            _widest([heads.step_rate, *(step.step_rate.text for step in steps if step.step_rate)]),
        )
        labels = max(text_width(step.label, size=LABEL.size, is_bold=True) for step in series[0].steps) + 34
        numbers = sum(self.columns)
        if self.is_narrow:
            self.bar_from, self.bar_long = _MARGIN, width - 2 * _MARGIN
        else:
            self.bar_from = _MARGIN + min(labels, width * 0.26)
            self.bar_long = max(width - self.bar_from - numbers - _MARGIN - 4, width * 0.2)
        self.canvas = Canvas(width, self._height(), direction=direction)

    def _bars(self) -> float:
        return _BAR if len(self.series) == 1 else 2 * _BAR_B + 3

    def _above(self) -> float:
        """Return the height of what is told above a step: on a narrow drawing times of two series have a line."""
        return 2 * _LINE if self.is_narrow and len(self.series) > 1 else _LINE

    def _row(self, place: int) -> float:
        """Return the height of a row."""
        above = self._above() if place else 0.0
        if self.is_narrow:
            return above + (1 + len(self.series)) * _LINE + self._bars() + 18
        return above + max(self._bars(), len(self.series) * _LINE) + 15

    def _top(self) -> float:
        legend = 26.0 if len(self.series) > 1 else 0.0
        has_heads = not self.is_narrow and any((self.heads.count, self.heads.rate, self.heads.step_rate))
        return _MARGIN + legend + (24.0 if has_heads else 0.0)

    def _height(self) -> float:
        return self._top() + sum(self._row(place) for place in range(len(self.series[0].steps)))

    def drawn(self, title: str) -> str:
        """Return the drawing."""
        canvas = self.canvas
        canvas.define(hatch(self.drawing_id, "lost", ANAR, opacity=0.35))
        self._legend()
        self._heads()
        top = self._top()
        for place in range(len(self.series[0].steps)):
            if place:
                canvas.line(_MARGIN, top - 4, self.width - _MARGIN, top - 4, RULE)
            self._step(place, top)
            top += self._row(place)
        return canvas.svg("drawing-funnel", title=title, drawing_id=self.drawing_id)

    def _legend(self) -> None:
        if len(self.series) == 1:
            return
        along = _MARGIN
        for number, one in enumerate(self.series):
            self.canvas.rect(along, _MARGIN, 14, 10, _paint(number), radius=2)
            self.canvas.words(
                along + 20, _MARGIN + 9.5, one.label, WORDS, room=self.width / 2 - 40, is_name=True
            )
            along += min(text_width(one.label, size=WORDS.size), self.width / 2 - 40) + 44

    def _heads(self) -> None:
        if self.is_narrow:
            return
        for words, end in zip(
            (self.heads.count, self.heads.rate, self.heads.step_rate), self._ends(), strict=True
        ):
            self.canvas.words(end, self._top() - 12, words, SMALL, anchor="end")

    def _ends(self) -> tuple[float, float, float]:
        """Return where the columns of numbers end."""
        last = self.width - _MARGIN
        return last - self.columns[1] - self.columns[2], last - self.columns[2], last

    def _step(self, place: int, top: float) -> None:
        canvas, first = self.canvas, self.series[0].steps[place]
        if place:
            self._lost(place, top)
            top += self._above()
        if self.is_narrow:
            canvas.words(_MARGIN, top + 11, self._name(place), LABEL, room=self.bar_long * 0.66, is_name=True)
            if len(self.series) == 1:
                canvas.words(self.width - _MARGIN, top + 11, first.text, NUMBER, anchor="end")
            top += _LINE
        else:
            room = self.bar_from - _MARGIN - 10
            canvas.words(
                _MARGIN, top + self._bars() / 2 + 4, self._name(place), LABEL, room=room, is_name=True
            )
        thick = _BAR if len(self.series) == 1 else _BAR_B
        below = top + self._bars() + 15
        for number, one in enumerate(self.series):
            step = one.steps[place]
            about = joined(
                one.label if len(self.series) > 1 else "",
                step.label,
                step.text,
                self._named(step.rate, self.heads.rate),
                self._named(step.step_rate, self.heads.step_rate),
            )
            with canvas.mark("drawing-mark", step, title=about):
                self._bar(number, place, top + number * (thick + 3), thick)
                if self.is_narrow:
                    self._numbers_below(number, step, below + number * _LINE)
                else:
                    baseline = top + thick / 2 + 4 + number * (thick + 3)
                    for words, end, lettering in zip(
                        (step.text, step.rate.text, step.step_rate.text if step.step_rate else ""),
                        self._ends(),
                        (NUMBER, WORDS, WORDS),
                        strict=True,
                    ):
                        canvas.words(end, baseline, words, lettering, anchor="end")

    def _name(self, place: int) -> str:
        return self.series[0].steps[place].label

    def _named(self, rate: FunnelRate | None, head: str) -> str:
        return f"{head} {isolated(rate.text)}".strip() if rate else ""

    def _numbers_below(self, number: int, step: FunnelStep, baseline: float) -> None:
        along = _MARGIN
        if len(self.series) > 1:
            self.canvas.rect(along, baseline - 8, 10, 8, _paint(number), radius=2)
            along += 15
        own = step.text if len(self.series) > 1 else ""
        words = joined(
            own, self._named(step.rate, self.heads.rate), self._named(step.step_rate, self.heads.step_rate)
        )
        self.canvas.words(along, baseline, words, SMALL, room=self.width - along - _MARGIN)

    def _bar(self, number: int, place: int, top: float, thick: float) -> None:
        canvas, steps = self.canvas, self.series[number].steps
        rate, long = steps[place].rate, self.bar_long
        canvas.rect(self.bar_from, top, long, thick, TRACK, radius=3)
        if place:
            before = steps[place - 1].rate.value
            lost = Paint("drawing-hatched", fill=f"url(#{self.drawing_id}-lost)")
            from_along = self.bar_from + rate.value * long
            canvas.rect(from_along, top, max(before - rate.value, 0) * long, thick, LOSS)
            canvas.rect(from_along, top, max(before - rate.value, 0) * long, thick, lost)
        canvas.rect(self.bar_from, top, rate.value * long, thick, _paint(number), radius=3)
        if rate.low is not None and rate.high is not None:
            start, end = self.bar_from + rate.low * long, self.bar_from + rate.high * long
            canvas.whisker(start, end, top + thick / 2)

    def _lost(self, place: int, top: float) -> None:
        along = self.bar_from
        for one in self.series:
            step = one.steps[place]
            if step.loss:
                with self.canvas.mark("drawing-mark", step.loss, title=joined(step.label, step.loss.text)):
                    self.canvas.words(along, top + 10, step.loss.text, LOST)
                along += text_width(step.loss.text, size=LOST.size) + 14
        times = joined(*(one.steps[place].between for one in self.series))
        baseline = top + 10 + self._above() - _LINE
        self.canvas.words(self.bar_from + self.bar_long, baseline, times, SMALL, anchor="end")


def _paint(number: int) -> Paint:
    return BAR_OTHER if number else BAR


def _widest(words: Sequence[str]) -> float:
    widest = max((text_width(line, size=NUMBER.size, is_bold=True) for line in words), default=0.0)
    return widest + 22 if widest else 0.0
