"""What cells of a poster hold: words, voices, chips, numbers and bars, each with its height and its look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Protocol

from safar.show.drawing.canvas import Canvas
from safar.show.drawing.lettering import Direction, first_direction, isolated, text_width
from safar.show.drawing.paint import (
    ANAR,
    BAR,
    BAR_BELOW,
    CARD,
    INK,
    LINE,
    SOFT,
    SUNKEN,
    TRACK,
    Lettering,
    Paint,
)

from .wrapping import language_of, printable, wrapped

Tone = Literal["plain", "soft", "good", "bad", "mid"]

#: Lines of one text; a card that says more is cut on paper, not on the page.
MOST_LINES: Final = 24
_LEADING: Final = 1.42
_INKS: Final[dict[Tone, str]] = {
    "plain": INK,
    "soft": SOFT,
    "good": "#086560",
    "bad": "#a3211a",
    "mid": "#7a5400",
}
_TINTS: Final[dict[Tone, str]] = {
    "plain": SUNKEN,
    "soft": SUNKEN,
    "good": "#d9efed",
    "bad": "#fbe4e1",
    "mid": "#fdf1d3",
}
_MARK: Final = Paint("poster-quote", fill=LINE)
_GOAL: Final = Paint("poster-goal", fill=INK)
_DOT: Final = Paint("poster-dot", fill=ANAR)


class Block(Protocol):
    """A part of a cell."""

    @property
    def kind(self) -> str:
        """What it is, for those who write it as a page."""

    def tall(self, room: float) -> float:
        """Return how high it is where the line has this room."""

    def put(self, canvas: Canvas, along: float, top: float, room: float) -> None:
        """Draw it from a place down."""


def lettering(tone: Tone, size: float, *, is_bold: bool = False) -> Lettering:
    """Return how words of a tone are written."""
    return Lettering(f"poster-{tone}", size, _INKS[tone], 600 if is_bold else 400)


def write(
    canvas: Canvas,
    along: float,
    top: float,
    lines: Sequence[str],
    letters: Lettering,
    *,
    direction: Direction | None = None,
) -> float:
    """Write lines one under another, and return where the next would begin; their direction is that of the first."""
    said = direction or next((first_direction(line) for line in lines), canvas.direction)
    baseline = top + letters.size * 1.08
    for line in lines:
        canvas.words(along, baseline, isolated(line, direction=said), letters)
        baseline += letters.size * _LEADING
    return top + len(lines) * letters.size * _LEADING


def height_of(lines: Sequence[str], size: float) -> float:
    """Return how high lines of a size are together."""
    return len(lines) * size * _LEADING


@dataclass(frozen=True, slots=True)
class Words:
    """A text; names and cards from data decide their direction themselves.

    Attributes
    ----------
    text
        Of any length; paper shows `MOST_LINES`.
    tone
        Its colour.
    size
        Of the type.
    is_bold
        Semibold.
    has_dot
        A red point before it, as pains have.
    """

    kind: ClassVar[str] = "words"

    text: str
    tone: Tone = "plain"
    size: float = 12.0
    is_bold: bool = False
    has_dot: bool = False

    def _lines(self, room: float) -> list[str]:
        room -= 12 if self.has_dot else 0
        return wrapped(printable(self.text), size=self.size, room=room, is_bold=self.is_bold, most=MOST_LINES)

    def tall(self, room: float) -> float:
        """See `Block`."""
        return height_of(self._lines(room), self.size)

    def put(self, canvas: Canvas, along: float, top: float, room: float) -> None:
        """See `Block`."""
        if self.has_dot:
            canvas.circle(along + 4, top + self.size * 0.72, 3.2, _DOT)
        at = along + (12 if self.has_dot else 0)
        write(canvas, at, top, self._lines(room), lettering(self.tone, self.size, is_bold=self.is_bold))


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, with a bar before it."""

    kind: ClassVar[str] = "quote"

    text: str
    note: str = ""

    @property
    def language(self) -> str:
        """Of the words, as far as their letters say; empty where they do not."""
        return language_of(self.text)

    def _lines(self, room: float) -> list[str]:
        return wrapped(printable(self.text), size=12, room=room - 10, most=8)

    def tall(self, room: float) -> float:
        """See `Block`."""
        return height_of(self._lines(room), 12) + (height_of(("x",), 10.5) if self.note else 0)

    def put(self, canvas: Canvas, along: float, top: float, room: float) -> None:
        """See `Block`."""
        canvas.rect(along, top, 3, self.tall(room), _MARK, radius=1)
        under = write(canvas, along + 10, top, self._lines(room), lettering("plain", 12))
        if self.note:
            canvas.words(along + 10, under + 11, self.note, lettering("soft", 10.5), room=room - 10)


