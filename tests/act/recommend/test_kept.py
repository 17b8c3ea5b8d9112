"""Recommenders kept ready: learnt once, caught up with what came, learnt anew when that is much."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import an_event, together
from safar.act.recommend import kept
from safar.act.recommend.interactions import InteractionsRefused
from safar.act.recommend.kept import KeptRecommenders
from safar.store.log import Log

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def ordered(log: Log, *lines: tuple[str, str, float]) -> None:
    events = [
        an_event(
            "order_placed", START + timedelta(days=day), customer=who, properties={"items": [{"sku": what}]}
        )
        for who, what, day in lines
    ]
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()


def pairs(count: int) -> list[tuple[str, str, float]]:
    """Return customers who take tea, then a pot, or coffee, then a mill."""
    taken = []
    for number in range(count):
        first, then = (("tea", "pot"), ("coffee", "mill"))[number % 2]
        taken += [(f"c{number}", first, number / 10), (f"c{number}", then, number / 10 + 0.01)]
    return taken


def first(keeper: KeptRecommenders, log: Log, customer: str) -> str:
    return keeper.shown("shop", log, customer, 1)[0].item


def test_what_came_a_moment_ago_is_known(log: Log) -> None:
    ordered(log, *pairs(60))
    keeper = KeptRecommenders("item_cosine", look_again_seconds=0)
    before = keeper.of("shop", log)
    assert first(keeper, log, "new") in {"tea", "coffee", "pot", "mill"}
    ordered(log, ("new", "tea", 20))
    assert first(keeper, log, "new") == "pot"
    assert keeper.of("shop", log).weights is before.weights, "caught up, not learnt anew"
    ordered(log, ("new", "pot", 21))
    assert first(keeper, log, "new") not in {"tea", "pot"}


def test_until_it_looks_again_it_says_what_it_said(log: Log) -> None:
    ordered(log, *pairs(60))
    keeper = KeptRecommenders("item_cosine", look_again_seconds=3_600)
    one = keeper.of("shop", log)
    ordered(log, ("new", "tea", 20))
    assert keeper.of("shop", log) is one
    keeper.forget("shop")
    assert first(keeper, log, "new") == "pot"


def test_much_that_is_new_is_learnt_anew(log: Log) -> None:
    ordered(log, *pairs(20))
    keeper = KeptRecommenders("item_cosine", look_again_seconds=0)
    before = keeper.of("shop", log)
    ordered(log, *[(f"d{each}", item, 30 + each) for each in range(5) for item in ("kettle", "tea")])
    assert keeper.of("shop", log).weights is not before.weights
    ordered(log, ("fan", "kettle", 40))
    assert first(keeper, log, "fan") == "tea"


def test_many_at_once_learn_once(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    ordered(log, *pairs(60))
    learnt = []
    fit = kept.fit
    monkeypatch.setattr(kept, "fit", lambda *args, **more: learnt.append(1) or fit(*args, **more))
    keeper = KeptRecommenders("item_cosine")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(first(keeper, log, "c0"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(found), len(set(found)), learnt) == (8, 1, [1])


def test_nothing_to_learn_from_is_refused_each_time(log: Log) -> None:
    keeper = KeptRecommenders()
    for _ in range(2):
        with pytest.raises(InteractionsRefused):
            keeper.shown("shop", log, "c")


def test_who_was_erased_is_gone_at_once(log: Log) -> None:
    ordered(log, *pairs(60), ("gone", "tea", 20))
    keeper = KeptRecommenders(look_again_seconds=3_600)
    before = keeper.of("shop", log)
    assert first(keeper, log, "gone") == "pot"
    log.erase("gone", seal_seconds=0)
    after = keeper.of("shop", log)
    assert len(after.customers) == len(before.customers) - 1
    assert after.model == before.model, "which model does best is not judged again for one customer"
    assert keeper.shown("shop", log, "gone", 1)[0].because is None
    assert keeper.of("shop", log) is after


def test_an_import_that_is_taken_back_is_forgotten_at_once(log: Log) -> None:
    ordered(log, *pairs(60))
    keeper = KeptRecommenders("item_cosine", look_again_seconds=3_600)
    with log.writer() as writer:
        lines = {"items": [{"sku": "tea"}]}
        writer.append(an_event("order_placed", START, customer="new", source="import:1", properties=lines))
        writer.sync()
    assert first(keeper, log, "new") == "pot"
    log.remove_source("import:1", seal_seconds=0)
    assert keeper.shown("shop", log, "new", 1)[0].because is None


def test_ids_that_become_one_person_are_one_at_once_and_part_at_once(log: Log) -> None:
    ordered(log, *pairs(60), ("phone", "tea", 20), ("card", "coffee", 20))
    keeper = KeptRecommenders("item_cosine", look_again_seconds=3_600)
    assert first(keeper, log, "phone") == "pot"
    person = log.identity.merge("phone", "card", "one card", "sara")
    other = "card" if person == "phone" else "phone"
    for customer in ("phone", "card"):
        shown = keeper.shown("shop", log, customer, 4)
        assert {each.item for each in shown} == {"pot", "mill"}
    log.identity.unmerge(person, other, "sara")
    assert {each.item for each in keeper.shown("shop", log, "phone", 4)} == {"pot", "coffee", "mill"}
