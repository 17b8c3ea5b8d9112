"""Mediation asked of a log: as by hand, which answer stands between, who cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS
from safar.explain.mediation_rows import MediationQuestion, mediated
from safar.explain.occasions import ExperienceRefused
from safar.explain.usual_experiences import usual_steps
from safar.listen.answer_rows import NoSuchScore
from safar.observe.question_json import read, told
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
ORDER = usual_steps(["order_placed", "order_delivered", "order_returned"])["order"]
CUSTOMERS = 120


def on_day(day: int, name: str, customer: str, **told: object) -> EventColumns:
    return an_event(name, FIRST + timedelta(days=day), customer=customer, **told)  # type: ignore[arg-type]


def ordered(day: int, customer: str, order_id: str) -> EventColumns:
    told = {"amount": 1_000, "currency": "EUR", "properties": {"order_id": order_id}}
    return on_day(day, "order_placed", customer, **told)


def answered(day: int, customer: str, key: str, value: int) -> EventColumns:
    scale = {"question_key": key, "metric": "rating", "scale_min": 1, "scale_max": 5, "value": value}
    return on_day(day, "survey_answered", customer, properties=scale)


def people() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who had it late, what they answered, who came back: the late answer two points lower."""
    rng = np.random.default_rng(4)
    late = np.arange(CUSTOMERS) % 3 == 0
    answer = np.clip(rng.integers(3, 6, CUSTOMERS) - 2 * late, 1, 5)
    came = rng.random(CUSTOMERS) < 0.15 * answer
    return late, answer, came


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        events = []
        for number, (late, answer, came) in enumerate(zip(*people(), strict=True)):
            name = f"c{number}"
            events += [
                ordered(0, name, f"o{number}"),
                on_day(
                    3, "order_delivered", name, properties={"order_id": f"o{number}", "late_days": int(late)}
                ),
                answered(5, name, "csat_delivery", int(answer)),
            ]
            if number < 40:
                events.append(answered(6, name, "nps_like", 3))
            if came:
                events.append(ordered(30, name, f"again{number}"))
        events.append(on_day(365, "page", "somebody else"))
        write(log, together(*events))
        yield log


def test_as_least_squares_by_hand(log: Log) -> None:
    """Nothing differed before, so the parts are those of two plain regressions."""
    late, answer, came = (each.astype(float) for each in people())
    found = mediated(log, MediationQuestion(ORDER, "csat_delivery", resamples=50))
    part = found["late_delivery"]
    one = np.ones(CUSTOMERS)
    (_, a), *_ = np.linalg.lstsq(np.column_stack([one, late]), answer)
    (_, direct, b), *_ = np.linalg.lstsq(np.column_stack([one, late, answer]), came)
    assert part.returned.total.value == pytest.approx(came[late == 1].mean() - came[late == 0].mean())
    assert [part.returned.a.value, part.returned.direct.value, part.returned.b.value] == pytest.approx(
        [a, direct, b]
    )
    assert part.returned.indirect.value == pytest.approx(a * b)
    assert part.value.total.value == pytest.approx(10 * part.returned.total.value)
    assert (part.occasions, part.exposed, found.currency) == (CUSTOMERS, 40, "EUR")
    assert part.returned.a.interval.high < 0
    rows = found.table.rows()
    assert rows[0][:4] == ("late_delivery", "returned", "total", part.returned.total.value)


def test_the_answer_that_most_gave_after_the_step_stands_between(log: Log) -> None:
    found = mediated(log, MediationQuestion(ORDER, resamples=5))
    assert found.question_key == "csat_delivery"
    asked = mediated(log, MediationQuestion(replace(ORDER, answers=("nps_like",)), resamples=5))
    assert (asked.question_key, asked.experiences) == ("nps_like", ())
    # those who came back have an order more, which nobody answered about
    silent = CUSTOMERS + int(people()[2].sum()) - 40
    assert {
        Note.of("mediation.too_few", experience="late_delivery", count=40),
        Note.of("mediation.incomplete", count=silent),
    } <= set(asked.notes)


def test_nobody_returned_anything_so_that_cannot_be_judged(log: Log) -> None:
    found = mediated(log, MediationQuestion(ORDER, "csat_delivery", ("returned",), resamples=5))
    assert found.experiences == ()
    assert Note.of("mediation.too_few", experience="returned", count=CUSTOMERS) in found.notes
    with pytest.raises(ExperienceRefused, match="none"):
        found["returned"]


def test_what_cannot_be_asked(log: Log, tmp_path: Path) -> None:
    with pytest.raises(ExperienceRefused, match="no experience 'rain'"):
        MediationQuestion(ORDER, only=("rain",))
    with pytest.raises(NoSuchScore):
        mediated(log, MediationQuestion(ORDER, "csat_shop"))
    with Log.create(tmp_path / "silent", shard_count=1) as silent:
        write(silent, together(ordered(0, "c", "o1"), ordered(9, "c", "o2")))
        with pytest.raises(NoSuchScore, match="nothing stands between"):
            mediated(silent, MediationQuestion(ORDER))


def test_the_question_has_a_json_of_its_own() -> None:
    question = MediationQuestion(ORDER, "csat_delivery", ("late_delivery",), resamples=9)
    assert told(question)["kind"] == "mediation"
    assert read(told(question)) == question
    assert KINDS["mediation"].question is MediationQuestion


def test_an_experience_whose_parts_point_apart_is_named(tmp_path: Path) -> None:
    """Who had it late is less content and comes back more all the same."""
    rng = np.random.default_rng(9)
    with Log.create(tmp_path / "log", shard_count=2) as log:
        events = []
        for number in range(120):
            name, late = f"c{number}", number % 3 == 0
            answer = int(np.clip(rng.integers(3, 6) - 2 * late, 1, 5))
            told = {"order_id": f"o{number}", "late_days": int(late)}
            events += [
                ordered(0, name, f"o{number}"),
                on_day(3, "order_delivered", name, properties=told),
                answered(5, name, "csat_delivery", answer),
            ]
            if rng.random() < 0.12 * answer + 0.5 * late:
                events.append(ordered(30, name, f"again{number}"))
        write(log, together(*events, on_day(365, "page", "somebody else")))
        found = mediated(log, MediationQuestion(ORDER, "csat_delivery", resamples=50))
    parts = found["late_delivery"].returned
    assert (parts.direct.value > 0, parts.indirect.value < 0, parts.share) == (True, True, None)
    assert Note.of("mediation.opposed", experience="late_delivery") in found.notes
