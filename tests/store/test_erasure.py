"""Erasing a person: nothing of them is left in any byte, and nothing of anybody else is lost."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_path, an_event, together
from logs import files_of, ids_of, stored, stored_ids, troubles, write
from safar.collect.import_record import ImportBusy, ImportFolder
from safar.store import compaction, parts
from safar.store.erasure import ErasureIncomplete, ErasureProof, erase_customer
from safar.store.home import Home
from safar.store.log import Log
from safar.store.needles import Needles, apart
from safar.store.registry import UnknownWorkspace
from safar.store.segment import MAGIC, WriterStillWriting
from safar.store.traces import Mentions, forms_of, names_one, value_forms
from safar.vocabulary.event import EventColumns

EMAIL = "Leila.Karimi+shop@Mail.example.ir"
PHONE = "۰۹۳۵ ۴۴۴ ۱۷۲۸"
VERBATIM = "بسته‌ام خیس رسید و دو کتاب گلی بود"


@pytest.fixture
def log(tmp_path: Path) -> Log:
    with Log.create(tmp_path / "log", shard_count=4) as made:
        yield made


def of_leila() -> EventColumns:
    """A person of two ids, with values that nobody else has and some that others have too."""
    return together(
        an_event(
            "visit",
            "2026-03-21T09:00",
            customer="anon-77ab12",
            properties={"url": "/chai", "coupon": "LEILA-19"},
        ),
        an_event(
            "identify",
            "2026-03-21T09:01",
            customer="leila-4711",
            properties={"$anonymous_id": "anon-77ab12", "email": EMAIL, "phone": PHONE},
        ),
        an_event(
            "survey_answered", "2026-03-21T09:02", customer="leila-4711", properties={"verbatim": VERBATIM}
        ),
        an_event(
            "only leila does this", "2026-03-21T09:03", customer="leila-4711", properties={"city": "Esfahan"}
        ),
    )


def of_others(count: int = 30) -> EventColumns:
    return together(
        *(
            an_event(
                name,
                f"2026-03-21T1{minute}:00",
                customer=f"c{number}",
                properties={"city": "Esfahan", "url": "/chai"},
            )
            for number in range(count)
            for minute, name in enumerate(("visit", "pay"))
        )
    )


def traces(folder: Path, *texts: str) -> list[tuple[str, str]]:
    """Return which texts stand in the bytes of which files, read plainly."""
    forms = [(text, form) for text in texts for form in (text.encode(), json.dumps(text)[1:-1].encode())]
    return [(name, text) for name, data in files_of(folder).items() for text, form in forms if form in data]


EVERYTHING = (
    "leila-4711",
    "anon-77ab12",
    "LEILA-19",
    EMAIL,
    EMAIL.lower(),
    PHONE,
    "+989354441728",
    VERBATIM,
    "only leila does this",
)


def test_an_erased_person_leaves_no_byte_and_nobody_else_loses_one(log: Log) -> None:
    write(log, of_others(15), of_leila())
    log.compact()
    write(log, of_others(), of_leila())
    expected = log.sql(
        "select * from events where original_id not in ('leila-4711', 'anon-77ab12') order by sequence"
    ).rows()
    assert traces(log.layout.folder, "leila-4711")
    proof = log.erase("anon-77ab12")
    assert traces(log.layout.folder, *EVERYTHING) == []
    assert log.sql("select * from events order by sequence").rows() == expected
    assert log.timeline("leila-4711") == []
    assert (proof.events_removed, proof.mentions_removed, proof.matches) == (4, 0, 0)
    assert proof.rows_searched == len(expected) == 60
    assert troubles(log.layout.folder) == []


def test_the_proof_names_the_ids_to_those_who_know_them_only(log: Log) -> None:
    write(log, of_leila(), of_others(3))
    before = datetime.now(UTC)
    proof = log.erase("leila-4711")
    assert [proof.is_of(text) for text in ("leila-4711", "anon-77ab12", "c1")] == [True, True, False]
    said = json.dumps(proof.as_json())
    assert not any(text in said for text in EVERYTHING)
    assert before <= proof.erased_at <= datetime.now(UTC)
    searched = [path for path in log.layout.folder.rglob("*") if path.is_file()]
    assert proof.files_searched == len(searched)
    assert proof.bytes_searched >= sum(
        path.stat().st_size for path in searched if not path.name.endswith((".sqlite-shm", ".sqlite-wal"))
    )
    assert json.loads(said)["texts_sought"] == proof.texts_sought > 8
    assert proof.texts_shared == 1  # Esfahan


def test_erasing_again_finds_nothing_and_an_unknown_id_is_searched_for(log: Log) -> None:
    write(log, of_others(3))
    first = log.erase("nobody-at-all-17")
    assert (first.events_removed, first.parts_rewritten, first.parts_dropped) == (0, 0, 0)
    assert first.rows_searched == 6
    assert log.erase("nobody-at-all-17").is_of("nobody-at-all-17")
    assert len(stored(log)) == 6


def test_the_same_events_can_come_again_and_are_new(log: Log) -> None:
    write(log, of_leila(), of_others(2))
    log.erase("leila-4711")
    write(log, of_leila())
    assert log.compact().duplicates == 0
    assert len(stored(log)) == 8
    assert log.identity.ids_of("leila-4711") == ["leila-4711", "anon-77ab12"]
    log.erase("leila-4711")
    assert traces(log.layout.folder, *EVERYTHING) == []


def test_an_id_in_somebody_elses_event_is_taken_out_of_it(log: Log) -> None:
    write(
        log,
        of_leila(),
        an_event(
            "invite", "2026-03-21T09:00", customer="omid", properties={"friend": "leila-4711", "kind": "tea"}
        ),
        an_event(
            "share", "2026-03-21T09:01", customer="omid", properties={"to": ["x", f"see {EMAIL}, she knows"]}
        ),
        an_event("visit", "2026-03-21T09:02", customer="omid", properties={"friend": "leila-47112"}),
    )
    log.compact()
    proof = log.erase(EMAIL)
    assert proof.events_removed == 0
    proof = log.erase("leila-4711")
    assert (proof.events_removed, proof.mentions_removed) == (4, 1)
    rows = log.sql(
        "select event_name, properties from events where original_id = 'omid' order by sequence"
    ).rows()
    assert [(name, json.loads(text)) for name, text in rows] == [
        ("invite", {"friend": "erased", "kind": "tea"}),
        ("share", {"to": ["x", "see erased, she knows"]}),
        ("visit", {"friend": "leila-47112"}),
    ]
    assert troubles(log.layout.folder) == []


def test_an_id_that_is_a_plain_word_or_number_harms_nobody_elses_events(log: Log) -> None:
    others = [
        an_event(
            "visit", "2026-03-21T09:00", customer="omid", properties={"city": "Tehran", "amount": 17850}
        ),
        an_event("pay", "2026-03-21T09:01", customer="17851", properties={"order": "17850", "sku": "x17850"}),
    ]
    write(log, *others, an_event("visit", "2026-03-21T09:02", customer="Tehran"))
    write(
        log,
        an_event("visit", "2026-03-21T09:02", customer="17850", properties={"note": "prefers the evening"}),
    )
    for customer_id in ("Tehran", "17850"):
        proof = log.erase(customer_id)
        assert (proof.events_removed, proof.mentions_removed) == (1, 0)
    assert stored_ids(log) == [row for event in others for row in ids_of(event)]
    assert traces(log.layout.folder, "prefers the evening") == []
    rows = log.sql("select properties from events order by sequence").columns()["properties"]
    assert rows == [event.properties[0] for event in others]


def test_an_anonymous_id_of_another_person_s_event_is_taken_out_whatever_it_looks_like(log: Log) -> None:
    """The claim was refused (a shared computer), so the id is not the other person's, but stands in the event."""
    for minute, customer in enumerate(["sara", "omid"]):
        said = {"$anonymous_id": "17", "plan": "17"}
        write(log, an_event("identify", f"2026-03-21T09:0{minute}", customer=customer, properties=said))
    log.compact()
    assert log.identity.ids_of("17") == ["sara", "17"]
    proof = log.erase("17")
    assert (proof.events_removed, proof.mentions_removed) == (1, 1)
    ((customer, properties),) = log.sql("select original_id, properties from events").rows()
    assert (customer, json.loads(properties)) == ("omid", {"$anonymous_id": None, "plan": "17"})


