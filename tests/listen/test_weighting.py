"""Raking: a published table, another way to the same minimum, a simulation, and what cannot be met."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from safar.listen.groups import By, Groups
from safar.listen.weighting import (
    Margin,
    MarginMissing,
    MarginRefused,
    MarginUnmet,
    Weighting,
    effective_n,
    rake,
)

ROWS = By("channel")
COLUMNS = By("language")


def of_table(table: list[list[int]]) -> tuple[Groups, Groups]:
    counts = np.array(table)
    rows, columns = np.indices(counts.shape)
    return tuple(
        Groups(
            tuple("abcdef"[: counts.max(initial=0) and side.max() + 1]),
            np.repeat(side.ravel(), counts.ravel()),
        )
        for side in (rows, columns)
    )  # type: ignore[return-value]


def margin(by: By, *totals: float) -> Margin:
    whole = sum(totals)
    return Margin(by, tuple(("abcdef"[place], total / whole) for place, total in enumerate(totals)))


def table_of(groupings: tuple[Groups, Groups], weights: np.ndarray, total: float) -> np.ndarray:
    rows, columns = groupings
    width = len(columns.names)
    sums = np.bincount(rows.codes * width + columns.codes, weights, len(rows.names) * width)
    return sums.reshape(-1, width) * total / weights.sum()


def test_the_table_of_the_encyclopedia() -> None:
    """Wikipedia, "Iterative proportional fitting", its worked example (figures there carry rounding of 0.05)."""
    groupings = of_table([[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]])
    found = rake(groupings, [margin(ROWS, 150, 300, 400, 150), margin(COLUMNS, 200, 300, 400, 100)])
    expected = [
        [64.56, 46.23, 35.38, 3.83],
        [49.97, 68.15, 156.49, 25.37],
        [56.72, 144.40, 145.06, 53.76],
        [28.74, 41.18, 63.03, 17.03],
    ]
    assert np.abs(table_of(groupings, found.weights, 1000) - expected).max() < 0.05
    assert found.weights.mean() == pytest.approx(1)
    assert found.effective_n == pytest.approx(effective_n(found.weights))


def test_the_same_minimum_by_another_way() -> None:
    """Ardilly and Tillé's table: raked weights are the nearest to 1 by relative entropy: any minimiser finds them."""
    groupings = of_table([[80, 170, 150], [90, 80, 210], [10, 80, 130]])
    margins = [margin(ROWS, 430, 360, 210), margin(COLUMNS, 150, 300, 550)]
    found = rake(groupings, margins)
    design = np.concatenate([np.eye(3)[of.codes] for of in groupings], axis=1)
    wanted = np.array([0.43, 0.36, 0.21, 0.15, 0.3, 0.55]) * len(design)

    def dual(of: np.ndarray) -> tuple[float, np.ndarray]:
        weights = np.exp(design @ of)
        return weights.sum() - wanted @ of, design.T @ weights - wanted

    solved = minimize(dual, np.zeros(6), jac=True, method="BFGS", options={"gtol": 1e-7})
    assert np.abs(np.exp(design @ solved.x) - found.weights).max() < 1e-4


def test_one_margin_is_post_stratification() -> None:
    of = Groups.of(["a"] * 60 + ["b"] * 40)
    found = rake([of], [margin(ROWS, 4, 6)])
    assert found.weights[:60] == pytest.approx(np.full(60, 0.4 / 0.6))
    assert found.weights[60:] == pytest.approx(np.full(40, 1.5))
    assert (round(found.effective_n, 3), found.trimmed) == (85.714, 0)


def test_base_weights_are_where_raking_begins() -> None:
    of = Groups.of(["a", "a", "b", "b"])
    found = rake([of], [margin(ROWS, 1, 1)], base=np.array([1.0, 3.0, 2.0, 2.0]))
    assert found.weights.tolist() == pytest.approx([0.5, 1.5, 1.0, 1.0])


def test_limits_hold_and_margins_too() -> None:
    rows = Groups.of(["a"] * 90 + ["b"] * 10)
    columns = Groups.of(["a", "b"] * 50)
    margins = [margin(ROWS, 75, 25), margin(COLUMNS, 45, 55)]
    free = rake([rows, columns], margins)
    assert free.weights.max() > 2.7
    found = rake([rows, columns], margins, highest=2.6)
    assert found.weights.max() <= 2.6 * 1.001
    assert found.trimmed > 0
    shares = np.bincount(rows.codes, found.weights) / found.weights.sum()
    assert shares.tolist() == pytest.approx([0.75, 0.25], abs=1e-5)
    with pytest.raises(MarginUnmet, match="'b' of channel stays at") as refused:
        rake([rows, columns], margins, highest=2.0)
    assert refused.value.context["margin"] == "channel"
    assert "Widen the limits" in refused.value.hint


def test_groups_that_never_meet_cannot_meet_both_margins() -> None:
    """Rows and columns say the same, but their margins differ."""
    of = Groups.of(["a"] * 5 + ["b"] * 5)
    with pytest.raises(MarginUnmet) as refused:
        rake([of, of], [margin(ROWS, 5, 5), margin(COLUMNS, 6, 4)])
    assert refused.value.context["wanted"] in {0.4, 0.5, 0.6}
    assert "never occur together" in refused.value.hint


def test_a_group_without_answers_and_answers_without_a_share() -> None:
    of = Groups.of(["a", "b", "b"])
    with pytest.raises(MarginMissing, match="'c' of channel has a share, but no answers"):
        rake([of], [margin(ROWS, 1, 1, 1)])
    with pytest.raises(MarginMissing, match="'b' of channel has answers, but no share"):
        rake([of], [Margin(ROWS, (("a", 1.0),))])


def test_what_is_no_margin() -> None:
    for shares in ((("a", 0.5), ("b", 0.4)), (("a", 1.0), ("b", 0.0)), (), (("a", 0.5), ("a", 0.5))):
        with pytest.raises(MarginRefused):
            Margin(ROWS, shares)
    with pytest.raises(MarginRefused, match="two margins"):
        Weighting((margin(ROWS, 1, 1), margin(ROWS, 1, 2)))
    with pytest.raises(MarginRefused, match="held between"):
        Weighting(highest=0.5)


def test_weights_take_the_bias_away(rng: np.random.Generator) -> None:
    """Two traits, known for everybody; who answers depends on both. The raked mean is that of everybody."""
    size = 200_000
    age, town = (rng.random(size) < 0.3).astype(int), (rng.random(size) < 0.6).astype(int)
    score = 50 + 20 * age - 15 * town + rng.normal(0, 10, size)
    answers = rng.random(size) < np.array([[0.02, 0.05], [0.08, 0.2]])[age, town]
    groupings = [Groups(("a", "b"), side[answers]) for side in (age, town)]
    margins = [margin(by, 1 - side.mean(), side.mean()) for by, side in ((ROWS, age), (COLUMNS, town))]
    weights = rake(groupings, margins).weights
    truth, plain = score.mean(), score[answers].mean()
    mended = (weights * score[answers]).sum() / weights.sum()
    assert abs(plain - truth) > 2
    assert abs(mended - truth) < 0.4
