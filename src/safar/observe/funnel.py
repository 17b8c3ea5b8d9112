"""The funnel: how many go from one step to the next, what share of them, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, difference, normal_quantile, share
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among, Segment
from .behind import Adds, Cell, CellRefused
from .funnel_breakdown import FunnelBreakdown, Periods
from .funnel_counts import FunnelCounts, adds_of, funnel_of_shard
from .funnel_walks import FunnelOrder
from .spans import TimeBin, bins_table
from .steps import StepRule
from .walk import Lived, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

__all__ = [
    "MOST_FUNNEL_STEPS",
    "FunnelAnswer",
    "FunnelBreakdown",
    "FunnelDifference",
    "FunnelGroup",
    "FunnelOrder",
    "FunnelQuestion",
    "FunnelRefused",
    "FunnelStep",
    "NextEvent",
    "adds_to_step",
    "funnel",
]

MOST_FUNNEL_STEPS: Final = 30
#: What those who are lost did next is told by so many names.
MOST_NEXT_EVENTS: Final = 5


class FunnelRefused(Refusal, ValueError):
    """The steps or the time of a funnel make no sense."""

    code = "funnel.refused"


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
    hold
        A property, as of `Condition`, of which all steps of a chain must carry the same value: a ``cart_id``. Events
        without it are no steps, and void, where they are among the exclusions, the chains of every value.
    by
        What to break the answer down by; see `FunnelBreakdown`.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

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
    hold: str | None = field(default=None, kw_only=True)
    by: FunnelBreakdown | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

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
        if self.hold is not None and not self.hold.strip():
            raise FunnelRefused(
                "The property that steps must share has no name.", hint="Name one, such as cart_id."
            )
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class NextEvent:
    """What those did next who got no farther: the name of the event, None where none followed; how many paths."""

    name: str | None
    count: int


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
    median_from_first, p90_from_first, median_from_before, p90_from_before
        Time since the first step, and since the one before, of those who got here, when they got here for the first
        time; to the microsecond, exact, interpolated; None for the first step, where nobody got, and since the one
        before in an unordered funnel.
    lost
        Paths that got here and no farther; 0 at the last step.
    next_events
        What these did next, the most frequent first, at most `MOST_NEXT_EVENTS`; of the groups not told.
    """

    name: str
    count: int
    conversion_rate: Estimate | None
    step_conversion_rate: Estimate | None
    median_from_first: timedelta | None
    p90_from_first: timedelta | None
    median_from_before: timedelta | None
    p90_from_before: timedelta | None
    lost: int
    next_events: tuple[NextEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class FunnelGroup:
    """The funnel of one group of a breakdown.

    Attributes
    ----------
    key
        Stable, for `adds_to_step`: the JSON text of the property's value, empty for none; the segment's name; the
        (Gregorian) date on which the period begins.
    window
        The period; None for other groups.
    is_whole
        False for a period whose last ones had less time than ``within`` when the log ended: some may still convert.
    steps
        As of all.
    """

    key: str
    window: Window | None
    is_whole: bool
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True)
class FunnelDifference:
    """By how much the rates of the first of two segments lie above those of the second, at one step.

    Attributes
    ----------
    name
        Of the step.
    conversion_rate, step_conversion_rate
        Differences of shares with their intervals (the MOVER rule on Wilson's: Newcombe's method 10); None where a
        segment has no rate, and at the first step.
    """

    name: str
    conversion_rate: Estimate | None
    step_conversion_rate: Estimate | None


