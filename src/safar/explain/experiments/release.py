"""Releases: what moved when a change came to everybody, to some customers, or to one customer after another.

What can be said hangs on who got it. Everybody: only where the number was going by itself. Some: beside the others.
One after another: beside those not reached yet. The first is an association, always; the others are as good as the
times before the release, in which both must have gone side by side.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from safar.observe.among import Segment
from safar.observe.steps import StepRule
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.civil import to_date, to_day
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.money import exponent
from safar.vocabulary.time_zone import day_starts, local_days, time_zone
from safar.vocabulary.window import from_microseconds

from .refusals import ReleaseRefused, TooFewCustomers
from .release_counts import (
    Around,
    Known,
    ReleaseMetric,
    first_events,
    happened,
    known_before,
)
from .release_ways import WEEK, Found, alone, beside, in_steps

if TYPE_CHECKING:
    from safar.store.log import Log

#: How a release is judged, by who got it.
Way = Literal["before_after", "beside_others", "staggered"]

#: What is looked at where nothing is said.
REVENUE: Final = ReleaseMetric()


@dataclass(frozen=True, slots=True)
class ReleaseQuestion:
    """What moved when a change was released?

    Parameters
    ----------
    at
        The first civil day with it; of a release in steps the day the first customers were reached. Where None,
        ``after_periods`` before the log's end.
    metric
        What it was to move.
    got_it
        Who got it, as of that day; everybody when None.
    reached_by
        Of a release in steps: the event that shows that a customer was reached; the first one counts. Not with
        ``got_it``.
    among
        Only these customers are looked at, as of that day: those of whom it is known whether they got it. Not where
        everybody did.
    name
        Of the release.
    period_days
        Days that are counted together; 7 keeps days of the week alike.
    before_periods, after_periods
        How many before it, and at most how many after it.
    currency
        Of revenue: ISO 4217 code; that of the most orders when None.
    time_zone
        IANA name of the zone whose civil days are counted.
    level
        Of all intervals.

    Raises
    ------
    ReleaseRefused, ImpossibleLevel, UnknownCurrency, UnknownTimeZone
    """

    at: date | None = None
    metric: ReleaseMetric = REVENUE
    got_it: Segment | None = None
    reached_by: StepRule | None = None
    among: Segment | None = field(default=None, kw_only=True)
    name: str = field(default="", kw_only=True)
    period_days: int = field(default=WEEK, kw_only=True)
    before_periods: int = field(default=12, kw_only=True)
    after_periods: int = field(default=12, kw_only=True)
    currency: str | None = field(default=None, kw_only=True)
    time_zone: str = field(default="UTC", kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        time_zone(self.time_zone)
        if self.currency is not None:
            exponent(self.currency)
        if self.got_it is not None and self.reached_by is not None:
            raise ReleaseRefused(
                "A release cannot come to a group at one time and to one customer after another.",
                hint="Give `got_it` or `reached_by`.",
            )
        if self.reached_by is not None and self.metric.is_mean:
            raise ReleaseRefused(
                f"A {self.metric.counted} is not known of every customer in every period.",
                hint="Judge a release in steps by revenue, orders or events.",
            )
        if min(self.period_days, self.before_periods, self.after_periods) < 1 or self._is_too_long:
            raise ReleaseRefused(
                f"{self.before_periods} and {self.after_periods} periods of {self.period_days} days cannot be.",
                hint="Give one or more of each, and at most 120 together.",
            )

    @property
    def _is_too_long(self) -> bool:
        return self.before_periods + self.after_periods > 120 or self.period_days > 366

    @property
    def way(self) -> Way:
        """How it is judged."""
        if self.reached_by is not None:
            return "staggered"
        return "before_after" if self.got_it is None else "beside_others"


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time around a release.

    Attributes
    ----------
    distance
        Periods after the release: 0 is the first with it.
    starts_on
        Its first civil day.
    value
        Of those who got it: by customer, or of everybody together where nobody was left without.
    other
        Of the others, beside it; where everybody got it, what trend and season lead one to expect. NaN where there is
        nothing.
    effect
        The comparison of this period with the last one before the release; None where everybody got it, or for that
        period itself.
    """

    distance: int
    starts_on: date
    value: float
    other: float
    effect: Estimate | None


