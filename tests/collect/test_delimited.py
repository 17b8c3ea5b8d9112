from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_builders import a_file, rows_of
from safar.collect.delimited import CellTooLong, NoRows, detect_delimiter, detect_dialect, detect_header
from safar.collect.mapping import FileOptions
from safar.collect.opening import FileUnreadable
from safar.collect.rows import Rows, unique_names
from safar.collect.shape import detect_shape, read_rows


def pieces(path: Path, options: FileOptions | None = None) -> list[Rows]:
    return list(read_rows(path, detect_shape(path, options)))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told(tmp_path: Path, delimiter: str) -> None:
    path = a_file(tmp_path, f"id{delimiter}name\n1{delimiter}Sara\n2{delimiter}Omid\n")
    assert detect_shape(path).delimiter == delimiter
    assert rows_of(path) == [("1", "Sara"), ("2", "Omid")]


def test_decimal_commas_do_not_hide_semicolons() -> None:
    assert detect_delimiter(["id;price", "1;2,50", "2;3,75"]) == ";"


def test_commas_in_labels_do_not_beat_tabs() -> None:
    assert detect_delimiter(["id\tlabel", "1\ta, b", "2\tc"]) == "\t"


def test_runs_of_blanks_are_told_and_cut(tmp_path: Path) -> None:
    path = a_file(
        tmp_path, b" customer_id  date number\n 00001 19970101  1\n 00002 19970112  5\n", "cdnow.txt"
    )
    assert detect_shape(path).delimiter == "whitespace"
    assert rows_of(path) == [("00001", "19970101", "1"), ("00002", "19970112", "5")]


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    path = a_file(tmp_path, "word\nfirst\nsecond\n")
    assert detect_shape(path).names == ("word",)
    assert rows_of(path) == [("first",), ("second",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256"])
def test_line_ends_and_encodings(tmp_path: Path, end: str, encoding: str) -> None:
    text = end.join(["شناسه,نام,نظر", "1,سارا,عالي", '2,اميد,"خوب, ولي دير"', ""])
    text = text.replace("ی", "ي")
    path = a_file(tmp_path, text.encode(encoding))
    shape = detect_shape(path)
    assert shape.encoding == encoding
    assert shape.names == ("شناسه", "نام", "نظر")
    assert rows_of(path) == [("1", "سارا", "عالي"), ("2", "اميد", "خوب, ولي دير")]


def test_a_mark_is_not_part_of_the_first_name_even_when_the_mapping_says_utf_8(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,at\n1,2\n", encoding="utf-8-sig")
    assert detect_shape(path, FileOptions(encoding="utf-8")).names == ("id", "at")


def test_quotes_hold_delimiters_line_ends_and_quotes(tmp_path: Path) -> None:
    path = a_file(
        tmp_path, 'id,label\n1,"a, b"\n2,"two\nlines"\n3,"say ""hi"""\n4, "blank before"\n5,5" pipe\n'
    )
    assert rows_of(path) == [
        ("1", "a, b"),
        ("2", "two\nlines"),
        ("3", 'say "hi"'),
        ("4", "blank before"),
        ("5", '5" pipe'),
    ]


def test_a_row_keeps_its_number_over_blank_lines_and_the_lines_before(tmp_path: Path) -> None:
    path = a_file(tmp_path, "Report of March\n\nid,name\n1,a\n\n  \n2,b\n")
    (piece,) = pieces(path, FileOptions(skip_rows=2))
    assert piece.names == ("id", "name")
    assert piece.texts("id") == ("1", "2")
    assert piece.numbers.tolist() == [4, 7]
    assert piece.broken == []


def test_rows_with_other_widths_are_broken_and_the_rest_is_read(tmp_path: Path) -> None:
    path = a_file(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n")
    (piece,) = pieces(path)
    assert piece.texts("a") == ("1", "1")
    assert [(row.number, row.reason, row.detail, row.cells) for row in piece.broken] == [
        (3, "row.cells", "2 instead of 3", ["1", "2"]),
        (4, "row.cells", "4 instead of 3", ["1", "2", "3", "4"]),
    ]
    assert piece.numbers.tolist() == [2, 5]


def test_bytes_of_another_encoding_break_their_row_alone(tmp_path: Path) -> None:
    good = "1,سارا\n".encode() * 3
    path = a_file(tmp_path, b"id,name\n" + good + b"2,caf\xe9\n" + good)
    (piece,) = pieces(path, FileOptions(encoding="utf-8"))
    assert piece.numbers.tolist() == [2, 3, 4, 6, 7, 8]
    (broken,) = piece.broken
    assert (broken.number, broken.reason, broken.detail) == (5, "row.encoding", "0xE9")
    assert broken.cells == ["2", "caf\\udce9"]


def test_broken_utf_16_stops_the_file(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,name\n1,a\n".encode("utf-16") + b"\x00\xd8\x00\xd8\x0a\x00")
    with pytest.raises(FileUnreadable, match="is not utf-16"):
        pieces(path)


def test_a_quote_that_is_never_closed_is_named(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'id,label\n1,a\n2,"open\n' + "3,some more text\n" * 80_000)
    with pytest.raises(CellTooLong, match="a cell is longer than 1024 KiB"):
        pieces(path)
    with pytest.raises(CellTooLong, match="first row"):
        detect_shape(a_file(tmp_path, "x" * (2 << 20), "long.csv"))
    rows = sum(len(piece) for piece in pieces(path, FileOptions(quote="")))
    assert rows == 80_002


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["id", "date"], ["1", "1997-01-01"]], True),
        ([["1", "1997-01-01"], ["2", "1997-01-02"]], False),
        ([["id", "sum"]], True),
        ([["", "event"], ["0", "home"]], True),
        ([["user_1", "home"], ["user_1", "cart"]], True),
        ([["home", "home"], ["home", "cart"]], False),
        ([["a", "a"], ["1", "2"]], True),
        ([["1" * 300_000 + "x", "home"], ["1", "2"]], True),
        ([["شناسه", "تاریخ"], ["۱", "۱۴۰۲/۰۱/۰۱"]], True),
        ([["۱", "۱۴۰۲/۰۱/۰۱"], ["۲", "۱۴۰۲/۰۱/۰۲"]], False),
    ],
)
def test_a_header_has_no_numbers_and_no_dates(rows: list[list[str]], header: bool) -> None:
    assert detect_header(rows) is header


def test_columns_without_a_header_have_numbers_for_names_or_given_ones(tmp_path: Path) -> None:
    path = a_file(tmp_path, "1,2026-01-01\n2,2026-01-02\n")
    assert detect_shape(path).names == ("column_1", "column_2")
    assert pieces(path)[0].numbers.tolist() == [1, 2]
    named = FileOptions(header=False, columns=["id", "at"])
    assert detect_shape(path, named).names == ("id", "at")
    assert pieces(path, named)[0].texts("id") == ("1", "2")


def test_names_are_made_unique() -> None:
    assert unique_names(["", "id", "id", " id ", "id_2", ""]) == (
        "column_1", "id", "id_3", "id_4", "id_2", "column_6",
    )  # fmt: skip


@given(st.lists(st.text(max_size=3), max_size=12))
def test_unique_names_are_unique_and_as_many(names: list[str]) -> None:
    found = unique_names(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(found)


@pytest.mark.parametrize("content", [b"", b"\n\n \n", "".encode("utf-16")])
def test_a_file_without_rows_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NoRows):
        detect_shape(a_file(tmp_path, content))


def test_the_last_line_of_a_sample_is_not_looked_at() -> None:
    cut = "id,at\n1,2026-01-01\n2,20"
    assert detect_dialect(cut, complete=False).names == ("id", "at")
    assert detect_dialect("id,at\n1", complete=True).delimiter == ","


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0\x1f"), max_size=8)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], end: str
) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = end.join(",".join(map(quoted, row)) for row in [("c1", "c2", "c3"), *rows]) + end
    path = a_file(tmp_path_factory.mktemp("csv"), gzip.compress(text.encode()))
    options = FileOptions(format="delimited", encoding="utf-8", delimiter=",", header=True, quote='"')
    found = pieces(path, options)
    got = [row for piece in found for row in zip(*(piece.texts(name) for name in piece.names), strict=True)]
    assert got == rows
    assert [row for piece in found for row in piece.broken] == []
