"""Next best action: rules that nothing outweighs, chances that are kept, learning that pays where truth is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from safar.act.action_rules import Action, Allowed, Known, allowed_actions
from safar.act.decisions import NOTHING, Decision, ImpossibleDecision, decision_of, digest_of, events_of
from safar.act.next_best_action import ActionModel, Policy
from safar.observe.consents import EVERYTHING
from safar.store.log import Log

NOW = datetime(2026, 3, 21, 9, tzinfo=UTC)
MAIL = Action("mail", consent="email", at_most=1)
CALL = Action("call", at_most=2, within=timedelta(days=30))
AGREED = frozenset({"email"})
ALL = Allowed(("mail", "call", NOTHING), ())


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


@pytest.mark.parametrize(
    ("known", "actions", "withheld"),
    [
        (Known(AGREED), ("mail", "call", NOTHING), ()),
        (Known(), ("call", NOTHING), (("mail", "no_consent"),)),
        (Known(frozenset({EVERYTHING})), ("mail", "call", NOTHING), ()),
        (Known(AGREED, (("mail", ago(days=6)),)), ("call", NOTHING), (("mail", "too_often"),)),
        (Known(AGREED, (("mail", ago(days=7)),)), ("mail", "call", NOTHING), ()),
        (
            Known(AGREED, (("call", ago(days=1)), ("call", ago(days=29)))),
            ("mail", NOTHING),
            (("call", "too_often"),),
        ),
        (Known(AGREED, (("other", ago(days=1)),) * 9), ("mail", "call", NOTHING), ()),
    ],
)
def test_consent_and_frequency_are_kept(
    known: Known, actions: tuple[str, ...], withheld: tuple[tuple[str, str], ...]
) -> None:
    assert allowed_actions([MAIL, CALL], known, NOW) == Allowed(actions, withheld)


def test_too_much_in_all_leaves_nothing() -> None:
    known = Known(AGREED, (("call", ago(days=2)), ("call", ago(days=40))))
    found = allowed_actions([MAIL, CALL], known, NOW, at_most_in_all=1)
    assert found == Allowed((NOTHING,), (("mail", "too_often_in_all"), ("call", "too_often_in_all")))


def test_every_allowed_action_keeps_its_floor_and_no_other_has_a_chance() -> None:
    policy = Policy.new([MAIL, CALL], 1, epsilon=0.12, way="greedy").learnt(
        ["mail"] * 20, np.ones((20, 1)), np.full(20, 5.0)
    )
    assert policy.probabilities([1.0], ALL) == {
        "mail": pytest.approx(0.92),
        "call": pytest.approx(0.04),
        NOTHING: pytest.approx(0.04),
    }
    assert policy.probabilities([1.0], Allowed(("call", NOTHING), (("mail", "no_consent"),))) == {
        "call": pytest.approx(0.5),
        NOTHING: pytest.approx(0.5),
    }


def test_what_an_action_costs_is_taken_off() -> None:
    policy = Policy.new([MAIL, CALL], 1, way="greedy", costs={"mail": 9.0}).learnt(
        ["mail"] * 20, np.ones((20, 1)), np.full(20, 5.0)
    )
    assert policy.probabilities([1.0], ALL)["mail"] == pytest.approx(0.1 / 3)


def test_a_linear_model_is_ridge_regression(rng: np.random.Generator) -> None:
    rows = np.column_stack([np.ones(300), rng.normal(0, 1, 300)])
    got = rows @ [1.0, 2.0] + rng.normal(0, 0.5, 300)
    found = ActionModel.empty(2, ridge=1.0).seen(rows[:100], got[:100]).seen(rows[100:], got[100:])
    plain = np.linalg.solve(rows.T @ rows + np.eye(2), rows.T @ got)
    assert found.coefficients == pytest.approx(plain)
    assert found.noise == pytest.approx(0.25, rel=0.15)
    assert found.spread([[1.0, 0.0]])[0] == pytest.approx(0.5 / 300**0.5, rel=0.15)


def test_chances_are_those_with_which_actions_are_chosen(rng: np.random.Generator) -> None:
    policy = Policy.new([MAIL, CALL], 2, epsilon=0.3, way="greedy").learnt(
        ["call"] * 30, np.ones((30, 2)), np.ones(30)
    )
    found = [policy.decide("c", [1.0, 1.0], ALL, NOW, rng=rng) for _ in range(3_000)]
    chances = dict(found[0].probabilities)
    for action, chance in chances.items():
        assert np.mean([each.action == action for each in found]) == pytest.approx(chance, abs=0.03)
    assert {each.probability for each in found} == {chances[each] for each in chances}


@pytest.mark.parametrize("way", ["thompson", "greedy"])
def test_learning_pays_where_the_truth_is_known(rng: np.random.Generator, way: str) -> None:
    # mail suits the young, a call the old; nothing brings 0.2 whoever it is
    def worth(action: str, age: float) -> float:
        return {"mail": 1.0 - age, "call": 0.2 + 0.8 * age, NOTHING: 0.2}[action]

    policy = Policy.new([MAIL, CALL], 2, way=way)  # type: ignore[arg-type]
    brought = []
    for _ in range(30):
        ages = rng.random(40)
        decisions = [policy.decide("c", [1.0, age], ALL, NOW, rng=rng) for age in ages]
        got = np.array([worth(each.action, age) for each, age in zip(decisions, ages, strict=True)])
        brought.append(got.mean())
        policy = policy.learnt(
            [each.action for each in decisions],
            np.column_stack([np.ones(40), ages]),
            got + rng.normal(0, 0.3, 40),
        )
    best = np.mean([max(worth("mail", age), worth("call", age)) for age in np.linspace(0, 1, 1_000)])
    by_chance = np.mean([0.5, 0.6, 0.2])
    late = float(np.mean(brought[-10:]))
    assert late > by_chance + 0.75 * (best - by_chance)
    assert decisions[0].policy == f"{way} 29"


def test_a_decision_is_an_event_that_tells_all_of_it(tmp_path: Path, rng: np.random.Generator) -> None:
    allowed = allowed_actions([MAIL, CALL], Known(), NOW)
    made = Policy.new([MAIL, CALL], 1).decide("c-1", [1.0], allowed, NOW, rng=rng)
    with Log.create(tmp_path / "log") as log:
        with log.writer() as writer:
            writer.append(events_of([made]))
            writer.append(events_of([made]))
            writer.sync()
        log.compact(settle=True)
        (event,) = log.timeline("c-1")
    assert event.event_name == "action_decided"
    assert decision_of("c-1", event.occurred_at, json.loads(event.properties)) == made
    assert made.withheld == (("mail", "no_consent"),)
    assert len(events_of([])) == 0


def test_what_was_known_is_told_by_its_digest_alone() -> None:
    assert digest_of({"age": 30}) != digest_of({"age": 31})
    assert len(digest_of({"name": "سارا"})) == 16


@pytest.mark.parametrize(
    "chances",
    [(("mail", 0.6),), (("mail", 0.0), ("call", 1.0)), (("call", 1.0),), (("mail", 1.5), ("call", -0.5))],
)
def test_decisions_that_cannot_be_are_refused(chances: tuple[tuple[str, float], ...]) -> None:
    with pytest.raises(ImpossibleDecision):
        Decision("c", NOW, "mail", chances)


def test_what_cannot_be_done_or_learnt_is_refused() -> None:
    with pytest.raises(ImpossibleDecision):
        Action(NOTHING)
    with pytest.raises(ImpossibleDecision):
        Policy.new([MAIL, MAIL], 1)
    with pytest.raises(ImpossibleDecision):
        Policy.new([MAIL], 1, epsilon=0.0)
    with pytest.raises(ImpossibleDecision, match="fax"):
        Policy.new([MAIL], 1).learnt(["fax"], [[1.0]], [1.0])
    with pytest.raises(ImpossibleDecision):
        decision_of("c", NOW, {"action": "mail"})
