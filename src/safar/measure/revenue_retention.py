"""Revenue kept: what last period's customers bring in this one, and the bridge from one to the other.

Net revenue retention (NRR) lets growth of some make up for loss of others; gross (GRR) does not. The bridge says where
each coin came from: lost customers, smaller and larger ones, new ones, and those who are back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.calendar import calendar
from safar.vocabulary.civil import Weekday, to_date, to_day, weekday_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.money import EXPONENTS, Money

from .kept_revenue import Flags, Floats, Kept, RevenueRetentionRefused, kept
from .ordered import PurchasesQuestion, purchases
from .purchases import Purchases

if TYPE_CHECKING:
    from safar.store.log import Log

PeriodLength = Literal["week", "month", "quarter", "year"]
PERIODS: Final[tuple[PeriodLength, ...]] = get_args(PeriodLength)
MOST_PERIODS: Final = 60
#: Revenue of those who are back, as a part of the revenue before, from which on rates that leave it out are misread.
_MANY_BACK: Final = 0.05


@dataclass(frozen=True, slots=True)
class RevenueRetentionQuestion:
    """What do last period's customers bring in this one, and where does the difference come from?

    Parameters
    ----------
    until
        The first civil day that is not looked at; the day after the newest event when None.
    period
        ``week``, ``month``, ``quarter`` or ``year``, as ``calendar`` and ``week_starts`` have them, in ``time_zone``.
    most
        So many of the last whole periods are compared, each with the one before it.
    apart
        How many periods apart the two are: 12 compares a month with the same one a year before.
    currency
        ISO 4217 code; the one with the most orders when None. Currencies are never added.
    earned_by
        Ways in which customers come that are earned, not bought; see `safar.measure.referral`. Empty: earned growth is
        not told.
    benchmark_churn
        The share of customers that such companies lose in such a period on average, as a member typed it in.
    benchmark_source
        Where that number comes from: without a source it is refused.
    level
        Confidence level of the intervals.

    Raises
    ------
    RevenueRetentionRefused, UnknownCalendar, UnknownCurrency, ImpossibleLevel
    """

    until: date | None = None
    period: PeriodLength = "month"
    most: int = 12
    apart: int = 1
    currency: str | None = None
    calendar: str = "gregorian"
    week_starts: Weekday = "monday"
    time_zone: str = "UTC"
    earned_by: tuple[str, ...] = ()
    benchmark_churn: float | None = None
    benchmark_source: str = ""
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        for rule in (_counts, _length, _benchmark):
            refusal = rule(self)
            if refusal is not None:
                raise refusal
        PurchasesQuestion(self.until, self.currency, time_zone=self.time_zone)
        calendar(self.calendar)
        weekday_number(self.week_starts)
        normal_quantile(self.level)


def _counts(question: RevenueRetentionQuestion) -> Refusal | None:
    """Very many periods are no table, and a period is not compared with itself."""
    if 1 <= question.most <= MOST_PERIODS and 1 <= question.apart <= MOST_PERIODS:
        return None
    return RevenueRetentionRefused(
        f"{question.most} periods, {question.apart} apart, cannot be compared.",
        hint=f"Compare 1 to {MOST_PERIODS}, 1 to {MOST_PERIODS} apart.",
    )


def _length(question: RevenueRetentionQuestion) -> Refusal | None:
    """A day of a shop says nothing of who was kept."""
    if question.period in PERIODS:
        return None
    return RevenueRetentionRefused(
        f"{question.period!r} is no period to keep customers over.", hint=f"Use one of {', '.join(PERIODS)}."
    )


def _benchmark(question: RevenueRetentionQuestion) -> Refusal | None:
    """A number of an industry without its source cannot be checked by anybody."""
    value = question.benchmark_churn
    if value is None or (0 <= value <= 1 and question.benchmark_source.strip()):
        return None
    return RevenueRetentionRefused(
        f"An average churn of {value} from {question.benchmark_source.strip() or 'nowhere'} is no benchmark.",
        hint="Give a share from 0 to 1, and say where it was published.",
    )


@dataclass(frozen=True, slots=True)
class KeptPeriod:
    """One comparison: the period it ends in, by the (Gregorian) days both begin on, and what was kept."""

    starts_on: date
    ends_on: date
    before_starts_on: date
    kept: Kept


@dataclass(frozen=True, slots=True)
class RevenueRetentionAnswer:
    """The comparisons, oldest first; empty where the log is too short for one.

    Notes: those of `safar.measure.ordered.purchases`; ``revenue_retention.too_short`` with how many periods were asked
    for; ``revenue_retention.are_back`` with the ``percent`` of the revenue before that those brought in the last period
    who had skipped the one before: neither NRR nor earned growth counts it, so both are low where customers order more
    seldom than a period is long.
    """

    currency: str | None
    periods: tuple[KeptPeriod, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a period: rates with their intervals, and the bridge in whole units of the currency."""
        found = [each.kept for each in self.periods]
        return Table.of(
            {
                "starts_on": [each.starts_on for each in self.periods],
                "before_starts_on": [each.before_starts_on for each in self.periods],
                "currency": [self.currency or ""] * len(found),
                "customers_before": [each.customers_before for each in found],
                "customers": [each.customers_now for each in found],
                "new_customers": [each.new_customers for each in found],
                **estimates("nrr", [each.nrr for each in found]),
                **estimates("grr", [each.grr for each in found]),
                **estimates("logo_churn", [each.logo_churn for each in found]),
                **estimates("earned_growth", [each.earned_growth for each in found]),
                "before_amount": [each.bridge.before for each in found],
                "churned_amount": [each.bridge.churned for each in found],
                "contraction_amount": [each.bridge.contraction for each in found],
                "expansion_amount": [each.bridge.expansion for each in found],
                "reactivated_amount": [each.bridge.reactivated for each in found],
                "new_amount": [each.bridge.new for each in found],
                "amount": [each.bridge.now for each in found],
            }
        )

    def money(self, amount: float) -> Money | None:
        """Return an amount of a bridge as money, rounded to minor units; None where no currency is known."""
        if self.currency is None:
            return None
        return Money(round(amount * 10 ** EXPONENTS[self.currency]), self.currency)


