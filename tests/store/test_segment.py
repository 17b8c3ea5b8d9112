"""Segments: what was synced reads back; what is torn or garbled is never read."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path, an_event, paths
from safar.store import segment
from safar.store.disk import DiskFull
from safar.store.schema import TextRefused, batch_of, columns_of
from safar.store.segment import LogWriter, all_segments, frames, sealed


def is_whole(path: Path) -> bool:
    """Return whether a segment reads to its last byte."""
    ends = [len(segment.MAGIC), *(frame.end for frame in frames(path))]
    return ends[-1] == path.stat().st_size


def rows(path: Path) -> list[tuple[str, str]]:
    return [
        (customer, name)
        for frame in frames(path)
        for customer, name in zip(
            frame.batch.column("customer_id").to_pylist(),
            frame.batch.column("event_name").to_pylist(),
            strict=True,
        )
    ]


def test_what_was_synced_reads_back_in_order(tmp_path: Path) -> None:
    with LogWriter(tmp_path) as writer:
        writer.append(a_path("visit 09:00 > cart 09:05", customer="سارا"))
        writer.append(a_path("pay 09:20 2500 IRR", customer="سارا"))
        writer.sync()
        (path,) = all_segments(tmp_path)
        assert path.suffix == ".open"
        assert rows(path) == [("سارا", "visit"), ("سارا", "cart"), ("سارا", "pay")]
    (path,) = all_segments(tmp_path)
    assert path.suffix == ".wal"
    assert is_whole(path)
    batch = list(frames(path))[1].batch
    assert batch.column("amount").to_pylist() == [2500]
    assert batch.column("currency").to_pylist() == ["IRR"]


def test_an_event_without_currency_has_no_amount() -> None:
    batch = batch_of(an_event("visit", "2026-03-21T09:00", amount=7))
    assert batch.column("amount").to_pylist() == [None]
    assert batch.column("currency").to_pylist() == [None]


def test_columns_go_to_arrow_and_back() -> None:
    import pyarrow as pa

    given_columns = paths(["visit 09:00 > pay 09:20 250000 IRR", "visit 10:00"])
    back = columns_of(pa.Table.from_batches([batch_of(given_columns)]))
    assert back.event_id.tolist() == given_columns.event_id.tolist()
    for field in ("customer_id", "event_name", "channel", "source", "currency", "properties"):
        assert list(getattr(back, field)) == list(getattr(given_columns, field))
    for field in ("occurred_at", "received_at", "amount"):
        assert getattr(back, field).tolist() == getattr(given_columns, field).tolist()


def test_a_lone_surrogate_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with LogWriter(tmp_path) as writer:
        with pytest.raises(TextRefused, match="customer_id"):
            writer.append(an_event("visit", "2026-03-21T09:00", customer="\ud800", event_id=b"0" * 16))
        assert all_segments(tmp_path) == []


def test_reading_goes_on_from_an_offset(tmp_path: Path) -> None:
    with LogWriter(tmp_path) as writer:
        writer.append(a_path("visit 09:00"))
        writer.sync()
        (path,) = all_segments(tmp_path)
        (first,) = frames(path)
        writer.append(a_path("cart 09:05"))
        writer.sync()
        (second,) = frames(path, first.end)
    assert second.batch.column("event_name").to_pylist() == ["cart"]
    assert second.end == all_segments(tmp_path)[0].stat().st_size


@given(cut=st.floats(0, 1, exclude_max=True))
def test_a_torn_tail_costs_only_the_torn_frame(tmp_path_factory: pytest.TempPathFactory, cut: float) -> None:
    folder = tmp_path_factory.mktemp("torn")
    with LogWriter(folder) as writer:
        for minute in range(5):
            writer.append(an_event(f"step{minute}", f"2026-03-21T09:0{minute}"))
        writer.sync()
    (path,) = all_segments(folder)
    ends = [frame.end for frame in frames(path)]
    size = int(cut * path.stat().st_size)
    os.truncate(path, size)
    assert len(rows(path)) == sum(end <= size for end in ends)
    assert is_whole(path) == (size in {len(segment.MAGIC), *ends})


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_is_ever_read_as_an_event(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    with LogWriter(folder) as writer:
        for minute in range(4):
            writer.append(an_event(f"step{minute}", f"2026-03-21T09:0{minute}"))
        writer.sync()
    (path,) = all_segments(folder)
    good = rows(path)
    data = bytearray(path.read_bytes())
    data[int(place * len(data))] ^= 1 << bit
    path.write_bytes(data)
    found = rows(path)
    assert found == good[: len(found)]
    assert len(found) < len(good)
    assert not is_whole(path)


def test_a_large_segment_is_sealed_at_sync_and_a_new_one_begun(tmp_path: Path) -> None:
    with LogWriter(tmp_path, roll_bytes=2000) as writer:
        for minute in range(6):
            writer.append(an_event(f"step{minute}", f"2026-03-21T09:0{minute}"))
            writer.sync()
    segments = all_segments(tmp_path)
    assert len(segments) > 1
    assert [name for path in segments for _, name in rows(path)] == [f"step{minute}" for minute in range(6)]


def test_rolling_waits_for_the_sync(tmp_path: Path) -> None:
    with LogWriter(tmp_path, roll_after_seconds=3600) as writer:
        assert not writer.roll_if_due()
        writer.append(a_path("visit 09:00"))
        (tmp_path / segment.ROLL_REQUEST).touch()
        os.utime(tmp_path / segment.ROLL_REQUEST, (time.time() + 5, time.time() + 5))
        assert not writer.roll_if_due()
        writer.sync()
        assert [path.suffix for path in all_segments(tmp_path)] == [".wal"]


def test_a_segment_that_is_old_enough_is_sealed(tmp_path: Path) -> None:
    with LogWriter(tmp_path, roll_after_seconds=0) as writer:
        writer.append(a_path("cart 09:05"))
        assert not writer.roll_if_due()
        writer.sync()
        assert writer.roll_if_due()


def test_a_segment_at_rest_is_sealed_when_asked(tmp_path: Path) -> None:
    with LogWriter(tmp_path, roll_after_seconds=3600) as writer:
        writer.append(a_path("visit 09:00"))
        writer.sync()
        assert not writer.roll_if_due()
        (tmp_path / segment.ROLL_REQUEST).touch()
        os.utime(tmp_path / segment.ROLL_REQUEST, (time.time() + 5, time.time() + 5))
        assert writer.roll_if_due()
        assert [path.suffix for path in all_segments(tmp_path)] == [".wal"]


def test_a_living_writers_segment_is_left_alone_and_a_dead_ones_is_sealed(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nsys.path.insert(0, sys.argv[2])\n"
        "from builders import a_path\nfrom safar.store.segment import LogWriter\n"
        "writer = LogWriter(Path(sys.argv[1]))\nwriter.append(a_path('visit 09:00'))\nwriter.sync()\n"
        "print('synced', flush=True)\nsys.stdin.read(1)\nos._exit(9)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parents[1])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == b"synced\n"
    assert sealed(tmp_path) == []
    child.stdin.write(b"x")
    child.stdin.close()
    child.wait(timeout=30)
    child.stdout.close()
    (path,) = sealed(tmp_path)
    assert path.suffix == ".wal"
    assert rows(path) == [("c1", "visit")]


def test_a_write_that_fails_takes_back_what_was_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LogWriter(tmp_path) as writer:
        writer.append(a_path("visit 09:00"))
        writer.sync()
        writer.append(a_path("cart 09:05"))

        def no_room(handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", no_room)
            with pytest.raises(DiskFull) as caught:
                writer.sync()
        assert caught.value.code == "log.disk_full"
        assert [row for path in all_segments(tmp_path) for row in rows(path)] == [("c1", "visit")]
        writer.append(a_path("pay 09:20"))
        writer.sync()
    assert [row for path in all_segments(tmp_path) for row in rows(path)] == [("c1", "visit"), ("c1", "pay")]
