"""All questions by name: one registry for the notebook, the pages, the API and the terminal.

Those about lived journeys stand here. Later rooms add theirs: see `safar.act.questions`, which doors read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from safar.store.shelf import ReadersOverrun
from safar.vocabulary.errors import Refusal, SafarError, nearest

from .attribution import adds_to_attribution, attribution
from .attribution_question import AttributionQuestion
from .behind import Adds, Behind, Cell, CellRefused, persons_behind
from .compare import CompareQuestion, adds_to_side, compare
from .conformance import ConformanceQuestion, adds_to_conformance, conformance
from .flow import FlowQuestion, adds_to_edge, flow
from .funnel import FunnelQuestion, adds_to_step, funnel
from .goals import GoalsQuestion, adds_to_goal, goals
from .paths_around import PathsQuestion, adds_to_paths, paths_around
from .patterns import PatternsQuestion, adds_to_pattern, patterns
from .promises import PromiseQuestion, adds_to_promise, promise
from .retention import RetentionQuestion, adds_to_cohort, retention
from .searches import SearchesQuestion, adds_to_term, searches
from .series import SeriesQuestion, adds_to_point, series
from .sessions import SessionsQuestion, adds_to_sessions, sessions
from .step_matrix import StepMatrixQuestion, adds_to_step_matrix, step_matrix
from .variants import VariantsQuestion, adds_to_variant, variants
from .web_pages import PagesQuestion, adds_to_page, pages
from .what_if import WhatIfQuestion, adds_to_what_if, what_if

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from safar.store.paths import Paths, PathShard

    from .walk import Lived


_MOST_TRIES: Final = 5
Found = TypeVar("Found")


class UnknownQuestion(Refusal, LookupError):
    """There is no question of that name."""

    code = "question.unknown"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question.

    Attributes
    ----------
    name
        Stable: in addresses, in JSON, at the terminal.
    question
        The frozen class of its questions.
    answer
        ``answer(lived, question, executor=…)``; what it returns has ``table``, ``provenance`` and, where there are any,
        notes. Doors `ask`.
    adds
        ``adds(paths, question, cell)``: who is behind one number of the answer; see `behind.persons_behind`. None where
        no single customers are. Doors ask `behind`.
    """

    name: str
    question: type[Any]
    answer: Callable[..., Any]
    adds: Callable[[Paths, Any, Cell], Adds] | None = None

    def ask(self, lived: Lived, question: object, *, executor: Executor | None = None) -> Any:
        """Return the answer to a question of this kind; asked anew of newer paths when files vanish under it.

        Raises
        ------
        ReadersOverrun
            They vanished again and again.
        """
        return outliving_merges(lambda: self.answer(lived, question, executor=executor))

    def behind(
        self,
        lived: Lived,
        question: object,
        cell: Cell,
        *,
        limit: int = 100,
        after: int | None = None,
        check: Callable[[], None] | None = None,
    ) -> Behind:
        """Return the customers behind one number; asked anew of newer paths when files vanish under it.

        Parameters
        ----------
        limit, after
            As of `behind.persons_behind`.
        check
            Called before each walk; what it raises ends the search.

        Raises
        ------
        CellRefused
            The answer has no such number, or no single customers are behind it.
        ReadersOverrun
            Files vanished again and again.
        """
        return behind_any(lived, [(question, cell)], limit=limit, after=after, check=check)


def behind_any(
    lived: Lived,
    numbers: Sequence[tuple[object, Cell]],
    *,
    limit: int = 100,
    after: int | None = None,
    check: Callable[[], None] | None = None,
) -> Behind:
    """Return the customers behind at least one of several numbers, each a question and a cell of its answer.

    Parameters
    ----------
    limit, after, check
        As of `Kind.behind`.

    Raises
    ------
    CellRefused, ReadersOverrun, UnknownQuestion
        As of `Kind.behind` and `kind_of`.
    """
    asked = [(_whose(question), question, cell) for question, cell in numbers]

    def search() -> Behind:
        paths = lived.paths()
        ways = [adds(paths, question, cell) for adds, question, cell in asked]

        def checked(shard: PathShard) -> bool:
            if check is not None:
                check()
            return any(is_behind(shard) for is_behind in ways)

        return persons_behind(paths.shards, checked, limit=limit, after=after)

    return outliving_merges(search)


def _whose(question: object) -> Callable[[Paths, Any, Cell], Adds]:
    adds = kind_of(question).adds
    if adds is None:
        raise CellRefused(
            "No single customers are behind these numbers.", hint="Ask a question of another kind."
        )
    return adds


def outliving_merges(take: Callable[[], Found]) -> Found:
    """Return what ``take`` does; again when a part was merged away or erased while its properties were read.

    Raises
    ------
    ReadersOverrun
    """
    for _ in range(_MOST_TRIES):
        try:
            return take()
        except FileNotFoundError as gone:
            if isinstance(gone, SafarError):
                raise
    raise ReadersOverrun("The files of the log changed under the question five times.", hint="Try again.")


_ALL: Final = (
    Kind("flow", FlowQuestion, flow, adds_to_edge),
    Kind("variants", VariantsQuestion, variants, adds_to_variant),
    Kind("funnel", FunnelQuestion, funnel, adds_to_step),
    Kind("retention", RetentionQuestion, retention, adds_to_cohort),
    Kind("sessions", SessionsQuestion, sessions, adds_to_sessions),
    Kind("paths", PathsQuestion, paths_around, adds_to_paths),
    Kind("step_matrix", StepMatrixQuestion, step_matrix, adds_to_step_matrix),
    Kind("patterns", PatternsQuestion, patterns, adds_to_pattern),
    Kind("attribution", AttributionQuestion, attribution, adds_to_attribution),
    Kind("series", SeriesQuestion, series, adds_to_point),
    Kind("pages", PagesQuestion, pages, adds_to_page),
    Kind("searches", SearchesQuestion, searches, adds_to_term),
    Kind("goals", GoalsQuestion, goals, adds_to_goal),
    Kind("compare", CompareQuestion, compare, adds_to_side),
    Kind("what_if", WhatIfQuestion, what_if, adds_to_what_if),
    Kind("conformance", ConformanceQuestion, conformance, adds_to_conformance),
    Kind("promise", PromiseQuestion, promise, adds_to_promise),
)

#: Those about lived journeys.
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _ALL}

_known: Final = dict(KINDS)


def add_kinds(kinds: Iterable[Kind]) -> None:
    """Add the questions of a later room."""
    _known.update({kind.name: kind for kind in kinds})


def names() -> tuple[str, ...]:
    """Return the names of all kinds that can be asked."""
    return tuple(_known)


def kind_of(question: object) -> Kind:
    """Return the kind that a question is of.

    Raises
    ------
    UnknownQuestion
    """
    for kind in _known.values():
        if type(question) is kind.question:
            return kind
    raise UnknownQuestion(
        f"{type(question).__name__} is no question that Safar knows.", hint="Ask one of `KINDS`."
    )


def kind_named(name: str) -> Kind:
    """Return the kind of a name.

    Raises
    ------
    UnknownQuestion
    """
    if name in _known:
        return _known[name]
    raise UnknownQuestion(
        f"There is no question {name!r}.",
        hint=nearest(name, _known) or f"Ask one of: {', '.join(_known)}.",
    )