def test_what_arrives_while_a_person_is_erased_is_new_and_not_searched(log: Log) -> None:
    write(log, of_leila(), of_others(3))
    with log.writer() as writer:
        writer.append(of_others(1))
        writer.sync()
        asked = threading.Thread(target=lambda: answers.append(log.erase("leila-4711", seal_seconds=20)))
        answers: list[ErasureProof] = []
        asked.start()
        deadline = datetime.now(UTC) + timedelta(seconds=15)
        later = an_event("visit", "2026-03-22T09:00", customer="leila-4711")
        while asked.is_alive() and datetime.now(UTC) < deadline:
            if writer.roll_if_due():
                writer.append(later)
                writer.sync()
                break
        asked.join()
        (proof,) = answers
        assert proof.events_removed == 4
        assert [row for row in stored(log) if row[0] == "leila-4711"] == [("leila-4711", "visit")]
    assert stored_ids(log)[-1:] == ids_of(later)


def test_a_writer_that_does_not_seal_is_named_and_nothing_is_erased(log: Log) -> None:
    write(log, of_leila())
    with log.writer() as writer:
        writer.append(of_others(1))
        writer.sync()
        with pytest.raises(WriterStillWriting):
            log.erase("leila-4711", seal_seconds=0.05)
        assert len(stored(log)) == 6


