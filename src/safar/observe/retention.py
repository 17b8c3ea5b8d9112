"""Retention: of those who began in a period, how many come back in the ones that follow."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Provenance
from safar.vocabulary.calendar import calendar
from safar.vocabulary.civil import Period, Weekday, to_date
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.time_zone import day_starts, local_days
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, CellRefused
from .steps import StepRule, marked
from .walk import Lived, mapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safar.store.paths import Paths, PathShard


#: A period is looked up in so many (2 to this power) stretches of time.
_NEAR_BITS: Final = 12


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
    every
        Follow each customer by stretches of this length on their own clock, from the moment they began: ``1d`` asks who
        came back 24 to 48 hours later, and so on ("N-day" retention). By the periods of the calendar when None.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

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
    every: timedelta | None = field(default=None, kw_only=True)
    calendar: str = field(default="gregorian", kw_only=True)
    week_starts: Weekday = field(default="monday", kw_only=True)
    time_zone: str = field(default="UTC", kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.most <= 400:
            raise RetentionRefused(
                f"A cohort cannot be followed for {self.most} periods.", hint="Follow it for 1 to 400."
            )
        if self.every is not None and self.every <= timedelta(0):
            raise RetentionRefused(
                f"Nobody can be followed by stretches of {self.every}.",
                hint="Give a duration above zero, such as 1d.",
            )
        calendar(self.calendar)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class RetentionCell:
    """One cohort, so many periods later.

    Attributes
    ----------
    periods_after
        1 for the period after the one they began in, or for the second stretch of their own clock.
    count
        Customers who came back.
    retention_rate
        Of the cohort, with Wilson's interval. Followed on their own clocks (``every``), only those count whose stretch
        had passed at the last event of the log, above and below the line; ``n`` is how many they are.
    is_whole
        False when the period had not ended for all of the cohort at the last event of the log: by periods of the
        calendar some may still come, on their own clocks some are not counted yet.
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
    key
        The (Gregorian) date on which the period begins.
    window
        The period.
    size
        How many they are.
    cells
        One for each period that had begun at the last event of the log, or each stretch that had passed for some; none
        for an empty cohort.
    """

    key: str
    window: Window
    size: int
    cells: tuple[RetentionCell, ...]


@dataclass(frozen=True, slots=True)
class RetentionAnswer:
    """The cohorts, oldest first."""

    cohorts: tuple[Cohort, ...]
    provenance: Provenance

    @property
    def together(self) -> tuple[RetentionCell, ...]:
        """All cohorts as one, by how many periods after.

        Only those count for whom the period is over: fewer and older cohorts the farther it is. ``is_whole`` is False
        where some cohort is not in it yet, or in part.
        """
        question = self.provenance.question
        assert isinstance(question, RetentionQuestion), "the answer's own"
        cohorts = [cohort for cohort in self.cohorts if cohort.size]
        found = []
        for after in range(1, question.most + 1):
            cells = [cohort.cells[after - 1] for cohort in cohorts if len(cohort.cells) >= after]
            over = [cell for cell in cells if cell.is_whole or question.every is not None]
            count = sum(cell.count for cell in over)
            rate = share(count, sum(cell.retention_rate.n for cell in over), level=question.level)
            if rate is None:
                break
            is_whole = len(cells) == len(cohorts) and all(cell.is_whole for cell in cells)
            found.append(RetentionCell(after, count, rate, is_whole))
        return tuple(found)

    @property
    def table(self) -> Table:
        """One row a cell: ``cohort`` (when it began), ``size``, ``periods_after``, ``count``, rate, ``is_whole``."""
        cells = [(cohort, cell) for cohort in self.cohorts for cell in cohort.cells]
        return Table.of(
            {
                "cohort": [cohort.window.start for cohort, _ in cells],
                "size": [cohort.size for cohort, _ in cells],
                **_columns([cell for _, cell in cells]),
            }
        )

    @property
    def together_table(self) -> Table:
        """One row for so many periods after, all cohorts as one: see `together`."""
        cells = self.together
        return Table.of({"n": [cell.retention_rate.n for cell in cells], **_columns(cells)})


def _columns(cells: Sequence[RetentionCell]) -> dict[str, list[Any]]:
    return {
        "periods_after": [cell.periods_after for cell in cells],
        "count": [cell.count for cell in cells],
        **estimates("retention_rate", [cell.retention_rate for cell in cells]),
        "is_whole": [cell.is_whole for cell in cells],
    }


@dataclass(frozen=True, slots=True)
class Returns:
    """What some shards add: sizes of shape (cohorts,); persons who came back and, on their own clocks, who were
    followed so far, of shape (cohorts, periods + 1).
    """

    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]
    followed: NDArray[np.int64]

    @classmethod
    def none(cls, question: RetentionQuestion, cohorts: int) -> Returns:
        """Return what nobody adds."""
        shape = (cohorts, question.most + 1)
        return cls(np.zeros(cohorts, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def merged(self, other: Returns) -> Returns:
        """Return the counts of both: no person is in two shards."""
        return Returns(self.sizes + other.sizes, self.counts + other.counts, self.followed + other.followed)

    def of(self, question: RetentionQuestion, cohort: int, after: int) -> int:
        """Return of how many persons it is known whether they came back."""
        return int(self.sizes[cohort] if question.every is None else self.followed[cohort, after])


def returns_of_shard(
    shard: PathShard, question: RetentionQuestion, bounds: NDArray[np.int64], cohorts: int, until: int
) -> Returns:
    """Follow the persons of one shard.

    Parameters
    ----------
    bounds
        The instants between periods, the first ``cohorts`` of which make cohorts; microseconds.
    until
        When the log ends.
    """
    from .retention_kernels import BEGINS, RETURNS, count_returns  # noqa: PLC0415 - compiled code only when needed

    shard = question.among.of(shard)
    rules = [(question.begins, BEGINS), (question.returns, RETURNS)]
    codes, marks = marked(shard, rules, question.among.seen)
    found = Returns.none(question, cohorts)
    count_returns(
        shard.first,
        shard.end,
        shard.time,
        codes,
        marks,
        bounds,
        *_near(bounds),
        0 if question.every is None else question.every // timedelta(microseconds=1),
        until,
        question.returned is Returned.IN_OR_AFTER,
        found.sizes,
        found.counts,
        found.followed,
    )
    return found


def _near(bounds: NDArray[np.int64]) -> tuple[NDArray[np.int32], int]:
    """Return the period in which each of some thousand short stretches begins, and the bits of their length."""
    length = int(bounds[-1] - bounds[0])
    bits = max(length.bit_length() - _NEAR_BITS, 0)
    begins = bounds[0] + (np.arange((length >> bits) + 1) << bits)
    return (np.searchsorted(bounds, begins, side="right") - 1).astype(np.int32), bits


def retention(
    log: Lived, question: RetentionQuestion, *, executor: Executor | None = None
) -> RetentionAnswer:
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
    Periods of a calendar are no customer's own clock: who begins on the last day of a month has had a day when the
    first period after it starts. With ``every`` the cohorts stay periods of the calendar, and each customer is followed
    from the moment they began.
    """
    paths = log.paths()
    days, bounds, cohorts = _periods(question)
    last = _last(paths, question)
    work = partial(returns_of_shard, question=question, bounds=bounds, cohorts=cohorts, until=last)
    found = reduce(Returns.merged, mapped(executor, work, paths.shards), Returns.none(question, cohorts))
    told = []
    for cohort, size in enumerate(found.sizes.tolist()):
        cells = []
        for after in range(1, question.most + 1):
            known = found.of(question, cohort, after)
            rate = share(int(found.counts[cohort, after]), known, level=question.level)
            if rate is None or (question.every is None and bounds[cohort + after] > last):
                break
            is_whole = bounds[cohort + after + 1] <= last if question.every is None else known == size
            cells.append(RetentionCell(after, int(found.counts[cohort, after]), rate, bool(is_whole)))
        window = Window.from_us(int(bounds[cohort]), int(bounds[cohort + 1]))
        told.append(Cohort(to_date(days[cohort]).isoformat(), window, size, tuple(cells)))
    return RetentionAnswer(tuple(told), Provenance(question, paths.version, paths.rows))


