"""What actions bring, out of a log of decisions: by hand, and on customers whose truth is planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event
from safar.act.action_rules import Action, Known, allowed_actions
from safar.act.action_values import (
    NextBestActionQuestion,
    action_values,
    judge,
    learnt_policy,
    next_best_action,
)
from safar.act.decided_outcomes import (
    MOST_NAMES,
    Decided,
    NothingDecided,
    Outcome,
    decided,
    features_now,
    known_now,
)
from safar.act.decisions import Decision, ImpossibleDecision, events_of
from safar.store.log import Log
from safar.vocabulary.answer import Note

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def tell(log: Log, *batches: object) -> None:
    with log.writer() as writer:
        for batch in batches:
            writer.append(batch)
        writer.sync()


def chosen(customer: str, day: float, action: str, **chances: float) -> Decision:
    return Decision(customer, START + day * DAY, action, tuple(chances.items()))


def ordered(customer: str, day: float, amount: int = 0) -> object:
    return an_event("order_placed", START + day * DAY, customer=customer, amount=amount, currency="EUR")


def test_by_hand(log: Log) -> None:
    half = {"mail": 0.5, "nothing": 0.5}
    tell(
        log,
        events_of(
            [
                chosen("a", 0, "mail", **half),
                chosen("b", 0, "mail", **half),
                chosen("c", 0, "nothing", **half),
                chosen("d", 0, "nothing", mail=0.25, nothing=0.75),
                chosen("late", 39, "mail", **half),
            ]
        ),
        ordered("a", -10),
        ordered("a", 0),  # at the same instant: before it
        ordered("a", 7, 1_000),
        ordered("a", 7.001, 9_000),
        ordered("b", 8, 500),
        ordered("d", 1, 300),
        ordered("d", 2, 100),
        ordered("x", 40),
    )
    found = decided(log, Outcome())
    places = {log.ids_of(np.array([person], np.uint64))[0]: at for at, person in enumerate(found.person)}
    assert (len(found), found.waiting, found.actions) == (4, 1, ("mail", "nothing"))
    assert [found.outcomes[places[each]] for each in "abcd"] == [1, 0, 0, 1]
    assert found.features[places["a"]].tolist() == pytest.approx([1, np.log(3) / np.log(10), 1])
    assert found.features[places["b"]].tolist() == [1, 0, 0]
    money = decided(log, Outcome((), 7, "amount"))
    assert [money.outcomes[places[each]] for each in "abcd"] == [10, 0, 0, 4]
    assert money.currency == "EUR"
    assert decided(log, Outcome(counted="how_many")).outcomes.tolist().count(2) == 1

    mail, nothing = action_values(found)
    # of a and b, each by 2: (2·1 + 2·0)/4; of c by 2 and d by 4/3: (4/3)/(10/3)
    assert (mail.action, mail.brought.value, mail.chosen, mail.allowed) == ("mail", 0.5, 2, 4)
    assert nothing.brought.value == pytest.approx(0.4)
    assert mail.over_nothing is None, "two decisions say nothing"
    assert [each.brought.interval.high for each in (mail, nothing)] == [np.inf, np.inf], "nor does one"


def test_what_is_known_now_is_what_was_known_then(log: Log) -> None:
    tell(
        log,
        ordered("a", -40),
        ordered("a", -3),
        an_event("identify", START - 2 * DAY, customer="a", properties={"consent": {"email": True}}),
        events_of([chosen("a", -1, "mail", mail=0.5, nothing=0.5)]),
    )
    now = features_now(log, "a", START)
    tell(log, events_of([chosen("a", 0, "nothing", mail=0.1, nothing=0.9)]), ordered("z", 30))
    found = decided(log, Outcome())
    assert found.features[1].tolist() == pytest.approx(now.tolist())
    known = known_now(log, "a", START, within=7 * DAY, segments=frozenset({"vip"}))
    assert known.consents == {"email"}
    assert [name for name, _ in known.done] == ["mail", "nothing"]
    assert known.segments == {"vip"}


@pytest.mark.parametrize(
    ("told", "given"),
    [
        ([{"email": True}, True], {"", "email"}),
        ([{"email": True}, False], set()),
        ([True, {"email": False}], {""}),
        ([False, {"email": True}], {"email"}),
        ([{"sms": True, "email": False}], {"sms"}),
    ],
)
def test_what_was_said_last_about_a_purpose_or_everything_holds(
    log: Log, told: Sequence[object], given: set[str]
) -> None:
    tell(
        log,
        *[
            an_event("identify", START + day * DAY, customer="a", properties={"consent": each})
            for day, each in enumerate(told)
        ],
    )
    known = known_now(log, "a", START + 9 * DAY, within=DAY)
    assert known.consents == given
    may_mail = "mail" in allowed_actions([Action("mail", consent="email")], known, START).actions
    assert may_mail == ("email" in given or given == {"", "email"})


def test_rules_of_time_and_segment() -> None:
    actions = [
        Action("soon", since=START + DAY),
        Action("past", until=START),
        Action("now", since=START, until=START + DAY),
        Action("vips", segment="vip"),
    ]
    found = allowed_actions(actions, Known(), START)
    assert found.actions == ("now", "nothing")
    assert found.withheld == (("soon", "not_now"), ("past", "not_now"), ("vips", "not_in_segment"))
    assert "vips" in allowed_actions(actions, Known(segments=frozenset({"vip"})), START).actions


def planted(rng: np.random.Generator, count: int = 3_000) -> Decided:
    """Return decisions where a mail brings .3 to who ordered lately and nothing to others; a call .1 to all."""
    lately = (rng.random(count) < 0.5).astype(float)
    chances = np.where(rng.random((count, 1)) < 0.3, [[0.2, 0.0, 0.8]], [[0.3, 0.3, 0.4]])
    chosen = np.array([rng.choice(3, p=row) for row in chances])
    brings = np.stack([np.full(count, 0.1), 0.3 * lately, np.zeros(count)], axis=1)
    outcome = (rng.random(count) < 0.1 + brings[np.arange(count), chosen]).astype(float)
    return Decided(
        np.arange(count, dtype=np.uint64),
        np.arange(count),
        ("call", "mail", "nothing"),
        chosen,
        chances,
        np.column_stack([np.ones(count), np.zeros(count), lately]),
        outcome,
        None,
        0,
        0,
        count,
        "v",
    )


def test_planted_effects_and_the_worth_of_the_learnt_policy_are_covered() -> None:
    covered = {"call": 0, "mail": 0, "policy": 0, "gain": 0}
    runs = 60
    for seed in range(runs):
        found = planted(np.random.default_rng(seed), 1_500)
        for each in action_values(found):
            if each.over_nothing is not None:
                truth = {"call": 0.1, "mail": 0.15}[each.action]
                covered[each.action] += (
                    each.over_nothing.interval.low <= truth <= each.over_nothing.interval.high
                )
        value = judge(found)
        # who ordered lately gets a mail, others a call; where mail is not allowed everybody a call
        best = 0.1 + 0.7 * (0.5 * 0.3 + 0.5 * 0.1) + 0.3 * 0.1
        share = 0.1 + 0.7 * (0.5 * (0.1 + 0.3) / 3 + 0.5 * 0.1 / 3) + 0.3 * 0.1 / 2
        truth = 0.9 * best + 0.1 * share
        was = 0.1 + 0.7 * (0.3 * 0.1 + 0.3 * 0.15) + 0.3 * 0.2 * 0.1
        assert value.dr is not None
        covered["policy"] += value.dr.interval.low <= truth <= value.dr.interval.high
        covered["gain"] += value.gain.interval.low <= truth - was <= value.gain.interval.high
    assert all(count >= 52 for count in covered.values()), covered
    assert value.gain.interval.low > 0


def test_the_learnt_policy_does_what_is_best_for_each() -> None:
    found = planted(np.random.default_rng(1))
    policy = learnt_policy(found, [Action("call"), Action("mail"), Action("new")])
    allowed = allowed_actions([Action("call"), Action("mail")], Known(), START)
    lately = policy.probabilities([1, 0, 1], allowed)
    seldom = policy.probabilities([1, 0, 0], allowed)
    assert max(lately, key=lambda each: lately[each]) == "mail"
    assert max(seldom, key=lambda each: seldom[each]) == "call"
    assert min(*lately.values(), *seldom.values()) >= 0.1 / 3


def test_without_decisions_it_says_so(log: Log) -> None:
    with pytest.raises(NothingDecided):
        next_best_action(log, NextBestActionQuestion())
    with pytest.raises(ImpossibleDecision):
        NextBestActionQuestion(epsilon=0.0)
    with pytest.raises(ImpossibleDecision):
        NextBestActionQuestion(within_days=0.0)


def test_an_event_without_chances_is_left_out_and_said(log: Log) -> None:
    half = {"mail": 0.5, "nothing": 0.5}
    tell(
        log,
        events_of([chosen(f"c{each}", 0, ("mail", "nothing")[each % 2], **half) for each in range(8)]),
        an_event("action_decided", START, customer="odd", properties={"action": "mail"}),
        an_event(
            "action_decided", START, customer="odder", properties={"action": "mail", "probabilities": [1]}
        ),
        ordered("x", 30),
    )
    answer = next_best_action(log, NextBestActionQuestion())
    assert answer.decisions == 8
    assert Note.of("next_best_action.unreadable", count=2) in answer.notes
    assert answer.table.columns()["action"] in (["mail", "nothing"], ["nothing", "mail"])
    assert answer.policies.columns()["estimate"] == ["logged", "ips", "snips", "dr", "gain"]


def test_made_up_actions_and_numbers_leave_those_of_the_company_alone(log: Log) -> None:
    half = {"mail": 0.5, "nothing": 0.5}
    many = 3 * MOST_NAMES
    tell(
        log,
        events_of([chosen(f"c{each}", 0, ("mail", "nothing")[each % 2], **half) for each in range(8)]),
        events_of(
            [chosen(f"m{each}", 0, f"made_up_{each}", **{f"made_up_{each}": 1.0}) for each in range(many)]
        ),
        an_event(
            "action_decided",
            START,
            customer="huge",
            properties={"action": "mail", "probabilities": {"mail": 10**400}},
        ),
        ordered("x", 30),
    )
    found = decided(log, Outcome())
    assert len(found.actions) == MOST_NAMES
    assert {"mail", "nothing"} < set(found.actions)
    assert (len(found), found.unreadable) == (8 + MOST_NAMES - 2, many - MOST_NAMES + 2 + 1)
