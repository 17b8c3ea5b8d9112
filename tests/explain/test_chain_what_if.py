"""What if: the planted chain moves as planted, and what is assumed is said."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain import chain_what_if
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.vocabulary.answer import Note


def a_shop(n: int, seed: int) -> dict[str, object]:
    """Late parcels take 1.5 points; a point is worth 0.04 of coming back and 3 in money; late costs 2 beside it."""
    rng = np.random.default_rng(seed)
    remote = rng.random(n) < 0.4
    late = rng.random(n) < np.where(remote, 0.5, 0.2)
    broken = rng.random(n) < 0.1
    csat = 4 - 1.5 * late - 1.0 * broken + rng.normal(size=n)
    came = rng.random(n) < np.clip(0.3 + 0.04 * csat - 0.1 * remote, 0, 1)
    value = 30 + 3 * csat - 2 * late - 10 * remote + rng.normal(0, 5, n)
    asked = np.where(rng.random(n) < 0.3, csat, np.nan)
    return {
        "experiences": {"late": late, "broken": broken},
        "satisfaction": asked,
        "returned": came.astype(float),
        "value": value,
        "known": {"remote": remote},
    }


def test_halving_lateness_moves_what_it_moves() -> None:
    shop = a_shop(30_000, 1)
    chain = chain_what_if.fit(**shop, resamples=100)
    assert chain.shares[0] == pytest.approx(0.32, abs=0.01)
    moved = chain.what_if({"late": 0.5})
    halved = chain.shares[0] / 2
    assert moved.satisfaction.value == pytest.approx(1.5 * halved, rel=0.05)
    assert moved.value.value == pytest.approx((2 + 3 * 1.5) * halved, rel=0.08)
    assert moved.value_through_satisfaction.value == pytest.approx(3 * 1.5 * halved, rel=0.08)
    assert 0.04 * 1.5 * halved in moved.returned.interval
    assert moved.notes == (Note.of("chain.assumption"),)
    assert (chain.n, chain.answered) == (30_000, int((~np.isnan(shop["satisfaction"])).sum()))


def test_sliders_add_up_and_nothing_moves_nothing() -> None:
    chain = chain_what_if.fit(**a_shop(3_000, 2), resamples=20)
    apart = [chain.what_if({name: 0.0}).value.value for name in ("late", "broken")]
    assert chain.what_if({"late": 0.0, "broken": 0.0}).value.value == pytest.approx(sum(apart))
    assert chain.what_if({"late": 1.0}).value.value == 0
    assert chain.what_if({"late": 2.0}).satisfaction.value < 0
    assert chain.what_if({"late": 0.0}).table.column("moves")[0] == "satisfaction"


def test_intervals_cover() -> None:
    covered = 0
    for seed in range(40):
        chain = chain_what_if.fit(**a_shop(1_000, 100 + seed), resamples=150, level=0.9)
        moved = chain.what_if({"broken": 0.0})
        covered += 3 * chain.shares[1] in moved.value.interval
    assert covered / 40 == pytest.approx(0.9, abs=0.1)


def test_what_cannot_be_asked() -> None:
    shop = a_shop(500, 3)
    chain = chain_what_if.fit(**shop, resamples=5)
    with pytest.raises(ColumnsRefused, match="'rude'"):
        chain.what_if({"rude": 0.5})
    with pytest.raises(ColumnsRefused, match="'late'"):
        chain.what_if({"late": 9.0})
    with pytest.raises(TooFewRows):
        chain_what_if.fit(**{**shop, "satisfaction": np.full(500, np.nan)})
