"""Experiments and recommendations in a notebook: as the library answers, with sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import safar
from builders import an_event, together
from safar.doors.notebook.journeys import Journeys
from safar.store.log import Log

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Journeys]:
    """Forty customers: half see a new page, and order tea and a pot; the others coffee and a mill, half of them."""
    events = []
    for number in range(40):
        who, arm = f"c{number}", ("old", "new")[number % 2]
        seen = {"experiment": "page", "variation": arm}
        events.append(an_event("experiment_viewed", START, customer=who, properties=seen))
        goods = ("tea", "pot", "cup") if number % 2 else ("coffee", "mill", "jar")
        for place, item in enumerate(goods[: 3 if number % 4 else 0]):
            at = START + timedelta(days=1 + place * 9 + number / 50)
            lines = {"items": [{"sku": item}]}
            events.append(
                an_event("order_placed", at, customer=who, amount=1_000, currency="USD", properties=lines)
            )
    with Log.create(tmp_path / "log", shard_count=2) as log, log.writer() as writer:
        writer.append(together(*events))
        writer.sync()
    with safar.open(tmp_path / "log") as journeys:
        yield journeys


def test_an_experiment_is_asked_in_words(shop: Journeys) -> None:
    found = shop.experiment(
        control="old", metrics={"paid": "order_placed", "revenue": ("order_placed", "amount")}, primary="paid"
    )
    assert found.table.column("metric") == ["paid", "revenue"]
    assert found.table.column("effect") == [0.5, 15.0]
    assert found.answer.result.arms == {"old": 20, "new": 20}
    assert "2 comparisons were judged together, so that chance rarely passes for an effect." in found.notes


def test_lists_are_asked_for_customers(shop: Journeys) -> None:
    found = shop.recommendations(1, model="item_cosine", customers=["c1", "nobody"], again=True)
    assert found.answer.preview.column("customer_id") == ["c1", "nobody"]
    assert found.answer.preview.column("item")[0] in {"tea", "pot", "cup"}
    assert found.json["kind"] == "recommendations"
