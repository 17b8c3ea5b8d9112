"""Files to take away: read back as a spreadsheet reads them, and nothing in them is ever computed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from safar.doors.web.design.export import UnknownExport, csv_text, export, harmless
from safar.doors.web.design.table import Cell, Column, Row
from safar.show.locale import Locale

COLUMNS = (Column("name", "نام"), Column("n", "سفارش‌ها", "number"), Column("at", "زمان", "when"))
AT = datetime(2026, 8, 22, 20, 30, 15, tzinfo=UTC)
FA = Locale("fa")


def as_bytes(web_home, rows, form: str, locale: Locale = FA, columns=COLUMNS) -> bytes:
    sent = export("مشتریان", columns, rows, form, locale, locale.direction)
    try:
        return b"".join(sent)
    finally:
        sent.close()


def as_lines(sent: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sent.decode("utf-8-sig"), newline="")))


def as_sheet(sent: bytes):
    return openpyxl.load_workbook(io.BytesIO(sent)).worksheets[0]


def test_csv_is_raw_numbers_and_instants_of_the_readers_clock(web_home) -> None:
    sent = as_bytes(web_home, [("سارا", 1234, AT), ("علی", Decimal("12.50"), None)], "csv")
    assert sent.startswith(b"\xef\xbb\xbf")
    assert as_lines(sent) == [
        ["نام", "سفارش‌ها", "زمان"],
        ["سارا", "1234", "2026-08-23T00:00:15+03:30"],
        ["علی", "12.50", ""],
    ]


def test_a_sheet_has_real_dates_and_numbers_and_the_readers_direction(web_home) -> None:
    sheet = as_sheet(as_bytes(web_home, [("سارا", 1234, AT)], "xlsx"))
    head, row = list(sheet.iter_rows())
    assert [cell.value for cell in head] == ["نام", "سفارش‌ها", "زمان (Asia/Tehran)"]
    assert [cell.value for cell in row] == ["سارا", 1234, datetime(2026, 8, 23, 0, 0, 15)]  # noqa: DTZ001 - of a sheet
    assert row[2].number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet.sheet_view.rightToLeft
    assert sheet.freeze_panes == "A2"
    assert not as_sheet(as_bytes(web_home, [], "xlsx", Locale("en"))).sheet_view.rightToLeft


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (2**53, "n", 2**53),
        (2**53 + 1, "s", str(2**53 + 1)),
        (Decimal("0.1"), "n", 0.1),
        (Decimal("0.10000000000000000001"), "s", "0.10000000000000000001"),
        (float("nan"), "s", "nan"),
        (True, "b", True),
        (date(2026, 8, 22), "d", datetime(2026, 8, 22)),  # noqa: DTZ001 - of a sheet
        (date(1066, 10, 14), "s", "1066-10-14"),
        ("=1+1", "s", "=1+1"),
        ("+98912", "s", "+98912"),
        ("0049", "s", "0049"),
        ("https://example.com", "s", "https://example.com"),
        ({"رنگ": "سبز"}, "s", '{"رنگ": "سبز"}'),
        ("x" * 40_000, "s", "x" * 32_766 + "…"),
    ],
)
def test_a_sheet_holds_each_value_as_it_is(web_home, value, kind, shown) -> None:
    cell = as_sheet(as_bytes(web_home, [(value,)], "xlsx", columns=COLUMNS[:1]))["A2"]
    assert (cell.data_type, cell.value) == (kind, shown)


@given(some.text(some.characters(blacklist_categories=["Cs"]), max_size=40))
def test_no_text_of_a_csv_starts_a_formula(text: str) -> None:
    said = csv_text(text, "UTC")
    assert said.removeprefix("'") == text.removeprefix("'") or said == text
    assert not said.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@given(
    some.lists(
        some.text(some.characters(min_codepoint=32, blacklist_categories=["Cs", "Cn", "Co"]), max_size=20),
        max_size=5,
    )
)
def test_texts_come_back_from_a_sheet(web_home, texts: list[str]) -> None:
    sheet = as_sheet(as_bytes(web_home, [(text,) for text in texts], "xlsx", columns=COLUMNS[:1]))
    found = (
        [row[0].value or "" for row in sheet.iter_rows(min_row=2, max_row=len(texts) + 1)] if texts else []
    )
    assert found == texts
    assert all(row[0].data_type in {"s", "n"} for row in sheet.iter_rows(min_row=2))


def test_negative_numbers_stay_numbers() -> None:
    assert csv_text(-5, "UTC") == "-5"
    assert harmless("-5 از ۱۰") == "'-5 از ۱۰"


def test_rows_of_a_table_give_their_values(web_home) -> None:
    row = Row((Cell("سارا"), Cell("۱٬۲۳۴", value=1234), Cell("دیروز", value=AT)))
    assert as_lines(as_bytes(web_home, [row], "csv"))[1] == ["سارا", "1234", "2026-08-23T00:00:15+03:30"]


def test_csv_is_sent_while_it_is_read(web_home) -> None:
    read = []

    def rows():
        for number in range(2000):
            read.append(number)
            yield ("x", number, AT)

    chunks = iter(export("a", COLUMNS, rows(), "csv", FA, "rtl"))
    next(chunks)
    assert len(read) == 500


def test_the_name_of_the_file_may_be_persian(web_home) -> None:
    sent = export("مشتریان", COLUMNS, [], "csv", FA, "rtl")
    assert sent.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%D9%85")
    assert sent.headers["Content-Disposition"].endswith(".csv")


def test_other_forms_are_refused(web_home) -> None:
    with pytest.raises(UnknownExport):
        export("a", COLUMNS, [], "pdf", FA, "rtl")
