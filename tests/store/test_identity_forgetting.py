"""Forgetting a person: no byte is left, and the others stay as the claims have them."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from builders import together
from identities import PHONE, identify, persons
from safar.collect.identity import Reason
from safar.store.identity import Forgotten, Identity
from safar.store.sqlite_file import SqliteFileBusy
from safar.vocabulary.event import EventColumns, constant, new_event_ids


def test_forgetting_leaves_no_byte(tmp_path):
    with Identity.open(tmp_path) as identity:
        gone = [f"customer-{number}-to-forget" for number in range(300)]
        for start in range(0, 300, 10):
            identity.observe(
                together(
                    *[
                        identify(one, f"anon-{one}", email=f"{one}@shop.ir")
                        for one in gone[start : start + 10]
                    ],
                    *[
                        identify(f"stays-{n}", f"anon-stays-{n}", phone=PHONE)
                        for n in range(start, start + 2)
                    ],
                )
            )
        identity.merge(gone[0], "stays-0", "confided in person", "reza")
        before = _bytes(tmp_path)
        assert all(one.encode() in before for one in gone)
        forgotten = identity.forget([one for person in gone for one in (person, f"anon-{person}")])
        after = _bytes(tmp_path)
        assert forgotten == Forgotten(ids=600, claims=601, shared_values=300)
        assert not [one for one in gone if one.encode() in after]
        assert b"confided in person" not in after
        assert b"stays-0" in after
        assert identity.problems() == []
        assert identity.person_of(gone[7]) == gone[7]
        assert identity.history(gone[7]) == []
        assert identity.person_of("anon-stays-1") == "stays-1"


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_forgetting_reaches_the_copies_that_moved_rows_leave_behind(tmp_path):
    # overwriting deleted rows alone leaves some of these: a row that moved to another page was copied
    luck = random.Random(0)
    ids = [f"{luck.getrandbits(64):x}"[: 6 + luck.randrange(10)] + f"_{number}" for number in range(12_000)]
    with Identity.open(tmp_path) as identity:
        for start in range(0, len(ids), 200):
            identity.observe(_identifies(ids[start : start + 200]))
        gone = luck.sample(ids, 4000)
        for start in range(0, len(gone), 1000):
            identity.forget(gone[start : start + 1000])
        kept = _bytes(tmp_path)
        assert [one for one in gone if one.encode() in kept] == []
        assert identity.problems() == []


def _identifies(customers: list[str]) -> EventColumns:
    count = len(customers)
    zeros = np.zeros(count, dtype=np.int64)
    none = constant("", count)
    return EventColumns(
        event_id=new_event_ids(count),
        customer_id=customers,
        event_name=constant("identify", count),
        occurred_at=zeros,
        received_at=zeros,
        channel=none,
        source=none,
        amount=zeros,
        currency=none,
        properties=constant("{}", count),
    )


def test_a_flood_of_the_forgotten_is_forgotten(identity):
    users = [f"u{number}" for number in range(9)]
    identity.observe(together(*[identify(user, "kiosk", phone=PHONE) for user in users]))
    assert {flood.reason for flood in identity.refusals()} == {Reason.IDENTIFY, Reason.SAME_PHONE}
    identity.forget(["kiosk"])
    assert [flood.reason for flood in identity.refusals()] == [Reason.SAME_PHONE]
    identity.forget(users)
    assert identity.refusals() == []
    identity.observe(together(identify("sara", phone=PHONE), identify("nima", phone=PHONE)))
    assert identity.person_of("nima") == "sara"


def test_forgetting_one_leaves_the_others_as_the_claims_have_them(identity):
    identity.observe(
        together(
            identify("sara", phone=PHONE),
            identify("nima", phone=PHONE, email="nima@shop.ir"),
            identify("omid", email="nima@shop.ir"),
            identify("leila", phone=PHONE),
        )
    )
    assert identity.ids_of("sara") == ["sara", "nima", "omid", "leila"]
    version = identity.version
    assert identity.forget(["nima", "nobody"]) == Forgotten(ids=1, claims=2, shared_values=0)
    assert persons(identity) == {"sara": ["sara", "leila"]}
    assert identity.version > version
    assert identity.forget(["omid"]) == Forgotten(ids=1, claims=1, shared_values=1)
    assert identity.forget(["omid"]) == Forgotten(ids=0, claims=0, shared_values=0)


def test_the_forgotten_value_is_known_to_nobody(tmp_path):
    with Identity.open(tmp_path) as identity:
        identity.observe(identify("sara", phone=PHONE))
        digest = _only_digest(identity)
        assert PHONE[1:].encode() not in _bytes(tmp_path)
        assert digest in _bytes(tmp_path)
        identity.forget(["sara"])
        assert digest not in _bytes(tmp_path)


def test_digests_differ_from_workspace_to_workspace(tmp_path):
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with Identity.open(tmp_path / name) as identity:
            identity.observe(identify("sara", phone=PHONE))
            digests.add(_only_digest(identity))
    assert len(digests) == 2


def _only_digest(identity: Identity) -> bytes:
    with identity._file.read() as connection:
        ((digest,),) = connection.execute("SELECT digest FROM shared").fetchall()
    return digest


def test_an_erasure_cut_short_is_finished_when_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr("safar.store.sqlite_file.BUSY_SECONDS", 0.1)
    with Identity.open(tmp_path) as identity:
        identity.observe(together(*[identify(f"person-{number:03}-x") for number in range(500)]))
        reader = sqlite3.connect(tmp_path / "identity.sqlite", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM node").fetchone()  # keeps the old pages needed
        with pytest.raises(SqliteFileBusy):
            identity.forget(["person-017-x"])
        assert b"person-017-x" in _bytes(tmp_path)
        reader.close()
        assert identity.forget(["person-017-x"]) == Forgotten(0, 0, 0)
        assert b"person-017-x" not in _bytes(tmp_path)
        assert b"person-018-x" in _bytes(tmp_path)
