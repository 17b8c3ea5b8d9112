"""Lifetime value segment by segment: what the customers of each bring, with how sure that is, beside everybody."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.measure.backtest import within
from safar.measure.clv import clv
from safar.measure.clv_answer import CLVAnswer, CLVQuestion, GroupValue, ValueRefused, group_value
from safar.observe.among import Segment
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.progress import tell

if TYPE_CHECKING:
    from safar.store.log import Log

#: Segments that one question names.
MOST_SEGMENTS: Final = 50


@dataclass(frozen=True, slots=True)
class CLVBySegmentQuestion(CLVQuestion):
    """What are the customers of each segment worth?

    Parameters
    ----------
    until, currency, margin_share, time_zone
        Which orders; see `PurchasesQuestion`.
    horizon_days
        How far ahead; a year by default.
    period_days
        Steps of discounting: what is bought within one counts at its end.
    discount_rate
        A year's, of money as it will be then (nominal): 0.1 for 10 %. With inflation it includes it.
    inflation
        A year's. Past amounts are restated in today's prices, and future ones rise.
    model
        One of `MODELS`; the one that did best in back-tests when None.
    less_serving
        Whether what conversations say they cost is taken off.
    level
        Of intervals.
    draws
        How many they are made of.
    seed
        Of the draws: the same question gives the same answer.
    segments
        Who is told apart, by the segment's name; a customer may be in several, and in none. Members are those of the
        log's present, where a segment has no instant of its own.

    Raises
    ------
    ValueRefused, UnknownCurrency, UnknownTimeZone, OrdersRefused
    """

    segments: tuple[Segment, ...] = ()

    def __post_init__(self) -> None:
        CLVQuestion.__post_init__(self)
        names = {segment.name for segment in self.segments}
        if len(names) < len(self.segments) or len(names) > MOST_SEGMENTS:
            raise ValueRefused(
                f"{len(self.segments)} segments go by {len(names)} names.",
                hint=f"Name each segment once, and at most {MOST_SEGMENTS}.",
                name="segments",
            )

    @property
    def of_everybody(self) -> CLVQuestion:
        """The same question of all customers together."""
        return CLVQuestion(**{each.name: getattr(self, each.name) for each in fields(CLVQuestion)})


@dataclass(frozen=True, slots=True, eq=False)
class CLVBySegmentAnswer:
    """What the customers of each segment are worth.

    Attributes
    ----------
    worth
        Of all customers: `clv` says the same.
    segments
        Of each segment its name and what its customers are worth, the most valuable first.
    """

    worth: CLVAnswer
    segments: tuple[tuple[str, GroupValue], ...]
    provenance: Provenance

    @property
    def currency(self) -> str | None:
        """ISO 4217 code; None where orders have none."""
        return self.worth.currency

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is taken for granted."""
        return self.worth.notes

    @property
    def table(self) -> Table:
        """Everybody first, with an empty name, then one row for each segment, the most valuable first."""
        rows = [("", self.worth.total), *self.segments]
        groups = [each for _, each in rows]
        whole = self.worth.total.value.value
        return Table.of(
            {
                "segment": [name for name, _ in rows],
                "customers": [each.customers for each in groups],
                **estimates("value", [each.value for each in groups]),
                "value_share": [each.value.value / whole if whole else None for each in groups],
                **estimates("value_of_customer", [each.mean for each in groups]),
                "expected_purchases": [each.purchases for each in groups],
                "historic": [each.historic for each in groups],
            }
        )


def clv_by_segment(log: Log, question: CLVBySegmentQuestion) -> CLVBySegmentAnswer:
    """Answer what the customers of each segment are worth, with intervals of their own.

    The models are those of all customers: a segment has no fit of its own, so a few members are enough, and what
    segments differ in is how often, how lately and for how much their members bought.

    Raises
    ------
    NothingBought, NobodyBoughtTwice, NoMargins
    """
    worth = clv(log, question.of_everybody, progress=tell)
    persons, shards = np.asarray(worth.customers, np.uint64), log.paths().shards
    found = []
    for place, segment in enumerate(question.segments):
        members = np.flatnonzero(np.isin(persons, segment.persons(shards)))
        drawing = within(tell, 100 * place, 100 * (place + 1), 100 * len(question.segments))
        found.append((segment.name, group_value(worth, members, progress=drawing)))
    found.sort(key=lambda each: -each[1].value.value)
    origin = worth.provenance
    return CLVBySegmentAnswer(worth, tuple(found), Provenance(question, origin.log_version, origin.rows_read))
