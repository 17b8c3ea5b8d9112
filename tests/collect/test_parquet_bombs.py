"""Small Parquet files that stand for absurdly much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safar.collect.opening import FileExpandsTooFar
from safar.collect.shape import detect_shape, read_rows
from safar.store.foreign import parquet


def a_file(folder: Path, column: pa.Array, **options: object) -> Path:
    path = folder / "bomb.parquet"
    pq.write_table(pa.table({"customer_id": column}), path, compression="zstd", **options)
    assert path.stat().st_size < 1_000_000
    return path


def constant(value: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, "int8")), [value])


def read(path: Path) -> None:
    for _ in read_rows(path, detect_shape(path, foreign=parquet), foreign=parquet):
        pass


@pytest.mark.parametrize(
    "column",
    [
        lambda: constant("c" * 100_000, 100_000),
        lambda: pa.array([["c" * 10_000] * 10] * 10_000),
        lambda: constant("c1", 50_000_000),
        lambda: pa.array(["c" * 200_000_000]),
    ],
    ids=["long texts", "in lists", "many rows", "one text"],
)
def test_a_small_file_that_stands_for_much_is_refused(tmp_path: Path, column: Callable[[], pa.Array]) -> None:
    path = a_file(tmp_path, column())
    with pytest.raises(FileExpandsTooFar):
        read(path)


def test_long_texts_come_in_small_pieces(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    texts = [rng.bytes(50_000).hex() for _ in range(2_000)]
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"customer_id": texts}), path)
    pieces = [piece[0] for piece in parquet(path).pieces(65_536)]
    assert [each for piece in pieces for each in piece] == texts
    assert [len(piece) for piece in pieces] == [500] * 4
