"""Doubly robust: by hand, as a peer computes it, and what its intervals cover where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain import doubly_robust
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.explain.doubly_robust import estimated
from safar.explain.known_before import KnownBefore
from safar.explain.nuisances import Nuisances, nuisances


def a_world(
    n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Remote people get late parcels, spend less, and lose more by them."""
    remote, income = rng.random(n) < 0.5, rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(-1.5 + 1.2 * remote + 0.6 * income)))
    late = rng.random(n) < chance
    lost = 8 * (1 + 0.5 * remote)
    spent = 100 - 30 * remote + 10 * income - lost * late + rng.gamma(1, 10, n)
    return spent, late, {"remote": remote, "income": income}, -lost


#: What is lost on average by those who are late: from ten million draws of the same world.
LOST_BY_EXPOSED = -10.740
LOST_BY_EVERYBODY = -10.0


def test_by_hand_with_known_expectations() -> None:
    """Four people: theta = mean over exposed of (y - mu0) less the weighted rest of the others."""
    y = np.repeat([10.0, 8.0, 9.0, 12.0], 30)
    d = np.repeat([True, True, False, False], 30)
    models = Nuisances(
        np.full(120, 0.5), np.repeat([12.0, 11.0, 10.0, 11.0], 30), np.zeros(120), "linear", "linear"
    )
    found = estimated(y, d, models, np.arange(120), KnownBefore((), np.zeros((120, 0))), among="exposed")
    # exposed lose 2 and 3; the others are 1 below and 1 above what was expected of them
    assert found.effect.value == pytest.approx(-2.5)
    assert found.naive.value == pytest.approx(9 - 10.5)
    assert found.overlap.comparison_size == pytest.approx(60)
    # without it the exposed would have varied as the others do, by 1, and not by 1/2 as they were seen to
    assert found.standard_error == pytest.approx(np.sqrt((1 + 1) / 60 * 120 / 119))


def test_as_doubleml_computes_it() -> None:
    """DoubleML 0.11.4, DoubleMLIRM with the same expectations handed over; its error has divisor n, ours n - 1.

    Among the exposed its error is of such customers, ours of these very ones: how they vary is told by the others.
    """
    n = 2_000
    rng = np.random.default_rng(5)
    remote, income = rng.random(n) < 0.5, rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(-1.5 + 1.2 * remote + 0.6 * income)))
    late = rng.random(n) < chance
    spent = 100 - 30 * remote + 10 * income - 8 * late * (1 + 0.5 * remote) + rng.gamma(1, 10, n)
    known, who = KnownBefore.of({"remote": remote, "z": income}, n), np.arange(n)
    models = nuisances(spent, late, known, who, learner="linear", seed=1)
    peer = {
        "exposed": (-10.139820623600343, 0.5522095126990004, 0.33922716),
        "everybody": (-9.541998661122546, 0.5908391918485776, 0.33120514),
    }
    for among, (effect, error, robustness) in peer.items():
        found = estimated(spent, late, models, who, known, among=among)
        assert found.effect.value == pytest.approx(effect, abs=1e-10)
        of_these = 1.0
        if among == "exposed":
            left, odds = spent - models.without, models.chance[~late] / (1 - models.chance[~late])
            of_others = np.sum((odds * left[~late]) ** 2) / late.sum()
            told = np.cov(left[~late], aweights=odds, ddof=0)
            of_these = np.sqrt((of_others + told) / (of_others + left[late].var()))
        assert found.standard_error == pytest.approx(error * of_these * np.sqrt(n / (n - 1)), abs=1e-10)
        assert found.sensitivity.robustness_value == pytest.approx(robustness, abs=3e-6)


def test_intervals_cover_the_truth_and_the_plain_difference_misleads() -> None:
    found = [
        doubly_robust.fit(spent, late, known, learner="linear", seed=seed)
        for seed in range(400)
        for spent, late, known, _ in [a_world(600, np.random.default_rng(seed))]
    ]
    covered = np.mean([LOST_BY_EXPOSED in each.effect.interval for each in found])
    assert 0.93 <= covered <= 0.97
    assert np.mean([each.effect.value for each in found]) == pytest.approx(LOST_BY_EXPOSED, abs=0.15)
    assert np.mean([each.naive.value for each in found]) < -13.5
    told = np.mean([each.standard_error for each in found])
    assert told == pytest.approx(np.std([each.effect.value for each in found]), rel=0.08)


def test_of_everybody() -> None:
    spent, late, known, lost = a_world(8_000, np.random.default_rng(3))
    found = doubly_robust.fit(spent, late, known, among="everybody", learner="linear")
    assert lost.mean() == pytest.approx(LOST_BY_EVERYBODY, abs=0.2)
    assert LOST_BY_EVERYBODY in found.effect.interval
    assert found.effect.interval.high - found.effect.interval.low < 1.5


@pytest.mark.parametrize("wrong", ["outcome", "chance"])
def test_one_wrong_model_is_no_harm_two_are(wrong: str) -> None:
    spent, late, known, _ = a_world(40_000, np.random.default_rng(4))
    before, who = KnownBefore.of(known, len(late)), np.arange(len(late))
    right = nuisances(spent, late, before, who, learner="linear", seed=1)
    flat = Nuisances(
        np.full(len(late), late.mean()), np.full(len(late), spent[~late].mean()), right.having, "", ""
    )
    mixed = right._replace(without=flat.without) if wrong == "outcome" else right._replace(chance=flat.chance)
    one = estimated(spent, late, mixed, who, before, among="exposed")
    both = estimated(spent, late, flat, who, before, among="exposed")
    assert one.effect.value == pytest.approx(LOST_BY_EXPOSED, abs=0.5)
    assert both.effect.value < LOST_BY_EXPOSED - 2


