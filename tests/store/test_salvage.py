"""Damage inside a segment: every frame that can be read is kept, and the rest is not thrown away unseen."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from builders import an_event
from safar.store.log import Log
from safar.store.segment import MAGIC, LogWriter, WriterStillWriting, all_segments, salvage, wait_until_sealed


def a_segment(folder: Path, events: int = 5) -> tuple[Path, list[int]]:
    """Write one event a frame; return the segment and where each frame ends."""
    with LogWriter(folder) as writer:
        for minute in range(events):
            writer.append(an_event(f"step{minute}", f"2026-03-21T09:0{minute}"))
        writer.sync()
    (path,) = all_segments(folder)
    return path, [frame.end for frame in salvage(path).frames]


def names(path: Path) -> list[str]:
    return [frame.batch.column("event_name")[0].as_py() for frame in salvage(path).frames]


def flip(path: Path, place: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


def test_a_whole_segment_is_salvaged_whole(tmp_path: Path) -> None:
    path, ends = a_segment(tmp_path)
    found = salvage(path)
    assert names(path) == ["step0", "step1", "step2", "step3", "step4"]
    assert (found.damage, found.torn) == ((), 0)
    assert ends[-1] == path.stat().st_size


def test_a_flipped_bit_costs_one_frame_and_is_told_from_a_torn_tail(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    path, ends = a_segment(tmp_path)
    whole = path.read_bytes()
    starts = [len(MAGIC), *ends]
    for place in rng.integers(len(whole), size=200).tolist():
        path.write_bytes(whole)
        flip(path, place, int(rng.integers(8)))
        found = salvage(path)
        frame = sum(end <= place for end in starts) - 1
        if frame < 0:
            assert names(path) == ["step0", "step1", "step2", "step3", "step4"]
            assert (found.damage, found.torn) == (((0, len(MAGIC)),), 0)
        elif frame == 4:
            last = (ends[3], ends[4])
            says_where_it_ends = place - ends[3] >= 8
            assert names(path) == ["step0", "step1", "step2", "step3"]
            assert found.damage == ((last,) if says_where_it_ends else ())
            assert found.torn == (0 if says_where_it_ends else ends[4] - ends[3])
        else:
            assert names(path) == [f"step{number}" for number in range(5) if number != frame]
            assert (found.damage, found.torn) == (((starts[frame], starts[frame + 1]),), 0)


def test_compaction_keeps_what_is_behind_damage_and_sets_the_segment_aside(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        path, ends = a_segment(log.layout.segments)
        flip(path, ends[1] + 40)
        assert log.compact().damaged == 1
        rows = log.sql("select event_name from events order by sequence").columns()["event_name"]
        assert rows == ["step0", "step1", "step3", "step4"]
        log.compactor().clean(grace_seconds=0)
        assert [path.suffix for path in log.layout.segments.iterdir()] == [".damaged"]
        assert log.compact().damaged == 0


def test_a_torn_tail_is_no_damage(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        path, ends = a_segment(log.layout.segments)
        os.truncate(path, ends[-1] - 7)
        assert log.compact().damaged == 0
        assert log.info().events == 4


def test_waiting_for_a_writer_ends_when_it_seals_and_is_bounded(tmp_path: Path) -> None:
    with LogWriter(tmp_path, roll_after_seconds=3600) as writer:
        writer.append(an_event("visit", "2026-03-21T09:00"))
        writer.sync()
        with pytest.raises(
            WriterStillWriting, match=r"1 segment\(s\) are still being written after 0\.1 s"
        ) as caught:
            wait_until_sealed(tmp_path, seconds=0.1)
        assert caught.value.context["segments"] == [path.name for path in all_segments(tmp_path)]
        assert writer.roll_if_due()
        wait_until_sealed(tmp_path, seconds=0)
    assert [path.suffix for path in all_segments(tmp_path)] == [".wal"]


def test_events_taken_back_are_seen_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Log.create(tmp_path / "log", shard_count=2) as log, log.writer() as writer:
        writer.append(an_event("visit", "2026-03-21T09:00"))
        writer.sync()
        writer.append(an_event("cart", "2026-03-21T09:01"))
        assert log.sql("select count(*) from events").one() == (2,)

        def refuses(handle: int) -> None:
            raise OSError(5, "Input/output error")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", refuses)
            with pytest.raises(OSError, match="Input/output"):
                writer.sync()
        assert log.sql("select event_name from events").rows() == [("visit",)]
