"""Drafts of personas: groups of customers who live alike, argued for, each with a definition that people can read.

What customers do is counted (`safar.observe.habits`), clustered, and the number of groups argued for by how far apart
the groups lie, how stable they are, and what the same numbers give when nobody's habits belong together. A persona is a
segment with a story, so each group is then described by a rule on what its customers did.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.observe.among import EVERYBODY, Among, Segment
from safar.observe.habits import Habits, HabitsQuestion, habits
from safar.observe.steps import StepRule
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, share
from safar.vocabulary.window import Window

from .clusters import Considered, clustered
from .definitions import defined_by

if TYPE_CHECKING:
    from safar.observe.walk import Lived

#: Fewer customers show no groups that would be there again among others.
FEWEST: Final = 100
#: So many things that set a group apart are told.
_MOST_APART: Final = 6
_FEWEST_RULES: Final = 2


class DraftsRefused(Refusal, ValueError):
    """Groups cannot be looked for like this."""

    code = "personas.drafts_refused"


@dataclass(frozen=True, slots=True)
class DraftsQuestion:
    """Which groups of customers live alike?

    Parameters
    ----------
    rules
        What of their lives counts: 2 to 60 rules. A rule may be an event, a channel, an answer.
    window
        Only what happened in this stretch of time; everything, when None.
    most_groups
        2 to 12.
    groups
        Take this number of groups, argued for or not; the best one when None.
    sample
        Customers that are looked at, where there are more.
    among
        Among whom to look, such as those who ordered.
    level
        Confidence level of the intervals.
    seed
        Of what is drawn by chance; the same question of the same log has the same answer.

    Raises
    ------
    DraftsRefused
    """

    rules: tuple[StepRule, ...]
    window: Window | None = None
    most_groups: int = field(default=8, kw_only=True)
    groups: int | None = field(default=None, kw_only=True)
    sample: int = field(default=5_000, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if len(self.rules) < _FEWEST_RULES:
            raise DraftsRefused(
                "Groups are looked for by at least two habits.", hint="Choose two events or more."
            )
        if not 2 <= (self.groups or 2) <= self.most_groups <= 12:
            raise DraftsRefused(
                f"{self.groups or 'Some'} of at most {self.most_groups} groups were asked for.",
                hint="Ask for 2 to 12 groups.",
            )
        HabitsQuestion(self.rules, self.window, most=self.sample, among=self.among)


@dataclass(frozen=True, slots=True)
class Apart:
    """One habit that sets a group apart.

    Attributes
    ----------
    name
        Of the rule.
    here, elsewhere
        How often a customer does it, on average, in the group and outside.
    effect
        The difference of the logarithms (of one more than the count) in standard deviations of all customers: from 0.8
        on it is called large (J. Cohen, 1988).
    """

    name: str
    here: float
    elsewhere: float
    effect: float


@dataclass(frozen=True, slots=True)
class Draft:
    """One group.

    Attributes
    ----------
    share
        Of the customers it was looked for among.
    apart
        What sets it apart, the most telling habit first.
    segment
        A definition by at most three things that were done or not done.
    precision
        Of those the definition takes, the share that is of the group.
    recall
        Of the group, the share that the definition takes.
    """

    share: Estimate
    apart: tuple[Apart, ...]
    segment: Segment
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class DraftsAnswer:
    """The groups, the largest first; none where none are told apart.

    Attributes
    ----------
    drafts
        See `Draft`.
    considered
        Every number of groups that was tried, and how it did.
    chosen
        The number of groups; 1 where there are no groups.
    looked_at, customers
        How many customers were looked at, of how many.
    notes
        ``personas.few`` (too few customers), ``personas.no_groups``, ``personas.sampled``, ``personas.rough`` (a
        definition that meets its group badly), ``personas.unstable`` (the number of groups that was asked for does not
        stand).
    """

    drafts: tuple[Draft, ...]
    considered: tuple[Considered, ...]
    chosen: int
    looked_at: int
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a group and habit: ``group``, ``share``, ``habit``, ``here``, ``elsewhere``, ``effect``."""
        rows = [
            (place, draft.share.value, each)
            for place, draft in enumerate(self.drafts)
            for each in draft.apart
        ]
        return Table.of(
            {
                "group": [place + 1 for place, _, _ in rows],
                "share": [value for _, value, _ in rows],
                "habit": [each.name for _, _, each in rows],
                "here": [each.here for _, _, each in rows],
                "elsewhere": [each.elsewhere for _, _, each in rows],
                "effect": [each.effect for _, _, each in rows],
            }
        )


