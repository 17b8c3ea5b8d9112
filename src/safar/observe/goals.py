"""Goals: in how many sessions and by how many customers they are reached; what is begun and left: carts, checkouts."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import CART_ADDED, CHECKOUT_STARTED, ORDER_PLACED
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, CellRefused
from .own_acts import own_acts
from .series_walk import covered
from .sessions import USUAL_PAUSE
from .steps import StepRule, marked
from .walk import Lived, Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

MOST_GOALS: Final = 20
#: A cart that is not ordered for so long is lost, where nobody says otherwise.
USUAL_WITHIN: Final = timedelta(days=7)
_MICROSECOND: Final = timedelta(microseconds=1)


class GoalsRefused(Refusal, ValueError):
    """The question about goals makes no sense."""

    code = "goals.refused"


@dataclass(frozen=True, slots=True)
class Abandonment:
    """Something that is begun and may be left.

    Parameters
    ----------
    name
        Of what is begun: cart, checkout.
    begins, ends
        The events that begin it and that bring it to its end.
    within
        After the last such beginning of a session an end still counts as later, for so long; then it is lost.

    Raises
    ------
    GoalsRefused
    """

    name: str
    begins: StepRule
    ends: StepRule
    within: timedelta = USUAL_WITHIN

    def __post_init__(self) -> None:
        if not self.name or self.within <= timedelta(0):
            raise GoalsRefused(
                f"{self.name!r} cannot be left for {self.within}.",
                hint="Give it a name and a duration above zero, such as 7d.",
            )


ORDERED: Final = StepRule("order", tuple(sorted(ORDER_PLACED)))
CART: Final = Abandonment("cart", StepRule("cart", tuple(sorted(CART_ADDED))), ORDERED)
CHECKOUT: Final = Abandonment("checkout", StepRule("checkout", tuple(sorted(CHECKOUT_STARTED))), ORDERED)


@dataclass(frozen=True, slots=True)
class GoalsQuestion:
    """How often are goals reached, and what is begun and left?

    Parameters
    ----------
    goals
        The events of each goal, 0 to 20.
    abandonments
        What is begun and may be left; carts and checkouts as a shop knows them.
    window
        Only events in this stretch of time; all of them when None. What is begun in it may end after it.
    pause
        A session ends after so long without an event of the customer's own; what the company does is none.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    GoalsRefused, PauseRefused, ImpossibleLevel
    """

    goals: tuple[StepRule, ...] = (ORDERED,)
    abandonments: tuple[Abandonment, ...] = (CART, CHECKOUT)
    window: Window | None = None
    pause: timedelta = field(default=USUAL_PAUSE, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if len(self.goals) > MOST_GOALS or not (self.goals or self.abandonments):
            raise GoalsRefused(
                f"{len(self.goals)} goals were asked for.",
                hint=f"Ask for 1 to {MOST_GOALS}, or for what is left.",
            )
        for names in ([goal.name for goal in self.goals], [each.name for each in self.abandonments]):
            if len(set(names)) < len(names):
                raise GoalsRefused("Two goals have one name.", hint="Give each its own.")
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class Goal:
    """How often one goal is reached.

    Attributes
    ----------
    name
        As in the question.
    completions, sessions, customers
        How often; in how many sessions and by how many customers at least once.
    session_rate, customer_rate
        Of all sessions and of all customers who did anything, with Wilson's interval; None where there are none.
        Sessions of one customer are not independent of one another: the first is somewhat too narrow.
    """

    name: str
    completions: int
    sessions: int
    customers: int
    session_rate: Estimate | None
    customer_rate: Estimate | None


@dataclass(frozen=True, slots=True)
class Left:
    """What became of sessions in which something was begun.

    Attributes
    ----------
    name
        As in the question.
    begun
        Sessions with at least one beginning; ``customers`` had them.
    completed
        Ended after it in the same session.
    later
        Ended in a later session, in time.
    lost
        Not ended in time.
    undecided
        Not ended yet, and there still is time.
    abandonment_rate
        Of the begun sessions, those not ended in the same session, with Wilson's interval.
    lost_rate
        Of the decided ones, those lost.
    recovery_rate
        Of the decided ones that were not ended in the same session, those ended later.
    """

    name: str
    begun: int
    customers: int
    completed: int
    later: int
    lost: int
    undecided: int
    abandonment_rate: Estimate | None
    lost_rate: Estimate | None
    recovery_rate: Estimate | None


@dataclass(frozen=True, slots=True)
class GoalsAnswer:
    """Goals and what was left, in the order of the question.

    Attributes
    ----------
    sessions, customers
        All of them, with and without goals.
    notes
        ``goals.dependent``: customers have several sessions, intervals of rates over sessions are too narrow;
        ``goals.undecided``: how many begun sessions have not ended and still may.
    """

    goals: tuple[Goal, ...]
    left: tuple[Left, ...]
    sessions: int
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a goal: counts, and both rates with the ends of their intervals."""
        rows = self.goals
        return Table.of(
            {
                **{
                    name: [getattr(row, name) for row in rows]
                    for name in ("name", "completions", "sessions", "customers")
                },
                **estimates("session_rate", [row.session_rate for row in rows]),
                **estimates("customer_rate", [row.customer_rate for row in rows]),
            }
        )

    @property
    def left_table(self) -> Table:
        """One row a thing that is begun: counts, and each rate with the ends of its interval."""
        rows = self.left
        plain = ("name", "begun", "customers", "completed", "later", "lost", "undecided")
        return Table.of(
            {
                **{name: [getattr(row, name) for row in rows] for name in plain},
                **estimates("abandonment_rate", [row.abandonment_rate for row in rows]),
                **estimates("lost_rate", [row.lost_rate for row in rows]),
                **estimates("recovery_rate", [row.recovery_rate for row in rows]),
            }
        )