@dataclass(frozen=True, slots=True)
class FunnelAnswer:
    """The steps in order. A later step never has a larger count.

    Attributes
    ----------
    steps
        Of everybody the question is about.
    conversion_times
        How long those who did the last step took from the first: counts by lengths that people read. Empty where nobody
        converted.
    groups
        Of the breakdown: values with most paths first, segments as asked, periods in order. Empty without one.
    differences
        One for each step, of a breakdown by two segments; empty otherwise.
    notes
        ``funnel.dependent`` where one customer may have several paths (``pause``): intervals of rates are then too
        narrow; ``funnel.more_groups`` with the ``count`` of values that are not shown; ``funnel.segments_overlap`` with
        the ``count`` of customers in both segments: the intervals of the differences are then too wide.
    """

    steps: tuple[FunnelStep, ...]
    conversion_times: tuple[TimeBin, ...]
    groups: tuple[FunnelGroup, ...]
    differences: tuple[FunnelDifference, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a step: ``step``, ``count``, ``lost``, both rates with the ends of their intervals, times."""
        return Table.of(_columns(self.steps))

    @property
    def groups_table(self) -> Table:
        """One row a group and step: ``group`` before the columns of `table`."""
        steps = [step for group in self.groups for step in group.steps]
        return Table.of(
            {"group": [group.key for group in self.groups for _ in group.steps], **_columns(steps)}
        )

    @property
    def differences_table(self) -> Table:
        """One row a step: ``step``, both differences with the ends of their intervals."""
        return Table.of(
            {
                "step": [each.name for each in self.differences],
                **estimates("conversion_rate", [each.conversion_rate for each in self.differences]),
                **estimates("step_conversion_rate", [each.step_conversion_rate for each in self.differences]),
            }
        )

    @property
    def times_table(self) -> Table:
        """One row a length of time to the last step, ``since`` … ``until``: ``count``."""
        return bins_table(self.conversion_times)

    @property
    def next_table(self) -> Table:
        """One row a step and ``next`` event (null: nothing any more) of those who got no farther: ``count``."""
        found = [(step.name, each.name, each.count) for step in self.steps for each in step.next_events]
        return Table.of(
            {name: [row[at] for row in found] for at, name in enumerate(("step", "next", "count"))}
        )


def _columns(steps: Sequence[FunnelStep]) -> dict[str, list[object]]:
    plain = ("count", "lost", "median_from_first", "p90_from_first", "median_from_before", "p90_from_before")
    return {
        "step": [step.name for step in steps],
        **{name: [getattr(step, name) for step in steps] for name in plain[:2]},
        **estimates("conversion_rate", [step.conversion_rate for step in steps]),
        **estimates("step_conversion_rate", [step.step_conversion_rate for step in steps]),
        **{name: [getattr(step, name) for step in steps] for name in plain[2:]},
    }


def funnel(log: Lived, question: FunnelQuestion, *, executor: Executor | None = None) -> FunnelAnswer:
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
    by = question.by
    whole = replace(question, by=None)
    parts = mapped(executor, partial(funnel_of_shard, question=whole), paths.shards)
    found = _steps(question, FunnelCounts.together(parts, steps), 0)
    groups, notes = _groups(paths, question, by, executor) if by is not None else ((), ())
    if question.pause is not None and found[0][0].count:
        notes = (Note.of("funnel.dependent"), *notes)
    return FunnelAnswer(
        steps=found[0],
        conversion_times=found[1],
        groups=groups,
        differences=_differences(groups) if _has_two_segments(by) else (),
        notes=notes,
        provenance=Provenance(question, paths.version, paths.rows),
    )


def adds_to_step(paths: Paths, question: FunnelQuestion, cell: Cell) -> Adds:
    """Return whether persons have a path that reached a step.

    Parameters
    ----------
    cell
        ``step``: its place in the answer's steps, from 0. ``lost``: 1 for the paths that reached it and not the next
        one. ``group``: the key of a group of the breakdown; None or absent for everybody.

    Raises
    ------
    CellRefused
    """
    step, lost, key = cell.get("step"), cell.get("lost") or 0, cell.get("group")
    if (
        not isinstance(step, int)
        or not 0 <= step < len(question.steps) - bool(lost)
        or (key is not None and question.by is None)
    ):
        raise CellRefused(
            f"The funnel has no step {step!r} of group {key!r}.", hint="Open the number again from its page."
        )
    if key is None or question.by is None:
        counts = partial(funnel_of_shard, question=replace(question, by=None))
        return adds_of(counts, "", step, lost=bool(lost))
    if question.by.segments:
        named = [segment for segment in question.by.segments if segment.name == key]
        if not named:
            raise CellRefused(
                f"The funnel has no group {key!r}.", hint="Open the number again from its page."
            )
        return adds_of(
            partial(funnel_of_shard, question=_of_segment(question, named[0])), "", step, lost=bool(lost)
        )
    counts = partial(funnel_of_shard, question=question, by=question.by, periods=_periods(paths, question))
    return adds_of(counts, str(key), step, lost=bool(lost))


def _steps(
    question: FunnelQuestion, counts: FunnelCounts, group: int
) -> tuple[tuple[FunnelStep, ...], tuple[TimeBin, ...]]:
    """Return the steps of one group, and how long the last one took."""
    names = [rule.name for rule in question.steps]
    if not len(counts.keys):
        return tuple(FunnelStep(name, 0, None, None, None, None, None, None, 0) for name in names), ()
    reached, quantiles = counts.reached[group].tolist(), counts.quantiles(group)
    is_unordered = question.order is FunnelOrder.UNORDERED
    found = []
    for place, name in enumerate(names):
        since_first, since_before = quantiles[place]
        from_first = since_first or (None, None)
        from_before = (not is_unordered and since_before) or (None, None)
        is_last = place == len(names) - 1
        told = [NextEvent(name, count) for (step, name), count in counts.lost_to.items() if step == place]
        told.sort(key=lambda event: (-event.count, event.name is None, event.name or ""))
        found.append(
            FunnelStep(
                name=name,
                count=reached[place],
                conversion_rate=share(reached[place], reached[0], level=question.level),
                step_conversion_rate=share(reached[place], reached[place - 1], level=question.level)
                if place
                else None,
                median_from_first=from_first[0],
                p90_from_first=from_first[1],
                median_from_before=from_before[0],
                p90_from_before=from_before[1],
                lost=0 if is_last else reached[place] - reached[place + 1],
                next_events=tuple(told[:MOST_NEXT_EVENTS]),
            )
        )
    return tuple(found), counts.conversion_times(group)


def _groups(
    paths: Paths, question: FunnelQuestion, by: FunnelBreakdown, executor: Executor | None
) -> tuple[tuple[FunnelGroup, ...], tuple[Note, ...]]:
    """Return the groups of a breakdown, and what is to be said of them."""
    steps = len(question.steps)
    if by.segments:
        found = []
        for segment in by.segments:
            work = partial(funnel_of_shard, question=_of_segment(question, segment))
            counts = FunnelCounts.together(mapped(executor, work, paths.shards), steps)
            found.append(FunnelGroup(segment.name, None, True, _without_next(_steps(question, counts, 0)[0])))
        return tuple(found), _overlap(paths, question, by, executor)
    periods = _periods(paths, question)
    work = partial(funnel_of_shard, question=question, by=by, periods=periods)
    counts = FunnelCounts.together(mapped(executor, work, paths.shards), steps)
    began = {key: int(counts.reached[place, 0]) for place, key in enumerate(counts.keys)}
    places = {key: place for place, key in enumerate(counts.keys)}
    if periods is not None:
        last = paths.span[1] if paths.span else 0
        within = question.within // timedelta(microseconds=1)
        return tuple(
            FunnelGroup(
                key,
                periods.window(key),
                int(periods.bounds[place + 1]) + within <= last,
                _steps(question, counts, places[key])[0],
            )
            for place, key in enumerate(periods.keys)
            if began.get(key)
        ), ()
    there = sorted((key for key, count in began.items() if count), key=lambda key: (-began[key], key))
    hidden = len(there) - by.most
    groups = tuple(
        FunnelGroup(key, None, True, _steps(question, counts, places[key])[0]) for key in there[: by.most]
    )
    return groups, (Note.of("funnel.more_groups", count=hidden),) if hidden > 0 else ()


def _of_segment(question: FunnelQuestion, segment: Segment) -> FunnelQuestion:
    """Return the question about the customers of a segment among those it is about."""
    among = question.among
    return replace(question, by=None, among=replace(among, segment=segment.within(among.segment)))


def _periods(paths: Paths, question: FunnelQuestion) -> Periods | None:
    """Return the periods to group by, where it is these."""
    if question.by is None or question.by.period is None:
        return None
    first, last = paths.span or (0, 0)
    if question.window is not None:
        first, last = max(first, question.window.start_us), min(last, question.window.end_us - 1)
    return question.by.periods((first, max(first, last)))


def _has_two_segments(by: FunnelBreakdown | None) -> bool:
    return by is not None and len(by.segments) == 2


def _overlap(
    paths: Paths, question: FunnelQuestion, by: FunnelBreakdown, executor: Executor | None
) -> tuple[Note, ...]:
    """Return a note where customers are in both of two segments."""
    if not _has_two_segments(by):
        return ()
    first, second = by.segments

    def shared(shard: PathShard) -> int:
        return len(second.of(first.of(question.among.of(shard))).first)

    count = sum(mapped(executor, shared, paths.shards))
    return (Note.of("funnel.segments_overlap", count=count),) if count else ()


def _without_next(steps: Sequence[FunnelStep]) -> tuple[FunnelStep, ...]:
    return tuple(replace(step, next_events=()) for step in steps)


def _differences(groups: Sequence[FunnelGroup]) -> tuple[FunnelDifference, ...]:
    """Return by how much the rates of the first group lie above those of the second."""

    def of(one: Estimate | None, other: Estimate | None) -> Estimate | None:
        return None if one is None or other is None else difference(one, other)

    first, second = (group.steps for group in groups)
    return (
        FunnelDifference(first[0].name, None, None),
        *(
            FunnelDifference(
                one.name,
                of(one.conversion_rate, other.conversion_rate),
                of(one.step_conversion_rate, other.step_conversion_rate),
            )
            for one, other in zip(first[1:], second[1:], strict=True)
        ),
    )