def drafts(lived: Lived, question: DraftsQuestion, *, executor: Executor | None = None) -> DraftsAnswer:
    """Answer which groups of customers live alike, and whether there are any.

    See `safar.act.clusters.clustered` for the method and `safar.act.definitions.defined_by` for the definitions.

    Parameters
    ----------
    lived
        Whose paths.
    question
        Habits, time, among whom.
    executor
        Counts shards side by side.
    """
    counted = habits(
        lived,
        HabitsQuestion(question.rules, question.window, most=question.sample, among=question.among),
        executor=executor,
    )
    looked_at = len(counted.person)
    notes = [Note.of("personas.sampled", count=looked_at, of=counted.customers)]
    notes = notes if looked_at < counted.customers else []
    if looked_at < FEWEST:
        few = Note.of("personas.few", count=looked_at, least=FEWEST)
        return _answer(question, counted, (), (), [few])
    found = clustered(
        np.log1p(counted.counts),
        most_groups=question.most_groups,
        wanted=question.groups,
        seed=question.seed,
    )
    if found.groups is None:
        return _answer(question, counted, (), found.considered, [*notes, Note.of("personas.no_groups")])
    made = [_draft(question, counted, found.groups == group) for group in range(int(found.groups.max()) + 1)]
    if any(each.groups == len(made) and not each.stands for each in found.considered):
        notes.append(Note.of("personas.unstable", count=len(made)))
    made.sort(key=lambda draft: -draft.share.value)
    rough = sum(min(draft.precision, draft.recall) < 0.5 for draft in made)
    notes += [Note.of("personas.rough", count=rough)] if rough else []
    return _answer(question, counted, tuple(made), found.considered, notes)


def _answer(
    question: DraftsQuestion,
    counted: Habits,
    made: tuple[Draft, ...],
    considered: tuple[Considered, ...],
    notes: list[Note],
) -> DraftsAnswer:
    return DraftsAnswer(
        made,
        considered,
        len(made) or 1,
        len(counted.person),
        counted.customers,
        tuple(notes),
        Provenance(question, counted.provenance.log_version, counted.provenance.rows_read),
    )


def _draft(question: DraftsQuestion, counted: Habits, inside: NDArray[np.bool_]) -> Draft:
    definition = defined_by(question.rules, counted.counts, inside, window=question.window)
    of_all = share(int(inside.sum()), len(inside), level=question.level)
    assert of_all is not None  # somebody was looked at
    return Draft(
        of_all,
        _apart(counted, inside),
        definition.segment,
        definition.precision,
        definition.recall,
    )


def _apart(counted: Habits, inside: NDArray[np.bool_]) -> tuple[Apart, ...]:
    logarithms = np.log1p(counted.counts)
    spread = logarithms.std(axis=0)
    difference = logarithms[inside].mean(axis=0) - logarithms[~inside].mean(axis=0)
    effects = np.divide(difference, spread, out=np.zeros_like(difference), where=spread > 0)
    order = np.argsort(-np.abs(effects), kind="stable")[:_MOST_APART]
    return tuple(
        Apart(
            counted.names[place],
            float(counted.counts[inside, place].mean()),
            float(counted.counts[~inside, place].mean()),
            float(effects[place]),
        )
        for place in order.tolist()
        if effects[place]
    )
