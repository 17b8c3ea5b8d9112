"""`safar value experiment, plan, recommend`: straight from a file, the numbers of the library."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from safar.doors.cli.main import DONE, REFUSED, main
from safar.explain.experiments.experiment import Metric, experiment


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["value", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """Two hundred customers: an arm, whether they bought, what they spent (with a comma) and had spent before."""
    rows = ["arm;bought;spent;orders;before"]
    for number in range(200):
        arm, bought = ("old", "new")[number % 2], int(number % 7 < 2 + number % 2)
        rows.append(f"{arm};{bought};{bought * (10 + number % 5)},5;{bought * 2};{number % 5}")
    path = tmp_path / "experiment.csv"
    path.write_text("\n".join(rows))
    return path


def test_a_table_is_compared_as_the_library_does(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys,
        *(
            "experiment",
            str(shown),
            "--arm",
            "arm",
            "--control",
            "old",
            "--metric",
            "bought",
            "--metric",
            "spent",
        ),
        *("--before", "spent=before", "--csv"),
    )
    assert code == DONE
    rows = list(csv.DictReader(io.StringIO(out)))
    with shown.open() as file:
        table = list(csv.DictReader(file, delimiter=";"))
    spent = [float(row["spent"].replace(",", ".")) for row in table]
    metrics = [
        Metric("bought", [float(row["bought"]) for row in table]),
        Metric("spent", spent, before=[float(row["before"]) for row in table]),
    ]
    found = experiment([row["arm"] for row in table], metrics, control="old")
    for row, each in zip(rows, found.results, strict=True):
        assert row["metric"] == each.metric
        assert float(row["effect"]) == each.best.absolute.value
        assert float(row["effect_low"]) == each.best.absolute.interval.low
        assert float(row["p_value"]) == each.p_value
    assert "old 100, new 100" in err
    assert "2 comparisons were judged together" in err


def test_a_ratio_and_planned_shares(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "experiment",
        str(shown),
        "--arm",
        "arm",
        "--control",
        "old",
        "--metric",
        "spent/orders",
        "--json",
    ]
    code, out, err = run(capsys, *arguments, "--share", "old=80", "--share", "new=20")
    assert code == DONE
    assert json.loads(out)[0]["kind"] == "ratio"
    assert "believe nothing" in err


def test_what_is_not_in_the_file_is_refused(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(
        capsys, "experiment", str(shown), "--arm", "group", "--control", "old", "--metric", "bought"
    )
    assert (code, "no column 'group'" in err) == (REFUSED, True)
    code, _, err = run(
        capsys, "experiment", str(shown), "--arm", "arm", "--control", "odl", "--metric", "bought"
    )
    assert (code, 'Did you mean "old"' in err) == (REFUSED, True)


def test_plans(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "plan", "--rate", "۱۰٫۶", "--effect", "1", "--a-day", "2000", "--json")
    assert code == DONE
    assert json.loads(out) == {"customers": 29752, "customers_by_arm": 14876, "effect": 1.0, "days": 21}
    looked = json.loads(run(capsys, "plan", "--spread", "5", "--effect", "1", "--looks", "5", "--json")[1])
    assert looked["bounds"] == [4.8769, 3.357, 2.6803, 2.2898, 2.031]
    assert looked["customers_by_arm"] == 403
    seen = json.loads(run(capsys, "plan", "--spread", "5", "--customers", "393", "--json")[1])
    assert seen["effect"] == pytest.approx(1.0, abs=0.001)
    assert run(capsys, "plan", "--rate", "10")[0] == REFUSED


@pytest.fixture
def sold(tmp_path: Path) -> Path:
    """Tea drinkers and coffee drinkers, six orders each."""
    rows = ["who,what,when"]
    for customer in range(40):
        kind = "TC"[customer % 2]
        rows += [
            f"{kind}{customer},{kind}-{(customer + place) % 7},2026-01-{1 + place * 5 + customer % 5:02} 10:00"
            for place in range(6)
        ]
    path = tmp_path / "sold.csv"
    path.write_text("\n".join(rows))
    return path


def test_items_of_a_table_are_recommended(sold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = ["--customer", "who", "--item", "what", "--time", "when"]
    code, out, err = run(capsys, "recommend", str(sold), *columns, "--for", "T0", "--count", "1", "--csv")
    assert code == DONE
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["customer_id"] for row in rows] == ["T0"]
    assert {row["item"][0] for row in rows} == {"T"} == {row["because_item"][0] for row in rows}
    assert "customers took later" in err
    code, out, _ = run(capsys, "recommend", str(sold), *columns, "--judge", "--json")
    judged = json.loads(out)
    assert [row["model"] for row in judged] == [
        "popular",
        "also_bought",
        "item_cosine",
        "graph_filter",
        "ease",
    ]
    assert sum(row["is_chosen"] for row in judged) == 1
    assert run(capsys, "recommend", str(sold), "--customer", "who")[0] == REFUSED


def test_without_times_models_are_not_judged(sold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = ["--customer", "who", "--item", "what"]
    code, out, err = run(capsys, "recommend", str(sold), *columns, "--count", "1", "--csv")
    assert code == DONE
    assert len(out.splitlines()) == 41
    assert "Models cannot be judged" in err


def test_a_table_is_judged_at_a_planned_look(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["experiment", str(shown), "--arm", "arm", "--control", "old", "--metric", "bought"]
    code, out, _ = run(
        capsys, *arguments, "--looks", "5", "--bound", "obrien_fleming", "--look", "3", "--json"
    )
    (row,) = json.loads(out)
    assert (code, round(row["z_bound"], 4)) == (DONE, 2.6337), "as published"
    assert row["may_end"] is row["is_clear"] is (abs(row["z"]) >= row["z_bound"])
    assert row["at_look_low"] < row["effect_low"], "wider than one reading at the end"
    code, out, _ = run(capsys, *arguments, "--looks", "4", "--arm-size", "200", "--json")
    assert code == DONE
    # half of what was planned is in: the second of four looks, spending after O'Brien and Fleming
    assert round(json.loads(out)[0]["z_bound"], 2) == 2.96
    code, _, err = run(capsys, *arguments, "--looks", "4")
    assert (code, "which look this is" in err) == (REFUSED, True)
    code, _, err = run(capsys, *arguments, "--look", "4")
    assert (code, "--looks" in err) == (2, True)
