"""Events: what answers become in the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Calculation, Hidden, Page, Survey, Variable
from safar.listen.questionnaire.checks_of_keys import measures
from safar.listen.questionnaire.events import Draft, Response, events_of
from safar.listen.questionnaire.walk import Walk
from safar.observe.consents import consents_told
from safar.vocabulary.event import ANONYMOUS_ID

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PARTS = tuple(kinds.Choice(choice_id=each) for each in ("a", "b"))
TREE = (
    kinds.TreeNode(node_id="top", nodes=(kinds.TreeNode(node_id="deep"),)),
    kinds.TreeNode(node_id="other"),
)


def a_response(**fields: Any) -> Response:
    given = {
        "response_id": "r1",
        "survey_id": "s1",
        "version": 3,
        "customer_id": "c1",
        "ended_at": AT,
        **fields,
    }
    return Response(**given)


def told(
    answers: dict[str, Answer], *questions: Any, response: Response | None = None, **fields: Any
) -> list[Draft]:
    survey = Survey(key="shop", pages=(Page(page_id="p", questions=questions),), **fields)
    walk = Walk.begin(survey, language="fa", seed=1).through(survey, answers)
    return list(events_of(survey, walk, answers, response or a_response()))


def test_a_response_is_an_event_for_each_key_and_one_for_its_end() -> None:
    score = kinds.Nps(question_id="q1", key="nps")
    why = kinds.Text(question_id="q2", key="nps_why", comments_on="q1")
    first, last = told(
        {"q1": Answer(value=9.0), "q2": Answer(text="خوب")},
        score,
        why,
        response=a_response(
            channel="email",
            invitation_id="i1",
            seconds=12.3456,
            marks=("speeder",),
            wave="2026-4",
            weight=1.5,
        ),
        hidden=(Hidden(name="order"), Hidden(name="city", fallback="Shiraz")),
        variables=(Variable(name="v"),),
    )
    common = {
        "survey": "shop",
        "survey_id": "s1",
        "survey_version": 3,
        "response_id": "r1",
        "invitation_id": "i1",
        "language": "fa",
        "is_complete": True,
        "marks": ["speeder"],
        "wave": "2026-4",
        "weight": 1.5,
        "hidden": {"city": "Shiraz"},
    }
    assert first == Draft(
        key=("survey", "r1", "survey_answered", "nps"),
        name="survey_answered",
        customer_id="c1",
        occurred_at=AT,
        channel="email",
        properties={
            **common,
            "question_key": "nps",
            "metric": "nps",
            "scale_min": 0,
            "scale_max": 10,
            "direction": "higher_is_better",
            "value": 9,
            "verbatim": "خوب",
            "verbatim_key": "nps_why",
        },
    )
    assert (last.name, last.key) == ("survey_completed", ("survey", "r1", "survey_completed", ""))
    assert last.properties == {**common, "duration_seconds": 12.346, "variables": {"v": 0.0}, "ending": "end"}


def test_words_about_an_answer_that_was_not_given_stand_alone() -> None:
    score, why = kinds.Csat(question_id="q1", key="csat"), kinds.Text(question_id="q2", comments_on="q1")
    first, _ = told({"q2": Answer(text="late")}, score, why)
    assert {
        "question_key": "q2",
        "metric": "text",
        "about": "csat",
        "verbatim": "late",
    }.items() <= first.properties.items()
    assert "value" not in first.properties


def test_two_texts_about_one_answer_are_both_kept() -> None:
    score = kinds.Csat(question_id="q1")
    texts = [kinds.Text(question_id=name, comments_on="q1") for name in ("t1", "t2")]
    answers = {"q1": Answer(value=2.0), "t1": Answer(text="late"), "t2": Answer(text="wet")}
    first, second, _ = told(answers, score, *texts)
    assert (first.properties["verbatim"], first.properties["verbatim_key"]) == ("late", "t1")
    assert (second.properties["question_key"], second.properties["verbatim"]) == ("t2", "wet")


SCALE = {"direction": "higher_is_better"}
_KINDS: list[tuple[Any, Answer, list[dict[str, Any]]]] = [
    (
        kinds.Slider(question_id="q", lowest=-5, highest=5, direction="lower_is_better"),
        Answer(value=-3.0),
        [{"metric": "rating", "value": -3, "scale_min": -5, "scale_max": 5, "direction": "lower_is_better"}],
    ),
    (
        kinds.Multiple(question_id="q", choices=PARTS),
        Answer(choices=("a", "b"), text="x"),
        [{"metric": "choice", "choices": ["a", "b"], "other": "x"}],
    ),
    (
        kinds.Matrix(question_id="q", rows=PARTS, columns=PARTS, is_scale=True),
        Answer(rows={"b": Answer(value=2.0)}),
        [{"question_key": "q.b", "metric": "rating", "value": 2, "scale_min": 1, "scale_max": 2, **SCALE}],
    ),
    (
        kinds.Matrix(question_id="q", rows=PARTS, columns=PARTS),
        Answer(rows={"a": Answer(choices=("b",)), "b": Answer(choices=("a",))}),
        [
            {"question_key": "q.a", "metric": "choice", "choices": ["b"]},
            {"question_key": "q.b", "metric": "choice", "choices": ["a"]},
        ],
    ),
    (
        kinds.Dual(question_id="q", key="k", rows=PARTS, points=7),
        Answer(rows={"a.first": Answer(value=7.0), "a.second": Answer(value=4.0)}),
        [
            {
                "question_key": "k.a.first",
                "metric": "rating",
                "value": 7,
                "scale_min": 1,
                "scale_max": 7,
                **SCALE,
            },
            {
                "question_key": "k.a.second",
                "metric": "rating",
                "value": 4,
                "scale_min": 1,
                "scale_max": 7,
                **SCALE,
            },
        ],
    ),
    (
        kinds.Differential(question_id="q", rows=PARTS),
        Answer(rows={"a": Answer(value=1.0)}),
        [{"question_key": "q.a", "metric": "rating", "value": 1, "scale_min": 1, "scale_max": 7, **SCALE}],
    ),
    (
        kinds.Ranking(question_id="q", choices=PARTS),
        Answer(choices=("b", "a"), rows={"b": Answer(value=1.0), "a": Answer(value=2.0)}),
        [
            {
                "question_key": "q.b",
                "metric": "rank",
                "value": 1,
                "scale_min": 1,
                "scale_max": 2,
                "direction": "lower_is_better",
            },
            {
                "question_key": "q.a",
                "metric": "rank",
                "value": 2,
                "scale_min": 1,
                "scale_max": 2,
                "direction": "lower_is_better",
            },
        ],
    ),
    (
        kinds.ConstantSum(question_id="q", choices=PARTS, total=100),
        Answer(rows={"a": Answer(value=100.0), "b": Answer(value=0.0)}),
        [
            {"question_key": "q.a", "metric": "sum", "value": 100, "scale_min": 0, "scale_max": 100, **SCALE},
            {"question_key": "q.b", "metric": "sum", "value": 0, "scale_min": 0, "scale_max": 100, **SCALE},
        ],
    ),
    (kinds.Text(question_id="q"), Answer(text="x"), [{"metric": "text", "verbatim": "x"}]),
    (kinds.Number(question_id="q"), Answer(value=2.5), [{"metric": "number", "value": 2.5}]),
    (kinds.Date(question_id="q"), Answer(text="2026-11-22"), [{"metric": "date", "day": "2026-11-22"}]),
    (kinds.Phone(question_id="q"), Answer(text="+989123456789"), [{"metric": "phone", "is_given": True}]),
    (kinds.Email(question_id="q"), Answer(text="a@b.ir"), [{"metric": "email", "is_given": True}]),
    (kinds.File(question_id="q"), Answer(files=("f",)), [{"metric": "file", "files": 1}]),
    (
        kinds.Consent(question_id="q"),
        Answer(value=0.0),
        [{"metric": "consent", "value": 0, "scale_min": 0, "scale_max": 1, **SCALE}],
    ),
    (
        kinds.TreeTest(question_id="q", nodes=TREE, right=("deep",)),
        Answer(value=1.0, choices=("top", "deep"), seconds=4.0),
        [
            {
                "metric": "findability",
                "value": 1,
                "scale_min": 0,
                "scale_max": 1,
                **SCALE,
                "seconds": 4.0,
                "path": ["top", "deep"],
                "first": "top",
                "is_first_right": True,
                "is_direct": True,
            }
        ],
    ),
    (
        kinds.TreeTest(question_id="q", nodes=TREE, right=("deep",)),
        Answer(value=1.0, choices=("other", "top", "deep")),
        [
            {
                "first": "other",
                "is_first_right": False,
                "is_direct": False,
                "path": ["other", "top", "deep"],
                "value": 1,
            }
        ],
    ),
    (
        kinds.TreeTest(question_id="q", nodes=TREE, right=("deep",)),
        Answer(value=0.0, choices=("top", "")),
        [{"value": 0, "is_given_up": True, "path": ["top"], "first": "top", "is_first_right": True}],
    ),
    (
        kinds.FirstClick(question_id="q", areas=(kinds.Area(area_id="z", x=0, y=0, width=1, height=1),)),
        Answer(value=0.0, choices=("z",), point=(0.25, 0.5), seconds=2.0),
        [
            {
                "value": 0,
                "area": "z",
                "first": "z",
                "is_first_right": False,
                "x": 0.25,
                "y": 0.5,
                "seconds": 2.0,
            }
        ],
    ),
    (
        kinds.Goal(question_id="q", choices=PARTS),
        Answer(value=0.5, choices=("a",), text="slow", rows={"other": Answer(text="o")}),
        [
            {
                "metric": "goal",
                "value": 1,
                "scale_min": 0,
                "scale_max": 2,
                **SCALE,
                "choices": ["a"],
                "verbatim": "slow",
                "other": "o",
            }
        ],
    ),
    (
        kinds.Csat(question_id="q", can_not_apply=True),
        Answer(does_not_apply=True),
        [{"metric": "csat", "choices": ["not_applicable"]}],
    ),
]


@pytest.mark.parametrize(("question", "answer", "expected"), _KINDS)
def test_each_kind_tells_its_answers(question: Any, answer: Answer, expected: list[dict[str, Any]]) -> None:
    *heard, _ = told({"q": answer}, question)
    assert len(heard) == len(expected)
    for event, facts in zip(heard, expected, strict=True):
        assert {"question_key": "q", **facts}.items() <= event.properties.items()
        measure = measures(question)[event.properties["question_key"]]
        assert event.properties["metric"] == measure.metric
        if "scale_min" in event.properties:
            assert measure.scale == (event.properties["scale_min"], event.properties["scale_max"])
            assert measure.direction == event.properties["direction"]


def test_what_is_repeated_has_a_key_for_each_choice() -> None:
    survey = Survey(
        pages=(
            Page(page_id="one", questions=(kinds.Multiple(question_id="m", choices=PARTS),)),
            Page(
                page_id="two",
                repeats_for="m",
                questions=(
                    kinds.Csat(question_id="q", key="csat"),
                    kinds.Text(question_id="t", comments_on="q"),
                ),
            ),
        ),
        variables=(Variable(name="v"),),
        calculations=(Calculation(after="two", variable="v", does="add", value="question.q"),),
    )
    answers = {
        "m": Answer(choices=("a", "b")),
        "q@a": Answer(value=5.0),
        "t@a": Answer(text="fine"),
        "q@b": Answer(value=1.0),
    }
    walk = Walk.begin(survey, language="fa", seed=1).through(survey, answers)
    _, one, two, end = events_of(survey, walk, answers, a_response())
    assert (one.properties["question_key"], one.properties["item"], one.properties["value"]) == (
        "csat.a",
        "a",
        5,
    )
    assert (one.properties["verbatim"], one.properties["verbatim_key"]) == ("fine", "t.a")
    assert (two.properties["question_key"], "verbatim" in two.properties) == ("csat.b", False)
    assert end.properties["variables"] == {"v": 6.0}


def test_what_was_given_up_is_told_as_far_as_it_went() -> None:
    survey = Survey(
        pages=tuple(Page(page_id=name, questions=(kinds.Csat(question_id=f"q{name}"),)) for name in "ab")
    )
    answers = {"qa": Answer(value=2.0)}
    walk = Walk.begin(survey, language="fa", seed=1).next(survey, answers)
    first, last = events_of(survey, walk, answers, a_response(is_complete=False))
    assert (first.properties["question_key"], first.properties["is_complete"]) == ("qa", False)
    assert (last.name, last.properties["page"]) == ("survey_stopped", "b")
    assert "is_screened" not in last.properties
    *_, last = events_of(survey, walk, answers, a_response(is_complete=False, is_screened=True))
    assert (last.name, last.properties["is_screened"]) == ("survey_stopped", True)


def test_a_consent_becomes_the_customers() -> None:
    question = kinds.Consent(question_id="q", purpose="sms")
    _, given, _ = told({"q": Answer(value=1.0)}, question)
    assert (given.name, given.properties) == ("identify", {"consent": {"sms": True}})
    (consent,) = consents_told([(None, given.properties)])  # type: ignore[list-item]
    assert (consent.purpose, consent.is_given) == ("sms", True)
    _, given, _ = told({"q": Answer(value=0.0)}, question, response=a_response(is_known=False))
    assert given.properties == {"consent": {"sms": False}, ANONYMOUS_ID: "c1"}
    assert [each.name for each in told({"q": Answer(value=1.0)}, kinds.Consent(question_id="q"))] == [
        "survey_answered",
        "survey_completed",
    ]


def test_addresses_stay_out_of_the_log_but_where_they_identify() -> None:
    address = Answer(text="+989123456789")
    for question, expected in (
        (kinds.Phone(question_id="q"), []),
        (kinds.Phone(question_id="q", identifies=True), [{"phone": "+989123456789"}]),
    ):
        heard = told({"q": address}, question)
        assert [each.properties for each in heard if each.name == "identify"] == expected
        assert all("+98" not in str(each.properties) for each in heard if each.name != "identify")


def test_writing_twice_is_writing_once() -> None:
    questions = (kinds.Nps(question_id="q1"), kinds.Consent(question_id="q2", purpose="sms"))
    answers = {"q1": Answer(value=3.0), "q2": Answer(value=1.0)}
    keys = [each.key for each in told(answers, *questions)]
    assert keys == [each.key for each in told(answers, *questions)]
    assert len(set(keys)) == len(keys) == 4
