"""Referral: how many new customers came through others, who brought whom, and what those are worth.

Behaviour, not intention: a score of recommending says what people mean to do, this says what they did.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.orders import ORDERS
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, difference, mean, normal_quantile, share
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.window import Window

from .ordered import PurchasesQuestion, purchases
from .purchases import NothingBought, Purchases
from .referral_links import Links, Persons, links
from .whole_time import whole_time

if TYPE_CHECKING:
    from safar.store.log import Log

_MICROSECOND: Final = timedelta(microseconds=1)


class ReferralRefused(Refusal, ValueError):
    """The question about referrals makes no sense."""

    code = "referral.refused"


@dataclass(frozen=True, slots=True)
class ReferralQuestion:
    """How many new customers came through others, and what are they worth?

    Parameters
    ----------
    window
        New are customers whose first order lies in this stretch of time; at all times when None.
    within
        For so long after the first order customers are followed: whom they bring, what they spend. Only customers who
        have been followed that long are compared.
    currency
        ISO 4217 code of what they spend; the one with the most orders when None.
    most
        So many of those who brought most are listed.
    level
        Confidence level of the intervals.

    Raises
    ------
    ReferralRefused, ImpossibleLevel, UnknownCurrency
    """

    window: Window | None = None
    within: timedelta = timedelta(days=180)
    currency: str | None = None
    most: int = 20
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        if self.within < timedelta(days=1) or self.most < 1:
            raise ReferralRefused(
                f"Nobody can be followed for {self.within}, or {self.most} be listed.",
                hint="Follow customers for 1d or longer, and list 1 or more.",
            )
        normal_quantile(self.level)
        PurchasesQuestion(currency=self.currency)


@dataclass(frozen=True, slots=True)
class Bringer:
    """One customer who brought others.

    Attributes
    ----------
    customer_id
        Who.
    brought
        Customers who came through him.
    in_chain
        Those, and who came through them, and so on.
    generations
        How long the chain is.
    """

    customer_id: str
    brought: int
    in_chain: int
    generations: int


@dataclass(frozen=True, slots=True)
class ReferralAnswer:
    """What referrals bring.

    Attributes
    ----------
    referral_rate
        Of new customers, the share who came through another, with Wilson's interval; None without new customers.
    k_factor
        New customers that a customer brings within the time, on average over all customers followed that long, with
        Student's interval. Below 1 each customer brings K/(1 − K) others in all, in the long run; see ``multiplier``.
    referrals_made, referred
        Invitations that were told, and customers who came through another, in the window.
    generations
        How many customers came in the first, second, … generation.
    value_referred, value_others, value_difference
        Net revenue of a customer within the time, in whole units of the currency: of those who came through another, of
        the others, and the difference. An association: those with happy friends may differ otherwise.
    bringers
        Those who brought most first.
    """

    referral_rate: Estimate | None
    k_factor: Estimate | None
    referrals_made: int
    referred: int
    generations: tuple[int, ...]
    currency: str | None
    value_referred: Estimate | None
    value_others: Estimate | None
    value_difference: Estimate | None
    bringers: tuple[Bringer, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def multiplier(self) -> float | None:
        """How many customers come for each one who is won otherwise, himself counted; None where K is 1 or more."""
        if self.k_factor is None or self.k_factor.value >= 1:
            return None
        return 1 / (1 - self.k_factor.value)

    @property
    def table(self) -> Table:
        """One row an estimate: ``name``, its value with both ends and ``n``."""
        named = {
            "referral_rate": self.referral_rate,
            "k_factor": self.k_factor,
            "value_referred": self.value_referred,
            "value_others": self.value_others,
            "value_difference": self.value_difference,
        }
        told = {name: each for name, each in named.items() if each is not None}
        return Table.of(
            {
                "name": list(told),
                "value": [each.value for each in told.values()],
                "low": [each.interval.low for each in told.values()],
                "high": [each.interval.high for each in told.values()],
                "n": [each.n for each in told.values()],
            }
        )

    @property
    def customer_table(self) -> Table:
        """``chains``, which name customers: for those who may see single ones."""
        return self.chains

    @property
    def chains(self) -> Table:
        """One row a customer who brought others."""
        return Table.of(
            {
                "customer_id": [each.customer_id for each in self.bringers],
                "brought": [each.brought for each in self.bringers],
                "in_chain": [each.in_chain for each in self.bringers],
                "generations": [each.generations for each in self.bringers],
            }
        )


def referral(log: Log, question: ReferralQuestion) -> ReferralAnswer:
    """Answer how many new customers came through others, and what they are worth.

    Returns
    -------
    ReferralAnswer
        Notes: referrals by a code that nobody told (``referral.unknown_code``), circles left out
        (``referral.circular``), and those of the purchases.
    """
    found = links(log)
    orders = log.rows(ORDERS, whole_time(log))
    placed = orders.where(orders.are(ORDER_PLACED))
    customers, first = np.unique(placed.person, return_index=True)
    bought: Purchases | None
    try:
        bought = purchases(log, PurchasesQuestion(currency=question.currency))
    except NothingBought:
        bought = None
    until = whole_time(log).end_us
    answer = referred(found, customers, placed.time[first], question, bought=bought, until=until)
    top = sorted(found.chains().items(), key=lambda each: (-each[1][1], -each[1][0], each[0]))[
        : question.most
    ]
    bringers: list[Bringer] = []
    for person, (brought, size, depth) in top:
        ids = log.ids_of(np.array([person], np.uint64))  # none of who was erased
        bringers += [Bringer(customer_id, brought, size, depth) for customer_id in ids]
    return replace(
        answer, bringers=tuple(bringers), provenance=Provenance(question, orders.version, len(orders))
    )


def referred(
    found: Links,
    customers: Persons,
    first_at: NDArray[np.int64],
    question: ReferralQuestion,
    *,
    bought: Purchases | None,
    until: int,
) -> ReferralAnswer:
    """Answer the same of links and first orders from any source.

    Parameters
    ----------
    customers, first_at
        Everybody who ever ordered, ascending, and when first, in microseconds UTC.
    bought
        What they spend, with the same keys; None where nothing is known.
    until
        The first instant that was not watched.
    """
    window = question.window
    new = np.ones(len(customers), np.bool_)
    made = len(found.made)
    if window is not None:
        new = (first_at >= window.start_us) & (first_at < window.end_us)
        ends = np.searchsorted(found.made, [window.start_us, window.end_us])
        made = int(ends[1] - ends[0])
    came = np.isin(customers, found.referred)
    span = question.within // _MICROSECOND
    followed = new & (first_at + span <= until)
    generation = found.generation()
    depths = Counter(generation[person] for person in customers[new & came].tolist() if person in generation)
    values = _values(customers, first_at, bought, span)
    worth = [_mean(values[followed & side], question.level) for side in (came, ~came)]
    apart = None if worth[0] is None or worth[1] is None else difference(worth[0], worth[1])
    return ReferralAnswer(
        share(int((new & came).sum()), int(new.sum()), level=question.level),
        _mean(_brought_within(found, customers, first_at, span)[followed], question.level),
        made,
        int((new & came).sum()),
        tuple(depths[depth] for depth in range(1, max(depths, default=0) + 1)),
        None if bought is None else bought.currency,
        worth[0],
        worth[1],
        apart,
        (),
        (
            *notes_with_facts(
                [("referral.unknown_code", found.unknown), ("referral.circular", found.circular)]
            ),
            # what is compared is what customers spend: margins play no part
            *(
                note
                for note in (bought.notes if bought else ())
                if note.code != "purchases.revenue_as_margin"
            ),
        ),
        Provenance(question, "", len(customers)),
    )


def _brought_within(
    found: Links, customers: Persons, first_at: NDArray[np.int64], span: int
) -> NDArray[np.float64]:
    """Return how many customers each brought, whose first order came within the time after his own."""
    counts = np.zeros(len(customers))
    who, by = np.searchsorted(customers, found.person), np.searchsorted(customers, found.by)
    if not len(customers):
        return counts
    who, by = np.minimum(who, len(customers) - 1), np.minimum(by, len(customers) - 1)
    ordered = (customers[who] == found.person) & (customers[by] == found.by)
    who, by = who[ordered], by[ordered]
    later = first_at[who] - first_at[by]
    np.add.at(counts, by[(later >= 0) & (later <= span)], 1.0)
    return counts


def _values(
    customers: Persons, first_at: NDArray[np.int64], bought: Purchases | None, span: int
) -> NDArray[np.float64]:
    """Return the net revenue of each customer within the time after the first order; not a number if it is unknown."""
    values = np.full(len(customers), np.nan)
    if bought is None:
        return values
    place = np.searchsorted(customers, bought.customers)
    since = first_at[place][bought.customer]
    inside = (bought.time >= since) & (bought.time < since + span)
    net = np.nan_to_num(bought.amount - bought.refunded)
    values[place] = np.bincount(bought.customer[inside], net[inside], len(bought.customers))
    return values


def _mean(values: NDArray[np.float64], level: float) -> Estimate | None:
    known = values[~np.isnan(values)]
    return mean(math.fsum(known), math.fsum(known * known), len(known), level=level)
