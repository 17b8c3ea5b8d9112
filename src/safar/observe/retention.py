"""Retention: of those who began in a period, how many come back in the ones that follow."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from enum import Enum
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Provenance
from safar.vocabulary.calendar import calendar
from safar.vocabulary.civil import Period, Weekday
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.time_zone import day_starts, local_days
from safar.vocabulary.window import Window, to_microseconds

from .steps import StepRule, marked
from .walk import mapped

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard


class RetentionRefused(Refusal, ValueError):
    """The question about retention makes no sense."""

    code = "retention.refused"


class Returned(Enum):
    """When a customer counts as retained in a period."""

    #: Came back in that period ("N-day" or "bounded" retention).
    IN = "in"
    #: Came back in that period or at any time after it ("unbounded" or "rolling" retention).
    IN_OR_AFTER = "in_or_after"


@dataclass(frozen=True, slots=True)
class RetentionQuestion:
    """Of those who began in a period, how many come back in the ones that follow?

    Parameters
    ----------
    window
        Cohorts are the periods that touch this stretch of time, whole.
    period
        ``day``, ``week``, ``month``, ``quarter`` or ``year``, as ``calendar`` and ``week_starts`` have them, in
        ``time_zone``.
    begins
        A customer belongs to the period of the first such event ever; of the first event of any name when None.
    returns
        An event that counts as coming back; any event when None.
    most
        How many periods to follow a cohort.
    returned
        See `Returned`.
    level
        Confidence level of the intervals.

    Raises
    ------
    RetentionRefused, ImpossibleLevel, UnknownCalendar
    """

    window: Window
    period: Period
    begins: StepRule | None = None
    returns: StepRule | None = None
    most: int = field(default=12, kw_only=True)
    returned: Returned = field(default=Returned.IN, kw_only=True)
    calendar: str = field(default="gregorian", kw_only=True)
    week_starts: Weekday = field(default="monday", kw_only=True)
    time_zone: str = field(default="UTC", kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.most <= 400:
            raise RetentionRefused(
                f"A cohort cannot be followed for {self.most} periods.", hint="Follow it for 1 to 400."
            )
        calendar(self.calendar)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class RetentionCell:
    """One cohort, so many periods later.

    Attributes
    ----------
    periods_after
        1 for the period after the one they began in.
    count
        Customers who came back.
    retention_rate
        Of the cohort, with Wilson's interval.
    is_whole
        False when the period had not ended at the last event of the log: some may still come.
    """

    periods_after: int
    count: int
    retention_rate: Estimate
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who began in one period.

    Attributes
    ----------
    window
        The period.
    size
        How many they are.
    cells
        One for each period that had begun at the last event of the log; none for an empty cohort.
    """

    window: Window
    size: int
    cells: tuple[RetentionCell, ...]


@dataclass(frozen=True, slots=True)
class RetentionAnswer:
    """The cohorts, oldest first."""

    cohorts: tuple[Cohort, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Returns:
    """What some shards add: sizes of shape (cohorts,), counts of shape (cohorts, periods + 1)."""

    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]

    def merged(self, other: Returns) -> Returns:
        """Return the counts of both: no person is in two shards."""
        return Returns(self.sizes + other.sizes, self.counts + other.counts)


def returns_of_shard(
    shard: PathShard, question: RetentionQuestion, bounds: NDArray[np.int64], cohorts: int
) -> Returns:
    """Follow the persons of one shard."""
    from .retention_kernels import BEGINS, RETURNS, count_returns  # noqa: PLC0415 - compiled code only when needed

    rules = [(question.begins, BEGINS), (question.returns, RETURNS)]
    codes, marks = marked(shard, [(rule, bit) for rule, bit in rules if rule is not None])
    marks |= sum(bit for rule, bit in rules if rule is None)
    found = Returns(np.zeros(cohorts, np.int64), np.zeros((cohorts, question.most + 1), np.int64))
    count_returns(
        shard.first,
        shard.end,
        shard.time,
        codes,
        marks,
        bounds,
        question.returned is Returned.IN_OR_AFTER,
        found.sizes,
        found.counts,
    )
    return found


def retention(log: Log, question: RetentionQuestion, *, executor: Executor | None = None) -> RetentionAnswer:
    """Answer how many of those who began in a period come back in the ones that follow.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Cohorts, periods, what counts.
    executor
        What walks the shards side by side; one after another when None.

    Notes
    -----
    Periods are those of a calendar, not of each customer's own clock: who begins on the last day of a month has had a
    day when the first period after it starts.
    """
    paths = log.paths()
    lens = calendar(question.calendar)
    ends = [question.window.start_us, question.window.end_us - 1]
    first_day, last_day = local_days(np.array(ends, np.int64), question.time_zone).tolist()
    starts = lens.period_starts(first_day, last_day + 1, question.period, week_starts=question.week_starts)
    cohorts = len(starts)
    last_event_at = log.info().last_at or question.window.start
    days = starts.tolist()
    for _ in range(question.most + 1):
        days.append(int(lens.period_end(np.array(days[-1:]), question.period)[0]))
    bounds = day_starts(np.array(days, np.int64), question.time_zone)
    none = Returns(np.zeros(cohorts, np.int64), np.zeros((cohorts, question.most + 1), np.int64))
    work = partial(returns_of_shard, question=question, bounds=bounds, cohorts=cohorts)
    found = reduce(Returns.merged, mapped(executor, work, paths.shards), none)
    told = []
    for cohort, size in enumerate(found.sizes.tolist()):
        cells = []
        for after in range(1, question.most + 1):
            rate = share(int(found.counts[cohort, after]), size, level=question.level)
            if rate is None or bounds[cohort + after] > to_microseconds(last_event_at):
                break
            is_whole = bool(bounds[cohort + after + 1] <= to_microseconds(last_event_at))
            cells.append(RetentionCell(after, int(found.counts[cohort, after]), rate, is_whole))
        window = Window.from_us(int(bounds[cohort]), int(bounds[cohort + 1]))
        told.append(Cohort(window, size, tuple(cells)))
    read = sum(len(shard.time) for shard in paths.shards)
    return RetentionAnswer(tuple(told), Provenance(question, paths.version, read))
