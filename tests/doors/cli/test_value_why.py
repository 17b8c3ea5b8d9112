"""`safar value drivers, at-risk`: straight from files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def answers(tmp_path: Path) -> str:
    """Overall satisfaction that food moves twice as much as signs do; codes 0 and 6, and words, are no answers."""
    rng = np.random.default_rng(1)
    food, signs = rng.integers(1, 6, 300), rng.integers(1, 6, 300)
    overall = np.clip(np.round(0.6 * food + 0.3 * signs + rng.normal(0, 0.3, 300)), 1, 5).astype(int)
    path = tmp_path / "answers.csv"
    lines = ["overall,food,signs"]
    lines += [f"{o},{'Blank' if n % 50 == 0 else f},{6 if n % 60 == 0 else s}"
              for n, (o, f, s) in enumerate(zip(overall, food, signs, strict=True))]  # fmt: skip
    path.write_text("\n".join(lines))
    return str(path)


@pytest.fixture
def occasions(tmp_path: Path) -> str:
    """A late parcel costs 12; people of Zahedan get them late and spend 40 less."""
    rng = np.random.default_rng(2)
    remote = rng.random(1_500) < 0.4
    late = rng.random(1_500) < np.where(remote, 0.35, 0.1)
    brought = 90 - 40 * remote - 12 * late + rng.gamma(2, 6, 1_500)
    path = tmp_path / "occasions.csv"
    lines = ["who,town,late,brought"]
    lines += [
        f"c{n},{'Zahedan' if remote[n] else 'Tehran'},{'yes' if late[n] else 'no'},{brought[n]:.2f}"
        for n in range(1_500)
    ]
    path.write_text("\n".join(lines))
    return str(path)


def test_drivers_of_a_file(safar: Any, answers: str) -> None:
    found = safar(
        "value", "drivers", answers, "--outcome", "overall", "--driver", "signs", "--driver", "food",
        "--scale", "1-5", "--csv",
    )  # fmt: skip
    assert found.code == 0, found.err
    first, second = csv.DictReader(io.StringIO(found.out))
    assert (first["driver"], second["driver"]) == ("food", "signs")
    assert float(first["importance"]) > 2 * float(second["importance"])
    assert (first["answers"], second["answers"]) == ("294", "295")
    assert "9 answers are missing" in found.err
    assert "1 rows have no answer to any driver" in found.err
    assert "lmg: " in found.err


def test_a_scale_is_two_numbers(safar: Any, answers: str) -> None:
    found = safar("value", "drivers", answers, "--outcome", "overall", "--driver", "food", "--scale", "5")
    assert found.code == 2
    assert "write 1-5" in found.err


def test_what_late_parcels_cost(safar: Any, occasions: str) -> None:
    found = safar(
        "value", "at-risk", occasions, "--value", "brought", "--exposed", "late=yes", "--known", "town",
        "--currency", "USD", "--customer", "who", "--learner", "linear", "--csv",
    )  # fmt: skip
    assert found.code == 0, found.err
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(found.out))}
    assert float(rows["lost_each"]["low"]) < 12 < float(rows["lost_each"]["high"])
    assert float(rows["plain_difference"]["value"]) < -20
    assert float(rows["at_risk"]["value"]) == pytest.approx(2 * float(rows["to_halve"]["value"]), abs=0.011)
    assert "association between customers alike before" in found.err


def test_what_goes_through_satisfaction(safar: Any, tmp_path: Path) -> None:
    """Late parcels take two points, each worth 4: of 10 less spent, 8 go through the answer."""
    rng = np.random.default_rng(3)
    row = np.arange(800)
    late, csat = row % 10 < 3, 5 - 2 * (row % 10 < 3) - row // 10 % 3
    spent = 30 - 2 * late + 4 * csat + rng.normal(0, 1, 800)
    path = tmp_path / "answered.csv"
    lines = [f"{'yes' if x else 'no'},{m},{y:.2f}" for x, m, y in zip(late, csat, spent, strict=True)]
    path.write_text("\n".join(["late,csat,spent", *lines]))
    found = safar(
        "value", "mediation", path, "--exposed", "late=yes", "--answer", "csat", "--outcome", "spent", "--csv"
    )
    assert found.code == 0, found.err
    parts = {row["part"]: float(row["effect"]) for row in csv.DictReader(io.StringIO(found.out))}
    assert [round(parts[part]) for part in ("total", "indirect", "direct", "b")] == [-10, -8, -2, 4]
    assert "Nothing hidden, such as mood" in found.err
    assert "Of 800 rows" in found.err


def test_what_annoys_and_what_delights(safar: Any, answers: str) -> None:
    found = safar(
        "value", "contrasts", answers, "--outcome", "overall", "--driver", "food", "--driver", "signs",
        "--scale", "1-5", "--csv",
    )  # fmt: skip
    assert found.code == 0, found.err
    rows = {row["driver"]: row for row in csv.DictReader(io.StringIO(found.out))}
    assert float(rows["food"]["penalty_high"]) < 0 < float(rows["food"]["reward_low"])
    assert "rows with a gap are left out" in found.err


def test_things_of_the_index_are_named_or_guessed(safar: Any, answers: str) -> None:
    named = safar(
        "value", "paths", answers, "--block", "quality=food,signs", "--block", "satisfaction=overall",
        "--scale", "1-5", "--csv",
    )  # fmt: skip
    assert named.code == 0, named.err
    (arrow,) = csv.DictReader(io.StringIO(named.out))
    assert (arrow["source"], arrow["target"]) == ("quality", "satisfaction")
    assert float(arrow["path_low"]) > 0.5
    guessed = safar("value", "paths", answers, "--scale", "1-5", "--csv")
    assert "satisfaction ← overall" in guessed.err
    assert guessed.code != 0, "food and signs tell nothing by their names"
