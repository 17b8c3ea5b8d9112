"""An experiment in the log: who was shown which arm is an event, and what it moved are events that came after.

The first time a customer is shown an arm is his assignment. What he does from then on, for as long as asked, is his
outcome; what he did in the time before takes noise out of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.money import exponent
from safar.vocabulary.window import Window

from .assignment import checked_shares
from .experiment import ExperimentResult, experiment
from .logged_rows import DAY_US, Outcomes, Seen
from .planned_looks import PlannedLooks, looks_table
from .refusals import ColumnsDoNotFit, ImpossiblePlan, TooFewCustomers
from .sequential import tuning

if TYPE_CHECKING:
    from safar.store.log import Log

#: What of a customer's events after the assignment is counted.
Counted = Literal["any", "how_many", "amount", "amount_by_event"]


@dataclass(frozen=True, slots=True)
class LoggedMetric:
    """What customers do after they were shown an arm.

    Parameters
    ----------
    name
        What it is called.
    event_names
        Events that count, one or more.
    counted
        ``any``: the share of customers with such an event. ``how_many``: events by customer. ``amount``: the sum of
        their amounts by customer. ``amount_by_event``: the sum of amounts over the number of events.
    """

    name: str
    event_names: tuple[str, ...]
    counted: Counted = "any"

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.event_names:
            raise ColumnsDoNotFit("A metric has no name or no event.", hint="Give both.")


@dataclass(frozen=True, slots=True)
class ArmShare:
    """The part of customers that an arm was to get.

    Parameters
    ----------
    arm
        Its name.
    share
        0…1; those of all arms together are 1.
    """

    arm: str
    share: float


@dataclass(frozen=True, slots=True)
class ExperimentQuestion:
    """What did an experiment bring?

    Parameters
    ----------
    name
        Of the experiment, as its events say it; the one that was shown most where it is empty.
    control
        The arm the others are compared with; where it is empty, the one that sorts first.
    metrics
        What it was to move; the share of those who order where none is given.
    primary
        The metric that decides; all are judged together where it is empty.
    shares
        What each arm was to get; equal shares where none is given.
    window
        When customers were shown arms; all time when None.
    within_days
        For how long after it they are watched; to the end of the log when None. Who was not watched so long is left
        out.
    before_days
        How long before it is looked at to take noise out; 0 for not at all.
    currency
        Of amounts: ISO 4217 code; that of the most events when None.
    event_names
        Events that show an arm; ``experiment_viewed`` and the Segment spec's where none is given.
    name_property, arm_property
        Properties that say the experiment and the arm; empty for the usual ones: ``experiment``, ``experiment_name``,
        ``experiment_id`` and ``variation``, ``variation_name``, ``variation_id``, ``variant``, ``arm``.
    expected_n
        Customers of an arm and the control together at which always-valid intervals are narrowest. They hold at every
        look because this is the same at every look, however many customers there are by then.
    looks
        Planned before the start; None where one reads once, at the end. The primary metric decides, or the first one
        where none is named.
    level
        Of all intervals.

    Raises
    ------
    ColumnsDoNotFit, ImpossiblePlan, ImpossibleLevel, UnknownCurrency
    """

    name: str = ""
    control: str = ""
    metrics: tuple[LoggedMetric, ...] = ()
    primary: str = ""
    shares: tuple[ArmShare, ...] = ()
    window: Window | None = field(default=None, kw_only=True)
    within_days: float | None = field(default=None, kw_only=True)
    before_days: float = field(default=28.0, kw_only=True)
    currency: str | None = field(default=None, kw_only=True)
    event_names: tuple[str, ...] = field(default=(), kw_only=True)
    name_property: str = field(default="", kw_only=True)
    arm_property: str = field(default="", kw_only=True)
    expected_n: int = field(default=5_000, kw_only=True)
    looks: PlannedLooks | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        tuning(self.expected_n, level=self.level)
        if self.currency is not None:
            exponent(self.currency)
        if self.shares:
            checked_shares({each.arm: each.share for each in self.shares})
        if self.before_days < 0 or (self.within_days is not None and self.within_days <= 0):
            raise ImpossiblePlan(
                "Customers cannot be watched for no time, or looked back at for less than none.",
                hint="Give days above 0.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class ExperimentAnswer:
    """What an experiment brought.

    Attributes
    ----------
    name
        Of the experiment.
    currency
        Of amounts, which are in whole units; None where none is counted.
    result
        Arms, the check of the assignment, and every metric of every arm.
    others
        Names of other experiments in the log.
    deciding
        The metric that decides whether the experiment may end at a planned look.
    notes
        Those of `ExperimentResult`, and ``experiment.in_two_arms``: so many customers were shown more than one arm and
        are left out; ``experiment.not_over``: so many were shown one too late to be watched long enough, and are left
        out; ``experiment.other_currency``: so many events in other currencies count without their amounts;
        ``experiment.unequal_watch``: looks were planned and customers are watched for different times, those who came
        first the longest: bounds hold where all are watched for the same.
    shown_over_days
        From the first customer who was shown an arm to the last one: with their number, the pace at which they come.
    """

    name: str
    currency: str | None
    result: ExperimentResult
    others: tuple[str, ...]
    deciding: str
    notes: tuple[Note, ...]
    provenance: Provenance
    shown_over_days: float = 0.0

    @property
    def table(self) -> Table:
        """A row for each metric of each arm: both values, the difference with interval, and the verdict.

        Where looks were planned, ``at_look`` is the difference with the interval that holds at this one.
        """
        rows = self.result.results
        at_look = estimates("at_look", [each.estimate for each in rows]) if rows[0].look else {}
        return Table.of(
            {
                "metric": [each.metric for each in rows],
                "arm": [each.arm for each in rows],
                "kind": [each.kind for each in rows],
                "customers": [each.treated.n for each in rows],
                **estimates("value", [each.treated for each in rows]),
                **estimates("control", [each.control for each in rows]),
                **estimates("effect", [each.best.absolute for each in rows]),
                **estimates("relative", [each.best.relative for each in rows]),
                **estimates("always_valid", [each.always_valid.absolute for each in rows]),
                **at_look,
                "p_value": [each.p_value for each in rows],
                "is_clear": [each.is_clear for each in rows],
                "variance_ratio": [each.variance_ratio for each in rows],
                "detectable": [each.detectable for each in rows],
            }
        )

    @property
    def looks(self) -> Table:
        """A row for each look of each arm at the metric that decides; see `looks_table`. Empty without a plan."""
        rows = [each for each in self.result.results if each.metric == self.deciding]
        return Table.of(looks_table([(each.arm, each.look) for each in rows if each.look]))

    @property
    def arms(self) -> Table:
        """A row for each arm: customers, and how many the plan gave it."""
        checked = self.result.sample_ratio
        return Table.of(
            {
                "arm": list(checked.counts),
                "customers": list(checked.counts.values()),
                "planned": [checked.expected[name] for name in checked.counts],
            }
        )


def logged_experiment(log: Log, question: ExperimentQuestion) -> ExperimentAnswer:
    """Answer what an experiment brought, from the events of a log.

    Parameters
    ----------
    log
        Where the events are.
    question
        Which experiment, what it was to move, how long customers are watched.

    Raises
    ------
    UnknownExperiment
        The log shows none, or none of that name.
    ColumnsDoNotFit
        There is no such arm, or it is the only one.
    TooFewCustomers
        An arm has fewer than two customers.

    Assumes that the event that shows an arm does so for every customer who was to get it, whether or not he would have
    done something: where only those are told who clicked, arms are not alike. The check of the assignment finds many
    such faults.
    """
    seen = Seen.of(log, question)
    notes = [
        ("experiment.unequal_watch", int(question.looks is not None and question.within_days is None)),
        ("experiment.in_two_arms", seen.in_two),
        ("experiment.not_over", seen.not_over),
    ]
    metrics = question.metrics or (LoggedMetric("order_placed", tuple(sorted(ORDER_PLACED))),)
    after = Outcomes(log, seen, question, metrics)
    notes.append(("experiment.other_currency", after.in_other_currencies))
    if not seen.arm:
        raise TooFewCustomers(
            "Nobody who was shown one arm has been watched long enough.",
            hint="Watch for a shorter time, or wait.",
        )
    deciding = question.primary or (metrics[0].name if question.looks else "")
    found = experiment(
        seen.arm,
        [after.metric(metric) for metric in metrics],
        control=question.control or min(seen.arm),
        shares={each.arm: each.share for each in question.shares} or None,
        primary=deciding or None,
        expected_n=question.expected_n,
        looks=question.looks,
        level=question.level,
    )
    return ExperimentAnswer(
        seen.name,
        after.currency,
        found,
        seen.others,
        deciding or metrics[0].name,
        (*found.notes, *notes_with_facts(notes)),
        Provenance(question, after.version, seen.rows_read + after.rows_read),
        float(np.ptp(seen.since)) / DAY_US,
    )
