"""The score of a question key: surveys, waves and channels together, scales apart, marks and missing codes counted."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from answers_said import an_answer, write
from safar.listen.answer_rows import MixedScales, NoSuchScore, UnknownSide, Which
from safar.listen.breakdown import BreakdownQuestion, breakdown
from safar.listen.csat import CsatQuestion, csat
from safar.listen.groups import By, GroupingRefused
from safar.listen.score import ScoreQuestion, score
from safar.listen.score_keys import ScoreKeysQuestion, score_keys
from safar.listen.weighting import Margin, Weighting
from safar.store.log import Log
from safar.store.newest import key_of_id
from safar.vocabulary.answer import Note
from safar.vocabulary.window import Window


def test_waves_and_channels_of_a_key_combine(log: Log, day) -> None:
    write(
        log,
        an_answer("nps", 10, who="a", survey="spring", channel="email"),
        an_answer("nps", 9, who="b", survey="summer", channel="app", wave="2"),
        an_answer("nps", 3, who="c", survey="summer", language="fa"),
        an_answer("other", 0, who="d"),
    )
    found = score(log, ScoreQuestion(Which("nps"), (day(21), day(22))))
    one, none = found.scores
    assert one is not None
    assert (one.n, round(one.estimate.value, 4)) == (3, 33.3333)
    assert none is None
    for side, value, n in (
        ("survey", "summer", 2),
        ("channel", "app", 1),
        ("language", "fa", 1),
        ("wave", "2", 1),
    ):
        narrowed = score(log, ScoreQuestion(Which("nps", only=((side, value),)), (day(21),))).scores[0]
        assert narrowed is not None
        assert narrowed.n == n
    only = Which("nps", only=(("survey", "spring"), ("survey", "summer"), ("channel", "app")))
    assert score(log, ScoreQuestion(only, (day(21),))).scores[0].n == 1  # type: ignore[union-attr]
    mine = score(log, ScoreQuestion(Which("nps"), (day(21),)), persons=np.array([key_of_id("c")], np.uint64))
    assert mine.scores[0].estimate.value == -100.0  # type: ignore[union-attr]


def test_scales_under_one_key_are_refused_with_a_reason(log: Log, day) -> None:
    write(
        log,
        *(an_answer("sat", 5, metric="csat", who=f"a{number}") for number in range(3)),
        an_answer("sat", 7, metric="csat", scale=(1, 7), who="b"),
    )
    with pytest.raises(MixedScales) as refused:
        score(log, ScoreQuestion(Which("sat"), (day(21),)))
    assert "'sat' was answered on 2 scales: csat:1-5 (3), csat:1-7 (1)" in str(refused.value)
    assert refused.value.context["kinds"] == ["csat:1-5", "csat:1-7"]
    five, seven = (
        score(log, ScoreQuestion(Which("sat", kind), (day(21),))) for kind in ("csat:1-5", "csat:1-7")
    )
    assert [found.scores[0].n for found in (five, seven)] == [3, 1]  # type: ignore[union-attr]
    assert five.scores[0].estimate == csat(log, CsatQuestion((day(21),), "sat")).scores[0].estimate  # type: ignore[union-attr]
    with pytest.raises(NoSuchScore) as unknown:
        score(log, ScoreQuestion(Which("sat", "csat:1-6"), (day(21),)))
    assert "csat:1-7" in unknown.value.hint


def test_direction_is_part_of_the_scale(log: Log, day) -> None:
    write(
        log,
        an_answer("effort", 1, metric="rating", direction="lower_is_better", who="a"),
        an_answer("effort", 5, metric="rating", who="b"),
    )
    with pytest.raises(MixedScales):
        score(log, ScoreQuestion(Which("effort"), (day(21),)))
    found = score(log, ScoreQuestion(Which("effort", "rating:1-5:lower_is_better"), (day(21),)))
    assert found.scores[0].n == 1  # type: ignore[union-attr]
    assert not found.scoring.is_higher_better


def test_marks_are_counted_and_left_out_on_demand(log: Log, day) -> None:
    write(
        log,
        an_answer("nps", 10, who="a"),
        an_answer("nps", 0, who="b", marks=["speeder", "straight_liner"]),
        an_answer("nps", 0, who="c", marks=["speeder"]),
        an_answer("nps", 11, who="d"),
        an_answer("nps", None, who="e", choices=["not_applicable"]),
        an_answer("nps", 10, who="a", at="2026-03-21T13:00"),
    )
    whole = score(log, ScoreQuestion(Which("nps"), (day(21),)))
    assert whole.scores[0].n == 4  # type: ignore[union-attr]
    assert whole.marks == {"speeder": 2, "straight_liner": 1}
    assert whole.notes == (Note.of("score.unreadable", count=2), Note.of("score.repeated", count=1))
    kept = score(log, ScoreQuestion(Which("nps", leave_out=("speeder",)), (day(21),)))
    assert kept.scores[0].estimate.value == 100.0  # type: ignore[union-attr]
    assert kept.marks == whole.marks
    assert Note.of("score.left_out", count=2) in kept.notes


def test_design_weights_and_margins(log: Log, day) -> None:
    write(
        log,
        an_answer("nps", 10, who="a", weight=3.0, channel="app"),
        an_answer("nps", 0, who="b", weight=1.0),
        an_answer("nps", 0, who="c"),
    )
    found = score(log, ScoreQuestion(Which("nps"), (day(21),), weighting=Weighting()))
    # the third has the mean weight, 2
    assert found.scores[0].estimate.value == pytest.approx(0.0)  # type: ignore[union-attr]
    assert Note.of("score.no_weight", count=1) in found.notes
    raked = Weighting((Margin(By("channel"), (("app", 0.25), ("web", 0.75))),), uses_design=False)
    found = score(log, ScoreQuestion(Which("nps"), (day(21),), weighting=raked))
    assert found.scores[0].estimate.value == pytest.approx(-50.0)  # type: ignore[union-attr]
    assert found.raked[0].effective_n == pytest.approx(1 / (0.25**2 + 2 * 0.375**2))  # type: ignore[union-attr]


def test_an_unknown_key_and_an_unknown_side(log: Log, day) -> None:
    write(log, an_answer("nps_usual", 10), an_answer("why", None, metric="text", verbatim="so"))
    with pytest.raises(NoSuchScore) as refused:
        score(log, ScoreQuestion(Which("nps_usul"), (day(21),)))
    assert "nps_usual" in refused.value.hint
    with pytest.raises(NoSuchScore):
        score(log, ScoreQuestion(Which("why"), (day(21),)))
    with pytest.raises(UnknownSide, match="'chanel'"):
        Which("nps", only=(("chanel", "web"),))


def test_groups_of_a_breakdown_are_judged_together(log: Log, day) -> None:
    write(
        log,
        *(an_answer("csat", 5, metric="csat", who=f"w{number}") for number in range(40)),
        *(an_answer("csat", 1, metric="csat", who=f"a{number}", channel="app") for number in range(12)),
        *(an_answer("csat", 5, metric="csat", who=f"b{number}", channel="app") for number in range(8)),
        *(an_answer("csat", 1, metric="csat", who=f"s{number}", channel="sms") for number in range(3)),
    )
    found = breakdown(log, BreakdownQuestion(Which("csat"), day(21), By("channel")))
    assert [(each.name, each.score.n, each.score.estimate.value) for each in found.groups] == [
        ("web", 40, 1.0),
        ("app", 20, 0.4),
        ("sms", 3, 0.0),
    ]
    assert found.whole.n == 63  # type: ignore[union-attr]
    web, app, sms = (each.gap for each in found.groups)
    assert web.change.value == pytest.approx(1 - 8 / 23)  # type: ignore[union-attr]
    assert app.is_clear  # type: ignore[union-attr]
    assert app.adjusted >= app.p_value  # type: ignore[union-attr]
    assert not sms.is_clear  # type: ignore[union-attr] - three answers are too few for a verdict
    assert found.notes == (Note.of("score.few_in_group", count=1),)
    assert found.groups[0].share.value == pytest.approx(40 / 63)


def test_by_segments_and_by_what_was_chosen_elsewhere(log: Log, day) -> None:
    write(
        log,
        an_answer("nps", 10, who="a", response_id="r1"),
        an_answer("nps", 0, who="b", response_id="r2"),
        an_answer("nps", 9, who="c", response_id="r3"),
        an_answer("age", None, metric="choice", who="a", response_id="r1", choices=["young"]),
        an_answer("age", None, metric="choice", who="b", response_id="r2", choices=["old", "wise"]),
    )
    found = breakdown(log, BreakdownQuestion(Which("nps"), day(21), By("question", "age")))
    assert {each.name: each.score.estimate.value for each in found.groups} == {
        "young": 100,
        "old": -100,
        "": 100,
    }
    segments = {"Loyal": np.array([key_of_id(each) for each in "ab"], np.uint64)}
    found = breakdown(log, BreakdownQuestion(Which("nps"), day(21), By("segment")), segments=segments)
    assert [(each.name, each.score.n) for each in found.groups] == [("Loyal", 2)]
    with pytest.raises(GroupingRefused, match="Which segments"):
        breakdown(log, BreakdownQuestion(Which("nps"), day(21), By("segment")))
    with pytest.raises(GroupingRefused, match="'colour'"):
        By("colour")  # type: ignore[arg-type]
    assert By.read("question:age") == By("question", "age")


def test_the_list_of_scores(log: Log) -> None:
    write(
        log,
        *(an_answer("nps", 10, who=f"{number}", survey="a") for number in range(3)),
        an_answer("nps", 9, who="x", survey="b", at="2026-04-01T12:00"),
        an_answer("sat", 5, metric="csat"),
        an_answer("sat", 7, metric="csat", scale=(1, 7), who="c2"),
        an_answer("age", 30, metric="number"),
        an_answer("why", None, metric="text", verbatim="so"),
    )
    year = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    keys = score_keys(log, ScoreKeysQuestion(year)).keys
    assert [(each.question_key, each.kind.text, each.n, each.is_mixed) for each in keys] == [
        ("nps", "nps:0-10", 4, False),
        ("sat", "csat:1-5", 1, True),
        ("sat", "csat:1-7", 1, True),
        ("age", "number", 1, False),
    ]
    assert keys[0].surveys == ("a", "b")
    assert keys[0].last_at == datetime(2026, 4, 1, 12, tzinfo=UTC)
