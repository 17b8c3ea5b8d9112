"""Popular: what everybody buys now – the answer for whom nothing is known of, and the bar for every other model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.calendar import CALENDARS
from safar.vocabulary.time_names import CalendarName

from .interactions import DAY_US, Floats, Interactions

#: Days after which a purchase counts half.
HALF_LIFE_DAYS: Final = 30.0
#: Less than so many days show no season: most of a year.
LEAST_DAYS_OF_SEASON: Final = 330
#: Purchases "as everywhere" that each item is given, so that a rare item has no season of its own.
_SHRINK: Final = 50.0
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """How much each item is bought now.

    Attributes
    ----------
    counts
        ``float64`` by item: purchases, each counted half after every ``half_life_days``.
    as_of
        Microseconds UTC: the instant the counts are faded to.
    half_life_days
        Infinite: nothing fades.
    """

    counts: Floats
    as_of: int
    half_life_days: float

    def later(self, more: Interactions, items: NDArray[np.int64]) -> Popularity:
        """Return the popularity with more purchases; ``items`` are their places, or -1 for an unknown item."""
        known = items >= 0
        as_of = max([self.as_of, *more.time[known].tolist()])
        faded = self.counts * 0.5 ** ((as_of - self.as_of) / DAY_US / self.half_life_days)
        faded += _faded(items[known], more.time[known], more.weight[known], as_of, self)
        return Popularity(faded, as_of, self.half_life_days)


def popularity(
    interactions: Interactions, *, half_life_days: float = HALF_LIFE_DAYS, as_of: int | None = None
) -> Popularity:
    """Return how much each item is bought now: each purchase counts half after every so many days."""
    times = interactions.time
    now = int(times.max()) if as_of is None else as_of
    empty = Popularity(np.zeros(len(interactions.items)), now, half_life_days)
    found = _faded(interactions.item, times, interactions.weight, now, empty)
    return Popularity(found, now, half_life_days)


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """At which time of the year items are bought.

    Attributes
    ----------
    index
        ``float64`` of shape (items, 12): 2 in a month in which an item has twice its usual share of what is bought.
    calendar
        Whose months.
    """

    index: Floats
    calendar: CalendarName

    def on(self, day: date) -> Floats:
        """Return by item how much more it is bought at a day's time of the year."""
        found: Floats = self.index[:, month_of(self.calendar)(day.toordinal() - _EPOCH) - 1]
        return found


def season(interactions: Interactions, *, calendar: CalendarName = "gregorian") -> Season | None:
    """Return at which time of the year items are bought; None where less than most of a year is known.

    The index of item :math:`i` in month :math:`m`, with :math:`c` purchases and the month's share :math:`s_m` of all of
    them, is :math:`(c_{im}/s_m + 50) / (c_i + 50)`: shrunk to 1 for rare items.

    Parameters
    ----------
    interactions
        With times.
    calendar
        Whose months: Nowruz and Ramadan stand still in their own.

    Assumes that what was bought in a month once is bought in it again. One year cannot tell a season from a fashion.
    """
    days = interactions.time // DAY_US
    if not len(days) or int(days.max() - days.min()) < LEAST_DAYS_OF_SEASON:
        return None
    distinct, place = np.unique(days, return_inverse=True)
    month = month_of(calendar)
    months = np.array([month(day) - 1 for day in distinct.tolist()])[place]
    size = len(interactions.items)
    counts = np.bincount(
        interactions.item * _MONTHS + months, interactions.weight, minlength=size * _MONTHS
    ).reshape(size, _MONTHS)
    shares = counts.sum(axis=0) / counts.sum()
    expected = np.divide(counts, shares, out=np.zeros_like(counts), where=shares > 0)
    index = (expected + _SHRINK) / (counts.sum(axis=1, keepdims=True) + _SHRINK)
    index[:, shares == 0] = 1.0
    return Season(index, calendar)


def month_of(calendar: CalendarName) -> Callable[[int], int]:
    """Return the month 1…12 of days since 1970-01-01 in a calendar."""
    chosen = CALENDARS[calendar]
    return lambda day: int(chosen.date(day).month)


_EPOCH: Final = date(1970, 1, 1).toordinal()


def _faded(
    item: NDArray[np.int64], time: NDArray[np.int64], weight: Floats, now: int, like: Popularity
) -> Floats:
    age_days = (now - time) / DAY_US
    says = weight * 0.5 ** (age_days / like.half_life_days)
    return np.bincount(item, says, minlength=len(like.counts)).astype(np.float64)
