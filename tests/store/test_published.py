"""Published paths: the same as the log's, without ids; read from a folder; replaced whole."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.store.far_folder import AddressRefused
from safar.store.log import Log
from safar.store.paths import Paths
from safar.store.published import NothingPublished, Published, publish
from safar.store.remote_shard import ColumnNotPublished, RemoteShard

DAY = datetime(2026, 3, 21, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path):
    """A log of forty customers: some events in parts, some of the same customers in the tail."""
    with Log.create(tmp_path / "log", shard_count=4) as log:
        for round_ in range(2):
            write(
                log,
                together(
                    *(
                        an_event(
                            "visit" if who % 3 else "پرداخت",
                            DAY + timedelta(hours=who, days=round_),
                            customer=f"customer {who}",
                            channel="web" if who % 2 else "app",
                            properties={"plan": "pro" if who % 5 else 3},
                        )
                        for who in range(40 - 20 * round_)
                    )
                ),
            )
            if not round_:
                log.compact()
        yield log


def lived(paths: Paths, of: str = "plan") -> dict[int, list[tuple[int, str, str, str]]]:
    """Return each person's events: time, name, channel, one property."""
    found = {}
    for shard in paths.shards:
        column = shard.rows.column(of)
        for person, first, end in zip(shard.person.tolist(), shard.first, shard.end, strict=True):
            found[person] = [
                (
                    int(shard.time[row]),
                    shard.event_names[shard.code[row]],
                    shard.channels[shard.channel_code[row]],
                    column.values[int(column.codes[row])],
                )
                for row in range(int(first), int(end))
            ]
    return found


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).parts[0] for path in folder.rglob("*") if path.is_file()}


def test_what_is_published_is_what_the_log_has(log: Log, tmp_path: Path) -> None:
    target = tmp_path / "published"
    told: list[tuple[int, int]] = []
    done = publish(log.paths(), str(target), ["plan"], told=lambda *each: told.append(each))
    assert (done.version, done.events, done.customers) == (log.version, 60, 40)
    assert told == [(number + 1, done.shards) for number in range(done.shards)]
    for address in (str(target), target.as_uri()):
        published = Published(address)
        assert published.paths().version == log.version
        assert lived(published.paths()) == lived(log.paths())
        assert published.paths().span == log.paths().span


def test_no_id_is_in_any_file(log: Log, tmp_path: Path) -> None:
    target = tmp_path / "published"
    publish(log.paths(), str(target), ["plan"])
    assert not [path for path in target.rglob("*") if path.is_file() and b"customer 1" in path.read_bytes()]
    person = log.paths().shards[0].person[:1]
    assert Published(str(target)).ids_of(person) == [f"{int(person[0]):016x}"]


def test_a_property_that_is_not_published_is_refused(log: Log, tmp_path: Path) -> None:
    publish(log.paths(), str(tmp_path / "published"))
    with pytest.raises(ColumnNotPublished, match="--property plan"):
        lived(Published(str(tmp_path / "published")).paths())


def test_the_version_before_is_kept_for_questions_that_began_with_it(log: Log, tmp_path: Path) -> None:
    target = tmp_path / "published"
    publish(log.paths(), str(target), ["plan"])
    published = Published(str(target))
    first, expected = published.paths(), lived(log.paths())
    for round_ in range(3):
        write(log, an_event("refund", DAY + timedelta(days=9 + round_), customer=f"late {round_}"))
        publish(log.paths(), str(target), ["plan"])
        if round_ == 0:
            assert lived(first) == expected
    assert len(lived(published.paths())) == 43
    assert len(files(target)) == 3  # the index, this version, the one before


def test_a_shard_goes_over_the_wire_as_its_address(log: Log, tmp_path: Path) -> None:
    publish(log.paths(), str(tmp_path / "published"), ["plan"])
    paths = Published(str(tmp_path / "published")).paths()
    sent = [pickle.dumps(shard) for shard in paths.shards]
    assert max(map(len, sent)) < 700
    again = Paths(paths.version, tuple(pickle.loads(each) for each in sent))
    assert lived(again) == lived(paths)
    some = again.shards[0].of(np.array([0]))
    assert type(again.shards[0]) is RemoteShard is not type(some)
    assert len(some.person) == 1


def test_nothing_and_nowhere(log: Log, tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        Published(str(tmp_path / "nothing"))
    with pytest.raises(AddressRefused, match="cannot be reached"):
        Published("nowhere://bucket/folder")


@pytest.mark.parametrize(
    "address",
    [
        "github://owner:repository@main/folder",
        "http://localhost:1/folder",
        "simplecache::memory://folder",
        "memory://folder::file:///etc",
        "S3://bucket/folder",
    ],
)
def test_only_folders_and_object_storage_are_reached(log: Log, address: str) -> None:
    with pytest.raises(AddressRefused, match="no folder and no object storage"):
        Published(address)
    with pytest.raises(AddressRefused):
        publish(log.paths(), address)


def test_what_cannot_be_reached_is_a_refusal(log: Log, tmp_path: Path, monkeypatch) -> None:
    a_file = tmp_path / "file"
    a_file.write_text("kept")
    with pytest.raises(AddressRefused, match="cannot be read or written"):
        Published(str(a_file))
    with pytest.raises(AddressRefused, match="cannot be read or written"):
        publish(log.paths(), str(a_file))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AddressRefused, match="credentials") as refused:
        Published("s3://bucket/folder")
    assert refused.value.hint


def test_memory_is_reached_as_object_storage_is(log: Log) -> None:
    with pytest.raises(NothingPublished):
        Published("memory://published")
    publish(log.paths(), "memory://published", ["plan"])
    assert lived(Published("memory://published").paths()) == lived(log.paths())


def test_what_else_lies_at_the_address_is_left_alone(log: Log, tmp_path: Path) -> None:
    other = tmp_path / "letters" / "kept.txt"
    other.parent.mkdir()
    other.write_text("kept")
    for _ in range(3):
        write(log, an_event("pay", "2026-05-01T00:00"))
        publish(log.paths(), str(tmp_path))
    assert other.read_text() == "kept"


@pytest.mark.parametrize(
    "change",
    [
        {"folder": "../../outside"},
        {"shards": [{"name": "../00000", "event_names": [], "channels": []}]},
        {"shards": [{"name": "00000", "event_names": "pay", "channels": []}]},
        {"shards": None},
        {"format": 2},
        {"version": 3},
        None,
    ],
)
def test_an_index_that_somebody_else_wrote_is_refused(log: Log, tmp_path: Path, change: object) -> None:
    publish(log.paths(), str(tmp_path))
    index = tmp_path / "paths.json"
    said = json.loads(index.read_text(encoding="utf-8"))
    index.write_text("{" if change is None else json.dumps(said | change), encoding="utf-8")
    with pytest.raises(NothingPublished, match="cannot be read"):
        Published(str(tmp_path))
    publish(log.paths(), str(tmp_path))
    assert Published(str(tmp_path)).paths().rows == log.paths().rows


def test_an_empty_log_is_published_too(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        done = publish(log.paths(), str(tmp_path / "published"))
    assert (done.shards, done.events) == (0, 0)
    assert Published(str(tmp_path / "published")).paths().shards == ()
