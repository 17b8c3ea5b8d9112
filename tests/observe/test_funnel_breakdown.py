"""Funnels that hold a property constant or are broken down: by hand, and against a plain reference."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from observe.test_funnel import CART, HOUR, PAY, VISIT, seconds_to_steps
from safar.observe.among import Among, Did, Segment
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.funnel import (
    FunnelOrder,
    FunnelQuestion,
    FunnelRefused,
    NextEvent,
    adds_to_step,
    funnel,
)
from safar.observe.funnel_breakdown import BreakdownRefused, FunnelBreakdown
from safar.observe.spans import TimeBin
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import difference, share

DAY = datetime(2026, 3, 21, 9, tzinfo=UTC)
PROMO = Segment("promo", (Did(StepRule("promo", ("promo",))),))
PAYERS = Segment("payers", (Did(PAY),))


def at(minutes: int, name: str, customer: str, **properties: object):
    return an_event(name, DAY + timedelta(minutes=minutes), customer=customer, properties=properties)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        write(
            log,
            together(
                at(0, "visit", "a", cart=1, plan="pro"),
                at(1, "visit", "a", cart=2, plan="free"),
                at(5, "cart", "a", cart=1),
                at(9, "pay", "a", cart=2),
                at(0, "visit", "b", cart=1, plan="free"),
                at(3, "help", "b"),
                at(4, "cart", "b", cart=1),
                at(7, "pay", "b", cart=1),
                at(0, "visit", "c", cart="x"),
                at(2, "help", "c"),
                at(0, "promo", "c"),
                at(30, "visit", "d", plan="pro"),
                at(31, "cart", "d"),
            ),
        )
        log.compact()
        yield log


def counts(log: Log, question: FunnelQuestion) -> list[int]:
    return [step.count for step in funnel(log, question).steps]


def test_steps_of_a_chain_share_the_value_that_is_held(log: Log) -> None:
    steps = (VISIT, CART, PAY)
    assert counts(log, FunnelQuestion(steps, HOUR)) == [4, 3, 2]
    assert counts(log, FunnelQuestion(steps, HOUR, hold="cart")) == [3, 2, 1]
    help_ = StepRule("help", ("help",))
    assert counts(log, FunnelQuestion(steps, HOUR, hold="cart", exclusions=(help_,))) == [3, 1, 0]
    assert counts(log, FunnelQuestion((VISIT, PAY), HOUR, hold="cart", order=FunnelOrder.STRICT)) == [3, 1]
    assert counts(log, FunnelQuestion((PAY, VISIT), HOUR, hold="cart", order=FunnelOrder.UNORDERED)) == [3, 2]
    with pytest.raises(FunnelRefused, match="share"):
        FunnelQuestion(steps, HOUR, hold=" ")


def test_what_they_did_next_and_how_long_it_took(log: Log) -> None:
    visit, cart, pay = funnel(log, FunnelQuestion((VISIT, CART, PAY), HOUR)).steps
    assert (visit.lost, cart.lost, pay.lost) == (1, 1, 0)
    assert visit.next_events == (NextEvent("promo", 1),)
    assert cart.next_events == (NextEvent(None, 1),)
    assert pay.next_events == ()
    answer = funnel(log, FunnelQuestion((VISIT, CART, PAY), HOUR))
    minutes = timedelta(minutes=1)
    # a: 1 → 9 with the later visit; b: 0 → 7
    assert answer.conversion_times == (TimeBin(5 * minutes, 10 * minutes, 2),)
    assert (pay.median_from_first, pay.p90_from_first) == (7.5 * minutes, 7.9 * minutes)


def test_by_a_property_of_the_first_step(log: Log) -> None:
    question = FunnelQuestion((VISIT, CART, PAY), HOUR, by=FunnelBreakdown("plan"))
    answer = funnel(log, question)
    told = {group.key: [step.count for step in group.steps] for group in answer.groups}
    assert told == {'"free"': [2, 2, 2], '"pro"': [2, 2, 1], "": [1, 0, 0]}
    assert [group.key for group in answer.groups] == ['"free"', '"pro"', ""]
    assert [step.count for step in answer.steps] == [4, 3, 2]
    assert answer.groups_table.column("group")[:4] == ['"free"'] * 3 + ['"pro"']
    one = funnel(log, FunnelQuestion((VISIT, PAY), HOUR, by=FunnelBreakdown("plan", most=1)))
    assert [group.key for group in one.groups] == ['"free"']
    assert one.notes == (Note.of("funnel.more_groups", count=2),)


def test_by_segment_with_the_difference(log: Log) -> None:
    question = FunnelQuestion((VISIT, CART, PAY), HOUR, by=FunnelBreakdown(segments=(PAYERS, PROMO)))
    answer = funnel(log, question)
    assert [[step.count for step in group.steps] for group in answer.groups] == [[2, 2, 2], [1, 0, 0]]
    first, cart, pay = answer.differences
    assert (first.conversion_rate, first.step_conversion_rate) == (None, None)
    assert cart.conversion_rate == difference(share(2, 2), share(0, 1))
    assert cart.step_conversion_rate == cart.conversion_rate
    assert (pay.conversion_rate, pay.step_conversion_rate) == (difference(share(2, 2), share(0, 1)), None)
    assert answer.differences_table.column("conversion_rate") == [None, 1.0, 1.0]
    assert answer.notes == ()
    cart_users = Segment("carts", (Did(CART),))
    both = FunnelQuestion(
        (VISIT, CART),
        HOUR,
        by=FunnelBreakdown(segments=(PAYERS, cart_users)),
        among=Among(segment=Segment("visitors", (Did(VISIT),))),
    )
    assert funnel(log, both).notes == (Note.of("funnel.segments_overlap", count=2),)


def test_by_period_of_the_first_step(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        days = {"a": (0, 1), "b": (6, 8), "c": (7, 9)}
        write(
            log,
            together(
                *(
                    an_event(name, DAY + timedelta(days=day), customer=customer)
                    for customer, each in days.items()
                    for name, day in zip(("visit", "pay"), each, strict=True)
                ),
                an_event("visit", DAY + timedelta(days=7), customer="b"),
            ),
        )
        by = FunnelBreakdown(
            period="week", calendar="jalali", week_starts="saturday", time_zone="Asia/Tehran"
        )
        answer = funnel(log, FunnelQuestion((VISIT, PAY), timedelta(days=2), by=by))
        told = {group.key: ([step.count for step in group.steps], group.is_whole) for group in answer.groups}
        assert told == {"2026-03-21": ([2, 2], True), "2026-03-28": ([2, 2], False)}
        assert answer.groups[0].window.start == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
        paths = log.paths()
        adds = adds_to_step(paths, answer.provenance.question, {"step": 0, "group": "2026-03-28"})
        assert log.ids_of(persons_behind(paths.shards, adds).persons) == ["b", "c"]
        with pytest.raises(BreakdownRefused, match="periods"):
            FunnelBreakdown(period="day").periods((0, 10**17))


def test_who_is_behind_a_step(log: Log) -> None:
    paths = log.paths()
    steps = (VISIT, CART, PAY)
    plain = FunnelQuestion(steps, HOUR)

    def who(question: FunnelQuestion, **cell: object) -> set[str]:
        return set(log.ids_of(persons_behind(paths.shards, adds_to_step(paths, question, cell)).persons))

    assert who(plain, step=1) == {"a", "b", "d"}
    assert who(plain, step=1, lost=1) == {"d"}
    assert who(plain, step=0, lost=1) == {"c"}
    by_plan = FunnelQuestion(steps, HOUR, by=FunnelBreakdown("plan"))
    assert who(by_plan, step=2, group='"free"') == {"a", "b"}
    assert who(by_plan, step=2, group='"gold"') == set()
    by_segment = FunnelQuestion(steps, HOUR, by=FunnelBreakdown(segments=(PAYERS, PROMO)))
    assert who(by_segment, step=0, group="promo") == {"c"}
    for cell in ({"step": 3}, {"step": 2, "lost": 1}, {"step": "pay"}, {"step": 1, "group": "x"}):
        with pytest.raises(CellRefused):
            adds_to_step(paths, plain, cell)
    with pytest.raises(CellRefused):
        adds_to_step(paths, by_segment, {"step": 0, "group": "nobody"})


def test_nonsense_is_refused() -> None:
    for wrong in (
        {},
        {"of": "plan", "period": "day"},
        {"segments": (PROMO, PROMO)},
        {"of": "plan", "most": 0},
    ):
        with pytest.raises(BreakdownRefused):
            FunnelBreakdown(**wrong)


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from("ab"),
        st.integers(0, 200),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, "x", "y"]),
    ),
    max_size=30,
)


@given(
    events=EVENTS,
    names=st.lists(st.sampled_from("ab"), min_size=2, max_size=3),
    within=st.sampled_from([5, 60, 1_000]),
    order=st.sampled_from([FunnelOrder.ORDERED, FunnelOrder.STRICT]),
    hold=st.sampled_from([None, "cart"]),
    pause=st.sampled_from([None, 40]),
    cut=st.integers(0, 30),
    shards=st.sampled_from([1, 4]),
)
def test_as_a_plain_reference_says(
    tmp_path_factory, events, names, within, order, hold, pause, cut, shards
) -> None:
    """The funnel of a group is the funnel whose first step needs the value; each held value is gone through alone."""
    steps = tuple(StepRule(f"{place} {name}", (name,)) for place, name in enumerate(names))
    question = FunnelQuestion(
        steps,
        timedelta(seconds=within),
        order=order,
        hold=hold,
        pause=timedelta(seconds=pause) if pause else None,
        by=FunnelBreakdown("plan"),
    )
    with Log.create(tmp_path_factory.mktemp("breakdown"), shard_count=shards) as log:
        for number, half in enumerate((events[:cut], events[cut:])):
            batch = [
                an_event(
                    name,
                    DAY + timedelta(seconds=second),
                    customer=f"c{customer}",
                    properties={
                        key: value for key, value in (("cart", cart), ("plan", plan)) if value is not None
                    },
                    event_id=np.uint64([place, number]).tobytes(),
                )
                for place, (customer, name, second, cart, plan) in enumerate(half)
            ]
            if batch:
                write(log, together(*batch))
                log.compact()
        answer = funnel(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert funnel(log, question, executor=executor) == answer
    of_customer = defaultdict(list)
    for customer, name, second, cart, plan in events:
        of_customer[customer].append((second, name, cart, plan))
    paths = []
    for lived in of_customer.values():
        path = []
        for event in sorted(lived, key=lambda event: event[0]):
            if path and pause and event[0] - path[-1][0] > pause:
                paths.append(path)
                path = []
            path.append(event)
        paths.append(path)
    expected = defaultdict(lambda: [0] * len(names))
    for path in paths:
        for plan in {None, *("x", "y")}:
            key = "" if plan is None else f'"{plan}"'
            done = 0
            for cart in {event[2] for event in path} - {None} if hold else {None}:
                thread = [
                    ("first" if name == names[0] and value == plan else name, second)
                    for second, name, held, value in path
                    if not hold or held == cart
                ]
                done = max(done, _farthest(thread, names, within, order))
            for step in range(done):
                expected[key][step] += 1
    assert {group.key: [step.count for step in group.steps] for group in answer.groups} == expected


def _farthest(thread, names, within, order) -> int:
    """Like `seconds_to_steps`, where the first step is called "first", and counts as its own name elsewhere."""
    plain = [(names[0] if name == "first" else name, second) for name, second in thread]
    best = 0
    for place, (name, _) in enumerate(thread):
        if name == "first":
            rest = [plain[place], *plain[place + 1 :]]
            found = _from_here(rest, names, within, order)
            best = max(best, found)
    return best


def _from_here(rest, names, within, order) -> int:
    """Return how many steps are done by chains that begin with the first event."""
    marked = [("begin", rest[0][1]), *rest[1:]]
    return len(seconds_to_steps(marked, ["begin", *names[1:]], within, order))
