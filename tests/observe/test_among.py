"""What a question looks at: conditions on properties of any type, filters, segments; and who is behind a number."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.observe.among import Among, Did, Segment, SegmentRefused
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.conditions import Comparison, Condition, ConditionRefused
from safar.observe.flow import FlowQuestion, adds_to_edge, flow
from safar.observe.steps import StepRule
from safar.store.log import Log

DAY = datetime(2026, 3, 21, tzinfo=UTC)
VALUES = ("pro", "پرو", 3, "۳", 3.5, True, False, None, ["a", "pro"], {"in": "pro"}, "", "3")
ABSENT = object()
CONDITIONS = (
    Condition("plan", Comparison.IS, ("pro",)),
    Condition("plan", Comparison.IS_NOT, ("pro", "3")),
    Condition("plan", Comparison.ABOVE, ("3",)),
    Condition("plan", Comparison.AT_MOST, ("3",)),
    Condition("plan", Comparison.CONTAINS, ("ro",)),
    Condition("plan", Comparison.IS, ("true",)),
    Condition("plan", Comparison.IS_THERE),
    Condition("plan", Comparison.IS_MISSING),
)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def edges(log: Log, question: FlowQuestion) -> dict[tuple[str | None, str | None], tuple[int, int]]:
    return {(edge.source, edge.target): (edge.count, edge.customers) for edge in flow(log, question).edges}


@pytest.mark.parametrize(
    ("condition", "holding"),
    [
        (CONDITIONS[0], ["pro", ["a", "pro"]]),
        (CONDITIONS[1], ["پرو", 3.5, True, False, None, {"in": "pro"}, ""]),
        (CONDITIONS[2], [3.5]),
        (CONDITIONS[3], [3, "۳", "3"]),
        (CONDITIONS[4], ["pro", ["a", "pro"]]),
        (CONDITIONS[5], [True]),
        (CONDITIONS[6], [value for value in VALUES if value is not None]),
        (CONDITIONS[7], [None]),
    ],
)
def test_a_condition_holds_for_values_of_any_type(condition: Condition, holding: list[object]) -> None:
    found = condition.among([json.dumps(value, ensure_ascii=False) for value in VALUES])
    assert [value for value, holds in zip(VALUES, found, strict=True) if holds] == holding
    assert condition.holds("") is (condition.comparison in {Comparison.IS_NOT, Comparison.IS_MISSING})


def test_conditions_that_say_nothing_are_refused() -> None:
    for of, comparison, values in (
        ("", Comparison.IS, ("a",)),
        ("plan", Comparison.IS, ()),
        ("plan", Comparison.ABOVE, ("many",)),
        ("plan", Comparison.ABOVE, ("1", "2")),
    ):
        with pytest.raises(ConditionRefused):
            Condition(of, comparison, values)
    with pytest.raises(SegmentRefused, match="everybody"):
        Segment("all", ())
    for least, most in ((2, 1), (-1, None), (0, None)):
        with pytest.raises(SegmentRefused):
            Did(StepRule("a", ("a",)), least, most)


@given(
    events=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from("ab"),
            st.sampled_from([*VALUES, ABSENT]),
            st.sampled_from(["web", "app"]),
        ),
        max_size=30,
    ),
    condition=st.sampled_from(CONDITIONS),
    cut=st.integers(0, 30),
)
def test_steps_filters_and_segments_as_plain_python_says(tmp_path_factory, events, condition, cut) -> None:
    folder = tmp_path_factory.mktemp("among")
    with Log.create(folder, shard_count=2) as log:
        for place, half in enumerate((events[:cut], events[cut:])):
            offset = cut * place
            batch = [
                an_event(
                    name,
                    DAY + timedelta(seconds=second),
                    customer=f"c{customer}",
                    channel=channel,
                    properties={} if value is ABSENT else {"plan": value},
                    event_id=np.uint64([second, 5]).tobytes(),
                )
                for second, (customer, name, value, channel) in enumerate(half, start=offset)
            ]
            if batch:
                write(log, together(*batch))
            if not place:
                log.compact()

        def holds(value: object) -> bool:
            return condition.holds("" if value is ABSENT else json.dumps(value, ensure_ascii=False))

        def starts(chosen: list[tuple[int, str, object, str]]) -> dict[str, int]:
            firsts: dict[int, str] = {}
            for customer, name, _, _ in chosen:
                firsts.setdefault(customer, name)
            return {name: list(firsts.values()).count(name) for name in set(firsts.values())}

        def lived(question: FlowQuestion) -> dict[str, int]:
            return {edge.target: edge.count for edge in flow(log, question).starts}

        seen = [each for each in events if holds(each[2])]
        assert lived(FlowQuestion(among=Among(where=(condition,)))) == starts(seen)
        on_app = [each for each in events if each[3] == "app"]
        assert lived(FlowQuestion(among=Among(channels=("app",)))) == starts(on_app)
        rule = StepRule("step", ("a",), ("app",), (condition,))
        steps = [
            (who, "step", value, how) for who, name, value, how in on_app if name == "a" and holds(value)
        ]
        assert lived(FlowQuestion((rule,))) == starts(steps)
        members = {who for who, *_ in steps}
        did = Segment("did", (Did(rule),))
        assert lived(FlowQuestion(among=Among(segment=did))) == starts(
            [each for each in events if each[0] in members]
        )
        never = Segment("never", (Did(rule, 0, 0),))
        assert lived(FlowQuestion(among=Among(segment=never))) == starts(
            [each for each in events if each[0] not in members]
        )
        # who is behind each edge
        paths = log.paths()
        for edge in flow(log, FlowQuestion()).edges:
            adds = adds_to_edge(paths, FlowQuestion(), {"source": edge.source, "target": edge.target})
            found = persons_behind(paths.shards, adds)
            assert (len(found.persons), found.has_more) == (edge.customers, False)
            ids = log.ids_of(found.persons)
            first = persons_behind(paths.shards, adds, limit=1)
            assert log.ids_of(first.persons) == ids[:1]
            assert first.has_more is (len(ids) > 1)
            rest = persons_behind(paths.shards, adds, after=int(first.persons[0]))
            assert log.ids_of(rest.persons) == ids[1:]


def test_amounts_are_in_whole_units_and_names_may_be_anything(log: Log) -> None:
    write(
        log,
        together(
            an_event("pay", DAY, customer="a", properties={'a "b"/~.c': 1, "address": {"city": "شیراز"}}),
            an_event("pay", DAY, customer="b", properties={"address.city": "Qom"}),
        ),
    )
    log.compact()

    def who(condition: Condition) -> int:
        return flow(log, FlowQuestion(among=Among(where=(condition,)))).paths

    assert who(Condition('a "b"/~.c', Comparison.IS, ("1",))) == 1
    assert who(Condition("address.city", Comparison.IS, ("شیراز", "qom"))) == 2
    assert who(Condition("nothing", Comparison.IS_MISSING)) == 2
    assert who(Condition("@amount", Comparison.IS_MISSING)) == 2


def test_events_that_are_left_out_neither_begin_a_path_nor_stand_in_one(log: Log) -> None:
    moments = enumerate(("campaign_sent", "visit", "campaign_sent", "pay"))
    write(log, together(*(an_event(name, DAY + timedelta(minutes=at), customer="a") for at, name in moments)))
    write(log, an_event("campaign_sent", DAY, customer="b"))
    own = Among(without=("campaign_sent",))
    assert edges(log, FlowQuestion(among=own)) == {
        (None, "visit"): (1, 1),
        ("visit", "pay"): (1, 1),
        ("pay", None): (1, 1),
    }
    assert flow(log, FlowQuestion()).paths == 2
    # also where a rule would take them
    sent = FlowQuestion((StepRule("sent", ("campaign_sent", "pay")),), among=own)
    assert edges(log, sent) == {(None, "sent"): (1, 1), ("sent", None): (1, 1)}


def test_a_number_that_is_not_there_cannot_be_opened(log: Log) -> None:
    write(log, an_event("pay", DAY))
    with pytest.raises(CellRefused, match="no source 'gone'"):
        adds_to_edge(log.paths(), FlowQuestion(), {"source": "gone", "target": None})


def test_columns_of_an_erased_part_go_with_it(log: Log) -> None:
    write(log, an_event("pay", DAY, customer="sara", properties={"city": "Shiraz"}))
    log.compact()
    assert edges(log, FlowQuestion(among=Among(where=(Condition("city", Comparison.IS, ("shiraz",)),))))
    assert [path for path in log.layout.parts.iterdir() if path.suffix == ".column"]
    log.erase("sara", seal_seconds=0)
    assert not [path for path in log.layout.parts.iterdir() if path.suffix == ".column"]
