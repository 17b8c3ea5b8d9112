"""The page Web: pages, sources, searches, goals, each a tab."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, plain


@pytest.fixture
def visits(tell) -> None:
    """c0 sees two pages and is led here by a search engine; c1 sees one page and leaves at once."""
    start, later = days_ago(5), days_ago(5) + timedelta(minutes=5)
    led = {"path": "/a?x=1", "referrer": "https://www.search.example/q"}
    tell(
        an_event("page", start, customer="c0", properties=led),
        an_event("page", later, customer="c0", properties={"path": "/b"}),
        an_event("page", start, customer="c1", properties={"path": "/a"}),
    )


def test_pages(let_in, desk, visits) -> None:
    text = let_in("en", "analyst").get(desk("/pages")).content.decode()
    # Wilson's intervals of 1 of 2.
    assert cells_of(text, "g0") == [
        "/a", "2", "2", "2", "2", "50.0% (9.5% to 90.5%)", "1", "50.0% (9.5% to 90.5%)", "5 minutes",
    ]  # fmt: skip
    assert cells_of(text, "g1")[:5] == ["/b", "1", "1", "1", "0"]
    assert re.findall(r'aria-current="page">([^<]*)<', text)[-2:] == ["Web", "Pages"]


def test_sources(let_in, desk, visits) -> None:
    text = let_in("en", "analyst").get(desk("/sources")).content.decode()
    names = {cells_of(text, row)[0]: cells_of(text, row)[1] for row in ("g0", "g1")}
    assert names == {"search.example": "1", "Directly, or not said": "1"}


def test_who_left_at_once(let_in, desk, visits) -> None:
    cell = quote('{"label":"/a","number":"bounces"}')
    shown = let_in("en", "analyst").get(desk(f"/pages/behind?cell={cell}")).content.decode()
    assert set(re.findall(r"/customer\?id=(c\d)", shown)) == {"c1"}
    assert "Customers who left “/a” at once" in plain(shown)


def test_searches(let_in, desk, tell) -> None:
    start = days_ago(5)
    tell(
        an_event(
            "search_performed", start, customer="c0", properties={"query": "گوشی", "result_count": 0}
        ),
        an_event(
            "search_performed", start + timedelta(minutes=1), customer="c0",
            properties={"query": "lamp", "result_count": 3},
        ),
        an_event("product_viewed", start + timedelta(minutes=2), customer="c0"),
        an_event("search_performed", start, customer="c1", properties={"query": "Lamp"}),
    )  # fmt: skip
    text = let_in("en", "analyst").get(desk("/searches")).content.decode()
    assert cells_of(text, "q0")[1:6] == [
        "2", "2", "0% (0% to 79%)", "50% (9% to 91%)", "0% (0% to 66%)",
    ]  # fmt: skip
    assert cells_of(text, "z1")[:6] == [
        "گوشی", "1", "1", "100% (21% to 100%)", "0% (0% to 79%)", "100% (21% to 100%)",
    ]  # fmt: skip
    assert "1 search does not say how much it found" in plain(text)


def test_goals_and_what_is_left(let_in, desk, tell) -> None:
    tell(
        an_event("cart_added", days_ago(20), customer="c0"),
        an_event(
            "order_placed", days_ago(20) + timedelta(minutes=9), customer="c0", amount=5, currency="IRR"
        ),
        an_event("cart_added", days_ago(20), customer="c1"),
        an_event("cart_added", days_ago(20), customer="c2"),
        an_event("order_placed", days_ago(18), customer="c2", amount=5, currency="IRR"),
        an_event("page", days_ago(2), customer="c3"),
    )
    text = let_in("en", "analyst").get(desk("/goals")).content.decode()
    assert cells_of(text, "o0")[:3] == ["Placed an order", "2", "2"]
    assert cells_of(text, "b0") == [
        "Cart", "3", "1", "1", "1", "0", "66.7% (20.8% to 93.9%)", "33.3% (6.1% to 79.2%)",
        "50.0% (9.5% to 90.5%)",
    ]  # fmt: skip
    lost = quote('{"left":"cart","number":"lost"}')
    shown = let_in("en", "analyst").get(desk(f"/goals/behind?cell={lost}")).content.decode()
    assert set(re.findall(r"/customer\?id=(c\d)", shown)) == {"c1"}
