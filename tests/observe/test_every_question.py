"""What all kinds of questions have in common: order of arrival, shards, late events; the customers behind a number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.observe.among import Among, Did, Segment
from safar.observe.anchors import Occurrence
from safar.observe.attribution_question import AttributionQuestion
from safar.observe.behind import persons_behind
from safar.observe.chain_edits import Edit, EditKind
from safar.observe.compare import between_segments, those_not_in
from safar.observe.conformance import ConformanceQuestion
from safar.observe.flow import FlowQuestion
from safar.observe.funnel import FunnelQuestion
from safar.observe.goals import GoalsQuestion
from safar.observe.journey import Journey
from safar.observe.lines import Breakdown, By
from safar.observe.measures import Measure, Metric
from safar.observe.paths_around import PathsQuestion
from safar.observe.patterns import PatternsQuestion
from safar.observe.promises import PromiseQuestion
from safar.observe.questions import KINDS, kind_of
from safar.observe.retention import RetentionQuestion
from safar.observe.searches import SearchesQuestion
from safar.observe.series import SeriesQuestion
from safar.observe.sessions import SessionsQuestion
from safar.observe.step_matrix import StepMatrixQuestion
from safar.observe.steps import StepRule
from safar.observe.variants import VariantsQuestion
from safar.observe.web_pages import PagesQuestion
from safar.observe.what_if import WhatIfQuestion
from safar.store.log import Log
from safar.store.paths import Paths
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)
#: What happens: an event's name, its channel, its properties, its amount in rials.
ACTS: tuple[tuple[str, str, dict[str, object], int], ...] = (
    ("page", "web", {"path": "/", "utm_source": "x"}, 0),
    ("page", "app", {"path": "/سبد"}, 0),
    ("search_performed", "web", {"query": "کیف", "result_count": 0}, 0),
    ("cart_added", "app", {"plan": "pro"}, 0),
    ("order_placed", "web", {"plan": "free"}, 700),
    ("پرداخت", "app", {}, 300),
)
PAGE, CART, ORDER = (StepRule(name, (name,)) for name in ("page", "cart_added", "order_placed"))
ON_WEB = Segment("web", (Did(StepRule("on the web", channels=("web",))),))
OFTEN = Segment("often", (Did(ORDER, at_least=2),))
FIVE_DAYS = Window(START, START + timedelta(days=5))
PAUSE = timedelta(hours=5)
FUNNEL = FunnelQuestion((PAGE, CART, ORDER), timedelta(days=2))
SHOP = Journey((PAGE, CART, ORDER), (("page", "cart_added"), ("cart_added", "order_placed")))
CONFORMANCE = ConformanceQuestion(
    SHOP, pause=timedelta(days=1), contacts=StepRule("contact", ("پرداخت",)), retry_within=timedelta(hours=9)
)
QUESTIONS: dict[str, tuple[Any, ...]] = {
    "flow": (FlowQuestion(), FlowQuestion((PAGE, ORDER), pause=PAUSE, among=Among(segment=ON_WEB))),
    "variants": (VariantsQuestion(200), VariantsQuestion(200, pause=PAUSE, collapse_repeats=True)),
    "funnel": (FUNNEL, FunnelQuestion((PAGE, ORDER), timedelta(days=2), pause=PAUSE)),
    "retention": (
        RetentionQuestion(FIVE_DAYS, "day", most=4),
        RetentionQuestion(FIVE_DAYS, "day", most=4, every=timedelta(days=1)),
    ),
    "sessions": (SessionsQuestion(PAUSE), SessionsQuestion(PAUSE, pauses=(("app", timedelta(hours=1)),))),
    "paths": (PathsQuestion(PAGE, most=100), PathsQuestion(PAGE, most=100, pause=PAUSE, timed=True)),
    "step_matrix": (StepMatrixQuestion(5), StepMatrixQuestion(3, anchor=CART)),
    "patterns": (PatternsQuestion("page > [^order_placed]* > end", (PAGE, CART, ORDER)),),
    "attribution": (AttributionQuestion(ORDER),),
    "series": (
        SeriesQuestion(FIVE_DAYS, breakdown=Breakdown(By.CHANNEL)),
        SeriesQuestion(FIVE_DAYS, Metric(Measure.SUM, of="@amount")),
        SeriesQuestion(FIVE_DAYS, Metric(Measure.CONVERSION, PAGE, also=ORDER)),
    ),
    "pages": (PagesQuestion(pause=PAUSE),),
    "searches": (SearchesQuestion(pause=PAUSE),),
    "goals": (GoalsQuestion(pause=PAUSE),),
    "compare": (between_segments(FUNNEL, OFTEN, those_not_in(OFTEN, "others")),),
    "what_if": (WhatIfQuestion(ORDER), WhatIfQuestion(ORDER, pause=PAUSE)),
    "conformance": (CONFORMANCE, ConformanceQuestion(SHOP, FIVE_DAYS, among=Among(segment=ON_WEB))),
    "promise": (
        PromiseQuestion(CART, ORDER, timedelta(days=1)),
        PromiseQuestion(CART, ORDER, timedelta(days=1), same="plan", among=Among(segment=ON_WEB)),
    ),
}
ALL = [question for questions in QUESTIONS.values() for question in questions]

#: Customer, place in `ACTS`, hour: in order of arrival.
Event = tuple[int, int, int]


@dataclass(frozen=True)
class Other:
    """Paths that lie otherwise."""

    found: Paths

    def paths(self) -> Paths:
        return self.found


@contextmanager
def a_log(folder: Path, *batches: Sequence[Event], shards: int = 1) -> Iterator[Log]:
    """Open a log of batches; all but the last are compacted."""
    with Log.create(folder, shard_count=shards) as log:
        for place, batch in enumerate(batches):
            add(log, batch)
            if place + 1 < len(batches):
                log.compact()
        yield log


def add(log: Log, events: Sequence[Event]) -> None:
    if events:
        write(log, together(*map(an_act, events)))


def an_act(event: Event) -> Any:
    customer, act, hour = event
    name, channel, properties, amount = ACTS[act]
    return an_event(
        name,
        START + timedelta(hours=hour),
        customer=f"مشتری {customer}",
        channel=channel,
        properties=properties,
        amount=amount,
        currency="IRR" if amount else "",
        event_id=np.uint64([hour, customer]).tobytes(),
    )


def answers(lived: Any, executor: ThreadPoolExecutor | None = None) -> list[object]:
    """Return every answer without where it came from, or why there is none."""
    return [answer_of(lived, question, executor) for question in ALL]


def answer_of(lived: Any, question: object, executor: ThreadPoolExecutor | None) -> object:
    try:
        answer = kind_of(question).ask(lived, question, executor=executor)
    except Refusal as refusal:
        return refusal.code
    return [getattr(answer, name) for name in answer.__dataclass_fields__ if name != "provenance"]


#: No customer does two things in one hour: then the order of arrival may not tell.
EVENTS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, len(ACTS) - 1), st.integers(0, 140)),
    max_size=50,
    unique_by=lambda event: (event[0], event[2]),
)


def test_every_kind_is_asked() -> None:
    assert QUESTIONS.keys() == KINDS.keys()
    assert all(kind_of(each).name == kind for kind, questions in QUESTIONS.items() for each in questions)


@settings(max_examples=30)
@given(events=EVENTS, data=st.data())
def test_neither_order_of_arrival_nor_shards_nor_lateness_tell(tmp_path_factory, events, data) -> None:
    arrived = data.draw(st.permutations(events))
    cut = data.draw(st.integers(0, len(events)))
    with (
        a_log(tmp_path_factory.mktemp("a"), events) as log,
        a_log(tmp_path_factory.mktemp("b"), arrived[:cut], (), shards=8) as other,
        ThreadPoolExecutor(2) as executor,
    ):
        expected = answers(log)
        answers(other)
        add(other, arrived[cut:])
        found = answers(other, executor)
        for question, one, two in zip(ALL, expected, found, strict=True):
            assert two == one, question


@settings(max_examples=30)
@given(events=EVENTS, seed=st.integers(0, 99))
def test_parts_are_merged_in_any_order(tmp_path_factory, events, seed: int) -> None:
    rng = np.random.default_rng(seed)
    with a_log(tmp_path_factory.mktemp("a"), events, shards=4) as log:
        paths = log.paths()
        shards = []
        for shard in paths.shards:
            group = rng.integers(0, 3, len(shard.first))
            shards += [shard.of(group == number) for number in range(3)]
        other = Other(Paths(paths.version, tuple(shards[place] for place in rng.permutation(len(shards)))))
        for question, one, two in zip(ALL, answers(log), answers(other), strict=True):
            assert two == one, question


#: Of every kind, the numbers of an answer that count customers, each with the cell that tells it.
Numbers = Iterator[tuple[dict[str, Any], int]]


def of_flow(answer: Any) -> Numbers:
    for edge in answer.edges:
        yield {"source": edge.source, "target": edge.target}, edge.customers


def of_variants(answer: Any) -> Numbers:
    for variant in answer.variants:
        yield {"variant": variant.key}, variant.count


def of_funnel(answer: Any) -> Numbers:
    for place, step in enumerate(answer.steps):
        yield {"step": place, "lost": 0}, step.count
        if place + 1 < len(answer.steps):
            yield {"step": place, "lost": 1}, step.lost


def of_retention(answer: Any) -> Numbers:
    for cohort in answer.cohorts:
        yield {"cohort": cohort.key, "periods_after": 0}, cohort.size
        for cell in cohort.cells:
            if cell.periods_after:
                yield {"cohort": cohort.key, "periods_after": cell.periods_after}, cell.count
                lost = cell.retention_rate.n - cell.count
                yield {"cohort": cohort.key, "periods_after": cell.periods_after, "lost": 1}, lost


def of_paths(answer: Any) -> Numbers:
    for node in answer.nodes:
        yield {"depth": node.depth, "step": node.step}, node.customers
        yield {"depth": node.depth, "step": node.step, "ended": 1}, node.ended_customers
    for link in answer.links:
        yield {"depth": link.depth, "source": link.source, "target": link.target}, link.customers


def of_step_matrix(answer: Any) -> Numbers:
    for cell in answer.cells:
        yield {"position": cell.position, "step": cell.step}, cell.count


def of_patterns(answer: Any) -> Numbers:
    yield {}, answer.fitting_customers
    for match in answer.matches:
        yield {"match": json.dumps(match.steps, ensure_ascii=False)}, match.count


def of_attribution(answer: Any) -> Numbers:
    for name in answer.names:
        yield {"name": name.name}, name.customers
    yield {"number": "conversions"}, answer.converters


def of_series(answer: Any) -> Numbers:
    for line in answer.lines:
        name = line.name
        said = {
            "line": name.name,
            "is_rest": int(name.is_rest),
            "is_total": int(name.is_total),
            "currency": "",
        }
        for point in line.points:
            start = (point.window.start - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
            yield said | {"start": start}, 0 if point.value is None else round(point.value.value)


def of_pages(answer: Any) -> Numbers:
    for page in answer.pages:
        yield {"label": page.label, "number": "views"}, page.visitors


def of_searches(answer: Any) -> Numbers:
    for term in answer.terms:
        yield {"label": term.term, "number": "searches"}, term.searchers


def of_goals(answer: Any) -> Numbers:
    for goal in answer.goals:
        yield {"goal": goal.name}, goal.customers
    for left in answer.left:
        yield {"left": left.name, "number": "begun"}, left.customers


def of_compare(answer: Any) -> Numbers:
    for difference in answer.differences:
        kind, _, place = difference.key
        if kind == "conversion":
            yield {"side": "one", "step": place}, difference.one_count
            yield {"side": "other", "step": place}, difference.other_count


def of_what_if(answer: Any) -> Numbers:
    for edge in answer.edges:
        yield {"source": edge.source, "target": edge.target}, edge.customers


def of_promise(answer: Any) -> Numbers:
    yield {"number": "broken"}, answer.broken_customers


def of_conformance(answer: Any) -> Numbers:
    yield {"number": "customers"}, answer.customers
    for step in answer.steps:
        yield {"step": step.step}, step.customers
        yield {"step": step.step, "number": "again"}, step.again
        for number in ("lost", "skipped", "retried", "went_back", "contacted"):
            yield {"step": step.step, "number": number}, getattr(step, f"{number}_customers")
    for move in answer.moves:
        yield {"source": move.source, "target": move.target}, move.customers
    for each in answer.unmapped:
        yield {"unmapped": each.event_name}, each.customers


COUNTED: dict[str, tuple[Any, Callable[[Any], Numbers]]] = {
    "flow": (FlowQuestion(pause=PAUSE), of_flow),
    "variants": (VariantsQuestion(200), of_variants),
    "funnel": (FUNNEL, of_funnel),
    "retention": (RetentionQuestion(FIVE_DAYS, "day", most=4), of_retention),
    "paths": (PathsQuestion(PAGE, most=3, pause=PAUSE, occurrence=Occurrence.EVERY), of_paths),
    "step_matrix": (StepMatrixQuestion(5), of_step_matrix),
    "patterns": (PatternsQuestion("page > [^order_placed]* > end", most=50), of_patterns),
    "attribution": (AttributionQuestion(ORDER), of_attribution),
    "series": (
        SeriesQuestion(FIVE_DAYS, Metric(Measure.CUSTOMERS), breakdown=Breakdown(By.EVENT, most=2)),
        of_series,
    ),
    "pages": (PagesQuestion(pause=PAUSE), of_pages),
    "searches": (SearchesQuestion(pause=PAUSE), of_searches),
    "goals": (GoalsQuestion(pause=PAUSE), of_goals),
    "compare": (between_segments(FUNNEL, OFTEN, those_not_in(OFTEN, "others")), of_compare),
    "what_if": (
        WhatIfQuestion(ORDER, edits=(Edit("cart_added", None, EditKind.MOVE, 0.5, "order_placed"),)),
        of_what_if,
    ),
    "conformance": (CONFORMANCE, of_conformance),
    "promise": (PromiseQuestion(CART, ORDER, timedelta(hours=20)), of_promise),
}


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Forty customers who do some dozen things each, drawn by chance."""
    rng = np.random.default_rng(7)
    events = [
        (customer, int(rng.integers(len(ACTS))), int(hour))
        for customer in range(40)
        for hour in rng.choice(140, rng.integers(1, 14), replace=False)
    ]
    with a_log(tmp_path_factory.mktemp("forty"), events, shards=4) as log:
        yield log


def test_every_kind_answers(forty: Log) -> None:
    # Sessions are of customers, and none of their numbers counts these; their test asks who is behind them.
    assert COUNTED.keys() | {"sessions"} == KINDS.keys()
    assert [
        question for question, answer in zip(ALL, answers(forty), strict=True) if isinstance(answer, str)
    ] == []


@pytest.mark.parametrize("kind", COUNTED)
def test_as_many_customers_are_behind_a_number_as_it_counts(forty: Log, kind: str) -> None:
    question, numbers = COUNTED[kind]
    found = list(numbers(kind_of(question).ask(forty, question)))
    assert any(count for _, count in found)
    adds, paths = KINDS[kind].adds, forty.paths()
    assert adds is not None
    behind = [
        (cell, len(persons_behind(paths.shards, adds(paths, question, cell)).persons)) for cell, _ in found
    ]
    assert behind == found
