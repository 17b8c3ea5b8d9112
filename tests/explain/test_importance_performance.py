"""Importance and performance: what matters and is done badly stands where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain import drivers, importance_performance
from safar.explain.columns import ColumnsRefused


def a_survey(n: int = 3_000) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(1)
    means = {"delivery": 2.2, "product": 4.2, "price": 2.4, "gift": 4.1}
    made = {name: np.clip(np.round(rng.normal(mean, 1, n)), 1, 5) for name, mean in means.items()}
    outcome = 1.0 * made["delivery"] + 1.0 * made["product"] + 0.2 * made["price"] + 0.2 * made["gift"]
    return outcome + rng.normal(size=n), made


def test_each_stands_in_its_quadrant() -> None:
    outcome, made = a_survey()
    found = importance_performance.fit(drivers.fit(outcome, made, resamples=100), made, scale=(1, 5))
    assert {each.name: each.quadrant for each in found.points} == {
        "delivery": "concentrate_here",
        "product": "keep_it_up",
        "price": "low_priority",
        "gift": "possible_overkill",
    }
    assert all(each.is_clear for each in found.points)
    performance = {each.name: each.performance.value for each in found.points}
    assert performance["delivery"] == pytest.approx(100 * (made["delivery"].mean() - 1) / 4)
    assert found.middle_performance == pytest.approx(np.mean(list(performance.values())))
    assert found.middle_importance == pytest.approx(0.25)
    assert (found.points[0].stated, found.middle_stated) == (None, None)


def test_stated_beside_derived() -> None:
    outcome, made = a_survey()
    said = {name: np.full(50, value) for name, value in zip(made, (9.0, 3.0, 9.0, 3.0), strict=True)}
    found = importance_performance.fit(
        drivers.fit(outcome, made, resamples=50), made, scale=(1, 5), stated=said, stated_scale=(0, 10)
    )
    assert {each.name: each.agreement for each in found.points} == {
        "delivery": "both",
        "product": "only_derived",
        "price": "only_stated",
        "gift": "neither",
    }
    assert found.middle_stated == 60
    assert found.table.column("driver") == [each.name for each in found.points]


def test_a_scale_with_one_as_the_best_is_turned() -> None:
    outcome, made = a_survey()
    grades = {name: 6 - values for name, values in made.items()}
    turned = importance_performance.fit(drivers.fit(outcome, grades, resamples=20), grades, scale=(5, 1))
    plain = importance_performance.fit(drivers.fit(outcome, made, resamples=20), made, scale=(1, 5))
    assert [(each.name, each.quadrant) for each in turned.points] == [
        (each.name, each.quadrant) for each in plain.points
    ]


def test_what_lies_outside_the_scale_is_refused() -> None:
    outcome, made = a_survey(200)
    found = drivers.fit(outcome, made, resamples=5)
    with pytest.raises(ColumnsRefused, match="outside 1…4"):
        importance_performance.fit(found, made, scale=(1, 4))
    with pytest.raises(ColumnsRefused, match="no column 'gift'"):
        importance_performance.fit(found, {name: made[name] for name in list(made)[:3]}, scale=(1, 5))
