"""The bridge of revenue and its rates: by hand, as published, covering."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.measure.kept_revenue import kept
from safar.vocabulary.interval import wilson


def test_a_bridge_by_hand() -> None:
    """a grows, b shrinks, c leaves, d is new, e is back after a while."""
    found = kept(
        [100, 100, 50, 0, 0], [130, 60, 0, 40, 20], known_before=[False] * 4 + [True], earned=[False] * 5
    )
    assert found.bridge.parts == (
        ("churned", -50.0),
        ("contraction", -40.0),
        ("expansion", 30.0),
        ("reactivated", 20.0),
        ("new", 40.0),
    )
    assert (found.bridge.before, found.bridge.now) == (250.0, 250.0)
    assert found.nrr is not None
    assert found.grr is not None
    assert (found.nrr.value, found.grr.value, found.nrr.n) == (190 / 250, 160 / 250, 3)
    assert found.logo_churn is not None
    assert (found.logo_churn.value, found.logo_churn.interval) == (1 / 3, wilson(1, 3))
    assert (found.customers_before, found.customers_now, found.new_customers) == (3, 4, 1)


def test_earned_growth_as_published() -> None:
    """Reichheld, Darnell and Burns (2021): NRR of 90 % and earned new customers of 15 % are +5 %."""
    before, now = [100.0] * 10 + [0, 0], [90.0] * 10 + [150, 80]
    found = kept(before, now, earned=[False] * 10 + [True, False])
    assert found.earned_growth is not None
    assert found.earned_growth.value == pytest.approx(0.05)
    assert kept(before, now).earned_growth is None


amounts = st.lists(
    st.tuples(st.integers(-50, 500), st.integers(-50, 500), st.booleans()), min_size=1, max_size=30
)


@given(amounts)
def test_the_bridge_always_arrives(drawn) -> None:
    before, now, known = zip(*drawn, strict=True)
    found = kept(before, now, known_before=known)
    assert found.bridge.before + sum(part for _, part in found.bridge.parts) == pytest.approx(
        found.bridge.now
    )
    if found.grr is not None and min(*before, *now) >= 0:
        assert found.nrr is not None
        assert 0 <= found.grr.value <= min(1, found.nrr.value) + 1e-12


def test_the_interval_of_nrr_covers(rng: np.random.Generator) -> None:
    """True NRR .8: a quarter leaves, the others spend 16/15 of before on average; spending is skewed."""
    inside = 0
    for _ in range(800):
        before = rng.lognormal(0, 0.6, 150)
        stays = rng.random(150) < 0.75
        now = np.where(stays, before * rng.lognormal(np.log(16 / 15) - 0.08, 0.4, 150), 0.0)
        found = kept(before, now).nrr
        inside += found is not None and 0.8 in found.interval
    assert 0.92 < inside / 800 < 0.975
