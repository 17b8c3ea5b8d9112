"""The funnel: how many go from one step to the next, what share of them, and how long it takes."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.window import Window

from .steps import StepRule, marked
from .walk import Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

MOST_FUNNEL_STEPS: Final = 30


class FunnelRefused(Refusal, ValueError):
    """The steps or the time of a funnel make no sense."""

    code = "funnel.refused"


class FunnelOrder(Enum):
    """How the steps must follow each other."""

    #: One after the other; anything may happen in between.
    ORDERED = "ordered"
    #: One right after the other; nothing happens in between.
    STRICT = "strict"
    #: Each of them, in whatever order.
    UNORDERED = "unordered"


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """How many go from one step to the next?

    Parameters
    ----------
    steps
        2 to 30, in order; one event may be several of them (``visit`` twice: came back).
    within
        From the first step to the last, at most so long.
    window
        Only events in this stretch of time; all of them when None.
    order
        See `FunnelOrder`.
    first_only
        Count from the first time the first step is done. Otherwise any time may be the one that leads on, and the best
        counts.
    exclusions
        An event of these rules voids what was begun: who does it must begin anew.
    pause
        Each path by itself, ended by so long without an event (a path is then a session); a customer has one path when
        None.
    level
        Confidence level of the intervals.

    Raises
    ------
    FunnelRefused, PauseRefused, ImpossibleLevel
    """

    steps: tuple[StepRule, ...]
    within: timedelta
    window: Window | None = field(default=None, kw_only=True)
    order: FunnelOrder = field(default=FunnelOrder.ORDERED, kw_only=True)
    first_only: bool = field(default=False, kw_only=True)
    exclusions: tuple[StepRule, ...] = field(default=(), kw_only=True)
    pause: timedelta | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        if not 2 <= len(self.steps) <= MOST_FUNNEL_STEPS:
            raise FunnelRefused(
                f"A funnel of {len(self.steps)} step(s) cannot be answered.",
                hint=f"Give 2 to {MOST_FUNNEL_STEPS} steps.",
            )
        if self.within <= timedelta(0):
            raise FunnelRefused(
                f"Nothing happens within {self.within}.", hint="Give a duration above zero, such as 7d."
            )
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step of a funnel.

    Attributes
    ----------
    name
        As in the question.
    count
        Paths that got so far (customers, where the question names no pause). In an unordered funnel: paths that did so
        many of the steps.
    conversion_rate
        Of the paths that did the first step, with Wilson's interval; None where nobody did.
    step_conversion_rate
        Of the paths that did the step before; None for the first step and where nobody did.
    median_from_first, median_from_before
        Time since the first step, and since the one before, of those who got here, when they got here for the first
        time; to the microsecond, interpolated; None for the first step, where nobody got, and ``median_from_before`` of
        an unordered funnel.
    """

    name: str
    count: int
    conversion_rate: Estimate | None
    step_conversion_rate: Estimate | None
    median_from_first: timedelta | None
    median_from_before: timedelta | None


@dataclass(frozen=True, slots=True)
class FunnelAnswer:
    """The steps in order. A later step never has a larger count."""

    steps: tuple[FunnelStep, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class FunnelCounts:
    """What some shards add to a funnel.

    Attributes
    ----------
    reached
        Paths that did at least so many steps.
    level, from_first, from_before
        For each path and each step it reached: the step, and microseconds since the first step and the one before.
    """

    reached: NDArray[np.int64]
    level: NDArray[np.uint8]
    from_first: NDArray[np.int64]
    from_before: NDArray[np.int64]

    def merged(self, other: FunnelCounts) -> FunnelCounts:
        """Return the counts of both: no path is in two shards."""
        return FunnelCounts(
            self.reached + other.reached,
            np.concatenate([self.level, other.level]),
            np.concatenate([self.from_first, other.from_first]),
            np.concatenate([self.from_before, other.from_before]),
        )


def funnel_of_shard(shard: PathShard, question: FunnelQuestion) -> FunnelCounts:
    """Walk the paths of one shard through the funnel."""
    from .funnel_kernels import EXCLUDED, ORDERED, STRICT, UNORDERED, walk_funnel  # noqa: PLC0415 - compiled when needed

    order = {
        FunnelOrder.ORDERED: ORDERED,
        FunnelOrder.STRICT: STRICT,
        FunnelOrder.UNORDERED: UNORDERED,
    }[question.order]
    rules = [(rule, 1 << place) for place, rule in enumerate(question.steps)]
    codes, matches = marked(shard, rules + [(rule, EXCLUDED) for rule in question.exclusions])
    since, until, pause = Walk.bounds(question.window, question.pause)
    within = question.within // timedelta(microseconds=1)
    most = 2 * len(shard.first) + 1_024
    while True:
        level, times = np.empty(most, np.uint8), np.empty((2, most), np.int64)
        reached = np.zeros(len(question.steps), np.int64)
        written = walk_funnel(
            shard.first, shard.end, shard.time, codes, matches, since, until, pause, within, order,
            question.first_only, reached, level, times[0], times[1],
        )  # fmt: skip
        if written <= most:
            return FunnelCounts(
                reached, level[:written].copy(), times[0, :written].copy(), times[1, :written].copy()
            )
        most = written


def funnel(log: Log, question: FunnelQuestion, *, executor: Executor | None = None) -> FunnelAnswer:
    """Answer how many go from one step to the next, what share of them, and how long it takes.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Steps, time, order, exclusions.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    FunnelAnswer
        Both rates for each step.

    Notes
    -----
    Of the chains that a path begins, the one begun last that can still go on is kept at each step: it has the most time
    left, so that no other could get farther. Steps at one instant follow each other in the order of arrival. Two steps
    need two events. Rates take the path as the unit; where one customer has several (``pause``), they are not
    independent and the intervals are too narrow.
    """
    paths = log.paths()
    steps = len(question.steps)
    none = FunnelCounts(
        np.zeros(steps, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64)
    )
    counts = reduce(
        FunnelCounts.merged, mapped(executor, partial(funnel_of_shard, question=question), paths.shards), none
    )
    reached = counts.reached.tolist()
    found = []
    for place, rule in enumerate(question.steps):
        here = counts.level == place
        is_unordered = question.order is FunnelOrder.UNORDERED
        found.append(
            FunnelStep(
                name=rule.name,
                count=reached[place],
                conversion_rate=share(reached[place], reached[0], level=question.level),
                step_conversion_rate=share(reached[place], reached[place - 1], level=question.level)
                if place
                else None,
                median_from_first=_median(counts.from_first[here]),
                median_from_before=None if is_unordered else _median(counts.from_before[here]),
            )
        )
    read = sum(len(shard.time) for shard in paths.shards)
    return FunnelAnswer(tuple(found), Provenance(question, paths.version, read))


def _median(times: NDArray[np.int64]) -> timedelta | None:
    return timedelta(microseconds=round(float(np.median(times)))) if len(times) else None
