"""What another way of choosing would have brought: by hand, and covered where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from safar.act.decisions import ImpossibleDecision
from safar.act.off_policy import OffPolicy, off_policy
from safar.vocabulary.answer import Note


def test_estimates_by_hand() -> None:
    logged = [[0.5, 0.5], [0.8, 0.2], [0.5, 0.5]]
    target = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    found = off_policy(
        [0, 1, 1], logged, target, [2.0, 1.0, 3.0], expected=[[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    )
    # weights 2, 5, 1
    assert found.ips.value == pytest.approx((4 + 5 + 3) / 3)
    assert found.snips.value == pytest.approx(12 / 8)
    assert found.dr is not None
    assert found.dr.value == pytest.approx(((1 + 2 * 1) + (2 + 5 * -1) + (1 + 1 * 2)) / 3)
    assert found.logged.value == 2.0
    assert found.effective_n == pytest.approx(64 / 30)
    assert found.largest_weight == 5.0
    assert found.notes == (Note.of("off_policy.few", count=2),)


def test_the_same_way_is_what_was_had(rng: np.random.Generator) -> None:
    chances = rng.dirichlet([1, 1, 1], 400)
    action = np.array([rng.choice(3, p=each) for each in chances])
    got = rng.normal(1, 1, 400)
    found = off_policy(action, chances, chances, got)
    assert found.ips.value == pytest.approx(got.mean())
    assert found.snips.value == pytest.approx(got.mean())
    assert found.effective_n == pytest.approx(400)
    assert found.snips.interval.low == pytest.approx(found.logged.interval.low)
    assert found.notes == ()


def world(rng: np.random.Generator, n: int) -> tuple[OffPolicy, float]:
    """Return what is found of a target that calls when x > 0, and what it is worth in truth."""
    x = rng.normal(0, 1, n)
    true = np.column_stack([0.2 * x, 0.5 + 0.8 * x, np.zeros(n)])
    lift = np.exp(np.column_stack([0.5 * x, -0.5 * x, np.zeros(n)]))
    logged = 0.1 / 3 + 0.9 * lift / lift.sum(axis=1, keepdims=True)
    logged /= logged.sum(axis=1, keepdims=True)
    action = (rng.random(n)[:, None] > np.cumsum(logged, axis=1)).sum(axis=1)
    got = true[np.arange(n), action] + rng.normal(0, 0.5, n)
    target = np.zeros((n, 3))
    target[np.arange(n), np.where(x > 0, 1, 2)] = 1.0
    guess = true + 0.2  # a model that is wrong by a constant
    return off_policy(action, logged, target, got, expected=guess), 0.25 + 0.8 * 0.3989422804


def test_intervals_cover_the_truth_and_the_doubly_robust_one_is_narrowest(rng: np.random.Generator) -> None:
    covered = np.zeros(3)
    widths = np.zeros(3)
    for _ in range(400):
        found, truth = world(rng, 2_500)
        assert found.dr is not None
        for place, each in enumerate((found.ips, found.snips, found.dr)):
            covered[place] += truth in each.interval
            widths[place] += each.interval.high - each.interval.low
    assert (covered / 400 >= 0.925).all()
    assert (covered / 400 <= 0.985).all()
    assert widths[2] == widths.min()


def test_decisions_of_one_customer_are_not_independent(rng: np.random.Generator) -> None:
    own = rng.normal(0, 1, 50)
    whose = np.repeat(np.arange(50), 20)
    chances = np.full((1_000, 2), 0.5)
    action = rng.integers(0, 2, 1_000)
    got = own[whose] + rng.normal(0, 0.2, 1_000)
    alone = off_policy(action, chances, chances, got)
    together = off_policy(action, chances, chances, got, customers=whose.tolist())
    assert together.snips.value == alone.snips.value
    ratio = (together.snips.interval.high - together.snips.value) / (
        alone.snips.interval.high - alone.snips.value
    )
    assert ratio > 3


def test_what_had_no_chance_is_said() -> None:
    logged, target = [[1.0, 0.0]] * 60 + [[0.5, 0.5]] * 60, [[0.5, 0.5]] * 120
    found = off_policy([0] * 120, logged, target, [1.0] * 120)
    assert Note.of("off_policy.unsupported", count=60) in found.notes


def test_chances_that_cannot_be_are_refused() -> None:
    with pytest.raises(ImpossibleDecision, match="do not sum to 1"):
        off_policy([0], [[0.5, 0.4]], [[0.5, 0.5]], [1.0])
    with pytest.raises(ImpossibleDecision, match="had no chance"):
        off_policy([1], [[1.0, 0.0]], [[0.5, 0.5]], [1.0])
    with pytest.raises(ImpossibleDecision):
        off_policy([0, 1], [[0.5, 0.5]], [[0.5, 0.5]], [1.0])
