"""Reading what was sent: every kind, in digits of three scripts, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer
from safar.listen.questionnaire.reading_answers import read_answer
from safar.listen.questionnaire.refusals import AnswerRefused

PARTS = tuple(kinds.Choice(choice_id=each) for each in ("a", "b", "c"))
OTHER = kinds.Choice(choice_id="o", is_other=True)
NONE = kinds.Choice(choice_id="n", is_exclusive=True)
TREE = (
    kinds.TreeNode(
        node_id="home",
        nodes=(kinds.TreeNode(node_id="help"), kinds.TreeNode(node_id="shop")),
    ),
    kinds.TreeNode(node_id="me"),
)
AREA = kinds.Area(area_id="cart", x=0.5, y=0.0, width=0.5, height=0.2, is_right=True)

NPS = kinds.Nps(question_id="q")
SLIDER = kinds.Slider(question_id="q", lowest=10, highest=90, step=20)
SINGLE = kinds.Single(question_id="q", choices=(*PARTS, OTHER))
MULTIPLE = kinds.Multiple(question_id="q", choices=(*PARTS, OTHER, NONE), at_least=2, at_most=3)
MATRIX = kinds.Matrix(question_id="q", rows=PARTS[:2], columns=PARTS)
MANY = kinds.Matrix(question_id="q", rows=PARTS[:2], columns=PARTS, is_multiple=True)
SCALE = kinds.Matrix(question_id="q", rows=PARTS[:2], columns=PARTS, is_scale=True, is_required=True)
DUAL = kinds.Dual(question_id="q", rows=PARTS[:1], points=7)
DIFFERENTIAL = kinds.Differential(question_id="q", rows=PARTS[:2])
RANKING = kinds.Ranking(question_id="q", choices=PARTS)
TOP = kinds.Ranking(question_id="q", choices=PARTS, at_most=2)
ALL = kinds.Ranking(question_id="q", choices=PARTS, is_required=True)
SUM = kinds.ConstantSum(question_id="q", choices=PARTS, total=10)
TEXT = kinds.Text(question_id="q", at_least=3, at_most=10)
NUMBER = kinds.Number(question_id="q", lowest=0.0, highest=1500.0)
WHOLE = kinds.Number(question_id="q", is_whole=True)
DAY = kinds.Date(question_id="q", earliest="2026-01-01", latest="2026-12-31")
JALALI = kinds.Date(question_id="q", calendar="jalali")
HIJRI = kinds.Date(question_id="q", calendar="hijri")
PHONE = kinds.Phone(question_id="q", region="IR")
FILE = kinds.File(question_id="q", at_most=2)
CONSENT = kinds.Consent(question_id="q")
MENU = kinds.TreeTest(question_id="q", nodes=TREE, right=("help",))
CLICK = kinds.FirstClick(question_id="q", picture="p", areas=(AREA,))
GOAL = kinds.Goal(question_id="q", choices=(*PARTS, OTHER))


def points(**values: float) -> dict[str, Answer]:
    return {name.replace("_", "."): Answer(value=value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("question", "sent", "expected"),
    [
        (NPS, {"q": "۱۰"}, Answer(value=10.0)),
        (NPS, {"q": "٠"}, Answer(value=0.0)),
        (NPS, {"other": "7"}, None),
        (NPS, {"q": "  "}, None),
        (SLIDER, {"q": "50"}, Answer(value=50.0)),
        (SINGLE, {"q": "b"}, Answer(choices=("b",))),
        (SINGLE, {"q": "b", "q.other": "not this"}, Answer(choices=("b",))),
        (SINGLE, {"q": "o", "q.other": " کبوتر "}, Answer(choices=("o",), text="کبوتر")),
        (SINGLE, {"q.other": "a dove"}, Answer(choices=("o",), text="a dove")),
        (MULTIPLE, {"q": ["c", "a", "c"]}, Answer(choices=("a", "c"))),
        (MULTIPLE, {"q": "a", "q.other": "x"}, Answer(choices=("a", "o"), text="x")),
        (MULTIPLE, {"q": "n"}, Answer(choices=("n",))),
        (MATRIX, {"q.a": "c"}, Answer(rows={"a": Answer(choices=("c",))})),
        (MANY, {"q.b": ["c", "a"]}, Answer(rows={"b": Answer(choices=("a", "c"))})),
        (SCALE, {"q.a": "c", "q.b": "۲"}, Answer(rows=points(a=3.0, b=2.0))),
        (DUAL, {"q.a.first": "7", "q.a.second": "3"}, Answer(rows=points(a_first=7.0, a_second=3.0))),
        (DIFFERENTIAL, {"q.b": "1"}, Answer(rows=points(b=1.0))),
        (RANKING, {"q.b": "1", "q.a": "2"}, Answer(choices=("b", "a"), rows=points(b=1.0, a=2.0))),
        (RANKING, {"q": ["c", "a"]}, Answer(choices=("c", "a"), rows=points(c=1.0, a=2.0))),
        (SUM, {"q.a": "۷", "q.c": "3"}, Answer(rows=points(a=7.0, b=0.0, c=3.0))),
        (TEXT, {"q": " a\r\nbc "}, Answer(text="a\nbc")),
        (NUMBER, {"q": "۱۲٫۵"}, Answer(value=12.5)),
        (NUMBER, {"q": "1,200"}, Answer(value=1200.0)),
        (NUMBER, {"q": "12,5"}, Answer(value=12.5)),
        (NUMBER, {"q": "1.200"}, Answer(value=1.2)),
        (NUMBER, {"q": "۵۰٪"}, Answer(value=50.0)),
        (WHOLE, {"q": "-3"}, Answer(value=-3.0)),
        (DAY, {"q": "2026-11-22"}, Answer(text="2026-11-22")),
        (JALALI, {"q": "۱۴۰۵/۹/۱"}, Answer(text="2026-11-22")),
        (JALALI, {"q": "۱ آذر ۱۴۰۵"}, Answer(text="2026-11-22")),
        (JALALI, {"q": "2026-11-22"}, Answer(text="2026-11-22")),
        (JALALI, {"q.year": "1405", "q.month": "9", "q.day": "1"}, Answer(text="2026-11-22")),
        (HIJRI, {"q": "١٢ جمادى الآخرة ١٤٤٨"}, Answer(text="2026-11-22")),
        (PHONE, {"q": "۰۹۱۲ ۳۴۵ ۶۷۸۹"}, Answer(text="+989123456789")),
        (kinds.Email(question_id="q"), {"q": " Sara@Example.COM "}, Answer(text="sara@example.com")),
        (FILE, {"q": ["f1", "f2", "f1"]}, Answer(files=("f1", "f2"))),
        (CONSENT, {"q": "yes"}, Answer(value=1.0)),
        (CONSENT, {"q": "1"}, Answer(value=1.0)),
        (CONSENT, {"q": "no"}, Answer(value=0.0)),
        (CONSENT, {}, None),
        (kinds.Statement(question_id="q"), {"q": "read"}, None),
        (
            MENU,
            {"q": "help", "q.opened": ["me", "home"], "q.seconds": "4.5"},
            Answer(value=1.0, choices=("me", "home", "help"), seconds=4.5),
        ),
        (MENU, {"q": "me", "q.seconds": "long"}, Answer(value=0.0, choices=("me",))),
        (MENU, {"q.opened": "home", "q.gave_up": "1"}, Answer(value=0.0, choices=("home", ""))),
        (CLICK, {"q.x": "0.75", "q.y": "0.1"}, Answer(value=1.0, choices=("cart",), point=(0.75, 0.1))),
        (
            CLICK,
            {"q.x": "100", "q.y": "300", "q.width": "400", "q.height": "600"},
            Answer(value=0.0, point=(0.25, 0.5)),
        ),
        (GOAL, {"q": "a", "q.done": "yes", "q.why": "no need"}, Answer(value=1.0, choices=("a",))),
        (
            GOAL,
            {"q": "b", "q.done": "partly", "q.why": "slow"},
            Answer(value=0.5, choices=("b",), text="slow"),
        ),
        (
            GOAL,
            {"q": "o", "q.other": "to look", "q.done": "no"},
            Answer(value=0.0, choices=("o",), rows={"other": Answer(text="to look")}),
        ),
    ],
)
def test_an_answer_is_read(question: Any, sent: dict[str, str | list[str]], expected: Answer | None) -> None:
    raw = {name: [text] if isinstance(text, str) else text for name, text in sent.items()}
    assert read_answer(question, raw) == expected
    again = {name.replace("q", "q@x", 1): texts for name, texts in raw.items()}
    assert read_answer(question, again, key="q@x") == expected


@pytest.mark.parametrize(
    ("question", "sent", "code", "facts"),
    [
        (NPS, {"q": "11"}, "out_of_range", {"lowest": 0, "highest": 10}),
        (NPS, {"q": "7.5"}, "not_whole", {"step": 1}),
        (NPS, {"q": "ten"}, "no_number", {}),
        (NPS, {"q": ["7", "8"]}, "one_only", {}),
        (SLIDER, {"q": "40"}, "not_whole", {"step": 20}),
        (SINGLE, {"q": "d"}, "no_such_choice", {"choice": "d"}),
        (SINGLE, {"q": ["a", "b"]}, "one_only", {}),
        (SINGLE, {"q": "o"}, "other_wordless", {}),
        (SINGLE, {"q": "o", "q.other": "x" * 501}, "too_long", {"at_most": 500, "given": 501}),
        (MULTIPLE, {"q": "a"}, "too_few", {"at_least": 2}),
        (MULTIPLE, {"q": ["a", "b", "c", "o"], "q.other": "x"}, "too_many", {"at_most": 3}),
        (MULTIPLE, {"q": ["a", "n"]}, "not_together", {"choice": "n"}),
        (MATRIX, {"q.a": ["a", "b"]}, "one_only", {"row": "a"}),
        (MATRIX, {"q.a": "x"}, "no_such_choice", {"choice": "x"}),
        (SCALE, {"q.a": "c"}, "rows_missing", {"rows": ["b"]}),
        (SCALE, {"q.a": "4", "q.b": "1"}, "out_of_range", {"lowest": 1, "highest": 3}),
        (DUAL, {"q.a.first": "8"}, "out_of_range", {"lowest": 1, "highest": 7}),
        (RANKING, {"q.a": "1", "q.b": "3"}, "no_ranking", {"ranks": [1.0, 3.0]}),
        (RANKING, {"q.a": "1", "q.b": "1"}, "no_ranking", {"ranks": [1.0, 1.0]}),
        (RANKING, {"q": ["a", "a"]}, "no_ranking", {}),
        (TOP, {"q": ["a", "b", "c"]}, "too_many", {"at_most": 2}),
        (ALL, {"q": ["a", "b"]}, "rows_missing", {"rows": ["c"]}),
        (SUM, {"q.a": "7", "q.b": "4"}, "wrong_sum", {"given": 11.0, "total": 10}),
        (SUM, {"q.a": "11"}, "out_of_range", {"lowest": 0, "highest": 10}),
        (SUM, {"q.a": "9.5", "q.b": "0.5"}, "not_whole", {}),
        (TEXT, {"q": "ab"}, "too_short", {"at_least": 3, "given": 2}),
        (TEXT, {"q": "x" * 11}, "too_long", {"at_most": 10, "given": 11}),
        (NUMBER, {"q": "1501"}, "out_of_range", {"lowest": 0.0, "highest": 1500.0}),
        (WHOLE, {"q": "2.5"}, "not_whole", {}),
        (DAY, {"q": "2027-01-01"}, "out_of_range", {"lowest": "2026-01-01", "highest": "2026-12-31"}),
        (DAY, {"q": "soon"}, "no_date", {"calendar": "gregorian"}),
        (JALALI, {"q": "1405-13-01"}, "no_date", {"calendar": "jalali"}),
        (JALALI, {"q": "2026-02-30"}, "no_date", {"calendar": "jalali"}),
        (PHONE, {"q": "12"}, "no_phone", {}),
        (kinds.Email(question_id="q"), {"q": "sara"}, "no_email", {}),
        (FILE, {"q": ["1", "2", "3"]}, "too_many", {"at_most": 2}),
        (CONSENT, {"q": "perhaps"}, "no_such_choice", {}),
        (MENU, {"q": "nowhere"}, "no_such_choice", {}),
        (MENU, {"q": "me", "q.opened": ["nowhere"]}, "no_such_choice", {}),
        (CLICK, {"q.x": "1.2", "q.y": "0"}, "no_point", {}),
        (CLICK, {"q.x": "0.5"}, "no_point", {}),
        (CLICK, {"q.x": "5", "q.y": "5", "q.width": "0", "q.height": "9"}, "no_point", {}),
        (GOAL, {"q": "a", "q.done": "soon"}, "no_such_choice", {}),
        (
            kinds.Goal(question_id="q", choices=PARTS, is_required=True),
            {"q": "a"},
            "rows_missing",
            {"rows": ["done"]},
        ),
    ],
)
def test_an_answer_is_refused(question: Any, sent: Any, code: str, facts: dict[str, Any]) -> None:
    raw = {name: [text] if isinstance(text, str) else text for name, text in sent.items()}
    with pytest.raises(AnswerRefused) as caught:
        read_answer(question, raw)
    assert caught.value.code == f"answer.{code}"
    assert caught.value.hint
    assert {"question_id": "q", "key": "q", **facts}.items() <= caught.value.context.items()


def test_what_does_not_apply_is_an_answer() -> None:
    question = kinds.Csat(question_id="q", can_not_apply=True)
    assert read_answer(question, {"q.na": ["1"], "q": ["5"]}) == Answer(does_not_apply=True)
    assert read_answer(kinds.Csat(question_id="q"), {"q.na": ["1"]}) is None


def test_the_respondents_calendar_and_region_count_where_the_question_names_none() -> None:
    day, phone = kinds.Date(question_id="q"), kinds.Phone(question_id="q")
    assert read_answer(day, {"q": ["1405/09/01"]}, calendar="jalali") == Answer(text="2026-11-22")
    assert read_answer(phone, {"q": ["050 123 4567"]}, region="SA") == Answer(text="+966501234567")
    with pytest.raises(AnswerRefused):
        read_answer(phone, {"q": ["050 123 4567"]})


def test_what_cannot_be_kept_is_taken_out_of_words() -> None:
    question = kinds.Text(question_id="q")
    assert read_answer(question, {"q": ["a\x00b\ud800"]}) == Answer(text="ab")