@dataclass(frozen=True, slots=True, eq=False)
class ReleaseAnswer:
    """What moved.

    Attributes
    ----------
    released_on
        The first civil day with it.
    way
        ``before_after``: everybody got it. ``beside_others``: difference in differences. ``staggered``: customer after
        customer (Callaway and Sant'Anna).
    effect
        In the metric's unit a period: by customer who got it, or of everybody together.
    p_value
        The chance of an effect at least as far from 0 when there is none.
    without
        What would have been without it, as far as the comparison tells; ``with_it`` is what came.
    total
        The effect over all customers who got it and all whole periods since; None of a metric that is no sum.
    customers, others
        Who got it, and with whom they are compared (0 where everybody got it): of those who had come before the first
        period.
    periods
        In order.
    trend_p_value
        Of a test that both went side by side before; None where nothing tells.
    currency
        Of revenue.
    notes
        Those of the comparison (`before_after`, `difference_in_differences`, `staggered`) and of the orders;
        ``release.partial``: the log ends before all periods are over, and holds so many; ``release.sampled``: of so
        many customers so many are looked at; ``release.by_reach``: customers who are reached by what they do
        themselves are not like the others.
    """

    released_on: date
    way: Way
    effect: Estimate
    p_value: float
    without: float
    with_it: float
    total: Estimate | None
    customers: int
    others: int
    periods: tuple[Period, ...]
    trend_p_value: float | None
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def is_side_by_side(self) -> bool:
        """Whether there is somebody to compare with, and the times before do not speak against it."""
        against = {"did.not_parallel", "did.no_times_before", "before_after.no_comparison"}
        return not against & {note.code for note in self.notes}

    @property
    def summary(self) -> Table:
        """One row: the effect with its interval, what came and what would have come, the total."""
        return Table.of(
            {
                "way": [self.way],
                **estimates("effect", [self.effect]),
                "p_value": [self.p_value],
                "with_it": [self.with_it],
                "without": [self.without],
                **estimates("total", [self.total]),
                "customers": [self.customers],
                "others": [self.others],
                "trend_p_value": [self.trend_p_value],
                "currency": [self.currency],
            }
        )

    @property
    def table(self) -> Table:
        """One row a period: those who got it, the others (or what was to be expected), and the comparison."""
        return Table.of(
            {
                "distance": [each.distance for each in self.periods],
                "starts_on": [each.starts_on for each in self.periods],
                "value": [each.value for each in self.periods],
                "other": [None if np.isnan(each.other) else each.other for each in self.periods],
                **estimates("effect", [each.effect for each in self.periods]),
            }
        )


def release(log: Log, question: ReleaseQuestion, *, executor: Executor | None = None) -> ReleaseAnswer:
    """Answer what moved when a change was released.

    Parameters
    ----------
    log
        Whose events.
    question
        When, for whom, what it was to move.
    executor
        What walks the shards side by side.

    Raises
    ------
    ReleaseRefused
        No whole period lies after it in the log, or nothing before it.
    TooFewCustomers
        A side has fewer than two customers; where everybody got it, fewer than four periods on a side.
    NothingBought, NoSuchScore, MixedScales, TooFewRows
        The log has nothing that the metric counts.

    Notes
    -----
    Customers are those who had come before the first period, so that periods differ in what they do, not in who they
    are; only where everybody got it, totals are of all who were there. A period counts when it is over.
    """
    around = _around(log, question)
    what = happened(log, question.metric, around, currency=question.currency, executor=executor)
    if not len(what.person):
        raise TooFewCustomers(
            "Nothing of it happened around the release.", hint="Choose another metric or day."
        )
    if question.way == "before_after":
        found = alone(question, around, what)
    else:
        known = _known(log, question, around, executor)
        if question.reached_by is None:
            found = beside(question, around, what, known)
        else:
            persons, times = first_events(log, question.reached_by, executor=executor)
            found = in_steps(question, around, what, known, (persons, around.places(times)))
    partial = (
        () if around.after == question.after_periods else (Note.of("release.partial", count=around.after),)
    )
    return ReleaseAnswer(
        to_date(around.released_on),
        question.way,
        found.effect,
        found.p_value,
        found.with_it - found.effect.value,
        found.with_it,
        None if question.metric.is_mean else _total(found),
        found.customers,
        found.others,
        _periods(around, found),
        found.trend,
        what.currency,
        (*found.notes, *partial, *(note for note in what.notes if note.code in _OF_ORDERS)),
        Provenance(question, log.paths().version, len(what.person)),
    )


_OF_ORDERS: Final = frozenset({"purchases.other_currency", "purchases.no_amount"})


def _around(log: Log, question: ReleaseQuestion) -> Around:
    paths = log.paths()
    present = log.sight().present
    if present is None or paths.span is None:
        raise ReleaseRefused("The log is empty.", hint="Send or import events first.")
    first, last = local_days([paths.span[0], present], question.time_zone).tolist()
    at = last - question.after_periods * question.period_days if question.at is None else to_day(question.at)
    # the last day may not be over
    after = min(question.after_periods, (last - at) // question.period_days)
    before = min(question.before_periods, (at - first) // question.period_days)
    if min(before, after) < 1:
        raise ReleaseRefused(
            f"No whole period of {question.period_days} days lies {'before' if before < 1 else 'after'} "
            f"{to_date(at)} in the log.",
            hint=f"The log reaches from {to_date(first)} to {to_date(last)}.",
        )
    return Around(at, question.period_days, before, after, question.time_zone)


def _known(log: Log, question: ReleaseQuestion, around: Around, executor: Executor | None) -> Known:
    start, released = day_starts([around.first_day, around.released_on], question.time_zone).tolist()
    now = from_microseconds(released)
    got_it, among = (
        segment.at(now) if segment is not None and segment.now is None else segment
        for segment in (question.got_it, question.among)
    )
    return known_before(log, start, got_it, among, executor=executor)


def _periods(around: Around, found: Found) -> tuple[Period, ...]:
    moved = {each.distance: each.effect for each in found.moved}
    return tuple(
        Period(
            place - around.before,
            to_date(around.first_day + place * around.period_days),
            float(found.values[place]),
            float(found.beside[place]),
            moved.get(place - around.before),
        )
        for place in range(around.periods)
    )


def _total(found: Found) -> Estimate:
    """Return the effect over all who got it and all periods since."""
    effect = found.effect
    return Estimate(effect.value * found.times, effect.interval.scaled(found.times), effect.n)
