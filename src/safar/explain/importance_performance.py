"""Importance and performance: what matters much and is done badly?

Importance is derived (how much of the outcome goes with it) or stated (how important people say it is); the two often
differ, and where they do each says something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from safar.store.table import Table, estimates
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, student_quantile

from .columns import Columns, ColumnsRefused, Floats, enough
from .drivers import Drivers

#: Above or below the middle of importance and performance.
Quadrant = Literal["concentrate_here", "keep_it_up", "low_priority", "possible_overkill"]
#: What people say and what their satisfaction shows: important both ways, only said, only shown, neither.
Agreement = Literal["both", "only_stated", "only_derived", "neither"]


@dataclass(frozen=True, slots=True)
class Point:
    """One driver on the map.

    Attributes
    ----------
    name
        Of the driver.
    performance
        Mean rating, 0…100 of its scale.
    importance
        Derived: its share of what all drivers explain, 0…1.
    stated
        Stated: mean importance, 0…100 of its scale; None where nobody was asked.
    quadrant
        By derived importance.
    stated_quadrant
        By stated importance; None where nobody was asked.
    agreement
        Of both importances; None where nobody was asked.
    is_clear
        Neither interval reaches over a middle line.
    """

    name: str
    performance: Estimate
    importance: Estimate
    stated: Estimate | None
    quadrant: Quadrant
    stated_quadrant: Quadrant | None
    agreement: Agreement | None
    is_clear: bool


@dataclass(frozen=True, slots=True)
class ImportancePerformance:
    """The map: points in order of derived importance.

    Attributes
    ----------
    points
        One for each driver.
    middle_performance, middle_importance, middle_stated
        Where the lines cross: the means over drivers.
    """

    points: tuple[Point, ...]
    middle_performance: float
    middle_importance: float
    middle_stated: float | None

    @property
    def table(self) -> Table:
        """One row a driver."""
        return Table.of(
            {
                "driver": [each.name for each in self.points],
                **estimates("performance", [each.performance for each in self.points]),
                **estimates("importance", [each.importance for each in self.points]),
                **estimates("stated", [each.stated for each in self.points]),
                "quadrant": [each.quadrant for each in self.points],
                "stated_quadrant": [each.stated_quadrant for each in self.points],
                "agreement": [each.agreement for each in self.points],
                "is_clear": [each.is_clear for each in self.points],
            }
        )


def fit(
    drivers: Drivers,
    ratings: Mapping[str, ArrayLike] | Table,
    *,
    scale: tuple[float, float],
    stated: Mapping[str, ArrayLike] | None = None,
    stated_scale: tuple[float, float] | None = None,
    level: float = DEFAULT_LEVEL,
) -> ImportancePerformance:
    """Return the map of importance and performance.

    Parameters
    ----------
    drivers
        What `drivers.fit` found of the same ratings.
    ratings
        By driver; NaN where there is no answer.
    scale
        The worst and the best rating; the worst first, where high is bad too: ``(5, 1)``.
    stated
        Answers to "how important is it to you", by driver.
    stated_scale
        The least and the most important; that of the ratings when None.
    level
        Confidence level.

    Raises
    ------
    ColumnsRefused
        A driver has no ratings, or one outside its scale.

    Notes
    -----
    Source: J. Martilla, J. James (1977), Journal of Marketing 41(1); T. Vavra (1997) for stated beside derived. Means
    have Student's intervals. Where the lines cross is a convention: a point near one is on neither side.
    """
    found = Columns.of(ratings)
    said = Columns.of(stated) if stated else None
    performance = {
        each.name: mean_on_scale(each.name, found[each.name], scale, level) for each in drivers.drivers
    }
    importance = {each.name: each.share for each in drivers.drivers}
    told = {
        each.name: mean_on_scale(each.name, said[each.name], stated_scale or scale, level)
        for each in drivers.drivers
        if said is not None
    }
    line_of_performance, line_of_importance = _middle(performance), _middle(importance)
    line_of_stated = _middle(told) if told else None
    points = []
    for each in drivers.drivers:
        name = each.name
        high = importance[name].value >= line_of_importance
        good = performance[name].value >= line_of_performance
        loud = told[name].value >= line_of_stated if line_of_stated is not None else None
        points.append(
            Point(
                name,
                performance[name],
                importance[name],
                told.get(name),
                _QUADRANTS[high, good],
                None if loud is None else _QUADRANTS[loud, good],
                None if loud is None else _AGREEMENTS[loud, high],
                line_of_performance not in performance[name].interval
                and line_of_importance not in importance[name].interval,
            )
        )
    return ImportancePerformance(tuple(points), line_of_performance, line_of_importance, line_of_stated)


def mean_on_scale(name: str, ratings: Floats, scale: tuple[float, float], level: float) -> Estimate:
    """Return the mean as a part of its scale, 0…100, with Student's interval.

    Parameters
    ----------
    name
        What is rated: for errors.
    ratings
        NaN where there is no answer.
    scale
        Its worst and its best end.

    Raises
    ------
    TooFewRows
        Fewer than two ratings.
    ColumnsRefused
        One lies outside the scale.
    """
    worst, best = scale
    there = ratings[~np.isnan(ratings)]
    enough(len(there), 2, [name])
    if worst == best or bool(((there - worst) * (there - best) > 0).any()):
        raise ColumnsRefused(
            f"Ratings of {name!r} lie outside {worst:g}…{best:g}.", hint="Say what its scale is.", name=name
        )
    parts = 100 * (there - worst) / (best - worst)
    half = student_quantile(level, len(parts) - 1) * float(parts.std(ddof=1)) / len(parts) ** 0.5
    value = float(parts.mean())
    return Estimate(value, Interval(max(value - half, 0), min(value + half, 100), level), len(parts))


def _middle(of: Mapping[str, Estimate]) -> float:
    return sum(each.value for each in of.values()) / len(of)


_QUADRANTS: Mapping[tuple[bool, bool], Quadrant] = {
    (True, False): "concentrate_here",
    (True, True): "keep_it_up",
    (False, False): "low_priority",
    (False, True): "possible_overkill",
}
_AGREEMENTS: Mapping[tuple[bool, bool], Agreement] = {
    (True, True): "both",
    (True, False): "only_stated",
    (False, True): "only_derived",
    (False, False): "neither",
}
