"""Drivers: the published shares of a real survey, what is said of gaps, what intervals cover."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from safar.explain import drivers
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.explain.relative_importance import lmg
from safar.vocabulary.answer import Note

BLOCKS = {"Image": "IMAG", "Expect": "CUEX", "Quality": "PERQ", "Value": "PERV", "Complaints": "CUSCO"}


def rows_of(file: Path) -> dict[str, np.ndarray]:
    with gzip.open(file, "rt") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def planted(n: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    made = {name: 0.5 * mood + rng.normal(size=n) for name in ("delivery", "price", "ease")}
    outcome = 1.0 * made["delivery"] + 0.5 * made["price"] - 0.25 * made["ease"] + rng.normal(size=n)
    return outcome, made


@pytest.mark.data
def test_the_european_index_as_computed_elsewhere(shared_data: Path) -> None:
    columns = rows_of(shared_data / "ecsi" / "mobi.csv.gz")

    def block(begin: str) -> np.ndarray:
        return np.mean(
            [values.astype(float) for name, values in columns.items() if name.startswith(begin)], axis=0
        )

    found = drivers.fit(block("CUSA"), {name: block(begin) for name, begin in BLOCKS.items()}, of="csat")
    assert {each.name: round(each.importance.value, 6) for each in found.drivers} == {
        "Image": 0.144019,
        "Expect": 0.070835,
        "Quality": 0.258653,
        "Value": 0.119266,
        "Complaints": 0.088895,
    }
    assert (round(found.r_squared.value, 6), found.n, found.complete, found.notes) == (0.681667, 250, 250, ())
    assert found.drivers[0].name == "Quality"
    assert found["Quality"].ranks == (1, 1)
    assert found["Expect"].direction == 0
    assert found.method == "lmg"


@pytest.mark.data
def test_an_airport_with_gaps_in_four_of_five_rows(shared_data: Path) -> None:
    columns = rows_of(shared_data / "sfo_survey" / "sfo_2017.csv.gz")
    names = ["Q7FOOD", "Q7SIGN", "Q7STORE", "Q7SCREENS", "Q7WALKWAYS", "Q7ART", "Q7WIFI", "Q7PARK"]

    def ratings(name: str) -> np.ndarray:
        values = np.array([float(value) if value.strip().isdecimal() else np.nan for value in columns[name]])
        return np.where((values >= 1) & (values <= 5), values, np.nan)

    found = drivers.fit(ratings("Q7ALL"), {name: ratings(name) for name in names}, of="csat", resamples=100)
    assert {each.name for each in found.drivers[:2]} == {"Q7FOOD", "Q7PARK"}
    assert found.r_squared.value == pytest.approx(0.588, abs=0.001)
    # of pairs alone it is 0.627: who parks and answers is not like all who answer, and all answers count here
    assert found["Q7FOOD"].correlation == pytest.approx(0.5595, abs=0.02)
    assert found["Q7PARK"].correlation == pytest.approx(0.607, abs=0.001)
    assert found["Q7PARK"].answers < 1_300
    assert found.complete < found.n / 2
    assert [note.code for note in found.notes] == [
        "drivers.filled",
        "drivers.no_outcome",
        "drivers.no_answers",
    ]


def test_planted_drivers_rank_as_planted_and_turn_as_planted() -> None:
    outcome, made = planted(800, 1)
    found = drivers.fit(outcome, made)
    assert [each.name for each in found.drivers] == ["delivery", "price", "ease"]
    assert {each.name: each.direction for each in found.drivers} == {"delivery": 1, "price": 1, "ease": -1}
    assert sum(each.importance.value for each in found.drivers) == pytest.approx(found.r_squared.value)
    assert sum(each.share.value for each in found.drivers) == pytest.approx(1)
    assert found.adjusted_r_squared < found.r_squared.value
    assert drivers.fit(outcome, made) == found
    assert drivers.fit(outcome, made, seed=2).r_squared.interval != found.r_squared.interval


def test_intervals_cover_the_truth() -> None:
    """Of 120 samples of 300, the 90 % interval of each importance holds the population's value some 108 times."""
    outcome, made = planted(400_000, 7)
    truth = lmg(np.cov([*made.values(), outcome]))
    covered = np.zeros(3)
    for seed in range(120):
        outcome, made = planted(300, 1_000 + seed)
        found = drivers.fit(outcome, made, level=0.9, resamples=150)
        covered += [truth[j] in found[name].importance.interval for j, name in enumerate(made)]
    assert (covered / 120).tolist() == [pytest.approx(0.9, abs=0.06)] * 3


