"""Lifetime value by segment: the same models, totals and draws as for everybody, of the members alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import paths
from safar.act.questions import KINDS
from safar.explain.clv_by_segment import CLVBySegmentQuestion, clv_by_segment
from safar.measure.clv import CLVQuestion, ValueRefused, clv
from safar.observe.question_json import read, told
from safar.observe.segment_text import segment_of
from safar.store.log import Log

OFTEN = segment_of("Often: did order_placed >= 3")
SELDOM = segment_of("Seldom: did order_placed <= 2")
NOBODY = segment_of("Nobody: did never")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    rng = np.random.default_rng(8)
    lives = {
        f"c{n}": " > ".join(
            f"order_placed {day}d 09:00 {100 + n} USD" for day in np.unique(rng.integers(0, 200, 1 + n % 5))
        )
        for n in range(60)
    }
    with Log.create(tmp_path / "log", shard_count=2) as log:
        with log.writer() as writer:
            writer.append(paths(lives))
            writer.sync()
        yield log


def test_members_are_worth_what_they_are_worth_among_all(log: Log) -> None:
    terms: dict[str, Any] = {"model": "mbgnbd", "draws": 50, "horizon_days": 90}
    whole = clv(log, CLVQuestion(**terms))
    found = clv_by_segment(log, CLVBySegmentQuestion(**terms, segments=(SELDOM, OFTEN, NOBODY)))
    orders = whole.forecast.customers.frequency + 1
    assert [name for name, _ in found.segments] == ["Often", "Seldom", "Nobody"], "the most valuable first"
    often, seldom, nobody = (each for _, each in found.segments)
    assert often == whole.of(orders >= 3)
    assert seldom == whole.of(orders < 3)
    assert (nobody.customers, nobody.value.value, nobody.historic) == (0, 0.0, 0.0)
    assert often.value.interval.low < often.value.value < often.value.interval.high
    assert often.value.value + seldom.value.value == pytest.approx(whole.total.value.value)


def test_the_table_begins_with_everybody(log: Log) -> None:
    found = clv_by_segment(log, CLVBySegmentQuestion(segments=(OFTEN, NOBODY)))
    assert found.table.column("segment") == ["", "Often", "Nobody"]
    assert found.table.column("customers") == [60, found.segments[0][1].customers, 0]
    assert found.table.column("value")[0] == clv(log).total.value.value
    assert found.table.column("value_share")[::2] == [1.0, 0.0]
    assert (found.notes, found.currency) == (clv(log).notes, "USD")
    alone = clv_by_segment(log, CLVBySegmentQuestion())
    assert alone.table.rows() == found.table.rows()[:1]


def test_a_question_is_its_json() -> None:
    question = CLVBySegmentQuestion(horizon_days=91, segments=(OFTEN,))
    said = {
        "kind": "clv_by_segment",
        "horizon_days": 91,
        "segments": ["Often: did order_placed >= 3"],
    }
    assert told(question) == said
    assert read(said) == question
    assert KINDS["clv_by_segment"].question is CLVBySegmentQuestion
    assert question.of_everybody == CLVQuestion(horizon_days=91)


def test_a_segment_is_named_once() -> None:
    with pytest.raises(ValueRefused):
        CLVBySegmentQuestion(segments=(OFTEN, OFTEN))
    with pytest.raises(ValueRefused):
        CLVBySegmentQuestion(segments=(OFTEN,), horizon_days=0)
