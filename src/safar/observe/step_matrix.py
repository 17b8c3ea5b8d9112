"""The step matrix: which share of paths stands at which step, position by position."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, difference, normal_quantile, share
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .anchors import Anchored, Around, anchored_walk, around_of_shard
from .behind import Adds, Cell, CellRefused
from .steps import StepRule
from .walk import Lived, checked_pause, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

MOST_POSITIONS: Final = 100


class StepMatrixRefused(Refusal, ValueError):
    """The step matrix cannot be answered."""

    code = "step_matrix.refused"


@dataclass(frozen=True, slots=True)
class StepMatrixQuestion:
    """Which share of paths stands at which step, position by position?

    Parameters
    ----------
    positions
        How many, 1 to 100; around an anchor so many on either side.
    steps
        What counts as a step; each event name by itself when empty.
    anchor
        The first time a path comes to it is position 0, and only paths that do are looked at. None: position 1 is the
        first step of each path.
    window
        Only events in this stretch of time; all of them when None. Paths begin and end with it.
    collapse_repeats
        A step that repeats at once counts once.
    pause
        A path ends after so long without a step (a path is then a session); a customer has one path when None.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.
    versus
        Whom to compare with: each share then has its difference, ``among`` less ``versus``.

    Raises
    ------
    StepMatrixRefused, PauseRefused, ImpossibleLevel
    """

    positions: int = 10
    steps: tuple[StepRule, ...] = ()
    anchor: StepRule | None = None
    window: Window | None = field(default=None, kw_only=True)
    collapse_repeats: bool = field(default=False, kw_only=True)
    pause: timedelta | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    versus: Among | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.positions <= MOST_POSITIONS:
            raise StepMatrixRefused(
                f"A step matrix has no {self.positions} positions.", hint=f"Ask for 1 to {MOST_POSITIONS}."
            )
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How many paths stand at a step at a position.

    Attributes
    ----------
    position
        1 is the first step of a path; around an anchor 0 is the anchor, -1 the step before it.
    step
        Name. None: the path has ended, or, at positions below 0, has not begun.
    count
        Paths.
    share
        Of all paths that are looked at, with Wilson's interval. The shares of a position add up to 1.
    versus_count, versus
        The same among those compared with; None where nobody is.
    difference
        ``share`` less ``versus``, with Newcombe's interval; None where nobody is compared.
    """

    position: int
    step: str | None
    count: int
    share: Estimate
    versus_count: int | None
    versus: Estimate | None
    difference: Estimate | None


@dataclass(frozen=True, slots=True)
class StepMatrixAnswer:
    """The matrix.

    Attributes
    ----------
    positions
        In order.
    steps
        Names of the steps that occur, those that most paths stand at first.
    cells
        By position, then in the order of ``steps``, those without a step last: every position has one cell for each
        step. Empty when there are no paths, or none to compare with.
    paths, versus_paths
        How many paths are looked at, and are compared with.
    """

    positions: tuple[int, ...]
    steps: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
    paths: int
    versus_paths: int | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a cell: ``position``, ``step``, ``count``, ``share`` and its ends; compared: the other shares too."""
        rows = self.cells
        columns = {
            **{name: [getattr(row, name) for row in rows] for name in ("position", "step", "count")},
            **estimates("share", [row.share for row in rows]),
        }
        if self.versus_paths is not None:
            columns["versus_count"] = [row.versus_count for row in rows]
            columns |= estimates("versus", [row.versus for row in rows])
            columns |= estimates("difference", [row.difference for row in rows])
        return Table.of(columns)

    def row(self, step: str | None) -> tuple[MatrixCell, ...]:
        """Return the cells of one step, by position; of None: the paths that have ended or not begun."""
        return tuple(cell for cell in self.cells if cell.step == step)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of some shards.

    Attributes
    ----------
    counts
        ``int64`` of shape (positions, steps + 1), the last column without a step.
    paths, customers
        How many.
    """

    counts: NDArray[np.int64]
    paths: int
    customers: int

    def merged(self, other: Matrix) -> Matrix:
        """Return the counts of both: no person is in two shards."""
        return Matrix(self.counts + other.counts, self.paths + other.paths, self.customers + other.customers)


def matrix_of_shard(shard: PathShard, sides: tuple[Anchored, ...]) -> Matrix:
    """Count the matrix of one shard: after the start of paths, or before and after an anchor."""

    def around(anchored: Anchored) -> Around:
        nowhere = np.zeros((anchored.depth + 1, len(anchored.walk.steps.names)), np.int32)
        return around_of_shard(shard, anchored, nowhere, 1)

    def with_nowhere(found: Around) -> NDArray[np.int64]:
        return np.hstack([found.by_step, found.anchors - found.by_step.sum(axis=1, keepdims=True)])

    found = [around(anchored) for anchored in sides]
    after = with_nowhere(found[-1])
    if len(sides) == 1:
        return Matrix(after[1:], found[0].anchors, found[0].customers)
    at_anchor = np.zeros((1, after.shape[1]), np.int64)
    at_anchor[0, sides[0].anchor] = found[0].anchors
    counts = np.vstack([with_nowhere(found[0])[:0:-1], at_anchor, after[1:]])
    return Matrix(counts, found[0].anchors, found[0].customers)


