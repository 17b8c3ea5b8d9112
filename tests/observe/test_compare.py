"""Compare: by hand, no more told than promised, real differences found, of every kind of question."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.observe.among import Among, Did, Segment
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.comparables import COMPARED
from safar.observe.compare import (
    CompareQuestion,
    CompareRefused,
    adds_to_side,
    between_segments,
    between_windows,
    compare,
    those_not_in,
)
from safar.observe.flow import FlowQuestion
from safar.observe.funnel import FunnelQuestion
from safar.observe.goals import GoalsQuestion
from safar.observe.lines import Breakdown, By
from safar.observe.measures import Measure, Metric
from safar.observe.paths_around import PathsQuestion
from safar.observe.patterns import PatternsQuestion
from safar.observe.question_json import read, told
from safar.observe.retention import RetentionQuestion
from safar.observe.searches import SearchesQuestion
from safar.observe.series import SeriesQuestion
from safar.observe.sessions import SessionsQuestion
from safar.observe.step_matrix import StepMatrixQuestion
from safar.observe.steps import StepRule
from safar.observe.variants import VariantsQuestion
from safar.observe.web_pages import PagesQuestion
from safar.store.log import Log
from safar.store.paths import Paths, PathShard
from safar.vocabulary.interval import difference, share
from safar.vocabulary.many_looks import ImpossibleRate
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)
LONG = Window(START - timedelta(days=1), START + timedelta(days=60))
ON_WEB = Segment("web", (Did(StepRule("on web", channels=("web",))),))
ON_APP = those_not_in(ON_WEB, "app")
VISIT, CART, PAY = (StepRule(name, (name,)) for name in ("page", "cart_added", "order_placed"))
FUNNEL = FunnelQuestion((VISIT, CART, PAY), timedelta(days=7))


@pytest.fixture(scope="module")
def log() -> Iterator[Log]:
    """Sixty customers on the web and sixty in the app, who come on two days; those of the app order more often."""
    with tempfile.TemporaryDirectory() as folder, Log.create(Path(folder) / "log", shard_count=4) as log:
        events = []
        for number in range(120):
            channel, orders = ("web", number < 15) if number < 60 else ("app", number < 105)
            names = ["page", "search_performed", "product_viewed", "cart_added", *["order_placed"] * orders]
            for day in (0, 8) if number % 4 else (0,):
                events += [
                    an_event(
                        name,
                        START + timedelta(days=day, minutes=place),
                        customer=f"c{number}",
                        channel=channel,
                        properties={
                            "path": "/" if number % 3 else "/p",
                            "query": "x",
                            "result_count": number % 2,
                        },
                    )
                    for place, name in enumerate(names)
                ]
        events.append(an_event("noise", START + timedelta(days=40), customer="c0", channel="web"))
        write(log, together(*events))
        yield log


def test_a_funnel_of_two_segments_by_hand(log: Log) -> None:
    answer = compare(log, between_segments(FUNNEL, ON_APP, ON_WEB))
    first, second = answer.differences
    assert (first.key, first.one_count, first.other_count) == (("conversion", "order_placed", 2), 45, 15)
    assert (first.one, first.other) == (share(45, 60), share(15, 60))
    assert first.difference == difference(share(45, 60), share(15, 60))
    # pooled share ½ of 120: z = 0.5 / sqrt(0.25 × 2/60) = 5.477
    assert first.p_value == pytest.approx(4.32e-8, rel=2e-3)
    assert (first.is_clear, second.key, second.is_clear) == (
        True,
        ("step_conversion", "order_placed", 2),
        True,
    )
    # everybody puts something into the cart: of the rarer outcome there are none, and nothing is judged
    assert {(note.code, *note.facts) for note in answer.notes} == {
        ("compare.looked_at", ("count", 2)),
        ("compare.too_few", ("count", 1)),
    }
    assert answer.table.column("kind") == ["conversion", "step_conversion"]


QUESTIONS = [
    FlowQuestion(),
    FlowQuestion(pause=timedelta(minutes=30)),
    VariantsQuestion(),
    FUNNEL,
    RetentionQuestion(Window(START, START + timedelta(days=7)), "week"),
    SessionsQuestion(),
    PathsQuestion(depth=6),
    StepMatrixQuestion(5),
    PatternsQuestion("cart_added > order_placed"),
    SeriesQuestion(LONG, breakdown=Breakdown(By.EVENT)),
    SeriesQuestion(LONG, Metric(Measure.CONVERSION, CART, also=PAY)),
    PagesQuestion(),
    SearchesQuestion(),
    GoalsQuestion(),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_of_every_kind_of_question(log: Log, question) -> None:
    asked = between_segments(question, ON_APP, ON_WEB)
    assert read(told(asked)) == asked
    assert asked.names == ("app", "web")
    answer = compare(log, asked)
    assert answer.differences
    assert len(answer.table) == len(answer.differences)
    with ThreadPoolExecutor(2) as executor:
        assert compare(log, asked, executor=executor).differences == answer.differences
    mirrored = compare(log, CompareQuestion(asked.other, asked.one))
    assert [each.key for each in mirrored.differences] == [each.key for each in answer.differences]
    for here, there in zip(answer.differences, mirrored.differences, strict=True):
        assert here.difference.value == pytest.approx(-there.difference.value)
        assert (here.one_count, here.other_count) == (there.other_count, there.one_count)
    same = compare(log, CompareQuestion(asked.one, asked.one))
    assert all(each.p_value == 1.0 and not each.is_clear for each in same.differences)


def test_every_kind_is_tried() -> None:
    assert {type(question) for question in QUESTIONS} == set(COMPARED)


def test_orders_stand_out_wherever_they_are_counted(log: Log) -> None:
    def clear(question) -> set[tuple]:
        return {each.key for each in compare(log, between_segments(question, ON_APP, ON_WEB)).clear}

    assert clear(GoalsQuestion()) >= {("customer_goal", "order"), ("abandoned", "cart")}
    assert ("edge", "cart_added", "order_placed") in clear(FlowQuestion(pause=timedelta(hours=1)))
    assert ("exit", "order_placed") in clear(SessionsQuestion())
    assert clear(SearchesQuestion()) == set()
    assert clear(PagesQuestion()) == set()


def test_two_windows(log: Log) -> None:
    one, other = (
        Window(START, START + timedelta(days=1)),
        Window(START + timedelta(days=8), START + timedelta(days=9)),
    )
    asked = between_windows(FUNNEL, one, other, ("first", "second"))
    assert (asked.one.window, asked.other.window, asked.names) == (one, other, ("first", "second"))
    assert not compare(log, asked).clear


def test_who_is_behind_a_side(log: Log) -> None:
    paths = log.paths()
    asked = between_segments(FlowQuestion(), ON_APP, ON_WEB)
    edge = {"source": "cart_added", "target": "order_placed"}
    for side, count in (("one", 45), ("other", 15)):
        found = persons_behind(paths.shards, adds_to_side(paths, asked, {"side": side, **edge}))
        assert len(found.persons) == count
    with pytest.raises(CellRefused):
        adds_to_side(paths, asked, edge)


def test_segments_meet_whom_the_question_is_about(log: Log) -> None:
    payers = Segment("payers", (Did(PAY),))
    asked = between_segments(FlowQuestion(among=Among(segment=payers)), ON_APP, ON_WEB)
    assert asked.one.among.segment == Segment("app", (*payers.did, *ON_APP.did))


def test_those_who_are_not_in_a_segment() -> None:
    often = Segment("often", (Did(PAY, 3),))
    assert those_not_in(often, "others") == Segment("others", (Did(PAY, 0, 2),))
    assert those_not_in(those_not_in(often, "others"), "often") == often
    for wrong in (Segment("x", (Did(PAY), Did(CART))), Segment("x", (Did(PAY, 1, 2),))):
        with pytest.raises(CompareRefused):
            those_not_in(wrong, "others")


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(CompareRefused, match="FlowQuestion"):
        CompareQuestion(FlowQuestion(), FUNNEL)
    with pytest.raises(CompareRefused, match="levels"):
        CompareQuestion(SessionsQuestion(), SessionsQuestion(level=0.9))
    with pytest.raises(ImpossibleRate):
        CompareQuestion(FUNNEL, FUNNEL, false_discovery_rate=0.0)


@dataclass(frozen=True)
class Arrays:
    """Paths made of arrays: every customer begins with the event of a side, ``one`` or ``other``."""

    shard: PathShard

    def paths(self) -> Paths:
        return Paths("drawn", (self.shard,))


NAMES = ("one", "other", "a", "b", "c", "d", "e")
SIDES = tuple(Segment(name, (Did(StepRule(name, (name,))),)) for name in NAMES[:2])
STEPS = tuple(StepRule(name, (name,)) for name in NAMES[2:])
ASKED = between_segments(FlowQuestion(STEPS), *SIDES)


def drawn(rng: np.random.Generator, customers: int, *, lift: float = 0.0) -> Arrays:
    """Return customers with habits of their own: few steps or many, each step after its own liking.

    ``lift`` of the first side's steps are replaced by ``e``.
    """
    codes, ends = [], []
    for _ in range(customers):
        side = int(rng.integers(2))
        likings = rng.dirichlet(np.full(5, 0.4))
        steps = 2 + rng.choice(5, 1 + int(rng.geometric(0.08)), p=likings)
        if side == 0:
            steps = np.where(rng.random(len(steps)) < lift, 6, steps)
        codes.append(np.concatenate([[side], steps]))
        ends.append(len(codes[-1]))
    stops = np.cumsum(ends).astype(np.uint32)
    code = np.concatenate(codes).astype(np.uint8)
    return Arrays(
        PathShard(
            first=np.concatenate([[0], stops[:-1]]).astype(np.uint32),
            end=stops,
            time=np.arange(len(code), dtype=np.int64) * 1_000_000,
            code=code,
            channel_code=np.zeros(len(code), np.uint8),
            event_names=NAMES,
            channels=("",),
            person=rng.integers(0, 1 << 63, customers).astype(np.uint64),
        )
    )


def test_no_more_is_told_than_promised_and_intervals_hold(rng: np.random.Generator) -> None:
    false_alarms, covered, widths = [], [], []
    for _ in range(120):
        answer = compare(drawn(rng, 300), ASKED)
        false_alarms.append(bool(answer.clear))
        covered += [0 in each.difference.interval for each in answer.differences]
        for each in answer.differences:
            plain = share(each.one_count, each.one.n)
            assert plain is not None
            widths.append(
                (each.one.interval.high - each.one.interval.low) / (plain.interval.high - plain.interval.low)
            )
    # customers differ: what they do goes together, and intervals of independent steps would be far too narrow
    assert np.median(widths) > 1.4
    assert 0.935 <= np.mean(covered) <= 0.975
    assert np.mean(false_alarms) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 120)


def test_a_real_difference_is_found(rng: np.random.Generator) -> None:
    found = [compare(drawn(rng, 600, lift=0.3), ASKED) for _ in range(10)]
    assert all(each.differences[0].is_clear for each in found)
    assert all(each.differences[0].key[2] == "e" or each.differences[0].key[1] == "e" for each in found)
