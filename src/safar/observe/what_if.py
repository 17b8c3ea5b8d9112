"""What if: edit a move of lived paths and see completion, time and contacts change, as far as a chain can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Interval, normal_quantile
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, place_in
from .chain import Chain, Memory, Moves, chain_steps, fitted_samples, moves_of_shard
from .chain_edits import Edit, WhatIfRefused, edited, place_of
from .jackknife import mean_estimate, share_estimate
from .remembering import MOST_REMEMBERED, completion_remembering
from .steps import StepRule
from .walk import Lived, Walk, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths

#: From this share of the uncertainty on that knowing the step before takes away, readers are told.
_NOTICEABLE: Final = 0.01
_DOUBTFUL: Final = 0.01


@dataclass(frozen=True, slots=True)
class WhatIfQuestion:
    """What would happen if paths went on differently from some step?

    Parameters
    ----------
    conversion
        The events that convert: they end a path, and what follows begins another one.
    steps
        What counts as a step beside them; each other event name by itself when empty.
    edits
        Done one after the other; without any the answer describes the paths as they are.
    contacts
        Names of the steps that are contacts with the company.
    window
        Only events in this stretch of time; all of them when None.
    pause
        A path ends, lost, after so long without a step; when None only with the customer's last step.
    level, seed
        Of the intervals, and of the draw of customers into groups they are made from.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    WhatIfRefused, PauseRefused, ImpossibleLevel
    """

    conversion: StepRule
    steps: tuple[StepRule, ...] = ()
    edits: tuple[Edit, ...] = ()
    contacts: tuple[str, ...] = field(default=(), kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    pause: timedelta | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        checked_pause(self.pause)
        normal_quantile(self.level)
        if not 0 <= self.seed < 1 << 63:
            raise WhatIfRefused(f"{self.seed} is no seed.", hint="Give a whole number from 0 on.")
        for edit in self.edits:
            if edit.source == self.conversion.name:
                raise WhatIfRefused(
                    f"A path ends with {edit.source!r}; nothing follows.",
                    hint="Edit a move from another step.",
                    step=edit.source,
                )


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of the chain, before the edits and after.

    Attributes
    ----------
    name
        ``completion`` (share of paths that convert), ``steps`` (of a path, a conversion among them), ``seconds`` (from
        its first step to its last) or ``contacts`` (visits to steps that are contacts); the last three in the mean.
    before, after, change
        ``change`` is after less before.
    before_interval, after_interval, change_interval
        None where there are too few customers to tell. That of the change takes the edits as given and is about the
        chances alone.
    """

    name: str
    before: float
    after: float
    change: float
    before_interval: Interval | None
    after_interval: Interval | None
    change_interval: Interval | None


