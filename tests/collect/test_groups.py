from __future__ import annotations

from pathlib import Path

import pytest

from file_builders import a_file, a_mapping, csv_of, imported, tried
from safar.collect.groups import GroupTooLong

LINES = """
customer,order,at,sku,q,price,c
a,o1,2026-01-01 10:00,s1,2,1.50,EUR
a,o1,2026-01-01 10:01,s2,1,0.25,EUR
b,o2,2026-01-02 10:00,s1,-1,1.50,EUR
a,o3,2026-01-03 10:00,s3,1,9.99,EUR
b,o4,2026-01-04 10:00,s3,1,9.99,EUR
a,o3,2026-01-05 10:00,s3,2,9.99,EUR
"""
RULE = """
name = "order_placed"
at = "at"
when = [{ column = "q", above = 0 }]
per = ["order"]
amount = { columns = ["q", "price"] }
[event.properties]
order_id = "order"
[event.items]
sku = "sku"
q = { column = "q", type = "number" }
"""
MAPPING = a_mapping('currency = "{c}"\n[number]\ndecimal = "."', event=RULE)


def test_neighbouring_lines_of_an_order_are_one_event(tmp_path: Path) -> None:
    events = imported(a_file(tmp_path, LINES), MAPPING)
    assert [
        (event.properties["order_id"], event.amount, event.at.day, event.at.minute) for event in events
    ] == [
        ("o1", 325, 1, 0),
        ("o3", 999, 3, 0),
        ("o4", 999, 4, 0),
        ("o3", 1998, 5, 0),
    ]
    assert events[0].properties["items"] == [{"sku": "s1", "q": 2}, {"sku": "s2", "q": 1}]
    assert len({event.event_id for event in events}) == 4


def test_every_line_counts_as_imported(tmp_path: Path) -> None:
    report = tried(a_file(tmp_path, LINES), MAPPING)
    assert (report.rows, report.rows_imported, report.events) == (6, 5, 4)
    assert report.rejected_by_reason == {"row.no_rule": 1}


def test_half_an_order_is_no_order(tmp_path: Path) -> None:
    path = a_file(tmp_path, LINES.replace("s2,1,0.25", "s2,1,cheap"))
    report = tried(path, MAPPING)
    assert report.rejected_by_reason == {
        "row.group_rejected": 1,
        "row.number_unreadable": 1,
        "row.no_rule": 1,
    }
    assert [each.row for each in report.first_rejected] == [2, 3, 4]
    assert "cheap" in report.first_rejected[0].sentence
    assert [event.properties["order_id"] for event in imported(path, MAPPING)] == ["o3", "o4", "o3"]


def test_an_order_in_two_currencies_is_rejected(tmp_path: Path) -> None:
    path = a_file(tmp_path, LINES.replace("1,0.25,EUR", "1,0.25,USD"))
    report = tried(path, MAPPING)
    assert report.rejected_by_reason["row.currency_mixed"] == 2
    assert report.first_rejected[0].sentence == "Rows of one group have EUR and USD."


def test_lines_without_items_leave_the_properties_as_they_are(tmp_path: Path) -> None:
    mapping = a_mapping('currency = "{c}"\n[number]\ndecimal = "."', event=RULE.partition("[event.items]")[0])
    assert imported(a_file(tmp_path, LINES), mapping)[0].properties == {"order_id": "o1"}


def test_a_total_that_stands_on_every_line_is_taken_once_by_its_key(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        "customer,order,at,sku,total\na,o1,2026-01-01,s1,10\na,o1,2026-01-01,s2,10\nb,o2,2026-01-01,s1,5\n",
    )
    mapping = a_mapping(
        'currency = "EUR"',
        event="""
        name = "order_placed"
        at = "at"
        key = ["order"]
        amount = "total"
        [[event]]
        name = "item_bought"
        at = "at"
        """,
    )
    assert [(event.name, event.amount) for event in imported(path, mapping)] == [
        ("order_placed", 1000), ("item_bought", 0), ("item_bought", 0), ("order_placed", 500), ("item_bought", 0),
    ]  # fmt: skip
    report = tried(path, mapping)
    assert (report.repeated, report.rows_imported, report.amounts) == (1, 3, {"EUR": 1500})


def test_a_column_that_never_changes_is_no_order(tmp_path: Path) -> None:
    rows = [
        ("customer", "order", "at", "sku", "q", "price", "c"),
        *(("a", "o", "2026-01-01", "s", 1, 1, "EUR"),) * 100_001,
    ]
    with pytest.raises(GroupTooLong, match="From row 2 on, more than 100,000 rows share"):
        tried(a_file(tmp_path, csv_of(rows)), MAPPING)
