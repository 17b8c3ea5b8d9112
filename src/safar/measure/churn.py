"""Churn of customers who never say that they leave: who is about to stay away, for which reasons, and what it costs.

For customers with a contract, whose leaving is seen, draw survival curves: `safar.measure.lifetimes`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile

from . import churn_model, mbgnbd
from .churn_features import MORE_IS_WORSE, Known, known_at, lives
from .churn_model import ChurnRefused, Learner, most_of
from .churn_risks import RISKS_BY, Risks, usual_values
from .churn_scores import ChurnScores
from .ordered import PurchasesQuestion, purchases
from .purchases import NothingBought, Purchases
from .repeat_counts import Floats, HistoriesRefused
from .repeat_fit import NobodyBoughtTwice
from .repeat_models import spend_of

if TYPE_CHECKING:
    from safar.store.log import Log

Method = Literal["classifier", "p_alive"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
Order = Literal["expected_loss", "risk"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
#: Below this a feature is no reason, in log-odds.
_A_REASON: Final = 0.1
_MOST_REASONS: Final = 3
_YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class ChurnQuestion:
    """Which customers are about to stay away?

    Parameters
    ----------
    horizon_days
        Whoever orders nothing in so many days has churned.
    active_days
        Asked about are customers whose last order was within so many days: those who left long ago are not at risk any
        more.
    method
        ``classifier``: learnt from what customers did before days of the past and whether they came back after them,
        calibrated on later days. ``p_alive``: the chance that a customer has left for good by the MBG/NBD model, from
        times of purchases alone; for short histories.
    learner
        Of the classifier: ``logistic`` or ``boosting``.
    learning_cuts
        From so many days of the past it learns, each a horizon before the next; fewer where the log is too short.
    order
        Which customers come first: the dearest to lose (``expected_loss``), or the likeliest (``risk``).
    most
        So many customers are listed.
    currency
        ISO 4217 code of what they are worth; the one with the most orders when None. Who pays in another has no loss.
    margin_share
        The share of net revenue that is margin, for orders that do not tell their own.
    level
        Confidence level of the intervals.

    Raises
    ------
    ChurnRefused, ImpossibleLevel, UnknownCurrency, OrdersRefused
    """

    horizon_days: int = 90
    active_days: int = 365
    method: Method = "classifier"
    learner: Learner = "logistic"
    learning_cuts: int = 3
    order: Order = "expected_loss"
    most: int = 100
    currency: str | None = None
    margin_share: float = 1.0
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        PurchasesQuestion(currency=self.currency, margin_share=self.margin_share)
        wrong = {
            "horizon_days": not 1 <= self.horizon_days <= 3_650,
            "active_days": not 1 <= self.active_days <= 36_500,
            "learning_cuts": not 1 <= self.learning_cuts <= 24,
            "most": not 1 <= self.most <= 100_000,
            "method": self.method not in METHODS,
            "learner": self.learner not in churn_model.LEARNERS,
            "order": self.order not in ORDERS,
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise ChurnRefused(
                    f"{name} cannot be {getattr(self, name)!r}.",
                    hint=f"Days and counts are 1 or more; methods are {', '.join(METHODS)}, learners"
                    f" {', '.join(churn_model.LEARNERS)}, orders {', '.join(ORDERS)}.",
                )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a customer is at risk.

    Attributes
    ----------
    feature
        One of `churn_features.FEATURES`.
    value
        The customer's: days, counts, or a multiple of the usual time between orders (``overdue``).
    usual
        The median of customers asked about.
    raises
        By how much it raises the risk beside the usual, in log-odds.
    """

    feature: str
    value: float
    usual: float
    raises: float


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A customer at risk.

    Attributes
    ----------
    customer_id
        Who.
    risk
        The probability of ordering nothing within the horizon (classifier), or of having left for good (P(alive)).
    reasons
        What raises it most, largest first, of what is worse than usual; none where nothing stands out.
    days_since_order, orders
        When the last order was, and how many there were.
    year_value
        Margin to expect of the customer in the next year if he stays, in whole units of the currency; None where not
        known.
    expected_loss
        ``risk × year_value``.
    """

    customer_id: str
    risk: float
    reasons: tuple[Reason, ...]
    days_since_order: float
    orders: int
    year_value: float | None
    expected_loss: float | None


@dataclass(frozen=True, slots=True)
class ChurnAnswer:
    """Who is at risk.

    Attributes
    ----------
    customers
        How many were asked about.
    expected_churn
        The mean of their risks: the share to expect to stay away. Its interval holds what chance does to so many
        customers, and how sure the level is of risks that were set right on as many as there were then.
    at_risk
        Those listed.
    total_loss
        Expected loss of all customers asked about, in whole units of ``currency``; None where nothing is known.
    report
        How good the same procedure was a horizon ago, whose end is known; None for P(alive) or too short a log.
    notes
        ``churn.no_report``: the log is too short to judge the forecast. ``churn.few_cuts``: fewer days of the past than
        asked for. ``churn.other_currency``: so many customers pay in other currencies and have no loss. Those of
        the purchases.
    """

    customers: int
    expected_churn: Estimate | None
    at_risk: tuple[AtRisk, ...]
    currency: str | None
    total_loss: float | None
    report: ChurnScores | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def customer_table(self) -> Table:
        """One row a customer: reasons by name, largest first; for those who may see single customers."""
        return Table.of(
            {
                "customer_id": [each.customer_id for each in self.at_risk],
                "risk": [each.risk for each in self.at_risk],
                "reasons": [[reason.feature for reason in each.reasons] for each in self.at_risk],
                "days_since_order": [each.days_since_order for each in self.at_risk],
                "orders": [each.orders for each in self.at_risk],
                "currency": [self.currency or ""] * len(self.at_risk),
                "year_value": [each.year_value for each in self.at_risk],
                "expected_loss": [each.expected_loss for each in self.at_risk],
            }
        )

    @property
    def table(self) -> Table:
        """One row: how many, what share is expected to stay away, what that costs, how good the forecast was."""
        report = self.report
        return Table.of(
            {
                "customers": [self.customers],
                **estimates("expected_churn", [self.expected_churn]),
                "currency": [self.currency or ""],
                "total_loss": [self.total_loss],
                **estimates("auc", [report.auc if report else None]),
                **estimates("brier", [report.brier if report else None]),
                **estimates("lift", [report.lift if report else None]),
                **estimates("churned", [report.churned if report else None]),
            }
        )


def churn(log: Log, question: ChurnQuestion) -> ChurnAnswer:
    """Answer which customers are about to stay away, for which reasons, and what that costs.

    Raises
    ------
    ChurnRefused
        The log is too short to learn from: ask with ``p_alive``.
    NothingBought
        Nobody ordered.

    Notes
    -----
    With H for the horizon: the model of today learns from the days 2H, 3H, … ago, and is calibrated on the day H ago,
    since whose customers came back is known up to now. The report is of the same done a horizon earlier and judged on
    customers of the day H ago. A reason is an association: what raises the risk need not cause it.
    """
    lived = lives(log)
    if not len(lived.person):
        raise NothingBought("Nobody ordered.", hint="Import orders first.")
    worth = _worth(log, question)
    now = known_at(lived, lived.until, active_days=question.active_days)
    found = RISKS_BY[question.method](lived, now, question)
    persons = lived.person[now.place]
    value = np.full(len(persons), np.nan)
    if worth is not None:
        value = _of_persons(persons, worth.bought.customers, worth.by_year)
    loss = found.risk * value
    first = np.argsort(
        -np.nan_to_num(loss, nan=-1.0) if question.order == "expected_loss" else -found.risk, kind="stable"
    )[: question.most]
    known = ~np.isnan(loss)
    others = int((~known).sum()) if worth is not None and worth.bought.currency else 0
    notes = [*found.notes, *(worth.bought.notes if worth is not None else ())]
    if others:
        notes.append(Note.of("churn.other_currency", count=others))
    return ChurnAnswer(
        len(persons),
        expected_share(found.risk, found.set_right_on, level=question.level),
        _listed(
            log,
            persons[first],
            now.of(first),
            found,
            risk=found.risk[first],
            value=value[first],
            usual=usual_values(now),
        ),
        worth.bought.currency if worth is not None else None,
        float(loss[known].sum()) if known.any() else None,
        found.report,
        tuple(notes),
        Provenance(question, lived.version, lived.rows),
    )


def expected_share(risk: Floats, set_right_on: int, *, level: float) -> Estimate | None:
    """Return the share of customers that will stay away; None of nobody.

    .. math:: Var = \\frac{\\sum p_i (1 - p_i)}{n^2} + \\frac{\\bar p (1 - \\bar p)}{m}

    Parameters
    ----------
    risk
        Of each of n customers.
    set_right_on
        m: of how many customers the level of risks is known. That the times change is in no interval.

    Examples
    --------
    >>> found = expected_share(np.full(100, 0.5), 100, level=0.95)
    >>> round(found.interval.low, 3), found.value
    (0.361, 0.5)
    """
    if not len(risk):
        return None
    share = float(risk.mean())
    spread = float((risk * (1 - risk)).sum()) / len(risk) ** 2 + share * (1 - share) / max(set_right_on, 1)
    half = normal_quantile(level) * math.sqrt(spread)
    return Estimate(share, Interval(max(share - half, 0.0), min(share + half, 1.0), level), len(risk))


@dataclass(frozen=True, eq=False)
class _Worth:
    """What customers bring in a year if they stay."""

    bought: Purchases
    by_year: Floats


def _worth(log: Log, question: ChurnQuestion) -> _Worth | None:
    """Return what customers bring in a year if they stay; None where it cannot be said."""
    try:
        bought = purchases(
            log, PurchasesQuestion(currency=question.currency, margin_share=question.margin_share)
        )
        fitted = mbgnbd.fit_counts(bought.counts)
    except (NothingBought, NobodyBoughtTwice, HistoriesRefused):
        return None
    spend = spend_of(bought)
    if spend is None:
        return None
    alive = np.maximum(fitted.p_alive_by_history(), 1e-9)
    to_come = fitted.expected_by_history(float(_YEAR_DAYS)) / alive
    return _Worth(bought, bought.counts.spread(to_come) * spend.by_customer)


def _of_persons(persons: NDArray[np.uint64], known: NDArray[np.uint64], values: Floats) -> Floats:
    """Return the values of persons, not a number where they have none; ``known`` ascends."""
    place = np.minimum(np.searchsorted(known, persons), len(known) - 1)
    return np.where(known[place] == persons, values[place], np.nan)


def _listed(
    log: Log,
    persons: NDArray[np.uint64],
    some: Known,
    found: Risks,
    *,
    risk: Floats,
    value: Floats,
    usual: Mapping[str, float],
) -> tuple[AtRisk, ...]:
    """Return these customers, without those erased meanwhile."""
    raises = {
        name: np.where(_is_worse(name, some, usual), by, 0.0) for name, by in found.raises(some).items()
    }
    ids = dict(zip(persons.tolist(), log.ids_of(persons), strict=False))
    if len(ids) < len(persons):  # somebody was erased meanwhile: ask one by one who is left
        ids = {
            person: each for person in persons.tolist() for each in log.ids_of(np.array([person], np.uint64))
        }
    listed = []
    for spot, (person, reasons) in enumerate(
        zip(persons.tolist(), most_of(raises, _MOST_REASONS), strict=True)
    ):
        if person not in ids:
            continue
        worth = None if np.isnan(value[spot]) else float(value[spot])
        listed.append(
            AtRisk(
                ids[person],
                float(risk[spot]),
                tuple(
                    Reason(name, float(some.values[name][spot]), usual[name], by)
                    for name, by in reasons
                    if by >= _A_REASON
                ),
                float(some.values["days_since_order"][spot]),
                int(some.values["orders"][spot]),
                worth,
                None if worth is None else float(risk[spot]) * worth,
            )
        )
    return tuple(listed)


def _is_worse(name: str, some: Known, usual: Mapping[str, float]) -> NDArray[np.bool_]:
    """Return of which customers a feature is worse than usual: what is better is no reason, whatever it raises."""
    beyond = some.values[name] - usual.get(name, np.nan)
    found: NDArray[np.bool_] = beyond > 0 if name in MORE_IS_WORSE else beyond < 0
    return found