def _sides(paths: Paths, question: StepMatrixQuestion, among: Among) -> tuple[Anchored, ...]:
    walk, anchor = anchored_walk(
        paths.shards,
        question.anchor,
        question.steps,
        window=question.window,
        pause=question.pause,
        among=among,
    )
    return tuple(
        Anchored(
            walk, anchor, before, every=False, collapse=question.collapse_repeats, depth=question.positions
        )
        for before in ((False,) if question.anchor is None else (True, False))
    )


def _positions(question: StepMatrixQuestion) -> tuple[int, ...]:
    first = 1 if question.anchor is None else -question.positions
    return tuple(range(first, question.positions + 1))


def step_matrix(
    log: Lived, question: StepMatrixQuestion, *, executor: Executor | None = None
) -> StepMatrixAnswer:
    """Answer which share of paths stands at which step, position by position.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        How many positions, around what, compared with whom.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    StepMatrixAnswer
        Notes: several paths of one customer are not independent (``paths.dependent``); many differences are seen
        at once, so that some are outside their interval by chance (``step_matrix.many_looks``).

    Raises
    ------
    StepsRefused

    Notes
    -----
    The shares of a position add up to 1: a path that has ended stays ended. The interval of a difference (Newcombe's
    method 10) takes the two groups as independent: whoever is in both makes it too wide.
    """
    paths = log.paths()
    sides = _sides(paths, question, question.among)
    names = sides[0].walk.steps.names
    positions = _positions(question)

    def counted(sides: tuple[Anchored, ...]) -> Matrix:
        none = Matrix(np.zeros((len(positions), len(names) + 1), np.int64), 0, 0)
        work = partial(matrix_of_shard, sides=sides)
        return reduce(Matrix.merged, mapped(executor, work, paths.shards), none)

    here = counted(sides)
    there = None if question.versus is None else counted(_sides(paths, question, question.versus))
    total = here.counts[:, :-1].sum(axis=0) + (0 if there is None else there.counts[:, :-1].sum(axis=0))
    order = np.argsort(-total, kind="stable")
    order = order[: int((total > 0).sum())]
    cells = [
        _cell(question, position, None if step < 0 else names[step], place, step, here, there)
        for place, position in enumerate(positions)
        for step in [*order.tolist(), -1]
        if here.paths and (there is None or there.paths)
    ]
    read = sum(len(shard.time) for shard in paths.shards)
    notes = []
    sides_seen = [here] if there is None else [here, there]
    walked, customers = (sum(getattr(side, name) for side in sides_seen) for name in ("paths", "customers"))
    if walked > customers:
        notes.append(Note.of("paths.dependent", paths=walked, count=customers))
    if there is not None and cells:
        notes.append(Note.of("step_matrix.many_looks", count=len(cells)))
    return StepMatrixAnswer(
        positions=positions,
        steps=tuple(names[step] for step in order.tolist()),
        cells=tuple(cells),
        paths=here.paths,
        versus_paths=None if there is None else there.paths,
        notes=tuple(notes),
        provenance=Provenance(question, paths.version, read),
    )


def _cell(  # noqa: PLR0917
    question: StepMatrixQuestion,
    position: int,
    name: str | None,
    place: int,
    step: int,
    here: Matrix,
    there: Matrix | None,
) -> MatrixCell:
    count = int(here.counts[place, step])
    at = share(count, here.paths, level=question.level)
    assert at is not None, "there are paths"
    if there is None:
        return MatrixCell(position, name, count, at, None, None, None)
    other = int(there.counts[place, step])
    versus = share(other, there.paths, level=question.level)
    assert versus is not None, "there are paths to compare with"
    return MatrixCell(position, name, count, at, other, versus, difference(at, versus))


def adds_to_step_matrix(paths: Paths, question: StepMatrixQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a cell of the matrix.

    Parameters
    ----------
    cell
        ``position`` and ``step`` as in the answer; with ``versus`` 1: among those compared with.

    Raises
    ------
    CellRefused
    """
    versus = question.versus if cell.get("versus") else None
    sides = _sides(paths, question, versus or question.among)
    names = sides[0].walk.steps.names
    position, step = cell.get("position"), cell.get("step")
    positions = _positions(question)
    if position not in positions or (step is not None and step not in names):
        raise CellRefused(
            f"The answer has no position {position!r} with the step {step!r}.",
            hint="Open the number again from its page.",
        )
    place = positions.index(position)
    number = -1 if step is None else names.index(str(step))
    return lambda shard: bool(matrix_of_shard(shard, sides).counts[place, number])
