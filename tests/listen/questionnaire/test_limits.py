"""How large a survey may be, and what may stand in it."""

from __future__ import annotations

from typing import Any

import pytest

from safar.listen.questionnaire.anatomy import read
from safar.listen.questionnaire.limits import (
    LanguageUnreadable,
    SignRefused,
    SurveyTooLarge,
    check_limits,
)


def a_survey(questions: int = 1, *, pages: int = 1, choices: int = 1, **more: Any) -> dict[str, Any]:
    asked = [
        {
            "kind": "multiple",
            "question_id": f"q{number}",
            "choices": [{"choice_id": f"c{place}"} for place in range(choices)],
        }
        for number in range(questions)
    ]
    empty = [{"page_id": f"p{number}"} for number in range(1, pages)]
    return {"key": "s", "pages": [{"page_id": "p", "questions": asked}, *empty], **more}


@pytest.mark.parametrize(
    ("survey", "what", "count", "most"),
    [
        (a_survey(501), "questions", 501, 500),
        (a_survey(pages=201), "pages", 201, 200),
        (a_survey(choices=301), "choices in the question q0", 301, 300),
        (a_survey(67, choices=300), "choices in all", 20_100, 20_000),
        (a_survey(languages=[f"{a}{b}" for a in "abcdefgh" for b in "abcdefgh"]), "languages", 64, 60),
        (a_survey(endings=[{"ending_id": f"e{each}"} for each in range(501)]), "endings", 501, 500),
        (a_survey(about={"en": "a" * 20_001}), "letters in the text about", 20_001, 20_000),
        (
            a_survey(
                1,
                endings=[{"ending_id": f"e{each}", "about": {"en": "a" * 19_999}} for each in range(300)],
            ),
            "bytes",
            None,
            5_242_880,
        ),
    ],
)
def test_what_is_too_large_is_refused(survey: Any, what: str, count: int | None, most: int) -> None:
    with pytest.raises(SurveyTooLarge) as refused:
        check_limits(read(survey))
    assert (refused.value.context["what"], refused.value.context["most"]) == (what, most)
    assert count is None or refused.value.context["count"] == count


def test_places_of_a_tree_are_counted_at_every_depth() -> None:
    nodes = [
        {"node_id": f"n{each}", "nodes": [{"node_id": f"n{each}-{place}"} for place in range(20)]}
        for each in range(15)
    ]
    tree = {"kind": "tree_test", "question_id": "t", "nodes": nodes}
    with pytest.raises(SurveyTooLarge) as refused:
        check_limits(read({"key": "s", "pages": [{"page_id": "p", "questions": [tree]}]}))
    assert refused.value.context["count"] == 315


@pytest.mark.parametrize(
    "language", ["<script>", "../..", "", "f a", "فا", "abcdefghi", "x-" * 9 + "x", "en-"]
)
def test_a_language_that_is_none_is_refused(language: str) -> None:
    for survey in (a_survey(languages=[language]), a_survey(name={language: "Delivery"})):
        with pytest.raises(LanguageUnreadable):
            check_limits(read(survey))


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x85", "\ud800", "\uffff"])
def test_control_signs_are_refused(sign: str) -> None:
    for survey in (
        a_survey(name={"en": f"a{sign}b"}),
        a_survey(hidden=[{"name": "order", "fallback": f"a{sign}"}]),
    ):
        with pytest.raises(SignRefused):
            check_limits(read(survey))


def test_what_people_write_is_kept() -> None:
    largest = a_survey(
        500,
        pages=200,
        choices=40,
        languages=["fa", "ar-EG", "zh-Hant", "pt-BR"],
        name={"fa": "نظرسنجی\u200cها\n👨‍👩‍👧 \t", "ar-EG": "\u202bاستبيان\u202c"},
    )
    check_limits(read(largest))
