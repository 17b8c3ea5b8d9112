"""Cost to serve: what conversations cost, by channel, by reason and by customer: as they tell it themselves, or by
rates that a member types in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, mean, normal_quantile
from safar.vocabulary.money import EXPONENTS, Money, exponent
from safar.vocabulary.window import Window

from .conversations import ANSWERED, Conversations, conversations, told_costs

if TYPE_CHECKING:
    from safar.store.log import Log


#: Logarithm of how far the ends of an interval are from its mean at most: of two conversations and a high level.
_WIDEST: Final = 25.0


class CostsRefused(Refusal, ValueError):
    """The rates are none, or in several currencies."""

    code = "service.costs_refused"


@dataclass(frozen=True, slots=True)
class Rate:
    """What a conversation in one channel costs.

    Parameters
    ----------
    channel
        Of conversations; ``""`` for all that have no rate of their own.
    conversation
        For each one, whatever is said in it.
    message
        For each answer of a person in it, on top.
    """

    channel: str
    conversation: Money
    message: Money


@dataclass(frozen=True, slots=True)
class CostQuestion:
    """What does it cost to serve customers?

    Parameters
    ----------
    rates
        One for each channel, all in one currency. What conversations say themselves that they cost when empty: a number
        ``cost`` in whole units of ``currency``, on any of their events.
    window
        Conversations that began in this stretch of time; all of them when None.
    currency
        ISO 4217 code of what conversations say; the one that most say when None. That of the rates where there are any.
    most
        So many of the customers who cost most are listed.
    level
        Confidence level of the intervals.

    Raises
    ------
    CostsRefused
    """

    rates: tuple[Rate, ...] = ()
    window: Window | None = None
    currency: str | None = None
    most: int = 100
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        if self.currency is not None:
            exponent(self.currency)
        if not self.rates:
            return
        amounts = [amount for rate in self.rates for amount in (rate.conversation, rate.message)]
        currencies = {amount.currency for amount in amounts}
        if self.currency is not None:
            currencies.add(self.currency)
        if len(currencies) != 1 or any(amount.minor < 0 for amount in amounts):
            raise CostsRefused(
                f"The rates are in {', '.join(sorted(currencies))}, or below nothing.",
                hint="Give all of them in one currency, none below 0.",
            )


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What one channel costs.

    Attributes
    ----------
    label
        The channel; empty for all.
    conversations, customers
        How many.
    total
        All of it.
    by_conversation, by_customer
        Means in whole units of the currency, with Student's interval on the logarithm; None below two.
    """

    label: str
    conversations: int
    customers: int
    total: Money
    by_conversation: Estimate | None
    by_customer: Estimate | None


@dataclass(frozen=True, eq=False)
class CostAnswer:
    """What serving costs.

    Attributes
    ----------
    currency
        ISO 4217 code of all amounts; None where no conversation says what it cost.
    channels, reasons
        All together first, then each channel, each topic, the dearest first. Means by customer are over those who were
        served.
    customers, costs
        Each customer who was served, and what it cost in whole units of the currency (``float64``): to be taken off
        what the customer is worth.
    dearest
        Ids of those who cost most, with their conversations and costs.
    """

    currency: str | None
    channels: tuple[ChannelCost, ...]
    reasons: tuple[ChannelCost, ...]
    customers: NDArray[Any]
    costs: NDArray[np.float64]
    conversations: NDArray[np.int64]
    notes: tuple[Note, ...]
    provenance: Provenance
    dearest: tuple[tuple[str, int, float], ...] = ()

    @property
    def table(self) -> Table:
        """One row a channel; whole units of the currency."""
        return _table("channel", self.channels)

    @property
    def reason_table(self) -> Table:
        """One row a topic."""
        return _table("topic", self.reasons)

    @property
    def customer_table(self) -> Table:
        """One row for each of the customers who cost most."""
        return Table.of(
            {
                "customer_id": [customer for customer, _, _ in self.dearest],
                "conversations": [count for _, count, _ in self.dearest],
                "currency": [self.currency for _ in self.dearest],
                "cost": [cost for _, _, cost in self.dearest],
            }
        )


def _table(name: str, parts: tuple[ChannelCost, ...]) -> Table:
    return Table.of(
        {
            name: [each.label for each in parts],
            "conversations": [each.conversations for each in parts],
            "customers": [each.customers for each in parts],
            "currency": [each.total.currency for each in parts],
            "total": [float(each.total.decimal) for each in parts],
            **estimates("by_conversation", [each.by_conversation for each in parts]),
            **estimates("by_customer", [each.by_customer for each in parts]),
        }
    )


def cost_to_serve(log: Log, question: CostQuestion) -> CostAnswer:
    """Answer what it costs to serve the customers of a log.

    Returns
    -------
    CostAnswer
        Notes count conversations in channels without a rate, which cost nothing here (``service.no_rate``); without
        rates, those that do not say what they cost (``service.no_cost``) or say it in another currency
        (``service.other_currency``), which are left out.
    """
    found = conversations(log)
    inside = np.ones(len(found), np.bool_)
    if question.window is not None:
        begun = found.begun_at
        inside = (begun >= question.window.start_us) & (begun < question.window.end_us)
    if question.rates:
        answer = cost_of(found.those(inside), question)
    else:
        cost, currency = told_costs(log)
        answer = costs_told(found, cost, currency, question, inside=inside)
    order = np.argsort(-answer.costs, kind="stable")[: question.most]
    ids = log.ids_of(answer.customers[order]) if len(order) else []
    listed = zip(ids, answer.conversations[order].tolist(), answer.costs[order].tolist(), strict=False)
    return replace(answer, dearest=tuple(listed))


