"""Shares of variance: by hand, as published, whatever the order and the collinearity."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from explain.published_data import MTCARS, SWISS_NAMES, swiss
from safar.explain.columns import ColumnsRefused
from safar.explain.relative_importance import alone, beyond, lmg, relative_weights, slopes

IOPSYCH = np.array(
    [
        [1, 0.2, 0.3, 0.4, -0.4],
        [0.2, 1, 0.5, 0.1, 0.1],
        [0.3, 0.5, 1, 0.2, -0.3],
        [0.4, 0.1, 0.2, 1, 0.4],
        [-0.4, 0.1, -0.3, 0.4, 1],
    ]
)


def swiss_covariance() -> np.ndarray:
    columns = swiss()
    return np.cov([columns[name] for name in (*SWISS_NAMES[1:], "Fertility")])


def cars(*names: str) -> np.ndarray:
    return np.cov([MTCARS[name] for name in (*names, "mpg")])


def test_two_drivers_by_hand() -> None:
    """Of R² 31/75, speed adds 9/25 alone and 41/300 after price; price 1/4 alone and 4/75 … the means of both."""
    r12, r1, r2 = 0.5, 0.6, 0.5
    whole = (r1**2 + r2**2 - 2 * r12 * r1 * r2) / (1 - r12**2)
    found = lmg([[1, r12, r1], [r12, 1, r2], [r1, r2, 1]])
    assert found.tolist() == pytest.approx(
        [(r1**2 + whole - r2**2) / 2, (r2**2 + whole - r1**2) / 2], abs=1e-15
    )
    # of two drivers Johnson's weights are the same
    assert relative_weights([[1, r12, r1], [r12, 1, r2], [r1, r2, 1]]).tolist() == pytest.approx(
        found.tolist()
    )


def test_lmg_of_swiss_as_published() -> None:
    found = lmg(swiss_covariance())
    assert found.round(6).tolist() == [0.057091, 0.171173, 0.260135, 0.105570, 0.112766]
    assert found.sum() == pytest.approx(0.7067350, abs=5e-8)


def test_other_measures_of_swiss() -> None:
    matrix = swiss_covariance()
    assert relative_weights(matrix).round(6).tolist() == [0.048417, 0.154708, 0.271964, 0.114680, 0.116966]
    assert alone(matrix).round(6).tolist() == [0.124665, 0.417164, 0.440616, 0.215004, 0.173519]
    assert beyond(matrix).round(6).tolist() == [0.042870, 0.007387, 0.161963, 0.062373, 0.056945]
    correlations = np.corrcoef([swiss()[name] for name in (*SWISS_NAMES[1:], "Fertility")])[:-1, -1]
    pratt = slopes(matrix) * correlations
    assert pratt.round(6).tolist() == [-0.110486, 0.106427, 0.445005, 0.161177, 0.104612]


def test_relative_weights_of_rwa_and_iopsych() -> None:
    gear = relative_weights(cars("cyl", "disp", "hp", "gear"))
    assert gear.round(7).tolist() == [0.2284797, 0.2221469, 0.2321744, 0.0963886]
    assert gear.sum() == pytest.approx(0.7791896, abs=5e-8)
    assert (100 * gear / gear.sum()).round(5).tolist() == [29.32274, 28.50999, 29.79691, 12.37037]
    weight = relative_weights(cars("cyl", "disp", "hp", "wt"))
    assert weight.round(7).tolist() == [0.2096904, 0.1883043, 0.1799590, 0.2706812]
    assert relative_weights(IOPSYCH).round(8).tolist() == [0.24066119, 0.05492664, 0.12143476, 0.28158189]


def test_lmg_is_the_mean_over_all_orders() -> None:
    def explained(chosen: list[int]) -> float:
        if not chosen:
            return 0.0
        within = IOPSYCH[np.ix_(chosen, chosen)]
        with_outcome = IOPSYCH[chosen, 4]
        return float(with_outcome @ np.linalg.solve(within, with_outcome))

    added = np.zeros(4)
    for order in permutations(range(4)):
        for place, j in enumerate(order):
            added[j] += explained(list(order[: place + 1])) - explained(list(order[:place]))
    assert lmg(IOPSYCH).tolist() == pytest.approx((added / 24).tolist(), abs=1e-14)


def test_many_matrices_are_one_at_a_time() -> None:
    matrices = np.stack([IOPSYCH, IOPSYCH[::-1, ::-1], np.diag([4.0, 1, 1, 1, 9])])
    for way in (lmg, relative_weights, alone, beyond, slopes):
        together = way(matrices)
        for place in range(3):
            assert together[place].tolist() == pytest.approx(way(matrices[place]).tolist(), abs=1e-14)


def test_units_change_nothing() -> None:
    scale = np.array([100.0, 0.1, 3, 7, 0.02])
    scaled = IOPSYCH * np.outer(scale, scale)
    for way in (lmg, relative_weights, alone, beyond, slopes):
        assert way(scaled).tolist() == pytest.approx(way(IOPSYCH).tolist(), abs=1e-12)


def test_twins_share_alike() -> None:
    """A driver that is given twice has half of its importance each time."""
    once = [[1, 0.3, 0.6], [0.3, 1, 0.4], [0.6, 0.4, 1]]
    twice = [[1, 1, 0.3, 0.6], [1, 1, 0.3, 0.6], [0.3, 0.3, 1, 0.4], [0.6, 0.6, 0.4, 1]]
    found = lmg(twice)
    assert found[0] == pytest.approx(found[1], abs=1e-12)
    assert found.sum() == pytest.approx(lmg(once).sum(), abs=1e-9)


def test_fifteen_drivers_and_no_more() -> None:
    size = 16
    matrix = np.full((size, size), 0.3) + 0.7 * np.eye(size)
    found = lmg(matrix)
    assert found.tolist() == pytest.approx([found.mean()] * 15)
    with pytest.raises(ColumnsRefused, match="16 drivers"):
        lmg(np.eye(17))


@pytest.mark.parametrize("matrix", [[[1.0]], [[1, 0.5]], [[1, 0.2], [0.2, 0]]])
def test_what_is_no_covariance_of_drivers_and_outcome(matrix: list[list[float]]) -> None:
    with pytest.raises(ColumnsRefused):
        relative_weights(matrix)
