"""A drawing that lies under the columns of a sheet, and widens with them without widening its words.

Places are told in columns from the start of the line: 0.5 is the middle of the first. On a page the strip is as wide as
its columns are: lines and bands stretch, while words, points and bars keep their size, because only their places
are parts of the width. In a file (``is_fluid=False``) all has a size of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Final

from safar.show.drawing.canvas import Anchor, Canvas, Stroke, said_plainly
from safar.show.drawing.lettering import Direction, clipped, isolated
from safar.show.drawing.paint import Lettering, Paint

#: The width of a column, CSS pixels, that strips are laid out for: no narrower, or words may meet.
COLUMN: Final = 150.0

_ANCHOR: Final[dict[Anchor, Anchor]] = {"start": "end", "middle": "middle", "end": "start"}


class Strip(Canvas):
    """A drawing over a stretch of columns.

    Parameters
    ----------
    window
        The first column and the one after the last; what lies outside is cut off.
    height
        CSS pixels.
    direction
        Of reading.
    column
        Width of a column in a file, and the least on a page, CSS pixels.
    is_fluid
        Whether it is as wide as the page gives it.
    """

    def __init__(
        self,
        window: tuple[int, int],
        height: float,
        *,
        direction: Direction,
        column: float = COLUMN,
        is_fluid: bool = True,
    ) -> None:
        self.first, self.last = window
        self.column = column
        self.is_fluid = is_fluid
        super().__init__((self.last - self.first) * column, height, direction=direction)

    def x(self, along: float) -> float:
        """Return where a place, in columns, lies from the left, in units of the file."""
        return super().x((along - self.first) * self.column)

    def shows(self, start: float, end: float) -> bool:
        """Whether anything between two places is seen."""
        return max(start, end) > self.first and min(start, end) < self.last

    @contextmanager
    def at(self, along: float, top: float) -> Iterator[None]:
        """Gather what is drawn inside about a place: there, ``pinned`` shapes count from it in CSS pixels."""
        if self.is_fluid:
            self._parts.append(f'<svg x="{self._place(along)}" y="{_number(top)}" overflow="visible">')
        else:
            self._parts.append(f'<g transform="translate({self._place(along)} {_number(top)})">')
        yield
        self._parts.append("</svg>" if self.is_fluid else "</g>")

    def pinned_bar(
        self, along: float, top: float, length: float, height: float, paint: Paint, *, radius: float = 0.0
    ) -> None:
        """Draw a bar about a place that keeps its length."""
        with self.at(along, top):
            self._parts.append(
                f'<rect {paint.attributes()} x="{_number(-length / 2)}" y="0" width="{_number(length)}"'
                f' height="{_number(max(height, 0))}" rx="{_number(radius)}"/>'
            )

    def pinned_dot(self, along: float, top: float, radius: float, paint: Paint) -> None:
        """Draw a circle about a place that stays round."""
        self._parts.append(
            f'<circle {paint.attributes()} cx="{self._place(along)}" cy="{_number(top)}" r="{_number(radius)}"/>'
        )

    def pinned_outline(self, along: float, top: float, points: Sequence[float], paint: Paint) -> None:
        """Draw a closed outline about a place: pixels along the line and down, in turn."""
        turn = -1 if self.is_turned else 1
        said = " ".join(
            f"{_number(turn * points[place])} {_number(points[place + 1])}"
            for place in range(0, len(points), 2)
        )
        with self.at(along, top):
            self._parts.append(f'<path {paint.attributes()} d="M{said}Z"/>')

    def rule(self, top: float, paint: Paint) -> None:
        """Draw a line over the whole width."""
        end = "100%" if self.is_fluid else _number(self.width)
        self._parts.append(
            f'<line {paint.attributes()} x1="0" y1="{_number(top)}" x2="{end}" y2="{_number(top)}"/>'
        )

    def path(self, strokes: Sequence[Stroke], paint: Paint) -> None:
        """Draw an outline or a line that stretches with the columns; its stroke does not."""
        if not self.is_fluid:
            super().path(strokes, paint)
            return
        self._parts.append(
            f'<svg width="100%" height="{_number(self.height)}" preserveAspectRatio="none"'
            f' viewBox="0 0 {_number(self.width)} {_number(self.height)}">'
        )
        said = "".join(letter + self._points(points) for letter, points in strokes)
        self._parts.append(
            f'<path {paint.attributes()} vector-effect="non-scaling-stroke" d="{said}"/></svg>'
        )

    def words(
        self,
        along: float,
        baseline: float,
        words: str,
        lettering: Lettering,
        *,
        anchor: Anchor = "start",
        room: float | None = None,
        is_name: bool = False,
    ) -> None:
        """Write one line; ``room`` is in CSS pixels, see `Canvas.words`."""
        if not words:
            return
        if room is not None:
            words = clipped(words, size=lettering.size, room=room, is_bold=lettering.is_bold)
        end = _ANCHOR[anchor] if self.is_turned else anchor
        anchored = "" if end == "start" else f' text-anchor="{end}"'
        said = said_plainly(isolated(words, direction=None if is_name else self.direction))
        place = f'x="{self._place(along)}" y="{_number(baseline)}"{anchored}'
        self._parts.append(f"<text {lettering.attributes()} {place}>{said}</text>")

    @contextmanager
    def faded(self, *, is_faded: bool) -> Iterator[None]:
        """Gather what stands back behind a thread that is looked at."""
        self._parts.append('<g opacity="0.35">' if is_faded else "<g>")
        yield
        self._parts.append("</g>")

    def svg(self, name: str, *, title: str, drawing_id: str) -> str:
        """Return the finished strip: see `Canvas.svg`; on a page without a view box, or its words would stretch."""
        found = super().svg(f"drawing-strip {name}", title=title, drawing_id=drawing_id)
        if not self.is_fluid:
            return found
        width, height = _number(self.width), _number(self.height)
        return found.replace(
            f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"',
            f'width="100%" height="{height}"',
            1,
        )

    def _place(self, along: float) -> str:
        left = self.x(along)
        return f"{round(left / self.width * 100, 3):g}%" if self.is_fluid else _number(left)


def curved(points: Sequence[tuple[float, float]]) -> list[Stroke]:
    """Return the way on from the first of several points through the others, level at each."""
    found: list[Stroke] = []
    for (along, top), (to_along, to_top) in pairwise(points):
        half = (along + to_along) / 2
        found.append(("C", (half, top, half, to_top, to_along, to_top)))
    return found


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