def test_readers_go_on_while_files_vanish_under_them(log: Log) -> None:
    for day in range(1, 13):
        write(
            log,
            *(
                a_path("visit 09:00 > pay 09:20", customer=f"p{day}-{n}", on=f"2026-04-{day:02d}")
                for n in range(9)
            ),
        )
        log.compact()
    stop = threading.Event()
    failures: list[BaseException] = []
    counts: list[int] = []

    def read() -> None:
        try:
            while not stop.is_set():
                counts.append(log.sql("select count(*) from events").one()[0])
                log.timeline("p1-1")
                assert log.version
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for day in range(2, 13):
        log.erase(f"p{day}-3")
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert set(counts) <= set(range(194, 217, 2))
    assert log.sql("select count(*) from events").one() == (194,)


def test_leftovers_of_every_kind_are_cleared_or_named(log: Log) -> None:
    write(log, of_leila(), of_others(3))
    log.compact()
    (part,) = [
        p for p in log.manifest.snapshot().parts if b"leila-4711" in log.layout.parquet(p.name).read_bytes()
    ][:1]
    old = log.layout.parquet(part.name).read_bytes()
    (log.layout.parts / "0000000000000000-half.parquet.tmp").write_bytes(old)
    (log.layout.segments / "1-1-a.damaged").write_bytes(b"...leila-4711...")
    (log.layout.segments / "1-1-b.damaged").write_bytes(b"...omid...")
    (log.layout.scratch / "duckdb_temp_storage-0.tmp").write_bytes(b"spilled leila-4711")
    (log.layout.folder / "notes.txt").write_text(f"call {EMAIL}")
    with pytest.raises(ErasureIncomplete, match=r"notes\.txt") as caught:
        log.erase("leila-4711")
    assert caught.value.context["files"] == [str(log.layout.folder / "notes.txt")]
    assert sorted(path.name for path in log.layout.segments.glob("*.damaged")) == ["1-1-b.damaged"]
    (log.layout.folder / "notes.txt").unlink()
    assert log.erase("leila-4711").events_removed == 0
    assert traces(log.layout.folder, *EVERYTHING) == []


