"""Taking a source out: all of its events and nothing else, in one step, so that they can come again."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_path, an_event, paths, together
from logs import files_of, ids_of, stored, stored_ids, troubles, write
from safar.collect.identity import IdentityRules, Why
from safar.store import compaction, ids, parts, removal
from safar.store.identity import Identity
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
    assert log.remove_source("import:7") == RemovalReport(0, 0, 0, 0, 0)
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
    from safar.store.rewrite import Amendment, OfSource

    write(log, paths({"sara": "visit 09:00", "omid": "visit 10:00"}))
    log.compact()
    names = frozenset(part.name for part in log.manifest.snapshot().parts)
    place = parts._FILE_SCHEMA.get_field_index("event_name")
    import pyarrow as pa

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


def says(
    customer: str, source: str, *, anonymous: str = "", phone: str = "", previous: str = "", minute: int = 0
) -> EventColumns:
    said = {"$anonymous_id": anonymous, "phone": phone, "$previous_id": previous}
    return an_event(
        "alias" if previous else "identify",
        f"2026-03-21T09:{minute:02}",
        customer=customer,
        source=source,
        channel=source,
        properties={name: text for name, text in said.items() if text},
    )


def test_customers_whom_only_the_source_had_joined_come_apart(log: Log) -> None:
    write(log, of_source("key:web", "sara", "v1"), says("sara", "import:7", anonymous="v1"))
    log.compact()
    assert log.identity.ids_of("sara") == ["sara", "v1"]
    version = log.identity.version
    assert log.remove_source("import:7").ids_parted == 1
    assert (log.identity.ids_of("sara"), log.identity.ids_of("v1")) == (["sara"], ["v1"])
    assert log.sql("select distinct customer_id from events order by 1").columns() == {
        "customer_id": ["sara", "v1"]
    }
    assert log.identity.version != version
    story = [(entry.action, entry.why) for entry in log.identity.history("v1")]
    assert story == [("union", None), ("undo", Why.WITHDRAWN)]
    assert log.identity.problems() == []


def test_a_removed_source_that_comes_again_joins_again(log: Log) -> None:
    batch = together(says("sara", "import:7", anonymous="v1"), says("nima", "import:7", previous="old"))
    for _ in range(2):
        write(log, batch)
        log.compact()
        assert log.identity.aliases() == [("v1", "sara"), ("old", "nima")]
        assert log.remove_source("import:7").ids_parted == 2
        assert log.identity.aliases() == []
    assert [entry.action for entry in log.identity.history("old")] == ["union", "union", "undo", "undo"]


def test_what_another_source_says_too_stays_joined(log: Log) -> None:
    write(
        log,
        says("sara", "import:7", anonymous="v1"),
        says("sara", "import:7", phone="09123456781", minute=1),
        says("nima", "import:7", phone="09123456781", minute=1),
        says("b", "import:7", previous="a"),
    )
    write(
        log,
        says("sara", "key:web", anonymous="v1", minute=2),
        says("nima", "key:web", phone="۰۹۱۲۳۴۵۶۷۸۱", minute=2),
        says("a", "key:web", previous="b", minute=2),  # the same alias, the other way round
    )
    log.compact()
    assert log.identity.ids_of("sara") == ["sara", "v1", "nima"]
    assert log.remove_source("import:7").ids_parted == 1
    assert log.identity.ids_of("sara") == ["sara", "v1"]
    assert log.identity.ids_of("nima") == ["nima"]
    assert sorted(log.identity.ids_of("a")) == ["a", "b"]
    assert log.identity.problems() == []


def test_what_the_source_stood_in_the_way_of_is_decided_anew(log: Log) -> None:
    """A wrong first user, a wrong user id, and a flood that only the source filled."""
    write(
        log,
        says("wrong", "import:7", anonymous="kiosk"),
        says("app", "import:7"),
        *(says(f"u{number}", "import:7", phone="09123456781") for number in range(8)),
    )
    write(
        log,
        says("sara", "key:web", anonymous="kiosk", minute=1),
        says("nima", "key:web", anonymous="app", minute=1),
        says("reza", "key:web", phone="09123456781", minute=1),
        says("leila", "key:web", phone="09123456781", minute=1),
    )
    log.compact()
    assert log.identity.aliases() == [("kiosk", "wrong")]
    assert {refused.why for refused in log.identity.refusals()} == {
        Why.FLOOD,
        Why.SHARED_ANONYMOUS,
        Why.KNOWN_AS_ANONYMOUS,
    }
    assert log.remove_source("import:7").ids_parted == 1
    assert sorted(log.identity.aliases()) == [("app", "nima"), ("kiosk", "sara"), ("leila", "reza")]
    assert log.identity.refusals() == []
    assert log.identity.problems() == []


def test_a_person_that_has_become_smaller_has_room_again(log: Log) -> None:
    log.identity.rules = IdentityRules(most_ids=3)
    write(
        log,
        says("sara", "import:7", anonymous="v1"),
        says("sara", "import:7", anonymous="v2", minute=1),
        says("nima", "key:web", phone="09123456781", minute=2),
        says("sara", "key:web", phone="09123456781", minute=3),
    )
    log.compact()
    assert log.identity.aliases() == [("v1", "sara"), ("v2", "sara")]
    assert [refused.why for refused in log.identity.refusals()] == [Why.TOO_LARGE]
    assert log.remove_source("import:7").ids_parted == 2
    assert log.identity.aliases() == [("nima", "sara")]
    assert log.identity.refusals() == []
    assert [entry.action for entry in log.identity.history("nima")] == ["refusal", "union"]
    assert log.identity.problems() == []


def test_what_members_decided_stays(log: Log) -> None:
    batch = together(
        says("sara", "import:7", anonymous="v1"), says("sara", "import:7", anonymous="v2", minute=1)
    )
    write(log, batch)
    log.compact()
    log.identity.unmerge("sara", "v1", "reza")
    log.identity.merge("sara", "omid", "the same caller", "reza")
    assert log.remove_source("import:7").ids_parted == 1
    assert log.identity.ids_of("omid") == ["sara", "omid"]
    write(log, batch)
    log.compact()
    assert log.identity.ids_of("sara") == ["sara", "v2", "omid"]
    assert log.identity.problems() == []


def test_what_the_source_changed_nothing_about_is_left_as_it_is(log: Log) -> None:
    write(log, says("sara", "key:web", anonymous="kiosk"), says("b", "key:web", previous="a"))
    write(log, says("a", "key:web", previous="b"), says("nima", "import:7", anonymous="kiosk"))
    write(log, says("b", "import:7", previous="a", minute=1), says("reza", "key:web", anonymous="kiosk"))
    log.compact()
    before = [log.identity.history(text) for text in ("sara", "reza", "a")]
    assert log.remove_source("import:7").ids_parted == 0
    assert [log.identity.history(text) for text in ("sara", "reza", "a")] == before
    assert [refused.ids for refused in log.identity.refusals()] == [("kiosk", "reza")]


def test_forgetting_by_age_keeps_as_what_an_id_is_known(log: Log) -> None:
    write(log, says("b", "key:web", previous="a"))
    log.compact()
    log.forget_before(datetime(2026, 3, 22, tzinfo=UTC))
    write(log, says("b", "import:7", anonymous="v9"))
    log.compact()
    assert log.remove_source("import:7").ids_parted == 1
    assert log.identity.ids_of("a") == ["b", "a"]  # b is a user id still, a was never seen to be one


def test_forgetting_by_age_keeps_who_is_who(log: Log) -> None:
    write(log, says("sara", "import:7", anonymous="v1"))
    log.compact()
    assert log.forget_before(datetime(2026, 3, 22, tzinfo=UTC)).events == 1
    assert log.remove_source("import:7") == RemovalReport(0, 0, 0, 0, 0)
    assert log.identity.ids_of("sara") == ["sara", "v1"]


@pytest.mark.parametrize("step", ["remove", "withdraw"])
def test_a_death_between_the_steps_is_mended_by_removing_again(
    log: Log, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(log, says("sara", "import:7", anonymous="v1"), of_source("key:web", "sara"))
    log.compact()
    whose, name = (Rewriter, "remove") if step == "remove" else (Identity, "withdraw")

    def dies(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(whose, name, dies)
        with pytest.raises(OSError, match="Input/output"):
            log.remove_source("import:7")
    assert len(stored(log)) == 3
    assert log.identity.problems() == []
    assert log.remove_source("import:7").events == 1
    assert log.identity.aliases() == []
    assert len(log.identity.history("v1")) == 2


def test_a_source_too_great_for_memory_is_taken_back_piece_by_piece(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROW_GROUP_ROWS", 2)
    monkeypatch.setattr(removal, "LINKS_AT_ONCE", 1)
    write(log, *(says(f"c{number}", "import:7", phone="09123456781") for number in range(30)))
    write(log, says("sara", "key:web", phone="09123456781"), says("omid", "key:web", phone="09123456781"))
    log.compact()
    assert log.identity.aliases() == []
    log.remove_source("import:7")
    assert log.identity.aliases() in ([("omid", "sara")], [("sara", "omid")])
    assert (log.identity.refusals(), log.identity.problems()) == ([], [])


# No anonymous id has two users here, and nobody has many ids: the order then does not matter.
statements = st.sampled_from(
    [
        *(("anonymous", pair) for pair in (("u1", "a1"), ("u2", "u3"), ("u3", "a1x"))),
        *(("phone", (customer, "09123456781")) for customer in ("u1", "u2", "u3", "u4")),
        *(("previous", pair) for pair in (("u1", "old"), ("u2", "old"), ("u4", "old"), ("old", "u1"))),
        *(("previous", pair) for pair in (("u3", "a1"), ("u4", "u3"), ("u3", "u4"))),
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["key:web", "import:7"]), statements), min_size=1, max_size=24))
def test_without_a_source_identity_is_that_of_the_others_alone(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, tuple[str, tuple[str, str]]]]
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    rules = IdentityRules(most_sharing=2)
    with (
        Log.create(folder / "log", shard_count=1) as log,
        Log.create(folder / "alone", shard_count=1) as alone,
    ):
        log.identity.rules = alone.identity.rules = rules
        for minute, (source, (kind, (customer, what))) in enumerate(said):
            event = says(customer, source, minute=minute, **{kind: what})
            for each in (log, alone) if source == "key:web" else (log,):
                write(each, event)
        log.compact()
        alone.compact()
        joined = persons(log.identity)
        report = log.remove_source("import:7")
        assert persons(log.identity) == persons(alone.identity)
        assert log.identity.problems() == []
        flags = "SELECT id, flags FROM node WHERE flags > 0 ORDER BY id"
        assert _asked(log, flags) == _asked(alone, flags)
        floods = "SELECT count(*) FROM flood"
        assert _asked(log, floods) == _asked(alone, floods)
        if joined == persons(alone.identity):
            assert report.ids_parted == 0
        assert log.remove_source("import:7").ids_parted == 0


def persons(identity: Identity) -> set[frozenset[str]]:
    return {frozenset(identity.ids_of(customer_id)) for customer_id, _ in identity.aliases()}


def _asked(log: Log, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(log.layout.folder / "identity.sqlite")) as connection:
        return connection.execute(query).fetchall()
