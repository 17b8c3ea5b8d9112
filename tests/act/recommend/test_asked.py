"""Recommendations of a log: what orders hold is read however they say it, and answers say what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from safar.act.recommend import asked
from safar.act.recommend.asked import RecommendationsQuestion, recommendations
from safar.act.recommend.bought import InteractionsQuestion, bought
from safar.act.recommend.interactions import InteractionsRefused
from safar.act.recommend.recommender import fit
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def write(log: Log, events: list[EventColumns]) -> None:
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()


def told(
    customer: str, day: float, properties: Mapping[str, object], name: str = "order_placed"
) -> EventColumns:
    return an_event(name, START + timedelta(days=day), customer=customer, properties=properties)


def test_what_orders_hold_is_read_as_shops_say_it(log: Log) -> None:
    write(
        log,
        [
            told(
                "a", 1, {"items": [{"product_id": "T1", "name": "Tea", "category": "drink"}, {"sku": "P1"}]}
            ),
            told("b", 2, {"products": [{"product_id": 7, "name": "Cup"}]}, "Order Completed"),
            told("c", 3, {"items": ["T1", {"name": "چای"}, {}, None, 3.5]}),
            told("d", 4, {"order_id": "no lines"}),
            told("a", 5, {"product_id": "P1", "category": "thing"}, "product_viewed"),
        ],
    )
    found = bought(log)
    assert found.interactions.items == ("3.5", "7", "P1", "T1", "چای")
    assert found.interactions.titles == {"T1": "Tea", "7": "Cup", "چای": "چای"}
    assert found.interactions.groups == {"T1": "drink"}
    assert (len(found.interactions), found.orders_without_items, found.rows_read) == (6, 1, 4)
    viewed = bought(log, InteractionsQuestion(view_weight=0.2))
    assert sorted(viewed.interactions.weight.tolist()) == [0.2, 1, 1, 1, 1, 1, 1]
    assert viewed.interactions.groups["P1"] == "thing"
    assert log.ids_of(found.interactions.customers)[0] in "abc"


def shop(rng: np.random.Generator) -> list[EventColumns]:
    """Return orders of tea drinkers, who take T…, and coffee drinkers, who take C…."""
    events = []
    for customer in range(120):
        kind = "TC"[customer % 2]
        for place in range(4):
            items = [{"product_id": f"{kind}{rng.integers(0, 8)}", "category": kind} for _ in range(2)]
            events.append(
                told(
                    f"{kind}-{customer}",
                    float(rng.uniform(0, 100)),
                    {"items": items, "order_id": f"{customer}.{place}"},
                )
            )
    return events


def test_customers_are_shown_their_kind_and_why(log: Log, rng: np.random.Generator) -> None:
    write(log, [*shop(rng), told("T-0", 101, {"items": []})])
    found = recommendations(log, RecommendationsQuestion(k=3, customer_ids=("T-0", "C-1", "nobody")))
    assert found.model != "popular"
    assert found.evaluation.chosen == found.model
    rows = list(zip(*found.preview.columns().values(), strict=True))
    assert len(rows) == 9
    for customer, _, item, _, score, because, _ in rows:
        if customer == "nobody":
            assert (score, because) == (0.0, "")
        elif score > 0:
            assert item[0] == because[0] == customer[0]
    assert found.notes[-1] == Note.of("recommend.orders_without_items", count=1)
    assert found.table.column("model")[0] == "popular"
    assert sum(found.table.column("is_used")) == 1


def test_rules_of_the_question_hold(log: Log, rng: np.random.Generator) -> None:
    write(log, shop(rng))
    stock = ("T0", "T1", "C0", "C1")
    found = recommendations(
        log,
        RecommendationsQuestion(
            k=4, model="ease", in_stock=stock, never=("C1",), most_of_a_group=1, again=True, in_season=True
        ),
    )
    assert found.model == "ease"
    assert len(found.shown) == 10
    assert set(found.preview.column("item")) <= {"T0", "T1", "C0"}
    assert Note.of("recommend.no_season") in found.notes
    tops = [items[:2] for _, items in found.shown]
    assert all({each.item[0] for each in top} == {"T", "C"} for top in tops)


def test_what_cannot_be_recommended_is_refused(log: Log) -> None:
    write(log, [told("a", 1, {"order_id": "1"})])
    with pytest.raises(InteractionsRefused, match="No order says which items"):
        recommendations(log, RecommendationsQuestion())
    with pytest.raises(InteractionsRefused):
        RecommendationsQuestion(k=0)
    with pytest.raises(InteractionsRefused):
        RecommendationsQuestion(view_weight=2.0)


def test_the_next_customer_is_shown_without_learning_again(
    log: Log, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(log, shop(rng))
    one = recommendations(log, RecommendationsQuestion(k=3, customer_ids=("T-0",)))
    learnt = []
    monkeypatch.setattr(asked, "fit", lambda *args, **more: learnt.append(1) or fit(*args, **more))
    other = recommendations(log, RecommendationsQuestion(k=3, customer_ids=("C-1",)))
    assert other.recommender is one.recommender
    assert other.shown[0][0] == "C-1"
    write(log, [told("T-0", 101, {"items": ["T9"]})])
    assert recommendations(log, RecommendationsQuestion(k=3)).recommender is not one.recommender
    assert learnt == [1]