@dataclass(frozen=True, slots=True)
class Chip:
    """A short text on a tint."""

    kind: ClassVar[str] = "chip"

    text: str
    tone: Tone = "plain"

    def _lines(self, room: float) -> list[str]:
        return wrapped(printable(self.text), size=11.5, room=room - 14, most=4)

    def tall(self, room: float) -> float:
        """See `Block`."""
        return height_of(self._lines(room), 11.5) + 5

    def put(self, canvas: Canvas, along: float, top: float, room: float) -> None:
        """See `Block`."""
        lines = self._lines(room)
        long = max((text_width(line, size=11.5) for line in lines), default=0.0) + 14
        canvas.rect(
            along,
            top,
            min(long, room),
            self.tall(room),
            Paint(f"poster-tint-{self.tone}", fill=_TINTS[self.tone]),
            radius=6,
        )
        write(canvas, along + 7, top + 2.5, lines, lettering(self.tone, 11.5))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it measures before it, and how sure it is below.

    Attributes
    ----------
    name, value, note
        In the reader's words.
    tone
        Of the value.
    """

    kind: ClassVar[str] = "figure"

    name: str
    value: str
    note: str = ""
    tone: Tone = "plain"

    def _is_one_line(self, room: float) -> bool:
        name = text_width(f"{self.name} ", size=11.5) if self.name else 0.0
        return name + text_width(self.value, size=15, is_bold=True) <= room

    def _notes(self, room: float) -> list[str]:
        return wrapped(self.note, size=10.5, room=room)

    def tall(self, room: float) -> float:
        """See `Block`."""
        names = 0.0 if self._is_one_line(room) else height_of(self._names(room), 11.5)
        return 21 + names + height_of(self._notes(room), 10.5)

    def _names(self, room: float) -> list[str]:
        return wrapped(printable(self.name), size=11.5, room=room, most=3)

    def put(self, canvas: Canvas, along: float, top: float, room: float) -> None:
        """See `Block`."""
        at = along
        if self._is_one_line(room):
            if self.name:
                canvas.words(along, top + 16, self.name, lettering("soft", 11.5))
                at += text_width(f"{self.name} ", size=11.5) + 2
        else:
            top = write(canvas, along, top, self._names(room), lettering("soft", 11.5))
        canvas.words(at, top + 16, self.value, lettering(self.tone, 15, is_bold=True))
        write(
            canvas,
            along,
            top + 21,
            self._notes(room),
            lettering("soft", 10.5),
            direction=canvas.direction,
        )


@dataclass(frozen=True, slots=True)
class Meter:
    """A share as a bar, and the share that is aimed at as a stroke across it.

    Attributes
    ----------
    name
        Of what; empty for none.
    share
        0 to 1; None where nothing is known yet.
    text
        The share in the reader's words.
    goal
        0 to 1; None for no goal.
    note
        How sure, from how many.
    is_bad
        Less than it should be, whatever the goal says.
    """

    kind: ClassVar[str] = "meter"

    name: str
    share: float | None
    text: str
    goal: float | None = None
    note: str = ""
    is_bad: bool = False

    @property
    def is_below(self) -> bool:
        """Whether it is less than it should be."""
        return self.is_bad or (self.share is not None and self.goal is not None and self.share < self.goal)

    @property
    def percent(self) -> str:
        """The share of a hundred, as attributes of SVG want it; empty where it is not known."""
        return "" if self.share is None else f"{100 * self.share:.1f}"

    @property
    def goal_percent(self) -> str:
        """The goal of a hundred, as attributes of SVG want it; empty for none."""
        return "" if self.goal is None else f"{100 * self.goal:.1f}"

    def _names(self, room: float) -> list[str]:
        return wrapped(printable(self.name), size=11.5, room=room, most=4)

    def _notes(self, room: float) -> list[str]:
        return wrapped(self.note, size=10.5, room=room)

    def tall(self, room: float) -> float:
        """See `Block`."""
        return (
            height_of(self._names(room), 11.5)
            + (14 if self.share is not None else 0)
            + (17 if self.text else 0)
            + height_of(self._notes(room), 10.5)
        )

    def put(self, canvas: Canvas, along: float, top: float, room: float) -> None:
        """See `Block`."""
        top = write(canvas, along, top, self._names(room), lettering("plain", 11.5))
        if self.share is not None:
            canvas.rect(along, top + 3, room, 7, TRACK, radius=3.5)
            canvas.rect(
                along, top + 3, max(self.share * room, 2), 7, BAR_BELOW if self.is_below else BAR, radius=3.5
            )
            if self.goal is not None:
                canvas.rect(along + self.goal * room - 1, top, 2, 13, _GOAL)
            top += 14
        tone: Tone = "bad" if self.is_below else "plain"
        if self.text:
            top += 17
        canvas.words(along, top - 4.5, self.text, lettering(tone, 12.5, is_bold=True), room=room)
        write(
            canvas,
            along,
            top,
            self._notes(room),
            lettering("soft", 10.5),
            direction=canvas.direction,
        )


CARD_PAINT: Final = Paint("poster-card", fill=CARD, stroke=LINE)
