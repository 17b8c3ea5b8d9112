"""Path patterns: how many paths fit ``cart > [^pay]* > end``, which ways they took, and how long that lasted."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, CellRefused
from .pattern_automaton import Compiled, compiled
from .pattern_language import PatternRefused, names_in, parsed, refused_at
from .spans import Sought
from .steps import NO_STEP, StepRule
from .variants import KeyedPaths, most_frequent
from .walk import Lived, Walk, checked_pause, mapped, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safar.store.paths import Paths, PathShard

MOST_MATCHES: Final = 1_000
#: Where matches begin is told apart up to this step of a path.
_MOST_POSITIONS: Final = 20
_QUANTILES: Final = (0.5, 0.9)


class PatternStepUnknown(PatternRefused, LookupError):
    """The pattern names a step that there is not."""

    code = "pattern.unknown_step"


class PatternsRefused(Refusal, ValueError):
    """The question about a pattern cannot be answered."""

    code = "patterns.refused"


@dataclass(frozen=True, slots=True)
class PatternsQuestion:
    """How many paths fit a pattern?

    Parameters
    ----------
    pattern
        See ``docs/concepts/patterns.md``: ``a > b`` one right after the other, ``a ... b`` with any steps between,
        ``(a|b)``, ``[a, b]``, ``[^a, b]``, ``.``, ``* + ? {2} {2,} {2,5}``, ``start``, ``end``, names in quotes.
    steps
        What counts as a step; each event name by itself when empty.
    most
        How many different matches to list, 1 to 1,000.
    window
        Only events in this stretch of time; all of them when None. Paths begin and end with it.
    pause
        A path ends after so long without a step (a path is then a session); a customer has one path when None.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    PatternRefused, PatternsRefused, PauseRefused, ImpossibleLevel
    """

    pattern: str
    steps: tuple[StepRule, ...] = ()
    most: int = 10
    window: Window | None = field(default=None, kw_only=True)
    pause: timedelta | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        compiled(self.pattern)
        if not 1 <= self.most <= MOST_MATCHES:
            raise PatternsRefused(
                f"A list of {self.most} matches cannot be made.", hint=f"Ask for 1 to {MOST_MATCHES:,}."
            )
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """One way in which the pattern was fitted.

    Attributes
    ----------
    steps
        Names, in order.
    count
        How often.
    share
        Of all matches.
    """

    steps: tuple[str, ...]
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class PatternPosition:
    """Where in its path the first match begins.

    Attributes
    ----------
    position
        1 is the first step of the path.
    or_later
        There, or at any later step.
    count
        Paths.
    share
        Of the paths that fit, with Wilson's interval.
    """

    position: int
    or_later: bool
    count: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class PatternsAnswer:
    """How many paths fit a pattern.

    Attributes
    ----------
    paths, fitting_paths
        How many paths there are, and how many of them hold a match.
    share
        Of the paths, with Wilson's interval; None where there are none.
    customers, fitting_customers, customer_share
        The same of customers.
    occurrences
        How many matches there are: leftmost first, the longest from there, none overlapping another.
    different
        How many different ways were taken.
    median_time, p90_time
        From the first step of a match to its last: exact quantiles over all matches, to the microsecond, interpolated;
        None without a match.
    matches
        Most frequent first; of equally frequent ones the one with fewer steps, then by name.
    positions
        Where in the paths the first match begins, up to the 20th step, and later.
    """

    paths: int
    fitting_paths: int
    share: Estimate | None
    customers: int
    fitting_customers: int
    customer_share: Estimate | None
    occurrences: int
    different: int
    median_time: timedelta | None
    p90_time: timedelta | None
    matches: tuple[PatternMatch, ...]
    positions: tuple[PatternPosition, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a different match: ``steps`` (a list), ``count``, ``share``."""
        return Table.of(
            {name: [getattr(row, name) for row in self.matches] for name in ("steps", "count", "share")}
        )

    @property
    def position_table(self) -> Table:
        """One row a position: ``position``, ``or_later``, ``count``, ``share`` and its ends."""
        rows = self.positions
        return Table.of(
            {
                **{name: [getattr(row, name) for row in rows] for name in ("position", "or_later", "count")},
                **estimates("share", [row.share for row in rows]),
            }
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question's walk and its pattern over the steps of a log."""

    walk: Walk
    pattern: Compiled

    @classmethod
    def of(cls, shards: Sequence[PathShard], question: PatternsQuestion) -> _Asked:
        """Return what is asked.

        Raises
        ------
        PatternStepUnknown
            The pattern names a step that the question or the log does not have; not while the log has none at all.
        StepsRefused
        """
        walk = Walk.of(shards, question.steps, question.window, question.pause, question.among)
        known = walk.steps.names
        for name in names_in(parsed(question.pattern)) if known else ():
            if name.text not in known:
                raise refused_at(
                    question.pattern,
                    f"There is no step {name.text!r}",
                    name.place,
                    name.length,
                    hint=nearest(name.text, known) or "Name a step as the log or the question calls it.",
                    kind=PatternStepUnknown,
                    name=name.text,
                )
        return cls(walk, compiled(question.pattern))


@dataclass(frozen=True, slots=True)
class Matches:
    """The matches in one shard.

    Attributes
    ----------
    tallies, positions
        As `patterns_kernels.find_matches` counts them.
    first, end
        The rows of each match.
    keys
        Of the steps of each.
    spans
        Microseconds from the first step of each to its last.
    """

    tallies: NDArray[np.int64]
    positions: NDArray[np.int64]
    first: NDArray[np.uint32]
    end: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    spans: NDArray[np.int64]


def matches_in(shard: PathShard, asked: _Asked) -> Matches:
    """Find the matches in one shard."""
    from .patterns_kernels import (  # noqa: PLC0415 - compiled code only when needed
        TALLIES,
        find_fitting,
        find_matches,
        key_matches,
    )

    first, end, time, code, table, *bounds = asked.walk.over(shard)
    pattern = asked.pattern
    kind_of = {name: kind for kind, name in enumerate(pattern.names)}
    # what is no step, -1, finds itself at the end of the list
    kinds = [*(kind_of.get(name, len(kind_of)) for name in asked.walk.steps.names), NO_STEP]
    kinds_of_codes = np.array(kinds, np.int32)[table]
    tallies, positions = np.zeros(TALLIES, np.int64), np.zeros(_MOST_POSITIONS + 1, np.int64)
    most = int((end.astype(np.int64) - first).sum())
    begins = np.empty(len(time), np.uint8)
    paths = np.empty((2, most if asked.walk.pause else len(first)), np.uint32)
    fitting = find_fitting(  # type: ignore[call-arg]
        first, end, time, code, kinds_of_codes, *bounds, pattern.back.following, pattern.back.accepts, begins,
        tallies, paths[0], paths[1],
    )  # fmt: skip
    rows = np.empty((2, most), np.uint32)
    found = find_matches(
        code, kinds_of_codes, pattern.ahead.following, pattern.ahead.accepts, begins, paths[0, :fitting],
        paths[1, :fitting], positions, rows[0], rows[1],
    )  # fmt: skip
    first, end = rows[0, :found].copy(), rows[1, :found].copy()
    keys = np.empty(found, np.uint64)
    key_matches(first, end, code, table, keys)
    return Matches(tallies, positions, first, end, keys, time[end - np.uint32(1)] - time[first])


@dataclass(frozen=True, slots=True)
class PatternPart:
    """What one shard adds: sums, how many matches last how long by bins (see `spans`), and the different matches."""

    tallies: NDArray[np.int64]
    positions: NDArray[np.int64]
    bins: NDArray[np.int64]
    different: KeyedPaths


def patterns_of_shard(shard: PathShard, asked: _Asked) -> PatternPart:
    """Count the matches of one shard."""
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    found = matches_in(shard, asked)
    keys, example, counts = np.unique(found.keys, return_index=True, return_counts=True)
    return PatternPart(
        found.tallies,
        found.positions,
        np.bincount(_bins(found.spans), minlength=SPAN_BINS),
        KeyedPaths(keys, counts, found.first[example], found.end[example]),
    )


def _bins(spans: NDArray[np.int64]) -> NDArray[np.int64]:
    from .patterns_kernels import bins_of_spans  # noqa: PLC0415 - compiled code only when needed

    bins = np.empty(len(spans), np.int64)
    bins_of_spans(spans, bins)
    return bins


def _sought_spans(
    shard: PathShard, asked: _Asked, sought: Sought
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the times of one shard's matches that are sought, each with its slot."""
    spans = matches_in(shard, asked).spans
    slots = sought.slot_of_bin[_bins(spans)]
    return slots[slots >= 0], spans[slots >= 0]


def patterns(log: Lived, question: PatternsQuestion, *, executor: Executor | None = None) -> PatternsAnswer:
    """Answer how many paths fit a pattern, which ways they took, and how long that lasted.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        The pattern, and what a step is.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    PatternsAnswer
        A note says that several paths of one customer are not independent (``paths.dependent``).

    Raises
    ------
    PatternStepUnknown, StepsRefused

    Notes
    -----
    Steps at one instant follow each other in the order of arrival. Intervals of ``share`` take the path as the unit,
    those of ``customer_share`` the customer.
    """
    paths = log.paths()
    asked = _Asked.of(paths.shards, question)
    shards = pieces(executor, paths.shards)
    each = list(mapped(executor, partial(patterns_of_shard, asked=asked), shards))
    none = np.zeros(4, np.int64)
    path_count, fitting, customers, fitting_customers = reduce(
        np.add, (part.tallies for part in each), none
    ).tolist()
    chosen, different, occurrences = most_frequent([part.different for part in each], question.most)
    taken = [
        (_steps_of(shards[shard], each[shard].different, place, asked), count)
        for shard, place, count in chosen
    ]
    taken.sort(key=lambda match: (-match[1], len(match[0]), match[0]))
    median, p90 = None, None
    if occurrences:
        sought = Sought.of(reduce(np.add, (part.bins for part in each))[None, :], _QUANTILES)
        kept = mapped(executor, partial(_sought_spans, asked=asked, sought=sought), paths.shards)
        ((median, p90),) = sought.read(list(kept))
    read = sum(len(shard.time) for shard in paths.shards)
    is_dependent = path_count > customers
    return PatternsAnswer(
        paths=path_count,
        fitting_paths=fitting,
        share=share(fitting, path_count, level=question.level),
        customers=customers,
        fitting_customers=fitting_customers,
        customer_share=share(fitting_customers, customers, level=question.level),
        occurrences=occurrences,
        different=different,
        median_time=median,
        p90_time=p90,
        matches=tuple(PatternMatch(steps, count, count / occurrences) for steps, count in taken),
        positions=_positions([part.positions for part in each], fitting, question.level),
        notes=(Note.of("paths.dependent", paths=path_count, count=customers),) if is_dependent else (),
        provenance=Provenance(question, paths.version, read),
    )


def _positions(each: Sequence[NDArray[np.int64]], fitting: int, level: float) -> tuple[PatternPosition, ...]:
    """Return how many first matches begin at each step, up to the last one at which some do."""
    if not fitting:
        return ()
    counts = reduce(np.add, each).tolist()
    while not counts[-1]:
        counts.pop()
    found = []
    for place, count in enumerate(counts):
        at = share(count, fitting, level=level)
        assert at is not None, "some paths fit"
        found.append(PatternPosition(place + 1, place == _MOST_POSITIONS, count, at))
    return tuple(found)


def _steps_of(shard: PathShard, part: KeyedPaths, place: int, asked: _Asked) -> tuple[str, ...]:
    """Return the names of the steps of one match, read from the rows it was found in."""
    codes, table = asked.walk.steps.codes(shard, asked.walk.among.seen)
    numbers = table[codes[int(part.first[place]) : int(part.end[place])]]
    return tuple(asked.walk.steps.names[number] for number in numbers[numbers != NO_STEP].tolist())


def _key_of(numbers: list[int]) -> int:
    """Return the key of a match of steps of these numbers."""
    from .patterns_kernels import key_matches  # noqa: PLC0415 - compiled code only when needed

    keys, first, end = np.empty(1, np.uint64), np.zeros(1, np.uint32), np.full(1, len(numbers), np.uint32)
    key_matches(first, end, np.arange(len(numbers), dtype=np.uint32), np.array(numbers, np.int32), keys)
    return int(keys[0])


def adds_to_pattern(paths: Paths, question: PatternsQuestion, cell: Cell) -> Adds:
    """Return whether persons have a path that fits the pattern.

    Parameters
    ----------
    cell
        Empty: whoever has. ``match``: who has this one, told as the JSON list of its steps. ``position``: whose first
        match in a path begins there.

    Raises
    ------
    CellRefused, PatternStepUnknown
    """
    asked = _Asked.of(paths.shards, question)
    if "match" in cell:
        places = {name: place for place, name in enumerate(asked.walk.steps.names)}
        try:
            numbers = [places[name] for name in json.loads(str(cell["match"]))]
        except (ValueError, TypeError, KeyError):
            numbers = []
        if not numbers:
            raise CellRefused(
                f"The answer has no match {cell['match']!r}.", hint="Open the number again from its page."
            )
        key = _key_of(numbers)
        return lambda shard: key in matches_in(shard, asked).keys
    if "position" in cell:
        position = cell["position"]
        if not isinstance(position, int) or not 1 <= position <= _MOST_POSITIONS + 1:
            raise CellRefused(
                f"The answer has no position {position!r}.", hint="Open the number again from its page."
            )
        return lambda shard: bool(matches_in(shard, asked).positions[position - 1])
    return lambda shard: len(matches_in(shard, asked).first) > 0
