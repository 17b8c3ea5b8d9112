"""The funnel: by hand, and against a plain reference that tries every chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path
from logs import write
from safar.observe.funnel import FunnelOrder, FunnelQuestion, FunnelRefused, funnel
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share
from walks import NAMES, Walked, walks

VISIT, CART, PAY = (StepRule(name, (name,)) for name in ("visit", "cart", "pay"))
HOUR = timedelta(hours=1)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        write(
            log,
            a_path("visit 09:00 > cart 09:10 > pay 09:30", customer="a"),
            a_path("visit 09:00 > visit 12:00 > cart 12:20 > help 12:30 > pay 12:50", customer="b"),
            a_path("visit 09:00 > cart 11:00 > pay 11:10", customer="c"),
            a_path("cart 09:00 > visit 09:10", customer="d"),
            a_path("pay 09:00", customer="e"),
        )
        yield log


def counts(log: Log, question: FunnelQuestion) -> list[int]:
    return [step.count for step in funnel(log, question).steps]


def test_five_customers_by_hand(log: Log) -> None:
    answer = funnel(log, FunnelQuestion((VISIT, CART, PAY), HOUR))
    assert [step.count for step in answer.steps] == [4, 2, 2]
    first, cart, pay = answer.steps
    assert (first.conversion_rate, first.step_conversion_rate) == (share(4, 4), None)
    assert (cart.conversion_rate, cart.step_conversion_rate) == (share(2, 4), share(2, 4))
    assert (pay.conversion_rate, pay.step_conversion_rate) == (share(2, 4), share(2, 2))
    assert (cart.median_from_first, pay.median_from_first) == (timedelta(minutes=15), timedelta(minutes=40))
    assert (cart.median_from_before, pay.median_from_before) == (timedelta(minutes=15), timedelta(minutes=25))
    assert (first.median_from_first, first.median_from_before) == (None, None)


def test_what_else_may_be_asked(log: Log) -> None:
    steps = (VISIT, CART, PAY)
    assert counts(log, FunnelQuestion(steps, timedelta(hours=4))) == [4, 3, 3]
    assert counts(log, FunnelQuestion(steps, HOUR, first_only=True)) == [4, 1, 1]
    assert counts(log, FunnelQuestion(steps, HOUR, order=FunnelOrder.STRICT)) == [4, 2, 1]
    assert counts(log, FunnelQuestion(steps, HOUR, order=FunnelOrder.UNORDERED)) == [5, 4, 2]
    help_ = StepRule("help", ("help",))
    assert counts(log, FunnelQuestion(steps, HOUR, exclusions=(help_,))) == [4, 2, 1]
    assert counts(log, FunnelQuestion((VISIT, VISIT), timedelta(hours=4))) == [4, 1]
    assert counts(log, FunnelQuestion(steps, timedelta(hours=4), pause=HOUR)) == [5, 2, 2]


def test_several_paths_of_a_customer_are_told(log: Log) -> None:
    asked = FunnelQuestion((VISIT, CART), HOUR, pause=HOUR)
    assert funnel(log, asked).notes == (Note.of("funnel.dependent"),)
    assert funnel(log, FunnelQuestion((VISIT, CART), HOUR)).notes == ()
    nobody = StepRule("nothing", ("nothing",))
    assert funnel(log, FunnelQuestion((nobody, CART), HOUR, pause=HOUR)).notes == ()
    on_app = StepRule("app", ("visit",), channels=("app",))
    assert counts(log, FunnelQuestion((on_app, CART), HOUR)) == [0, 0]


def test_impossible_funnels_are_refused() -> None:
    with pytest.raises(FunnelRefused, match="1 step"):
        FunnelQuestion((VISIT,), HOUR)
    with pytest.raises(FunnelRefused, match="within"):
        FunnelQuestion((VISIT, CART), timedelta(0))


def test_an_empty_log_has_rates_of_nothing(tmp_path: Path) -> None:
    with Log.create(tmp_path / "empty") as log:
        steps = funnel(log, FunnelQuestion((VISIT, CART), HOUR)).steps
    assert [(step.count, step.conversion_rate, step.median_from_first) for step in steps] == [
        (0, None, None)
    ] * 2


def seconds_to_steps(
    path: list[tuple[str, int]], names: list[str], within: int, order: FunnelOrder
) -> dict[int, int]:
    """Return for each step reached how long after the first step it is reached for the first time."""
    found: dict[int, int] = {}
    for length in range(1, len(names) + 1):
        chains = [
            chain
            for chain in combinations(range(len(path)), length)
            if all(path[place][0] == name for place, name in zip(chain, names, strict=False))
            and path[chain[-1]][1] - path[chain[0]][1] <= within
            and (order is not FunnelOrder.STRICT or chain[-1] - chain[0] == length - 1)
        ]
        if not chains:
            break
        end = min(chain[-1] for chain in chains)
        found[length - 1] = path[end][1] - path[max(chain[0] for chain in chains if chain[-1] == end)][1]
    return found


@given(
    walked=walks(),
    names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=3),
    within=st.sampled_from([5, 60, 1_000]),
    order=st.sampled_from([FunnelOrder.ORDERED, FunnelOrder.STRICT]),
)
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked, names, within, order) -> None:
    steps = tuple(StepRule(f"{place} {name}", (name,)) for place, name in enumerate(names))
    question = FunnelQuestion(
        steps, timedelta(seconds=within), window=walked.window, pause=walked.pause, order=order
    )
    with walked.log(tmp_path_factory.mktemp("funnel")) as log:
        answer = funnel(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert funnel(log, question, executor=executor) == answer
    reached = [seconds_to_steps(path, names, within, order) for _, path in walked.paths()]
    for place, step in enumerate(answer.steps):
        times = [chains[place] for chains in reached if place in chains]
        assert step.count == len(times)
        if place and times:
            assert step.median_from_first == timedelta(microseconds=round(median(times) * 1e6))


@given(walked=walks(), within=st.sampled_from([5, 60, 1_000]))
def test_any_order_counts_steps_done_in_time(tmp_path_factory, walked: Walked, within: int) -> None:
    steps = tuple(StepRule(name, (name,)) for name in NAMES)
    question = FunnelQuestion(
        steps,
        timedelta(seconds=within),
        window=walked.window,
        pause=walked.pause,
        order=FunnelOrder.UNORDERED,
    )
    with walked.log(tmp_path_factory.mktemp("unordered")) as log:
        found = counts(log, question)
    most = [
        max(len({name for name, at in path if last - within <= at <= last}) for _, last in path)
        for _, path in walked.paths()
    ]
    assert found == [sum(1 for each in most if each >= done) for done in (1, 2, 3)]
