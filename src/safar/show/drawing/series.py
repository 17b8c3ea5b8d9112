"""Numbers over time: lines with their intervals, the period before as a ghost, marks where something is unusual.

Time runs from left to right in every language; only words follow the direction of reading. Lines are told apart by
dash and by the shape of their points as well as by colour. Ticks and their words are the caller's: they belong to the
reader's calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .canvas import Canvas, DrawingMismatch, EmptyDrawing, Mark, joined, room_for
from .lettering import Direction, isolated, text_width
from .paint import (
    ANAR,
    AXIS,
    CARD,
    FIELD,
    FIRUZE,
    LAJVARD,
    RULE,
    SAFFRON,
    SMALL,
    SOFT,
    WORDS,
    Paint,
)

_MARGIN: Final = 12.0
_MOST_POINTS: Final = 62
#: Colour and dash of each line; its points differ in shape too.
_LOOKS: Final = (
    (FIRUZE, ""),
    (LAJVARD, "7 4"),
    (SAFFRON, "2 4"),
    ("#7b3f8c", "9 3 2 3"),
    (ANAR, "4 3"),
    ("#4c6b1f", "12 4"),
    ("#8a5a2b", "1 3"),
    (SOFT, "9 3 2 3 2 3"),
)
_GHOST: Final = Paint("drawing-ghost", stroke="#8d9298", stroke_width=1.6, dash="3 4")
_HAPPENED: Final = Paint("drawing-event", stroke=SOFT, stroke_width=1.4, dash="2 3")
_ANOMALY: Final = Paint("drawing-anomaly", stroke=ANAR, stroke_width=2.0)


@dataclass(frozen=True, slots=True)
class SeriesPoint(Mark):
    """One stretch of time of one line.

    Attributes
    ----------
    value
        The number; None leaves a gap.
    text
        The number in the reader's words, with its interval where it has one.
    low, high
        Ends of the interval; None for none.
    is_partial
        The stretch is not over: the point is hollow, the way to it dashed.
    anomaly
        Why it is unusual, in the reader's words; not empty draws a ring about it.
    """

    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    is_partial: bool = False
    anomaly: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A line.

    Attributes
    ----------
    label
        Its name; shown in a legend where there is more than one line or a ghost.
    points
        One for each stretch of time.
    """

    label: str
    points: tuple[SeriesPoint, ...]


