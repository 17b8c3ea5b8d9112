"""Checks: each thing that is wrong is found, where it is, and nothing else is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import (
    END,
    Calculation,
    Ending,
    Hidden,
    Jump,
    Page,
    Quota,
    Survey,
    Variable,
)
from safar.listen.questionnaire.checks import check
from safar.listen.questionnaire.conditions import AllOf, NoneOf, Test
from safar.listen.questionnaire.findings import CODES, errors
from safar.listen.questionnaire.templates import TEMPLATES, template

WORDS = {"en": "Words"}
PARTS = tuple(kinds.Choice(choice_id=each, words={"en": each}) for each in ("a", "b"))


def q(kind: type[Any], name: str, **fields: Any) -> Any:
    return kind(question_id=name, title=WORDS, **fields)


def csat(name: str, **fields: Any) -> kinds.Csat:
    return kinds.Csat(question_id=name, title=WORDS, **fields)


def a_page(name: str, *questions: Any, **fields: Any) -> Page:
    return Page(page_id=name, questions=questions, **fields)


ONE = a_page("one", csat("first"), q(kinds.Single, "pick", choices=PARTS))
TWO = a_page("two", csat("second"))
LOW = Test(of="question.first", compares="<=", value=2.0)
LATER = Test(of="question.second", compares="<=", value=2.0)


def found(survey: Survey) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in check(survey)]


def asking(question: Any) -> Survey:
    return Survey(pages=(a_page("p", question),))


_QUESTION: list[tuple[Any, str, str]] = [
    (q(kinds.Single, "q"), "question.no_parts", ".choices"),
    (q(kinds.Matrix, "q", rows=PARTS), "question.no_parts", ".columns"),
    (q(kinds.Slider, "q", lowest=5, highest=5), "question.bounds_crossed", ""),
    (q(kinds.Slider, "q", lowest=0, highest=5, step=9), "scale.too_few", ".step"),
    (q(kinds.Multiple, "q", choices=PARTS, at_least=3), "question.bounds_crossed", ".at_least"),
    (q(kinds.Text, "q", at_least=5, at_most=4), "question.bounds_crossed", ".at_least"),
    (q(kinds.Number, "q", lowest=5.0, highest=4.0), "question.bounds_crossed", ".lowest"),
    (q(kinds.Date, "q", earliest="2026-02-01", latest="2026-01-01"), "question.bounds_crossed", ".earliest"),
    (q(kinds.Date, "q", earliest="2026-02-30"), "date.unreadable", ".earliest"),
    (q(kinds.Phone, "q", region="QQ"), "phone.region", ".region"),
    (q(kinds.Consent, "q"), "consent.no_purpose", ".purpose"),
    (q(kinds.Single, "q", choices=(*PARTS, kinds.Choice(choice_id="c"))), "choice.empty", ".choices[c]"),
    (
        q(kinds.Single, "q", choices=tuple(msgspec.structs.replace(each, is_other=True) for each in PARTS)),
        "question.two_others",
        ".choices",
    ),
    (q(kinds.Matrix, "q", rows=PARTS, columns=PARTS[:1], is_scale=True), "scale.too_few", ".columns"),
    (
        q(kinds.Matrix, "q", rows=PARTS, columns=PARTS, is_scale=True, is_multiple=True),
        "scale.of_many",
        ".is_multiple",
    ),
    (
        q(
            kinds.Differential,
            "q",
            rows=(kinds.Choice(choice_id="na", words=WORDS),),
            can_not_apply=True,
        ),
        "choice.reserved",
        "",
    ),
    (q(kinds.Text, "q", comments_on="none"), "comments.on_nothing", ".comments_on"),
    (q(kinds.TreeTest, "q", nodes=(kinds.TreeNode(node_id="a"),)), "tree.no_right", ".right"),
    (q(kinds.TreeTest, "q", nodes=(kinds.TreeNode(node_id="a"),), right=("b",)), "tree.no_right", ".right"),
    (
        q(kinds.TreeTest, "q", nodes=(kinds.TreeNode(node_id="a"),) * 2, right=("a",)),
        "tree.twice",
        ".nodes",
    ),
    (
        q(
            kinds.FirstClick,
            "q",
            areas=(kinds.Area(area_id="a", x=0, y=0, width=1, height=1, is_right=True),),
        ),
        "click.no_picture",
        ".picture",
    ),
    (
        q(kinds.FirstClick, "q", picture="p", areas=(kinds.Area(area_id="a", x=0, y=0, width=1, height=1),)),
        "click.no_right",
        ".areas",
    ),
    (
        q(
            kinds.FirstClick,
            "q",
            picture="p",
            areas=(kinds.Area(area_id="a", x=0.5, y=0, width=0.6, height=1, is_right=True),),
        ),
        "click.outside",
        ".areas[a]",
    ),
    (kinds.Nps(question_id="q"), "words.none", ".title"),
]


@pytest.mark.parametrize(("question", "code", "field"), _QUESTION)
def test_a_question_is_wrong_by_itself(question: Any, code: str, field: str) -> None:
    assert found(asking(question)) == [(code, f"pages[p].questions[q]{field}")]


def with_(**fields: Any) -> Survey:
    return Survey(**{"pages": (ONE, TWO), **fields})


def shown(when: Any) -> Survey:
    return with_(pages=(ONE, a_page("two", csat("second"), csat("third", show_when=when))))


_THIRD = "pages[two].questions[third].show_when"
_SURVEY: list[tuple[Survey, list[tuple[str, str]]]] = [
    (Survey(), [("survey.no_questions", "pages")]),
    (with_(languages=()), [("survey.no_language", "languages")]),
    (with_(pages=(ONE, TWO, Page(page_id="three"))), [("page.empty", "pages[three]")]),
    (shown(Test(of="question.gone", compares="answered")), [("condition.unknown", _THIRD)]),
    (shown(Test(of="question.first.row", compares="answered")), [("condition.unknown", _THIRD)]),
    (shown(Test(of="question.first@a", compares="answered")), [("condition.unknown", _THIRD)]),
    (shown(Test(of="variable.x", compares="=", value=1.0)), [("condition.unknown", _THIRD)]),
    (shown(Test(of="respondent.age", compares="=", value=1.0)), [("condition.unknown", _THIRD)]),
    (shown(Test(of="question.first", compares="<")), [("condition.no_value", _THIRD)]),
    (shown(Test(of="question.first", compares="<", value="low")), [("condition.no_value", _THIRD)]),
    (shown(Test(of="question.pick", compares="has", value="c")), [("condition.no_choice", _THIRD)]),
    (shown(Test(of="respondent.language", compares="=", value="fa")), [("condition.no_choice", _THIRD)]),
    (shown(Test(of="question.third", compares="unanswered")), [("condition.later", _THIRD)]),
    (
        with_(jumps=(Jump(after="gone", to="two"), Jump(after="one", to="nowhere"))),
        [("jump.from_nowhere", "jumps[0].after"), ("jump.to_nowhere", "jumps[1].to")],
    ),
    (
        with_(jumps=(Jump(after="one", to=END, when=LATER),)),
        [("condition.later", "jumps[0].when")],
    ),
    (
        with_(
            calculations=(
                Calculation(after="gone", variable="v"),
                Calculation(after="one", variable="w"),
                Calculation(after="one", variable="v", value="question.gone"),
                Calculation(after="one", variable="v", value="question.second"),
                Calculation(after="one", variable="v", does="add", value="three"),
                Calculation(after="one", variable="v", does="divide", value="۰"),
            ),
            variables=(Variable(name="v"),),
        ),
        [
            ("calculation.after_nothing", "calculations[0].after"),
            ("calculation.unknown", "calculations[1].variable"),
            ("calculation.unknown", "calculations[2].value"),
            ("calculation.later", "calculations[3].value"),
            ("calculation.no_number", "calculations[4].value"),
            ("calculation.by_zero", "calculations[5].value"),
        ],
    ),
    (
        with_(
            endings=(Ending(ending_id="e", title=WORDS, when=LOW, redirect="http://example.com"),),
        ),
        [("ending.redirect", "endings[e].redirect"), ("ending.none_fits", "endings")],
    ),
    (
        with_(endings=(Ending(ending_id="all"), Ending(ending_id="never"))),
        [("ending.unreachable", "endings[never]")],
    ),
    (
        with_(
            quotas=(
                Quota(quota_id="to", limit=1, then="two"),
                Quota(quota_id="none", limit=0),
                Quota(quota_id="never", limit=1, when=AllOf(parts=(LOW, NoneOf(parts=(LOW,))))),
            )
        ),
        [
            ("quota.to_nowhere", "quotas[to].then"),
            ("quota.closed", "quotas[none].limit"),
            ("quota.never", "quotas[never].when"),
        ],
    ),
    (
        with_(pages=(a_page("one", csat("a", key="k")), a_page("two", csat("b", key="k")))),
        [("key.twice", "pages[two].questions[b].key")],
    ),
    (
        with_(pages=(a_page("one", csat("a", key="k")), a_page("two", q(kinds.Ces, "b", key="k")))),
        [("key.other_scale", "pages[two].questions[b].key")],
    ),
    (
        with_(pages=(ONE, a_page("two", csat("second"), repeats_for="first"))),
        [("repeat.nothing", "pages[two].repeats_for")],
    ),
    (
        with_(
            pages=(
                a_page("zero", csat("z"), repeats_for="pick"),
                ONE,
            )
        ),
        [("repeat.later", "pages[zero].repeats_for")],
    ),
    (
        with_(
            pages=(
                ONE,
                a_page("each", q(kinds.Single, "again", choices=PARTS), repeats_for="pick"),
                a_page("within", csat("w"), repeats_for="again"),
            )
        ),
        [("repeat.within", "pages[within].repeats_for")],
    ),
    (
        with_(
            pages=(
                ONE,
                a_page("each", csat("e"), repeats_for="pick"),
                a_page("last", csat("l", show_when=Test(of="question.e", compares="unanswered"))),
            )
        ),
        [("condition.repeated", "pages[last].questions[l].show_when")],
    ),
    (
        with_(
            languages=("en", "fa"),
            pages=(
                a_page(
                    "one",
                    kinds.Csat(
                        question_id="first",
                        title={"en": "{{hidden.order}} {{question.first}}", "fa": "سفارش"},
                    ),
                    kinds.Csat(question_id="second", title={"en": "{{hidden.gone}} {{item}}"}),
                ),
            ),
            hidden=(Hidden(name="order"),),
        ),
        [
            ("words.placeholder_unknown", "pages[one].questions[second].title"),
            ("words.placeholder_unknown", "pages[one].questions[second].title"),
            ("words.placeholder_lost", "pages[one].questions[first].title"),
            ("words.placeholder_later", "pages[one].questions[first].title"),
            ("words.missing", "pages[one].questions[second].title"),
        ],
    ),
    (
        with_(pages=(a_page("one", q(kinds.Single, "s", is_required=True)),)),
        [
            ("question.no_parts", "pages[one].questions[s].choices"),
            ("question.dead_end", "pages[one].questions[s]"),
        ],
    ),
    (
        with_(jumps=(Jump(after="one", to=END),)),
        [("page.unreachable", "pages[two]")],
    ),
    (
        shown(AllOf(parts=(LOW, Test(of="question.first", compares=">", value=2.0)))),
        [("question.unreachable", "pages[two].questions[third]")],
    ),
    (with_(jumps=(Jump(after="one", to="two"), Jump(after="one", to=END))), [("jump.never", "jumps[1]")]),
    (with_(jumps=(Jump(after="two", to="one"),)), [("loop.endless", "pages[one]")]),
    (with_(jumps=(Jump(after="two", to="one", when=LOW),)), [("loop.possible", "jumps[0]")]),
    (
        with_(jumps=(Jump(after="two", to="two", when=LOW),)),
        [("loop.endless", "pages[two]")],
    ),
    (
        with_(jumps=(Jump(after="two", to="two", when=LATER),)),
        [("loop.possible", "jumps[0]")],
    ),
    (
        with_(pages=tuple(a_page(f"p{each}", csat(f"q{each}")) for each in range(201))),
        [("survey.too_large", "pages")],
    ),
]


@pytest.mark.parametrize(("survey", "expected"), _SURVEY)
def test_a_survey_is_wrong(survey: Survey, expected: list[tuple[str, str]]) -> None:
    assert found(survey) == expected


def test_a_comment_on_a_table_explains_nothing() -> None:
    table = q(kinds.Differential, "t", rows=PARTS)
    survey = Survey(pages=(a_page("p", table, q(kinds.Text, "why", comments_on="t")),))
    assert found(survey) == [("comments.on_many", "pages[p].questions[why].comments_on")]


def test_every_code_is_shown_by_a_test_or_is_of_versions() -> None:
    shown_codes = {code for _, code, _ in _QUESTION} | {code for _, each in _SURVEY for code, _ in each}
    elsewhere = {"comments.on_many", "survey.partly_checked"} | {
        code for code in CODES if code.startswith("version.")
    }
    assert sorted(CODES) == sorted(shown_codes | elsewhere)


def test_facts_tell_what_a_sentence_needs() -> None:
    (circle,) = check(with_(jumps=(Jump(after="two", to="one"),)))
    assert dict(circle.facts) == {"pages": ["one", "two"], "is_sure": True}
    (wrong,) = check(asking(q(kinds.Text, "q", at_least=5, at_most=4)))
    assert (dict(wrong.facts), wrong.severity) == ({"least": 5, "most": 4}, "error")


def test_a_survey_of_too_many_ways_is_looked_at_roughly() -> None:
    """Twelve questions are summed up, whatever each is told apart by: no list of ways holds that."""
    many = tuple(a_page(f"p{each}", q(kinds.Number, f"n{each}")) for each in range(12))
    survey = Survey(
        pages=(*many, a_page("last", csat("x"), show_when=Test(of="variable.sum", compares=">", value=99.0))),
        variables=(Variable(name="sum"),),
        calculations=tuple(
            Calculation(after=f"p{each}", variable="sum", does="add", value=f"question.n{each}")
            for each in range(12)
        ),
    )
    assert found(survey) == [("survey.partly_checked", "pages")]
    jumping = msgspec.structs.replace(
        survey,
        jumps=(
            Jump(after="p2", to="p1", when=Test(of="question.n2", compares=">", value=5.0)),
            Jump(after="p4", to="p3", when=Test(of="variable.sum", compares=">", value=5.0)),
            Jump(after="p6", to="last"),
        ),
    )
    assert found(jumping) == [
        *((f"{'page.unreachable'}", f"pages[p{each}]") for each in range(7, 12)),
        ("loop.endless", "pages[p4]"),
        ("survey.partly_checked", "pages"),
        ("loop.possible", "jumps[0]"),
    ]


@pytest.mark.parametrize("key", TEMPLATES)
def test_templates_are_beyond_reproach(key: str) -> None:
    survey = template(key)
    assert errors(check(survey)) == ()
    assert check(survey) == ()
    assert survey.languages == ("fa", "ar", "en")
