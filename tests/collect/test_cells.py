from __future__ import annotations

from pathlib import Path

import pytest

from file_builders import a_file, a_mapping, imported, tried, utc

HEAD = "customer,at,state,n\n"
ROWS = (
    HEAD
    + 'a,2026-01-01, new ,1\nb,2026-01-01,closed,-2\nc,2026-01-01,,x\nd,2026-01-01,NEW,"1,234.5"\ne,2026-01-01,?,\n'
)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("present = true", "abd"),
        ("present = false", "ce"),
        ('equals = "new"', "a"),
        ('one_of = ["new", "closed"]', "ab"),
        ('none_of = ["new", "closed"]', "cde"),
        ('matches = "(?i)^n"', "ad"),
        ('does_not_match = "e"', "cde"),
        ('present = true, none_of = ["new"]', "bd"),
    ],
)
def test_conditions_on_texts(tmp_path: Path, condition: str, fits: str) -> None:
    mapping = a_mapping(
        '[file]\nnull = ["?"]', event=f'name = "x"\nat = "at"\nwhen = [{{ column = "state", {condition} }}]'
    )
    assert "".join(event.customer for event in imported(a_file(tmp_path, ROWS), mapping)) == fits


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("above = 1", "d"),
        ("at_least = 1", "ad"),
        ("below = 1", "b"),
        ("at_most = 1", "ab"),
        ("above = -3, below = 1000.5", "ab"),
        ("at_least = 1234.5", "d"),
    ],
)
def test_conditions_on_numbers_pass_over_what_is_none(tmp_path: Path, condition: str, fits: str) -> None:
    mapping = a_mapping(
        '[number]\ndecimal = "."', event=f'name = "x"\nat = "at"\nwhen = [{{ column = "n", {condition} }}]'
    )
    assert "".join(event.customer for event in imported(a_file(tmp_path, ROWS), mapping)) == fits


def test_a_row_that_no_rule_fits_is_named_and_all_conditions_must_hold(tmp_path: Path) -> None:
    mapping = a_mapping(
        event='name = "x"\nat = "at"\nwhen = [{ column = "state", equals = "new" }, { column = "n", equals = "2" }]'
    )
    report = tried(a_file(tmp_path, ROWS), mapping)
    assert (report.events, report.rejected_by_reason) == (0, {"row.no_rule": 5})


def test_words_are_null_only_where_they_are_declared(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,note\nNA,2026-01-01,NA\n?,2026-01-01,?\nNULL,2026-01-01,fine\n")
    event = 'name = "x"\nat = "at"\nproperties = { note = "note" }'
    assert [(each.customer, each.properties) for each in imported(path, a_mapping(event=event))] == [
        ("NA", {"note": "NA"}),
        ("?", {"note": "?"}),
        ("NULL", {"note": "fine"}),
    ]
    declared = a_mapping('[file]\nnull = ["?", "NULL"]', event=event)
    assert [(each.customer, each.properties) for each in imported(path, declared)] == [("NA", {"note": "NA"})]


def test_columns_are_made_of_others(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,refund\na,amount:12.50|date:2026-01-02\nb,none\n")
    mapping = a_mapping(
        """
        currency = "EUR"
        [derive]
        day = { column = "refund", extract = "date:([0-9-]+)" }
        sum = { column = "refund", extract = "amount:([0-9.]+)" }
        """,
        event="""
        name = "order_returned"
        at = "day"
        amount = "sum"
        properties = { day = { column = "day", type = "date" } }
        """,
    )
    (event,) = imported(path, mapping)
    assert (event.amount, event.at.day, event.properties) == (1250, 2, {"day": "2026-01-02"})
    assert tried(path, mapping).rejected_by_reason == {"row.time_missing": 1}


def test_day_and_time_of_day_in_two_columns_are_put_together(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,day,time\na,29/2/2024,09:30\nb,5/3/2024,\n")
    mapping = a_mapping('[derive]\nat = { text = "{day} {time}" }', event='name = "x"\nat = ["at", "day"]')
    assert [event.at for event in imported(path, mapping)] == [utc("2024-02-29 09:30"), utc("2024-03-05")]
    own_name = a_mapping('[derive]\nday = { text = "{day} {time}" }', event='name = "x"\nat = "day"')
    assert [event.at for event in imported(path, own_name)] == [utc("2024-02-29 09:30")]


def test_the_number_of_the_row_stands_for_an_id(tmp_path: Path) -> None:
    """The same file again is the same customers: a row that is rejected takes no number from the others."""
    path = a_file(
        tmp_path,
        """
        at,visit
        2026-01-01,1
        ,1
        2026-01-02,0
        """,
    )
    mapping = a_mapping("[derive]\ncustomer = { row = true }")
    assert [(event.customer, event.at) for event in imported(path, mapping)] == [
        ("2", utc("2026-01-01")),
        ("4", utc("2026-01-02")),
    ]
    assert tried(path, mapping).first_rejected[0].row == 3
