"""Path models asked of a log: the arrays' numbers, guesses from names, what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS
from safar.explain import path_model
from safar.explain.path_model import ModelRefused
from safar.explain.path_model_rows import Block, PathModelQuestion, guessed, leads_among, path_model_of
from safar.listen.answer_rows import NoSuchScore
from safar.observe.question_json import read, told
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CUSTOMERS = 150


def rated(
    customer: str, key: str, value: int, *, day: int = 1, way: str = "higher_is_better"
) -> EventColumns:
    told = {"question_key": key, "metric": "rating", "scale_min": 1, "scale_max": 10, "direction": way}
    at = FIRST + timedelta(days=day)
    return an_event("survey_answered", at, customer=customer, properties={**told, "value": value})


def answers() -> dict[str, np.ndarray]:
    """Quality moves satisfaction, and it loyalty: two questions each."""
    rng = np.random.default_rng(3)
    quality = rng.normal(size=CUSTOMERS)
    content = 0.7 * quality + 0.7 * rng.normal(size=CUSTOMERS)
    loyal = 0.6 * content + 0.8 * rng.normal(size=CUSTOMERS)
    return {
        f"{name}{n}": np.clip(np.round(6 + 1.6 * (felt + 0.5 * rng.normal(size=CUSTOMERS))), 1, 10)
        for name, felt in (("perq", quality), ("sat", content), ("loy", loyal))
        for n in (1, 2)
    }


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        told = answers()
        events = [rated(f"c{n}", key, int(told[key][n])) for key in told for n in range(CUSTOMERS)]
        events += [rated("c0", "perq1", 1, day=0)]  # an older answer
        events += [rated(f"c{n}", "image_of_old", 5) for n in range(9)]
        write(log, together(*events))
        yield log


def test_as_of_the_arrays(log: Log) -> None:
    found = path_model_of(log, PathModelQuestion(resamples=20))
    blocks = {"quality": ["perq1", "perq2"], "satisfaction": ["sat1", "sat2"], "loyalty": ["loy1", "loy2"]}
    arrays = path_model.fit(
        answers(),
        blocks,
        {"satisfaction": ["quality"], "loyalty": ["satisfaction"]},
        resamples=2,
        scale=(1, 10),
    )
    # image has nine answers, so that nothing leads from it
    assert [each.name for each in found.blocks] == ["quality", "satisfaction", "loyalty"]
    assert {
        Note.of("path_model.left_out", question="image_of_old", count=9),
        Note.of("path_model.guessed"),
    } <= set(found.notes)
    for source, target in (("quality", "satisfaction"), ("satisfaction", "loyalty")):
        assert found.model.arrow(source, target).path.value == pytest.approx(
            arrays.arrow(source, target).path.value
        )
    assert found.model["quality"].performance == pytest.approx(arrays["quality"].performance)
    assert found.model["quality"].alpha == pytest.approx(arrays["quality"].alpha)
    assert found.table.column("source") == ["quality", "quality", "satisfaction"]
    assert found.felt.column("felt") == ["quality", "satisfaction", "loyalty"]
    assert found.indicators.column("question_key") == list(answers())
    assert found.model.n == CUSTOMERS


def test_a_question_asked_the_other_way_round_is_turned(log: Log, tmp_path: Path) -> None:
    with Log.create(tmp_path / "turned", shard_count=1) as turned:
        told = answers()
        events = [
            rated(f"c{n}", key, int(11 - told[key][n] if key == "perq1" else told[key][n]), way=way)
            for key in told
            for way in (("lower_is_better",) if key == "perq1" else ("higher_is_better",))
            for n in range(CUSTOMERS)
        ]
        write(turned, together(*events))
        one, other = (path_model_of(each, PathModelQuestion(resamples=2)).model for each in (log, turned))
        assert other["quality"].performance == pytest.approx(one["quality"].performance)


@pytest.mark.parametrize(
    ("keys", "blocks"),
    [
        (["servqual_assurance.trust.first", "servqual_assurance.trust.second"], ["expectation", "quality"]),
        (["CUEX1", "CUSCO", "PERV1", "CUSA1"], ["expectation", "value", "satisfaction", "complaints"]),
        (["csat", "csat_delivery", "nps", "experience"], ["quality", "satisfaction", "loyalty"]),
        (["colour"], []),
    ],
)  # fmt: skip
def test_names_of_keys_tell_what_they_show(keys: list[str], blocks: list[str]) -> None:
    assert [each.name for each in guessed(keys)] == blocks


def test_what_led_to_a_thing_that_nobody_asks_about_leads_on() -> None:
    assert leads_among(["expectation", "satisfaction", "loyalty"]) == {
        "satisfaction": ("expectation",),
        "loyalty": ("satisfaction",),
    }
    assert leads_among(["image"]) == {}


def test_what_cannot_be_asked(log: Log) -> None:
    for blocks in (
        (Block("mood", ("a",)),),
        (Block("image", ("a",)), Block("image", ("b",))),
        (Block("image", ()),),
        (Block("image", ("a",)), Block("loyalty", ("a",))),
    ):
        with pytest.raises(ModelRefused):
            PathModelQuestion(blocks)
    with pytest.raises(NoSuchScore, match="'nobody'"):
        path_model_of(log, PathModelQuestion((Block("quality", ("nobody",)), Block("loyalty", ("loy1",)))))
    with pytest.raises(NoSuchScore, match="do not tell"):
        path_model_of(log, PathModelQuestion((Block("quality", ("perq1",)),)))


def test_the_question_has_a_json_of_its_own() -> None:
    question = PathModelQuestion((Block("quality", ("a", "b")), Block("loyalty", ("c",))), "centroid")
    assert KINDS["path_model"].question is PathModelQuestion
    assert read(told(question)) == question
