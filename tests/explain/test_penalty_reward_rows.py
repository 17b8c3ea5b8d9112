"""Penalty and reward asked of a log: as of the arrays, and which ratings are compared together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS
from safar.explain import penalty_reward
from safar.explain.columns import ColumnsRefused, TooFewRows
from safar.explain.penalty_reward_rows import PenaltyRewardQuestion, annoys_and_delights
from safar.observe.question_json import read, told
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CUSTOMERS = 160


def rated(customer: str, day: int, key: str, value: int, highest: int = 5) -> EventColumns:
    told = {"question_key": key, "metric": "rating", "scale_min": 1, "scale_max": highest, "value": value}
    return an_event("survey_answered", FIRST + timedelta(days=day), customer=customer, properties=told)


def ratings() -> dict[str, np.ndarray]:
    """A dirty floor annoys and a clean one pleases nobody; music delights."""
    rng = np.random.default_rng(6)
    floor, music = rng.integers(1, 6, (2, CUSTOMERS))
    overall = np.clip(6 - 3 * (floor == 1) + 3 * (music == 5) + rng.integers(0, 2, CUSTOMERS), 1, 10)
    return {"floor": floor, "music": music, "overall": overall}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        told = ratings()
        events = [
            rated(f"c{n}", day, key, int(told[key][n]), 10 if key == "overall" else 5)
            for day, key in enumerate(told)
            for n in range(CUSTOMERS)
        ]
        events += [rated(f"c{n}", 1, "lift", 1 + n % 5) for n in range(30)]
        events += [rated(f"c{n}", 1, "door", 5) for n in range(CUSTOMERS)]
        write(log, together(*events))
        yield log


def test_as_of_the_arrays(log: Log) -> None:
    found = annoys_and_delights(log, PenaltyRewardQuestion("overall", resamples=200))
    told = ratings()
    arrays = penalty_reward.fit(
        told["overall"], {"floor": told["floor"], "music": told["music"]}, resamples=2
    )
    by_name = {each.name: each for each in found.fit.contrasts}
    for each in arrays.contrasts:
        assert by_name[each.name].penalty.value == pytest.approx(each.penalty.value)
        assert by_name[each.name].reward.value == pytest.approx(each.reward.value)
    assert {name: each.lean for name, each in by_name.items()} == {"floor": "annoys", "music": "delights"}
    assert [each.name for each in found.contrasts] == ["floor", "music"]
    assert (found.customers, found.fit.n) == (CUSTOMERS, CUSTOMERS)
    assert found.performance["floor"] == pytest.approx(25 * (told["floor"].mean() - 1))


def test_what_few_answered_and_what_all_answer_alike_is_left_out(log: Log) -> None:
    found = annoys_and_delights(log, PenaltyRewardQuestion("overall", resamples=5))
    assert {
        Note.of("penalty_reward.left_out", driver="lift", count=30),
        Note.of("penalty_reward.left_out", driver="door", count=CUSTOMERS),
    } == set(found.notes)


def test_what_cannot_be_asked(log: Log) -> None:
    with pytest.raises(ColumnsRefused, match="Ends"):
        PenaltyRewardQuestion("overall", ends=0.5)
    with pytest.raises(ColumnsRefused):
        PenaltyRewardQuestion("overall", ("overall",))
    with pytest.raises(TooFewRows):
        annoys_and_delights(log, PenaltyRewardQuestion("overall", ("lift",)))


def test_the_question_has_a_json_of_its_own() -> None:
    question = PenaltyRewardQuestion("overall", ("floor",), timedelta(days=9), ends=0.3)
    assert KINDS["penalty_reward"].question is PenaltyRewardQuestion
    assert read(told(question)) == question
