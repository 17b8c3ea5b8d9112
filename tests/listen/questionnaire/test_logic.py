"""Conditions: what holds of numbers, choices, texts and what was left open."""

from __future__ import annotations

import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Calculation, Hidden, Page, Survey, Variable
from safar.listen.questionnaire.arithmetic import calculated
from safar.listen.questionnaire.conditions import AllOf, AnyOf, Condition, NoneOf, Test
from safar.listen.questionnaire.logic import Facts, holds

_PARTS = tuple(kinds.Choice(choice_id=each) for each in ("late", "wrong"))
SURVEY = Survey(
    languages=("fa", "en"),
    pages=(
        Page(
            page_id="p",
            questions=(
                kinds.Nps(question_id="nps"),
                kinds.Multiple(question_id="why", choices=_PARTS),
                kinds.Text(question_id="text"),
                kinds.Date(question_id="day"),
                kinds.Dual(question_id="dual", rows=_PARTS),
                kinds.Single(question_id="open", choices=_PARTS),
            ),
        ),
        Page(page_id="each", repeats_for="why", questions=(kinds.Csat(question_id="csat"),)),
    ),
    variables=(Variable(name="points"),),
    hidden=(Hidden(name="order"), Hidden(name="city", fallback="شیراز")),
)
FACTS = Facts(
    SURVEY,
    {
        "nps": Answer(value=6.0),
        "why": Answer(choices=("late",)),
        "text": Answer(text="خیلی ديــر رسید"),
        "day": Answer(text="2026-11-22"),
        "dual": Answer(rows={"late.first": Answer(value=5.0)}),
        "csat@late": Answer(value=2.0),
    },
    variables={"points": 3.0},
    hidden={"order": "۱۲۳"},
    language="fa",
)


@pytest.mark.parametrize(
    ("of", "compares", "value", "expected"),
    [
        ("question.nps", "<=", 6.0, True),
        ("question.nps", "<", "۶", False),
        ("question.nps", "=", "٦", True),
        ("question.nps", "!=", 6.0, False),
        ("question.why", "has", "late", True),
        ("question.why", "has", "wrong", False),
        ("question.why", "lacks", "wrong", True),
        ("question.why", "=", "late", True),
        ("question.text", "contains", "دیر", True),
        ("question.text", "contains", "", False),
        ("question.text", "=", "خيلی دیر رسید", True),
        ("question.day", ">=", "2026-11-22", True),
        ("question.day", "<", "2026-11-22", False),
        ("question.day", "<", "tomorrow", False),
        ("question.dual.late.first", ">", 4.0, True),
        ("question.dual.late.second", "unanswered", None, True),
        ("question.csat@late", "<=", 3.0, True),
        ("question.csat", "answered", None, False),
        ("question.open", "answered", None, False),
        ("question.open", "lacks", "late", True),
        ("question.open", "!=", "late", True),
        ("question.open", "=", "late", False),
        ("question.nothing", "unanswered", None, False),
        ("question.nothing", "!=", 3.0, False),
        ("variable.points", ">=", 3.0, True),
        ("variable.nothing", "!=", 3.0, False),
        ("hidden.order", "=", 123.0, True),
        ("hidden.city", "=", "شيراز", True),
        ("hidden.nothing", "unanswered", None, False),
        ("respondent.language", "=", "fa", True),
        ("respondent.age", "=", "fa", False),
        ("weather", "=", "fine", False),
    ],
)
def test_a_test_holds(of: str, compares: str, value: float | str | None, expected: bool) -> None:
    test = Test(of=of, compares=compares, value=value)  # type: ignore[arg-type]
    assert holds(test, FACTS) is expected


_YES = Test(of="question.nps", compares="answered")
_NO = Test(of="question.open", compares="answered")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        (AllOf(parts=(_YES, _YES)), True),
        (AllOf(parts=(_YES, _NO)), False),
        (AnyOf(parts=(_YES, _NO)), True),
        (AnyOf(parts=(_NO,)), False),
        (NoneOf(parts=(_NO,)), True),
        (NoneOf(parts=(_YES, _NO)), False),
        (AllOf(), True),
        (AnyOf(), False),
        (NoneOf(), True),
        (AllOf(parts=(AnyOf(parts=(_NO, _YES)), NoneOf(parts=(_NO,)))), True),
    ],
)
def test_groups_join_their_parts(condition: Condition | None, expected: bool) -> None:
    assert holds(condition, FACTS) is expected


def test_a_question_of_the_repeated_page_is_the_items() -> None:
    own = Facts(SURVEY, FACTS.answers, item="late", item_of="why")
    assert holds(Test(of="question.csat", compares="=", value=2.0), own)
    assert holds(Test(of="question.nps", compares="=", value=6.0), own)


def test_calculations_follow_each_other_and_leave_what_cannot_be() -> None:
    steps = [
        ("add", "question.nps", 9.0),
        ("multiply", 2.0, 18.0),
        ("subtract", "hidden.order", -105.0),
        ("divide", 0.0, -105.0),
        ("add", "question.open", -105.0),
        ("add", "question.text", -105.0),
        ("set", "question.why", "late"),
        ("set", 1e308, 1e308),
        ("multiply", 10.0, 1e308),
    ]
    facts = FACTS
    for does, value, expected in steps:
        calculation = Calculation(after="p", variable="points", does=does, value=value)  # type: ignore[arg-type]
        survey = Survey(pages=SURVEY.pages, hidden=SURVEY.hidden, calculations=(calculation,))
        facts = Facts(survey, FACTS.answers, facts.variables, FACTS.hidden)
        after = calculated(facts, "p")
        assert after["points"] == expected
        assert calculated(facts, "each") == facts.variables
        facts = Facts(survey, FACTS.answers, after, FACTS.hidden)
