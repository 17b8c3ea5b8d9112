"""The page Recommendations: lists with their reasons, only for those who may see customers."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from a_shop import days_ago
from builders import an_event


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


@pytest.fixture
def drinkers(tell) -> None:
    """Sixty who drink tea and sixty who drink coffee, four orders each."""
    rng = np.random.default_rng(3)
    events = []
    for number in range(120):
        kind = ("tea", "coffee")[number % 2]
        for place in range(4):
            items = [
                {"product_id": f"{kind}-{each}", "name": f"{kind.title()} {each}", "category": kind}
                for each in rng.integers(0, 8, 2).tolist()
            ]
            events.append(
                an_event(
                    "order_placed",
                    days_ago(int(rng.integers(2, 90)), 10 + place),
                    customer=f"{kind}-{number}",
                    properties={"order_id": f"{number}.{place}", "items": items},
                )
            )
    tell(*events)


def test_a_customer_is_shown_his_kind_and_why(let_in, desk, drinkers) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/recommendations?customer=tea-0&items=3")))
    assert "What this customer is shown" in page
    assert re.search(r" 1 Tea \d because of “Tea \d”", page)
    assert "Coffee" not in page
    assert "How well each model would have done" in page


def test_who_may_not_see_customers_sees_none(let_in, desk, drinkers) -> None:
    page = text_of(let_in("en", "viewer").get(desk("/recommendations")))
    assert "Found again" in page
    assert not re.search(r"(tea|coffee)-\d+ ", page)


def test_a_model_can_be_chosen(let_in, desk, drinkers) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/recommendations?model=popular")))
    assert "What many buy now (chosen)" in page
    assert "many buy it now" in page
    assert "as you asked" in page


def test_orders_without_items_say_what_to_bring(let_in, desk, tell) -> None:
    tell(an_event("order_placed", days_ago(20), customer="c", amount=100, currency="IRR"))
    page = text_of(let_in("en", "analyst").get(desk("/recommendations")))
    assert "Orders do not say enough to recommend from" in page


def test_a_refused_field_is_said_whatever_its_name(let_in, desk, buyers) -> None:
    """A field is called items, as the method is that templates walk what is refused with."""
    for wrong in ("0", "x", "1e999"):
        answer = let_in("en", "analyst").get(desk("/recommendations"), {"items": wrong})
        assert answer.status_code == 422, wrong
        assert 'href="#q-items"' in answer.content.decode(), wrong
