"""The log: every event once, sorted by customer and time, whatever the order of arrival, compaction and merging."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_path, an_event, micros, paths, together
from safar.store import compaction, parts
from safar.store.disk import LogBusy, exclusive
from safar.store.log import Log, LogMissing, ShardCountRefused
from safar.store.parts import customer_keys, shards_of
from safar.store.pathindex import PathIndex
from safar.store.sql_rules import QueryRefused
from safar.vocabulary.event import EventColumns

NAMES = ["visit", "cart", "pay", "سفارش"]
CUSTOMERS = ["c1", "c10", "c2", "سارا", "😀", "C1"]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    with Log.create(tmp_path / "log", shard_count=4) as made:
        yield made


def write(log: Log, *batches: EventColumns) -> None:
    with log.writer() as writer:
        for batch in batches:
            writer.append(batch)
            writer.sync()


def stored(log: Log) -> list[tuple[str, str, datetime]]:
    query = "select customer_id, event_name, occurred_at from events order by sequence"
    return log.sql(query).rows()


def check_parts(log: Log) -> None:
    """Every part is sorted, in its shard, and mirrored by its path index."""
    for part in log.manifest.snapshot().parts:
        table = parts.read_rows(log.layout.parquet(part.name))
        keys = list(
            zip(
                (text.encode() for text in table.column("customer_id").to_pylist()),
                table.column("occurred_at").to_pylist(),
                table.column("sequence").to_pylist(),
                strict=True,
            )
        )
        assert keys == sorted(keys)
        assert set(shards_of(customer_keys(table.column("customer_id").combine_chunks()), 4)) == {part.shard}
        index = PathIndex.open(log.layout.path_index(part.name))
        customers = table.column("customer_id").to_pylist()
        starts = [row for row in range(len(customers)) if row == 0 or customers[row] != customers[row - 1]]
        assert index.starts.tolist() == [*starts, len(customers)]
        assert index.time.tolist() == [micros(at) for at in table.column("occurred_at").to_pylist()]
        assert [index.event_names[code] for code in index.code] == table.column("event_name").to_pylist()
        assert [index.channels[code] for code in index.channel_code] == table.column("channel").to_pylist()
        assert part.rows == len(customers)


def test_the_tail_is_visible_before_and_after_compaction(log: Log) -> None:
    write(log, paths({"sara": "visit 09:00 > pay 09:20 2500 IRR", "omid": "visit 10:00"}))
    before = log.sql("select * from events order by sequence").rows()
    assert log.info().waiting_events == 3
    report = log.compact()
    assert (report.rows, report.duplicates) == (3, 0)
    assert log.sql("select * from events order by sequence").rows() == before
    assert log.info().waiting_events == 0
    check_parts(log)


def test_a_redelivered_event_is_the_same_event(log: Log) -> None:
    batch = paths(["visit 09:00 > cart 09:05", "visit 10:00"])
    write(log, batch, batch)
    assert len(stored(log)) == 3
    log.compact()
    write(log, batch)
    assert len(stored(log)) == 3
    report = log.compact()
    assert (report.rows, report.duplicates) == (0, 3)
    assert len(stored(log)) == 3


def test_the_same_id_for_another_customer_is_still_the_same_event(log: Log) -> None:
    first = an_event("visit", "2026-03-21T09:00", customer="sara", event_id=b"i" * 16)
    second = an_event("visit", "2026-03-21T09:00", customer="omid", event_id=b"i" * 16)
    write(log, first)
    log.compact()
    write(log, second)
    assert [customer for customer, _, _ in stored(log)] == ["sara"]
    log.compact()
    assert [customer for customer, _, _ in stored(log)] == ["sara"]


def test_equal_instants_keep_the_order_of_arrival(log: Log) -> None:
    names = [f"step{number}" for number in range(100)]
    for start in range(0, 100, 10):
        write(log, together(*(an_event(name, "2026-03-21T09:00") for name in names[start : start + 10])))
        log.compact()
    assert [name for _, name, _ in stored(log)] == names
    check_parts(log)
    assert len(log.manifest.snapshot().parts) < 10


def test_a_late_event_takes_its_place_in_time(log: Log) -> None:
    write(log, a_path("pay 12:00"))
    log.compact()
    write(log, a_path("visit 09:00"))
    log.compact()
    assert log.compact(settle=True).merged_rows == 2
    (part,) = log.manifest.snapshot().parts
    table = parts.read_rows(log.layout.parquet(part.name))
    assert table.column("event_name").to_pylist() == ["visit", "pay"]
    assert table.column("sequence").to_pylist() == [1, 0]


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from(NAMES), st.integers(0, 50)),
            min_size=1,
            max_size=12,
        ),
        min_size=1,
        max_size=8,
    ),
    st.data(),
)
def test_any_history_of_writing_compacting_and_merging_keeps_each_event_once(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, str, int]]], data: st.DataObject
) -> None:
    expected: dict[bytes, tuple[str, str]] = {}
    with Log.create(tmp_path_factory.mktemp("history") / "log", shard_count=4) as log:
        for batch in batches:
            columns = together(
                *(
                    an_event(name, datetime(2026, 3, 21, 9, minute, tzinfo=UTC), customer=customer)
                    for customer, name, minute in batch
                )
            )
            for row, (customer, name, _) in enumerate(batch):
                expected.setdefault(columns.event_id[row].tobytes(), (customer, name))
            write(log, columns)
            step = data.draw(st.sampled_from(["wait", "compact", "merge"]))
            if step != "wait":
                log.compact()
            if step == "merge":
                log.compact(settle=True)
            rows = log.sql("select event_id, original_id, event_name from events order by sequence").rows()
            assert [(UUID(row[0]).bytes, row[1:]) for row in rows] == list(expected.items())
        check_parts(log)


def test_merging_is_the_same_however_few_rows_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    monkeypatch.setattr(compaction, "_MERGE_ROWS", 8)
    monkeypatch.setattr(parts, "ROW_GROUP_ROWS", 5)
    with Log.create(tmp_path / "log", shard_count=4) as log:
        for batch in range(4):
            events = [
                an_event(
                    f"e{batch}",
                    f"2026-03-{day:02d}T09:00",
                    customer=f"c{rng.integers(6)}",
                    channel=f"x{day % 3}",
                )
                for day in range(1, 29)
            ]
            write(log, together(*events))
            log.compact()
        rows = stored(log)
        log.compact(settle=True)
        assert stored(log) == rows
        assert len({part.shard for part in log.manifest.snapshot().parts}) == len(
            log.manifest.snapshot().parts
        )
        check_parts(log)
        assert pq.read_metadata(log.layout.parquet(log.manifest.snapshot().parts[0].name)).num_row_groups > 1


def test_merges_can_be_spread_over_compactions(log: Log) -> None:
    customers = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "سارا"]
    for day in range(1, compaction.FANOUT + 1):
        write(log, together(*(a_path("visit 09:00", customer=c, on=f"2026-03-{day:02d}") for c in customers)))
        log.compact(merges=0)
    shards = {part.shard for part in log.manifest.snapshot().parts}
    assert len(log.manifest.snapshot().parts) == compaction.FANOUT * len(shards) > compaction.FANOUT
    rows = stored(log)
    merged = 0
    while log.compactor().is_crowded():
        merged += log.compact(merges=1).merged_rows
    assert merged == len(rows) == compaction.FANOUT * len(customers)
    assert len(log.manifest.snapshot().parts) == len(shards)
    assert stored(log) == rows
    check_parts(log)


def test_consumed_files_are_deleted_after_the_grace_and_orphans_at_once(log: Log) -> None:
    write(log, a_path("visit 09:00"))
    log.compact()
    (log.layout.parts / "0000-orphan-L0-0000.parquet").write_bytes(b"half made")
    (log.layout.parts / "0000-orphan-L0-0000.path.tmp").write_bytes(b"half made")
    assert len(list(log.layout.segments.glob("*.wal"))) == 1
    log.compactor().clean(grace_seconds=0)
    assert list(log.layout.segments.glob("*.wal")) == []
    assert sorted(path.suffix for path in log.layout.parts.iterdir()) == [".ids", ".parquet", ".path"]
    assert len(stored(log)) == 1


def test_one_compaction_at_a_time(log: Log) -> None:
    write(log, a_path("visit 09:00"))
    with exclusive(log.layout.lock, wait=False), pytest.raises(LogBusy, match="Another process"):
        log.compact()
    assert log.compact().rows == 1


def test_writers_readers_and_a_compactor_at_once(log: Log) -> None:
    stop = threading.Event()
    counts: list[list[int]] = [[], []]
    failures: list[BaseException] = []

    def read(seen: list[int]) -> None:
        try:
            while not stop.is_set():
                seen.append(log.sql("select count(*) from events").one()[0])
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)

    def write_many(customer: str) -> None:
        with log.writer() as writer:
            for minute in range(40):
                writer.append(an_event(f"step{minute}", f"2026-03-21T09:{minute:02d}", customer=customer))
                writer.sync()
                writer.roll_if_due()
                if minute % 10 == 0:
                    log.ask_to_seal()

    readers = [threading.Thread(target=read, args=(seen,)) for seen in counts]
    writers = [threading.Thread(target=write_many, args=(f"c{number}",)) for number in range(3)]
    for thread in [*readers, *writers]:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        log.compact()
    stop.set()
    for thread in readers:
        thread.join()
    assert failures == []
    assert all(seen == sorted(seen) for seen in counts)
    assert log.sql("select count(*), count(distinct event_id) from events").one() == (120, 120)


def test_version_changes_with_what_is_visible(log: Log) -> None:
    empty = log.version
    assert log.version == empty
    write(log, a_path("visit 09:00"))
    tail = log.version
    assert tail != empty
    log.compact()
    assert log.version not in {empty, tail}


def test_info_of_an_empty_and_a_filled_log(log: Log) -> None:
    assert (log.info().events, log.info().first_at, log.info().parts) == (0, None, 0)
    write(log, a_path("visit 09:00 > pay 3d 17:00"))
    log.compact()
    info = log.info()
    assert (info.events, info.shards, info.parts) == (2, 4, 1)
    assert info.first_at == datetime(2026, 3, 21, 9, tzinfo=UTC)
    assert info.last_at == datetime(2026, 3, 24, 17, tzinfo=UTC)
    assert info.parquet_bytes > 0
    assert info.index_bytes > 0


def test_opening_what_is_not_there_and_odd_shard_counts(tmp_path: Path) -> None:
    with pytest.raises(LogMissing, match="no log"):
        Log.open(tmp_path)
    for count in (0, 3, 8192):
        with pytest.raises(ShardCountRefused):
            Log.create(tmp_path / "log", shard_count=count)
    assert not (tmp_path / "log").exists()
    with Log.create(tmp_path / "log", shard_count=2), Log.create(tmp_path / "log", shard_count=16) as again:
        assert again.manifest.shard_count == 2


def test_sql_reads_events_and_nothing_else(log: Log, tmp_path: Path) -> None:
    write(log, a_path("visit 09:00"))
    log.compact()
    assert log.sql("select count(*) from events where event_name = ?", ["visit"]).one() == (1,)
    assert log.sql("select count(*) from events where event_name = $name", {"name": "pay"}).one() == (0,)
    assert log.sql("describe events").columns()["column_name"][:3] == [
        "event_id",
        "customer_id",
        "original_id",
    ]
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    part = log.layout.parquet(log.manifest.snapshot().parts[0].name)
    for query in (
        f"select * from read_csv('{secret}')",
        f"select * from '{log.layout.manifest}'",
        "select 1; select 2",
        f"copy (select 1) to '{part}'",
        f"explain analyze copy (select 1) to '{log.layout.scratch}/out.csv'",
        "/**/ explain analyze copy (select 1) to 'out.csv'",
        "create table t as select 1",
        "attach ':memory:' as other",
        "install httpfs",
        "set enable_external_access = true",
        "selec",
        "select nothing from events",
        "",
    ):
        with pytest.raises(QueryRefused):
            log.sql(query)
    with pytest.raises(QueryRefused, match=r"^The query cannot be read\. Parser Error: .*selec"):
        log.sql("selec")
    with pytest.raises(QueryRefused, match=r"^The query cannot be answered\. Binder Error: .*nothing"):
        log.sql("select nothing from events")
    hidden = an_event("python", "2026-03-21T09:00")
    assert hidden is not None
    with pytest.raises(QueryRefused):
        log.sql("select * from hidden")
    assert part.stat().st_size == log.manifest.snapshot().parts[0].bytes
    assert list(log.layout.scratch.iterdir()) == []
    assert len(log.sql("explain analyze (format json) select count(*) from events")) == 1


def test_properties_are_read_as_json_and_may_change_their_type(log: Log) -> None:
    write(
        log,
        an_event("pay", "2026-03-21T09:00", properties={"total": 12, "کالا": {"name": "چای"}}),
        an_event("pay", "2026-03-21T09:01", properties={"total": "12,5"}),
    )
    log.compact()
    write(log, an_event("pay", "2026-03-21T09:02", properties={"new": [1, None]}))
    rows = log.sql(
        "select properties->>'$.total', properties->>'$.کالا.name', properties->'$.new' from events order by sequence"
    ).rows()
    assert rows == [("12", "چای", None), ("12,5", None, None), (None, None, "[1,null]")]


def test_timeline_is_newest_first_and_pages_by_key(log: Log) -> None:
    for day in range(1, 8):
        write(log, a_path("visit 09:00 > cart 09:00 > pay 09:20", on=f"2026-03-{day:02d}", customer="sara"))
        write(log, a_path("visit 09:00", on=f"2026-03-{day:02d}", customer="sarah"))
        if day % 2:
            log.compact()
    seen = []
    before = None
    while page := log.timeline("sara", before=before, limit=4):
        seen += page
        before = (page[-1].occurred_at, page[-1].sequence)
    assert [(event.occurred_at, event.sequence) for event in seen] == sorted(
        ((event.occurred_at, event.sequence) for event in seen), reverse=True
    )
    assert len(seen) == 21
    assert {event.original_id for event in seen} == {"sara"}
    assert seen[0].event_name == "pay"
    assert log.timeline("nobody") == []


def test_the_tail_grows_by_what_is_new_and_stays_exact(log: Log) -> None:
    first, second = a_path("visit 09:00 > cart 09:05"), a_path("pay 09:20 > rate 3d 10:00")
    with log.writer() as one, log.writer() as other:
        one.append(first)
        one.sync()
        assert len(stored(log)) == 2
        other.append(together(second, first))
        other.sync()
        assert [name for _, name, _ in stored(log)] == ["visit", "cart", "pay", "rate"]
        one.append(together(first, second))
        one.sync()
        assert [name for _, name, _ in stored(log)] == ["visit", "cart", "pay", "rate"]
        assert log.sql("select sequence from events order by 1").columns() == {"sequence": [0, 1, 2, 3]}
    log.compact()
    assert [name for _, name, _ in stored(log)] == ["visit", "cart", "pay", "rate"]


def test_a_damaged_segment_is_kept_for_the_doctor_however_the_compaction_ends(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(log, a_path("visit 09:00"))
    with log.writer() as writer:
        for name in ("a", "b", "c"):
            writer.append(an_event(name, "2026-03-21T09:00"))
            writer.sync()
    newest = max(log.layout.segments.glob("*.wal"))
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(data)
    with monkeypatch.context() as patched:

        def dies(change: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(log.manifest, "apply", dies)
        with pytest.raises(KeyboardInterrupt):
            log.compact()
    report = log.compact()
    assert (report.rows, report.damaged) == (3, 1)
    log.compactor().clean(grace_seconds=0)
    (kept,) = log.layout.segments.iterdir()
    assert kept.name == f"{newest.stem}.damaged"
    assert kept.read_bytes() == data
    assert [name for _, name, _ in stored(log)] == ["visit", "a", "c"]


def test_closing_waits_for_no_answer_and_breaks_none(tmp_path: Path) -> None:
    """Who asks reads on to the end of his answer; who closes is not held up."""
    answers = []
    with Log.create(tmp_path / "log", shard_count=1) as log:
        write(log, a_path("visit 09:00", customer="c1"))
        asking = threading.Thread(
            target=lambda: answers.extend(log.sql("select sum(range) from range(1000000000)").rows())
        )
        asking.start()
        asking.join(0.2)
        log.close()
        assert asking.is_alive(), "the answer was there before the log was closed: nothing is shown"
    asking.join(120)
    assert answers == [(499999999500000000,)]
