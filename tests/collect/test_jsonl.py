from __future__ import annotations

import json
from pathlib import Path

import pytest

from file_builders import a_file
from safar.collect.rows import Rows
from safar.collect.shape import FormatUnknown, detect_shape, read_rows

LINES = """
{"type":"track","userId":"7","context":{"page":{"url":"/a"},"ip":"1.2.3.4"},"n":1.50,"ok":true,"none":null}
{"type":"page","userId":7,"properties":{"tags":["a","b"]},"context.page":"flat"}

{"type":"identify","userId":"NA","context":[1]}
"""


def read(path: Path, *wanted: str) -> Rows:
    (piece,) = read_rows(path, detect_shape(path), wanted=wanted or None)
    return piece


def test_names_are_paths_into_objects(tmp_path: Path) -> None:
    shape = detect_shape(a_file(tmp_path, LINES, "file.txt"))
    assert shape.format == "jsonl"
    assert shape.names == (
        "type", "userId", "context", "context.page", "context.page.url", "context.ip", "n", "ok", "none",
        "properties", "properties.tags",
    )  # fmt: skip


def test_columns_are_reached_by_name_and_by_path(tmp_path: Path) -> None:
    piece = read(
        a_file(tmp_path, LINES), "userId", "context.page.url", "context.page", "properties", "n", "ok", "x.y"
    )
    assert piece.texts("userId") == ["7", "7", "NA"]
    assert piece.texts("context.page.url") == ["/a", "", ""]
    assert piece.texts("context.page") == ['{"url":"/a"}', "flat", ""]
    assert piece.texts("properties") == ["", '{"tags":["a","b"]}', ""]
    assert piece.values("n") == [1.5, None, None]
    assert piece.texts("ok") == ["true", "", ""]
    assert piece.texts("x.y") == ["", "", ""]
    assert piece.numbers.tolist() == [1, 2, 4]


def test_lines_that_are_no_objects_are_broken_alone(tmp_path: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    path = a_file(tmp_path, '{"a":1}\n[1,2]\n{"a":\n{"a":"\\ud800"}\n' + f'{{"a":{deep}}}\n' + '{"a":2}\n')
    piece = read(path, "a")
    assert piece.texts("a") == ["1", "2"]
    assert [(row.number, row.reason) for row in piece.broken] == [
        (2, "row.json"),
        (3, "row.json"),
        (4, "row.json"),
        (5, "row.json"),
    ]
    assert piece.broken[0].cells == ["[1,2]"]


def test_bytes_that_are_not_utf_8_break_their_line(tmp_path: Path) -> None:
    piece = read(a_file(tmp_path, b'{"a":"x"}\n' * 3 + b'{"a":"\xff"}\n' + b'{"a":"y"}\n'), "a")
    assert piece.texts("a") == ["x", "x", "x", "y"]
    assert [(row.number, row.reason) for row in piece.broken] == [(4, "row.encoding")]


def test_big_whole_numbers_and_decimals_keep_their_digits(tmp_path: Path) -> None:
    piece = read(a_file(tmp_path, '{"a":12345678901234567890,"b":0.1,"c":17850.0}\n'), "a", "b", "c")
    assert (piece.texts("a"), piece.texts("b"), piece.texts("c")) == (
        ["12345678901234567890"],
        ["0.1"],
        ["17850"],
    )


def test_an_array_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(FormatUnknown, match="one JSON array"):
        detect_shape(a_file(tmp_path, json.dumps([{"a": 1}])))


def test_a_rejected_line_is_shown_as_it_stands(tmp_path: Path) -> None:
    piece = read(a_file(tmp_path, '{"a":  1}\n'), "a")
    assert piece.cells([0]) == [['{"a":  1}']]
