"""Backlog: how many conversations were open at the end of each period, how many came, went and came back in it, and how
many of those that went were resolved in the time promised.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.interval_by_customer import rate_of_count
from safar.vocabulary.periods import Periodic
from safar.vocabulary.window import Window
from safar.vocabulary.working_time import WorkingTime

from .conversations import Conversations, conversations

if TYPE_CHECKING:
    from safar.store.log import Log


class BacklogRefused(Refusal, ValueError):
    """The question about the backlog makes no sense."""

    code = "backlog.refused"


@dataclass(frozen=True, slots=True)
class BacklogQuestion:
    """How many conversations are open over time?

    Parameters
    ----------
    window
        The periods that touch this stretch of time, whole.
    periodic
        Which periods, in whose calendar, week and time zone.
    promised
        Within what working time conversations are to be resolved; None where nothing was promised.
    working
        When somebody is at work: the time promised stands still else. Always when None.
    level
        Confidence level of the intervals.

    Raises
    ------
    BacklogRefused, ImpossibleLevel
    """

    window: Window
    periodic: Periodic
    promised: timedelta | None = None
    working: WorkingTime | None = None
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        if self.promised is not None and self.promised <= timedelta(0):
            raise BacklogRefused(
                f"Nothing is resolved within {self.promised}.", hint="Promise a time above zero, such as 8h."
            )


@dataclass(frozen=True, slots=True)
class BacklogPoint:
    """One period.

    Attributes
    ----------
    window
        The period.
    opened
        Conversations that began or were opened again, as an estimate of what such a period brings (Poisson).
    reopened
        How many of the opened were opened again.
    closed
        How many were resolved.
    kept
        Of those that were resolved for good in the period, the share within the time promised, with Wilson's interval;
        None without a promise, or where none was.
    open_at_end
        How many were open when it ended, or now, where it has not.
    median_age_seconds
        How long half of those open at the end had been open since they began or were opened again; None without any.
    is_whole
        False when it has not ended.
    """

    window: Window
    opened: Estimate
    reopened: int
    closed: int
    kept: Estimate | None
    open_at_end: int
    median_age_seconds: float | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class BacklogAnswer:
    """The periods, in order.

    Attributes
    ----------
    reopened
        Of conversations resolved in these periods, the share that was opened again since; None where none was resolved.
    kept
        As of each period, of all of them.
    """

    points: tuple[BacklogPoint, ...]
    reopened: Estimate | None
    kept: Estimate | None
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a period."""
        return Table.of(
            {
                "period": [point.window.start for point in self.points],
                "opened": [point.opened.n for point in self.points],
                "opened_low": [point.opened.interval.low for point in self.points],
                "opened_high": [point.opened.interval.high for point in self.points],
                "reopened": [point.reopened for point in self.points],
                "closed": [point.closed for point in self.points],
                **estimates("kept_rate", [point.kept for point in self.points]),
                "open_at_end": [point.open_at_end for point in self.points],
                "median_age_seconds": [point.median_age_seconds for point in self.points],
                "is_whole": [point.is_whole for point in self.points],
            }
        )


def backlog(log: Log, question: BacklogQuestion) -> BacklogAnswer:
    """Answer how many conversations of a log were open at the end of each period."""
    return backlog_of(conversations(log), question)


def backlog_of(found: Conversations, question: BacklogQuestion) -> BacklogAnswer:
    """Answer the same of conversations from any source.

    Notes
    -----
    What was open at the end of a period is what was open at its begin and what was opened in it, less what was closed.
    """
    periods = question.periodic.touching(question.window)
    which, time, turn = found.turns
    opens, closes = turn > 0, turn < 0
    # A conversation's turns alternate: each opening is ended by the turn after it, if that is of the same one.
    after = np.full(len(time), np.iinfo(np.int64).max, np.int64)
    after[:-1] = np.where(which[1:] == which[:-1], time[1:], after[:-1])
    opened_at, closed_at = time[opens], after[opens]
    # The first turn of each conversation opens it, every other opening is one again.
    again = (np.append(-1, which[:-1]) == which)[opens]
    for_good = closes & (np.append(which[1:], -1) != which)
    in_time = _in_time(found, which[for_good], question)
    came_back = closes & ~for_good
    points = []
    for window in periods.windows():
        end = min(window.end_us, found.until)
        inside = (opened_at >= window.start_us) & (opened_at < window.end_us)
        is_open = (opened_at < end) & (closed_at >= end)
        ages = (end - opened_at[is_open]) / 1e6
        points.append(
            BacklogPoint(
                window,
                rate_of_count(int(inside.sum()), level=question.level),
                int((inside & again).sum()),
                int(_within(time[closes], window).sum()),
                _share(in_time, _within(time[for_good], window), question),
                int(is_open.sum()),
                float(np.median(ages)) if len(ages) else None,
                window.end_us <= found.until,
            )
        )
    whole = Window.from_us(points[0].window.start_us, points[-1].window.end_us)
    reopened = share(
        int(_within(time[came_back], whole).sum()),
        int(_within(time[closes], whole).sum()),
        level=question.level,
    )
    return BacklogAnswer(
        tuple(points),
        reopened,
        _share(in_time, _within(time[for_good], whole), question),
        Provenance(question, found.version, len(found.time)),
    )


def _within(times: NDArray[np.int64], window: Window) -> NDArray[np.bool_]:
    return (times >= window.start_us) & (times < window.end_us)


def _in_time(
    found: Conversations, which: NDArray[np.int64], question: BacklogQuestion
) -> NDArray[np.bool_] | None:
    """Return of conversations resolved for good whether it was in the time promised; None without a promise."""
    if question.promised is None:
        return None
    took = found.clocked(question.working).resolution[which]
    return took <= question.promised // timedelta(microseconds=1)


def _share(
    in_time: NDArray[np.bool_] | None, inside: NDArray[np.bool_], question: BacklogQuestion
) -> Estimate | None:
    if in_time is None:
        return None
    return share(int(in_time[inside].sum()), int(inside.sum()), level=question.level)
