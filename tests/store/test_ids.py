"""Runs of ids: a known id is always found; an unknown one is never called known in the end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.store import ids as ids_module
from safar.store.arrays import ArraysDamaged, check_arrays, map_arrays, write_arrays
from safar.store.ids import IdRun, first_of_each, hash_ids, held_among, write_run
from safar.vocabulary.event import new_event_ids

some_ids = st.lists(st.integers(0, 40), max_size=60).map(
    lambda numbers: np.array([[number] * 16 for number in numbers], dtype=np.uint8).reshape(-1, 16)
)


def test_hash_of_a_known_id_never_changes() -> None:
    assert hash_ids(np.arange(16, dtype=np.uint8).reshape(1, 16)).tolist() == [GOLDEN]


#: SplitMix64 over the two little-endian halves, computed with Python's integers.
def _golden() -> int:
    def mix(key: int) -> int:
        key = (key + 0x9E3779B97F4A7C15) % 2**64
        key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        key = (key ^ (key >> 27)) * 0x94D049BB133111EB % 2**64
        return key ^ (key >> 31)

    data = bytes(range(16))
    low, high = int.from_bytes(data[:8], "little"), int.from_bytes(data[8:], "little")
    return mix((low + mix(high)) % 2**64)


GOLDEN = _golden()


@given(some_ids)
def test_first_of_each_is_what_a_set_says(ids: np.ndarray) -> None:
    seen: set[bytes] = set()
    expected = []
    for row in ids:
        expected.append(row.tobytes() not in seen)
        seen.add(row.tobytes())
    assert first_of_each(hash_ids(ids), ids).tolist() == expected


@given(some_ids)
def test_first_of_each_is_exact_even_when_hashes_collide(ids: np.ndarray) -> None:
    collided = hash_ids(ids) % np.uint64(3)
    assert first_of_each(collided, ids).tolist() == first_of_each(hash_ids(ids), ids).tolist()


@given(some_ids, some_ids)
def test_held_among_is_what_a_set_says(asked: np.ndarray, held: np.ndarray) -> None:
    known = {row.tobytes() for row in held}
    assert held_among(asked, hash_ids(asked), held).tolist() == [row.tobytes() in known for row in asked]


@pytest.mark.parametrize("count", [1, 15, 16, 1000, 70_000])
@pytest.mark.parametrize("precision", [64, 50])
def test_a_run_knows_its_ids_and_hardly_any_other(tmp_path: Path, count: int, precision: int) -> None:
    known_hashes, other_hashes = hash_ids(new_event_ids(count)), hash_ids(new_event_ids(50_000))
    write_run(tmp_path / "run.ids", known_hashes, precision=precision)
    run = IdRun.open(tmp_path / "run.ids")
    known = np.zeros(count, dtype=np.bool_)
    run.mark_known(known_hashes, known)
    assert known.all()
    other = np.zeros(50_000, dtype=np.bool_)
    run.mark_known(other_hashes, other)
    assert other.sum() <= 1
    kept = run.hashes()
    assert (
        kept.tolist()
        == np.sort(known_hashes >> np.uint64(64 - precision) << np.uint64(64 - precision)).tolist()
    )


def test_large_runs_merge_without_forgetting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_module, "_LARGE", 1000)
    hashes = [hash_ids(new_event_ids(count)) for count in (3000, 400, 9000)]
    runs = []
    for place, some in enumerate(hashes):
        write_run(tmp_path / f"{place}.ids", some)
        runs.append(IdRun.open(tmp_path / f"{place}.ids"))
    assert [run.rests.dtype for run in runs] == [np.uint32, np.uint64, np.uint32]
    write_run(
        tmp_path / "all.ids",
        np.concatenate([run.hashes() for run in runs]),
        precision=min(run.precision for run in runs),
    )
    everything = np.concatenate(hashes)
    known = np.zeros(len(everything), dtype=np.bool_)
    IdRun.open(tmp_path / "all.ids").mark_known(everything, known)
    assert known.all()


def test_arrays_come_back_mapped_and_every_flipped_byte_is_noticed(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    path = tmp_path / "some.path"
    arrays = {
        "a": np.arange(7, dtype=np.int64),
        "b": np.array([], dtype=np.uint8),
        "c": np.ones(3, np.uint16),
    }
    write_arrays(path, {"names": ["خرید"]}, arrays)
    facts, mapped = map_arrays(path)
    assert facts == {"names": ["خرید"]}
    assert {name: array.tolist() for name, array in mapped.items()} == {
        n: a.tolist() for n, a in arrays.items()
    }
    check_arrays(path)
    good = path.read_bytes()
    for place in range(len(good)):
        bad = bytearray(good)
        bad[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(bad)
        with pytest.raises(ArraysDamaged):
            check_arrays(path)
    path.write_bytes(good[:-1])
    with pytest.raises(ArraysDamaged):
        map_arrays(path)
