"""What each next best action brings, how often it was chosen, and what the policy learnt from that would have brought.

Chances were written down as they were used, so who got what was drawn by lot with known chances: what is said here of
an action is an effect, not an association, as far as rules left a choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile, student_quantile
from safar.vocabulary.window import Window

from .action_rules import Action
from .decided_outcomes import FEATURES, Counted, Decided, Outcome, decided
from .decisions import NOTHING, ImpossibleDecision
from .next_best_action import EPSILON, ActionModel, Policy
from .off_policy import OffPolicy, off_policy

if TYPE_CHECKING:
    from safar.store.log import Log

Floats = NDArray[np.float64]
#: Fewer decisions than these say nothing of an action.
_FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class NextBestActionQuestion:
    """What does each action bring, and would the policy that was learnt have done better than what was done?

    Parameters
    ----------
    event_names
        Events that count as an outcome; orders where none is named.
    within_days
        For so many days after the decision.
    counted
        ``any``, ``how_many`` or ``amount``: see `Outcome`.
    currency
        Of amounts; that of the most events when None.
    epsilon
        The chance that the learnt policy shares evenly among what is allowed.
    window
        When it was decided; at any time when None.
    level
        Of intervals.

    Raises
    ------
    ImpossibleDecision, ImpossibleLevel, UnknownCurrency
    """

    event_names: tuple[str, ...] = ()
    within_days: float = 7.0
    counted: Counted = "any"
    currency: str | None = None
    epsilon: float = field(default=EPSILON, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        if not 0 < self.epsilon <= 1:
            raise ImpossibleDecision(
                f"An epsilon of {self.epsilon} leaves nothing to learn from.",
                hint="Give a number above 0, up to 1.",
            )
        Outcome(self.event_names, self.within_days, self.counted, self.currency)

    @property
    def outcome(self) -> Outcome:
        """What counts."""
        return Outcome(self.event_names, self.within_days, self.counted, self.currency)


@dataclass(frozen=True, slots=True)
class ActionValue:
    """What one action brought.

    Attributes
    ----------
    action
        Its name.
    chosen, allowed
        Decisions for it, and decisions in which it was allowed.
    chance
        Its mean chance where it was allowed.
    brought
        The mean outcome if it were always done where it is allowed; below ten decisions its interval has no ends.
    over_nothing
        How much more that is than doing nothing brings, among those for whom both were allowed; None for `NOTHING`,
        and where too few decisions were made for one of the two.
    """

    action: str
    chosen: int
    allowed: int
    chance: float
    brought: Estimate
    over_nothing: Estimate | None

    @property
    def is_clear(self) -> bool:
        """Whether it clearly brings more, or less, than doing nothing."""
        more = self.over_nothing
        return more is not None and (more.interval.low > 0 or more.interval.high < 0)


@dataclass(frozen=True, slots=True, eq=False)
class NextBestActionAnswer:
    """What actions bring.

    Attributes
    ----------
    actions
        By what each brings, most first.
    off_policy
        What the learnt policy would have brought by decision, and what was had.
    decisions, customers
        How many decisions count, and of how many customers.
    currency
        Of outcomes that are amounts.
    notes
        Those of `OffPolicy`, and ``next_best_action.waiting``: so many decisions are too young to count;
        ``next_best_action.unreadable``: so many events tell no chances.
    """

    actions: tuple[ActionValue, ...]
    off_policy: OffPolicy
    decisions: int
    customers: int
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """A row for each action: how often, with which chance, and what it brings."""
        rows = self.actions
        unknown = Estimate(math.nan, Interval(-math.inf, math.inf, DEFAULT_LEVEL), 0)
        return Table.of(
            {
                "action": [each.action for each in rows],
                "chosen": [each.chosen for each in rows],
                "allowed": [each.allowed for each in rows],
                "chance": [each.chance for each in rows],
                **estimates("brought", [each.brought for each in rows]),
                **estimates("over_nothing", [each.over_nothing or unknown for each in rows]),
                "is_clear": [each.is_clear for each in rows],
            }
        )

    @property
    def policies(self) -> Table:
        """What was had by decision, and what the learnt policy would have brought by each estimate."""
        found = self.off_policy
        named = [("logged", found.logged), ("ips", found.ips), ("snips", found.snips)]
        named += [("dr", found.dr)] if found.dr is not None else []
        named += [("gain", found.gain)]
        return Table.of(
            {
                "estimate": [name for name, _ in named],
                **estimates("value", [value for _, value in named]),
                "effective_n": [found.effective_n] * len(named),
            }
        )


def next_best_action(log: Log, question: NextBestActionQuestion) -> NextBestActionAnswer:
    """Answer what each action brings, and what the policy learnt from it would have brought.

    The policy that is judged was learnt from other customers' decisions: customers are parted into two halves, and
    each half is judged by what the other one taught.

    Raises
    ------
    NothingDecided
    """
    found = decided(log, question.outcome, question.window)
    judged = judge(found, epsilon=question.epsilon, level=question.level)
    return NextBestActionAnswer(
        tuple(action_values(found, level=question.level)),
        judged,
        len(found),
        len(np.unique(found.person)),
        found.currency,
        (
            *judged.notes,
            *notes_with_facts(
                [
                    ("next_best_action.waiting", found.waiting),
                    ("next_best_action.unreadable", found.unreadable),
                ]
            ),
        ),
        Provenance(question, found.version, found.rows_read),
    )


def learnt_policy(found: Decided, actions: list[Action], *, epsilon: float = EPSILON) -> Policy:
    """Return the policy that has seen what decisions brought; actions that there are no more are passed over."""
    policy = Policy.new(actions, len(FEATURES), epsilon=epsilon)
    names = np.array(found.actions, object)[found.chosen]
    known = np.isin(names, np.array(list(policy.models), object))
    return policy.learnt(names[known].tolist(), found.features[known], found.outcomes[known])


def judge(found: Decided, *, epsilon: float = EPSILON, level: float = DEFAULT_LEVEL) -> OffPolicy:
    """Return what always doing what promises most, but for a share ``epsilon``, would have brought.

    Raises
    ------
    ImpossibleDecision
    """
    half = (found.person & np.uint64(1)).astype(np.bool_)
    expected = np.zeros_like(found.chances)
    for mine in (half, ~half):
        for place in range(len(found.actions)):
            taught = ~mine & (found.chosen == place)
            model = ActionModel.empty(found.features.shape[1]).seen(
                found.features[taught], found.outcomes[taught]
            )
            expected[mine, place] = model.expected(found.features[mine])
    return off_policy(
        found.chosen,
        found.chances,
        greedy(expected, found.chances > 0, epsilon=epsilon),
        found.outcomes,
        expected=expected,
        customers=found.person.tolist(),
        level=level,
    )


def greedy(expected: Floats, allowed: NDArray[np.bool_], *, epsilon: float) -> Floats:
    """Return the chances of doing what promises most among what is allowed, but for a share shared evenly.

    Examples
    --------
    >>> greedy(np.array([[1.0, 3.0, 2.0]]), np.array([[True, False, True]]), epsilon=0.5).tolist()
    [[0.25, 0.0, 0.75]]
    """
    worth = np.where(allowed, expected, -np.inf)
    best = worth == worth.max(axis=1, keepdims=True)
    chances: Floats = epsilon * allowed / allowed.sum(axis=1, keepdims=True)
    chances += (1 - epsilon) * best / best.sum(axis=1, keepdims=True)
    return chances


def action_values(found: Decided, *, level: float = DEFAULT_LEVEL) -> list[ActionValue]:
    """Return what each action brought, most first.

    A decision counts by one over the chance that it was made with, so that those who were likely to get an action do
    not count for more. The weights are made to sum to one (Hájek).
    """
    nothing = found.actions.index(NOTHING)
    values = []
    for place, action in enumerate(found.actions):
        allowed = found.chances[:, place] > 0
        chosen = int((found.chosen == place).sum())
        if not chosen:
            continue
        own, apart = _always(found, place, allowed)
        over = None
        if place != nothing:
            both = allowed & (found.chances[:, nothing] > 0)
            rows = [int((both & (found.chosen == each)).sum()) for each in (place, nothing)]
            if min(rows) >= _FEWEST:
                one, one_apart = _always(found, place, both)
                none, none_apart = _always(found, nothing, both)
                over = _estimate(one - none, one_apart - none_apart, found.person[both], level)
        brought = _estimate(own, apart, found.person[allowed], level)
        if chosen < _FEWEST:
            # of one decision, or of some that brought the same, the spread is 0 and says nothing
            brought = Estimate(own, Interval(-math.inf, math.inf, level), brought.n)
        chance = float(found.chances[allowed, place].mean())
        values.append(ActionValue(action, chosen, int(allowed.sum()), chance, brought, over))
    return sorted(values, key=lambda each: -each.brought.value)


def _always(found: Decided, place: int, rows: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Return the mean outcome of always doing one action in these rows, and what each row adds to its error."""
    weight = (found.chosen[rows] == place) / found.chances[rows, place]
    total = float(weight.sum())
    value = float(weight @ found.outcomes[rows]) / total
    return value, weight * (found.outcomes[rows] - value) / total


def _estimate(value: float, apart: Floats, person: NDArray[np.uint64], level: float) -> Estimate:
    """Return a value with its interval from the parts of its error; those of one customer go together."""
    _, whose = np.unique(person, return_inverse=True)
    sums = np.bincount(whose, apart)
    count = len(sums)
    if count < 2:
        return Estimate(value, Interval(-math.inf, math.inf, level), len(apart))
    half = student_quantile(level, count - 1) * math.sqrt(count / (count - 1) * float(sums @ sums))
    return Estimate(value, Interval(value - half, value + half, level), len(apart))
