"""Segments of every kind, drawn for properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from safar.observe.among import Segment
from safar.observe.conditions import Comparison, Condition, ConditionRefused
from safar.observe.segment_parts import (
    AllOf,
    Answered,
    AnyOf,
    AtStep,
    Did,
    DidInOrder,
    Has,
    NoneOf,
    Ordered,
    Part,
    SegmentRefused,
    Spent,
)
from safar.observe.steps import StepRule
from safar.vocabulary.money import Money
from safar.vocabulary.window import Window

texts = st.sampled_from(("pay", "پرداخت", "a: b", "then", "of (x)", "last 7d", "within", "0", "«»", "any"))
lengths = st.one_of(
    st.timedeltas(timedelta(microseconds=1), timedelta(days=36_525)), st.just(timedelta(days=30))
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
windows = st.tuples(instants, instants).map(sorted).map(lambda ends: Window(*ends))
orders = st.sampled_from((Comparison.ABOVE, Comparison.AT_LEAST, Comparison.BELOW, Comparison.AT_MOST))


def _condition(of: str, comparison: Comparison, values: list[str]) -> Condition | None:
    needs = comparison not in {Comparison.IS_THERE, Comparison.IS_MISSING}
    try:
        return Condition(of, comparison, tuple(values) if needs else ())
    except ConditionRefused:
        return None


conditions = st.builds(
    _condition,
    texts,
    st.sampled_from(Comparison),
    st.lists(st.one_of(texts, st.just("6")), min_size=1, max_size=2),
).filter(lambda found: found is not None)
rules = st.builds(
    StepRule,
    texts,
    st.lists(texts, min_size=1, max_size=2).map(tuple),
    st.lists(texts, max_size=1).map(tuple),
    st.lists(conditions, max_size=1).map(tuple),
)
counts = st.sampled_from(((1, None), (2, None), (0, 0), (0, 3), (2, 5), (3, 3)))
#: Neither, a window, or a rolling time.
times = st.one_of(
    st.just((None, None)), windows.map(lambda found: (found, None)), lengths.map(lambda found: (None, found))
)
dids = st.builds(lambda rule, often, when: Did(rule, *often, *when), rules, counts, times)
in_order = st.builds(
    lambda steps, within, when: DidInOrder(tuple(steps), within, *when),
    st.lists(rules, min_size=2, max_size=3),
    st.none() | lengths,
    times,
)
ordered = st.builds(lambda often, when: Ordered(*often, *when), counts, times)
spent = st.builds(
    lambda comparison, minor, currency, when: Spent(comparison, Money(minor, currency), *when),
    orders,
    st.integers(-(10**17), 10**17),
    st.sampled_from(("USD", "IRR", "KWD")),
    times,
)


def _answered(
    value: Condition, newest: bool, when: tuple[Window | None, timedelta | None]
) -> Answered | None:
    try:
        return Answered(value, newest, *when)
    except SegmentRefused:
        return None


answered = st.builds(_answered, conditions, st.booleans(), times).filter(lambda found: found is not None)
steps = st.lists(rules, min_size=1, max_size=3, unique_by=lambda rule: rule.name).flatmap(
    lambda found: st.builds(
        AtStep, st.sampled_from([rule.name for rule in found]), st.just(tuple(found)), st.booleans()
    )
)
leaves = st.one_of(dids, in_order, conditions.map(Has), answered, spent, ordered, steps)


def _grouped(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(several.map(AllOf), several.map(AnyOf), several.map(NoneOf))


parts = st.recursive(leaves, _grouped, max_leaves=5)
segments = st.builds(
    lambda name, found, now: Segment(name, also=tuple(found), now=now),
    texts,
    st.lists(parts, min_size=1, max_size=3),
    st.none() | instants,
)
#: Small ones of all kinds.
small_segments = st.builds(lambda name, part: Segment(name, also=(part,)), texts, leaves)
