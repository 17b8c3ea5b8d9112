"""Hold-out and back-test: published errors, the choice of a model, the factor that corrects totals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from buying import CDNOW_AT, bgnbd_customers, cdnow
from safar.measure.backtest import _correction, back_tested
from safar.measure.holdout import held_out, poisson_deviances
from safar.measure.purchases import NothingBought, Purchases, purchases_of
from safar.measure.repeat_models import MODELS


@pytest.mark.data
def test_cdnow_as_published(shared_data: Path) -> None:
    found = {
        each.model: each
        for each in held_out(cdnow(shared_data), CDNOW_AT, baselines=True, rng=np.random.default_rng(1))
    }
    published = {
        "bgnbd": (1653.42, -0.121, 0.78546, 1.6080, 0.62563),
        "pareto_nbd": (1665.54, -0.115, 0.75453, 1.6029, 0.63021),
        "mbgnbd": (1576.74, -0.162, 0.76478, 1.6072, 0.62724),
        "same_count": (2457, 0.306, 0.89733, 1.97105, 0.57723),
        "mean": (1882, 0, 1.13351, 2.0568, float("nan")),
    }
    for name, (predicted, error, mae, rmse, correlation) in published.items():
        each = found[name]
        assert each.predicted == pytest.approx(
            predicted, abs=0.03
        )  # whole days here, weeks of two decimals there
        assert each.aggregate_error == pytest.approx(error, abs=5.1e-4)
        assert (each.mae, each.rmse) == pytest.approx((mae, rmse), abs=6e-5)
        assert each.correlation == pytest.approx(correlation, abs=3e-5, nan_ok=True)
    assert all(each.actual == 1882 and each.days == 273 and each.customers == 2357 for each in found.values())
    # actual purchases lie in the predictive interval of at least as many as it says
    assert all(0.95 <= found[model].coverage <= 0.985 for model in MODELS)


@pytest.mark.data
def test_cdnow_by_frequency(shared_data: Path) -> None:
    bg, mbg, pareto = held_out(cdnow(shared_data), CDNOW_AT, models=("bgnbd", "mbgnbd", "pareto_nbd"))
    assert [row.customers for row in bg.by_frequency] == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert [row.actual for row in bg.by_frequency] == pytest.approx(
        [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], abs=6e-4
    )
    for model, published in (
        (bg, [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157]),
        (pareto, [0.1384, 0.5995, 1.1959, 1.7138, 2.3984, 2.9073, 3.8186, 6.4033]),
        (mbg, [0.1852, 0.5514, 1.0490, 1.4929, 2.1043, 2.5636, 3.3608, 5.8487]),
    ):
        assert [row.predicted for row in model.by_frequency] == pytest.approx(published, abs=6e-4)


def shop(rng: np.random.Generator, *, customers: int = 3000) -> Purchases:
    """Two years of customers who buy at Gamma rates and leave by coins."""
    rate, leaves = rng.gamma(0.8, 1 / 60, customers), rng.beta(0.9, 2.5, customers)
    who, day = [np.arange(customers)], [rng.integers(0, 500, customers).astype(float)]
    alive = np.ones(customers, bool)
    now = day[0].copy()
    while alive.any():
        now = now + rng.standard_exponential(customers) / np.maximum(rate, 1e-9)
        alive &= now < 730
        who.append(np.flatnonzero(alive))
        day.append(np.floor(now[alive]))
        alive &= rng.random(customers) >= leaves
    whose, days = np.concatenate(who), np.concatenate(day).astype(int)
    amount = rng.gamma(4, 25, len(whose))
    return purchases_of(whose, np.datetime64("2024-01-01") + days, amount, until=date(2025, 12, 31))


def test_a_right_model_needs_no_correction(rng: np.random.Generator) -> None:
    found = back_tested(shop(rng), 120, MODELS, level=0.95, rng=rng)
    assert found.model == "bgnbd"
    assert len(found.windows) == 3
    assert [window[0].at for window in found.windows] == [
        date(2025, 9, 2),
        date(2025, 5, 5),
        date(2025, 1, 5),
    ]
    assert found.factor == pytest.approx(1, abs=0.05)
    assert found.log_error < 0.12
    assert all(abs(each.aggregate_error) < 0.12 for each in found.of_model)


def test_a_correction_by_hand() -> None:
    # one window 20 % off that chance explains little of: drawn to 0 by (0.05 / ln 1.2)²
    factor, error = _correction(np.array([np.log(1.2)]), np.array([0.05]))
    assert factor == pytest.approx(np.exp(np.log(1.2) - 0.05**2 / np.log(1.2)))
    assert error == pytest.approx(np.log(1.2))
    # within chance: nothing is corrected
    assert _correction(np.array([0.03]), np.array([0.05])) == (1.0, pytest.approx(0.05))
    # two windows that disagree by more than chance
    factor, error = _correction(np.array([0.3, -0.1]), np.array([0.02, 0.02]))
    assert factor == 1.0
    assert error == pytest.approx(np.hypot(np.sqrt(0.0796), np.hypot(0.02 / np.sqrt(2), np.sqrt(0.0796 / 2))))


def test_too_little_to_look_back_on(rng: np.random.Generator) -> None:
    few = shop(rng, customers=40)
    found = back_tested(few, 120, ("mbgnbd",), level=0.95, rng=rng)
    assert (found.windows, found.factor, found.log_error, found.model) == ((), 1.0, 0.0, "mbgnbd")


def test_deviance_by_hand() -> None:
    assert poisson_deviances(np.array([0.0, 2.0]), np.array([1.5, 2.0])).tolist() == [3.0, 0.0]


def test_a_day_before_all_orders_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(NothingBought):
        held_out(shop(rng, customers=20), date(2023, 1, 1))


def test_histories_simulated_are_those_of_the_model(rng: np.random.Generator) -> None:
    x, recent, old = bgnbd_customers(1000, (0.6, 5.0, 0.9, 2.5), rng)
    assert ((recent <= old) & ((x == 0) == (recent == 0))).all()
