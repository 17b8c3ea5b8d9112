"""`safar value sbg` and `safar.contracts`: published numbers, from what is typed and from a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import safar as library
from safar.measure.sbg import CohortRefused, DiscountRefused

HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491)
REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241)


def test_published_numbers_of_what_is_typed(safar: Any) -> None:
    """Fader & Hardie (2007), table 1; (2010), the residual lifetime."""
    found = safar("value", "sbg", *HIGH_END, "--json")
    rows = json.loads(found.out)
    assert [row["period"] for row in rows] == list(range(15))
    assert [row["survivors"] for row in rows] == [*HIGH_END, *[None] * 7]
    assert (rows[0]["share"], rows[0]["retention_rate"]) == (1.0, None)
    assert round(rows[0]["residual_periods"], 4) == 5.4145
    assert rows[12]["share"] == pytest.approx(rows[11]["share"] * rows[12]["retention_rate"])
    assert found.err.startswith("alpha 0.668")
    assert "beta 3.806" in found.err
    assert "log likelihood -1611.1" in found.err


def test_cohorts_of_a_file_in_persian_digits(safar: Any, tmp_path: Path) -> None:
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    lines = ["old,new", *(f"{each},{str(each).translate(persian)}" for each in REGULAR)]
    lines[-3:] = [
        line.split(",", 1)[0] + "," for line in lines[-3:]
    ]  # the younger one is known for less long
    (tmp_path / "cohorts.csv").write_text("\n".join(lines), encoding="utf-8")
    one = safar("value", "sbg", "cohorts.csv", "--survivors", "old", "--periods", "2", "--csv")
    assert "alpha 0.704" in one.err
    assert "beta 1.182" in one.err
    rows = list(csv.DictReader(io.StringIO(one.out)))
    assert [row["period"] for row in rows] == ["0", "1", "2"]
    both = safar("value", "sbg", "cohorts.csv", "--survivors", "old", "--survivors", "new")
    expected = library.contracts(REGULAR, REGULAR[:5])
    assert (
        f"alpha {expected.fit.alpha:.4f}, standard error {expected.fit.standard_errors['alpha']:.4f}"
        in both.err
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("cohorts.csv",), "--survivors COLUMN"),
        (("1000", "900", "--survivors", "old"), "needs one FILE"),
        (("1000", "x"), "x"),
        (("1000", "1001"), "can only shrink"),
        (("1000", "900", "--discount", "0"), "discount rate"),
    ],
)
def test_what_is_no_cohort_is_said(safar: Any, tmp_path: Path, typed: tuple[str, ...], said: str) -> None:
    (tmp_path / "cohorts.csv").write_text("old\n3\n2\n", encoding="utf-8")
    found = safar("value", "sbg", *typed)
    assert found.code != 0
    assert said in found.err
    assert not found.out


def test_in_a_notebook() -> None:
    found = library.contracts(REGULAR, periods=3)
    assert repr(found) == "<Contracts: alpha 0.704, beta 1.182>"
    assert found.table.column("period") == [0, 1, 2, 3]
    assert "<table" in found._repr_html_()
    assert found.notes == ()
    with pytest.raises(CohortRefused):
        library.contracts()
    with pytest.raises(DiscountRefused):
        library.contracts(REGULAR, discount_rate=0)
