"""What of each kind of answer can be compared between two groups: shares, each so many of so many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from safar.store.paths import Paths

from .anchors import Occurrence
from .behind import Adds, Cell
from .flow import FlowCounts, FlowQuestion, adds_to_edge, flow_counts
from .funnel import FunnelQuestion, adds_to_step, funnel
from .goals import GoalsQuestion, adds_to_goal, goals
from .lines import MOST_LINES
from .measures import Measure
from .paths_around import MOST_NODES, PathsQuestion, adds_to_paths, paths_around
from .patterns import PatternsQuestion, adds_to_pattern, patterns
from .retention import RetentionQuestion, adds_to_cohort, retention
from .searches import SearchesQuestion, adds_to_term, searches
from .series import SeriesQuestion, adds_to_point, series
from .series_time import Beside
from .sessions import SessionsQuestion, sessions
from .step_matrix import StepMatrixQuestion, adds_to_step_matrix, step_matrix
from .variants import VariantsQuestion, adds_to_variant, variants
from .walk import Lived
from .web_pages import PagesQuestion, adds_to_page, pages

#: Questions of which two can be compared.
Comparable = (
    FlowQuestion
    | VariantsQuestion
    | FunnelQuestion
    | RetentionQuestion
    | SessionsQuestion
    | PathsQuestion
    | StepMatrixQuestion
    | PatternsQuestion
    | SeriesQuestion
    | PagesQuestion
    | SearchesQuestion
    | GoalsQuestion
)

#: What a share is of and which it is: the kind of share first, then names of steps, pages, terms, …
Key = tuple[str | int | None, ...]

#: So many of a list are looked at, where a question asks for the most frequent.
_MOST: Final = 1_000
#: Measures of a series that count a customer once.
_BY_CUSTOMER: Final = frozenset({Measure.CONVERSION, Measure.CUSTOMERS, Measure.NEW_CUSTOMERS})


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of one answer.

    Attributes
    ----------
    successes
        By key.
    base
        Of what each is a share.
    sizes
        How many each base has.
    is_whole
        Nothing was cut off: a share whose base is there and that is not counts 0.
    """

    successes: dict[Key, int] = field(default_factory=dict)
    base: dict[Key, Key] = field(default_factory=dict)
    sizes: dict[Key, int] = field(default_factory=dict)
    is_whole: bool = True

    def add(self, key: Key, successes: int, base: Key, size: int) -> None:
        """Add to one share; its base has this size."""
        self.successes[key] = self.successes.get(key, 0) + successes
        self.base[key] = base
        self.sizes[base] = size


@dataclass(frozen=True, slots=True)
class Compared:
    """How answers of one kind are compared.

    Attributes
    ----------
    ask
        Asks the question, as `questions.Kind`.
    shares
        The shares of an answer.
    wide
        The question with as long a list as can be compared.
    adds
        Who is behind a number, as `questions.Kind`; None where no single customers are.
    is_by_customer
        Whether a customer counts at most once in every share of the question: then shares are of independent tries.
    """

    ask: Callable[..., Any]
    shares: Callable[[Any, Any], Shares]
    adds: Callable[[Paths, Any, Cell], Adds] | None = None
    wide: Callable[[Any], Any] = lambda question: question
    is_by_customer: Callable[[Any], bool] = lambda _: False

    def of(self, log: Lived, question: Any, executor: Executor | None) -> Shares:
        """Ask, and return the shares."""
        return self.shares(question, self.ask(log, self.wide(question), executor=executor))


def _of_flow(_: Any, found: FlowCounts) -> Shares:
    """What follows each step, of all that follows it; with what paths begin."""
    names, sources, targets = found.names, *(each.tolist() for each in np.nonzero(found.counts))
    keys: list[Key] = [
        ("edge", names[one], names[other]) for one, other in zip(sources, targets, strict=True)
    ]
    steps: list[Key] = [("step", name) for name in names]
    after = found.counts.sum(axis=1).tolist()
    return Shares(
        dict(zip(keys, found.counts[sources, targets].tolist(), strict=True)),
        dict(zip(keys, (steps[one] for one in sources), strict=True)),
        {steps[one]: after[one] for one in dict.fromkeys(sources)},
    )


