"""The time of a series: what is shown, what came before it, and what it stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.periods import Periodic, Periods

from .measures import Measure
from .series_walk import Walked

if TYPE_CHECKING:
    from safar.vocabulary.window import Window

#: Periods before the window that are looked at to know what is ordinary.
HISTORY: Final = {"hour": 4 * 168, "day": 56, "week": 26, "month": 36, "quarter": 16, "year": 10}


class Beside(Enum):
    """With what each point is compared."""

    #: With nothing.
    NOTHING = "nothing"
    #: With as many periods right before the window.
    PREVIOUS = "previous"
    #: With the same days a year before, in the calendar of the season.
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Time:
    """The periods of a question.

    Attributes
    ----------
    shown, history
        Those that are shown, whole; those before them.
    inside
        What of each shown one is inside the window and what the log covers.
    beside
        What each is compared with, as long as what is inside; None where nothing is.
    is_whole, was_whole
        Of the shown ones, and of the history, whether the window and the log cover them.
    has_before
        Of each compared one, whether the log covers it.
    """

    shown: Periods
    history: Periods
    inside: Periods
    beside: Periods | None
    is_whole: NDArray[np.bool_]
    was_whole: NDArray[np.bool_]
    has_before: NDArray[np.bool_]
    cycle: NDArray[np.int64] | None

    @classmethod
    def of(
        cls, window: Window, periodic: Periodic, beside: Beside, season: str, span: tuple[int, int]
    ) -> Time:
        """Return the periods, and which of them are whole, where the log covers ``span``."""
        shown = periodic.touching(window)
        every = periodic.touching(window, before=HISTORY[periodic.period])
        history = every.of(np.arange(len(every) - len(shown)))
        inside = shown.cut(window.start_us, min(window.end_us, span[1] + 1))
        other: Periods | None = None
        if beside is Beside.PREVIOUS:
            both = periodic.touching(window, before=len(shown))
            other = both.of(np.arange(len(shown))) if len(both) == 2 * len(shown) else None
        elif beside is Beside.SEASON:
            other = periodic.same_season(shown, season)
        if other is not None:
            starts = other.starts + np.minimum(inside.starts - shown.starts, other.ends - other.starts)
            passed = np.minimum(other.starts + inside.ends - shown.starts, other.ends)
            ends = np.where(inside.ends == shown.ends, other.ends, passed)
            other = Periods(starts, np.maximum(starts, ends))
        covered_from = span[0]
        return cls(
            shown,
            history,
            inside,
            other,
            (inside.starts == shown.starts) & (inside.ends == shown.ends) & (shown.starts >= covered_from),
            history.starts >= covered_from,
            np.zeros(len(shown), np.bool_)
            if other is None
            else (other.starts >= covered_from) & (inside.ends > inside.starts),
            periodic.cycle(every),
        )

    @property
    def has_basis(self) -> bool:
        """Whether the log covers all that the whole window is compared with."""
        return bool(self.has_before.any()) and bool(
            self.has_before[self.inside.ends > self.inside.starts].all()
        )

    @property
    def exposure(self) -> float:
        """How many times as long the window is as what it is compared with."""
        if self.beside is None:
            return 1.0
        length = float((self.beside.ends - self.beside.starts).sum())
        return float((self.inside.ends - self.inside.starts).sum()) / length if length else 0.0


def of_periods(
    walked: Walked, time: Time, window: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sums of the periods that are shown, and of those before them."""
    together = Periods(
        np.concatenate([time.history.starts, time.shown.starts]),
        np.concatenate([time.history.ends, time.shown.ends]),
    )
    first = int(together.starts[0])
    if window[0] <= int(time.shown.starts[0]):
        every = walked.sums(together, (first, window[1]))
        return every[len(time.history) :], every[: len(time.history)]
    return walked.sums(time.shown, window), walked.sums(time.history, (first, window[0]))


def of_window(
    walked: Walked, sums: NDArray[np.float64] | None, window: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the sums of a whole window: of events those of its periods, where they are there."""
    if walked.metric.measure is Measure.EVENTS and sums is not None:
        total: NDArray[np.float64] = sums.sum(axis=0)
        return total
    one = Periods(np.array(window[:1], np.int64), np.array(window[1:], np.int64))
    found: NDArray[np.float64] = walked.sums(one, window)[0]
    return found


def hull(periods: Periods) -> tuple[int, int]:
    """Return the first start and the last end."""
    return int(periods.starts.min()), int(periods.ends.max())
