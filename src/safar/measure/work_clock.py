"""A clock that stands still while nobody is at work, for many instants at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.window import Window, to_microseconds
from safar.vocabulary.working_time import WorkingTime

Instants = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WorkClock:
    """What a clock shows that runs during working time alone.

    Differences of two of its readings are `WorkingTime.between`, for a million instants as for one.

    Attributes
    ----------
    opens, closes
        Stretches of working time in microseconds UTC, ascending; none for a clock that always runs.
    reads
        What the clock shows when each opens, in microseconds.
    """

    opens: Instants
    closes: Instants
    reads: Instants

    @classmethod
    def of(cls, working: WorkingTime | None, *times: Instants) -> WorkClock:
        """Return the clock for these instants (microseconds UTC), and all between; always running when None."""
        given = np.concatenate([*times, np.zeros(0, np.int64)])
        if working is None or not len(given):
            nothing = np.zeros(0, np.int64)
            return cls(nothing, nothing, nothing)
        window = Window.from_us(int(given.min()), int(given.max()) + 1)
        spans = list(working.open_between(window.start, window.end))
        opens = np.array([to_microseconds(begins) for begins, _ in spans], np.int64)
        closes = np.array([to_microseconds(ends) for _, ends in spans], np.int64)
        lengths = closes - opens
        return cls(opens, closes, np.cumsum(lengths) - lengths)

    def at(self, times: Instants) -> Instants:
        """Return what the clock shows at each instant, in microseconds."""
        if not len(self.opens):
            return times
        place = np.searchsorted(self.opens, times, side="right") - 1
        inside = np.clip(times - self.opens[place], 0, self.closes[place] - self.opens[place])
        return np.where(place < 0, 0, self.reads[place] + inside)
