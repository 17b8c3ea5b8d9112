"""Rules and segments as one line of text: what is written is read back exactly, and faults are pointed at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.observe.among import Did, Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.rule_scanner import RuleUnreadable, UnknownEventName
from safar.observe.rule_text import rule_of, text_of
from safar.observe.segment_text import segment_of, segment_text_of
from safar.observe.steps import StepRule
from safar.vocabulary.window import Window

NUMBERED = (Comparison.ABOVE, Comparison.AT_LEAST, Comparison.BELOW, Comparison.AT_MOST)
BARE = (Comparison.IS_THERE, Comparison.IS_MISSING)

words = st.one_of(
    st.sampled_from(
        ("pay", "order paid", "پرداخت شد", "می‌خواهم", "channel", "did", "did not", "within", "*", "", "a, b")
    ),
    st.text(max_size=6),
    st.text('":,;[]|=!<>~?*\\«»“”،؛؟≥ \n\u200e\u2028', max_size=5),
)
named = words.filter(bool)
conditions = st.one_of(
    st.builds(Condition, named.filter(str.strip), st.sampled_from(BARE)),
    st.builds(
        Condition,
        named.filter(str.strip),
        st.sampled_from((Comparison.IS, Comparison.IS_NOT, Comparison.CONTAINS)),
        st.lists(words, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Condition,
        named.filter(str.strip),
        st.sampled_from(NUMBERED),
        st.sampled_from(("3", "۳", "-1.5", "1,000.5")).map(lambda value: (value,)),
    ),
)
rules = (
    st.tuples(
        named, st.lists(words, max_size=3), st.lists(words, max_size=2), st.lists(conditions, max_size=3)
    )
    .filter(lambda parts: any(parts[1:]))
    .map(lambda parts: StepRule(parts[0], tuple(parts[1]), tuple(parts[2]), tuple(parts[3])))
)
instants = st.datetimes(timezones=st.just(UTC))
windows = st.tuples(instants, instants).map(sorted).map(lambda ends: Window(*ends))
counts = st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)).filter(
    lambda pair: pair != (0, None) and (pair[1] is None or pair[1] >= pair[0])
)
dids = st.builds(lambda rule, count, window: Did(rule, *count, window), rules, counts, st.none() | windows)
segments = st.builds(Segment, named, st.lists(dids, min_size=1, max_size=3).map(tuple))


@given(rules)
def test_a_rule_is_read_back_exactly_and_is_one_line(rule):
    assert rule_of(text_of(rule)) == rule
    assert len(text_of(rule).splitlines()) == 1


@given(segments)
def test_a_segment_is_read_back_exactly(segment):
    assert segment_of(segment_text_of(segment)) == segment


@given(rules)
def test_direction_marks_between_and_inside_names_change_nothing(rule):
    text = "\u2067\u200f" + text_of(rule) + "\u200e \u2069"
    assert rule_of(text) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("checkout", StepRule("checkout", ("checkout",))),
        (" order   paid ", StepRule("order paid", ("order paid",))),
        ('"a: b"', StepRule("a: b", ("a: b",))),
        ("Pay: paid", StepRule("Pay", ("paid",))),
        ("paid, done", StepRule("paid, done", ("paid", "done"))),
        ("پرداخت: «سفارش، پرداخت»، واریز", StepRule("پرداخت", ("سفارش، پرداخت", "واریز"))),
        ("[channel = web]", StepRule("* [channel = web]", (), ("web",))),
        ("* [channel = web | app]", StepRule("* [channel = web | app]", (), ("web", "app"))),
        ('x [channel = web; "channel" = tv]', StepRule(
            'x [channel = web; "channel" = tv]', ("x",), ("web",), (Condition("channel", Comparison.IS, ("tv",)),)
        )),
        ("Big: paid [@amount ≥ ۱۰۰۰؛ coupon؟؛ !gift؛ plan ≠ pro؛ city ~ shi]", StepRule("Big", ("paid",), (), (
            Condition("@amount", Comparison.AT_LEAST, ("۱۰۰۰",)),
            Condition("coupon", Comparison.IS_THERE),
            Condition("gift", Comparison.IS_MISSING),
            Condition("plan", Comparison.IS_NOT, ("pro",)),
            Condition("city", Comparison.CONTAINS, ("shi",)),
        ))),
    ],
)  # fmt: skip
def test_a_text_says_a_rule(text, rule):
    assert rule_of(text) == rule


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("*", 0),
        ("pay,", 4),
        ("pay [plan]", 9),
        ("pay [plan = ]", 12),
        ("pay [plan = pro", 15),
        ("pay [plan > much]", 5),
        ("pay [channel != web]", 13),
        ("pay [channel = web; channel = app]", 20),
        ('pay "x"', 4),
        ('"pay', 0),
        ("pay] x", 3),
    ],
)
def test_a_fault_is_pointed_at(text, position):
    with pytest.raises(RuleUnreadable) as refused:
        rule_of(text)
    assert refused.value.context["position"] == position


def test_an_event_that_the_log_does_not_hold_is_refused_with_the_nearest_name():
    assert rule_of("Pay: paid", event_names=["paid", "visit"]).event_names == ("paid",)
    with pytest.raises(UnknownEventName, match='Did you mean "visit"') as refused:
        rule_of("Came: paid, vist", event_names=["paid", "visit"])
    assert refused.value.context["position"] == 12


def test_how_often_and_when():
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 8, 30, tzinfo=UTC))
    paid = StepRule("paid", ("paid",))
    text = (
        "Loyal: did paid >= ۲ <= 5 within ۲۰۲۶-۰۱-۰۱..2026-03-01T12:00+03:30؛ "
        "did not paid; did paid = 3; did paid <= 1;"
    )
    assert segment_of(text) == Segment(
        "Loyal", (Did(paid, 2, 5, window), Did(paid, 0, 0), Did(paid, 3, 3), Did(paid, 0, 1))
    )
    assert segment_text_of(segment_of(text)) == (
        "Loyal: did paid >= 2 <= 5 within 2026-01-01..2026-03-01T08:30:00Z; did not paid; did paid = 3; did paid <= 1"
    )


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("paid", 4),
        ("did paid; paid", 10),
        ("did paid within 2026", 16),
        ("did paid within 2026-03-01..2026-01-01", 16),
        ("did paid within 2026-13-01..2026-14-01", 16),
        ("did paid within 2026-01-01T10:00..2026-02-01", 16),
        ("did paid >= 5 <= 2", 3),
        ("did paid >= many", 12),
        ("did not paid >= 2", 13),
    ],
)
def test_a_fault_of_a_segment_is_pointed_at(text, position):
    with pytest.raises(RuleUnreadable) as refused:
        segment_of(text)
    assert refused.value.context["position"] == position
