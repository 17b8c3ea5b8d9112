"""Accelerated failure time: as the peer has it, its families by hand, true factors found."""

from __future__ import annotations

import numpy as np
import pytest

from safar.measure import aft
from safar.measure.survival_inputs import SurvivalRefused
from survival_data import columns, rossi

#: lifelines 0.30.3 on the released convicts: coefficients (intercept, fin, age, race, wexp, mar, paro, prio), their
#: errors, log(1/sigma), likelihood, concordance.
PEER = {
    "weibull": (
        [3.990123, 0.272172, 0.040715, -0.224808, 0.106551, 0.311260, 0.058822, -0.065817],
        [0.419099, 0.137963, 0.016004, 0.220161, 0.151542, 0.273302, 0.139639, 0.020941],
        0.339103,
        -679.91656,
        0.64014,
    ),
    "log_normal": (
        [4.267537, 0.342826, 0.027206, -0.363107, 0.268130, 0.460236, 0.055876, -0.065520],
        [0.461681, 0.164083, 0.015756, 0.264685, 0.178886, 0.295137, 0.169109, 0.027090],
        -0.258164,
        -683.23463,
        0.64524,
    ),
    "log_logistic": (
        [3.918909, 0.289433, 0.036287, -0.279205, 0.178406, 0.347585, 0.052523, -0.069181],
        [0.427330, 0.145603, 0.015564, 0.229642, 0.157191, 0.269695, 0.149564, 0.022741],
        0.435207,
        -679.93851,
        0.64380,
    ),
}


@pytest.mark.parametrize("family", aft.FAMILIES)
def test_arrests_as_lifelines_has_them(family: aft.Family) -> None:
    """Its optimiser stops a little early: ours finds the same coefficients within 1 % of an error, and no lower top."""
    weeks, arrested, covariates = rossi()
    fitted = aft.fit(weeks, arrested, covariates, family=family)
    coefficients, errors, log_shape, likelihood, concordance = PEER[family]
    assert (np.abs(fitted.coefficients - coefficients) < 0.012 * np.array(errors)).all()
    assert fitted.standard_errors[:-1] == pytest.approx(errors, rel=2e-3)
    assert -np.log(fitted.sigma) == pytest.approx(log_shape, abs=2e-4)
    assert likelihood - 1e-5 <= fitted.log_likelihood <= likelihood + 2e-4
    assert fitted.concordance == pytest.approx(concordance, abs=3e-4)


def test_flies_without_covariates_as_lifelines_has_them() -> None:
    flies = columns("waltons")
    fitted = aft.fit(flies["T"].astype(float), flies["E"].astype(int))
    assert float(fitted.coefficients[0]) == pytest.approx(4.020574, abs=5e-7)
    assert -np.log(fitted.sigma) == pytest.approx(1.238522, abs=5e-7)
    assert fitted.log_likelihood == pytest.approx(-672.062187, abs=5e-7)


def test_exponential_lives_by_hand() -> None:
    """Without censoring a log-normal's parameters are mean and standard deviation of the logarithms."""
    lives = np.array([1.0, 2.0, 4.0, 8.0])
    fitted = aft.fit(lives, family="log_normal")
    assert float(fitted.coefficients[0]) == pytest.approx(np.log(lives).mean())
    assert fitted.sigma == pytest.approx(np.log(lives).std())
    assert float(fitted.median({})[0]) == pytest.approx(np.exp(np.log(lives).mean()))
    assert fitted.survival({}, [float(fitted.median({})[0])])[0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize("family", aft.FAMILIES)
def test_true_factors_are_covered(family: aft.Family, rng: np.random.Generator) -> None:
    inside = 0
    for _ in range(120):
        x = rng.normal(size=150)
        noise = {
            "weibull": lambda: np.log(rng.exponential(size=150)),
            "log_normal": lambda: rng.normal(size=150),
            "log_logistic": lambda: rng.logistic(size=150),
        }[family]()
        lives, watched = np.exp(1 + 0.5 * x + 0.8 * noise), rng.uniform(1, 12, 150)
        fitted = aft.fit(np.minimum(lives, watched), lives <= watched, {"x": x}, family=family)
        inside += 0.5 in fitted.interval()[1]
    assert inside / 120 > 0.88


def test_a_unit_of_time_only_moves_the_intercept() -> None:
    weeks, arrested, covariates = rossi()
    one, other = aft.fit(weeks, arrested, covariates), aft.fit(weeks * 7, arrested, covariates)
    assert other.coefficients[1:] == pytest.approx(one.coefficients[1:])
    assert other.coefficients[0] == pytest.approx(one.coefficients[0] + np.log(7))
    assert (other.names[0], set(one.time_ratios())) == (aft.INTERCEPT, set(covariates))


def test_what_has_no_answer_is_refused() -> None:
    with pytest.raises(SurvivalRefused, match="missing, below 0 or, for a model of log time, 0"):
        aft.fit([0.0, 1.0, 2.0])
    with pytest.raises(SurvivalRefused, match="1 ends"):
        aft.fit([1.0, 2.0], [1, 0])
    with pytest.raises(SurvivalRefused, match="no family") as refused:
        aft.fit([1.0, 2.0], family="weibul")  # type: ignore[arg-type]
    assert refused.value.hint == 'Did you mean "weibull"?'
