"""A calibrated classifier of churn: as published, by hand, calibrated, and with reasons that are the planted ones."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from safar.measure import churn_model
from safar.measure.churn_model import ChurnRefused, most_of
from safar.measure.churn_scores import scores


def telco(shared_data: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the features of a telephone company's customers, and who left. Blank total charges are those of nobody."""
    text = gzip.decompress((shared_data / "telco_churn/Telco-Customer-Churn.csv.gz").read_bytes()).decode()
    rows = list(csv.reader(io.StringIO(text)))
    columns = {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}
    left = np.array(columns.pop("Churn")) == "Yes"
    del columns["customerID"]
    numbers = {"SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"}
    return {
        name: np.array([float(text.strip() or 0) for text in values]) if name in numbers else np.array(values)
        for name, values in columns.items()
    }, left


@pytest.mark.data
def test_a_telephone_company_out_of_five_folds(shared_data: Path) -> None:
    features, left = telco(shared_data)
    found = scores(churn_model.out_of_fold(features, left), left)
    assert (round(found.auc.value, 4), round(found.average_precision, 4), round(found.brier.value, 4)) == (
        0.8452,
        0.6524,
        0.1354,
    )
    assert (round(found.lift.value, 2), found.n, found.churned.n) == (2.84, 7043, 7043)
    assert round(found.auc.interval.low, 4) == 0.8352
    for each in found.bins:  # its probabilities hold as they are
        assert each.churned.interval.low - 0.03 < each.expected < each.churned.interval.high + 0.03


def test_scores_by_hand() -> None:
    """Pairs (gone, stayed): .9 beats .8, .3, .1; .4 beats .3, .1 and loses to .8; ties count half: .3 = .3."""
    found = scores([0.9, 0.8, 0.4, 0.3, 0.3, 0.1], [1, 0, 1, 1, 0, 0])
    assert found.auc.value == pytest.approx((3 + 2 + 1.5) / 9)
    assert found.average_precision == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert found.brier.value == pytest.approx((0.01 + 0.64 + 0.36 + 0.49 + 0.09 + 0.01) / 6)
    assert (found.top_decile.value, found.lift.value, found.brier_of_share) == (1.0, 2.0, 0.25)


def test_a_forecast_without_fault_is_not_certain() -> None:
    found = scores([0.9] * 10 + [0.1] * 30, [1] * 10 + [0] * 30).auc
    assert (found.value, found.interval.high) == (1.0, 1.0)
    assert found.interval.low == pytest.approx(0.025 ** (1 / 10))


def test_scores_agree_with_scikit_learn(rng: np.random.Generator) -> None:
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    p = np.round(rng.random(500), 2)
    left = rng.random(500) < p
    found = scores(p, left)
    assert found.auc.value == pytest.approx(roc_auc_score(left, p))
    assert found.average_precision == pytest.approx(average_precision_score(left, p))
    assert found.brier.value == pytest.approx(brier_score_loss(left, p))


def test_the_interval_of_auc_covers(rng: np.random.Generator) -> None:
    """Two normal scores a standard deviation apart: the true area is Φ(1/√2) = .7602."""
    inside = 0
    for _ in range(600):
        values = np.concatenate([rng.normal(1, 1, 40), rng.normal(0, 1, 60)])
        inside += 0.7602499 in scores(1 / (1 + np.exp(-values)), [1] * 40 + [0] * 60).auc.interval
    assert 0.925 < inside / 600 < 0.975


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_calibration_mends_what_another_time_has_changed(
    method: churn_model.Calibration, rng: np.random.Generator
) -> None:
    """Learnt where half churn, used where far fewer do: calibrated probabilities hold again."""

    def drawn(size: int, constant: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
        days = rng.normal(size=size)
        return {"days": days}, rng.random(size) < 1 / (1 + np.exp(-(constant + 1.5 * days)))

    model = churn_model.fit(*drawn(4_000, 0.0)).calibrated(*drawn(4_000, -2.0), method=method)
    features, left = drawn(20_000, -2.0)
    found = scores(model.probabilities(features), left)
    assert model.calibration == method
    for each in found.bins:
        assert each.expected == pytest.approx(each.churned.value, abs=0.06)
    raw = scores(churn_model.fit(*drawn(4_000, 0.0)).probabilities(features), left)
    assert raw.brier.value > found.brier.value + 0.05


def test_few_customers_are_calibrated_by_a_curve_of_two_parameters(rng: np.random.Generator) -> None:
    features = {"x": rng.normal(size=200)}
    left = features["x"] + rng.normal(size=200) > 0
    assert churn_model.fit(features, left).calibrated(features, left).calibration == "platt"


@pytest.mark.parametrize("learner", churn_model.LEARNERS)
def test_reasons_are_the_planted_ones(learner: churn_model.Learner, rng: np.random.Generator) -> None:
    features = {
        "late": rng.integers(0, 3, 3_000),
        "plan": rng.choice(["a", "b"], 3_000, p=[0.7, 0.3]),
        "noise": rng.normal(size=3_000),
    }
    risk = -1.5 + 1.5 * features["late"] + 1.0 * (features["plan"] == "b")
    left = rng.random(3_000) < 1 / (1 + np.exp(-risk))
    model = churn_model.fit(features, left, learner=learner)
    found = model.contributions({"late": [2, 1, 1], "plan": ["a", "b", "a"], "noise": [0.0, 0.0, 0.0]})
    first, second, third = most_of(found, 2)
    assert first[0][0] == "late"
    assert first[0][1] == pytest.approx(1.5, abs=0.45)
    assert second[0][0] == "plan"
    assert second[0][1] == pytest.approx(1.0, abs=0.45 if learner == "logistic" else 0.7)
    assert all(by < 0.3 for _, by in third)


def test_gaps_are_told_apart() -> None:
    days = [float(day) for day in range(50)] + [float("nan")] * 50
    left = [False] * 50 + [True] * 45 + [False] * 5
    model = churn_model.fit({"days": days}, left)
    assert model.probabilities({"days": [float("nan"), 25.0]}).round(1).tolist() == [0.9, 0.0]


@pytest.mark.parametrize(
    ("features", "left", "said"),
    [
        ({"x": [1.0] * 30}, [True] * 5 + [False] * 25, "5 churned and 25 stayed"),
        ({}, [True], "features are none"),
        ({"x": list(range(30))}, [2] * 30, "beside true and false"),
        ({"x": [str(place) for place in range(60)]}, [True, False] * 30, "60 different texts"),
        ({"x": [1, 2], "y": [1]}, [True, False], "shape"),
    ],
)
def test_what_cannot_be_learnt_is_refused(features, left, said: str) -> None:
    with pytest.raises(ChurnRefused, match=said):
        churn_model.fit(features, left)
    with pytest.raises(ChurnRefused, match="learns nothing"):
        churn_model.fit({"x": [1]}, [1], learner="logistc")  # type: ignore[arg-type]
