"""BG/NBD, MBG/NBD and Pareto/NBD: published numbers, exact slopes, recovery and coverage on simulated customers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from buying import Histories, bgnbd_customers, cdnow_weeks, pareto_customers
from safar.measure import beta_geometric, bgnbd, mbgnbd, pareto_nbd
from safar.measure.bgnbd import BGNBD
from safar.measure.newton import DrawsRefused, Slopes
from safar.measure.repeat_counts import RepeatCounts
from safar.measure.repeat_fit import HorizonRefused, NobodyBoughtTwice

ALL: tuple[Any, ...] = (bgnbd, mbgnbd, pareto_nbd)
SMALL: Histories = (
    np.array([2.0, 1, 0, 5, 0, 1, 3]),
    np.array([30.4, 1.7, 0, 35.1, 0, 20.0, 12.0]),
    np.array([38.9, 38.9, 38.9, 38.1, 20.0, 33.0, 12.0]),
)


@pytest.fixture(scope="module")
def weeks(shared_data: Path) -> Histories:
    return cdnow_weeks(shared_data)


@pytest.mark.data
def test_bgnbd_as_published(weeks: Histories) -> None:
    fit = bgnbd.fit(*weeks)
    assert fit.parameters == pytest.approx([0.242593, 4.413532, 0.792886, 2.425753], abs=6e-7)
    assert fit.log_likelihood == pytest.approx(-9582.42556, abs=5e-6)
    assert list(fit.standard_errors.values()) == pytest.approx(
        [0.012557, 0.378221, 0.185719, 0.705346], abs=6e-7
    )
    assert list(fit.robust_standard_errors.values()) == pytest.approx(
        [0.01439, 0.46517, 0.18099, 0.68346], abs=6e-6
    )
    around = fit.interval(0.95)["b"]
    assert (around.low, around.high) == pytest.approx((1.372, 4.289), abs=5e-4)
    assert (fit.converged, fit.notes) == (True, ())


@pytest.mark.data
def test_what_bgnbd_expects_as_published(weeks: Histories) -> None:
    fit = bgnbd.fit(*weeks)
    new = fit.expected_purchases_of_new([0.1429, 1, 3, 31.8571, 32, 52, 78])
    assert new == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.444021, 1.8580], abs=5e-5)
    assert fit.for_customers([2], [30.43], [38.86]).expected_purchases(39)[0] == pytest.approx(
        1.22591, abs=5e-6
    )
    often = fit.for_customers([26], [30.86], [31])
    assert often.expected_purchases(52)[0] == pytest.approx(25.75947, abs=5e-6)
    assert often.p_alive()[0] == pytest.approx(0.968920, abs=5e-7)
    paradox = fit.for_customers([10, 15, 20, 25], [20] * 4, [39] * 4).expected_purchases(52)
    assert paradox == pytest.approx([0.34749, 0.042838, 0.0041594, 0.00035838], rel=1e-4)


@pytest.mark.data
def test_chances_of_bgnbd_as_published(weeks: Histories) -> None:
    fit = bgnbd.fit(*weeks).with_parameters((0.243, 4.414, 0.793, 2.426))
    assert fit.probability_of(10, 2) == pytest.approx(1.07869e-07, rel=5e-6)
    assert fit.probability_of(0, 39) == pytest.approx(0.5737864, abs=5e-8)
    assert fit.probability_of([11, 12, 13], 30) == pytest.approx([0.0019995, 0.0015170, 0.0011633], abs=6e-8)


@pytest.mark.data
def test_mbgnbd_as_published(weeks: Histories) -> None:
    fit = mbgnbd.fit(*weeks)
    assert fit.parameters == pytest.approx([0.52484, 6.18299, 0.89136, 1.61400], abs=6e-6)
    assert fit.log_likelihood == pytest.approx(-9582.13268, abs=6e-6)
    assert list(fit.standard_errors.values()) == pytest.approx(
        [0.083264, 0.695597, 0.154785, 0.537472], abs=2e-6
    )


@pytest.mark.data
def test_pareto_nbd_as_published(weeks: Histories) -> None:
    fit = pareto_nbd.fit(*weeks)
    assert fit.parameters == pytest.approx([0.55328, 10.57761, 0.60621, 11.66791], rel=2e-5)
    assert fit.log_likelihood == pytest.approx(-9594.97393, abs=6e-6)
    assert fit.for_customers([26], [30.86], [31]).expected_purchases(52)[0] == pytest.approx(25.46, abs=5e-3)
    rounded = fit.with_parameters((0.55, 10.56, 0.61, 11.64))
    published = [
        0, 0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466, 0.27361274, 0.31335159, 0.35181024, 0.38909211,
    ]  # fmt: skip
    assert rounded.expected_purchases_of_new(np.arange(10)) == pytest.approx(published, abs=6e-9)


@pytest.mark.parametrize("model", ALL)
def test_slopes_are_those_of_the_likelihood(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[Callable[[np.ndarray], Slopes]] = []
    climb = beta_geometric.highest.__globals__["climb"]
    monkeypatch.setitem(
        beta_geometric.highest.__globals__,
        "climb",
        lambda slopes, start: caught.append(slopes) or climb(slopes, start),
    )
    model.fit(*SMALL)
    place = np.array([0.7, 9.0, 1.3, 4.0])
    here = caught[0](place)
    for one in range(4):
        step = np.zeros(4)
        step[one] = 1e-5 * place[one]
        above, below = caught[0](place + step), caught[0](place - step)
        assert (above.value - below.value) / (2 * step[one]) == pytest.approx(here.gradient[one], rel=1e-5)
        assert (above.gradient - below.gradient) / (2 * step[one]) == pytest.approx(
            here.hessian[one], rel=1e-4, abs=1e-7
        )


@pytest.mark.parametrize("model", ALL)
def test_chances_add_up_and_their_mean_is_what_is_expected(model: Any) -> None:
    fit = model.fit(*SMALL).with_parameters((0.6, 5.0, 0.9, 2.5))
    counts = np.arange(400)
    chances = fit.probability_of(counts, 30)
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    assert chances @ counts == pytest.approx(fit.expected_purchases_of_new(30), rel=1e-7)


@pytest.mark.parametrize("model", ALL)
def test_outcomes_drawn_have_the_mean_expected(model: Any, rng: np.random.Generator) -> None:
    fit = model.fit(*SMALL).with_parameters((0.6, 5.0, 0.9, 2.5))
    drawn = np.mean([fit.outcomes(40, rng) for _ in range(2500)], axis=0)
    assert drawn == pytest.approx(fit.expected_purchases(40), rel=0.1, abs=0.03)


@pytest.mark.parametrize("model", ALL)
def test_a_weight_is_as_good_as_so_many_customers(model: Any) -> None:
    weights = np.array([3, 1, 4, 1, 2, 2, 1])
    once, many = model.fit(*SMALL, weights), model.fit(*(np.repeat(each, weights) for each in SMALL))
    assert once.parameters == pytest.approx(many.parameters, rel=1e-6)
    assert once.log_likelihood == pytest.approx(many.log_likelihood, abs=1e-8)


@pytest.mark.parametrize(("parameters", "coins"), [((0.6, 5.0, 0.9, 2.5), 0), ((0.9, 7.0, 0.8, 1.8), 1)])
def test_expectation_by_formula_is_that_of_lives(
    parameters: Any, coins: int, rng: np.random.Generator
) -> None:
    model = mbgnbd if coins else bgnbd
    fit = model.fit(*bgnbd_customers(20_000, parameters, rng, coins=coins)).with_parameters(parameters)
    x, _, old = bgnbd_customers(200_000, parameters, rng, coins=coins)
    assert x.mean() == pytest.approx(float(np.mean(fit.expected_purchases_of_new(old[:2000]))), rel=0.03)


def test_leaving_chances_near_one_and_far_from_it_join_smoothly() -> None:
    fit = bgnbd.fit(*SMALL)
    for a in (1.0, 20.0):
        low, high = (fit.with_parameters((0.6, 5.0, a + side, 3 * a)) for side in (-1e-4, 1e-4))
        assert low.expected_purchases(50) == pytest.approx(high.expected_purchases(50), rel=1e-3)
        assert low.expected_purchases_of_new(50) == pytest.approx(
            high.expected_purchases_of_new(50), rel=1e-3
        )
    alike = fit.with_parameters((0.6, 5.0, 1e8, 3e8))
    assert np.isfinite(alike.expected_purchases(500)).all()


@pytest.mark.parametrize(
    ("model", "parameters", "customers"),
    [
        (bgnbd, (0.6, 5.0, 0.9, 2.5), bgnbd_customers),
        (mbgnbd, (0.9, 7.0, 0.8, 1.8), partial(bgnbd_customers, coins=1)),
        (pareto_nbd, (0.8, 6.0, 0.7, 9.0), pareto_customers),
    ],
)
def test_intervals_hold_the_truth_as_often_as_they_say(model: Any, parameters: Any, customers: Any) -> None:
    held, fits = np.zeros(4), 100
    for seed in range(fits):
        fit = model.fit(*customers(900, parameters, np.random.default_rng(seed)))
        held += [truth in around for truth, around in zip(parameters, fit.interval().values(), strict=True)]
    assert (held >= 0.88 * fits).all(), held
    assert held.mean() == pytest.approx(0.95 * fits, abs=3.5)


def test_draws_have_the_spread_of_the_errors(rng: np.random.Generator) -> None:
    fit = bgnbd.fit(*bgnbd_customers(3000, (0.6, 5.0, 0.9, 2.5), rng))
    drawn = np.log(fit.draws(20_000, rng))
    assert np.cov(drawn.T) == pytest.approx(fit.log_covariance, rel=0.08, abs=2e-3)
    with pytest.raises(DrawsRefused, match="0 draws"):
        fit.draws(0, rng)


def test_threads_give_the_same_fit(rng: np.random.Generator) -> None:
    x, recent, old = bgnbd_customers(120_000, (0.6, 5.0, 0.9, 2.5), rng)
    with ThreadPoolExecutor(2) as threads:
        side_by_side = bgnbd.fit(x, recent, old, executor=threads)
    assert side_by_side.parameters == pytest.approx(bgnbd.fit(x, recent, old).parameters, rel=1e-8)


def test_an_earlier_fit_is_a_start(rng: np.random.Generator) -> None:
    counts = RepeatCounts.of(*bgnbd_customers(3000, (0.6, 5.0, 0.9, 2.5), rng))
    fit = bgnbd.fit_counts(counts)
    again = bgnbd.fit_counts(counts, start=fit)
    assert again.iterations < fit.iterations
    assert again.parameters == pytest.approx(fit.parameters, rel=1e-6)


@pytest.mark.parametrize("model", ALL)
def test_nobody_who_bought_twice_is_refused(model: Any) -> None:
    with pytest.raises(NobodyBoughtTwice, match="None of 2 customers"):
        model.fit([0, 0], [0, 0], [10, 20])


def test_times_and_counts_that_cannot_be_are_refused() -> None:
    fit = bgnbd.fit(*SMALL)
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(HorizonRefused):
            fit.expected_purchases(wrong)
    with pytest.raises(HorizonRefused, match="no count"):
        fit.probability_of(1.5, 10)


def test_who_never_leaves_is_said_to_be_flat() -> None:
    days = np.full(400, 300.0)
    rng = np.random.default_rng(3)
    fit = bgnbd.fit(rng.poisson(5, 400) + 1, days - rng.uniform(0, 30, 400).round(), days)
    assert "fit.flat" in {note.code for note in fit.notes}
    assert np.isfinite(fit.expected_purchases(100)).all()


def test_bgnbd_calls_everybody_alive_who_bought_once() -> None:
    once = ([0, 0, 1], [0, 0, 2.0], [10, 40, 40])
    assert bgnbd.fit(*SMALL).for_customers(*once).p_alive()[:2].tolist() == [1.0, 1.0]
    lately, long_ago, _ = mbgnbd.fit(*SMALL).for_customers(*once).p_alive()
    assert long_ago < lately < 1
    assert isinstance(bgnbd.fit(*SMALL), BGNBD)