def _of_variants(_: Any, answer: Any) -> Shares:
    """Paths that are exactly one variant, of all paths."""
    found = Shares(sizes={("paths",): answer.paths}, is_whole=answer.different <= len(answer.variants))
    for each in answer.variants:
        found.add(("variant", *each.steps), each.count, ("paths",), answer.paths)
    return found


def _of_funnel(_: Any, answer: Any) -> Shares:
    """Paths at each step, of those at the first and of those at the step before."""
    found = Shares()
    counts = [step.count for step in answer.steps]
    for place, step in enumerate(answer.steps[1:], start=1):
        found.add(("conversion", step.name, place), step.count, ("funnel", 0), counts[0])
        if place > 1:
            found.add(
                ("step_conversion", step.name, place), step.count, ("funnel", place - 1), counts[place - 1]
            )
    return found


def _of_retention(_: Any, answer: Any) -> Shares:
    """Who came back so many periods after, of all cohorts whose period has passed."""
    found = Shares()
    sizes: dict[int, int] = {}
    for cell in _whole_cells(answer):
        sizes[cell.periods_after] = sizes.get(cell.periods_after, 0) + cell.retention_rate.n
    for cell in _whole_cells(answer):
        after = cell.periods_after
        returned = round(cell.retention_rate.value * cell.retention_rate.n)
        found.add(("retained", after), returned, ("cohorts", after), sizes[after])
    return found


def _whole_cells(answer: Any) -> Iterable[Any]:
    return (cell for cohort in answer.cohorts for cell in cohort.cells if cell.is_whole)


def _of_sessions(_: Any, answer: Any) -> Shares:
    """Sessions of one event, and those that each step begins and ends, of all sessions."""
    found = Shares(sizes={("sessions",): answer.sessions})
    bounces = sum(step.bounces for step in answer.steps)
    found.add(("bounce",), bounces, ("sessions",), answer.sessions)
    for step in answer.steps:
        found.add(("entry", step.name), step.entries, ("sessions",), answer.sessions)
        found.add(("exit", step.name), step.exits, ("sessions",), answer.sessions)
    return found


def _of_paths(_: Any, answer: Any) -> Shares:
    """Paths that stand at a step at some depth, of those followed; what comes next, of those that stand there."""
    found = Shares(sizes={("paths",): answer.paths}, is_whole=not any(node.bundled for node in answer.nodes))
    for node in answer.nodes:
        if node.depth and node.step is not None:
            found.add(("stands", node.depth, node.step), node.count, ("paths",), answer.paths)
    for link in answer.links:
        if link.target is not None and (link.source is not None or not link.depth):
            base = ("at", link.depth, link.source)
            found.add(("next", link.depth, link.source, link.target), link.count, base, link.share.n)
    return found


def _of_step_matrix(_: Any, answer: Any) -> Shares:
    """Paths that stand at a step at a position, of all paths."""
    found = Shares(sizes={("paths",): answer.paths})
    for cell in answer.cells:
        found.add(("position", cell.position, cell.step), cell.count, ("paths",), answer.paths)
    return found


def _of_patterns(_: Any, answer: Any) -> Shares:
    """Paths and customers that fit the pattern."""
    found = Shares()
    found.add(("fits",), answer.fitting_paths, ("paths",), answer.paths)
    found.add(("customer_fits",), answer.fitting_customers, ("customers",), answer.customers)
    return found


def _of_series(question: SeriesQuestion, answer: Any) -> Shares:
    """Of shares the share of each line; of counts, what share of all falls on each line and each period."""
    found = Shares(is_whole=not any(line.name.is_rest for line in answer.lines))
    measure = question.metric.measure
    if measure is Measure.CONVERSION:
        for line in answer.lines:
            if line.total is not None:
                key = (line.name.name, int(line.name.is_rest), int(line.name.is_total))
                found.add(
                    ("conversion", *key), round(line.total.value * line.total.n), ("line", *key), line.total.n
                )
        return found
    if not question.metric.is_count:
        return found
    (whole,) = (line for line in answer.lines if line.name.is_total)
    size = round(whole.total.value)
    found.sizes["all",] = size
    for line in answer.lines:
        if not line.name.is_total:
            key = ("line", line.name.name, int(line.name.is_rest))
            found.add(key, round(line.total.value), ("all",), size)
    if measure is Measure.EVENTS:
        for place, point in enumerate(whole.points):
            found.add(("period", place), round(point.value.value), ("all",), size)
    return found


