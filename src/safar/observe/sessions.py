"""Sessions: stretches of activity between pauses; how many, how long, where they begin and end, who leaves at once."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.window import Window

from .spans import Sought
from .steps import StepRule
from .walk import Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

#: What web analytics has used since its beginnings.
USUAL_PAUSE: Final = timedelta(minutes=30)
_QUANTILES: Final = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class SessionsQuestion:
    """How many sessions are there, how long, and where do they begin and end?

    Parameters
    ----------
    pause
        A session ends after so long without a step; one of exactly this length does not end it.
    steps
        What counts; each event name by itself when empty.
    window
        Only events in this stretch of time; all of them when None. A session across its edge is cut.
    level
        Confidence level of the interval.

    Raises
    ------
    PauseRefused, ImpossibleLevel
    """

    pause: timedelta = USUAL_PAUSE
    steps: tuple[StepRule, ...] = ()
    window: Window | None = None
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class SessionStep:
    """How often sessions begin and end with one step.

    Attributes
    ----------
    name
        Of the step.
    entries, exits
        Sessions that begin with it; that end with it.
    bounces
        Sessions that are nothing else than it, once.
    """

    name: str
    entries: int
    exits: int
    bounces: int


@dataclass(frozen=True, slots=True)
class SessionsAnswer:
    """All sessions together.

    Attributes
    ----------
    sessions, customers, events
        How many; each customer has at least one session.
    bounce_rate
        Sessions of one step, of all sessions, with Wilson's interval; None without sessions. Sessions of one customer
        are not independent of one another: the interval is somewhat too narrow.
    mean_events, mean_length
        Per session; None without sessions.
    median_length, p90_length
        From the first step to the last, exact, interpolated; a session of one step is 0 long, as what came after its
        last step is not known. None without sessions.
    steps
        Most entries first, then by name; only steps that begin or end a session.
    """

    sessions: int
    customers: int
    events: int
    bounce_rate: Estimate | None
    mean_events: float | None
    mean_length: timedelta | None
    median_length: timedelta | None
    p90_length: timedelta | None
    steps: tuple[SessionStep, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """What some shards add: see `session_kernels.walk_sessions`."""

    totals: NDArray[np.int64]
    ends: NDArray[np.int64]
    bins: NDArray[np.int64]
    kept: tuple[tuple[NDArray[np.int32], NDArray[np.int64]], ...]

    def merged(self, other: SessionCounts) -> SessionCounts:
        """Return the counts of both: no person is in two shards."""
        return SessionCounts(
            self.totals + other.totals, self.ends + other.ends, self.bins + other.bins, self.kept + other.kept
        )


def sessions_of_shard(shard: PathShard, walk: Walk, sought: Sought | None = None) -> SessionCounts:
    """Walk the sessions of one shard; keep the lengths that are sought."""
    from .session_kernels import NO_SLOTS, walk_sessions  # noqa: PLC0415 - compiled code only when needed

    most = 0 if sought is None else sought.most
    slots, lengths = np.empty(most, np.int32), np.empty(most, np.int64)
    totals, bins = np.zeros(5, np.int64), np.zeros(len(NO_SLOTS), np.int64)
    ends = np.zeros((len(walk.steps.names), 3), np.int64)
    wanted = NO_SLOTS if sought is None else sought.slot_of_bin
    found = walk_sessions(*walk.over(shard), wanted, totals, ends, bins, slots, lengths)  # type: ignore[call-arg]
    return SessionCounts(totals, ends, bins, ((slots[:found].copy(), lengths[:found].copy()),))


def sessions(log: Log, question: SessionsQuestion, *, executor: Executor | None = None) -> SessionsAnswer:
    """Answer how many sessions there are, how long they are, and where they begin and end.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Pause, steps, window.
    executor
        What walks the shards side by side; one after another when None.

    Raises
    ------
    StepsRefused
    """
    paths = log.paths()
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause)
    read = sum(len(shard.time) for shard in paths.shards)
    provenance = Provenance(question, paths.version, read)
    found = list(mapped(executor, partial(sessions_of_shard, walk=walk), paths.shards))
    if not any(each.totals[0] for each in found):
        return SessionsAnswer(0, 0, 0, None, None, None, None, None, (), provenance)
    counts = reduce(SessionCounts.merged, found)
    sought = Sought.of(counts.bins[None, :], _QUANTILES)
    again = mapped(executor, partial(sessions_of_shard, walk=walk, sought=sought), paths.shards)
    ((median, p90),) = sought.read(reduce(SessionCounts.merged, again).kept)
    number, customers, events, bounces, length = counts.totals.tolist()
    steps = [
        SessionStep(name, *each)
        for name, each in zip(walk.steps.names, counts.ends.tolist(), strict=True)
        if any(each)
    ]
    return SessionsAnswer(
        sessions=number,
        customers=customers,
        events=events,
        bounce_rate=share(bounces, number, level=question.level),
        mean_events=events / number,
        mean_length=timedelta(microseconds=round(length / number)),
        median_length=median,
        p90_length=p90,
        steps=tuple(sorted(steps, key=lambda step: (-step.entries, step.name))),
        provenance=provenance,
    )
