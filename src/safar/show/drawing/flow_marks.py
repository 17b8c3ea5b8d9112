"""The marks of a flow: boxes of steps, curves between them, and where paths begin or end.

A line to the end that would pass several ranks is drawn as a short way out beside its step, and one from the start as
a short way in: a flow in which many stop early would else be crossed by as many long lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Literal

from .canvas import Canvas, Mark, Stroke, joined
from .flow_layout import Layout, Route, curve, layered
from .flow_ranks import Box, Line, ranked
from .lettering import Direction, text_width
from .paint import (
    EDGE,
    EDGE_BACK,
    EDGE_BACK_HEAD,
    EDGE_HEAD,
    EDGE_OUT,
    EDGE_OUT_HEAD,
    FIELD,
    LABEL,
    LOST,
    NODE,
    ON_DARK,
    ON_DARK_SMALL,
    ON_EDGE,
    ON_EDGE_BACK,
    SHEET,
    SMALL,
    STUB_IN,
    STUB_OUT,
    TERMINAL,
    TERMINAL_END,
    TINT,
    Lettering,
    Paint,
)

_MARGIN: Final = 14.0
_LOOP: Final = 24.0
_WIDEST: Final = 9.0
_THINNEST: Final = 1.2
_HEAD: Final = 7.0
_RING: Final = 4.0
_LEADING: Final = 12.5

NodeKind = Literal["step", "start", "end"]


@dataclass(frozen=True, slots=True)
class FlowNode(Mark):
    """A step.

    Attributes
    ----------
    node
        What edges call it; unique.
    label
        Its name.
    count
        How often it is lived, for its size and tint.
    text
        The count in the reader's words.
    kind
        ``start`` and ``end`` are where paths begin and end: first and last in the drawing, of other shapes.
    """

    node: str
    label: str
    count: float
    text: str = ""
    kind: NodeKind = "step"


@dataclass(frozen=True, slots=True)
class FlowEdge(Mark):
    """One step directly followed by another.

    Attributes
    ----------
    source, target
        Nodes; the same twice for a step that repeats at once.
    count
        How often, for the width.
    text
        The count in the reader's words.
    gap
        The median gap in the reader's words; empty for none.
    """

    source: str
    target: str
    count: float
    text: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True)
class _Stub:
    """The short way out of a step to the end, or into one from the start, in place of a long line."""

    edge: FlowEdge
    is_out: bool


class FlowSheet:
    """Sizes of boxes and lines, their layout, and the drawing of it.

    Parameters
    ----------
    nodes, edges
        As for `draw_flow`, known to fit together.
    is_down
        Ranks run down the page, not along the line.
    """

    def __init__(self, nodes: Sequence[FlowNode], edges: Sequence[FlowEdge], *, is_down: bool) -> None:
        self.nodes = nodes
        self.is_down = is_down
        self.places = {node.node: place for place, node in enumerate(nodes)}
        self.loops = {self.places[edge.source]: edge for edge in edges if edge.source == edge.target}
        self.most = max((edge.count for edge in edges), default=0.0) or 1.0
        self.busiest = max((node.count for node in nodes if node.kind == "step"), default=0.0) or 1.0
        self.sizes = [self._size(node) for node in nodes]
        boxes = [self._box(place) for place in range(len(nodes))]
        between = [edge for edge in edges if edge.source != edge.target]
        ranks = ranked(boxes, [self._line(edge) for edge in between])
        self.edges: list[FlowEdge] = []
        self.stubs: list[_Stub] = []
        for edge in between:
            source, target = (self.places[end] for end in (edge.source, edge.target))
            kinds = nodes[source].kind, nodes[target].kind
            if ranks[target] - ranks[source] > 1 and (kinds[0] == "start" or kinds[1] == "end"):
                self.stubs.append(_Stub(edge, is_out=kinds[1] == "end"))
            else:
                self.edges.append(edge)
        lines = [self._line(edge) for edge in self.edges]
        for stub in self.stubs:
            step = self.places[stub.edge.source if stub.is_out else stub.edge.target]
            ends = (step, len(boxes)) if stub.is_out else (len(boxes), step)
            lines.append(Line(*ends, stub.edge.count, self._thickness(stub.edge)))
            boxes.append(self._stub_box(stub))
            ranks.append(ranks[step] + (1 if stub.is_out else -1))
        widest = max((self._label_size(edge)[0] for edge in self.edges), default=0.0)
        rank_gap = 46.0 if is_down else min(max(widest + 26.0, 64.0), 110.0)
        self.layout: Layout = layered(boxes, lines, ranks, rank_gap=rank_gap, gap=16.0)
        along, down = self._at((self.layout.length, self.layout.breadth))
        self.width, self.height = along + _MARGIN, down + _MARGIN

    def _size(self, node: FlowNode) -> tuple[float, float]:
        """Return the length along the line and the height of a node."""
        words = max(
            text_width(node.label, size=LABEL.size, is_bold=True), text_width(node.text, size=SMALL.size)
        )
        length = min(max(words + 22.0, 60.0), 158.0)
        if node.kind != "step":
            return length, 40.0 if node.text else 30.0
        return length, 40.0 + 16.0 * node.count / self.busiest

    def _box(self, place: int) -> Box:
        length, height = self.sizes[place]
        kind = self.nodes[place].kind
        pinned: Literal["first", "last"] | None = None
        if kind != "step":
            pinned = "first" if kind == "start" else "last"
        loop = self.loops.get(place)
        if self.is_down:
            beside = _LOOP + text_width(loop.text, size=ON_EDGE.size) + 2 if loop else 0.0
            return Box(height, length / 2, length / 2 + beside, pinned)
        return Box(length, height / 2 + (_LOOP if loop else 0.0), height / 2, pinned)

    def _stub_box(self, stub: _Stub) -> Box:
        words = text_width(stub.edge.text, size=LOST.size)
        if self.is_down:
            return Box(26.0, words / 2 + 2, words / 2 + 2)
        return Box(words + 16.0, 9.0, 9.0)

    def _line(self, edge: FlowEdge) -> Line:
        return Line(self.places[edge.source], self.places[edge.target], edge.count, self._thickness(edge))

    def _thickness(self, edge: FlowEdge) -> float:
        return _THINNEST + (_WIDEST - _THINNEST) * edge.count / self.most

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return a point of the layout as (along, down)."""
        rank, cross = point
        along, down = (cross, rank) if self.is_down else (rank, cross)
        return along + _MARGIN, down + _MARGIN

    def drawn(self, title: str, direction: Direction, drawing_id: str) -> str:
        """Return the drawing."""
        canvas = Canvas(self.width, self.height, direction=direction)
        order = sorted(range(len(self.edges)), key=lambda number: (self.edges[number].count, -number))
        for number in order:
            self._edge(canvas, self.edges[number], self.layout.routes[number])
        for number, stub in enumerate(self.stubs):
            self._stub(canvas, stub, len(self.nodes) + number, self.layout.routes[len(self.edges) + number])
        for place, edge in self.loops.items():
            self._loop(canvas, place, edge)
        for place in range(len(self.nodes)):
            self._node(canvas, place)
        self._labels(canvas, list(reversed(order)))
        return canvas.svg("drawing-flow", title=title, drawing_id=drawing_id)

    def _about(self, edge: FlowEdge) -> str:
        """Return what a line is told by."""
        source, target = (self.nodes[self.places[end]].label for end in (edge.source, edge.target))
        return joined(*((source,) if edge.source == edge.target else (source, target)), edge.text, edge.gap)

    def _edge(self, canvas: Canvas, edge: FlowEdge, route: Route) -> None:
        paint, head = (EDGE_BACK, EDGE_BACK_HEAD) if route.is_back else (EDGE, EDGE_HEAD)
        if self.nodes[self.places[edge.target]].kind == "end":
            paint, head = EDGE_OUT, EDGE_OUT_HEAD
        thickness = self._thickness(edge)
        reach = _HEAD + thickness * 0.5
        tip, before = route.points[-1], route.points[-2]
        sign = -1.0 if route.bulge or tip[0] < before[0] else 1.0
        short = (*route.points[:-1], (tip[0] - sign * reach * 0.8, tip[1]))
        half = thickness * 0.5 + 2.6
        corners = [(tip[0] - sign * reach, tip[1] + side * half) for side in (-1, 1)]
        with canvas.mark("drawing-mark", edge, title=self._about(edge)):
            canvas.path(self._strokes(Route(short, route.is_back, route.bulge)), paint.stroked(thickness))
            canvas.path(_triangle(self._at(tip), *(self._at(corner) for corner in corners)), head)

    def _strokes(self, route: Route) -> list[Stroke]:
        strokes: list[Stroke] = [("M", self._at(route.points[0]))]
        for stretch in curve(route):
            flat = tuple(chain.from_iterable(self._at(point) for point in stretch[1:]))
            strokes.append(("C" if len(stretch) == 4 else "L", flat))
        return strokes

    def _stub(self, canvas: Canvas, stub: _Stub, place: int, route: Route) -> None:
        paint = EDGE_OUT if stub.is_out else EDGE
        lettering: Lettering = LOST if stub.is_out else SMALL
        ring: Paint = STUB_OUT if stub.is_out else STUB_IN
        side = 1 if stub.is_out else -1
        middle = self.layout.middles[place]
        box = self._stub_box(stub)
        centre = self._at((middle[0] - side * (box.length / 2 - _RING), middle[1]))
        with canvas.mark("drawing-mark", stub.edge, title=self._about(stub.edge)):
            canvas.path(self._strokes(route), paint.stroked(self._thickness(stub.edge)))
            canvas.circle(*centre, _RING, ring)
            if self.is_down:
                baseline = centre[1] + (17 if stub.is_out else -9)
                canvas.words(centre[0], baseline, stub.edge.text, lettering, anchor="middle")
            else:
                anchor: Literal["start", "end"] = "start" if stub.is_out else "end"
                canvas.words(centre[0] + side * 8, centre[1] + 4, stub.edge.text, lettering, anchor=anchor)

    def _corner(self, place: int) -> tuple[float, float]:
        """Return where a node begins, and its top."""
        length, height = self.sizes[place]
        along, down = self._at(self.layout.middles[place])
        return along - length / 2, down - height / 2

    def _loop(self, canvas: Canvas, place: int, edge: FlowEdge) -> None:
        along, top = self._corner(place)
        length, height = self.sizes[place]
        thickness = max(self._thickness(edge) * 0.6, _THINNEST)
        if self.is_down:
            start, middle = along + length, top + height / 2
            swing = (start + _LOOP, middle - 16, start + _LOOP, middle + 16, start + 5, middle + 8)
            strokes: list[Stroke] = [("M", (start, middle - 8)), ("C", swing)]
            tip, *corners = (start, middle + 8), (start + 8, middle + 4), (start + 8, middle + 12)
            label = (start + _LOOP - 3, middle + 4)
        else:
            middle = along + length / 2
            swing = (middle - 20, top - _LOOP + 3, middle + 20, top - _LOOP + 3, middle + 11, top - 6)
            strokes = [("M", (middle - 11, top)), ("C", swing)]
            tip, *corners = (middle + 11, top), (middle + 7, top - 8), (middle + 15, top - 8)
            label = (middle + 20, top - 7)
        with canvas.mark("drawing-mark", edge, title=self._about(edge)):
            canvas.path(strokes, EDGE_BACK.stroked(thickness))
            canvas.path(_triangle(tip, *corners), EDGE_BACK_HEAD)
            canvas.words(*label, edge.text, ON_EDGE_BACK)

    def _node(self, canvas: Canvas, place: int) -> None:
        node = self.nodes[place]
        along, top = self._corner(place)
        length, height = self.sizes[place]
        name, small = (ON_DARK, ON_DARK_SMALL) if node.kind == "start" else (LABEL, SMALL)
        with canvas.mark("drawing-mark", node, title=joined(node.label, node.text)):
            if node.kind == "start":
                canvas.rect(along, top, length, height, TERMINAL, radius=height / 2)
            elif node.kind == "end":
                inner = TERMINAL_END.stroked(1.0)
                canvas.rect(along, top, length, height, TERMINAL_END, radius=height / 2)
                canvas.rect(along + 3.5, top + 3.5, length - 7, height - 7, inner, radius=height / 2 - 3.5)
            else:
                dense = TINT.tinted(0.04 + 0.26 * node.count / self.busiest)
                for paint in (SHEET, dense, NODE):
                    canvas.rect(along, top, length, height, paint, radius=8)
            middle, baseline = along + length / 2, top + height / 2 + (-2.5 if node.text else 4.0)
            canvas.words(middle, baseline, node.label, name, anchor="middle", room=length - 14, is_name=True)
            canvas.words(middle, baseline + 15, node.text, small, anchor="middle", room=length - 10)
            canvas.rect(along, top, length, height, FIELD, radius=8)

    def _label_lines(self, edge: FlowEdge) -> list[str]:
        """Return what stands beside a line: under one another where ranks run along, else in one line."""
        lines = [joined(edge.text, edge.gap)] if self.is_down else [edge.text, edge.gap]
        return [line for line in lines if line]

    def _label_size(self, edge: FlowEdge) -> tuple[float, float]:
        lines = self._label_lines(edge)
        return max((text_width(line, size=ON_EDGE.size) for line in lines), default=0.0), len(
            lines
        ) * _LEADING

    def _labels(self, canvas: Canvas, order: Sequence[int]) -> None:
        """Write counts and gaps beside lines, where nothing is covered."""
        taken = list(self._taken())
        for number in order:
            edge, route = self.edges[number], self.layout.routes[number]
            lines = self._label_lines(edge)
            wide, high = self._label_size(edge)
            lettering = ON_EDGE_BACK if route.is_back else ON_EDGE
            for along, down in self._label_places(route) if lines else ():
                field = (along - wide / 2 - 2, down - high / 2 - 1, along + wide / 2 + 2, down + high / 2 + 1)
                outside = field[0] < 0 or field[2] > canvas.width or field[1] < 0 or field[3] > canvas.height
                if outside or any(_overlap(field, other) for other in taken):
                    continue
                taken.append(field)
                for place, line in enumerate(lines):
                    baseline = field[1] + 1 + (place + 0.79) * _LEADING
                    canvas.words(along, baseline, line, lettering, anchor="middle")
                break

    def _taken(self) -> list[tuple[float, float, float, float]]:
        """Return where no label may stand: boxes, loops with their counts, short ways in and out."""
        found = []
        for place in range(len(self.nodes)):
            along, top = self._corner(place)
            length, height = self.sizes[place]
            box = self._box(place)
            above, beside = (0.0, box.after - box.before) if self.is_down else (box.before - box.after, 0.0)
            found.append((along, top - above, along + length + beside, top + height))
        for number, stub in enumerate(self.stubs):
            box = self._stub_box(stub)
            along, down = self._at(self.layout.middles[len(self.nodes) + number])
            long, high = (box.before, box.length / 2) if self.is_down else (box.length / 2, box.before)
            found.append((along - long, down - high, along + long, down + high))
        return found

    def _label_places(self, route: Route) -> list[tuple[float, float]]:
        """Return places for a label on a line, the best first: between ranks, then on straight runs."""
        stretches = list(curve(route))
        curves = [stretch for stretch in stretches if len(stretch) == 4]
        runs = [stretch for stretch in stretches if len(stretch) == 2]
        found = [_on_curve(stretch, share) for stretch in curves for share in (0.5, 0.4, 0.6)]
        found += [
            (start[0] + (end[0] - start[0]) * share, start[1])
            for start, end in runs
            for share in (0.5, 0.3, 0.7)
        ]
        found += [_on_curve(stretch, share) for stretch in curves for share in (0.28, 0.72)]
        return [self._at(point) for point in found]


def _triangle(*corners: tuple[float, float]) -> list[Stroke]:
    first, *rest = corners
    return [("M", first), *(("L", corner) for corner in rest), ("Z", ())]


def _on_curve(stretch: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    """Return a point of a cubic curve."""
    rest = 1 - share
    parts = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    return (
        sum(part * point[0] for part, point in zip(parts, stretch, strict=True)),
        sum(part * point[1] for part, point in zip(parts, stretch, strict=True)),
    )


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
