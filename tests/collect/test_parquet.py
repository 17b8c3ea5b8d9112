from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from file_builders import ListSink, a_file, a_mapping, utc
from safar.collect.importing import import_file
from safar.collect.shape import FormatUnknown, detect_shape, read_rows
from safar.store.foreign import ParquetUnreadable, parquet

AT = dt.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)


def a_table(folder: Path) -> Path:
    table = pa.table(
        {
            "id": pa.array([17850.0, None, 7.0]),
            "at": pa.array([AT, AT, AT], pa.timestamp("ns", "UTC")),
            "local": pa.array([AT.replace(tzinfo=None)] * 3, pa.timestamp("ms")),
            "total": pa.array([Decimal("12.50"), Decimal("0.10"), None], pa.decimal128(9, 2)),
            "tags": pa.array([["a"], [], None], pa.list_(pa.string())),
            "more": pa.array([{"a": 1}, {"a": None}, None]),
            "pairs": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
            "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
            "raw": pa.array([b"text", b"\xff\x00", None], pa.binary()),
        }
    )
    path = folder / "file.parquet"
    pq.write_table(table, path, row_group_size=2)
    return path


def test_columns_become_texts_and_keep_their_values(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    shape = detect_shape(path, foreign=parquet)
    assert (shape.format, shape.names[:2]) == ("parquet", ("id", "at"))
    first, second = read_rows(path, shape, foreign=parquet)
    assert (first.done, second.done) == (2 / 3, 1)
    piece = first.followed_by(second)
    assert piece.texts("id") == ["17850", "", "7"]
    assert piece.texts("at")[0] == "2024-01-02 03:04:05.678901+00:00"
    assert piece.texts("local")[0] == "2024-01-02 03:04:05.678000"
    assert piece.texts("total") == ["12.50", "0.10", ""]
    assert piece.texts("tags") == ['["a"]', "[]", ""]
    assert piece.values("more")[0] == {"a": 1}
    assert piece.values("more.a") == [1, None, None]
    assert piece.texts("pairs") == ['{"k":1}', "{}", ""]
    assert piece.texts("kind") == ["x", "y", "x"]
    assert piece.texts("raw") == ["text", "ff00", ""]
    assert piece.numbers.tolist() == [1, 2, 3]


def test_a_table_becomes_events(tmp_path: Path) -> None:
    sink = ListSink()
    mapping = a_mapping(
        'currency = "USD"',
        customer='id = "id"',
        event='name = "{kind}"\nat = "at"\namount = "total"\nspread = ["more"]\nproperties = { tags = "tags" }',
    )
    report = import_file(a_table(tmp_path), mapping, sink, folder=tmp_path / "imports", foreign=parquet)
    assert [(event.customer, event.name, event.amount, event.currency) for event in sink.events] == [
        ("17850", "x", 1250, "USD"),
        ("7", "x", 0, ""),
    ]
    assert sink.events[0].at == AT
    assert [event.properties for event in sink.events] == [{"tags": ["a"], "a": 1}, {}]
    assert report.rejected_by_reason == {"row.customer_missing": 1}
    rejects = (tmp_path / "imports" / report.import_id / "rejects.csv").read_text("utf-8-sig").splitlines()
    assert rejects[1].startswith(
        "2,row.customer_missing,No customer: id is empty.,,2024-01-02 03:04:05.678901+00:00,"
    )


def test_days_and_times_of_the_json_in_cells(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    cells = [json.dumps({"plan": "gold", "n": 2}), None, "not json"]
    pq.write_table(
        pa.table({"customer": ["a", "b", "c"], "at": [dt.date(2024, 1, 2)] * 3, "properties": cells}), path
    )
    sink = ListSink()
    mapping = a_mapping(event='name = "visited"\nat = "at"\nspread = ["properties"]')
    report = import_file(path, mapping, sink, folder=tmp_path / "imports", foreign=parquet)
    assert [(event.at, event.properties) for event in sink.events] == [
        (utc("2024-01-02"), {"plan": "gold", "n": 2}),
        (utc("2024-01-02"), {}),
    ]
    assert report.rejected_by_reason == {"row.object_unreadable": 1}


def test_a_damaged_file_and_a_missing_reader_are_refused(tmp_path: Path) -> None:
    whole = a_table(tmp_path).read_bytes()
    cut = a_file(tmp_path, whole[:-30], "cut.parquet")
    with pytest.raises(ParquetUnreadable):
        detect_shape(cut, foreign=parquet)
    with pytest.raises(FormatUnknown, match="nobody gave a reader"):
        detect_shape(a_table(tmp_path))