@dataclass(frozen=True, slots=True)
class GoalCounts:
    """What some shards add.

    Attributes
    ----------
    goals
        Of shape (goals, 3): completions, sessions, customers.
    totals
        Sessions, customers.
    left
        Of shape (abandonments, ABANDON_COUNTS); see `web_kernels`.
    """

    goals: NDArray[np.int64]
    totals: NDArray[np.int64]
    left: NDArray[np.int64]

    def merged(self, other: GoalCounts) -> GoalCounts:
        """Return the counts of both: no person is in two shards."""
        return GoalCounts(self.goals + other.goals, self.totals + other.totals, self.left + other.left)


def goals_of_shard(shard: PathShard, question: GoalsQuestion, known_until: int) -> GoalCounts:
    """Walk one shard; ``known_until`` is the last instant of the log, in microseconds."""
    from .web_kernels import (  # noqa: PLC0415 - compiled code only when needed
        ABANDON_COUNTS,
        CLICK,
        MAIN,
        SEEN,
        walk_abandonment,
        walk_goals,
    )

    shard = question.among.of(shard)
    seen = question.among.seen
    since, until, pause = Walk.bounds(question.window, question.pause)
    found = GoalCounts(
        np.zeros((len(question.goals), 3), np.int64),
        np.zeros(2, np.int64),
        np.zeros((len(question.abandonments), ABANDON_COUNTS), np.int64),
    )
    rules: list[tuple[StepRule | None, int]] = [(own_acts(shard), SEEN)]
    codes, bits = marked(
        shard, [*rules, *((goal, 2 << place) for place, goal in enumerate(question.goals))], seen
    )
    walk_goals(
        shard.first, shard.end, shard.time, codes, bits, since, until, pause, found.goals, found.totals
    )
    for each, counts in zip(question.abandonments, found.left, strict=True):
        codes, bits = marked(shard, [*rules, (each.begins, MAIN), (each.ends, CLICK)], seen)
        within = each.within // _MICROSECOND
        walk_abandonment(
            shard.first, shard.end, shard.time, codes, bits, since, until, pause, within, known_until, counts
        )  # fmt: skip
    return found


def goals(log: Lived, question: GoalsQuestion, *, executor: Executor | None = None) -> GoalsAnswer:
    """Answer how often goals are reached, and what became of what was begun.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Goals, what is begun, when.
    executor
        What walks the shards side by side; one after another when None.

    Notes
    -----
    Abandonment takes whole sessions: one counts where its first beginning lies in the window, and what came after the
    window tells whether it was lost.
    """
    from .web_kernels import ABANDON_COUNTS  # noqa: PLC0415 - compiled code only when needed

    paths = log.paths()
    known = (covered(paths.shards) or (0, 0))[1]
    none = GoalCounts(
        np.zeros((len(question.goals), 3), np.int64),
        np.zeros(2, np.int64),
        np.zeros((len(question.abandonments), ABANDON_COUNTS), np.int64),
    )
    work = partial(goals_of_shard, question=question, known_until=known)
    found = reduce(GoalCounts.merged, mapped(executor, work, paths.shards), none)
    sessions, customers = found.totals.tolist()
    reached = zip(question.goals, found.goals.tolist(), strict=True)
    left = tuple(
        _left(each.name, counts, question.level)
        for each, counts in zip(question.abandonments, found.left.tolist(), strict=True)
    )
    return GoalsAnswer(
        tuple(
            Goal(
                rule.name,
                times,
                within,
                people,
                share(within, sessions, level=question.level),
                share(people, customers, level=question.level),
            )
            for rule, (times, within, people) in reached
        ),
        left,
        sessions,
        customers,
        (
            *((Note.of("goals.dependent"),) if sessions > customers else ()),
            *notes_with_facts([("goals.undecided", sum(each.undecided for each in left))]),
        ),
        Provenance(question, paths.version, sum(len(shard.time) for shard in paths.shards)),
    )


#: What customers stand behind of what is begun, and where `walk_abandonment` counts it.
_BEHIND: Final = {"begun": 0, "completed": 1, "later": 2, "lost": 3, "undecided": 4}


def adds_to_goal(paths: Paths, question: GoalsQuestion, cell: Cell) -> Adds:
    """Return whether persons reach a ``goal`` (its name), or are behind a number of what is ``left`` (its name):
    ``number``: ``begun``, ``completed``, ``later``, ``lost`` or ``undecided``.

    Raises
    ------
    CellRefused
    """
    known = (covered(paths.shards) or (0, 0))[1]
    goal_names = [goal.name for goal in question.goals]
    left_names = [each.name for each in question.abandonments]
    number = _BEHIND.get(str(cell.get("number")))
    if cell.get("goal") in goal_names:
        place = goal_names.index(str(cell["goal"]))
        return lambda shard: bool(goals_of_shard(shard, question, known).goals[place, 0])
    if cell.get("left") in left_names and number is not None:
        place = left_names.index(str(cell["left"]))
        return lambda shard: bool(goals_of_shard(shard, question, known).left[place, number])
    raise CellRefused("The answer has no such number.", hint="Open the number again from its page.")


def _left(name: str, counts: list[int], level: float) -> Left:
    begun, completed, later, lost, undecided, customers, _ = counts
    return Left(
        name,
        begun,
        customers,
        completed,
        later,
        lost,
        undecided,
        abandonment_rate=share(begun - completed, begun, level=level),
        lost_rate=share(lost, completed + later + lost, level=level),
        recovery_rate=share(later, later + lost, level=level),
    )
