"""Filling in: answers as the respondent reads them."""

from __future__ import annotations

import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Hidden, Page, Survey, Variable
from safar.listen.questionnaire.logic import Facts
from safar.listen.questionnaire.piping import piped

PARTS = (
    kinds.Choice(choice_id="box", words={"en": "the box", "fa": "جعبه"}),
    kinds.Choice(choice_id="time", words={"en": "the time"}),
    kinds.Choice(choice_id="o", words={"en": "other"}, is_other=True),
)
SURVEY = Survey(
    languages=("en", "fa"),
    pages=(
        Page(
            page_id="p",
            questions=(
                kinds.Nps(question_id="nps"),
                kinds.Multiple(question_id="what", choices=PARTS),
                kinds.Date(question_id="day"),
                kinds.Matrix(question_id="table", rows=PARTS[:1], columns=PARTS[:2]),
                kinds.Goal(question_id="goal", choices=PARTS),
            ),
        ),
    ),
    variables=(Variable(name="sum"),),
    hidden=(Hidden(name="order"),),
)
FACTS = Facts(
    SURVEY,
    {
        "nps": Answer(value=7.0),
        "what": Answer(choices=("box", "time", "o"), text="a <b>dove</b>"),
        "day": Answer(text="2026-11-22"),
        "table": Answer(rows={"box": Answer(choices=("time",))}),
        "goal": Answer(value=0.0, choices=("o",), text="too slow", rows={"other": Answer(text="to look")}),
    },
    variables={"sum": 2.5},
    hidden={"order": "A17"},
    language="fa",
    item="o",
    item_of="what",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{question.nps}} of 10", "7 of 10"),
        ("{{ question.what }}", "جعبه، the time، a <b>dove</b>"),
        ("{{question.day}}", "2026-11-22"),
        ("{{question.table.box}}", "the time"),
        ("{{question.goal}}", "to look"),
        ("{{item}}!", "a <b>dove</b>!"),
        ("{{variable.sum}} {{hidden.order}} {{respondent.language}}", "2.5 A17 fa"),
        ("[{{question.none}}{{variable.none}}{{nonsense}}]", "[]"),
        ("{{question.nps", "{{question.nps"),
    ],
)
def test_placeholders_are_filled(text: str, expected: str) -> None:
    assert piped({"en": text}, FACTS) == expected


def test_numbers_and_days_are_written_as_the_door_says() -> None:
    text = {"en": "{{question.nps}} {{question.day}}"}
    assert piped(text, FACTS, number=lambda _: "۷", day=lambda day: day[:4]) == "۷ 2026"


def test_a_text_falls_back_to_the_first_language_then_to_any() -> None:
    assert piped({"fa": "سلام", "en": "Hello"}, FACTS) == "سلام"
    assert piped({"en": "Hello", "ar": "مرحبا"}, FACTS) == "Hello"
    assert piped({"ar": "مرحبا"}, FACTS) == "مرحبا"
    assert piped({"fa": "", "en": "Hello"}, FACTS, language="fa") == "Hello"
    assert piped({}, FACTS) == ""
