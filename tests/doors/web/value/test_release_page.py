"""The page Releases: who got it, what moved, what is said where nothing can be compared."""

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


DAY = days_ago(56).date().isoformat()


@pytest.fixture
def released(tell) -> None:
    """Eighty customers who order week by week, half of them in the south, where they order twice from the day on."""
    chance = np.random.default_rng(3)
    events = []
    for number in range(80):
        customer, south = f"r{number}", number % 2 == 0
        region = {"region": "south" if south else "north"}
        events.append(an_event("page", days_ago(150), customer=customer, properties=region))
        for week in range(20):
            day = 140 - 7 * week
            orders = int(chance.random() < 0.7) + int(south and day <= 56)
            events += [
                an_event(
                    "order_placed",
                    days_ago(day, 9 + order),
                    customer=customer,
                    amount=500_000,
                    currency="IRR",
                )
                for order in range(orders)
            ]
    events.append(an_event("order_delivered", days_ago(3), customer="r0", properties={"late_days": 1}))
    tell(*events, an_event("page", days_ago(0), customer="r0"))


def test_those_who_got_it_are_shown_beside_the_others(let_in, desk, released) -> None:
    asked = f"?name=Couriers&at={DAY}&metric=orders&got_it=has&who=region+%3D+south"
    answer = let_in("en", "analyst").get(desk(f"/release{asked}"))
    page = text_of(answer)
    assert "40 customers got it, 40 did not" in page
    assert "Orders by customer a week moved by" in page
    assert "That is more than chance." in page
    assert "Before it, both went side by side" in page
    assert "Couriers" in page
    assert answer.content.decode().count('id="differences"') == 1
    assert "No day is chosen yet" not in page


def test_what_everybody_got_is_an_association(let_in, desk, released) -> None:
    page = text_of(let_in("en", "analyst").get(desk(f"/release?at={DAY}")))
    assert "Before and after: an association" in page
    assert "Whatever else happened then is in it too" in page
    assert "Where it was going" in page


def test_without_a_day_it_says_so(let_in, desk, released) -> None:
    assert "No day is chosen yet" in text_of(let_in("en", "analyst").get(desk("/release")))


def test_a_day_without_time_around_it_is_no_error(let_in, desk, released) -> None:
    answer = let_in("en", "analyst").get(desk(f"/release?at={days_ago(0).date().isoformat()}"))
    assert answer.status_code == 200
    assert "No whole period lies before and after that day" in text_of(answer)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("got_it=has", "Say which customers."),
        ("got_it=did&who=%5B", "is not how a step or a segment is written"),
        ("metric=experience%3Alate_delivery&got_it=steps&who=page", "choose revenue, orders or events"),
        ("metric=score%3Anothing", "is not one of the available choices"),
    ],
)
def test_what_is_lacking_is_said_at_the_form(let_in, desk, released, asked, said) -> None:
    assert said in text_of(let_in("en", "analyst").get(desk(f"/release?at={DAY}&{asked}")))


def test_a_day_is_the_same_one_in_every_calendar(let_in, desk, released) -> None:
    browser = let_in("fa", "analyst")
    page = browser.get(desk(f"/release?at={DAY}")).content.decode()
    assert f"at={DAY}" in html.unescape(page)
