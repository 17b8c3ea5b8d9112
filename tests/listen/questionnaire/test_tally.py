"""What a survey found, counted by hand."""

from __future__ import annotations

import pytest

from safar.listen.questionnaire.anatomy import Answer, Survey, read
from safar.listen.questionnaire.tally import tally


def a_survey(*questions: dict[str, object], least_cell: int = 1) -> Survey:
    return read(
        {
            "format": "safar.survey/1",
            "key": "s",
            "least_cell": least_cell,
            "pages": [{"page_id": "p", "questions": list(questions)}],
        }
    )


CHOICES = [{"choice_id": each} for each in ("a", "b", "c")]
NPS = {"kind": "nps", "question_id": "q"}


def test_a_score_counts_every_point_and_its_mean() -> None:
    answers = [{"q": Answer(value=value)} for value in (10, 10, 9, 3)]
    answers.append({"q": Answer(does_not_apply=True)})
    (found,) = tally(a_survey(NPS), enumerate(answers)).questions
    assert {each.choice: each.count for each in found.counts if each.count} == {"3": 1, "9": 1, "10": 2}
    assert len(found.counts) == 11
    assert (found.asked, found.answered, found.not_applicable) == (5, 4, 1)
    (mean,) = found.means
    assert (mean.row, mean.n, mean.estimate.value) == ("", 4, 8.0)
    ten = found.counts[-1].estimate
    assert (ten.value, ten.n) == (0.5, 4)
    # Wilson for 2 of 4
    assert (ten.interval.low, ten.interval.high) == pytest.approx((0.15004, 0.84996), abs=1e-4)


def test_choices_of_several_are_shares_of_respondents() -> None:
    survey = a_survey({"kind": "multiple", "question_id": "m", "choices": CHOICES})
    answers = [{"m": Answer(choices=("a", "b"))}, {"m": Answer(choices=("b", "b"), text="and more")}, {}]
    (found,) = tally(survey, enumerate(answers, 7)).questions
    assert [(each.choice, each.count, each.estimate.value) for each in found.counts] == [
        ("a", 1, 0.5),
        ("b", 2, 1.0),
        ("c", 0, 0.0),
    ]
    assert found.texts == ((8, "and more"),)


def test_tables_are_counted_by_row() -> None:
    rows = [{"choice_id": "speed"}, {"choice_id": "care"}]
    survey = a_survey(
        {"kind": "matrix", "question_id": "m", "rows": rows, "columns": CHOICES, "is_scale": True},
        {"kind": "dual", "question_id": "d", "rows": rows[:1]},
    )
    answers = [
        {
            "m": Answer(rows={"speed": Answer(value=3), "care": Answer(value=1)}),
            "d": Answer(rows={"speed.first": Answer(value=5), "speed.second": Answer(value=2)}),
        },
        {"m": Answer(rows={"speed": Answer(value=2)})},
    ]
    matrix, dual = tally(survey, enumerate(answers)).questions
    counted = {(each.row, each.choice): (each.count, each.estimate.n) for each in matrix.counts if each.count}
    assert counted == {("speed", "3"): (1, 2), ("speed", "2"): (1, 2), ("care", "1"): (1, 1)}
    assert [(each.row, each.n) for each in matrix.means] == [("speed", 2), ("care", 1)]
    assert matrix.means[0].estimate.value == 2.5
    assert [each.row for each in dual.means] == ["speed.first", "speed.second"]


def test_goals_trees_and_sums() -> None:
    survey = a_survey(
        {"kind": "goal", "question_id": "g", "choices": CHOICES},
        {
            "kind": "tree_test",
            "question_id": "t",
            "nodes": [{"node_id": "home", "nodes": [{"node_id": "returns"}]}],
            "right": ["returns"],
        },
        {"kind": "constant_sum", "question_id": "c", "choices": CHOICES},
        {"kind": "statement", "question_id": "s"},
    )
    answers = [
        {
            "g": Answer(choices=("a",), value=0.5, text="no time"),
            "t": Answer(choices=("home", "returns"), value=1),
            "c": Answer(rows={"a": Answer(value=70), "b": Answer(value=30)}),
        },
        {"g": Answer(choices=("a",), value=0.0), "c": Answer(rows={"a": Answer(value=50)})},
    ]
    goal, tree, total = tally(survey, enumerate(answers)).questions
    assert {(each.row, each.choice): each.count for each in goal.counts if each.count} == {
        ("", "a"): 2,
        ("done", "partly"): 1,
        ("done", "no"): 1,
    }
    assert [(each.choice, each.count) for each in tree.counts] == [("home", 0), ("returns", 1)]
    assert [(each.row, each.n) for each in total.means] == [("a", 2), ("b", 1)]
    assert total.means[0].estimate.value == 60.0


def test_of_too_few_nothing_is_told_and_answers_to_questions_gone_are_left_out() -> None:
    few = tally(a_survey(NPS, least_cell=5), enumerate([{"q": Answer(value=1)}] * 4))
    assert (few.responses, few.is_hidden, few.questions) == (4, True, ())
    (found,) = tally(a_survey(NPS), enumerate([{"gone": Answer(value=1)}])).questions
    assert (found.asked, found.answered) == (0, 0)


def test_of_a_row_that_too_few_answered_nothing_is_told() -> None:
    matrix = {
        "kind": "matrix",
        "question_id": "m",
        "is_scale": True,
        "rows": CHOICES,
        "columns": CHOICES,
    }
    rows = [
        {"a": Answer(value=1), "b": Answer(value=3)},
        {"a": Answer(value=2), "b": Answer(value=3)},
        {"a": Answer(value=3)},
    ]
    answers = [{"m": Answer(rows=each)} for each in rows]
    (found,) = tally(a_survey(matrix, least_cell=3), enumerate(answers)).questions
    assert [(each.row, each.count) for each in found.counts if each.count] == [("a", 1)] * 3
    assert [(each.row, each.n) for each in found.means] == [("a", 3)]
    # where every row is such a one, the question is
    alone = [{"m": Answer(rows={row: Answer(value=1)})} for row in "abc"]
    assert tally(a_survey(matrix, least_cell=3), enumerate(alone)).questions == ()


def test_what_is_told_now_less_what_was_told_before_is_of_no_few() -> None:
    asked = a_survey(NPS, {"kind": "text", "question_id": "w"}, least_cell=3)
    # only every second one answers the score
    answers = [
        {"q": Answer(value=place), "w": Answer(text="x")} if place % 2 == 0 else {"w": Answer(text="x")}
        for place in range(9)
    ]
    told = [
        {
            each.question.question_id: each.answered
            for each in tally(asked, enumerate(answers[:many])).questions
        }
        for many in (3, 6, 9)
    ]
    assert told == [{"w": 3}, {"q": 3, "w": 6}, {"q": 3, "w": 9}]
