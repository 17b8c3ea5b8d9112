from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import openpyxl
import pytest

from file_builders import a_file, a_mapping, imported, utc
from safar.collect.delimited import NoRows
from safar.collect.mapping import FileOptions
from safar.collect.opening import FileUnreadable
from safar.collect.rows import Rows
from safar.collect.shape import FormatUnknown, detect_shape, read_rows
from safar.collect.spreadsheet import UnknownSheet


def a_workbook(folder: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    path = folder / "orders.xlsx"
    book.save(path)
    return path


def read(path: Path, options: FileOptions | None = None) -> Rows:
    (piece,) = read_rows(path, detect_shape(path, options))
    return piece


ORDERS = [
    ["id", "at", "total", "paid"],
    [17850.0, dt.datetime.fromisoformat("2024-01-02 03:04:05"), 2.5, True],
    [None, None, None, None],
    ["NA", dt.date(2024, 1, 3), 1234.5, False],
    ["00012", "2024-01-04", "1,5", None],
]


def test_cells_become_the_texts_a_person_would_type(tmp_path: Path) -> None:
    piece = read(a_workbook(tmp_path, ORDERS))
    assert piece.names == ("id", "at", "total", "paid")
    assert piece.texts("id") == ["17850", "NA", "00012"]
    assert piece.texts("at") == ["2024-01-02 03:04:05", "2024-01-03", "2024-01-04"]
    assert piece.texts("total") == ["2.5", "1234.5", "1,5"]
    assert piece.texts("paid") == ["true", "false", ""]
    assert piece.numbers.tolist() == [2, 4, 5]
    assert piece.done == 1


def test_blank_rows_above_are_passed_over_and_counted(tmp_path: Path) -> None:
    piece = read(a_workbook(tmp_path, [[None], ["Report"], *ORDERS]), FileOptions(skip_rows=2))
    assert piece.names == ("id", "at", "total", "paid")
    assert piece.numbers.tolist() == [4, 6, 7]


def test_the_first_sheet_with_rows_is_taken_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, [], ORDERS, [["word"], ["a"]])
    assert detect_shape(path).sheet == "Sheet 2"
    assert read(path, FileOptions(sheet="Sheet 3")).texts("word") == ["a"]
    with pytest.raises(UnknownSheet, match='Did you mean "Sheet 3"'):
        detect_shape(path, FileOptions(sheet="Sheet3"))
    with pytest.raises(NoRows):
        detect_shape(path, FileOptions(sheet="Sheet 1"))


def test_a_sheet_without_a_header(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ORDERS[1:2])
    assert detect_shape(path).names == ("column_1", "column_2", "column_3", "column_4")
    named = FileOptions(columns=["id", "at", "total", "paid"])
    assert read(path, named).texts("id") == ["17850"]


def test_a_workbook_becomes_events_and_keeps_the_types_of_properties(tmp_path: Path) -> None:
    mapping = a_mapping(
        customer='id = "id"',
        event='name = "paid"\nat = "at"\nproperties = { total = "total", paid = "paid" }',
    )
    events = imported(a_workbook(tmp_path, ORDERS[:4]), mapping)
    assert [(event.customer, event.at, event.properties) for event in events] == [
        ("17850", utc("2024-01-02 03:04:05"), {"total": 2.5, "paid": True}),
        ("NA", utc("2024-01-03"), {"total": 1234.5, "paid": False}),
    ]


def test_a_broken_workbook_and_a_packed_one_are_refused(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ORDERS)
    whole = path.read_bytes()
    with pytest.raises(FileUnreadable):
        detect_shape(a_file(tmp_path, whole[: len(whole) // 2], "cut.xlsx"))
    with pytest.raises(FileUnreadable):
        detect_shape(a_file(tmp_path, b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old.xls"))
    packed = a_file(tmp_path, gzip.compress(whole), "orders.xlsx.gz")
    with pytest.raises(FormatUnknown):
        detect_shape(packed)
