"""Habits: counts by customer equal a plain count; samples are the same customers every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.observe.among import Among, Did, Segment
from safar.observe.conditions import Condition
from safar.observe.habits import HabitsQuestion, HabitsRefused, habits
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)
PAY = StepRule("pay", ("pay",))
WEB = StepRule("by web", (), ("web",))
PRO = StepRule("pro", (), (), (Condition("plan", values=("pro",)),))


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def counted(log: Log, question: HabitsQuestion) -> dict[str, list[int]]:
    found = habits(log, question)
    return dict(zip(log.ids_of(found.person), found.counts.tolist(), strict=True))


def test_an_event_counts_for_every_rule_that_takes_it(log: Log) -> None:
    write(
        log,
        together(
            an_event("pay", START, customer="a", channel="web", properties={"plan": "pro"}),
            an_event("pay", START + timedelta(days=9), customer="a", channel="app"),
            an_event("look", START, customer="b", channel="web"),
        ),
    )
    question = HabitsQuestion((PAY, WEB, PRO))
    assert counted(log, question) == {"a": [2, 1, 1], "b": [0, 1, 0]}
    first_week = Window(START, START + timedelta(days=7))
    assert counted(log, HabitsQuestion((PAY,), first_week)) == {"a": [1], "b": [0]}
    payers = Among(segment=Segment("payers", (Did(PAY),)))
    assert counted(log, HabitsQuestion((WEB,), among=payers)) == {"a": [1]}


def test_of_many_the_same_few_are_drawn(log: Log) -> None:
    write(log, together(*(an_event("pay", START, customer=f"c{place}") for place in range(400))))
    drawn = habits(log, HabitsQuestion((PAY,), most=100))
    assert drawn.customers == 400
    assert 60 < len(drawn.person) < 140
    write(log, an_event("pay", START + timedelta(days=1), customer="c1"))
    again = habits(log, HabitsQuestion((PAY,), most=100))
    assert again.person.tolist() == drawn.person.tolist()
    assert np.all(np.diff(drawn.person.astype(object)) > 0)


@given(
    events=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["pay", "look"]), st.sampled_from(["web", "app"])),
        min_size=1,
        max_size=12,
    )
)
def test_counts_equal_a_plain_count(tmp_path_factory: pytest.TempPathFactory, events) -> None:
    with Log.create(tmp_path_factory.mktemp("habits") / "log", shard_count=2) as log:
        write(
            log,
            together(
                *(
                    an_event(name, START + timedelta(minutes=place), customer=customer, channel=channel)
                    for place, (customer, name, channel) in enumerate(events)
                )
            ),
        )
        expected = {
            who: [
                sum(customer == who and name == "pay" for customer, name, _ in events),
                sum(customer == who and channel == "web" for customer, _, channel in events),
            ]
            for who in {customer for customer, _, _ in events}
        }
        assert counted(log, HabitsQuestion((PAY, WEB))) == expected


@pytest.mark.parametrize("rules", [(), (PAY, PAY), tuple(StepRule(str(n), (str(n),)) for n in range(61))])
def test_what_cannot_be_counted_is_refused(rules: tuple[StepRule, ...]) -> None:
    with pytest.raises(HabitsRefused):
        HabitsQuestion(rules)
