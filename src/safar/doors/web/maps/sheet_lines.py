"""Lines of a sheet that run over many cells: arcs of moves, and the curve of believed emotions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safar.maps.anatomy import Card, JourneyMap

#: Of a row of arcs, in pixels: how high the shortest may be at least, and the longest.
_ARC_LOW, _ARC_MOST = 12, 58
#: Where the curve of emotions is highest and lowest, in percent of its cell.
_CURVE_TOP, _CURVE_FOOT = 14.0, 86.0


@dataclass(frozen=True, slots=True)
class Arc:
    """A move that does not lead to the next step: half an ellipse over the steps, in percent of the row.

    Attributes
    ----------
    x, width
        Its middle and its half width.
    height
        Pixels.
    head
        Where it arrives.
    is_back
        Whether it leads back.
    """

    x: float
    width: float
    height: int
    head: float
    is_back: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """The believed emotion through a cell, in percent of its height.

    Attributes
    ----------
    start, end
        At the edges of the cell; in its middle where the curve begins or ends there.
    here
        In its middle; None where nothing is believed of the step.
    is_first, is_last
        Whether the curve begins or ends here.
    """

    start: float
    here: float | None
    end: float
    is_first: bool
    is_last: bool


def curves(columns: Sequence[tuple[str, str]], cards: Mapping[str, Sequence[Card]]) -> dict[str, Curve]:
    """Return how the curve of believed emotions runs through each cell, straight from step to step."""
    heights: dict[int, float] = {}
    for place, (step_id, _stage) in enumerate(columns):
        felt = [each.emotion for each in cards.get(step_id, ()) if each.emotion is not None]
        if felt:
            heights[place] = _height(sum(felt) / len(felt))
    if not heights:
        return {}
    places = sorted(heights)
    found: dict[str, Curve] = {}
    for place in range(places[0], places[-1] + 1):
        ends = (max(place - 0.5, places[0]), min(place + 0.5, places[-1]))
        start, end = np.interp(ends, places, [heights[each] for each in places]).round(3).tolist()
        found[columns[place][0]] = Curve(
            start, heights.get(place), end, place == places[0], place == places[-1]
        )
    return found


def _height(emotion: float) -> float:
    return _CURVE_TOP + (2 - emotion) / 4 * (_CURVE_FOOT - _CURVE_TOP)


def arcs(document: JourneyMap, places: dict[str, int], columns: int, *, mirrored: bool) -> Iterator[Arc]:
    """Yield the moves that do not lead to the next step, the longest first, so that short ones lie on top."""
    found = [
        (places[move.source], places[move.target])
        for move in document.moves
        if move.source in places and move.target in places
    ]
    found = [ends for ends in found if ends[1] - ends[0] not in {0, 1}]
    longest = max((abs(target - source) for source, target in found), default=1)
    for source, target in sorted(found, key=lambda ends: -abs(ends[1] - ends[0])):
        middles = [(place + 0.5) / columns * 100 for place in (source, target)]
        start, end = [100 - each for each in middles] if mirrored else middles
        span = abs(target - source)
        yield Arc(
            x=round((start + end) / 2, 3),
            width=round(abs(end - start) / 2, 3),
            height=round(_ARC_LOW + (_ARC_MOST - _ARC_LOW) * span / max(longest, 3)),
            head=round(end, 3),
            is_back=target < source,
        )
