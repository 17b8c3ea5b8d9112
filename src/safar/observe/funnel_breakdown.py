"""The groups of a funnel: by what its first step carries, by segment, by the period in which it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.calendar import calendar
from safar.vocabulary.civil import Period, Weekday, to_date
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_zone import day_starts, local_days
from safar.vocabulary.window import Window

from .among import Segment
from .labels import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safar.store.paths import PathShard
    from safar.store.row_column import Values

#: A property of more values than this is an id, not something to group by.
_MOST_VALUES: Final = 20_000
_MOST_PERIODS: Final = 400


class BreakdownRefused(Refusal, ValueError):
    """What a funnel cannot be broken down by."""

    code = "funnel.breakdown_refused"


@dataclass(frozen=True, slots=True)
class FunnelBreakdown:
    """By what the paths of a funnel are grouped: exactly one of a property, segments, a period.

    Parameters
    ----------
    of
        The property, as of `Condition`, that the event of the first step carries; ``@channel`` for its channel.
    segments
        1 to 20 of different names. Of two the answer also has the difference.
    period
        ``day``, ``week``, ``month``, ``quarter`` or ``year`` in which the first step is done, as ``calendar`` and
        ``week_starts`` have them, in ``time_zone``.
    most
        So many values of the property, the ones with most paths.

    Raises
    ------
    BreakdownRefused, UnknownCalendar

    Notes
    -----
    The funnel of a group is the funnel whose first step counts only with that value, or in that period. A path that
    does the first step with two values is in both groups, in each with what followed; so the groups can sum to more
    than all.
    """

    of: str | None = None
    segments: tuple[Segment, ...] = ()
    period: Period | None = None
    most: int = 10
    calendar: str = "gregorian"
    week_starts: Weekday = "monday"
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if sum((bool(self.of), bool(self.segments), bool(self.period))) != 1:
            raise BreakdownRefused(
                "A breakdown is by one thing.", hint="Name a property, or segments, or a period."
            )
        names = [segment.name for segment in self.segments]
        if len(names) > 20 or len(set(names)) < len(names):
            raise BreakdownRefused(
                f"A funnel cannot be told apart by {len(names)} segments of these names.",
                hint="Give up to 20 segments of different names.",
            )
        if not 1 <= self.most <= 100:
            raise BreakdownRefused(f"{self.most} groups cannot be shown.", hint="Ask for 1 to 100.")
        calendar(self.calendar)

    def periods(self, span: tuple[int, int]) -> Periods:
        """Return the periods that touch the time from one instant to another, both in microseconds.

        Raises
        ------
        BreakdownRefused
            There are too many to tell apart.
        """
        assert self.period is not None
        lens = calendar(self.calendar)
        first, last = local_days(np.array(span, np.int64), self.time_zone).tolist()
        days = lens.period_starts(first, last + 1, self.period, week_starts=self.week_starts)
        if len(days) > _MOST_PERIODS:
            raise BreakdownRefused(
                f"A funnel cannot be told apart by {len(days)} periods.",
                hint=f"Take longer periods or a shorter window: up to {_MOST_PERIODS}.",
            )
        after = lens.period_end(days[-1:], self.period)
        return Periods(
            tuple(to_date(day).isoformat() for day in days.tolist()),
            day_starts(np.concatenate([days, after]), self.time_zone),
        )


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods one after another: the civil (Gregorian) date on which each begins, and the instants between them."""

    keys: tuple[str, ...]
    bounds: NDArray[np.int64]

    def window(self, key: str) -> Window:
        """Return the period that begins on a date."""
        place = self.keys.index(key)
        return Window.from_us(int(self.bounds[place]), int(self.bounds[place + 1]))

    def of(self, times: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return in which of them each instant lies."""
        return (np.searchsorted(self.bounds, times, side="right") - 1).astype(np.int32)


def grouped(
    shard: PathShard, rows: NDArray[np.uint32], by: FunnelBreakdown, periods: Periods | None
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the keys of groups, and the group that each of some rows is of.

    The key of a value is its JSON text, empty for rows without one; that of a period is the date it begins on.

    Raises
    ------
    BreakdownRefused
        The property has too many values.
    """
    if periods is not None:
        return periods.keys, periods.of(shard.time[rows])
    codes, values = _values(shard, str(by.of))
    used, group = np.unique(codes[rows], return_inverse=True)
    if len(used) > _MOST_VALUES:
        raise BreakdownRefused(
            f"{by.of!r} has {len(used):,} values among these events.",
            hint=f"Break down by something of at most {_MOST_VALUES:,} values.",
            property=str(by.of),
        )
    return tuple(values[int(code)] for code in used), group.astype(np.int32)


def _values(shard: PathShard, name: str) -> tuple[NDArray[np.unsignedinteger[Any]], Sequence[str] | Values]:
    """Return of every row a code, and of each code the value as JSON, empty for none."""
    if name == CHANNEL:
        texts = (msgspec.json.encode(channel).decode() if channel else "" for channel in shard.channels)
        return shard.channel_code, tuple(texts)
    column = shard.rows.column(name)
    return column.codes, column.values
