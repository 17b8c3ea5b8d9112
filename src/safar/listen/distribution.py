"""The distribution of answers: how many chose each point, and where the middle is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean, mean_on_scale, share

from .answer_counts import Scale

#: Scales with more points, and numbers of no scale, are shown in so many bins at most.
MOST_BINS: Final = 20


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers from ``low`` up to and including ``high``; one point of a scale where both are the same.

    Attributes
    ----------
    low, high
        Ends, both inside, in points of the scale.
    share
        Of all answers, 0…1, with Wilson's interval and ``n``, all answers.
    count
        How many.
    """

    low: float
    high: float
    share: Estimate
    count: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How answers are spread.

    Attributes
    ----------
    bins
        In order; points that nobody chose are there too.
    mean
        With its interval; None below two answers.
    median
        The middle answer; the mean of the two middle ones of an even count.
    deviation
        Standard deviation of the answers, in points; 0 below two answers.
    """

    bins: tuple[Bin, ...]
    mean: Estimate | None
    median: float
    deviation: float


def distribution(
    counts: Sequence[tuple[float, int]], scale: Scale | None, *, level: float = DEFAULT_LEVEL
) -> Distribution | None:
    """Return the distribution of answers, or None without any.

    Parameters
    ----------
    counts
        Each value with how many gave it, lowest first, as `safar.listen.scoring.Score.counts`.
    scale
        The points that could be chosen; None for numbers of no scale, which are put into equal bins of a round width.
    level
        Confidence level.

    Examples
    --------
    >>> found = distribution(((4.0, 3), (5.0, 1)), Scale(1, 5))
    >>> [each.count for each in found.bins], found.mean.value, found.median
    ([0, 0, 0, 3, 1], 4.25, 4.0)
    """
    n = sum(count for _, count in counts)
    if not n:
        return None
    total, squares = (math.fsum(value**power * count for value, count in counts) for power in (1, 2))
    variance = max(0.0, squares - total * total / n) / max(n - 1, 1)
    edges = _edges(counts, scale)
    found = [0] * len(edges)
    for value, count in counts:
        place = next((spot for spot, (_, high) in enumerate(edges) if value <= high), len(edges) - 1)
        found[place] += count
    bins = [
        Bin(low, high, of, count)
        for (low, high), count in zip(edges, found, strict=True)
        if (of := share(count, n, level=level)) is not None
    ]
    whole = all(float(value).is_integer() for value, _ in counts)
    average = (
        mean_on_scale({int(v): c for v, c in counts}, scale.lowest, scale.highest, level=level)
        if scale is not None and whole
        else mean(total, squares, n, level=level)
    )
    return Distribution(tuple(bins), average, _median(counts, n), math.sqrt(variance) if n > 1 else 0.0)


def _edges(counts: Sequence[tuple[float, int]], scale: Scale | None) -> list[tuple[float, float]]:
    """Return the ends of the bins: the points of a short scale, the values where they are few, else round stretches."""
    if scale is not None and len(scale.points) <= MOST_BINS:
        between = {value for value, _ in counts if not float(value).is_integer()}
        return [(point, point) for point in sorted({*map(float, scale.points), *between})]
    values = [value for value, _ in counts]
    if scale is None and len(values) <= MOST_BINS // 2:
        return [(value, value) for value in values]
    low, high = (values[0], values[-1]) if scale is None else (float(scale.lowest), float(scale.highest))
    width = _round_up((high - low) / (MOST_BINS // 2))
    start = math.floor(low / width) * width
    ends = np.arange(start + width, high + width, width).tolist()
    return [(end - width, end) for end in ends]


def _round_up(width: float) -> float:
    """Return the next of 1, 2, 5, 10, … above a width."""
    power = math.pow(10, math.floor(math.log10(width)))
    return next(step * power for step in (1, 2, 5, 10) if width <= step * power * (1 + 1e-9))


def _median(counts: Sequence[tuple[float, int]], n: int) -> float:
    ends = np.cumsum([count for _, count in counts])
    lower, upper = (int(np.searchsorted(ends, place, side="right")) for place in ((n - 1) // 2, n // 2))
    return (counts[lower][0] + counts[upper][0]) / 2
