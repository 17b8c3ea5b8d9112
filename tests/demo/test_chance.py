import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.demo.chance import Chance, logistic, logit, normal_share

MANY = np.arange(200_000)


def test_a_number_depends_on_its_address_alone() -> None:
    chance = Chance(3, "until")
    together = chance.uniform("coin", MANY[:50], 4)
    apart = np.array([chance.uniform("coin", who, 4)[0] for who in range(50)])
    assert (together == apart).all()
    assert (Chance(3, "until").uniform("coin", MANY[:50], 4) == together).all()


@pytest.mark.parametrize("other", [("dice", 0, 3), ("coin", 1, 3), ("coin", 0, 4)])
def test_purpose_count_and_seed_each_give_other_numbers(other: tuple[str, int, int]) -> None:
    purpose, which, seed = other
    one = Chance(3).uniform("coin", MANY, 0)
    two = Chance(seed).uniform(purpose, MANY, which)
    assert not np.any(one == two)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.01


def test_neighbours_are_independent_and_uniform() -> None:
    uniform = Chance(9).uniform("x", MANY)
    assert uniform.min() > 0.0
    assert uniform.max() < 1.0
    assert abs(np.corrcoef(uniform[1:], uniform[:-1])[0, 1]) < 0.01
    counts = np.bincount((uniform * 100).astype(int), minlength=100)
    # chi-squared with 99 degrees of freedom, 0.9999 quantile
    assert ((counts - 2000) ** 2 / 2000).sum() < 161.3


@pytest.mark.parametrize(("shape", "mean", "variance"), [(0.7, 0.7, 0.7), (3.4, 3.4, 3.4)])
def test_gamma_has_its_moments(shape: float, mean: float, variance: float) -> None:
    drawn = Chance(1).gamma("g", shape, MANY)
    assert drawn.mean() == pytest.approx(mean, rel=0.01)
    assert drawn.var() == pytest.approx(variance, rel=0.03)
    assert np.log(drawn).mean() == pytest.approx(_digamma(shape), abs=0.02)


def test_beta_has_its_moments() -> None:
    drawn = Chance(1).beta("b", 0.85, 3.4, MANY)
    assert drawn.mean() == pytest.approx(0.2, rel=0.01)
    assert drawn.var() == pytest.approx(0.85 * 3.4 / (4.25**2 * 5.25), rel=0.02)


def test_normal_poisson_and_geometric_have_their_shapes() -> None:
    chance = Chance(2)
    normal = chance.normal("n", MANY)
    assert normal.mean() == pytest.approx(0.0, abs=0.01)
    assert normal.std() == pytest.approx(1.0, abs=0.01)
    assert (normal**4).mean() == pytest.approx(3.0, abs=0.08)
    counts = np.bincount(chance.poisson("p", 1.7, MANY), minlength=20) / len(MANY)
    exact = [math.exp(-1.7) * 1.7**k / math.factorial(k) for k in range(8)]
    assert counts[:8] == pytest.approx(exact, abs=0.004)
    again = np.bincount(chance.geometric("g", 0.4, MANY), minlength=20) / len(MANY)
    assert again[:5] == pytest.approx([0.6 * 0.4**k for k in range(5)], abs=0.004)


def test_poisson_takes_a_mean_for_each() -> None:
    means = np.array([0.0, 0.5, 80.0])
    drawn = np.stack([Chance(seed).poisson("p", means, np.arange(3)) for seed in range(400)])
    assert (drawn[:, 0] == 0).all()
    assert drawn[:, 1].mean() == pytest.approx(0.5, abs=0.12)
    assert drawn[:, 2].mean() == pytest.approx(80.0, abs=1.6)


def test_choice_follows_the_weights() -> None:
    drawn = Chance(2).choice("c", [2.0, 0.0, 6.0], MANY)
    assert np.bincount(drawn, minlength=3) / len(MANY) == pytest.approx([0.25, 0.0, 0.75], abs=0.004)


@given(st.floats(min_value=0.001, max_value=0.999))
def test_logit_and_logistic_undo_each_other(share: float) -> None:
    assert float(logistic(logit(share))) == pytest.approx(share)


@given(st.floats(min_value=-6, max_value=6))
def test_the_normal_share_agrees_with_the_error_function(z: float) -> None:
    exact = 0.5 * math.erfc(-z / math.sqrt(2.0))
    assert float(normal_share(np.array([z]))[0]) == pytest.approx(exact, abs=1e-7)


def _digamma(x: float) -> float:
    return (math.lgamma(x + 1e-5) - math.lgamma(x - 1e-5)) / 2e-5
