"""Importing from the terminal: a dry run, the real one, the same again, and undoing it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from safar.vocabulary.digits import fold_digits

MAPPING = """
name = "orders"
currency = "IRR"

[customer]
id = "customer"

[[event]]
name = "order_placed"
at = "placed"
amount = "total"

[event.properties]
order_id = "order"

[[event]]
name = "order_delivered"
at = "delivered"
"""
ORDERS = """order,customer,placed,delivered,total
1,sara,2026-03-21 09:00,2026-03-23 17:00,250000
2,omid,2026-03-21 10:00,,120000
3,,2026-03-21 11:00,,90000
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A file of orders and its mapping."""
    orders, mapping = tmp_path / "orders.csv", tmp_path / "orders.toml"
    orders.write_text(ORDERS, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return orders, mapping


def count(safar, home: Path) -> int:
    return json.loads(safar("sql", "select count(*) as n from events", "--json", "--home", home).out)[0]["n"]


def test_a_dry_run_says_what_would_be_and_keeps_nothing(safar, home: Path, files: tuple[Path, Path]) -> None:
    orders, mapping = files
    ran = safar("import", orders, "--mapping", mapping, "--dry-run", "--home", home, "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["state"], report["rows"], report["events"]) == (0, "dry_run", 3, 3)
    assert report["events_by_name"] == {"order_placed": 2, "order_delivered": 1}
    assert report["amounts"] == {"IRR": 370000}
    assert "Row 4: " in ran.err
    assert "[row.customer_missing]" in ran.err
    assert count(safar, home) == 0
    assert safar("imports", "list", "--json", "--home", home).out == "[]\n"


def test_an_import_brings_the_events_once(safar, home: Path, files: tuple[Path, Path]) -> None:
    orders, mapping = files
    first = safar("import", orders, "--mapping", mapping, "--home", home)
    fields = dict(list(csv.reader(io.StringIO(first.out)))[1:])
    assert (fields["state"], fields["rows_rejected"], fields["events"]) == ("finished", "1", "3")
    rejects = Path(first.err.split("All rejected rows, with their reasons: ")[1].splitlines()[0])
    assert rejects.read_text(encoding="utf-8-sig").splitlines()[1].startswith("4,row.customer_missing,")
    assert count(safar, home) == 3
    assert safar("import", orders, "--mapping", mapping, "--home", home).code == 0
    assert count(safar, home) == 3


def test_the_clock_of_the_workspace_is_meant_unless_another_is_named(
    safar, home: Path, files: tuple[Path, Path]
) -> None:
    orders, mapping = files
    words = ["import", orders, "--mapping", mapping, "--dry-run", "--home", home, "--json"]
    assert json.loads(safar(*words).out)["first_at"] == "2026-03-21T09:00:00Z"
    assert json.loads(safar(*words, "--time-zone", "Asia/Tehran").out)["first_at"] == "2026-03-21T05:30:00Z"


def test_an_import_is_listed_shown_and_undone(safar, home: Path, files: tuple[Path, Path]) -> None:
    orders, mapping = files
    safar("import", orders, "--mapping", mapping, "--home", home)
    listed = json.loads(safar("imports", "list", "--json", "--home", home).out)
    assert [(each["file"], each["state"], each["events_in_log"]) for each in listed] == [
        ("orders.csv", "finished", 3)
    ]
    import_id = listed[0]["import_id"]
    shown = json.loads(safar("imports", "show", import_id, "--json", "--home", home).out)
    assert shown["first_rejected"][0]["cells"] == ["3", "", "2026-03-21 11:00", "", "90000"]
    undone = json.loads(safar("imports", "undo", import_id, "--json", "--home", home).out)
    assert (undone["events_removed"], undone["ids_parted"]) == (3, 0)
    assert count(safar, home) == 0
    assert json.loads(safar("imports", "list", "--json", "--home", home).out)[0]["events_in_log"] == 0


def test_an_option_outranks_the_file(safar, home: Path, files: tuple[Path, Path]) -> None:
    orders, mapping = files
    orders.write_bytes(ORDERS.replace("sara", "سارا").replace(",", ";").encode("windows-1256"))
    words = ["import", orders, "--mapping", mapping, "--dry-run", "--home", home, "--json"]
    told = safar(*words, "--encoding", "windows-1256", "--delimiter", ";")
    assert json.loads(told.out)["first_events"][0]["customer_id"] == "سارا"


@pytest.mark.parametrize("option", [["--layout", "dmmy"], ["--calendar", "jallali"], ["--encoding", "utf-9"]])
def test_an_option_that_cannot_be_imports_nothing(
    safar, home: Path, files: tuple[Path, Path], option: list[str]
) -> None:
    orders, mapping = files
    refused = safar("import", orders, "--mapping", mapping, *option, "--home", home)
    assert (refused.code, refused.out) == (2, "")
    assert option[1] in refused.err
    assert count(safar, home) == 0


def test_a_file_of_which_no_row_becomes_an_event_is_a_failure(
    safar, home: Path, files: tuple[Path, Path]
) -> None:
    orders, mapping = files
    orders.write_text("order,customer,placed,delivered,total\n3,,2026-03-21 11:00,,90000\n")
    ran = safar("import", orders, "--mapping", mapping, "--home", home)
    assert ran.code == 1
    assert ran.err.endswith("No row became an event.\n")


def test_a_mapping_that_does_not_fit_is_refused_with_the_nearest_column(
    safar, home: Path, files: tuple[Path, Path]
) -> None:
    orders, mapping = files
    mapping.write_text(MAPPING.replace('id = "customer"', 'id = "custmer"'))
    refused = safar("import", orders, "--mapping", mapping, "--home", home)
    assert (refused.code, refused.out) == (2, "")
    assert "custmer" in refused.err
    assert '"customer"' in refused.err


def test_without_a_mapping_one_is_drafted_and_said_but_not_used_unasked(
    safar, home: Path, files: tuple[Path, Path]
) -> None:
    refused = safar("import", files[0], "--home", home)
    assert (refused.code, refused.out) == (2, "")
    assert "customer.id ← customer: " in refused.err
    assert "[cli.draft_not_agreed]" in refused.err
    assert count(safar, home) == 0


@pytest.mark.parametrize(("typed", "code", "events"), [("y\n", 0, 3), ("n\n", 2, 0), ("\n", 2, 0)])
def test_a_draft_is_used_once_someone_agrees(
    safar, safar_typed, home: Path, files: tuple[Path, Path], typed: str, code: int, events: int
) -> None:
    ran = safar_typed("import", files[0], "--home", home, typed=typed)
    assert ran.code == code
    assert "Import by this draft? [y/N]: " in ran.err
    assert count(safar, home) == events


def test_a_draft_can_be_saved_and_says_the_same_as_agreeing_to_it(
    safar, home: Path, files: tuple[Path, Path], tmp_path: Path
) -> None:
    drafted = safar("import", files[0], "--propose", "--home", home)
    assert drafted.code == 0
    saved = tmp_path / "drafted.toml"
    saved.write_text(drafted.out, encoding="utf-8")
    assert safar("import", files[0], "--mapping", saved, "--home", home).code == 0
    assert count(safar, home) == 3
    assert safar("import", files[0], "--yes", "--home", home).code == 0
    assert count(safar, home) == 3, "the same events, so nothing is added"


def test_an_amount_that_names_no_currency_is_in_the_workspaces(safar, home: Path, tmp_path: Path) -> None:
    mapping, orders = tmp_path / "priced.toml", tmp_path / "priced.csv"
    own = MAPPING.replace('currency = "IRR"\n', "").replace('"total"', '"total"\ncurrency = "{money}"')
    mapping.write_text(own, encoding="utf-8")
    orders.write_text(
        "order,customer,placed,delivered,total,money\n1,sara,2026-03-21,,5,EUR\n2,omid,2026-03-22,,7,\n"
    )
    for arguments in (["--dry-run"], []):
        ran = safar("import", orders, "--mapping", mapping, *arguments, "--home", home, "--json")
        report = json.loads(ran.out)
        assert (report["rows_rejected"], report["amounts"]) == (0, {"EUR": 500, "IRR": 7})


UNITS = """شماره سفارش,شماره مشتری,تاریخ,مبلغ,واحد پول
SF-۱,۰۹۱۲۰۰۰۰۰۳۱,۱۴۰۵/۰۶/۱۰ ۰۹:۴۶,۶۶٬۳۹۰,ریال
SF-۲,۰۹۱۲۰۰۰۰۰۱۵,۱۴۰۵/۰۷/۱۸ ۲۲:۱۸,۱٬۱۱۴,تومان
SF-۳,۰۹۱۲۰۰۰۰۰۱۵,۱۴۰۵/۰۷/۱۹ ۲۲:۱۸,۱٬۱۱۴,سکه
"""


def test_a_terminal_gets_a_few_lines_and_hears_when_nothing_is_new(safar, home: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "orders.csv", tmp_path / "again.csv"
    first.write_text(UNITS, encoding="utf-8")
    second.write_text(fold_digits(UNITS).replace("ی", "ي").replace("٬", ""), encoding="cp1256")
    ran = safar("import", first, "--yes", "--table", "--home", home)
    lines = dict.fromkeys(map(str.strip, ran.out.splitlines()))
    assert ran.code == 0
    assert "Rows       3, of which 2 became events" in lines
    assert "Rejected   1 rows: row.currency_unknown 1" in lines
    assert "Events     4: identify 2, order_placed 2" in lines
    assert "all of them new" in lines
    assert "Amounts    IRR 77,530 (toman 7,753)" in lines
    assert any(line.startswith("Look at    What 'سکه' means is not known") for line in lines)
    assert any(line.startswith("in ") and Path(line[3:]).is_file() for line in lines)
    again = safar("import", second, "--yes", "--table", "--home", home)
    assert "nothing new: all of them were known already" in again.out
    as_json = json.loads(safar("import", second, "--yes", "--json", "--anew", "--home", home).out)
    assert (as_json["events"], as_json["events_added"], as_json["amounts"]) == (4, 0, {"IRR": 77530})
