"""In which rank each step of a flow stands: how far along the way from start to end.

1. Steps are put in one order, greedily (Eades, Lin and Smyth 1993) with weights, so that what runs against it weighs
   little.
2. Ranks by the longest way along lines with the order. A line that weighs little beside the heaviest one into the same
   step may end in the rank it came from: otherwise one detour after the other makes a drawing of twenty ranks.
3. Steps that could stand later are drawn towards what follows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

#: A line pushes its target a rank further from this share of the heaviest line into it.
_PUSHES: Final = 0.25


@dataclass(frozen=True, slots=True)
class Box:
    """A step to be placed.

    Attributes
    ----------
    length
        Along the ranks, units.
    before, after
        Room it takes across, on both sides of its middle, units.
    pinned
        Whether it comes before or after all others.
    """

    length: float
    before: float
    after: float
    pinned: Literal["first", "last"] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be drawn, between two places in the list of boxes."""

    source: int
    target: int
    weight: float
    thickness: float


def ranked(boxes: Sequence[Box], lines: Sequence[Line]) -> list[int]:
    """Return the rank of each box, from 0 without gaps.

    Parameters
    ----------
    boxes, lines
        What is placed, and what runs between; no line from a box to itself.

    Returns
    -------
    list of int
        What is pinned first stands alone before all others, what is pinned last alone behind them.
    """
    sequence = in_order(boxes, lines)
    order = sorted(range(len(boxes)), key=sequence.__getitem__)
    forward = [
        line
        for line in lines
        if sequence[line.source] < sequence[line.target] and boxes[line.target].pinned is None
    ]
    heaviest = [0.0] * len(boxes)
    for line in forward:
        heaviest[line.target] = max(heaviest[line.target], line.weight)
    above: list[list[tuple[int, int, float]]] = [[] for _ in boxes]
    below: list[list[tuple[int, int, float]]] = [[] for _ in boxes]
    for line in forward:
        push = int(line.weight >= _PUSHES * heaviest[line.target])
        above[line.target].append((line.source, push, line.weight))
        below[line.source].append((line.target, push, line.weight))
    ranks = [0 if box.pinned == "first" else 1 for box in boxes]
    for place in order:
        ranks[place] = max((ranks[top] + push for top, push, _ in above[place]), default=ranks[place])
        ranks[place] = max(ranks[place], int(boxes[place].pinned != "first"))
    for place in reversed(order):
        if below[place] and boxes[place].pinned is None:
            latest = min(ranks[bottom] - push for bottom, push, _ in below[place])
            pull = sum(weight for *_, weight in below[place]) - sum(weight for *_, weight in above[place])
            if latest > ranks[place] and pull > 0:
                ranks[place] = latest
    deepest = max(ranks, default=0)
    for place, box in enumerate(boxes):
        if box.pinned == "last":
            ranks[place] = deepest + 1
    used = {rank: place for place, rank in enumerate(sorted(set(ranks)))}
    return [used[rank] for rank in ranks]


def in_order(boxes: Sequence[Box], lines: Sequence[Line]) -> list[int]:
    """Return each box's place in an order against which as little weight as possible runs."""
    out: list[dict[int, float]] = [{} for _ in boxes]
    into: list[dict[int, float]] = [{} for _ in boxes]
    for line in lines:
        out[line.source][line.target] = out[line.source].get(line.target, 0.0) + line.weight
        into[line.target][line.source] = into[line.target].get(line.source, 0.0) + line.weight
    left = [place for place, box in enumerate(boxes) if box.pinned is None]
    head = [place for place, box in enumerate(boxes) if box.pinned == "first"]
    tail: list[int] = []
    last = [place for place, box in enumerate(boxes) if box.pinned == "last"]

    def weight(of: dict[int, float]) -> float:
        return sum(count for other, count in of.items() if other in remaining)

    remaining = set(left)
    while remaining:
        sinks = [place for place in left if place in remaining and not weight(out[place])]
        if sinks:
            tail = [*sinks, *tail]
            remaining.difference_update(sinks)
            continue
        # Weight from what comes first already counts for a step: it is where paths begin.
        chosen = max(
            (place for place in left if place in remaining),
            key=lambda place: (
                not weight(into[place]),
                weight(out[place])
                - weight(into[place])
                + sum(count for other, count in into[place].items() if other not in remaining),
            ),
        )
        head.append(chosen)
        remaining.discard(chosen)
    found = [0] * len(boxes)
    for place, box in enumerate([*head, *tail, *last]):
        found[box] = place
    return found
