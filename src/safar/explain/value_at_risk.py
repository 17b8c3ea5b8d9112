"""Value at risk: what a bad experience at a step costs, and what it would bring to halve it.

People exposed, times the difference in retained value between those with the bad experience and others who were alike
before it. It is an association, told as one, unless an experiment or a staggered change supports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from safar.measure.purchases import YEAR_DAYS
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.money import Money
from safar.vocabulary.progress import tell

from . import doubly_robust
from .columns import ColumnsRefused, Floats
from .doubly_robust import Adjusted
from .learners import Learner
from .occasions import ExperienceRefused
from .step_experience import StepExperienceAnswer, StepExperienceQuestion, step_experience

if TYPE_CHECKING:
    from safar.store.log import Log

#: What the number may be called.
Evidence = Literal["association", "experiment", "staggered"]

_SHOWN_SHARE: Final = 0.05
_DAY_US: Final = 86_400_000_000
#: Days below which a pace is not carried on for a year.
_SHORTEST_SPAN: Final = 28.0


@dataclass(frozen=True, slots=True)
class Support:
    """What makes an effect of an association.

    Parameters
    ----------
    evidence
        ``experiment``: the experience was given or spared by chance; ``staggered``: it was changed at some places or
        times before others, and the difference in differences agrees.
    name
        Of the experiment or the change.
    experience
        Which experience it supports; all that are asked about where empty.
    """

    evidence: Literal["experiment", "staggered"]
    name: str
    experience: str = ""


@dataclass(frozen=True, slots=True)
class MoneyEstimate:
    """An amount from a sample, with the ends of its interval, in one currency.

    Attributes
    ----------
    value, low, high
        Whole minor units.
    level
        Confidence level.
    n
        Observations behind it.
    """

    value: Money
    low: Money
    high: Money
    level: float
    n: int

    @classmethod
    def of(cls, estimate: Estimate, currency: str, *, times: float = 1.0) -> MoneyEstimate:
        """Return an estimate in whole units of a currency as money, so many times; turned round where that is below
        0."""
        ends = sorted([estimate.interval.low * times, estimate.interval.high * times])
        value, low, high = (_money(each, currency) for each in (estimate.value * times, *ends))
        return cls(value, low, high, estimate.interval.level, estimate.n)


@dataclass(frozen=True, slots=True)
class ValueAtRiskQuestion:
    """What do bad experiences at a step cost?

    Parameters
    ----------
    at
        The step, its experiences, what was known before, the horizon.
    only
        Names of the experiences that are asked about; all of them when empty.
    support
        What makes an effect of it, or of one of them; an association when None.
    learner
        As of `doubly_robust.fit`.
    level
        Confidence level.
    seed
        Of folds and trees.

    Raises
    ------
    ImpossibleLevel, ExperienceRefused
    """

    at: StepExperienceQuestion
    only: tuple[str, ...] = ()
    support: Support | None = field(default=None, kw_only=True)
    learner: Learner = field(default="best", kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        names = [each.name for each in self.at.experiences]
        supported = (self.support.experience,) if self.support and self.support.experience else ()
        for name in (*self.only, *supported):
            if name not in names:
                raise ExperienceRefused(
                    f"There is no experience {name!r} at {self.at.step.name!r}.",
                    hint=f"There are {', '.join(names)}.",
                )


@dataclass(frozen=True, slots=True)
class ValueAtRisk:
    """What one bad experience costs.

    Attributes
    ----------
    experience
        Its name.
    occasions, exposed
        Occasions of which it is known whether they had it, and those that had it: of all of the window.
    customers, exposed_customers
        Whose they are.
    lost_each
        What one such experience takes away within the horizon: the retained value without it less that with it.
        Positive is a loss; its interval is of what these very customers lost.
    at_risk
        The same times ``exposed``. Its interval is that of the difference; how many were exposed is counted.
    to_halve
        What it would bring to spare half of them it: half of ``at_risk``.
    value
        The difference in value behind it, in whole units of the currency, with the plain difference beside it.
    returned
        The difference in the probability of another order within the horizon.
    evidence
        ``association``, or what supports it; ``supported_by`` names it.
    currency
        ISO 4217 code.
    notes
        Those of the difference (`doubly_robust.Adjusted`); ``value_at_risk.association`` where nothing supports it;
        ``value_at_risk.not_followed``: how many exposed occasions are too recent to be followed, and are taken to lose
        as much as the others; ``value_at_risk.unclear``: the interval holds 0; ``value_at_risk.fragile``: something
        hidden that explains less than 5 % of both sides could make it 0.
    """

    experience: str
    occasions: int
    exposed: int
    customers: int
    exposed_customers: int
    lost_each: MoneyEstimate
    at_risk: MoneyEstimate
    to_halve: MoneyEstimate
    value: Adjusted
    returned: Adjusted
    evidence: Evidence
    supported_by: str
    currency: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ValueAtRiskAnswer:
    """What bad experiences cost: first those that surely cost something, the most expensive first.

    Attributes
    ----------
    risks
        One for each experience that enough people had and did not have.
    horizon_days
        How long afterwards value is counted.
    span_days
        From the first occasion to the last: over so long those exposed are counted.
    notes
        Those of the occasions (`step_experience.StepExperienceAnswer`); ``value_at_risk.too_few`` for each experience
        that cannot be judged: ``experience`` and ``count``, the customers on the smaller side;
        ``value_at_risk.association`` once where nothing supports some of them.
    """

    risks: tuple[ValueAtRisk, ...]
    horizon_days: float
    span_days: float
    notes: tuple[Note, ...]
    provenance: Provenance

    def __getitem__(self, experience: str) -> ValueAtRisk:
        for each in self.risks:
            if each.experience == experience:
                return each
        raise ExperienceRefused(
            f"The experience {experience!r} was not judged.",
            hint=f"There are {', '.join(each.experience for each in self.risks) or 'none'}.",
        )

    def halved_in_a_year(self, experience: str) -> MoneyEstimate:
        """Return what it would bring in a year to spare half of them an experience, at the pace of the whole span."""
        found, times = self[experience].to_halve, YEAR_DAYS / max(self.span_days, _SHORTEST_SPAN)
        value, low, high = (
            _money(float(each.decimal) * times, each.currency)
            for each in (found.value, found.low, found.high)
        )
        return replace(found, value=value, low=low, high=high)

    @property
    def table(self) -> Table:
        """One row an experience; money in whole units of the currency: ``halved_in_a_year`` of a year, all else of the
        whole span."""
        columns: dict[str, list[Any]] = {
            "experience": [each.experience for each in self.risks],
            "occasions": [each.occasions for each in self.risks],
            "exposed": [each.exposed for each in self.risks],
            "exposed_customers": [each.exposed_customers for each in self.risks],
            "currency": [each.currency for each in self.risks],
        }
        amounts = {
            name: [getattr(each, name) for each in self.risks]
            for name in ("lost_each", "at_risk", "to_halve")
        }
        amounts["halved_in_a_year"] = [self.halved_in_a_year(each.experience) for each in self.risks]
        for name, found in amounts.items():
            columns[name] = [float(each.value.decimal) for each in found]
            columns[f"{name}_low"] = [float(each.low.decimal) for each in found]
            columns[f"{name}_high"] = [float(each.high.decimal) for each in found]
        columns["naive_each"] = [-each.value.naive.value for each in self.risks]
        columns["returned"] = [each.returned.effect.value for each in self.risks]
        for name in ("robustness_value", "robustness_value_of_interval"):
            columns[name] = [getattr(each.value.sensitivity, name) for each in self.risks]
        columns["evidence"] = [each.evidence for each in self.risks]
        return Table.of(columns)


def value_at_risk(
    log: Log, question: ValueAtRiskQuestion, *, executor: Executor | None = None
) -> ValueAtRiskAnswer:
    """Answer what bad experiences cost, adjusted for what was known before them.

    Parameters
    ----------
    log
        Whose events.
    question
        The step, which experiences.
    executor
        What walks the shards side by side.

    Returns
    -------
    ValueAtRiskAnswer
        Risks in the order of what they cost.

    Raises
    ------
    TooFewRows, NothingBought, NoSuchScore, MixedScales
        As of `step_experience.step_experience`.

    Notes
    -----
    See `doubly_robust.fit` for the estimate and what it assumes. Beside that: the exposed of the whole window lose what
    those who could be followed for the horizon lost, and halving the experience spares an average half of them.
    """
    table = step_experience(log, question.at, executor=executor)
    names = question.only or tuple(table.had)
    risks: list[ValueAtRisk] = []
    notes = list(table.notes)
    for place, name in enumerate(names):
        tell(place, len(names))
        smaller = fewer_side(table, name)
        if smaller < doubly_robust.FEWEST:
            notes.append(Note.of("value_at_risk.too_few", experience=name, count=smaller))
        else:
            risks.append(risk_of(table, name, question))
    if any(each.evidence == "association" for each in risks):
        notes.append(Note.of("value_at_risk.association"))
    return ValueAtRiskAnswer(
        ranked(risks),
        table.horizon.total_seconds() / 86_400,
        float(np.ptp(table.at)) / _DAY_US,
        tuple(notes),
        Provenance(question, table.provenance.log_version, table.provenance.rows_read),
    )


def ranked(risks: Iterable[ValueAtRisk]) -> tuple[ValueAtRisk, ...]:
    """Return risks, first those that surely cost something, the most expensive first among these and the others."""
    return tuple(
        sorted(
            risks,
            key=lambda each: (each.at_risk.low.minor <= 0, -each.at_risk.value.decimal, each.experience),
        )
    )


def fewer_side(table: StepExperienceAnswer, experience: str) -> int:
    """Return how many customers with, or without, an experience could be followed: the smaller number."""
    had = np.where(table.followed, table.had[experience], np.nan)
    return min(len(np.unique(table.person[had == side])) for side in (1, 0))


def risk_of(table: StepExperienceAnswer, experience: str, question: ValueAtRiskQuestion) -> ValueAtRisk:
    """Return what an experience costs, of occasions that are there already; see `value_at_risk`.

    Raises
    ------
    TooFewRows, ExperienceRefused
    """
    return risk(
        table.value,
        table.had[experience],
        table.known_for(experience),
        customers=table.person,
        returned=table.returned,
        experience=experience,
        currency=table.currency or "",
        support=_support_of(question.support, experience),
        learner=question.learner,
        level=question.level,
        seed=question.seed,
    )


def risk(
    value: Floats,
    exposed: Floats,
    known: Mapping[str, NDArray[Any] | Sequence[Any]],
    *,
    currency: str,
    customers: NDArray[Any] | None = None,
    returned: Floats | None = None,
    experience: str = "",
    support: Support | None = None,
    learner: Learner = "best",
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> ValueAtRisk:
    """Return what a bad experience costs, from plain columns of one row an occasion.

    Parameters
    ----------
    value
        What the customer brought afterwards, within one horizon, in whole units; NaN where that is not known yet.
    exposed
        1 where it was a bad experience, 0 where not, NaN where that is not known.
    known
        What was known before; see `doubly_robust.fit`.
    currency
        ISO 4217 code of ``value``.
    customers
        Whose each occasion is.
    returned
        Whether the customer came back, 1 or 0; whether ``value`` is above 0 when None.
    experience, support, learner, level, seed
        As of `ValueAtRiskQuestion`.

    Raises
    ------
    TooFewRows, ColumnsRefused, UnknownCurrency
    """
    worth, had = np.asarray(value, np.float64), np.asarray(exposed, np.float64)
    if worth.shape != had.shape or worth.ndim != 1:
        raise ColumnsRefused(
            f"Values of shape {worth.shape} do not go with experiences of shape {had.shape}.",
            hint="Give one of each for every occasion.",
        )
    who = np.arange(len(worth)) if customers is None else customers
    came_back = np.where(np.isnan(worth), np.nan, worth > 0) if returned is None else returned
    money, back = doubly_robust.fit_each(
        (worth, came_back), had, known, customers=who, learner=learner, level=level, seed=seed
    )
    exposures = int((had == 1).sum())
    notes = list(money.notes)
    if support is None:
        notes.append(Note.of("value_at_risk.association"))
    recent = int(((had == 1) & np.isnan(worth)).sum())
    if recent:
        notes.append(Note.of("value_at_risk.not_followed", count=recent, of=exposures))
    if 0 in money.effect.interval:
        notes.append(Note.of("value_at_risk.unclear"))
    elif money.sensitivity.robustness_value_of_interval < _SHOWN_SHARE:
        notes.append(Note.of("value_at_risk.fragile"))
    return ValueAtRisk(
        experience,
        int((~np.isnan(had)).sum()),
        exposures,
        len(np.unique(who[~np.isnan(had)])),
        len(np.unique(who[had == 1])),
        MoneyEstimate.of(money.effect, currency, times=-1),
        MoneyEstimate.of(money.effect, currency, times=-exposures),
        MoneyEstimate.of(money.effect, currency, times=-exposures / 2),
        money,
        back,
        support.evidence if support else "association",
        support.name if support else "",
        currency,
        tuple(notes),
    )


def _support_of(support: Support | None, experience: str) -> Support | None:
    return support if support is not None and support.experience in {"", experience} else None


def _money(amount: float, currency: str) -> Money:
    return Money.of(Decimal(repr(float(amount))), currency, rounding=ROUND_HALF_EVEN)
