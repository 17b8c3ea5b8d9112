"""Rules of the loop: what they take, how they are written, when they stay quiet, who takes a case up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.act.case_owners import Candidate, Escalation, escalations_reached, owner_of
from safar.act.loop_rule_text import loop_condition_of, loop_text_of
from safar.act.loop_rules import (
    NAMES,
    NUMBERS,
    OLDEST,
    SILENCES,
    Compared,
    Condition,
    Contains,
    Every,
    Heard,
    LoopRule,
    LoopRuleRefused,
    OneOf,
    Opened,
    Opposite,
    Some,
    decide,
)
from safar.observe.rule_scanner import RuleUnreadable
from safar.vocabulary.working_time import WorkingTime

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINA = Heard(
    "answer",
    "e1",
    NOW,
    "mina",
    question_key="csat_delivery",
    metric="csat",
    value=2.0,
    scale=(1.0, 5.0),
    words="بسته دير رسيد، refund please",
    language="fa",
    sentiment="negative",
    comment_kind="complaint",
    topics=frozenset({"delivery"}),
    steps=frozenset({"receive"}),
    segments=frozenset({"s1"}),
    top_share=0.04,
    spent=120.5,
    channel="web",
)


def holds(text: str, heard: Heard = MINA) -> bool:
    return loop_condition_of(text).holds(heard)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("csat <= 2", True),
        ("csat < 2", False),
        ("csat = ۲", True),
        ("nps <= 6", False),
        ("score <= 2", True),
        ("height <= 25", True),
        ("height < 25", False),
        ("top <= 5%", True),
        ("top <= 3", False),
        ("spent >= 120.5", True),
        ("topic is delivery, price", True),
        ("topic is not price", True),
        ("sentiment is negative and language is fa", True),
        ("sentiment is positive or language is fa", True),
        ("not sentiment is negative", False),
        ('words has "دیر رسید"', True),
        ("words has REFUND", True),
        ("step is receive and segment is s1", True),
        ("comment is request, complaint", True),
        ("nps <= 6 or csat <= 2 and top <= 3", False),
        ("(nps <= 6 or csat <= 2) and top <= 5", True),
    ],
)
def test_conditions(text: str, is_so: bool) -> None:
    assert holds(text) is is_so


def test_a_score_counts_on_its_own_scale_alone() -> None:
    wrong = replace(MINA, metric="nps", value=3.0, scale=(1.0, 5.0))
    assert not holds("nps <= 6", wrong)
    assert holds("nps <= 6", replace(wrong, scale=(0.0, 10.0)))


def test_a_scale_that_points_down_is_turned_round() -> None:
    effort = replace(MINA, metric="effort", value=5.0, higher_is_better=False)
    assert effort.height == 0.0
    assert replace(effort, value=1.0).height == 100.0


def test_what_is_not_known_is_neither_low_nor_high() -> None:
    nothing = Heard("answer", "e", NOW, "c")
    assert not holds("score <= 6", nothing)
    assert not holds("score > 6", nothing)
    assert not holds("top <= 100", nothing)
    assert holds("not score <= 6", nothing)
    assert holds("topic is not delivery", nothing)


numbers = st.builds(
    Compared,
    st.sampled_from(sorted(NUMBERS.keys() - SILENCES.keys())),
    st.sampled_from(["<", "<=", ">", ">=", "="]),
    st.integers(-10_000_000, 10_000_000).map(lambda each: each / 1_000),
)
days = st.builds(Compared, st.sampled_from(sorted(SILENCES)), st.just(">="), st.integers(1, 4_000).map(float))
texts = (
    st.text(min_size=1, max_size=12)
    .map(str.strip)
    .filter(
        lambda text: (
            text
            and not any(
                each in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
                for each in text
            )
        )
    )
    .filter(lambda text: text == " ".join(text.split()) and text.isprintable())
)
names = st.builds(OneOf, st.sampled_from(sorted(NAMES)), st.lists(texts, min_size=1, max_size=3).map(tuple))
words = st.builds(Contains, st.lists(texts, min_size=1, max_size=2).map(tuple))
conditions = st.recursive(
    st.one_of(numbers, days, names, words),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Every),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Some),
        inner.map(Opposite),
    ),
    max_leaves=6,
)


@given(conditions)
def test_what_is_written_is_read_back(condition: Condition) -> None:
    assert loop_condition_of(loop_text_of(condition)) == condition


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nps",
        "nps <=",
        "nps <= x",
        "nps is 3",
        "topic delivery",
        "weather is fine",
        "nps <= 6 and",
        "(nps <= 6",
        "unseen >= 3",
        "words delivery",
        "nps <= 6)",
        "not",
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(RuleUnreadable):
        loop_condition_of(text)


def test_too_deep_is_refused_rather_than_overflowing() -> None:
    with pytest.raises(RuleUnreadable):
        loop_condition_of("(" * 400 + "nps <= 6" + ")" * 400)


@pytest.mark.parametrize(
    "text",
    ["unseen >= 9d and nps <= 6", "unseen >= 9d or unanswered >= 9d", "unanswered >= 9d and words has x"],
)
def test_silence_and_an_answer_are_two_rules(text: str) -> None:
    with pytest.raises(LoopRuleRefused):
        LoopRule(loop_condition_of(text))


def test_the_trigger_follows_from_the_conditions() -> None:
    found = [
        LoopRule(loop_condition_of(text))
        for text in ("nps <= 6", "unanswered >= 7d and top <= 10", "unseen >= 60d")
    ]
    assert [(rule.trigger, rule.silent_days) for rule in found] == [
        ("answer", None),
        ("unanswered", 7.0),
        ("unseen", 60.0),
    ]


def test_one_case_a_customer_for_so_long() -> None:
    rule = LoopRule(loop_condition_of("csat <= 2"), quiet=timedelta(days=14))

    def said(*before: Opened, heard: Heard = MINA, now: datetime = NOW) -> str:
        return decide(rule, heard, before, now=now)

    assert said() == "opens"
    assert said(Opened(NOW - timedelta(days=100), is_open=True)) == "already_open"
    assert said(Opened(NOW - timedelta(days=13), is_open=False)) == "quiet"
    assert said(Opened(NOW - timedelta(days=14), is_open=False)) == "opens"
    assert said(heard=replace(MINA, value=3.0)) == "not_so"
    assert said(now=NOW + OLDEST) == "opens"
    assert said(now=NOW + OLDEST + timedelta(seconds=1)) == "too_old"
    assert said(heard=replace(MINA, trigger="unseen")) == "other_trigger"


SARA = Candidate(1, ("Sara", "sara@example.com"), "fa", 3)
OMAR = Candidate(2, ("Omar", "omar@example.com"), "ar", 0)
LEILA = Candidate(3, ("Leila", "leila@example.com"), "fa", 1)


@pytest.mark.parametrize(
    ("step_owners", "language", "chosen", "owner"),
    [
        ((), "", None, OMAR),
        ((), "fa", None, LEILA),
        ((), "en", None, OMAR),
        (("sara",), "ar", None, SARA),
        (("OMAR@example.com", "Sara"), "fa", None, SARA),
        (("Logistics team",), "fa", None, LEILA),
        (("sara",), "ar", 3, LEILA),
    ],
)
def test_who_takes_it(
    step_owners: tuple[str, ...], language: str, chosen: int | None, owner: Candidate
) -> None:
    assert owner_of([SARA, OMAR, LEILA], step_owners=step_owners, language=language, chosen=chosen) == owner


def test_nobody_takes_it_where_nobody_may() -> None:
    assert owner_of([]) is None


def test_lateness_is_counted_in_working_time() -> None:
    working = WorkingTime.usual("09:00", "17:00", weekend="friday", time_zone="UTC")
    levels = [Escalation(timedelta(0), "manager"), Escalation(timedelta(hours=2), "owner")]
    due = datetime(2026, 11, 19, 16, tzinfo=UTC)  # a Thursday

    def reached(now: datetime) -> int:
        return escalations_reached(due, levels, now=now, working=working)

    assert reached(due - timedelta(seconds=1)) == 0
    assert reached(due) == 1
    assert reached(datetime(2026, 11, 20, 23, tzinfo=UTC)) == 1, "on Friday nobody works"
    assert reached(datetime(2026, 11, 21, 9, 59, tzinfo=UTC)) == 1
    assert reached(datetime(2026, 11, 21, 10, 0, tzinfo=UTC)) == 2
