"""Real files all the way: a table becomes a log, the log is asked, and the numbers are those that others computed.

The commands are those of docs/tutorials/real-data.en.md.
"""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv as csv_files

from safar.doors.cli.main import main
from safar.store.home import Home

pytestmark = pytest.mark.data

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a workspace for each file."""
    folder = tmp_path_factory.mktemp("real")
    with Home.create(folder / "home") as made:
        for name, zone, currency in (
            ("shop", "Europe/London", "GBP"),
            ("email", "UTC", "USD"),
            ("phone", "UTC", "EUR"),
            ("airport", "UTC", "USD"),
        ):
            made.create_workspace(
                name,
                workspace_id=name,
                language="en",
                calendar="gregorian",
                time_zone=zone,
                currency=currency,
            )
    return folder


@pytest.fixture
def rows(safar: Any, homes: Path) -> Callable[..., Rows]:
    def ask(*arguments: object, home: bool = True) -> Rows:
        where = ("--home", homes / "home") if home else ()
        ran = safar(*arguments, *where, "--csv")
        assert ran.code == 0, ran.err
        return list(csv.DictReader(io.StringIO(ran.out)))

    return ask


def oracle(shared_data: Path, name: str) -> Any:
    return json.loads((shared_data / name / "oracle.json").read_text())


def brought(home: Path, workspace: str, *arguments: object) -> None:
    assert main([str(each) for each in ("import", *arguments, "--home", home, "--workspace", workspace)]) == 0


@pytest.fixture(scope="module")
def shop(homes: Path, shared_data: Path) -> str:
    """Online Retail, by the mapping that the import drafts itself; lines that name nobody, and words, are left out
    before, for they take most of the time (tests/doors/cli/test_real_data.py takes all of it).
    """
    names = ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")
    source = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
    texts = csv_files.ConvertOptions(include_columns=names, column_types=dict.fromkeys(names, pa.string()))
    lines = csv_files.read_csv(source, convert_options=texts)
    file = homes / "online_retail.csv"
    csv_files.write_csv(lines.filter(pc.not_equal(lines["CustomerID"], "")), file)
    brought(homes / "home", "shop", file, "--yes")
    return "shop"


@pytest.fixture(scope="module")
def email(homes: Path, shared_data: Path, root: Path) -> str:
    file = shared_data / "hillstrom" / "hillstrom.csv.gz"
    brought(homes / "home", "email", file, "--mapping", root / "examples/mappings/hillstrom.toml")
    return "email"


@pytest.fixture(scope="module")
def phone(homes: Path, shared_data: Path, root: Path) -> str:
    file = shared_data / "ecsi" / "mobi.csv.gz"
    brought(homes / "home", "phone", file, "--mapping", root / "examples/mappings/satisfaction_index.toml")
    return "phone"


@pytest.fixture(scope="module")
def airport(homes: Path, shared_data: Path, root: Path) -> str:
    mapping = homes / "airport_2017.toml"
    mapping.write_text((root / "examples/surveys/airport_survey.toml").read_text().replace("YEAR", "2017"))
    brought(homes / "home", "airport", shared_data / "sfo_survey/sfo_2017.csv.gz", "--mapping", mapping)
    return "airport"


def test_groups_of_a_wholesaler_by_how_lately_and_how_often_they_buy(
    rows, shop: str, shared_data: Path
) -> None:
    known = oracle(shared_data, "online_retail")["online_retail_2010_2011"]
    found = rows("value", "rfm", "--until", "2011-12-10", "--workspace", shop)
    bought = [row for row in found if float(row["revenue"]) or row["orders"]]
    assert statistics.median(float(row["days_since"]) for row in bought) == known["rfm_median"]["R"]
    assert statistics.median(float(row["orders"]) for row in bought) == known["rfm_median"]["F"]
    assert abs(len(found) - known["clean_customers"]) <= 1, "one has goods without a price alone"


def test_what_the_customers_of_a_wholesaler_are_worth(
    rows, safar, homes: Path, shop: str, shared_data: Path
) -> None:
    known = oracle(shared_data, "online_retail")["online_retail_2010_2011"]
    placed = "from events where event_name = 'order_placed'"
    (row,) = rows("sql", f"select sum(amount)::bigint n {placed}", "--workspace", shop)
    assert int(row["n"]) == round(known["clean_revenue"] * 100)
    found = safar("value", "clv", "--csv", "--home", homes / "home", "--workspace", shop)
    assert found.code == 0, found.err
    worth = list(csv.DictReader(io.StringIO(found.out)))
    best = {row["customer_id"] for row in worth[:20]}
    assert len(best & set(known["top5_customers"])) >= 4
    returned = sum(float(row["historic"]) for row in worth)
    assert 0.92 * known["clean_revenue"] < returned < 0.95 * known["clean_revenue"], "less what was sent back"


def test_cohorts_and_who_is_about_to_leave(rows, safar, homes: Path, shop: str, shared_data: Path) -> None:
    known = oracle(shared_data, "online_retail")["online_retail_2010_2011"]["first_cohort"]
    found = rows(
        "ask", "retention", "--begins", "order_placed", "--returns", "order_placed", "--period", "month",
        "--time-zone", "Europe/London", "--window", "2010-12-01..2011-12-10", "--most", 12, "--workspace", shop,
    )  # fmt: skip
    first = [row for row in found if row["cohort"].startswith("2010-12-01")]
    assert {int(row["size"]) for row in first} <= {known["2010-12"], known["2010-12"] + 1}
    assert [int(row["count"]) for row in first if int(row["periods_after"]) > 0] == pytest.approx(
        list(known.values())[1:], abs=1
    )
    left = safar("value", "churn", "--csv", "--home", homes / "home", "--workspace", shop)
    assert left.code == 0, left.err
    risks = [float(row["expected_loss"]) for row in csv.DictReader(io.StringIO(left.out))]
    assert risks == sorted(risks, reverse=True)
    assert "Judged on" in left.err


def test_hillstroms_e_mails_from_the_table_and_from_the_log(rows, email: str, shared_data: Path) -> None:
    known = oracle(shared_data, "hillstrom")["lift_vs_no_email"]
    table = rows(
        "value", "experiment", shared_data / "hillstrom" / "hillstrom.csv.gz", "--arm", "segment",
        "--control", "No E-Mail", "--metric", "visit", "--metric", "conversion", "--metric", "spend", home=False,
    )  # fmt: skip
    log = rows(
        "ask", "experiment", "--control", "No E-Mail", "--workspace", email,
        "--metric", '{"name": "visit", "event_names": ["visit"]}',
        "--metric", '{"name": "conversion", "event_names": ["order_placed"]}',
        "--metric", '{"name": "spend", "event_names": ["order_placed"], "counted": "amount"}',
    )  # fmt: skip
    for found in (table, log):
        assert len(found) == 6
        for row in found:
            expected = known[row["arm"]][row["metric"]]
            assert float(row["effect"]) == pytest.approx(expected["abs"], abs=1e-6)
            assert [float(row["effect_low"]), float(row["effect_high"])] == pytest.approx(
                expected["ci95"], abs=5e-5
            )


def test_who_leaves_a_telephone_company(safar, rows, shared_data: Path) -> None:
    known = oracle(shared_data, "telco_churn")
    file = shared_data / "telco_churn" / "Telco-Customer-Churn.csv.gz"
    after = [part for months in known["kaplan_meier_survival"] for part in ("--after", months)]
    curve = rows(
        "value", "survival", file, "--duration", "tenure", "--ended", "Churn=Yes", *after, home=False
    )
    found = {row["after"].removesuffix(".0"): float(row["survival"]) for row in curve}
    assert found == {
        month: pytest.approx(share, abs=5e-6) for month, share in known["kaplan_meier_survival"].items()
    }
    left = safar("value", "churn", file, "--churned", "Churn=Yes", "--id", "customerID", "--most", 5, "--csv")
    assert f"Judged on {known['rows']:,} customers of whom {known['churn_rate']:.4f} left" in left.err
    assert "AUC 0.84" in left.err


def test_what_passengers_of_an_airport_are_content_with(rows, airport: str, shared_data: Path) -> None:
    """The question keys of the log and the columns of the table say the same."""
    columns = {
        "airport_food": "Q7FOOD", "airport_roads": "Q7ROADS", "airport_signs": "Q7SIGN", "airport_stores": "Q7STORE",
        "airport_art": "Q7ART", "airport_information_above": "Q7INFOUP", "airport_walkways": "Q7WALKWAYS",
        "airport_screens": "Q7SCREENS", "airport_information_below": "Q7INFODOWN", "airport_wifi": "Q7WIFI",
    }  # fmt: skip
    ratings = [part for key in columns for part in ("--rating", key)]
    asked = rows(
        "ask", "drivers", "--outcome", "airport_overall", *ratings, "--resamples", 20, "--workspace", airport
    )
    named = [part for column in columns.values() for part in ("--driver", column)]
    file = shared_data / "sfo_survey" / "sfo_2017.csv.gz"
    table = rows("value", "drivers", file, "--outcome", "Q7ALL", *named, "--scale", "1-5", home=False)
    assert [columns[row["driver"]] for row in asked] == [row["driver"] for row in table]
    assert [float(row["importance"]) for row in asked] == pytest.approx(
        [float(row["importance"]) for row in table]
    )
    assert asked[0]["driver"] == "airport_food"


def test_a_satisfaction_index_as_published(rows, phone: str, shared_data: Path) -> None:
    """SmartPLS 2 of `mobi`; see tests/explain/test_path_model.py for all digits."""
    published = {
        ("image", "expectation"): 0.5049139,
        ("quality", "satisfaction"): 0.5120239,
        ("value", "satisfaction"): 0.1947651,
        ("satisfaction", "loyalty"): 0.4854776,
    }
    log = rows("ask", "path_model", "--resamples", 20, "--workspace", phone)
    table = rows("value", "paths", shared_data / "ecsi" / "mobi.csv.gz", "--scale", "1-10", home=False)
    for found in (log, table):
        paths = {(row["source"], row["target"]): row["path"] for row in found}
        assert {pair: round(float(paths[pair]), 7) for pair in published} == published