def test_trees_find_what_lines_cannot() -> None:
    rng = np.random.default_rng(6)
    n = 6_000
    age = rng.uniform(-1, 1, n)
    late = rng.random(n) < np.where(np.abs(age) > 0.5, 0.6, 0.15)
    spent = 50 - 40 * (np.abs(age) > 0.5) - 5 * late + rng.normal(0, 5, n)
    line = doubly_robust.fit(spent, late, {"age": age}, learner="linear")
    best = doubly_robust.fit(spent, late, {"age": age}, learner="best")
    assert line.effect.value < -15
    assert best.effect.value == pytest.approx(-5, abs=0.6)
    assert (best.outcome_model, best.exposure_model) == ("boosting", "boosting")


def test_occasions_of_one_customer_go_together() -> None:
    """Each customer told four times is no surer than once."""
    spent, late, known, _ = a_world(1_000, np.random.default_rng(8))
    once = doubly_robust.fit(spent, late, known, learner="linear", seed=2)
    whole = {name: np.repeat(values, 4) for name, values in known.items()}
    repeated = doubly_robust.fit(
        np.repeat(spent, 4), np.repeat(late, 4), whole,
        customers=np.repeat(np.arange(1_000), 4), learner="linear", seed=2,
    )  # fmt: skip
    assert repeated.effect.value == pytest.approx(once.effect.value, abs=0.05)
    assert repeated.standard_error == pytest.approx(once.standard_error, rel=0.03)
    assert (repeated.exposed, repeated.exposed_customers) == (4 * once.exposed, once.exposed)


def test_who_has_nobody_to_be_compared_with_is_left_out_and_said() -> None:
    rng = np.random.default_rng(9)
    island = rng.random(3_000) < 0.1
    late = np.where(island, True, rng.random(3_000) < 0.3)
    spent = 20 - 3 * late - 50 * island + rng.normal(0, 2, 3_000)
    found = doubly_robust.fit(spent, late, {"island": island}, learner="linear")
    on_island = int(island.sum())
    assert found.overlap.trimmed_exposed == on_island
    assert found.overlap.exposed_share_kept == pytest.approx(1 - on_island / late.sum())
    assert found.effect.value == pytest.approx(-3, abs=0.3)
    assert [note.code for note in found.notes] == ["effect.trimmed"]
    assert dict(found.notes[0].facts) == {"count": on_island, "of": int(late.sum())}


def test_hidden_confounding_of_the_stated_strength_can_make_it_nothing() -> None:
    """Something hidden that makes the whole difference explains at least the robustness value of one of both sides."""
    rng = np.random.default_rng(10)
    n = 20_000
    hidden = rng.normal(size=n)
    late = rng.random(n) < 1 / (1 + np.exp(-(hidden - 1)))
    spent = -4 * hidden + rng.normal(0, 4, n)
    naive = doubly_robust.fit(spent, late, {"nothing": np.zeros(n)}, learner="linear")
    assert naive.effect.interval.high < 0
    of_outcome = np.corrcoef(hidden, spent)[0, 1] ** 2
    assert naive.sensitivity.robustness_value < of_outcome
    assert naive.sensitivity.bias(naive.sensitivity.robustness_value) == pytest.approx(
        abs(naive.effect.value)
    )
    seen = doubly_robust.fit(spent, late, {"hidden": hidden}, learner="linear")
    assert 0 in seen.effect.interval
    assert seen.sensitivity.robustness_value_of_interval == 0


def test_texts_gaps_and_order_of_rows() -> None:
    spent, late, known, _ = a_world(2_000, np.random.default_rng(11))
    city = np.where(known["remote"], "Zahedan", "Tehran")
    income = np.where(np.random.default_rng(1).random(2_000) < 0.1, np.nan, known["income"])
    found = doubly_robust.fit(spent, late, {"city": city, "income": income}, learner="linear")
    assert found.effect.value == pytest.approx(LOST_BY_EXPOSED, abs=2)
    unknown = np.where(np.arange(2_000) < 100, np.nan, spent)
    fewer = doubly_robust.fit(unknown, late.astype(float), {"city": city}, learner="linear")
    assert fewer.effect.n == 1_900


def test_what_cannot_be_compared_is_refused() -> None:
    spent, late, known, _ = a_world(200, np.random.default_rng(12))
    with pytest.raises(TooFewRows, match="customers with the experience"):
        doubly_robust.fit(spent, np.arange(200) < 10, known)
    with pytest.raises(TooFewRows, match="customers without the experience"):
        doubly_robust.fit(spent, np.arange(200) < 190, known)
    with pytest.raises(ColumnsRefused, match="1 or 0"):
        doubly_robust.fit(spent, np.where(late, 2, 0), known)
    with pytest.raises(ColumnsRefused, match="'remote' has"):
        doubly_robust.fit(spent, late, {"remote": known["remote"][:5]})
    with pytest.raises(ColumnsRefused, match="customers are named"):
        doubly_robust.fit(spent, late, known, customers=["a"])
