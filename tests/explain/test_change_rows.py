"""Change explained, asked of a log: both splits are exact and the planted touchpoint is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS, kind_of
from safar.explain.change_rows import ChangeExplainedQuestion, Side, change_explained
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.explain.driver_rows import DriversQuestion, drivers_of
from safar.listen.answer_rows import NoSuchScore
from safar.listen.groups import By
from safar.observe.among import Among
from safar.observe.question_json import read, told
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window

FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
LATE = StepRule("late", ("delivery_late",))
NEVER = StepRule("never", ("nobody_had_this",))
BEFORE = Window(FIRST, FIRST + timedelta(days=40))
NOW = Window(FIRST + timedelta(days=40), FIRST + timedelta(days=80))
SIDES = Side(NOW), Side(BEFORE)


def on_day(day: int, name: str, customer: str, **told: object) -> EventColumns:
    return an_event(name, FIRST + timedelta(days=day), customer=customer, **told)  # type: ignore[arg-type]


def answers(day: int, share_late: float, share_app: float, seed: int) -> Iterator[EventColumns]:
    """Eighty people answer from 1 to 5; who had it late gives 2 points less, on the app 1 point more."""
    rng = np.random.default_rng(seed)
    for number in range(80):
        name, late, app = f"{day}-{number}", rng.random() < share_late, rng.random() < share_app
        if late:
            yield on_day(day - 5, "delivery_late", name)
        value = int(np.clip(rng.integers(3, 5) - 2 * late + app, 1, 5))
        told = {"question_key": "ease", "metric": "rating", "scale_min": 1, "scale_max": 5, "value": value}
        yield on_day(day, "survey_answered", name, channel="app" if app else "web", properties=told)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(log, together(*answers(20, 0.1, 0.5, 1), *answers(60, 0.6, 0.5, 2), on_day(90, "page", "x")))
        yield log


def asked(**more: object) -> ChangeExplainedQuestion:
    return ChangeExplainedQuestion(*SIDES, **{"touchpoints": (LATE,), "resamples": 60, **more})  # type: ignore[arg-type]


def test_the_change_is_split_exactly_and_lateness_is_found(log: Log) -> None:
    found = change_explained(log, asked())
    total = found.score_now.value - found.score_before.value
    assert total < -0.5
    split, touchpoints = found.split, found.touchpoints
    assert touchpoints is not None
    assert split.total.value == pytest.approx(total)
    assert split.within.value + split.mix.value == pytest.approx(total)
    (part,) = touchpoints.parts
    assert part.exposure.value + part.response.value + touchpoints.rest.value == pytest.approx(total)
    assert part.mean_before < 0.2
    assert 0.5 < part.mean_now < 0.7
    assert part.exposure.value == pytest.approx(-2 * (part.mean_now - part.mean_before), abs=0.25)
    assert part.exposure.interval.high < 0
    assert (found.question_key, found.customers, found.provenance.rows_read) == ("ease", 160, 160)
    assert found.notes == (Note.of("change.association"),)
    assert sorted(row[0] for row in found.table.rows()) == ["app", "web"]
    assert found.touchpoint_table.column("touchpoint") == ["late"]


def test_two_groups_of_customers_are_compared_in_the_same_time(log: Log) -> None:
    late, others = (
        Among(segment=segment_of(text)) for text in ("did delivery_late", "did not delivery_late")
    )
    found = change_explained(log, ChangeExplainedQuestion(Side(NOW, late), Side(NOW, others), resamples=5))
    assert found.split.total.value < -1
    assert found.touchpoints is None
    assert len(found.touchpoint_table) == 0
    assert found.provenance.rows_read == 80


def test_what_nobody_lived_through_explains_nothing_and_is_said(log: Log) -> None:
    found = change_explained(log, asked(touchpoints=(LATE, NEVER), by=By("language")))
    assert Note.of("change.untouched", touchpoint="never") in found.notes
    assert found.touchpoints is not None
    assert [part.name for part in found.touchpoints.parts] == ["late"]
    assert found.split.mix.value == pytest.approx(0)  # nobody said a language: one group


def test_too_few_answers_for_touchpoints_are_still_split_by_group(log: Log) -> None:
    few = Side(Window(FIRST + timedelta(days=100), FIRST + timedelta(days=110)))
    write(log, together(*list(answers(105, 0.5, 0.5, 3))[:25]))
    found = change_explained(log, ChangeExplainedQuestion(few, SIDES[1], touchpoints=(LATE,), resamples=5))
    assert found.touchpoints is None
    count = found.provenance.rows_read - 80
    assert 10 < count < 32
    assert found.notes == (Note.of("change.too_few", count=count),)
    assert found.split.total.n == count


def test_who_answers_twice_is_said(log: Log) -> None:
    again = {"question_key": "ease", "metric": "rating", "scale_min": 1, "scale_max": 5, "value": 4}
    write(log, on_day(62, "survey_answered", "20-1", properties=again))
    assert Note.of("change.same_people", count=1) in change_explained(log, asked()).notes


def test_what_cannot_be_asked(log: Log) -> None:
    with pytest.raises(ColumnsRefused):
        ChangeExplainedQuestion(Side(NOW), Side(NOW))
    with pytest.raises(ColumnsRefused):
        asked(touchpoints=(LATE, LATE))
    with pytest.raises(NoSuchScore):
        change_explained(log, asked(question_key="nps"))
    later = Window(FIRST + timedelta(days=85), FIRST + timedelta(days=95))
    with pytest.raises(TooFewRows):
        change_explained(log, ChangeExplainedQuestion(Side(later), Side(NOW)))


def test_it_is_a_question_as_all_others_are(log: Log) -> None:
    question = asked()
    assert kind_of(question) is KINDS["change_explained"]
    assert read(told(question)) == question
    assert kind_of(question).ask(log, question).split == change_explained(log, question).split


def test_drivers_see_the_same_experiences(log: Log) -> None:
    drivers = drivers_of(log, DriversQuestion("ease", experiences=(LATE,), resamples=5))
    assert [each.name for each in drivers.ranked] == ["late"]
    assert drivers.ranked[0].direction == -1
