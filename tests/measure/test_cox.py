"""Cox's model: as published and as its peers have it, true coefficients found, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from safar.measure import cox
from safar.measure.survival_inputs import SurvivalRefused
from survival_data import rossi


def test_arrests_as_published() -> None:
    """J. Fox (2002), Cox Proportional-Hazards Regression; every digit as lifelines 0.30.3 has it."""
    weeks, arrested, covariates = rossi()
    fitted = cox.fit(weeks, arrested, covariates)
    found = {
        name: (round(float(each), 6), round(float(error), 6))
        for name, each, error in zip(fitted.names, fitted.coefficients, fitted.standard_errors, strict=True)
    }
    assert found == {
        "fin": (-0.379422, 0.191379),
        "age": (-0.057438, 0.021999),
        "race": (0.3139, 0.307993),
        "wexp": (-0.149796, 0.212224),
        "mar": (-0.433704, 0.381868),
        "paro": (-0.084871, 0.195757),
        "prio": (0.091497, 0.028649),
    }
    assert fitted.log_likelihood == pytest.approx(-658.74766, abs=5e-6)
    assert fitted.likelihood_ratio == pytest.approx(33.2659, abs=5e-5)
    assert fitted.concordance == pytest.approx(0.6403292470997134)
    assert (fitted.n, fitted.events) == (432, 114)
    ratio = fitted.hazard_ratios()["prio"]
    assert (round(ratio.value, 4), round(ratio.interval.low, 4), round(ratio.interval.high, 4)) == (
        1.0958,
        1.036,
        1.1591,
    )


def test_what_is_expected_of_two_convicts() -> None:
    weeks, arrested, covariates = rossi()
    fitted = cox.fit(weeks, arrested, covariates)
    first = {name: values[:2] for name, values in covariates.items()}
    assert fitted.survival(first, [20, 52]).round(6).tolist() == [[0.90291, 0.715699], [0.762911, 0.412181]]
    assert np.exp(-fitted.cumulative_hazard[-1]) == pytest.approx(0.760049, abs=5e-7)


def test_factors_that_change_with_time_are_named() -> None:
    weeks, arrested, covariates = rossi()
    fitted = cox.fit(weeks, arrested, covariates)
    found = {each.name: round(each.statistic, 4) for each in fitted.proportionality}
    assert found == {
        "fin": 0.0151,
        "age": 11.4535,
        "race": 1.4265,
        "wexp": 7.3149,
        "mar": 0.7095,
        "paro": 0.1343,
        "prio": 0.0188,
    }
    (note,) = fitted.notes
    assert (note.code, dict(note.facts)["names"]) == ("survival.hazards_not_proportional", "age, wexp")


def test_a_factor_by_hand() -> None:
    """Two subjects with x = 1 and 0, the first leaves first: the likelihood e^b / (e^b + 1) has no top; with a third
    and a fourth that leave the other way round its score is 2 - e^b·(1/(1+e^b) + …), and b is found by bisection."""
    times, x = [1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 1.0, 0.0]

    def score(b: float) -> float:
        e = np.exp(b)
        return 2 - (2 * e / (2 * e + 2) + e / (e + 2) + e / (e + 1))

    low, high = -5.0, 5.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle) > 0 else (low, middle)
    fitted = cox.fit(times, [1, 1, 1, 1], {"x": x})
    assert fitted.coefficients[0] == pytest.approx(low, abs=1e-8)


def test_true_factors_are_covered(rng: np.random.Generator) -> None:
    """Risk e^(0.7 x), tied days, a third censored: the true coefficient lies in 95 % of intervals."""
    inside = 0
    for _ in range(300):
        x = rng.normal(size=120)
        lives, watched = rng.exponential(np.exp(-0.7 * x)), rng.exponential(2.0, 120)
        days = np.ceil(20 * np.minimum(lives, watched))
        inside += 0.7 in cox.fit(days, lives <= watched, {"x": x}).interval()[0]
    assert 0.91 < inside / 300 < 0.985


def test_scale_and_order_change_nothing(rng: np.random.Generator) -> None:
    weeks, arrested, covariates = rossi()
    order = rng.permutation(len(weeks))
    one = cox.fit(weeks, arrested, covariates)
    scaled = {
        name: (values[order] * 1e4 if name == "age" else values[order]) for name, values in covariates.items()
    }
    other = cox.fit(weeks[order], arrested[order], scaled)
    assert other.coefficients[1] * 1e4 == pytest.approx(one.coefficients[1])
    assert other.standard_errors[1] * 1e4 == pytest.approx(one.standard_errors[1])
    assert other.concordance == pytest.approx(one.concordance)


def test_texts_are_compared_with_the_most_frequent_one() -> None:
    fitted = cox.fit(
        [1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 1, 0, 1], {"plan": ["a", "b", "b", "a", "b", "b", "a"]}
    )
    assert fitted.names == ("plan=a",)
    assert fitted.risk({"plan": ["a", "b"]})[0] > fitted.risk({"plan": ["a", "b"]})[1]
    with pytest.raises(SurvivalRefused, match="never seen"):
        fitted.risk({"plan": ["c"]})
    with pytest.raises(SurvivalRefused, match="covariates are other"):
        fitted.risk({"other": [1.0]})


@pytest.mark.parametrize(
    ("observed", "covariates", "said"),
    [
        ([1, 1, 1, 1], {}, "no covariates"),
        ([0, 0, 0, 0], {"x": [1, 2, 1, 2]}, "Nobody left"),
        ([1, 1, 1, 1], {"x": [1, 1, 1, 1]}, "never varies"),
        ([1, 1, 1, 1], {"x": [1, 2, 1, 3], "y": [2, 4, 2, 6]}, "'y' follows"),
        ([1, 1, 0, 0], {"x": [1, 1, 0, 0]}, "parts those who left"),
        ([1, 1, 1, 1], {"x": [1, float("nan"), 1, 2]}, "lacks 1 of 4"),
        ([1, 1, 1, 1], {"x": [1, 2]}, "shape"),
    ],
)
def test_what_has_no_answer_is_refused(observed, covariates, said: str) -> None:
    with pytest.raises(SurvivalRefused, match=said):
        cox.fit([1.0, 2.0, 3.0, 4.0], observed, covariates)


def test_few_ends_are_noted() -> None:
    fitted = cox.fit([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], {"x": [1.0, 0.0, 2.0, 1.0, 0.5]})
    assert [note.code for note in fitted.notes] == ["survival.few_events"]
