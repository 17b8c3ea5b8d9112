"""Emotion three ways: by hand, against published numbers, and intervals that cover."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from safar.listen.surveys import DIRECTION, HIGHEST, LOWEST, QUESTION, VALUE
from safar.maps.anatomy import Card, JourneyMap, Lane, LaneKind, Stage, Step
from safar.maps.emotion import Emotion, behaved, beliefs, gap, references, said_in, signs_of
from safar.observe.conformance import StepLived
from safar.store.extracts import Column, Rows
from safar.vocabulary.interval import Interval, share


def answers(*given: tuple[int, float, int, int, str]) -> Rows:
    """Return answers to the question ``q``: person, value, ends of the scale, direction."""
    persons, values, lows, highs, directions = zip(*given, strict=True)
    known = tuple(dict.fromkeys(directions))
    return Rows(
        "1",
        np.array(persons, np.uint64),
        np.arange(len(given)),
        Column(np.zeros(len(given), np.int32), ("survey_answered",)),
        {
            QUESTION: Column(np.zeros(len(given), np.int32), ("q",)),
            VALUE: Column(np.array(values, np.float64)),
            LOWEST: Column(np.array(lows, np.float64)),
            HIGHEST: Column(np.array(highs, np.float64)),
            DIRECTION: Column(np.array([known.index(each) for each in directions], np.int32), known),
        },
    )


def up(person: int, value: float, low: int = 1, high: int = 5) -> tuple[int, float, int, int, str]:
    return person, value, low, high, "higher_is_better"


def test_each_answer_comes_from_its_own_scale() -> None:
    rows = answers(
        up(1, 5), up(2, 1), up(3, 5, 0, 10), up(4, 7, 1, 7), (5, 1, 1, 5, "lower_is_better"), up(6, 99)
    )
    found = said_in(rows, ("q",), 0.95)
    assert found is not None
    assert (found.value, found.n) == ((2 - 2 + 0 + 2 + 2) / 5, 5)
    assert said_in(rows, ("other",), 0.95) is None


def test_the_interval_is_students_and_clustered() -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(1, 6, 200)
    found = said_in(answers(*(up(place, int(value)) for place, value in enumerate(values))), ("q",), 0.95)
    assert found is not None
    assert found.interval is not None
    felt = values - 3.0
    half = 1.971957 * felt.std(ddof=1) / math.sqrt(200)  # t of 199 degrees, from tables
    assert found.interval.high - found.value == pytest.approx(half, rel=1e-6)
    # the same answers, each four times by one person, tell nothing new
    four = answers(*(up(place, int(value)) for place, value in enumerate(values) for _ in range(4)))
    again = said_in(four, ("q",), 0.95)
    assert again is not None
    assert again.interval is not None
    assert again.interval.high == pytest.approx(found.interval.high, rel=1e-9)


def test_few_alike_answers_are_not_certain_and_stay_on_the_scale() -> None:
    found = said_in(answers(up(1, 5), up(2, 5), up(3, 5)), ("q",), 0.95)
    assert found is not None
    assert found.interval is not None
    assert found.interval.high == 2.0
    assert -2 <= found.interval.low < 1
    alone = said_in(answers(up(1, 4)), ("q",), 0.95)
    assert alone == Emotion(1.0, None, 1)


def test_said_covers_the_truth() -> None:
    rng = np.random.default_rng(11)
    shares = np.array([0.1, 0.15, 0.2, 0.3, 0.25])
    truth = float(shares @ np.arange(-2, 3))
    covered = 0
    for _ in range(500):
        values = rng.choice(5, 25, p=shares) + 1
        found = said_in(answers(*(up(place, int(value)) for place, value in enumerate(values))), ("q",), 0.95)
        assert found is not None
        covered += found.interval is not None and truth in found.interval
    assert 0.93 <= covered / 500 <= 0.99


def a_step(step: str, passages: int, *, lost: float | None, **signs: int) -> StepLived:
    names = [name for name in StepLived.__dataclass_fields__ if name not in {"step", "lost"}]
    counts = dict.fromkeys(names, 0) | dict.fromkeys(("customers", "passages", "decided"), passages) | signs
    found = None if lost is None else share(round(lost * passages), passages)
    return StepLived(step=step, lost=found, **counts)  # type: ignore[arg-type]


def test_behaviour_is_yules_q_beside_the_usual_step() -> None:
    step = a_step("s", 1_000_000, lost=None, contacted=200_000)
    # psych::Yule of the table 40, 10, 20, 50 in R: 0.8181818; odds 4 to 0.4
    usual = {"contacted": math.log(0.25 * 10)}
    found = behaved(step, usual, 0.95)
    assert found is not None
    assert found.value == pytest.approx(2 * 0.8181818, abs=1e-5)


def test_the_usual_step_is_in_the_middle_and_the_ends_are_the_ends() -> None:
    steps = [
        a_step("easy", 100_000, lost=0.0),
        a_step("usual", 100_000, lost=0.2, retried=5_000, went_back=5_000, contacted=5_000),
        a_step("hard", 100_000, lost=1.0, retried=100_000, went_back=100_000, contacted=100_000),
    ]
    usual = references(steps)
    easy, middle, hard = (behaved(step, usual, 0.95) for step in steps)
    assert easy is not None
    assert middle is not None
    assert hard is not None
    assert middle.value == pytest.approx(0)
    assert easy.value == pytest.approx(2, abs=1e-3)
    assert hard.value == pytest.approx(-2, abs=1e-3)
    assert -2 <= hard.value <= middle.value <= easy.value <= 2
    assert signs_of(steps[1])["lost"] == (20_000, 100_000)


def test_more_trouble_never_looks_better_and_less_people_are_less_sure() -> None:
    usual = {"lost": math.log(0.2 / 0.8), "contacted": math.log(0.05 / 0.95)}
    found = [behaved(a_step("s", 400, lost=lost, contacted=20), usual, 0.95) for lost in (0.05, 0.2, 0.5)]
    values = [each.value for each in found if each is not None]
    assert values == sorted(values, reverse=True)
    few = behaved(a_step("s", 400, lost=0.2, contacted=20, customers=40), usual, 0.95)
    many = found[1]
    assert few is not None
    assert many is not None
    assert few.interval is not None
    assert many.interval is not None
    assert few.interval.high - few.interval.low > many.interval.high - many.interval.low
    assert behaved(a_step("s", 9, lost=0.2), usual, 0.95) is None


def test_behaved_covers_the_truth() -> None:
    rng = np.random.default_rng(5)
    usual = {"lost": math.log(0.3 / 0.7), "contacted": math.log(0.1 / 0.9)}
    odds = {"lost": 0.45 / 0.55, "contacted": 0.06 / 0.94}
    truth = sum(math.tanh((usual[sign] - math.log(odds[sign])) / 2) for sign in usual)
    covered = 0
    for _ in range(400):
        step = a_step("s", 300, lost=0.0, contacted=int(rng.binomial(300, 0.06)))
        step = replace(step, lost=share(int(rng.binomial(300, 0.45)), 300))
        found = behaved(step, usual, 0.95)
        assert found is not None
        covered += found.interval is not None and truth in found.interval
    assert 0.92 <= covered / 400 <= 0.985


def test_beliefs_are_means_of_cards_in_lanes_of_emotion() -> None:
    def card(card_id: str, step: str, lane: str, emotion: float | None, *personas: str) -> Card:
        return Card(card_id=card_id, step_id=step, lane_id=lane, emotion=emotion, personas=personas)

    document = JourneyMap(
        lanes=(Lane(lane_id="felt", kind=LaneKind.EMOTION), Lane(lane_id="note", kind=LaneKind.NOTE)),
        stages=(Stage(stage_id="s", steps=(Step(step_id="one"), Step(step_id="two"))),),
        cards=(
            card("a", "one", "felt", 2.0),
            card("b", "one", "felt", -1.0, "mina"),
            card("c", "one", "note", -2.0),
            card("d", "two", "felt", None),
        ),
    )
    assert beliefs(document) == {"one": Emotion(0.5, None, 2)}
    assert beliefs(document, persona="sara") == {"one": Emotion(2.0, None, 1)}


def test_the_gap_has_the_interval_of_what_is_said() -> None:
    found = gap(Emotion(1.0, None, 2), Emotion(-0.5, Interval(-1.0, 0.25), 40))
    assert found == Emotion(1.5, Interval(0.75, 2.0), 40)
    assert gap(None, found) is None
    assert gap(found, None) is None