def costs_told(
    found: Conversations,
    cost: NDArray[np.float64],
    currency: NDArray[np.str_],
    question: CostQuestion,
    *,
    inside: NDArray[np.bool_] | None = None,
) -> CostAnswer:
    """Answer the same of conversations that say themselves what they cost.

    Parameters
    ----------
    cost, currency
        Of each conversation, in whole units; NaN where it does not say.
    inside
        Which of them are asked about; all when None.
    """
    chosen = np.ones(len(found), np.bool_) if inside is None else inside
    says = chosen & np.isfinite(cost) & np.isin(currency, sorted(EXPONENTS))
    known, counts = np.unique(currency[says], return_counts=True)
    usual = question.currency or (str(known[np.argmax(counts)]) if len(known) else None)
    mine = says & (currency == (usual or ""))
    notes = notes_with_facts(
        [
            ("service.no_cost", int((chosen & ~says).sum()) if len(known) else 0),
            ("service.other_currency", int((says & ~mine).sum())),
        ]
    )
    scale = 10 ** EXPONENTS[usual] if usual else 1
    minor = np.rint(cost[mine] * scale).astype(np.int64)
    return _answer(found.those(mine), minor, usual, question, notes)


def cost_of(found: Conversations, question: CostQuestion) -> CostAnswer:
    """Answer the same of conversations from any source, by rates."""
    rates: Mapping[str, Rate] = {rate.channel: rate for rate in question.rates}
    known, codes = np.unique(found.channel, return_inverse=True)
    chosen = [rates.get(channel, rates.get("")) for channel in known.tolist()]
    fixed = np.array([0 if rate is None else rate.conversation.minor for rate in chosen] or [0], np.int64)
    each = np.array([0 if rate is None else rate.message.minor for rate in chosen] or [0], np.int64)
    of = np.repeat(np.arange(len(found)), np.diff(found.starts))
    answers = np.bincount(of[found.kind == ANSWERED], minlength=len(found))
    minor = (fixed[codes] + each[codes] * answers) if len(found) else np.zeros(0, np.int64)
    free = sum(int((codes == place).sum()) for place, rate in enumerate(chosen) if rate is None)
    currency = question.rates[0].conversation.currency
    return _answer(found, minor, currency, question, notes_with_facts([("service.no_rate", free)]))


def _answer(
    found: Conversations,
    minor: NDArray[np.int64],
    currency: str | None,
    question: CostQuestion,
    notes: tuple[Note, ...],
) -> CostAnswer:
    """Return the answer from what each conversation cost, in minor units."""
    origin = Provenance(question, found.version, len(found.time))
    customers, whose = np.unique(found.customer, return_inverse=True)
    if currency is None:
        nothing = np.zeros(0)
        return CostAnswer(None, (), (), customers, nothing, nothing.astype(np.int64), notes, origin)
    scale = 10 ** EXPONENTS[currency]

    def told(label: str, mask: NDArray[np.bool_]) -> ChannelCost:
        costs = (minor[mask] / scale).astype(np.float64)
        by_customer = np.bincount(whose[mask], costs, len(customers)).astype(np.float64)
        by_customer = by_customer[np.bincount(whose[mask], minlength=len(customers)) > 0]
        return ChannelCost(
            label,
            int(mask.sum()),
            len(by_customer),
            Money(int(minor[mask].sum()), currency),
            _mean(costs, question.level),
            _mean(by_customer, question.level),
        )

    def parts(labels: NDArray[np.str_]) -> tuple[ChannelCost, ...]:
        each = [told(label, labels == label) for label in np.unique(labels).tolist()]
        each.sort(key=lambda part: (-part.total.minor, part.label))
        return (told("", np.ones(len(found), np.bool_)), *each)

    return CostAnswer(
        currency,
        parts(found.channel),
        parts(found.topic),
        customers,
        np.bincount(whose, minor / scale, len(customers)).astype(np.float64),
        np.bincount(whose, minlength=len(customers)).astype(np.int64),
        notes,
        origin,
    )


def _mean(values: NDArray[np.float64], level: float) -> Estimate | None:
    """Return a mean of costs; its interval is Student's on the logarithm, by the delta method, and stays above 0.

    It covers better than the plain one, since a few dear conversations carry the mean: 93 against 90 of 100 at ten
    exponential costs, 91 against 81 where seven of ten cost nothing.
    """
    plain = mean(math.fsum(values), math.fsum(values * values), len(values), level=level)
    if plain is None or plain.value <= 0 or values.min() < 0:  # what is paid back has no logarithm
        return plain
    grows = math.exp(min((plain.interval.high - plain.value) / plain.value, _WIDEST))
    return replace(plain, interval=Interval(plain.value / grows, plain.value * grows, level))


def rate(channel: str, conversation: Decimal | str, message: Decimal | str, currency: str) -> Rate:
    """Return a rate from amounts in whole units of the currency.

    Raises
    ------
    NotAnAmount, UnknownCurrency
    """
    return Rate(channel, Money.of(conversation, currency), Money.of(message, currency))
