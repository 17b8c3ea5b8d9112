"""The sheet a drawing is made on: shapes placed from the start of the line, words, links and titles, as SVG.

What is drawn names its place *along* the line of reading; the sheet turns it round where reading runs from right to
left. Words are anchored by the same rule and carry isolates, so that the drawing itself always has ``direction="ltr"``
and looks the same in every browser and in renderers that know no ``direction``. No style, no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from safar.vocabulary.errors import Refusal

from .lettering import Direction, clipped, isolated, text_width
from .paint import WHISKER, WHISKER_HALO, Lettering, Paint

Anchor = Literal["start", "middle", "end"]
#: A step of an outline: its letter in SVG (M, L, C, Z) and points as (along, down) in turn.
Stroke = tuple[str, Sequence[float]]

#: Control characters, lone surrogates and the two that are no characters: no XML may hold them.
_FORBIDDEN: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))
_SCHEMES: Final = ("http:", "https:")
_ARABIC_FIRST: Final = "Vazirmatn, Inter, sans-serif"
_LATIN_FIRST: Final = "Inter, Vazirmatn, sans-serif"


class EmptyDrawing(Refusal, ValueError):
    """There is nothing to draw."""

    code = "drawing.empty"


class DrawingMismatch(Refusal, ValueError):
    """Parts of a drawing do not fit together."""

    code = "drawing.mismatch"


class UnsafeLink(Refusal, ValueError):
    """A link leads neither into these pages nor to a web address."""

    code = "drawing.unsafe_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What every mark of a drawing may carry.

    Attributes
    ----------
    key
        What it stands for, in the program's words; written as ``data-key``.
    title
        What a pointer resting on it and a screen reader are told, in the reader's words; empty for what the drawing
        itself puts together from the texts of the mark.
    href
        Where it leads, such as to the customers behind it: a path, a fragment or an http address; None for nowhere.
    """

    key: str = ""
    title: str = ""
    href: str | None = None


