"""Answers read back from events: what was told comes back as it was answered, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Page, Survey
from safar.listen.questionnaire.events import Response, events_of
from safar.listen.questionnaire.told_answers import answer_of, places_of
from safar.listen.questionnaire.walk import Walk

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PARTS = tuple(kinds.Choice(choice_id=each) for each in ("a", "b"))
COLUMNS = tuple(kinds.Choice(choice_id=each) for each in ("x", "y"))
TWO = {"a": Answer(value=1.0), "b": Answer(value=2.0)}


def asking(*questions: Any) -> Survey:
    return Survey(key="shop", pages=(Page(page_id="p", questions=questions),))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (kinds.Nps(question_id="q", key="k"), Answer(value=9.0)),
        (kinds.Slider(question_id="q", lowest=0, highest=10), Answer(value=4.0)),
        (kinds.Single(question_id="q", choices=PARTS), Answer(choices=("b",))),
        (kinds.Single(question_id="q", choices=PARTS), Answer(choices=("b",), text="by bus")),
        (kinds.Multiple(question_id="q", choices=PARTS), Answer(choices=("a", "b"))),
        (kinds.Number(question_id="q", lowest=0), Answer(value=12.5)),
        (kinds.Matrix(question_id="q", rows=PARTS, columns=COLUMNS, is_scale=True), Answer(rows=TWO)),
        (
            kinds.Matrix(question_id="q", rows=PARTS, columns=COLUMNS),
            Answer(rows={"a": Answer(choices=("x",)), "b": Answer(choices=("y",))}),
        ),
    ],
)
def test_what_was_told_comes_back(question: Any, answer: Answer) -> None:
    survey = asking(question)
    response = Response(response_id="r", survey_id="s", version=1, customer_id="c", ended_at=AT)
    walk = Walk.begin(survey, language="en", seed=1).through(survey, {"q": answer})
    places, back = places_of(survey), {}
    for event in events_of(survey, walk, {"q": answer}, response)[:-1]:
        place = places[event.properties["question_key"]]
        assert place.question == question
        back[place.row] = answer_of(place, event.properties)
    assert back == (answer.rows or {"": answer})


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (kinds.Nps(question_id="q"), {"value": 11}),
        (kinds.Nps(question_id="q"), {"value": True}),
        (kinds.Nps(question_id="q"), {"choices": ["not_applicable"]}),
        (kinds.Single(question_id="q", choices=PARTS), {"choices": ["a", "b"]}),
        (kinds.Single(question_id="q", choices=PARTS), {"choices": ["a", "gone"]}),
        (kinds.Single(question_id="q", choices=PARTS), {"choices": []}),
        (kinds.Single(question_id="q", choices=PARTS), {"choices": "a"}),
        (kinds.Number(question_id="q", lowest=0), {"value": -1}),
        (kinds.Number(question_id="q", highest=5), {"value": 6}),
        (kinds.Number(question_id="q", is_whole=True), {"value": 1.5}),
        (kinds.Number(question_id="q"), {"value": "12"}),
    ],
)
def test_what_a_question_does_not_take_is_no_answer(question: Any, said: dict[str, Any]) -> None:
    (place,) = places_of(asking(question)).values()
    assert answer_of(place, said) is None


def test_kinds_whose_events_say_less_than_was_answered_have_no_place() -> None:
    questions = (kinds.Phone(question_id="p"), kinds.Text(question_id="t"), kinds.Nps(question_id="n"))
    assert set(places_of(asking(*questions))) == {"n"}
