"""What a time series can measure, and how sure each measure is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Estimate, difference, share
from safar.vocabulary.interval_by_customer import (
    mean_by_customer,
    rate_of_count,
    rates_of_counts,
    ratio_of_counts,
    sum_by_customer,
)

from .steps import StepRule
from .walk import checked_pause

if TYPE_CHECKING:
    from collections.abc import Sequence


class SeriesRefused(Refusal, ValueError):
    """The question about a series makes no sense."""

    code = "series.refused"


class Measure(Enum):
    """What is measured in each period."""

    #: Events of the rule.
    EVENTS = "events"
    #: Customers with at least one.
    CUSTOMERS = "customers"
    #: Customers whose first one ever it was.
    NEW_CUSTOMERS = "new_customers"
    #: Sum and mean of a property, or of amounts (by currency), over the events that have it.
    SUM = "sum"
    MEAN = "mean"
    #: Of the customers with such an event, those who also did the other thing in the same period.
    CONVERSION = "conversion"
    #: Events of the customers who had any.
    EVENTS_PER_CUSTOMER = "events_per_customer"
    #: Sessions of such events that began.
    SESSIONS = "sessions"


_OF_VALUES: Final = frozenset({Measure.SUM, Measure.MEAN})
_COUNTS: Final = frozenset({Measure.EVENTS, Measure.CUSTOMERS, Measure.NEW_CUSTOMERS, Measure.SESSIONS})


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of each period.

    Parameters
    ----------
    measure
        See `Measure`.
    rule
        The events that count; all of them when None.
    also
        The other thing, only with `Measure.CONVERSION`.
    of
        A property, or ``@amount``; only with sums and means.
    pause
        What ends a session; only with `Measure.SESSIONS`.

    Raises
    ------
    SeriesRefused, PauseRefused
    """

    measure: Measure = Measure.EVENTS
    rule: StepRule | None = None
    also: StepRule | None = None
    of: str = ""
    pause: timedelta | None = None

    def __post_init__(self) -> None:
        for wants, has, what in (
            (self.measure is Measure.CONVERSION, self.also is not None, "other thing to do"),
            (self.measure in _OF_VALUES, bool(self.of.strip()), "property"),
            (self.measure is Measure.SESSIONS, self.pause is not None, "pause"),
        ):
            if wants != has:
                raise SeriesRefused(
                    f"The measure {self.measure.value!r} {'needs a' if wants else 'takes no'} {what}.",
                    hint="Conversion takes another step, sums and means a property, sessions a pause.",
                )
        checked_pause(self.pause)

    @property
    def is_count(self) -> bool:
        """Whether it counts: its changes are told as how many times as many."""
        return self.measure in _COUNTS

    @property
    def is_clustered(self) -> bool:
        """Whether it counts what one customer does several times."""
        return self.measure in {Measure.EVENTS, Measure.SESSIONS}


EVERY_EVENT_COUNTED: Final = Metric()


def counts_of(metric: Metric, cells: NDArray[np.float64]) -> list[int]:
    """Return what a metric counts in some cells, of shape (cells, SUMS).

    Parameters
    ----------
    metric
        A count.
    """
    people, events = cells[:, 0], cells[:, 1]
    found: list[int] = (events if metric.is_clustered else people).astype(np.int64).tolist()
    return found


def estimates_of(
    metric: Metric, cells: NDArray[np.float64], *, clustering: float, unit: float, level: float
) -> list[Estimate | None]:
    """Return the numbers of some cells with their intervals, None where there is none.

    Parameters
    ----------
    cells
        Of shape (cells, SUMS), as `series_kernels.SUMS` orders them.
    clustering
        The design effect of what is counted.
    unit
        By how much values were multiplied before they were added up.
    """
    if metric.is_count:
        return [*rates_of_counts(counts_of(metric, cells), clustering=clustering, level=level)]
    return [_estimate_of(metric, cell, unit=unit, level=level) for cell in cells.tolist()]


def _estimate_of(metric: Metric, sums: Sequence[float], *, unit: float, level: float) -> Estimate | None:
    """Return the number of one cell of a metric that is no count."""
    people, events, events_squared, also, total, total_squared, products = sums
    count, customers = round(events), round(people)
    match metric.measure:
        case Measure.CONVERSION:
            return share(round(also), customers, level=level)
        case Measure.EVENTS_PER_CUSTOMER:
            return mean_by_customer(
                events,
                customers,
                customers,
                squares=events_squared,
                products=events,
                n_squares=people,
                level=level,
            )
        case Measure.SUM:
            found = sum_by_customer(total / unit, customers, squares=total_squared / unit / unit, level=level)
            return found or Estimate(0.0, rate_of_count(0, level=level).interval.scaled(0.0), 0)
        case Measure.MEAN:
            return mean_by_customer(
                total / unit,
                count,
                customers,
                squares=total_squared / unit / unit,
                products=products / unit,
                n_squares=events_squared,
                level=level,
            )
    raise AssertionError(f"{metric.measure} is a count.")


def change_of(
    metric: Metric, now: Estimate | None, before: Estimate | None, *, exposure: float, clustering: float
) -> Estimate | None:
    """Return by how much a number differs from the one before; see `Point.change`.

    Parameters
    ----------
    exposure
        How many times as long the time of ``now`` is.
    """
    if now is None or before is None or not exposure > 0:
        return None
    level = now.interval.level
    if metric.is_count:
        return ratio_of_counts(
            round(now.value), round(before.value), exposure=exposure, clustering=clustering, level=level
        )
    if metric.measure is Measure.SUM and not math.isclose(exposure, 1, rel_tol=0.01):
        return None
    return difference(now, before)
