"""Every number of a lived map is that of a plain count; its pains open as many customers as they say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from bound_map import SHOP, a_step
from builders import a_path, an_event, together
from lived_plainly import Plainly
from logs import write
from real_paths import real_paths
from safar.collect.importing import import_file
from safar.collect.shipped import shipped_mapping
from safar.listen.ces import CesQuestion, ces
from safar.listen.csat import CsatQuestion, csat
from safar.listen.nps import NpsQuestion, nps
from safar.listen.text.redaction import redact
from safar.maps.anatomy import JourneyMap, Move, Promise, Stage, Step
from safar.maps.lived import LivedMap, lived_map
from safar.maps.lived_question import lived_question
from safar.maps.pains import PainKind
from safar.observe.among import Among, Did, Segment
from safar.observe.conformance import MoveKind
from safar.observe.questions import kind_of
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.event import EventColumns
from safar.vocabulary.money import Money
from safar.vocabulary.window import Window

TWICE = Segment("twice", (Did(StepRule("order", ("order_placed",)), at_least=2),))
SCORES = {
    "nps": lambda values: 100 * (sum(v > 8 for v in values) - sum(v < 7 for v in values)) / len(values),
    "csat": lambda values: sum(v > 3 for v in values) / len(values),
    "ces": lambda values: sum(values) / len(values),
}
LOW = {"nps": range(7), "csat": range(1, 3), "ces": range(1, 4)}


@pytest.fixture(scope="module")
def company(demo_folder: Path) -> Iterator[Log]:
    with Log.open(demo_folder / "var" / "demo" / "workspaces" / "demo" / "log") as log:
        yield log


@dataclass(frozen=True)
class Side:
    found: LivedMap
    plain: Plainly


@pytest.fixture(scope="module")
def everybody(company: Log) -> Side:
    question = lived_question(SHOP)
    return Side(lived_map(company, question), Plainly.of(company, question))


@pytest.fixture(scope="module")
def some(company: Log) -> Side:
    span = company.sql("SELECT min(occurred_at), max(occurred_at) FROM events").one()
    middle = span[0] + (span[1] - span[0]) / 2
    question = lived_question(SHOP, window=Window(middle, span[1]), among=Among(segment=TWICE))
    members = company.sql(
        "SELECT customer_id FROM events WHERE event_name = 'order_placed' GROUP BY 1 HAVING count(*) >= 2"
    ).column("customer_id")
    return Side(lived_map(company, question), Plainly.of(company, question, frozenset(members)))


@pytest.fixture(params=["everybody", "some"])
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.getfixturevalue(request.param)
    return found


def test_flow_is_as_counted(everybody: Side) -> None:
    plain = everybody.plain
    for reading in everybody.found.steps:
        expected = plain.customers(reading.step)
        assert reading.customers == (len(expected) if reading.step != "aware" else None)
        if reading.lost is not None:
            ended, at = plain.lost(reading.step)
            assert reading.lost.value == pytest.approx(ended / at, abs=1e-12)
    assert [each.step for each in everybody.found.steps if each.lost is None] == ["aware", "loyal"]
    flow = everybody.found.conformance
    assert flow is not None
    made = plain.moves()
    assert {
        (move.source, move.target): move.customers for move in flow.moves if move.kind is not MoveKind.STAY
    } == {move: len(customers) for move, customers in made.items()}


def test_channels_are_as_counted(side: Side) -> None:
    for reading in side.found.steps:
        assert dict(reading.channels) == side.plain.channels(reading.step)
        counts = [count for _, count in reading.channels]
        assert counts == sorted(counts, reverse=True)


def test_scores_are_as_counted(side: Side) -> None:
    steps = {step.step_id: step for step in side.plain.question.steps}
    assert sum(len(reading.scores) for reading in side.found.steps) == 6
    for reading in side.found.steps:
        assert [score.question_key for score in reading.scores] == list(steps[reading.step].question_keys)
        for score in reading.scores:
            values = [value for _, value in side.plain.values(score.question_key, score.metric, score.scale)]
            assert score.estimate is not None
            expected = SCORES[score.metric](values)
            assert score.estimate.value == pytest.approx(expected, rel=1e-12)
            assert score.n == score.estimate.n == len(values)
            assert score.low == sum(value in LOW[score.metric] for value in values)


def test_scores_of_everybody_are_those_of_listen(company: Log, everybody: Side) -> None:
    span = company.sql("SELECT min(occurred_at), max(occurred_at) + INTERVAL 1 SECOND FROM events").one()
    windows = (Window(*span),)
    found = {
        score.question_key: score.estimate for reading in everybody.found.steps for score in reading.scores
    }
    assert found["nps"] == nps(company, NpsQuestion(windows, "nps")).scores[0].estimate
    assert found["csat_delivery"] == csat(company, CsatQuestion(windows, "csat_delivery")).scores[0].estimate
    assert found["ces_checkout"] == ces(company, CesQuestion(windows, "ces_checkout")).scores[0].mean


def test_what_is_said_is_the_mean_of_answers_on_one_scale(side: Side) -> None:
    for reading, step in zip(side.found.steps, side.plain.question.steps, strict=True):
        felt = [value for _, value in side.plain.said(step)]
        if not felt:
            assert reading.said is None
            continue
        assert reading.said is not None
        assert reading.said.interval is not None
        assert reading.said.value == pytest.approx(sum(felt) / len(felt), abs=1e-12)
        assert reading.said.n == len(felt)
        assert reading.said.value in reading.said.interval


def test_promises_are_kept_as_counted(side: Side) -> None:
    promises = {each.promise_id: each for step in side.plain.question.steps for each in step.promises}
    found = [promise for reading in side.found.steps for promise in reading.promises]
    assert [each.promise_id for each in found] == ["two-days", "answered"]
    for each in found:
        expected = side.plain.promise(promises[each.promise_id])
        kept, broken = expected["kept"], expected["broken"]
        assert each.kept is not None
        assert each.median is not None
        assert (each.broken, each.open) == (len(broken), len(expected["open"]))
        assert each.kept.value == pytest.approx(len(kept) / (len(kept) + len(broken)), abs=1e-12)
        assert each.kept.n == len({*kept, *broken})
        assert each.broken_customers == len(set(broken))
        assert each.median.total_seconds() == pytest.approx(expected["median"], abs=1e-5)


def test_money_is_exact(side: Side) -> None:
    for reading, step in zip(side.found.steps, side.plain.question.steps, strict=True):
        for sums, rule in ((reading.revenue, step.revenue), (reading.cost, step.cost)):
            expected = {} if rule is None else side.plain.money(rule)
            assert {money.currency: money.minor for money in sums} == expected
    assert any(reading.revenue for reading in side.found.steps)


def test_voices_are_what_customers_wrote_without_numbers_of_theirs(side: Side) -> None:
    steps = {step.step_id: step for step in side.plain.question.steps}
    messages = {
        redact(str(event.properties.get("text")).strip()).text
        for event in side.plain.asked
        if event.name == "message_received"
    }
    for reading in side.found.steps:
        answers = [voice for voice in reading.voices if voice.metric]
        written = [voice for voice in reading.voices if not voice.metric]
        assert {voice.text for voice in answers} <= side.plain.words(steps[reading.step])
        assert {voice.text for voice in written} <= messages
        assert len(reading.voices) <= 6
        assert len(written) <= 2
        if answers:
            said = side.plain.answers(steps[reading.step].question_keys)
            newest = max(event.at for event, facts in said if facts.get("verbatim"))
            assert newest in [voice.at for voice in answers]
    assert sum(len(reading.voices) for reading in side.found.steps) > 10


def test_pains_of_answers_promises_and_tags_meet_whom_they_say(side: Side) -> None:
    steps = {step.step_id: step for step in side.plain.question.steps}
    promises = {each.promise_id: each for step in side.plain.question.steps for each in step.promises}
    kinds = set()
    for pain in side.found.pains:
        facts = dict(pain.facts)
        expected = None
        if pain.kind is PainKind.LOW_SCORE:
            (scale,) = {
                score.scale
                for reading in side.found.steps
                for score in reading.scores
                if score.question_key == facts["question"]
            }
            values = side.plain.values(str(facts["question"]), str(facts["metric"]), scale)
            expected = {who for who, value in values if value in LOW[str(facts["metric"])]}
        elif pain.kind is PainKind.PROMISE_BROKEN:
            expected = set(side.plain.promise(promises[str(facts["promise"])])["broken"])
        elif "tags" in facts:
            expected = {event.customer for event in side.plain.tagged(steps[pain.step])}
        if expected is not None:
            kinds.add(pain.kind)
            assert pain.people == len(expected)
        assert pain.weight == pytest.approx(pain.people * pain.severity)
        assert 0 < pain.severity <= 1
    assert kinds == {PainKind.LOW_SCORE, PainKind.PROMISE_BROKEN, PainKind.CONTACT}
    weights = [pain.weight for pain in side.found.pains]
    assert weights == sorted(weights, reverse=True)
    assert sorted(side.found.pains, key=repr) == sorted(
        (pain for reading in side.found.steps for pain in reading.pains), key=repr
    )


@pytest.mark.parametrize("kind", list(PainKind))
def test_pains_open_as_many_customers_as_they_say(company: Log, some: Side, kind: PainKind) -> None:
    found = [pain for pain in some.found.pains if pain.kind is kind and pain.people <= 60]
    for pain in found[:2]:
        assert pain.opening is not None
        behind = kind_of(pain.opening.question).behind(
            company, pain.opening.question, dict(pain.opening.cell), limit=1_000
        )
        assert len(behind.persons) == pain.people


def test_a_promise_opens_its_customers(company: Log, some: Side) -> None:
    (promise,) = (each for each in some.found.steps[6].promises)
    kind = kind_of(promise.opening.question)
    behind = kind.behind(company, promise.opening.question, dict(promise.opening.cell), limit=10_000)
    assert len(behind.persons) == promise.broken_customers


def test_threads_give_the_same(company: Log, everybody: Side) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert lived_map(company, lived_question(SHOP), executor=executor) == everybody.found


# -- by hand


def answered(at: str, value: int, customer: str, **more: object) -> EventColumns:
    told = {"question_key": "csat_pay", "metric": "csat", "scale_min": 1, "scale_max": 5, "value": value}
    return an_event("survey_answered", at, customer=customer, properties=told | more)


PAY = JourneyMap(
    stages=(
        Stage(
            stage_id="s",
            steps=(
                a_step("cart", "cart"),
                a_step("pay", "pay, pay_again", question_keys=("csat_pay",), revenue="pay"),
                a_step(
                    "got",
                    "got",
                    promises=(Promise(promise_id="p", begins="pay", kept_by="got", within="1d"),),
                ),
            ),
        ),
    ),
    moves=(Move(source="cart", target="pay"), Move(source="pay", target="got")),
    pause="10d",
)
EVENTS = together(
    a_path("cart 09:00 > pay 09:10 500 IRR > got 09:40", customer="a"),
    a_path("cart 09:00 > pay 09:10 700 IRR > got 2d 09:40", customer="b"),
    a_path("cart 09:00 > pay 09:10 30 USD", customer="c", channel="app"),
    a_path("cart 09:00", customer="d"),
    a_path("late 30d 09:00", customer="e"),
    answered("2026-03-22", 5, "a", verbatim="خوب بود"),
    answered("2026-03-23", 1, "b", verbatim="بد بود"),
    answered("2026-03-24", 2, "c"),
    answered("2026-03-25", 2, "c", scale_max=7),
    answered("2026-03-26", 99, "c"),
)


def test_by_hand(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(log, EVENTS)
        found = lived_map(log, lived_question(PAY))
        cart, pay, got = found.steps
        assert [each.customers for each in found.steps] == [4, 3, 2]
        assert [each.lost and round(each.lost.value, 9) for each in (cart, pay)] == [0.25, round(1 / 3, 9)]
        assert got.lost is None
        first, second = pay.scores
        assert (first.scale, first.n, first.low) == ((1, 5), 3, 2)
        assert first.estimate is not None
        assert first.estimate.value == pytest.approx(1 / 3)
        assert (second.scale, second.n, second.low) == ((1, 7), 1, 1)
        assert pay.said is not None
        # 5, 1 and 2 of 1-5, and 2 of 1-7; 99 is on no scale
        assert pay.said.value == pytest.approx((2 - 2 - 1 + (-2 + 4 / 6)) / 4)
        assert pay.revenue == (Money(1200, "IRR"), Money(30, "USD"))
        assert pay.channels == (("web", 2), ("app", 1))
        assert [(voice.text, voice.value, voice.customer_id) for voice in pay.voices] == [
            ("بد بود", 1.0, "b"),
            ("خوب بود", 5.0, "a"),
        ]
        (promise,) = got.promises
        assert promise.kept is not None
        assert promise.kept.value == pytest.approx(1 / 3)
        assert (promise.broken, promise.open, promise.broken_customers) == (2, 0, 2)
        assert promise.median == timedelta(hours=24, minutes=30)
        assert found.pains == ()  # nothing met five people
        notes = {note.code: dict(note.facts).get("count") for note in found.notes}
        assert notes["csat.unreadable"] == 1
        assert notes["csat.repeated"] == 1
        assert "csat.other_scale" not in notes


def test_another_scale_is_told(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(log, answered("2026-03-22", 60, "a", scale_max=100), answered("2026-03-23", 3, "b"))
        found = lived_map(log, lived_question(PAY))
        notes = {note.code: dict(note.facts).get("count") for note in found.notes}
        assert notes["csat.other_scale"] == 1
        assert [score.n for score in found.steps[1].scores] == [1]


def test_an_empty_log_has_an_empty_map(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        found = lived_map(log, lived_question(SHOP))
    assert [each.customers for each in found.steps] == [None, *[0] * 8]
    assert found.pains == ()
    assert all(each.said is each.behaved is None and each.revenue == () for each in found.steps)


def test_a_map_without_bindings_has_no_flow(tmp_path: Path) -> None:
    bare = JourneyMap(stages=(Stage(stage_id="s", steps=(Step(step_id="one"), a_step("two", tags=("x",)))),))
    with Log.create(tmp_path / "log") as log:
        write(log, EVENTS)
        found = lived_map(log, lived_question(bare))
    assert found.conformance is None
    assert [each.customers for each in found.steps] == [None, None]


def test_neither_order_of_arrival_nor_shards_tell(tmp_path: Path, rng: np.random.Generator) -> None:
    with (
        Log.create(tmp_path / "one", shard_count=1) as log,
        Log.create(tmp_path / "two", shard_count=8) as other,
    ):
        write(log, EVENTS)
        order = rng.permutation(len(EVENTS.customer_id))
        for place in order[:9]:
            write(other, _event(EVENTS, int(place)))
        other.compact()
        for place in order[9:]:
            write(other, _event(EVENTS, int(place)))
        question = lived_question(PAY)
        one, two = lived_map(log, question), lived_map(other, question)
        assert one.steps == two.steps
        assert one.pains == two.pains
        assert one.notes == two.notes


def _event(events: EventColumns, place: int) -> EventColumns:
    def one(column: object) -> object:
        return column[place : place + 1]  # type: ignore[index]

    return replace(events, **{name: one(getattr(events, name)) for name in events.__dataclass_fields__})


# -- real shops


@pytest.mark.data
def test_a_real_shop_is_lived_as_counted(shared_data: Path, tmp_path: Path) -> None:
    document = JourneyMap(
        stages=(
            Stage(
                stage_id="s",
                steps=(
                    a_step("arrive", "home, promo_page"),
                    a_step("look", "catalog, product_view, search, filter_results, compare"),
                    a_step("cart", "add_to_cart, cart"),
                    a_step("pay", "shipping_details, payment_details"),
                    a_step("bought", "purchase"),
                ),
            ),
        ),
        moves=tuple(
            Move(source=one, target=two)
            for one, two in (("arrive", "look"), ("look", "cart"), ("cart", "pay"), ("pay", "bought"))
        ),
        pause="1d",
    )
    with real_paths("ecom_users", shared_data, tmp_path) as log:
        question = lived_question(document)
        found, plain = lived_map(log, question), Plainly.of(log, question)
        for reading in found.steps:
            assert reading.customers == len(plain.customers(reading.step))
            assert dict(reading.channels) == plain.channels(reading.step)
            if reading.lost is not None:
                ended, at = plain.lost(reading.step)
                assert reading.lost.value == pytest.approx(ended / at, abs=1e-12)
        made = plain.moves()
        backs = [pain for pain in found.pains if pain.kind is PainKind.BACK]
        assert len(backs) > 3
        for pain in backs:
            assert pain.people == len(made[pain.step, str(dict(pain.facts)["target"])])


@pytest.mark.data
def test_online_retail_is_lived_as_counted(shared_data: Path, tmp_path: Path) -> None:
    document = JourneyMap(
        stages=(
            Stage(
                stage_id="s",
                steps=(
                    a_step("order", "order_placed", revenue="order_placed"),
                    a_step(
                        "again",
                        promises=(
                            Promise(
                                promise_id="again",
                                begins="order_placed",
                                kept_by="order_placed",
                                within="30d",
                            ),
                        ),
                    ),
                    a_step("back", "order_returned", cost="order_returned"),
                ),
            ),
        ),
        moves=(Move(source="order", target="again"), Move(source="again", target="back")),
        pause="365d",
    )
    mapping = shipped_mapping("online_retail")
    assert mapping is not None
    with Log.create(tmp_path / "log") as log:
        with log.writer() as writer:
            file = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
            import_file(file, mapping, writer, folder=tmp_path / "imports")
        question = lived_question(document)
        found, plain = lived_map(log, question), Plainly.of(log, question)
    order, again, back = found.steps
    assert (order.customers, back.customers) == (4338, 1589)
    assert order.revenue == (Money(plain.money(StepRule("o", ("order_placed",)))["GBP"], "GBP"),)
    assert back.cost == (Money(plain.money(StepRule("r", ("order_returned",)))["GBP"], "GBP"),)
    expected = plain.promise(question.steps[1].promises[0])
    (promise,) = again.promises
    assert promise.kept is not None
    kept = len(expected["kept"])
    assert promise.kept.value == pytest.approx(kept / (kept + promise.broken), abs=1e-12)
    assert (promise.broken, promise.open) == (len(expected["broken"]), len(expected["open"]))
    assert math.isclose(promise.median.total_seconds(), expected["median"], abs_tol=1e-5)