def adds_to_cohort(paths: Paths, question: RetentionQuestion, cell: Cell) -> Adds:
    """Return whether persons are in a cell.

    Parameters
    ----------
    cell
        ``cohort``: its key. ``periods_after``: 0 or absent for the whole cohort, 1 and more for those who came back
        then; with ``lost`` 1 for those of the cohort who did not.

    Raises
    ------
    CellRefused
    """
    days, bounds, cohorts = _periods(question)
    keys = [to_date(day).isoformat() for day in days[:cohorts]]
    key, after, lost = cell.get("cohort"), cell.get("periods_after") or 0, cell.get("lost") or 0
    if (
        key not in keys
        or not isinstance(after, int)
        or not 0 <= after <= question.most
        or (lost and not after)
    ):
        raise CellRefused(
            f"The answer has no cohort {key!r} after {after!r} periods.",
            hint="Open the number again from its page.",
        )
    cohort = keys.index(str(key))
    last = _last(paths, question)

    def adds(shard: PathShard) -> bool:
        found = returns_of_shard(shard, question, bounds, cohorts, last)
        count = int(found.counts[cohort, after] if after else found.sizes[cohort])
        return bool(found.of(question, cohort, after) - count if lost else count)

    return adds


def _periods(question: RetentionQuestion) -> tuple[list[int], NDArray[np.int64], int]:
    """Return the civil days on which periods begin, the instants, and how many of the first make cohorts."""
    lens = calendar(question.calendar)
    ends = [question.window.start_us, max(question.window.end_us - 1, question.window.start_us)]
    first_day, last_day = local_days(np.array(ends, np.int64), question.time_zone).tolist()
    starts = lens.period_starts(first_day, last_day + 1, question.period, week_starts=question.week_starts)
    days = starts.tolist()
    for _ in range(question.most + 1):
        days.append(int(lens.period_end(np.array(days[-1:]), question.period)[0]))
    return days, day_starts(np.array(days, np.int64), question.time_zone), len(starts)


def _last(paths: Paths, question: RetentionQuestion) -> int:
    """Return when the log ends, in microseconds."""
    return question.window.start_us if paths.span is None else paths.span[1]
