"""Kano asked of a log: which answers make a pair, whose count, what is said of few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS
from safar.explain.kano import kano
from safar.explain.kano_rows import KanoQuestion, kano_of
from safar.listen.answer_rows import NoSuchScore
from safar.observe.question_json import read, told
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def said(customer: str, key: str, *choices: str, day: int = 0) -> EventColumns:
    told = {"question_key": key, "metric": "choice", "choices": list(choices)}
    return an_event("survey_answered", FIRST + timedelta(days=day), customer=customer, properties=told)


def both(customer: str, feature: str, there: str, missing: str, day: int = 0) -> tuple[EventColumns, ...]:
    return (
        said(customer, f"{feature}.there", there, day=day),
        said(customer, f"{feature}.missing", missing, day=day),
    )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        events = [event for n in range(40) for event in both(f"c{n}", "returns", "expect", "dislike")]
        events += [event for n in range(12) for event in both(f"c{n}", "wrapping", "like", "neutral")]
        events += both("c0", "returns", "like", "dislike", day=9)  # changed his mind
        events += [
            said("c90", "returns.there", "like"),  # no pair
            said("c91", "wrapping.there", "like", "expect"),  # two at once are no answer
            said("c91", "wrapping.missing", "no idea"),
            said("c92", "colour", "red"),
        ]
        write(log, together(*events))
        yield log


def test_pairs_of_a_person_make_a_category_and_the_last_ones_count(log: Log) -> None:
    found = kano_of(log, KanoQuestion())
    assert [(each.feature, each.found.category) for each in found.features] == [
        ("returns", "must_be"),
        ("wrapping", "attractive"),
    ]
    assert found["returns"] == kano([("expect", "dislike")] * 39 + [("like", "dislike")])
    assert found["wrapping"] == kano([("like", "neutral")] * 12)
    assert found.customers == 40
    assert found.notes == (
        Note.of("kano.unpaired", count=1),
        Note.of("kano.few", feature="wrapping", count=12),
    )
    assert found.table.column("must_be") == [39, 0]


def test_a_window_and_a_feature(log: Log) -> None:
    early = Window(FIRST, FIRST + timedelta(days=1))
    found = kano_of(log, KanoQuestion(("returns",), window=early))
    assert found["returns"].counts["must_be"] == 40
    assert [each.feature for each in found.features] == ["returns"]


def test_what_nobody_was_asked_twice(log: Log, tmp_path: Path) -> None:
    with pytest.raises(NoSuchScore, match="'colour'"):
        kano_of(log, KanoQuestion(("colour",)))
    with Log.create(tmp_path / "other", shard_count=1) as other:
        write(other, said("c1", "colour", "red"))
        with pytest.raises(NoSuchScore, match="No feature"):
            kano_of(other, KanoQuestion())


def test_who_contradict_themselves_are_told(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=1) as log:
        events = [
            event for n in range(40) for event in both(f"c{n}", "x", "like", "like" if n < 5 else "dislike")
        ]
        write(log, together(*events))
        assert kano_of(log, KanoQuestion()).notes == (Note.of("kano.questionable", feature="x", count=5),)


def test_the_question_has_a_json_of_its_own() -> None:
    question = KanoQuestion(("returns",), level=0.9)
    assert read(told(question)) == question
    assert KINDS["kano"].question is KanoQuestion
