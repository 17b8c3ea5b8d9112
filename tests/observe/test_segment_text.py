"""Segments as text and as JSON: read back exactly, in any script, refused where the fault stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from drawn_segments import segments
from safar.observe.among import Did, Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.journey import Journey
from safar.observe.question_shapes import shape_of
from safar.observe.rule_scanner import RuleUnreadable, UnknownEventName
from safar.observe.segment_parts import (
    AllOf,
    Answered,
    AnyOf,
    AtStep,
    DidInOrder,
    Has,
    NoneOf,
    Ordered,
    SegmentRefused,
    Spent,
)
from safar.observe.segment_text import segment_of, segment_text_of
from safar.observe.steps import StepRule
from safar.vocabulary.money import Money
from safar.vocabulary.window import Window

VISIT, CART, PAY = (StepRule(name, (name,)) for name in ("visit", "cart", "pay"))
MARCH = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
DAYS = timedelta(days=1)


@settings(max_examples=150)
@given(segments)
def test_a_segment_is_read_back_exactly_and_is_one_line(segment) -> None:
    text = segment_text_of(segment)
    assert segment_of(text) == segment
    assert len(text.splitlines()) == 1
    shape = shape_of(Segment)
    assert shape.read(shape.tell(segment), "") == segment


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("did visit within last 30d", Did(VISIT, last=30 * DAYS)),
        ("did visit >= ۲ within last ۳۰d", Did(VISIT, 2, last=30 * DAYS)),
        ("did not visit within last 1h 30m", Did(VISIT, 0, 0, last=timedelta(minutes=90))),
        ("did visit then cart then pay within 7d", DidInOrder((VISIT, CART, PAY), 7 * DAYS)),
        ("did visit then cart within 7d within last 2w", DidInOrder((VISIT, CART), 7 * DAYS, last=14 * DAYS)),
        ("did visit then cart within 2026-03-01..2026-04-01", DidInOrder((VISIT, CART), window=MARCH)),
        ("did visit THEN cart", DidInOrder((VISIT, CART))),
        ("has city = «شیراز» | Yazd", Has(Condition("city", Comparison.IS, ("شیراز", "Yazd")))),
        ("has channel = web", Has(Condition("channel", Comparison.IS, ("web",)))),
        ("has !email", Has(Condition("email", Comparison.IS_MISSING))),
        ("has email؟", Has(Condition("email", Comparison.IS_THERE))),
        ("has age ≥ ۳۰", Has(Condition("age", Comparison.AT_LEAST, ("۳۰",)))),
        ("last nps <= 6", Answered(Condition("nps", Comparison.AT_MOST, ("6",)))),
        ("any nps <= 6 within last 90d", Answered(
            Condition("nps", Comparison.AT_MOST, ("6",)), newest=False, last=90 * DAYS
        )),
        ("spent >= ۱٬۰۰۰٬۰۰۰ irr", Spent(Comparison.AT_LEAST, Money(1_000_000, "IRR"))),
        ("spent < 0.50 USD within last 90d", Spent(Comparison.BELOW, Money(50, "USD"), last=90 * DAYS)),
        ("ordered >= 2 <= 5", Ordered(2, 5)),
        ("ordered within 2026-03-01..2026-04-01", Ordered(window=MARCH)),
        ("at cart of visit > cart", AtStep("cart", (VISIT, CART))),
        ("reached Pay of visit > Pay: pay, paid [plan = pro]", AtStep("Pay", (
            VISIT, StepRule("Pay", ("pay", "paid"), where=(Condition("plan", Comparison.IS, ("pro",)),)),
        ), reached=True)),
        ("any (did visit; none (did cart; has a?); all (ordered))", AnyOf((
            Did(VISIT), NoneOf((Did(CART), Has(Condition("a", Comparison.IS_THERE)))), AllOf((Ordered(),)),
        ))),
    ],
)  # fmt: skip
def test_a_text_says_a_part(text, part) -> None:
    assert segment_of(f"x: {text}").parts == (part,)
    assert segment_of(text) == Segment(segment_text_of(Segment("", also=(part,))), also=(part,))


def test_names_now_and_more_than_one_part() -> None:
    text = "Lost: last nps <= ۶؛ did visit; as of 2026-03-01T12:00+03:30"
    noon = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    segment = segment_of(text)
    last = Answered(Condition("nps", Comparison.AT_MOST, ("۶",)))
    assert segment == Segment("Lost", (Did(VISIT),), (last,), noon)
    assert segment_text_of(segment) == "Lost: did visit; last nps <= ۶; as of 2026-03-01T08:30:00Z"
    assert segment_of("Last buyers: did visit").name == "Last buyers"
    assert segment_of("Friends of us: did visit").name == "Friends of us"
    assert segment_of("At home: at visit of visit").name == "At home"
    assert segment_of("did Order (web)").did[0].what.event_names == ("Order (web)",)


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("did visit; spend > 5 USD", 11, 'Did you mean "spent"?'),
        ("spent 5 USD", 6, ""),
        ("spent >= 5", 10, ""),
        ("spent >= 5 toman", 5, "IRR"),
        ("has", 3, ""),
        ("has city", 8, ""),
        ("has age > many", 4, "Give one number"),
        ("last @amount > 5", 4, "did order_placed"),
        ("any !nps", 3, "last answer"),
        ("did a then", 10, ""),
        ("did a within last week", 18, ""),
        ("did a within last 0d", 3, "above zero"),
        ("any (did a; did b", 17, ""),
        ("none did a", 5, ""),
        ("all ()", 5, ""),
        ("at x of y > z", 2, "Its steps are: y, z"),
        ("at x", 4, ""),
        ("as of 2026-03-01", 0, ""),
        ("did a; as of March", 13, ""),
        ("ordered >= 3 <= 2", 7, "smaller one first"),
    ],
)
def test_a_fault_is_pointed_at(text, position, hint) -> None:
    with pytest.raises(RuleUnreadable) as refused:
        segment_of(text)
    assert (refused.value.context["position"], hint in refused.value.hint) == (position, True)


def test_events_that_the_log_does_not_hold_are_named_in_every_part() -> None:
    for text in ("did visit then crt", "at crt of visit > crt", "any (did crt)"):
        with pytest.raises(UnknownEventName) as refused:
            segment_of(text, event_names=["visit", "cart"])
        assert refused.value.hint == 'Did you mean "cart"?'


def test_groups_too_deep_are_refused_and_do_not_overflow() -> None:
    with pytest.raises(RuleUnreadable, match="too deep"):
        segment_of("all (" * 5_000 + "did a" + ")" * 5_000)


def test_parts_that_say_nothing_are_refused() -> None:
    for made in (
        lambda: DidInOrder((VISIT,)),
        lambda: Did(VISIT, window=MARCH, last=DAYS),
        lambda: Did(VISIT, last=timedelta(0)),
        lambda: Did(VISIT, 10**9),
        lambda: Spent(Comparison.IS, Money(1, "USD")),
        lambda: Spent(Comparison.ABOVE, Money(10**18, "USD")),
        lambda: AtStep("x", (VISIT,)),
        lambda: AtStep("visit", (VISIT, VISIT)),
        lambda: AnyOf(()),
        lambda: Segment("x"),
    ):
        with pytest.raises(SegmentRefused):
            made()


def test_segments_are_put_together_and_moved_in_time() -> None:
    one, other = segment_of("One: did visit; as of 2026-03-01"), segment_of("Other: did cart; ordered")
    both = one.within(other)
    assert (both.name, both.parts, both.now) == ("One", (Did(CART), Did(VISIT), Ordered()), one.now)
    assert one.within(None) is one
    with pytest.raises(SegmentRefused, match="two instants"):
        one.within(other.at(datetime(2026, 4, 1, tzinfo=UTC)))
    assert (one.is_rolling, segment_of("none (ordered within last 3d)").is_rolling) == (False, True)
    journey = Journey((VISIT, CART), (("visit", "cart"),))
    assert AtStep.of(journey, "cart", reached=True) == AtStep("cart", (VISIT, CART), reached=True)
