"""Events, newest first, against plain Python: filters, properties, persons of several ids, searches that stop."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import EPOCH, an_event, together
from identities import identify
from logs import write
from safar.observe.events import (
    EventsQuestion,
    ImpossibleLimit,
    LoggedEvent,
    events,
    every_event,
    one_event,
)
from safar.observe.property_match import PropertyMatch
from safar.store.log import Log
from safar.vocabulary.text import fold
from safar.vocabulary.window import Window


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path, shard_count=2) as opened:
        yield opened


def _all(log: Log, question: EventsQuestion) -> list[LoggedEvent]:
    found: list[LoggedEvent] = []
    while True:
        answer = events(log, question)
        found += answer.events
        if answer.next_before is None:
            return found
        question = replace(question, before=answer.next_before)


VALUES = st.sampled_from(
    [1, 2, 1.5, "1", "۱", "Résumé", "resume", "كتاب", "کتاب", True, False, None, ["x", 2], {"a": 1}]
)
EVENT = st.tuples(
    st.integers(0, 5),
    st.sampled_from(["page", "order_placed"]),
    st.sampled_from(["ann", "sara", "phone"]),
    st.dictionaries(st.sampled_from(["p", "q"]), VALUES, max_size=2),
)


def _fits(value: object, wanted: str) -> bool:
    """What the page promises, said in another way."""
    if isinstance(value, bool):
        return fold(wanted) == json.dumps(value)
    if isinstance(value, int | float):
        return fold(wanted) in {str(value), f"{value}.0"}
    if isinstance(value, list):
        return any(_fits(each, wanted) for each in value)
    return isinstance(value, str) and fold(value) == fold(wanted)


@settings(max_examples=40)
@given(
    batches=st.lists(st.lists(EVENT, min_size=1, max_size=8), min_size=1, max_size=4),
    compact_after=st.sets(st.integers(0, 3)),
    names=st.sampled_from([(), ("page",), ("order_placed", "never")]),
    customer=st.sampled_from(["", "ann", "sara", "nobody"]),
    wanted=st.sampled_from(
        [None, ("p", ""), ("p", "۱"), ("p", "RESUME"), ("q", "كتاب"), ("q", "true"), ("p", "x")]
    ),
    ends=st.sampled_from([None, (1, 4), (2, 3)]),
    limit=st.integers(1, 6),
)
def test_pages_are_what_plain_python_finds(
    batches, compact_after, names, customer, wanted, ends, limit
) -> None:
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=2) as log:
        log.identity.merge("ann", "phone", "the same", "reza")
        told = []
        for number, batch in enumerate(batches):
            made = []
            for place, (second, name, who, properties) in enumerate(batch):
                event_id = bytes([number, place]).ljust(16, b"\0")
                made.append(
                    an_event(
                        name,
                        EPOCH + timedelta(seconds=second),
                        customer=who,
                        properties=properties,
                        event_id=event_id,
                    )
                )
                told.append((second, name, who, properties, UUID(bytes=event_id)))
            write(log, together(*made))
            if number in compact_after:
                log.compact()
        window = ends and Window(EPOCH + timedelta(seconds=ends[0]), EPOCH + timedelta(seconds=ends[1]))
        name, value = wanted or ("", "")
        question = EventsQuestion(
            names, (), customer, name, value, window or None, limit=limit, most_examined=3
        )
        persons = {"ann": "ann", "phone": "ann", "sara": "sara"}
        expected = {
            event_id
            for second, event_name, who, properties, event_id in told
            if (not names or event_name in names)
            and (not customer or persons[who] == customer)
            and (ends is None or ends[0] <= second < ends[1])
            and (
                not name
                or (properties.get(name) is not None and (not value or _fits(properties[name], value)))
            )
        }
        found = _all(log, question)
        assert [each.event_id for each in found] == list(dict.fromkeys(each.event_id for each in found))
        assert {each.event_id for each in found} == expected
        assert [each.occurred_at for each in found] == sorted(
            (each.occurred_at for each in found), reverse=True
        )
        assert all(each.customer_id == persons[each.original_id] for each in found)


def test_of_one_instant_what_arrived_last_comes_first(log: Log) -> None:
    write(log, *(an_event(name, EPOCH) for name in ("one", "two")))
    log.compact()
    write(log, an_event("three", EPOCH))
    assert [each.event_name for each in events(log, EventsQuestion()).events] == ["three", "two", "one"]


def test_a_search_that_stops_says_where_and_goes_on_from_there(log: Log) -> None:
    made = [an_event("page", EPOCH + timedelta(days=day), properties={"n": day}) for day in range(10)]
    write(log, *made)
    question = EventsQuestion(property_name="n", property_value="۲", most_examined=4)
    first = events(log, question)
    assert (first.events, first.stopped_at, first.provenance.rows_read) == ((), EPOCH + timedelta(days=6), 4)
    second = events(log, replace(question, before=first.next_before))
    assert [json.loads(each.properties) for each in second.events] == [{"n": 2}]
    assert second.stopped_at == EPOCH + timedelta(days=2)


def test_a_list_leaves_properties_unread_and_one_event_has_them(log: Log) -> None:
    write(log, an_event("page", EPOCH, properties={"a": "ب"}), an_event("other", EPOCH))
    log.compact()
    listed = events(log, EventsQuestion(names=("page",))).events[0]
    assert (listed.properties, listed.source, listed.received_at) == ("", "", None)
    whole = one_event(log, listed.original_id, listed.occurred_at, listed.event_id)
    assert whole is not None
    assert (whole.properties, whole.source, whole.received_at) == ('{"a":"ب"}', "test", EPOCH)
    assert one_event(log, "nobody", listed.occurred_at, listed.event_id) is None
    assert one_event(log, "c1", listed.occurred_at, UUID(int=7)) is None


def test_a_file_has_every_event_once_however_few_are_held(log: Log) -> None:
    write(
        log,
        together(*(an_event("page", EPOCH + timedelta(days=n // 3), customer=f"c{n}") for n in range(20))),
    )
    held = [each.original_id for each in every_event(log, EventsQuestion(limit=18), at_once=4)]
    assert held == [each.original_id for each in events(log, EventsQuestion(limit=18)).events]
    assert len(held) == 18


def test_a_customer_is_found_by_any_id(log: Log) -> None:
    write(log, identify("sara", "anon-1"), an_event("page", EPOCH, customer="anon-1"))
    log.compact()
    for customer_id in ("sara", "anon-1"):
        found = events(log, EventsQuestion(names=("page",), customer_id=customer_id)).events
        assert [(each.customer_id, each.original_id) for each in found] == [("sara", "anon-1")]


@pytest.mark.parametrize(
    ("name", "value", "properties", "is_in"),
    [
        ("a.b", "۳", '{"a": {"b": 3}}', True),
        ("a.b", "3", '{"a.b": 3}', True),
        ("a.b", "3", '{"a": 3}', False),
        ("n", "1.50", '{"n": "۱٫۵"}', True),
        ("n", "1", '{"n": true}', False),
        ("n", "", '{"n": null}', False),
        ("n", "", '{"n": false}', True),
        ("n", "x", "[1]", False),
        ("n", "x", "no json", False),
    ],
)  # fmt: skip
def test_a_property_matches_by_what_it_is(name: str, value: str, properties: str, is_in: bool) -> None:
    assert PropertyMatch(name, value).is_in(properties) is is_in


def test_a_page_of_nothing_is_refused() -> None:
    with pytest.raises(ImpossibleLimit):
        EventsQuestion(limit=0)


def test_what_is_present_is_known_from_parts_and_tail(log: Log) -> None:
    write(log, an_event("page", EPOCH, channel="web", properties={"path": "/"}))
    log.compact()
    write(log, an_event("سفارش", EPOCH, channel="", properties={"شماره": 1}))
    found = log.present()
    assert (found.names, found.channels, found.properties) == (
        ("page", "سفارش"),
        ("", "web"),
        ("path", "شماره"),
    )