def _of_pages(_: Any, answer: Any) -> Shares:
    """Who saw each page, of all visitors; which sessions it began, of all; of these, those that ended at once."""
    sizes: dict[Key, int] = {("visitors",): answer.total.visitors, ("entries",): answer.total.entries}
    found = Shares(sizes=sizes, is_whole=answer.different <= len(answer.pages))
    for page in (answer.total, *answer.pages):
        label: Key = () if page is answer.total else (page.label,)
        bounces = 0 if page.bounce_rate is None else round(page.bounce_rate.value * page.entries)
        found.add(("bounce", *label), bounces, ("entries", *label), page.entries)
        if label:
            found.add(("visited", *label), page.visitors, ("visitors",), answer.total.visitors)
            found.add(("entered", *label), page.entries, ("entries",), answer.total.entries)
            found.add(("left", *label), page.exits, ("views", *label), page.views)
    return found


def _of_searches(_: Any, answer: Any) -> Shares:
    """What became of searches, of all and of those for each term; which terms are searched for."""
    is_whole = answer.different <= len(answer.terms)
    found = Shares(sizes={("searches",): answer.total.searches}, is_whole=is_whole)
    for term in (answer.total, *answer.terms):
        label: Key = () if term is answer.total else (term.term,)
        if term.zero_result_rate is not None:
            empty = round(term.zero_result_rate.value * term.known)
            found.add(("zero_results", *label), empty, ("known", *label), term.known)
        for name in ("click", "refinement", "exit"):
            rate = getattr(term, f"{name}_rate")
            if rate is not None:
                found.add((name, *label), round(rate.value * rate.n), ("searches", *label), term.searches)
        if label:
            found.add(("searched", *label), term.searches, ("searches",), answer.total.searches)
    return found


def _of_goals(_: Any, answer: Any) -> Shares:
    """Goals of sessions and customers; what became of what was begun."""
    found = Shares()
    for goal in answer.goals:
        found.add(("session_goal", goal.name), goal.sessions, ("sessions",), answer.sessions)
        found.add(("customer_goal", goal.name), goal.customers, ("customers",), answer.customers)
    for left in answer.left:
        found.add(("abandoned", left.name), left.begun - left.completed, ("begun", left.name), left.begun)
        decided = left.completed + left.later + left.lost
        found.add(("lost", left.name), left.lost, ("decided", left.name), decided)
    return found


def _wide_series(question: SeriesQuestion) -> SeriesQuestion:
    by = question.breakdown
    wide = None if by is None else replace(by, most=MOST_LINES)
    return replace(question, beside=Beside.NOTHING, breakdown=wide)


def _once(question: Any) -> bool:
    return question.pause is None


def _longer(question: Any) -> Any:
    return replace(question, most=max(question.most, _MOST))


COMPARED: Final[dict[type[Any], Compared]] = {
    FlowQuestion: Compared(flow_counts, _of_flow, adds_to_edge),
    VariantsQuestion: Compared(variants, _of_variants, adds_to_variant, _longer, _once),
    FunnelQuestion: Compared(
        funnel, _of_funnel, adds_to_step, lambda question: replace(question, by=None), _once
    ),
    RetentionQuestion: Compared(retention, _of_retention, adds_to_cohort, is_by_customer=lambda _: True),
    SessionsQuestion: Compared(sessions, _of_sessions),
    PathsQuestion: Compared(
        paths_around,
        _of_paths,
        adds_to_paths,
        lambda question: replace(question, most=MOST_NODES, timed=False),
        lambda question: question.pause is None and question.occurrence is Occurrence.FIRST,
    ),
    StepMatrixQuestion: Compared(
        step_matrix,
        _of_step_matrix,
        adds_to_step_matrix,
        lambda question: replace(question, versus=None),
        _once,
    ),
    PatternsQuestion: Compared(patterns, _of_patterns, adds_to_pattern),
    SeriesQuestion: Compared(
        series,
        _of_series,
        adds_to_point,
        _wide_series,
        lambda question: question.metric.measure in _BY_CUSTOMER,
    ),
    PagesQuestion: Compared(pages, _of_pages, adds_to_page, _longer),
    SearchesQuestion: Compared(searches, _of_searches, adds_to_term, _longer),
    GoalsQuestion: Compared(goals, _of_goals, adds_to_goal),
}
