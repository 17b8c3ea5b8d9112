"""The way of one respondent: what is seen, what counts, how it ends."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from respondents import Respondent, surveys
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import (
    END,
    Answer,
    Calculation,
    Ending,
    Hidden,
    Jump,
    Page,
    Quota,
    Survey,
    Variable,
)
from safar.listen.questionnaire.conditions import Test
from safar.listen.questionnaire.walk import MOST_ROUNDS, Walk, WalkEndless, WalkLost, answers_on_the_way

UNHAPPY = Test(of="question.nps", compares="<=", value=6.0)
PARTS = tuple(kinds.Choice(choice_id=each) for each in ("box", "time", "price"))
SHOP = Survey(
    pages=(
        Page(
            page_id="score",
            questions=(
                kinds.Nps(question_id="nps", is_required=True),
                kinds.Text(question_id="why", comments_on="nps", show_when=UNHAPPY),
            ),
        ),
        Page(
            page_id="wrong", show_when=UNHAPPY, questions=(kinds.Multiple(question_id="what", choices=PARTS),)
        ),
        Page(page_id="each", repeats_for="what", questions=(kinds.Csat(question_id="csat"),)),
        Page(page_id="last", questions=(kinds.Text(question_id="more"),)),
    ),
    variables=(Variable(name="sum"),),
    hidden=(Hidden(name="order", fallback="none"),),
    calculations=(Calculation(after="each", variable="sum", does="add", value="question.csat"),),
    jumps=(Jump(after="score", to=END, when=Test(of="question.nps", compares="=", value=10.0)),),
    endings=(
        Ending(ending_id="sorry", when=Test(of="variable.sum", compares=">", value=0.0)),
        Ending(ending_id="thanks"),
    ),
)


def begun(survey: Survey = SHOP, seed: int = 1) -> Walk:
    return Walk.begin(survey, language="en", seed=seed)


def seen(walk: Walk, answers: dict[str, Answer], survey: Survey = SHOP) -> list[str]:
    screen = walk.screen(survey, answers)
    return [] if screen is None else [each.key for each in screen.questions]


def test_a_respondent_goes_through() -> None:
    answers: dict[str, Answer] = {}
    walk = begun()
    assert (seen(walk, answers), walk.missing(SHOP, answers)) == (["nps"], ("nps",))
    answers["nps"] = Answer(value=3.0)
    assert (seen(walk, answers), walk.missing(SHOP, answers)) == (["nps", "why"], ())
    walk = walk.next(SHOP, answers)
    answers["what"] = Answer(choices=("price", "box"))
    walk = walk.next(SHOP, answers)
    screen = walk.screen(SHOP, answers)
    assert screen is not None
    assert (screen.page_id, screen.item, screen.progress, screen.can_go_back) == ("each", "box", 0.5, True)
    answers["csat@box"] = Answer(value=2.0)
    walk = walk.next(SHOP, answers)
    assert seen(walk, answers) == ["csat@price"]
    answers["csat@price"] = Answer(value=1.0)
    walk = walk.next(SHOP, answers).next(SHOP, answers)
    ending = walk.ending(SHOP)
    assert (walk.is_over, walk.screen(SHOP, answers)) == (True, None)
    assert ending is not None
    assert ending.ending_id == "sorry"
    assert walk.facts(SHOP, answers).variables == {"sum": 3.0}
    assert walk.hidden == {"order": "none"}
    assert Walk.read(json.loads(json.dumps(walk.told())), SHOP) == walk
    assert walk.next(SHOP, answers) == walk


def test_who_is_happy_is_done_at_once() -> None:
    answers = {"nps": Answer(value=10.0)}
    walk = begun().next(SHOP, answers)
    assert (walk.ended, [step.page_id for step in walk.way]) == ("thanks", ["score"])


def test_answers_count_as_long_as_they_are_on_the_way() -> None:
    answers = {
        "nps": Answer(value=3.0),
        "why": Answer(text="late"),
        "what": Answer(choices=("box",)),
        "csat@box": Answer(value=2.0),
    }
    walk = begun().through(SHOP, answers)
    assert list(answers_on_the_way(SHOP, walk, answers)) == ["nps", "why", "what", "csat@box"]
    answers["nps"] = Answer(value=8.0)
    walk = begun().through(SHOP, answers)
    assert answers_on_the_way(SHOP, walk, answers) == {"nps": Answer(value=8.0)}
    assert walk.ended == "thanks"


def test_going_back_takes_what_lay_after_off_the_way() -> None:
    answers = {"nps": Answer(value=3.0), "what": Answer(choices=("box",)), "csat@box": Answer(value=5.0)}
    walk = begun().next(SHOP, answers).next(SHOP, answers)
    assert walk.facts(SHOP, answers).variables == {"sum": 0.0}
    walk = walk.back(SHOP)
    assert (seen(walk, answers), list(answers_on_the_way(SHOP, walk, answers))) == (["what"], ["nps", "what"])
    assert walk.back(SHOP).back(SHOP) == begun()
    only_on = Survey(pages=SHOP.pages, can_go_back=False)
    walk = begun(only_on).next(only_on, answers)
    assert walk.back(only_on) == walk


def test_what_waits_for_a_required_answer_goes_no_further() -> None:
    walk = begun().through(SHOP, {})
    assert (walk, walk.missing(SHOP, {})) == (begun(), ("nps",))


def test_shuffling_is_each_respondents_own_and_stays() -> None:
    stays = kinds.Choice(choice_id="other", stays=True)
    question = kinds.Single(question_id="q", choices=(*PARTS, stays), is_shuffled=True)
    survey = Survey(pages=(Page(page_id="p", questions=(question,)),))

    def order(seed: int) -> tuple[str, ...]:
        screen = begun(survey, seed).screen(survey, {})
        assert screen is not None
        return tuple(each.choice_id for each in screen.questions[0].choices)

    orders = [order(seed) for seed in range(600)]
    assert orders == [order(seed) for seed in range(600)]
    assert {each[-1] for each in orders} == {"other"}
    counts = {each: orders.count(each) for each in set(orders)}
    assert len(counts) == 6
    assert min(counts.values()) > 60  # 100 each are expected; 60 are more than four standard deviations below


def circle(when: Test | None) -> Survey:
    pages = tuple(Page(page_id=name, questions=(kinds.Csat(question_id=f"q_{name}"),)) for name in "abc")
    return Survey(pages=pages, jumps=(Jump(after="b", to="a", when=when),))


def test_a_jump_back_takes_back() -> None:
    survey = circle(Test(of="question.q_b", compares="=", value=1.0))
    answers = {"q_a": Answer(value=4.0), "q_b": Answer(value=1.0)}
    walk = begun(survey).next(survey, answers).next(survey, answers)
    assert ([step.page_id for step in walk.way], walk.rounds) == (["a"], 1)
    assert list(answers_on_the_way(survey, walk, answers)) == ["q_a"]
    answers["q_b"] = Answer(value=2.0)
    walk = walk.next(survey, answers).next(survey, answers)
    assert [step.page_id for step in walk.way] == ["a", "b", "c"]


def test_nobody_goes_round_for_ever() -> None:
    survey = circle(None)
    walk = begun(survey)
    with pytest.raises(WalkEndless) as caught:
        walk.through(survey, {})
    assert caught.value.context["page_id"] == "a"
    for _ in range(2 * MOST_ROUNDS):
        walk = walk.next(survey, {})
    assert walk.rounds == MOST_ROUNDS


def test_a_question_does_not_see_its_own_answer() -> None:
    itself = kinds.Csat(question_id="q", show_when=Test(of="question.q", compares="unanswered"))
    survey = Survey(
        pages=(
            Page(page_id="p", questions=(itself,)),
            Page(page_id="r", questions=(kinds.Csat(question_id="s"),)),
        )
    )
    answers = {"q": Answer(value=3.0)}
    assert seen(begun(survey), answers, survey) == ["q"]
    walk = begun(survey).next(survey, answers)
    assert list(answers_on_the_way(survey, walk, answers)) == ["q"]
    assert seen(walk.back(survey), answers, survey) == ["q"]


def test_pages_may_lie_in_any_order() -> None:
    pages = tuple(Page(page_id=name, questions=(kinds.Csat(question_id=f"q_{name}"),)) for name in "abc")
    jumps = (Jump(after="a", to="c"), Jump(after="c", to="b"), Jump(after="b", to=END))
    survey = Survey(pages=pages, jumps=jumps)
    answers = {f"q_{name}": Answer(value=3.0) for name in "abc"}
    walk = begun(survey).through(survey, answers)
    assert [step.page_id for step in walk.way] == ["a", "c", "b"]
    assert list(answers_on_the_way(survey, walk, answers)) == ["q_a", "q_c", "q_b"]
    assert (walk.rounds, walk.ended) == (0, END)


def test_quotas_count_as_soon_as_they_are_decided() -> None:
    of_city = Test(of="question.city", compares="has", value="box")
    not_city = Test(of="question.city", compares="lacks", value="box")
    survey = Survey(
        pages=(
            Page(page_id="one", questions=(kinds.Single(question_id="city", choices=PARTS),)),
            Page(page_id="two", questions=(kinds.Csat(question_id="csat"),)),
        ),
        endings=(
            Ending(ending_id="full", when=Test(of="hidden.never", compares="answered")),
            Ending(ending_id="ok"),
        ),
        quotas=(
            Quota(quota_id="box", limit=5, when=of_city, then="full"),
            Quota(quota_id="rest", limit=5, when=not_city, then="full"),
            Quota(quota_id="all", limit=9),
        ),
    )
    walk, answers = begun(survey), {"city": Answer(choices=("box",))}
    assert [each.quota_id for each in walk.quotas(survey, answers)] == ["all"]
    walk = walk.next(survey, answers)
    assert [each.quota_id for each in walk.quotas(survey, answers)] == ["box", "all"]
    assert walk.turned_away(survey, answers, {"rest"}) is None
    full = walk.turned_away(survey, answers, {"box"})
    assert full is not None
    led = walk.led_to(survey, answers, full.then)
    assert led.ended == "full"
    assert walk.next(survey, answers).ended == "ok"
    assert walk.next(survey, answers).led_to(survey, answers, "full").ended == "full"


def test_a_walk_of_another_survey_is_refused() -> None:
    told = begun().told()
    for data in ({**told, "way": [{"page_id": "gone"}]}, {**told, "seed": "x"}, [], {**told, "more": 1}):
        with pytest.raises(WalkLost):
            Walk.read(data, SHOP)


@given(surveys(), st.integers(0, 2**20))
@settings(max_examples=40)
def test_whatever_the_survey_says_nobody_is_lost(survey: Survey, seed: int) -> None:
    """Pages are on a way once; what counts was seen; a walk told and read goes on alike; back leads where it was."""
    respondent = Respondent(survey, seed)
    for _ in range(12):
        if respondent.walk.is_over:
            break
        before = respondent.walk
        if not respondent.takes_a_page():
            break
        walk, answers = respondent.walk, dict(respondent.answers)
        assert len(set(walk.way)) == len(walk.way)
        counting = answers_on_the_way(survey, walk, answers)
        assert counting.items() <= answers.items()
        assert {key.partition("@")[0] for key in counting} <= respondent.seen_questions
        assert Walk.read(json.loads(json.dumps(walk.told())), survey) == walk
        if len(walk.way) == len(before.way) + 1 and not walk.is_over:
            assert walk.back(survey) == before
        screen = walk.screen(survey, answers)
        assert screen is None or (screen.questions and 0 <= screen.progress < 1)
