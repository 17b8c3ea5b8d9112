from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest
import zstandard

from file_builders import a_file
from safar.collect.opening import (
    FileExpandsTooFar,
    FileMissing,
    FileUnreadable,
    Limits,
    LineTooLong,
    buffered,
    opened,
    refuse_zip_growth,
)

TEXT = b"id,at\n1,2026-01-01\n" * 1000


def content(path: Path, limits: Limits | None = None) -> bytes:
    with opened(path, limits=limits or Limits()) as source:
        return buffered(source).read()


@pytest.mark.parametrize(
    ("packed", "packing"),
    [(TEXT, ""), (gzip.compress(TEXT), "gzip"), (zstandard.compress(TEXT), "zstd")],
    ids=["plain", "gzip", "zstd"],
)
def test_packing_is_told_from_the_bytes_whatever_the_name(
    tmp_path: Path, packed: bytes, packing: str
) -> None:
    path = a_file(tmp_path, packed, "orders.csv")
    with opened(path) as source:
        assert source.packing == packing
        assert source.size == len(packed)
        reader = buffered(source)
        assert reader.read() == TEXT
        assert source.read_bytes == len(packed)


def test_packed_files_put_one_after_another_are_one_file(tmp_path: Path) -> None:
    assert content(a_file(tmp_path, gzip.compress(b"a\n") + gzip.compress(b"b\n"))) == b"a\nb\n"
    assert content(a_file(tmp_path, zstandard.compress(b"a\n") + zstandard.compress(b"b\n"))) == b"a\nb\n"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_bomb_is_refused_long_before_it_has_unpacked(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    path = a_file(tmp_path, pack(b"a,b\n" * (40 << 20)))
    read: list[int] = []
    with opened(path) as source, pytest.raises(FileExpandsTooFar, match="unpacks to more than") as refusal:
        read.extend(iter(lambda: len(source.read(1 << 20)), 0))
    assert refusal.value.context["bytes"] == path.stat().st_size
    assert sum(read) <= max(64 << 20, 250 * path.stat().st_size) + (1 << 20)


def test_a_packed_file_may_not_unpack_to_more_than_the_limit(tmp_path: Path) -> None:
    path = a_file(tmp_path, gzip.compress(os.urandom(5000)))
    with pytest.raises(FileExpandsTooFar):
        content(path, Limits(unpacked_bytes=4000, line_bytes=10_000))
    assert len(content(path, Limits(unpacked_bytes=5000, line_bytes=10_000))) == 5000


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_file_that_was_cut_is_named_as_damaged(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    packed = pack(os.urandom(100_000))
    with pytest.raises(FileUnreadable, match=r"cut\.csv is damaged or cut short"):
        content(a_file(tmp_path, packed[: len(packed) // 2], "cut.csv"))


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, b"a\n" + b"x" * (3 << 20))
    with pytest.raises(LineTooLong, match="longer than 2 MiB"):
        content(path, Limits(line_bytes=2 << 20))
    assert len(content(path, Limits(line_bytes=4 << 20))) == 2 + (3 << 20)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_any_line_end_ends_a_line(tmp_path: Path, end: bytes) -> None:
    path = a_file(tmp_path, (b"x" * 1000 + end) * 3000)
    assert len(content(path, Limits(line_bytes=600_000))) == 3000 * (1000 + len(end))


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(FileMissing), opened(path):
            raise AssertionError


def test_a_workbook_that_says_it_grows_too_far_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    with pytest.raises(FileExpandsTooFar):
        refuse_zip_growth(path)
    with pytest.raises(FileUnreadable):
        refuse_zip_growth(a_file(tmp_path, b"PK\x03\x04 not a container"))


def test_blocks_of_any_size_read_the_same(tmp_path: Path) -> None:
    path = a_file(tmp_path, gzip.compress(TEXT))
    with opened(path) as source:
        found = io.BytesIO()
        while block := source.read(7):
            found.write(block)
    assert found.getvalue() == TEXT