def revenue_retention(log: Log, question: RevenueRetentionQuestion) -> RevenueRetentionAnswer:
    """Answer what the customers of a period bring in a later one.

    An order counts in the period in which it was placed, less what of it was paid back since.

    Raises
    ------
    NothingBought
    """
    from .referral_links import earned_persons  # noqa: PLC0415 - reads profiles only where somebody asks for it

    found = purchases(log, PurchasesQuestion(question.until, question.currency, time_zone=question.time_zone))
    earned = None
    if question.earned_by:
        persons = earned_persons(log, question.earned_by)
        earned = np.isin(found.customers, persons) if len(persons) else None  # nobody told how customers came
    return retained(found, question, earned=earned)


def retained(
    found: Purchases, question: RevenueRetentionQuestion, *, earned: Flags | None = None
) -> RevenueRetentionAnswer:
    """Answer the same of purchases from any source.

    Parameters
    ----------
    earned
        By place in ``found.customers``, whether he was earned.
    """
    days = _period_days(question, found)
    revenue = np.nan_to_num(found.amount - found.refunded)
    size = len(found)

    def of(first: int, end: int) -> Floats:
        inside = (found.day >= first) & (found.day < end)
        return np.bincount(found.customer[inside], revenue[inside], size).astype(np.float64)

    told = []
    for place in range(question.apart, len(days) - 1):
        before = place - question.apart
        told.append(
            KeptPeriod(
                to_date(days[place]),
                to_date(days[place + 1]),
                to_date(days[before]),
                kept(
                    of(days[before], days[before + 1]),
                    of(days[place], days[place + 1]),
                    known_before=found.first_day < days[before],
                    earned=earned,
                    level=question.level,
                ),
            )
        )
    # Revenue is what is asked about here, and stands for nothing else.
    notes = tuple(note for note in found.notes if note.code != "purchases.revenue_as_margin")
    if len(told) < question.most:
        notes = (*notes, Note.of("revenue_retention.too_short", count=len(told), asked=question.most))
    bridge = told[-1].kept.bridge if told else None
    if bridge is not None and bridge.reactivated > _MANY_BACK * bridge.before > 0:
        back = round(100 * bridge.reactivated / bridge.before)
        notes = (*notes, Note.of("revenue_retention.are_back", percent=back))
    return RevenueRetentionAnswer(
        found.currency, tuple(told), notes, Provenance(question, found.version, found.rows_read)
    )


def _period_days(question: RevenueRetentionQuestion, found: Purchases) -> list[int]:
    """Return the days on which whole periods begin, and when the last one ends.

    They end by ``until`` and begin no earlier than the first purchase, before which nothing is known.
    """
    lens = calendar(question.calendar)

    def start(day: int) -> int:
        return int(lens.period_start([day], question.period, week_starts=question.week_starts)[0])

    days, first = [start(to_day(found.until))], int(found.day.min())
    while len(days) < question.most + question.apart + 1 and start(days[-1] - 1) >= first:
        days.append(start(days[-1] - 1))
    return days[::-1]
