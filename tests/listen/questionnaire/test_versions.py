"""Versions: words may change, what a question key measures may not."""

from __future__ import annotations

from typing import Any

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Page, Survey
from safar.listen.questionnaire.checks_of_keys import Measure, measures_of
from safar.listen.questionnaire.versions import Difference, against, compatible, differences

PARTS = tuple(kinds.Choice(choice_id=each, words={"en": each, "fa": each}) for each in ("a", "b"))


def asking(*questions: Any) -> Survey:
    return Survey(languages=("en", "fa"), pages=(Page(page_id="p", questions=questions),))


OLD = asking(
    kinds.Csat(question_id="one", key="csat", title={"en": "How was it?"}),
    kinds.Single(question_id="two", choices=PARTS),
    kinds.Rating(question_id="three", points=5),
)


def found(new: Survey) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in compatible(OLD, new)]


def test_other_words_are_another_version() -> None:
    new = asking(
        kinds.Csat(question_id="one", key="csat", title={"en": "How did it go?"}), *OLD.questions[1:]
    )
    assert found(new) == []
    assert differences(OLD, new) == (Difference("one", "reworded"),)
    assert (found(OLD), differences(OLD, OLD)) == ([], ())


def test_another_scale_needs_another_key() -> None:
    new = asking(*OLD.questions[:2], kinds.Rating(question_id="three", points=10))
    (wrong,) = compatible(OLD, new)
    assert (wrong.code, wrong.severity, wrong.path) == (
        "version.key_changed",
        "error",
        "pages[p].questions[three].key",
    )
    assert dict(wrong.facts) == {
        "key": "three",
        "was": {"metric": "rating", "scale": [1, 5], "direction": "higher_is_better"},
        "now": {"metric": "rating", "scale": [1, 10], "direction": "higher_is_better"},
    }
    again = asking(*OLD.questions[:2], kinds.Rating(question_id="three", key="three_of_ten", points=10))
    assert found(again) == []
    assert differences(OLD, again) == (Difference("three", "changed"),)


def test_other_metrics_and_directions_are_other_measures() -> None:
    for other in (
        kinds.Ces(question_id="three"),
        kinds.Rating(question_id="three", direction="lower_is_better"),
    ):
        assert [code for code, _ in found(asking(*OLD.questions[:2], other))] == ["version.key_changed"]
    moved = asking(kinds.Ces(question_id="x", key="csat"), *OLD.questions[1:])
    assert [code for code, _ in found(moved)] == ["version.key_changed"]


def test_what_all_the_workspace_asked_counts_as_well() -> None:
    known = {"nps": Measure("nps", (0, 10), "higher_is_better"), **measures_of(OLD)}
    wrong = asking(kinds.Slider(question_id="q", key="nps", lowest=0, highest=10))
    assert [each.code for each in against(known, wrong)] == ["version.key_changed"]
    assert list(against(known, asking(kinds.Nps(question_id="q", key="nps")))) == []


def test_choices_that_are_gone_or_called_otherwise_are_worth_a_look() -> None:
    one, _, three = OLD.questions
    renamed = kinds.Choice(choice_id="a", words={"en": "z", "fa": "z"})
    refined = kinds.Choice(choice_id="b", words={"en": "b", "fa": "بهتر"})
    path = "pages[p].questions[two]"
    assert found(asking(one, kinds.Single(question_id="two", choices=(renamed, refined)), three)) == [
        ("version.part_renamed", path)
    ]
    assert found(asking(one, kinds.Single(question_id="two", choices=PARTS[:1]), three)) == [
        ("version.part_removed", path)
    ]


def test_what_was_added_and_removed_is_told() -> None:
    new = asking(kinds.Nps(question_id="zero"), *OLD.questions[1:])
    assert differences(OLD, new) == (Difference("zero", "added"), Difference("one", "removed"))
