"""Many looks: by hand, against the definition, and no more false discoveries than promised."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.many_looks import ImpossibleRate, checked_rate, standing_out

#: Benjamini and Hochberg (1995), section 3.2: fifteen p-values of a clinical trial, of which the rule keeps four.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
    1.0000,
]  # fmt: skip


def test_the_published_example_keeps_four() -> None:
    assert standing_out(PUBLISHED, rate=0.05) == [True] * 4 + [False] * 11
    assert standing_out(PUBLISHED[::-1], rate=0.05) == [False] * 11 + [True] * 4
    assert standing_out([], rate=0.05) == []


@given(st.lists(st.floats(0, 1), max_size=30))
def test_as_the_definition_says(p_values: list[float]) -> None:
    ordered = sorted(p_values)
    largest = max(
        (k for k in range(1, len(ordered) + 1) if ordered[k - 1] <= 0.1 * k / len(ordered)), default=0
    )
    found = standing_out(p_values, rate=0.1)
    assert sum(found) == largest
    told = [p for p, is_kept in zip(p_values, found, strict=True) if is_kept]
    assert sorted(told) == ordered[:largest]


def test_false_discoveries_stay_below_the_rate(rng: np.random.Generator) -> None:
    false_shares = []
    for _ in range(2_000):
        p_values = rng.uniform(size=40)
        p_values[:8] = rng.uniform(size=8) * 1e-3  # these are real
        kept = np.array(standing_out(p_values.tolist(), rate=0.1))
        false_shares.append(kept[8:].sum() / max(kept.sum(), 1))
    # the rule's own bound is the rate times the share of numbers that are none: 0.1 × 32/40
    assert 0.07 <= np.mean(false_shares) <= 0.09


@pytest.mark.parametrize("rate", [0.0, 1.0, 5.0])
def test_a_rate_outside_0_and_1_is_refused(rate: float) -> None:
    with pytest.raises(ImpossibleRate):
        checked_rate(rate)