def test_gaps_do_not_move_the_shares() -> None:
    outcome, made = planted(20_000, 3)
    whole = drivers.fit(outcome, made, resamples=20)
    rng = np.random.default_rng(3)
    gaps = {name: np.where(rng.random(20_000) < 0.4, np.nan, values) for name, values in made.items()}
    found = drivers.fit(outcome, gaps, resamples=20)
    for each in whole.drivers:
        assert found[each.name].importance.value == pytest.approx(each.importance.value, abs=0.015)
    filled = sum(int(np.isnan(values).sum()) for values in gaps.values())
    nothing = int(np.isnan(list(gaps.values())).all(axis=0).sum())
    assert found.notes == (
        Note.of("drivers.filled", count=filled - 3 * nothing),
        Note.of("drivers.no_answers", count=nothing),
        Note.of("drivers.turned", count=1),
    )


def test_what_each_outcome_may_be() -> None:
    outcome, made = planted(300, 4)
    came_back = (outcome > 0).astype(float)
    share = drivers.fit(came_back, made, of="return", resamples=20)
    assert share.r_squared.value == pytest.approx(lmg(np.cov([*made.values(), came_back])).sum())
    spent = np.where(outcome > 0, np.exp(outcome), 0.0)
    money = drivers.fit(spent, made, of="spend", resamples=20)
    assert money.n == int((spent > 0).sum())
    assert Note.of("drivers.nothing_spent", count=300 - money.n) in money.notes
    in_toman = drivers.fit(spent * 10, made, of="spend", resamples=20)
    assert in_toman.r_squared.value == pytest.approx(money.r_squared.value)
    with pytest.raises(ColumnsRefused, match="outside 0…10"):
        drivers.fit(np.full(300, 11.0), made, of="nps")
    with pytest.raises(ColumnsRefused, match="0 or 1"):
        drivers.fit(outcome, made, of="return")


def test_above_fifteen_drivers_johnsons_weights_are_shown_and_said() -> None:
    rng = np.random.default_rng(1)
    made = {f"q{place}": rng.normal(size=400) for place in range(16)}
    found = drivers.fit(sum(made.values()) + rng.normal(size=400), made, resamples=20)
    assert found.method == "relative_weights"
    assert Note.of("drivers.relative_weights", count=16) in found.notes


def test_a_driver_that_turns_beside_the_others_is_said() -> None:
    rng = np.random.default_rng(1)
    one = rng.normal(size=2_000)
    other = one + 0.5 * rng.normal(size=2_000)
    found = drivers.fit(
        2 * one - other + 0.3 * rng.normal(size=2_000), {"one": one, "other": other}, resamples=100
    )
    assert found["other"].correlation > 0
    assert found["other"].direction == -1
    assert Note.of("drivers.turned", count=1) in found.notes


def test_weights_and_customers() -> None:
    outcome, made = planted(300, 5)
    twice = {name: np.repeat(values, 2) for name, values in made.items()}
    weighted = drivers.fit(outcome, made, weights=np.full(300, 3.0), resamples=200)
    repeated = drivers.fit(
        np.repeat(outcome, 2), twice, customers=np.repeat(np.arange(300), 2), resamples=200
    )
    assert weighted["price"].importance == repeated["price"].importance.__class__(
        pytest.approx(repeated["price"].importance.value),
        weighted["price"].importance.interval,
        300,
    )
    naive = drivers.fit(np.repeat(outcome, 2), twice, resamples=200)
    width = [
        each["price"].importance.interval.high - each["price"].importance.interval.low
        for each in (repeated, naive)
    ]
    assert width[0] > 1.2 * width[1]


def test_what_cannot_be_fitted_is_refused() -> None:
    outcome, made = planted(300, 6)
    with pytest.raises(TooFewRows):
        drivers.fit(outcome[:15], {name: values[:15] for name, values in made.items()})
    with pytest.raises(ColumnsRefused, match="always 4"):
        drivers.fit(outcome, {**made, "constant": np.full(300, 4.0)})
    with pytest.raises(ColumnsRefused, match="299 rows"):
        drivers.fit(outcome[:-1], made)
    with pytest.raises(ColumnsRefused, match="There is no driver"):
        drivers.fit(outcome, made, resamples=5)["speed"]
    with pytest.raises(ColumnsRefused, match="not one column of numbers"):
        drivers.fit(outcome, {"words": np.array(["good"] * 300)})
    with pytest.raises(ColumnsRefused, match="above 0"):
        drivers.fit(outcome, made, weights=np.zeros(300))


def test_the_table_has_a_row_a_driver() -> None:
    outcome, made = planted(300, 8)
    table = drivers.fit(outcome, made, resamples=20).table
    assert table.column("driver") == ["delivery", "price", "ease"]
    assert table.names[:5] == ["driver", "importance", "importance_low", "importance_high", "share"]