@pytest.mark.parametrize("where", ["parquet", "path", "database", "segment"])
def test_whatever_is_left_behind_is_found(log: Log, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way of forgetting a trace is caught by the search: here the erasure is made to forget one."""
    write(log, of_leila(), of_others(3))
    log.compact()
    if where == "database":
        monkeypatch.setattr(type(log.identity), "forget", lambda identity, ids: None)
    elif where == "segment":
        (name,) = log.manifest.snapshot().consumed
        kept = (log.layout.segments / f"{name}.wal").read_bytes()
        forget = type(log.identity).forget

        def forgets_and_leaves(identity: object, ids: object) -> None:
            forget(log.identity, ids)  # type: ignore[arg-type]
            (log.layout.segments / f"{name}.wal").write_bytes(kept)

        monkeypatch.setattr(type(log.identity), "forget", forgets_and_leaves)
    else:
        ending = f".{where}"
        unlink = Path.unlink

        def keeps(path: Path, missing_ok: bool = False) -> None:
            if path.suffix != ending:
                unlink(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", keeps)
    with pytest.raises(ErasureIncomplete) as caught:
        log.erase("leila-4711")
    suffixes = {Path(name).suffix for name in caught.value.context["files"]}  # type: ignore[union-attr]
    assert suffixes - {".sqlite-wal"} == {{"database": ".sqlite", "segment": ".wal"}.get(where, f".{where}")}


def test_a_rewritten_part_keeps_no_dictionary_entry_and_no_statistic_of_the_person(log: Log) -> None:
    import pyarrow.parquet as pq

    write(log, of_leila(), of_others(20))
    log.compact(settle=True)
    log.erase("leila-4711")
    for path in log.layout.parts.glob("*.parquet"):
        with pq.ParquetFile(path, read_dictionary=["customer_id", "event_name"]) as file:
            table = file.read(columns=["customer_id", "event_name"])
            for column in table.columns:
                for chunk in column.chunks:
                    assert set(chunk.dictionary.to_pylist()) == set(chunk.cast("string").to_pylist())


def test_identity_forgets_and_those_joined_through_the_person_come_apart(log: Log) -> None:
    write(log, of_leila(), of_others(2))
    log.compact()
    log.identity.merge("leila-4711", "c1", "the same caller", "reza")
    assert set(log.identity.ids_of("c1")) == {"leila-4711", "anon-77ab12", "c1"}
    log.erase("leila-4711")
    assert log.identity.ids_of("c1") == ["c1"]
    assert {customer for customer, _ in stored(log)} == {"c0"}
    with closing(sqlite3.connect(log.layout.folder / "identity.sqlite")) as base:
        assert base.execute("SELECT count(*) FROM node").fetchone() == (0,)


def test_a_member_s_note_about_others_does_not_stop_an_erasure(log: Log) -> None:
    write(log, of_leila(), of_others(3))
    log.compact()
    log.identity.merge("c1", "c2", f"both wrote to {EMAIL}", "reza")
    proof = log.erase("leila-4711")
    assert proof.events_removed == 4
    assert traces(log.layout.folder, "leila-4711", "anon-77ab12", VERBATIM) == []


customers = st.sampled_from(["c1", "c10", "سارا-۱۴۰۵", "a@b.ir", "😀😀😀", "17850", "c1-longer-id"])
values = st.text(max_size=12) | st.sampled_from(
    ["LEILA-19", 'quote " and \\', "خیابان ولیعصر", "c10", "\u2028line"]
)


@settings(max_examples=15)
@given(
    st.lists(
        st.lists(st.tuples(customers, st.integers(0, 9), values, st.booleans()), min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    ),
    customers,
)
def test_any_person_of_any_history_can_be_erased(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, int, str, bool]]], erased: str
) -> None:
    with (
        pytest.MonkeyPatch.context() as patched,
        Log.create(tmp_path_factory.mktemp("history") / "log", shard_count=2) as log,
    ):
        patched.setattr(parts, "ROW_GROUP_ROWS", 3)
        patched.setattr(compaction, "_MERGE_ROWS", 4)
        expected: dict[bytes, None] = {}
        others: list[str] = []
        for batch in batches:
            events = []
            for customer, minute, value, escaped in batch:
                event = an_event(
                    "visit", f"2026-03-21T09:0{minute}", customer=customer, properties={"v": value}
                )
                text = json.dumps({"v": value}, ensure_ascii=escaped)
                events.append(EventColumns(**{**_fields(event), "properties": [text]}))
                if customer != erased:
                    expected.setdefault(ids_of(event)[0])
                    others += [customer, value]
            write(log, *events)
            log.compact()
        removed = log.info().events - len(expected)
        assert log.erase(erased).events_removed == removed
        assert stored_ids(log) == list(expected)
        own = {value for batch in batches for customer, _, value, _ in batch if customer == erased}
        unique = [
            text for text in {*own, erased} if len(text) >= 8 and not any(text in other for other in others)
        ]
        assert traces(log.layout.folder, *unique) == []
        assert troubles(log.layout.folder) == []


def _fields(columns: EventColumns) -> Mapping[str, object]:
    return {name: getattr(columns, name) for name in columns.__slots__}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with Home.create(tmp_path / "home") as made:
        made.create_workspace("Shop", workspace_id="shop")
        made.create_workspace("Other", workspace_id="other")
        yield made


def an_import(home: Home) -> ImportFolder:
    """The folder of an import as the importer leaves it, with Leila among the rejected rows and the first events."""
    folder = home.imports_folder("shop") / "20260321-1"
    folder.mkdir()
    (folder / "rejects.csv").write_text(
        "row,reason,sentence,customer,comment\n"
        "2,bad_time,no time,leila-4711,hello\n"
        f'3,bad_time,no time,,"mail {EMAIL},\nor call"\n'
        "4,bad_time,no time,omid,hello\n",
        "utf-8-sig",
    )
    report = {
        "fingerprint": "f",
        "rows_durable": 9,
        "report": {
            "file": "orders.csv",
            "first_rejected": [
                {"row": 2, "cells": ["leila-4711", "hello"]},
                {"row": 4, "cells": ["omid", "hello"]},
            ],
            "first_events": [{"customer_id": "anon-77ab12", "properties": {}}, {"customer_id": "omid"}],
            "events_by_name": {"only leila does this": 1, "visit": 4},
            "customers": 2,
            "state": "finished",
        },
    }
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "mapping.toml").write_text('name = "orders"\n')
    return ImportFolder(folder)


def test_what_imports_kept_of_a_person_is_erased_with_them(home: Home) -> None:
    own = an_import(home)
    write(home.log("shop"), of_leila(), of_others(3))
    proof = erase_customer(home, "shop", "leila-4711")
    assert (proof.events_removed, proof.lines_removed) == (4, 5)
    assert own.rejects_path.read_bytes().decode("utf-8-sig").splitlines() == [
        "row,reason,sentence,customer,comment",
        "4,bad_time,no time,omid,hello",
    ]
    report = json.loads((own.folder / "report.json").read_text())["report"]
    assert report["first_rejected"] == [{"row": 4, "cells": ["omid", "hello"]}]
    assert report["first_events"] == [{"customer_id": "omid"}]
    assert report["events_by_name"] == {"visit": 4}
    assert (report["file"], report["customers"], report["state"]) == ("orders.csv", 2, "finished")
    assert traces(home.folder / "workspaces" / "shop", *EVERYTHING) == []


def test_a_file_on_its_way_in_goes_whole_with_the_person(home: Home) -> None:
    own = an_import(home)
    own.upload_path.write_bytes(gzip.compress(b"customer,comment\nleila-4711,hello\n"))
    waiting = home.imports_folder("shop") / "20260322-1"
    waiting.mkdir()
    (waiting / "upload").write_text("customer,comment\nomid,hello\n")
    write(home.log("shop"), of_leila(), of_others(3))
    assert erase_customer(home, "shop", "leila-4711").lines_removed == 7
    assert not own.upload_path.exists()
    assert not (waiting / "upload").exists()


def test_a_value_that_is_a_word_of_safar_s_own_does_not_stop_an_erasure(home: Home) -> None:
    an_import(home)
    words = [
        "currency",
        "event_name",
        "created_by",
        "event_names",
        "customer_key",
        "next_sequence",
        "PRIMARY KEY",
    ]
    words += ["finished", "sentence", "bad_time", "rows_durable", "orders", "SQLite format 3", "parquet"]
    write(
        home.log("shop"),
        of_others(3),
        an_event("visit", "2026-03-21T09:00", customer="sara", properties={"w": words}),
    )
    proof = erase_customer(home, "shop", "sara")
    assert (proof.events_removed, proof.lines_removed) == (1, 0)


def test_only_the_named_workspace_is_touched(home: Home) -> None:
    write(home.log("shop"), of_leila())
    write(home.log("other"), of_leila())
    before = stored_ids(home.log("other"))
    erase_customer(home, "shop", "leila-4711")
    assert stored(home.log("shop")) == []
    assert stored_ids(home.log("other")) == before
    with pytest.raises(UnknownWorkspace):
        erase_customer(home, "shopp", "leila-4711")


def test_nothing_is_erased_while_an_import_runs(home: Home) -> None:
    own = an_import(home)
    write(home.log("shop"), of_leila())
    before = own.rejects_path.read_bytes()
    with own.locked(), pytest.raises(ImportBusy):
        erase_customer(home, "shop", "leila-4711")
    assert len(stored(home.log("shop"))) == 4
    assert own.rejects_path.read_bytes() == before
    assert erase_customer(home, "shop", "leila-4711").events_removed == 4


def test_a_trace_in_a_file_that_cannot_be_cleaned_is_named(home: Home) -> None:
    own = an_import(home)
    own.mapping_path.write_text(f'name = "orders of {EMAIL}"\n')
    write(home.log("shop"), of_leila())
    with pytest.raises(ErasureIncomplete, match=r"mapping\.toml"):
        erase_customer(home, "shop", "leila-4711")


@given(
    st.lists(st.binary(min_size=6, max_size=14), max_size=12),
    st.lists(st.binary(max_size=30), max_size=12),
    st.data(),
)
def test_needles_are_found_as_python_finds_them(
    needles: list[bytes], pieces: list[bytes], data: st.DataObject
) -> None:
    for needle in needles:
        if data.draw(st.booleans()):
            pieces.insert(data.draw(st.integers(0, len(pieces))), needle)
    hay = b"".join(pieces)
    sought = Needles(needles)
    assert sought.found_in(hay).tolist() == [text in hay for text in sought.texts]


def test_needles_that_begin_alike_are_told_apart(rng: np.random.Generator) -> None:
    urls = [f"https://shop.example/product/{number}?from=mail".encode() for number in range(2000)]
    present = rng.random(2000) < 0.3
    hay = apart(url for url, there in zip(urls, present, strict=True) if there)
    assert Needles(urls).found_in(hay).tolist() == present.tolist()


def test_no_needle_stands_over_the_border_of_two_texts() -> None:
    assert not Needles([b"abcdef"]).found_in(apart(["abc", "def"])).any()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leila-4711", True),
        ("a@b.ir", True),
        ("+989354441728", True),
        ("123456789", True),
        ("12345678", False),
        ("c1", False),
        ("Tehran", False),
        ("customer", False),
    ],
)
def test_an_id_names_one_customer_when_it_is_no_word_and_no_short_number(text: str, expected: bool) -> None:
    assert names_one(text) is expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ('{"friend":"leila-4711"}', '{"friend":"erased"}'),
        ('{"text":"ask leila-4711, or leila-4711."}', '{"text":"ask erased, or erased."}'),
        (
            '{"text":"leila-47112 xleila-4711 leila-4711-b"}',
            '{"text":"leila-47112 xleila-4711 leila-4711-b"}',
        ),
        ('{"leila-4711":1}', '{"erased":1}'),
        ('{"$anonymous_id" : "c1", "n": "c1"}', '{"$anonymous_id" : null, "n": "c1"}'),
        ('{"$previous_id":17,"n":17}', '{"$previous_id":null,"n":17}'),
        ('{"phone":989354441728,"n":9893544417280}', '{"phone":null,"n":9893544417280}'),
        ('{"m":"\\u0633\\u0627\\u0631\\u0627-14"}', '{"m":"erased"}'),
        ('{"a":"say \\"leila-4711\\""}', '{"a":"say \\"erased\\""}'),
    ],
)
def test_mentions_are_taken_out_of_properties_and_json_stays_json(properties: str, expected: str) -> None:
    ids = ["leila-4711", "c1", "989354441728", "سارا-14", "17"]
    found = Mentions(ids).taken_out_of(properties)
    assert found == expected
    json.loads(found)


def test_the_forms_of_a_text() -> None:
    assert forms_of("0935 444 1728") >= {b"0935 444 1728", b"+989354441728", b"989354441728"}
    assert forms_of(" A@B.ir ") >= {b" A@B.ir ", b"a@b.ir"}
    assert forms_of("خرید") == {"خرید".encode(), b"\\u062e\\u0631\\u06cc\\u062f"}
    found = set(
        value_forms(
            '{"a":"short","b":["long enough",{"c":989354441728}],"d":12,'
            '"e":"\\u06a9\\u062a\\u0627\\u0628\\u0628\\u0628"}'
        )
    )
    assert found >= {
        b"long enough",
        b"989354441728",
        "کتاببب".encode(),
        b"\\u06a9\\u062a\\u0627\\u0628\\u0628\\u0628",
    }
    assert not found & {b"short", b"12"}


def test_a_segment_that_only_begins_is_no_reason_to_wait_for_ever(log: Log) -> None:
    write(log, of_leila())
    (log.layout.segments / f"1-{os.getpid()}-a.open").write_bytes(MAGIC)
    assert log.erase("leila-4711").events_removed == 4


def test_a_part_holds_no_text_of_another_shard(log: Log) -> None:
    write(
        log,
        *(
            an_event(
                f"only c{n}",
                "2026-03-21T09:00",
                customer=f"c{n}",
                channel=f"x{n}",
                source=f"s{n}",
                amount=n,
                currency=code,
            )
            for n, code in enumerate(["IRR", "AED", "", "USD", "EUR", "", "SAR", "TRY"])
        ),
    )
    log.compact()
    rows = log.sql(
        "select original_id, event_name, channel, source, amount, currency from events order by sequence"
    ).rows()
    assert [row[5] for row in rows] == ["IRR", "AED", None, "USD", "EUR", None, "SAR", "TRY"]
    for part in log.manifest.snapshot().parts:
        own = {
            row[0]
            for row in rows
            if f"only {row[0]}".encode() in log.layout.path_index(part.name).read_bytes()
        }
        assert len(own) == part.rows
        for customer in {f"c{n}" for n in range(8)} - own:
            assert f"only {customer}".encode() not in log.layout.parquet(part.name).read_bytes()