class Canvas:
    """One drawing in the making.

    Parameters
    ----------
    width, height
        Units; CSS pixels where the drawing stands at its own size.
    direction
        Of reading.
    is_turned
        Whether places count from the right; by default where reading does. Axes of time never turn.
    """

    def __init__(
        self, width: float, height: float, *, direction: Direction, is_turned: bool | None = None
    ) -> None:
        self.width = width
        self.height = height
        self.direction = direction
        self.is_turned = direction == "rtl" if is_turned is None else is_turned
        self.has_links = False
        self._parts: list[str] = []
        self._definitions: list[str] = []

    def define(self, definition: str) -> None:
        """Keep a definition (a hatch, a clip), written once at the top."""
        if definition not in self._definitions:
            self._definitions.append(definition)

    def x(self, along: float) -> float:
        """Return where a place along the line lies from the left."""
        return self.width - along if self.is_turned else along

    def rect(
        self, along: float, top: float, length: float, height: float, paint: Paint, *, radius: float = 0.0
    ) -> None:
        """Draw a rectangle that begins ``along`` and is ``length`` long."""
        left = self.x(along + length) if self.is_turned else along
        rounded = f' rx="{_number(radius)}"' if radius else ""
        self._parts.append(
            f'<rect {paint.attributes()} x="{_number(left)}" y="{_number(top)}" width="{_number(max(length, 0))}"'
            f' height="{_number(max(height, 0))}"{rounded}/>'
        )

    def line(self, along: float, top: float, to_along: float, to_top: float, paint: Paint) -> None:
        """Draw a straight line."""
        self._parts.append(
            f'<line {paint.attributes()} x1="{_number(self.x(along))}" y1="{_number(top)}"'
            f' x2="{_number(self.x(to_along))}" y2="{_number(to_top)}"/>'
        )

    def circle(self, along: float, top: float, radius: float, paint: Paint) -> None:
        """Draw a circle about a place."""
        self._parts.append(
            f'<circle {paint.attributes()} cx="{_number(self.x(along))}" cy="{_number(top)}" r="{_number(radius)}"/>'
        )

    def whisker(
        self, low: float, high: float, middle: float, *, ends: tuple[bool, bool] = (True, True)
    ) -> None:
        """Draw an interval from ``low`` to ``high`` along, with a bar at each end that is not cut off."""
        bars = [place for place, is_whole in zip((low, high), ends, strict=True) if is_whole]
        for paint in (WHISKER_HALO, WHISKER):
            self.line(low, middle, high, middle, paint)
            for place in bars:
                self.line(place, middle - 4, place, middle + 4, paint)

    def path(self, strokes: Sequence[Stroke], paint: Paint) -> None:
        """Draw an outline or a line of several strokes."""
        said = "".join(letter + self._points(points) for letter, points in strokes)
        self._parts.append(f'<path {paint.attributes()} d="{said}"/>')

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
        """Write one line.

        Parameters
        ----------
        along, baseline
            Where the anchor lies.
        words
            One line.
        lettering
            How.
        anchor
            Which end of the words lies there: their start is the start of the line of reading.
        room
            Cut what is wider than this; None cuts nothing.
        is_name
            A name from data, whose own letters decide its direction.
        """
        if not words:
            return
        if room is not None:
            words = clipped(words, size=lettering.size, room=room, is_bold=lettering.is_bold)
        if self.is_turned:
            anchor = {"start": "end", "middle": "middle", "end": "start"}[anchor]  # type: ignore[assignment]
        anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
        said = said_plainly(isolated(words, direction=None if is_name else self.direction))
        place = f'x="{_number(self.x(along))}" y="{_number(baseline)}"{anchored}'
        self._parts.append(f"<text {lettering.attributes()} {place}>{said}</text>")

    def nested(self, along: float, top: float, length: float, svg: str) -> None:
        """Put another drawing here, which begins ``along`` and is ``length`` long at its own size."""
        left = self.x(along + length) if self.is_turned else along
        self._parts.append(svg.replace("<svg ", f'<svg x="{_number(left)}" y="{_number(top)}" ', 1))

    @contextmanager
    def mark(self, name: str, mark: Mark, *, title: str = "") -> Iterator[None]:
        """Gather what is drawn inside as one mark, with its title, key and link.

        Parameters
        ----------
        name
            Class of the group.
        mark
            Whose title, key and link.
        title
            What it is told by where the mark has no title of its own.

        Raises
        ------
        UnsafeLink
            The link has a scheme other than http and https.
        """
        title = mark.title or title
        key = f' data-key="{said_plainly(mark.key)}"' if mark.key else ""
        opening, closing = f'<g class="{name}"{key}>', "</g>"
        if mark.href is not None:
            self.has_links = True
            said = f' aria-label="{said_plainly(title)}"' if title else ""
            opening += f'<a href="{said_plainly(_safe(mark.href))}"{said}>'
            closing = "</a></g>"
        self._parts.append(opening + (f"<title>{said_plainly(title)}</title>" if title else ""))
        yield
        self._parts.append(closing)

    def svg(self, name: str, *, title: str, drawing_id: str) -> str:
        """Return the finished drawing.

        Parameters
        ----------
        name
            Class beside ``drawing``.
        title
            What is drawn, for those who do not see it: a whole sentence.
        drawing_id
            Unique on the page.

        Returns
        -------
        str
            One ``<svg>`` element; a picture where no mark leads anywhere, else a group whose links are reached one by
            one.
        """
        width, height = _number(self.width), _number(self.height)
        role = "group" if self.has_links else "img"
        family = _ARABIC_FIRST if self.direction == "rtl" else _LATIN_FIRST
        drawing_id = said_plainly(drawing_id)
        definitions = f"<defs>{''.join(self._definitions)}</defs>" if self._definitions else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing {name}" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="{role}" direction="ltr" font-family="{family}"'
            f' aria-labelledby="{drawing_id}"><title id="{drawing_id}">{said_plainly(title)}</title>'
            f"{definitions}{''.join(self._parts)}</svg>"
        )

    def _points(self, points: Sequence[float]) -> str:
        return " ".join(
            f"{_number(self.x(points[place]))} {_number(points[place + 1])}"
            for place in range(0, len(points), 2)
        )


def hatch(drawing_id: str, name: str, colour: str, *, opacity: float = 0.5) -> str:
    """Return the definition of a hatch, to be filled with as ``url(#<drawing_id>-<name>)``.

    Parameters
    ----------
    drawing_id
        Of the drawing it belongs to.
    name
        Its own, also its class.
    colour
        Of its lines, in the light.
    opacity
        0 to 1.

    Returns
    -------
    str
        A ``<pattern>`` element.
    """
    return (
        f'<pattern id="{said_plainly(drawing_id)}-{name}" width="6" height="6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><line class="drawing-hatch-{name}" x1="0" y1="0" x2="0" y2="6"'
        f' stroke="{colour}" stroke-width="2.4" stroke-opacity="{opacity:g}"/></pattern>'
    )


def room_for(words: Sequence[str], lettering: Lettering, *, most: float, least: float = 0.0) -> float:
    """Return the width of the widest of several lines, between two limits."""
    widest = max(
        (text_width(line, size=lettering.size, is_bold=lettering.is_bold) for line in words), default=0.0
    )
    return min(max(widest, least), most)


def joined(*parts: str) -> str:
    """Return the parts that say something, each isolated, with a middle dot between them."""
    return " · ".join(isolated(part) for part in parts if part)


def said_plainly(words: str) -> str:
    """Return words as SVG writes them: escaped, without what XML forbids."""
    return escape(words.translate(_FORBIDDEN))


def _safe(href: str) -> str:
    head = href.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
    if ":" in head and not href.lower().startswith(_SCHEMES):
        raise UnsafeLink(
            f"{href!r} is no link a drawing can carry.",
            hint="Use a path of these pages, a fragment, or an address with http or https.",
            href=href,
        )
    return href


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
