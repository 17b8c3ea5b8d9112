"""A look at simulated events from outside: counts and rates as an analyst would read them from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.event import Coded, EventColumns
from safar.vocabulary.lifecycle import (
    CART_ADDED,
    ORDER_DELIVERED,
    ORDER_PLACED,
    PRODUCT_VIEWED,
    SEARCHED,
    SURVEY_ANSWERED,
    SURVEY_SENT,
    VISITED,
)
from safar.vocabulary.time_zone import DAY_US

_ONLINE: Final = ("web", "app")
_GAP_US: Final = 30 * 60_000_000
_RECENT_US: Final = 28 * DAY_US


class _Properties(msgspec.Struct):
    """The properties that the summary reads; all others are passed over."""

    late_days: int = 0
    survey: str = ""
    question_key: str = ""
    value: float = -1
    scale_max: int = 0
    verbatim: str = ""
    language: str = ""
    invitation_id: str = ""
    result_count: int = -1


@dataclass
class Summary:
    """Figures of simulated events.

    Attributes
    ----------
    events
        By event name.
    ids
        Distinct ids that events came under, anonymous ones included.
    visits, online_orders
        Visits to site and app (30 minutes of rest end a visit), and orders placed there.
    amounts
        By currency: amount of each order, minor units.
    delivered, late, recent_delivered, recent_late
        Counts; recent is the last 28 days before the last event.
    searches, searches_without_result
        Counts.
    sent, answered
        By survey: invitations, and those that were answered.
    answers
        By question with a scale: count of each value.
    comments
        By language: distinct comments.
    orders_by_month
        By month of the Gregorian calendar in UTC, ``2026-11``.
    """

    events: Counter[str] = field(default_factory=Counter)
    ids: int = 0
    visits: int = 0
    online_orders: int = 0
    amounts: dict[str, list[int]] = field(default_factory=dict)
    delivered: int = 0
    late: int = 0
    recent_delivered: int = 0
    recent_late: int = 0
    searches: int = 0
    searches_without_result: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Counter[int]] = field(default_factory=dict)
    comments: dict[str, set[str]] = field(default_factory=dict)
    orders_by_month: Counter[str] = field(default_factory=Counter)

    @property
    def conversion(self) -> float:
        """Orders online for each visit."""
        return self.online_orders / self.visits

    @property
    def response_rate(self) -> float:
        """Invitations answered, of all sent."""
        return self.answered.total() / self.sent.total()

    @property
    def nps(self) -> float:
        """Promoters less detractors, in points."""
        values = self.answers["nps"]
        promoters, detractors = values[9] + values[10], sum(values[each] for each in range(7))
        return 100.0 * (promoters - detractors) / values.total()

    def top_two_share(self, question_key: str) -> float:
        """Return the share of answers in the two highest boxes."""
        values = self.answers[question_key]
        highest = 5 if question_key.startswith("csat") else 7
        return (values[highest] + values[highest - 1]) / values.total()

    def lines(self) -> list[str]:
        """Return the figures for people to read, a line each."""
        figures = [
            f"{self.events.total():,} events under {self.ids:,} ids",
            f"{self.visits:,} visits, {self.events['order_placed']:,} orders, conversion {self.conversion:.2%}",
            f"late {self.late / self.delivered:.1%}",
            f"late in the last 28 days {self.recent_late / max(self.recent_delivered, 1):.1%}",
            f"searches without result {self.searches_without_result / self.searches:.1%}",
            f"response {self.response_rate:.1%}, NPS {self.nps:.1f}",
        ]
        figures += [f"{key} top two {self.top_two_share(key):.1%}" for key in self.answers if key != "nps"]
        figures += [
            f"{currency} {len(amounts):,} orders, median {np.median(amounts):,.0f} minor units"
            for currency, amounts in sorted(self.amounts.items())
        ]
        figures += [
            f"{language} {len(texts):,} distinct comments" for language, texts in self.comments.items()
        ]
        return figures


def summarise(batches: Iterable[EventColumns]) -> Summary:
    """Return the figures of batches as `safar.demo.company.simulate` makes them."""
    summary = Summary()
    for batch in batches:
        _count(summary, batch)
    return summary


def _count(summary: Summary, batch: EventColumns) -> None:
    names, channel = _coded(batch.event_name), _coded(batch.channel)
    person, properties = _coded(batch.customer_id), _coded(batch.properties)
    currency = _coded(batch.currency)
    counts = np.bincount(names.codes, minlength=len(names.values))
    summary.events.update(
        {name: int(count) for name, count in zip(names.values, counts, strict=True) if count}
    )
    summary.ids += len(np.unique(person.codes))

    online = _among(channel, _ONLINE)
    acts = online & _among(names, VISITED | SEARCHED | PRODUCT_VIEWED | CART_ADDED)
    who, at = person.codes[acts], batch.occurred_at[acts]
    summary.visits += 1 + int(((np.diff(who) != 0) | (np.diff(at) > _GAP_US)).sum())
    orders = np.flatnonzero(_among(names, ORDER_PLACED))
    summary.online_orders += int(online[orders].sum())
    for row in orders.tolist():
        summary.amounts.setdefault(currency.values[currency.codes[row]], []).append(int(batch.amount[row]))
    months = np.datetime_as_string(batch.occurred_at[orders].view("datetime64[us]"), unit="M")
    summary.orders_by_month.update(months.tolist())

    def read(wanted: frozenset[str]) -> Iterable[tuple[int, _Properties]]:
        for row in np.flatnonzero(_among(names, wanted)).tolist():
            text = properties.values[properties.codes[row]]
            yield row, msgspec.json.decode(text, type=_Properties)

    recent = int(batch.occurred_at.max()) - _RECENT_US
    for row, told in read(ORDER_DELIVERED):
        summary.delivered += 1
        summary.late += told.late_days > 0
        summary.recent_delivered += bool(batch.occurred_at[row] > recent)
        summary.recent_late += bool(batch.occurred_at[row] > recent and told.late_days > 0)
    for _, told in read(SEARCHED):
        summary.searches += 1
        summary.searches_without_result += told.result_count == 0
    summary.sent.update(told.survey for _, told in read(SURVEY_SENT))
    answered = set()
    for _, told in read(SURVEY_ANSWERED):
        answered.add((told.survey, told.invitation_id))
        if told.scale_max:
            summary.answers.setdefault(told.question_key, Counter())[int(told.value)] += 1
        if told.verbatim:
            summary.comments.setdefault(told.language, set()).add(told.verbatim)
    summary.answered.update(survey for survey, _ in answered)


def _coded(column: object) -> Coded:
    """Return a column that the simulation always makes coded."""
    assert isinstance(column, Coded)
    return column


def _among(column: Coded, wanted: Iterable[str] | Mapping[str, object]) -> NDArray[np.bool_]:
    chosen = frozenset(wanted)
    return np.array([value in chosen for value in column.values])[column.codes]
