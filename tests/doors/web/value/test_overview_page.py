"""The overview of the desk: the numbers of its pages, each leading to its page, none of them waited for too long."""

from __future__ import annotations

import html
import re
import time
from datetime import timedelta

import pytest

from a_shop import days_ago
from builders import an_event


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def cards_of(answer) -> dict[str, str]:
    """Return the HTML of each card by its key."""
    found = answer.content.decode().split('<section class="card padded value-card')[1:]
    return {re.search(r'id="card-(\w+)"', each)[1]: each.partition("</section>")[0] for each in found}


@pytest.fixture
def deliveries(buyers, tell) -> None:
    """Old enough to know what came of them: every third one late."""
    for name, day in (("order_placed", 300), ("order_delivered", 297)):
        tell(
            *(
                an_event(
                    name,
                    days_ago(day),
                    customer=f"b{each}",
                    amount=900_000 if day == 300 else 0,
                    currency="IRR" if day == 300 else "",
                    properties={"order_id": f"l{each}", "late_days": int(each % 3 == 0)},
                )
                for each in range(120)
            )
        )


def test_its_numbers_are_those_of_the_pages(let_in, desk, deliveries) -> None:
    browser = let_in("en", "analyst")
    answer = browser.get(desk())
    assert answer.status_code == 200
    cards = cards_of(answer)
    assert list(cards) == [
        "clv",
        "churn",
        "revenue_retention",
        "value_at_risk",
        "drivers",
        "service",
        "experiment",
    ]
    for key, card in cards.items():
        assert f'href="{desk(f"/{key}")}' in card
        if key == "service":
            continue
        page = text_of(browser.get(desk(f"/{key}")))
        values = re.findall(r"<strong[^>]*>(.*?)</strong>", card)
        assert values, key
        for value in values:
            assert text_of_html(value) in page, (key, value)
    assert "interval:" in cards["clv"]
    assert "Rests on 120 customers" in text_of_html(cards["clv"])
    assert "Association" in cards["value_at_risk"]
    assert "Association" in cards["drivers"]
    assert cards["clv"].count('class="drawing') >= 2
    assert "Before" in cards["revenue_retention"]


def text_of_html(text: str) -> str:
    return " ".join(
        re.sub("[\u2066-\u2069\u200e\u200f]", "", html.unescape(re.sub(r"<[^>]+>", "", text))).split()
    )


def test_it_is_the_first_of_the_second_navigation(let_in, desk, buyers) -> None:
    browser = let_in("en", "analyst")
    for below, current in (("", desk()), ("/clv", desk("/clv"))):
        page = browser.get(desk(below)).content.decode()
        nav = page.partition('<nav class="subnav')[2].partition("</nav>")[0]
        links = re.findall(r'<a href="([^"?]+)[^"]*"( aria-current="page")?>', nav)
        assert links[0][0] == desk()
        assert [href for href, is_current in links if is_current] == [current]


def test_the_dearest_customers_are_named_to_those_who_may_see_customers(let_in, desk, buyers) -> None:
    seen = cards_of(let_in("en", "analyst").get(desk()))["churn"]
    named = re.findall(r"<bdi[^>]*>(b\d+)</bdi>", seen)
    assert len(named) == 5
    page = let_in("en", "analyst").get(desk("/churn")).content.decode()
    assert re.findall(r"<bdi[^>]*>(b\d+)</bdi>", page)[:5] == named
    assert not re.search(r"\bb\d+\b", text_of(let_in("en", "viewer").get(desk())))


def test_nothing_to_answer_with_says_what_to_bring(let_in, desk, tell) -> None:
    tell(an_event("page", days_ago(3), customer="c1"))
    answer = let_in("en", "owner").get(desk())
    assert answer.status_code == 200
    cards = cards_of(answer)
    assert "No orders yet" in cards["clv"]
    assert "order_placed with an amount" in cards["clv"]
    assert "Nobody has answered it yet" in cards["drivers"]
    assert "conversation_started" in cards["service"]
    assert not [key for key, card in cards.items() if "hx-get" in card or "<strong" in card]


def test_what_takes_long_comes_later_and_the_page_does_not_wait(let_in, desk, buyers, monkeypatch) -> None:
    monkeypatch.setattr("safar.doors.web.journeys.asking.PATIENCE", timedelta(0))
    browser = let_in("en", "analyst")
    card = cards_of(browser.get(desk()))["clv"]
    assert 'aria-busy="true"' in card
    piece = re.search(r'hx-get="([^"]+)"', card)[1]
    assert piece == desk("?card=clv")
    until = time.monotonic() + 60
    while "aria-busy" in card and time.monotonic() < until:
        time.sleep(0.1)
        answer = browser.get(piece, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert "<html" not in answer.content.decode()
        card = cards_of(answer)["clv"]
    assert "To come in a year" in card
    assert "hx-get" not in card


def test_a_card_that_is_none_is_not_found(let_in, desk, buyers, web_home, browser) -> None:
    assert let_in("en", "owner").get(desk("?card=nothing")).status_code == 404
    from safar.doors.web.members.services import add_member

    other = web_home.create_workspace("Another")
    browser.force_login(add_member("x@example.com", "X", "en", other.workspace_id, "owner"))
    assert browser.get(desk()).status_code == 404


def test_the_costliest_experience_is_looked_for_at_every_step(let_in, desk, deliveries, tell) -> None:
    """The card leads to the question about the step that has it, whichever that is."""
    tell(
        *(
            an_event(
                "search_performed", days_ago(250), customer=f"b{each}", properties={"result_count": each % 2}
            )
            for each in range(80)
        )
    )
    browser = let_in("en", "analyst")
    card = cards_of(browser.get(desk()))["value_at_risk"]
    name = text_of_html(re.search(r"<dt>(At risk: .+?)</dt>", card)[1])
    href = html.unescape(re.search(r'class="value-more"><a href="([^"]+)"', card)[1])
    assert name in text_of(browser.get(href))
