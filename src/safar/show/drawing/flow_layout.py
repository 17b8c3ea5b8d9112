"""Where the steps of a flow stand and how its lines run: a drawing in ranks, after Sugiyama.

1. Ranks are given (`flow_ranks`). Lines from a later rank to an earlier one are *back* lines and turned meanwhile.
2. A line over several ranks gets a joint in each. Order within ranks by barycentres, up and down, keeping what crosses
   least (Barth, Jünger and Mutzel 2002 for counting).
3. Places within ranks by least squares against neighbours' places, keeping order and distances (pool adjacent
   violators), back and forth.

Nothing is left to chance: the same flow is drawn the same.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from .flow_ranks import Box, Line

_SWEEPS: Final = 12
_SETTLING: Final = 24
_BULGE: Final = 34.0


@dataclass(frozen=True, slots=True)
class Route:
    """How a line runs.

    Attributes
    ----------
    points
        (rank axis, cross axis) pairs from source to target; in turn curved (between ranks) and straight (through one).
    is_back
        It runs from a later rank to an earlier one.
    bulge
        Between two boxes of one rank: how far it swings out behind them; 0 for all others.
    """

    points: tuple[tuple[float, float], ...]
    is_back: bool
    bulge: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """A placed flow: middles of the boxes on both axes, routes in the order of the lines, and the size of it all."""

    middles: tuple[tuple[float, float], ...]
    routes: tuple[Route, ...]
    length: float
    breadth: float


@dataclass(slots=True)
class _Vertex:
    """A box, or a joint of a line that passes a rank."""

    rank: int
    before: float
    after: float
    box: int | None
    up: list[tuple[int, float]] = field(default_factory=list)
    down: list[tuple[int, float]] = field(default_factory=list)


def layered(
    boxes: Sequence[Box], lines: Sequence[Line], ranks: Sequence[int], *, rank_gap: float, gap: float
) -> Layout:
    """Place boxes in ranks and run lines between them.

    Parameters
    ----------
    boxes
        What is placed.
    lines
        Between them; none from a box to itself.
    ranks
        Of the boxes, from 0 without gaps.
    rank_gap, gap
        Free room between two ranks, and between neighbours in a rank, units.

    Returns
    -------
    Layout
        From (0, 0).
    """
    is_back = [ranks[line.source] > ranks[line.target] for line in lines]
    vertices = [_Vertex(ranks[place], box.before, box.after, place) for place, box in enumerate(boxes)]
    chains = [
        _chain(vertices, *((line.target, line.source) if back else (line.source, line.target)), line)
        for line, back in zip(lines, is_back, strict=True)
    ]
    layers = _ordered(vertices)
    cross = _settled(vertices, layers, gap)
    starts, lengths = _rank_places(boxes, ranks, len(layers), rank_gap)
    middles = tuple(
        (starts[ranks[place]] + lengths[ranks[place]] / 2, cross[place]) for place in range(len(boxes))
    )
    routes = _routes(
        boxes, lines, chains, is_back, vertices=vertices, cross=cross, starts=starts, lengths=lengths
    )
    breadth = max((cross[place] + vertex.after for place, vertex in enumerate(vertices)), default=0.0)
    return Layout(middles, routes, starts[-1] + lengths[-1], breadth)


def _chain(vertices: list[_Vertex], top: int, bottom: int, line: Line) -> list[int]:
    """Add joints for the ranks a line passes; return its vertices from top to bottom."""
    if vertices[top].rank == vertices[bottom].rank:
        return [top, bottom]
    chain = [top]
    half = line.thickness / 2 + 3.0
    for rank in range(vertices[top].rank + 1, vertices[bottom].rank):
        vertices.append(_Vertex(rank, half, half, None))
        chain.append(len(vertices) - 1)
    chain.append(bottom)
    for upper, lower in pairwise(chain):
        vertices[upper].down.append((lower, line.weight))
        vertices[lower].up.append((upper, line.weight))
    return chain


def _ordered(vertices: Sequence[_Vertex]) -> list[list[int]]:
    """Return the vertices of each rank in an order in which few lines cross."""
    count = max((vertex.rank for vertex in vertices), default=0) + 1
    layers: list[list[int]] = [[] for _ in range(count)]
    for place, vertex in enumerate(vertices):
        layers[vertex.rank].append(place)
    best, fewest = [list(layer) for layer in layers], _crossings(vertices, layers)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        span = range(1, count) if is_down else range(count - 2, -1, -1)
        for rank in span:
            _by_barycentre(vertices, layers, rank, is_down=is_down)
        crossings = _crossings(vertices, layers)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _by_barycentre(vertices: Sequence[_Vertex], layers: list[list[int]], rank: int, *, is_down: bool) -> None:
    beside = layers[rank - 1] if is_down else layers[rank + 1]
    places = {vertex: float(place) for place, vertex in enumerate(beside)}

    def barycentre(entry: tuple[int, int]) -> tuple[float, int]:
        place, vertex = entry
        neighbours = vertices[vertex].up if is_down else vertices[vertex].down
        if not neighbours:
            return place * len(beside) / max(len(layers[rank]), 1), place
        # The root of a count: a heavy line leads, light ones are not forgotten.
        weights = [weight**0.5 for _, weight in neighbours]
        total = sum(weights) or 1.0
        mean = sum(places[other] * weight for (other, _), weight in zip(neighbours, weights, strict=True))
        return mean / total, place

    layers[rank] = [vertex for _, vertex in sorted(enumerate(layers[rank]), key=barycentre)]


def _crossings(vertices: Sequence[_Vertex], layers: Sequence[Sequence[int]]) -> int:
    """Count how often lines cross between neighbouring ranks."""
    found = 0
    for upper, lower in pairwise(layers):
        places = {vertex: place for place, vertex in enumerate(lower)}
        seen: list[int] = []
        for vertex in upper:
            reached = sorted(places[other] for other, _ in vertices[vertex].down)
            found += sum(len(seen) - bisect_right(seen, place) for place in reached)
            for place in reached:
                insort(seen, place)
    return found


def _settled(vertices: Sequence[_Vertex], layers: Sequence[Sequence[int]], gap: float) -> list[float]:
    """Return places across: near to neighbours' places, in order, far enough apart, from 0."""
    cross = [0.0] * len(vertices)
    offsets: list[list[float]] = []
    for layer in layers:
        place, sums = 0.0, []
        for number, vertex in enumerate(layer):
            if number:
                last = vertices[layer[number - 1]]
                both_joints = last.box is None and vertices[vertex].box is None
                place += last.after + (gap / 3 if both_joints else gap) + vertices[vertex].before
            sums.append(place)
            cross[vertex] = place
        offsets.append(sums)
    widest = max((sums[-1] for sums in offsets if sums), default=0.0)
    for layer, sums in zip(layers, offsets, strict=True):
        for vertex in layer:
            cross[vertex] += (widest - sums[-1]) / 2
    for turn in range(_SETTLING):
        span = range(len(layers)) if turn % 2 == 0 else range(len(layers) - 1, -1, -1)
        for rank in span:
            _settle(vertices, layers[rank], offsets[rank], cross)
    least = min((cross[place] - vertex.before for place, vertex in enumerate(vertices)), default=0.0)
    return [place - least for place in cross]


