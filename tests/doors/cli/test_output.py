"""Data on standard output, in the three forms."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.cli.output import Form, as_text, write_record, write_rows

TEHRAN = timezone(timedelta(hours=3, minutes=30))
NAMES = ("city", "orders", "at")
ROWS = [("تهران", 12, datetime(2026, 3, 21, 9, tzinfo=UTC)), ("Doha", 7, None)]


def test_a_table_aligns_numbers_right_and_isolates_right_to_left_text(capsys) -> None:
    write_rows(Form.TABLE, NAMES, ROWS)
    assert capsys.readouterr().out == (
        "city   orders  at\n"
        "─────  ──────  ────────────────────\n"
        "\u2068تهران\u2069      12  2026-03-21T09:00:00Z\n"
        "Doha        7\n"
    )


def test_csv_is_a_header_and_a_line_a_row(capsys) -> None:
    write_rows(Form.CSV, NAMES, ROWS)
    assert capsys.readouterr().out == "city,orders,at\nتهران,12,2026-03-21T09:00:00Z\nDoha,7,\n"


def test_json_is_an_array_of_objects(capsys) -> None:
    write_rows(Form.JSON, NAMES, ROWS)
    assert json.loads(capsys.readouterr().out) == [
        {"city": "تهران", "orders": 12, "at": "2026-03-21T09:00:00Z"},
        {"city": "Doha", "orders": 7, "at": None},
    ]


@pytest.mark.parametrize(("form", "empty"), [(Form.JSON, "[]\n"), (Form.CSV, "a\n"), (Form.TABLE, "a\n─\n")])
def test_no_rows_still_say_their_columns(form: Form, empty: str, capsys) -> None:
    write_rows(form, ("a",), [])
    assert capsys.readouterr().out == empty


def test_a_record_is_an_object_or_its_fields(capsys) -> None:
    write_record(Form.JSON, {"events": 3})
    assert json.loads(capsys.readouterr().out) == {"events": 3}
    write_record(Form.CSV, {"events": 3, "folder": "/a"})
    assert capsys.readouterr().out == "field,value\nevents,3\nfolder,/a\n"


def test_json_keeps_every_digit_of_a_number_and_knows_no_nan(capsys) -> None:
    write_rows(Form.JSON, ("total", "rate"), [(Decimal("12345678901234567890.50"), float("nan"))])
    assert capsys.readouterr().out == '[\n{"total":12345678901234567890.50,"rate":null}\n]\n'


def test_what_a_customer_wrote_cannot_steer_the_terminal(capsys) -> None:
    write_rows(Form.TABLE, ("comment",), [["\x1b[2Jbye\n\u202eabc"]])
    assert capsys.readouterr().out.splitlines()[-1] == r"\x1b[2Jbye\n\u202eabc"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            datetime(2026, 3, 21, 12, 30, tzinfo=timezone(timedelta(hours=3, minutes=30))),
            "2026-03-21T09:00:00Z",
        ),
        (date(2026, 3, 21), "2026-03-21"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (b"\x01\xff", "01ff"),
        (Decimal("12.50"), "12.50"),
        (["یک", None], '["یک",null]'),
        (False, "false"),
    ],
)
def test_values_read_the_same_everywhere(value: object, text: str) -> None:
    assert as_text(value) == text


@given(st.lists(st.tuples(st.text(), st.integers() | st.none()), max_size=5))
def test_csv_and_json_give_back_what_was_written(rows: list[tuple[str, int | None]]) -> None:
    written = {form: _captured(form, rows) for form in (Form.CSV, Form.JSON)}
    assert [tuple(record.values()) for record in json.loads(written[Form.JSON])] == rows
    read = list(csv.reader(io.StringIO(written[Form.CSV], newline="")))[1:]
    assert read == [[text, "" if number is None else str(number)] for text, number in rows]


def _captured(form: Form, rows: list[tuple[str, int | None]]) -> str:
    with contextlib.redirect_stdout(io.StringIO(newline="")) as out:
        write_rows(form, ("text", "number"), rows)
    return out.getvalue()