@dataclass(frozen=True, slots=True)
class EditedEdge:
    """One move from an edited step.

    Attributes
    ----------
    source, target
        None for the start, and for nothing.
    count, customers
        How often it was made, and by how many customers.
    before, after
        Its chance.
    """

    source: str | None
    target: str | None
    count: int
    customers: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """Before and after.

    Attributes
    ----------
    measures
        Completion, steps, seconds; contacts where any are named. Empty where there are no paths.
    edges
        All moves from the edited steps, in the order of the edits, most frequent first.
    steps
        Names of all steps, in the order of their numbers.
    paths, conversions, customers
        What the chain was fitted to.
    memory
        Whether one step is enough to remember; None where that cannot be told.
    remembering
        The change of completion by a chain that also knows the step before; None without edits or for more than 32
        steps.
    """

    measures: tuple[Measure, ...]
    edges: tuple[EditedEdge, ...]
    steps: tuple[str, ...]
    paths: int
    conversions: int
    customers: int
    memory: Memory | None
    remembering: float | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a measure: ``measure``, and ``before``, ``after``, ``change`` with the ends of their intervals."""
        columns: dict[str, list[Any]] = {"measure": [each.name for each in self.measures]}
        for name in ("before", "after", "change"):
            intervals = [getattr(each, f"{name}_interval") for each in self.measures]
            columns[name] = [getattr(each, name) for each in self.measures]
            columns[f"{name}_low"] = [None if each is None else each.low for each in intervals]
            columns[f"{name}_high"] = [None if each is None else each.high for each in intervals]
        return Table.of(columns)

    @property
    def edges_table(self) -> Table:
        """One row a move from an edited step, with its count, customers, and chances ``before`` and ``after``."""
        names = ("source", "target", "count", "customers", "before", "after")
        return Table.of({name: [getattr(edge, name) for edge in self.edges] for name in names})

    def measure(self, name: str) -> Measure:
        """Return one measure by its name."""
        return {each.name: each for each in self.measures}[name]


def what_if(log: Lived, question: WhatIfQuestion, *, executor: Executor | None = None) -> WhatIfAnswer:
    """Answer what would happen if paths went on differently from some step.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Conversion, steps, edits.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    WhatIfAnswer
        Notes: what is assumed (``what_if.assumption``); that the next step depends on more than the present one
        (``what_if.memory``, with the ``percent`` of the uncertainty that the step before explains); that a chain which
        knows the step before tells of a change outside the interval (``what_if.disagrees``); moves that nobody made, of
        which no time is known (``what_if.unmeasured``).

    Raises
    ------
    WhatIfRefused, ChainRefused, StepsRefused

    Notes
    -----
    The chain says what would follow if those who are moved went on like those who are already there. It does not say
    that moving them is possible, nor what it costs.
    """
    paths = log.paths()
    walk = _walk(paths, question)
    work = partial(moves_of_shard, walk=walk, seed=question.seed)
    parts = list(mapped(executor, work, paths.shards))
    if not parts or not any(part.customers for part in parts):
        return _nothing(walk, Provenance(question, paths.version, 0))
    found = reduce(Moves.merged, parts)
    places = _places(walk)
    counts = found.moves.sum(axis=0)
    # A contact that nobody made in this time is none; a name that is no step at all is refused.
    made = [name for name in question.contacts if name not in places or counts[:, places[name]].any()]
    contacts = np.array([place_of(places, counts, name) for name in made], np.int64)
    now = fitted_samples(found)
    then = edited(now, question.edits, places, counts)
    formulas: dict[str, Callable[[Chain], NDArray[np.float64]]] = {
        "completion": Chain.completion,
        "steps": Chain.length,
        "seconds": Chain.duration,
    }
    if question.contacts:
        formulas["contacts"] = lambda chain: chain.contacts(contacts)
    measures = tuple(
        _measure(name, formula(now), formula(then), found.customers, question.level)
        for name, formula in formulas.items()
    )
    remembering = None
    if question.edits and now.steps <= MOST_REMEMBERED:
        remembering = completion_remembering(found.before, counts, question.edits, places)
    memory = Memory.of(found.before)
    return WhatIfAnswer(
        measures=measures,
        edges=_edges(question, places, now, then, found),
        steps=walk.steps.names[1:],
        paths=int(counts[-1].sum()),
        conversions=int(counts[:, -2].sum()),
        customers=found.customers,
        memory=memory,
        remembering=remembering,
        notes=_notes(question, memory, remembering, measures[0], _unmade(question, places, counts)),
        provenance=Provenance(question, paths.version, int(counts[:, :-1].sum())),
    )


def adds_to_what_if(paths: Paths, question: WhatIfQuestion, cell: Cell) -> Adds:
    """Return whether persons make a move: ``source`` and ``target``, names of steps, None for the start and nothing.

    Raises
    ------
    CellRefused
    """
    walk = _walk(paths, question)
    places = _places(walk)
    steps = len(walk.steps.names) - 1
    sources: dict[str | None, int] = {name: place for name, place in places.items() if place < steps}
    targets: dict[str | None, int] = dict(places.items())
    source = place_in({**sources, None: steps}, cell, "source")
    target = place_in({**targets, None: steps + 1}, cell, "target")
    return lambda shard: bool(moves_of_shard(shard, walk, question.seed).people[source, target])


def _nothing(walk: Walk, provenance: Provenance) -> WhatIfAnswer:
    """Return the answer where there are no paths; edits cannot be held against steps that nobody made."""
    return WhatIfAnswer((), (), walk.steps.names[1:], 0, 0, 0, None, None, (), provenance)


def _walk(paths: Paths, question: WhatIfQuestion) -> Walk:
    steps = chain_steps(paths, question.conversion, question.steps)
    return Walk(steps, *Walk.bounds(question.window, question.pause), question.among)


def _places(walk: Walk) -> dict[str, int]:
    """Return the place of each step as a target; the conversion's comes after those of all steps."""
    conversion, *steps = walk.steps.names
    return {**{name: place for place, name in enumerate(steps)}, conversion: len(steps)}


def _measure(
    name: str, before: NDArray[np.float64], after: NDArray[np.float64], n: int, level: float
) -> Measure:
    estimate = share_estimate if name == "completion" else mean_estimate
    told = [estimate(before, n, level), estimate(after, n, level), mean_estimate(after - before, n, level)]
    intervals = [None if each is None else each.interval for each in told]
    return Measure(name, float(before[0]), float(after[0]), float(after[0] - before[0]), *intervals)


def _edges(
    question: WhatIfQuestion, places: Mapping[str, int], now: Chain, then: Chain, found: Moves
) -> tuple[EditedEdge, ...]:
    """Return the moves from the edited steps."""
    counts = found.moves.sum(axis=0)
    names: dict[int, str | None] = {place: name for name, place in places.items()}
    names[now.steps + 1] = None
    moves = []
    for name in dict.fromkeys(edit.source for edit in question.edits):
        source = now.steps if name is None else places[name]
        there = np.flatnonzero((counts[source] > 0) | (then.chances[0, source] > 0))
        order = there[np.argsort(-counts[source, there], kind="stable")]
        moves += [(name, source, target) for target in order.tolist()]
    return tuple(
        EditedEdge(
            name,
            names[target],
            int(counts[source, target]),
            int(found.people[source, target]),
            float(now.chances[0, source, target]),
            float(then.chances[0, source, target]),
        )
        for name, source, target in moves
    )


def _unmade(question: WhatIfQuestion, places: Mapping[str, int], counts: NDArray[np.int64]) -> int:
    """Return how many edited moves to a step nobody made."""
    unmade = {
        (edit.source, edit.raised)
        for edit in question.edits
        if edit.source is not None
        and edit.raised is not None
        and not counts[places[edit.source], places[edit.raised]]
    }
    return len(unmade)


def _notes(
    question: WhatIfQuestion,
    memory: Memory | None,
    remembering: float | None,
    completion: Measure,
    unmade: int,
) -> tuple[Note, ...]:
    notes = [Note.of("what_if.assumption")] if question.edits else []
    if memory is not None and memory.p_value < _DOUBTFUL and memory.explained_share >= _NOTICEABLE:
        notes.append(Note.of("what_if.memory", percent=round(100 * memory.explained_share)))
    interval = completion.change_interval
    if remembering is not None and interval is not None and remembering not in interval:
        notes.append(Note.of("what_if.disagrees", points=f"{100 * remembering:.2f}"))
    if unmade:
        notes.append(Note.of("what_if.unmeasured", count=unmade))
    return tuple(notes)
