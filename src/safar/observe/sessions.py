"""Sessions: stretches of activity between pauses; how many, how long, where they begin and end, who leaves at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table
from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share_by_variance
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, CellRefused
from .spans import FEW_ROWS, Brackets, TimeBin, bin_splits, bins_of_halves, bins_table, sample
from .steps import StepRule
from .walk import Lived, Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

#: What web analytics has used since its beginnings.
USUAL_PAUSE: Final = timedelta(minutes=30)
_QUANTILES: Final = (0.5, 0.9)
#: The least events of the bins that sessions are told in.
_DEPTHS: Final = (1, 2, 3, 4, 5, 6, 8, 11, 16, 21, 31, 51, 101)
_ENDS: Final = {"entries": 0, "exits": 1, "bounces": 2}
#: Lengths are guessed from one in so many blocks of customers: there is one list of them, and every customer has some.
_SAMPLED: Final = 64
#: Nothing lies in these brackets.
_NO_BOUNDS: Final = np.full(4, np.iinfo(np.int64).max)
_NO_PAUSES: Final = np.zeros(0, np.int64)


class SessionsRefused(Refusal, ValueError):
    """The pauses of sessions contradict each other."""

    code = "sessions.refused"


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
    pauses
        Channels with a pause of their own, each once: after a step that came by one of these a session ends after that.
    level
        Confidence level of the interval.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    PauseRefused, SessionsRefused, ImpossibleLevel
    """

    pause: timedelta = USUAL_PAUSE
    steps: tuple[StepRule, ...] = ()
    window: Window | None = None
    pauses: tuple[tuple[str, timedelta], ...] = field(default=(), kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        for pause in (self.pause, *(pause for _, pause in self.pauses)):
            checked_pause(pause)
        if len(dict(self.pauses)) < len(self.pauses):
            raise SessionsRefused("A channel has two pauses.", hint="Give each channel one.")
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
class DepthBin:
    """How many sessions have from ``since`` up to, not including, ``until`` events (None: and more)."""

    since: int
    until: int | None
    count: int


@dataclass(frozen=True, slots=True)
class SessionsAnswer:
    """All sessions together.

    Attributes
    ----------
    sessions, customers, events
        How many; each customer has at least one session.
    bounce_rate
        Sessions of one step, of all sessions; None without sessions. ``n`` is the sessions. Those of one customer are
        not independent of one another: the interval is Wilson's for as many independent ones as say as much (from the
        variance between customers).
    mean_events, median_events, p90_events
        Per session (pages, where the steps are page views); None without sessions.
    mean_length, median_length, p90_length
        From the first step to the last (time on site), exact, interpolated; a session of one step is 0 long, as what
        came after its last step is not known. None without sessions.
    depths, lengths
        Sessions by how many events they have and by how long they are.
    steps
        Most entries first, then by name; only steps that begin or end a session.
    """

    sessions: int
    customers: int
    events: int
    bounce_rate: Estimate | None
    mean_events: float | None
    median_events: float | None
    p90_events: float | None
    mean_length: timedelta | None
    median_length: timedelta | None
    p90_length: timedelta | None
    depths: tuple[DepthBin, ...]
    lengths: tuple[TimeBin, ...]
    steps: tuple[SessionStep, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a step: ``step``, ``entries``, ``exits``, ``bounces``."""
        names = ("entries", "exits", "bounces")
        return Table.of(
            {
                "step": [step.name for step in self.steps],
                **{name: [getattr(step, name) for step in self.steps] for name in names},
            }
        )

    @property
    def depths_table(self) -> Table:
        """One row a number of events, from ``since`` up to ``until``: ``count`` sessions have so many."""
        return bins_table(self.depths)

    @property
    def lengths_table(self) -> Table:
        """One row a length of time, from ``since`` up to ``until``: ``count`` sessions are so long."""
        return bins_table(self.lengths)


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """What some shards add: see `session_kernels.walk_sessions`."""

    totals: NDArray[np.int64]
    ends: NDArray[np.int64]
    depths: NDArray[np.int64]
    bins: NDArray[np.int64]
    bounds: NDArray[np.int64]
    kept: tuple[NDArray[np.int64], ...]
    deep: tuple[NDArray[np.int64], ...]

    def merged(self, other: SessionCounts) -> SessionCounts:
        """Return the counts of both: no person is in two shards."""
        return SessionCounts(
            self.totals + other.totals,
            self.ends + other.ends,
            self.depths + other.depths,
            self.bins + other.bins,
            self.bounds,
            self.kept + other.kept,
            self.deep + other.deep,
        )

    def bracketed(self) -> Brackets:
        """Return where the quantiles of the length lie, as far as these sessions tell."""
        return Brackets.guessed(self._whole_bins(), _QUANTILES)

    def length_quantiles(self) -> tuple[timedelta, ...] | None:
        """Return the quantiles of the length; None where they are not in the brackets."""
        kept = [(np.zeros(len(lengths), np.int32), lengths) for lengths in self.kept]
        brackets = Brackets(self.bounds)
        return brackets.read(brackets.tallied(self._whole_bins()), kept, _QUANTILES)[0]

    def _whole_bins(self) -> NDArray[np.int64]:
        bins: NDArray[np.int64] = self.bins.reshape(1, -1, 2).sum(axis=2)
        return bins

    def depth_quantiles(self) -> list[float]:
        """Return the quantiles of how many events a session has."""
        deep = np.sort(np.concatenate(self.deep))
        until = np.cumsum(self.depths)
        values = []
        for quantile in _QUANTILES:
            rank = quantile * (int(until[-1]) - 1)
            low, high = (
                self._depth_of(place, until, deep)
                for place in (int(rank), min(int(rank) + 1, int(until[-1]) - 1))
            )
            values.append(low + (high - low) * (rank - int(rank)))
        return values

    def _depth_of(self, rank: int, until: NDArray[np.int64], deep: NDArray[np.int64]) -> int:
        is_listed = rank >= until[-1] - len(deep)
        return (
            int(deep[rank - int(until[-1])]) if is_listed else int(np.searchsorted(until, rank, side="right"))
        )


def sessions_of_shard(
    shard: PathShard,
    walk: Walk,
    pauses: tuple[tuple[str, timedelta], ...] = (),
    bounds: NDArray[np.int64] = _NO_BOUNDS,
) -> SessionCounts:
    """Walk the sessions of one shard.

    Parameters
    ----------
    pauses
        Of channels that have their own.
    bounds
        Of the brackets in which lengths are kept; see `Brackets`.
    """
    from .session_kernels import DEPTHS, TOTALS, walk_sessions  # noqa: PLC0415 - compiled code only when needed
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    arguments, own = _own_pauses(shard, walk, pauses) if pauses else (walk.over(shard), _NO_PAUSES)
    totals, ends = np.zeros(TOTALS, np.int64), np.zeros((len(walk.steps.names), 3), np.int64)
    depths, bins = np.zeros(DEPTHS + 1, np.int64), np.zeros(2 * SPAN_BINS, np.int64)
    events = shard.events
    kept, deep = np.empty(events + 1, np.int64), np.empty(events // DEPTHS + 1, np.int64)
    lengths, deeper = walk_sessions(  # type: ignore[call-arg]
        *arguments, own, bounds, bin_splits(), totals, ends, depths, bins, kept, deep
    )
    return SessionCounts(
        totals, ends, depths, bins, bounds, (kept[:lengths].copy(),), (deep[:deeper].copy(),)
    )


def _own_pauses(
    shard: PathShard, walk: Walk, pauses: tuple[tuple[str, timedelta], ...]
) -> tuple[tuple[Any, ...], NDArray[np.int64]]:
    """Return what every kernel takes first, and for each code the pause after it."""
    shard = walk.among.of(shard)
    codes, table, channel = walk.steps.codes_by_channel(shard, walk.among.seen)
    own = {name: pause // timedelta(microseconds=1) for name, pause in pauses}
    of_channel = np.array([own.get(name, walk.pause) for name in shard.channels], np.int64)
    arguments = (shard.first, shard.end, shard.time, codes, table, walk.since, walk.until, walk.pause)
    return arguments, of_channel[channel] if len(of_channel) else _NO_PAUSES


def sessions(log: Lived, question: SessionsQuestion, *, executor: Executor | None = None) -> SessionsAnswer:
    """Answer how many sessions there are, how long they are, and where they begin and end.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Pauses, steps, window.
    executor
        What walks the shards side by side; one after another when None.

    Raises
    ------
    StepsRefused

    Notes
    -----
    Quantiles are exact, found as those of `flow`.
    """
    paths = log.paths()
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause, question.among)
    provenance = Provenance(question, paths.version, paths.rows)

    def walked(work: Callable[[PathShard], SessionCounts]) -> SessionCounts | None:
        found = [each for each in mapped(executor, work, paths.shards) if each.totals[0]]
        return reduce(SessionCounts.merged, found) if found else None

    whole = partial(sessions_of_shard, walk=walk, pauses=question.pauses)
    guess = walked(partial(_sampled, walk=walk, pauses=question.pauses)) if paths.rows >= FEW_ROWS else None
    counts = walked(whole if guess is None else partial(whole, bounds=guess.bracketed().bounds))
    if counts is None:
        return SessionsAnswer(0, 0, 0, None, None, None, None, None, None, None, (), (), (), provenance)
    length = counts.length_quantiles()
    if length is None:  # what is bracketed by everything holds the quantiles
        counts = walked(partial(whole, bounds=counts.bracketed().bounds)) or counts
        length = counts.length_quantiles()
    median, p90 = length or (None, None)
    number, customers, events, _, total = counts.totals[:5].tolist()
    depth = counts.depth_quantiles()
    steps = [
        SessionStep(name, *each)
        for name, each in zip(walk.steps.names, counts.ends.tolist(), strict=True)
        if any(each)
    ]
    return SessionsAnswer(
        sessions=number,
        customers=customers,
        events=events,
        bounce_rate=_bounce_rate(counts.totals, question.level),
        mean_events=events / number,
        median_events=depth[0],
        p90_events=depth[1],
        mean_length=timedelta(microseconds=round(total / number)),
        median_length=median,
        p90_length=p90,
        depths=_depth_bins(counts.depths),
        lengths=bins_of_halves(counts.bins),
        steps=tuple(sorted(steps, key=lambda step: (-step.entries, step.name))),
        provenance=provenance,
    )


def adds_to_sessions(paths: Paths, question: SessionsQuestion, cell: Cell) -> Adds:
    """Return whether persons have sessions of a kind.

    Parameters
    ----------
    cell
        ``of``: ``entries``, ``exits`` or ``bounces``. ``step``: the name of the step that begins, ends or is them; any
        step when None or absent.

    Raises
    ------
    CellRefused
    """
    walk = Walk.of(paths.shards, question.steps, question.window, question.pause, question.among)
    of, name = cell.get("of"), cell.get("step")
    if of not in _ENDS or (name is not None and name not in walk.steps.names):
        raise CellRefused(
            f"The answer has no {of!r} of {name!r}.", hint="Open the number again from its page."
        )
    kind = _ENDS[str(of)]
    rows = slice(None) if name is None else walk.steps.names.index(str(name))
    return lambda shard: bool(sessions_of_shard(shard, walk, question.pauses).ends[rows, kind].any())


def _sampled(shard: PathShard, walk: Walk, pauses: tuple[tuple[str, timedelta], ...]) -> SessionCounts:
    return sessions_of_shard(sample(shard, one_in=_SAMPLED), walk, pauses)


def _bounce_rate(totals: NDArray[np.int64], level: float) -> Estimate:
    """Return the share of bounces with its interval: sessions come by customer."""
    number, customers, _, bounces, _, squares, products, bounce_squares = totals.tolist()
    value = bounces / number
    spread = bounce_squares - 2 * value * products + value * value * squares
    variance = spread / number**2 * customers / (customers - 1) if customers > 1 else 0.0
    found = share_by_variance(
        value, max(variance, 0.0), customers, degrees=max(customers - 1, 1), level=level
    )
    return Estimate(found.value, found.interval, number)


def _depth_bins(depths: NDArray[np.int64]) -> tuple[DepthBin, ...]:
    """Return sessions by their numbers of events, from the first bin to the last that holds one."""
    counts = np.add.reduceat(depths, _DEPTHS)
    ends = (*_DEPTHS[1:], None)
    last = int(np.flatnonzero(counts)[-1])
    return tuple(
        DepthBin(since, until, int(count))
        for since, until, count in list(zip(_DEPTHS, ends, counts, strict=True))[: last + 1]
    )
