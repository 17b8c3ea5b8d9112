"""The page Attribution: credit by each model, worth and cost, who is behind it."""

from __future__ import annotations

import re
from urllib.parse import quote

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, figures_of


def test_models_share_out_alike_what_was_touched(let_in, desk, ten_paths) -> None:
    # Each of the three who order first visits on the web, then looks at a product in the app.
    browser = let_in("en", "analyst")
    text = browser.get(desk("/attribution?model=first")).content.decode()
    assert cells_of(text, "t0")[:4] == ["web", "10", "14", "3.0"]
    assert cells_of(text, "t0")[4].startswith("100.0% (")
    assert cells_of(text, "t1")[:4] == ["app", "6", "6", "0.0"]
    text = browser.get(desk("/attribution?model=linear")).content.decode()
    assert [cells_of(text, row)[3] for row in ("t0", "t1")] == ["1.5", "1.5"]
    assert [each.split(" ")[0] for each in cells_of(text, "m0")[1:5]] == ["100.0%", "0.0%", "0.0%", "50.0%"]
    assert figures_of(text)["Of these with a touch"] == ("3", "100.0%")


def test_what_it_costs_and_brings_back(let_in, desk, ten_paths, tell) -> None:
    paid = {"channel": "app"}
    tell(
        an_event(
            "cost_recorded",
            days_ago(9),
            customer="costs",
            channel="",
            amount=50,
            currency="IRR",
            properties=paid,
        )
    )
    text = let_in("en", "analyst").get(desk("/attribution?model=last")).content.decode().replace("\xa0", " ")
    assert cells_of(text, "w0") == ["app", "50 IRR", "300 IRR", "17 IRR", "6.00×"]
    assert cells_of(text, "v0") == ["app", "300 IRR"]


def test_who_was_touched(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/attribution")).content.decode().replace("&amp;", "&")
    links = re.findall(r'href="([^"]*behind[^"]*)"', text)
    touched = next(link for link in links if quote('{"name":"app"}') in link)
    found = set(re.findall(r"/customer\?id=(c\d)", browser.get(touched).content.decode()))
    assert found == {"c0", "c1", "c2", "c3", "c4", "c5"}


def test_nobody_converted(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/attribution?conversion=never"))
    assert "Nobody converted" in answer.content.decode()
