"""Answers collected elsewhere, as LimeSurvey, Formbricks and Google Forms write them down."""

from __future__ import annotations

from typing import Any

import pytest

from safar.listen.questionnaire.anatomy import Survey, read
from safar.listen.questionnaire.response_files import origin_of, proposed, read_line, targets

SURVEY: Survey = read(
    {
        "format": "safar.survey/1",
        "key": "s",
        "languages": ["en", "fa"],
        "hidden": [{"name": "order_id"}],
        "pages": [
            {
                "page_id": "p",
                "questions": [
                    {
                        "kind": "nps",
                        "question_id": "Q1",
                        "key": "nps",
                        "title": {
                            "en": "How likely are you to recommend us?",
                            "fa": "چقدر ما را پیشنهاد می‌کنید؟",
                        },
                    },
                    {
                        "kind": "multiple",
                        "question_id": "Q2",
                        "title": {"en": "What did you like?"},
                        "choices": [
                            {"choice_id": "SQ001", "words": {"en": "Price, value", "fa": "قیمت"}},
                            {"choice_id": "SQ002", "words": {"en": "Delivery", "fa": "تحویل"}},
                            {"choice_id": "other", "words": {"en": "Other"}, "is_other": True},
                        ],
                    },
                    {
                        "kind": "matrix",
                        "question_id": "Q3",
                        "title": {"en": "How do you rate it?"},
                        "is_scale": True,
                        "rows": [
                            {"choice_id": "SQ001", "words": {"en": "Speed"}},
                            {"choice_id": "SQ002", "words": {"en": "Care"}},
                        ],
                        "columns": [
                            {"choice_id": "A1", "words": {"en": "Bad"}},
                            {"choice_id": "A2", "words": {"en": "Good"}},
                        ],
                    },
                    {
                        "kind": "ranking",
                        "question_id": "Q4",
                        "title": {"en": "Rank these"},
                        "choices": [
                            {"choice_id": "a", "words": {"en": "Apple"}},
                            {"choice_id": "b", "words": {"en": "Banana"}},
                        ],
                    },
                    {
                        "kind": "single",
                        "question_id": "Q5",
                        "title": {"en": "Where from?"},
                        "choices": [
                            {"choice_id": "tehran", "words": {"en": "Tehran", "fa": "تهران"}},
                            {"choice_id": "x", "words": {"en": "Other"}, "is_other": True},
                        ],
                    },
                    {"kind": "text", "question_id": "Q6", "title": {"en": "Why?"}},
                ],
            }
        ],
    }
)


def line(cells: dict[str, str]) -> Any:
    return read_line(SURVEY, proposed(SURVEY, list(cells)), cells)


def test_limesurvey_with_codes() -> None:
    cells = {
        "id": "17",
        "submitdate": "2026-03-21 09:30:00",
        "lastpage": "1",
        "startlanguage": "fa",
        "Q1": "۹",
        "Q2[SQ001]": "Y",
        "Q2[SQ002]": "",
        "Q2[other]": "the box",
        "Q3[SQ001]": "A2",
        "Q3[SQ002]": "A1",
        "Q4[1]": "b",
        "Q4[2]": "a",
        "Q5": "tehran",
        "Q6": "خوب",
    }
    assert origin_of(list(cells)) == "limesurvey"
    found = line(cells)
    assert found.problems == ()
    assert found.facts == {"@id": "17", "@finished": "2026-03-21 09:30:00", "@language": "fa"}
    assert found.answers["Q1"].value == 9
    assert (found.answers["Q2"].choices, found.answers["Q2"].text) == (("SQ001", "other"), "the box")
    assert {row: answer.value for row, answer in found.answers["Q3"].rows.items()} == {"SQ001": 2, "SQ002": 1}
    assert {row: answer.value for row, answer in found.answers["Q4"].rows.items()} == {"b": 1, "a": 2}
    assert (found.answers["Q5"].choices, found.answers["Q6"].text) == (("tehran",), "خوب")
    assert not line({**cells, "submitdate": ""}).is_complete


def test_formbricks() -> None:
    cells = {
        "No.": "1",
        "Response ID": "cl9x",
        "Timestamp": "2026-03-21T09:30:00.000Z",
        "Finished": "Yes",
        "Survey ID": "s1",
        "Formbricks ID (internal)": "i",
        "User ID": "c-7",
        "Tags": "",
        "1. How likely are you to recommend us?": "10",
        "2. What did you like?": "Price, value;Delivery",
        "4. Rank these": "Banana;Apple",
        "order_id": "o-1",
    }
    assert origin_of(list(cells)) == "formbricks"
    found = line(cells)
    assert (found.problems, found.is_complete) == ((), True)
    assert (found.facts["@id"], found.facts["@customer"]) == ("cl9x", "c-7")
    assert found.hidden == {"order_id": "o-1"}
    assert found.answers["Q2"].choices == ("SQ001", "SQ002")
    assert {row: answer.value for row, answer in found.answers["Q4"].rows.items()} == {"b": 1, "a": 2}
    assert not line({**cells, "Finished": "No"}).is_complete


def test_google_forms() -> None:
    cells = {
        "Timestamp": "2026/03/21 9:30:00 AM GMT+3:30",
        "چقدر ما را پيشنهاد مي‌كنيد؟": "8",
        "What did you like?": "Price, value, Delivery, nice people",
        "How do you rate it? [Speed]": "Good",
        "How do you rate it? [Care]": "Bad",
        "Where from?": "Isfahan",
        "Something else": "x",
    }
    assert origin_of(list(cells)) == "google_forms"
    plan = proposed(SURVEY, list(cells))
    assert [column.to for column in plan.columns] == [
        "@finished",
        "Q1",
        "Q2",
        "Q3.SQ001",
        "Q3.SQ002",
        "Q5",
        "",
    ]
    found = line(cells)
    assert found.problems == ()
    assert (found.answers["Q2"].choices, found.answers["Q2"].text) == (
        ("SQ001", "SQ002", "other"),
        "nice people",
    )
    assert (found.answers["Q5"].choices, found.answers["Q5"].text) == (("x",), "Isfahan")


def test_what_a_question_cannot_take_is_told_and_the_rest_is_kept() -> None:
    found = line({"Q1": "eleven", "Q6": "words"})
    assert [(each.head, each.code, each.text) for each in found.problems] == [
        ("Q1", "answer.no_number", "eleven")
    ]
    assert list(found.answers) == ["Q6"]


def test_no_control_is_answered_by_two_columns() -> None:
    plan = proposed(SURVEY, ["Q1", "nps", "id", "Response ID"])
    assert [column.to for column in plan.columns] == ["Q1", "", "@id", ""]


@pytest.mark.parametrize("control", targets(SURVEY))
def test_our_own_files_come_back(control: str) -> None:
    plan = proposed(SURVEY, [control.replace(".", "_")])
    assert plan.columns[0].to == control
