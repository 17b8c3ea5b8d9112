"""What is known of items: what was said last holds, and nothing that is no address becomes one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import an_event, together
from file_builders import an_example
from safar.act.recommend.catalogue import Item, catalogue, today
from safar.act.recommend.kept import KeptRecommenders
from safar.act.recommend.refusals import refusing
from safar.collect.importing import import_file
from safar.store.log import Log
from safar.store.newest import key_of_id
from safar.vocabulary.event import IDENTIFY

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def tell(log: Log, *told: tuple[str, str, dict[str, Any]]) -> None:
    """Write events of a name, a customer and properties, an hour after each other."""
    events = [
        an_event(name, START + timedelta(hours=hour), customer=customer, properties=properties)
        for hour, (name, customer, properties) in enumerate(told)
    ]
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()


def changed(**properties: Any) -> tuple[str, str, dict[str, Any]]:
    return "item_changed", "catalogue", properties


def test_what_was_said_last_holds_and_what_was_not_said_stays(log: Log) -> None:
    tell(
        log,
        changed(
            product_id="tea", name="چای", category="drinks", url="https://shop.example/tea", in_stock=True
        ),
        changed(sku="tea", in_stock=False, image_url="/pictures/tea.jpg"),
        changed(product_id=7, name="Seven"),
        changed(name="of nothing"),
    )
    found = catalogue(log)
    assert found.items == {
        "tea": Item("چای", "drinks", "https://shop.example/tea", "/pictures/tea.jpg", in_stock=False),
        "7": Item("Seven"),
    }
    assert found.hidden(today()) == {"tea"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//other.example/x",
        "/\\other.example",
        "https:",
        "x",
        "java\nscript:1",
    ],
)
def test_what_leads_elsewhere_than_to_a_page_is_no_address(log: Log, address: str) -> None:
    tell(log, changed(product_id="a", url=address, image_url=address))
    assert (catalogue(log).of("a").link, catalogue(log).of("a").picture) == ("", "")


def test_an_item_is_shown_on_its_days_alone() -> None:
    item = Item(since=date(2026, 3, 20), until=date(2026, 4, 2))
    days = (date(2026, 3, 19), date(2026, 3, 20), date(2026, 4, 2), date(2026, 4, 3))
    assert [item.may_be_shown(day) for day in days] == [False, True, True, False]


def orders() -> list[tuple[str, str, dict[str, Any]]]:
    """Return orders of customers who take tea and a pot, or coffee and a mill."""
    return [
        ("order_placed", f"c{number}", {"items": [{"sku": item}]})
        for number in range(40)
        for item in (("tea", "pot"), ("coffee", "mill"))[number % 2]
    ]


def test_what_is_out_of_stock_is_not_shown_and_what_is_shown_has_its_words(log: Log) -> None:
    tell(log, *orders(), ("order_placed", "new", {"items": [{"sku": "tea"}]}))
    keeper = KeptRecommenders("item_cosine", look_again_seconds=0)
    assert keeper.shown("shop", log, "new", 1)[0].item == "pot"
    with log.writer() as writer:
        later = START + timedelta(days=9)
        said = {
            "product_id": "pot",
            "name": "Pot",
            "url": "/pot",
            "image_url": "/pot.jpg",
            "category": "ware",
        }
        writer.append(an_event("item_changed", later, customer="catalogue", properties=said))
        writer.append(
            an_event("item_changed", later, customer="catalogue", properties={"sku": "tea", "name": "Tea"})
        )
        writer.sync()
    (pot,) = keeper.shown("shop", log, "new", 1)
    assert (pot.title, pot.because_title, pot.link, pot.picture, pot.group) == (
        "Pot",
        "Tea",
        "/pot",
        "/pot.jpg",
        "ware",
    )
    with log.writer() as writer:
        gone = an_event(
            "item_changed", later, customer="catalogue", properties={"sku": "pot", "in_stock": False}
        )
        writer.append(gone)
        writer.sync()
    assert {each.item for each in keeper.shown("shop", log, "new", 9)} == {"coffee", "mill"}


@pytest.mark.parametrize(
    ("told", "refuses"),
    [
        ([{"consent": False}], True),
        ([{"consent": {"recommendations": False}}], True),
        ([{"consent": {"email": False}}], False),
        ([{"consent": False}, {"consent": {"recommendations": True}}], False),
        ([{"consents": {"personalization": "denied"}}, {"name": "Ann"}], True),
        ([{"consent": {"recommendations": True}}, {"consent": False}], True),
        ([{"name": "Ann"}], False),
    ],
)
def test_who_said_no_is_shown_what_many_buy(log: Log, told: list[dict[str, Any]], refuses: bool) -> None:
    tell(log, *orders(), *[("identify", "c0", each) for each in told])
    assert refusing(log) == ({key_of_id("c0")} if refuses else frozenset())
    keeper = KeptRecommenders("item_cosine")
    because = {each.because for each in keeper.shown("shop", log, "c0", 9, again=True)}
    assert (because == {None}) is refuses


def test_nobody_waits_for_what_is_at_hand(log: Log) -> None:
    tell(log, *orders())
    keeper = KeptRecommenders("item_cosine", in_background=True)
    assert keeper.at_hand("shop", log, "c0", 4) == ()
    keeper.of("shop", log)  # waits for the one who learns
    assert len(keeper.at_hand("shop", log, "c0", 4)) == 2


def test_a_file_of_items_is_brought_in_by_the_mapping_for_it(log: Log, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        "product_id,changed_at,name,category,url,in_stock,shown_until\n"
        "tea,2026-03-01 08:00,Tea,drinks,https://shop.example/tea,yes,\n"
        "ice,2026-03-01 08:00,Ice,drinks,/ice,no,2026-09-22\n"
        "tea,2026-03-02 08:00,Green tea,,,,\n"
    )
    with log.writer() as writer:
        import_file(path, an_example("items"), writer, folder=tmp_path / "imports")
    assert catalogue(log).items == {
        "tea": Item("Green tea", "drinks", "https://shop.example/tea"),
        "ice": Item("Ice", "drinks", "/ice", in_stock=False, until=date(2026, 9, 22)),
    }


@pytest.mark.parametrize("number", ["1e999", "1" + "0" * 5_000])
def test_a_number_that_no_computer_holds_is_not_told(log: Log, number: str) -> None:
    tell(log, changed(product_id="tea", name="Tea"))
    unreadable = {
        "item_changed": f'{{"product_id":"tea","name":{number}}}',
        IDENTIFY: f'{{"consents":{number}}}',
    }
    with log.writer() as writer:
        for name, properties in unreadable.items():
            writer.append(replace(an_event(name, START + timedelta(days=1)), properties=[properties]))
        writer.sync()
    assert catalogue(log).items == {"tea": Item("Tea")}
    assert refusing(log) == frozenset()
