"""How people feel along a journey, three ways: said, shown by behaviour, and believed by the team.

From −2, dismayed, to +2, delighted. What was said is a whole line with its interval as a band and rings as points;
behaviour is dotted with diamonds, belief dashed with squares. Where nobody answered, a line has a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Literal

from safar.show.drawing.canvas import DrawingMismatch, EmptyDrawing, Mark, Stroke, joined
from safar.show.drawing.lettering import Direction
from safar.show.drawing.paint import (
    ANAR,
    AXIS,
    CARD,
    FIRUZE,
    LAJVARD,
    RULE,
    SAFFRON,
    SMALL,
    Paint,
)

from .strip import COLUMN, Strip, curved

EmotionLine = Literal["said", "behaved", "believed"]

_TOP: Final = 12.0
_UNIT: Final = 30.0
_BOUND: Final = 2.0
_SAID: Final = Paint("drawing-emotion-said", stroke=FIRUZE, stroke_width=3.0)
_BAND: Final = Paint("drawing-emotion-band", fill=FIRUZE, fill_opacity=0.14)
_BEHAVED: Final = Paint("drawing-emotion-behaved", stroke=SAFFRON, stroke_width=2.2, dash="1.5 4.5")
_BELIEVED: Final = Paint("drawing-emotion-believed", stroke=LAJVARD, stroke_width=2.0, dash="7 5")
_RING: Final = Paint("drawing-emotion-ring", fill=CARD, stroke=FIRUZE, stroke_width=3.0)
_RING_BELOW: Final = Paint("drawing-emotion-ring-below", fill=CARD, stroke=ANAR, stroke_width=3.0)
_DIAMOND: Final = Paint("drawing-emotion-diamond", fill=SAFFRON)
_SQUARE: Final = Paint("drawing-emotion-square", fill=CARD, stroke=LAJVARD, stroke_width=1.8)
_WHISKER: Final = Paint("drawing-emotion-whisker", stroke=FIRUZE, stroke_width=2.0)


@dataclass(frozen=True, slots=True)
class EmotionPoint(Mark):
    """How people feel at a step, one way of knowing.

    Attributes
    ----------
    value
        −2 to +2.
    text
        In the reader's words, with the interval and n where there are any.
    low, high
        Ends of the interval; None for none.
    """

    value: float = 0.0
    text: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class EmotionStep:
    """A step, in the order of the columns; None where nobody knows.

    Attributes
    ----------
    label
        Its name.
    """

    label: str
    said: EmotionPoint | None = None
    behaved: EmotionPoint | None = None
    believed: EmotionPoint | None = None


@dataclass(frozen=True, slots=True)
class EmotionWords:
    """What a drawing of emotions says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    said, behaved, believed
        What the lines are called, before the value in the title of a point.
    value
        A number of the scale in the reader's digits, with its sign.
    """

    title: str
    said: str = ""
    behaved: str = ""
    believed: str = ""
    value: Callable[[float], str] = field(default="{:+g}".format)


def draw_emotion(
    steps: Sequence[EmotionStep],
    words: EmotionWords,
    *,
    direction: Direction,
    window: tuple[int, int] | None = None,
    column: float = COLUMN,
    is_fluid: bool = True,
    drawing_id: str = "emotion",
) -> str:
    """Draw the lines of emotion as an SVG element, under one column a step.

    Parameters
    ----------
    steps
        All steps of the map, in the order of its columns.
    words
        What the drawing says.
    direction
        Of reading.
    window
        The first column and the one after the last that are shown; None shows all.
    column, is_fluid
        See `Strip`.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element, 144 CSS pixels high.

    Raises
    ------
    EmptyDrawing
        There are no steps.
    DrawingMismatch
        The window shows no column.

    Examples
    --------
    >>> steps = [EmotionStep("Cart", said=EmotionPoint(value=0.4, low=0.2, high=0.6)), EmotionStep("Pay")]
    >>> drawing = draw_emotion(steps, EmotionWords("How people feel"), direction="ltr")
    >>> drawing.count("drawing-emotion-ring")
    1
    """
    if not steps:
        raise EmptyDrawing("A line of emotions needs at least one step.", hint="Add a step to the map.")
    first, last = window or (0, len(steps))
    if not 0 <= first < last <= len(steps):
        raise DrawingMismatch(
            f"The columns {first} to {last} are not within {len(steps)}.", hint="Show at least one column."
        )
    strip = Strip(
        (first, last), 2 * (_TOP + _BOUND * _UNIT), direction=direction, column=column, is_fluid=is_fluid
    )
    for value in (_BOUND, 0.0, -_BOUND):
        strip.rule(_down(value), AXIS if value == 0 else RULE)
        strip.words(first + 4 / column, _down(value) + (-3 if value <= 0 else 11), words.value(value), SMALL)
    _line(strip, steps, "believed", _BELIEVED)
    _line(strip, steps, "behaved", _BEHAVED)
    _band(strip, steps)
    _line(strip, steps, "said", _SAID)
    for place in range(first, last):
        for name in ("believed", "behaved", "said"):
            _point(strip, steps, place, name, words)
    return strip.svg("drawing-emotion", title=words.title, drawing_id=drawing_id)


def _down(value: float) -> float:
    return _TOP + (_BOUND - min(max(value, -_BOUND), _BOUND)) * _UNIT


def _known(steps: Sequence[EmotionStep], name: EmotionLine) -> list[list[tuple[int, EmotionPoint]]]:
    """Return the stretches of steps that a line runs through: where nobody answered or came, it has a gap.

    What the team believes of two steps it believes of the way between them, so that line has none.
    """
    points = [(place, getattr(step, name)) for place, step in enumerate(steps)]
    if name == "believed":
        return [[point for point in points if point[1] is not None]]
    return [list(each) for is_known, each in groupby(points, lambda point: point[1] is not None) if is_known]


def _line(strip: Strip, steps: Sequence[EmotionStep], name: EmotionLine, paint: Paint) -> None:
    for stretch in _known(steps, name):
        way = [(place + 0.5, _down(point.value)) for place, point in stretch]
        if len(way) > 1 and strip.shows(way[0][0], way[-1][0]):
            strip.path([("M", way[0]), *curved(way)], paint)


def _band(strip: Strip, steps: Sequence[EmotionStep]) -> None:
    """Draw the interval of what was said; where it stands alone, as a whisker."""
    for stretch in _known(steps, "said"):
        for has_ends, each in groupby(stretch, lambda point: point[1].low is not None):
            part = list(each) if has_ends else []
            high = [(place + 0.5, _down(point.high or 0.0)) for place, point in part]
            low = [(place + 0.5, _down(point.low or 0.0)) for place, point in reversed(part)]
            if len(part) == 1:
                strip.path([("M", high[0]), ("L", low[0])], _WHISKER)
            elif part and strip.shows(high[0][0], high[-1][0]):
                outline: list[Stroke] = [
                    ("M", high[0]),
                    *curved(high),
                    ("L", low[0]),
                    *curved(low),
                    ("Z", ()),
                ]
                strip.path(outline, _BAND)


def _point(
    strip: Strip, steps: Sequence[EmotionStep], place: int, name: EmotionLine, words: EmotionWords
) -> None:
    step = steps[place]
    point: EmotionPoint | None = getattr(step, name)
    if point is None:
        return
    at, top = place + 0.5, _down(point.value)
    about = joined(step.label, f"{getattr(words, name)} {point.text or words.value(point.value)}".strip())
    with strip.mark("drawing-mark", point, title=about):
        if name == "said":
            strip.pinned_dot(at, top, 5, _RING_BELOW if point.value < 0 else _RING)
        elif name == "behaved":
            strip.pinned_outline(at, top, (0, -4.5, 4.5, 0, 0, 4.5, -4.5, 0), _DIAMOND)
        else:
            strip.pinned_outline(at, top, (-3.5, -3.5, 3.5, -3.5, 3.5, 3.5, -3.5, 3.5), _SQUARE)
