"""What if, asked of a log: as by hand, sliders that cost nothing, what cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS, kind_of
from safar.explain import chain_what_if
from safar.explain.columns import TooFewRows
from safar.explain.occasions import ExperienceRefused
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_what_if import Left, ValueWhatIfQuestion, value_what_if
from safar.listen.answer_rows import NoSuchScore
from safar.observe.question_json import read, told
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
ORDER = usual_steps(["order_placed", "order_delivered"])["order"]
CUSTOMERS = 150


def on_day(day: int, name: str, customer: str, **told: object) -> EventColumns:
    return an_event(name, FIRST + timedelta(days=day), customer=customer, **told)  # type: ignore[arg-type]


def ordered(day: int, customer: str, order_id: str) -> EventColumns:
    said = {"amount": 1_000, "currency": "EUR", "properties": {"order_id": order_id}}
    return on_day(day, "order_placed", customer, **said)


def people() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who had it late, what they answered (two points less), who came back."""
    rng = np.random.default_rng(4)
    late = np.arange(CUSTOMERS) % 3 == 0
    answer = np.clip(rng.integers(3, 6, CUSTOMERS) - 2 * late, 1, 5)
    return late, answer, rng.random(CUSTOMERS) < 0.15 * answer


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        events = []
        for number, (late, answer, came) in enumerate(zip(*people(), strict=True)):
            name = f"c{number}"
            scale = {"question_key": "csat_delivery", "metric": "csat", "scale_min": 1, "scale_max": 5}
            late_days = {"order_id": f"o{number}", "late_days": int(late)}
            events += [
                ordered(0, name, f"o{number}"),
                on_day(3, "order_delivered", name, properties=late_days),
                on_day(5, "survey_answered", name, properties={**scale, "value": int(answer)}),
            ]
            if came:
                events.append(ordered(30, name, f"again{number}"))
        events.append(on_day(400, "page", "somebody else"))
        write(log, together(*events))
        yield log


def asked(*left: Left, **more: object) -> ValueWhatIfQuestion:
    return ValueWhatIfQuestion(ORDER, left, resamples=60, **more)  # type: ignore[arg-type]


def test_halving_what_is_late_as_by_hand(log: Log) -> None:
    """First orders alone have an answer and are alike in all that was known before: plain differences."""
    found = value_what_if(log, asked(Left("late_delivery", 0.5)))
    late, answer, came = (each.astype(float) for each in people())
    again = int(came.sum())
    share = late.sum() / (CUSTOMERS + again)  # the orders of those who came back were never late
    (part,) = found.moves.parts
    assert (part.share_now, part.share_after) == pytest.approx((share, share / 2))
    each = answer[late == 0].mean() - answer[late == 1].mean()
    assert found.moves.satisfaction.value == pytest.approx(each * share / 2)
    assert found.moves.satisfaction.interval.low > 0
    assert found.moves.now.satisfaction.value == pytest.approx(answer.mean())
    assert found.moves.after.satisfaction.value == pytest.approx(answer.mean() + each * share / 2)
    assert found.moves.now.returned.value == pytest.approx(again / (CUSTOMERS + again))
    assert found.moves.now.value.value == pytest.approx(10 * again / (CUSTOMERS + again))
    assert found.value_a_year.value == pytest.approx(found.moves.value.value * (CUSTOMERS + again))
    assert (found.question_key, found.currency, found.horizon_days) == ("csat_delivery", "EUR", 180)
    assert (found.n, found.answered, found.occasions_a_year) == (
        CUSTOMERS + again,
        CUSTOMERS,
        CUSTOMERS + again,
    )
    assert [row[0] for row in found.table.rows()] == ["satisfaction", "returned", "value"]
    assert found.experience_table.rows()[0][:3] == ("late_delivery", part.share_now, part.share_after)
    assert Note.of("chain.assumption") in found.notes


def test_a_slider_that_nobody_moved_moves_nothing(log: Log) -> None:
    still = value_what_if(log, asked())
    assert still.moves.value.value == 0
    assert still.moves.now == still.moves.after
    assert still.moves.parts[0].share_now == still.moves.parts[0].share_after


