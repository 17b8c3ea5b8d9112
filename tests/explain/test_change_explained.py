"""A change by touchpoint: by hand, exact in sum, told apart by how often and how badly."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain.change_explained import explained
from safar.explain.columns import ColumnsRefused, TooFewRows


def two_times(n: int, seed: int, *, share: float, harm: float, base: float = 4.0) -> tuple[np.ndarray, ...]:
    """Before, a tenth is late and it costs 1.5; now as given. Calls never matter."""
    rng = np.random.default_rng(seed)
    now = np.repeat([0, 1], n)
    late = rng.random(2 * n) < np.where(now == 1, share, 0.1)
    calls = rng.random(2 * n) < 0.3
    score = np.where(now == 1, base, 4.0) - np.where(now == 1, harm, 1.5) * late + rng.normal(0, 0.7, 2 * n)
    return score, late.astype(float), calls.astype(float), now


def test_by_hand() -> None:
    """Lateness rises from a quarter to a half and costs 2, then 1: half way between, -1.5 × 0.25 and +1 × 0.375."""
    late = np.array([0, 0, 0, 1] * 20 + [0, 0, 1, 1] * 20)
    now = np.arange(160) >= 80
    found = explained(4 - np.where(now, 1, 2) * late, {"late": late}, now, resamples=20)
    (part,) = found.parts
    assert found.total.value == pytest.approx(0)
    assert (part.exposure.value, part.response.value) == (pytest.approx(-0.375), pytest.approx(0.375))
    assert (part.mean_before, part.mean_now, found.rest.value) == (0.25, 0.5, pytest.approx(0))


@pytest.mark.parametrize(
    ("changes", "exposure", "response", "rest"),
    [
        ({"share": 0.4, "harm": 1.5}, -0.45, 0.0, 0.0),
        ({"share": 0.1, "harm": 3.0}, 0.0, -0.15, 0.0),
        ({"share": 0.1, "harm": 1.5, "base": 3.5}, 0.0, 0.0, -0.5),
    ],
)
def test_what_changed_is_found(
    changes: dict[str, float], exposure: float, response: float, rest: float
) -> None:
    score, late, calls, now = two_times(4_000, 1, **changes)
    found = explained(score, {"late": late, "calls": calls}, now, resamples=100)
    by_name = {each.name: each for each in found.parts}
    assert exposure in by_name["late"].exposure.interval
    assert response in by_name["late"].response.interval
    assert found.rest.value == pytest.approx(rest, abs=0.06)
    assert 0 in by_name["calls"].exposure.interval
    parts = sum(each.exposure.value + each.response.value for each in found.parts) + found.rest.value
    assert parts == pytest.approx(found.total.value)


def test_turned_round_every_part_changes_its_sign() -> None:
    score, late, calls, now = two_times(300, 2, share=0.3, harm=2.0)
    there = explained(score, {"late": late, "calls": calls}, now, resamples=5)
    back = explained(score, {"late": late, "calls": calls}, 1 - now, resamples=5)
    assert [each.exposure.value for each in back.parts] == pytest.approx(
        [-each.exposure.value for each in there.parts]
    )
    assert there.table.column("touchpoint") == [each.name for each in there.parts]


def test_what_does_not_go_together_is_refused() -> None:
    score, late, _, now = two_times(300, 3, share=0.3, harm=2.0)
    with pytest.raises(ColumnsRefused):
        explained(score, {"late": late}, now + 1)
    with pytest.raises(TooFewRows):
        explained(score[290:], {"late": late[290:]}, now[290:])
