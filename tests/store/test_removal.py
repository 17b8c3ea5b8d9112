"""Taking a source out: all of its events and nothing else, in one step, so that they can come again."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_path, an_event, paths, together
from logs import files_of, ids_of, stored, stored_ids, troubles, write
from safar.store import compaction, ids, parts
from safar.store.ids import IdRun, hash_ids, write_run
from safar.store.log import Log
from safar.store.removal import RemovalReport
from safar.store.rewrite import Rewriter
from safar.store.segment import WriterStillWriting
from safar.vocabulary.event import EventColumns, new_event_ids


@pytest.fixture
def log(tmp_path: Path) -> Log:
    with Log.create(tmp_path / "log", shard_count=4) as made:
        yield made


def of_source(source: str, *customers: str) -> EventColumns:
    return together(
        *(
            a_path("visit 09:00 > pay 09:20 2500 IRR", customer=text, source=source, channel=source)
            for text in customers
        )
    )


def test_a_removed_import_is_gone_and_nothing_else(log: Log) -> None:
    write(log, of_source("key:web", "sara", "omid"), of_source("import:7", "sara", "zahra"))
    log.compact()
    write(log, of_source("import:7", "leila"), of_source("import:77", "leila"))
    expected = log.sql("select * from events where source <> 'import:7' order by sequence").rows()
    version = log.version
    report = log.remove_source("import:7")
    assert report.events == 6
    assert log.sql("select * from events order by sequence").rows() == expected
    assert log.version != version
    assert troubles(log.layout.folder) == []


def test_a_removed_import_can_be_imported_again(log: Log) -> None:
    batch = of_source("import:7", "sara", "zahra")
    write(log, batch)
    log.compact()
    log.remove_source("import:7")
    assert log.sql("select count(*) from events").one() == (0,)
    assert (log.manifest.snapshot().parts, log.manifest.snapshot().runs) == ((), ())
    write(log, batch, batch)
    assert log.compact().rows == 4
    assert stored_ids(log) == ids_of(batch)
    assert troubles(log.layout.folder) == []


def test_a_source_that_is_not_there_changes_nothing(log: Log) -> None:
    write(log, of_source("key:web", "sara"))
    log.compact()
    before = files_of(log.layout.parts)
    generation = log.manifest.generation
    assert log.remove_source("import:7") == RemovalReport(0, 0, 0, 0)
    assert files_of(log.layout.parts) == before
    assert log.manifest.generation == generation


def test_parts_without_the_source_are_left_alone(log: Log) -> None:
    write(log, of_source("key:web", "sara", "omid", "zahra"))
    log.compact()
    untouched = {part.name for part in log.manifest.snapshot().parts}
    write(log, of_source("import:7", "sara", "omid"))
    log.compact()
    report = log.remove_source("import:7")
    assert {part.name for part in log.manifest.snapshot().parts} == untouched
    assert (report.parts_rewritten, report.events) == (0, 4)
    assert report.parts_dropped > 0
    assert report.bytes_freed > 0


def test_event_names_that_only_the_source_used_leave_the_path_index(log: Log) -> None:
    write(
        log,
        together(an_event("visit", "2026-03-21T09:00"), an_event("secret", "2026-03-21T09:01", source="x")),
    )
    log.compact()
    log.remove_source("x")
    log.compactor().clean(grace_seconds=0)
    assert [name for name, data in files_of(log.layout.folder).items() if b"secret" in data] == []


def test_readers_see_the_log_before_or_after_and_never_between(log: Log) -> None:
    for day in range(1, 9):
        write(
            log,
            *(of_source(source, *(f"c{n}" for n in range(20))) for source in ("key:web", f"import:{day}")),
        )
        log.compact()
    counts: set[int] = set()
    stop = threading.Event()
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                counts.add(log.sql("select count(*) from events").one()[0])
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    start = log.info().events
    for day in range(1, 9):
        log.remove_source(f"import:{day}")
        log.compactor().clean(grace_seconds=0)
    stop.set()
    reader.join()
    assert failures == []
    assert counts <= {start - 40 * done for done in range(9)}


def test_a_writer_that_does_not_seal_is_named_and_nothing_happens(log: Log) -> None:
    write(log, of_source("import:7", "sara"))
    with log.writer() as writer:
        writer.append(of_source("import:7", "omid"))
        writer.sync()
        with pytest.raises(WriterStillWriting):
            log.remove_source("import:7", seal_seconds=0.05)
        assert len(stored(log)) == 4
    assert log.remove_source("import:7").events == 4


def test_a_failure_half_way_leaves_the_log_as_it_was(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        log,
        of_source("key:web", "sara", "omid", "zahra", "leila"),
        of_source("import:7", "sara", "omid", "zahra"),
    )
    log.compact()
    before = (stored(log), files_of(log.layout.parts))
    finish = parts.PartWriter.finish
    finished = []

    def fails_at_the_second(writer: parts.PartWriter) -> object:
        if finished:
            raise OSError(5, "Input/output error")
        finished.append(writer.name)
        return finish(writer)

    with monkeypatch.context() as patched:
        patched.setattr(parts.PartWriter, "finish", fails_at_the_second)
        with pytest.raises(OSError, match="Input/output"):
            log.remove_source("import:7")
    assert (stored(log), files_of(log.layout.parts)) == before
    assert log.remove_source("import:7").events == 6


sources = st.sampled_from(["key:web", "import:1", "import:2"])
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"),
            st.lists(
                st.tuples(sources, st.sampled_from(["c1", "c10", "سارا"]), st.integers(0, 9)), max_size=9
            ),
        ),
        st.tuples(st.just("compact"), st.booleans()),
        st.tuples(st.just("remove"), sources),
    ),
    max_size=12,
)


@settings(max_examples=30)
@given(steps)
def test_any_history_with_removals_keeps_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, object]]
) -> None:
    kept: dict[bytes, str] = {}
    with (
        pytest.MonkeyPatch.context() as patched,
        Log.create(tmp_path_factory.mktemp("history") / "log", shard_count=2) as log,
    ):
        patched.setattr(parts, "ROW_GROUP_ROWS", 3)
        patched.setattr(compaction, "_MERGE_ROWS", 4)
        patched.setattr(compaction, "_RUN_FANOUT", 3)
        for verb, what in history:
            if verb == "write":
                for source, customer, minute in what:  # type: ignore[attr-defined]
                    event = an_event(
                        "visit", f"2026-03-21T09:0{minute}", customer=customer, source=source, channel=source
                    )
                    kept.setdefault(ids_of(event)[0], source)
                    write(log, event)
            elif verb == "compact":
                log.compact(settle=bool(what))
            else:
                removed = log.remove_source(str(what))
                gone = [key for key, source in kept.items() if source == what]
                assert removed.events == len(gone)
                for key in gone:
                    del kept[key]
        assert stored_ids(log) == list(kept)
        log.compact()
        assert stored_ids(log) == list(kept)
        assert troubles(log.layout.folder) == []


@pytest.mark.parametrize("count", [1, 100, 5000])
@pytest.mark.parametrize("large", [False, True])
def test_a_run_without_some_ids_knows_all_the_others(
    tmp_path: Path, count: int, large: bool, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    monkeypatch.setattr(ids, "_LARGE", 0 if large else 1 << 20)
    hashes = np.sort(hash_ids(new_event_ids(count)))
    write_run(tmp_path / "a.ids", hashes)
    leaving = rng.random(count) < 0.4
    run = IdRun.open(tmp_path / "a.ids")
    places = run.places_of(np.sort(np.concatenate([hashes[leaving], hash_ids(new_event_ids(50))])))
    assert (places >= 0).sum() == leaving.sum()
    assert run.write_without(tmp_path / "b.ids", places[places >= 0]) == count - leaving.sum()
    rest = IdRun.open(tmp_path / "b.ids")
    known = np.zeros(count, dtype=np.bool_)
    rest.mark_known(hashes, known)
    assert (known == ~leaving).all()


def test_of_two_ids_that_a_run_cannot_tell_apart_one_stays_when_one_leaves(tmp_path: Path) -> None:
    alike = np.array([0xABCD << 48, (0xABCD << 48) + 1, 7 << 48], dtype=np.uint64)
    write_run(tmp_path / "a.ids", alike, precision=16)
    run = IdRun.open(tmp_path / "a.ids")
    assert sorted(run.places_of(alike).tolist()) == [0, 1, 2]
    assert run.write_without(tmp_path / "b.ids", run.places_of(alike[1:2])) == 2
    known = np.zeros(3, dtype=np.bool_)
    IdRun.open(tmp_path / "b.ids").mark_known(alike, known)
    assert known.tolist() == [True, True, True]


def test_an_id_that_seems_to_stand_in_two_runs_leaves_neither(log: Log) -> None:
    """The other run may hold the like of it to a cut hash: forgetting that one could count an event twice."""
    write(log, of_source("key:web", "sara"), of_source("import:7", "omid"))
    log.compact()
    write(log, of_source("key:web", "zahra", "leila", "reza"))
    log.compact()
    first, second = log.manifest.snapshot().runs
    foreign = IdRun.open(log.layout.run(second)).hashes()
    own = IdRun.open(log.layout.run(first)).hashes()
    doubled = hash_ids(of_source("import:7", "omid").event_id)[:1]
    write_run(log.layout.run(second), np.concatenate([foreign, doubled]))
    assert log.remove_source("import:7").events == 2
    runs = [IdRun.open(log.layout.run(name)).hashes() for name in log.manifest.snapshot().runs]
    assert sorted(map(len, runs)) == [3, 7]
    assert {int(doubled[0])} <= set(runs[0].tolist()) & set(runs[1].tolist())
    assert set(own.tolist()) - set(np.concatenate(runs).tolist()) != set()


def test_an_amendment_changes_rows_that_stay(log: Log) -> None:
    from safar.store.rewrite import Amendment, OfSource  # noqa: PLC0415

    write(log, paths({"sara": "visit 09:00", "omid": "visit 10:00"}))
    log.compact()
    names = frozenset(part.name for part in log.manifest.snapshot().parts)
    place = parts._FILE_SCHEMA.get_field_index("event_name")
    import pyarrow as pa  # noqa: PLC0415

    with log.alone():
        done = Rewriter(log.layout, log.manifest).remove(
            OfSource("none"),
            Amendment(
                names, lambda rows: rows.set_column(place, "event_name", pa.array(["seen"] * rows.num_rows))
            ),
        )
    assert (done.rows, done.parts_rewritten) == (0, len(names))
    assert stored(log) == [("sara", "seen"), ("omid", "seen")]
    assert troubles(log.layout.folder) == []
