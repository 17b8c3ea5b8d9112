"""The newest events, page by page, against sorting everything in plain Python."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import EPOCH, an_event, together
from logs import write
from safar.store.log import Log
from safar.store.newest import EventPlace, Selection
from safar.store.parts import customer_keys
from safar.vocabulary.window import to_microseconds

SOURCES = ("key:web", "import:1", "")
NAMES, CHANNELS, CUSTOMERS = ("page", "order_placed", "سفارش"), ("web", "", "app"), ("c1", "c2", "علی", "c/4")
Row = tuple[int, int, int, str]

events = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(NAMES),
        st.sampled_from(CHANNELS),
        st.sampled_from(CUSTOMERS),
        st.sampled_from(SOURCES),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=12,
)
#: What happens to a log: events are written, or what waits is compacted.
steps = st.lists(st.one_of(events, st.just("compact"), st.just("settle")), min_size=1, max_size=6)
selections = st.builds(
    Selection,
    names=st.lists(st.sampled_from([*NAMES, "never"]), unique=True, max_size=2).map(tuple),
    channels=st.lists(st.sampled_from(CHANNELS), unique=True, max_size=2).map(tuple),
    ids=st.none() | st.lists(st.sampled_from([*CUSTOMERS, "nobody"]), unique=True, max_size=3).map(tuple),
    sources=st.lists(st.sampled_from([*SOURCES, "never"]), unique=True, max_size=2).map(tuple),
    lowest=st.sampled_from([-(1 << 62), 1, 2]),
    highest=st.sampled_from([1 << 62, 4, 3]),
)


def _do(log: Log, step: Sequence[tuple] | str, number: int) -> None:
    if isinstance(step, str):
        log.compact(settle=step == "settle")
        return
    write(
        log,
        together(
            *(
                an_event(name, EPOCH.replace(microsecond=at), customer=customer, channel=channel,
                         source=source, properties={"n": n, "step": number, "place": place})
                for place, (at, name, channel, customer, source, n) in enumerate(step)
            )
        ),
    )  # fmt: skip


def _oracle(log: Log, selection: Selection) -> list[Row]:
    rows = log.sql(
        "select original_id, event_name, channel, source, epoch_us(occurred_at), sequence, event_id::text from events"
    ).rows()
    found = []
    for customer, name, channel, source, at, sequence, event_id in rows:
        key = int(customer_keys(pa.array([customer], pa.string()))[0])
        if (
            (not selection.names or name in selection.names)
            and (not selection.channels or channel in selection.channels)
            and (not selection.sources or source in selection.sources)
            and (selection.ids is None or customer in selection.ids)
            and selection.lowest <= at < selection.highest
        ):
            found.append((at, key, sequence, event_id.replace("-", "")))
    return sorted(found, reverse=True)


def _page(log: Log, selection: Selection, before: EventPlace | None, limit: int) -> list[Row]:
    columns = log.newest(selection, before=before, limit=limit, columns=["channel"]).columns()
    return [
        (to_microseconds(at), key, sequence, event_id.hex())
        for at, key, sequence, event_id in zip(
            columns["occurred_at"], columns["key"], columns["sequence"], columns["event_id"], strict=True
        )
    ]


@settings(max_examples=40)
@given(steps=steps, selection=selections, limit=st.integers(1, 7))
def test_pages_are_the_whole_in_order(
    steps: list[Sequence[tuple] | str], selection: Selection, limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=2) as log:
        for number, step in enumerate(steps):
            _do(log, step, number)
        expected = _oracle(log, selection)
        read: list[Row] = []
        while page := _page(log, selection, EventPlace(*read[-1]) if read else None, limit):
            assert len(page) <= limit
            read += page
        assert read == expected


@settings(max_examples=25)
@given(steps=steps, later=steps, limit=st.integers(1, 5))
def test_events_that_arrive_between_pages_make_no_gap_and_no_double(
    steps: list[Sequence[tuple] | str], later: list[Sequence[tuple] | str], limit: int
) -> None:
    everything = Selection()
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=2) as log:
        for number, step in enumerate(steps):
            _do(log, step, number)
        known = [event_id for *_, event_id in _oracle(log, everything)]
        read: list[Row] = []
        while page := _page(log, everything, EventPlace(*read[-1]) if read else None, limit):
            read += page
            if later:
                _do(log, later.pop(), 100 + len(later))
        ids = [event_id for *_, event_id in read]
        assert len(set(ids)) == len(ids)
        assert [each for each in ids if each in set(known)] == known


@settings(max_examples=25)
@given(steps=steps, selection=selections)
def test_one_each_is_the_newest_of_every_customer(
    steps: list[Sequence[tuple] | str], selection: Selection
) -> None:
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=2) as log:
        for number, step in enumerate(steps):
            _do(log, step, number)
        newest: dict[int, tuple[int, int]] = {}
        for at, key, *_ in _oracle(log, selection):
            newest.setdefault(key, (at, key))
        found = [row[:2] for row in _page(log, replace(selection, one_each=True), None, 50)]
        assert sorted({key: (at, key) for at, key in reversed(found)}.values(), reverse=True) == sorted(
            newest.values(), reverse=True
        )


def test_only_the_columns_asked_for_are_read() -> None:
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=2) as log:
        write(log, an_event("page", EPOCH))
        for _ in range(2):
            names = log.newest(Selection(), columns=["customer_id"]).names
            assert names == ["event_id", "customer_id", "occurred_at", "sequence", "key"]
            log.compact()
