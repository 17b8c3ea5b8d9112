"""Forgetting by age: a day's end to the microsecond, whole parts unread, ids that may come again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import an_event, together
from logs import stored, stored_ids, troubles, write
from safar.store import rewrite
from safar.store.ids import IdRun
from safar.store.log import Log
from safar.store.retention import InstantRefused, RetentionReport

NEW_YEAR = datetime(2026, 3, 20, 20, 30, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    with Log.create(tmp_path / "log", shard_count=2) as made:
        yield made


def test_what_occurred_at_the_instant_itself_stays(log: Log) -> None:
    tick = timedelta(microseconds=1)
    write(
        log,
        together(
            an_event("before", NEW_YEAR - tick), an_event("at", NEW_YEAR), an_event("after", NEW_YEAR + tick)
        ),
    )
    report = log.forget_before(NEW_YEAR)
    assert stored(log) == [("c1", "at"), ("c1", "after")]
    assert (report.before, report.events, report.parts_rewritten, report.parts_dropped) == (NEW_YEAR, 1, 1, 0)
    assert troubles(log.layout.folder) == []


def test_parts_that_are_old_as_a_whole_go_unread(log: Log) -> None:
    write(log, an_event("old", NEW_YEAR - timedelta(days=400)))
    log.compact()
    (old,) = log.manifest.snapshot().parts
    write(log, an_event("new", NEW_YEAR))
    log.compact()
    log.layout.parquet(old.name).write_bytes(b"nobody reads this")
    log.layout.parquet(old.name).chmod(0)
    assert log.forget_before(NEW_YEAR) == RetentionReport(NEW_YEAR, 1, 0, 1, old.bytes)
    assert stored(log) == [("c1", "new")]


def test_forgetting_twice_is_forgetting_once(log: Log) -> None:
    write(log, an_event("old", NEW_YEAR - timedelta(days=1)), an_event("new", NEW_YEAR))
    assert log.forget_before(NEW_YEAR).events == 1
    generation = log.manifest.generation
    assert log.forget_before(NEW_YEAR).events == 0
    assert log.manifest.generation == generation


@pytest.mark.parametrize("refused", [datetime(2026, 3, 21), datetime.now(UTC) + timedelta(hours=1)])  # noqa: DTZ001
def test_an_instant_without_zone_or_to_come_is_refused(log: Log, refused: datetime) -> None:
    write(log, an_event("visit", NEW_YEAR))
    with pytest.raises(InstantRefused, match=re.escape(refused.isoformat())):
        log.forget_before(refused)
    assert len(stored(log)) == 1


def test_what_is_being_written_waits_for_the_next_time(log: Log) -> None:
    with log.writer() as writer:
        writer.append(an_event("old", NEW_YEAR - timedelta(days=1)))
        writer.sync()
        assert log.forget_before(NEW_YEAR).events == 0
    assert log.forget_before(NEW_YEAR).events == 1


def test_runs_that_know_mostly_what_is_forgotten_are_made_anew(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrite, "_RUN_ROWS", 2)
    for day in range(10):
        write(log, an_event("old", NEW_YEAR - timedelta(days=100 - day), customer=f"c{day}"))
        log.compact(settle=True)
    fresh = [
        an_event("new", NEW_YEAR + timedelta(minutes=number), customer=f"c{number}") for number in range(5)
    ]
    write(log, together(*fresh))
    log.compact()
    log.forget_before(NEW_YEAR)
    runs = [IdRun.open(log.layout.run(name)).hashes() for name in log.manifest.snapshot().runs]
    assert sum(map(len, runs)) == 5
    assert len(runs) > 1
    assert troubles(log.layout.folder) == []
    write(log, *fresh)
    assert log.compact().duplicates == 5


@settings(max_examples=25)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=8), max_size=6),
    st.integers(0, 31),
    st.booleans(),
)
def test_only_the_young_remain_whatever_the_parts(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]], cut: int, settle: bool
) -> None:
    with Log.create(tmp_path_factory.mktemp("history") / "log", shard_count=2) as log:
        expected: dict[bytes, None] = {}
        for batch in batches:
            events = [
                an_event("visit", NEW_YEAR + timedelta(minutes=minute), customer=f"c{minute % 4}")
                for minute in batch
            ]
            for minute, event in zip(batch, events, strict=True):
                if minute >= cut:
                    expected.setdefault(event.event_id[0].tobytes())
            write(log, together(*events))
            log.compact()
        log.compact(settle=settle)
        log.forget_before(NEW_YEAR + timedelta(minutes=cut))
        assert stored_ids(log) == list(expected)
        assert troubles(log.layout.folder) == []