def test_other_sliders_of_the_same_log_are_not_fitted_again(log: Log, monkeypatch) -> None:
    value_what_if(log, asked(Left("late_delivery", 0.9)))
    monkeypatch.setattr(chain_what_if, "fit", None)  # whoever fits again fails
    more = value_what_if(log, asked(Left("late_delivery", 0.0)))
    assert more.moves.parts[0].share_after == 0
    write(log, on_day(401, "page", "somebody else"))
    with pytest.raises(TypeError):
        value_what_if(log, asked(Left("late_delivery", 0.0)))


def test_nothing_happens_more_often_than_always(log: Log) -> None:
    found = value_what_if(log, asked(Left("late_delivery", 50)))
    assert found.moves.parts[0].share_after == pytest.approx(1.0)
    assert Note.of("chain.at_most", experience="late_delivery") in found.notes
    assert found.moves.value.value < 0


def test_what_cannot_be_asked(log: Log, tmp_path: Path) -> None:
    with pytest.raises(ExperienceRefused, match="'late'"):
        asked(Left("late", 0.5))
    with pytest.raises(ExperienceRefused):
        asked(Left("late_delivery", -0.1))
    with pytest.raises(ExperienceRefused):
        asked(Left("late_delivery", 0.5), Left("late_delivery", 0.6))
    with pytest.raises(NoSuchScore):
        value_what_if(log, asked(question_key="nps"))
    with Log.create(tmp_path / "silent", shard_count=1) as silent:
        write(silent, together(*(ordered(each, f"c{each}", f"o{each}") for each in range(3))))
        with pytest.raises(NoSuchScore):
            value_what_if(silent, asked())


def test_it_is_a_question_as_all_others_are(log: Log) -> None:
    question = asked(Left("late_delivery", 0.5))
    assert kind_of(question) is KINDS["value_what_if"]
    assert read(told(question)) == question
    assert kind_of(question).ask(log, question).moves == value_what_if(log, question).moves


def test_few_answers_hold_fewer_things_equal_and_it_is_said() -> None:
    rng = np.random.default_rng(3)
    n = 400
    late = rng.random(n) < 0.4
    town = rng.integers(0, 12, n).astype(str)
    csat = np.where(np.arange(n) < 60, 4 - late + rng.normal(size=n), np.nan)
    chain = chain_what_if.fit(
        {"late": late},
        csat,
        rng.random(n) < 0.5,
        rng.random(n),
        known={"town": town, "age": rng.random(n)},
        resamples=20,
    )
    assert chain.notes == (Note.of("chain.fewer_known", count=1, known="town"),)
    assert chain.what_if({"late": 0}).notes == (*chain.notes, Note.of("chain.assumption"))
    with pytest.raises(TooFewRows):
        chain_what_if.fit({"late": late[:20]}, csat[:20], late[:20], csat[:20], resamples=5)


def test_slopes_are_those_of_the_whole_regression() -> None:
    """What was known before is taken out first: by Frisch, Waugh and Lovell it makes no difference."""
    rng = np.random.default_rng(8)
    n = 500
    age = rng.normal(size=n)
    late = (rng.random(n) < 0.3 + 0.1 * (age > 0)).astype(float)
    csat = 4 - late + 0.3 * age + rng.normal(size=n)
    value = 10 + 2 * csat - late + age + rng.normal(size=n)
    chain = chain_what_if.fit({"late": late}, csat, value > 10, value, known={"age": age}, resamples=5)
    one = np.ones(n)
    (_, _, a), *_ = np.linalg.lstsq(np.column_stack([one, age, late]), csat)
    (_, _, _, b), *_ = np.linalg.lstsq(np.column_stack([one, age, late, csat]), value)
    (_, _, total), *_ = np.linalg.lstsq(np.column_stack([one, age, late]), value)
    moved = chain.what_if({"late": 0.0})
    share = late.mean()
    assert moved.satisfaction.value == pytest.approx(-a * share)
    assert moved.value.value == pytest.approx(-total * share)
    assert moved.value_through_satisfaction.value == pytest.approx(-a * b * share)
