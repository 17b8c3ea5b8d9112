"""Marks of quality: speeders, straight lines, the same sent twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Page, Survey
from safar.listen.questionnaire.quality import Earlier, marks, minutes, pattern, reading_seconds
from safar.listen.questionnaire.walk import Walk

ROWS = tuple(kinds.Choice(choice_id=f"r{each}", words={"en": "four words a row"}) for each in range(8))
TABLE = kinds.Differential(question_id="t", title={"en": "How do you see us?"}, rows=ROWS, points=5)
SURVEY = Survey(
    pages=(
        Page(page_id="one", questions=(TABLE,)),
        Page(page_id="two", questions=(kinds.Text(question_id="why", title={"en": "Why is that so?"}),)),
    )
)
AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def table(*points: float) -> Answer:
    return Answer(rows={f"r{place}": Answer(value=value) for place, value in enumerate(points)})


def marked(answers: dict[str, Answer], seconds: float | None = None, **more: object) -> tuple[str, ...]:
    walk = Walk.begin(SURVEY, language="en", seed=1).through(SURVEY, answers)
    return marks(SURVEY, walk, answers, seconds=seconds, **more)  # type: ignore[arg-type]


MIXED = table(1, 5, 2, 4, 3, 3, 5, 1)


def test_reading_is_reckoned_by_words_and_questions() -> None:
    """5 + 8 x 4 + 4 words at 240 a minute are 10.25 s, and two answers a second each; 41 words need 45 s to decide."""
    answers = {"t": MIXED, "why": Answer(text="so")}
    walk = Walk.begin(SURVEY, language="en", seed=1).through(SURVEY, answers)
    assert reading_seconds(SURVEY, walk, answers) == pytest.approx(12.25)
    assert minutes(SURVEY) == 1
    assert (marked(answers, 6.1), marked(answers, 6.2), marked(answers, None)) == (("speeder",), (), ())
    assert marked({}, 0.1) == ()


def test_a_straight_line_is_the_same_point_all_along() -> None:
    assert marked({"t": table(*[4] * 8)}) == ("straight_liner",)
    assert marked({"t": table(4, 4, 4, 4, 4, 4, 4, 5)}) == ()
    assert marked({"t": table(*[4] * 5)}) == ()
    assert marked({"t": MIXED}) == ()


def test_a_duplicate_is_alike_near_and_of_one_source() -> None:
    answers = {"t": MIXED, "why": Answer(text="دیر  رسید")}
    again = {"t": MIXED, "why": Answer(text="دير رسيد", seconds=4.0)}
    other = {"t": MIXED, "why": Answer(text="زود رسید")}
    assert pattern(answers) == pattern(again) != pattern(other)
    before = Earlier(pattern(again), "link", AT - timedelta(minutes=30))
    assert marked(answers, source="link", ended_at=AT, earlier=[before]) == ("duplicate",)
    assert marked(other, source="link", ended_at=AT, earlier=[before]) == ()
    assert marked(answers, source="elsewhere", ended_at=AT, earlier=[before]) == ()
    assert marked(answers, source="", ended_at=AT, earlier=[before]) == ()
    assert marked(answers, source="link", ended_at=AT + timedelta(seconds=1), earlier=[before]) == ()
