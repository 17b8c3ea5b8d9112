"""Findability and goal completion: what was found, how directly, where people went first; what they could do."""

from __future__ import annotations

import pytest

from answers_said import an_answer, write
from safar.listen.answer_rows import Which
from safar.listen.findability import FindabilityQuestion, findability
from safar.listen.goal_completion import GoalCompletionQuestion, goal_completion
from safar.store.log import Log
from safar.vocabulary.answer import Note


def test_a_tree_test(log: Log, day) -> None:
    def trial(value: float | None, **said: object):
        return an_answer("find", value, metric="findability", **said)

    write(
        log,
        trial(1, who="a", is_direct=True, first="help", is_first_right=True, seconds=8),
        trial(1, who="b", is_direct=False, first="shop", is_first_right=False, seconds=18),
        trial(0, who="c", is_direct=True, first="shop", is_first_right=False, seconds=5),
        trial(0, who="d", is_direct=False, is_given_up=True),
        trial(1, who="e", marks=["speeder"]),
        trial(None, who="f"),
    )
    answer = findability(log, FindabilityQuestion("find", day(21), ("speeder",)))
    found = answer.findability
    assert found is not None
    assert (found.n, found.success.value, found.given_up) == (4, 0.5, 1)
    assert found.directness is not None
    assert found.direct_success is not None
    assert found.first_right is not None
    assert (found.directness.value, found.direct_success.value) == (0.5, 0.25)
    assert (found.first_right.value, found.first_right.n) == (pytest.approx(1 / 3), 3)
    assert found.seconds is not None
    assert found.seconds.value == pytest.approx(12.0)
    assert [(each.place, each.count, each.found.value) for each in found.first] == [
        ("shop", 2, 0.5),
        ("help", 1, 1.0),
    ]
    assert found.clicks == ()
    assert answer.notes == (Note.of("score.unreadable", count=1), Note.of("score.left_out", count=1))


def test_a_first_click(log: Log, day) -> None:
    for who, area, x, y in (("a", "buy", 0.05, 0.0), ("b", "buy", 0.09, 0.09), ("c", None, 1.0, 1.0)):
        write(
            log, an_answer("click", int(area is not None), metric="findability", who=who, area=area, x=x, y=y)
        )
    found = findability(log, FindabilityQuestion("click", day(21))).findability
    assert found is not None
    assert (found.clicks[0][0], found.clicks[9][9], sum(map(sum, found.clicks))) == (2, 1, 3)
    assert [(each.place, round(each.share.value, 4)) for each in found.first] == [
        ("buy", 0.6667),
        ("", 0.3333),
    ]
    assert found.directness is None


def test_goals_those_missed_most_first(log: Log, day) -> None:
    who = iter(range(100))

    def came(goal: str, *values: float) -> list:
        return [an_answer("goal", value, metric="goal", who=f"{next(who)}", response_id=f"{next(who)}", choices=[goal])
                for value in values]  # fmt: skip

    write(
        log,
        *came("pay", 1, 1, 1, 1, 0.5),
        *came("return", 0, 0, 0.5, 1),
        an_answer("goal", 1, metric="goal", who="x"),
    )
    answer = goal_completion(log, GoalCompletionQuestion(Which("goal"), day(21)))
    assert answer.whole is not None
    assert (answer.whole.n, answer.whole.done, answer.whole.partly, answer.whole.completed.value) == (
        10,
        6,
        2,
        0.6,
    )
    assert [(each.goal, each.n, each.done, each.partly, each.missed) for each in answer.goals] == [
        ("return", 4, 1, 1, 3),
        ("pay", 5, 4, 1, 1),
    ]
    assert answer.goals[0].gap is not None
    assert answer.goals[0].gap.change.value == pytest.approx(0.25 - 5 / 6)
