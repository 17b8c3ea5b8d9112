"""Items for one customer through the API: kept ready, under rules, for those alone who may see customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from a_shop import days_ago
from builders import an_event
from safar.store.home import Home
from safar.store.registry import Workspace


@pytest.fixture
def ask_as(web_home: Home, shop: Workspace, browser: Any) -> Callable[..., Any]:
    """Ask the API as a member of some role."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    def ask(role: str, path: str) -> Any:
        member = add_member(f"{role}@example.com", "M", "en", shop.workspace_id, role)
        secret = create_token(member, shop.workspace_id, "shop window", can_write=False)[1]
        return browser.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})

    return ask


@pytest.fixture
def drinkers(tell: Callable[..., None]) -> None:
    events = []
    for number in range(60):
        goods = (("tea", "pot"), ("coffee", "mill"))[number % 2]
        for place, item in enumerate(goods[: 1 if number < 2 else 2]):
            lines = {"items": [{"product_id": item, "name": item.title()}]}
            events.append(
                an_event(
                    "order_placed",
                    days_ago(60 - number % 50, 9 + place),
                    customer=f"d{number}",
                    properties=lines,
                )
            )
    tell(*events)


def test_a_customer_gets_items_with_reasons(ask_as: Callable[..., Any], drinkers: None) -> None:
    answer = ask_as("analyst", "customers/d0/recommendations?count=1")
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert (item["item"], item["title"]) == ("pot", "Pot")


def test_rules_hold_and_nobody_gets_what_is_popular(ask_as: Callable[..., Any], drinkers: None) -> None:
    items = ask_as("owner", "customers/nobody/recommendations?never=tea&never=coffee").json()["items"]
    assert {each["item"] for each in items} == {"pot", "mill"}
    assert {each["because"] for each in items} == {None}


def test_who_may_not_see_customers_gets_none(ask_as: Callable[..., Any], drinkers: None) -> None:
    assert ask_as("viewer", "customers/d0/recommendations").status_code == 403


def test_a_shop_without_orders_shows_nothing(ask_as: Callable[..., Any], tell: Callable[..., None]) -> None:
    tell(an_event("page", days_ago(3), customer="c1"))
    answer = ask_as("owner", "customers/c1/recommendations")
    assert (answer.status_code, answer.json()) == (200, {"model": "", "items": []})


def test_the_answer_is_what_its_description_says(ask_as: Callable[..., Any], drinkers: None) -> None:
    from safar.doors.web.api.recommendations import ItemShape, ItemsShape

    told = ask_as("analyst", "customers/d0/recommendations?count=3").json()
    assert told == ItemsShape(**told).model_dump()
    assert set(told["items"][0]) == set(ItemShape.model_fields)
