"""`safar value survival, churn, retention, service`: straight from files, in digits and orders of any kind."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from safar.doors.cli.file_columns import UNKNOWN, FileColumns, ValueUnreadable
from safar.doors.cli.reading import Reading
from safar.doors.cli.text import ColumnUnknown


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def customers(tmp_path: Path) -> str:
    """Months to the end, and a plan, in Persian digits; 40 customers."""
    path = tmp_path / "customers.csv"
    lines = ["who,months,left,plan"]
    for place in range(40):
        months = str(1 + place % 10).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        lines.append(f"c{place},{months},{'yes' if place % 10 < 5 else 'no'},{'ab'[place % 2]}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_survival_of_a_file(safar: Any, customers: str) -> None:
    found = safar(
        "value",
        "survival",
        customers,
        "--duration",
        "months",
        "--ended",
        "left",
        "--after",
        "2",
        "--after",
        "99",
    )
    assert [*rows(found.out)[1][:3], float(rows(found.out)[1][3])] == ["", "40", "2.0", pytest.approx(0.8)]
    assert rows(found.out)[2][3:] == ["", "", ""]  # nobody was followed that long
    assert "all: n 40, 20 left, half have left by 5" in found.err


def test_survival_by_group_and_its_models(safar: Any, customers: str) -> None:
    asked = ("value", "survival", customers, "--duration", "months", "--ended", "left=yes")
    by_plan = safar(*asked, "--by", "plan")
    assert {row[0] for row in rows(by_plan.out)[1:]} == {"a", "b"}
    assert "log-rank" in by_plan.err
    cox = rows(safar(*asked, "--model", "cox", "--covariate", "plan").out)
    assert cox[1][0] == "plan=b"
    weibull = safar(*asked, "--model", "weibull")
    assert rows(weibull.out)[1][0] == "(intercept)"
    assert "AIC" in weibull.err


def test_churn_of_a_file_of_customers(safar: Any, customers: str) -> None:
    found = safar(
        "value", "churn", customers, "--churned", "left=yes", "--id", "who", "--folds", "2", "--most", "3"
    )
    told = rows(found.out)
    assert told[0] == ["who", "risk", "reasons"]
    assert len(told) == 4
    assert "AUC 1.0000" in found.err
    table = rows(
        safar("value", "churn", customers, "--churned", "left", "--leave-out", "who", "--folds", "2").out
    )
    assert table[0] == ["expected", "churned", "churned_low", "churned_high", "n"]


def test_churn_of_a_file_needs_the_file(safar: Any) -> None:
    found = safar("value", "churn", "--churned", "left")
    assert (found.code, "needs a FILE" in found.err) == (2, True)


def test_churn_and_revenue_kept_of_a_file_of_orders(safar: Any, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    lines = ["order_id,customer_id,placed_at,total,currency"]
    number = 0
    for customer in range(60):
        for month in range(1 + customer % 12):
            number += 1
            lines.append(f"o{number},c{customer},2025-{month + 1:02}-{1 + customer % 27:02},{10 + month},USD")
    path.write_text("\n".join(lines), encoding="utf-8")
    kept = rows(safar("value", "retention", str(path), "--most", "2").out)
    place = kept[0].index("new_customers")
    assert [row[0] for row in kept[1:]] == ["2025-10-01", "2025-11-01"]
    assert [row[place] for row in kept[1:]] == ["0", "0"]
    at_risk = safar("value", "churn", str(path), "--alive", "--most", "5", "--risk-first")
    told = rows(at_risk.out)
    assert told[0][0] == "customer_id"
    assert len(told) == 6
    assert "60 customers" in at_risk.err


def test_service_of_a_file_with_a_row_a_change(safar: Any, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(
        "number,opened,resolved,state,promised\n"
        "T1,21/3/2026 09:00,?,new,true\n"
        "T1,21/3/2026 09:00,21/3/2026 18:00,done,true\n"
        "T2,22/3/2026 16:00,23/3/2026 10:00,done,false\n",
        encoding="utf-8",
    )
    found = safar(
        "value", "service", str(path), "--id", "number", "--opened", "opened", "--resolved", "resolved",
        "--kept", "promised", "--hours", "09:00-17:00", "--within", "4h", "--json",
    )  # fmt: skip
    (one,) = json.loads(found.out)
    assert (one["incidents"], one["n"], one["median_seconds"]) == (2, 2, 5 * 3600)  # 8 and 2 hours of work
    assert (one["kept_rate"], one["promise_kept_rate"]) == (0.5, 0.5)


def read(tmp_path: Path, text: str, *wanted: str, **said: str) -> FileColumns:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return FileColumns.of(path, wanted, Reading(**said))


def test_what_cannot_be_read_is_refused_with_its_row(tmp_path: Path) -> None:
    columns = read(tmp_path, "n,t,f\n1,2026-01-01,yes\nmany,?,perhaps\n", "n", "t", "f")
    with pytest.raises(ValueUnreadable, match=r"'many' in the column 'n' of table\.csv, row 2"):
        columns.numbers("n")
    with pytest.raises(ValueUnreadable, match="'perhaps'") as refused:
        columns.flags("f")
    assert refused.value.hint == "Say which value counts: f=VALUE."
    assert columns.instants("t").tolist() == [1_767_225_600_000_000, UNKNOWN]
    assert columns.features("n").tolist() == ["1", "many"]
    with pytest.raises(ColumnUnknown, match="no column 'x'"):
        read(tmp_path, "n\n1\n", "x")


def test_dates_that_read_two_ways_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueUnreadable) as refused:
        read(tmp_path, "t\n03/04/2026\n05/04/2026\n", "t").instants("t")
    assert refused.value.hint == "Say --layout dmy or mdy."
    told = read(tmp_path, "t\n03/04/2026\n05/04/2026\n", "t", layout="dmy", time_zone="Asia/Tehran")
    assert told.instants("t")[0] == 1_775_161_800_000_000
