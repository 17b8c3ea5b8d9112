"""The river of a journey map: how many reach each step, how they go on, where they fall away and where they turn back.

Bands are as wide as their people. What the design allows is plain, a skip is edged with dashes, and what is not on
the map goes as a dashed arc above with its share; losses fall down beside their step. All widths have one scale,
whatever stretch of the map is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from safar.show.drawing.canvas import DrawingMismatch, EmptyDrawing, Mark, Stroke, joined
from safar.show.drawing.lettering import Direction, text_width
from safar.show.drawing.paint import (
    BLOCK,
    BLOCK_END,
    CARD,
    EDGE,
    EDGE_BACK,
    EDGE_BACK_HEAD,
    EDGE_HEAD,
    FIELD,
    LAJVARD,
    LOSS,
    LOST,
    ON_EDGE,
    ON_EDGE_BACK,
    RIBBON,
    Lettering,
    Paint,
)

from .captions import Captions
from .strip import COLUMN, Strip, curved

RiverKind = Literal["designed", "skip", "off_map"]

_BODY: Final = 88.0
_GAP: Final = 4.0
_BAR: Final = 10.0
_MARGIN: Final = 8.0
_LEVEL: Final = 19.0
_FALL: Final = 24.0
_BASE: Final = 16.0
_ASIDE: Final = 0.05
#: Places along an arc where its words may stand.
_TICKS: Final = 48
_LOST: Final = replace(LOST, has_halo=True)
_SKIP: Final = Paint("drawing-river-skip", LAJVARD, LAJVARD, 1.0, 0.07, 0.7, "4 3")
_UNKNOWN: Final = Paint("drawing-river-unknown", CARD, "#8d9298", 1.5, dash="2.5 2")
_ON_SKIP: Final = Lettering("drawing-on-edge-skip", ON_EDGE.size, LAJVARD, 400, has_halo=True)
_THREAD: Final = Paint("drawing-river-thread", stroke=LAJVARD, stroke_width=3.0)
_RING: Final = Paint("drawing-river-ring", fill=CARD, stroke=LAJVARD, stroke_width=3.0)


@dataclass(frozen=True, slots=True)
class RiverLoss(Mark):
    """Those whose walk ends at a step although the journey does not.

    Attributes
    ----------
    count
        How many, for the width.
    text
        The count in the reader's words, short.
    """

    count: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class RiverStep(Mark):
    """A step, in the order of the columns.

    Attributes
    ----------
    step
        What moves call it; unique.
    label
        Its name.
    count
        How many people reach it.
    text
        The count in the reader's words.
    loss
        Who falls away here; None for nobody.
    is_hot
        Whether it hurts: red, and with a mark below.
    is_known
        Whether anybody can be counted here; else a hollow point stands for it.
    """

    step: str
    label: str
    count: float
    text: str = ""
    loss: RiverLoss | None = None
    is_hot: bool = False
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class RiverMove(Mark):
    """Those who go from one step to another.

    Attributes
    ----------
    source, target
        Steps.
    count
        How many, for the width.
    kind
        Whether the design allows it, leads there by steps that are skipped, or knows no such way.
    text
        What stands beside it, such as “18% go back (not on the map)”; empty for nothing.
    """

    source: str
    target: str
    count: float
    kind: RiverKind = "designed"
    text: str = ""


def draw_river(
    steps: Sequence[RiverStep],
    moves: Sequence[RiverMove],
    *,
    title: str,
    direction: Direction,
    window: tuple[int, int] | None = None,
    thread: Sequence[str] = (),
    column: float = COLUMN,
    is_fluid: bool = True,
    drawing_id: str = "river",
) -> str:
    """Draw the river of a map as an SVG element, under one column a step.

    Parameters
    ----------
    steps
        All steps of the map, in the order of its columns.
    moves
        Between them. What leads back, and what is off the map, goes above; some eight of those read well.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading.
    window
        The first column and the one after the last that are shown; None shows all.
    thread
        Steps of one customer in the order of time: their walk is lit, all else stands back.
    column, is_fluid
        See `Strip`.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element: as wide as its columns are on a page, each at least ``column`` CSS pixels wide.

    Raises
    ------
    EmptyDrawing
        There are no steps.
    DrawingMismatch
        A move or the thread names a step that is not there, two steps share a name, or the window shows no column.

    Examples
    --------
    >>> steps = [RiverStep("cart", "Cart", 20, "20", RiverLoss(count=8, text="-8")), RiverStep("pay", "Pay", 12, "12")]
    >>> moves = [RiverMove("cart", "pay", 12), RiverMove("pay", "cart", 2, "off_map", "10% go back")]
    >>> river = draw_river(steps, moves, title="From cart to payment", direction="rtl")
    >>> river.count("drawing-ribbon"), river.count("drawing-edge-back-head")
    (1, 1)
    """
    if not steps:
        raise EmptyDrawing("A river needs at least one step.", hint="Add a step to the map.")
    places = {step.step: place for place, step in enumerate(steps)}
    if len(places) < len(steps):
        raise DrawingMismatch("Two steps of a river share a name.", hint="Give each step an id of its own.")
    for end in [end for move in moves for end in (move.source, move.target)] + list(thread):
        if end not in places:
            raise DrawingMismatch(
                f"There is no step {end!r} in the river.", hint="Draw it as well.", step=end
            )
    first, last = window or (0, len(steps))
    if not 0 <= first < last <= len(steps):
        raise DrawingMismatch(
            f"The columns {first} to {last} are not within {len(steps)}.", hint="Show at least one column."
        )
    river = _River(steps, moves, places, (first, last), column)
    return river.drawn(title, direction, thread, is_fluid=is_fluid, drawing_id=drawing_id)


@dataclass(frozen=True, slots=True)
class _Arc:
    """A move above the river, at its level from below."""

    move: RiverMove
    level: int
    label_at: float


class _River:
    """Where steps stand and bands run."""

    def __init__(
        self,
        steps: Sequence[RiverStep],
        moves: Sequence[RiverMove],
        places: dict[str, int],
        window: tuple[int, int],
        column: float,
    ) -> None:
        self.steps = steps
        self.places = places
        self.window = window
        self.column = column
        between = [move for move in moves if move.source != move.target and move.count > 0]
        is_above = [move.kind == "off_map" or self._span(move) < 0 for move in between]
        self.bands = sorted(
            (move for move, above in zip(between, is_above, strict=True) if not above), key=self._order
        )
        self.arcs = self._levelled([move for move, above in zip(between, is_above, strict=True) if above])
        levels = max((arc.level for arc in self.arcs), default=-1) + 1
        self.head = _MARGIN + levels * _LEVEL + (6 if levels else 0)
        self.passes: list[list[RiverMove]] = [[] for _ in steps]
        for move in self.bands:
            for place in range(places[move.source] + 1, places[move.target]):
                self.passes[place].append(move)
        heights = [
            step.count + sum(move.count for move in self.passes[place]) for place, step in enumerate(steps)
        ]
        self.unit = _BODY / (max(heights) or 1.0)
        self.body = max(
            max(_BODY + len(passes) * _GAP, self._tall(place)) for place, passes in enumerate(self.passes)
        )
        self.tops, self.slots = self._stacked()
        self.height = self.head + self.body + _FALL + _BASE

    def _span(self, move: RiverMove) -> int:
        return self.places[move.target] - self.places[move.source]

    def _order(self, move: RiverMove) -> tuple[int, int, int]:
        """Sort what passes other steps before what does not: skips highest, the longest above."""
        span = self._span(move)
        return (1 if span == 1 else 0, -span, self.places[move.source])

    def _wide(self, count: float) -> float:
        return max(count * self.unit, 1.2)

    def _tall_alone(self, step: RiverStep) -> float:
        return max(step.count * self.unit, 4.0)

    def _tall(self, place: int) -> float:
        return self._tall_alone(self.steps[place]) + sum(
            self._wide(move.count) + _GAP for move in self.passes[place]
        )

    def _stacked(self) -> tuple[list[float], dict[tuple[int, int], tuple[float, float]]]:
        """Return where steps begin from above, and where each band crosses a column: (top, width)."""
        tops: list[float] = []
        slots: dict[tuple[int, int], tuple[float, float]] = {}
        numbers = {id(move): number for number, move in enumerate(self.bands)}
        for place in range(len(self.steps)):
            top = self.head + (self.body - self._tall(place)) / 2
            for move in self.passes[place]:
                slots[numbers[id(move)], place] = (top, self._wide(move.count))
                top += self._wide(move.count) + _GAP
            tops.append(top)
        for is_leaving in (True, False):
            for place, step in enumerate(self.steps):
                ends = [
                    number
                    for number, move in enumerate(self.bands)
                    if (move.source if is_leaving else move.target) == step.step
                ]
                tall = self._tall_alone(step)
                lost = self._wide(step.loss.count) if is_leaving and step.loss else 0.0
                total = sum(self._wide(self.bands[number].count) for number in ends) + lost
                squeeze = min(1.0, tall / total) if total else 1.0
                top = tops[place]
                for number in ends:
                    wide = self._wide(self.bands[number].count) * squeeze
                    slots[number, place] = (top, wide)
                    top += wide
        return tops, slots

    def _levelled(self, moves: list[RiverMove]) -> list[_Arc]:
        """Put arcs above one another so that neither they nor their words meet."""
        taken: list[list[tuple[float, float]]] = []
        found: list[_Arc] = []
        shown = [move for move in moves if self._is_shown(move)]
        for move in sorted(shown, key=lambda move: (abs(self._span(move)), -move.count)):
            start, end = sorted((self.places[move.source] + 0.5, self.places[move.target] + 0.5))
            half = text_width(move.text, size=ON_EDGE_BACK.size) / self.column / 2 + 0.04
            seen = max(start, self.window[0]), min(end, self.window[1])
            middle = (seen[0] + seen[1]) / 2
            middle = min(
                max(middle, self.window[0] + half), max(self.window[1] - half, self.window[0] + half)
            )
            span = min(start, middle - half), max(end, middle + half)
            level = next(
                (
                    level
                    for level, spans in enumerate(taken)
                    if all(span[1] <= other[0] + 0.02 or span[0] >= other[1] - 0.02 for other in spans)
                ),
                len(taken),
            )
            if level == len(taken):
                taken.append([])
            taken[level].append(span)
            found.append(_Arc(move, level, middle))
        return found

    def _is_shown(self, move: RiverMove) -> bool:
        start, end = sorted((self.places[move.source] + 0.5, self.places[move.target] + 0.5))
        return end > self.window[0] and start < self.window[1]

    def drawn(
        self, title: str, direction: Direction, thread: Sequence[str], *, is_fluid: bool, drawing_id: str
    ) -> str:
        """Return the drawing."""
        strip = Strip(self.window, self.height, direction=direction, column=self.column, is_fluid=is_fluid)
        captions = Captions(self.window, self.column)
        with strip.faded(is_faded=bool(thread)):
            for place, step in enumerate(self.steps):
                if step.loss and step.loss.count > 0 and self._is_within(place):
                    self._loss(strip, place, step.loss, captions)
            for number in sorted(range(len(self.bands)), key=lambda number: -self.bands[number].count):
                if self._is_shown(self.bands[number]):
                    self._band(strip, number)
            for arc in self.arcs:
                self._arc(strip, arc)
            for place, step in enumerate(self.steps):
                if self._is_within(place):
                    self._step(strip, place, step)
            self._captions(strip, captions)
        if thread:
            self._thread(strip, [self.places[step] for step in thread])
        return strip.svg("drawing-river", title=title, drawing_id=drawing_id)

    def _is_within(self, place: int) -> bool:
        return self.window[0] <= place < self.window[1]

    def _band(self, strip: Strip, number: int) -> None:
        move = self.bands[number]
        columns = range(self.places[move.source], self.places[move.target] + 1)
        slots = [(place + 0.5, *self.slots[number, place]) for place in columns]
        over = [(along, top) for along, top, _ in slots]
        under = [(along, top + wide) for along, top, wide in reversed(slots)]
        outline: list[Stroke] = [("M", over[0]), *curved(over), ("L", under[0]), *curved(under), ("Z", ())]
        with strip.mark("drawing-mark", move, title=self._about(move)):
            strip.path(outline, _SKIP if move.kind == "skip" else RIBBON)

    def _about(self, move: RiverMove) -> str:
        ends = (self.steps[self.places[end]].label for end in (move.source, move.target))
        return joined(" – ".join(ends), move.text)

    def _loss(self, strip: Strip, place: int, loss: RiverLoss, captions: Captions) -> None:
        """Draw those who fall away: a band that bends down beside the step, and how many, where it has room."""
        tall = self._tall_alone(self.steps[place])
        end, wide = self.tops[place] + tall, min(self._wide(loss.count), tall)
        ground = self.head + self.body + _FALL
        start, thin = place + 0.5, min(wide / self.column, 0.16)
        outer = start + 0.1 + thin
        with strip.mark("drawing-mark", loss, title=joined(self.steps[place].label, loss.text)):
            strip.path(
                [
                    ("M", (start, end - wide)),
                    ("C", (start + thin, end - wide, outer, end - wide / 2, outer, ground - 4)),
                    ("L", (outer - thin, ground - 4)),
                    ("C", (outer - thin, end + 6, start + 0.06, end, start, end)),
                    ("Z", ()),
                ],
                LOSS,
            )
            half = text_width(loss.text, size=_LOST.size) / self.column / 2
            middle = min(outer - thin / 2, max(place + 1 - half - 0.02, place + 0.5))
            middle = min(middle, self.window[1] - half)
            if captions.spot(loss.text, _LOST, [(middle, ground + 9)]):
                strip.words(middle, ground + 9, loss.text, _LOST, anchor="middle")

    def _step(self, strip: Strip, place: int, step: RiverStep) -> None:
        tall, top = self._tall_alone(step), self.tops[place]
        with strip.mark("drawing-mark", step, title=joined(step.label, step.text)):
            strip.pinned_bar(place + 0.5, min(top, top + tall / 2 - 12), 24, max(tall, 24), FIELD)
            if not step.is_known:
                strip.pinned_dot(place + 0.5, top + tall / 2, 4.5, _UNKNOWN)
                return
            strip.pinned_bar(
                place + 0.5, top, _BAR, tall, BLOCK_END if step.is_hot else BLOCK, radius=min(4, tall / 2)
            )
            if step.is_hot:
                strip.pinned_outline(place + 0.5, top + tall + 3, (0, 0, 5, 8, -5, 8), BLOCK_END)

    def _arc(self, strip: Strip, arc: _Arc) -> None:
        """Draw what leads back or is not on the map, with its head where it arrives."""
        move = arc.move
        (start, top), pull, (end, arrival) = self._bow(arc)
        is_designed = move.kind == "designed"
        wide = min(max(move.count * self.unit * 0.5, 1.4), 4.0)
        with strip.mark("drawing-mark", move, title=self._about(move)):
            line = (EDGE if is_designed else EDGE_BACK).stroked(wide)
            strip.path([("M", (start, top)), ("C", (start, pull, end, pull, end, arrival - 4))], line)
            head = EDGE_HEAD if is_designed else EDGE_BACK_HEAD
            size = 3.5 + wide / 2
            strip.pinned_outline(end, arrival, (0, 0, size, -7, -size, -7), head)

    def _over(self, step: str) -> float:
        """Return the top of all that stands in a step's column."""
        place = self.places[step]
        return self.head + (self.body - self._tall(place)) / 2 - 2

    def _bow(self, arc: _Arc) -> tuple[tuple[float, float], float, tuple[float, float]]:
        """Return where an arc begins, how high it is pulled, and where it arrives."""
        move = arc.move
        turn = 1 if self._span(move) > 0 else -1
        tops = self._over(move.source), self._over(move.target)
        apex = self.head - 8 - arc.level * _LEVEL
        return (
            (self.places[move.source] + 0.5 + turn * _ASIDE, tops[0]),
            (apex - sum(tops) / 8) / 0.75,
            (self.places[move.target] + 0.5 - turn * _ASIDE, tops[1]),
        )

    def _captions(self, strip: Strip, captions: Captions) -> None:
        """Write beside what is not on the map and on skips, where there is room; who points at the line reads it."""
        for place, step in enumerate(self.steps):
            captions.keep_free(
                place + 0.5, _BAR / 2, self.tops[place], self.tops[place] + self._tall_alone(step)
            )
        for arc in self.arcs:
            end, arrival = self._bow(arc)[2]
            captions.keep_free(end, _BAR / 2, arrival - 7, arrival)
        for arc in sorted(self.arcs, key=lambda arc: -arc.move.count):
            lettering = ON_EDGE if arc.move.kind == "designed" else ON_EDGE_BACK
            self._write(strip, captions, arc.move.text, lettering, self._spots_of_arc(arc))
        for number, move in enumerate(self.bands):
            if move.kind == "skip":
                self._write(strip, captions, move.text, _ON_SKIP, self._spots_of_band(number))

    def _write(
        self,
        strip: Strip,
        captions: Captions,
        words: str,
        lettering: Lettering,
        spots: list[tuple[float, float]],
    ) -> None:
        spot = captions.spot(words, lettering, spots) if words else None
        if spot is not None:
            strip.words(*spot, words, lettering, anchor="middle")

    def _spots_of_arc(self, arc: _Arc) -> list[tuple[float, float]]:
        """Return baselines over an arc, from the middle of what is seen of it outwards."""
        (start, top), pull, (end, arrival) = self._bow(arc)
        spots = []
        for tick in range(1, _TICKS):
            part = tick / _TICKS
            left = 1 - part
            along = start + (end - start) * part * part * (3 - 2 * part)
            height = left**3 * top + 3 * left * part * pull + part**3 * (arrival - 4)
            spots.append((along, height - 4))
        return sorted(spots, key=lambda spot: abs(spot[0] - arc.label_at))

    def _spots_of_band(self, number: int) -> list[tuple[float, float]]:
        """Return baselines over a band that passes steps: in the middle of what is seen of it, then outwards."""
        move = self.bands[number]
        columns = range(self.places[move.source], self.places[move.target] + 1)
        tops = [(place + 0.5, self.slots[number, place][0] - 3) for place in columns]
        halves = [((a + b) / 2, (high + low) / 2) for (a, high), (b, low) in pairwise(tops)]
        seen = max(columns[0] + 0.5, self.window[0]), min(columns[-1] + 0.5, self.window[1])
        return sorted([*tops[1:-1], *halves], key=lambda spot: abs(spot[0] - sum(seen) / 2))

    def _thread(self, strip: Strip, walk: Sequence[int]) -> None:
        middles = [top + self._tall_alone(step) / 2 for top, step in zip(self.tops, self.steps, strict=True)]
        low = self.head + self.body + _FALL
        for here, there in pairwise(walk):
            start, end = (here + 0.5, middles[here]), (there + 0.5, middles[there])
            if here == there or not strip.shows(start[0], end[0]):
                continue
            if there > here:
                way: list[Stroke] = [("M", start), *curved([start, end])]
            else:
                way = [("M", start), ("C", (start[0] + 0.1, low, end[0] - 0.1, low, *end))]
            strip.path(way, _THREAD)
        for place in sorted(set(walk)):
            if self._is_within(place):
                strip.pinned_dot(place + 0.5, middles[place], 6.5, _RING)