def _settle(
    vertices: Sequence[_Vertex], layer: Sequence[int], offsets: Sequence[float], cross: list[float]
) -> None:
    """Move one rank to the least squares of its wishes; blocks that would overlap move together."""
    blocks: list[tuple[float, float, int]] = []  # mean wish less offset, weight, members
    for vertex, offset in zip(layer, offsets, strict=True):
        wish, weight = _wish(vertices, vertex, cross)
        block = (wish - offset, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, heavy, members = blocks.pop()
            both = heavy + block[1]
            block = ((mean * heavy + block[0] * block[1]) / both, both, members + block[2])
        blocks.append(block)
    place = 0
    for mean, _, members in blocks:
        for _ in range(members):
            cross[layer[place]] = mean + offsets[place]
            place += 1


def _wish(vertices: Sequence[_Vertex], vertex: int, cross: Sequence[float]) -> tuple[float, float]:
    """Return where a vertex would like to be, and how much: long lines want to be straight most of all."""
    own = vertices[vertex]
    total = wish = 0.0
    for other, weight in (*own.up, *own.down):
        joints = (own.box is None) + (vertices[other].box is None)
        pull = weight**0.5 * (1.0, 2.0, 40.0)[joints]
        total += pull
        wish += pull * cross[other]
    if not total:
        return cross[vertex], 0.01
    return wish / total, total


def _rank_places(
    boxes: Sequence[Box], ranks: Sequence[int], count: int, rank_gap: float
) -> tuple[list[float], list[float]]:
    """Return where each rank begins and how long it is."""
    lengths = [0.0] * count
    for box, rank in zip(boxes, ranks, strict=True):
        lengths[rank] = max(lengths[rank], box.length)
    starts, place = [], 0.0
    for length in lengths:
        starts.append(place)
        place += length + rank_gap
    return starts, lengths


def _routes(
    boxes: Sequence[Box],
    lines: Sequence[Line],
    chains: Sequence[Sequence[int]],
    is_back: Sequence[bool],
    *,
    vertices: Sequence[_Vertex],
    cross: Sequence[float],
    starts: Sequence[float],
    lengths: Sequence[float],
) -> tuple[Route, ...]:
    """Run every line through its joints, from port to port."""
    leaving = _ports(boxes, chains, lines, vertices, cross, is_later=True)
    arriving = _ports(boxes, chains, lines, vertices, cross, is_later=False)
    found = []

    def edge(box: int, side: int) -> float:
        rank = vertices[box].rank
        return starts[rank] + lengths[rank] / 2 + side * boxes[box].length / 2

    for number, chain in enumerate(chains):
        top, bottom = chain[0], chain[-1]
        if vertices[top].rank == vertices[bottom].rank:
            ends = ((edge(box, 1), leaving[number, box]) for box in (top, bottom))
            found.append(Route(tuple(ends), is_back=False, bulge=_BULGE))
            continue
        points = [(edge(top, 1), leaving[number, top])]
        for joint in chain[1:-1]:
            rank = vertices[joint].rank
            points += [(starts[rank], cross[joint]), (starts[rank] + lengths[rank], cross[joint])]
        points.append((edge(bottom, -1), arriving[number, bottom]))
        found.append(Route(tuple(reversed(points) if is_back[number] else points), is_back[number]))
    return tuple(found)


def _ports(
    boxes: Sequence[Box],
    chains: Sequence[Sequence[int]],
    lines: Sequence[Line],
    vertices: Sequence[_Vertex],
    cross: Sequence[float],
    *,
    is_later: bool,
) -> dict[tuple[int, int], float]:
    """Return where each line meets the later (or the earlier) side of a box, by line and box."""
    meeting: dict[int, list[tuple[float, int]]] = {}
    for number, chain in enumerate(chains):
        top, bottom = chain[0], chain[-1]
        if vertices[top].rank == vertices[bottom].rank:
            if is_later:
                meeting.setdefault(top, []).append((cross[bottom], number))
                meeting.setdefault(bottom, []).append((cross[top], number))
        elif is_later:
            meeting.setdefault(top, []).append((cross[chain[1]], number))
        else:
            meeting.setdefault(bottom, []).append((cross[chain[-2]], number))
    found: dict[tuple[int, int], float] = {}
    for box, ends in meeting.items():
        needed = [lines[number].thickness + 5.0 for _, number in sorted(ends)]
        room = 2 * min(boxes[box].before, boxes[box].after) - 10.0
        shrink = min(1.0, room / sum(needed))
        place = cross[box] - sum(needed) * shrink / 2
        for (_, number), need in zip(sorted(ends), needed, strict=True):
            found[number, box] = place + need * shrink / 2
            place += need * shrink
    return found


def curve(route: Route) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield a route's stretches: four points of a cubic curve between ranks, two of a straight run through one.

    Parameters
    ----------
    route
        On the axes of its layout.

    Yields
    ------
    tuple of points
        On the same axes; curves leave and arrive along the axis of ranks.
    """
    if route.bulge:
        start, end = route.points
        far = max(start[0], end[0]) + route.bulge
        yield start, (far, start[1]), (far, end[1]), end
        return
    for number, (start, end) in enumerate(pairwise(route.points)):
        if number % 2:
            yield start, end
        else:
            half = (start[0] + end[0]) / 2
            yield start, (half, start[1]), (half, end[1]), end
