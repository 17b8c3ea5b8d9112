"""Compare, held against plain Python: both sides, the design effect, the difference, and what many looks leave."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.observe.among import Did, Segment
from safar.observe.compare import CompareAnswer, between_segments, compare
from safar.observe.flow import FlowQuestion
from safar.observe.funnel import FunnelQuestion
from safar.observe.retention import RetentionQuestion
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.interval import difference, share, share_by_variance, student_p_value
from safar.vocabulary.window import Window
from walks import DAY, NAMES, Walked

SIDES = tuple(Segment(name, (Did(StepRule(name, (name,))),)) for name in ("one", "other"))
STEPS = tuple(StepRule(name, (name,)) for name in NAMES)
ANY = StepRule("any", NAMES)
GROUPS = 24

#: Of each share what each customer adds to it: how many, and of how many. Keys are (share, what it is a share of).
Added = dict[tuple, dict[int, tuple[int, int]]]


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[Walked, float]:
    """Return customers who each begin as ``one`` or ``other`` and then have habits of their own; and a rate."""
    chance = random.Random(draw(st.integers(0, 1 << 32)))
    lift = draw(st.sampled_from([0, 0, 3, 30]))
    events = []
    for customer in range(draw(st.integers(25, 90))):
        side = chance.choice(("one", "other"))
        events.append((customer, side, 0))
        likings = [1 + lift * (side == "one"), *(chance.choice((1, 5)) for _ in NAMES[1:])]
        names = chance.choices(NAMES, likings, k=chance.randrange(0, 9))
        events.extend((customer, name, chance.randrange(0, 12)) for name in names)
    cuts = frozenset({len(events) // 2})
    walked = Walked(tuple(events), (0, 10_000), 0, draw(st.sampled_from([1, 8])), cuts)
    return walked, draw(st.sampled_from([0.05, 0.3]))


def lived(walked: Walked, side: str) -> dict[int, list[tuple[str, int]]]:
    """Return what the customers of a side did besides beginning."""
    found = {}
    for customer, path in walked.paths():
        if (side, 0) in path:
            found[customer] = [(name, at) for name, at in path if name in NAMES]
    return found


def flow_of(walked: Walked, side: str) -> Added:
    found: Added = defaultdict(dict)
    for customer, path in lived(walked, side).items():
        names = [None, *(name for name, _ in path), None] if path else []
        edges, sources = Counter(pairwise(names)), Counter(names[:-1])
        for source in sources:
            for target in (*NAMES, None):
                key = ("edge", source, target), ("step", source)
                found[key][customer] = edges[source, target], sources[source]
    return found


def funnel_of(walked: Walked, side: str) -> Added:
    found: Added = defaultdict(dict)
    for customer, path in lived(walked, side).items():
        reached = 0
        for name, _ in path:
            reached += reached < len(NAMES) and name == NAMES[reached]
        for place, name in enumerate(NAMES[1:], start=1):
            if reached:
                found[("conversion", name, place), ("funnel", 0)][customer] = reached > place, 1
            if reached > 1 and place > 1:
                found[("step_conversion", name, place), ("funnel", 1)][customer] = reached > place, 1
    return found


def retention_of(walked: Walked, side: str) -> Added:
    found: Added = defaultdict(dict)
    last = max(at for _, _, at in walked.events) // 86_400
    for customer, path in lived(walked, side).items():
        days = {at // 86_400 for _, at in path}
        for after in range(1, 5):
            if days and min(days) + after < last:
                returned = min(days) + after in days
                found[("retained", after), ("cohorts", after)][customer] = returned, 1
    return found


def groups_of(log: Log) -> dict[int, int]:
    """Return in which of the groups each customer is, by the key of the id, in whole numbers of 64 bits."""
    found = {}
    for shard in log.paths().shards:
        for key, name in zip(shard.person.tolist(), log.ids_of(shard.person), strict=True):
            found[int(name.removeprefix("c"))] = ((key * 0x9E3779B97F4A7C15) % (1 << 64) >> 33) % GROUPS
    return found


def plainly(one: Added, other: Added, groups: dict[int, int] | None) -> dict[tuple, tuple]:
    """Return of every share that can be judged counts, both estimates, difference and p-value."""
    found = {}
    for key in {*one, *other}:
        sides = []
        for added in (one.get(key, {}), other.get(key, {})):
            count, n = sum(x for x, _ in added.values()), sum(n for _, n in added.values())
            estimate, effect = share(count, n), 1.0
            if groups and 0 < count < n:
                off = Counter()
                for customer, (x, tries) in added.items():
                    off[groups[customer]] += x - count / n * tries
                variance = GROUPS / (GROUPS - 1) * sum(each**2 for each in off.values()) / n**2
                effect = max(1.0, variance / (count / n * (1 - count / n) / n))
                if effect > 1:
                    estimate = share_by_variance(count / n, variance, n, degrees=GROUPS - 1)
            sides.append((count, n, estimate, effect))
        (count, n, here, mine), (their_count, their_n, there, theirs) = sides
        rarer = min(count + their_count, n + their_n - count - their_count)
        if min(n / mine, their_n / theirs, rarer) < 10:
            continue
        weight, their_weight = n / mine, their_n / theirs
        pooled = (count / mine + their_count / theirs) / (weight + their_weight)
        z = (count / n - their_count / their_n) / math.sqrt(
            pooled * (1 - pooled) / weight + pooled * (1 - pooled) / their_weight
        )
        p = student_p_value(z, GROUPS - 1) if max(mine, theirs) > 1 else math.erfc(abs(z) / math.sqrt(2))
        found[key[0]] = count, their_count, here, there, difference(here, there), p
    return found


def numbers(estimate) -> list[float]:
    return [estimate.value, estimate.interval.low, estimate.interval.high, estimate.n]


def check(answer: CompareAnswer, expected: dict[tuple, tuple], rate: float) -> None:
    assert {each.key for each in answer.differences} == set(expected)
    p_values = [p for *_, p in expected.values()]
    for each in answer.differences:
        *counts, one, other, apart, p = expected[each.key]
        assert [each.one_count, each.other_count] == counts
        for told, plain in ((each.one, one), (each.other, other), (each.difference, apart)):
            assert numbers(told) == pytest.approx(numbers(plain), rel=1e-9, abs=1e-12)
        # Student's distribution with very many degrees of freedom stands for the normal one there
        assert each.p_value == pytest.approx(p, rel=1e-4, abs=1e-12)
        adjusted = min(
            len(p_values) * larger / sum(smaller <= larger for smaller in p_values)
            for larger in p_values
            if larger >= p
        )
        assert each.is_clear == (adjusted <= rate and not apart.interval.low <= 0 <= apart.interval.high)
    evidence = [(not each.is_clear, each.p_value) for each in answer.differences]
    assert evidence == sorted(evidence)


@settings(max_examples=8)
@given(case=two_sides())
def test_flow(tmp_path_factory, case: tuple[Walked, float]) -> None:
    walked, rate = case
    with walked.log(tmp_path_factory.mktemp("flow")) as log:
        answer = compare(log, asked(FlowQuestion(STEPS), rate))
        groups = groups_of(log)
    one, other = flow_of(walked, "one"), flow_of(walked, "other")
    check(answer, plainly(one, other, groups), rate)


@settings(max_examples=15)
@given(case=two_sides())
def test_funnel(tmp_path_factory, case: tuple[Walked, float]) -> None:
    walked, rate = case
    with walked.log(tmp_path_factory.mktemp("funnel")) as log:
        answer = compare(log, asked(FunnelQuestion(STEPS, timedelta(hours=1)), rate))
    check(answer, plainly(funnel_of(walked, "one"), funnel_of(walked, "other"), None), rate)


@settings(max_examples=15)
@given(case=two_sides())
def test_retention(tmp_path_factory, case: tuple[Walked, float]) -> None:
    """Seconds become days, so that there is something to retain."""
    by_second, rate = case
    events = tuple((customer, name, at * 86_400) for customer, name, at in by_second.events)
    walked = Walked(events, (0, 10_000_000), 0, by_second.shards, by_second.cuts)
    question = RetentionQuestion(Window(DAY, DAY + timedelta(days=12)), "day", ANY, ANY, most=4)
    with walked.log(tmp_path_factory.mktemp("retention")) as log:
        answer = compare(log, asked(question, rate))
    check(answer, plainly(retention_of(walked, "one"), retention_of(walked, "other"), None), rate)


def asked(question, rate: float):
    pair = between_segments(question, *SIDES)
    return type(pair)(pair.one, pair.other, pair.names, false_discovery_rate=rate)
