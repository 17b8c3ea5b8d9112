"""Penalty and reward: as computed elsewhere, and told apart where they differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explain.test_drivers import rows_of
from safar.explain import penalty_reward
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.vocabulary.answer import Note


@pytest.mark.data
def test_the_european_index_as_computed_elsewhere(shared_data: Path) -> None:
    columns = rows_of(shared_data / "ecsi" / "mobi.csv.gz")

    def block(begin: str) -> np.ndarray:
        return np.mean(
            [values.astype(float) for name, values in columns.items() if name.startswith(begin)], axis=0
        )

    blocks = {"Image": block("IMAG"), "Quality": block("PERQ"), "Value": block("PERV")}
    found = penalty_reward.fit(block("CUSA"), blocks)
    assert round(found.middle, 5) == 7.60399
    assert round(found.r_squared, 5) == 0.54586
    told = {each.name: (each.penalty.value, each.reward.value, each.ratio.value) for each in found.contrasts}
    assert {name: tuple(round(part, 5) for part in parts[:2]) for name, parts in told.items()} == {
        "Image": (-0.42326, 0.37035),
        "Quality": (-1.00092, 0.71067),
        "Value": (-0.56846, 0.41028),
    }
    assert [round(parts[2], 3) for parts in told.values()] == [0.875, 0.710, 0.722]
    # all lean to penalty, and of none it is sure
    assert [each.lean for each in found.contrasts] == ["both"] * 3


def planted(n: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    made = {name: rng.integers(1, 6, n).astype(float) for name in ("floor", "gift", "speed")}
    outcome = 7 - 2 * (made["floor"] == 1) + 1.5 * (made["gift"] == 5) + 0.5 * (made["speed"] - 3)
    return outcome + rng.normal(0, 1, n), made


def test_what_annoys_and_what_delights() -> None:
    outcome, made = planted(3_000, 1)
    found = penalty_reward.fit(outcome, made, ends=0.15)
    assert {each.name: each.lean for each in found.contrasts} == {
        "floor": "annoys",
        "gift": "delights",
        "speed": "both",
    }
    floor, gift, speed = found.contrasts
    assert -2 in floor.penalty.interval
    assert 0 in floor.reward.interval
    assert 1.5 in gift.reward.interval
    # against the mean of 2, 3 and 4
    assert -1 in speed.penalty.interval
    assert 1 in speed.reward.interval
    assert (floor.lowest, floor.highest, floor.low) == (1, 5, int((made["floor"] == 1).sum()))


def test_intervals_cover() -> None:
    covered = 0
    for seed in range(100):
        outcome, made = planted(300, seed)
        covered += (
            1.5
            in penalty_reward.fit(outcome, made, ends=0.15, resamples=150, level=0.9)
            .contrasts[1]
            .reward.interval
        )
    assert covered == pytest.approx(90, abs=7)


def test_gaps_are_left_out_and_said() -> None:
    outcome, made = planted(300, 2)
    made["floor"][:20] = np.nan
    found = penalty_reward.fit(outcome, made, resamples=20)
    assert (found.n, found.notes) == (280, (Note.of("penalty_reward.incomplete", count=20),))


def test_where_most_are_content_the_larger_end_gives_up_its_best_rating() -> None:
    """The fifth that rates lowest says up to 4, the fifth that rates highest 5: between them is nothing."""
    speed = np.repeat([1.0, 3, 4, 5], [10, 20, 110, 60])
    outcome = np.repeat([2.0, 5, 8, 9], [10, 20, 110, 60])
    (found,) = (fitted := penalty_reward.fit(outcome, {"speed": speed}, resamples=50)).contrasts
    assert (found.lowest, found.highest, found.low, found.high) == (3, 5, 30, 60)
    assert fitted.middle == pytest.approx(8)
    assert (found.penalty.value, found.reward.value) == (pytest.approx(-4), pytest.approx(1))


@pytest.mark.parametrize("sizes", [(0, 90, 110), (3, 87, 110), (96, 4, 100)])
def test_without_a_middle_nothing_is_made_up(sizes: tuple[int, int, int]) -> None:
    speed = np.repeat([3.0, 4, 5], sizes)
    with pytest.raises(ColumnsRefused, match="no two ends with something between"):
        penalty_reward.fit(np.arange(200.0), {"speed": speed})


def test_what_has_no_ends_is_refused() -> None:
    outcome, made = planted(300, 3)
    with pytest.raises(ColumnsRefused, match="no two ends with something between"):
        penalty_reward.fit(outcome, {**made, "same": np.full(300, 4.0)})
    with pytest.raises(ColumnsRefused):
        penalty_reward.fit(outcome, made, ends=0.6)
    with pytest.raises(TooFewRows):
        penalty_reward.fit(outcome[:20], {name: values[:20] for name, values in made.items()})
