"""Gamma-Gamma: published numbers, exact slopes, recovery of known parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from buying import CDNOW_AT, cdnow, cdnow_weeks, in_cents
from safar.measure import bgnbd, gamma_gamma
from safar.measure.gamma_gamma import NoMeanSpend, SpendRefused
from safar.measure.repeat_counts import Floats, HistoriesRefused, Ints
from safar.vocabulary.answer import Note

X = np.array([2, 1, 3, 4, 1, 2])
VALUE = np.array([20.0, 35.0, 18.0, 22.0, 60.0, 41.0])


def spenders(
    count: int, parameters: tuple[float, float, float], rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """Return how often customers bought and the mean value of it, by Gamma-Gamma."""
    p, q, gamma = parameters
    x = rng.integers(1, 9, count)
    return x, rng.gamma(p * x, 1 / (rng.gamma(q, 1 / gamma, count) * x))


@pytest.mark.data
def test_cdnow_as_published(shared_data: Path) -> None:
    known = cdnow(shared_data).split(CDNOW_AT).calibration
    value = in_cents(known.monetary_value)
    again = known.frequency > 0
    assert (int(again.sum()), round(float(value[again].mean()), 4)) == (946, 35.0786)
    fit = gamma_gamma.fit(known.frequency[again], value[again])
    assert fit.parameters == pytest.approx([6.24880, 3.74459, 15.44775], abs=6e-6)
    assert fit.log_likelihood == pytest.approx(-4055.92324, abs=6e-6)
    assert list(fit.standard_errors.values()) == pytest.approx([1.18969, 0.290166, 4.159994], abs=6e-6)
    assert fit.mean_value == pytest.approx(35.1710, abs=6e-5)
    assert fit.correlation == pytest.approx(0.11388, abs=1e-5)
    assert fit.expected_value(known.frequency[:3], value[:3]) == pytest.approx(
        [24.6586, 18.9115, 35.1710], abs=1e-3
    )
    published = fit.with_parameters((6.25, 3.74, 15.44)).expected_value(known.frequency[:10], value[:10])
    assert published == pytest.approx(
        [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17], abs=0.06
    )


@pytest.mark.data
def test_cdnow_discounted(shared_data: Path) -> None:
    known = cdnow(shared_data).split(CDNOW_AT).calibration
    value, again = in_cents(known.monetary_value), known.frequency > 0
    spend = gamma_gamma.fit(known.frequency[again], value[again]).expected_value(known.frequency, value)
    fit = bgnbd.fit(*cdnow_weeks(shared_data))
    until = [fit.expected_purchases(4.345 * month) for month in range(13)]
    worth = spend * sum((until[month] - until[month - 1]) / 1.01**month for month in range(1, 13))
    assert worth.sum() == pytest.approx(71_509.90, abs=0.01)
    assert worth[:5] == pytest.approx([36.2785, 4.6375, 8.3441, 8.3441, 8.3441], abs=6e-5)


def test_slopes_are_those_of_the_likelihood() -> None:
    slopes = gamma_gamma._likelihood(X, X * VALUE, VALUE, np.array([1.0, 2, 1, 1, 3, 1]))
    place = np.array([2.0, 3.0, 30.0])
    here = slopes(place)
    for one in range(3):
        step = np.zeros(3)
        step[one] = 1e-5 * place[one]
        above, below = slopes(place + step), slopes(place - step)
        assert (above.value - below.value) / (2 * step[one]) == pytest.approx(here.gradient[one], rel=1e-6)
        assert (above.gradient - below.gradient) / (2 * step[one]) == pytest.approx(
            here.hessian[one], rel=1e-5
        )


def test_one_customer_by_hand() -> None:
    # f(z | x) = G(px+q) / (G(px) G(q)) gamma^q z^(px-1) x^px / (gamma + x z)^(px+q), with p 1, q 2, gamma 3, x 2, z 5
    slopes = gamma_gamma._likelihood(np.array([2]), np.array([10.0]), np.array([5.0]), np.ones(1))
    by_hand = np.log(6 / (1 * 1) * 3**2 * 5 * 2**2 / 13**4)
    assert slopes(np.array([1.0, 2.0, 3.0])).value == pytest.approx(by_hand, abs=1e-12)


def test_a_weight_is_as_good_as_so_many_customers() -> None:
    x, value = spenders(300, (4.0, 3.0, 25.0), np.random.default_rng(1))
    weights = np.arange(300) % 4
    once, many = (
        gamma_gamma.fit(x, value, weights),
        gamma_gamma.fit(np.repeat(x, weights), np.repeat(value, weights)),
    )
    assert once.parameters == pytest.approx(many.parameters, rel=1e-5)


def test_units_of_value_change_gamma_alone() -> None:
    x, value = spenders(2000, (4.0, 3.0, 25.0), np.random.default_rng(1))
    one, rials = gamma_gamma.fit(x, value), gamma_gamma.fit(x, value * 1e6)
    assert rials.parameters / [1, 1, 1e6] == pytest.approx(one.parameters, rel=1e-5)
    assert gamma_gamma.scaled(one, 1e6).log_likelihood == pytest.approx(rials.log_likelihood, abs=1e-4)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    truth, held, fits = (4.0, 3.0, 25.0), np.zeros(3), 100
    for seed in range(fits):
        fit = gamma_gamma.fit(*spenders(800, truth, np.random.default_rng(seed)))
        held += [each in around for each, around in zip(truth, fit.interval().values(), strict=True)]
    assert (held >= 0.88 * fits).all(), held
    assert held.mean() == pytest.approx(0.95 * fits, abs=3.5)


def test_who_has_no_value_has_the_mean_of_all() -> None:
    fit = gamma_gamma.fit(X, VALUE)
    assert fit.expected_value([0, 2], [float("nan"), 0.0]) == pytest.approx([fit.mean_value] * 2)


def test_totals_drawn_have_the_mean_expected(rng: np.random.Generator) -> None:
    fit = gamma_gamma.fit(*spenders(500, (4.0, 5.0, 25.0), rng))
    bought = np.arange(500) % 3
    drawn = np.mean([fit.drawn_totals(bought, rng) for _ in range(400)], axis=0)
    assert drawn.sum() == pytest.approx(float(bought @ fit.expected_value()), rel=0.01)
    assert (drawn[bought == 0] == 0).all()


def test_those_who_buy_often_and_spend_otherwise_are_noted(rng: np.random.Generator) -> None:
    x, value = spenders(400, (4.0, 5.0, 25.0), rng)
    codes = [note.code for note in gamma_gamma.fit(x, value * x).notes]
    assert codes == ["spend.correlated"]
    assert gamma_gamma.fit(x, value).notes == ()
    assert isinstance(gamma_gamma.fit(x, value * x).notes[0], Note)


def test_a_mean_without_end_is_refused() -> None:
    fit = gamma_gamma.fit(X, VALUE).with_parameters((2.0, 0.9, 20.0))
    with pytest.raises(NoMeanSpend, match=r"q is 0\.9"):
        fit.expected_value()


@pytest.mark.parametrize(
    ("frequency", "value", "said"),
    [
        ([1, 2], [5.0], "different lengths"),
        ([0, 2], [5.0, 6.0], "In 1 rows"),
        ([1, 2], [0.0, 6.0], "In 1 rows"),
        ([1, 2], [6.0, 6.0], "different values"),
        ([], [], "Fewer than two"),
    ],
)
def test_what_cannot_be_is_refused(frequency: list[int], value: list[float], said: str) -> None:
    with pytest.raises(SpendRefused, match=said):
        gamma_gamma.fit(frequency, value)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(HistoriesRefused, match="monetary_value is missing"):
        gamma_gamma.fit([1, 2], [float("nan"), 3])
