"""The table of responses: what its numbers mean, and how they are measured."""

from __future__ import annotations

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Page, Survey
from safar.listen.questionnaire.table_columns import table_columns

ROWS = (kinds.Choice(choice_id="r", words={"en": "Speed", "fa": "سرعت"}, opposite={"en": "Slow"}),)
AGREED = (
    kinds.Choice(choice_id="no", words={"en": "Disagree", "fa": "مخالف"}),
    kinds.Choice(choice_id="yes", words={"en": "Agree", "fa": "موافق"}),
)
ENDS = {"low_words": {"en": "Never", "fa": "هرگز"}, "high_words": {"en": "Surely", "fa": "حتماً"}}


def test_numbers_say_what_they_mean_in_the_language_of_the_file() -> None:
    survey = Survey(
        languages=("en", "fa"),
        pages=(
            Page(
                page_id="p",
                questions=(
                    kinds.Nps(question_id="nps", can_not_apply=True, **ENDS),
                    kinds.Slider(question_id="slider", highest=50, low_words=ENDS["low_words"]),
                    kinds.Matrix(question_id="agree", rows=ROWS, columns=AGREED, is_scale=True),
                    kinds.Matrix(question_id="any", rows=ROWS, columns=AGREED, is_multiple=True),
                    kinds.Multiple(question_id="m", choices=AGREED),
                    kinds.Dual(question_id="dual", rows=ROWS, **ENDS),
                    kinds.Differential(question_id="diff", rows=ROWS),
                    kinds.Consent(question_id="consent"),
                    kinds.Number(question_id="number"),
                    kinds.FirstClick(question_id="click"),
                ),
            ),
        ),
    )
    no_yes = {0.0: "خیر", 1.0: "بله"}
    found = {each.name: (dict(each.meanings), each.measure) for each in table_columns(survey, "fa")}
    assert found == {
        "nps": ({0.0: "هرگز", 10.0: "حتماً"}, "ordinal"),
        "nps_na": (no_yes, "nominal"),
        "slider": ({0.0: "هرگز"}, "scale"),
        "agree_r": ({1.0: "مخالف", 2.0: "موافق"}, "ordinal"),
        "any_r_no": (no_yes, "nominal"),
        "any_r_yes": (no_yes, "nominal"),
        "m_no": (no_yes, "nominal"),
        "m_yes": (no_yes, "nominal"),
        "dual_r_first": ({1.0: "هرگز", 5.0: "حتماً"}, "ordinal"),
        "dual_r_second": ({1.0: "هرگز", 5.0: "حتماً"}, "ordinal"),
        "diff_r": ({1.0: "سرعت", 7.0: "Slow"}, "ordinal"),
        "consent": (no_yes, "nominal"),
        "number": ({}, "scale"),
        "click": ({}, "nominal"),
        "click_found": (no_yes, "nominal"),
        "click_seconds": ({}, "scale"),
    }
    assert dict(table_columns(survey, "de")[1].meanings) == {0.0: "No", 1.0: "Yes"}


def test_columns_of_one_question_are_told_apart_by_their_words() -> None:
    other = (*AGREED, kinds.Choice(choice_id="more", words={"en": "More", "fa": "بیشتر"}, is_other=True))
    words = {"en": "Why?", "fa": "چرا؟"}
    survey = Survey(
        languages=("fa", "en"),
        pages=(
            Page(
                page_id="p",
                questions=(
                    kinds.Single(question_id="one", title=words, choices=other, can_not_apply=True),
                    kinds.Goal(question_id="goal", title=words, choices=AGREED, asks_why=True),
                    kinds.TreeTest(question_id="tree", title=words),
                ),
            ),
        ),
    )
    columns = {each.name: each for each in table_columns(survey, "fa")}
    assert {name: each.label for name, each in columns.items()} == {
        "one": "چرا؟",
        "one_other": "چرا؟ – به زبان خودشان",
        "goal": "چرا؟",
        "goal_done": "چرا؟ – انجام شد؟",
        "goal_why": "چرا؟ – چرا نشد؟",
        "tree": "چرا؟",
        "tree_found": "چرا؟ – پیدا شد؟",
        "tree_seconds": "چرا؟ – ثانیه",
    }
    assert columns["one"].codes["not_applicable"] == "مصداق ندارد"
    assert columns["goal_done"].codes == {"yes": "بله", "partly": "تا اندازه‌ای", "no": "خیر"}
    english = {each.name: each for each in table_columns(survey, "en")}
    assert english["goal_why"].label == "Why? – why not?"
    assert english["goal_done"].codes["partly"] == "Partly"