@dataclass(frozen=True, slots=True)
class Ghost:
    """The same stretches a period or a season earlier.

    Attributes
    ----------
    label
        Which, such as "Ramadan a year before".
    values
        One for each stretch of time; None leaves a gap.
    texts
        In the reader's words; none for no titles.
    """

    label: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis.

    Attributes
    ----------
    place
        On the axis of time the number of a stretch from 0, on the other one a value.
    label
        In the reader's words.
    """

    place: float
    label: str


def draw_series(
    series: Sequence[Series],
    *,
    labels: Sequence[str],
    ticks: Sequence[Tick],
    value_ticks: Sequence[Tick],
    title: str,
    direction: Direction,
    ghosts: Sequence[Ghost] = (),
    events: Sequence[Tick] = (),
    width: float = 760.0,
    height: float = 280.0,
    drawing_id: str = "series",
) -> str:
    """Draw lines over time as an SVG element.

    Parameters
    ----------
    series
        One to eight lines.
    labels
        Names of the stretches of time, for titles.
    ticks, value_ticks
        Of the axis of time and of the axis of values; the values reach as far as their ticks at least.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading, for words alone: time runs from left to right.
    ghosts
        Earlier periods, drawn pale and dashed below the lines.
    events
        What happened at a time, as an upright line with its name; a place may lie between two stretches.
    width, height
        Units; 360 wide for telephones.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    EmptyDrawing
        There is no line or no stretch of time.
    DrawingMismatch
        More than eight lines, or a line or ghost of another length than the labels.

    Examples
    --------
    >>> points = (SeriesPoint(3.0, "3"), SeriesPoint(4.0, "4", is_partial=True))
    >>> drawing = draw_series([Series("Orders", points)], labels=["Mon", "Tue"], ticks=[Tick(0, "Mon")],
    ...                       value_ticks=[Tick(0, "0"), Tick(5, "5")], title="Orders by day", direction="ltr")
    >>> drawing.count("is-partial")
    1
    """
    if not series or not labels:
        raise EmptyDrawing(
            "A drawing over time needs a line and a stretch of time.", hint="Choose a longer window."
        )
    lengths = {len(one.points) for one in series} | {len(ghost.values) for ghost in ghosts}
    if len(series) > len(_LOOKS) or lengths != {len(labels)}:
        raise DrawingMismatch(
            f"Lines over time: at most {len(_LOOKS)}, each with a point for each of {len(labels)} stretches.",
            hint="Draw the largest lines, and put gaps as None.",
        )
    plot = _Plot(
        series,
        ghosts,
        ticks=ticks,
        value_ticks=value_ticks,
        events=events,
        labels=labels,
        width=width,
        height=height,
        direction=direction,
    )
    return plot.drawn(title, drawing_id)


class _Plot:
    """Where stretches and values lie, and the drawing of them."""

    def __init__(
        self,
        series: Sequence[Series],
        ghosts: Sequence[Ghost],
        *,
        ticks: Sequence[Tick],
        value_ticks: Sequence[Tick],
        events: Sequence[Tick],
        labels: Sequence[str],
        width: float,
        height: float,
        direction: Direction,
    ) -> None:
        self.series, self.ghosts, self.labels = series, ghosts, labels
        self.ticks, self.value_ticks, self.events = ticks, value_ticks, events
        self.canvas = Canvas(width, height, direction=direction, is_turned=False)
        self.left = _MARGIN + room_for([tick.label for tick in value_ticks], SMALL, most=84.0) + 8
        self.right = width - _MARGIN - 6
        self.legend = self._legend_rows(width)
        self.top = _MARGIN + 20.0 * (len(self.legend) + bool(events)) + 4
        self.bottom = height - 30.0
        values = [point.value for one in series for point in one.points if point.value is not None]
        values += [value for ghost in ghosts for value in ghost.values if value is not None]
        values += [tick.place for tick in value_ticks]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        self.low, self.high = low, high if high > low else low + 1.0

    def _legend_rows(self, width: float) -> list[list[tuple[float, str, int]]]:
        """Return rows of (along, words, look); ghosts have looks below zero."""
        entries = [(one.label, number) for number, one in enumerate(self.series)]
        entries += [(ghost.label, -1 - number) for number, ghost in enumerate(self.ghosts)]
        if len(entries) < 2:
            return []
        rows: list[list[tuple[float, str, int]]] = [[]]
        along = _MARGIN
        for words, look in entries:
            wide = min(text_width(words, size=WORDS.size), width - 70) + 52
            if rows[-1] and along + wide - 16 > width - _MARGIN:
                rows.append([])
                along = _MARGIN
            rows[-1].append((along, words, look))
            along += wide
        return rows

    def x(self, place: float) -> float:
        """Return where a stretch lies."""
        last = max(len(self.labels) - 1, 1)
        inset = 6.0
        return self.left + inset + place / last * (self.right - self.left - 2 * inset)

    def y(self, value: float) -> float:
        """Return the height of a value, cut to the drawing."""
        inside = min(max(value, self.low), self.high)
        return self.bottom - (inside - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def drawn(self, title: str, drawing_id: str) -> str:
        """Return the drawing."""
        self._axes()
        self._legend()
        self._happened()
        for ghost in self.ghosts:
            for run in _runs(ghost.values):
                self._track([(self.x(place), self.y(value)) for place, value in run], _GHOST)
        for number, one in enumerate(self.series):
            self._band(one, number)
        for number, one in reversed(list(enumerate(self.series))):
            self._line(one, number)
        self._fields()
        for number, one in reversed(list(enumerate(self.series))):
            self._points(one, number)
        return self.canvas.svg("drawing-series", title=title, drawing_id=drawing_id)

    def _axes(self) -> None:
        canvas = self.canvas
        for tick in self.value_ticks:
            paint = AXIS if tick.place == 0 else RULE
            canvas.line(self.left, self.y(tick.place), self.right, self.y(tick.place), paint)
            canvas.words(self.left - 6, self.y(tick.place) + 4, tick.label, SMALL, anchor="end")
        if self.low < 0 < self.high and all(tick.place != 0 for tick in self.value_ticks):
            canvas.line(self.left, self.y(0), self.right, self.y(0), AXIS)
        end = 0.0
        for tick in self.ticks:
            half = text_width(tick.label, size=SMALL.size) / 2
            middle = min(max(self.x(tick.place), half + 2), canvas.width - half - 2)
            canvas.line(self.x(tick.place), self.bottom, self.x(tick.place), self.bottom + 4, AXIS)
            if middle - half > end:
                canvas.words(middle, self.bottom + 18, tick.label, SMALL, anchor="middle")
                end = middle + half + 8

    def _legend(self) -> None:
        """Write the legend from the start of the line of reading."""
        canvas = self.canvas
        is_turned = canvas.direction == "rtl"

        def place(along: float) -> float:
            return canvas.width - along if is_turned else along

        for row, entries in enumerate(self.legend):
            middle = _MARGIN + 20.0 * row + 4
            for along, words, look in entries:
                paint = _stroke(look) if look >= 0 else _GHOST
                canvas.line(place(along), middle, place(along + 22), middle, paint)
                if look >= 0:
                    self._shape(place(along + 11), middle, look, is_partial=False)
                canvas.words(
                    place(along + 28),
                    middle + 4,
                    words,
                    WORDS,
                    anchor="end" if is_turned else "start",
                    room=canvas.width - 70,
                    is_name=True,
                )

    def _happened(self) -> None:
        """Draw an upright line where something happened, with its name above."""
        for event in self.events:
            x = self.x(event.place)
            self.canvas.line(x, self.top - 6, x, self.bottom, _HAPPENED)
            half = text_width(event.label, size=SMALL.size) / 2
            middle = min(max(x, half + 2), self.canvas.width - half - 2)
            self.canvas.words(middle, self.top - 10, event.label, SMALL, anchor="middle")

    def _band(self, one: Series, number: int) -> None:
        """Draw the interval where it is given; a lonely stretch gets a bar."""
        known = [
            None
            if point.value is None or point.low is None or point.high is None
            else (point.low, point.high)
            for point in one.points
        ]
        paint = Paint(f"drawing-band drawing-series-{number}", fill=_LOOKS[number][0], fill_opacity=0.12)
        run: list[tuple[float, float, float]] = []
        for place, ends in enumerate([*known, None]):
            if ends is not None:
                run.append((self.x(place), self.y(ends[0]), self.y(ends[1])))
                continue
            if len(run) == 1:
                x, low, high = run[0]
                run = [(x - 4, low, high), (x + 4, low, high)]
            if run:
                over = [coordinate for x, _, high in run for coordinate in (x, high)]
                under = [coordinate for x, low, _ in reversed(run) for coordinate in (x, low)]
                self.canvas.path([("M", over[:2]), ("L", [*over[2:], *under]), ("Z", ())], paint)
            run = []

    def _line(self, one: Series, number: int) -> None:
        for run in _runs([point.value for point in one.points]):
            track = [(self.x(place), self.y(value)) for place, value in run]
            if one.points[run[-1][0]].is_partial and len(track) > 1:
                unsure = Paint(
                    f"drawing-line drawing-series-{number}",
                    stroke=_LOOKS[number][0],
                    stroke_width=1.4,
                    dash="2 3",
                )
                self._track(track[-2:], unsure)
                track = track[:-1]
            self._track(track, _stroke(number))

    def _track(self, track: Sequence[tuple[float, float]], paint: Paint) -> None:
        if len(track) > 1:
            flat = [coordinate for point in track for coordinate in point]
            self.canvas.path([("M", flat[:2]), ("L", flat[2:])], paint)

    def _fields(self) -> None:
        """Lay an invisible field over each stretch: resting on it shows the numbers of all lines."""
        step = (self.right - self.left) / len(self.labels)
        for place, label in enumerate(self.labels):
            said = [label]
            for one in self.series:
                point = one.points[place]
                name = f"{isolated(one.label)}: " if len(self.series) > 1 or self.ghosts else ""
                said.append(joined(f"{name}{isolated(point.text)}", point.anomaly))
            said += [
                f"{isolated(ghost.label)}: {isolated(ghost.texts[place])}"
                for ghost in self.ghosts
                if ghost.texts
            ]
            left = min(max(self.x(place) - step / 2, self.left), self.right - step)
            with self.canvas.mark("drawing-stretch", Mark(), title="\n".join(said)):
                self.canvas.rect(left, self.top - 4, step, self.bottom - self.top + 8, FIELD)

    def _points(self, one: Series, number: int) -> None:
        values = [point.value for point in one.points]
        lonely = {run[0][0] for run in _runs(values) if len(run) == 1}
        for place, point in enumerate(one.points):
            if point.value is None:
                continue
            is_shown = len(values) <= _MOST_POINTS or place in lonely or place == len(values) - 1
            if not (is_shown or point.anomaly or point.href is not None):
                continue
            about = joined(
                one.label if len(self.series) > 1 else "", self.labels[place], point.text, point.anomaly
            )
            name = "drawing-mark is-partial" if point.is_partial else "drawing-mark"
            with self.canvas.mark(name, point, title=about):
                x, y = self.x(place), self.y(point.value)
                if is_shown:
                    self._shape(x, y, number, is_partial=point.is_partial)
                if point.anomaly:
                    self.canvas.circle(x, y, 8, _ANOMALY)
                self.canvas.circle(x, y, 10, FIELD)

    def _shape(self, x: float, y: float, number: int, *, is_partial: bool) -> None:
        """Draw a point in the shape of its line."""
        colour = _LOOKS[number][0]
        paint = (
            Paint(f"drawing-hollow drawing-series-{number}", fill=CARD, stroke=colour, stroke_width=1.6)
            if is_partial
            else Paint(f"drawing-dot drawing-series-{number}", fill=colour)
        )
        if number % 4 == 0:
            self.canvas.circle(x, y, 2.8, paint)
        elif number % 4 == 1:
            self.canvas.rect(x - 2.6, y - 2.6, 5.2, 5.2, paint)
        elif number % 4 == 2:
            self.canvas.path(
                [("M", (x, y - 3.6)), ("L", (x + 3.4, y + 2.6, x - 3.4, y + 2.6)), ("Z", ())], paint
            )
        else:
            self.canvas.path(
                [("M", (x, y - 3.8)), ("L", (x + 3.8, y, x, y + 3.8, x - 3.8, y)), ("Z", ())], paint
            )


def _stroke(number: int) -> Paint:
    colour, dash = _LOOKS[number]
    return Paint(f"drawing-line drawing-series-{number}", stroke=colour, stroke_width=2.0, dash=dash)


def _runs(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """Yield stretches that follow one another without a gap."""
    run: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []
    if run:
        yield run
